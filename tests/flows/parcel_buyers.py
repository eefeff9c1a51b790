"""A house whose buyers are written to, and what they are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

from sqlalchemy import select

from gateway.core.authority import SERVICE
from gateway.flows.parcel_follow import follow
from gateway.notify.tables import notifications
from gateway.notify.terms import NotifyTerms
from gateway.parcels import reminders, tracking
from gateway.parcels.carriers.ports import History, MoneyRecord, Record
from gateway.parcels.tables import parcels
from gateway.parcels.terms import ParcelTerms
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit
from tests.flows.shop import TERMS as TRADE
from tests.parcels.histories import START, record
from tests.parcels.house import TRACK, House

TERMS = ParcelTerms(url="https://parcels.example", morning=time(9, 0))
NOTIFY = NotifyTerms("ООО «Ромашка»", consent_needed=False)
ACCEPTED = ("1:1", 0.0, "443063")
SORTED = ("8:4", 1.0, "140980")
ARRIVED = ("8:2", 3.0, "170100")
COLLECTED = ("2:1", 6.0, "170100")
TURNED = ("3:1", 6.0, "170100")
NIGHT = timedelta(hours=14)  # from START, noon in Moscow, to two o'clock of the next night


class Told(House):
    """A house whose buyers are written to."""

    notify = NOTIFY

    def hear(self, parcel_id: str, *steps: tuple[str, float, str], money: tuple[MoneyRecord, ...] = ()) -> None:
        """The carrier says this, in the night after the last of it."""
        self.clock.at = START + timedelta(days=max(day for _, day, _ in steps)) + NIGHT
        said = tuple(record(code, day, office, place=n) for n, (code, day, office) in enumerate(steps, 1))
        self.heard(parcel_id, said, money)

    def heard(
        self, parcel_id: str, said: tuple[Record, ...], money: tuple[MoneyRecord, ...] = (), new_track: str = ""
    ) -> None:
        history = History(TRACK, True, said, money, new_track=new_track)
        with self.store.unit(SERVICE) as unit:
            taken = tracking.take(unit, self.terms, parcel_id, history, "R-1")
            follow(unit, replace(TRADE, parcels=self.terms), self.notify, taken)
            unit.commit()

    def says_nothing_new(self, parcel_id: str) -> None:
        """The carrier is asked now, and says what he said before."""

        def work(unit: Unit) -> None:
            unit.update(parcels, parcel_id, asked_at=unit.at, answered_at=unit.at)

        self.do(SERVICE, work)

    def remind(self) -> int:
        return self.do(SERVICE, lambda unit: reminders.remind_due(unit, self.terms, self.notify))

    def messages(self, state: str = "") -> list[AnyRow]:
        with self.store.reading() as connection:
            rows = connection.execute(select(notifications).order_by(notifications.c.number)).all()
        return [row for row in rows if state in ("", row.state)]

    def events(self, state: str = "") -> list[str]:
        return [row.event for row in self.messages(state)]

    def days_of_reminders(self, days: int) -> list[tuple[int, str, str]]:
        """(day of the month, event, text) of what is written over so many days, looked at each morning and noon."""
        found = []
        for _ in range(days * 2):
            self.clock.advance(timedelta(hours=12))
            known = set(self.events())
            self.remind()
            found += [(self.clock.at.day, row.event, row.template) for row in self.messages() if row.event not in known]
        return found
