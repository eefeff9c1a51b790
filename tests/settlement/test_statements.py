"""Statements of account: lines fixed by id, totals that are their sums, an answer or silence, what is carried over."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select, update

from gateway.core.errors import Conflict, Refused
from gateway.core.money import Money
from gateway.settlement import corrections, payouts, register, statements
from gateway.settlement.model import STATEMENT, LineKind, StatementEvent, StatementState
from gateway.settlement.steps import move
from gateway.settlement.tables import statements as rows
from gateway.store.schema import journal
from tests.payments.outgoing.desk import ANNA, TODAY
from tests.settlement.house import DAY, NAMES, OTHER, SHOP, SHOP_PERSON, House, line
from tests.settlement.test_register import refused, sums

_S, _E = StatementState, StatementEvent
NEXT = TODAY + timedelta(days=14)


def test_a_period_takes_the_lines_up_to_its_day_and_no_others(house: House) -> None:
    ids = house.append(line("e1"), line("e2", net=5, fee=-1), line("later", on=TODAY), line("other", party=OTHER))
    statement_id = house.opened(until=DAY)
    row = house.statement(statement_id)
    assert house.held(statement_id) == ids[:2]
    assert (row.number, row.state, row.since, row.until) == (1, "open", str(DAY), str(DAY))
    assert (row.line_count, *sums(row)) == (2, 100_00 + 4, 10_00 - 1, 90_00 + 5, 1_80)
    assert house.story(statement_id) == ["opened"]


def test_periods_follow_each_other_and_late_lines_go_into_the_next(house: House) -> None:
    house.append(line("e1"))
    first = house.opened(until=DAY)
    house.do(statements.send, first)
    (late,) = house.append(line("late"))
    second = house.opened(until=TODAY)
    assert house.held(second) == [late] and house.statement(second).since == str(DAY + timedelta(days=1))
    assert house.statement(first).line_count == 1
    assert house.statement(second).number == 2


def test_an_open_statement_takes_what_still_comes_and_a_sent_one_does_not(house: House) -> None:
    house.append(line("e1"))
    statement_id = house.opened()
    house.append(line("e2", net=1_00, fee=0))
    assert house.opened() == statement_id
    assert (house.statement(statement_id).line_count, house.statement(statement_id).net) == (2, 91_00)
    house.do(statements.send, statement_id)
    house.append(line("e3"))
    assert house.opened() == statement_id
    assert house.statement(statement_id).line_count == 2
    assert house.story(statement_id) == ["opened", "lines_added", "send"]


def test_asked_again_for_the_same_day_nothing_changes(house: House) -> None:
    house.append(line("e1"))
    before = house.statement(house.opened())
    assert house.statement(house.opened()) == before


def test_nothing_to_state_makes_no_statement(house: House) -> None:
    assert house.do(statements.open_period, SHOP, "x", TODAY) is None


def test_a_day_to_come_and_a_day_that_is_covered_are_refused(house: House) -> None:
    house.append(line("e1"))
    refused("settlement.period_ahead", house.do, statements.open_period, SHOP, "x", TODAY + timedelta(days=1))
    house.opened()
    error = refused("settlement.period_over", house.do, statements.open_period, SHOP, "x", DAY)
    assert error.values["number"] == 1


@pytest.mark.parametrize(
    ("sent", "accepted_on"),
    [
        (date(2026, 11, 23), date(2026, 12, 1)),  # Tuesday to Monday are five working days
        (date(2026, 11, 2), date(2026, 11, 11)),  # 4 November is a holiday
        (date(2026, 12, 29), date(2027, 1, 15)),  # and so is the New Year
    ],
)
def test_silence_of_five_working_days_accepts(house: House, sent: date, accepted_on: date) -> None:
    house.append(line("e1", on=date(2026, 10, 31)))
    statement_id = house.do(statements.open_period, SHOP, "x", date(2026, 10, 31))
    assert statement_id is not None
    house.clock.advance(timedelta(days=(sent - TODAY).days))
    assert house.do(statements.send, statement_id).silence_on == str(accepted_on)
    house.clock.advance(timedelta(days=(accepted_on - sent).days - 1))
    error = refused("settlement.not_silent_yet", house.do, statements.lapse_silent, statement_id)
    assert error.values["day"] == accepted_on.strftime("%d.%m.%Y")
    house.clock.advance(timedelta(days=1))
    assert house.do(statements.lapse_silent, statement_id).state == _S.ACCEPTED_BY_SILENCE


def test_a_dispute_stops_the_silence_and_its_correction_goes_into_the_next_statement(house: House) -> None:
    wrong, _ = house.append(line("e1"), line("e2", net=10_00, fee=0))
    statement_id = house.opened()
    house.do(statements.send, statement_id)
    row = house.do(statements.dispute, statement_id, "  нет возврата\n по КД-e1 ", by=SHOP_PERSON)
    assert (row.remark, row.silence_on, row.answered_by) == ("нет возврата по КД-e1", None, "shop_manager:S1:sidorova")
    assert house.alarms() == ["settlement.disputed"]
    refused("state.illegal", house.do, statements.lapse_silent, statement_id)
    house.do(corrections.take_back, wrong, "k1", "Возврат не учтён", Money(40_00), by=ANNA)
    after = house.do(statements.send, statement_id, by=ANNA)
    assert (after.state, after.silence_on is not None, after.net, house.alarms()) == ("sent", True, 100_00, [])
    house.clock.advance(timedelta(days=14))
    (held,) = house.held(house.opened(until=NEXT))
    assert sums(house.lines()[-1]) == (-40_00, -4_00, -36_00, -72) and held == house.lines()[-1].id


def test_a_dispute_needs_a_remark(house: House) -> None:
    house.append(line("e1"))
    statement_id = house.opened()
    house.do(statements.send, statement_id)
    refused("settlement.no_remark", house.do, statements.dispute, statement_id, "  ", by=SHOP_PERSON)


def test_a_negative_total_is_one_line_of_the_next_statement(house: House) -> None:
    house.append(line("e1", net=-30_00, fee=30_00, kind=LineKind.CHARGE))
    statement_id = agreed(house)
    refused("state.not_yet", house.do, statements.fix, statement_id)
    assert house.do(statements.settle, statement_id).state == _S.CARRIED
    house.append(line("e2", net=100_00, fee=0, on=TODAY + timedelta(days=2)))
    house.clock.advance(timedelta(days=14))
    second = house.opened(until=NEXT)
    row, carried = house.statement(second), house.lines()[1]
    assert (row.net, row.line_count, carried.kind, carried.document) == (70_00, 2, "carried", "1")
    assert (carried.on, sums(carried)) == (str(TODAY + timedelta(days=1)), (-30_00, 0, -30_00, 0))


def test_a_carried_debt_alone_makes_no_statement_and_nothing_carries_nothing(house: House) -> None:
    house.append(line("e1", net=-30_00, fee=30_00, kind=LineKind.CHARGE), line("o1", net=1, fee=0, party=OTHER))
    (o1,) = [row.id for row in house.lines(OTHER)]
    house.do(register.reverse, o1, "r1", DAY)
    for party in (SHOP, OTHER):
        house.do(statements.settle, agreed(house, party))
    assert [row.kind for row in house.lines() if row.kind == "carried"] == ["carried"]
    house.clock.advance(timedelta(days=14))
    for party in (SHOP, OTHER):
        assert house.do(statements.open_period, party, NAMES[party], NEXT) is None


def agreed(house: House, party: Any = SHOP) -> str:
    statement_id = house.opened(party)
    house.do(statements.send, statement_id)
    house.do(statements.accept, statement_id)
    return statement_id


def test_a_sum_to_pay_is_not_carried(house: House) -> None:
    house.append(line("e1"))
    statement_id = agreed(house)
    refused("state.not_yet", house.do, statements.carry, statement_id)
    assert house.do(statements.settle, statement_id).state == _S.PAYABLE


def test_a_stale_screen_is_told_so(house: House) -> None:
    house.append(line("e1"))
    statement_id = house.opened()
    house.do(statements.send, statement_id, 1)
    for work in (statements.accept, statements.send, statements.lapse_silent, statements.fix, statements.carry):
        with pytest.raises(Conflict) as caught:
            house.do(work, statement_id, 1)
        assert caught.value.code == "settlement.changed"


def test_two_hands_on_one_row_are_one_step(house: House) -> None:
    house.append(line("e1"))
    statement_id = house.opened()
    row = house.statement(statement_id)
    house.do(statements.send, statement_id)
    with pytest.raises(Conflict):
        house.do(lambda unit: move(unit, row, _E.SEND))


def test_what_people_write_into_the_register_has_a_reason_and_is_known_once(house: House) -> None:
    fee = (SHOP, Money(15_00), Money(2_70), "Выезд 7", "k1", "Выезд курьера впустую")
    first = house.do(corrections.charge, *fee, by=ANNA)
    house.clock.advance(timedelta(days=1))
    assert house.do(corrections.charge, *fee, by=ANNA) == first
    house.do(corrections.correct, SHOP, Money(-1), "Акт 3", "k2", "Округление", by=ANNA)
    assert [(row.kind, *sums(row), row.note, row.by) for row in house.lines()] == [
        ("charge", 0, 15_00, -15_00, 2_70, "Выезд курьера впустую", "accountant:ivanova"),
        ("correction", -1, 0, -1, 0, "Округление", "accountant:ivanova"),
    ]
    back = house.do(corrections.take_back, first, "k3", "Был дома", by=ANNA)
    house.clock.advance(timedelta(days=1))
    assert house.do(corrections.take_back, first, "k3", "Был дома", by=ANNA) == back
    refused("settlement.no_reason", house.do, corrections.take_back, first, "k4", " ", by=ANNA)
    refused("settlement.sum_wrong", house.do, corrections.charge, SHOP, Money(0), Money(0), "x", "k5", "y", by=ANNA)
    refused("settlement.sum_wrong", house.do, corrections.charge, SHOP, Money(5), Money(5), "x", "k5", "y", by=ANNA)
    refused("settlement.sum_wrong", house.do, corrections.correct, SHOP, Money(0), "x", "k5", "y", by=ANNA)
    refused(
        "settlement.event_differs", house.do, corrections.correct, SHOP, Money(2), "Акт 3", "k2", "Округление", by=ANNA
    )


# (state, event) → state when there is a sum to pay; "" where the guard says no
WAYS = {
    (_S.OPEN, _E.SEND): "sent",
    (_S.SENT, _E.ACCEPT): "accepted",
    (_S.SENT, _E.LAPSE): "accepted_by_silence",
    (_S.SENT, _E.DISPUTE): "disputed",
    (_S.DISPUTED, _E.SEND): "sent",
    (_S.DISPUTED, _E.ACCEPT): "accepted",
    (_S.ACCEPTED, _E.FIX): "payable",
    (_S.ACCEPTED_BY_SILENCE, _E.FIX): "payable",
    (_S.ACCEPTED, _E.CARRY): "",
    (_S.ACCEPTED_BY_SILENCE, _E.CARRY): "",
    (_S.ACCEPTED, _E.CLAIM): "",
    (_S.ACCEPTED_BY_SILENCE, _E.CLAIM): "",
    (_S.CLAIMED, _E.COLLECT): "paid",
    (_S.CLAIMED, _E.CARRY): "carried",
    (_S.PAID, _E.LOSE): "",
    (_S.PAYABLE, _E.DRAFT): "drafted",
    (_S.DRAFTED, _E.ORDER): "ordered",
    (_S.ORDERED, _E.UNSIGN): "drafted",
    (_S.DRAFTED, _E.FAIL): "payable",
    (_S.ORDERED, _E.FAIL): "payable",
    (_S.PAYABLE, _E.PAY): "paid",
    (_S.DRAFTED, _E.PAY): "paid",
    (_S.ORDERED, _E.PAY): "paid",
    (_S.PAID, _E.BOUNCE): "payable",
}


def test_every_event_in_every_state_moves_as_it_should_or_is_refused_by_name(house: House) -> None:
    house.append(line("e1"))
    statement_id = house.opened()
    for state, event in product(_S, _E):
        house.do(
            lambda unit, state=state: unit.update(rows, statement_id, state=state, payment_order_id="O", paid_at="t")
        )
        before = house.statement(statement_id)
        to = WAYS.get((state, event))
        if to:
            after = house.do(lambda unit, event=event, row=before: move(unit, row, event))
            assert after.state == to, (state, event)
            gone = event in (_E.FAIL, _E.BOUNCE)
            assert (after.payment_order_id is None) == gone, (state, event)
            assert (after.paid_at is None) == (event is _E.BOUNCE)
            continue
        with pytest.raises(Refused) as caught:
            house.do(lambda unit, event=event, row=before: move(unit, row, event))
        assert caught.value.code == ("state.not_yet" if to == "" else "state.illegal"), (state, event)
        assert house.statement(statement_id) == before


@pytest.mark.parametrize("net", [0, -1])
@pytest.mark.parametrize("state", [_S.ACCEPTED, _S.ACCEPTED_BY_SILENCE])
def test_with_nothing_to_pay_it_is_carried_and_never_fixed(state: StatementState, net: int) -> None:
    assert STATEMENT.step(state, _E.CARRY, net).to is _S.CARRIED
    with pytest.raises(Refused) as caught:
        STATEMENT.step(state, _E.FIX, net)
    assert caught.value.code == "state.not_yet"


def test_there_are_no_dead_ends_but_the_end() -> None:
    assert {state for state in _S if not STATEMENT.allowed(state)} == {_S.CARRIED} == set(STATEMENT.final)


def test_every_step_is_in_the_history_and_in_the_journal(house: House) -> None:
    statement_id, order_id = house.drafted()
    house.sign(order_id)
    house.follow(statement_id)
    told = ["opened", "send", "accept", "fix", "draft", "order"]
    assert house.story(statement_id) == told
    with house.store.reading() as connection:
        query = select(journal.c.kind).where(journal.c.subject == f"settlement:{statement_id}")
        assert list(connection.execute(query).scalars()) == ["settlement.moved"] * len(told)


def test_a_statement_of_another_company_is_not_found(house: House) -> None:
    house.append(line("e1"))
    statement_id = house.opened()
    house.do(lambda unit: unit.connection.execute(update(rows).values(company="another")))
    for work in (statements.send, statements.accept, statements.lapse_silent, statements.fix, statements.carry):
        refused("settlement.not_found", house.do, work, statement_id)
    refused("settlement.not_found", house.do, payouts.draft, house.settling, statement_id)


def test_a_statement_spans_a_year_at_most_and_begins_where_something_happened(house: House) -> None:
    long_ago = TODAY - timedelta(days=500)
    house.append(line("old", on=long_ago))
    house.opened(until=long_ago)
    house.append(line("later", on=TODAY - timedelta(days=30)))
    assert house.statement(house.opened()).since == str(TODAY - timedelta(days=30))
    house.append(line("x", on=long_ago, party=OTHER), line("y", party=OTHER))
    refused("settlement.period_long", house.do, statements.open_period, OTHER, "x", TODAY)
    assert house.opened(OTHER, long_ago + timedelta(days=300)) != house.opened(OTHER)
