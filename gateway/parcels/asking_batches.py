"""Batches: ordered for all that is watched at night, and for what is due in the day; collected when they are ready."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlalchemy import or_, select, update

from gateway.core.clock import to_text
from gateway.core.errors import KvitError, Refused, Unavailable
from gateway.parcels import asking_plan, quotas, replies, tickets
from gateway.parcels.carrier_talk import Asked, Talk, chunks, is_carriers_trouble
from gateway.parcels.carriers.errors import UnreadableReply
from gateway.parcels.carriers.ports import Answer, BatchRules, Carrier, History
from gateway.parcels.model import CarrierKey, Watch
from gateway.parcels.tables import parcels
from gateway.parcels.tickets import TicketState
from gateway.parcels.tracking import history_hash
from gateway.store import alarms
from gateway.store.schema import AnyRow

FEW = 20
"""So many due parcels are asked about one by one where batches are to be had; more make a ticket."""
A_ROUND = 20
"""Tickets ordered in one round of the day; the night orders them all."""
A_COMMIT = 100
"""Parcels taken in one commit: some dozens of milliseconds in which nobody else writes."""
_REFUSED = "carrier.refused"

Progress = Callable[[int, int], None]


class Batches:
    """Tickets of carriers that have them."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._store = talk.store
        self._terms = talk.terms
        self._in_flight: set[str] = set()

    def settle_unknown(self, key: CarrierKey) -> None:
        """Give up tickets whose call a crash cut short."""
        with self._store.unit() as unit:
            if tickets.settle_unknown(unit, key, self._in_flight):
                unit.commit()

    def order_all(self, carrier: Carrier, rules: BatchRules, stop: threading.Event, progress: Progress) -> Asked:
        """Order batches for what is watched and was not asked about since the night began, until one is not answered.

        Args:
            progress: told after each ticket how many parcels of how many are ordered.
        """
        todo = self._unasked_tonight(carrier.key)
        done = Asked()
        ordered = 0
        for chunk in chunks(todo, rules.most):
            if stop.is_set() or self._talk.stopping.is_set() or self._talk.resting(carrier.key):
                break
            done += self._order(carrier, rules, chunk)
            ordered += len(chunk)
            progress(ordered, len(todo))
        return done + Asked(left=len(self._unasked_tonight(carrier.key)))

    def order_due(self, carrier: Carrier, rules: BatchRules) -> Asked:
        """Order batches for what is due, where it is more than can be asked about one by one."""
        with self._store.reading() as connection:
            most = rules.most * A_ROUND
            due = asking_plan.due(connection, self._store.company, carrier.key, self._store.clock.now(), most)
        done = Asked()
        for chunk in chunks(due if len(due) > FEW else [], rules.most):
            if self._talk.stopping.is_set() or self._talk.resting(carrier.key):
                break
            done += self._order(carrier, rules, chunk)
        return done

    def collect_due(self, carrier: Carrier, rules: BatchRules) -> Asked:
        """Fetch and read the batches that may be ready."""
        with self._store.reading() as connection:
            waiting = tickets.due(connection, self._store.company, carrier.key, to_text(self._store.clock.now()))
        done = Asked()
        for row in waiting:
            if self._talk.stopping.is_set() or self._talk.resting(carrier.key):
                break
            done += self._collect(carrier, rules, row)
        return done

    def _unasked_tonight(self, key: CarrierKey) -> list[AnyRow]:
        """Watched parcels not asked about since the night began, those due longest first; not those of a ticket."""
        now = self._store.clock.now()
        began = to_text(self._terms.next_night(now) - timedelta(days=1))
        query = (
            select(parcels.c.id, parcels.c.track)
            .where(
                parcels.c.company == self._store.company,
                parcels.c.carrier == key,
                parcels.c.watch == Watch.ACTIVE,
                or_(parcels.c.asked_at.is_(None), parcels.c.asked_at < began, parcels.c.ask_at <= to_text(now)),
            )
            .order_by(parcels.c.ask_at, parcels.c.id)
        )
        with self._store.reading() as connection:
            return list(connection.execute(query))

    def _order(self, carrier: Carrier, rules: BatchRules, chunk: Sequence[AnyRow]) -> Asked:
        with self._store.unit() as unit:
            quotas.spend(unit, carrier.key, quotas.TICKET)
            ticket_id = tickets.write(unit, carrier.key, chunk, rules)
            self._in_flight.add(ticket_id)
            unit.commit()
        try:
            with self._talk.heard(carrier, single=False):
                ticket = carrier.order([row.track for row in chunk])
        except KvitError as error:
            self._not_ordered(ticket_id, error)
            return Asked()
        else:
            with self._store.unit() as unit:
                tickets.placed(unit, ticket_id, ticket.id, rules)
                alarms.clear(unit, _REFUSED, f"carrier:{carrier.key}")
                unit.commit()
        finally:
            self._in_flight.discard(ticket_id)
        return Asked(tickets=1)

    def _not_ordered(self, ticket_id: str, error: KvitError) -> None:
        """Whether an unanswered call arrived is unknown; its parcels are asked about when the carrier is there again,
        those of a refused ticket tomorrow."""
        state = TicketState.UNKNOWN if isinstance(error, Unavailable) else TicketState.FAILED
        with self._store.unit() as unit:
            row = tickets.load(unit.connection, ticket_id)
            again = unit.now if is_carriers_trouble(error) else self._terms.next_night(unit.now)
            tickets.close(unit, row, state, to_text(again), error.code)
            if error.code == _REFUSED:
                alarms.raise_alarm(unit, error.code, f"carrier:{row.carrier}", error.values)
            unit.commit()

    def _collect(self, carrier: Carrier, rules: BatchRules, row: AnyRow) -> Asked:
        with self._store.unit() as unit:
            quotas.spend(unit, carrier.key, quotas.COLLECT)
            tickets.polled(unit, row, rules.again)
            unit.commit()
        try:
            with self._talk.heard(carrier, single=False):
                answer = carrier.collect(row.ticket)
        except KvitError as error:
            self._not_collected(row, error)
            return Asked()
        if answer is None:
            self._drop_when_gone(row)
            return Asked()
        done, unmoved = self._read(carrier.key, answer)
        with self._store.unit() as unit:
            tonight = to_text(self._terms.next_night(unit.now))
            values = {"answered_at": unit.at, "ask_at": tonight, "failures": 0}
            unit.connection.execute(update(parcels).where(parcels.c.id.in_(unmoved)).values(values))
            tickets.close(unit, row, TicketState.DONE, tonight)
            unit.commit()
        return done + Asked(collected=1)

    def _not_collected(self, row: AnyRow, error: KvitError) -> None:
        """A reply nobody can read is fetched once more; a second one, or a refusal, ends the ticket."""
        unreadable = isinstance(error, UnreadableReply)
        refused = isinstance(error, Refused) and not is_carriers_trouble(error)
        with self._store.unit() as unit:
            if isinstance(error, UnreadableReply):
                replies.keep(unit, CarrierKey(row.carrier), quotas.COLLECT, row.ticket, error.raw, error.code)
            if refused or (unreadable and row.error == error.code) or row.until <= unit.at:
                tickets.close(unit, row, TicketState.FAILED, unit.at, error.code)
            else:
                tickets.note(unit, row, error.code)
            unit.commit()

    def _drop_when_gone(self, row: AnyRow) -> None:
        with self._store.unit() as unit:
            if row.until <= unit.at:
                tickets.close(unit, row, TicketState.FAILED, unit.at, "carrier.ticket_gone")
                unit.commit()

    def _read(self, key: CarrierKey, answer: Answer) -> tuple[Asked, list[str]]:
        """Take a batch's histories in. A crash on the way leaves the ticket open: it is fetched and read again.

        Most parcels of most nights stay where they are: that is put down for all of them at once, with the ticket's
        end. Their ids are returned.
        """
        reply_id = self._talk.keep(key, answer)
        rows = self._watched([history.track for history in answer.histories], key)
        told = [(rows[history.track], history) for history in answer.histories if history.track in rows]
        news = [(row.id, history) for row, history in told if not _says_the_same(row, history)]
        failed = 0
        for known in chunks(news, A_COMMIT):
            with self._store.unit() as unit:
                failed += self._talk.take_each(unit, key, known, reply_id)
                unit.commit()
        moved = {parcel_id for parcel_id, _ in news}
        unmoved = [row.id for row, _ in told if row.id not in moved]
        return Asked(taken=len(told) - failed, failed=failed), unmoved

    def _watched(self, tracks: Sequence[str], key: CarrierKey) -> dict[str, AnyRow]:
        """The watched ones of these (id, history_hash), by their numbers."""
        query = select(parcels.c.track, parcels.c.id, parcels.c.history_hash).where(
            parcels.c.company == self._store.company,
            parcels.c.carrier == key,
            parcels.c.track.in_(tracks),
            parcels.c.watch == Watch.ACTIVE,
        )
        with self._store.reading() as connection:
            return {row.track: row for row in connection.execute(query)}


def _says_the_same(row: AnyRow, history: History) -> bool:
    """Whether a history is the very one `tracking.take` took in last."""
    return bool(row.history_hash) and not history.new_track and history_hash(history) == row.history_hash
