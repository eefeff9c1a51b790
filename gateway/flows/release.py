"""The release gate of an order, and what follows when it opens: goods held, pick lists, call task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from gateway.core.authority import Role
from gateway.core.clock import from_text
from gateway.core.ids import new_id
from gateway.core.money import Money
from gateway.core.quantity import Quantity
from gateway.core.workdays import add_work_minutes
from gateway.flows import hold, to_1c
from gateway.flows.covering import Covering, of_order
from gateway.flows.terms import Terms
from gateway.matching.tolerance import within_tolerance
from gateway.orders import service as orders
from gateway.orders.model import PayState, ShipState, StockState
from gateway.orders.release import Verdict, release_rule
from gateway.orders.service import OrderRow
from gateway.orders.tables import releases, timelines
from gateway.parcels.model import EndedHow
from gateway.parcels.tables import parcels
from gateway.store import marks
from gateway.store.driver import Query
from gateway.store.schema import AnyRow, dumps
from gateway.store.unit import Unit
from gateway.tasks import service as tasks
from gateway.tasks.model import NewTask, TaskKind
from gateway.warehouse import picking
from gateway.warehouse.model import UNTOUCHED, PickState
from gateway.warehouse.tables import pick_lists

MODE_MARK = "release.mode"
AUTOMATIC, MANUAL = "automatic", "manual"
# Questions that are answered when the money is complete; others, as "changed in 1C after it was paid", are not.
_ABOUT_MONEY = ("task.underpaid", "task.not_invoiced", "task.confirm_release")
_LEFT_SHORT = "task.left_short"  # released by the tolerance; open until the rest comes or a person settles it


def release_mode(connection: Any, company: str) -> str:
    """ "automatic" once somebody with the right switched it on, else "manual"."""
    return str(marks.get(connection, company, MODE_MARK) or MANUAL)


def settle_order(unit: Unit, terms: Terms, order_id: str, *, lift_hold: bool = False) -> bool:
    """Look at an order again after money moved; open the gate when the release rule holds.

    Args:
        lift_hold: a named person says that a held order may go on; the rest of the rule must hold all the same.

    Returns:
        True when the order was released just now.
    """
    before = orders.load(unit, order_id)
    covers = of_order(unit, order_id)
    last = max(covers, key=lambda c: c.bank_time, default=None)
    order, invoiced = orders.recount_payment(unit, before, last.bank_time if last else None)
    to_1c.order_status(unit, order_id)
    if order.pay_state == PayState.PART_PAID and order.paid == invoiced.kopecks:
        _tell_not_invoiced(unit, terms, order)
    release = live_release(unit, order_id)
    if release is not None and order.pay_state == PayState.PAID:
        tasks.end_open(unit, order_id=order_id, kinds=(TaskKind.REVIEW,), reasons=(_LEFT_SHORT,), cancel=False)
    due = max(invoiced, Money(order.amount))
    tolerance = terms.policy_on(last.booked).tolerance if last else Money(0)
    if last is None or not within_tolerance(due, Money(order.paid), tolerance):
        return False
    if release is not None and not order.hold_reason:
        return False
    if release is None and has_left(unit, order):
        tasks.end_open(unit, order_id=order_id, kinds=(TaskKind.REVIEW,), reasons=_ABOUT_MONEY, cancel=False)
        return False
    verdict = release_rule(
        due,
        [c.cover for c in covers],
        tolerance=tolerance,
        accepts_channel=terms.accepts_channel,
        on_hold=bool(order.hold_reason) and not lift_hold,
        cancelled=order.ship_state == ShipState.CANCELLED,
        automatic=_is_automatic(unit),
    )
    if not verdict.ok:
        _ask_for_confirmation(unit, terms, order, verdict, covers)
        return False
    short = Money(max(0, due.kopecks - order.paid))
    if before.pay_state != PayState.UNPAID or short:  # earlier money, or this one, may have left a question open
        tasks.end_open(unit, order_id=order_id, kinds=(TaskKind.REVIEW,), reasons=_ABOUT_MONEY, cancel=False)
    if release is None:
        open_gate(unit, terms, order, verdict, _grounds(covers, last))
    else:
        go_on(unit, terms, order, release, verdict, _grounds(covers, last))
    if short:
        _tell_left_short(unit, terms, order, short, last)
    return True


def _is_automatic(unit: Unit) -> bool:
    if MODE_MARK not in unit.memo:
        unit.memo[MODE_MARK] = release_mode(unit.connection, unit.company)
    return bool(unit.memo[MODE_MARK] == AUTOMATIC)


def live_release(unit: Unit, order_id: str) -> AnyRow | None:
    """The release in force for an order, if any."""
    return _LIVE_RELEASE.one_or_none(unit.connection, order_id=order_id)


def rests_on_loan(unit: Unit, order_id: str) -> bool:
    """Whether an order was let go on a signed agreement: what its buyer paid besides allows nothing, and takes nothing
    back."""
    release = live_release(unit, order_id)
    return release is not None and release.agreement_id is not None


def has_left(unit: Unit, order: OrderRow) -> bool:
    """Whether an order's goods are gone without having been released on money: they are paid for on delivery, and what
    comes for them then lets nothing go a second time."""
    if order.ship_state == ShipState.SHIPPED:
        return True
    handed = (
        parcels.c.accepted_at.is_not(None)
        | parcels.c.delivered_at.is_not(None)
        | (parcels.c.ended_how == EndedHow.MONEY.value)
    )
    of_order = parcels.c.order_id.is_(None) | (parcels.c.order_id == order.id)
    found = select(parcels.c.id).where(
        parcels.c.company == unit.company, parcels.c.order_no == order.number, parcels.c.shop == "", of_order, handed
    )
    return unit.connection.execute(found.limit(1)).one_or_none() is not None


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a release rests on.

    Attributes:
        payment_ids, message_ids: the proved money, and the bank's messages that prove it.
        since: instant from which the buyer waits, as stored text: the bank's time of the last payment, or the moment
            nothing but its goods was wanting to a loan.
        received_at: when we learned of it.
        agreement_id: the signed loan agreement it rests on, with or without money; None for a paid order.
    """

    payment_ids: Sequence[str]
    message_ids: Sequence[str]
    since: str
    received_at: str
    agreement_id: str | None = None


def _grounds(covers: Sequence[Covering], last: Covering) -> Grounds:
    payment_ids = sorted({c.cover.payment_id for c in covers})
    message_ids = sorted({c.cover.message_id for c in covers})
    return Grounds(payment_ids, message_ids, last.bank_time, last.received_at)


_LIVE_RELEASE = Query(
    select(releases).where(releases.c.order_id == bindparam("order_id"), releases.c.withdrawn_at.is_(None))
)


def _tell_not_invoiced(unit: Unit, terms: Terms, order: OrderRow) -> None:
    """Every invoice is paid, but the order costs more: without another invoice it would wait for ever."""
    values = {"order": order.number, "rest": str(Money(order.amount - order.paid))}
    if tasks.is_open(unit, "task.not_invoiced", values):
        return
    tasks.write(
        unit,
        NewTask(
            kind=TaskKind.REVIEW,
            reason="task.not_invoiced",
            role=Role.MANAGER,
            due_at=add_work_minutes(unit.now, terms.call_minutes, terms.hours, terms.zone),
            values=values,
            order_id=order.id,
            order_number=order.number,
            buyer=order.buyer_name,
            phone=order.phone,
            amount=Money(order.amount),
        ),
    )


def _tell_left_short(unit: Unit, terms: Terms, order: OrderRow, rest: Money, last: Covering) -> None:
    """The goods go although a little is missing: the rest stays due, and somebody asks for it or forgives it."""
    tasks.end_open(unit, order_id=order.id, kinds=(TaskKind.REVIEW,), reasons=(_LEFT_SHORT,), cancel=True)
    tasks.write(
        unit,
        NewTask(
            kind=TaskKind.REVIEW,
            reason=_LEFT_SHORT,
            role=Role.ACCOUNTANT,
            due_at=add_work_minutes(unit.now, terms.call_minutes, terms.hours, terms.zone),
            values={"order": order.number, "rest": str(rest), "amount": str(Money(order.paid))},
            order_id=order.id,
            order_number=order.number,
            payment_id=last.cover.payment_id,
            buyer=order.buyer_name,
            phone=order.phone,
            amount=rest,
        ),
    )


def _ask_for_confirmation(
    unit: Unit, terms: Terms, order: OrderRow, verdict: Verdict, covers: Sequence[Covering]
) -> None:
    tasks.end_open(unit, order_id=order.id, kinds=(TaskKind.REVIEW,), reasons=_ABOUT_MONEY, cancel=True)
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
            payment_id=covers[-1].cover.payment_id if covers else None,
            buyer=order.buyer_name,
            phone=order.phone,
            amount=Money(order.amount),
        ),
    )
    unit.journal("order.not_released", f"order:{order.id}", failed=list(verdict.failed))


def go_on(unit: Unit, terms: Terms, order: OrderRow, old: AnyRow, verdict: Verdict, grounds: Grounds) -> None:
    """A held order has grounds again: its goods stay where they are, the proof behind them is the new one."""
    end_release(unit, old, "renewed")
    release_id = _write_release(unit, order, verdict, grounds)
    unit.connection.execute(
        update(pick_lists)
        .where(pick_lists.c.order_id == order.id, pick_lists.c.state != PickState.CANCELLED)
        .values(release_id=release_id)
    )
    orders.set_states(unit, order, hold_reason="")
    tasks.end_open(unit, order_id=order.id, kinds=(TaskKind.STOP,), cancel=True)
    _call(unit, terms, order, grounds, ())
    _start_clock(unit, order, grounds, pick_list_at=unit.at)


def open_gate(unit: Unit, terms: Terms, order: OrderRow, verdict: Verdict, grounds: Grounds) -> str:
    """Release an order whose rule holds: goods held, pick lists written, the manager's call due.

    Args:
        verdict: of the rule that was asked; it must hold.

    Returns:
        The release's id.
    """
    assert verdict.ok
    release_id = _write_release(unit, order, verdict, grounds)
    held = hold.hold_goods(unit, terms, order, release_id)
    _call(unit, terms, order, grounds, held.missing)
    _start_clock(unit, order, grounds, pick_list_at=unit.at if held.lists else None)
    return release_id


def _start_clock(unit: Unit, order: OrderRow, grounds: Grounds, pick_list_at: str | None) -> None:
    unit.insert(
        timelines,
        {
            "order_id": order.id,
            "company": unit.company,
            "bank_time": grounds.since,
            "received_at": grounds.received_at,
            "allocated_at": unit.at,
            "pick_list_at": pick_list_at,
            "call_task_at": unit.at,
        },
    )


def _write_release(unit: Unit, order: OrderRow, verdict: Verdict, grounds: Grounds) -> str:
    release_id = new_id()
    unit.insert(
        releases,
        {
            "id": release_id,
            "company": unit.company,
            "order_id": order.id,
            "at": unit.at,
            "by": str(unit.actor),
            "rule": dumps([[line.code, line.ok] for line in verdict.lines]),
            "payment_ids": dumps(list(grounds.payment_ids)),
            "message_ids": dumps(list(grounds.message_ids)),
            "agreement_id": grounds.agreement_id,
        },
    )
    loan = {} if grounds.agreement_id is None else {"agreement": grounds.agreement_id}
    unit.journal(
        "order.released",
        f"order:{order.id}",
        release=release_id,
        rule=[line.code for line in verdict.lines],
        payments=list(grounds.payment_ids),
        messages=list(grounds.message_ids),
        kopecks=order.paid,
        **loan,
    )
    return release_id


def _call(unit: Unit, terms: Terms, order: OrderRow, grounds: Grounds, missing: Sequence[tuple[str, Quantity]]) -> None:
    about = "short" if missing else order.delivery
    reason = f"task.call_{about}" if grounds.agreement_id is None else f"task.call_loan_{about}"
    task_id = tasks.write(
        unit,
        NewTask(
            kind=TaskKind.CALL,
            reason=reason,
            role=Role.MANAGER,
            due_at=add_work_minutes(from_text(grounds.since), terms.call_minutes, terms.hours, terms.zone),
            values={
                "order": order.number,
                "amount": str(Money(order.paid)),
                "address": order.address or "—",
                "goods": hold.goods_text(missing),
            },
            order_id=order.id,
            order_number=order.number,
            buyer=order.contact or order.buyer_name,
            phone=order.phone,
            amount=Money(order.paid),
            delivery=order.delivery,
        ),
    )
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
    free_goods(unit, order_id)
    end_release(unit, release, reason)
    tasks.end_open(unit, order_id=order_id, kinds=(TaskKind.CALL, TaskKind.CONFIRM_STOCK, TaskKind.SHORT), cancel=True)
    tasks.end_open(unit, order_id=order_id, kinds=(TaskKind.REVIEW,), reasons=(_LEFT_SHORT,), cancel=True)
    orders.set_states(unit, orders.load(unit, order_id), stock_state=StockState.NONE, ship_state=ShipState.NONE)


def free_goods(unit: Unit, order_id: str) -> None:
    """Give back what nobody has touched, and forget what is still missing."""
    for row in picking.lists_of_order(unit, order_id):
        if row.state in UNTOUCHED:
            picking.cancel(unit, row)
            if row.state != PickState.TO_CONFIRM:  # 1C never saw an unconfirmed list
                to_1c.pick_list(unit, row.id)
    picking.end_backorders(unit, [b.id for b in picking.open_backorders(unit, order_id)], "cancelled")


def stop(unit: Unit, order: OrderRow, reason: str, task: str) -> None:
    """Take a release back as far as nobody has touched the goods, hold the order where somebody has, and tell the
    warehouse.

    Args:
        reason: why, as it stands in the order and in the release.
        task: message code of the warehouse's task.
    """
    if untouched(unit, order.id) is None:
        withdraw(unit, order.id, reason)
    else:
        orders.set_states(unit, order, hold_reason=reason)
        tasks.end_open(unit, order_id=order.id, kinds=(TaskKind.CALL,), cancel=True)
    stop_picking(unit, order, task)


def stop_picking(unit: Unit, order: OrderRow, reason: str) -> None:
    """Tell the warehouse to stop working on an order."""
    tasks.write(
        unit,
        NewTask(
            kind=TaskKind.STOP,
            reason=reason,
            role=Role.WAREHOUSE,
            due_at=unit.now,
            values={"order": order.number},
            order_id=order.id,
            order_number=order.number,
        ),
    )


def end_release(unit: Unit, release: AnyRow, reason: str) -> None:
    """Mark a release as withdrawn; the order's clock starts anew with the next one."""
    unit.update(releases, release.id, withdrawn_at=unit.at, withdrawn_reason=reason)
    unit.connection.execute(delete(timelines).where(timelines.c.order_id == release.order_id))
    unit.journal("order.release_withdrawn", f"order:{release.order_id}", release=release.id, reason=reason)
