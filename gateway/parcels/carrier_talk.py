"""What all asking of carriers has in common: who rests, what a call's end means, replies kept, histories taken in.

Nothing here or above waits for the network inside a unit. Before each call it is written down that it is made (a
ticket, a call of the day's quota, when the parcel is due next), so that a crash costs a call and repeats nothing
blindly; after it the reply is stored as it came, and only then read into the parcels, some dozens to a commit and each
by itself.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Protocol, TypeVar

from gateway.core.errors import KvitError, Unavailable
from gateway.parcels import carrier_health, quotas, replies
from gateway.parcels.carriers.errors import UnreadableReply
from gateway.parcels.carriers.ports import Answer, Carrier, History
from gateway.parcels.model import CarrierKey
from gateway.parcels.terms import ParcelTerms
from gateway.store import Store, Unit, alarms

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Take(Protocol):
    """What becomes of a history: `tracking.take` and what follows from it, in the unit given."""

    def __call__(self, unit: Unit, parcel_id: str, history: History, reply_id: str) -> object: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """What was done.

    Attributes:
        calls: single calls made. tickets: ordered. collected: tickets whose answer was read.
        taken: histories taken in. failed: parcels whose history could not be taken in.
        left: parcels still to be asked about tonight, because the carrier does not answer or the service stops.
    """

    calls: int = 0
    tickets: int = 0
    collected: int = 0
    taken: int = 0
    failed: int = 0
    left: int = 0

    def __add__(self, other: Asked) -> Asked:
        return Asked(**{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(Asked)})


class Talk:
    """The database's side of talking to carriers.

    Args:
        take: called once for each history, in a savepoint of its own.

    Attributes:
        stopping: set when no more calls are to be made.
    """

    def __init__(self, store: Store, terms: ParcelTerms, take: Take) -> None:
        self.store = store
        self.terms = terms
        self.stopping = threading.Event()
        self._take = take

    def resting(self, key: CarrierKey) -> bool:
        """Whether the carrier is left alone for now."""
        with self.store.reading() as connection:
            found = carrier_health.trouble(connection, self.store.company, key)
        return found is not None and found.rests_until > self.store.clock.now()

    @contextmanager
    def heard(self, carrier: Carrier, *, single: bool) -> Iterator[None]:
        """Around a call: that the carrier answered, or did not, is put down for all to see.

        Args:
            single: the call counts among the day's single calls.
        """
        try:
            yield
        except KvitError as error:
            with self.store.unit() as unit:
                if single and carrier.daily is not None and error.code == "carrier.quota_spent":
                    quotas.exhaust(unit, carrier.key, carrier.daily)
                elif is_carriers_trouble(error):
                    carrier_health.failed(unit, carrier.key, error)
                else:
                    carrier_health.reached(unit, carrier.key)
                unit.commit()
            raise
        with self.store.reading() as connection:
            was_away = carrier_health.trouble(connection, self.store.company, carrier.key)
        if was_away:
            with self.store.unit() as unit:
                carrier_health.reached(unit, carrier.key)
                unit.commit()

    def keep(self, key: CarrierKey, answer: Answer) -> str:
        """Store a reply as it came, before anything else is done with it; returns its id."""
        with self.store.unit() as unit:
            reply_id = replies.keep(unit, key, answer.call, answer.about, answer.raw)
            unit.commit()
        return reply_id

    def take_each(self, unit: Unit, key: CarrierKey, histories: Iterable[tuple[str, History]], reply_id: str) -> int:
        """Take histories in, each whole or not at all; returns how many were not.

        Args:
            histories: with the parcels' ids.
        """
        went_wrong = 0
        for parcel_id, history in histories:
            try:
                with unit.step():
                    self._take(unit, parcel_id, history, reply_id)
            except Exception:  # one parcel's trouble is no reason to lose the others' news: logged, and an alarm
                _log.exception("the history of parcel %s could not be taken in", parcel_id)
                values = {"carrier": key.value, "track": history.track}
                alarms.raise_alarm(unit, "carrier.not_taken", f"parcel:{parcel_id}", values)
                went_wrong += 1
        return went_wrong


def is_carriers_trouble(error: KvitError) -> bool:
    """Whether an error is the carrier's own and not that of what was asked about: nothing more is asked for now."""
    if isinstance(error, UnreadableReply):
        return False
    return isinstance(error, Unavailable) or error.code in carrier_health.ITS_OWN


def chunks(of: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """`of` in pieces of at most `size`."""
    return (of[start : start + size] for start in range(0, len(of), size))
