"""Our own shop's orders bought on credit: the papers of a loan beside the warehouse and the bank statement."""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy import insert, select

from gateway.core.authority import SERVICE
from gateway.core.money import Money
from gateway.flows import by_hand, loan_release, reversal
from gateway.flows.by_hand import set_release_mode
from gateway.loans import agreement_rows
from gateway.loans.model import SigningWay
from gateway.loans.papers import FundingEvent, GoodsState
from gateway.loans.stage import settlement_subject
from gateway.matching.tables import allocations
from gateway.orders.model import Buyer
from gateway.orders.tables import releases
from gateway.payments.tables import payments
from gateway.settlement.tables import lines, statement_lines, statements
from gateway.store import Unit
from gateway.store.schema import AnyRow
from gateway.warehouse import stock
from gateway.warehouse.tables import pick_lists
from tests.flows.shop import ACCOUNTANT, DIRECTOR, TERMS, Shop
from tests.loans.house import COMPANY, House
from tests.loans.paperwork import Paperwork
from tests.loans.seed import empty_row

LENDER = Buyer("lender:rest", "ul", "АО «Рассрочка Банк»", "7709876540", "770901001")
ORDER = "Z-1"
PRICE = 4_599_000  # of the fridge


class Trade(Paperwork):
    """The papers of loans, with a warehouse and a bank account.

    Attributes:
        desk: orders, goods and statement lines.
    """

    def __init__(self, folder: Path, url: str = "") -> None:
        self.desk = Shop(folder, automatic=False)
        self.desk.close()
        shutil.copyfile(folder / "shop.db", folder / "kvit.db")
        super().__init__(House(folder, url=url))
        self.desk.store, self.desk.clock = self.house.store, self.house.clock
        with self.house.store.unit() as unit:
            stock.put_warehouse(unit, "main", "Основной")
            stock.put_warehouse(unit, "shop", "Магазин")
            unit.commit()
        self.switch("automatic")

    def switch(self, mode: str) -> None:
        self.house.do(DIRECTOR, lambda u: set_release_mode(u, mode))

    def own_order(self, main: int = 10) -> str:
        """An order of our own shop, to be bought on credit, with goods in stock; returns its id."""
        self.shop_may(own=1)
        self.desk.goods("fridge", main=main)
        return self.desk.order(ORDER, {"fridge": 1}, price=PRICE)

    def settle(self, row: AnyRow) -> GoodsState:
        return self.house.do(SERVICE, lambda u: loan_release.settle_goods(u, TERMS, self.terms, row))

    def settled(self, way: SigningWay = SigningWay.CLERK, *, own: bool = False, **differently: object) -> AnyRow:
        """A signed agreement whose goods were looked at."""
        if own:
            differently["order"] = ORDER
        row = self.signed(way, **differently)
        self.settle(row)
        return self.row(row.id)

    def lender_pays(self, row: AnyRow, evidence: str = "signed") -> str:
        """The lender's transfer comes by the bank statement and is assigned; returns the payment's id."""
        self.desk.deliver(self.desk.line(row.transfer, "перечисление по реестру", payer=LENDER), evidence=evidence)
        with self.house.store.reading() as connection:
            payment = connection.execute(select(payments).order_by(payments.c.id.desc()).limit(1)).one()
        if payment.state != "allocated":
            pairs = [(row.invoice_id, Money(row.transfer))]
            self.house.do(ACCOUNTANT, lambda u: by_hand.allocate(u, TERMS, payment.id, pairs, "реестр банка"))
        self.funding(row, FundingEvent.WHOLE, received=row.transfer)
        return str(payment.id)

    def funding(self, row: AnyRow, event: FundingEvent, **columns: object) -> GoodsState:
        def work(unit: Unit) -> GoodsState:
            now = agreement_rows.load(unit, row.id)
            agreement_rows.step(unit, now, event, **columns)
            return loan_release.settle_goods(unit, TERMS, self.terms, now)

        return self.house.do(SERVICE, work)

    def bank_takes_back(self, row: AnyRow, payment_id: str) -> GoodsState:
        self.house.do(SERVICE, lambda u: reversal.reverse_payment(u, TERMS, payment_id, "storno"))
        return self.funding(row, FundingEvent.REVERSE, received=0)

    def paid_to_shop(self, row: AnyRow) -> None:
        """The shop's share of an agreement left our account, as the settlement room writes it."""
        line = {"id": f"L-{row.id}", "company": COMPANY, "kind": "loan", "source_event": row.id}
        line |= {"subject": settlement_subject(row.id), "party_kind": "shop", "party_id": row.shop_id}
        with self.house.store.reading() as connection:
            paid = connection.execute(select(allocations).where(allocations.c.invoice_id == row.invoice_id)).first()
        line |= {"gross": row.transfer, "net": row.transfer, "on": row.date}
        line |= {"payment_id": paid.payment_id if paid else ""}
        statement = {"id": f"S-{row.id}", "company": COMPANY, "number": 1, "state": "paid"}
        with self.house.store.unit() as unit:
            unit.connection.execute(insert(lines).values(**(empty_row(lines) | line)))
            unit.connection.execute(insert(statements).values(**(empty_row(statements) | statement)))
            unit.connection.execute(insert(statement_lines).values(line_id=line["id"], statement_id=statement["id"]))
            unit.commit()

    def due(self) -> int:
        return loan_release.release_due(self.house.store, TERMS, self.terms)

    def releases(self) -> list[AnyRow]:
        with self.house.store.reading() as connection:
            return list(connection.execute(select(releases).order_by(releases.c.id)))

    def lists(self) -> list[AnyRow]:
        with self.house.store.reading() as connection:
            return list(connection.execute(select(pick_lists).order_by(pick_lists.c.id)))
