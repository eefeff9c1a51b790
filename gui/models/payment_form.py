"""The form of a payment order without its widgets: what is sent, what is wrong at first sight, whose error it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gui import wording
from gui.api.errors import ApiError
from gui.api.types import Outgoing
from gui.i18n import translate

PURPOSE_LIMIT = 210
VAT_RATES = ("22", "10", "7", "5", "0")
NO_VAT = "none"
TAX_FIELDS = ("status", "kbk", "oktmo", "basis", "period", "doc_no", "doc_date")
BUDGET = ("03", "40101", "40201", "40204", "40302")
"""How accounts of the budget begin: they want fields 101 to 109."""
_NAMED = re.compile(r"(?<![а-яё])ндс(?![а-яё])|без\s+налога", re.IGNORECASE)
_CLAUSE = re.compile(r"[.;!]?\s*(?:(?P<none>НДС не облагается)|В т\.ч\. НДС \((?P<percent>\d{1,2})%\) [\d-]+)$")

# Where an error names its rule alone: a rule is about one field, and this says which.
_FIELD_OF = {
    "outgoing.account_unknown": "account",
    "outgoing.number": "number",
    "outgoing.number_taken": "number",
    "outgoing.date": "date",
    "outgoing.priority": "priority",
    "outgoing.amount": "amount",
    "outgoing.amount_too_large": "amount",
    "outgoing.over_limit": "amount",
    "outgoing.own_account": "payee.account",
    "outgoing.no_name": "payee.name",
    "outgoing.name_long": "payee.name",
    "outgoing.no_inn": "payee.inn",
    "outgoing.inn_kind": "payee.inn",
    "outgoing.kpp_of_person": "payee.kpp",
    "outgoing.tax_kpp": "payee.kpp",
    "outgoing.no_corr_account": "payee.corr_account",
    "outgoing.no_purpose": "purpose",
    "outgoing.purpose_long": "purpose",
    "outgoing.no_vat": "vat",
    "outgoing.tax_missing": "tax",
    "outgoing.tax_unwanted": "tax",
    "requisites.inn": "payee.inn",
    "requisites.kpp": "payee.kpp",
    "requisites.bic": "payee.bic",
    "requisites.account": "payee.account",
    "requisites.account_key": "payee.account",
    "requisites.correspondent": "payee.corr_account",
    "requisites.uin": "uin",
    "vat.unreadable": "vat",
    "vat.no_rate": "vat",
    **{f"outgoing.tax_{name}": f"tax.{name}" for name in TAX_FIELDS},
}


@dataclass(slots=True)
class Draft:
    """What a person has typed, as they typed it.

    Attributes:
        texts: by the service's field names ("payee.account", "amount", "tax.kbk"); the sum as text.
        is_tax: fields 101 to 109 are part of it.
    """

    texts: dict[str, str] = field(default_factory=dict)
    is_tax: bool = False
    day: date | None = None

    def text(self, name: str) -> str:
        return self.texts.get(name, "").strip()

    @property
    def kopecks(self) -> int | None:
        return wording.parse_money(self.text("amount"))

    def purpose(self) -> str:
        """The purpose with the words about VAT the service will add."""
        return with_vat(self.text("purpose"), "" if self.is_tax else self.text("vat"), self.kopecks or 0)

    def body(self) -> dict[str, Any]:
        """The JSON of POST /v1/outgoing. Only for a draft without `first_errors`."""
        payee = {
            name: self.text(f"payee.{name}")
            for name in ("name", "inn", "kpp", "account", "bic", "bank_name", "corr_account")
        }
        for name in ("inn", "kpp", "account", "bic", "corr_account"):
            payee[name] = re.sub(r"\s", "", payee[name])
        made: dict[str, Any] = {
            "account": self.text("account"),
            "payee": payee,
            "amount": self.kopecks or 0,
            "purpose": " ".join(self.text("purpose").split()),
            "kind": "tax" if self.is_tax else "ordinary",
            "number": self.text("number"),
            "date": self.day.isoformat() if self.day else None,
            "priority": int(self.text("priority") or 5),
            "uin": self.text("uin"),
            "vat": "" if self.is_tax else self.text("vat"),
        }
        if self.is_tax:
            made["tax"] = {name: self.text(f"tax.{name}") or "0" for name in TAX_FIELDS}
        return made

    def first_errors(self) -> dict[str, str]:
        """What needs no service to be seen: {field: sentence}."""
        found: dict[str, str] = {}
        required = {
            "account": translate("PaymentForm", "Choose the account to pay from."),
            "payee.name": translate("PaymentForm", "Who gets the money?"),
            "payee.account": translate("PaymentForm", "The payee's account is missing."),
            "payee.bic": translate("PaymentForm", "The BIC of the payee's bank is missing."),
            "purpose": translate("PaymentForm", "What is it paid for?"),
        }
        for name, words in required.items():
            if not self.text(name):
                found[name] = words
        if not self.text("amount"):
            found["amount"] = translate("PaymentForm", "How much?")
        elif self.kopecks is None:
            found["amount"] = translate("PaymentForm", "This is no sum. For example: 12 500,00")
        elif self.kopecks == 0:
            found["amount"] = translate("PaymentForm", "The sum must be above zero.")
        if (length := len(self.purpose())) > PURPOSE_LIMIT:
            found["purpose"] = translate("PaymentForm", "{n} characters, {limit} fit.").format(
                n=length, limit=PURPOSE_LIMIT
            )
        return found

    @property
    def touched(self) -> bool:
        """A person has typed something that would be a pity to lose."""
        names = ("payee.name", "payee.account", "payee.inn", "payee.bic", "amount", "purpose")
        return any(self.text(name) for name in names)


def with_vat(purpose: str, vat: str, kopecks: int) -> str:
    """The purpose as the service will complete it (its own rule, repeated here for the counter and the preview).

    Args:
        vat: "none", a rate in percent, or "" to add nothing.
    """
    purpose = " ".join(purpose.split())
    if not vat or _NAMED.search(purpose):
        return purpose
    clause = "НДС не облагается"
    if vat != NO_VAT:
        rate = int(vat)
        inside = (2 * kopecks * rate + 100 + rate) // (2 * (100 + rate))
        clause = f"В т.ч. НДС ({rate}%) {inside // 100}-{inside % 100:02d}"
    stop = "" if purpose.endswith((".", ";", "!")) else "."
    return f"{purpose}{stop} {clause}" if purpose else clause


def without_vat(purpose: str) -> tuple[str, str]:
    """A purpose without the clause the service added, and the choice that adds it again."""
    match = _CLAUSE.search(purpose)
    if match is None:
        return purpose, ""
    percent = match["percent"] or ""
    if percent and percent not in VAT_RATES:
        return purpose, ""
    return purpose[: match.start()], percent or NO_VAT


def copy_of(order: Outgoing) -> Draft:
    """The same payee again: everything but the sum, the number, the date and the UIN, which belong to one payment."""
    purpose, vat = without_vat(order.purpose)
    tax = {f"tax.{name}": value for name, value in (order.tax or {}).items()}
    return Draft(
        {
            "account": order.account,
            "payee.name": order.payee_name,
            "payee.inn": order.payee_inn,
            "payee.kpp": order.payee_kpp,
            "payee.account": order.payee_account,
            "payee.bic": order.payee_bic,
            "payee.bank_name": order.payee_bank,
            "payee.corr_account": order.payee_corr_account,
            "purpose": purpose,
            "vat": vat,
            "priority": str(order.priority),
            **tax,
        },
        is_tax=order.kind == "tax",
    )


def field_of(error: ApiError, draft: Draft) -> str:
    """The field an error of the service is about; "" when it is about the whole order."""
    about = error.values.get("about") or error.values.get("where")
    if isinstance(about, str) and about:
        return about
    if error.code == "outgoing.characters":
        return _holding(str(error.values.get("characters") or ""), draft.texts)
    return _FIELD_OF.get(error.code, "")


def _holding(characters: str, texts: Mapping[str, str]) -> str:
    """The field that holds the characters a bank cannot carry."""
    for name in ("payee.name", "payee.bank_name", "purpose"):
        if any(c in texts.get(name, "") for c in characters.split()):
            return name
    return ""
