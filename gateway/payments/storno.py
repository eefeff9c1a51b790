"""Which payment a storno takes back, and whether a storno came before its payment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from sqlalchemy import and_, bindparam, func, select

from gateway.bank.statement import Entry
from gateway.payments.lines import BOOKED, Keyed
from gateway.payments.model import PaymentState
from gateway.payments.tables import entries, payments
from gateway.store.driver import Query
from gateway.store.unit import Unit

_FILE = "file"
_STORNO = Query(
    select(entries.c.id, entries.c.booked, entries.c.amount, entries.c.status, entries.c.evidence)
    .where(
        entries.c.company == bindparam("company"),
        entries.c.account == bindparam("account"),
        entries.c.reversal == 1,
        entries.c.original_ref == bindparam("ref"),
    )
    .order_by(entries.c.id)
)


def came_first(unit: Unit, keyed: Keyed, evidence: str) -> str | None:
    """The entry of the storno by which the bank took this payment back before we saw it arrive; None for no such.

    A storno is booked on the payment's day or later, which tells it from one of an earlier year where a bank uses its
    ids again; and each storno takes back one payment only. What a file says takes back only what a file says.

    Args:
        evidence: of the payment.
    """
    line = keyed.entry
    if not line.ref:
        return None
    rows = _STORNO.all(unit.connection, company=unit.company, account=keyed.account, ref=line.ref)
    stornos = [
        row
        for row in rows
        if row.amount == line.amount.kopecks and row.status == BOOKED and _counts(row.evidence, evidence)
    ]
    if not any(not _before(row.booked, line) for row in stornos):
        return None
    reversed_before = unit.connection.execute(
        select(func.count())
        .select_from(payments)
        .join(entries, payments.c.id == entries.c.id)
        .where(
            entries.c.company == unit.company,
            entries.c.account == keyed.account,
            entries.c.ref == line.ref,
            entries.c.amount == line.amount.kopecks,
            payments.c.state == PaymentState.REVERSED,
        )
    ).scalar_one()
    # Those before took a payment back each; of the rest it is the first that can be this one's.
    free = [row for row in stornos[int(reversed_before) :] if not _before(row.booked, line)] or stornos[-1:]
    return str(free[0].id) if len(stornos) > int(reversed_before) else None


def _counts(evidence: str, of_payment: str) -> bool:
    """Whoever may bring a file must not undo with it what the bank has proved."""
    return evidence != _FILE or of_payment == _FILE


def _before(booked: str | None, line: Entry) -> bool:
    return bool(booked and line.booked) and str(booked) < str(line.booked)


class Candidate(Protocol):
    """A payment a storno may mean; `booked` as stored text."""

    @property
    def id(self) -> str: ...
    @property
    def booked(self) -> str | None: ...
    @property
    def party_account(self) -> str: ...
    @property
    def doc_no(self) -> str: ...


def ways_named(line: Entry) -> Iterator[dict[str, str]]:
    """What a storno names its payment by, the surest first: columns of the payment's line and what stands there."""
    for ref in (line.original_ref, line.ref):
        if ref:
            yield {"ref": ref}
    for ref in (line.original_ref, line.e2e):
        if ref:
            yield {"e2e": ref}
    if line.doc_no and line.counterparty.account:
        yield {"party_account": line.counterparty.account, "doc_no": line.doc_no}


def reversed_payment(unit: Unit, keyed: Keyed, evidence: str) -> str | None:
    """The payment a storno takes back: by the reference it names, else by its own, else by a unique look-alike.

    None when there is none, or when several might be meant: then a person decides.

    Args:
        evidence: of the storno.
    """
    for named in ways_named(keyed.entry):
        is_named = and_(*(entries.c[column] == value for column, value in named.items()))
        found = meant(_live(unit, keyed, evidence, is_named), keyed.entry)
        if found is not None:
            return found
    return None


def _live(unit: Unit, keyed: Keyed, evidence: str, where: Any) -> Sequence[Candidate]:
    """Payments of this account and sum that nobody took back, booked when the storno was or before."""
    line = keyed.entry
    query = (
        select(payments.c.id, entries.c.booked, entries.c.party_account, entries.c.doc_no)
        .join(entries, entries.c.id == payments.c.id)
        .where(
            entries.c.company == unit.company,
            entries.c.account == keyed.account,
            where,
            entries.c.amount == line.amount.kopecks,
            payments.c.state != PaymentState.REVERSED,
        )
    )
    if evidence == _FILE:
        query = query.where(entries.c.evidence == _FILE)
    if line.booked:
        query = query.where(entries.c.booked.is_(None) | (entries.c.booked <= line.booked.isoformat()))
    return unit.connection.execute(query).all()


def meant(rows: Sequence[Candidate], line: Entry) -> str | None:
    """The id of the only one; of several, of the only one whose payer and document are the storno's, or of its year."""
    if len(rows) > 1:
        rows = [
            row
            for row in rows
            if not _differ(row.party_account, line.counterparty.account) and not _differ(row.doc_no, line.doc_no)
        ]
    if len(rows) > 1 and line.booked:
        rows = [row for row in rows if row.booked and row.booked[:4] == str(line.booked.year)]
    return str(rows[0].id) if len(rows) == 1 else None


def _differ(one: str, other: str) -> bool:
    return bool(one and other) and one != other
