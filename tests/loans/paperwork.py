"""Applications brought to an agreement, to a signature and further, in each of the three ways."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import select

from gateway.core.authority import SERVICE, Actor, Role
from gateway.core.money import Money
from gateway.loans import agreement_rows, agreements, coverage, dated, identity, offers, signing, visits
from gateway.loans.dated import SigningTerms
from gateway.loans.identity import Compared
from gateway.loans.lenders.ports import AgreementView, Offer
from gateway.loans.model import SigningWay
from gateway.loans.paper_intake import keep_agreement
from gateway.loans.tables import agreements as agreement_table
from gateway.loans.tables import decisions, shops
from gateway.loans.visits import NewVisit
from gateway.store import Unit
from gateway.store.schema import AnyRow
from gateway.tasks.tables import tasks
from tests.loans.house import DIRECTOR, MANAGER, House

PASSPORT = "4510123456"  # as the buyer of `House.filled` told it
LOAN = Money(4_099_000)  # of the fridge, less 5,000 down
PDF = b"%PDF-1.7\nagreement"
JPEG = b"\xff\xd8\xffportrait"
VISIT_COST = Money(150_000)
OWNER = Actor("Олег Павлович", Role.OWNER)
WAYS = tuple(SigningWay)


def offer(**differently: Any) -> Offer:
    given: dict[str, Any] = {
        "loan": LOAN,
        "months": 12,
        "rate": "24.9",
        "psk": "24.900",
        "payment": Money(389_387),
        "discount": Money(0),
        "ways": WAYS,
    }
    return Offer(**({"id": "o1"} | given | differently))


def agreement_view(number: str = "КД-1", **differently: Any) -> AgreementView:
    given: dict[str, Any] = {
        "dated": date(2026, 11, 23),
        "loan": LOAN,
        "discount": Money(0),
        "months": 12,
        "rate": "24.9",
        "psk": "24.900",
        "document": "doc-1",
        "passport": PASSPORT,
    }
    return AgreementView(number=number, **(given | differently))


class Paperwork:
    """What the papers' tests do with a house."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.terms = house.terms
        self._only: AnyRow | None = None
        for way, partner in ((SigningWay.COURIER, "Гонец"), (SigningWay.BRANCH, "Отделения банка")):
            cost = VISIT_COST if way is SigningWay.COURIER else Money(0)
            known = SigningTerms(way, "", "77", date(2026, 1, 1), True, cost, partner)
            house.do(DIRECTOR, partial(dated.set_signing_terms, terms=known))

    def approved(self, order: str = "", **differently: Any) -> AnyRow:
        """An application with one offer of the lender "rest"."""
        given = (
            {"delivery": "pickup", "phone": f"+7916{sum(map(ord, order)) * 7919 % 10_000_000:07d}"}
            if order
            else {"delivery": "pickup"}
        )
        offered = differently.pop("offers", (offer(),))
        row = self.house.submitted(("rest",), order=order, **(given | differently))
        until = offers.last_day(offered)
        known = {"offers": offers.written(offered), "offers_until": until.isoformat() if until else None}
        self.house.answer(row.id, "rest", state="approved", **known)
        self.house.force(row.id, state="approved", stage="decision", version=row.version + 1)
        return self.house.row(row.id)

    def accepted(self, way: SigningWay = SigningWay.CLERK, **differently: Any) -> AnyRow:
        row = self.approved(**differently)
        boss = self.boss_of(row)
        return self.house.do(boss, lambda u: coverage.accept(u, self.terms, row.id, "rest", "o1", way))

    def boss_of(self, row: AnyRow) -> Actor:
        return self.house.boss if row.shop_id == self.house.shop else self.house.stranger

    def take(self, application_id: str, view: AgreementView) -> AnyRow:
        """The lender's word of an agreement, as `take_view` hands it on."""

        def work(unit: Unit) -> AnyRow:
            application = self.house.row(application_id)
            decision = self.house.decisions(application_id)["rest"]
            return agreements.take(unit, self.terms, application, decision, view)

        return self.house.do(SERVICE, work)

    def agreed(self, way: SigningWay = SigningWay.CLERK, number: str = "КД-1", **differently: Any) -> AnyRow:
        """An agreement whose papers are ready to be signed; returns its row."""
        terms = differently.pop("view", {})
        application = self.accepted(way, **differently)
        row = self.take(application.id, agreement_view(number, **terms))
        self.house.do(SERVICE, lambda u: keep_agreement(u, self.terms, application.id, row.id, PDF))
        return self.row(row.id)

    def only(self) -> AnyRow:
        """The one agreement of a test that tries many things on it."""
        if self._only is None:
            self._only = self.agreed()
        return self._only

    def met(self, way: SigningWay, **differently: Any) -> AnyRow:
        """Signer and buyer face each other."""
        row = self.agreed(way, **differently)
        if way is SigningWay.COURIER:
            self.courier_meets(row.application_id)
        return self.row(row.id)

    def courier_meets(self, application_id: str) -> None:
        visit = NewVisit(self.house.clock.now().date(), "10-14")
        self.house.do(MANAGER, lambda u: visits.order(u, self.terms, application_id, visit))
        self.house.do(MANAGER, lambda u: visits.depart(u, application_id))
        self.house.do(MANAGER, lambda u: visits.meet(u, application_id))

    def check(self, application_id: str, typed: str = PASSPORT, photo: bool = True, actor: Actor = MANAGER) -> Compared:
        return self.house.do(
            actor, lambda u: identity.check(u, self.terms, application_id, typed, photo, "Москва, Лесная, 5")
        )

    def sign(self, application_id: str, actor: Actor = MANAGER) -> AnyRow:
        return self.house.do(actor, lambda u: signing.sign(u, self.terms, application_id))

    def signed(self, way: SigningWay = SigningWay.CLERK, **differently: Any) -> AnyRow:
        row = self.met(way, **differently)
        assert self.check(row.application_id).ok
        return self.sign(row.application_id)

    def row(self, agreement_id: str) -> AnyRow:
        with self.house.store.reading() as connection:
            return agreement_rows.load(connection, agreement_id)

    def every(self, application_id: str) -> list[AnyRow]:
        query = select(agreement_table).where(agreement_table.c.application_id == application_id)
        with self.house.store.reading() as connection:
            return list(connection.execute(query.order_by(agreement_table.c.id)))

    def put(self, agreement_id: str, **columns: Any) -> AnyRow:
        """Set an agreement where other rooms would bring it."""
        with self.house.store.unit() as unit:
            unit.update(agreement_table, agreement_id, **columns)
            unit.commit()
        return self.row(agreement_id)

    def shop_may(self, **columns: Any) -> None:
        """What was agreed on with the first shop."""
        with self.house.store.unit() as unit:
            unit.update(shops, self.house.shop, **columns)
            unit.commit()

    def lender_says(self, application_id: str, **columns: Any) -> None:
        found = self.house.decisions(application_id)["rest"]
        with self.house.store.unit() as unit:
            unit.update(decisions, found.id, **columns)
            unit.commit()

    def tasks(self, reason: str = "") -> list[AnyRow]:
        """Open tasks, oldest first."""
        query = select(tasks).where(tasks.c.state == "new").order_by(tasks.c.id)
        with self.house.store.reading() as connection:
            return [row for row in connection.execute(query) if reason in ("", row.reason)]
