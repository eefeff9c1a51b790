"""Our side: a database with applications, and what the loans room needs of the configuration."""

from __future__ import annotations

import json
import tempfile
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Table, select

from gateway.core.clock import FixedClock
from gateway.core.ids import new_id
from gateway.core.money import Money
from gateway.loans import agreement_rows, applications, coverage
from gateway.loans.lenders.ports import AgreementView, LenderStatus, LenderView, Offer
from gateway.loans.model import SigningWay
from gateway.loans.personal import Sealer, about_buyer, about_questionnaire
from gateway.loans.sandbox.control import LENDERS
from gateway.loans.tables import applications as application_table
from gateway.loans.tables import decisions, lender_views, shops
from gateway.loans.terms import LoanTerms
from gateway.store import Store
from gateway.store.engine import sqlite_url
from gateway.store.migrate import upgrade
from gateway.store.schema import AnyRow, dumps, outbox
from tests.loans.lenders.house import NOW, PERSON
from tests.loans.seed import empty_row

GOODS, DOWN, MONTHS = 60_000_00, 6_000_00, 12
SEALER = Sealer(bytes(range(32)))


@cache
def _empty() -> bytes:
    """A database at the newest revision; made once."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kvit.db"
        upgrade(sqlite_url(path))
        return path.read_bytes()


class Office:
    """A company with one shop.

    Attributes:
        clock: stands still until told to move.
    """

    def __init__(self, folder: Path, clock: FixedClock | None = None) -> None:
        self.clock = clock or FixedClock(NOW)
        (folder / "kvit.db").write_bytes(_empty())
        self.store = Store(sqlite_url(folder / "kvit.db"), self.clock, "firm")
        self.terms = LoanTerms(sealer=SEALER, lenders=LENDERS)
        with self.store.unit() as unit:
            unit.insert(
                shops,
                empty_row(shops)
                | {"id": "s0", "company": "firm", "version": 1, "key": "ural", "name": "Урал", "state": "active"}
                | {"sites": "[]", "region": "66"},
            )
            unit.commit()

    def close(self) -> None:
        self.store.close()

    def submitted(self, *lenders: str, number: int = 1) -> str:
        """An application that was sent to these lenders; the rows that tell them wait in the outbox."""
        row_id = new_id()
        line = {"name": "Печь", "category": "appliances", "qty": 1000, "price": GOODS, "amount": GOODS}
        with self.store.unit() as unit:
            unit.insert(
                application_table,
                empty_row(application_table)
                | {
                    "id": row_id,
                    "company": "firm",
                    "version": 1,
                    "number": number,
                    "shop_id": "s0",
                    "shop_order": f"A-{number}",
                    "origin": "site",
                    "state": "submitted",
                    "stage": "decision",
                    "stage_since": unit.at,
                    "made_at": unit.at,
                    "basket": dumps([line]),
                    "goods": GOODS,
                    "down": DOWN,
                    "months": MONTHS,
                    "region": "66",
                    "delivery": "pickup",
                    "buyer": SEALER.seal(about_buyer(row_id), PERSON),
                    "questionnaire": SEALER.seal(about_questionnaire(row_id), PERSON),
                    "passport_hash": SEALER.mark("passport", PERSON["passport"]),
                },
            )
            for lender in lenders or LENDERS:
                unit.insert(
                    decisions,
                    empty_row(decisions)
                    | {"id": new_id(), "company": "firm", "version": 1, "application_id": row_id, "lender": lender}
                    | {"state": "queued", "offers": "[]", "wanted": "{}"},
                )
                agreement_rows.tell_lender(unit, "loan.submit", row_id, lender)
            unit.commit()
        return row_id

    def accept(self, application_id: str, lender: str, offer_id: str, way: SigningWay = SigningWay.CLERK) -> None:
        with self.store.unit() as unit:
            coverage.accept(unit, self.terms, application_id, lender, offer_id, way)
            unit.commit()

    def application(self, application_id: str) -> AnyRow:
        with self.store.reading() as connection:
            return applications.read(connection, self.store.company, application_id)

    def decision(self, application_id: str, lender: str) -> AnyRow:
        with self.store.reading() as connection:
            return connection.execute(
                select(decisions).where(decisions.c.application_id == application_id, decisions.c.lender == lender)
            ).one()

    def agreement(self, application_id: str) -> AnyRow | None:
        with self.store.reading() as connection:
            return agreement_rows.live(connection, application_id)

    def rows(self, table: Table, **where: Any) -> list[AnyRow]:
        with self.store.reading() as connection:
            query = select(table)
            for name, value in where.items():
                query = query.where(table.c[name] == value)
            return list(connection.execute(query))

    def waiting(self) -> list[str]:
        """Topics that wait in the outbox, oldest first."""
        with self.store.reading() as connection:
            query = select(outbox.c.topic).where(outbox.c.done_at.is_(None), outbox.c.dead_at.is_(None))
            return list(connection.execute(query.order_by(outbox.c.id)).scalars())

    def standing(self, application_id: str) -> dict[str, Any]:
        """Everything a lender's word can change, without instants: what must not depend on the order of views."""
        application = self.application(application_id)
        paper = self.agreement(application_id)
        return {
            "application": (application.state, application.stage, application.lender, application.offer_id),
            "decisions": [
                (row.lender, row.state, row.seen_version, row.seen_status, row.offers, row.wanted, row.reason)
                for row in sorted(self.rows(decisions, application_id=application_id), key=lambda row: row.lender)
            ],
            "agreement": None
            if paper is None
            else (paper.number, paper.signing, paper.original, paper.funding, paper.goods, paper.lender_cooling_until),
        }

    def raw_views(self, application_id: str, lender: str) -> list[AnyRow]:
        return self.rows(lender_views, decision_id=self.decision(application_id, lender).id)


OFFER = Offer(
    id="standard-12",
    loan=Money(GOODS - DOWN),
    months=MONTHS,
    rate="24.9",
    psk="24.900",
    payment=Money(5_129_77),
    discount=Money(0),
    ways=tuple(SigningWay),
    until=date(2026, 12, 5),
)
AGREEMENT = AgreementView(
    number="2611000001",
    dated=date(2026, 11, 21),
    loan=OFFER.loan,
    discount=OFFER.discount,
    months=OFFER.months,
    rate=OFFER.rate,
    psk=OFFER.psk,
    document="agreement",
    passport=PERSON["passport"],
    sign_by=date(2026, 12, 1),
)
_NO_OFFERS = (LenderStatus.RECEIVED, LenderStatus.THINKING, LenderStatus.NEEDS_INFO, LenderStatus.DECLINED)
_DRAWN_UP = (LenderStatus.AGREED, LenderStatus.SIGNED, LenderStatus.COMMITTED, LenderStatus.PAID_OUT)


def view(version: int, status: LenderStatus, **more: Any) -> LenderView:
    """What a lender would say; the fields that go with the status."""
    given: dict[str, Any] = {
        "external_id": "E1",
        "offers": () if status in _NO_OFFERS else (OFFER,),
        "agreement": AGREEMENT if status in _DRAWN_UP else None,
        "wanted": {"passport": "Проверьте"} if status is LenderStatus.NEEDS_INFO else {},
        "status_text": f"word-{status.value}",
        **more,
    }
    raw = json.dumps([version, status.value, sorted(str(one) for one in given.items())]).encode()
    return LenderView(version=version, status=status, raw=raw, **given)
