"""Сторно: the bank took money back. Nothing that was proved by it may leave the house any more."""

from __future__ import annotations

from sqlalchemy import select

from gateway.bank.statement import Entry
from gateway.core.authority import Role
from gateway.core.money import Money
from gateway.core.workdays import add_work_minutes
from gateway.flows import credited_invoices, to_1c
from gateway.flows import release as gate
from gateway.flows.terms import Terms
from gateway.matching import service as matching
from gateway.orders import service as orders
from gateway.orders.model import ShipState
from gateway.payments import service as payments
from gateway.payments.batches import DETAILED
from gateway.payments.lines import Keyed
from gateway.payments.model import PaymentEvent, PaymentState, Recorded
from gateway.payments.registries import lookup as registries
from gateway.payments.storno import reversed_payment
from gateway.store.unit import Unit
from gateway.tasks import service as tasks
from gateway.tasks.model import NewTask, TaskKind
from gateway.tasks.tables import tasks as tasks_table

HOLD = "reversed"


def take_storno(unit: Unit, terms: Terms, entry: Entry, recorded: Recorded, *, returned: bool) -> None:
    """A booked storno, told for the first time or with a stronger proof: it acts once, and people are told once.

    Args:
        returned: it brought back the money of one of our payment orders, which has been told of.
    """
    if entry.incoming:
        if not returned:
            _tell_once(unit, terms, "task.debit_reversed", entry, recorded.entry_id)
    elif not recorded.fresh and matching.has_reversed(unit, recorded.entry_id):
        return  # acted on when only a file told of it; now it is proved
    elif recorded.reverses is not None:
        reverse_payment(unit, terms, recorded.reverses, recorded.entry_id)
    else:  # a person looks for its payment; one that comes later and is named by it is caught
        _tell_once(unit, terms, "task.reversal_unknown", entry, recorded.entry_id)


def reverse_payment(unit: Unit, terms: Terms, payment_id: str, storno_entry_id: str) -> None:
    """Take back everything a reversed payment allowed, as far as goods have not left; the rest goes to people."""
    row = payments.load(unit, payment_id)
    decision_id = matching.write_act(
        unit,
        payment_id,
        "reversal",
        "reversed",
        before=(row.state, row.outcome),
        values={"entry": storno_entry_id},
    )
    unit.journal("entry.took_back", f"entry:{storno_entry_id}", payment=payment_id, decision=decision_id)
    touched: dict[str, None] = {}
    keys: list[str] = []
    for allocation in matching.live_of_payment(unit, payment_id):
        matching.take_back(unit, allocation, decision_id)
        credited = orders.credit(unit, allocation.invoice_id, -allocation.amount)
        keys.append(credited.outer_id)
        if credited.order_id:
            touched[credited.order_id] = None
    registries.free(unit, payment_id)
    payments.step(unit, row, PaymentEvent.REVERSED, outcome="reversed", allocated=0)
    credited_invoices.settle(unit, terms, payment_id, keys)
    tasks.end_open(unit, payment_id=payment_id, kinds=(TaskKind.REVIEW,), cancel=True)
    for order_id in touched:
        _stop_order(unit, terms, order_id, payment_id, Money(row.amount))
    _tell(
        unit,
        terms,
        "task.reversed",
        Role.ACCOUNTANT,
        {"amount": str(Money(row.amount)), "payer": row.payer},
        payment_id=payment_id,
        buyer=row.payer,
        amount=Money(row.amount),
    )


def announced_reversal(unit: Unit, terms: Terms, keyed: Keyed, evidence: str) -> None:
    """The bank says that it will take money back, and may still drop that: nothing is undone yet, but people know."""
    entry = keyed.entry
    payment_id = reversed_payment(unit, keyed, evidence)
    orders_of = matching.live_of_payment(unit, payment_id) if payment_id else []
    order_ids = [orders.invoice(unit, allocation.invoice_id).order_id for allocation in orders_of]
    numbers = [orders.load(unit, order_id).number for order_id in order_ids if order_id]
    _tell(
        unit,
        terms,
        "task.reversal_announced",
        Role.ACCOUNTANT,
        {"amount": str(entry.amount), "payer": entry.counterparty.name, "orders": ", ".join(numbers) or "—"},
        payment_id=payment_id,
        buyer=entry.counterparty.name,
        amount=entry.amount,
    )


def set_aside_whole(unit: Unit, payment_id: str) -> None:
    """The single payments of a batch came: they are worked on, and the whole is not."""
    row = payments.load(unit, payment_id)
    if row.outcome == DETAILED:
        return
    if row.state == PaymentState.NEW:  # its own message broke off before it was decided
        payments.step(unit, row, PaymentEvent.PROPOSED, outcome="", allocated=0)
        row = payments.load(unit, payment_id)
    matching.write_act(unit, payment_id, "not_ours", DETAILED, before=(row.state, row.outcome))
    payments.step(unit, row, PaymentEvent.SET_ASIDE, outcome=DETAILED, allocated=0)
    tasks.end_open(unit, payment_id=payment_id, kinds=(TaskKind.REVIEW,), cancel=True)


def our_payment_returned(unit: Unit, terms: Terms, entry: Entry) -> None:
    """Money of our own came back: nobody's payment for goods, but somebody has to know."""
    _tell(
        unit,
        terms,
        "task.returned",
        Role.ACCOUNTANT,
        {"amount": str(entry.amount), "payer": entry.counterparty.name},
        buyer=entry.counterparty.name,
        amount=entry.amount,
    )


def unusable_money(unit: Unit, terms: Terms, entry: Entry) -> None:
    """Money that can be no payment here, of another currency or of an unreadable sum: it must not lie there unseen."""
    _tell(
        unit,
        terms,
        "task.strange_money",
        Role.ACCOUNTANT,
        {"amount": str(entry.amount), "currency": entry.currency, "payer": entry.counterparty.name},
        buyer=entry.counterparty.name,
    )


def _tell_once(unit: Unit, terms: Terms, reason: str, entry: Entry, entry_id: str) -> None:
    """A task about a line, unless there is or was one: each stronger proof of the line is told anew."""
    found = unit.connection.execute(
        select(tasks_table.c.id)
        .where(
            tasks_table.c.company == unit.company,
            tasks_table.c.reason == reason,
            tasks_table.c["values"].contains(entry_id, autoescape=True),
        )
        .limit(1)
    )
    if found.one_or_none() is None:
        _tell(
            unit,
            terms,
            reason,
            Role.ACCOUNTANT,
            {"amount": str(entry.amount), "payer": entry.counterparty.name, "entry": entry_id},
            buyer=entry.counterparty.name,
            amount=entry.amount,
        )


def _stop_order(unit: Unit, terms: Terms, order_id: str, payment_id: str, amount: Money) -> None:
    order, _ = orders.recount_payment(unit, orders.load(unit, order_id), None)
    to_1c.order_status(unit, order_id)
    if gate.live_release(unit, order_id) is None or gate.rests_on_loan(unit, order_id):
        return
    if order.ship_state == ShipState.SHIPPED:
        _tell(
            unit,
            terms,
            "task.reversed_shipped",
            Role.MANAGER,
            {"amount": str(amount), "order": order.number},
            payment_id=payment_id,
            order_id=order_id,
            order_number=order.number,
            buyer=order.buyer_name,
            phone=order.phone,
            amount=amount,
        )
        return
    gate.stop(unit, order, HOLD, "task.stop_picking")


def _tell(
    unit: Unit,
    terms: Terms,
    reason: str,
    role: Role,
    values: dict[str, str],
    *,
    payment_id: str | None = None,
    order_id: str | None = None,
    order_number: str = "",
    buyer: str = "",
    phone: str = "",
    amount: Money | None = None,
) -> None:
    tasks.write(
        unit,
        NewTask(
            kind=TaskKind.REVIEW,
            reason=reason,
            role=role,
            due_at=add_work_minutes(unit.now, terms.call_minutes, terms.hours, terms.zone),
            values=values,
            payment_id=payment_id,
            order_id=order_id,
            order_number=order_number,
            buyer=buyer,
            phone=phone,
            amount=amount,
        ),
    )
