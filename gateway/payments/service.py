"""Recording statement lines: each known once, none lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite

from gateway.bank.statement import Entry
from gateway.core.authority import Right
from gateway.core.clock import to_text
from gateway.core.errors import Conflict, Refused
from gateway.core.ids import new_id
from gateway.core.text import fold
from gateway.payments.model import PAYMENT, PaymentEvent, PaymentState, Recorded, Source, line_identity
from gateway.payments.tables import deliveries, entries, payments
from gateway.store.driver import Query
from gateway.store.schema import AnyRow, dumps
from gateway.store.unit import Unit

BOOKED = "BOOK"
RETURNED = "returned"  # warning of a reader: the bank sent our own payment back
_PAYMENT = Query(select(payments).where(payments.c.id == bindparam("id"), payments.c.company == bindparam("company")))
_STORNO = Query(
    select(entries.c.original_ref, entries.c.amount).where(
        entries.c.company == bindparam("company"),
        entries.c.account == bindparam("account"),
        entries.c.reversal == 1,
        entries.c.original_ref == bindparam("ref"),
    )
)


@dataclass(frozen=True, slots=True)
class Keyed:
    """A line with its key: identity plus its number among equal lines of the same statement."""

    key: str
    account: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class OnRecord:
    """An entry we have already, as much as a second delivery of it needs."""

    id: str
    status: str
    message_id: str


class Keys:
    """Gives the lines of one statement their keys, in order."""

    def __init__(self, ids_restart_yearly: bool = False) -> None:
        self._yearly = ids_restart_yearly
        self._seen: Counter[tuple[str, str]] = Counter()

    def give(self, account: str, entry: Entry) -> Keyed:
        identity = line_identity(entry, self._yearly)
        number = self._seen[(account, identity)]
        self._seen[(account, identity)] += 1
        return Keyed(identity if number == 0 else f"{identity}#{number}", account, entry)


def known(unit: Unit, lines: Sequence[Keyed]) -> dict[tuple[str, str], OnRecord]:
    """The entries that are on record already for these lines, by (account, key)."""
    found: dict[tuple[str, str], OnRecord] = {}
    by_account: dict[str, list[str]] = {}
    for keyed in lines:
        by_account.setdefault(keyed.account, []).append(keyed.key)
    for account, keys in by_account.items():
        rows = unit.connection.execute(
            select(entries.c.id, entries.c.key, entries.c.status, entries.c.message_id).where(
                entries.c.company == unit.company, entries.c.account == account, entries.c.key.in_(keys)
            )
        )
        found.update({(account, row.key): OnRecord(row.id, row.status, row.message_id) for row in rows})
    return found


def record(unit: Unit, keyed: Keyed, source: Source, on_record: OnRecord | None) -> Recorded:
    """Record one line.

    A line known already is only noted as delivered again; a pending line that is now booked becomes a payment.
    Money in another currency than the rouble is kept as an entry and never becomes a payment.

    Args:
        on_record: what `known` found for it.
    """
    unit.actor.require(Right.PAYMENTS_DECIDE)
    line, account = keyed.entry, keyed.account
    if on_record is not None:
        entry_id: str = on_record.id
        if on_record.message_id != source.message_id:
            _note_delivery(unit, entry_id, source.message_id)
        if on_record.status != BOOKED and line.status == BOOKED:
            # The booked line is the fact, with its own proof; the preliminary one was an announcement.
            unit.update(entries, entry_id, **_as_told(line), message_id=source.message_id, evidence=source.evidence)
            unit.journal("entry.booked", f"entry:{entry_id}", message=source.message_id, evidence=source.evidence)
            if _is_payment(line):
                return _opened(unit, entry_id, keyed, source)
            return Recorded(entry_id, False, unusable=_is_unusable(line))
        return Recorded(entry_id, False)
    entry_id = new_id()
    unit.insert(
        entries,
        {
            "id": entry_id,
            "company": unit.company,
            "account": account,
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
        account=account,
        kopecks=line.amount.kopecks,
        incoming=line.incoming,
        reversal=line.reversal,
        message=source.message_id,
        evidence=source.evidence,
    )
    if line.reversal:
        return Recorded(entry_id, True, reverses=None if line.incoming else _reversed_payment(unit, keyed))
    if _is_payment(line) and line.status == BOOKED:
        return _opened(unit, entry_id, keyed, source)
    return Recorded(entry_id, True, unusable=_is_unusable(line))


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


def _opened(unit: Unit, entry_id: str, keyed: Keyed, source: Source) -> Recorded:
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
    return Recorded(entry_id, True, entry_id, storno_came_first=_storno_came_first(unit, keyed))


def _search_text(line: Entry) -> str:
    party = line.counterparty
    return " ".join((party.name, party.inn, str(line.amount), line.purpose, line.doc_no, party.account))


def _storno_came_first(unit: Unit, keyed: Keyed) -> bool:
    line = keyed.entry
    if not line.ref:
        return False
    rows = _STORNO.all(unit.connection, company=unit.company, account=keyed.account, ref=line.ref)
    return any(row.amount == line.amount.kopecks for row in rows)


def _reversed_payment(unit: Unit, keyed: Keyed) -> str | None:
    """The payment a storno takes back: by the reference it names, else by its own, else by a unique look-alike."""
    line = keyed.entry
    named = [
        *((entries.c.ref == ref) for ref in (line.original_ref, line.ref) if ref),
        *((entries.c.e2e == ref) for ref in (line.original_ref, line.e2e) if ref),
    ]
    for is_named in named:
        rows = unit.connection.execute(
            select(payments.c.id)
            .join(entries, entries.c.id == payments.c.id)
            .where(
                entries.c.company == unit.company,
                entries.c.account == keyed.account,
                is_named,
                entries.c.amount == line.amount.kopecks,
                payments.c.state != PaymentState.REVERSED,
            )
            .limit(2)
        ).all()
        if len(rows) == 1:
            return str(rows[0].id)
    rows = unit.connection.execute(
        select(payments.c.id)
        .join(entries, entries.c.id == payments.c.id)
        .where(
            entries.c.company == unit.company,
            entries.c.party_account == line.counterparty.account,
            entries.c.doc_no == line.doc_no,
            entries.c.amount == line.amount.kopecks,
            entries.c.account == keyed.account,
            payments.c.state != PaymentState.REVERSED,
        )
        .limit(2)
    ).all()
    return str(rows[0].id) if len(rows) == 1 and line.doc_no and line.counterparty.account else None


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


def load(unit: Unit, payment_id: str, expected_version: int | None = None) -> AnyRow:
    """The payment's row.

    Raises:
        Refused: `payment.unknown`.
        Conflict: `payment.changed` when it is not the version the caller saw.
    """
    row = _PAYMENT.one_or_none(unit.connection, id=payment_id, company=unit.company)
    if row is None:
        raise Refused("payment.unknown", id=payment_id)
    if expected_version is not None and row.version != expected_version:
        raise Conflict("payment.changed", payer=row.payer, state=row.state)
    return row
