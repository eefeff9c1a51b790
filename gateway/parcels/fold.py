"""What each operation does to a parcel, taken one after the other; see `gateway.parcels.history` for the rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import MappingProxyType

from gateway.parcels import cdek_codes, post_codes
from gateway.parcels.carriers.ports import Record
from gateway.parcels.meaning import Meaning, WaitingPlace
from gateway.parcels.model import AT_BUYER, CarrierKey, Effect, Stage
from gateway.parcels.records import wall_time
from gateway.parcels.storage import last_day, storage_days

LATE_SCAN = timedelta(days=1)
"""A sorting centre's record after an arrival elsewhere is taken for a scan uploaded late when it is no later than so;
after that the parcel has left."""

TELLS_NO_PLACE = frozenset({Effect.REGISTER, Effect.NOTE, Effect.RENUMBER, Effect.COD_PAID})
"""Effects of records that are no scan of the thing itself."""

_HANDED_OVER = frozenset({Stage.DELIVERED, Stage.PARTIAL, Stage.RETURNED})
_SEEN_AGAIN = frozenset({Effect.MOVE, Effect.CUSTOMS, Effect.ARRIVE, Effect.COURIER, Effect.ATTEMPT, Effect.FORWARD})
_ON_THE_WAY = frozenset({Effect.MOVE, Effect.CUSTOMS})
_ELSEWHERE = frozenset({WaitingPlace.LOCKER, WaitingPlace.POINT})
_TABLES: Mapping[CarrierKey, Callable[[str], Meaning]] = MappingProxyType(
    {CarrierKey.POST: post_codes.meaning_of, CarrierKey.CDEK: cdek_codes.meaning_of}
)


@dataclass(slots=True)
class Arrival:
    """At a place where the buyer can have it.

    Attributes:
        key: the office's index and how many times it has arrived there.
        place: None where no record says what kind it is.
    """

    record: Record
    key: str
    place: WaitingPlace | None
    keep_until: date | None


@dataclass(slots=True)
class Fold:
    """The operations taken so far, earliest first."""

    carrier: CarrierKey
    mail_type: int
    contract_days: Mapping[int, int]
    stage: Stage = Stage.REGISTERED
    since: datetime | None = None
    back: bool = False
    delivered_at: datetime | None = None
    returned_at: datetime | None = None
    paid_at: datetime | None = None
    arrival: Arrival | None = None
    arrivals: Counter[str] = field(default_factory=Counter)  # by index of the office
    back_at: set[str] = field(default_factory=set)  # offices the way back came to
    seen: Record | None = None  # the last record that tells a place

    def take(self, record: Record) -> None:
        if self.since is None:
            self.since = record.at
        before = self.stage
        if self.back and before is Stage.LOST and record.effect in _SEEN_AGAIN:
            self._now(Stage.RETURN_STARTED, record)
        if step := _STEPS.get(record.effect):
            step(self, record)
        if record.office_index and self._tells_where(record, before):
            self.seen = record

    def accept(self, record: Record) -> None:
        if self.stage is Stage.REGISTERED:
            self._now(Stage.ACCEPTED, record)

    def move(self, record: Record) -> None:
        self._pass_through(Stage.IN_TRANSIT, record)

    def customs(self, record: Record) -> None:
        self._pass_through(Stage.CUSTOMS, record)

    def forward(self, record: Record) -> None:
        if self._bound_for_the_buyer():
            self.arrival = None
            self._now(Stage.IN_TRANSIT, record)

    def arrive(self, record: Record) -> None:
        if self.back:
            self._came_back_to(record)
        if not self._bound_for_the_buyer():
            return
        place = self._meaning(record).place
        if self.arrival is None or not _same_place(self.arrival, record, place):
            self.arrivals[record.office_index] += 1
            key = f"{record.office_index}#{self.arrivals[record.office_index]}"
            self.arrival = Arrival(record, key, place, self._kept_until(record, place))
            self.since = record.at
        elif record.keep_until:
            self.arrival.keep_until = record.keep_until
        self._now(Stage.READY, record)

    def courier(self, record: Record) -> None:
        if self._bound_for_the_buyer():
            self._now(Stage.WITH_COURIER, record)

    def attempt(self, record: Record) -> None:
        if self._bound_for_the_buyer():
            self._now(Stage.READY if self.arrival else Stage.WITH_COURIER, record)

    def countdown(self, record: Record) -> None:
        arrival = self._arrived_by_now(record)
        left = self._meaning(record).days_left
        if arrival is None:
            return
        if record.keep_until:
            arrival.keep_until = record.keep_until
        elif left is not None:
            arrival.keep_until = wall_time(record).date() + timedelta(days=left)

    def prolong(self, record: Record) -> None:
        """Where the carrier does not say until when, the term is counted anew: he tells before it ends."""
        arrival = self._arrived_by_now(record)
        if arrival is None:
            return
        anew = self._kept_until(record, arrival.place)
        known = [day for day in (arrival.keep_until, anew) if day]
        arrival.keep_until = record.keep_until or max(known, default=None)

    def deliver(self, record: Record) -> None:
        """To the addressee; who on the way back is the sender, where the way back has come to.

        Where it both waited for the buyer and came back to, the word of the record stands.
        """
        waited_at = self.arrival.record.office_index if self.arrival else ""
        if self.back and record.office_index in self.back_at and record.office_index != waited_at:
            self.deliver_back(record)
        elif self.stage is not Stage.PARTIAL and (self.stage is not Stage.RETURNED or record.office_index):
            self._bought(record)

    def deliver_back(self, record: Record) -> None:
        self.back = True
        self._came_back_to(record)
        self.returned_at = self.returned_at or record.at
        if self.stage is not Stage.PARTIAL:
            self.delivered_at = None
            self._now(Stage.RETURNED, record)

    def partial(self, record: Record) -> None:
        if self.stage is not Stage.RETURNED:
            self.back = True
            self.delivered_at = self.delivered_at or record.at
            self._now(Stage.PARTIAL, record)

    def turn_back(self, record: Record) -> None:
        if self.stage in (Stage.RETURNED, Stage.PARTIAL) or self.paid_at:
            return
        self.back = True
        self.delivered_at = None
        self._now(Stage.RETURN_STARTED, record)

    def lose(self, record: Record) -> None:
        if self.stage not in _HANDED_OVER:
            self.arrival = None
            self._now(Stage.LOST, record)

    def cod_paid(self, record: Record) -> None:
        self.paid_at = self.paid_at or record.at
        if self.stage is not Stage.PARTIAL:
            self._bought(record)

    def _came_back_to(self, record: Record) -> None:
        if record.office_index:
            self.back_at.add(record.office_index)

    def _tells_where(self, record: Record, before: Stage) -> bool:
        """Whether it is where this record says; what changed nothing of a parcel that waits or is delivered is late."""
        if record.effect in TELLS_NO_PLACE:
            return False
        if before is not self.stage:
            return True
        return before is not Stage.DELIVERED and not (before in AT_BUYER and record.effect in _ON_THE_WAY)

    def _bought(self, record: Record) -> None:
        self.back = False
        self.returned_at = None
        self.delivered_at = self.delivered_at or record.at
        self._now(Stage.DELIVERED, record)

    def _pass_through(self, stage: Stage, record: Record) -> None:
        """On its way, unless it waits for the buyer and this is only a scan uploaded late or within the office."""
        if not self._bound_for_the_buyer():
            return
        if self.stage in AT_BUYER:
            if not self._has_left(record):
                return
            self.arrival = None
        self._now(stage, record)

    def _has_left(self, record: Record) -> bool:
        stood = self.arrival.record if self.arrival else self.seen
        if stood is None or not record.office_index or record.office_index == stood.office_index:
            return False
        return record.at - stood.at > LATE_SCAN

    def _bound_for_the_buyer(self) -> bool:
        """Whether it can still concern him what happens to it."""
        return not self.back and self.stage not in _HANDED_OVER

    def _arrived_by_now(self, record: Record) -> Arrival | None:
        """The arrival storage runs for. Where none was ever written down, this record is its evidence."""
        if not self._bound_for_the_buyer():
            return None
        if self.arrival is None and not self.arrivals:
            self.arrive(record)
        return self.arrival

    def _kept_until(self, record: Record, place: WaitingPlace | None) -> date | None:
        if record.keep_until or self.carrier is not CarrierKey.POST:
            return record.keep_until
        day = wall_time(record).date()
        locker = place is WaitingPlace.LOCKER
        return last_day(day, storage_days(self.mail_type, day, locker=locker, own=self.contract_days))

    def _meaning(self, record: Record) -> Meaning:
        return _TABLES[self.carrier](record.code)

    def _now(self, stage: Stage, record: Record) -> None:
        if stage is not self.stage:
            self.stage = stage
            self.since = record.at


def _same_place(arrival: Arrival, record: Record, place: WaitingPlace | None) -> bool:
    """Whether the buyer would go to the same door. What a record does not say is taken to be as it was."""
    there, here = arrival.record.office_index, record.office_index
    if there and here and there != here:
        return False
    return place is None or arrival.place is None or place is arrival.place or not _ELSEWHERE & {place, arrival.place}


_STEPS: Mapping[Effect, Callable[[Fold, Record], None]] = MappingProxyType(
    {
        Effect.ACCEPT: Fold.accept,
        Effect.MOVE: Fold.move,
        Effect.CUSTOMS: Fold.customs,
        Effect.ARRIVE: Fold.arrive,
        Effect.COURIER: Fold.courier,
        Effect.ATTEMPT: Fold.attempt,
        Effect.COUNTDOWN: Fold.countdown,
        Effect.PROLONG: Fold.prolong,
        Effect.DELIVER: Fold.deliver,
        Effect.DELIVER_BACK: Fold.deliver_back,
        Effect.PARTIAL: Fold.partial,
        Effect.TURN_BACK: Fold.turn_back,
        Effect.FORWARD: Fold.forward,
        Effect.LOSE: Fold.lose,
        Effect.COD_PAID: Fold.cod_paid,
    }
)
"""REGISTER, RENUMBER and NOTE change nothing: they are last operations and no more."""
