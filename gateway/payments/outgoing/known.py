"""Warnings that rest on what we have paid before: a payment twice, and a beneficiary who is not who he seems.

The fraud these are about is always the same: a familiar name with a fresh account. So a name or an ИНН we know is
compared with the accounts we know it by, folded as people misspell and as deceivers spell it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import delete, insert, or_, select

from gateway.bank.statement import Entry
from gateway.core.text import fold, name_key
from gateway.payments.outgoing.model import DEAD, Finding, OrderDraft, OutgoingTerms
from gateway.payments.outgoing.tables import payees, payment_orders
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
        select(payment_orders.c.id, payment_orders.c.number, payment_orders.c.date, payment_orders.c.purpose)
        .where(
            payment_orders.c.company == unit.company,
            payment_orders.c.payee_account == draft.payee.account,
            payment_orders.c.amount == draft.amount.kopecks,
            payment_orders.c.date.between(since, until),
            payment_orders.c.id != own_id,
            payment_orders.c.state.not_in(DEAD),
        )
        .order_by(payment_orders.c.id.desc())
    ).all()
    twin = next((row for row in rows if same_reason(row.purpose, draft.purpose)), None)
    if twin is None:
        twin = _paid_twin(unit, draft, since, until, number)
    if twin is not None:
        values = {"number": twin.number or "—", "date": twin.date or "—", "amount": str(draft.amount)}
        yield Finding("outgoing.duplicate", "", values, confirm=True)


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
        if same_reason(row.purpose, draft.purpose) or (number and row.number.lstrip("0") == number.lstrip("0")):
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
