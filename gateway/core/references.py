"""Keys other than its own number by which a text or a registry may mean an invoice."""

from __future__ import annotations

from enum import StrEnum


class Reference(StrEnum):
    """What kind of key it is."""

    ORDER = "order"
    LOAN = "loan"
    TRACK = "track"


def reference_key(text: str) -> str:
    """How order, loan and track numbers are compared: digits without leading zeros where there are any."""
    digits = "".join(c for c in text if c.isdigit()).lstrip("0")
    return digits or text
