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
