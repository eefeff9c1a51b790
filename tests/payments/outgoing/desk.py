"""A company with an account, people with roles, and drafts that are right until a test makes them wrong."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from gateway.bank.statement import Entry, Party
from gateway.core.authority import SERVICE, Actor, Role
from gateway.core.clock import FixedClock
from gateway.core.ids import new_id
from gateway.core.money import Money
from gateway.core.requisites import with_key
from gateway.core.text import person_key
from gateway.payments.outgoing import service
from gateway.payments.outgoing.model import (
    Limit,
    OrderDraft,
    OutgoingTerms,
    OwnAccount,
    Payee,
    TaxFields,
)
from gateway.payments.outgoing.tables import payment_order_events, payment_orders
from gateway.store import Store, Unit
from gateway.store.engine import sqlite_url
from gateway.store.migrate import upgrade
from gateway.store.schema import AnyRow, users

TODAY = date(2026, 11, 23)  # a Monday
MORNING = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
BIC = "044525225"
CORR = with_key("30101810000000000225", BIC)
ACCOUNT = with_key("40702810000000000001", BIC)
PAYEE_BIC = "044525593"
PAYEE_CORR = with_key("30101810000000000593", PAYEE_BIC)
PAYEE_ACCOUNT = with_key("40702810000000000777", PAYEE_BIC)
OTHER_ACCOUNT = with_key("40702810000000000888", PAYEE_BIC)
TREASURY_BIC = "017003983"
TREASURY_CORR = with_key("40102810545370000069", TREASURY_BIC)
TAX_ACCOUNT = "03100643000000018500"
PAYEE = Payee("ООО «Канцтовары»", "7704596181", "770401001", PAYEE_ACCOUNT, PAYEE_BIC, "АО «Банк»", PAYEE_CORR)
TREASURY = Payee(
    "Казначейство России (ФНС России)", "7727406020", "770801001", TAX_ACCOUNT, TREASURY_BIC, "УФК", TREASURY_CORR
)
TAX = TaxFields("01", "18201061201010000510", "0")
ANNA = Actor("ivanova", Role.ACCOUNTANT)
BORIS = Actor("belov", Role.ACCOUNTANT)
ZIMIN = Actor("zimin", Role.DIRECTOR)
OWNER = Actor("petrova", Role.OWNER)
TERMS = OutgoingTerms(
    name="ООО «Светорама»",
    inn="7701234560",
    kpp="770101001",
    accounts={ACCOUNT: OwnAccount(ACCOUNT, BIC, "ПАО «Банк»", CORR)},
    limits={Role.ACCOUNTANT: Limit(order=Money(100_000_00), day=Money(250_000_00))},
)
DRAFT = OrderDraft(ACCOUNT, PAYEE, Money(12_200_00), "Оплата по счету № 5 от 20.11.2026", vat="22", date=TODAY)
TAX_DRAFT = OrderDraft(ACCOUNT, TREASURY, Money(50_000_00), "Единый налоговый платеж", kind="tax", tax=TAX, date=TODAY)
ALL = tuple(f"outgoing.{name}" for name in ("new_payee", "lookalike", "account_renamed", "duplicate", "replaces"))


def draft(**changes: Any) -> OrderDraft:
    """DRAFT with changes; those of the payee by `payee_…`."""
    payee = {name[6:]: changes.pop(name) for name in list(changes) if name.startswith("payee_")}
    made = replace(DRAFT, **changes)
    return replace(made, payee=replace(made.payee, **payee)) if payee else made


class Desk:
    """A database of orders.

    Attributes:
        clock: stands still until told to move.
    """

    def __init__(self, folder: Path, terms: OutgoingTerms = TERMS, url: str = "") -> None:
        url = url or sqlite_url(folder / "desk.db")
        upgrade(url)
        self.clock = FixedClock(MORNING)
        self.store = Store(url, self.clock, "test")
        self.terms = terms

    def close(self) -> None:
        self.store.close()

    def propose(
        self, wanted: OrderDraft = DRAFT, by: Actor = ANNA, confirmed: Collection[str] = ALL, known: bool = False
    ) -> str:
        if known:
            self.know(wanted.payee)
        self.let_in(by)
        with self.store.unit(by) as unit:
            order_id = service.propose(unit, self.terms, wanted, confirmed)
            unit.commit()
        return order_id

    def approve(self, order_id: str, by: Actor = ZIMIN, version: int | None = None) -> AnyRow:
        seen = self.row(order_id).version if version is None else version
        self.let_in(by)
        with self.store.unit(by) as unit:
            row = service.approve(unit, self.terms, order_id, seen, ALL)
            unit.commit()
        return row

    def approved(self, wanted: OrderDraft = DRAFT) -> str:
        order_id = self.propose(wanted)
        self.approve(order_id)
        return order_id

    def let_in(self, person: Actor) -> None:
        """Give a person a user, unless somebody of that look has had one."""
        let_in(self.store, person)

    def now_is(self, person: Actor, role: Role | None) -> None:
        """From now on the person has another role; None when he is let in no longer."""
        with self.store.unit() as unit:
            mine = (users.c.company == unit.company, users.c.name == person.name, users.c.revoked_at.is_(None))
            unit.connection.execute(update(users).where(*mine).values(revoked_at=unit.at))
            if role is not None:
                add_user(unit, replace(person, role=role))
            unit.commit()

    def know(self, payee: Payee) -> None:
        """We have paid this payee before."""
        from gateway.payments.outgoing.known import learn

        with self.store.unit() as unit:
            learn(unit, debit(payee=payee))
            unit.commit()

    def row(self, order_id: str) -> AnyRow:
        with self.store.reading() as connection:
            return connection.execute(select(payment_orders).where(payment_orders.c.id == order_id)).one()

    def state(self, order_id: str) -> str:
        return str(self.row(order_id).state)

    def events(self, order_id: str) -> list[str]:
        with self.store.reading() as connection:
            rows = connection.execute(
                select(payment_order_events.c.event)
                .where(payment_order_events.c.order_id == order_id)
                .order_by(payment_order_events.c.id)
            )
            return [row.event for row in rows]


def add_user(unit: Unit, person: Actor) -> None:
    """A user's row, with a token nobody has."""
    user_id = new_id()
    row = {"id": user_id, "company": unit.company, "name": person.name, "role": person.role, "language": "ru"}
    unit.insert(users, {**row, "token_hash": user_id, "created_at": unit.at, "created_by": "test"})


def let_in(store: Store, *people: Actor) -> None:
    """Give people a user each, unless somebody of that look has had one; the service itself needs none."""
    with store.unit() as unit:
        known = {person_key(name) for name in unit.connection.execute(select(users.c.name)).scalars()}
        for person in people:
            if person.role is not Role.SERVICE and person_key(person.name) not in known:
                add_user(unit, person)
        unit.commit()


def debit(
    kopecks: int = 12_200_00,
    *,
    payee: Payee = PAYEE,
    e2e: str = "",
    number: str = "",
    day: date = TODAY,
    **changes: Any,
) -> Entry:
    """A booked debit line."""
    line = Entry(
        ref="",
        entry_ref="",
        e2e=e2e,
        tx_id="",
        amount=Money(kopecks),
        incoming=False,
        reversal=False,
        status="BOOK",
        booked=day,
        value=day,
        bank_time=None,
        counterparty=Party(payee.name, payee.inn, payee.kpp, payee.account, payee.bic, payee.bank_name),
        purpose="Оплата по счету № 5 от 20.11.2026",
        doc_no=number,
        doc_date=day,
        code="",
        original_ref="",
        detail_index=0,
        occurrence=0,
        warnings=(),
    )
    return replace(line, **changes)


__all__ = ["SERVICE", "Desk", "debit", "draft"]
