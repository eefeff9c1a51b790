"""Sums and dates as registry files write them."""

from __future__ import annotations

import re
from datetime import date

from gateway.core.errors import Refused
from gateway.core.money import Money

_LARGEST = 10**13  # kopecks: more is no line of a registry, and the longest one still adds up in a column
_CURRENCY = re.compile(r"(?i)\s*(?:руб(?:лей|ля|ль)?\.?|р\.|rub|rur|₽)\s*")
_SIGNS = str.maketrans({"−": "-", "–": "-", "'": None, "’": None, "\u00a0": " ", "\u202f": " "})
_DATE = re.compile(r"(?<!\d)(\d{4})-(\d\d)-(\d\d)(?!\d)|(?<!\d)(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d\d)(?!\d)")
_COMPACT = re.compile(r"(?<!\d)(20\d\d)(\d\d)(\d\d)(?!\d)")


def amount(text: str, unit: str) -> Money:
    """ "1 234,50", "1,234.50 руб.", "(100,00)", "-15" in roubles; whole numbers when `unit` is "kopecks".

    Raises:
        Refused: `money.unreadable`, `money.subkopeck`.
    """
    cleaned = _CURRENCY.sub("", text.translate(_SIGNS)).strip()
    negative = cleaned.startswith("(") and cleaned.endswith(")")
    if negative:
        cleaned = cleaned[1:-1]
    if "," in cleaned and "." in cleaned:  # the later one is the decimal sign
        cleaned = cleaned.replace(min(",.", key=cleaned.rindex), "")
    value = Money.parse(cleaned)
    if unit == "kopecks":
        whole, part = divmod(abs(value.kopecks), 100)
        if part:
            raise Refused("money.subkopeck", text=text[:40])
        value = Money(-whole if value.kopecks < 0 else whole)
    if abs(value.kopecks) > _LARGEST:
        raise Refused("money.unreadable", text=text[:40])
    return -value if negative else value


def day(text: str) -> date | None:
    """The first date in a text: 18.11.2026, 18.11.26, 2026-11-18, 20261118; None when there is none."""
    found = _DATE.search(text)
    try:
        if found is not None and found[1]:
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found is not None:
            return date(int(found[6]) + (2000 if len(found[6]) == 2 else 0), int(found[5]), int(found[4]))
        if compact := _COMPACT.search(text):
            return date(int(compact[1]), int(compact[2]), int(compact[3]))
    except ValueError:
        return None
    return None
