"""/v1/payments, /v1/undo, /v1/invoices."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from sqlalchemy import Connection

from gateway.api.access import TheCaller, TheRoom, needs
from gateway.api.errors import NotFound, described
from gateway.api.reads import orders as order_reads
from gateway.api.reads import payment as payment_reads
from gateway.api.reads import payments as payment_lists
from gateway.api.reads.paging import Window
from gateway.api.room import Room
from gateway.api.schemas.common import NO_NOTE, Id, Noted, window
from gateway.api.schemas.payments import (
    Allocate,
    InvoiceFilter,
    InvoicePage,
    NotOurs,
    PaymentAnswer,
    PaymentFilter,
    PaymentPage,
    Undone,
)
from gateway.api.tokens import Caller
from gateway.api.writing import Target, TheTerms, change
from gateway.core.authority import Right
from gateway.core.money import Money
from gateway.flows import by_hand
from gateway.flows.conflicts import payment_changed
from gateway.matching.tables import decisions
from gateway.payments.tables import payments
from gateway.store import Unit

router = APIRouter(prefix="/v1", tags=["payments"])
READ, DECIDE = [needs(Right.PAYMENTS_READ)], [needs(Right.PAYMENTS_DECIDE)]
CHANGE = described(404, 409, 412, 413)


@router.get("/payments", response_model=PaymentPage, dependencies=READ, responses=described())
def list_payments(
    room: TheRoom,
    asked: Annotated[Window, Depends(window(payment_lists.LISTING))],
    state: PaymentFilter = "all",
) -> dict[str, Any]:
    """Payments, newest first unless asked otherwise."""
    with room.store.reading() as connection:
        page = payment_lists.listed(connection, room.store.company, state, asked)
    return {**page, "server_time": room.now()}


@router.get("/payments/{payment_id}", response_model=PaymentAnswer, dependencies=READ, responses=described(404))
def get_payment(room: TheRoom, payment_id: Id) -> dict[str, Any]:
    """One payment with its decision, suggestions, evidence and history."""
    with room.store.reading() as connection:
        return _detail(room, connection, payment_id)


@router.post("/payments/{payment_id}/allocate", response_model=PaymentAnswer, dependencies=DECIDE, responses=CHANGE)
def allocate(room: TheRoom, caller: TheCaller, terms: TheTerms, payment_id: Id, asked: Allocate) -> dict[str, Any]:
    """Assign a payment to invoices by hand; what it was assigned to before is taken back. With `learn`, its payer's
    next payments may be credited to this buyer."""
    parts = [(invoice_id, Money(kopecks)) for invoice_id, kopecks in asked.allocations]

    def work(unit: Unit) -> str:
        learn = by_hand.Learn(asked.learn.since, asked.learn.note) if asked.learn else None
        return by_hand.allocate(unit, room.terms, payment_id, parts, asked.note, terms.version, learn)

    return _decided(room, caller, terms, "allocate", payment_id, asked, work)


@router.post("/payments/{payment_id}/not-ours", response_model=PaymentAnswer, dependencies=DECIDE, responses=CHANGE)
def mark_not_ours(room: TheRoom, caller: TheCaller, terms: TheTerms, payment_id: Id, asked: NotOurs) -> dict[str, Any]:
    """Say that a payment is not for goods."""

    def work(unit: Unit) -> str:
        return by_hand.mark_not_ours(unit, room.terms, payment_id, asked.kind, asked.note, terms.version)

    return _decided(room, caller, terms, "not-ours", payment_id, asked, work)


@router.post(
    "/payments/{payment_id}/release-confirm", response_model=PaymentAnswer, dependencies=DECIDE, responses=CHANGE
)
def confirm_release(
    room: TheRoom, caller: TheCaller, terms: TheTerms, payment_id: Id, asked: Noted = NO_NOTE
) -> dict[str, Any]:
    """Vouch by name for a payment whose evidence or payer is not enough by itself."""

    def work(unit: Unit) -> str:
        return by_hand.confirm_release(unit, room.terms, payment_id, asked.note, terms.version)

    return _decided(room, caller, terms, "release-confirm", payment_id, asked, work)


@router.post("/undo/{event_id}", response_model=Undone, dependencies=DECIDE, responses=CHANGE)
def undo(room: TheRoom, caller: TheCaller, terms: TheTerms, event_id: Id) -> dict[str, Any]:
    """Take the last decision about a payment back."""

    def work(unit: Unit) -> list[str]:
        return by_hand.undo(unit, room.terms, event_id)

    changed: list[str] = change(room, caller, terms, "undo", Target(decisions, event_id), {}, work)
    payment_id = next((name.partition(":")[2] for name in changed if name.startswith("payment:")), "")
    with room.store.reading() as connection:
        payment = payment_reads.detail(connection, room.store.company, room.terms, payment_id)
    return {"changed": changed, "payment": payment, "server_time": room.now()}


@router.get(
    "/invoices",
    response_model=InvoicePage,
    dependencies=[needs(Right.ORDERS_READ)],
    responses=described(),
    tags=["orders"],
)
def list_invoices(
    room: TheRoom,
    asked: Annotated[Window, Depends(window(order_reads.INVOICES))],
    state: InvoiceFilter = "open",
    buyer_inn: Annotated[str, Query(max_length=12)] = "",
) -> dict[str, Any]:
    """Invoices a payment may be for."""
    with room.store.reading() as connection:
        page = order_reads.invoices_listed(connection, room.store.company, state, buyer_inn.replace("\0", ""), asked)
    return {**page, "server_time": room.now()}


def _decided(
    room: Room, caller: Caller, terms: TheTerms, action: str, payment_id: str, asked: Any, work: Any
) -> dict[str, Any]:
    about = Target(payments, payment_id, stale=lambda unit: payment_changed(unit, room.terms, payment_id))
    change(room, caller, terms, action, about, asked.model_dump(mode="json"), work)
    with room.store.reading() as connection:
        return _detail(room, connection, payment_id)


def _detail(room: Room, connection: Connection, payment_id: str) -> dict[str, Any]:
    found = payment_reads.detail(connection, room.store.company, room.terms, payment_id)
    if found is None:
        raise NotFound("api.not_found")
    return {**found, "server_time": room.now()}
