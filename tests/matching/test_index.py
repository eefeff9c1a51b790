"""The index in memory: what changes step by step equals what is built at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.money import Money
from gateway.core.references import Reference, reference_key
from gateway.matching.decide import Policy
from gateway.matching.index import InvoiceCard, InvoiceState, MemoryIndex
from gateway.matching.search import combination
from tests.matching.world import ALPHA, PAYERS, world


def test_lookups() -> None:
    index = world()
    assert [c.number for c in index.by_counter(125)] == ["125", "125"]
    assert [c.number for c in index.by_reference(Reference.ORDER, "0100204")] == ["З-204"]
    assert [c.number for c in index.open_by_rest("7801000012", Money.parse("5000.00"))] == ["160", "161"]
    assert [c.number for c in index.open_anywhere(Money.parse("4500.00"), 3)] == ["180", "182"]
    assert index.open_anywhere(Money.parse("4500.00"), 1) == ()
    assert index.balance("5036000010").count == 2
    assert index.balance("nobody") == index.balance("")
    assert index.knows(ALPHA) and not index.knows("6312000014")
    assert index.parties_by_name("иванова мария петровна") == ["id:ivanova"]
    assert index.parties_by_account(PAYERS["egorov"][2]) == ["526000000150"]
    assert len(index) == 24


def test_settling_takes_an_invoice_out_when_nothing_is_left() -> None:
    index = world()
    half = index.settle("gamma:150:2026", Money.parse("10000.00"))
    assert (half.rest, half.state) == (Money.parse("10345.67"), "open")
    assert index.open_by_rest("6658000018", Money.parse("20345.67")) == []
    paid = index.settle("gamma:150:2026", Money.parse("10345.67"))
    assert (paid.rest, paid.state) == (Money(0), InvoiceState.PAID)
    assert [c.number for c in index.open_of("6658000018")] == ["1507"]
    assert [c.state for c in index.by_counter(150)] == ["paid"]


@pytest.mark.parametrize("kopecks", [0, -1, 2_034_568])
def test_more_than_the_rest_is_refused(kopecks: int) -> None:
    with pytest.raises(ValueError, match="150"):
        world().settle("gamma:150:2026", Money(kopecks))


def test_a_cancelled_invoice_is_due_no_more() -> None:
    index = world()
    index.cancel("gamma:150:2026")
    assert index.balance("6658000018").count == 1
    assert [c.state for c in index.by_counter(150)] == ["cancelled"]


@given(st.lists(st.tuples(st.integers(0, 23), st.integers(1, 100)), max_size=40))
def test_changed_step_by_step_equals_built_at_once(steps: list[tuple[int, int]]) -> None:
    index = world()
    ids = [c.id for c in all_cards(index)]
    for place, percent in steps:
        known = index[ids[place]]
        part = Money(max(1, known.rest.kopecks * percent // 100))
        if known.open:
            index.settle(known.id, part)
        elif percent > 50:
            index.add(known)
    rebuilt = MemoryIndex(all_cards(index))
    for invoice in all_cards(index):
        assert index.by_counter(invoice.counter) == rebuilt.by_counter(invoice.counter)
        assert index.open_of(invoice.party) == rebuilt.open_of(invoice.party)
        assert index.balance(invoice.party) == rebuilt.balance(invoice.party)
        assert index.open_by_rest(invoice.party, invoice.rest) == rebuilt.open_by_rest(invoice.party, invoice.rest)
        assert index.open_anywhere(invoice.rest, 3) == rebuilt.open_anywhere(invoice.rest, 3)


def all_cards(index: MemoryIndex) -> list[InvoiceCard]:
    return [index[i] for i in sorted(index.ids())]


def test_reference_keys_are_compared_without_leading_zeros() -> None:
    assert reference_key("000100204") == reference_key("100204") == "100204"
    assert reference_key("ABC") == "ABC"


def test_sums_are_searched_within_bounds() -> None:
    index = world()
    cards = list(index.open_of("5260000019"))
    assert {c.number for c in combination(cards, Money.parse("6500.00"), Policy())[0]} == {"141", "142", "143"}
    assert combination(cards, Money.parse("6500.01"), Policy()) == []
    assert combination(cards, Money.parse("6500.00"), Policy(search_items=2)) == []
    assert combination(cards, Money.parse("6500.00"), Policy(search_steps=2)) == []
    both = combination(list(index.open_of("7801000012")), Money.parse("5800.00"), Policy(), at_least=2)
    assert len(both) == 2
