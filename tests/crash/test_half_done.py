"""What a crash, a fault of ours or a broken message leaves half done is taken up again, once, and loses nothing."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from gateway.bank import inbox
from gateway.bank.channel import (
    Delivery,
    Document,
    DocumentKind,
    EvidenceKind,
    FileRef,
    Listing,
    Proof,
    Proven,
    RefusedReply,
    Reply,
    Request,
    Sending,
)
from gateway.bank.formats import camt, camt_write
from gateway.bank.statement import Entry, Party, StatementHead
from gateway.bank.tables import messages
from gateway.core.errors import Corrupt, Unavailable
from gateway.core.ids import new_id
from gateway.flows import paid_to_pick
from gateway.flows.take_message import take_message
from gateway.payments.tables import deliveries, entries, payments
from gateway.service.rounds import bank_round
from gateway.store import alarms
from gateway.store.schema import outbox
from tests.flows.shop import ACCOUNT, MORNING, TERMS, Shop

OWN = Party("ООО «Светорама»", "7701234560", "770101001", ACCOUNT, "044525225", "Банк")
SEAL = b"the bank:"


class Bank:
    """A bank in memory; whoever writes SEAL before a file's bytes is believed.

    Attributes:
        files: by reference, in the order they are offered.
        fetched: references asked for, in order.
        away, bad_list: what goes wrong with the next lists.
    """

    name = "memory:bank"
    certificate_expires: datetime | None = None

    def __init__(self, shop: Shop) -> None:
        self._clock = shop.clock
        self.files: dict[str, bytes] = {}
        self.fetched: list[str] = []
        self.away = False
        self.bad_list = ""

    def list_files(self, since: date | None, cursor: str = "") -> Listing:
        if self.away:
            raise Unavailable("bank.away", detail="test")
        if self.bad_list:
            raise RefusedReply(self.bad_list, self._reply("downloadFileList", "", b"bad"))
        return Listing(tuple(FileRef(reference, "XT") for reference in self.files))

    def fetch(self, ref: FileRef) -> Reply:
        self.fetched.append(ref.reference)
        return self.reply(ref.reference)

    def reply(self, reference: str) -> Reply:
        return self._reply("downloadFile", reference, SEAL + self.files[reference])

    def _reply(self, operation: str, reference: str, raw: bytes) -> Reply:
        now = self._clock.now()
        return Reply(Request(new_id(), operation, now, reference), raw, now, {"tls": "TLSv1.3"})

    def prove(self, reply: Reply, at: datetime) -> Proven:
        if not reply.raw.startswith(SEAL):
            raise Corrupt("bank.signature_invalid")
        proof = Proof(
            EvidenceKind.SIGNED, "CN=bank", "0" * 64, "1", "0" * 64, (), at, at, reply.request.request_id, ("soap",)
        )
        content = reply.raw.removeprefix(SEAL)
        return Proven(content, proof, None, (("00", "OK"),), (Document(DocumentKind.STATEMENT, "camt", content),))

    def acknowledge(self, ref: FileRef) -> None: ...

    def user_info(self) -> dict[str, object]:
        return {}

    def send(self, sending: Sending) -> Reply:
        raise NotImplementedError

    def accepted(self, reply: Reply) -> str:
        raise NotImplementedError

    def delivered(self, sending: Sending) -> Delivery:
        raise NotImplementedError

    def close(self) -> None: ...


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path)
    shop.goods("frame", main=100)
    yield shop
    shop.close()


@pytest.fixture
def bank(shop: Shop) -> Bank:
    return Bank(shop)


def statement(*lines: Entry, number: str = "S1") -> bytes:
    head = StatementHead("camt.054", number, "", MORNING, ACCOUNT, OWN.name, OWN.bic, "RUB", MORNING, MORNING, ())
    return camt_write.write(head, list(lines), message_id=f"M-{number}", own=OWN)


def columns(shop: Shop, column: Any) -> list[Any]:
    with shop.store.reading() as connection:
        return list(connection.execute(select(column).order_by(*column.table.primary_key)).scalars())


def open_codes(shop: Shop) -> list[str]:
    with shop.store.reading() as connection:
        return sorted(alarm.code for alarm in alarms.open_alarms(connection, "test"))


class TestInbox:
    """Between the bank's bytes and their proof."""

    def test_bytes_nobody_has_judged_are_judged_at_the_next_poll_and_not_fetched_again(
        self, shop: Shop, bank: Bank
    ) -> None:
        shop.order("125", {"frame": 2})
        bank.files["F1"] = statement(shop.line(200_000, "Оплата по счету № 125"))
        kept = inbox.keep(shop.store, bank.name, FileRef("F1", "XT"), bank.reply("F1"))  # and here the power went
        done = bank_round(shop.store, TERMS, bank)
        assert done.polled.accepted == [kept]
        assert bank.fetched == []
        assert columns(shop, messages.c.state) == ["taken"]
        assert columns(shop, payments.c.state) == ["auto"]
        assert bank_round(shop.store, TERMS, bank).taken == []

    def test_they_are_judged_even_while_the_bank_is_away(self, shop: Shop, bank: Bank) -> None:
        shop.order("125", {"frame": 2})
        bank.files["F1"] = statement(shop.line(200_000, "Оплата по счету № 125"))
        inbox.keep(shop.store, bank.name, FileRef("F1", "XT"), bank.reply("F1"))
        bank.away = True
        done = bank_round(shop.store, TERMS, bank)
        assert done.polled.result == "failed"
        assert columns(shop, payments.c.state) == ["auto"]

    def test_forged_bytes_nobody_has_judged_are_refused_and_the_honest_ones_fetched(
        self, shop: Shop, bank: Bank
    ) -> None:
        shop.order("125", {"frame": 2})
        bank.files["F1"] = statement(shop.line(200_000, "Оплата по счету № 125"))
        forged = bank._reply("downloadFile", "F1", b"forged")
        inbox.keep(shop.store, bank.name, FileRef("F1", "XT"), forged)
        done = bank_round(shop.store, TERMS, bank)
        assert done.polled.refused == [("F1", "bank.signature_invalid")]
        assert columns(shop, messages.c.state) == ["refused", "taken"]
        assert columns(shop, payments.c.state) == ["auto"]
        assert open_codes(shop) == ["bank.signature_invalid"], "a forgery is told until a person has seen it"

    def test_stored_bytes_that_were_altered_are_refused_and_do_not_stop_the_others(
        self, shop: Shop, bank: Bank
    ) -> None:
        shop.order("125", {"frame": 2})
        bank.files["F1"] = statement(shop.line(200_000, "Оплата по счету № 125"))
        inbox.keep(shop.store, bank.name, FileRef("F1", "XT"), bank.reply("F1"))
        with shop.store.unit() as unit:
            unit.connection.exec_driver_sql("UPDATE blobs SET bytes = x'00'")
            unit.commit()
        bank.files["F1"] = bank.files["F1"] + b"\n"  # the same file, other bytes: its copy is fetched
        bank_round(shop.store, TERMS, bank)
        assert columns(shop, messages.c.reason) == ["message.bytes_changed", None]
        assert columns(shop, payments.c.state) == ["auto"]

    def test_the_alarm_of_a_list_that_broke_off_ends_with_a_whole_one(self, shop: Shop, bank: Bank) -> None:
        bank.bad_list = "bank.truncated"
        assert bank_round(shop.store, TERMS, bank).polled.result == "failed"
        assert set(open_codes(shop)) == {"bank.truncated"}
        bank.bad_list = ""
        bank_round(shop.store, TERMS, bank)
        assert open_codes(shop) == []


class TestMessage:
    """Between a proved message and its last line."""

    def take(self, shop: Shop, bank: Bank) -> list[Any]:
        return [taken for _, taken in bank_round(shop.store, TERMS, bank).taken]

    def test_lines_before_the_place_where_a_message_breaks_off_are_kept(self, shop: Shop, bank: Bank) -> None:
        whole = statement(*(shop.line(100 + n, f"Оплата {n}") for n in range(7)))
        bank.files["F1"] = whole[: whole.index(b"</Ntry>", len(whole) // 2) + len(b"</Ntry>")] + b"<broken"
        readable = 0
        with pytest.raises(Corrupt):
            for part in camt.read(io.BytesIO(bank.files["F1"])):
                readable += isinstance(part, Entry)
        self.take(shop, bank)
        assert 0 < readable < 7
        assert len(columns(shop, entries.c.id)) == readable
        assert columns(shop, messages.c.state) == ["unreadable"]
        assert open_codes(shop) == ["bank.malformed"]

    def test_one_line_standing_in_two_statements_of_a_message_counts_once(self, shop: Shop, bank: Bank) -> None:
        shop.order("125", {"frame": 2})
        line = shop.line(200_000, "Оплата по счету № 125")
        one, two = statement(line, number="S1"), statement(line, number="S2")
        start, end = two.index(b"<Ntfctn>"), two.index(b"</Ntfctn>") + len(b"</Ntfctn>")
        place = one.index(b"</Ntfctn>") + len(b"</Ntfctn>")
        bank.files["F1"] = one[:place] + two[start:end] + one[place:]
        (taken,) = self.take(shop, bank)
        assert (taken.lines, taken.fresh, taken.failed) == (2, 1, 0)
        assert columns(shop, payments.c.state) == ["auto"]
        assert columns(shop, deliveries.c.entry_id) == []

    def test_a_line_our_own_fault_stops_does_not_stop_the_others_and_is_taken_later(
        self, shop: Shop, bank: Bank, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number in ("125", "126", "127"):
            shop.order(number, {"frame": 2})
        bank.files["F1"] = statement(*(shop.line(200_000, f"Оплата по счету № {n}") for n in (125, 126, 127)))
        honest = paid_to_pick.decide_payment
        calls = iter((1, 2, 3))

        def faulty(*given: Any) -> int:
            if next(calls) == 2:
                raise ZeroDivisionError("a fault of ours")
            return honest(*given)

        with monkeypatch.context() as patch:
            patch.setattr(paid_to_pick, "decide_payment", faulty)
            (taken,) = self.take(shop, bank)
        assert (taken.lines, taken.fresh, taken.payments, taken.failed) == (3, 2, 2, 1)
        assert columns(shop, entries.c.doc_no) == ["1", "3"]
        assert open_codes(shop) == ["line.failed", "message.lines_failed"]
        assert columns(shop, messages.c.state) == ["proved"]
        told = [row for row in columns(shop, outbox.c.payload) if "entries" in row]
        assert all(entry in told[0] for entry in columns(shop, entries.c.id))
        assert told[0].count('"01') == 2, "1C hears of what is on record only"

        (taken,) = self.take(shop, bank)
        assert (taken.lines, taken.fresh, taken.failed) == (3, 1, 0)
        assert sorted(columns(shop, entries.c.doc_no)) == ["1", "2", "3"]
        assert columns(shop, payments.c.state) == ["auto"] * 3
        assert columns(shop, messages.c.state) == ["taken"]
        assert open_codes(shop) == []

    def test_a_row_the_database_refuses_is_one_line_s_trouble(
        self, shop: Shop, bank: Bank, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bank.files["F1"] = statement(*(shop.line(100 + n, f"Оплата {n}") for n in range(3)))
        honest = paid_to_pick.decide_payment
        calls = iter((1, 2, 3))

        def faulty(unit: Any, terms: Any, payment_id: str) -> int:
            if next(calls) == 1:
                unit.insert(entries, {"id": payment_id})
            return honest(unit, terms, payment_id)

        monkeypatch.setattr(paid_to_pick, "decide_payment", faulty)
        (taken,) = self.take(shop, bank)
        assert (taken.lines, taken.fresh, taken.failed) == (3, 2, 1)

    def test_a_database_that_goes_away_is_no_line_s_fault(
        self, shop: Shop, bank: Bank, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bank.files["F1"] = statement(shop.line(100, "Оплата"))

        def away(*_: object) -> int:
            raise Unavailable("store.unreachable", reason="disk full")

        monkeypatch.setattr(paid_to_pick, "decide_payment", away)
        with pytest.raises(Unavailable):
            self.take(shop, bank)
        assert columns(shop, entries.c.id) == []
        assert columns(shop, messages.c.state) == ["proved"]

    def test_a_message_interrupted_after_any_commit_is_taken_on_from_there(self, shop: Shop, bank: Bank) -> None:
        bank.files["F1"] = statement(*(shop.line(100 + n, f"Оплата {n}") for n in range(130)))
        (message_id,) = inbox.poll(shop.store, bank).accepted
        done: list[int] = []
        for _ in range(2):
            take_message(
                shop.store, TERMS, bank, message_id, progress=lambda t: done.append(t.fresh), stopped=lambda: bool(done)
            )
        assert done == [50]
        assert columns(shop, messages.c.state) == ["proved"]
        take_message(shop.store, TERMS, bank, message_id)
        assert len(columns(shop, entries.c.id)) == 130
        assert columns(shop, messages.c.state) == ["taken"]
        assert columns(shop, messages.c.new_entries) == [130]
