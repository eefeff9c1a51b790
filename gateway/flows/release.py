"""The release gate of an order, and what follows when it opens: goods held, pick lists, call task."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select, update

from gateway.core.authority import Role
from gateway.core.clock import from_text
from gateway.core.ids import new_id
from gateway.core.money import Money
from gateway.core.quantity import Quantity
from gateway.core.workdays import add_work_minutes
from gateway.flows import to_1c
from gateway.flows.terms import Terms
from gateway.matching import service as matching
from gateway.matching.tables import decisions
from gateway.orders import service as orders
from gateway.orders.model import PayState, ShipState, StockState
from gateway.orders.release import Cover, Verdict, release_rule
from gateway.orders.tables import invoices, releases, timelines
from gateway.payments.model import PaymentState
from gateway.payments.tables import entries, payments
from gateway.store import marks
from gateway.store.schema import AnyRow, dumps
from gateway.store.unit import Unit
from gateway.tasks import service as tasks
from gateway.tasks.model import NewTask, TaskKind
from gateway.warehouse import picking, stock
from gateway.warehouse.model import UNTOUCHED, PickState, Plan, Want, plan, small_order
from gateway.warehouse.picking import Heading, LineText

MODE_MARK = "release.mode"
AUTOMATIC, MANUAL = "automatic", "manual"


def release_mode(connection: Any, company: str) -> str:
    """ "automatic" once somebody with the right switched it on, else "manual"."""
    return str(marks.get(connection, company, MODE_MARK) or MANUAL)


def settle_order(unit: Unit, terms: Terms, order_id: str) -> bool:
    """Look at an order again after money moved; open the gate when the release rule holds.

    Returns:
        True when the order was released just now.
    """
    invoice_rows = _invoices(unit, order_id)
    covers = _covers(unit, invoice_rows)
    times = _times(unit, [c.payment_id for c in covers])
    last = max(times.values(), key=lambda t: t[0]) if times else None
    order = orders.recount_payment(unit, order_id, last[0] if last else None)
    to_1c.order_status(unit, order_id)
    if live_release(unit, order_id) is not None or order.pay_state != PayState.PAID or last is None:
        return False
    verdict = release_rule(
        orders.due_of(unit, order_id),
        covers,
        accepts_channel=terms.accepts_channel,
        on_hold=bool(order.hold_reason),
        cancelled=order.ship_state == ShipState.CANCELLED,
        automatic=release_mode(unit.connection, unit.company) == AUTOMATIC,
    )
    if not verdict.ok:
        _ask_for_confirmation(unit, terms, order, verdict, covers)
        return False
    tasks.end_open(unit, order_id=order_id, kinds=(TaskKind.REVIEW,), cancel=False)
    _release(unit, terms, order, verdict, covers, bank_time=last[0], received_at=last[1])
    return True


def live_release(unit: Unit, order_id: str) -> AnyRow | None:
    """The release in force for an order, if any."""
    return unit.connection.execute(
        select(releases).where(releases.c.order_id == order_id, releases.c.withdrawn_at.is_(None))
    ).one_or_none()


def _invoices(unit: Unit, order_id: str) -> Sequence[AnyRow]:
    return unit.connection.execute(
        select(invoices).where(invoices.c.order_id == order_id, invoices.c.state != "cancelled")
    ).all()


def _covers(unit: Unit, invoice_rows: Sequence[AnyRow]) -> list[Cover]:
    """Every live allocation behind these invoices, with the proof of its payment."""
    live = matching.live_of_invoices(unit, [row.id for row in invoice_rows])
    covers = []
    for allocation in live:
        row = unit.connection.execute(
            select(
                payments.c.state, payments.c.confirmed_by, entries.c.evidence, entries.c.message_id, entries.c.status
            )
            .join(entries, entries.c.id == payments.c.id)
            .where(payments.c.id == allocation.payment_id)
        ).one()
        allowed = unit.connection.execute(
            select(decisions.c.release_ok).where(decisions.c.id == allocation.decision_id)
        ).scalar_one()
        covers.append(
            Cover(
                payment_id=allocation.payment_id,
                message_id=row.message_id,
                amount=allocation.amount,
                evidence=row.evidence,
                identified=allocation.invoice_id in json.loads(allowed),
                confirmed_by=row.confirmed_by or "",
                reversed=row.state == PaymentState.REVERSED,
                final=row.status == "BOOK",
            )
        )
    return covers


def _times(unit: Unit, payment_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    rows = unit.connection.execute(
        select(payments.c.id, payments.c.bank_time, entries.c.received_at)
        .join(entries, entries.c.id == payments.c.id)
        .where(payments.c.id.in_(payment_ids))
    )
    return {row.id: (row.bank_time, row.received_at) for row in rows}


def _ask_for_confirmation(unit: Unit, terms: Terms, order: AnyRow, verdict: Verdict, covers: Sequence[Cover]) -> None:
    tasks.end_open(unit, order_id=order.id, kinds=(TaskKind.REVIEW,), cancel=True)
    tasks.write(
        unit,
        NewTask(
            kind=TaskKind.REVIEW,
            reason="task.confirm_release",
            role=Role.ACCOUNTANT,
            due_at=add_work_minutes(unit.now, terms.call_minutes, terms.hours, terms.zone),
            values={"order": order.number, "failed": ", ".join(verdict.failed)},
            order_id=order.id,
            order_number=order.number,
            payment_id=covers[-1].payment_id if covers else None,
            buyer=order.buyer_name,
            phone=order.phone,
            amount=Money(order.amount),
        ),
    )
    unit.journal("order.not_released", f"order:{order.id}", failed=list(verdict.failed))


def _release(
    unit: Unit,
    terms: Terms,
    order: AnyRow,
    verdict: Verdict,
    covers: Sequence[Cover],
    *,
    bank_time: str,
    received_at: str,
) -> None:
    release_id = new_id()
    unit.connection.execute(
        insert(releases).values(
            id=release_id,
            company=unit.company,
            order_id=order.id,
            at=unit.at,
            by=str(unit.actor),
            rule=dumps([[line.code, line.ok] for line in verdict.lines]),
            payment_ids=dumps(sorted({c.payment_id for c in covers})),
            message_ids=dumps(sorted({c.message_id for c in covers})),
        )
    )
    unit.journal(
        "order.released",
        f"order:{order.id}",
        release=release_id,
        rule=[line.code for line in verdict.lines],
        payments=sorted({c.payment_id for c in covers}),
        messages=sorted({c.message_id for c in covers}),
        kopecks=order.paid,
    )
    _start_clock(unit, order.id, bank_time, received_at)
    missing = hold_goods(unit, terms, order, release_id)
    order = orders.load(unit, order.id)
    _call(unit, terms, order, bank_time, missing)


def _start_clock(unit: Unit, order_id: str, bank_time: str, received_at: str) -> None:
    unit.connection.execute(timelines.delete().where(timelines.c.order_id == order_id))
    unit.connection.execute(
        insert(timelines).values(
            order_id=order_id,
            company=unit.company,
            bank_time=bank_time,
            received_at=received_at,
            allocated_at=unit.at,
        )
    )


def hold_goods(unit: Unit, terms: Terms, order: AnyRow, release_id: str) -> list[tuple[str, Quantity]]:
    """Reserve what a released order still wants and write its pick lists.

    A small order that one warehouse can serve is confirmed at once; any other waits for the warehouse's word.

    Returns:
        (name, quantity) of what no warehouse has.
    """
    lines = {line.id: line for line in orders.lines_of(unit, order.id)}
    wants = _still_wanted(unit, order.id, lines)
    if not wants:
        if not any(not line.service for line in lines.values()):
            orders.set_states(unit, order.id, ship_state=ShipState.READY)
        return []
    chosen = plan(wants, stock.free(unit, [w.product_id for w in wants]), stock.warehouse_ids(unit))
    small = small_order(wants, chosen, terms.small_order_pieces)
    write_lists(unit, terms, order, release_id, chosen, PickState.NEW if small else PickState.TO_CONFIRM)
    missing = [(lines[w.line_id].name, w.qty) for w in chosen.missing]
    if chosen.missing:
        picking.write_backorder(unit, order.id, chosen.missing, "no_stock")
        write_short_task(unit, terms, order, missing)
    orders.set_states(
        unit,
        order.id,
        stock_state=StockState.SHORT if chosen.missing else StockState.RESERVED if small else StockState.TO_CONFIRM,
        ship_state=ShipState.PICKING if small else order.ship_state,
    )
    if chosen.takes:
        unit.connection.execute(update(timelines).where(timelines.c.order_id == order.id).values(pick_list_at=unit.at))
    return missing


def _still_wanted(unit: Unit, order_id: str, lines: dict[str, AnyRow]) -> list[Want]:
    """Lines that need goods, less what is held, shipped or on back order already."""
    have: dict[str, int] = {}
    for reservation in stock.kept_of_order(unit, order_id):
        have[reservation.line_id] = have.get(reservation.line_id, 0) + reservation.qty
    for backorder in picking.open_backorders(unit, order_id):
        have[backorder.line_id] = have.get(backorder.line_id, 0) + backorder.qty
    return [
        Want(line.id, line.product_id, Quantity(line.qty - line.cancelled - have.get(line.id, 0)))
        for line in lines.values()
        if not line.service and line.qty - line.cancelled > have.get(line.id, 0)
    ]


def write_lists(unit: Unit, terms: Terms, order: AnyRow, release_id: str, chosen: Plan, state: PickState) -> list[str]:
    """One pick list for each warehouse of the plan; confirmed ones go to 1C."""
    lines = {line.id: line for line in orders.lines_of(unit, order.id)}
    texts = {line.id: LineText(line.name, line.unit) for line in lines.values()}
    due = add_work_minutes(unit.now, 60, terms.hours, terms.zone)
    heading = Heading(
        order_id=order.id,
        release_id=release_id,
        search=f"{order.number} {order.buyer_name}".lower(),
        priority=bool(order.priority),
        due_at=to_1c.instant(due),
    )
    written = []
    for warehouse in dict.fromkeys(take.warehouse_id for take in chosen.takes):
        takes = [take for take in chosen.takes if take.warehouse_id == warehouse]
        pick_list_id = picking.write_list(unit, heading, warehouse, takes, texts, state)
        written.append(pick_list_id)
        if state == PickState.NEW:
            to_1c.pick_list(unit, pick_list_id)
    if written and state == PickState.TO_CONFIRM:
        tasks.write(
            unit,
            NewTask(
                kind=TaskKind.CONFIRM_STOCK,
                reason="task.confirm_stock",
                role=Role.WAREHOUSE,
                due_at=add_work_minutes(unit.now, terms.call_minutes, terms.hours, terms.zone),
                values={"order": order.number},
                order_id=order.id,
                order_number=order.number,
                buyer=order.buyer_name,
                delivery=order.delivery,
            ),
        )
    return written


def write_short_task(unit: Unit, terms: Terms, order: AnyRow, missing: Sequence[tuple[str, Quantity]]) -> None:
    """Tell the manager what is missing."""
    tasks.write(
        unit,
        NewTask(
            kind=TaskKind.SHORT,
            reason="task.short",
            role=Role.MANAGER,
            due_at=add_work_minutes(unit.now, terms.call_minutes, terms.hours, terms.zone),
            values={"order": order.number, "goods": goods_text(missing)},
            order_id=order.id,
            order_number=order.number,
            buyer=order.buyer_name,
            phone=order.phone,
            delivery=order.delivery,
        ),
    )


def goods_text(goods: Sequence[tuple[str, Quantity]]) -> str:
    """ "Рама А4 × 2, стекло × 1", cut to what fits a task's title."""
    return ", ".join(f"{name} × {qty}" for name, qty in goods)[:300]


def _call(unit: Unit, terms: Terms, order: AnyRow, bank_time: str, missing: Sequence[tuple[str, Quantity]]) -> None:
    reason = "task.call_short" if missing else f"task.call_{order.delivery}"
    task_id = tasks.write(
        unit,
        NewTask(
            kind=TaskKind.CALL,
            reason=reason,
            role=Role.MANAGER,
            due_at=add_work_minutes(from_text(bank_time), terms.call_minutes, terms.hours, terms.zone),
            values={
                "order": order.number,
                "amount": str(Money(order.paid)),
                "address": order.address or "—",
                "goods": goods_text(missing),
            },
            order_id=order.id,
            order_number=order.number,
            buyer=order.contact or order.buyer_name,
            phone=order.phone,
            amount=Money(order.paid),
            delivery=order.delivery,
        ),
    )
    unit.connection.execute(update(timelines).where(timelines.c.order_id == order.id).values(call_task_at=unit.at))
    to_1c.call_task(unit, task_id)


def untouched(unit: Unit, order_id: str) -> AnyRow | None:
    """None when nobody has begun to work on the order's lists; else the first list somebody works on."""
    for row in picking.lists_of_order(unit, order_id):
        if row.state not in UNTOUCHED and row.state != PickState.CANCELLED:
            return row
    return None


def withdraw(unit: Unit, order_id: str, reason: str) -> None:
    """Take a release back while nobody has touched the goods: lists cancelled, goods freed, call called off."""
    release = live_release(unit, order_id)
    if release is None:
        return
    for row in picking.lists_of_order(unit, order_id):
        if row.state in UNTOUCHED:
            picking.cancel(unit, row)
            if row.state != PickState.TO_CONFIRM:  # 1C never saw an unconfirmed list
                to_1c.pick_list(unit, row.id)
    picking.end_backorders(unit, [b.id for b in picking.open_backorders(unit, order_id)], "cancelled")
    end_release(unit, release, reason)
    tasks.end_open(unit, order_id=order_id, kinds=(TaskKind.CALL, TaskKind.CONFIRM_STOCK, TaskKind.SHORT), cancel=True)
    orders.set_states(unit, order_id, stock_state=StockState.NONE, ship_state=ShipState.NONE)
    unit.connection.execute(timelines.delete().where(timelines.c.order_id == order_id))


def stop_picking(unit: Unit, terms: Terms, order: AnyRow) -> None:
    """Tell the warehouse to stop working on an order."""
    tasks.write(
        unit,
        NewTask(
            kind=TaskKind.STOP,
            reason="task.stop_picking",
            role=Role.WAREHOUSE,
            due_at=unit.now,
            values={"order": order.number},
            order_id=order.id,
            order_number=order.number,
        ),
    )


def end_release(unit: Unit, release: AnyRow, reason: str) -> None:
    """Mark a release as withdrawn."""
    unit.connection.execute(
        update(releases).where(releases.c.id == release.id).values(withdrawn_at=unit.at, withdrawn_reason=reason)
    )
    unit.journal("order.release_withdrawn", f"order:{release.order_id}", release=release.id, reason=reason)
