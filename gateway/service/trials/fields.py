"""Fields of a JSON row, taken as what they are said to be or not at all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from gateway.core.errors import Refused
from gateway.core.money import Money

Row = Mapping[str, Any]

_LONGEST = 4000  # characters; a purpose has 210, a name 160
_MOST = 10**17  # kopecks, as in core.money


def text(row: Row, name: str, *, needed: bool = False) -> str:
    """A text field.

    Args:
        needed: "" will not do.

    Raises:
        Refused: `trial.field_missing`, `trial.field_type`, `trial.field_empty`, `trial.field_long`.
    """
    value = _present(row, name)
    if not isinstance(value, str):
        raise Refused("trial.field_type", field=name, wanted="text")
    if needed and not value.strip():
        raise Refused("trial.field_empty", field=name)
    if len(value) > _LONGEST:
        raise Refused("trial.field_long", field=name, limit=_LONGEST)
    return value


def texts(row: Row, name: str) -> list[str]:
    """A list of texts. Raises as `text`."""
    value = _present(row, name)
    if not isinstance(value, list) or not all(isinstance(item, str) and len(item) <= _LONGEST for item in value):
        raise Refused("trial.field_type", field=name, wanted="list of text")
    return value


def choice(row: Row, name: str, known: Collection[str]) -> str:
    """One of some words. Raises as `text`, and `trial.field_unknown`."""
    value = text(row, name)
    if value not in known:
        raise Refused("trial.field_unknown", field=name, value=value[:40], known=", ".join(known))
    return value


def day(row: Row, name: str) -> date:
    """A date "2026-11-21". Raises as `text`, and `trial.field_date`."""
    value = text(row, name)
    try:
        # the separators: fromisoformat reads other ways of ISO 8601 as well
        if value[4:5] == value[7:8] == "-":
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise Refused("trial.field_date", field=name, value=value[:40])


def whole(row: Row, name: str) -> int:
    """A whole number. Raises: `trial.field_missing`, `trial.field_type`."""
    value = _present(row, name)
    if type(value) is not int:
        raise Refused("trial.field_type", field=name, wanted="whole number")
    return value


def money(row: Row, name: str, *, least: int = 0) -> Money:
    """A sum in kopecks. Raises as `whole`, and `trial.field_sum` when it is less than `least` or beyond any sum."""
    value = whole(row, name)
    if not least <= value <= _MOST:
        raise Refused("trial.field_sum", field=name, value=str(value)[:40], least=least)
    return Money(value)


def _present(row: Row, name: str) -> Any:
    try:
        return row[name]
    except KeyError:
        raise Refused("trial.field_missing", field=name) from None
