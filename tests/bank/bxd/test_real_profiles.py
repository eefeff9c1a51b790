"""The profiles of real banks: they agree with the banks' own WSDL files, and recorded messages hold by their rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree

from gateway.bank.bxd import response
from gateway.bank.bxd.client import BxdChannel
from gateway.bank.bxd.profile import Agreement, Profile, load_profile, load_trust
from gateway.bank.bxd.wire import SERVICE
from gateway.bank.channel import Reply, Request
from gateway.core.clock import FixedClock
from gateway.core.errors import Corrupt, Refused
from tests.bank.bxd import pretend
from tests.standards import need

PROFILES = Path(__file__).resolve().parents[3] / "certs" / "profiles"


def shipped(name: str) -> Profile:
    return load_profile(PROFILES / f"{name}.toml")


@dataclass(frozen=True)
class Told:
    """Which files of the bank say where its services are."""

    files: str
    certificates: str
    in_test: bool = False


# profile → its own WSDL files
WSDL = {
    ("nordea", False): Told("wsdl_nordea.xml", "wsdl_nordea_cert.xml"),
    ("nordea-sha2", False): Told("wsdl_nordea_sha2.xml", "wsdl_nordea_cert_sha2.xml"),
    ("op", False): Told("wsdl_op_production.xml", "wsdl_op_cert_production.xml"),
    ("op", True): Told("wsdl_op_test.xml", "wsdl_op_cert_test.xml"),
    ("samlink", False): Told("wsdl_samlink_production.xml", "wsdl_samlink_cert_production.xml"),
    ("samlink", True): Told("wsdl_samlink_test.xml", "wsdl_samlink_cert_test.xml"),
    ("danske", False): Told("wsdl_danske.xml", "wsdl_danske_cert.xml"),
}
EACH = pytest.mark.parametrize(("name", "in_test"), sorted(WSDL), ids=lambda v: str(v))


def placed(name: str, in_test: bool) -> Profile:
    profile = shipped(name)
    return profile.in_test() if in_test else profile


@EACH
def test_addresses_and_namespaces_are_the_banks_own(name: str, in_test: bool) -> None:
    profile, told = placed(name, in_test), WSDL[name, in_test]
    files = etree.parse(str(need(f"bxd/wsdl/{told.files}"))).getroot()
    certificates = etree.parse(str(need(f"bxd/wsdl/{told.certificates}"))).getroot()
    assert files.get("targetNamespace") == SERVICE
    assert files.find(".//{http://schemas.xmlsoap.org/wsdl/soap/}address").get("location") == profile.service.url
    issued = profile.certificates
    assert issued is not None
    address = certificates.find(".//{http://schemas.xmlsoap.org/wsdl/soap/}address")
    assert address.get("location") == issued.url
    if issued.kind != "pki":
        assert certificates.get("targetNamespace") == issued.service_namespace
    assert profile.service.environment == ("TEST" if in_test else "PRODUCTION")


@EACH
def test_a_profile_asks_only_for_what_the_bank_offers(name: str, in_test: bool) -> None:
    files = etree.parse(str(need(f"bxd/wsdl/{WSDL[name, in_test].files}"))).getroot()
    offered = {o.get("name") for o in files.iterfind(".//{*}portType/{*}operation")}
    assert set(placed(name, in_test).service.operations) <= offered


@pytest.mark.parametrize("name", ["nordea", "nordea-sha2", "op", "samlink"])
def test_the_certificate_request_has_the_banks_namespace(name: str) -> None:
    issued = shipped(name).certificates
    assert issued is not None
    schema = {
        "http://filetransfer.nordea.com/xmldata/": "bxd/xsd/cert_application_request.xsd",
        "http://op.fi/mlp/xmldata/": "bxd/xsd/op/CertApplicationRequest_200812.xsd",
    }[issued.data_namespace]
    assert etree.parse(str(need(schema))).getroot().get("targetNamespace") == issued.data_namespace


@pytest.mark.parametrize("name", ["nordea", "nordea-sha2", "danske"])
def test_a_bank_without_a_test_environment_says_so(name: str) -> None:
    with pytest.raises(Refused) as caught:
        shipped(name).in_test()
    assert caught.value.code == "bank.no_test_environment"


# Recorded messages, by the rules of the profile we ship; the anchors lie where IT would put them.
RECORDED = {
    "nordea-recorded/download_file_list.response.xml": ("nordea", False, "downloadFileList", ""),
    "nordea-recorded/upload_file_error.response.xml": ("nordea", False, "uploadFile", "23"),
    "sepafm/nordea/df_tito.xml": ("nordea", False, "downloadFile", ""),
    "sepafm/nordea/dfl.xml": ("nordea", False, "downloadFileList", ""),
    "sepafm/nordea/download_file_list_no_content.xml": ("nordea", False, "downloadFileList", ""),
    "sepafm/nordea/uf.xml": ("nordea", False, "uploadFile", ""),
    "sepafm/samlink/dfl.xml": ("samlink", True, "downloadFileList", ""),
}
ROOTS = {
    "nordea-root.pem": "nordea_root_certificate.pem",
    "samlink-root.pem": "samlink_root_certificate.pem",
    "samlink-test-root.pem": "samlink_test_certificate.pem",
}


def anchors(profile: Profile, folder: Path) -> Path:
    """A folder of anchors: the bank's public roots, and any certificate for TLS, which nothing here uses."""
    for name in {*profile.trust.signing_anchors, *profile.trust.intermediates, *profile.trust.tls_anchors}:
        source = need(f"bxd/root-certificates/{ROOTS.get(name, 'nordea_root_certificate.pem')}")
        (folder / name).write_bytes(source.read_bytes())
    return folder


def recorded(name: str, operation: str) -> Reply:
    raw = need(f"bxd/samples/{name}").read_bytes()
    tree = etree.fromstring(raw)
    at = datetime.fromisoformat(tree.findtext(".//{*}Created"))
    return Reply(Request(tree.findtext(".//{*}RequestId"), operation, at), raw, at, {})


@pytest.mark.parametrize("name", sorted(RECORDED))
def test_a_recorded_message_holds_as_of_its_day(name: str, tmp_path: Path) -> None:
    bank, in_test, operation, refused = RECORDED[name]
    profile = placed(bank, in_test)
    rules = load_trust(profile, anchors(profile, tmp_path)).rules
    reply = recorded(name, operation)
    if refused:
        with pytest.raises(Refused) as caught:
            response.prove(reply, rules, reply.received_at)
        assert caught.value.values["bank_code"] == refused
    else:
        assert response.prove(reply, rules, reply.received_at).proof.layers == ("soap", "payload")


@pytest.mark.parametrize("name", sorted(RECORDED))
def test_the_same_message_today_is_refused_for_its_algorithms(name: str, tmp_path: Path) -> None:
    bank, in_test, operation, _ = RECORDED[name]
    profile = placed(bank, in_test)
    rules = load_trust(profile, anchors(profile, tmp_path)).rules
    until = profile.trust.legacy_until
    assert until is not None
    reply = recorded(name, operation)
    with pytest.raises(Corrupt) as caught:
        response.prove(reply, rules, until + timedelta(seconds=1))
    assert caught.value.code == "bank.algorithm_forbidden"


def test_one_digit_for_two_in_a_code_is_understood(tmp_path: Path) -> None:
    """Samlink's list says "0", and holds; see the sample."""
    profile = placed("samlink", True)
    reply = recorded("sepafm/samlink/dfl.xml", "downloadFileList")
    rules = load_trust(profile, anchors(profile, tmp_path)).rules
    codes = response.prove(reply, rules, reply.received_at).codes
    assert all(len(code) == 2 for code, _ in codes if code)


def test_a_code_that_explains_nothing_is_told_as_such() -> None:
    raw = pretend.signed(pretend.envelope(None, code="26", text="Technical error"))
    plain = pretend.rules()
    vague = response.ReplyRules(plain.envelope, plain.payload, plain.content_limit, frozenset({"26"}))
    for rules, code in ((plain, "bank.response_refused"), (vague, "bank.response_vague")):
        with pytest.raises(Refused) as caught:
            response.prove(pretend.reply(raw), rules, pretend.NOW)
        assert (caught.value.code, caught.value.values["bank_code"]) == (code, "26")
    assert shipped("op").service.vague_codes == ["26"]
    assert "почти на любой" in Refused("bank.response_vague", bank_code="26", text="").hint("ru")


def test_a_bank_that_wants_our_target_id_is_not_called_without_one(tmp_path: Path) -> None:
    profile = shipped("nordea-sha2")
    for name in (*profile.trust.tls_anchors, *profile.trust.signing_anchors):
        (tmp_path / name).write_bytes(pem())
    trust = load_trust(profile, tmp_path)
    with pytest.raises(Refused) as caught:
        BxdChannel(profile, Agreement("11111111"), trust, FixedClock(pretend.NOW), pretend.customer_key())
    assert caught.value.code == "bank.no_target"


def test_what_a_bank_cannot_do_is_not_asked(tmp_path: Path) -> None:
    profile = shipped("samlink")
    for name in (*profile.trust.tls_anchors, *profile.trust.signing_anchors):
        (tmp_path / name).write_bytes(pem())
    clock = FixedClock(pretend.NOW)
    channel = BxdChannel(profile, Agreement("1", "T"), load_trust(profile, tmp_path), clock, pretend.customer_key())
    assert channel.user_info() == {}
    with pytest.raises(Refused) as caught:
        channel.delete(response.FileRef("1", "XT"))
    assert caught.value.code == "bank.no_such_operation"


def pem() -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return pretend.authority().certificate.public_bytes(Encoding.PEM)
