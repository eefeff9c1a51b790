"""Money in the loans story: lenders' lump sums with their registries, statements, payment orders two people sign."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from gateway.core.authority import Actor
from gateway.core.clock import business_date
from gateway.flows import by_hand, picking, registries
from gateway.flows import settlement as settling
from gateway.loans import payees
from gateway.loans.sandbox.control import LENDERS
from gateway.loans.sandbox.payouts import Payout
from gateway.onec.exchange_files import write_atomic
from gateway.orders.tables import orders as order_rows
from gateway.payments.outgoing import service as outgoing
from gateway.payments.outgoing.model import NeedsConfirming, OrderState
from gateway.payments.outgoing.tables import payment_orders
from gateway.payments.registries.guess import propose
from gateway.payments.registries.model import PayoutSource
from gateway.payments.tables import payments
from gateway.service.demo.loan_cast import OWN_ORDER, Wish
from gateway.service.demo.loan_house import ACCOUNTANT, ACCOUNTS, BIC, DIRECTOR, INNS, MANAGER, WAREHOUSE, ShopDesk
from gateway.service.demo.loan_people import People
from gateway.service.demo.loan_stage import LoanStage
from gateway.service.registry_folders import FOLDER
from gateway.settlement import statements
from gateway.settlement.model import StatementState
from gateway.settlement.tables import statements as statement_rows
from gateway.store import Unit
from gateway.store.schema import AnyRow, outbox
from gateway.warehouse.tables import pick_lists

_UNSIGNED = (OrderState.DRAFT.value, OrderState.WAITING.value)
_SIGNERS = (ACCOUNTANT, DIRECTOR)


class Payments:
    """Who pays whom, and what is written down of it."""

    def __init__(self, stage: LoanStage, people: People) -> None:
        self._stage = stage
        self._people = people
        self._mapped: set[str] = set()

    # ------------------------------------------------------------------ lenders

    def lender_pays(self, lender: str) -> Payout | None:
        """A lender pays what is due as one sum and leaves its registry in the folder; None when nothing is due."""
        payout = self._stage.lenders.close_day(lender)
        if payout is None:
            return None
        inn, name = INNS[lender], self._stage.lenders.account(lender).name
        if lender not in self._mapped:
            self._learn_to_read(inn, payout)
            self._mapped.add(lender)
        folder = self._stage.home.exchange(self._stage.installation.config) / "in" / FOLDER / inn
        folder.mkdir(parents=True, exist_ok=True)
        write_atomic(folder, payout.registry_name, payout.registry)
        self._stage.sandbox.pay(
            amount=payout.amount, payer=name, inn=inn, account=ACCOUNTS[lender], bic=BIC, purpose=payout.purpose
        )
        return payout

    def _learn_to_read(self, inn: str, payout: Payout) -> None:
        """The accountant confirms how this lender's files are read, as the program proposes it."""
        proposal = propose(payout.registry, payout.registry_name, PayoutSource.LOAN)
        mapping = proposal.mapping
        assert mapping is not None
        self._stage.do(ACCOUNTANT, lambda unit: registries.save_mapping(unit, self._stage.terms, inn, mapping))

    def all_allocated(self) -> bool:
        """Whether every payment that was made is here, and credited to the kopeck."""
        paid = self._stage.lenders.payouts()
        with self._stage.store.reading() as connection:
            row = connection.execute(
                select(func.coalesce(func.sum(payments.c.allocated), 0), func.coalesce(func.sum(payments.c.amount), 0))
            ).one()
        return tuple(row) == (sum(one.amount.kopecks for one in paid),) * 2

    def lenders_got_back(self) -> None:
        """What we sent for returned goods has arrived."""
        for lender in LENDERS:
            for due in self._stage.lenders.due_back(lender):
                self._stage.lenders.money_came_back(lender, due.return_id)

    def nothing_leaves(self) -> bool:
        """Whether everything that lenders were to be told has been told."""
        topics = sorted(self._stage.brokerage.topics)
        query = select(func.count()).where(outbox.c.topic.in_(topics), outbox.c.done_at.is_(None))
        with self._stage.store.reading() as connection:
            return connection.execute(query).scalar_one() == 0

    # ------------------------------------------------------------------ our own warehouse

    def own_order_is_here(self) -> bool:
        """Whether 1C's order of our own shop is on record, with its goods."""
        query = select(func.count()).where(order_rows.c.number == OWN_ORDER)
        with self._stage.store.reading() as connection:
            return connection.execute(query).scalar_one() == 1

    def own_goods_leave(self, wish: Wish) -> None:
        """The warehouse picks our own order, and it is shipped."""
        stage = self._stage
        order_id = self._people.application(wish).order_id
        with stage.store.reading() as connection:
            lists = connection.execute(select(pick_lists.c.id).where(pick_lists.c.order_id == order_id)).scalars().all()

        def pick(unit: Unit) -> None:
            for list_id in lists:
                for event in ("take", "start", "pick", "close"):
                    picking.act(unit, stage.terms, list_id, event)

        stage.do(WAREHOUSE, pick)
        stage.do(MANAGER, lambda unit: by_hand.ship_order(unit, stage.terms, order_id))
        stage.turn()

    # ------------------------------------------------------------------ shops

    def close_period(self) -> None:
        """The accountant makes the statements up to today and sends them."""
        stage = self._stage
        today = business_date(stage.clock.now())
        with stage.store.reading() as connection:
            parties = payees.parties(connection, stage.store.company)
        settling.close_period(stage.store, parties, today, actor=ACCOUNTANT)
        settling.send_open(stage.store, stage.brokerage.broker.settlement, today, actor=ACCOUNTANT)

    def accept(self, desk: ShopDesk) -> None:
        """A shop's manager agrees with what was sent to it."""

        def work(unit: Unit) -> None:
            for row in self._statements():
                if row.party_id == desk.id and row.state == StatementState.SENT:
                    statements.accept(unit, row.id, row.version)

        self._stage.do(desk.manager, work)

    def silence_ends(self) -> date:
        """The day on which the last statement nobody has answered is accepted."""
        return max(date.fromisoformat(row.silence_on) for row in self._statements() if row.state == StatementState.SENT)

    def paid_statements(self) -> int:
        return sum(row.state == StatementState.PAID for row in self._statements())

    def _statements(self) -> list[AnyRow]:
        with self._stage.store.reading() as connection:
            return list(connection.execute(select(statement_rows).order_by(statement_rows.c.number)))

    # ------------------------------------------------------------------ payment orders

    def waiting(self) -> list[str]:
        """Payment orders that wait for signatures."""
        query = select(payment_orders.c.id).where(payment_orders.c.state.in_(_UNSIGNED)).order_by(payment_orders.c.id)
        with self._stage.store.reading() as connection:
            return list(connection.execute(query).scalars())

    def sign_all(self) -> None:
        """Two people read each order and its warnings, and sign."""
        for order_id in self.waiting():
            for person in _SIGNERS:
                try:
                    self._sign(person, order_id, [])
                except NeedsConfirming as error:
                    self._sign(person, order_id, [warning.code for warning in error.warnings])

    def _sign(self, person: Actor, order_id: str, confirmed: list[str]) -> None:
        def work(unit: Unit) -> None:
            seen = outgoing.load(unit, order_id).version
            outgoing.approve(unit, self._stage.terms.outgoing, order_id, seen, confirmed)

        self._stage.do(person, work)
