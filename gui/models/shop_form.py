"""The forms of shops and of terms without their widgets: what is sent, what is missing, whose error a refusal is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from gui import wording
from gui.api.errors import ApiError
from gui.api.types import LenderTerms, Shop, ShopTariff, SigningTerms
from gui.i18n import translate

Texts = Mapping[str, str]
NUMBERS = {"inn": 12, "kpp": 9, "bic": 9, "account": 20, "corr_account": 20}
"""Requisites without spaces, and how long each may be."""
_REQUIRED = ("name", "inn", "bic", "account", "bank_name", "email", "phone", "region")
_PLAIN = ("name", "bank_name", "email", "phone", "region", "contract")
_PERCENT = re.compile(r"\d{1,3}(?:[.,]\d{1,6})?")

# A rule the service names is about one field of its form.
_FIELD_OF = {
    "shop.bad_key": "key",
    "shop.key_taken": "key",
    "shop.key_fixed": "key",
    "shop.access_name": "name",
    "shop.access_taken": "name",
    "loan.terms_backdated": "since",
    "loan.tariff_percent": "percent",
    "loan.tariff_limits": "most",
    "loan.terms_cost": "cost",
    "loan.terms_sums": "most",
    "loan.terms_months": "months",
    "loan.terms_percent": "rate",
}


def field_of(error: ApiError) -> str:
    """The field a refusal is about; "" where it is about none."""
    if error.code == "api.invalid":
        return str(error.values.get("where", "")).split(".")[0]
    return _FIELD_OF.get(error.code, "")


def error_words(error: ApiError) -> str:
    return " ".join(part for part in (wording.error_text(error), wording.error_hint(error)) if part)


# --- a shop ----------------------------------------------------------------------------------------------------------


def shop_texts(shop: Shop) -> dict[str, str]:
    """What stands in the form of a shop that is there."""
    names = ("key", "name", "inn", "kpp", "bic", "account", "corr_account", "bank_name", "email", "phone", "region")
    made = {name: getattr(shop, name) for name in (*names, "contract")}
    limit = wording.money(shop.risk_limit, currency=False) if shop.risk_limit else ""
    return {**made, "risk_limit": limit, "sites": "\n".join(shop.sites)}


def shop_body(texts: Texts, *, own: bool, trusts_lender: bool) -> dict[str, Any]:
    """The JSON of a shop; a risk limit that is no sum counts as none."""
    made: dict[str, Any] = {name: texts.get(name, "").strip() for name in _PLAIN}
    for name, length in NUMBERS.items():
        made[name] = re.sub(r"\s", "", texts.get(name, ""))[:length]
    return {
        **made,
        "key": texts.get("key", "").strip().lower(),
        "sites": [line.strip() for line in texts.get("sites", "").splitlines() if line.strip()],
        "risk_limit": wording.parse_money(texts.get("risk_limit", "")) or 0,
        "own": own,
        "trusts_lender": trusts_lender,
    }


def shop_errors(texts: Texts, *, new: bool) -> dict[str, str]:
    """What needs no service to be seen: {field: sentence}."""
    found = {name: missing() for name in _REQUIRED if not texts.get(name, "").strip()}
    if new and not texts.get("key", "").strip():
        found["key"] = missing()
    limit = texts.get("risk_limit", "").strip()
    if limit and wording.parse_money(limit) is None:
        found["risk_limit"] = no_sum()
    return found


# --- terms -----------------------------------------------------------------------------------------------------------


def tariff_texts(tariff: ShopTariff | None) -> dict[str, str]:
    """What a new tariff starts with: the one in force."""
    if tariff is None:
        return {"percent": "0"}
    return {
        "lender": tariff.lender,
        "base": tariff.base,
        "percent": wording.quantity(tariff.percent),
        "fixed": _sum(tariff.fixed),
        "least": _sum(tariff.least),
        "most": "" if tariff.most is None else wording.money(tariff.most, currency=False),
        "payer": tariff.payer,
    }


def tariff_errors(texts: Texts) -> dict[str, str]:
    found = _wrong_sums(texts, ("fixed", "least", "most")) | _wrong_percents(texts, ("percent",))
    least, most = wording.parse_money(texts["least"] or "0"), wording.parse_money(texts["most"] or "")
    if least is not None and most is not None and most < least:
        found["most"] = translate("ShopForm", "This is less than the least fee.")
    return found


def tariff_body(texts: Texts, shop_id: str, *, visits: bool) -> dict[str, Any]:
    return {
        "shop_id": shop_id,
        "lender": texts["lender"],
        "since": texts["since"],
        "base": texts["base"],
        "percent": _percent(texts["percent"]),
        "fixed": _kopecks(texts["fixed"]),
        "least": _kopecks(texts["least"]),
        "most": _kopecks(texts["most"]) if texts["most"].strip() else None,
        "payer": texts["payer"],
        "visits": visits,
    }


def signing_texts(terms: SigningTerms | None) -> dict[str, str]:
    if terms is None:
        return {}
    return {
        "way": terms.way,
        "lender": terms.lender,
        "region": terms.region,
        "cost": _sum(terms.cost),
        "partner": terms.partner,
    }


def signing_errors(texts: Texts) -> dict[str, str]:
    found = _wrong_sums(texts, ("cost",))
    if not re.fullmatch(r"(\d{2})?", texts["region"].strip()):
        found["region"] = translate("ShopForm", "Two digits of the region, or nothing for every one.")
    return found


def signing_body(texts: Texts, *, covered: bool) -> dict[str, Any]:
    return {
        "way": texts["way"],
        "lender": texts["lender"],
        "region": texts["region"].strip(),
        "since": texts["since"],
        "covered": covered,
        "cost": _kopecks(texts["cost"]),
        "partner": texts["partner"].strip(),
    }


def lender_texts(terms: LenderTerms | None) -> dict[str, str]:
    if terms is None:
        return {"down_percent": "0"}
    return {
        "lender": terms.lender,
        "least": wording.money(terms.least, currency=False),
        "most": wording.money(terms.most, currency=False),
        "months": ", ".join(map(str, terms.months)),
        "rate": wording.quantity(terms.rate),
        "down_percent": wording.quantity(terms.down_percent),
        "day_count": terms.day_count,
    }


def lender_errors(texts: Texts) -> dict[str, str]:
    found = {name: missing() for name in ("lender", "least", "most", "months", "rate") if not texts[name].strip()}
    found |= _wrong_sums(texts, ("least", "most")) | _wrong_percents(texts, ("rate", "down_percent"))
    if "months" not in found and months(texts["months"]) is None:
        found["months"] = translate("ShopForm", "Whole numbers, for example: 6, 12, 24")
    least, most = wording.parse_money(texts["least"]), wording.parse_money(texts["most"])
    if least is not None and most is not None and (most < least or not most):
        found["most"] = translate("ShopForm", "The largest loan is above zero and not less than the smallest.")
    return found


def lender_body(texts: Texts, categories: Sequence[str], *, zero_rate: bool) -> dict[str, Any]:
    return {
        "lender": texts["lender"],
        "since": texts["since"],
        "least": _kopecks(texts["least"]),
        "most": _kopecks(texts["most"]),
        "months": months(texts["months"]) or [],
        "rate": _percent(texts["rate"]),
        "day_count": texts["day_count"],
        "categories": list(categories),
        "down_percent": _percent(texts["down_percent"]),
        "zero_rate": zero_rate,
    }


def months(text: str) -> list[int] | None:
    """ "6, 12 24" → [6, 12, 24]; None where something is no number of months."""
    parts = [part for part in re.split(r"[\s,;]+", text.strip()) if part]
    if not parts or not all(part.isascii() and part.isdigit() and 0 < int(part) <= 600 for part in parts):
        return None
    return [int(part) for part in parts]


# --- words and numbers -----------------------------------------------------------------------------------------------


def missing() -> str:
    return translate("ShopForm", "This is wanted.")


def no_sum() -> str:
    return translate("ShopForm", "This is no sum. For example: 12 500,00")


def _wrong_sums(texts: Texts, names: Sequence[str]) -> dict[str, str]:
    return {name: no_sum() for name in names if texts[name].strip() and wording.parse_money(texts[name]) is None}


def _wrong_percents(texts: Texts, names: Sequence[str]) -> dict[str, str]:
    words = translate("ShopForm", "This is no percent. For example: 2,5")
    return {name: words for name in names if texts[name].strip() and not _PERCENT.fullmatch(texts[name].strip())}


def _percent(text: str) -> str:
    return text.strip().replace(",", ".") or "0"


def _kopecks(text: str) -> int:
    return wording.parse_money(text) or 0


def _sum(kopecks: int) -> str:
    return wording.money(kopecks, currency=False) if kopecks else ""
