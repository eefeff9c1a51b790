"""Generated parcels: the n-th of a lot is the same one whenever it is looked at, and stands nowhere until then."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.core.money import Money
from gateway.parcels.barcodes import domestic_fits
from gateway.parcels.model import CarrierKey
from gateway.parcels.sandbox.journey import Fate, Plan
from gateway.parcels.sandbox.offices import forgetting_share, offices

# The shops' offices: few origins and many destinations, as it is.
ORIGINS = ("101000", "443063", "620014")
_FATES = {
    Fate.COLLECTED: 84, Fate.RETURNED: 7, Fate.REFUSED: 3, Fate.MISROUTED: 3, Fate.STUCK: 2, Fate.LOST: 1,
}  # fmt: skip
_COD_SHARE = 0.6
_MEAN_WAIT_DAYS, _LONGEST_WAIT_DAYS = 3.0, 13.0
_LOT_DIGIT = {CarrierKey.POST: "8", CarrierKey.CDEK: "1"}
_SERIAL_DIGITS = {CarrierKey.POST: 10, CarrierKey.CDEK: 7}


@dataclass(frozen=True, slots=True)
class Lot:
    """Parcels posted evenly over a time.

    Attributes:
        id: from 1 to 99.
        first: when the first is posted.
    """

    id: int
    carrier: CarrierKey
    count: int
    first: datetime
    days: float

    def track(self, serial: int) -> str:
        """The number of its parcel `serial`, from 0. No real number of the Post begins so."""
        body = f"{_LOT_DIGIT[self.carrier]}{self.id:02d}{serial:0{_SERIAL_DIGITS[self.carrier]}d}"
        return with_check_digit(body) if self.carrier is CarrierKey.POST else body

    def sent(self, serial: int) -> datetime:
        """When its parcel `serial` is posted."""
        return (self.first + timedelta(days=self.days) * (serial / self.count)).replace(microsecond=0)


class World:
    """All parcels there could be.

    Args:
        seed: other seeds are other worlds.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def plan(self, track: str, sent: datetime, carrier: CarrierKey = CarrierKey.POST) -> Plan:
        """What becomes of the parcel with this number if chance is left to itself."""
        draw = random.Random(f"plan {self.seed} {track}")  # noqa: S311 - no secret
        destination = draw.choice(offices()).index
        fate = draw.choices(list(_FATES), list(_FATES.values()))[0]
        value = Money(100 * draw.randint(500, 15_000))
        return Plan(
            track=track,
            sent=sent,
            origin=draw.choice(ORIGINS),
            destination=destination,
            carrier=carrier,
            fate=fate,
            waits_days=min(draw.expovariate(1 / _MEAN_WAIT_DAYS), _LONGEST_WAIT_DAYS),
            cod=value if draw.random() < _COD_SHARE else Money(0),
            declared=value,
            mass=draw.randint(150, 9_000),
            forgotten=draw.random() < forgetting_share(destination),
        )

    def of_lot(self, lot: Lot, serial: int) -> Plan:
        """The parcel `serial` of a lot."""
        return self.plan(lot.track(serial), lot.sent(serial), lot.carrier)


def place_in_lot(track: str) -> tuple[CarrierKey, int, int] | None:
    """(carrier, lot, serial) of a number that could be a lot's; None for others."""
    for carrier, digit in _LOT_DIGIT.items():
        length = 3 + _SERIAL_DIGITS[carrier]
        checked = length + (carrier is CarrierKey.POST)
        if len(track) == checked and track.isascii() and track.isdecimal() and track[0] == digit:
            return carrier, int(track[1:3]), int(track[3:length])
    return None


def with_check_digit(body: str) -> str:
    """Thirteen digits and the fourteenth the Post asks for."""
    return next(body + digit for digit in "0123456789" if domestic_fits(body + digit))
