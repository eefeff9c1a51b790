"""Fields 101 and 104–109: payments into the budget have them, all others must not.

Source: the Ministry of Finance's order 107н as it stands since 2024 (field 110 is no longer filled).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from gateway.payments.outgoing.model import Finding, OrderDraft, TaxFields
from gateway.payments.outgoing.rules_vat import vat_errors

# Treasury accounts (03…, of taxes 03100…) and the budget accounts of older requisites.
_BUDGET = ("03", "40101", "40201", "40204", "40302")
_TAXES = "03100"
STATUSES = frozenset({"01", "06", "08", "13", "16", "17", "24", "28", "30", "31", "33", "34"})  # field 101
_KBK = re.compile(r"[0-9A-ZА-ЯЁ]{20}")
_OKTMO = re.compile(r"[0-9]{8}|[0-9]{11}")
_BASIS = re.compile(r"0|00|[А-ЯЁ]{2}")
_CUSTOMS = re.compile(r"[0-9]{8}")  # field 107 of customs payments: the customs office
_PERIOD = re.compile(r"МС\.(?:0[1-9]|1[0-2])\.\d{4}|КВ\.0[1-4]\.\d{4}|ПЛ\.0[12]\.\d{4}|ГД\.00\.\d{4}")
_DATE = re.compile(r"(\d\d)\.(\d\d)\.(\d{4})")
_DOC_NO_LIMIT = 15


def is_budget(account: str) -> bool:
    """Whether money to this account is a payment into the budget system."""
    return account.startswith(_BUDGET)


def tax_findings(draft: OrderDraft) -> Iterator[Finding]:
    """What is wrong with the budget fields, or with their absence; of an ordinary payment, with its VAT clause."""
    budget = is_budget(draft.payee.account)
    tax = draft.tax
    if not budget:
        if tax is not None or draft.kind == "tax":
            yield Finding("outgoing.tax_unwanted", "tax", {"account": draft.payee.account[:20]})
        yield from vat_errors(draft)
        return
    if tax is None or draft.kind != "tax":
        yield Finding("outgoing.tax_missing", "tax", {"account": draft.payee.account[:20]})
        return
    if not draft.payee.kpp:
        yield Finding("outgoing.tax_kpp", "payee.kpp")
    yield from _fields(tax, is_tax=draft.payee.account.startswith(_TAXES))


def _fields(tax: TaxFields, *, is_tax: bool) -> Iterator[Finding]:
    if tax.status not in STATUSES:
        yield _finding("outgoing.tax_status", "status", tax.status)
    # A kindergarten's account takes money without a code of income; the tax account never does.
    if not (_KBK.fullmatch(tax.kbk) and tax.kbk.strip("0")) and (is_tax or tax.kbk != "0"):
        yield _finding("outgoing.tax_kbk", "kbk", tax.kbk)
    # "0" is what the single tax payment has
    if tax.oktmo != "0" and not (_OKTMO.fullmatch(tax.oktmo) and tax.oktmo.strip("0")):
        yield _finding("outgoing.tax_oktmo", "oktmo", tax.oktmo)
    if not _BASIS.fullmatch(tax.basis):
        yield _finding("outgoing.tax_basis", "basis", tax.basis)
    if not _is_period(tax.period):
        yield _finding("outgoing.tax_period", "period", tax.period)
    if not 1 <= len(tax.doc_no) <= _DOC_NO_LIMIT:
        yield _finding("outgoing.tax_doc_no", "doc_no", tax.doc_no)
    if tax.doc_date != "0" and not _is_date(tax.doc_date):
        yield _finding("outgoing.tax_doc_date", "doc_date", tax.doc_date)


def _is_period(text: str) -> bool:
    return text == "0" or bool(_PERIOD.fullmatch(text) or _CUSTOMS.fullmatch(text)) or _is_date(text)


def _is_date(text: str) -> bool:
    found = _DATE.fullmatch(text)
    if not found:
        return False
    try:
        date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        return False
    return True


def _finding(code: str, field: str, value: str) -> Finding:
    return Finding(code, f"tax.{field}", {"value": value[:40]})
