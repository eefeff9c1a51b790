"""Every state with every event, of every machine of a loan; and an application driven at random."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Table, select

from gateway.core.authority import SERVICE
from gateway.core.errors import Conflict, Refused
from gateway.core.states import Machine
from gateway.loans import applications, callbacks, ending, events, queries, questionnaire, rows, stage, submission
from gateway.loans.applying import apply
from gateway.loans.callbacks import CallResult
from gateway.loans.ending import By
from gateway.loans.model import APPLICATION, DECISION, ApplicationEvent, ApplicationState, DecisionState, SigningWay
from gateway.loans.papers import FUNDING, GOODS, ORIGINAL, SIGNING, SigningFacts
from gateway.loans.queries import Filters
from gateway.loans.reasons import EndReason
from gateway.loans.shops import SHOP
from gateway.loans.stage import OPEN
from gateway.loans.tables import agreements, decisions, shops
from gateway.loans.tables import applications as table
from gateway.loans.tables import events as event_rows
from tests.loans.house import ANSWERS, CALLER, COMPANY, MANAGER, House

MACHINES: dict[str, tuple[Machine[Any, Any], Table, str]] = {
    "application": (APPLICATION, table, "lead"),
    "decision": (DECISION, decisions, "queued"),
    "signing": (SIGNING, agreements, "planned"),
    "original": (ORIGINAL, agreements, "none"),
    "funding": (FUNDING, agreements, "expected"),
    "goods": (GOODS, agreements, "held"),
    "shop": (SHOP, shops, "new"),
}
PAIRS = [
    pytest.param(name, state, event, id=f"{name}-{state}-{event}")
    for name, (machine, _, _) in MACHINES.items()
    for state in sorted(machine.states)
    for event in sorted(machine.events)
]
WAYS = [SigningFacts(way) for way in SigningWay]


@pytest.mark.parametrize(("name", "state", "event"), PAIRS)
def test_every_pair_moves_as_in_the_table_or_raises(name: str, state: Any, event: Any) -> None:
    machine = MACHINES[name][0]
    expected = machine.table.get((state, event))
    for facts in (None, *WAYS):
        if expected is None:
            code = "state.illegal"
        elif expected.guard is not None and not expected.guard(facts):
            code = "state.not_yet"
        else:
            assert machine.step(state, event, facts) is expected
            continue
        with pytest.raises(Refused) as caught:
            machine.step(state, event, facts)
        assert caught.value.code == code


@pytest.mark.parametrize("name", MACHINES)
def test_every_state_is_reached_and_only_final_ones_are_dead_ends(name: str) -> None:
    machine, _, first = MACHINES[name]
    reached, waiting = {first}, [first]
    while waiting:
        state = waiting.pop()
        for (start, _), step in machine.table.items():
            if start == state and step.to not in reached:
                reached.add(step.to)
                waiting.append(step.to)
    assert reached == machine.states
    for state in machine.states:
        assert bool(machine.allowed(state)) is (state not in machine.final)


@pytest.mark.parametrize("name", ["application", "decision", "signing"])
def test_an_end_is_reached_from_every_state(name: str) -> None:
    machine = MACHINES[name][0]
    good = machine.final | ({ApplicationState.CLOSED} if name == "application" else set())
    while more := {start for (start, _), step in machine.table.items() if step.to in good} - good:
        good |= more
    assert good == machine.states


@pytest.mark.parametrize("name", MACHINES)
def test_what_a_step_clears_is_a_column_with_an_empty_value(name: str) -> None:
    machine, columns, _ = MACHINES[name]
    for step in machine.table.values():
        for column, value in rows.blank(columns, step.clears).items():
            assert value in (None, "", 0, b"", "[]"), column
            assert column not in {"id", "company", "version", "state"}


@pytest.mark.parametrize("event", sorted(SIGNING.events))
def test_each_way_of_signing_has_its_own_steps(event: Any) -> None:
    """A courier meets the buyer; whoever signs in person comes, or does not."""
    for (_, of), step in SIGNING.table.items():
        if of != event or step.guard is None:
            continue
        allowed = {facts.way for facts in WAYS if step.guard(facts)}
        assert allowed in ({SigningWay.COURIER}, {SigningWay.CLERK, SigningWay.BRANCH})


@pytest.mark.parametrize("event", sorted(ApplicationEvent))
def test_a_row_moves_as_the_table_says_and_forgets_what_it_must(house: House, event: ApplicationEvent) -> None:
    for state in sorted(ApplicationState):
        row_moves(house, state, event)


def row_moves(house: House, state: ApplicationState, event: ApplicationEvent) -> None:
    row_id = house.apply(f"З-{state.value}").id
    chosen = {"lender": "soap", "offer_id": "1", "agreement_no": "7", "loan": 5, "transfer": 4, "fee": 1}
    house.force(row_id, state=state.value, **chosen)
    before = house.row(row_id)
    expected = APPLICATION.table.get((state, event))
    if expected is None:
        assert house.refused(SERVICE, lambda u: applications.step(u, before, event)).code == "state.illegal"
        assert house.row(row_id) == before
        return
    after = house.do(SERVICE, lambda u: applications.step(u, before, event))
    assert (after.state, after.version, after.stage) == (expected.to, before.version + 1, stage.stage_of(expected.to))
    for column, value in chosen.items():
        assert (after._mapping[column] == value) is (column not in expected.clears)
    ended = expected.to in APPLICATION.final or expected.to is ApplicationState.CLOSED
    assert (after.ended_at is not None) is ended
    assert (after.call_due is None) is ended


def test_an_event_without_a_text_is_a_fault_of_ours(house: House) -> None:
    with house.store.unit() as unit, pytest.raises(ValueError, match=r"loan\.sneezed"):
        events.write(unit, "L1", "sneezed")


# -- at random -------------------------------------------------------------------------------------------------------

PHONES = st.integers(0, 4).map(lambda place: f"+7916123450{place}")


class Office(RuleBasedStateMachine):
    """A call centre, a site and the clock do whatever comes into their heads with a few applications."""

    template: Path
    ids = Bundle("ids")

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        shutil.copyfile(self.template, self.folder / "kvit.db")
        self.house = House(self.folder)
        self.orders: dict[str, tuple[str, str]] = {}

    def teardown(self) -> None:
        if hasattr(self, "house"):
            self.house.close()
            shutil.rmtree(self.folder)

    def attempt(self, work: Any, *codes: str) -> Any:
        """Somebody's work, or one of the refusals it may meet."""
        try:
            return self.house.do(CALLER, work)
        except Conflict:
            raise
        except Refused as refused:
            assert refused.code in codes, refused.code
            return None

    @rule(target=ids, order=st.integers(0, 5), phone=PHONES)
    def apply(self, order: int, phone: str) -> Any:
        text = f"З-{order}"
        known = self.orders.get(text)
        if known is not None and known[1] != phone:
            house = self.house
            refused = house.refused(SERVICE, lambda u: apply(u, house.terms, house.new(text, phone, months=12)))
            assert refused.code in ("loan.order_differs",)
            return multiple()
        applied = self.house.apply(text, phone)
        assert applied.known is (known is not None)
        self.orders[text] = (applied.id, phone)
        return applied.id

    @rule(row_id=ids, result=st.sampled_from(CallResult))
    def call(self, row_id: str, result: CallResult) -> None:
        at = self.house.clock.now() + timedelta(hours=3)
        work = lambda u: callbacks.record(u, self.house.terms, row_id, result, at)  # noqa: E731
        self.attempt(work, "loan.no_call", "loan.on_the_line")

    @rule()
    def next_call(self) -> None:
        row = self.house.do(CALLER, lambda u: callbacks.take_next(u, self.house.terms))
        assert row is None or row.call_by == CALLER.name

    @rule(row_id=ids, whole=st.booleans())
    def fill(self, row_id: str, whole: bool) -> None:
        answers = ANSWERS if whole else {"surname": "Петров"}

        def work(unit: Any) -> None:
            questionnaire.save(unit, self.house.terms, row_id, answers)
            questionnaire.consent(unit, self.house.terms, row_id)

        self.attempt(work, "loan.not_editable")

    @rule(row_id=ids, lender=st.sampled_from(["soap", "rest"]))
    def submit(self, row_id: str, lender: str) -> None:
        work = lambda u: submission.submit(u, self.house.terms, row_id, (lender,))  # noqa: E731
        self.attempt(work, "loan.no_consent", "loan.incomplete", "loan.lender_asked", "state.illegal")

    @rule(row_id=ids, lender=st.sampled_from(["soap", "rest"]))
    def withdraw(self, row_id: str, lender: str) -> None:
        work = lambda u: submission.withdraw(u, row_id, lender, EndReason.CHANGED_MIND)  # noqa: E731
        self.attempt(work, "loan.lender_not_asked", "loan.last_lender", "state.illegal")

    @rule(row_id=consumes(ids))
    def cancel(self, row_id: str) -> None:
        self.attempt(lambda u: ending.cancel(u, row_id, By.BUYER, EndReason.CHANGED_MIND), "state.illegal")

    @rule(hours=st.integers(1, 40))
    def wait(self, hours: int) -> None:
        self.house.later(hours=hours)
        self.house.do(SERVICE, lambda u: ending.expire_due(u, self.house.terms))

    @invariant()
    def everything_adds_up(self) -> None:
        if not hasattr(self, "house"):
            return
        with self.house.store.reading() as connection:
            found = connection.execute(select(table)).all()
            asked = connection.execute(select(decisions)).all()
            lines = queries.board(connection, COMPANY, self.house.terms, MANAGER, self.house.clock.now())
            page = queries.listed(connection, COMPANY, self.house.terms, MANAGER, Filters(), self.house.clock.now())
            told = set(connection.execute(select(event_rows.c.application_id)).scalars())
        assert len({row.shop_order for row in found}) == len(found) == page.total == len(self.orders)
        assert sorted(row.number for row in found) == list(range(1, len(found) + 1))  # no gap, none twice
        assert {line.stage.value: line.count for line in lines if line.count} == Counter(row.stage for row in found)
        assert told == {row.id for row in found}
        for row in found:
            self.one_adds_up(row, [decision for decision in asked if decision.application_id == row.id])

    def one_adds_up(self, row: Any, asked: list[Any]) -> None:
        state = ApplicationState(row.state)
        assert row.stage == stage.stage_of(state)
        ended = row.stage not in {each.value for each in OPEN}
        assert (row.ended_at is not None) is ended is (row.ended_by != "")
        live = [decision for decision in asked if DecisionState(decision.state) not in DECISION.final]
        assert bool(live) is (state is ApplicationState.SUBMITTED)
        assert (row.call_due is not None) is (state in (ApplicationState.LEAD, ApplicationState.CALLBACK))
        assert row.call_attempts < self.house.terms.call_attempts
        assert row.passport_hash == "" or row.surname_hash != ""


def test_whatever_is_done_in_any_order_adds_up(moved_in: Path) -> None:
    class Here(Office):
        template = moved_in

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
