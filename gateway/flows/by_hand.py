"""What people decide: assign, set aside, vouch, undo, cancel, ship. A run never touches these decisions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import update

from gateway.core.authority import Right, Role
from gateway.core.errors import Refused
from gateway.core.money import Money, total
from gateway.core.workdays import add_work_minutes
from gateway.flows import credited_invoices, payer_rules, shipped_to_parcel, to_1c
from gateway.flows import release as gate
from gateway.flows.conflicts import load_payment, not_the_last
from gateway.flows.paid_to_pick import allocate as credit_all
from gateway.flows.paid_to_pick import judge
from gateway.flows.registries import registry_followed
from gateway.flows.release import AUTOMATIC, MANUAL, MODE_MARK, release_mode, settle_order
from gateway.flows.terms import Terms
from gateway.matching import service as matching
from gateway.matching.decision import Decision, Reason, Suggestion
from gateway.orders import service as orders
from gateway.orders.model import ShipState, StockState
from gateway.orders.service import Credited
from gateway.payments import service as payments
from gateway.payments.model import PaymentEvent, PaymentState
from gateway.payments.registries import lookup as registry_rows
from gateway.payments.tables import payments as payment_rows
from gateway.store import marks
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit
from gateway.tasks import service as tasks
from gateway.tasks.model import NewTask, TaskKind
from gateway.warehouse import picking, stock
from gateway.warehouse.model import PickState

NOT_OURS = ("other_income", "own_transfer", "refund")
_OWN_ANSWER = Reason("matching.own_answer")
"""Marks the suggestion that is the matcher's automatic answer, after somebody took a decision back."""


@dataclass(frozen=True, slots=True)
class Learn:
    """That a payment's payer pays for the buyer of its invoices from now on.

    Attributes:
        since: for payments booked from this day on; the payment's own day when None.
    """

    since: date | None = None
    note: str = ""


__all__ = [
    "Learn",
    "allocate",
    "cancel_order",
    "confirm_release",
    "mark_not_ours",
    "release_mode",
    "set_release_mode",
    "ship_order",
    "undo",
]


def allocate(
    unit: Unit,
    terms: Terms,
    payment_id: str,
    allocations: Sequence[tuple[str, Money]],
    note: str = "",
    expected_version: int | None = None,
    learn: Learn | None = None,
) -> str:
    """A person says what a payment is for; an earlier allocation of it is replaced.

    Args:
        learn: make a rule of payers of it, see `flows.payer_rules`.

    Returns:
        The decision's id: the event `undo` takes back.

    Raises:
        Refused: `payment.nothing_to_allocate`, `payment.too_much_allocated`, `invoice.*`, `undo.too_late`,
            `authority.missing`, `state.illegal`; with `learn` also `rule.*`.
        Conflict: `payment.changed`, `invoice.not_so_much_due`, `rule.exists`.
    """
    unit.actor.require(Right.PAYMENTS_DECIDE)
    row = load_payment(unit, terms, payment_id, expected_version)
    if not allocations or any(amount.kopecks <= 0 for _, amount in allocations):
        raise Refused("payment.nothing_to_allocate")
    given = total([amount for _, amount in allocations])
    rests_on = registry_followed(unit, payment_id, Money(row.amount), allocations)
    if given.kopecks > row.amount + rests_on.fee.kopecks:
        raise Refused("payment.too_much_allocated", given=str(given), amount=str(Money(row.amount)))
    touched = _take_back(unit, payment_id)
    decision_id = matching.write_act(
        unit,
        payment_id,
        "manual",
        "manual",
        before=(row.state, row.outcome),
        note=note[:1000],
        release_ok=[invoice_id for invoice_id, _ in allocations],
        rests_on=rests_on,
    )
    if rests_on.registry_id:
        registry_rows.use(unit, rests_on.registry_id, payment_id)
    credited = credit_all(unit, payment_id, allocations, decision_id)
    touched.add(credited)
    payments.step(unit, row, PaymentEvent.ASSIGNED, outcome="manual", allocated=(given - rests_on.fee).kopecks)
    tasks.end_open(unit, payment_id=payment_id, kinds=(TaskKind.REVIEW,), cancel=False)
    _settle(unit, terms, payment_id, touched)
    if learn is not None:
        party = payer_rules.only_buyer(unit, [invoice_id for invoice_id, _ in allocations])
        payer_rules.learn(unit, terms, payment_id, party, learn.since, learn.note)
    return decision_id


def mark_not_ours(
    unit: Unit, terms: Terms, payment_id: str, kind: str, note: str = "", expected_version: int | None = None
) -> str:
    """A person says that a payment is not for goods; `kind` is one of NOT_OURS. Returns the decision's id.

    Raises:
        Refused: `payment.kind_unknown`, `state.illegal`, `authority.missing`.
        Conflict: `payment.changed`.
    """
    unit.actor.require(Right.PAYMENTS_DECIDE)
    if kind not in NOT_OURS:
        raise Refused("payment.kind_unknown", kind=kind[:40])
    row = load_payment(unit, terms, payment_id, expected_version)
    decision_id = matching.write_act(
        unit, payment_id, "not_ours", kind, before=(row.state, row.outcome), note=note[:1000]
    )
    payments.step(unit, row, PaymentEvent.SET_ASIDE, outcome=kind, allocated=0)
    tasks.end_open(unit, payment_id=payment_id, kinds=(TaskKind.REVIEW,), cancel=False)
    return decision_id


def confirm_release(
    unit: Unit, terms: Terms, payment_id: str, note: str = "", expected_version: int | None = None
) -> str:
    """A named person vouches for a payment whose evidence or payer is not enough by itself. Returns the decision's id.

    Raises:
        Refused: `payment.not_paid_for` when it is allocated to nothing, `authority.missing`.
        Conflict: `payment.changed`.
    """
    unit.actor.require(Right.PAYMENTS_DECIDE)
    row = load_payment(unit, terms, payment_id, expected_version)
    live = matching.live_of_payment(unit, payment_id)
    if not live or row.state == PaymentState.REVERSED:
        raise Refused("payment.not_paid_for")
    decision_id = matching.write_act(
        unit, payment_id, "confirm", "confirmed", before=(row.state, row.outcome), note=note[:1000]
    )
    unit.connection.execute(
        update(payment_rows)
        .where(payment_rows.c.id == payment_id)
        .values(confirmed_by=unit.actor.name, version=row.version + 1)
    )
    unit.changed("payment", payment_id)
    _settle(unit, terms, payment_id, _touched_by(unit, live), lift_hold=True)
    return decision_id


def undo(unit: Unit, terms: Terms, event_id: str) -> list[str]:
    """Take the last decision about a payment back, whoever made it; returns what changed as "table:id".

    The payment waits for a person then, with what the matcher says of it now as suggestions.

    Raises:
        Refused: `undo.unknown`, `undo.too_late` when the warehouse has begun, `authority.missing`, `state.illegal`.
        Conflict: `undo.not_last`.
    """
    unit.actor.require(Right.PAYMENTS_DECIDE)
    event = matching.decision(unit, event_id)
    if event is None:
        raise Refused("undo.unknown", id=event_id)
    last = matching.last_decision(unit, event.payment_id)
    if last is None or last.id != event_id or event.kind in ("proposal", "duplicate", "undo", "reversal"):
        raise not_the_last(unit, terms, event.payment_id)
    row = payments.load(unit, event.payment_id)
    if event.kind == "confirm":
        return _unconfirm(unit, terms, event.payment_id, event_id, row.version)
    touched = _take_back(unit, event.payment_id)
    # Judged anew, but only proposed, marked as the matcher's own answer: whoever takes a decision back, his own or an
    # automatic one, has not asked for goods to be picked the same moment, and picking soon makes it too late to undo.
    matching.write_decision(
        unit,
        event.payment_id,
        "undo",
        _as_proposal(judge(unit, terms, event.payment_id), Money(row.amount)),
        before=(row.state, row.outcome),
        undoes=event_id,
    )
    payments.step(unit, row, PaymentEvent.UNDONE, outcome="undone", allocated=0)
    tasks.end_open(unit, payment_id=event.payment_id, kinds=(TaskKind.REVIEW,), cancel=True)
    _settle(unit, terms, event.payment_id, touched)
    return [f"payment:{event.payment_id}", *(f"order:{order_id}" for order_id in touched.order_ids)]


def _unconfirm(unit: Unit, terms: Terms, payment_id: str, event_id: str, version: int) -> list[str]:
    touched = _touched_by(unit, matching.live_of_payment(unit, payment_id))
    for order_id in touched.order_ids:
        _reopen(unit, order_id)
    row = payments.load(unit, payment_id)
    matching.write_act(unit, payment_id, "undo", matching.UNCONFIRMED, before=(row.state, row.outcome), undoes=event_id)
    unit.connection.execute(
        update(payment_rows).where(payment_rows.c.id == payment_id).values(confirmed_by=None, version=version + 1)
    )
    unit.changed("payment", payment_id)
    _settle(unit, terms, payment_id, touched)
    return [f"payment:{payment_id}", *(f"order:{order_id}" for order_id in touched.order_ids)]


def _as_proposal(decision: Decision, amount: Money) -> Decision:
    """An automatic answer turned into the first suggestion, and marked as what the matcher would have done."""
    if not decision.automatic:
        return decision
    first = Suggestion(
        allocations=decision.allocations,
        difference=amount + decision.fee - total([a for _, a in decision.allocations]),
        reasons=(_OWN_ANSWER, *decision.reasons),
    )
    return replace(
        decision,
        automatic=False,
        allocations=(),
        advance=Money(0),
        release_ok=frozenset(),
        suggestions=(first, *decision.suggestions)[:3],
    )


class _Touched:
    """What hangs on invoices a decision changes: their orders, and the invoices' own keys."""

    def __init__(self) -> None:
        self.order_ids: dict[str, None] = {}
        self.keys: list[str] = []

    def add(self, invoices: Iterable[AnyRow | Credited]) -> None:
        for invoice in invoices:
            self.keys.append(invoice.outer_id)
            if invoice.order_id:
                self.order_ids[invoice.order_id] = None


def _touched_by(unit: Unit, live: Sequence[matching.Allocated]) -> _Touched:
    touched = _Touched()
    touched.add(orders.invoice(unit, allocation.invoice_id) for allocation in live)
    return touched


def _settle(unit: Unit, terms: Terms, payment_id: str, touched: _Touched, *, lift_hold: bool = False) -> None:
    credited_invoices.settle(unit, terms, payment_id, touched.keys)  # first: money may say that goods have left
    for order_id in touched.order_ids:
        settle_order(unit, terms, order_id, lift_hold=lift_hold)


def _take_back(unit: Unit, payment_id: str) -> _Touched:
    """Undo a payment's live allocations, the releases that rest on them and what somebody vouched for about them;
    returns what it touched."""
    live = matching.live_of_payment(unit, payment_id)
    touched = _touched_by(unit, live)
    for order_id in touched.order_ids:
        _reopen(unit, order_id)
    for allocation in live:
        matching.take_back(unit, allocation, allocation.decision_id)
        orders.credit(unit, allocation.invoice_id, -allocation.amount)
    registry_rows.free(unit, payment_id)
    unit.update(payment_rows, payment_id, confirmed_by=None)
    return touched


def _reopen(unit: Unit, order_id: str) -> None:
    if gate.rests_on_loan(unit, order_id):
        return
    busy = gate.untouched(unit, order_id)
    if busy is not None:
        raise Refused("undo.too_late", number=busy.number, state=busy.state)
    if gate.live_release(unit, order_id) is None:
        return  # nothing was let go on money: what is sent with cash on delivery leaves before it
    if orders.load(unit, order_id).ship_state == ShipState.SHIPPED:
        raise Refused("order.already_shipped", number=orders.load(unit, order_id).number)
    gate.withdraw(unit, order_id, "undone")


def cancel_order(unit: Unit, terms: Terms, order_id: str, note: str = "", expected_version: int | None = None) -> None:
    """Cancel an order: goods nobody has touched are freed at once; a list in work gets a stop task and frees its goods
    when the warehouse gives it back.

    Raises:
        Refused: `order.already_shipped`, `authority.missing`.
        Conflict: `order.changed`.
    """
    unit.actor.require(Right.ORDERS_WORK)
    order = orders.load(unit, order_id, expected_version)
    if order.ship_state == ShipState.SHIPPED:
        raise Refused("order.already_shipped", number=order.number)
    if order.ship_state == ShipState.CANCELLED:
        return
    release = gate.live_release(unit, order_id)
    in_work = gate.untouched(unit, order_id) is not None
    if release is not None and not in_work:
        gate.withdraw(unit, order_id, "cancelled")
    elif release is not None:
        gate.free_goods(unit, order_id)
        gate.end_release(unit, release, "cancelled")
        gate.stop_picking(unit, order, "task.stop_cancelled")
    tasks.end_open(
        unit,
        order_id=order_id,
        kinds=(TaskKind.CALL, TaskKind.CONFIRM_STOCK, TaskKind.SHORT, TaskKind.REVIEW),
        cancel=True,
    )
    orders.set_states(
        unit,
        orders.load(unit, order_id),
        ship_state=ShipState.CANCELLED,
        stock_state=order.stock_state if in_work else StockState.NONE,  # it keeps goods until the lists are back
        hold_reason="",
    )
    if order.paid:
        _tell_paid_for_nothing(unit, terms, order)
    unit.journal("order.cancelled", f"order:{order_id}", note=note[:1000])
    to_1c.order_status(unit, order_id)


def _tell_paid_for_nothing(unit: Unit, terms: Terms, order: AnyRow) -> None:
    """The customer's money lies on an order that is no more: somebody returns it or moves it."""
    tasks.write(
        unit,
        NewTask(
            kind=TaskKind.REVIEW,
            reason="task.cancelled_paid",
            role=Role.ACCOUNTANT,
            due_at=add_work_minutes(unit.now, terms.call_minutes, terms.hours, terms.zone),
            values={"order": order.number, "amount": str(Money(order.paid))},
            order_id=order.id,
            order_number=order.number,
            buyer=order.buyer_name,
            amount=Money(order.paid),
        ),
    )


def ship_order(unit: Unit, terms: Terms, order_id: str, note: str = "", expected_version: int | None = None) -> None:
    """The goods were handed over: less on hand, the order is done.

    Raises:
        Refused: `order.cannot_ship` while a list is open or the order is held, `authority.missing`.
        Conflict: `order.changed`.
    """
    unit.actor.require(Right.ORDERS_WORK)
    order = orders.load(unit, order_id, expected_version)
    lists = picking.lists_of_order(unit, order_id)
    open_lists = [row for row in lists if row.state not in (PickState.CLOSED, PickState.CANCELLED)]
    if order.ship_state != ShipState.READY or order.hold_reason or open_lists:
        raise Refused("order.cannot_ship", number=order.number, state=order.headline)
    for reservation in stock.live_of_order(unit, order_id):
        stock.ship(unit, reservation)
    orders.set_states(unit, order, ship_state=ShipState.SHIPPED)
    unit.journal("order.shipped", f"order:{order_id}", note=note[:1000])
    shipped_to_parcel.order_shipped(unit, terms, order_id)
    to_1c.order_status(unit, order_id)


def set_release_mode(unit: Unit, mode: str, note: str = "") -> None:
    """Switch automatic release on or off.

    Args:
        note: why, for the journal; its first 1000 characters are kept.

    Raises:
        Refused: `release.mode_unknown`, `authority.missing`.
    """
    unit.actor.require(Right.RELEASE_SWITCH)
    if mode not in (AUTOMATIC, MANUAL):
        raise Refused("release.mode_unknown", mode=mode[:40])
    marks.put(unit, MODE_MARK, mode)
    unit.memo.pop(MODE_MARK, None)
    unit.journal("release.mode_set", "settings:release", mode=mode, note=note[:1000])
    unit.changed("status", "release")
