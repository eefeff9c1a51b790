"""A statement is paid by its debit line and by nothing else, whatever becomes of its payment orders on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

import pytest
from sqlalchemy import select

from gateway.core.errors import Refused
from gateway.payments.outgoing import service as outgoing
from gateway.payments.outgoing.model import OrderEvent
from gateway.payments.outgoing.tables import payment_orders
from gateway.settlement import payouts, statements
from gateway.settlement.model import Party, PartyKind
from gateway.settlement.tables import statements as statement_rows
from gateway.settlement.terms import SettlementTerms
from tests.payments.outgoing.desk import ACCOUNT, ANNA, OTHER_ACCOUNT, PAYEE_ACCOUNT, TERMS, TODAY, ZIMIN
from tests.settlement.house import AGENT, POINT, SHOP, House, line, no_payee, payee_of
from tests.settlement.test_register import refused


def test_the_draft_is_the_gateways_own_and_waits_for_both_signatures(house: House) -> None:
    statement_id = house.payable()
    order_id = house.do(payouts.draft, house.settling, statement_id, by=ANNA)
    order, row = house.row(order_id), house.statement(statement_id)
    assert (order.state, order.source, order.source_id) == ("draft", "settlement", f"{statement_id}:1")
    assert (order.proposed_by, order.approvals, order.amount, order.account) == ("service", "[]", 90_00, ACCOUNT)
    assert order.payee_account == PAYEE_ACCOUNT
    assert (row.state, row.payment_order_id, row.attempts) == ("drafted", order_id, 1)
    assert house.payouts(statement_id)[0].made_by == "accountant:ivanova"
    assert order.purpose == (
        "Перечисление оплаты за товары, проданные в кредит, по отчету № 1 за период 20.11.2026-23.11.2026. "
        "НДС не облагается"
    )


@pytest.mark.parametrize("party", [SHOP, POINT, AGENT], ids=str)
def test_the_purpose_names_number_period_and_vat_within_its_length(house: House, party: Party) -> None:
    statement_id = house.payable(party)
    widest = widest_purpose(house, statement_id)
    assert len(widest) <= 210 - len(". В т.ч. НДС (22%) 9999999999999999-99")
    vat = MappingProxyType({**house.settling.vat, PartyKind.AGENT: "22"})
    order_id = house.do(payouts.draft, replace(house.settling, vat=vat), statement_id)
    ends = "В т.ч. НДС (22%) 16-23" if party is AGENT else "НДС не облагается"
    purpose = house.row(order_id).purpose
    assert "отчету № 1 за период 20.11.2026-23.11.2026" in purpose and purpose.endswith(ends)


def widest_purpose(house: House, statement_id: str) -> str:
    """Of a statement with more digits than there will ever be."""
    wide = select(statement_rows).where(statement_rows.c.id == statement_id)
    with house.store.unit() as unit:
        unit.update(statement_rows, statement_id, number=10**12)
        return payouts.purpose_of(unit.connection.execute(wide).one())


def test_signed_it_is_ordered_and_a_signature_that_falls_takes_it_back(house: House) -> None:
    statement_id, order_id = house.drafted()
    assert house.follow(statement_id).state == "drafted"
    house.sign(order_id)
    assert house.follow(statement_id).state == "ordered"
    house.order_event(order_id, OrderEvent.LAPSE)
    assert house.follow(statement_id).state == "drafted"
    house.order_event(order_id, OrderEvent.APPROVE)
    assert house.follow(statement_id).state == "ordered"
    house.order_event(order_id, OrderEvent.PREPARE)
    before = house.statement(statement_id)
    house.order_event(order_id, OrderEvent.TAKEN)
    house.order_event(order_id, OrderEvent.ACCEPT)  # the bank's word moves nothing
    assert house.follow(statement_id) == before


def test_the_debit_line_makes_it_paid_once(house: House) -> None:
    statement_id, order_id = house.drafted()
    house.sign(order_id)
    assert house.paid(statement_id) == 0
    house.execute(order_id)
    row = house.follow(statement_id)
    assert (row.state, row.paid_entry_id, row.payment_order_id) == ("paid", f"debit-{order_id}", order_id)
    assert house.follow(statement_id) == row and house.paid(statement_id) == row.net
    refused("state.illegal", house.do, payouts.draft, house.settling, statement_id)


@pytest.mark.parametrize("how", ["rejected", "withdrawn", "refused"])
def test_an_order_that_ends_leaves_it_payable_with_the_reason(house: House, how: str) -> None:
    statement_id, order_id = house.drafted()
    house.sign(order_id) if how == "refused" else house.let_in(ZIMIN)
    if how == "refused":
        house.refuse(order_id)
    else:
        end = outgoing.reject if how == "rejected" else outgoing.withdraw
        house.do(end, TERMS, order_id, "не те реквизиты", house.row(order_id).version, by=ZIMIN)
    row = house.follow(statement_id)
    reason = "AM04 Недостаточно средств" if how == "refused" else "не те реквизиты"
    assert (row.state, row.note, row.payment_order_id) == ("payable", reason, None)
    second = house.do(payouts.draft, house.settling, statement_id)
    assert second != order_id and house.row(second).source_id == f"{statement_id}:2"
    assert (house.statement(statement_id).note, house.statement(statement_id).attempts) == ("", 2)


def test_money_that_came_back_is_payable_again_with_an_alarm(house: House) -> None:
    statement_id, order_id = house.drafted()
    house.sign(order_id)
    house.execute(order_id)
    house.follow(statement_id)
    house.give_back(order_id)
    row = house.follow(statement_id)
    assert (row.state, row.paid_entry_id, row.paid_at, row.note) == ("payable", None, None, "returned")
    assert (house.alarms(), house.paid(statement_id)) == (["settlement.bounced"], 0)
    second = house.do(payouts.draft, house.settling, statement_id)
    house.execute(second)
    assert house.follow(statement_id).state == "paid"
    assert (house.alarms(), house.paid(statement_id)) == ([], 90_00)


@pytest.mark.parametrize("late_debit", [False, True])
def test_there_and_back_before_anybody_looked(house: House, late_debit: bool) -> None:
    statement_id, order_id = house.drafted()
    house.sign(order_id)
    house.order_event(order_id, OrderEvent.PREPARE)
    if not late_debit:
        house.execute(order_id)
    house.give_back(order_id)
    assert house.follow(statement_id).state == "payable"
    if late_debit:  # the way back was read before the way there
        house.do(lambda unit: unit.update(payment_orders, order_id, entry_id="debit", version=99))
    row = house.follow(statement_id)
    assert (row.state, house.paid(statement_id), house.alarms()) == ("payable", 0, ["settlement.bounced"])
    assert house.payouts(statement_id)[0].entry_id is not None


def refused_then_redrafted(house: House) -> tuple[str, str, str]:
    """A statement whose first order the bank refused, and that has a second one: (statement, first, second)."""
    statement_id, first = house.drafted()
    house.sign(first)
    house.refuse(first)
    return statement_id, first, house.do(payouts.draft, house.settling, statement_id)


def test_the_bank_carries_out_what_it_had_refused_and_the_new_order_is_withdrawn(house: House) -> None:
    statement_id, first, second = refused_then_redrafted(house)
    house.sign(second)
    house.follow(statement_id)
    house.execute(first)
    row = house.follow(statement_id)
    assert (row.state, row.payment_order_id, house.state(second)) == ("paid", first, "withdrawn")
    assert house.follow(statement_id).state == "paid" and house.paid(statement_id) == 90_00
    assert house.alarms() == []


def test_a_new_order_that_has_left_already_is_told_of(house: House) -> None:
    statement_id, first, second = refused_then_redrafted(house)
    house.sign(second)
    house.order_event(second, OrderEvent.PREPARE)
    house.execute(first)
    assert house.follow(statement_id).state == "paid"
    assert (house.state(second), house.alarms()) == ("sending", ["settlement.second_order"])


def test_an_order_nobody_has_looked_at_yet_is_not_paid_a_second_time(house: House) -> None:
    statement_id, first = house.drafted()
    house.sign(first)
    house.refuse(first)
    house.follow(statement_id)
    house.execute(first)
    refused("state.illegal", house.do, payouts.draft, house.settling, statement_id)
    assert len(house.payouts(statement_id)) == 1


def paid_twice(house: House) -> tuple[str, str, str]:
    statement_id, first, second = refused_then_redrafted(house)
    house.sign(second)
    house.order_event(second, OrderEvent.PREPARE)
    for order_id in (first, second):
        house.execute(order_id)
        house.follow(statement_id)
    return statement_id, first, second


def test_what_is_paid_twice_is_carried_into_the_next_statement(house: House) -> None:
    statement_id, first, second = paid_twice(house)
    row = house.statement(statement_id)
    assert (row.state, row.payment_order_id, house.paid(statement_id)) == ("paid", first, 180_00)
    assert house.alarms() == ["settlement.paid_twice", "settlement.second_order"]
    surplus = house.lines()[-1]
    assert (surplus.kind, surplus.net, surplus.source_event) == ("carried", -90_00, f"overpaid:{second}")
    house.append(line("next", net=100_00, fee=0, on=TODAY + timedelta(days=3)))
    house.clock.advance(timedelta(days=7))
    assert house.statement(house.opened(until=TODAY + timedelta(days=7))).net == 10_00


@pytest.mark.parametrize("which", [0, 1])
def test_one_of_two_payments_comes_back_and_nothing_is_too_much_any_longer(house: House, which: int) -> None:
    statement_id, *orders = paid_twice(house)
    house.give_back(orders[which])
    row = house.follow(statement_id)
    other = orders[1 - which]
    assert (row.state, row.payment_order_id, row.paid_entry_id) == ("paid", other, f"debit-{other}")
    assert house.paid(statement_id) == 90_00
    assert sum(one.net for one in house.lines() if one.kind == "carried") == 0
    house.give_back(other)
    assert house.follow(statement_id).state == "payable"
    assert house.paid(statement_id) == 0
    assert sum(one.net for one in house.lines() if one.kind == "carried") == 0


def test_a_payee_that_cannot_be_paid_leaves_it_payable(house: House) -> None:
    statement_id = house.payable()
    with pytest.raises(Refused):
        house.do(payouts.draft, replace(house.settling, payee_of=no_payee), statement_id)
    assert house.state_of(statement_id) == "payable" and house.payouts(statement_id) == []


def test_the_account_is_named_where_there_are_several(house: House) -> None:
    own = TERMS.accounts[ACCOUNT]
    several = replace(TERMS, accounts={ACCOUNT: own, OTHER_ACCOUNT: replace(own, number=OTHER_ACCOUNT)})
    error = refused("settlement.no_account", SettlementTerms(several, payee_of).paying_account)
    assert error.values["count"] == 2
    assert SettlementTerms(several, payee_of, account=OTHER_ACCOUNT).paying_account() == OTHER_ACCOUNT


def test_a_sum_of_nothing_is_never_drafted(house: House) -> None:
    house.append(line("e1", net=0, fee=1_00))
    statement_id = house.opened()
    house.do(statements.send, statement_id)
    house.do(statements.accept, statement_id)
    refused("state.illegal", house.do, payouts.draft, house.settling, statement_id)
