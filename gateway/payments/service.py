"""Recording statement lines: each known once, none lost."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite

from gateway.bank.statement import Entry
from gateway.core.authority import Right
from gateway.core.clock import to_text
from gateway.core.errors import Refused
from gateway.core.ids import new_id
from gateway.core.text import fold
from gateway.payments.batches import ALONE, Standing
from gateway.payments.lines import BOOKED, Keyed, OnRecord
from gateway.payments.model import PAYMENT, PaymentEvent, PaymentState, Recorded, Source
from gateway.payments.storno import came_first, reversed_payment
from gateway.payments.tables import deliveries, entries, payments
from gateway.store.driver import Query
from gateway.store.schema import AnyRow, dumps
from gateway.store.unit import Unit

RETURNED = "returned"  # warning of a reader: the bank sent our own payment back
_STRENGTH = {"signed": 3, "channel": 2, "file": 1}
_PAYMENT = Query(select(payments).where(payments.c.id == bindparam("id"), payments.c.company == bindparam("company")))


def record(
    unit: Unit, keyed: Keyed, source: Source, on_record: OnRecord | None, standing: Standing = ALONE
) -> Recorded:
    """Record one line.

    A line known already is only noted as delivered again, unless this copy says more: a pending line that is now
    booked becomes a payment, and a line with weaker proof takes over the words and the proof of the stronger copy.
    Proof never becomes weaker. Money in another currency than the rouble is kept as an entry and never becomes a
    payment.

    Args:
        on_record: the line's copy on record, as `Known.find` says.
        standing: of a new line, to a batch on record.
    """
    unit.actor.require(Right.PAYMENTS_DECIDE)
    line = keyed.entry
    if on_record is not None:
        return _told_again(unit, keyed, source, on_record)
    entry_id = new_id()
    unit.insert(
        entries,
        {
            "id": entry_id,
            "company": unit.company,
            "account": keyed.account,
            "key": keyed.key,
            "direction": "in" if line.incoming else "out",
            "reversal": int(line.reversal),
            **_as_told(line),
            "amount": line.amount.kopecks,
            "currency": line.currency,
            "received_at": to_text(source.received_at),
            "message_id": source.message_id,
            "evidence": source.evidence,
        },
    )
    unit.journal(
        "entry.recorded",
        f"entry:{entry_id}",
        key=keyed.key,
        account=keyed.account,
        kopecks=line.amount.kopecks,
        incoming=line.incoming,
        reversal=line.reversal,
        message=source.message_id,
        evidence=source.evidence,
    )
    if line.reversal:
        return _storno(unit, keyed, source, entry_id, fresh=True)
    if standing.covered:
        unit.journal("entry.covered", f"entry:{entry_id}", batch=line.batch_ref or line.ref)
        return Recorded(entry_id, True)
    if _is_payment(line) and line.status == BOOKED:
        return _opened(unit, entry_id, keyed, source, standing)
    return Recorded(entry_id, True, unusable=_is_unusable(line))


def _told_again(unit: Unit, keyed: Keyed, source: Source, old: OnRecord) -> Recorded:
    line, entry_id = keyed.entry, old.id
    if old.message_id != source.message_id:
        _note_delivery(unit, entry_id, source.message_id)
    if old.status != BOOKED and line.status == BOOKED:
        # The booked line is the fact, with its own proof; the preliminary one was an announcement.
        _take_over(unit, keyed, source, entry_id)
        unit.journal("entry.booked", f"entry:{entry_id}", message=source.message_id, evidence=source.evidence)
        if line.reversal:
            return _storno(unit, keyed, source, entry_id, fresh=False)
        if _is_payment(line):
            return _opened(unit, entry_id, keyed, source)
        return Recorded(entry_id, False, unusable=_is_unusable(line))
    if _strength(source.evidence) <= _strength(old.evidence) or (old.status == BOOKED and line.status != BOOKED):
        return Recorded(entry_id, False)
    _take_over(unit, keyed, source, entry_id)
    unit.journal(
        "entry.proved",
        f"entry:{entry_id}",
        message=source.message_id,
        evidence=source.evidence,
        before=old.evidence,
        message_before=old.message_id,
    )
    if line.reversal:
        return _storno(unit, keyed, source, entry_id, fresh=False)
    if line.status != BOOKED or not _is_payment(line) or load_if_any(unit, entry_id) is None:
        return Recorded(entry_id, False)
    _tell_payer(unit, entry_id, line)
    return Recorded(entry_id, False, proved=entry_id, retold=old.tells_otherwise(line))


def stands(keyed: Keyed, source: Source, old: OnRecord | None, entry_id: str) -> OnRecord:
    """A line as it stands on record after `record`."""
    if old is None:
        return OnRecord.of(entry_id, keyed, source)
    booked = old.status != BOOKED and keyed.entry.status == BOOKED
    weaker = old.status == BOOKED and keyed.entry.status != BOOKED
    if booked or (_strength(source.evidence) > _strength(old.evidence) and not weaker):
        return OnRecord.of(entry_id, keyed, source)
    return old


def _strength(evidence: str) -> int:
    return _STRENGTH.get(evidence, 0)


def _take_over(unit: Unit, keyed: Keyed, source: Source, entry_id: str) -> None:
    """The line is from now on what this copy says, on this copy's proof."""
    unit.update(
        entries,
        entry_id,
        **_as_told(keyed.entry),
        key=keyed.key,
        message_id=source.message_id,
        evidence=source.evidence,
    )


def _storno(unit: Unit, keyed: Keyed, source: Source, entry_id: str, *, fresh: bool) -> Recorded:
    """A reversal acts when it is booked; before that the bank may still drop it."""
    if keyed.entry.status != BOOKED:
        return Recorded(entry_id, fresh, announced=True)
    reverses = None if keyed.entry.incoming else reversed_payment(unit, keyed, source.evidence)
    return Recorded(entry_id, fresh, storno=True, reverses=reverses)


def _as_told(line: Entry) -> dict[str, Any]:
    """The columns a booked line may still change in its preliminary one."""
    return {
        "status": line.status,
        "booked": line.booked.isoformat() if line.booked else None,
        "value_date": line.value.isoformat() if line.value else None,
        "bank_time": to_text(line.bank_time) if line.bank_time else None,
        "ref": line.ref,
        "entry_ref": line.entry_ref,
        "e2e": line.e2e,
        "tx_id": line.tx_id,
        "doc_no": line.doc_no,
        "doc_date": line.doc_date.isoformat() if line.doc_date else None,
        "party_name": line.counterparty.name,
        "party_inn": line.counterparty.inn,
        "party_kpp": line.counterparty.kpp,
        "party_account": line.counterparty.account,
        "party_bic": line.counterparty.bic,
        "party_bank": line.counterparty.bank_name,
        "purpose": line.purpose,
        "code": line.code,
        "original_ref": line.original_ref,
        "warnings": dumps(list(line.warnings)),
    }


def _is_payment(line: Entry) -> bool:
    """Whether the line is somebody's money for us: not our own payment coming back, not another currency."""
    if RETURNED in line.warnings:
        return False
    return line.incoming and not line.reversal and line.in_roubles and bool(line.amount)


def _is_unusable(line: Entry) -> bool:
    ours = line.incoming and not line.reversal and RETURNED not in line.warnings
    return ours and line.status == BOOKED and not (line.in_roubles and line.amount)


def _note_delivery(unit: Unit, entry_id: str, message_id: str) -> None:
    dialect = postgresql if unit.connection.dialect.name == "postgresql" else sqlite
    unit.connection.execute(
        dialect.insert(deliveries)
        .values(entry_id=entry_id, company=unit.company, message_id=message_id, at=unit.at)
        .on_conflict_do_nothing()
    )


def _opened(unit: Unit, entry_id: str, keyed: Keyed, source: Source, standing: Standing = ALONE) -> Recorded:
    line = keyed.entry
    # The bank's own operation time starts the customer's clock; without one, our receipt is the best we have.
    bank_time = to_text(line.bank_time or source.received_at)
    unit.insert(
        payments,
        {
            "id": entry_id,
            "company": unit.company,
            "state": PaymentState.NEW,
            "outcome": "",
            "amount": line.amount.kopecks,
            "allocated": 0,
            "bank_time": bank_time,
            "payer": line.counterparty.name,
            "search": fold(_search_text(line)),
            "version": 1,
        },
    )
    unit.changed("payment", entry_id)
    return Recorded(
        entry_id, True, entry_id, storno_came_first=came_first(unit, keyed, source.evidence), replaces=standing.replaces
    )


def _tell_payer(unit: Unit, payment_id: str, line: Entry) -> None:
    """The payment's own copy of what the line says, for lists and searching."""
    told: dict[str, Any] = {"payer": line.counterparty.name, "search": fold(_search_text(line))}
    if line.bank_time is not None:
        told["bank_time"] = to_text(line.bank_time)
    unit.update(payments, payment_id, **told)
    unit.changed("payment", payment_id)


def _search_text(line: Entry) -> str:
    party = line.counterparty
    return " ".join((party.name, party.inn, str(line.amount), line.purpose, line.doc_no, party.account))


def count_of_message(unit: Unit, message_id: str) -> int:
    """How many lines were first seen in this message."""
    of_message = (entries.c.company == unit.company) & (entries.c.message_id == message_id)
    return int(unit.connection.execute(select(func.count()).select_from(entries).where(of_message)).scalar_one())


def step(unit: Unit, payment: AnyRow, event: PaymentEvent, *, outcome: str, allocated: int) -> None:
    """Move a payment, as it stands, by one event of its table and set what it now has allocated.

    Raises:
        Refused: `state.illegal`.
    """
    to = PAYMENT.step(PaymentState(payment.state), event).to
    unit.update(payments, payment.id, state=to, outcome=outcome, allocated=allocated, version=payment.version + 1)
    unit.changed("payment", payment.id)


def load(unit: Unit, payment_id: str) -> AnyRow:
    """The payment's row.

    Raises:
        Refused: `payment.unknown`.
    """
    row = load_if_any(unit, payment_id)
    if row is None:
        raise Refused("payment.unknown", id=payment_id)
    return row


def load_if_any(unit: Unit, payment_id: str) -> AnyRow | None:
    """The payment's row; None when the line is no payment."""
    return _PAYMENT.one_or_none(unit.connection, id=payment_id, company=unit.company)
