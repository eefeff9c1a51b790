"""`BxdChannel` against the bundled sandbox bank: the honest way, and every way it can misbehave on the wire."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.bank.bxd.client import BxdChannel
from gateway.bank.bxd.profile import Agreement, load_profile, load_trust
from gateway.bank.channel import Delivery, FileRef, RefusedReply, Sending
from gateway.bank.profile_parts import LimitTable
from gateway.bank.sandbox.control import Sandbox
from gateway.bank.sandbox.server import SandboxServer
from gateway.core.clock import SystemClock
from gateway.core.errors import Corrupt, KvitError, Refused, Unavailable
from gateway.core.money import Money
from gateway.signing.keys import load_pkcs12

PROFILE = Path(__file__).resolve().parents[3] / "certs" / "profiles" / "sandbox.toml"


@dataclass
class House:
    """A running sandbox and our channel to it."""

    sandbox: Sandbox
    channel: BxdChannel

    def a_file(self) -> FileRef:
        self.sandbox.pay(invoice="125", amount=Money.parse("100.00"), payer="ООО «Багет»")
        reference = self.sandbox.files()[-1].reference
        return next(f for f in self.channel.list_files(None).files if f.reference == reference)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    home, anchors = tmp_path_factory.mktemp("sandbox"), tmp_path_factory.mktemp("anchors")
    sandbox, enrolment = Sandbox.create(home)
    (anchors / "sandbox-tls-root.pem").write_bytes(enrolment.tls_anchors)
    (anchors / "sandbox-signing-root.pem").write_bytes(enrolment.signing_anchors)
    profile = load_profile(PROFILE).model_copy(update={"limits": LimitTable(message_mib=2, read_s=3, total_s=10)})
    key = load_pkcs12(enrolment.pkcs12, enrolment.passphrase)
    with SandboxServer(home, port=0) as server:
        agreement = Agreement(enrolment.customer_id, enrolment.target_id, url=server.url)
        trust = load_trust(profile, anchors)
        channel = BxdChannel(profile, agreement, trust, SystemClock(), key, key)
        yield House(sandbox, channel)
        channel.close()


@pytest.fixture(autouse=True)
def honest_again(house: House) -> Iterator[None]:
    yield
    house.sandbox.calm()


def test_the_shipped_profile_fits_the_sandbox(house: House) -> None:
    ref = house.a_file()
    reply = house.channel.fetch(ref)
    proven = house.channel.prove(reply, reply.received_at)
    assert proven.content == house.sandbox.content(ref.reference)
    assert "CN=Kvit Sandbox Bank" in proven.proof.signer_subject
    assert proven.proof.layers == ("soap", "payload")


def test_what_was_fetched_proves_again_from_stored_bytes(house: House) -> None:
    reply = house.channel.fetch(house.a_file())
    stored = replace(reply, raw=bytes(reply.raw), transport=dict(reply.transport))
    assert house.channel.prove(stored, reply.received_at) == house.channel.prove(reply, reply.received_at)


def test_the_bank_tells_about_us(house: House) -> None:
    info = house.channel.user_info()
    assert info["file_types"]


def test_an_upload_arrives_once(house: House) -> None:
    request_id = "01JD4QZX00000000000000UPLD"
    sending = Sending(request_id, "pain.001", "XL", f"{request_id}.xml", b"<Document/>")
    assert house.channel.delivered(sending) is Delivery.ABSENT
    reply = house.channel.send(sending)
    assert house.channel.accepted(reply)
    assert house.channel.delivered(sending) is Delivery.ARRIVED
    again = house.channel.send(sending)
    with pytest.raises(Refused) as caught:
        house.channel.prove(again, again.received_at)
    assert caught.value.values["bank_code"] in ("31", "32")
    assert house.channel.accepted(again) == ""  # it has it: that is what was wanted


CORRUPT = [
    ("forged-signature", {}, "bank.signature_invalid"),
    ("forged-payload", {}, "bank.payload_signature_invalid"),
    ("stale-timestamp", {}, "bank.stale_timestamp"),
    ("wrong-request-id", {}, "bank.wrong_request_id"),
    ("replayed", {}, "bank.wrong_request_id"),
    ("certificate-expired", {}, "bank.certificate_expired"),
    ("truncated", {}, "bank.truncated"),
    ("truncated", {"mode": "short"}, "bank.truncated"),
    ("dtd", {}, "bank.dtd"),
    ("dtd", {"encoding": "utf-16"}, "bank.dtd"),
    ("wrong-encoding", {}, "bank.wrong_encoding"),
    ("empty", {"operation": "downloadFile"}, "bank.empty"),
    *(
        ("wrapped-signature", {"variant": variant, "ids": ids}, "bank.signature_wrapped")
        for variant in ("header", "security", "object", "second-body", "inside-body")
        for ids in ("none", "new", "same")
    ),
]


@pytest.mark.parametrize(("name", "options", "code"), CORRUPT, ids=lambda value: str(value))
def test_a_bad_reply_is_refused_and_the_honest_one_after_it_is_not(
    house: House, name: str, options: dict[str, str], code: str
) -> None:
    ref = house.a_file()
    house.channel.fetch(house.a_file())  # "replayed" needs an earlier reply
    house.sandbox.behave(name, **options)
    reply = house.channel.fetch(ref)
    with pytest.raises(Corrupt) as caught:
        house.channel.prove(reply, reply.received_at)
    assert sentence(caught) == code
    assert len(reply.raw) > 0 or name == "empty"
    honest = house.channel.fetch(ref)
    assert house.channel.prove(honest, honest.received_at).content == house.sandbox.content(ref.reference)


@pytest.mark.parametrize(
    ("name", "options", "kind", "code"),
    [
        ("silent", {}, Unavailable, "bank.slow"),
        ("slow", {"seconds": 6}, Unavailable, "bank.slow"),
        ("http-500", {}, Unavailable, "bank.fault"),
        ("huge", {"megabytes": 8}, RefusedReply, "bank.too_large"),
    ],
)
def test_a_call_that_fails_is_told_apart(
    house: House, name: str, options: dict[str, object], kind: type[KvitError], code: str
) -> None:
    ref = house.a_file()
    house.sandbox.behave(name, operation="downloadFile", **options)
    with pytest.raises(kind) as caught:
        house.channel.fetch(ref)
    assert sentence(caught) == code


def test_an_unknown_response_code_is_told_as_it_came(house: House) -> None:
    ref = house.a_file()
    house.sandbox.behave("unknown-code")
    reply = house.channel.fetch(ref)
    with pytest.raises(Refused) as caught:
        house.channel.prove(reply, reply.received_at)
    assert (caught.value.code, caught.value.values["bank_code"]) == ("bank.response_refused", "77")


def test_a_bad_list_is_refused_with_its_bytes(house: House) -> None:
    house.sandbox.behave("stale-timestamp", operation="downloadFileList")
    with pytest.raises(RefusedReply) as caught:
        house.channel.list_files(datetime.now(UTC).date())
    assert sentence(caught) == "bank.stale_timestamp"
    assert caught.value.reply.raw


def sentence(error: pytest.ExceptionInfo[KvitError]) -> str:
    assert "{" not in error.value.text("ru") + error.value.text("en") + error.value.hint("ru")
    return error.value.code
