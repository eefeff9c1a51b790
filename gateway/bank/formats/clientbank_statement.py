"""1CClientBankExchange 1.01-1.03 as statements: one for each account of the file, with its balances and lines."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO
from zoneinfo import ZoneInfo

from gateway.bank.formats.clientbank import AccountSection, BankDocument, ClientBankFile, Direction, Side
from gateway.bank.formats.clientbank_read import read as read_file
from gateway.bank.statement import ROUBLES, Balance, Entry, Identity, Party, StatementHead, identity
from gateway.core.clock import MOSCOW
from gateway.core.errors import Corrupt, Refused
from gateway.core.money import Money

KIND = "1c-text"
# Digits 6 to 8 of a Russian account name its currency.
_CURRENCIES = {"810": "RUB", "643": "RUB", "840": "USD", "978": "EUR", "156": "CNY", "398": "KZT", "933": "BYN"}


def read(source: BinaryIO, zone: ZoneInfo = MOSCOW) -> Iterator[StatementHead | Entry]:
    """The statements of a file. A document between two accounts of the file is a line of each.

    Args:
        zone: the bank's, in which the dates of its periods begin and end.

    Raises:
        Corrupt: with the reader's own code, `onec.bank_…`, `onec.encoding_…`, `onec.file_empty`; `bank.malformed`
            when the file names no account.
    """
    try:
        file = read_file(source.read())
    except Refused as error:
        raise Corrupt(error.code, **error.values) from None
    yield from statements(file, zone)


def is_statement(file: ClientBankFile) -> bool:
    """The bank says what happened: it gives balances, or the days on which money moved.

    The same format carries payment orders from 1C to the bank; those have neither.
    """
    return bool(file.sections) or any(document.credited or document.debited for document in file.documents)


def statements(file: ClientBankFile, zone: ZoneInfo = MOSCOW) -> Iterator[StatementHead | Entry]:
    """See `read`."""
    if not file.accounts:
        raise Corrupt("bank.malformed", what="1CClientBankExchange: no РасчСчет")
    own = frozenset(file.accounts)
    lines: dict[str, list[Entry]] = {account: [] for account in file.accounts}
    for document in file.documents:
        for account, entry in _entries(document, own, file):
            lines[account].append(entry)
    for account in file.accounts:
        sections = [section for section in file.sections if section.account == account]
        # Lines follow the last head: equal lines are counted over the whole file, not over its sections.
        for section in sections:
            yield _head(file, account, section, zone)
        if not sections:
            yield _head(file, account, None, zone)
        seen: Counter[Identity] = Counter()
        for entry in lines[account]:
            key = identity(entry)
            yield replace(entry, occurrence=seen[key]) if seen[key] else entry
            seen[key] += 1


def _head(file: ClientBankFile, account: str, section: AccountSection | None, zone: ZoneInfo) -> StatementHead:
    first = (section.date_from if section else None) or file.date_from
    last = (section.date_to if section else None) or file.date_to or first
    currency = _currency(account)
    balances = []
    if section is not None and section.opening is not None:
        balances.append(Balance("OPBD", section.opening, first, currency))
    if section is not None and section.closing is not None:
        balances.append(Balance("CLBD", section.closing, last, currency))
    made = file.made_at.replace(tzinfo=zone).astimezone(dt.UTC) if file.made_at else None
    return StatementHead(
        kind=KIND,
        statement_id=f"{first or ''}..{last or ''}",
        number="",
        created=made,
        account=account,
        owner="",
        bic="",
        currency=currency,
        period_from=_instant(first, dt.time(), zone),
        period_to=_instant(last, dt.time(23, 59, 59), zone),
        balances=tuple(balances),
    )


def _instant(day: dt.date | None, clock: dt.time, zone: ZoneInfo) -> dt.datetime | None:
    if day is None or not 1900 <= day.year <= 9000:
        return None
    return dt.datetime.combine(day, clock, tzinfo=zone).astimezone(dt.UTC)


def _entries(document: BankDocument, own: frozenset[str], file: ClientBankFile) -> Iterator[tuple[str, Entry]]:
    """The lines of a document, each with the account it moves."""
    direction = document.direction(own)
    payee, payer = _account(document.payee, own), _account(document.payer, own)
    alone = file.accounts[0]
    if direction is Direction.INTERNAL:
        yield payer, _entry(document, payer, incoming=False)
        yield payee, _entry(document, payee, incoming=True)
    elif direction is Direction.IN:
        yield payee or alone, _entry(document, payee or alone, incoming=True)
    elif direction is Direction.OUT:
        yield payer or alone, _entry(document, payer or alone, incoming=False)
    else:
        account = payee or payer or alone
        entry = _entry(document, account, incoming=False)
        yield account, replace(entry, warnings=("direction_missing", *entry.warnings))


def _account(side: Side, own: frozenset[str]) -> str:
    return next((number for number in (side.account, side.settlement_account) if number in own), "")


def _entry(document: BankDocument, account: str, *, incoming: bool) -> Entry:
    side = document.payer if incoming else document.payee
    currency = _currency(account)
    warnings = [] if currency in ROUBLES else ["currency_foreign"]
    amount = document.amount
    if amount.kopecks < 0:
        amount = Money.zero()
        warnings.append("amount_unreadable")
    elif not amount:
        warnings.append("amount_missing")
    moved = document.credited if incoming else document.debited
    return Entry(
        ref="",
        entry_ref="",
        e2e="",
        tx_id="",
        amount=amount,
        incoming=incoming,
        reversal=False,
        status="BOOK",
        booked=moved or document.credited or document.debited,
        value=None,
        bank_time=None,
        counterparty=Party(side.name, _number(side.inn), _number(side.kpp), side.account, side.bic, side.bank),
        purpose=" ".join(document.purpose.split("\n")).strip(),
        doc_no=document.number,
        doc_date=document.date,
        code=document.kind,
        original_ref="",
        detail_index=0,
        occurrence=0,
        warnings=tuple(warnings),
        currency=currency,
    )


def _currency(account: str) -> str:
    """Of a Russian account; others, and accounts some program has shortened, are taken for rouble accounts."""
    known = len(account) == 20 and account.isdigit()
    return _CURRENCIES.get(account[5:8], account[5:8]) if known else "RUB"


def _number(text: str) -> str:
    """An ИНН or КПП; banks write "0" for none."""
    return text if text.strip("0 ") else ""
