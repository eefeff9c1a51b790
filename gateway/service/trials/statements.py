"""Payments from files of banks: the money that came in, each line once, in the order the bank booked it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from gateway.bank.formats.reading import read, statement_format
from gateway.bank.statement import StatementHead, identity
from gateway.core.errors import Refused
from gateway.matching.facts import PaymentIn
from gateway.matching.trial_summary import Tally
from gateway.onec.archive import DEFAULT_LIMITS
from gateway.onec.incoming import open_file
from gateway.service.trials.bad_rows import BadRows
from gateway.service.trials.reversals import Line, Reversals

_FINAL = "BOOK"  # announced lines come again when they are booked
_LAST_DAY, _NO_TIME = date.max, datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Incoming:
    """What files of a bank bring.

    Attributes:
        payments: in the order the bank booked them.
        taken_back: those the bank took back again; not among `payments`.
    """

    payments: list[PaymentIn]
    taken_back: Tally


def payments(files: Sequence[Path], bad: BadRows) -> Incoming:
    """The incoming lines of all files; a line that overlapping statements give twice counts once.

    Announcements and our own payments that came back are passed over, and so are payments the bank took back: a storno
    finds its payment as in the service, and one that finds none is reported. Lines in another currency and lines
    without a sum are reported; their number is that of the line within its file.

    Raises:
        Refused: `trial.no_statement`, `trial.nothing_to_decide`, `onec.zip_…`.
        Corrupt: a statement breaks off or is not what it says; with its reader's code.
    """
    found: list[Line] = []
    stornos: list[Line] = []
    seen: set[tuple[object, ...]] = set()
    for place, path in enumerate(files):
        for name, content in open_file(path.read_bytes(), path.name, DEFAULT_LIMITS):
            for line in _booked(place, name, content):
                key = (line.account, line.entry.booked, line.entry.occurrence, *identity(line.entry))
                if key in seen or not _usable(line, bad):
                    continue
                seen.add(key)
                (stornos if line.entry.reversal else found).append(line)
    if not found:
        raise Refused("trial.nothing_to_decide")
    reversals = Reversals(found, stornos)
    for storno in reversals.unknown:
        bad.report(storno.file, storno.number, Refused("trial.statement_line_storno"), storno.entry.purpose)
    taken_back = Tally()
    for line in found:
        if line.id in reversals.ids:
            taken_back.add(line.entry.amount.kopecks)
    found = sorted((line for line in found if line.id not in reversals.ids), key=_when)
    return Incoming([_payment(line) for line in found], taken_back)


def _booked(place: int, name: str, content: bytes) -> Iterator[Line]:
    """Each booked line that brings money of somebody else's, or takes such money back."""
    found = statement_format(content)
    if not found:
        raise Refused("trial.no_statement", file=name)
    account, number = "", 0
    for part in read(found, content):
        if isinstance(part, StatementHead):
            account = part.account
            continue
        number += 1
        if part.incoming != part.reversal and part.status == _FINAL:
            yield Line(f"{place}/{name}#{number}", name, number, account, part)


def _usable(line: Line, bad: BadRows) -> bool:
    entry = line.entry
    if not entry.in_roubles:
        error = Refused("trial.statement_line_currency", currency=entry.currency)
    elif entry.amount.kopecks <= 0:
        error = Refused("trial.statement_line_sum")
    else:
        return True
    bad.report(line.file, line.number, error, entry.purpose)
    return False


def _when(line: Line) -> tuple[date, datetime]:
    entry = line.entry
    return entry.booked or entry.value or _LAST_DAY, entry.bank_time or _NO_TIME


def _payment(line: Line) -> PaymentIn:
    entry, payer = line.entry, line.entry.counterparty
    return PaymentIn(
        id=f"{line.file}#{line.number}",
        account=line.account,
        payer_name=payer.name,
        payer_inn=payer.inn,
        payer_kpp=payer.kpp,
        payer_account=payer.account,
        amount=entry.amount,
        purpose=entry.purpose,
        doc_no=entry.doc_no,
        doc_date=entry.doc_date,
        booked=entry.booked,
    )
