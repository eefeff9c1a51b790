"""Payouts: automatic only to the kopeck, by a registry or by the loan numbers a lender lists."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from gateway.core.money import Money
from gateway.core.references import Reference
from gateway.matching.decide import Decision, Policy, decide
from gateway.matching.duplicates import MemoryDuplicates
from gateway.matching.facts import PaymentIn, read_facts
from gateway.matching.index import MemoryIndex, card
from gateway.matching.payout import MemoryRegistries
from gateway.payments.registries.model import Registry, RegistryLine

ACQUIRER, LENDER = "7700000122", "7700000203"
POLICY = Policy(payout_partners={ACQUIRER: "acquirer", LENDER: "loan"})
ON = date(2026, 11, 18)


def index() -> MemoryIndex:
    return MemoryIndex(
        card(
            f"i{n}", str(n), date(2026, 11, 10), Money(n * 1000), Money(n * 1000), "open",
            buyer_id=f"b{n}", buyer_kind="fl", buyer_name=f"Иванов Иван {n}", buyer_inn="",
            order_no=f"1000{n}", loan_no=f"70000{n}",
        )
        for n in (201, 202, 203)
    )  # fmt: skip


def registry(**changes: object) -> Registry:
    lines = tuple(RegistryLine(Reference.ORDER, f"1000{n}", Money(n * 1000)) for n in (201, 202))
    whole = Registry("R1", "acquirer", "105", ON, Money(403_000), Money(3_000), Money(400_000), lines)
    return replace(whole, **changes)  # type: ignore[arg-type]  # one field each


def paid(kopecks: int, purpose: str, inn: str = ACQUIRER) -> PaymentIn:
    return PaymentIn("p", "40702", "Партнёр", inn, "", "30301", Money(kopecks), purpose, "5", ON, ON)


def answer(payment: PaymentIn, registries: MemoryRegistries | None) -> Decision:
    return decide(read_facts(payment), index(), POLICY, MemoryDuplicates(), registries)


TEXT = "Возмещение по торг. эквайрингу, реестр № 105 от 18.11.2026. Сумма операций 4030.00, комиссия 30.00"


def test_a_registry_that_adds_up_explains_the_payout() -> None:
    decision = answer(paid(400_000, TEXT), MemoryRegistries([registry()]))
    assert decision.outcome == "registry" and decision.automatic
    assert decision.allocations == (("i201", Money(201_000)), ("i202", Money(202_000)))
    assert decision.fee == Money(3_000) and decision.registry_id == "R1"
    assert decision.release_ok == {"i201", "i202"}


@pytest.mark.parametrize(
    "changes",
    [
        {"net": Money(399_999), "fee": Money(3_001)},
        {"gross": Money(403_001)},
        {"fee": Money(2_999)},
        {"date": date(2026, 11, 17)},
        {"number": "106"},
        {"source": "post"},
        {"lines": (RegistryLine(Reference.ORDER, "1000201", Money(201_000)),) * 2},
        {"lines": (RegistryLine(Reference.ORDER, "999", Money(403_000)),)},
        {"lines": (RegistryLine(Reference.ORDER, "1000201", Money(403_000)),)},
    ],
)
def test_a_registry_that_does_not_add_up_is_a_persons(changes: dict[str, object]) -> None:
    decision = answer(paid(400_000, TEXT), MemoryRegistries([registry(**changes)]))
    assert decision.outcome == "payout_unexplained" and not decision.automatic and not decision.allocations


def test_without_registries_every_payout_is_a_persons() -> None:
    assert answer(paid(400_000, TEXT), None).outcome == "payout_unexplained"


def test_a_registry_explains_one_payment_only() -> None:
    registries = MemoryRegistries([registry()])
    registries.use("R1")
    assert answer(paid(400_000, TEXT), registries).outcome == "payout_unexplained"


def line(key: str, kopecks: int, row: int) -> RegistryLine:
    return RegistryLine(Reference.ORDER, key, Money(kopecks), row)


def test_each_line_that_does_not_fit_says_why_and_the_others_are_offered() -> None:
    known = [
        card(
            f"c{n}", str(n), date(2026, 11, 10), Money(10_000), Money(rest), state,
            buyer_id="b", buyer_kind="fl", buyer_name="Иванов", buyer_inn="", order_no=order,
        )
        for n, rest, state, order in (
            (1, 10_000, "open", "51"), (2, 0, "paid", "52"), (3, 0, "cancelled", "53"),
            (4, 10_000, "open", "54"), (5, 10_000, "open", "54"), (6, 4_000, "open", "56"),
        )
    ]  # fmt: skip
    orders = ("51", "52", "53", "54", "55", "56", "51")
    lines = tuple(line(order, 5_000, row) for row, order in enumerate(orders, start=3))
    told = registry(lines=lines, gross=Money(35_000), fee=Money(1_000), net=Money(34_000))
    decision = decide(
        read_facts(paid(34_000, TEXT)), MemoryIndex(known), POLICY, MemoryDuplicates(), MemoryRegistries([told])
    )
    against = [(r.values["row"], r.code.removeprefix("matching.registry_")) for r in decision.reasons[2:]]
    assert against == [
        ("4", "paid"), ("5", "cancelled"), ("6", "several"), ("7", "line"), ("8", "above"), ("9", "twice"),
    ]  # fmt: skip
    [offered] = decision.suggestions
    assert offered.allocations == (("c1", Money(5_000)),) and offered.difference == Money(30_000)
    assert (decision.automatic, decision.registry_id, decision.fee) == (False, "R1", Money(1_000))


def test_of_very_many_wrong_lines_the_first_are_told_and_the_rest_counted() -> None:
    lines = tuple(line(f"9{n:05d}", 1_000, n) for n in range(1, 51))
    decision = answer(
        paid(50_000, TEXT),
        MemoryRegistries([registry(lines=lines, gross=Money(50_000), fee=Money(0), net=Money(50_000))]),
    )
    assert len(decision.reasons) == 2 + 20 + 1 and decision.reasons[-1].values == {"count": "30"}


def test_a_registry_sent_twice_with_other_content_explains_nothing() -> None:
    second = registry(id="R2", net=Money(400_001))
    assert answer(paid(400_000, TEXT), MemoryRegistries([registry(), second])).outcome == "payout_unexplained"
    last_year = registry(id="R2", net=Money(500_000), date=date(2025, 11, 18))
    assert answer(paid(400_000, TEXT), MemoryRegistries([registry(), last_year])).registry_id == "R1"


def test_bad_rows_and_a_fee_below_zero_are_never_sound() -> None:
    for changes in ({"bad_rows": 1}, {"fee": Money(-3_000), "net": Money(406_000)}):
        one = registry(**changes)
        assert not one.sound
        decision = answer(paid(one.net.kopecks, TEXT), MemoryRegistries([one]))
        assert decision.outcome == "payout_unexplained" and not decision.automatic


def test_a_registry_of_the_same_sum_is_only_offered() -> None:
    registries = MemoryRegistries([registry()])
    decision = answer(paid(400_000, "Возмещение по эквайрингу"), registries)
    assert not decision.automatic and decision.registry_id == "R1" and decision.suggestions[0].difference == Money(0)
    registries.use("R1")
    assert answer(paid(400_000, "Возмещение по эквайрингу"), registries).registry_id == ""


def test_a_lender_that_lists_loans_and_pays_their_sum() -> None:
    decision = answer(paid(404_000, "Кредитные средства по заявкам 70000201, 70000203", LENDER), None)
    assert decision.outcome == "loans_listed"
    assert {i for i, _ in decision.allocations} == {"i201", "i203"}


@pytest.mark.parametrize(
    ("kopecks", "purpose"),
    [
        (404_001, "Кредитные средства по заявкам 70000201, 70000203"),
        (404_000, "Кредитные средства по заявкам 70000201, 70000204"),
        (404_000, "Кредитные средства по договору 12 от 01.02.2026"),
    ],
)
def test_a_lender_whose_list_does_not_fit_is_a_persons(kopecks: int, purpose: str) -> None:
    assert answer(paid(kopecks, purpose, LENDER), None).outcome == "payout_unexplained"
