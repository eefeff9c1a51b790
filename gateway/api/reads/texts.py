"""Codes and stored values → the two sentences a screen shows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from gateway.core.catalogue import entries, sentence
from gateway.core.clock import from_text
from gateway.core.quantity import Quantity

NOTHING: Mapping[str, object] = {}


def said(code: str, values: Mapping[str, object] = NOTHING, name: str = "text") -> dict[str, str]:
    """`{name}_ru` and `{name}_en`: the message of `code`."""
    return {f"{name}_ru": sentence(code, "ru", values), f"{name}_en": sentence(code, "en", values)}


def hinted(code: str, values: Mapping[str, object] = NOTHING, name: str = "hint") -> dict[str, str]:
    """`{name}_ru` and `{name}_en`: what to do about `code`; may be empty."""
    return {f"{name}_ru": sentence(code, "hint_ru", values), f"{name}_en": sentence(code, "hint_en", values)}


def in_catalogue(code: str) -> bool:
    """Whether there is a sentence for `code`."""
    return code in entries()


def reason(stored: Mapping[str, Any]) -> dict[str, Any]:
    """A stored reason `{"code", "values", "span"}` with its sentences."""
    code = str(stored.get("code", ""))
    return {"code": code, **said(code, stored.get("values") or {}), "span": stored.get("span")}


def joined(parts: Iterable[Mapping[str, str]], language: str) -> str:
    """Several sentences as one text."""
    texts = [part[f"text_{language}"].strip().rstrip(".") for part in parts]
    return ". ".join(text for text in texts if text) + ("." if any(texts) else "")


def stored_list(text: str | None) -> list[Any]:
    """A JSON list as a column keeps it; empty for NULL and ""."""
    value = json.loads(text) if text else []
    return value if isinstance(value, list) else []


def stored_map(text: str | None) -> dict[str, Any]:
    """A JSON object as a column keeps it; empty for NULL and ""."""
    value = json.loads(text) if text else {}
    return value if isinstance(value, dict) else {}


def quantity(thousandths: int | None) -> str:
    """A stored quantity as decimal text."""
    return str(Quantity(thousandths or 0))


def seconds_between(start: str, end: str | None) -> float | None:
    """Seconds from one stored instant to another; None while the second is not there."""
    if end is None:
        return None
    return round((from_text(end) - from_text(start)) / timedelta(seconds=1), 3)
