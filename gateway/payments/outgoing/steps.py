"""Moving a payment order: one place where its state changes, and where it is written down that it did."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select, update

from gateway.core.errors import Conflict, Refused
from gateway.core.ids import new_id
from gateway.payments.outgoing.model import ORDER, OrderEvent, OrderState
from gateway.payments.outgoing.tables import payment_order_events, payment_orders
from gateway.store.driver import Query
from gateway.store.schema import AnyRow, dumps
from gateway.store.unit import Unit

ONEC_STATUS = "onec.payment_order"
"""Outbox topic: how an order of 1C's fares, as it stood when the unit ended."""
_NOTE_LIMIT = 1000
_ROW = Query(
    select(payment_orders).where(
        payment_orders.c.id == bindparam("id"), payment_orders.c.company == bindparam("company")
    )
)


def load(unit: Unit, order_id: str, expected_version: int | None = None) -> AnyRow:
    """The order's row.

    Raises:
        Refused: `outgoing.unknown`.
        Conflict: `outgoing.changed` when it is not the version the caller saw.
    """
    row = _ROW.one_or_none(unit.connection, id=order_id, company=unit.company)
    if row is None:
        raise Refused("outgoing.unknown", id=order_id[:40])
    if expected_version is not None and row.version != expected_version:
        raise Conflict("outgoing.changed", number=row.number)
    return row


def move(
    unit: Unit, row: AnyRow, event: OrderEvent, *, said: str = "", told: dict[str, Any] | None = None, **columns: Any
) -> AnyRow:
    """Take an order, as it was read, one step on; returns its new row.

    Args:
        said: what a person said.
        told: what the event is about, for the history; never a secret.
        columns: values the step sets.

    Raises:
        Refused: `state.illegal`.
        Conflict: `outgoing.changed` when somebody moved it since it was read.
    """
    to = ORDER.step(OrderState(row.state), event).to
    return _change(unit, row, event, to, said, told or {}, columns)


def tell(
    unit: Unit, row: AnyRow, event: str, *, said: str = "", told: dict[str, Any] | None = None, **columns: Any
) -> AnyRow:
    """Something happened to an order that does not move it; returns its new row. The arguments are those of `move`.

    Raises:
        Conflict: `outgoing.changed`.
    """
    return _change(unit, row, event, OrderState(row.state), said, told or {}, columns)


def began(unit: Unit, row: AnyRow, told: dict[str, Any]) -> None:
    """The first line of an order's history."""
    _record(unit, row, "proposed", "", told)


def has_event(unit: Unit, order_id: str, event: str) -> bool:
    """Whether this happened to the order before."""
    found = unit.connection.execute(
        select(payment_order_events.c.id)
        .where(payment_order_events.c.order_id == order_id, payment_order_events.c.event == event)
        .limit(1)
    )
    return found.one_or_none() is not None


def _change(
    unit: Unit, row: AnyRow, event: str, to: OrderState, note: str, told: dict[str, Any], columns: dict[str, Any]
) -> AnyRow:
    changed = unit.connection.execute(
        update(payment_orders)
        .where(
            payment_orders.c.id == row.id,
            payment_orders.c.company == unit.company,
            payment_orders.c.version == row.version,
        )
        .values(state=to, version=row.version + 1, **columns)
    ).rowcount
    if changed != 1:
        raise Conflict("outgoing.changed", number=row.number)
    after = load(unit, row.id)
    _record(unit, after, event, note, told)
    return after


def _record(unit: Unit, row: AnyRow, event: str, note: str, told: dict[str, Any]) -> None:
    unit.insert(
        payment_order_events,
        {
            "id": new_id(),
            "company": unit.company,
            "order_id": row.id,
            "at": unit.at,
            "event": str(event),
            "state": row.state,
            "actor": unit.actor.name,
            "role": unit.actor.role.value,
            "note": note[:_NOTE_LIMIT],
            "values": dumps(told),
        },
    )
    unit.journal(
        "payment_order.moved", f"payment_order:{row.id}", event=str(event), state=row.state, note=note, **_safe(told)
    )
    unit.changed("outgoing", row.id)
    if row.source == "1c":
        unit.at_end(_emit_statuses, row.id)


def _safe(told: dict[str, Any]) -> dict[str, Any]:
    return {"told": told} if told else {}


def _emit_statuses(unit: Unit, ids: list[str]) -> None:
    """One row for each order of 1C's that moved: what 1C reads, as it stands now."""
    for order_id in ids:
        row = load(unit, order_id)
        unit.emit(
            ONEC_STATUS,
            f"payment_order:{row.id}",
            {
                "version": 1,
                "at": unit.at,
                **{
                    name: row._mapping[name]
                    for name in (
                        "id", "source_id", "state", "account", "number", "date", "amount", "priority", "payee_name",
                        "payee_inn", "payee_kpp", "payee_account", "payee_bic", "payee_bank", "payee_corr", "purpose",
                        "uin", "tax", "bank_code", "bank_text", "executed_at", "entry_id", "note",
                    )
                },
            },
        )  # fmt: skip
