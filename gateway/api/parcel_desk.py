"""Where the tray's routes work on parcels: who asks, under which terms, and a parcel's card after every change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request

from gateway.api.access import TheCaller, TheRoom
from gateway.api.errors import NotFound
from gateway.api.intake_run import IntakeRun
from gateway.api.reads import parcels as reads
from gateway.api.room import ParcelsRoom, Room
from gateway.api.tokens import Caller
from gateway.api.writing import Target, Terms, TheTerms, change
from gateway.core.authority import Actor
from gateway.flows import parcel_cod
from gateway.parcels.tables import parcels
from gateway.parcels.terms import ParcelTerms
from gateway.store import Unit


@dataclass(frozen=True, slots=True)
class View:
    """One request that looks at parcels."""

    room: Room
    parcels: ParcelsRoom
    caller: Caller

    @property
    def terms(self) -> ParcelTerms:
        return self.parcels.terms

    @property
    def actor(self) -> Actor:
        return self.caller.actor

    @property
    def company(self) -> str:
        return self.room.store.company

    def card(self, parcel_id: str) -> dict[str, Any]:
        """The parcel as it stands now.

        Raises:
            Refused: `parcel.not_found`.
        """
        now = self.room.store.clock.now()
        with self.room.store.reading() as connection:
            found = reads.card(connection, self.company, self.terms, self.actor, parcel_id, now)
        return {**found, "server_time": self.room.now()}


@dataclass(frozen=True, slots=True)
class Desk(View):
    """One request that changes parcels."""

    asked: Terms

    def perform(self, action: str, given: Any, work: Callable[[Unit], Any], target: Target | None = None) -> Any:
        """Do `work` once and keep it; see `writing.change`."""
        return change(self.room, self.caller, self.asked, action, target, given, work)

    def follow(self, unit: Unit, parcel_id: str) -> None:
        """Bring a parcel's money in line with what was done to it."""
        parcel_cod.follow(unit, self.room.terms, parcel_id)

    def change(self, parcel_id: str, action: str, given: Any, work: Callable[[Unit], object]) -> dict[str, Any]:
        """Do `work` on a parcel, with what follows from it for its money, and show the card as it stands then."""

        def done(unit: Unit) -> None:
            work(unit)
            self.follow(unit, parcel_id)

        self.perform(action, given, done, Target(parcels, parcel_id))
        return self.card(parcel_id)


def _parcels_of(room: TheRoom) -> ParcelsRoom:
    """What the company's parcels go by.

    Raises:
        NotFound: `api.no_parcels` in a company that watches none.
    """
    if room.parcels is None:
        raise NotFound("api.no_parcels")
    return room.parcels


TheParcels = Annotated[ParcelsRoom, Depends(_parcels_of)]


def _view(room: TheRoom, parcels: TheParcels, caller: TheCaller) -> View:
    return View(room, parcels, caller)


def _desk(room: TheRoom, parcels: TheParcels, caller: TheCaller, terms: TheTerms) -> Desk:
    return Desk(room, parcels, caller, terms)


def _run_of(request: Request, parcels: TheParcels) -> IntakeRun:
    run: IntakeRun = request.app.state.intake_run
    return run


TheView = Annotated[View, Depends(_view)]
TheDesk = Annotated[Desk, Depends(_desk)]
TheRun = Annotated[IntakeRun, Depends(_run_of)]
