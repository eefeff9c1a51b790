"""Payment orders as people make them: proposed, signed by two, rejected, withdrawn."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from gateway.core.authority import Actor, Right, Role
from gateway.core.clock import business_date
from gateway.core.errors import Refused
from gateway.core.ids import new_id
from gateway.core.money import Money
from gateway.core.text import fold, person_key
from gateway.payments.outgoing import steps
from gateway.payments.outgoing.known import standing_warnings
from gateway.payments.outgoing.limits import day_totals, fits
from gateway.payments.outgoing.model import (
    DEAD,
    ORDER,
    Finding,
    NeedsConfirming,
    OrderDraft,
    OrderEvent,
    OrderState,
    OutgoingTerms,
    Payee,
    TaxFields,
    document_id,
)
from gateway.payments.outgoing.rules import advise, complete, validate
from gateway.payments.outgoing.seal import document_digest, signatures_of
from gateway.payments.outgoing.standing import take_off_lapsed
from gateway.payments.outgoing.steps import load
from gateway.payments.outgoing.tables import payment_orders
from gateway.store import alarms
from gateway.store.idempotency import input_hash
from gateway.store.schema import AnyRow, dumps
from gateway.store.unit import Unit

__all__ = ["Checked", "approve", "check", "draft_of", "load", "may_sign", "propose", "reject", "withdraw"]


@dataclass(frozen=True, slots=True)
class Checked:
    """What the rules say of a draft.

    Attributes:
        draft: completed: date, VAT clause, tidied requisites.
        errors: forbid it.
        warnings: a person should know; those with `confirm` must be confirmed by their codes.
    """

    draft: OrderDraft
    errors: tuple[Finding, ...]
    warnings: tuple[Finding, ...]


def check(unit: Unit, terms: OutgoingTerms, draft: OrderDraft) -> Checked:
    """Judge a draft without keeping anything; for a form while it is filled in.

    Raises:
        Refused: `authority.missing`.
    """
    unit.actor.require(Right.OUTGOING_PROPOSE)
    today = business_date(unit.now, terms.zone)
    whole = complete(draft, today)
    errors = validate(whole, terms, today)
    warnings = () if errors else (*standing_warnings(unit, terms, whole), *advise(whole))
    return Checked(whole, errors, warnings)


def propose(unit: Unit, terms: OutgoingTerms, draft: OrderDraft, confirmed: Collection[str] = ()) -> str:
    """Put an order before the people who sign; the same source and source id is one order.

    A proposer who may sign has signed with it (the first of two); else it waits for both signatures. What comes
    without a person (from 1C) is kept with its warnings, and whoever signs first has to confirm them.

    Args:
        confirmed: codes of the warnings the proposer has read and stands by.

    Returns:
        The order's id.

    Raises:
        Refused: `authority.missing`; the first error of `validate`; `outgoing.number_taken`;
            `outgoing.source_taken` when the same source proposed something else under this id.
        NeedsConfirming: `outgoing.confirm_warnings`.
    """
    unit.actor.require(Right.OUTGOING_PROPOSE)
    digest = _digest(draft)
    if (earlier := _earlier(unit, draft, digest)) is not None:
        return earlier
    checked = check(unit, terms, draft)
    if checked.errors:
        raise checked.errors[0].refused()
    whole = checked.draft
    assert whole.date is not None
    by_person = unit.actor.role is not Role.SERVICE
    if by_person:
        _confirm(checked.warnings, confirmed)
    number = _free_number(unit, whole, whole.date)
    order_id = new_id()
    signs = may_sign(unit.actor, terms)
    columns = _columns(replace(whole, number=number))
    document = document_digest(columns)
    approvals = [_signature(unit, checked.warnings, document)] if signs else []
    unit.insert(
        payment_orders,
        {
            "id": order_id,
            "company": unit.company,
            "version": 1,
            "state": OrderState.WAITING if signs else OrderState.DRAFT,
            **columns,
            "draft_hash": digest,
            "proposed_by": unit.actor.name,
            "proposed_role": unit.actor.role.value,
            "proposed_at": unit.at,
            "warnings": dumps([warning.to_json() for warning in checked.warnings]),
            "approvals": dumps(approvals),
            "document_id": document_id(order_id),
            **dict.fromkeys(
                ("channel", "format", "file_type", "file_name", "content_sha256", "bank_ref", "bank_code", "bank_text"),
                "",
            ),
            "note": "",
        },
    )
    told = {"kopecks": whole.amount.kopecks, "payee": whole.payee.account, "source": whole.source, "signed": signs}
    if signs:
        told["document"] = document
    steps.began(unit, load(unit, order_id), {**told, "confirmed": sorted(_codes(checked.warnings))})
    return order_id


def approve(
    unit: Unit, terms: OutgoingTerms, order_id: str, expected_version: int, confirmed: Collection[str] = ()
) -> AnyRow:
    """Sign an order; the second signature of another person lets it leave. Returns the new row.

    The rules are asked again: a draft that waited may be too old, or be a duplicate by now. So is whether the first
    signature still counts; where it does not, it is taken off, and this one is the first.

    Args:
        confirmed: codes of all warnings that stand now.

    Raises:
        Refused: `authority.missing`, `outgoing.not_a_signer`, `outgoing.same_person`, `outgoing.over_limit`,
            `state.illegal`, and the errors of `validate`.
        NeedsConfirming: `outgoing.confirm_warnings`.
        Conflict: `outgoing.changed`.
    """
    row, approvals = _to_sign(unit, terms, order_id, expected_version)
    draft = draft_of(row)
    today = business_date(unit.now, terms.zone)
    event = OrderEvent.APPROVE if approvals else OrderEvent.SIGN
    errors = validate(draft, terms, today)
    if errors:
        raise errors[0].refused()
    warnings = (*standing_warnings(unit, terms, draft, row.id, row.number), *advise(draft))
    _confirm(warnings, confirmed)
    if approvals:
        _within_limits(unit, terms, row, [Role(a["role"]) for a in approvals], today)
    document = document_digest(dict(row._mapping))
    approvals.append(_signature(unit, warnings, document))
    signed: dict[str, Any] = {"approvals": dumps(approvals), "warnings": dumps([w.to_json() for w in warnings])}
    if event is OrderEvent.APPROVE:
        signed |= {"approved_on": today.isoformat(), "approved_at": unit.at}
    return steps.move(unit, row, event, told={"confirmed": sorted(_codes(warnings)), "document": document}, **signed)


def reject(unit: Unit, terms: OutgoingTerms, order_id: str, note: str, expected_version: int) -> AnyRow:
    """A signer says no; the order ends. Returns the new row.

    Raises:
        Refused: `authority.missing`, `outgoing.not_a_signer`, `outgoing.no_reason`, `state.illegal`.
        Conflict: `outgoing.changed`.
    """
    unit.actor.require(Right.OUTGOING_APPROVE)
    _need_signer(unit.actor, terms)
    return _end(unit, order_id, note, expected_version, OrderEvent.REJECT)


def withdraw(unit: Unit, terms: OutgoingTerms, order_id: str, note: str, expected_version: int) -> AnyRow:
    """Take an order back before it leaves; once its bytes are on their way, only the bank can. Returns the new row.

    Raises:
        Refused: `authority.missing`, `outgoing.no_reason`, `state.illegal`.
        Conflict: `outgoing.changed`.
    """
    unit.actor.require(Right.OUTGOING_PROPOSE)
    return _end(unit, order_id, note, expected_version, OrderEvent.WITHDRAW)


def draft_of(row: AnyRow) -> OrderDraft:
    """The draft an order was made of, completed."""
    return OrderDraft(
        account=row.account,
        payee=Payee(
            row.payee_name,
            row.payee_inn,
            row.payee_kpp,
            row.payee_account,
            row.payee_bic,
            row.payee_bank,
            row.payee_corr,
        ),
        amount=Money(row.amount),
        purpose=row.purpose,
        kind="tax" if row.kind == "tax" else "ordinary",
        number=row.number,
        date=date.fromisoformat(row.date),
        priority=row.priority,
        uin=row.uin,
        tax=TaxFields(**json.loads(row.tax)) if row.tax else None,
        source=row.source,
        source_id=row.source_id,
    )


def _columns(draft: OrderDraft) -> dict[str, Any]:
    payee = draft.payee
    words = (payee.name, payee.inn, payee.account, draft.number, str(draft.amount), draft.purpose)
    return {
        "account": draft.account,
        "number": draft.number,
        "date": draft.date.isoformat() if draft.date else "",
        "kind": draft.kind,
        "amount": draft.amount.kopecks,
        "priority": draft.priority,
        "payee_name": payee.name,
        "payee_inn": payee.inn,
        "payee_kpp": payee.kpp,
        "payee_account": payee.account,
        "payee_bic": payee.bic,
        "payee_bank": payee.bank_name,
        "payee_corr": payee.corr_account,
        "purpose": draft.purpose,
        "uin": draft.uin,
        "tax": dumps(asdict(draft.tax)) if draft.tax else None,
        "source": draft.source,
        "source_id": draft.source_id,
        "search": fold(" ".join(words)),
    }


def _digest(draft: OrderDraft) -> str:
    """What was asked for, before the gateway filled anything in: the same request gives the same text on any day."""
    asked = {**asdict(draft), "amount": draft.amount.kopecks, "date": draft.date.isoformat() if draft.date else ""}
    return input_hash(asked)


def _earlier(unit: Unit, draft: OrderDraft, digest: str) -> str | None:
    """The order this very request has made before."""
    source_id = draft.source_id.strip()
    if not source_id:
        return None
    row = unit.connection.execute(
        select(payment_orders)
        .where(
            payment_orders.c.company == unit.company,
            payment_orders.c.source == draft.source,
            payment_orders.c.source_id == source_id,
        )
        .order_by(payment_orders.c.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None or (row.draft_hash != digest and row.state in DEAD):
        return None  # what was rejected may come again corrected; unchanged it stays rejected
    if row.draft_hash != digest:
        raise Refused("outgoing.source_taken", number=row.number, source_id=source_id[:60])
    return str(row.id)


def _free_number(unit: Unit, draft: OrderDraft, day: date) -> str:
    """The draft's own number if it is free on its day, else the next of the account and year.

    Raises:
        Refused: `outgoing.number_taken`.
    """
    if draft.number:
        if _is_taken(unit, draft.account, day, draft.number):
            raise Refused("outgoing.number_taken", about="number", number=draft.number, date=day.strftime("%d.%m.%Y"))
        return draft.number
    while True:
        number = str(unit.next_number(f"outgoing.{draft.account}.{day.year}"))
        # The Bank of Russia asks that the last three digits of an electronic order are not all zeros.
        if not number.endswith("000") and not _is_taken(unit, draft.account, day, number):
            return number


def _is_taken(unit: Unit, account: str, day: date, number: str) -> bool:
    found = unit.connection.execute(
        select(payment_orders.c.id)
        .where(
            payment_orders.c.company == unit.company,
            payment_orders.c.account == account,
            payment_orders.c.date == day.isoformat(),
            payment_orders.c.number == number,
            payment_orders.c.state.not_in(DEAD),
        )
        .limit(1)
    )
    return found.one_or_none() is not None


def _codes(warnings: Collection[Finding]) -> set[str]:
    return {warning.code for warning in warnings if warning.confirm}


def _confirm(warnings: tuple[Finding, ...], confirmed: Collection[str]) -> None:
    """Raises NeedsConfirming with all that must be confirmed, when any of it is not."""
    if _codes(warnings) - set(confirmed):
        raise NeedsConfirming(tuple(w for w in warnings if w.confirm))


def may_sign(actor: Actor, terms: OutgoingTerms) -> bool:
    """Whether this person's signature counts on payment orders."""
    return actor.may(Right.OUTGOING_APPROVE) and actor.role in terms.signers


def _need_signer(actor: Actor, terms: OutgoingTerms) -> None:
    if actor.role not in terms.signers:
        raise Refused("outgoing.not_a_signer", name=actor.name, role=actor.role.value)


def _signature(unit: Unit, warnings: Collection[Finding], document: str) -> dict[str, Any]:
    actor = unit.actor
    return {
        "by": actor.name,
        "role": actor.role.value,
        "at": unit.at,
        "confirmed": sorted(_codes(warnings)),
        "document": document,
    }


def _to_sign(
    unit: Unit, terms: OutgoingTerms, order_id: str, expected_version: int
) -> tuple[AnyRow, list[dict[str, Any]]]:
    """The order and its signatures, when this person may add one."""
    unit.actor.require(Right.OUTGOING_APPROVE)
    _need_signer(unit.actor, terms)
    row = take_off_lapsed(unit, terms, load(unit, order_id, expected_version))
    approvals = signatures_of(row)
    event = OrderEvent.APPROVE if approvals else OrderEvent.SIGN
    ORDER.step(OrderState(row.state), event)
    # Whatever role he acts in, one person is one signature.
    if person_key(unit.actor.name) in {person_key(a["by"]) for a in approvals}:
        raise Refused("outgoing.same_person", name=unit.actor.name, number=row.number)
    return row, approvals


def _within_limits(unit: Unit, terms: OutgoingTerms, row: AnyRow, roles: list[Role], today: date) -> None:
    """Two signatures suffice when the limits of one of the signers allow the sum.

    Raises:
        Refused: `outgoing.over_limit`.
    """
    signers = [*roles, unit.actor.role]
    gone = day_totals(unit, terms, today)
    if any(fits(terms, role, Money(row.amount), gone) for role in signers):
        return
    limit = terms.limits[unit.actor.role]
    raise Refused(
        "outgoing.over_limit",
        about="amount",
        amount=str(Money(row.amount)),
        order_limit=str(limit.order) if limit.order is not None else "—",
        day_limit=str(limit.day) if limit.day is not None else "—",
        gone=str(gone.get(unit.actor.role, Money.zero())),
    )


def _end(unit: Unit, order_id: str, note: str, expected_version: int, event: OrderEvent) -> AnyRow:
    row = load(unit, order_id, expected_version)
    said = " ".join(note.split())[:500]
    if not said:
        raise Refused("outgoing.no_reason", about="note")
    for code in alarms.open_about(unit, f"payment_order:{row.id}"):  # whatever stood in its way does so no longer
        alarms.clear(unit, code, f"payment_order:{row.id}")
    return steps.move(unit, row, event, said=said, ended_by=unit.actor.name, note=said)
