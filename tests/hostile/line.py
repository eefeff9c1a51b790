"""The whole way of a message, for tests: a real bank's server, our channel, the inbox and the story behind it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import select

from gateway.bank import archive
from gateway.bank.bxd.client import BxdChannel
from gateway.bank.sandbox.control import Sandbox
from gateway.bank.sandbox.engine import Payment
from gateway.bank.sandbox.server import SandboxServer
from gateway.bank.tables import messages
from gateway.core.clock import ShiftedClock
from gateway.core.money import Money
from gateway.flows.by_hand import set_release_mode
from gateway.orders.tables import orders, releases
from gateway.payments.tables import entries, payments
from gateway.service.rounds import Round, bank_round
from gateway.store import Store, alarms, journal
from gateway.store.alarms import Alarm
from gateway.store.engine import sqlite_url
from gateway.store.schema import blobs
from gateway.warehouse import stock
from tests.flows.shop import BUYER, DIRECTOR, TERMS, Shop

PRICE = 100_000
COMPANY = "test"


class Office(Shop):
    """The flow tests' shop on the machine's clock."""

    def __init__(self, database: Path) -> None:
        self.clock: Any = ShiftedClock(timedelta(0))  # the machine's; tests move it on
        self.store = Store(sqlite_url(database), self.clock, COMPANY)
        self._messages = count(1)
        self._refs = count(1)
        with self.store.unit(DIRECTOR) as unit:
            stock.put_warehouse(unit, "main", "Основной")
            stock.put_warehouse(unit, "shop", "Магазин")
            set_release_mode(unit, "automatic")
            unit.commit()
        self.goods("frame", main=100)


class Line:
    """The bank, its customer and the wire between them.

    Attributes:
        bank: moves the bank.
    """

    def __init__(self, bank: Sandbox, server: SandboxServer, channel: BxdChannel, office: Office) -> None:
        self.bank = bank
        self.server = server
        self.channel = channel
        self.office = office

    def order_and_pay(self, number: str, *, notify: bool = True) -> str:
        """A customer orders two frames and pays; the file the bank tells us in, "" when it does not."""
        self.office.order(number, {"frame": 2})
        payment = Payment(
            Money(2 * PRICE), payer=BUYER.name, inn=BUYER.inn, kpp=BUYER.kpp, purpose=f"Оплата по счету № {number}"
        )
        self.bank.pay_many([payment], notify=notify)
        return self.bank.files()[-1].reference if notify and self.bank.files() else ""

    def poll(self) -> Round:
        return bank_round(self.office.store, TERMS, self.channel)

    def rows(self, table: Any, **where: Any) -> list[Any]:
        return self.office.rows(table, **where)

    def alarms(self) -> list[Alarm]:
        with self.office.store.reading() as connection:
            return alarms.open_alarms(connection, COMPANY)

    def recorded(self) -> list[int]:
        return [row.amount for row in self.rows(payments)]

    def seen_by_a_person(self, *codes: str) -> None:
        """Alarms that an honest bank does not end: these, and these only, are waiting; somebody acknowledges them."""
        waiting = self.alarms()
        assert sorted({alarm.code for alarm in waiting}) == sorted(codes)
        for alarm in waiting:
            with self.office.store.unit() as unit:
                alarms.acknowledge(unit, alarm.id)
                unit.commit()

    def kept_bytes(self, message: Any) -> bytes:
        with self.office.store.reading() as connection:
            return bytes(connection.execute(select(blobs.c.bytes).where(blobs.c.sha256 == message.sha256)).scalar_one())

    def all_is_well(self, *released: str) -> None:
        """The bank is honest again and was asked: everything is here once, and nothing is left to worry about."""
        with self.bank.books.read() as db:
            operations = Counter(row["ref"] for row in db.execute("SELECT ref FROM operations"))
        assert Counter(row.ref for row in self.rows(entries)) == operations
        number = {row.id: row.number for row in self.rows(orders)}
        assert sorted(number[row.order_id] for row in self.rows(releases)) == sorted(released)
        assert self.alarms() == []
        with self.office.store.reading() as connection:
            assert journal.verify(connection).ok
        for row in self.rows(messages, state="taken"):
            reply = archive.raw_reply(self.office.store, row.id)
            assert self.channel.prove(reply, reply.received_at).proof == archive.proof_of(self.office.store, row.id)


def readable(alarm: Alarm) -> None:
    """A person can read the alarm in both languages."""
    for language in ("ru", "en"):
        text = alarm.message.text(language) + alarm.message.hint(language)
        assert text.strip()
        assert alarm.code not in text, "the alarm has no sentence"
        assert "{" not in text, "a value of the sentence is missing"
