"""The two gates and the rules around them: duplicates, own money, preliminary lines, tolerance, suggestions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from gateway.core.money import Money
from gateway.matching.decide import Decision, Policy, decide
from gateway.matching.duplicates import MemoryDuplicates, document_key
from gateway.matching.facts import PaymentIn, read_facts
from gateway.matching.index import InvoiceState, MemoryIndex
from tests.matching.world import POLICY, decided, numbers, payment, world


def decide_on(
    paid: PaymentIn,
    index: MemoryIndex | None = None,
    policy: Policy = POLICY,
    duplicates: MemoryDuplicates | None = None,
) -> Decision:
    return decide(read_facts(paid), index or world(), policy, duplicates or MemoryDuplicates())


# -------------------------------------------------------------------- release is the stricter gate


def test_a_full_payment_by_its_buyer_may_be_released() -> None:
    assert decided("alpha", "12500.00", "счет 125").release_ok == {"alpha:125:2026"}


def test_a_preliminary_line_is_allocated_and_not_released() -> None:
    decision = decide_on(payment("alpha", "12500.00", "счет 125", final=False))
    assert decision.automatic and numbers(decision) == "125" and not decision.release_ok


def test_a_short_payment_is_never_released() -> None:
    assert not decided("alpha", "12499.99", "счет 125").release_ok


def test_within_the_companys_tolerance_a_short_payment_is_released_and_only_what_came_is_credited() -> None:
    policy = replace(POLICY, tolerance=Money.parse("10.00"))
    decision = decide_on(payment("alpha", "12495.00", "счет 125"), policy=policy)
    assert decision.allocations == (("alpha:125:2026", Money.parse("12495.00")),)
    assert decision.release_ok == {"alpha:125:2026"}


@pytest.mark.parametrize(
    ("tolerance", "paid", "released"), [("700.00", "11875.00", True), ("700.00", "11874.99", False)]
)
def test_no_tolerance_forgives_more_than_a_twentieth_of_the_invoice(tolerance: str, paid: str, released: bool) -> None:
    policy = replace(POLICY, tolerance=Money.parse(tolerance))
    decision = decide_on(payment("alpha", paid, "счет 125"), policy=policy)
    assert decision.automatic
    assert bool(decision.release_ok) is released


@pytest.mark.parametrize(("paid", "automatic"), [("12495.00", True), ("12490.00", True), ("12489.99", False)])
def test_a_promise_to_pay_in_full_is_kept_within_the_tolerance(paid: str, automatic: bool) -> None:
    policy = replace(POLICY, tolerance=Money.parse("10.00"))
    text = "Оплата по счету 125 на сумму 12500.00 руб. полностью"
    assert decide_on(payment("alpha", paid, text), policy=policy).automatic is automatic


def test_the_last_instalment_releases_the_invoice() -> None:
    index = world()
    first = decide_on(payment("alpha", "5000.00", "Частичная оплата по счету 125", number="1"), index)
    assert first.automatic and not first.release_ok
    for invoice_id, amount in first.allocations:
        index.settle(invoice_id, amount)
    last = decide_on(payment("alpha", "7500.00", "Доплата по счету 125", number="2"), index)
    assert last.release_ok == {"alpha:125:2026"}


def test_what_is_over_is_the_buyers_advance() -> None:
    decision = decided("alpha", "12600.00", "счет 125")
    assert decision.advance == Money.parse("100.00")
    assert decision.allocations == (("alpha:125:2026", Money.parse("12500.00")),)
    assert decision.release_ok == {"alpha:125:2026"}


def test_a_slip_in_the_number_is_credited_and_not_released() -> None:
    decision = decided("gamma", "20345.67", "счет 151")
    assert decision.automatic and not decision.release_ok


def test_a_company_may_forbid_to_credit_slips() -> None:
    decision = decide_on(payment("gamma", "20345.67", "счет 151"), policy=replace(POLICY, typo=False))
    assert not decision.automatic


def test_last_years_date_is_credited_and_not_released() -> None:
    decision = decided("alpha", "7340.50", "счет 126 от 13.11.2025")
    assert decision.automatic and not decision.release_ok


# -------------------------------------------------------------------- the same document again


def test_the_same_document_in_another_line_is_a_duplicate() -> None:
    duplicates = MemoryDuplicates()
    first = payment("alpha", "12500.00", "счет 125")
    duplicates.record(first)
    again = replace(first, id="another", purpose="СЧЕТ  125")
    decision = decide_on(again, duplicates=duplicates)
    assert decision.outcome == "duplicate_document"
    assert not decision.automatic and decision.reasons[0].values["payment"] == first.id


def test_a_line_is_no_duplicate_of_itself() -> None:
    duplicates = MemoryDuplicates()
    first = payment("alpha", "12500.00", "счет 125")
    duplicates.record(first)
    assert decide_on(first, duplicates=duplicates).automatic


@pytest.mark.parametrize(
    "change",
    [
        {"doc_no": "78"},
        {"doc_date": date(2026, 11, 21)},
        {"amount": Money.parse("12500.01")},
        {"payer_account": "40702810100000000999"},
        {"doc_no": ""},
        {"doc_date": None},
    ],
)
def test_a_true_repeat_is_kept(change: dict[str, object]) -> None:
    duplicates = MemoryDuplicates()
    first = payment("alpha", "12500.00", "счет 125")
    duplicates.record(first)
    again = replace(first, id="another", **change)  # type: ignore[arg-type]  # one field each
    assert duplicates.earlier(again) is None


def test_behind_a_banks_account_two_people_have_two_documents() -> None:
    one = payment("ivanova_transit", "4500.00", "счет 180")
    other = replace(one, payer_name="ПАО СБЕРБАНК//ПЕТРОВ ОЛЕГ ЮРЬЕВИЧ//")
    assert document_key(one) != document_key(other)


def test_leading_zeros_of_a_document_number_mean_nothing() -> None:
    one = payment("alpha", "12500.00", "счет 125", number="000077")
    assert document_key(one) == document_key(replace(one, doc_no="77"))


# -------------------------------------------------------------------- whose money


def test_money_from_an_own_account_is_an_own_transfer() -> None:
    policy = replace(POLICY, own_accounts=frozenset({payment("alpha", "1.00", "").payer_account}))
    assert decide_on(payment("alpha", "12500.00", "счет 125"), policy=policy).outcome == "own_transfer"


def test_our_own_inn_in_the_text_names_nobody() -> None:
    assert decided("alpha", "12500.00", "Получатель ООО Рамка ИНН 7707083893, счет 125").automatic


def test_the_inn_outweighs_the_name_and_the_account() -> None:
    paid = replace(payment("alpha", "12500.00", "счет 125"), payer_name="ООО «Бета»", payer_account="4070281")
    assert decide_on(paid).automatic


def test_a_known_account_counts_only_without_an_inn() -> None:
    paid = replace(payment("egorov", "8800.00", "счет 170"), payer_inn="6312000014")
    assert decide_on(paid).outcome == "third_party_unnamed"


# -------------------------------------------------------------------- numbers that begin anew every year


def test_the_sum_tells_this_years_invoice_from_last_years() -> None:
    index = world()
    old = index["alpha:125:2025"]
    index.add(replace(old, state=InvoiceState.OPEN.value, rest=old.amount))
    assert numbers(decide_on(payment("alpha", "12500.00", "счет 125"), index)) == "125"
    decision = decide_on(payment("alpha", "8000.00", "счет 125"), index)
    assert decision.allocations[0][0] == "alpha:125:2025"


def test_two_invoices_of_one_number_and_sum_are_a_persons() -> None:
    index = world()
    old = index["alpha:125:2025"]
    same = Money.parse("12500.00")
    index.add(replace(old, state=InvoiceState.OPEN.value, amount=same, rest=same))
    assert decide_on(payment("alpha", "12500.00", "счет 125"), index).outcome == "ambiguous"
    dated = decide_on(payment("alpha", "12500.00", "счет 125 от 20.11.2025"), index)
    assert dated.allocations[0][0] == "alpha:125:2025"


# -------------------------------------------------------------------- suggestions


@pytest.mark.parametrize(
    ("payer", "roubles", "purpose", "wanted"),
    [
        ("stranger", "12500.00", "счет 125", ["alpha:125:2026"]),
        ("beta", "3000.00", "Оплата за рамки", ["beta:141:2026", "beta:142:2026"]),
        ("delta", "5000.00", "Оплата за товар", ["delta:160:2026"]),
        ("alpha", "7340.50", "Оплата по счету 125", ["alpha:126:2026"]),
        ("gamma", "20000.00", "Оплата за товар", ["gamma:150:2026"]),
        ("beta", "21500.00", "Оплата по счету 140", [f"beta:{n}:2026" for n in (140, 141, 142, 143)]),
        ("ivanova_initials", "4500.00", "за рамки", ["ivanova:180:2026"]),
        ("stranger", "20345.67", "за товар за Гамма Принт", ["gamma:150:2026"]),
    ],
)
def test_the_right_invoices_are_among_three_suggestions(
    payer: str, roubles: str, purpose: str, wanted: list[str]
) -> None:
    decision = decided(payer, roubles, purpose)
    assert not decision.automatic
    assert wanted in [[invoice_id for invoice_id, _ in s.allocations] for s in decision.suggestions]


def test_suggestions_never_give_more_than_there_is() -> None:
    decision = decided("alpha", "10000.00", "Оплата по счетам 125, 126")
    assert 1 <= len(decision.suggestions) <= 3
    for suggestion in decision.suggestions:
        given = sum(amount.kopecks for _, amount in suggestion.allocations)
        assert given + suggestion.difference.kopecks == 1_000_000
        assert suggestion.difference.kopecks >= 0 and suggestion.reasons
