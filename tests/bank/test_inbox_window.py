"""Polling goes on whatever one file does, and the window stays open for what the bank still owes us."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from gateway.bank import inbox, offers
from gateway.bank.channel import FileRef, Listing, Proven, Reply
from gateway.bank.tables import messages
from gateway.core.errors import Unavailable
from gateway.flows import take_message as taking
from gateway.payments.tables import payments
from gateway.service.rounds import bank_round
from gateway.store.schema import alarms
from tests.crash.test_half_done import Bank, columns, statement
from tests.flows.shop import TERMS, Shop
from tests.flows.test_paid_to_pick import one


class Moody(Bank):
    """Gives some files as forgeries, breaks the verifier on others, and does not answer for the rest."""

    def __init__(self, shop: Shop) -> None:
        super().__init__(shop)
        self.forged: set[str] = set()
        self.breaking: set[str] = set()
        self.slow: set[str] = set()
        self.asked_since: list[date | None] = []
        self.same_bytes: Reply | None = None

    def list_files(self, since: date | None, cursor: str = "") -> Listing:
        self.asked_since.append(since)
        return super().list_files(since, cursor)

    def fetch(self, ref: FileRef) -> Reply:
        if ref.reference in self.slow:
            self.fetched.append(ref.reference)
            raise Unavailable("bank.slow", seconds=60)
        if ref.reference in self.forged:
            self.fetched.append(ref.reference)
            return self._reply("downloadFile", ref.reference, b"forged")
        return super().fetch(ref)

    def prove(self, reply: Reply, at: datetime) -> Proven:
        if reply.request.reference in self.breaking:
            raise ValueError("nobody foresaw this")
        return super().prove(reply, at)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path)
    shop.goods("frame", main=100)
    yield shop
    shop.close()


@pytest.fixture
def bank(shop: Shop) -> Moody:
    return Moody(shop)


def test_a_refused_file_is_still_in_the_window_weeks_later(shop: Shop, bank: Moody) -> None:
    bank.files["F1"] = statement(shop.line(55_500, "Аванс"))
    inbox.poll(shop.store, bank)
    first = shop.clock.now().date()
    bank.files["F2"] = statement(shop.line(66_600, "Аванс"), number="S2")
    bank.forged = {"F2"}
    for _ in range(400):  # two weeks, most polls while F2 has to wait
        shop.clock.advance(timedelta(minutes=50))
        inbox.poll(shop.store, bank)
    since = bank.asked_since[-1]
    assert since is not None
    assert since <= first - timedelta(days=6)


def test_a_reply_that_breaks_the_verifier_is_refused_and_stops_nobody(shop: Shop, bank: Moody) -> None:
    bank.files["F1"] = statement(shop.line(55_500, "Аванс"))
    bank.files["F2"] = statement(shop.line(66_600, "Аванс"), number="S2")
    bank.breaking = {"F1"}
    done = bank_round(shop.store, TERMS, bank)
    assert done.polled.refused == [("F1", "bank.malformed")]
    assert columns(shop, messages.c.state) == ["refused", "taken"]


def test_a_message_the_reader_breaks_on_does_not_hold_up_the_next(
    shop: Shop, bank: Moody, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.files["F1"] = statement(shop.line(55_500, "Аванс"))
    bank.files["F2"] = statement(shop.line(66_600, "Аванс"), number="S2")
    real = taking.read
    calls: list[int] = []

    def breaks_first(*document):
        calls.append(1)
        if len(calls) == 1:
            raise RecursionError("a fault of ours")
        return real(*document)

    monkeypatch.setattr(taking, "read", breaks_first)
    bank_round(shop.store, TERMS, bank)
    assert columns(shop, messages.c.state) == ["proved", "taken"]
    assert one(shop.rows(alarms)).code == "message.not_taken"
    bank_round(shop.store, TERMS, bank)
    assert columns(shop, messages.c.state) == ["taken", "taken"]
    assert one(shop.rows(alarms)).state == "cleared"
    assert len(shop.rows(payments)) == 2


def test_a_bank_that_gives_nothing_is_not_asked_for_every_file(shop: Shop, bank: Moody) -> None:
    for number in range(10):
        bank.files[f"F{number}"] = statement(shop.line(55_500, "Аванс"), number=f"S{number}")
        bank.slow.add(f"F{number}")
    polled = inbox.poll(shop.store, bank)
    assert polled.result == "failed"
    assert bank.fetched == ["F0", "F1", "F2"]


def test_many_files_offered_at_once_are_looked_up_in_parts(shop: Shop, bank: Moody) -> None:
    references = [f"F{number}" for number in range(40_000)]
    known = offers.standing(shop.store, bank.name, references)
    assert known == offers.Standing(frozenset(), frozenset(), frozenset())
