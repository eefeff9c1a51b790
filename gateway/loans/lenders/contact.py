"""Whether a lender can be reached: visible on the decisions that wait, an alarm when it lasts."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, select

from gateway.core.clock import from_text
from gateway.core.errors import KvitError, Unavailable
from gateway.loans import rows
from gateway.loans.lenders import asking
from gateway.loans.tables import decisions
from gateway.store import alarms, marks
from gateway.store.schema import AnyRow
from gateway.store.schema import alarms as alarm_rows
from gateway.store.unit import Unit

SILENT = "lender.silent"
_OF_THE_LENDER = frozenset({"lender.forbidden", "lender.server_untrusted"})
ALARM_AFTER = timedelta(minutes=15)


def reached(unit: Unit, row: AnyRow) -> None:
    """The lender of a decision answered, and it makes sense."""
    lender = row.lender
    if row.error:
        alarms.clear(unit, row.error, _about(row, row.error))
    if marks.get(unit.connection, unit.company, _mark(lender)):
        marks.put(unit, _mark(lender), None)
        alarms.clear(unit, SILENT, _subject(lender))


def failed(unit: Unit, row: AnyRow, error: KvitError, alarm_after: timedelta = ALARM_AFTER) -> None:
    """A call about a decision was not answered, or not in a way that makes sense.

    Args:
        row: of the decision, as it is in this unit.
        alarm_after: since the first unanswered call of this lender.
    """
    failures = row.failures + 1
    values = {"failures": failures, "error": error.code}
    if row.poll_at is not None:
        patience = error.retry_after if error.code == "lender.busy" and isinstance(error, Unavailable) else 0.0
        values["poll_at"] = asking.after_failure(unit, failures, patience)
    rows.put(unit, decisions, row, **values)
    unit.changed("loans", row.application_id)
    if isinstance(error, Unavailable):
        _away(unit, row.lender, alarm_after)
    else:
        alarms.raise_alarm(unit, error.code, _about(row, error.code), error.values)


def away_since(connection: Connection, company: str, lender: str) -> str | None:
    """Since when a lender answers nothing at all; None while he does."""
    since: str | None = marks.get(connection, company, _mark(lender))
    return since


def is_silent(connection: Connection, company: str, lender: str) -> bool:
    """Whether that has lasted so long that an alarm is raised."""
    query = select(alarm_rows.c.id).where(
        alarm_rows.c.company == company,
        alarm_rows.c.code == SILENT,
        alarm_rows.c.subject == _subject(lender),
        alarm_rows.c.state == "open",
    )
    return connection.execute(query).first() is not None


def _away(unit: Unit, lender: str, alarm_after: timedelta) -> None:
    since = marks.get(unit.connection, unit.company, _mark(lender))
    if since is None:
        marks.put(unit, _mark(lender), unit.at)
        return
    lasted = unit.now - from_text(since)
    if lasted >= alarm_after:
        minutes = round(lasted.total_seconds() / 60)
        alarms.raise_alarm(unit, SILENT, _subject(lender), {"lender": lender, "minutes": minutes})


def _about(row: AnyRow, code: str) -> str:
    """The subject of an alarm: one lender's token or server is one trouble, whatever waits for it."""
    return _subject(row.lender) if code in _OF_THE_LENDER else f"loan_decision:{row.id}"


def _mark(lender: str) -> str:
    return f"lender.{lender}.away_since"


def _subject(lender: str) -> str:
    return f"lender:{lender}"
