"""Payments made twice, and beneficiaries who are not who they seem."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from gateway.bank.statement import Entry, StatementHead
from gateway.core.money import Money
from gateway.flows.paid_to_pick import take_lines
from gateway.flows.terms import OwnCompany, Terms
from gateway.matching.decision import Policy
from gateway.payments.model import Source
from gateway.payments.outgoing import service
from gateway.payments.outgoing.known import same_reason
from gateway.payments.outgoing.model import OrderDraft
from tests.payments.outgoing.desk import (
    ANNA,
    DRAFT,
    OTHER_ACCOUNT,
    PAYEE,
    TAX_DRAFT,
    TERMS,
    TODAY,
    Desk,
    debit,
    draft,
)


def warned(desk: Desk, wanted: OrderDraft = DRAFT) -> list[str]:
    with desk.store.unit(ANNA) as unit:
        checked = service.check(unit, TERMS, wanted)
    assert checked.errors == ()
    return [w.code for w in checked.warnings if w.confirm]


def test_a_new_payee_is_told_a_known_one_is_not(desk: Desk) -> None:
    assert warned(desk) == ["outgoing.new_payee"]
    desk.know(PAYEE)
    assert warned(desk) == []


@pytest.mark.parametrize(
    "name",
    ["ООО «Канцтовары»", "КАНЦТОВАРЫ, ООО", "Общество с ограниченной ответственностью Канцтовары", "OOO Kанцтoвapы"],
)
def test_a_familiar_name_with_another_account(desk: Desk, name: str) -> None:
    desk.know(PAYEE)
    assert warned(desk, draft(payee_account=OTHER_ACCOUNT, payee_name=name)) == ["outgoing.lookalike"]


def test_a_familiar_inn_with_another_account_and_name(desk: Desk) -> None:
    desk.know(PAYEE)
    assert warned(desk, draft(payee_account=OTHER_ACCOUNT, payee_name="ООО «Новое имя»")) == ["outgoing.lookalike"]


def test_a_familiar_name_with_another_account_and_inn(desk: Desk) -> None:
    desk.know(PAYEE)
    wanted = draft(payee_account=OTHER_ACCOUNT, payee_inn="7705260699")
    assert warned(desk, wanted) == ["outgoing.lookalike"]


def test_a_familiar_account_with_another_name(desk: Desk) -> None:
    desk.know(PAYEE)
    assert warned(desk, draft(payee_name="ООО «Ромашка»", payee_inn="7705260699")) == ["outgoing.account_renamed"]
    assert warned(desk, draft(payee_name="Канцтовары-Плюс")) == [], "the same INN spelled otherwise"


def test_a_payee_with_two_known_accounts(desk: Desk) -> None:
    desk.know(PAYEE)
    desk.know(replace(PAYEE, account=OTHER_ACCOUNT))
    assert warned(desk) == [] and warned(desk, draft(payee_account=OTHER_ACCOUNT)) == []


def test_nobodys_inn_makes_no_two_people_alike(desk: Desk) -> None:
    person = replace(PAYEE, inn="", kpp="", name="Петров Пётр", account="40817810000000000001")
    desk.know(person)
    assert warned(desk) == ["outgoing.new_payee"]


def test_the_treasurys_account_is_met_once(desk: Desk) -> None:
    desk.know(TAX_DRAFT.payee)
    assert warned(desk, TAX_DRAFT) == []


@pytest.mark.parametrize(
    ("purpose", "twin"),
    [
        ("Оплата по счету № 5 от 20.11.2026", True),
        ("ОПЛАТА ПО СЧЁТУ № 5 от 20.11.2026, НДС не облагается", True),
        ("Доплата по сч. № 5", True),
        ("Оплата по счету № 6 от 20.11.2026", False),
        ("Аренда за ноябрь по договору № 5", False),
    ],
)
def test_the_same_bill_twice(desk: Desk, purpose: str, twin: bool) -> None:
    desk.know(PAYEE)
    desk.propose()
    assert warned(desk, draft(purpose=purpose, vat="none")) == (["outgoing.duplicate"] if twin else [])


def test_rent_of_two_months_under_one_contract_is_no_repetition() -> None:
    one, other = "Аренда по договору № 12/А за октябрь, без НДС", "Аренда по договору № 12/А за ноябрь, без НДС"
    assert not same_reason(one, other)
    assert same_reason(one, "аренда  по договору № 12/А за октябрь. В т.ч. НДС (22%) 5-00")


def test_other_sums_and_other_payees_are_no_repetition(desk: Desk) -> None:
    desk.know(PAYEE)
    desk.know(replace(PAYEE, account=OTHER_ACCOUNT))
    desk.propose()
    assert warned(desk, draft(amount=Money(12_200_01))) == []
    assert warned(desk, draft(payee_account=OTHER_ACCOUNT)) == []


@pytest.mark.parametrize(("days", "twin"), [(30, True), (31, False)])
def test_how_long_ago_counts(desk: Desk, days: int, twin: bool) -> None:
    desk.know(PAYEE)
    desk.propose()
    desk.clock.at += timedelta(days=days)
    later = draft(date=TODAY + timedelta(days=days))
    assert warned(desk, later) == (["outgoing.duplicate"] if twin else [])


def test_a_rejected_order_repeats_nothing(desk: Desk) -> None:
    desk.know(PAYEE)
    order_id = desk.propose()
    with desk.store.unit(ANNA) as unit:
        service.withdraw(unit, TERMS, order_id, "ошибка", 1)
        unit.commit()
    assert warned(desk) == []


def test_an_order_is_no_repetition_of_itself(desk: Desk) -> None:
    desk.know(PAYEE)
    order_id = desk.propose(confirmed=())
    with desk.store.unit(ANNA) as unit:
        row = service.load(unit, order_id)
        found = service.standing_warnings(unit, TERMS, service.draft_of(row), order_id, row.number)
    assert found == ()


@pytest.mark.parametrize(
    ("line", "twin"),
    [
        (debit(number="901"), True),
        (debit(number="15", purpose="За что-то ещё"), True),  # the number we are about to use
        (debit(number="901", purpose="За что-то ещё"), False),
        (debit(number="901", day=date(2026, 10, 1)), False),
    ],
)
def test_what_was_paid_by_the_banks_own_program_is_seen_too(desk: Desk, line: Entry, twin: bool) -> None:
    desk.know(PAYEE)
    house = Terms(OwnCompany(TERMS.name, TERMS.inn), Policy(own_inns=frozenset({TERMS.inn})))
    head = StatementHead("camt.053", "S1", "1", None, DRAFT.account, "", "", "RUB", None, None, ())
    take_lines(desk.store, house, Source("M1", "signed", desk.clock.now()), [head, line])
    assert warned(desk, draft(number="15")) == (["outgoing.duplicate"] if twin else [])
