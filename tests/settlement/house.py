"""A company that settles with shops, points and agents: lines, statements and people, until a test goes its own way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import select

from gateway.core.authority import SERVICE, Actor, Role
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.payments.outgoing import service as outgoing
from gateway.payments.outgoing import steps as order_steps
from gateway.payments.outgoing.model import OrderEvent, Payee
from gateway.settlement import payouts, register, statements
from gateway.settlement.model import LineKind, NewLine, Party, PartyKind
from gateway.settlement.tables import events, lines, statement_lines
from gateway.settlement.tables import payouts as payout_rows
from gateway.settlement.tables import statements as statement_rows
from gateway.settlement.terms import SettlementTerms
from gateway.store import Store, Unit
from gateway.store.alarms import open_alarms
from gateway.store.schema import AnyRow
from tests.payments.outgoing.desk import ALL, ANNA, PAYEE, TERMS, TODAY, ZIMIN, Desk

SHOP = Party(PartyKind.SHOP, "S1")
OTHER = Party(PartyKind.SHOP, "S2")
POINT = Party(PartyKind.POINT, "P1")
AGENT = Party(PartyKind.AGENT, "A1")
NAMES = {SHOP: "ООО «Канцтовары»", OTHER: "ООО «Диван»", POINT: "Ателье «Игла»", AGENT: "ИП Петров"}
SHOP_PERSON = Actor("sidorova", Role.SHOP_MANAGER, party=SHOP.id)
OTHER_PERSON = Actor("orlov", Role.SHOP_MANAGER, party=OTHER.id)
DAY = TODAY - timedelta(days=3)
T = TypeVar("T")


def payee_of(unit: Unit, party: Party) -> Payee:
    return replace(PAYEE, name=NAMES[party])


def no_payee(unit: Unit, party: Party) -> Payee:
    raise Refused("settlement.not_found", id=party.id)


HOUSE_TERMS = SettlementTerms(TERMS, payee_of)


def line(event: str, net: int = 90_00, fee: int = 10_00, party: Party = SHOP, **changes: Any) -> NewLine:
    """A loan's line: what the lender sent, our fee with its VAT, what the party gets."""
    made = NewLine(
        kind=LineKind.LOAN,
        party=party,
        source_event=event,
        subject=f"loan_agreement:{event}",
        document=f"КД-{event}",
        on=DAY,
        gross=Money(net + fee),
        fee=Money(fee),
        net=Money(net),
        vat=Money(fee).vat_inside(22),
        payment_id="P",
    )
    return replace(made, **changes)


class House(Desk):
    """A database with a company that pays its parties."""

    def __init__(self, folder: Path, url: str = "") -> None:
        super().__init__(folder, url=url)
        self.settling = HOUSE_TERMS

    def do(self, work: Callable[..., T], *given: Any, by: Actor = SERVICE, **more: Any) -> T:
        """One use case in a unit of its own, kept."""
        with self.store.unit(by) as unit:
            result = work(unit, *given, **more)
            unit.commit()
        return result

    def append(self, *new: NewLine) -> list[str]:
        with self.store.unit() as unit:
            ids = [register.append(unit, one) for one in new]
            unit.commit()
        return ids

    def opened(self, party: Party = SHOP, until: date = TODAY) -> str:
        statement_id = self.do(statements.open_period, party, NAMES[party], until)
        assert statement_id is not None
        return statement_id

    def payable(self, party: Party = SHOP, until: date = TODAY, net: int = 90_00) -> str:
        """A statement of one line, accepted by the party and fixed."""
        self.append(line(f"{party.id}-{until}", net=net, party=party))
        statement_id = self.opened(party, until)
        self.do(statements.send, statement_id)
        self.do(statements.accept, statement_id, by=ANNA)
        self.do(statements.settle, statement_id)
        return statement_id

    def drafted(self, party: Party = SHOP, until: date = TODAY) -> tuple[str, str]:
        """(statement, payment order)."""
        statement_id = self.payable(party, until)
        return statement_id, self.do(payouts.draft, self.settling, statement_id)

    def sign(self, order_id: str) -> None:
        for person in (ANNA, ZIMIN):
            self.let_in(person)
            self.do(outgoing.approve, TERMS, order_id, self.row(order_id).version, ALL, by=person)

    def order_event(self, order_id: str, event: OrderEvent, **columns: Any) -> None:
        """Something happens to a payment order, as the flows that follow the bank would write it."""
        self.do(lambda unit: order_steps.move(unit, order_steps.load(unit, order_id), event, **columns))

    def execute(self, order_id: str) -> None:
        self.order_event(order_id, OrderEvent.EXECUTE, entry_id=f"debit-{order_id}", executed_at="2026-11-23T07:00:00Z")

    def give_back(self, order_id: str) -> None:
        self.order_event(
            order_id, OrderEvent.RETURN, return_entry_id=f"back-{order_id}", returned_at="2026-11-24T07:00:00Z"
        )

    def refuse(self, order_id: str) -> None:
        """The bank takes a signed order and says no."""
        self.order_event(order_id, OrderEvent.PREPARE)
        self.order_event(order_id, OrderEvent.REFUSE, bank_code="AM04", bank_text="Недостаточно средств")

    def follow(self, statement_id: str) -> AnyRow:
        return self.do(payouts.follow, self.settling, statement_id)

    def statement(self, statement_id: str) -> AnyRow:
        return one(self.store, select(statement_rows).where(statement_rows.c.id == statement_id))

    def state_of(self, statement_id: str) -> str:
        return str(self.statement(statement_id).state)

    def paid(self, statement_id: str) -> int:
        with self.store.unit() as unit:
            return payouts.paid(unit, statement_id).kopecks

    def lines(self, party: Party | None = None) -> list[AnyRow]:
        query = select(lines).order_by(lines.c.id)
        return every(self.store, query if party is None else query.where(lines.c.party_id == party.id))

    def held(self, statement_id: str) -> list[str]:
        query = select(statement_lines.c.line_id).where(statement_lines.c.statement_id == statement_id)
        return [row.line_id for row in every(self.store, query)]

    def story(self, statement_id: str) -> list[str]:
        query = select(events.c.event).where(events.c.statement_id == statement_id).order_by(events.c.id)
        return [row.event for row in every(self.store, query)]

    def payouts(self, statement_id: str) -> list[AnyRow]:
        query = select(payout_rows).where(payout_rows.c.statement_id == statement_id).order_by(payout_rows.c.attempt)
        return every(self.store, query)

    def alarms(self) -> list[str]:
        with self.store.reading() as connection:
            return sorted(alarm.code for alarm in open_alarms(connection, self.store.company))


def every(store: Store, query: Any) -> list[AnyRow]:
    with store.reading() as connection:
        return list(connection.execute(query))


def one(store: Store, query: Any) -> AnyRow:
    (row,) = every(store, query)
    return row
