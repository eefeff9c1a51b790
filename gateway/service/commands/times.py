"""Instants as a person reads them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from gateway.core.clock import from_text


def local_time(instant: str, zone: str) -> str:
    """A stored instant on the company's clock: "21.11.2026 12:16:43"."""
    return f"{from_text(instant).astimezone(ZoneInfo(zone)):%d.%m.%Y %H:%M:%S}"
