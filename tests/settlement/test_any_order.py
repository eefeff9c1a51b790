"""Lines, reversals, statements, payouts and bounces in any order: nothing is counted twice, nothing is lost."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from gateway.core.authority import SERVICE
from gateway.core.clock import business_date
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.payments.outgoing.model import OrderState
from gateway.payments.outgoing.tables import payment_orders
from gateway.settlement import payouts, queries, register, statements
from gateway.settlement.model import NewLine, Party, StatementState
from gateway.settlement.tables import lines, statement_lines
from gateway.settlement.tables import statements as statement_rows
from gateway.store.schema import AnyRow
from tests.settlement.house import NAMES, POINT, SHOP, House, every, line

_S = StatementState
PARTIES = (SHOP, POINT)
picks = st.integers(0, 10**6)


@dataclass(frozen=True)
class Reversal:
    """What was asked of the register, by the event of the line it was about."""

    of: str
    event: str
    on: date
    share: Money


class Settlements(RuleBasedStateMachine):
    """Two parties, and a bank that carries out, refuses and gives back as it likes.

    Attributes:
        told: everything the register was told, in order.
    """

    empty: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="kvit-settlements-"))
        shutil.copyfile(self.empty, self.folder / "desk.db")
        self.house = House(self.folder)
        self.told: list[NewLine | Reversal] = []

    @initialize(nets=st.lists(st.integers(1_00, 100_00), min_size=3, max_size=3))
    def something_is_owed_already(self, nets: list[int]) -> None:
        for net, party in zip(nets, (SHOP, SHOP, POINT), strict=True):
            self.happens(party, net, 0, 0)
            self.period_ends(party, 1)
        while self.any_of(0, _S.OPEN):
            self.is_sent_and_answered(0, False)
        for fate in ("carried out", "refused", "signed"):
            self.is_drafted(0, fate)

    @rule(
        party=st.sampled_from(PARTIES),
        net=st.integers(-50_00, 100_00),
        fee=st.integers(0, 20_00),
        late=st.integers(0, 9),
    )
    def happens(self, party: Party, net: int, fee: int, late: int) -> None:
        self.tell(line(f"e{len(self.told)}", net, fee, party, on=self.today - timedelta(days=late)))

    @rule(pick=picks)
    def is_told_again(self, pick: int) -> None:
        before = len(self.house.lines())
        self.tell(self.told[pick % len(self.told)], keep=False)
        assert len(self.house.lines()) == before

    @rule(pick=picks, part=st.integers(1, 4))
    def is_taken_back(self, pick: int, part: int) -> None:
        known = [one for one in self.told if isinstance(one, NewLine)]
        of = known[pick % len(known)].source_event
        left = self.house.do(lambda unit: register.left_of(unit, self.line_id(of)))
        share = Money(max(1, left.kopecks // part))
        back = Reversal(of, f"r{len(self.told)}", self.today, share)
        if left:
            self.tell(back)
            return
        try:
            self.tell(back, keep=False)
        except Refused as error:
            assert error.code == "settlement.share_wrong"
        else:
            raise AssertionError("more was taken back than there was")

    @rule(party=st.sampled_from(PARTIES), days=st.integers(0, 9))
    def period_ends(self, party: Party, days: int) -> None:
        self.house.clock.advance(timedelta(days=days))
        for _ in range(2):
            self.house.do(statements.open_period, party, NAMES[party], self.today)

    @precondition(lambda self: self.any_of(0, _S.OPEN, _S.DISPUTED))
    @rule(pick=picks, dispute=st.booleans())
    def is_sent_and_answered(self, pick: int, dispute: bool) -> None:
        statement_id = self.any_of(pick, _S.OPEN, _S.DISPUTED)
        assert statement_id is not None
        self.house.do(statements.send, statement_id)
        if dispute:
            self.house.do(statements.dispute, statement_id, "не сходится")
        else:
            self.house.do(statements.accept, statement_id)
            self.house.do(statements.settle, statement_id)

    @precondition(lambda self: self.any_of(0, _S.PAYABLE))
    @rule(pick=picks, fate=st.sampled_from(("waits", "signed", "refused", "carried out")))
    def is_drafted(self, pick: int, fate: str) -> None:
        statement_id = self.any_of(pick, _S.PAYABLE)
        assert statement_id is not None
        try:
            order = self.house.do(payouts.draft, self.house.settling, statement_id)
        except Refused as error:  # an order of old has paid it meanwhile
            assert error.code == "state.illegal" and self.follow(statement_id) == _S.PAID
            return
        if fate != "waits":
            self.house.sign(order)
        if fate == "refused":
            self.house.refuse(order)
            self.follow(statement_id)
        if fate == "carried out":
            self.house.execute(order)

    @precondition(lambda self: self.orders(OrderState.APPROVED, OrderState.REFUSED))
    @rule()
    def the_bank_carries_out_all_it_has_and_had_refused(self) -> None:
        for order in self.orders(OrderState.APPROVED, OrderState.REFUSED):
            self.house.execute(order)

    @precondition(lambda self: self.orders(OrderState.EXECUTED))
    @rule(pick=picks)
    def money_comes_back(self, pick: int) -> None:
        order = self.any_order(pick, OrderState.EXECUTED)
        assert order is not None
        self.house.give_back(order)

    @rule()
    def everything_is_followed(self) -> None:
        for row in self.statements():
            self.follow(row.id)
        self.statements_are_sums_of_lines_each_in_one()
        self.what_is_owed_waits_or_is_stated()
        self.paid_is_what_debit_lines_say()

    def statements_are_sums_of_lines_each_in_one(self) -> None:
        held = every(
            self.house.store,
            select(statement_lines.c.statement_id, lines).join(lines, lines.c.id == statement_lines.c.line_id),
        )
        assert all(count == 1 for count in Counter(row.id for row in held).values())
        for statement in self.statements():
            own = [row for row in held if row.statement_id == statement.id]
            assert {(row.party_kind, row.party_id) for row in own} == {(statement.party_kind, statement.party_id)}
            assert statement.line_count == len(own)
            for name in ("gross", "fee", "net", "vat"):
                assert getattr(statement, name) == sum(getattr(row, name) for row in own)

    def what_is_owed_waits_or_is_stated(self) -> None:
        with self.house.store.reading() as connection:
            for party in PARTIES:
                balance = queries.balance(connection, self.house.store.company, SERVICE, party)
                assert balance.owed == balance.waiting + balance.stated

    def teardown(self) -> None:
        self.everything_is_followed()
        self.told_again_it_is_the_same_register()
        self.house.close()
        shutil.rmtree(self.folder)

    def paid_is_what_debit_lines_say(self) -> None:
        orders = every(self.house.store, select(payment_orders))
        for statement in self.statements():
            own = [order for order in orders if order.source_id.startswith(f"{statement.id}:")]
            proved = sum(order.amount for order in own if order.entry_id and not order.return_entry_id)
            assert self.house.paid(statement.id) == proved
            assert (statement.state == _S.PAID) == (proved > 0)
            assert proved % statement.net == 0 if proved else True
        for party in PARTIES:
            carried = [row for row in self.house.lines(party) if row.kind == "carried"]
            ended = [row for row in self.statements() if row.party_id == party.id and row.state == _S.CARRIED]
            over = sum(
                self.house.paid(row.id) - row.net
                for row in self.statements()
                if row.party_id == party.id and row.state == _S.PAID
            )
            assert sum(row.net for row in carried) == sum(row.net for row in ended) - over

    def told_again_it_is_the_same_register(self) -> None:
        before = self.house.lines()
        for one in self.told:
            self.tell(one, keep=False)
        assert self.house.lines() == before
        fresh = self.folder / "fresh"
        fresh.mkdir()
        shutil.copyfile(self.empty, fresh / "desk.db")
        other = House(fresh)
        for one in self.told:
            tell(other, one)
            tell(other, one)
        assert content(other) == {event: row for event, row in content(self.house).items() if event in content(other)}
        assert len(content(other)) == len(self.told)
        other.close()

    @property
    def today(self) -> date:
        return business_date(self.house.clock.now())

    def tell(self, one: NewLine | Reversal, *, keep: bool = True) -> None:
        tell(self.house, one)
        if keep:
            self.told.append(one)

    def line_id(self, event: str) -> str:
        return next(row.id for row in self.house.lines() if row.source_event == event)

    def statements(self) -> list[AnyRow]:
        return every(self.house.store, select(statement_rows).order_by(statement_rows.c.id))

    def any_of(self, pick: int, *states: StatementState) -> str | None:
        found = [row.id for row in self.statements() if row.state in states]
        return found[pick % len(found)] if found else None

    def orders(self, *states: OrderState) -> list[str]:
        return [row.id for row in every(self.house.store, select(payment_orders)) if row.state in states]

    def any_order(self, pick: int, *states: OrderState) -> str | None:
        found = self.orders(*states)
        return found[pick % len(found)] if found else None

    def follow(self, statement_id: str) -> str:
        once = self.house.follow(statement_id)
        assert self.house.follow(statement_id) == once
        return str(once.state)


def tell(house: House, one: NewLine | Reversal) -> None:
    if isinstance(one, NewLine):
        house.append(one)
        return
    of = next(row.id for row in house.lines() if row.source_event == one.of)
    house.do(register.reverse, of, one.event, one.on, one.share)


def content(house: House) -> dict[str, tuple[object, ...]]:
    """The register without the ids and instants of its rows, by source event."""
    rows = house.lines()
    events = {row.id: row.source_event for row in rows}
    names = ("party_kind", "party_id", "kind", "subject", "document", "on", "gross", "fee", "net", "vat", "note")
    return {row.source_event: (events.get(row.reverses), *(getattr(row, name) for name in names)) for row in rows}


@pytest.mark.slow
def test_in_any_order(empty_settlements: Path) -> None:
    class Here(Settlements):
        empty = empty_settlements

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=12,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
