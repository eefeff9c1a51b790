"""Settlements leave for 1C: each agreed statement with its commission act, each payment the bank carried out.

What moved statements is read from their history in the order it was written, behind a mark that goes on in the same
commit as the outbox rows: so nothing is told twice or left out, however often a round is killed or the clock set back.
A row names a statement, whose lines never change, and carries what may change, the parties' requisites as they are now;
so a file written late or twice is the same file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import select

from gateway.core.clock import business_date, from_text
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.flows.terms import Terms
from gateway.loans import payees
from gateway.loans.agreement_rows import subject
from gateway.loans.receivable import lender_buyer, lender_outer_id
from gateway.loans.tables import agreements
from gateway.onec.settlement_acts import Counterparty, LineRecord, PaymentRecord, StatementRecord, write_settlement
from gateway.payments.outgoing import service as outgoing
from gateway.payments.outgoing.model import Payee
from gateway.payments.outgoing.tables import payment_orders
from gateway.payments.tables import entries
from gateway.settlement.model import Party, PartyKind, StatementEvent
from gateway.settlement.tables import events, lines, statement_lines, statements
from gateway.store import Store, Unit, marks
from gateway.store.outbox import Parcel
from gateway.store.schema import AnyRow

STATEMENT = "onec.settlement_statement"
PAYMENT = "onec.settlement_payment"
VERSION = 1
_MARK = "onec.settlement"
_AT_ONCE = 200
_AGREED = (StatementEvent.FIX, StatementEvent.CARRY, StatementEvent.CLAIM)
_TOLD_OF = (PartyKind.SHOP.value, PartyKind.LENDER.value)
_PAID = (StatementEvent.PAY, "overpaid")
Put = Callable[[Parcel, str, str, bytes], None]


def tell_1c(store: Store) -> int:
    """Put what happened to statements of shops and lenders since the last time into the outbox; returns how many."""
    told = 0
    while True:
        with store.unit() as unit:
            last = int(marks.get(unit.connection, unit.company, _MARK) or 0)
            found = unit.connection.execute(
                select(events.c.seq, events.c.event, events.c.statement_id, events.c["values"])
                .join(statements, statements.c.id == events.c.statement_id)
                .where(
                    events.c.company == unit.company,
                    events.c.seq > last,
                    events.c.event.in_([str(event) for event in (*_AGREED, *_PAID)]),
                    statements.c.party_kind.in_(_TOLD_OF),
                )
                .order_by(events.c.seq)
                .limit(_AT_ONCE)
            ).all()
            if not found:
                return told
            for event in found:
                _tell(unit, event)
            marks.put(unit, _MARK, found[-1].seq)
            unit.commit()
        told += len(found)


def return_paid(unit: Unit, order: AnyRow, agreement: AnyRow) -> None:
    """A lender has got the money of returned goods by this payment order."""
    party = _of_payee(lender_outer_id(agreement.lender), "lender", outgoing.draft_of(order).payee)
    _emit_payment(unit, order, "return", party, agreement.number)


def sinks(store: Store, terms: Terms, put: Put) -> Mapping[str, Callable[[Parcel], None]]:
    """The sinks that write settlements.

    Args:
        put: writes a file (parcel, stem, suffix, content) into the exchange folder.
    """

    def statement(parcel: Parcel) -> None:
        put(parcel, f"settlement_{parcel.payload['number']}", ".xml", _statement_file(store, terms, parcel))

    def payment(parcel: Parcel) -> None:
        put(parcel, f"settlement_pay_{parcel.payload['payment']['number']}", ".xml", _payment_file(terms, parcel))

    return {STATEMENT: statement, PAYMENT: payment}


def _tell(unit: Unit, event: AnyRow) -> None:
    statement = unit.connection.execute(select(statements).where(statements.c.id == event.statement_id)).one()
    party = _party(unit, statement)
    if event.event not in _PAID:
        others = [lender for lender in _lenders(unit, statement.id) if lender.id != party.id]
        payload = {
            "version": VERSION,
            "statement": statement.id,
            "number": statement.number,
            "by_silence": _lapsed(unit, statement.id),
            "party": party.id,
            "claim": json.loads(event._mapping["values"]).get("claim", ""),
            "counterparties": [asdict(one) for one in (party, *others)],
        }
        unit.emit(STATEMENT, f"settlement:{statement.id}", payload)
        return
    order_id = json.loads(event._mapping["values"])["payment_order"]
    order = unit.connection.execute(select(payment_orders).where(payment_orders.c.id == order_id)).one()
    _emit_payment(unit, order, "payout", party, statement.id)


def _lapsed(unit: Unit, statement_id: str) -> bool:
    silent = select(events.c.id).where(
        events.c.statement_id == statement_id, events.c.event == str(StatementEvent.LAPSE)
    )
    return unit.connection.execute(silent.limit(1)).first() is not None


def _emit_payment(unit: Unit, order: AnyRow, kind: str, party: Counterparty, about: str) -> None:
    entry = unit.connection.execute(select(entries.c.booked).where(entries.c.id == order.entry_id)).one_or_none()
    debited = (entry.booked if entry is not None else None) or business_date(from_text(order.executed_at)).isoformat()
    payment = {
        "id": order.id,
        "kind": kind,
        "number": order.number,
        "date": order.date,
        "debited": debited,
        "account": order.account,
        "party": party.id,
        "amount": order.amount,
        "purpose": order.purpose,
        "about": about,
    }
    payload = {"version": VERSION, "payment": payment, "counterparties": [asdict(party)]}
    unit.emit(PAYMENT, f"payment_order:{order.id}", payload)


def _party(unit: Unit, statement: AnyRow) -> Counterparty:
    """Whose statement it is; a shop with its requisites, or its name alone where it has none to be paid by."""
    if statement.party_kind == PartyKind.LENDER:
        return _lender(unit, statement.party_id)
    try:
        payee = payees.requisites_of(unit, Party(PartyKind.SHOP, statement.party_id))
    except Refused:
        return Counterparty(statement.party_id, "shop", statement.party_name)
    return _of_payee(statement.party_id, "shop", payee)


def _of_payee(party_id: str, role: str, payee: Payee) -> Counterparty:
    return Counterparty(
        party_id, role, payee.name, payee.inn, payee.kpp, payee.account, payee.bic, payee.bank_name, payee.corr_account
    )


def _lenders(unit: Unit, statement_id: str) -> Iterable[Counterparty]:
    """The lenders whose money a statement holds, as they are among the buyers."""
    keys = unit.connection.execute(
        select(agreements.c.lender)
        .join(lines, lines.c.subject == subject("") + agreements.c.id)
        .join(statement_lines, statement_lines.c.line_id == lines.c.id)
        .where(statement_lines.c.statement_id == statement_id, lines.c.company == unit.company)
        .distinct()
        .order_by(agreements.c.lender)
    ).scalars()
    return [_lender(unit, key) for key in keys]


def _lender(unit: Unit, key: str) -> Counterparty:
    known = lender_buyer(unit, key)
    return Counterparty(known.outer_id, "lender", known.name, known.inn, known.kpp)


def _statement_file(store: Store, terms: Terms, parcel: Parcel) -> bytes:
    payload = parcel.payload
    with store.reading() as connection:
        row = connection.execute(select(statements).where(statements.c.id == payload["statement"])).one()
        held = connection.execute(
            select(lines, agreements.c.lender)
            .join(statement_lines, statement_lines.c.line_id == lines.c.id)
            .outerjoin(agreements, lines.c.subject == subject("") + agreements.c.id)
            .where(statement_lines.c.statement_id == row.id)
            .order_by(lines.c.id)
        ).all()
    statement = StatementRecord(
        id=row.id,
        number=row.number,
        since=date.fromisoformat(row.since),
        until=date.fromisoformat(row.until),
        party=payload["party"],
        accepted=business_date(from_text(row.answered_at), terms.zone),
        by_silence=payload["by_silence"],
        claim=payload["claim"],
        lines=tuple(_line(line) for line in held),
    )
    return _written(terms, parcel, statements=[statement])


def _line(row: AnyRow) -> LineRecord:
    return LineRecord(
        id=row.id,
        kind=row.kind,
        on=date.fromisoformat(row.on),
        document=row.document,
        gross=Money(row.gross),
        fee=Money(row.fee),
        net=Money(row.net),
        vat=Money(row.vat),
        lender=lender_outer_id(row.lender) if row.lender else "",
        reverses=row.reverses or "",
        note=row.note,
    )


def _payment_file(terms: Terms, parcel: Parcel) -> bytes:
    told = parcel.payload["payment"]
    days = {name: date.fromisoformat(told[name]) for name in ("date", "debited")}
    return _written(terms, parcel, payments=[PaymentRecord(**{**told, **days, "amount": Money(told["amount"])})])


def _written(terms: Terms, parcel: Parcel, **documents: Any) -> bytes:
    parties = [Counterparty(**party) for party in parcel.payload["counterparties"]]
    made_at = from_text(parcel.created_at)
    return write_settlement(parties, **documents, made_at=made_at, company=terms.own.name, zone=terms.zone).content
