"""Every misbehaviour really happens on the wire, happens as often as asked, and loses nothing."""

from __future__ import annotations

import base64
import gzip
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
import requests
from lxml import etree

from gateway.bank.sandbox import behave
from gateway.core.errors import Refused
from gateway.core.money import Money
from tests.bank.sandbox.client import MODEL, SOAP, WSU, NotProved
from tests.bank.sandbox.conftest import Bank, Line
from tests.bank.sandbox.reading import a_payment, entries, raw_download, then_honest

# Replies that go wrong on the wire


def test_silent_takes_the_request_and_says_nothing(line: Line) -> None:
    reference = a_payment(line)
    line.sandbox.behave("silent")
    with pytest.raises(requests.exceptions.ReadTimeout):
        line.client.session.post(line.server.url, data=_captured(line, reference), timeout=0.7)
    then_honest(line, reference)


def _captured(line: Line, reference: str) -> bytes:
    """The bytes of a valid request that was never sent."""
    kept: list[bytes] = []
    original = line.client.session.post

    def post(*args: object, **options: object) -> requests.Response:
        kept.append(options["data"])
        raise requests.exceptions.Timeout

    line.client.session.post = post
    with pytest.raises(requests.exceptions.Timeout):
        raw_download(line, reference)
    line.client.session.post = original
    return kept[0]


def test_a_silent_bank_can_still_be_stopped(line: Line) -> None:
    line.sandbox.behave("silent")
    body = _captured(line, a_payment(line))
    waiting = threading.Thread(target=_post_and_fail, args=(line, body))
    waiting.start()
    while line.sandbox.state()["behaviours"]:
        time.sleep(0.02)
    line.server.stop()
    waiting.join(5)
    assert not waiting.is_alive()


def _post_and_fail(line: Line, body: bytes) -> None:
    with pytest.raises(requests.exceptions.ConnectionError):
        line.client.session.post(line.server.url, data=body, timeout=30)


def test_slow_answers_late_but_well(line: Line) -> None:
    reference = a_payment(line)
    line.sandbox.behave("slow", seconds="0.6")
    started = time.monotonic()
    assert entries(line.client.download(reference).content())
    assert time.monotonic() - started >= 0.6
    assert line.sandbox.files()[-1].status == "DLD"


def test_http_500_is_a_page_and_no_message(line: Line) -> None:
    reference = a_payment(line)
    line.sandbox.behave("http-500")
    response = raw_download(line, reference)
    assert response.status_code == 500 and response.headers["Content-Type"].startswith("text/html")
    then_honest(line, reference)


def test_empty_is_200_with_nothing(line: Line) -> None:
    reference = a_payment(line)
    line.sandbox.behave("empty")
    response = raw_download(line, reference)
    assert (response.status_code, response.content) == (200, b"")
    then_honest(line, reference)


def test_forged_signature_has_another_sum_under_the_old_signatures(line: Line) -> None:
    reference = a_payment(line)
    line.sandbox.behave("forged-signature")
    raw = raw_download(line, reference).content
    with pytest.raises(NotProved, match="envelope"):
        line.client.verified(raw)
    assert carried_sum(raw) == Money(910000)
    then_honest(line, reference)


def carried_sum(raw: bytes) -> Money:
    """The sum a careless reader of a reply would believe."""
    root = etree.fromstring(raw)
    body = root.find(f"{{{SOAP}}}Body")
    assert body is not None
    payload = etree.fromstring(base64.b64decode(body.findtext(f".//{{{MODEL}}}ApplicationResponse") or ""))
    content = base64.b64decode(payload.findtext("{*}Content") or "")
    return entries(gzip.decompress(content) if payload.findtext("{*}Compressed") == "true" else content)[0].amount


def test_forged_payload_is_well_signed_outside_and_wrong_inside(line: Line) -> None:
    reference = a_payment(line)
    line.sandbox.behave("forged-payload")
    raw = raw_download(line, reference).content
    line.client._verify_envelope(etree.fromstring(raw))
    with pytest.raises(NotProved, match="payload"):
        line.client.verified(raw)
    assert carried_sum(raw) == Money(910000)
    then_honest(line, reference)


@pytest.mark.parametrize("ids", ["none", "new", "same"])
@pytest.mark.parametrize("variant", behave.WRAPPINGS)
def test_wrapped_signature_verifies_by_id_and_reads_forged(line: Line, variant: str, ids: str) -> None:
    reference = a_payment(line)
    line.sandbox.behave("wrapped-signature", variant=variant, ids=ids)
    raw = raw_download(line, reference).content
    root = etree.fromstring(raw)
    assert len(root.findall(f".//{{{SOAP}}}Body")) == 2
    assert carried_sum(raw) == Money(910000)  # what a reader of the first Body believes
    if ids != "same" and variant != "object":
        # a verifier that looks signed elements up by id is content: this is what the attack is
        line.client._verify_envelope(root)
    then_honest(line, reference)


def test_stale_timestamp_is_well_signed_and_old(line: Line) -> None:
    reference = a_payment(line)
    line.sandbox.behave("stale-timestamp", seconds="7200")
    raw = raw_download(line, reference).content
    created = datetime.fromisoformat(etree.fromstring(raw).findtext(f".//{{{WSU}}}Created") or "")
    assert timedelta(hours=1, minutes=59) < datetime.now(UTC) - created < timedelta(hours=2, minutes=1)
    with pytest.raises(NotProved, match="stale"):
        line.client.verified(raw)
    then_honest(line, reference)


def test_wrong_request_id_is_well_signed(line: Line) -> None:
    reference = a_payment(line)
    line.sandbox.behave("wrong-request-id")
    answer = line.client.verified(raw_download(line, reference, "R1").content)
    assert answer.header["RequestId"] not in ("", "R1")
    then_honest(line, reference)


def test_replayed_is_the_very_reply_of_an_earlier_request(line: Line) -> None:
    first, second = a_payment(line), a_payment(line)
    earlier = raw_download(line, first, "R1").content
    line.sandbox.behave("replayed")
    assert raw_download(line, second, "R2").content == earlier
    then_honest(line, second)


def test_replayed_waits_until_there_is_something_to_replay(line: Line) -> None:
    reference = a_payment(line)
    line.sandbox.behave("replayed")
    assert line.client.verified(raw_download(line, reference, "R1").content).header["RequestId"] == "R1"
    assert line.client.verified(raw_download(line, reference, "R2").content).header["RequestId"] == "R1"


def test_certificate_expired_signs_with_yesterdays_key(line: Line) -> None:
    reference = a_payment(line)
    line.sandbox.behave("certificate-expired")
    raw = raw_download(line, reference).content
    with pytest.raises(NotProved, match="expired"):
        line.client.verified(raw)
    then_honest(line, reference)


def test_unknown_code_is_signed_and_without_content(line: Line) -> None:
    reference = a_payment(line)
    line.sandbox.behave("unknown-code", code="77")
    answer = line.client.verified(raw_download(line, reference).content)
    assert (answer.code, answer.header["ResponseCode"], answer.text("Content")) == ("77", "77", "")
    then_honest(line, reference)


def test_truncated_breaks_off_behind_its_announced_length(line: Line) -> None:
    reference = a_payment(line)
    line.sandbox.behave("truncated")
    with pytest.raises(requests.exceptions.RequestException):
        raw_download(line, reference)
    line.sandbox.behave("truncated")
    body = _captured(line, reference)
    with line.client.session.post(line.server.url, data=body, timeout=10, stream=True) as response:
        announced = int(response.headers["Content-Length"])
        received = b""
        with pytest.raises(requests.exceptions.RequestException):
            for piece in response.iter_content(512):
                received += piece
    assert 0 < len(received) <= announced // 2
    then_honest(line, reference)


def test_truncated_short_is_valid_http_with_half_a_message(line: Line) -> None:
    reference = a_payment(line)
    line.sandbox.behave("truncated", mode="short")
    raw = raw_download(line, reference).content
    assert raw.startswith(b"<?xml")
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(raw)
    then_honest(line, reference)


def test_huge_streams_more_than_anybody_should_read(line: Line) -> None:
    reference = a_payment(line)
    line.sandbox.behave("huge", megabytes="3")
    response = raw_download(line, reference)
    assert int(response.headers["Content-Length"]) == len(response.content) == 3 * 1024 * 1024
    line.sandbox.behave("huge", megabytes="500")
    body = _captured(line, reference)
    with line.client.session.post(line.server.url, data=body, timeout=10, stream=True) as response:
        assert len(next(response.iter_content(1 << 20))) > 0  # and hang up: the bank must survive it
    then_honest(line, reference)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_dtd_stands_before_the_reply(line: Line, encoding: str) -> None:
    reference = a_payment(line)
    line.sandbox.behave("dtd", encoding=encoding)
    raw = raw_download(line, reference).content
    root = etree.fromstring(raw, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    assert root.getroottree().docinfo.internalDTD is not None
    assert raw.startswith(b"<?xml") is (encoding == "utf-8")
    then_honest(line, reference)


def test_wrong_encoding_says_utf_8_and_is_not(line: Line) -> None:
    reference = a_payment(line)
    line.sandbox.behave("wrong-encoding")
    raw = raw_download(line, reference).content
    assert b"encoding='UTF-8'" in raw[:60]
    with pytest.raises(UnicodeDecodeError):
        raw.decode("utf-8")
    assert "Выполнено" in raw.decode("cp1251")
    then_honest(line, reference)


# The queue


def test_a_behaviour_happens_as_often_as_asked_and_then_ends(line: Line) -> None:
    reference = a_payment(line)
    line.sandbox.behave("http-500", count=2)
    assert [raw_download(line, reference).status_code for _ in range(3)] == [500, 500, 200]


def test_behaviours_meet_only_the_operation_they_are_for(line: Line) -> None:
    reference = a_payment(line)
    line.sandbox.behave("wrong-request-id", operation="downloadFileList")
    assert line.client.download(reference).code == "00"
    with pytest.raises(NotProved):
        line.client.ask("downloadFileList")
    assert line.client.ask("downloadFileList").code == "00"


def test_behaviours_that_need_a_file_wait_for_one(line: Line) -> None:
    line.sandbox.behave("forged-signature", operation="any")
    assert line.client.ask("downloadFileList").code == "24"
    reference = a_payment(line)
    with pytest.raises(NotProved):
        line.client.download(reference)


def test_calm_ends_everything_and_offers_what_was_held_back(bank: Bank) -> None:
    for name in ("out-of-order", "late", "silent"):
        bank.sandbox.behave(name)
    bank.sandbox.pay(amount=Money(1))
    assert bank.sandbox.files() == []
    bank.sandbox.calm()
    assert len(bank.sandbox.files()) == 1
    assert bank.sandbox.state()["behaviours"] == []


@pytest.mark.parametrize(
    ("name", "count", "options", "code"),
    [
        ("rude", 1, {}, "sandbox.unknown_behaviour"),
        ("slow", 1, {"minutes": 3}, "sandbox.unknown_option"),
        ("slow", 1, {"seconds": "soon"}, "sandbox.bad_option"),
        ("slow", 0, {}, "sandbox.bad_option"),
        ("wrapped-signature", 1, {"variant": "elsewhere"}, "sandbox.bad_option"),
        ("gap", 1, {"mode": "cut"}, "sandbox.bad_option"),
        ("gap", 1, {"amount": "much"}, "sandbox.bad_option"),
    ],
)
def test_a_misspelt_behaviour_is_refused_with_what_there_is(
    bank: Bank, name: str, count: int, options: dict[str, object], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        bank.sandbox.behave(name, count, **options)
    assert refused.value.code == code
    assert refused.value.text("ru") != code
    assert bank.sandbox.state()["behaviours"] == []


def test_every_behaviour_and_every_channel_it_means_something_on_stand_in_the_table() -> None:
    """The table in the docstring is what people read: it names every behaviour, with a dash where there is nothing."""
    assert behave.__doc__ is not None
    table = behave.__doc__.split("-" * 52)[1].split("\n\n")[0]
    rows = {
        line[4:23].strip(): (line[25:65].strip(), line[67:].strip()) for line in table.splitlines() if line[4:5].strip()
    }
    assert set(rows) == set(behave.KINDS)
    for name, cells in rows.items():
        known = {channel for channel, cell in zip(behave.CHANNELS, cells, strict=True) if cell != "—"}
        assert known == set(behave.KINDS[name].channels), name
        assert all(cells), name


def test_the_issues_behaviours_are_all_there() -> None:
    asked = {
        "silent", "slow", "duplicate-file", "overlapping", "gap", "out-of-order", "late", "forged-signature",
        "wrapped-signature", "stale-timestamp", "wrong-request-id", "truncated", "dtd", "huge", "unknown-code",
        "empty", "certificate-expired", "replayed", "wrong-encoding", "http-500", "forged-payload", "unknown-content",
        "order-refused", "order-silent", "order-lost-reply", "order-late", "order-returned", "order-not-received",
    }  # fmt: skip
    own = {
        "session-timeout", "bad-sid", "otp", "blocked-logon", "read-once", "unsigned", "zoned-dates",
        "bare-requisites", "id-off-by-one",
    }  # fmt: skip
    assert {name for name, kind in behave.KINDS.items() if behave.BXD in kind.channels} == asked
    assert {name for name, kind in behave.KINDS.items() if kind.channels == (behave.DIRECTBANK,)} == own


@pytest.mark.parametrize(
    ("name", "channel", "options", "code"),
    [
        ("otp", "bxd", {}, "sandbox.unknown_combination"),
        ("silent", "fax", {}, "sandbox.unknown_channel"),
        ("wrapped-signature", "directbank", {"ids": "new"}, "sandbox.unknown_option"),
        ("wrapped-signature", "directbank", {"variant": "header"}, "sandbox.bad_option"),
        ("wrapped-signature", "bxd", {"variant": "swapped"}, "sandbox.bad_option"),
        ("silent", "bxd", {"operation": "GetPack"}, "sandbox.bad_option"),
        ("forged-signature", "directbank", {"operation": "Logon"}, "sandbox.bad_option"),
        ("unknown-code", "directbank", {"code": "77"}, "sandbox.bad_option"),
        ("duplicate-file", "directbank", {"kind": "camt.054"}, "sandbox.unknown_option"),
    ],
)
def test_a_combination_without_meaning_is_refused(
    bank: Bank, name: str, channel: str, options: dict[str, str], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        bank.sandbox.behave(name, channel=channel, **options)
    assert refused.value.code == code
    assert bank.sandbox.state()["behaviours"] == []


def test_an_option_of_one_channel_chooses_the_channel(bank: Bank) -> None:
    bank.sandbox.behave("silent", operation="GetPack")
    bank.sandbox.behave("wrapped-signature", variant="security")
    queued = bank.sandbox.state()["behaviours"]
    assert isinstance(queued, list)
    assert [one["channel"] for one in queued] == ["directbank", "bxd"]
