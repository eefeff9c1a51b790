"""A company that brokers loans: its shops, lenders' terms and people, and an application brought as far as wished."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import Table, insert, select

from gateway.core.authority import SERVICE, Actor, Role
from gateway.core.clock import FixedClock
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.core.requisites import with_key
from gateway.loans import access, applications, callbacks, dated, questionnaire, shops, submission
from gateway.loans.applying import Applied, NewApplication, apply
from gateway.loans.callbacks import CallResult
from gateway.loans.dated import LenderTerms
from gateway.loans.lenders.ports import BasketLine
from gateway.loans.personal import Sealer
from gateway.loans.schedule import DayCount
from gateway.loans.shops import NewShop, ShopEvent
from gateway.loans.stage import settlement_subject
from gateway.loans.tables import agreements, decisions, events
from gateway.loans.tables import applications as application_rows
from gateway.loans.tables import shops as shop_rows
from gateway.loans.tariffs import Tariff
from gateway.loans.terms import LoanTerms
from gateway.settlement.tables import lines, statement_lines, statements
from gateway.store import Store, Unit
from gateway.store.engine import sqlite_url
from gateway.store.schema import AnyRow, journal, outbox
from tests.loans.seed import empty_row

T = TypeVar("T")
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # Monday, 11 o'clock in Moscow
COMPANY = "broker"
OPENED = ("mebel", "tehnika")
DIRECTOR = Actor("Дина", Role.DIRECTOR)
MANAGER = Actor("Марк", Role.MANAGER)
CALLER = Actor("Катя", Role.CALL_CENTRE)
OTHER_CALLER = Actor("Лена", Role.CALL_CENTRE)
ACCOUNTANT = Actor("Анна", Role.ACCOUNTANT)
WAREHOUSE = Actor("Витя", Role.WAREHOUSE)
TERMS = LoanTerms(Sealer(b"k" * 32), own="ООО «Квит»", lenders=("soap", "rest"))
BIC = "044525225"
PHONE = "+79161231234"
FRIDGE = BasketLine("Холодильник", "appliances", 1000, Money(4_599_000), Money(4_599_000))
ANSWERS = {
    "surname": "Иванов",
    "name": "Иван",
    "patronymic": "Петрович",
    "birth_date": "11.02.1985",
    "passport": "45 10 123456",
    "passport_issued_by": "Отделом УФМС России по гор. Москве",
    "passport_issued_on": "12.03.2010",
    "passport_code": "770001",
    "registration_address": "г. Москва, ул. Лесная, д. 5, кв. 17",
    "phone": "8 (916) 123-12-34",
    "income": "85 000",
    "employer": "ООО «Ромашка»",
}


def new_shop(key: str = "mebel", **differently: Any) -> NewShop:
    """A shop whose requisites hold."""
    given: dict[str, Any] = {
        "name": f"Магазин {key}",
        "inn": "7707083893",
        "kpp": "770701001",
        "account": with_key("40702810000000000001", BIC),
        "bic": BIC,
        "bank_name": "ПАО Сбербанк",
        "corr_account": "30101810400000000225",
        "email": f"{key}@shop.example",
        "phone": "+7 495 123-45-67",
        "region": "77",
        "sites": (f"https://{key}.example",),
        "contract": "17 от 01.10.2026",
    }
    return NewShop(key=key, **(given | differently))


class House:
    """Two shops at work, two lenders, one clock.

    Attributes:
        shop, other: ids of the shops. boss, clerk: people of the first; stranger: of the second.
    """

    def __init__(self, folder: Path, terms: LoanTerms = TERMS, url: str = "") -> None:
        self.clock = FixedClock(NOW)
        self.terms = terms
        self.store = Store(url or sqlite_url(folder / "kvit.db"), self.clock, COMPANY)
        if not self.count(shop_rows):  # or it moved in before, and this is a copy of it
            self._move_in()
        self.shop, self.other = (self.do(DIRECTOR, lambda u, k=key: shops.by_key(u, k)).id for key in OPENED)
        self.boss = Actor("Олег", Role.SHOP_MANAGER, party=self.shop)
        self.clerk = Actor("Зоя", Role.SHOP_CLERK, party=self.shop)
        self.site = Actor("mebel.example", Role.SHOP_SITE, party=self.shop)
        self.stranger = Actor("Чужой", Role.SHOP_MANAGER, party=self.other)

    def close(self) -> None:
        self.store.close()

    def _move_in(self) -> None:
        for lender in self.terms.lenders:
            self.do(DIRECTOR, lambda u, key=lender: dated.set_lender_terms(u, lender_terms(key)))
        self.do(DIRECTOR, lambda u: dated.set_tariff(u, "", "", date(2026, 1, 1), Tariff(percent=Decimal("2.5"))))
        for key in OPENED:
            self.open_shop(key)

    def do(self, actor: Actor, work: Callable[[Unit], T]) -> T:
        """One unit of work of somebody, kept."""
        with self.store.unit(actor) as unit:
            result = work(unit)
            unit.commit()
        return result

    def refused(self, actor: Actor, work: Callable[[Unit], Any]) -> Refused:
        """The refusal somebody's work meets; nothing is kept."""
        with pytest.raises(Refused) as caught, self.store.unit(actor) as unit:
            work(unit)
        return caught.value

    def later(self, **delta: float) -> None:
        self.clock.advance(timedelta(**delta))

    def open_shop(self, key: str, **differently: Any) -> str:
        def work(unit: Unit) -> str:
            shop_id = shops.register(unit, new_shop(key, **differently))
            access.give(unit, shop_id, Role.SHOP_MANAGER, "Олег")
            shops.move(unit, shop_id, ShopEvent.ACTIVATE)
            return shop_id

        return self.do(DIRECTOR, work)

    def new(self, order: str = "", phone: str = PHONE, **differently: Any) -> NewApplication:
        return NewApplication(differently.pop("shop", self.shop), order, phone, **differently)

    def apply(self, order: str = "", phone: str = PHONE, **differently: Any) -> Applied:
        """An application with a fridge in its basket, left by the shop's site."""
        goods: dict[str, Any] = {"basket": (FRIDGE,), "down": Money(500_000), "months": 12, "region": "77"}
        new = self.new(order, phone, **(goods | differently))
        return self.do(SERVICE, lambda u: apply(u, self.terms, new))

    def reached(self, **differently: Any) -> AnyRow:
        """An application whose buyer is on the line."""
        applied = self.apply(**differently)
        return self.do(CALLER, lambda u: callbacks.record(u, self.terms, applied.id, CallResult.REACHED))

    def filled(self, **differently: Any) -> AnyRow:
        """An application whose questionnaire is complete."""
        row = self.reached(**differently)

        def fill(unit: Unit) -> None:
            questionnaire.save(unit, self.terms, row.id, ANSWERS)
            questionnaire.consent(unit, self.terms, row.id)

        self.do(CALLER, fill)
        return self.row(row.id)

    def submitted(self, lenders: tuple[str, ...] = ("soap", "rest"), **differently: Any) -> AnyRow:
        row = self.filled(**differently)
        return self.do(CALLER, lambda u: submission.submit(u, self.terms, row.id, lenders))

    def row(self, application_id: str) -> AnyRow:
        with self.store.reading() as connection:
            return applications.read(connection, self.store.company, application_id)

    def decisions(self, application_id: str) -> dict[str, AnyRow]:
        with self.store.reading() as connection:
            rows = connection.execute(select(decisions).where(decisions.c.application_id == application_id)).all()
        return {row.lender: row for row in rows}

    def history(self, application_id: str) -> list[str]:
        with self.store.reading() as connection:
            query = select(events.c.kind).where(events.c.application_id == application_id).order_by(events.c.id)
            return list(connection.execute(query).scalars())

    def journalled(self, kind: str = "") -> list[AnyRow]:
        """Rows of the journal, oldest first."""
        with self.store.reading() as connection:
            rows = connection.execute(select(journal).order_by(journal.c.seq)).all()
        return [row for row in rows if kind in ("", row.kind)]

    def left(self, topic: str) -> list[AnyRow]:
        """What is to leave the house."""
        with self.store.reading() as connection:
            return list(connection.execute(select(outbox).where(outbox.c.topic == topic).order_by(outbox.c.id)))

    def count(self, table: Table) -> int:
        with self.store.reading() as connection:
            return len(connection.execute(select(table)).all())

    def force(self, application_id: str, **columns: Any) -> None:
        """Put an application where the later steps of other rooms would bring it."""
        with self.store.unit() as unit:
            unit.update(application_rows, application_id, **columns)
            unit.commit()

    def answer(self, application_id: str, lender: str, **columns: Any) -> None:
        """What a lender's answer leaves in his decision."""
        found = self.decisions(application_id)[lender]
        with self.store.unit() as unit:
            unit.update(decisions, found.id, answered_at=unit.at, **columns)
            unit.commit()

    def agreement_row(self, agreement_id: str) -> AnyRow:
        with self.store.reading() as connection:
            return connection.execute(select(agreements).where(agreements.c.id == agreement_id)).one()

    def paid_to_shop(self, application_id: str, state: str = "paid") -> None:
        """The settlement of an application's agreement, as its room leaves it."""
        line = {"id": f"SL-{application_id}", "company": COMPANY, "kind": "loan", "source_event": application_id}
        line |= {"subject": settlement_subject(f"A-{application_id}"), "party_kind": "shop", "party_id": self.shop}
        line |= {"gross": 100, "net": 100}
        with self.store.unit() as unit:
            number = unit.next_number("statement")
            statement = {"id": f"ST-{application_id}", "company": COMPANY, "number": number, "state": state}
            unit.connection.execute(insert(lines).values(**(empty_row(lines) | line)))
            unit.connection.execute(insert(statements).values(**(empty_row(statements) | statement)))
            unit.connection.execute(insert(statement_lines).values(line_id=line["id"], statement_id=statement["id"]))
            unit.commit()

    def agreement(self, application_id: str, **columns: Any) -> str:
        """An agreement of an application, as the lender's room writes it."""
        row = self.row(application_id)
        values = empty_row(agreements) | {
            "id": f"A-{application_id}", "company": COMPANY, "version": 1, "application_id": application_id,
            "shop_id": row.shop_id, "live": 1, "lender": "soap", "number": "Д-17", "key": "17", "date": "2026-11-23",
            "made_at": row.made_at, "warnings": "[]", "hold_reasons": "[]", "signing": "planned",
            "signing_way": "branch", "original": "none", "funding": "expected", "goods": "held",
        } | columns  # fmt: skip
        with self.store.unit() as unit:
            unit.connection.execute(insert(agreements).values(**values))
            unit.commit()
        return str(values["id"])


def lender_terms(lender: str, **differently: Any) -> LenderTerms:
    given: dict[str, Any] = {
        "since": date(2026, 1, 1),
        "least": Money(300_000),
        "most": Money(50_000_000),
        "months": (6, 10, 12, 24),
        "rate": Decimal("24.9"),
        "day_count": DayCount.MONTHS,
    }
    return LenderTerms(lender=lender, **(given | differently))
