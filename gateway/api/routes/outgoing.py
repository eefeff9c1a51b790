"""/v1/outgoing, /v1/bank."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from sqlalchemy import Connection

from gateway.api.access import TheCaller, TheRoom, needs
from gateway.api.errors import BadRequest, NotFound, described
from gateway.api.reads import bank as bank_reads
from gateway.api.reads import outgoing as reads
from gateway.api.reads.paging import Window
from gateway.api.room import Room
from gateway.api.schemas.common import Id, window
from gateway.api.schemas.outgoing import (
    Approve,
    BankAnswer,
    Because,
    OutgoingAnswer,
    OutgoingFilter,
    OutgoingPage,
    Propose,
)
from gateway.api.tokens import Caller
from gateway.api.writing import Target, TheTerms, change
from gateway.core.authority import Right
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.flows import pay_out_absent
from gateway.payments.outgoing import service as outgoing
from gateway.payments.outgoing.model import NeedsConfirming, OrderDraft, OrderState, Payee, TaxFields
from gateway.payments.outgoing.tables import payment_orders
from gateway.store import Unit

router = APIRouter(prefix="/v1", tags=["outgoing"])
READ, PROPOSE, APPROVE = (
    [needs(right)] for right in (Right.OUTGOING_READ, Right.OUTGOING_PROPOSE, Right.OUTGOING_APPROVE)
)
CHANGE = described(404, 409, 412, 413)


@router.get("/bank", response_model=BankAnswer, dependencies=[needs(Right.HEALTH_READ)], responses=described())
def bank(room: TheRoom, caller: TheCaller) -> dict[str, Any]:
    """Our banks: when they were asked, when our certificates end, and the accounts money may leave from."""
    with room.store.reading() as connection:
        found = bank_reads.bank(connection, room, caller)
    return {**found, "server_time": room.now()}


@router.get("/outgoing", response_model=OutgoingPage, dependencies=READ, responses=described())
def list_outgoing(
    room: TheRoom,
    asked: Annotated[Window, Depends(window(reads.LISTING))],
    state: OutgoingFilter = "all",
) -> dict[str, Any]:
    """Payment orders, newest first unless asked otherwise."""
    with room.store.reading() as connection:
        page = reads.listed(connection, room.store.company, state, asked)
    return {**page, "server_time": room.now()}


@router.get("/outgoing/{payment_order_id}", response_model=OutgoingAnswer, dependencies=READ, responses=described(404))
def get_outgoing(room: TheRoom, payment_order_id: Id) -> dict[str, Any]:
    """One payment order, with its history and the bank's lines that prove what became of it."""
    with room.store.reading() as connection:
        return _detail(room, connection, payment_order_id)


@router.post("/outgoing", response_model=OutgoingAnswer, dependencies=PROPOSE, responses=described(409, 413))
def propose(room: TheRoom, caller: TheCaller, terms: TheTerms, asked: Propose) -> dict[str, Any]:
    """Propose a payment order by hand; who may sign signs it by that.

    Warnings nobody has confirmed are refused with `outgoing.confirm_warnings`; `values.warnings` tells them. Repeat
    the call under a new key with their codes in `confirmed`.
    """
    draft = _draft(asked)

    def work(unit: Unit) -> str:
        with _told_warnings():
            return outgoing.propose(unit, room.terms.outgoing, draft, confirmed=asked.confirmed)

    order_id = change(room, caller, terms, "propose", None, asked.model_dump(mode="json"), work)
    with room.store.reading() as connection:
        return _detail(room, connection, order_id)


@router.post(
    "/outgoing/{payment_order_id}/approve", response_model=OutgoingAnswer, dependencies=APPROVE, responses=CHANGE
)
def approve(
    room: TheRoom, caller: TheCaller, terms: TheTerms, payment_order_id: Id, asked: Approve | None = None
) -> dict[str, Any]:
    """Sign a payment order; the second signature, of another person, lets it leave at once.

    Where the first signer may sign no longer, that signature is taken off and this one is the first.
    """
    confirmed = asked.confirmed if asked else []

    def work(unit: Unit) -> None:
        with _told_warnings():
            outgoing.approve(unit, room.terms.outgoing, payment_order_id, _seen(terms), confirmed=confirmed)

    found = _changed(room, caller, terms, "approve", payment_order_id, {"confirmed": confirmed}, work)
    if found["state"] == OrderState.APPROVED:
        room.send_now()
    return found


@router.post(
    "/outgoing/{payment_order_id}/reject", response_model=OutgoingAnswer, dependencies=APPROVE, responses=CHANGE
)
def reject(room: TheRoom, caller: TheCaller, terms: TheTerms, payment_order_id: Id, asked: Because) -> dict[str, Any]:
    """Refuse to sign, with the reason."""

    def work(unit: Unit) -> None:
        outgoing.reject(unit, room.terms.outgoing, payment_order_id, asked.note, _seen(terms))

    return _changed(room, caller, terms, "reject", payment_order_id, asked.model_dump(mode="json"), work)


@router.post(
    "/outgoing/{payment_order_id}/withdraw", response_model=OutgoingAnswer, dependencies=PROPOSE, responses=CHANGE
)
def withdraw(room: TheRoom, caller: TheCaller, terms: TheTerms, payment_order_id: Id, asked: Because) -> dict[str, Any]:
    """Take a payment order back before it has left."""

    def work(unit: Unit) -> None:
        outgoing.withdraw(unit, room.terms.outgoing, payment_order_id, asked.note, _seen(terms))

    return _changed(room, caller, terms, "withdraw", payment_order_id, asked.model_dump(mode="json"), work)


@router.post(
    "/outgoing/{payment_order_id}/send-again", response_model=OutgoingAnswer, dependencies=APPROVE, responses=CHANGE
)
def send_again(
    room: TheRoom, caller: TheCaller, terms: TheTerms, payment_order_id: Id, asked: Because
) -> dict[str, Any]:
    """Let an order the bank has not got after all tries go once more: the same bytes under the same id."""

    def work(unit: Unit) -> None:
        pay_out_absent.send_again(unit, room.terms.outgoing, payment_order_id, asked.note, _seen(terms))

    found = _changed(room, caller, terms, "send-again", payment_order_id, asked.model_dump(mode="json"), work)
    room.send_now()
    return found


@router.post(
    "/outgoing/{payment_order_id}/did-not-go", response_model=OutgoingAnswer, dependencies=APPROVE, responses=CHANGE
)
def did_not_go(
    room: TheRoom, caller: TheCaller, terms: TheTerms, payment_order_id: Id, asked: Because
) -> dict[str, Any]:
    """End an order the bank has not got after all tries: a person has made sure that it never arrived."""

    def work(unit: Unit) -> None:
        pay_out_absent.did_not_go(unit, room.terms.outgoing, payment_order_id, asked.note, _seen(terms))

    return _changed(room, caller, terms, "did-not-go", payment_order_id, asked.model_dump(mode="json"), work)


def _seen(terms: TheTerms) -> int:
    """The version the person had before their eyes: a signature is for that and nothing else.

    Raises:
        BadRequest: `api.version_needed`.
    """
    if terms.version is None:
        raise BadRequest("api.version_needed")
    return terms.version


@contextmanager
def _told_warnings() -> Iterator[None]:
    """Warnings to confirm travel with their sentences, so that a form can show them."""
    try:
        yield
    except NeedsConfirming as error:
        warnings = [
            {
                "code": warning.code,
                "about": warning.about,
                **{f"text_{language}": warning.text(language) for language in ("ru", "en")},
                **{f"hint_{language}": warning.hint(language) for language in ("ru", "en")},
            }
            for warning in error.warnings
        ]
        raise Refused(error.code, **{**error.values, "warnings": warnings}) from None


def _draft(asked: Propose) -> OrderDraft:
    """Raises Refused `api.invalid` for a date that is none."""
    try:
        day = date.fromisoformat(asked.date) if asked.date else None
    except ValueError:
        raise Refused("api.invalid", where="date", reason="not a date") from None
    payee = asked.payee
    return OrderDraft(
        account=asked.account,
        payee=Payee(payee.name, payee.inn, payee.kpp, payee.account, payee.bic, payee.bank_name, payee.corr_account),
        amount=Money(asked.amount),
        purpose=asked.purpose,
        kind=asked.kind,
        number=asked.number,
        date=day,
        priority=asked.priority,
        uin=asked.uin,
        vat=asked.vat,
        tax=TaxFields(**asked.tax.model_dump()) if asked.tax else None,
    )


def _changed(
    room: Room,
    caller: Caller,
    terms: TheTerms,
    action: str,
    order_id: str,
    given: dict[str, Any],
    work: Callable[[Unit], None],
) -> dict[str, Any]:
    change(room, caller, terms, action, Target(payment_orders, order_id), given, work)
    with room.store.reading() as connection:
        return _detail(room, connection, order_id)


def _detail(room: Room, connection: Connection, order_id: str) -> dict[str, Any]:
    found = reads.detail(connection, room.store.company, order_id)
    if found is None:
        raise NotFound("api.not_found")
    return {**found, "server_time": room.now()}
