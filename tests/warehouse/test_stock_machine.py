"""Any interleaving of orders, payments, picks, stornos and counts keeps stock and demand in balance."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gateway.core.errors import Refused
from gateway.core.quantity import Quantity
from gateway.flows import picking
from gateway.flows.by_hand import cancel_order, ship_order
from gateway.flows.picking import PickedLine
from gateway.orders.tables import order_lines, orders
from gateway.service.housekeeping import wrong_balances
from gateway.store import journal
from gateway.warehouse import stock as stock_service
from gateway.warehouse.tables import backorders, pick_lines, pick_lists, reservations, stock
from tests.flows.shop import MANAGER, STOREMAN, TERMS, Shop


class Trade(RuleBasedStateMachine):
    """Everybody at once: customers, the bank, the warehouse, 1C."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="kvit-trade-"))
        self.shop = Shop(self.folder)
        for product in ("a", "b"):
            self.shop.goods(product, main=4, shop=2)
        self.number = 0
        self.refs: dict[str, tuple[int, str]] = {}

    def teardown(self) -> None:
        self.shop.close()
        shutil.rmtree(self.folder)

    @rule(a=st.integers(0, 4), b=st.integers(0, 3))
    def order_and_pay(self, a: int, b: int) -> None:
        lines = {p: n for p, n in (("a", a), ("b", b)) if n}
        if not lines:
            return
        self.number += 1
        name, ref = f"УТ-{self.number:04d}", f"REF{self.number}"
        self.shop.order(name, lines, price=10_000 + self.number)
        kopecks = (10_000 + self.number) * (a + b)
        self.shop.deliver(self.shop.line(kopecks, f"По счету № {name}", ref=ref))
        self.refs[name] = (kopecks, ref)

    @precondition(lambda self: self.refs)
    @rule(data=st.data())
    def storno(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.refs)))
        kopecks, ref = self.refs.pop(name)
        self.shop.deliver(self.shop.line(kopecks, "Сторно", reversal_of=ref))

    @precondition(lambda self: self.shop.rows(pick_lists))
    @rule(data=st.data(), event=st.sampled_from(["confirm", "take", "start", "close", "cancel"]))
    def warehouse(self, data: st.DataObject, event: str) -> None:
        pick = data.draw(st.sampled_from([p.id for p in self.shop.rows(pick_lists)]))
        self._try(STOREMAN, lambda unit: picking.act(unit, TERMS, pick, event))

    @precondition(lambda self: self.shop.rows(pick_lists))
    @rule(data=st.data(), share=st.floats(0, 1))
    def pick(self, data: st.DataObject, share: float) -> None:
        pick = data.draw(st.sampled_from([p.id for p in self.shop.rows(pick_lists)]))
        found = [
            PickedLine(line.id, Quantity(int(line.qty * share) // 1000 * 1000), "missing")
            for line in self.shop.rows(pick_lines, pick_list_id=pick)
        ]
        self._try(STOREMAN, lambda unit: picking.act(unit, TERMS, pick, "pick", found))

    @precondition(lambda self: self.shop.rows(orders))
    @rule(data=st.data(), ship=st.booleans())
    def manager(self, data: st.DataObject, ship: bool) -> None:
        chosen = data.draw(st.sampled_from([o.id for o in self.shop.rows(orders)]))
        use = ship_order if ship else cancel_order
        self._try(MANAGER, lambda unit: use(unit, TERMS, chosen))

    @rule(product=st.sampled_from(["a", "b"]), pieces=st.integers(0, 6))
    def count(self, product: str, pieces: int) -> None:
        with self.shop.store.unit() as unit:
            counted = [stock_service.Count(product, "main", Quantity.of(pieces))]
            stock_service.count(unit, counted, unit.now, "onec")
            picking.goods_arrived(unit, TERMS, [product])
            unit.commit()

    def _try(self, actor, use) -> None:
        with self.shop.store.unit(actor) as unit:
            try:
                use(unit)
                unit.commit()
            except Refused:
                pass

    @invariant()
    def what_is_promised_is_the_sum_of_live_reservations(self) -> None:
        live: dict[tuple[str, str], int] = {}
        for row in self.shop.rows(reservations):
            if row.state in ("hard", "picked"):
                place = (row.product_id, row.warehouse_id)
                live[place] = live.get(place, 0) + row.qty
        for row in self.shop.rows(stock):
            assert row.reserved == live.get((row.product_id, row.warehouse_id), 0) >= 0
        with self.shop.store.reading() as connection:
            assert wrong_balances(connection) == []

    @invariant()
    def the_demand_of_a_released_order_is_never_lost(self) -> None:
        for order in self.shop.rows(orders):
            if order.stock_state == "none" or order.ship_state == "cancelled" or order.hold_reason:
                continue
            wanted = sum(line.qty for line in self.shop.rows(order_lines, order_id=order.id))
            kept = sum(
                row.qty
                for row in self.shop.rows(reservations, order_id=order.id)
                if row.state in ("hard", "picked", "shipped")
            )
            owed = sum(row.qty for row in self.shop.rows(backorders, order_id=order.id) if row.state == "open")
            assert kept + owed == wanted, order.number

    @invariant()
    def an_order_without_stock_state_keeps_no_goods(self) -> None:
        for order in self.shop.rows(orders):
            if order.stock_state == "none":
                kept = [r.state for r in self.shop.rows(reservations, order_id=order.id)]
                assert not {"hard", "picked"} & set(kept), order.number

    @invariant()
    def the_journal_holds(self) -> None:
        with self.shop.store.reading() as connection:
            assert journal.verify(connection).ok


TestTrade = Trade.TestCase
TestTrade.settings = settings(
    max_examples=12, stateful_step_count=18, deadline=None, suppress_health_check=[*HealthCheck]
)
