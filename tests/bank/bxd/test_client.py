"""`BxdChannel` against a pretend bank: HTTPS, mutual TLS, WS-Security both ways."""

from __future__ import annotations

import base64
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from gateway.bank.bxd.client import BxdChannel, EnvelopeSigner
from gateway.bank.bxd.compression import compress, decompress
from gateway.bank.bxd.profile import Agreement, BankTrust, load_profile
from gateway.bank.bxd.wire import XMLDATA
from gateway.bank.channel import Channel, FileRef, Listing, RefusedReply, Sending
from gateway.bank.profile_parts import LimitTable
from gateway.core.clock import SystemClock
from gateway.core.errors import Corrupt, KvitError, Refused, Unavailable
from gateway.signing.keys import Pkcs12Key
from tests.bank.bxd import pretend
from tests.bank.bxd.pretend import PretendBank

REF = FileRef("A1", "XT")
PROFILE = load_profile(Path(__file__).resolve().parents[3] / "certs" / "profiles" / "sandbox.toml")


@pytest.fixture
def bank() -> Iterator[PretendBank]:
    with pretend.serving() as running:
        running.answer = lambda asked: running.sign(asked, pretend.application(content=pretend.STATEMENT))
        yield running


def channel(
    url: str,
    *,
    tls_key: Pkcs12Key | None = None,
    anchor: object = None,
    limits: LimitTable | None = None,
    **service: object,
) -> BxdChannel:
    profile = PROFILE.model_copy(
        update={
            "limits": limits or LimitTable(connect_s=5, read_s=5, total_s=10),
            "service": PROFILE.service.model_copy(update=service),
        }
    )
    anchors = (anchor or pretend.authority().certificate,)
    return BxdChannel(
        profile,
        Agreement(pretend.CUSTOMER, target_id="T", url=url),
        BankTrust(anchors, pretend.rules()),
        SystemClock(),
        pretend.customer_key(),
        tls_key or pretend.customer_key(),
    )


@pytest.fixture
def ours(bank: PretendBank) -> Iterator[BxdChannel]:
    made = channel(bank.url)
    yield made
    made.close()


def sentence(error: pytest.ExceptionInfo[KvitError]) -> str:
    assert "{" not in error.value.text("ru") + error.value.text("en") + error.value.hint("ru")
    return error.value.code


def test_it_is_a_channel(ours: BxdChannel) -> None:
    as_channel: Channel = ours
    assert as_channel.name == "bxd:sandbox"
    expires = as_channel.certificate_expires
    assert expires is not None
    assert expires > datetime.now(UTC)


def test_files_are_listed(bank: PretendBank, ours: BxdChannel) -> None:
    bank.answer = lambda asked: bank.sign(asked, pretend.application(inside=pretend.listed("A1", "A2")))
    assert [f.reference for f in ours.list_files(date(2026, 11, 20)).files] == ["A1", "A2"]
    asked = bank.heard[0]
    assert asked.operation == "downloadFileList"
    assert asked.application.findtext(f"{{{XMLDATA}}}StartDate") == "2026-11-20"
    assert asked.application.findtext(f"{{{XMLDATA}}}Status") == "ALL"
    assert asked.header["SenderId"] == pretend.CUSTOMER
    assert asked.header["ReceiverId"] == "KVITSANDBOX"


def test_each_wanted_type_is_asked_for(bank: PretendBank) -> None:
    bank.answer = lambda asked: bank.sign(
        asked,
        pretend.application(inside=pretend.listed("F", file_type=asked.application.findtext(f"{{{XMLDATA}}}FileType"))),
    )
    ours = channel(bank.url, file_types=["XT", "XI"])
    assert [f.file_type for f in ours.list_files(None).files] == ["XT", "XI"]
    assert bank.heard[0].application.find(f"{{{XMLDATA}}}StartDate") is None
    ours.close()


def test_an_empty_list_is_no_error(bank: PretendBank, ours: BxdChannel) -> None:
    bank.answer = lambda asked: bank.sign(asked, pretend.application("24", "Content not found"))
    assert ours.list_files(None) == Listing(())


def test_a_file_is_fetched_raw_and_proved_later(bank: PretendBank, ours: BxdChannel) -> None:
    bank.answer = lambda asked: bank.sign(
        asked, pretend.application(content=compress(pretend.STATEMENT), compressed=True)
    )
    reply = ours.fetch(REF)
    assert bank.heard[0].application.findtext(f".//{{{XMLDATA}}}FileReference") == "A1"
    assert reply.request.reference == "A1"
    assert reply.transport["tls"] in ("TLSv1.2", "TLSv1.3")
    assert len(reply.transport["peer_sha256"]) == len(reply.transport["anchors"]) == 64
    assert reply.transport["url"] == bank.url
    ours.close()
    proven = ours.prove(reply, reply.received_at)
    assert proven.content == pretend.STATEMENT
    assert proven.proof.request_id == bank.heard[0].request_id


def test_fetching_believes_nothing(bank: PretendBank, ours: BxdChannel) -> None:
    bank.answer = lambda asked: b"<not><signed/></not>"
    reply = ours.fetch(REF)
    assert reply.raw == b"<not><signed/></not>"
    with pytest.raises(Corrupt) as caught:
        ours.prove(reply, reply.received_at)
    assert sentence(caught) == "bank.signature_missing"


def test_a_bad_list_comes_with_its_bytes(bank: PretendBank, ours: BxdChannel) -> None:
    bank.answer = lambda asked: b"<not><signed/></not>"
    for call in (lambda: ours.list_files(None), ours.user_info):
        with pytest.raises(RefusedReply) as caught:
            call()
        assert sentence(caught) == "bank.signature_missing"
        assert caught.value.reply.raw == b"<not><signed/></not>"


def test_every_request_has_its_own_id_and_an_old_reply_is_refused(bank: PretendBank, ours: BxdChannel) -> None:
    old = ours.fetch(REF)
    bank.answer = lambda asked: old.raw
    replayed = ours.fetch(REF)
    assert len({asked.request_id for asked in bank.heard}) == 2
    with pytest.raises(Corrupt) as caught:
        ours.prove(replayed, replayed.received_at)
    assert sentence(caught) == "bank.wrong_request_id"


def test_user_info(bank: PretendBank, ours: BxdChannel) -> None:
    kinds = (
        "<UserFileTypes><UserFileType><TargetId>T</TargetId><FileType>XT</FileType><FileTypeName>camt.053"
        "</FileTypeName><Direction>Download</Direction><FileTypeServices><FileTypeService><ServiceId>40702</ServiceId>"
        "</FileTypeService></FileTypeServices></UserFileType></UserFileTypes>"
    )
    bank.answer = lambda asked: bank.sign(asked, pretend.application(inside=kinds))
    assert ours.user_info() == {
        "customer_id": pretend.CUSTOMER,
        "file_types": [
            {"target_id": "T", "file_type": "XT", "name": "camt.053", "direction": "Download", "services": ["40702"]}
        ],
    }


def test_an_upload_goes_under_the_id_it_was_given(bank: PretendBank, ours: BxdChannel) -> None:
    bank.answer = lambda asked: bank.sign(asked, pretend.application(inside=pretend.listed("U1")))
    reply = ours.send(Sending(pretend.ID, "pain.001", "XL", "платёж.xml", "<платёж/>".encode()))
    asked = bank.heard[0]
    assert asked.request_id == asked.application.findtext(f"{{{XMLDATA}}}ExecutionSerial") == pretend.ID
    sent = base64.b64decode(asked.application.findtext(f"{{{XMLDATA}}}Content") or "")
    assert decompress(sent, 1000) == "<платёж/>".encode()
    proven = ours.prove(reply, reply.received_at)
    assert proven.ref is not None
    assert (proven.ref.reference, proven.content) == ("U1", b"")


def test_a_file_can_be_deleted_and_a_refusal_is_told(bank: PretendBank, ours: BxdChannel) -> None:
    bank.answer = lambda asked: bank.sign(asked, pretend.application())
    ours.delete(REF)
    assert bank.heard[0].operation == "deleteFile"
    bank.answer = lambda asked: bank.sign(asked, pretend.application("27", "File cannot be deleted"))
    with pytest.raises(Refused) as caught:
        ours.delete(REF)
    assert "27" in caught.value.text("ru")


def test_connection_and_signatures_may_use_separate_keys(bank: PretendBank) -> None:
    ours = channel(bank.url, tls_key=pretend.authority().issue_client("TLS only", datetime.now(UTC)))
    reply = ours.fetch(REF)
    assert ours.prove(reply, reply.received_at).content == pretend.STATEMENT
    ours.close()


# --- what can go wrong on the way


def test_nobody_there(ours: BxdChannel) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    away = channel(f"https://127.0.0.1:{port}/x")
    with pytest.raises(Unavailable) as caught:
        away.list_files(None)
    assert sentence(caught) == "bank.away"
    assert caught.value.retry_after > 0
    away.close()


def test_a_server_we_do_not_trust(bank: PretendBank) -> None:
    wrong = channel(bank.url, anchor=pretend.stranger().certificate)
    with pytest.raises(Refused) as caught:
        wrong.list_files(None)
    assert sentence(caught) == "bank.server_untrusted"
    assert bank.heard == []
    wrong.close()


def test_a_client_the_bank_does_not_know(bank: PretendBank) -> None:
    unknown = channel(bank.url, tls_key=pretend.stranger().issue_client("X", datetime.now(UTC)))
    with pytest.raises((Refused, Unavailable)) as caught:
        unknown.list_files(None)
    # the bank's alert may be overtaken by the end of the connection
    assert sentence(caught) in ("bank.client_refused", "bank.away")
    assert bank.heard == []
    unknown.close()


def test_a_fault_is_shown_and_not_believed(bank: PretendBank, ours: BxdChannel) -> None:
    bank.status = 500
    bank.answer = lambda asked: (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault><faultcode>e:Server'
        "</faultcode><faultstring>Обслуживание</faultstring></e:Fault></e:Body></e:Envelope>"
    ).encode()
    with pytest.raises(Unavailable) as caught:
        ours.fetch(REF)
    assert sentence(caught) == "bank.fault"
    assert "Обслуживание" in caught.value.text("ru")
    bank.answer = lambda asked: b"<!DOCTYPE x><x/>"
    with pytest.raises(Unavailable):
        ours.fetch(REF)


def test_a_reply_that_breaks_off_is_kept_and_refused(bank: PretendBank, ours: BxdChannel) -> None:
    bank.cut = 700
    reply = ours.fetch(REF)
    assert len(reply.raw) == 700
    with pytest.raises(Corrupt) as caught:
        ours.prove(reply, reply.received_at)
    assert sentence(caught) == "bank.truncated"


def test_a_reply_that_breaks_off_at_once_is_an_absence(bank: PretendBank, ours: BxdChannel) -> None:
    bank.cut = 0
    with pytest.raises(Unavailable) as caught:
        ours.fetch(REF)
    assert sentence(caught) == "bank.away"


def test_an_oversized_reply_is_not_read_whole(bank: PretendBank) -> None:
    bank.answer = lambda asked: b"x" * (8 << 20)
    ours = channel(bank.url, limits=LimitTable(message_mib=2))
    with pytest.raises(RefusedReply) as caught:
        ours.fetch(REF)
    assert sentence(caught) == "bank.too_large"
    assert 0 < len(caught.value.reply.raw) <= 1 << 20
    ours.close()


def test_a_silent_bank_is_given_up(bank: PretendBank) -> None:
    woken = threading.Event()

    def silent(asked: object) -> bytes:
        woken.wait(10)
        return b""

    bank.answer = silent
    ours = channel(bank.url, limits=LimitTable(read_s=0.3))
    started = time.monotonic()
    with pytest.raises(Unavailable) as caught:
        ours.fetch(REF)
    woken.set()
    assert sentence(caught) == "bank.slow"
    assert time.monotonic() - started < 3
    ours.close()


def test_redirects_are_not_followed(bank: PretendBank, ours: BxdChannel) -> None:
    bank.status = 302
    with pytest.raises(Unavailable) as caught:
        ours.fetch(REF)
    assert sentence(caught) == "bank.fault"


def test_what_zeep_calls_to_verify_fails_closed(ours: BxdChannel) -> None:
    with pytest.raises(RuntimeError):
        EnvelopeSigner(pretend.customer_key(), SystemClock(), "rsa-sha256").verify(None)


def test_no_public_authority_is_trusted_behind_our_back(ours: BxdChannel) -> None:
    """requests, zeep's own transport, would add certifi's roots to a context it is given."""
    context = ours._transport._https._http._transport._pool._ssl_context
    assert context.cert_store_stats()["x509"] == 1
