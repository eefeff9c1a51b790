"""Asking carriers: batches at night, what is ready and what is due in the day, one parcel at the push of a button."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from gateway.core.authority import SERVICE, Actor
from gateway.core.errors import Refused
from gateway.parcels import rows
from gateway.parcels.asking_batches import Batches, Progress
from gateway.parcels.asking_singles import Singles
from gateway.parcels.carrier_talk import Asked, Take, Talk
from gateway.parcels.carriers.ports import Carrier, History
from gateway.parcels.model import CarrierKey
from gateway.parcels.terms import ParcelTerms
from gateway.store import Store


class Asking:
    """Asks about what is watched. A carrier has one turn at a time, whichever threads want it.

    Args:
        carriers: adapters; one of a key.
        take: called once for each history, in a savepoint of its own: `tracking.take` and what follows from it.
    """

    def __init__(self, store: Store, terms: ParcelTerms, carriers: Iterable[Carrier], take: Take) -> None:
        self._store = store
        self._carriers = {carrier.key: carrier for carrier in carriers}
        self._turns = {key: threading.Lock() for key in self._carriers}
        self._talk = Talk(store, terms, take)
        self._batches = Batches(self._talk)
        self._singles = Singles(self._talk)

    @property
    def keys(self) -> tuple[CarrierKey, ...]:
        """Carriers that are asked."""
        return tuple(self._carriers)

    def stop(self) -> None:
        """No more calls; what is under way comes to its end."""
        self._talk.stopping.set()

    def night(self, stop: threading.Event | None = None, progress: Progress | None = None) -> Asked:
        """Order batches for all that is watched and was not asked about since the night began.

        To be called again while something is `left`: what was ordered is not ordered twice. Carriers without batches
        are asked by `due` alone.

        Args:
            progress: told after each ticket how many parcels of how many of a carrier are ordered.
        """
        done = Asked()
        for key, carrier in self._carriers.items():
            if carrier.batches is None:
                continue
            with self._turns[key]:
                self._batches.settle_unknown(key)
                until = stop or self._talk.stopping
                done += self._batches.order_all(carrier, carrier.batches, until, progress or _untold)
        return done

    def due(self) -> Asked:
        """One round of every carrier: collect what is ready, ask about what is due."""
        done = Asked()
        for key in self._carriers:
            done += self.due_of(key)
        return done

    def due_of(self, key: CarrierKey) -> Asked:
        """One round of one carrier; nothing while it rests, or another thread has its turn."""
        carrier, turn = self._carriers[key], self._turns[key]
        if self._talk.stopping.is_set() or self._talk.resting(key) or not turn.acquire(blocking=False):
            return Asked()
        try:
            return self._round(carrier)
        finally:
            turn.release()

    def ask_now(self, parcel_id: str, actor: Actor = SERVICE) -> History:
        """Ask about one parcel because somebody wants to know; spends a call of the day. Not inside a unit.

        Raises:
            Refused: `authority.missing`, `parcel.not_found`, `carrier.not_configured`, `carrier.asked_just_now`,
                `carrier.quota_spent`, and what the carrier refuses.
            Unavailable: `carrier.resting`, and what the carrier raises.
        """
        with self._store.reading() as connection:
            row = rows.visible(actor, rows.read(connection, self._store.company, parcel_id))
        carrier = self._carriers.get(CarrierKey(row.carrier))
        if carrier is None:
            raise Refused("carrier.not_configured", carrier=row.carrier)
        return self._singles.ask_now(carrier, parcel_id, actor)

    def _round(self, carrier: Carrier) -> Asked:
        done = Asked()
        if carrier.batches is not None:
            self._batches.settle_unknown(carrier.key)
            done += self._batches.collect_due(carrier, carrier.batches)
            done += self._batches.order_due(carrier, carrier.batches)
        done += self._singles.ask_due(carrier)
        return done + self._singles.ask_money_due(carrier)


def _untold(_done: int, _of: int) -> None:
    pass
