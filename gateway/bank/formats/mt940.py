"""Reader of SWIFT MT940 (end of day) and MT942 (during the day) statements.

The library mt-940 reads the tags; here the file is cut into statements, which the library would merge, and its fields
become lines. What a bank puts into :86: as free text stays the purpose; nothing is picked out of it.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise
from typing import Any, BinaryIO

from mt940 import Options
from mt940.models import Amount, Transactions

from gateway.bank.formats.camt_parts import given
from gateway.bank.statement import ROUBLES, Balance, Entry, Identity, Party, StatementHead, identity
from gateway.core.errors import Corrupt, Refused
from gateway.core.money import Money

# On a tag it cannot read the library logs the whole of it, payers and sums included.
logging.getLogger("mt940").setLevel(logging.CRITICAL)

KIND, INTERIM = "mt940", "mt942"
_BEGINS = re.compile(r"(?m)^:20:")
_TAG = re.compile(r"(?m)^:(?:25|28C?|60[FM]|61|34F|13D?):")
_CYRILLIC = re.compile(r"[А-Яа-яЁё]")
_ORDER_NUMBER = re.compile(r"0*[0-9]{1,6}")
_LINE_OF_86 = 65  # a line of :86: that is full to its last character goes on in the next one without a space
_BALANCES = {
    "final_opening_balance": "OPBD",
    "intermediate_opening_balance": "ITBD",
    "final_closing_balance": "CLBD",
    "intermediate_closing_balance": "ITBD",
    "available_balance": "CLAV",
    "forward_available_balance": "FWAV",
}


def looks_like(head: bytes) -> bool:
    """Whether a file that begins with `head` is one of these."""
    text = head.decode("latin-1").replace("\r", "")
    return _BEGINS.search(text) is not None and _TAG.search(text) is not None


def read(source: BinaryIO) -> Iterator[StatementHead | Entry]:
    """The statements of a file: a head, then its lines. Pages of one statement share its id.

    Raises:
        Corrupt: `bank.malformed`: a tag cannot be read, or nothing in the file is a statement.
    """
    text = _decode(source.read()).replace("\r\n", "\n").replace("\r", "\n")
    starts = [found.start() for found in _BEGINS.finditer(text)]
    if not starts:
        raise Corrupt("bank.malformed", what="no :20:")
    before: _Page | None = None
    seen: Counter[Identity] = Counter()
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        page = _page(text[start:end])
        if before is not None and page.continues(before):
            page = replace(page, head=replace(page.head, statement_id=before.head.statement_id))
        else:
            seen = Counter()
        before = page
        yield page.head
        for entry in page.entries:
            key = identity(entry)
            yield replace(entry, occurrence=seen[key]) if seen[key] else entry
            seen[key] += 1


@dataclass(frozen=True, slots=True)
class _Page:
    """One message: a statement, or a page of it (`first` is False for what goes on from another)."""

    head: StatementHead
    entries: tuple[Entry, ...]
    first: bool

    def continues(self, before: _Page) -> bool:
        return not self.first and (self.head.account, self.head.number) == (before.head.account, before.head.number)


def _page(text: str) -> _Page:
    try:
        parsed = Transactions(options=Options.all())
        parsed.parse(text)
    except Exception as error:  # the library raises whatever its regular expressions and numbers run into
        raise Corrupt("bank.malformed", what=f"MT940: {type(error).__name__}") from None
    data = parsed.data
    if not data.get("account_identification"):
        raise Corrupt("bank.malformed", what="MT940: no :25:")
    balances = tuple(_balances(data))
    currency = parsed.currency or next((b.currency for b in balances if b.currency), "")
    number = _text(data, "statement_number")
    reference = _text(data, "transaction_reference")
    final = any(name in data for name in _BALANCES)
    head = StatementHead(
        kind=KIND if final else INTERIM,
        statement_id=f"{reference} {number}".strip(),
        number=number.lstrip("0"),
        created=None,
        account=_text(data, "account_identification"),
        owner="",
        bic="",
        currency=currency,
        period_from=None,
        period_to=None,
        balances=balances,
    )
    entries = tuple(_entry(one.data, currency) for one in parsed if "status" in one.data)
    return _Page(head, entries, first="intermediate_opening_balance" not in data)


def _balances(data: Mapping[str, Any]) -> Iterator[Balance]:
    for name, code in _BALANCES.items():
        found = data.get(name)
        if found is None or not isinstance(found.amount, Amount):
            continue
        amount = _money(abs(found.amount.amount))
        if amount is not None:
            negative = found.amount.amount < 0
            yield Balance(code, -amount if negative else amount, _day(found.date), found.amount.currency or "")


def _entry(data: Mapping[str, Any], currency: str) -> Entry:
    warnings: list[str] = []
    mark = _text(data, "status").upper()
    amount = _money(abs(data["amount"].amount))
    if amount is None:
        warnings.append("amount_unreadable")
    elif not amount:
        warnings.append("amount_missing")
    if not currency:
        warnings.append("currency_missing")
    elif currency not in ROUBLES:
        warnings.append("currency_foreign")
    value = _day(data.get("date"))
    customer = given(_text(data, "customer_reference"))
    return Entry(
        ref=given(_text(data, "bank_reference")),
        entry_ref="",
        e2e=given(_text(data, "end_to_end_reference")),
        tx_id="",
        amount=amount or Money.zero(),
        incoming=mark in ("C", "RD"),
        reversal=mark.startswith("R"),
        status="BOOK",
        booked=_day(data.get("entry_date")) or value,  # banks leave it out where it is the value date
        value=value,
        bank_time=None,
        counterparty=Party(
            name=" ".join(_text(data, "applicant_name").split()),
            account=_text(data, "applicant_iban") or _text(data, "gvc_applicant_iban"),
            bic=_text(data, "applicant_bin") or _text(data, "gvc_applicant_bin"),
        ),
        purpose=_purpose(data),
        doc_no=customer if currency in ROUBLES and _ORDER_NUMBER.fullmatch(customer) else "",
        doc_date=None,
        code=_text(data, "id"),
        original_ref="",
        detail_index=0,
        occurrence=0,
        warnings=tuple(warnings),
        currency=currency,
    )


def _purpose(data: Mapping[str, Any]) -> str:
    """:86:, structured or not; what stands under :61: or in :NS: where there is none."""
    purpose = _text(data, "purpose") or _text(data, "additional_purpose")
    if purpose:
        return " ".join(purpose.split())
    lines = (_text(data, "transaction_details") or _text(data, "non_swift_text")).split("\n")
    whole = lines[0]
    for before, line in pairwise(lines):
        whole = whole + line if len(before) >= _LINE_OF_86 else f"{whole.rstrip()} {line.lstrip()}"
    return whole.strip() or _text(data, "extra_details")


def _text(data: Mapping[str, Any], name: str) -> str:
    found = data.get(name)
    return found.strip() if isinstance(found, str) else ""


def _day(found: Any) -> date | None:
    """A plain date of the library's own kind of date."""
    if isinstance(found, datetime) or not isinstance(found, date):
        return None
    return date(found.year, found.month, found.day)


def _money(amount: Any) -> Money | None:
    try:
        return Money.parse(f"{amount:f}")
    except Refused:
        return None


def _decode(data: bytes) -> str:
    """UTF-8, else the Russian encoding in which more of it is Russian."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    candidates = [data.decode(encoding, errors="replace") for encoding in ("cp1251", "cp866")]
    return max(candidates, key=lambda text: len(_CYRILLIC.findall(text)))
