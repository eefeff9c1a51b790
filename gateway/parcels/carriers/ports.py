"""What a carrier's adapter does. The sum of all carriers' differences ends here.

Adapters talk and read; they write nothing. What came is handed on as bytes beside what was understood of it, so that a
record nobody could read is still kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol

from gateway.core.money import Money
from gateway.parcels.model import CarrierKey, Effect

_NOTHING = Money(0)
_YEARS = range(1990, 2100)  # before, nothing was tracked; after, no term can be counted from it


def can_be(at: datetime) -> bool:
    """Whether something may have happened then: carriers write 0001 and 9999 for dates they do not know."""
    return at.year in _YEARS


@dataclass(frozen=True, slots=True)
class Record:
    """One operation of a carrier's list.

    Attributes:
        at: UTC. offset_minutes: of the office's clock from UTC; None where the carrier does not say, and `at` was read
            in the carrier's own zone.
        place: in the carrier's own order, from 1; the list is not chronological in meaning.
        code: the carrier's, "8:2". text: his words for it.
        effect: what the code means; NOTE for one that is in no table, which is kept and shown.
        cod, declared: kopecks; 0 where the record does not say. mass: grams.
        mail_type: the Post's; 0 unknown.
        index_to: where it goes; "" where the record does not say ("0" is no index).
    """

    at: datetime
    offset_minutes: int | None
    place: int
    code: str
    text: str
    effect: Effect
    office_index: str = ""
    office: str = ""
    country: str = ""
    mass: int = 0
    cod: Money = _NOTHING
    declared: Money = _NOTHING
    mail_type: int = 0
    index_to: str = ""
    keep_until: date | None = None


@dataclass(frozen=True, slots=True)
class MoneyRecord:
    """What the carrier says of cash on delivery: a reason to expect it, no proof.

    Attributes:
        collected: the buyer has paid.
    """

    at: datetime
    kind: str
    text: str
    amount: Money
    collected: bool


@dataclass(frozen=True, slots=True)
class History:
    """What a carrier knows of one parcel.

    Attributes:
        known: False when he has not heard of it yet, which is no error.
        skipped: records that could not be read; the reply keeps them.
        new_track: it was registered anew under this number.
    """

    track: str
    known: bool
    records: tuple[Record, ...] = ()
    money: tuple[MoneyRecord, ...] = ()
    skipped: int = 0
    new_track: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply as it came, and the histories read from it."""

    call: str
    about: str
    raw: bytes = field(repr=False)
    histories: tuple[History, ...]


@dataclass(frozen=True, slots=True)
class Ticket:
    """A batch the carrier works on."""

    id: str
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class BatchRules:
    """How a carrier wants batches.

    Attributes:
        most: parcels a ticket. The Post allows 3,000; replies of more than some hundreds have been seen to fail.
        first_ask, again: after the ticket, and after an answer that is not ready. keeps: the answer, from the ticket.
    """

    most: int
    first_ask: timedelta
    again: timedelta
    keeps: timedelta


class Carrier(Protocol):
    """One carrier.

    Attributes:
        daily: single calls a day; None without a limit.
        batches: None for a carrier asked one by one.
        money_apart: what the buyer paid is a call of its own, and no part of the history.

    All calls raise:
        Unavailable: `carrier.unreachable`, `carrier.busy` (with retry_after), `carrier.unreadable`.
        Refused: `carrier.not_authorised`, `carrier.quota_spent`, `carrier.refused`.
    """

    key: CarrierKey
    daily: int | None
    batches: BatchRules | None
    money_apart: bool

    def history(self, track: str) -> Answer:
        """All operations of one parcel."""
        ...

    def money(self, track: str) -> Answer:
        """What became of its cash on delivery; an answer without histories where the carrier has no such call."""
        ...

    def order(self, tracks: Sequence[str]) -> Ticket:
        """Have a batch prepared."""
        ...

    def collect(self, ticket: str) -> Answer | None:
        """The batch; None while it is not ready.

        Raises:
            Refused: `carrier.ticket_gone` when the answer was kept too long.
        """
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
