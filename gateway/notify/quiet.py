"""Quiet hours: nobody's telephone rings at night by his own clock."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, timezone, tzinfo

from gateway.notify.terms import NotifyTerms, QuietHours

# From the Line Islands to Baker Island; anything else is no offset.
_EASTMOST, _WESTMOST = 14 * 60, -12 * 60


def not_before(terms: NotifyTerms, at: datetime, offset_minutes: int | None) -> datetime:
    """The first instant from `at` on that is not in the recipient's quiet hours.

    Args:
        offset_minutes: of his clock from UTC, as the arrival at his post office had it; None, or one that exists
            nowhere, for `terms.zone`.
    """
    return _end_of_quiet(terms.quiet, at, _clock_of(terms, offset_minutes))


def _clock_of(terms: NotifyTerms, offset_minutes: int | None) -> tzinfo:
    if offset_minutes is None or not _WESTMOST <= offset_minutes <= _EASTMOST:
        return terms.zone
    return timezone(timedelta(minutes=offset_minutes))


def _end_of_quiet(quiet: QuietHours, at: datetime, clock: tzinfo) -> datetime:
    there = at.astimezone(clock)
    if not _is_quiet(quiet, there.time()):
        return at.astimezone(UTC)
    day = there.date() if there.time() < quiet.end else there.date() + timedelta(days=1)
    return datetime.combine(day, quiet.end, clock).astimezone(UTC)


def _is_quiet(quiet: QuietHours, at: time) -> bool:
    """The end is no longer quiet; the same begin and end: never quiet."""
    if quiet.begin <= quiet.end:
        return quiet.begin <= at < quiet.end
    return at >= quiet.begin or at < quiet.end
