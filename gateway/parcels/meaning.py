"""What a carrier's code means, in words common to all carriers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gateway.parcels.model import Effect


class WaitingPlace(StrEnum):
    """What kind of place it waits for the buyer at; messages word each differently."""

    OFFICE = "office"
    LOCKER = "locker"
    CENTRE = "centre"  # a centre that hands out parcels and nothing else
    POINT = "point"  # a partner's pick-up point


@dataclass(frozen=True, slots=True)
class Meaning:
    """One entry of a carrier's table.

    Attributes:
        means: for a person; of a NOTE, why it tells nothing of where the parcel is.
        place: of an arrival; None where the code does not say.
        days_left: of storage, counted from the record's own day; None where the code does not say.
        known: False for a code that is in no table: it is kept and shown, and somebody should look at it.
    """

    effect: Effect
    means: str
    place: WaitingPlace | None = None
    days_left: int | None = None
    known: bool = True


UNKNOWN = Meaning(Effect.NOTE, "In no table of ours: kept and shown, and nothing follows from it.", known=False)
