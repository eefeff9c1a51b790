"""Percents as people, configuration and lenders write them."""

from __future__ import annotations

import re
from decimal import Decimal

from gateway.core.errors import Refused

_PERCENT = re.compile(r"[0-9]{1,4}(?:[.,][0-9]{1,6})?")
_SPACES = re.compile(r"\s+")


def read_percent(text: str) -> Decimal:
    """Read "24.9", "24,900" or "24,9 %" as a percent, never negative.

    Raises:
        Refused: `loan.percent_unreadable` for anything else.
    """
    cleaned = _SPACES.sub("", text).removesuffix("%")
    if not _PERCENT.fullmatch(cleaned):
        raise Refused("loan.percent_unreadable", text=text[:40])
    return Decimal(cleaned.replace(",", "."))
