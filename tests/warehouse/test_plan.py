"""Where an order's goods are taken from: properties of the pure rule."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.quantity import Quantity
from gateway.warehouse.model import Want, plan, small_order

PRODUCTS, WAREHOUSES = ("a", "b", "c"), ("w1", "w2", "w3")
wants_of = st.lists(
    st.builds(Want, st.uuids().map(str), st.sampled_from(PRODUCTS), st.integers(1, 9000).map(Quantity)), max_size=6
)
free_of = st.dictionaries(
    st.tuples(st.sampled_from(PRODUCTS), st.sampled_from(WAREHOUSES)), st.integers(-2000, 20_000), max_size=9
)


@given(wants_of, free_of)
def test_nothing_is_invented_and_nothing_forgotten(wants: list[Want], free: dict[tuple[str, str], int]) -> None:
    chosen = plan(wants, free, WAREHOUSES)
    for want in wants:
        given_ = sum(t.qty.thousandths for t in chosen.takes if t.line_id == want.line_id)
        missing = sum(m.qty.thousandths for m in chosen.missing if m.line_id == want.line_id)
        assert given_ + missing == want.qty.thousandths
    for (product, warehouse), available in free.items():
        taken = sum(t.qty.thousandths for t in chosen.takes if (t.product_id, t.warehouse_id) == (product, warehouse))
        assert taken <= max(0, available)
    assert all((t.product_id, t.warehouse_id) in free for t in chosen.takes)
    assert all(t.qty.thousandths > 0 for t in chosen.takes)


@given(wants_of, free_of)
def test_goods_are_missing_only_when_no_warehouse_has_them_left(
    wants: list[Want], free: dict[tuple[str, str], int]
) -> None:
    chosen = plan(wants, free, WAREHOUSES)
    for want in chosen.missing:
        for warehouse in WAREHOUSES:
            taken = sum(
                t.qty.thousandths
                for t in chosen.takes
                if (t.product_id, t.warehouse_id) == (want.product_id, warehouse)
            )
            assert free.get((want.product_id, warehouse), 0) - taken <= 0


def test_one_warehouse_that_has_everything_is_preferred_to_a_split() -> None:
    wants = [Want("1", "a", Quantity.of(2)), Want("2", "b", Quantity.of(1))]
    free = {("a", "w1"): 5000, ("a", "w2"): 2000, ("b", "w2"): 1000}
    assert plan(wants, free, WAREHOUSES).one_warehouse
    assert {t.warehouse_id for t in plan(wants, free, WAREHOUSES).takes} == {"w2"}


def test_the_small_order_rule_counts_pieces_and_warehouses() -> None:
    wants = [Want("1", "a", Quantity.of(5))]
    assert small_order(wants, plan(wants, {("a", "w1"): 5000}, WAREHOUSES), 5)
    assert not small_order(wants, plan(wants, {("a", "w1"): 5000}, WAREHOUSES), 4)
    assert not small_order(wants, plan(wants, {("a", "w1"): 3000, ("a", "w2"): 2000}, WAREHOUSES), 5)
