"""Recorded traffic of real banks, 2013 to 2016: verifies as of then, behind the legacy switch, or is refused."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from lxml import etree

from gateway.bank.bxd import response
from gateway.bank.bxd.response import ReplyRules
from gateway.bank.channel import Reply, Request
from gateway.core.errors import Corrupt, Refused
from gateway.signing.keys import fingerprint
from gateway.signing.policy import TrustPolicy
from gateway.signing.wsse import verify_envelope
from gateway.signing.xmldsig import verify_enveloped
from tests.standards import need

NORDEA = ("nordea_root_certificate.pem", "File Transfer Web Services", "CN=File Transfer Web Services")
SAMLINK = ("samlink_test_certificate.pem", "SEPAWEBS", "CN=SEPAWEBS")

# sample → (anchor and signer, operation, what prove gives: bytes of content or the bank's refusal)
SAMPLES: dict[str, tuple[tuple[str, str, str], str, int | str]] = {
    "nordea-recorded/download_file_list.response.xml": (NORDEA, "downloadFileList", 0),
    "nordea-recorded/upload_file_error.response.xml": (NORDEA, "uploadFile", "23"),
    "sepafm/nordea/df_tito.xml": (NORDEA, "downloadFile", 6880),
    "sepafm/nordea/dfl.xml": (NORDEA, "downloadFileList", 0),
    "sepafm/nordea/download_file_list_no_content.xml": (NORDEA, "downloadFileList", 0),
    "sepafm/nordea/uf.xml": (NORDEA, "uploadFile", 0),
    "sepafm/samlink/dfl.xml": (SAMLINK, "downloadFileList", 0),
}


def sample(name: str) -> bytes:
    return need(f"bxd/samples/{name}").read_bytes()


def anchor(name: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(need(f"bxd/root-certificates/{name}").read_bytes())


def recorded_at(raw: bytes) -> datetime:
    created = etree.fromstring(raw).findtext(".//{*}Created")
    assert created is not None
    return datetime.fromisoformat(created)


def policy(bank: tuple[str, str, str], **changes: object) -> TrustPolicy:
    certificate, signer, _ = bank
    wanted = {"anchors": (anchor(certificate),), "signers": frozenset({signer}), "legacy": True}
    return TrustPolicy(**{**wanted, **changes})


def reply(raw: bytes, operation: str) -> Reply:
    """The recorded bytes, as the reply to the request they answer."""
    request_id = etree.fromstring(raw).findtext(".//{*}RequestId")
    assert request_id is not None
    at = recorded_at(raw)
    return Reply(Request(request_id, operation, at), raw, at, {})


def code(raw: bytes, rules: TrustPolicy, at: datetime) -> str:
    with pytest.raises(Corrupt) as caught:
        verify_envelope(raw, rules, at)
    return caught.value.code


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_it_verifies_as_of_then(name: str) -> None:
    bank, operation, outcome = SAMPLES[name]
    raw = sample(name)
    rules = ReplyRules(policy(bank), policy(bank), 1 << 20)
    found = reply(raw, operation)
    if isinstance(outcome, str):
        with pytest.raises(Refused) as caught:
            response.prove(found, rules, found.received_at)
        assert caught.value.values["bank_code"] == outcome
        return
    proven = response.prove(found, rules, found.received_at)
    assert len(proven.content) == outcome
    assert proven.proof.layers == ("soap", "payload")
    assert bank[2] in proven.proof.signer_subject
    assert proven.proof.anchor_sha256 == fingerprint(anchor(bank[0]))
    assert "rsa-sha1" in proven.proof.algorithms


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_it_is_refused_without_the_switch_later_or_by_another_anchor(name: str) -> None:
    bank, _, _ = SAMPLES[name]
    raw, at = sample(name), recorded_at(sample(name))
    other = SAMLINK if bank is NORDEA else NORDEA
    assert code(raw, policy(bank, legacy=False), at) == "signature.algorithm"
    assert code(raw, policy(bank), at + timedelta(days=5 * 365)) == "certificate.expired"
    assert code(raw, policy(bank), at + timedelta(hours=2)) == "signature.stale"
    assert code(raw, policy(other), at) == "certificate.untrusted"
    assert code(raw, policy(bank, signers=frozenset({"Somebody else"})), at) == "certificate.untrusted"


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_it_is_refused_when_a_digit_of_it_changes(name: str) -> None:
    bank, _, _ = SAMPLES[name]
    raw, at = sample(name), recorded_at(sample(name))
    marker = b"<mod:SenderId>"
    assert raw.count(marker) == 1
    altered = raw.replace(marker, marker + b"1")
    assert code(altered, policy(bank), at) == "signature.invalid"


def test_the_sample_that_was_altered_on_purpose_is_refused() -> None:
    raw = sample("sepafm/nordea/invalid-body_altered.xml")
    assert code(raw, policy(NORDEA), recorded_at(raw)) == "signature.invalid"


def test_a_certificate_service_reply_verifies_too() -> None:
    raw = sample("sepafm/nordea/gc.xml")
    verified = verify_envelope(raw, policy(NORDEA), recorded_at(raw))
    payload = verified.body.findtext(".//{*}ApplicationResponse")
    assert payload is not None
    document = verify_enveloped(base64.b64decode(payload), policy(NORDEA), recorded_at(raw))
    assert etree.QName(document.root).localname == "CertApplicationResponse"


@pytest.mark.parametrize("name", ["get_bank_cert.xml", "get_bank_certificate_not_ok.xml"])
def test_replies_without_ws_security_are_refused(name: str) -> None:
    raw = sample(f"sepafm/danske/{name}")
    at = datetime.fromisoformat("2014-08-06T11:00:00Z")
    assert code(raw, policy(NORDEA), at) == "signature.missing"


@pytest.mark.parametrize("name", ["download_file_list.request.xml", "upload_file_error.request.xml"])
def test_recorded_requests_hold_inside_but_have_no_time_stamp_outside(name: str) -> None:
    """An old client signed its Body only: a bank that is strict, as we are, would not take it."""
    raw = sample(f"nordea-recorded/{name}")
    at = datetime.fromisoformat("2013-04-03T13:00:00Z")
    assert code(raw, policy(NORDEA), at) == "signature.wrapped"
    root = etree.fromstring(raw)
    token = root.findtext(".//{*}BinarySecurityToken")
    payload = root.findtext(".//{*}ApplicationRequest")
    assert token is not None
    assert payload is not None
    pin = fingerprint(x509.load_der_x509_certificate(base64.b64decode(token)))
    own = TrustPolicy(pinned=frozenset({pin}), legacy=True)
    assert etree.QName(verify_enveloped(base64.b64decode(payload), own, at).root).localname == "ApplicationRequest"


def test_every_sample_is_accounted_for() -> None:
    folder = need("bxd/samples")
    known = {*SAMPLES, "sepafm/nordea/invalid-body_altered.xml", "sepafm/nordea/gc.xml"}
    known |= {f"sepafm/danske/{n}.xml" for n in ("get_bank_cert", "get_bank_certificate_not_ok")}
    known |= {f"nordea-recorded/{n}.request.xml" for n in ("download_file_list", "upload_file_error")}
    assert {str(Path(f).relative_to(folder)) for f in folder.rglob("*.xml")} == known
