"""Stock: what is on the shelf, what is promised, and reservations that can never oversell.

`stock` holds balances, `movements` every change that made them; a nightly check compares the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, and_, bindparam, func, select, update

from gateway.core.clock import to_text
from gateway.core.errors import Conflict
from gateway.core.ids import new_id
from gateway.core.quantity import Quantity
from gateway.store.driver import Command, Query
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit
from gateway.warehouse.model import Take
from gateway.warehouse.tables import movements, products, reservations, stock, warehouses

LIVE = ("hard", "picked")
_FREE = Query(
    select(stock.c.warehouse_id, (stock.c.on_hand - stock.c.reserved).label("free")).where(
        stock.c.company == bindparam("company"), stock.c.product_id == bindparam("product")
    )
)
# The condition stands in the UPDATE itself, so two orders can never get the same piece.
_TAKE = Command(
    update(stock)
    .where(
        stock.c.company == bindparam("of_company"),
        stock.c.product_id == bindparam("of_product"),
        stock.c.warehouse_id == bindparam("of_warehouse"),
        stock.c.on_hand - stock.c.reserved >= bindparam("take", type_=BigInteger),
    )
    .values(reserved=stock.c.reserved + bindparam("take", type_=BigInteger))
)


@dataclass(frozen=True, slots=True)
class Product:
    """Goods as 1C knows them."""

    id: str
    sku: str
    name: str
    unit: str = ""
    barcode: str = ""
    bin: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """What 1C says lies in a warehouse."""

    product_id: str
    warehouse_id: str
    qty: Quantity


def put_warehouse(unit: Unit, warehouse_id: str, name: str) -> None:
    """Take a warehouse in; the order of first appearance is the order of preference."""
    unit.memo.pop(warehouses, None)
    known = unit.connection.execute(
        select(warehouses.c.id).where(warehouses.c.company == unit.company, warehouses.c.id == warehouse_id)
    ).one_or_none()
    if known is None:
        last = unit.connection.execute(
            select(func.coalesce(func.max(warehouses.c.position), 0)).where(warehouses.c.company == unit.company)
        ).scalar_one()
        unit.insert(warehouses, {"company": unit.company, "id": warehouse_id, "name": name, "position": last + 1})
    elif name:
        unit.connection.execute(
            update(warehouses)
            .where(warehouses.c.company == unit.company, warehouses.c.id == warehouse_id)
            .values(name=name)
        )


def put_products(unit: Unit, goods: Iterable[Product]) -> int:
    """Take goods in or bring them up to date; returns how many are new."""
    new = 0
    for product in goods:
        values = {
            "sku": product.sku,
            "name": product.name,
            "unit": product.unit,
            "barcode": product.barcode,
            "bin": product.bin,
        }
        changed = unit.connection.execute(
            update(products).where(products.c.company == unit.company, products.c.id == product.id).values(**values)
        ).rowcount
        if not changed:
            unit.insert(products, dict(company=unit.company, id=product.id, **values))
            new += 1
    return new


def warehouse_ids(unit: Unit) -> list[str]:
    """All warehouses, preferred first."""
    if warehouses not in unit.memo:
        rows = unit.connection.execute(
            select(warehouses.c.id).where(warehouses.c.company == unit.company).order_by(warehouses.c.position)
        )
        unit.memo[warehouses] = [str(row.id) for row in rows]
    return list(unit.memo[warehouses])


def count(unit: Unit, rows: Sequence[Count], made_at: datetime, source: str) -> list[tuple[str, str]]:
    """Take over what 1C counted: `on_hand` becomes its number less what was shipped here after it was counted.

    Returns:
        (product, warehouse) pairs that are promised beyond what is there now: a person has to look.
    """
    made = to_text(made_at)
    over: list[tuple[str, str]] = []
    for row in rows:
        shipped_since = unit.connection.execute(
            select(func.coalesce(func.sum(movements.c.on_hand), 0)).where(
                movements.c.company == unit.company,
                movements.c.product_id == row.product_id,
                movements.c.warehouse_id == row.warehouse_id,
                movements.c.kind == "ship",
                movements.c.at > made,
            )
        ).scalar_one()
        on_hand = row.qty.thousandths + int(shipped_since)
        old = _balance(unit, row.product_id, row.warehouse_id)
        if old is None:
            unit.insert(
                stock,
                {
                    "company": unit.company,
                    "product_id": row.product_id,
                    "warehouse_id": row.warehouse_id,
                    "on_hand": on_hand,
                    "reserved": 0,
                },
            )
        elif old.on_hand != on_hand:
            unit.connection.execute(
                update(stock).where(_place(unit, row.product_id, row.warehouse_id)).values(on_hand=on_hand)
            )
        delta = on_hand - (old.on_hand if old else 0)
        if delta:
            _move(unit, row.product_id, row.warehouse_id, "count", delta, 0, source)
        if old is not None and old.reserved > on_hand:
            over.append((row.product_id, row.warehouse_id))
    return over


def free(unit: Unit, product_ids: Sequence[str]) -> dict[tuple[str, str], int]:
    """Thousandths free by (product, warehouse)."""
    return {
        (product_id, row.warehouse_id): row.free
        for product_id in dict.fromkeys(product_ids)
        for row in _FREE.all(unit.connection, company=unit.company, product=product_id)
    }


def reserve(unit: Unit, order_id: str, takes: Sequence[Take], pick_list_id: str) -> list[str]:
    """Promise goods to an order, each only where enough is free at this moment; returns the reservations' ids.

    Raises:
        Conflict: `stock.gone` when somebody else took it in between.
    """
    rows: list[dict[str, Any]] = []
    for take in takes:
        taken = _TAKE.run(
            unit.connection,
            of_company=unit.company,
            of_product=take.product_id,
            of_warehouse=take.warehouse_id,
            take=take.qty.thousandths,
        )
        if not taken:
            raise Conflict("stock.gone", product=take.product_id, qty=str(take.qty))
        rows.append(
            {
                "id": new_id(),
                "company": unit.company,
                "order_id": order_id,
                "line_id": take.line_id,
                "product_id": take.product_id,
                "warehouse_id": take.warehouse_id,
                "pick_list_id": pick_list_id,
                "qty": take.qty.thousandths,
                "state": "hard",
                "at": unit.at,
            }
        )
    unit.insert(reservations, *rows)
    unit.insert(
        movements,
        *(
            _movement(unit, take.product_id, take.warehouse_id, "reserve", 0, take.qty.thousandths, row["id"])
            for take, row in zip(takes, rows, strict=True)
        ),
    )
    return [str(row["id"]) for row in rows]


def release(unit: Unit, reservation: AnyRow, qty: Quantity | None = None) -> None:
    """Give a live reservation (or part of it) back; a second call finds nothing live and does nothing."""
    given_back = reservation.qty if qty is None else qty.thousandths
    rest = reservation.qty - given_back
    changed = unit.connection.execute(
        update(reservations)
        .where(
            reservations.c.id == reservation.id, reservations.c.state.in_(LIVE), reservations.c.qty == reservation.qty
        )
        .values(**({"qty": rest} if rest else {"state": "released"}))
    ).rowcount
    if changed:
        _unreserve(unit, reservation, given_back, "release", on_hand=0)


def ship(unit: Unit, reservation: AnyRow) -> None:
    """The goods left the house: less on hand, less promised."""
    changed = unit.connection.execute(
        update(reservations)
        .where(reservations.c.id == reservation.id, reservations.c.state == "picked")
        .values(state="shipped")
    ).rowcount
    if changed:
        _unreserve(unit, reservation, reservation.qty, "ship", on_hand=-reservation.qty)


def _unreserve(unit: Unit, reservation: AnyRow, qty: int, kind: str, on_hand: int) -> None:
    unit.connection.execute(
        update(stock)
        .where(_place(unit, reservation.product_id, reservation.warehouse_id))
        .values(reserved=stock.c.reserved - qty, on_hand=stock.c.on_hand + on_hand)
    )
    _move(unit, reservation.product_id, reservation.warehouse_id, kind, on_hand, -qty, reservation.id)


def live_of_order(unit: Unit, order_id: str) -> Sequence[AnyRow]:
    """Live reservations of an order."""
    return unit.connection.execute(
        select(reservations).where(reservations.c.order_id == order_id, reservations.c.state.in_(LIVE))
    ).all()


def kept_of_order(unit: Unit, order_id: str) -> Sequence[AnyRow]:
    """Reservations of an order that still stand for its goods: live ones and shipped ones."""
    return unit.connection.execute(
        select(reservations).where(reservations.c.order_id == order_id, reservations.c.state.in_((*LIVE, "shipped")))
    ).all()


def live_of_pick_list(unit: Unit, pick_list_id: str) -> Sequence[AnyRow]:
    """Live reservations of a pick list."""
    return unit.connection.execute(
        select(reservations).where(reservations.c.pick_list_id == pick_list_id, reservations.c.state.in_(LIVE))
    ).all()


def _place(unit: Unit, product_id: str, warehouse_id: str) -> Any:
    return and_(stock.c.company == unit.company, stock.c.product_id == product_id, stock.c.warehouse_id == warehouse_id)


def _balance(unit: Unit, product_id: str, warehouse_id: str) -> AnyRow | None:
    return unit.connection.execute(select(stock).where(_place(unit, product_id, warehouse_id))).one_or_none()


def _move(unit: Unit, product_id: str, warehouse_id: str, kind: str, on_hand: int, reserved: int, subject: str) -> None:
    unit.insert(movements, _movement(unit, product_id, warehouse_id, kind, on_hand, reserved, subject))


def _movement(
    unit: Unit, product_id: str, warehouse_id: str, kind: str, on_hand: int, reserved: int, subject: str
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "company": unit.company,
        "at": unit.at,
        "product_id": product_id,
        "warehouse_id": warehouse_id,
        "kind": kind,
        "on_hand": on_hand,
        "reserved": reserved,
        "subject": subject,
    }
