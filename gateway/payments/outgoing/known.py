"""Warnings that rest on what we have paid before: a payment twice, and a beneficiary who is not who he seems.

The fraud these are about is always the same: a familiar name with a fresh account. So a name or an ИНН we know is
compared with the accounts we know it by, folded as people misspell and as deceivers spell it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, insert, or_, select

from gateway.bank.statement import Entry
from gateway.core.text import fold, name_key
from gateway.payments.outgoing.model import (
    DEAD,
    TURNED_UP,
    Finding,
    OrderDraft,
    OrderEvent,
    OrderState,
    OutgoingTerms,
)
from gateway.payments.outgoing.tables import payees, payment_order_events, payment_orders
from gateway.payments.tables import entries
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

_SHOWN = 3
# Many bills are paid under one contract: its number makes no two payments the same.
_DOCUMENT = re.compile(r"(?P<contract>(?:догов|контр)\S*\s*)?(?:№|\bn)\s*(?P<number>[0-9a-zа-я][0-9a-zа-я/-]*\d|\d)")
_VAT_TAIL = re.compile(fold(r"(?:без\s+налога.*|(?:без|в\s+том\s+числе|в\s+т\.?\s*ч\.?)?\s*(?<![а-я])ндс.*)$"))


def standing_warnings(
    unit: Unit, terms: OutgoingTerms, draft: OrderDraft, own_id: str = "", number: str = ""
) -> tuple[Finding, ...]:
    """Everything about this draft a person must confirm by name.

    Args:
        draft: completed and valid.
        own_id: the order itself, once it is on record.
        number: of the order itself.
    """
    return (*_duplicates(unit, terms, draft, own_id, number or draft.number), *_beneficiary(unit, draft))


def learn(unit: Unit, line: Entry) -> None:
    """A debit line of a proved statement: from now on this payee is known."""
    party = line.counterparty
    if not party.account:
        return
    key = {"company": unit.company, "account": party.account, "name_key": name_key(party.name)}
    where = [payees.c[name] == value for name, value in key.items()]
    row = unit.connection.execute(select(payees.c.first_at).where(*where)).one_or_none()
    if row is not None:
        unit.connection.execute(delete(payees).where(*where))
    first = row.first_at if row is not None else unit.at
    unit.connection.execute(
        insert(payees).values(**key, name=party.name, inn=party.inn, first_at=first, last_at=unit.at)
    )


def _duplicates(unit: Unit, terms: OutgoingTerms, draft: OrderDraft, own_id: str, number: str) -> Iterator[Finding]:
    assert draft.date is not None
    span = timedelta(days=terms.duplicate_days)
    since, until = (draft.date - span).isoformat(), (draft.date + span).isoformat()
    rows = unit.connection.execute(
        _like(unit, draft.payee.account, draft.amount.kopecks, own_id)
        .where(
            payment_orders.c.date.between(since, until),
            payment_orders.c.state.not_in(DEAD) | _had(TURNED_UP) | _given_up(),
        )
        .order_by(payment_orders.c.id.desc())
    ).all()
    twins = [r for r in rows if same_reason(r.purpose, draft.purpose) or _same_number(r.number, number)]
    paid = next((row for row in twins if not row.gone), None) or _paid_twin(unit, draft, since, until, number)
    if paid is not None:
        yield _twin_finding("outgoing.duplicate", draft, paid)
    gone = next((row for row in twins if row.gone), None)
    if gone is not None:
        yield _twin_finding("outgoing.replaces", draft, gone)


def turned_up_since(unit: Unit, row: AnyRow, since: str) -> AnyRow | None:
    """An order that had ended, that this one looks made to replace, and that the bank has turned out to have.

    Args:
        row: the order that may be a replacement.
        since: stored instant; what turned up earlier was known to those who signed later.
    """
    found = unit.connection.execute(
        _like(unit, row.payee_account, row.amount, row.id)
        .where(_had(TURNED_UP, payment_order_events.c.at >= since))
        .order_by(payment_orders.c.id.desc())
    ).all()
    alike = (twin for twin in found if _same_number(twin.number, row.number) or same_reason(twin.purpose, row.purpose))
    return next(alike, None)


def _like(unit: Unit, payee_account: str, kopecks: int, own_id: str) -> Select[Any]:
    """Our other orders of this sum to this account; `gone` where a person gave one up and it did not turn up."""
    return select(
        payment_orders.c.id,
        payment_orders.c.number,
        payment_orders.c.date,
        payment_orders.c.purpose,
        (_given_up() & ~_had(TURNED_UP)).label("gone"),
    ).where(
        payment_orders.c.company == unit.company,
        payment_orders.c.payee_account == payee_account,
        payment_orders.c.amount == kopecks,
        payment_orders.c.id != own_id,
    )


def _given_up() -> ColumnElement[bool]:
    return (payment_orders.c.state == OrderState.REFUSED) & _had(OrderEvent.GIVE_UP)


def _had(event: str, *where: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether this happened to the order."""
    events = payment_order_events.c
    return select(events.id).where(events.order_id == payment_orders.c.id, events.event == event, *where).exists()


def _twin_finding(code: str, draft: OrderDraft, twin: AnyRow) -> Finding:
    values = {"number": twin.number or "—", "date": twin.date or "—", "amount": str(draft.amount)}
    return Finding(code, "", values, confirm=True)


def _same_number(one: str, other: str) -> bool:
    return bool(one) and one.lstrip("0") == other.lstrip("0")


def _paid_twin(unit: Unit, draft: OrderDraft, since: str, until: str, number: str) -> AnyRow | None:
    """The same money in our statements, also where it left by the bank's own client program."""
    rows = unit.connection.execute(
        select(entries.c.doc_no.label("number"), entries.c.doc_date.label("date"), entries.c.purpose)
        .where(
            entries.c.company == unit.company,
            entries.c.party_account == draft.payee.account,
            entries.c.amount == draft.amount.kopecks,
            entries.c.direction == "out",
            entries.c.reversal == 0,
            entries.c.doc_date.between(since, until),
        )
        .order_by(entries.c.id.desc())
    ).all()
    for row in rows:
        if same_reason(row.purpose, draft.purpose) or _same_number(number, row.number):
            return row
    return None


def same_reason(one: str, other: str) -> bool:
    """Whether two purposes speak of the same thing: equal but for spelling and VAT, or naming a document both."""
    first, second = _reason(one), _reason(other)
    if first == second:
        return True
    return bool(_documents(first) & _documents(second))


def _documents(reason: str) -> set[str]:
    return {found["number"] for found in _DOCUMENT.finditer(reason) if not found["contract"]}


def _reason(purpose: str) -> str:
    return " ".join(_VAT_TAIL.sub("", fold(purpose)).strip(" .,;").split())


def _beneficiary(unit: Unit, draft: OrderDraft) -> Iterator[Finding]:
    payee = draft.payee
    key = name_key(payee.name)
    same = [payees.c.account == payee.account]
    if key:
        same.append(payees.c.name_key == key)
    if payee.inn:
        same.append(payees.c.inn == payee.inn)
    rows = unit.connection.execute(
        select(payees).where(payees.c.company == unit.company, or_(*same)).order_by(payees.c.last_at.desc())
    ).all()
    at_account = [row for row in rows if row.account == payee.account]
    if any(row.name_key == key or (payee.inn and row.inn == payee.inn) for row in at_account):
        return  # this very account of this very payee has been paid before
    if at_account:
        values = {"account": payee.account, "name": payee.name, "known": at_account[0].name}
        yield Finding("outgoing.account_renamed", "payee.name", values, confirm=True)
    elsewhere = list(dict.fromkeys(row.account for row in rows if row.account != payee.account))
    if elsewhere:
        values = {"name": payee.name, "account": payee.account, "known": ", ".join(elsewhere[:_SHOWN])}
        yield Finding("outgoing.lookalike", "payee.account", values, confirm=True)
    elif not at_account:
        values = {"name": payee.name, "account": payee.account}
        yield Finding("outgoing.new_payee", "payee.account", values, confirm=True)
