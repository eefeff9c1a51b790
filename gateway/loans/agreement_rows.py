"""Agreements as rows: found, moved along their four tables, called off; and what lenders are told of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select, update

from gateway.core.errors import Refused
from gateway.core.states import Machine
from gateway.loans import receivable, rows, stage
from gateway.loans.model import SigningWay
from gateway.loans.papers import (
    FUNDING,
    GOODS,
    ORIGINAL,
    SIGNING,
    FundingEvent,
    GoodsEvent,
    GoodsState,
    OriginalEvent,
    SigningEvent,
    SigningFacts,
)
from gateway.loans.tables import agreements, decisions, visits
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

PaperEvent = SigningEvent | OriginalEvent | FundingEvent | GoodsEvent
GOODS_GONE = frozenset({GoodsState.SHIPPED, GoodsState.DELIVERED, GoodsState.COMMITTED})
GOODS_OUT = GOODS_GONE | {GoodsState.RELEASED}
GOODS_LEFT = GOODS_GONE | {GoodsState.RETURNED}
"""They have left once: nothing is called off any more, what came back goes the way of returns."""
CALLED_OFF = "called_off"
"""Result of a visit that nobody needs any more."""


def load(at: Unit | Connection, agreement_id: str) -> AnyRow:
    """An agreement's row, live or void.

    Raises:
        Refused: `loan.no_agreement`.
    """
    query = select(agreements).where(agreements.c.id == agreement_id)
    if isinstance(at, Unit):
        row = at.connection.execute(query.where(agreements.c.company == at.company)).one_or_none()
    else:
        row = at.execute(query).one_or_none()
    if row is None:
        raise Refused("loan.no_agreement")
    return row


def live(at: Unit | Connection, application_id: str) -> AnyRow | None:
    """The live agreement of an application, if there is one."""
    connection = at.connection if isinstance(at, Unit) else at
    return connection.execute(
        select(agreements).where(agreements.c.application_id == application_id, agreements.c.live == 1)
    ).one_or_none()


def void_with_money(unit: Unit, application_id: str) -> Sequence[AnyRow]:
    """Agreements of an application that came to nothing after money had come for them."""
    return unit.connection.execute(
        select(agreements)
        .where(agreements.c.application_id == application_id, agreements.c.live == 0, agreements.c.received > 0)
        .order_by(agreements.c.id)
    ).all()


def subject(agreement_id: str) -> str:
    """What journal rows about an agreement name: it is what a dispute is about, apart from the buyer's application."""
    return stage.settlement_subject(agreement_id)


def signing_facts(row: AnyRow) -> SigningFacts:
    """What the guards of the signing table ask of an agreement."""
    return SigningFacts(SigningWay(row.signing_way))


def step(unit: Unit, row: AnyRow, event: PaperEvent, /, **columns: Any) -> AnyRow:
    """Move one machine of an agreement along its table; the application's stage follows.

    Args:
        row: as the caller has read it.
        columns: other columns to set in the same go; they win over what the step clears.

    Raises:
        Refused: `state.illegal`, `state.not_yet`.
        Conflict: `loan.changed`.
    """
    column, machine = _MACHINES[type(event)]
    before = row._mapping[column]
    moved = machine.step(before, event, signing_facts(row) if column == "signing" else None)
    values = {**rows.blank(agreements, moved.clears), **columns, column: str(moved.to)}
    after = rows.put(unit, agreements, row, **values)
    unit.journal(
        f"agreement.{column}_moved",
        subject(row.id),
        application=row.application_id,
        event=event.value,
        before=before,
        state=str(moved.to),
    )
    unit.changed("loans", row.application_id)
    stage.refresh(unit, row.application_id)
    return after


def change(unit: Unit, row: AnyRow, /, **columns: Any) -> AnyRow:
    """Set columns without moving; returns the row as it is now.

    Raises:
        Conflict: `loan.changed`.
    """
    unit.changed("loans", row.application_id)
    return rows.put(unit, agreements, row, **columns)


def call_off(unit: Unit, application_id: str, why: str) -> AnyRow | None:
    """The live agreement of an application comes to nothing: nothing is signed, paid for or handed over under it any
    more. Returns its row, None where there was none.

    Raises:
        Refused: `loan.goods_left` when the buyer may have the goods: then they come back as a return; also when they
            all have: then the lender's money goes back for them, and not for a void agreement besides.
    """
    row = live(unit, application_id)
    if row is None:
        return None
    if row.goods in GOODS_LEFT:
        raise Refused("loan.goods_left")
    values: dict[str, Any] = {"live": 0, "hold_reasons": "[]"}
    for event in (SigningEvent.REFUSE, FundingEvent.CALL_OFF, GoodsEvent.CALL_OFF):
        column, machine = _MACHINES[type(event)]
        found = machine.table.get((row._mapping[column], event))
        if found is not None:
            values[column] = str(found.to)
    after = rows.put(unit, agreements, row, **values)
    receivable.close(unit, after)
    under_way = (visits.c.agreement_id == row.id) & visits.c.ended_at.is_(None)
    unit.connection.execute(update(visits).where(under_way).values(ended_at=unit.at, result=CALLED_OFF))
    unit.journal("agreement.called_off", subject(row.id), application=application_id, why=why)
    unit.changed("loans", application_id)
    return after


def tell_lender(unit: Unit, topic: str, application_id: str, lender: str, **more: Any) -> None:
    """Have a lender told something: "loan.accept", "loan.signed", …; his adapter makes it idempotent.

    The payload holds {application, lender, decision} and `more`.
    """
    decision_id = unit.connection.execute(
        select(decisions.c.id).where(decisions.c.application_id == application_id, decisions.c.lender == lender)
    ).scalar_one()
    payload = {"application": application_id, "lender": lender, "decision": decision_id, **more}
    unit.emit(topic, f"loan:{application_id}:{lender}", payload)


_MACHINES: dict[type, tuple[str, Machine[Any, Any]]] = {
    SigningEvent: ("signing", SIGNING),
    OriginalEvent: ("original", ORIGINAL),
    FundingEvent: ("funding", FUNDING),
    GoodsEvent: ("goods", GOODS),
}
