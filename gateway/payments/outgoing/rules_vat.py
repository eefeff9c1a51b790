"""VAT in the purpose of a payment: that it is named, and that rate and sum can be right.

The payer must say which VAT a payment holds (Tax Code, article 168 part 4; banks ask for it in every ordinary
payment). Rates come from the dated table of `gateway.core.vat`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.core.text import fold
from gateway.core.vat import is_rate, parse_percent
from gateway.payments.outgoing.model import Finding, OrderDraft

NO_VAT = "none"
_TOLERANCE = Money(100)  # VAT is rounded line by line: an invoice of many lines differs by some kopecks
_NAMED = re.compile(fold(r"(?<![а-я])ндс(?![а-я])|без\s+налога"))
_CLAUSE = re.compile(
    fold(r"(?<![а-я])ндс") + r"\s*\(?\s*(?P<percent>\d{1,2})(?!\d)\s*%?(?:\s*/\s*1\d\d\s*%?)?\s*\)?"
    r"(?:\s*[-:=]?\s*(?P<sum>\d[\d ]*[.,=-]\d\d)(?!\d))?"
)


def add_vat(purpose: str, vat: str, amount: Money) -> str:
    """`purpose` with the VAT clause `vat` asks for, unless it names VAT itself or `vat` is no rate.

    Args:
        vat: "none", a rate as `gateway.core.vat.parse_percent` reads it, or "" to add nothing.
    """
    if not vat or _NAMED.search(fold(purpose)):
        return purpose
    try:
        percent = None if vat == NO_VAT else parse_percent(vat)
    except Refused:
        return purpose
    clause = "НДС не облагается"
    if percent is not None:
        inside = amount.vat_inside(percent) if amount > Money.zero() else Money.zero()
        clause = f"В т.ч. НДС ({percent}%) {str(inside).replace('.', '-')}"
    stop = "" if purpose.endswith((".", ";", "!")) else "."
    return f"{purpose}{stop} {clause}" if purpose else clause


def vat_errors(draft: OrderDraft) -> Iterator[Finding]:
    """An ordinary payment whose purpose says nothing of VAT, or was asked to say something unreadable."""
    if draft.vat and draft.vat != NO_VAT:
        try:
            parse_percent(draft.vat)
        except Refused as error:
            yield Finding(error.code, "vat", {name: str(value) for name, value in error.values.items()})
            return
    if draft.purpose and not _NAMED.search(fold(draft.purpose)):
        yield Finding("outgoing.no_vat", "vat")


def vat_findings(draft: OrderDraft) -> Iterator[Finding]:
    """A rate that was no rate on the day, or a sum that is not the rate's."""
    if draft.kind != "ordinary" or draft.date is None:
        return
    clauses = list(_CLAUSE.finditer(fold(draft.purpose)))
    for clause in clauses:
        percent = int(clause["percent"])
        if not is_rate(percent, draft.date):
            values = {"percent": str(percent), "date": draft.date.strftime("%d.%m.%Y")}
            yield Finding("outgoing.vat_rate", "purpose", values)
    if len(clauses) == 1 and clauses[0]["sum"]:
        yield from _sum(draft.amount, int(clauses[0]["percent"]), clauses[0]["sum"])


def _sum(amount: Money, percent: int, text: str) -> Iterator[Finding]:
    try:
        given = Money.parse(text.replace("=", "-"))
    except Refused:
        return
    expected = amount.vat_inside(percent)
    if abs(given - expected) > _TOLERANCE:
        values = {"percent": str(percent), "given": str(given), "expected": str(expected)}
        yield Finding("outgoing.vat_sum", "purpose", values)
