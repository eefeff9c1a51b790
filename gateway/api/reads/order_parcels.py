"""The parcels an order was sent in, as its card names them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from gateway.api.reads.texts import said
from gateway.parcels.tables import parcels
from gateway.store.schema import AnyRow

_NAMED = ("id", "carrier", "track", "stage", "cod", "cod_received", "cod_state", "cod_due")


def of_order(connection: Connection, company: str, order: AnyRow) -> list[dict[str, Any]]:
    """In the order they were entered."""
    found = connection.execute(
        select(parcels)
        .where(parcels.c.company == company, parcels.c.order_no == order.number, parcels.c.order_id == order.id)
        .order_by(parcels.c.id)
    )
    return [
        {**{name: row._mapping[name] for name in _NAMED}, **said(f"parcel.stage.{row.stage}", name="stage")}
        for row in found
    ]
