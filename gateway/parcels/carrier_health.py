"""Whether a carrier can be reached: one who does not answer is left alone for a while, visibly.

The pause doubles from one minute to half an hour and is forgotten at the first answer. It is kept in the database, so
a service that is started anew goes on resting.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from gateway.core.clock import from_text, to_text
from gateway.core.errors import KvitError, Unavailable
from gateway.parcels.model import CarrierKey
from gateway.store import alarms, marks
from gateway.store.unit import Unit

SILENT = "carrier.silent"
ALARM_AFTER = timedelta(minutes=15)
OURS = frozenset({"carrier.not_authorised", "carrier.server_untrusted"})
"""Refusals a person must see to; until then the carrier is asked every half hour, lest the account be locked."""
ITS_OWN = OURS | {"carrier.quota_spent"}
"""Refusals that hold for whatever is asked next."""
_FIRST, _LONGEST = timedelta(minutes=1), timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Trouble:
    """A carrier that does not answer, or not as it should.

    Attributes:
        code: of the last error. since: of the first. rests_until: nobody asks before.
        failures: in a row.
    """

    code: str
    since: datetime
    rests_until: datetime
    failures: int


def trouble(connection: Connection, company: str, carrier: CarrierKey) -> Trouble | None:
    """What is wrong with it; None while it answers."""
    found: dict[str, Any] | None = marks.get(connection, company, _mark(carrier))
    if found is None:
        return None
    return Trouble(found["code"], from_text(found["since"]), from_text(found["until"]), found["failures"])


def need_rested(connection: Connection, company: str, carrier: CarrierKey, now: datetime) -> None:
    """Raise while it is left alone.

    Raises:
        Unavailable: `carrier.resting`.
    """
    found = trouble(connection, company, carrier)
    if found and found.rests_until > now:
        seconds = round((found.rests_until - now).total_seconds())
        raise Unavailable("carrier.resting", retry_after=seconds, carrier=carrier, seconds=seconds)


def reached(unit: Unit, carrier: CarrierKey) -> None:
    """It answered."""
    found = trouble(unit.connection, unit.company, carrier)
    if found is None:
        return
    marks.put(unit, _mark(carrier), None)
    for code in (SILENT, *sorted(OURS)):
        alarms.clear(unit, code, _subject(carrier))


def failed(unit: Unit, carrier: CarrierKey, error: KvitError) -> None:
    """A call was not answered, or not in a way that makes sense."""
    before = trouble(unit.connection, unit.company, carrier)
    failures = before.failures + 1 if before else 1
    since = before.since if before else unit.now
    pause = _LONGEST if error.code in ITS_OWN else min(_FIRST * 2 ** min(failures - 1, 10), _LONGEST)
    if error.code == "carrier.busy" and isinstance(error, Unavailable):
        pause = max(pause, timedelta(seconds=error.retry_after))
    values = {"code": error.code, "since": to_text(since), "until": to_text(unit.now + pause), "failures": failures}
    marks.put(unit, _mark(carrier), values)
    if error.code in OURS:
        alarms.raise_alarm(unit, error.code, _subject(carrier), error.values)
    elif unit.now - since >= ALARM_AFTER:
        minutes = round((unit.now - since).total_seconds() / 60)
        alarms.raise_alarm(unit, SILENT, _subject(carrier), {"carrier": carrier.value, "minutes": minutes})


def _mark(carrier: CarrierKey) -> str:
    return f"carrier.{carrier}.trouble"


def _subject(carrier: CarrierKey) -> str:
    return f"carrier:{carrier}"
