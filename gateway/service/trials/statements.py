"""Payments from files of banks: the money that came in, each line once, in the order the bank booked it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from gateway.bank.formats.reading import read, statement_format
from gateway.bank.statement import Entry, StatementHead, identity
from gateway.core.errors import Refused
from gateway.matching.facts import PaymentIn
from gateway.onec.archive import DEFAULT_LIMITS
from gateway.onec.incoming import open_file
from gateway.service.trials.bad_rows import BadRows

_FINAL = "BOOK"  # announced lines come again when they are booked
_LAST_DAY, _NO_TIME = date.max, datetime.max.replace(tzinfo=UTC)


def payments(files: Sequence[Path], bad: BadRows) -> list[PaymentIn]:
    """The incoming lines of all files; a line that overlapping statements give twice counts once.

    Lines the bank took back, announcements, and our own payments that came back are passed over. Lines in another
    currency and lines without a sum are reported; their number is that of the line within its file.

    Raises:
        Refused: `trial.no_statement`, `trial.nothing_to_decide`, `onec.zip_…`.
        Corrupt: a statement breaks off or is not what it says; with its reader's code.
    """
    found: list[tuple[tuple[date, datetime], PaymentIn]] = []
    seen: set[tuple[object, ...]] = set()
    for path in files:
        for name, content in open_file(path.read_bytes(), path.name, DEFAULT_LIMITS):
            for number, account, entry in _incoming(name, content):
                key = (account, entry.booked, entry.occurrence, *identity(entry))
                if key in seen or not _usable(name, number, entry, bad):
                    continue
                seen.add(key)
                found.append((_when(entry), _payment(f"{name}#{number}", account, entry)))
    if not found:
        raise Refused("trial.nothing_to_decide")
    found.sort(key=lambda item: item[0])
    return [payment for _, payment in found]


def _incoming(name: str, content: bytes) -> Iterator[tuple[int, str, Entry]]:
    """(number within the file, our account, line) of each booked line that brings money of somebody else's."""
    found = statement_format(content)
    if not found:
        raise Refused("trial.no_statement", file=name)
    account, number = "", 0
    for part in read(found, content):
        if isinstance(part, StatementHead):
            account = part.account
            continue
        number += 1
        if part.incoming and not part.reversal and part.status == _FINAL:
            yield number, account, part


def _usable(name: str, number: int, entry: Entry, bad: BadRows) -> bool:
    if not entry.in_roubles:
        bad.report(name, number, Refused("trial.statement_line_currency", currency=entry.currency), entry.purpose)
        return False
    if entry.amount.kopecks <= 0:
        bad.report(name, number, Refused("trial.statement_line_sum"), entry.purpose)
        return False
    return True


def _when(entry: Entry) -> tuple[date, datetime]:
    return entry.booked or entry.value or _LAST_DAY, entry.bank_time or _NO_TIME


def _payment(payment_id: str, account: str, entry: Entry) -> PaymentIn:
    payer = entry.counterparty
    return PaymentIn(
        id=payment_id,
        account=account,
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
