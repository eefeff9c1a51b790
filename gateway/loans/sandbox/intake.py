"""What a sandbox lender asks of an application before it looks at it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_LARGEST = 5_000_000_00  # kopecks
_MONTHS = range(1, 61)
_WANTED = ("surname", "name", "phone", "passport")
_PASSPORT = re.compile(r"[0-9]{10}")
_PHONE = re.compile(r"\+7[0-9]{10}")


def check(request: Mapping[str, Any]) -> list[str]:
    """Names of the parts that cannot stay as they are; none when all is well.

    Args:
        request: {id, number, shop, order, basket: [{name, category, qty, price, amount}], goods, down, months, region,
            person: {…}}, sums in kopecks, quantities in thousandths.
    """
    wrong = [name for name in ("id", "shop", "order") if not request[name]]
    basket = request["basket"]
    if not basket or any(not line["name"] or line["qty"] < 1 for line in basket):
        wrong.append("basket")
    elif any(not _fits(line) for line in basket) or sum(line["amount"] for line in basket) != request["goods"]:
        wrong.append("goods")
    if not 0 < request["goods"] <= _LARGEST:
        wrong.append("goods")
    if not 0 <= request["down"] < request["goods"]:
        wrong.append("down")
    if request["months"] not in _MONTHS:
        wrong.append("months")
    return wrong + _person(request["person"])


def _fits(line: Mapping[str, Any]) -> bool:
    """Whether a line's sum is its price times its quantity, to the kopeck."""
    return bool(abs(line["price"] * line["qty"] - line["amount"] * 1000) <= 500)


def _person(person: Mapping[str, str]) -> list[str]:
    wrong = [name for name in _WANTED if not person.get(name, "").strip()]
    if not _PASSPORT.fullmatch(person.get("passport", "")):
        wrong.append("passport")
    if not _PHONE.fullmatch(person.get("phone", "")):
        wrong.append("phone")
    return wrong
