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
from gateway.matching.index import InvoiceCard, MemoryIndex, card
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


def order(number: str, state: str = "open") -> InvoiceCard:
    due = Money(10_000 if state == "open" else 0)
    return card(
        f"{number}:{state}", "77", date(2026, 11, 10), Money(10_000), due, state,
        buyer_id=number, buyer_kind="fl", buyer_name="Иванов Иван Иванович", buyer_inn="", order_no=number,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("key", "orders", "pays"),
    [
        ("ИМ-123", [order("ИМ-123", "paid"), order("ОПТ-123")], ""),
        ("ИМ-123", [order("ОПТ-123")], ""),
        ("ИМ-123", [order("ИМ-123"), order("ОПТ-123")], "ИМ-123:open"),
        ("12-3", [order("12-3", "paid"), order("1-23")], ""),
        ("12-3", [order("1-23")], ""),
        ("123", [order("123", "paid"), order("А-0123")], ""),
        ("123", [order("ИМ-123", "paid"), order("ОПТ-123")], ""),
        ("123", [order("ИМ-123")], "ИМ-123:open"),
        ("Заказ № IM-000123", [order("IM-123")], "IM-123:open"),
        ("00 123", [order("123", "paid"), order("123")], "123:open"),
    ],
)
def test_a_line_never_pays_an_order_of_another_series(key: str, orders: list[InvoiceCard], pays: str) -> None:
    lines = (RegistryLine(Reference.ORDER, key, Money(10_000)),)
    one = registry(lines=lines, gross=Money(10_000), fee=Money(0), net=Money(10_000))
    facts = read_facts(paid(10_000, TEXT))
    decision = decide(facts, MemoryIndex(orders), POLICY, MemoryDuplicates(), MemoryRegistries([one]))
    assert [invoice for invoice, _ in decision.allocations] == ([pays] if pays else [])


def test_beside_a_registrys_number_another_documents_says_nothing() -> None:
    text = "Возмещение по договору № {} реестр № {} от 18.11.2026"
    assert not answer(paid(400_000, text.format("105", "106")), MemoryRegistries([registry()])).automatic
    assert answer(paid(400_000, text.format("106", "105")), MemoryRegistries([registry()])).automatic


@pytest.mark.parametrize(
    ("changes", "purpose", "code"),
    [
        ({"fee": Money(400_000), "net": Money(3_000)}, TEXT, "matching.registry_fee_high"),
        ({"date": date(2025, 11, 18)}, "Возмещение, реестр № 105", "matching.registry_old"),
    ],
)
def test_a_registry_that_adds_up_and_is_not_to_be_believed(changes: dict[str, object], purpose: str, code: str) -> None:
    one = registry(**changes)
    decision = answer(paid(one.net.kopecks, purpose), MemoryRegistries([one]))
    assert not decision.automatic and code in {reason.code for reason in decision.reasons}


def test_a_lender_that_takes_a_loan_back_pays_nothing() -> None:
    decision = answer(paid(201_000, "Возврат по отменённой заявке 70000201", LENDER), None)
    assert not decision.automatic and decision.outcome == "payout_unexplained"
