"""The morning: who is reminded, who is told of a forgotten arrival, and the report for our own people.

Everything of one step stands in one unit together with the mark that it was done: a service that is killed and started
again on the same morning neither repeats nor leaves out anything.
"""

from __future__ import annotations

from collections.abc import Callable

from gateway.core.clock import business_date
from gateway.notify import queue
from gateway.notify.queue import OwnLetter
from gateway.notify.terms import NotifyTerms
from gateway.parcels import guess, reminders, report, watch
from gateway.parcels.report import MorningReport
from gateway.parcels.terms import ParcelTerms
from gateway.store import Store, marks
from gateway.store.unit import Unit

DONE = "parcels.morning_report"
KIND = "morning_report"


def write_to_buyers(store: Store, terms: ParcelTerms, notify: NotifyTerms, stopped: Callable[[], bool]) -> int:
    """Reminders that are due, and parcels that may be waiting unsaid; any time of the day.

    Args:
        stopped: whether the service is to stop between two units.

    Returns:
        How many parcels were gone through.
    """
    done = 0
    while not stopped():
        with store.unit() as unit:
            found = reminders.remind_due(unit, terms, notify)
            unit.commit()
        done += found
        if not found:
            break
    if store.clock.now() < terms.morning_of(business_date(store.clock.now(), terms.zone)):
        return done
    with store.unit() as unit:
        done += guess.guess_due(unit, terms, notify)
        unit.commit()
    return done


def report_once(unit: Unit, terms: ParcelTerms, notify: NotifyTerms) -> MorningReport | None:
    """The report of today, once it is morning: a letter to each of `terms.report_to`, and the alarm of stuck parcels.

    Returns:
        None before the morning, and when today's is made.
    """
    today = business_date(unit.now, terms.zone)
    if unit.now < terms.morning_of(today) or marks.get(unit.connection, unit.company, DONE) == today.isoformat():
        return None
    made = report.make(unit.connection, unit.company, terms, unit.now)
    watch.alarm(unit, terms)
    for address in terms.report_to:
        letter = OwnLetter(
            about=KIND,
            event=f"{KIND}.{today}",
            kind=KIND,
            address=address,
            subject=report.subject(made, terms.language),
            body=report.text(made, terms.language),
        )
        queue.write_own(unit, notify, letter)
    marks.put(unit, DONE, today.isoformat())
    unit.journal("parcel.morning_report_made", f"parcels:{today}", parcels=made.count, letters=len(terms.report_to))
    return made
