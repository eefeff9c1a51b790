"""Laws that hold for any payments: money is conserved, nothing is given twice, chunks and restarts change nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.money import Money
from gateway.matching.decide import Decision, Policy, decide
from gateway.matching.duplicates import MemoryDuplicates
from gateway.matching.facts import PaymentIn, read_facts
from gateway.matching.index import InvoiceCard, MemoryIndex, card

ON = date(2026, 11, 20)
BUYERS = (
    ("b1", "ul", "ООО «Альфа»", "7701000019"),
    ("b2", "ul", "ООО «Бета»", "5260000019"),
    ("b3", "fl", "Иванов Иван Петрович", ""),
)
# Few numbers and few sums, so that everything collides with everything.
SUMS = st.sampled_from([1000, 2000, 3000, 5000, 10_000, 50_000, 55_000, 100_000])
NUMBERS = st.sampled_from(["7", "8", "9", "10", "11", "СФ-8", "УТ-9/26", "З-10", "8/25", "10-А"])
WORDS = st.sampled_from(
    ["оплата", "счет", "счета", "счетам", "№", ",", "и", "по", "с", "-", "договор", "заказ", "7", "8", "9", "10", "11",
     "СФ-8", "УТ-9/26", "З-10", "8-11", "от 20.11.2026", "от 20.11.2025", "частично", "аванс", "полностью", "за рамки",
     "за ООО «Бета» ИНН 5260000019", "ИНН 7701000019", "на сумму 500.00", "10 руб", "возврат", "НДС 22% 1-80", "5 шт"]
)  # fmt: skip


@st.composite
def invoices(draw: st.DrawFn) -> list[InvoiceCard]:
    cards = []
    for place in range(draw(st.integers(1, 8))):
        buyer_id, kind, name, inn = draw(st.sampled_from(BUYERS))
        amount = Money(draw(SUMS))
        state = draw(st.sampled_from(["open", "open", "open", "paid", "cancelled"]))
        year = draw(st.sampled_from([2026, 2026, 2025]))
        rest = amount if state == "open" else Money(0)
        cards.append(
            card(
                f"i{place}", draw(NUMBERS), date(year, 11, 20), amount, rest, state,
                buyer_id=buyer_id, buyer_kind=kind, buyer_name=name, buyer_inn=inn,
            )
        )  # fmt: skip
    return cards


@st.composite
def payments(draw: st.DrawFn) -> list[PaymentIn]:
    made = []
    for place in range(draw(st.integers(1, 12))):
        _, _, name, inn = draw(st.sampled_from((*BUYERS, ("", "", "ООО «Чужая»", "6658000018"))))
        made.append(
            PaymentIn(
                f"p{place}", "40702", name, inn, "", f"4070281{inn or '0'}", Money(draw(SUMS)),
                " ".join(draw(st.lists(WORDS, max_size=8))), draw(st.sampled_from(["1", "2", "3", "4", "5"])), ON, ON,
                final=draw(st.booleans()),
            )
        )  # fmt: skip
    return made


def run(
    cards: Sequence[InvoiceCard], paid: Sequence[PaymentIn], restart_after: frozenset[int] = frozenset()
) -> tuple[list[Decision], MemoryIndex]:
    """Decide in order; after the payments in `restart_after` everything in memory is rebuilt from what is stored."""
    index, duplicates = MemoryIndex(cards), MemoryDuplicates()
    decisions = []
    for place, payment in enumerate(paid):
        decision = decide(read_facts(payment), index, Policy(), duplicates)
        for invoice_id, amount in decision.allocations:
            index.settle(invoice_id, amount)  # raises when more than the rest is given
        duplicates.record(payment)
        decisions.append(decision)
        if place in restart_after:
            index = MemoryIndex(index[i] for i in reversed(index.ids()))
            duplicates = MemoryDuplicates()
            for earlier in paid[: place + 1]:
                duplicates.record(earlier)
    return decisions, index


@given(invoices(), payments())
@settings(max_examples=400, deadline=None)
def test_money_is_conserved_and_no_invoice_gets_more_than_its_due(
    cards: list[InvoiceCard], paid: list[PaymentIn]
) -> None:
    decisions, index = run(cards, paid)
    due = {c.id: c.rest.kopecks for c in cards}
    for payment, decision in zip(paid, decisions, strict=True):
        given = sum(a.kopecks for _, a in decision.allocations)
        assert given + decision.advance.kopecks == payment.amount.kopecks + decision.fee.kopecks
        assert decision.advance.kopecks >= 0 and all(a.kopecks > 0 for _, a in decision.allocations)
        assert decision.automatic or not decision.allocations
        for invoice_id, amount in decision.allocations:
            due[invoice_id] -= amount.kopecks
    assert all(rest >= 0 for rest in due.values())
    assert all(index[i].rest.kopecks == rest for i, rest in due.items())


@given(invoices(), payments())
@settings(max_examples=300, deadline=None)
def test_only_what_is_covered_in_full_by_a_final_line_may_be_released(
    cards: list[InvoiceCard], paid: list[PaymentIn]
) -> None:
    decisions, _ = run(cards, paid)
    rest = {c.id: c.rest for c in cards}
    for payment, decision in zip(paid, decisions, strict=True):
        for invoice_id, amount in decision.allocations:
            rest[invoice_id] -= amount
        assert decision.release_ok <= {i for i, _ in decision.allocations}
        assert all(not rest[i] and payment.final for i in decision.release_ok)


@given(invoices(), payments(), st.frozensets(st.integers(0, 12)))
@settings(max_examples=300, deadline=None)
def test_chunks_and_restarts_change_no_decision(
    cards: list[InvoiceCard], paid: list[PaymentIn], restarts: frozenset[int]
) -> None:
    assert run(cards, paid)[0] == run(list(reversed(cards)), paid, restarts)[0]


@given(invoices(), payments())
@settings(max_examples=200, deadline=None)
def test_a_strangers_money_pays_nobodys_invoice(cards: list[InvoiceCard], paid: list[PaymentIn]) -> None:
    decisions, _ = run(cards, paid)
    owners = {c.id: c.buyer_inn for c in cards}
    for payment, decision in zip(paid, decisions, strict=True):
        for invoice_id, _ in decision.allocations:
            inn = owners[invoice_id]
            assert inn in ("", payment.payer_inn) or inn in payment.purpose


@given(invoices(), payments())
@settings(max_examples=200, deadline=None)
def test_suggestions_are_three_at_most_and_possible(cards: list[InvoiceCard], paid: list[PaymentIn]) -> None:
    rest = {c.id: c.rest.kopecks for c in cards}
    for payment in paid:
        decision = decide(read_facts(payment), MemoryIndex(cards), Policy(), MemoryDuplicates())
        assert len(decision.suggestions) <= 3
        for suggestion in decision.suggestions:
            given = sum(a.kopecks for _, a in suggestion.allocations)
            assert given + suggestion.difference.kopecks == payment.amount.kopecks
            assert all(0 < a.kopecks <= rest[i] for i, a in suggestion.allocations)


@given(invoices(), payments())
@settings(max_examples=100, deadline=None)
def test_deciding_changes_nothing(cards: list[InvoiceCard], paid: list[PaymentIn]) -> None:
    index, duplicates = MemoryIndex(cards), MemoryDuplicates()
    first = [decide(read_facts(p), index, Policy(), duplicates) for p in paid]
    assert first == [decide(read_facts(p), index, Policy(), duplicates) for p in paid]
    assert [index[c.id] for c in cards] == list(cards)
