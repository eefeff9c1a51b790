"""The sandbox carriers, from outside: parcels sent, money paid out, time moved, faults ordered, from any process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from gateway.bank.sandbox.books import next_number
from gateway.core.clock import Clock, from_text
from gateway.core.errors import Refused
from gateway.parcels.model import CarrierKey
from gateway.parcels.sandbox import behave, payouts
from gateway.parcels.sandbox.books import (
    CarrierBooks,
    Credentials,
    Rules,
    credentials,
    find_plan,
    put_lot,
    put_plan,
    put_rules,
    rules,
    world,
)
from gateway.parcels.sandbox.journey import Event, Plan, journey, until
from gateway.parcels.sandbox.payouts import Payout
from gateway.parcels.sandbox.world import ORIGINS, Lot, with_check_digit

_SERIALS = 10**5
_CDEK_FIRST = 2_000_000_000
"""Above the numbers of lots."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call somebody made.

    Attributes:
        about: the first parcels it asked for, apart by spaces.
        at: by the carriers' clock.
        outcome: "" for an honest answer, else what was wrong with the call or the answer.
    """

    carrier: CarrierKey
    operation: str
    about: str
    at: datetime
    outcome: str


class CarrierSandbox:
    """The Post and CDEK of the folder `<home>/sandbox/carriers`.

    Args:
        home: the directory that holds `sandbox/`.
        clock: the machine's.

    All calls raise:
        Refused: `sandbox.missing`.
    """

    def __init__(self, home: Path, clock: Clock | None = None) -> None:
        self.folder = folder_of(home)
        self.books = CarrierBooks(self.folder, clock)

    @classmethod
    def create(cls, home: Path, clock: Clock | None = None, *, seed: int = 1) -> CarrierSandbox:
        """New carriers with new credentials and no parcels.

        Args:
            seed: what chance makes of parcels depends on it and their numbers alone.

        Raises:
            Refused: `sandbox.exists`.
        """
        CarrierBooks.create(folder_of(home), clock, seed=seed)
        return cls(home, clock)

    def credentials(self) -> Credentials:
        """What to let oneself in with."""
        with self.books.read() as db:
            return credentials(db)

    def rules(self) -> Rules:
        """How the carriers treat us."""
        with self.books.read() as db:
            return rules(db)

    def arrange(self, **changes: Any) -> Rules:
        """Treat us otherwise: any fields of `Rules`."""
        with self.books.write() as db:
            new = replace(rules(db), **changes)
            put_rules(db, new)
            return new

    # ------------------------------------------------------------------ time

    def now(self) -> datetime:
        """The carriers' time, UTC."""
        return self.books.now()

    def move_clock(self, by: timedelta) -> datetime:
        """Let time pass at the carriers alone; what their clock shows then."""
        return self.books.move_clock(by)

    # ------------------------------------------------------------------ parcels

    def send(
        self, carrier: CarrierKey = CarrierKey.POST, *, track: str = "", sent: datetime | None = None, **fields: Any
    ) -> Plan:
        """Post a parcel: now, from Moscow to where chance sends it, to be collected, unless said otherwise.

        Args:
            track: a number of its own; the carrier gives one without it.
            fields: of `Plan`.
        """
        with self.books.write() as db:
            origin = fields.setdefault("origin", ORIGINS[0])
            number = track or _new_track(next_number(db, f"track.{carrier}"), carrier, origin)
            posted = sent or self.books.bank_now(db)
            fields.setdefault("destination", world(db).plan(number, posted, carrier).destination)
            plan = Plan(track=number, sent=posted, carrier=carrier, **fields)
            put_plan(db, plan)
            return plan

    def send_many(
        self, count: int, carrier: CarrierKey = CarrierKey.POST, *, days: float = 0.0, first: datetime | None = None
    ) -> list[Plan]:
        """Post parcels chance decides everything of, evenly over so many days; they stand in the book one by one."""
        made = []
        with self.books.write() as db:
            begin = first or self.books.bank_now(db)
            for place in range(count):
                number = _new_track(next_number(db, f"track.{carrier}"), carrier, ORIGINS[0])
                at = (begin + timedelta(days=days) * (place / count)).replace(microsecond=0)
                made.append(world(db).plan(number, at, carrier))
                put_plan(db, made[-1])
        return made

    def stock(
        self, count: int, carrier: CarrierKey = CarrierKey.POST, *, days: float = 0.0, first: datetime | None = None
    ) -> Lot:
        """Post any number of parcels that stand nowhere: `Lot.track` names them, chance decides everything.

        Their money is never paid out: for load, not for stories.
        """
        with self.books.write() as db:
            return put_lot(db, carrier, count, first or self.books.bank_now(db), days)

    def plan(self, track: str, carrier: CarrierKey = CarrierKey.POST) -> Plan:
        """A parcel and its future.

        Raises:
            Refused: `sandbox.unknown_parcel`.
        """
        with self.books.read() as db:
            found = find_plan(db, carrier, track)
        if found is None:
            raise Refused("sandbox.unknown_parcel", track=track)
        return found

    def change(self, track: str, carrier: CarrierKey = CarrierKey.POST, **fields: Any) -> Plan:
        """Give a parcel another future: any fields of `Plan` but its number. `pays_out=False` leaves its money out.

        Raises:
            Refused: `sandbox.unknown_parcel`.
        """
        plan = replace(self.plan(track, carrier), **fields)
        with self.books.write() as db:
            put_plan(db, plan)
        return plan

    def story(self, track: str, carrier: CarrierKey = CarrierKey.POST) -> tuple[Event, ...]:
        """All that will ever be told of a parcel.

        Raises:
            Refused: `sandbox.unknown_parcel`.
        """
        plan = self.plan(track, carrier)
        with self.books.read() as db:
            return journey(plan, world(db).seed)

    def events(self, track: str, carrier: CarrierKey = CarrierKey.POST) -> tuple[Event, ...]:
        """What is told of a parcel by now.

        Raises:
            Refused: `sandbox.unknown_parcel`.
        """
        return until(self.story(track, carrier), self.now())

    # ------------------------------------------------------------------ money

    def payouts(self, carrier: CarrierKey | None = None) -> list[Payout]:
        """Every lump sum whose day has come, of one carrier or of both: what the sandbox bank is to book."""
        with self.books.write() as db:
            payouts.catch_up(db, self.books.bank_now(db))
            return [one for key in CarrierKey if carrier in (None, key) for one in payouts.made(db, key)]

    def pay_out(self, carrier: CarrierKey = CarrierKey.POST) -> Payout | None:
        """Pay all that was collected, today; None when nothing was."""
        with self.books.write() as db:
            now = self.books.bank_now(db)
            payouts.catch_up(db, now)
            number = payouts.pay(db, carrier, now)
            return next((one for one in payouts.made(db, carrier) if one.number == number), None)

    # ------------------------------------------------------------------ misbehaviour

    def behave(self, carrier: CarrierKey, name: str, count: int = 1, **options: object) -> None:
        """Have something go wrong the next `count` times; see `behave`.

        Raises:
            Refused: `sandbox.unknown_behaviour`, `sandbox.unknown_option`, `sandbox.bad_option`.
        """
        with self.books.write() as db:
            behave.add(db, carrier, name, count, options)

    def be_honest(self) -> None:
        """Forget all misbehaviour still queued."""
        with self.books.write() as db:
            behave.clear(db)

    def queued(self, carrier: CarrierKey) -> list[tuple[str, int]]:
        """What is still to go wrong."""
        with self.books.read() as db:
            return behave.queued(db, carrier)

    def calls(self, carrier: CarrierKey) -> list[Call]:
        """Every call, in order."""
        with self.books.read() as db:
            rows: Sequence[Mapping[str, Any]] = db.execute(
                "SELECT * FROM calls WHERE carrier = ? ORDER BY id", (carrier,)
            ).fetchall()
            return [Call(carrier, row["operation"], row["about"], from_text(row["at"]), row["answer"]) for row in rows]


def folder_of(home: Path) -> Path:
    """Where the carriers' files are."""
    return home / "sandbox" / "carriers"


def _new_track(number: int, carrier: CarrierKey, origin: str) -> str:
    """The next number as the carrier gives them; the Post's begin with the index of the office."""
    if carrier is CarrierKey.CDEK:
        return str(_CDEK_FIRST + number)
    month, serial = divmod(number, _SERIALS)
    return with_check_digit(f"{origin}{month + 1:02d}{serial:05d}")
