"""Every misbehaviour really happens on this channel, happens as often as asked, and loses nothing it should not."""

from __future__ import annotations

import http.client
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree

from gateway.bank.sandbox import behave
from gateway.core.clock import business_date
from gateway.core.money import Money
from tests.bank.directbank_sandbox.conftest import Counter
from tests.bank.sandbox.directbank_client import BankError, Carried, N, NotProved, carried

DB = behave.DIRECTBANK
HERE = {name for name, kind in behave.KINDS.items() if DB in kind.channels}


def a_statement(counter: Counter, **period: date) -> str:
    """Somebody has paid 100.00; the packet with today's statement."""
    counter.sandbox.pay(amount=Money.parse("100.00"), payer="ООО «Багет»")
    before = set(counter.client.packets()[0])
    counter.client.ask_statement(**period)
    (packet,) = [p for p in counter.client.packets()[0] if p not in before and counter_kind(counter, p) == "15"]
    return packet


def counter_kind(counter: Counter, packet: str) -> str:
    """What is in a packet, without asking the bank's counter (which would count)."""
    with counter.sandbox.books.read() as db:
        row = db.execute("SELECT kind FROM packet_documents WHERE packet = ?", (packet,)).fetchone()
    return str(row["kind"])


def raw_packet(counter: Counter, packet: str, timeout: float = 20) -> tuple[int, str, bytes]:
    headers = {"CustomerID": counter.enrolment.customer_id, "APIVersion": "2.3.2", "SID": counter.client.sid}
    return counter.client.raw("GET", f"GetPack?id={packet}", headers, timeout=timeout)


def then_honest(counter: Counter, packet: str) -> None:
    (statement,) = counter.client.fetch(packet)
    assert counter.client.prove(statement) == counter.enrolment.signers[0]
    assert sums(statement)[-1] == "100.00"
    assert counter.sandbox.state()["behaviours"] == []


def sums(statement: Carried) -> list[str]:
    return [node.text or "" for node in statement.root.iter("{*}Sum")]


def served(counter: Counter, packet: str) -> Carried:
    """What a careless reader takes out of the reply."""
    status, _, body = raw_packet(counter, packet)
    assert status == 200
    return carried(counter.client.success(body))[0]


def statuses(counter: Counter, packet: str) -> str:
    with counter.sandbox.books.read() as db:
        return str(db.execute("SELECT status FROM packets WHERE id = ?", (packet,)).fetchone()["status"])


def balances(statement: Carried) -> tuple[str, str]:
    return statement.text("Data/OpeningBalance"), statement.text("Data/ClosingBalance")


# Replies that go wrong on the wire


def test_silent_says_nothing(counter: Counter) -> None:
    packet = a_statement(counter)
    counter.sandbox.behave("silent", channel=DB)
    with pytest.raises(TimeoutError):
        raw_packet(counter, packet, timeout=0.7)
    assert statuses(counter, packet) == "NEW"
    then_honest(counter, packet)


def test_slow_answers_late_but_well(counter: Counter) -> None:
    packet = a_statement(counter)
    counter.sandbox.behave("slow", seconds="0.6")
    started = time.monotonic()
    raw_packet(counter, packet)
    assert time.monotonic() - started >= 0.6 and statuses(counter, packet) == "READ"


def test_http_500_is_a_page(counter: Counter) -> None:
    packet = a_statement(counter)
    counter.sandbox.behave("http-500")
    status, kind, body = raw_packet(counter, packet)
    assert status == 500 and kind.startswith("text/html") and b"<html>" in body
    then_honest(counter, packet)


def test_empty_is_200_with_nothing(counter: Counter) -> None:
    packet = a_statement(counter)
    counter.sandbox.behave("empty")
    assert raw_packet(counter, packet)[::2] == (200, b"")
    then_honest(counter, packet)


def test_truncated_breaks_off_or_ends_early(counter: Counter) -> None:
    packet = a_statement(counter)
    counter.sandbox.behave("truncated")
    with pytest.raises(http.client.IncompleteRead):
        raw_packet(counter, packet)
    counter.sandbox.behave("truncated", mode="short")
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(raw_packet(counter, packet)[2])
    assert statuses(counter, packet) == "NEW"
    then_honest(counter, packet)


def test_huge_goes_on_and_on(counter: Counter) -> None:
    packet = a_statement(counter)
    counter.sandbox.behave("huge", megabytes=3)
    assert len(raw_packet(counter, packet)[2]) == 3 * 1024 * 1024
    then_honest(counter, packet)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_stands_before_the_reply(counter: Counter, encoding: str) -> None:
    packet = a_statement(counter)
    counter.sandbox.behave("dtd", encoding=encoding)
    body = raw_packet(counter, packet)[2].decode(encoding)
    assert "<!DOCTYPE ResultBank [<!ENTITY" in body
    then_honest(counter, packet)


def test_wrong_encoding_is_no_utf_8(counter: Counter) -> None:
    packet = a_statement(counter)
    counter.sandbox.behave("wrong-encoding")
    with pytest.raises(UnicodeDecodeError):
        raw_packet(counter, packet)[2].decode("utf-8")
    then_honest(counter, packet)


def test_replayed_serves_an_old_reply_once_more(counter: Counter) -> None:
    first = a_statement(counter)
    old = raw_packet(counter, first)[2]
    second = a_statement(counter)
    counter.sandbox.behave("replayed")
    assert raw_packet(counter, second)[2] == old
    assert statuses(counter, second) == "NEW"
    then_honest(counter, second)


def test_wrong_request_id_answers_with_another_packet(counter: Counter) -> None:
    packet = a_statement(counter)
    counter.sandbox.behave("wrong-request-id")
    answer = counter.client.success(raw_packet(counter, packet)[2])
    assert answer.get("id") in set(counter.client.packets()[0]) - {packet}
    then_honest(counter, packet)


def test_unknown_code_is_an_error_nobody_knows(counter: Counter) -> None:
    packet = a_statement(counter)
    counter.sandbox.behave("unknown-code")
    with pytest.raises(BankError) as refused:
        counter.client.fetch(packet)
    assert refused.value.code == "7777"
    counter.sandbox.behave("unknown-code", code="1010", operation="GetPackList")
    with pytest.raises(BankError) as refused:
        counter.client.packets()
    assert refused.value.code == "1010"
    then_honest(counter, packet)


def test_an_unknown_kind_of_document_is_booked(counter: Counter) -> None:
    counter.sandbox.behave("unknown-code", where="entry")
    (statement,) = counter.client.fetch(a_statement(counter))
    carrier = statement.root.find("d:Data/d:OperationInfo/d:PayDoc", N)
    assert carrier is not None and carrier.get("docKind") == "77"


# Signatures that do not hold


def refused_by_openssl(counter: Counter, document: Carried, honest: bool = False) -> None:
    with pytest.raises(NotProved):
        counter.client.prove(document)
    assert sums(document) == ["100.00" if honest else "9100.00"]


def test_forged_signature_has_another_sum_under_the_old_signature(counter: Counter) -> None:
    packet = a_statement(counter)
    counter.sandbox.behave("forged-signature")
    refused_by_openssl(counter, served(counter, packet))
    then_honest(counter, packet)


def test_forged_payload_has_the_digest_of_the_forged_bytes(counter: Counter) -> None:
    import hashlib

    packet = a_statement(counter)
    counter.sandbox.behave("forged-payload")
    document = served(counter, packet)
    refused_by_openssl(counter, document)
    assert hashlib.sha256(document.content).digest() in document.signatures[0]
    then_honest(counter, packet)


def test_a_wrapped_signature_brings_the_honest_bytes_along(counter: Counter) -> None:
    packet = a_statement(counter)
    counter.sandbox.behave("wrapped-signature", channel=DB)
    document = served(counter, packet)
    assert sums(document) == ["9100.00"] and b"<Sum>100.00</Sum>" in document.signatures[0]
    (counter.client.folder / "w.der").write_bytes(document.signatures[0])
    inside = counter.client.run(
        "cms", "-verify", "-binary", "-inform", "DER", "-in", "w.der", "-CAfile", "root.pem", "-purpose", "any"
    )
    assert b"<Sum>100.00</Sum>" in inside  # who verifies what the signature holds, is content
    with pytest.raises(NotProved):
        counter.client.prove(document)
    then_honest(counter, packet)


def test_signatures_are_swapped_between_documents(counter: Counter) -> None:
    packet = a_statement(counter)
    counter.sandbox.behave("wrapped-signature", variant="swapped")
    refused_by_openssl(counter, served(counter, packet), honest=True)
    client = counter.client
    documents = []
    for account, request in zip(counter.enrolment.accounts, ("r1", "r2"), strict=True):
        documents.append(client.document("14", request, client.statement_request(request, account=account)))
    client.send(*documents)
    (both,) = [p for p in client.packets()[0] if len(counter.client.fetch(p)) == 2]
    first, second = client.fetch(both)
    counter.sandbox.behave("wrapped-signature", variant="swapped")
    swapped = carried(client.success(raw_packet(counter, both)[2]))
    assert [d.content for d in swapped] == [first.content, second.content]
    assert [d.signatures for d in swapped] == [second.signatures, first.signatures]


def test_a_neighbours_signature_comes_before_the_banks(counter: Counter) -> None:
    packet = a_statement(counter)
    counter.sandbox.behave("wrapped-signature", variant="second-signature")
    document = served(counter, packet)
    neighbour = Carried(document.id, document.kind, "", document.content, document.signatures[:1])
    assert len(document.signatures) == 2 and counter.client.prove(neighbour) == "1000000099"
    then_honest(counter, packet)


def test_a_stale_signature_is_two_hours_old(counter: Counter) -> None:
    packet = a_statement(counter)
    counter.sandbox.behave("stale-timestamp", channel=DB)
    document = served(counter, packet)
    age = datetime.now(UTC) - counter.client.signed_at(document)
    assert timedelta(hours=2) <= age < timedelta(hours=2, minutes=5)
    then_honest(counter, packet)


def test_an_expired_certificate_signs(counter: Counter) -> None:
    packet = a_statement(counter)
    counter.sandbox.behave("certificate-expired")
    with pytest.raises(NotProved, match="expired"):
        counter.client.prove(served(counter, packet))
    then_honest(counter, packet)


# Packets that come into being wrongly


def test_the_same_statement_comes_in_two_packets(counter: Counter) -> None:
    counter.sandbox.pay(amount=Money(100))
    counter.sandbox.behave("duplicate-file", channel=DB)
    counter.client.ask_statement()
    one, other = counter.client.statements()
    assert (one.id, one.content) == (other.id, other.content)
    assert len(set(counter.client.packets()[0])) == 3


def test_the_same_packet_is_listed_twice(counter: Counter) -> None:
    counter.sandbox.behave("duplicate-file", mode="listed")
    counter.client.ask_statement()
    listed, _ = counter.client.packets()
    assert len(listed) == 3 and len(set(listed)) == 2


def test_an_overlapping_statement_begins_earlier_and_still_adds_up(counter: Counter) -> None:
    bank = counter.sandbox
    refs = [bank.pay(amount=Money(100 + i)) for i in range(4)]
    bank.close_day()
    bank.move_clock(timedelta(days=1))
    refs.append(bank.pay(amount=Money(7)))
    today = business_date(bank.books.now())
    bank.behave("overlapping", channel=DB, lines=2)
    counter.client.ask_statement(first=today, last=today)
    (statement,) = counter.client.statements()
    carriers = statement.root.findall("d:Data/d:OperationInfo/d:PayDoc", N)
    assert [carrier.get("id") for carrier in carriers] == refs[2:]
    opening, closing = (Money.parse(text) for text in balances(statement))
    assert closing - opening == Money(102 + 103 + 7)


def test_a_gap_is_a_statement_that_comes_after_the_next(counter: Counter) -> None:
    counter.sandbox.behave("gap", channel=DB)
    first = counter.client.ask_statement()
    assert counter.client.statements() == []
    second = counter.client.ask_statement()
    assert [s.ext_id for s in counter.client.statements()] == [second]
    assert [s.ext_id for s in counter.client.statements()] == [first, second]


def test_a_gap_may_be_a_wrong_opening_balance_put_right_afterwards(counter: Counter) -> None:
    counter.sandbox.behave("gap", channel=DB, mode="opening", amount="1.00")
    counter.client.ask_statement()
    (wrong,) = counter.client.statements()
    assert balances(wrong) == ("500001.00", "500001.00")
    _, right = counter.client.statements()
    assert balances(right) == ("500000.00", "500000.00")


def test_two_statements_come_in_reverse(counter: Counter) -> None:
    counter.sandbox.behave("out-of-order", channel=DB)
    first = counter.client.ask_statement()
    assert counter.client.statements() == []
    second = counter.client.ask_statement()
    assert [s.ext_id for s in counter.client.statements()] == [second, first]


def test_a_late_packet_appears_behind_the_cursor(counter: Counter) -> None:
    client = counter.client
    counter.sandbox.behave("late", channel=DB, seconds=600)
    client.ask_statement()
    counter.sandbox.move_clock(timedelta(seconds=300))
    known, stamp = client.packets()
    counter.sandbox.move_clock(timedelta(seconds=301))
    day = date.fromisoformat(stamp[:10])
    assert client.packets(f"{day:%d.%m.%Y} {stamp[11:]}")[0] == []
    assert len(client.packets()[0]) == len(known) + 1


def test_unknown_content_is_signed_and_no_statement(counter: Counter) -> None:
    counter.sandbox.behave("unknown-content", channel=DB)
    (document,) = counter.client.everything()
    assert counter.client.prove(document) == counter.enrolment.signers[0]
    assert document.root.tag == "Newsletter" and document.kind == "15"
    assert counter.sandbox.files() == []


def test_dates_have_a_zone_once(counter: Counter) -> None:
    counter.sandbox.behave("zoned-dates")
    (zoned,) = counter.client.fetch(a_statement(counter))
    (plain,) = counter.client.fetch(a_statement(counter))
    assert zoned.text("Data/OperationInfo/Date") == plain.text("Data/OperationInfo/Date") + "Z"
    assert zoned.root.get("creationDate", "").endswith("Z") and not plain.root.get("creationDate", "").endswith("Z")
    assert counter.client.packets()[1].endswith("Z")


@pytest.mark.parametrize("sum_", ["written", "missing"])
def test_requisites_are_bare_once(counter: Counter, sum_: str) -> None:
    counter.sandbox.behave("bare-requisites", sum=sum_)
    (bare,) = counter.client.fetch(a_statement(counter))
    payer = "Data/OperationInfo/PayDoc/PayDocRu/Payer"
    assert (bare.text(f"{payer}/INN"), bare.text(f"{payer}/KPP")) == ("0", "0")
    assert len(sums(bare)) == (1 if sum_ == "written" else 0)


# Sessions and the queue


@pytest.mark.parametrize(("name", "code"), [("session-timeout", "1006"), ("bad-sid", "1007")])
def test_a_session_ends_in_the_middle(counter: Counter, name: str, code: str) -> None:
    packet = a_statement(counter)
    counter.sandbox.behave(name, operation="GetPack")
    counter.client.packets()
    with pytest.raises(BankError) as refused:
        counter.client.fetch(packet)
    assert refused.value.code == code
    with pytest.raises(BankError) as refused:
        counter.client.packets()
    assert refused.value.code == "1007"
    counter.client.logon()
    then_honest(counter, packet)


@pytest.mark.parametrize("reply", ["whole", "cut"])
def test_a_packet_is_forgotten_once_it_was_asked_for(counter: Counter, reply: str) -> None:
    packet = a_statement(counter)
    counter.sandbox.behave("read-once", reply=reply)
    if reply == "cut":
        with pytest.raises(http.client.IncompleteRead):
            raw_packet(counter, packet)
    else:
        assert sums(served(counter, packet)) == ["100.00"]
    with pytest.raises(BankError) as refused:
        counter.client.fetch(packet)
    assert refused.value.code == "2102" and packet not in counter.client.packets()[0]


def test_a_behaviour_of_the_other_channel_does_not_happen_here(counter: Counter) -> None:
    packet = a_statement(counter)
    for name in ("forged-signature", "silent", "late"):
        counter.sandbox.behave(name, channel="bxd")
    (statement,) = counter.client.fetch(packet)
    counter.client.prove(statement)
    queued = counter.sandbox.state()["behaviours"]
    assert isinstance(queued, list) and len(queued) == 3


def test_being_calm_offers_what_was_held_back(counter: Counter) -> None:
    for name in ("gap", "late", "out-of-order"):
        counter.sandbox.behave(name, channel=DB)
        counter.client.ask_statement()
    counter.sandbox.calm()
    assert len(counter.client.statements()) == 3


def test_every_behaviour_of_this_channel_has_its_test() -> None:
    """By name, in this folder: a behaviour nobody tries is a rumour."""
    tried = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert {name for name in HERE if f'"{name}"' not in tried} == set()
