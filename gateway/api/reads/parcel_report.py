"""The morning report and numbers of parcels, for the screens."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from gateway.api.reads.texts import said
from gateway.parcels import barcodes, rows
from gateway.parcels import report as reports
from gateway.parcels.report import Line, Section
from gateway.parcels.terms import ParcelTerms


def report(connection: Connection, company: str, terms: ParcelTerms, now: datetime) -> dict[str, Any]:
    """The report as things stand now."""
    made = reports.make(connection, company, terms, now)
    return {
        "day": made.day.isoformat(),
        "count": made.count,
        "at_stake": made.at_stake.kopecks,
        "sections": [_section(section) for section in made.sections],
    }


def checked(connection: Connection, company: str, typed: str) -> dict[str, Any]:
    """A number as it would be kept, and the parcel that has it.

    Raises:
        Refused: `parcel.track_…`.
    """
    found = barcodes.check(typed)
    known = rows.find(connection, company, found.carrier, found.track)
    return {
        "track": found.track,
        "carrier": found.carrier.value,
        "parcel_id": known.id if known is not None else None,
        "warnings": [{"code": code, **said(code, {"track": found.track})} for code in found.warnings],
    }


def _section(section: Section) -> dict[str, Any]:
    return {
        "trouble": section.trouble.value,
        **said(f"parcels.trouble.{section.trouble.value}"),
        "count": section.count,
        "at_stake": section.at_stake.kopecks,
        "lines": [_line(line) for line in section.lines],
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        **asdict(line),
        **said(f"parcel.stage.{line.stage}", name="stage"),
        "since": line.since.isoformat(),
        "keep_until": line.keep_until.isoformat() if line.keep_until else None,
        "at_stake": line.at_stake.kopecks,
    }
