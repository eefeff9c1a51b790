"""One parcel a call: what is due, cash on delivery, and the push of a button."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from gateway.core.authority import SERVICE, Actor, Right
from gateway.core.clock import from_text, to_text
from gateway.core.errors import KvitError, Refused
from gateway.parcels import asking_plan, carrier_health, quotas, replies, rows
from gateway.parcels.carrier_talk import Asked, Talk, is_carriers_trouble
from gateway.parcels.carriers.errors import UnreadableReply
from gateway.parcels.carriers.ports import Answer, Carrier, History
from gateway.parcels.tables import parcels
from gateway.store import Unit
from gateway.store.schema import AnyRow

A_ROUND = 50
"""Calls in one round of one carrier, so that other work gets its turn."""
JUST_NOW = timedelta(minutes=1)
_PUSHED_BACK = timedelta(hours=1)  # a parcel whose call never came to an end
_MONEY_SHARE = 3  # one call in so many is about money, where money is to be asked about
_RESERVE = 10  # of a day's quota, one call in so many is left to people


class Singles:
    """Single calls."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._store = talk.store

    def ask_due(self, carrier: Carrier) -> Asked:
        """Ask about what is due, the most urgent first."""
        allowed = self._allowed(carrier)
        kept = allowed // _MONEY_SHARE if self._money_due(carrier, 1) else 0
        with self._store.reading() as connection:
            now = self._store.clock.now()
            due = asking_plan.due(connection, self._store.company, carrier.key, now, allowed - kept)
        return self._ask_each(carrier, due)

    def ask_money_due(self, carrier: Carrier) -> Asked:
        """Ask what became of cash on delivery that may have been paid."""
        return self._ask_each(carrier, self._money_due(carrier, self._allowed(carrier)), money=True)

    def ask_now(self, carrier: Carrier, parcel_id: str, actor: Actor) -> History:
        """Ask about one parcel because somebody wants to know; see `Asking.ask_now`."""
        with self._store.unit(actor) as unit:
            actor.require(Right.PARCELS_WORK)
            row = rows.open_for(unit, parcel_id)
            wait = JUST_NOW - (unit.now - from_text(row.asked_at)) if row.asked_at else timedelta(0)
            if wait > timedelta(0):
                raise Refused("carrier.asked_just_now", seconds=round(wait.total_seconds()))
            carrier_health.need_rested(unit.connection, unit.company, carrier.key, unit.now)
            _about_to_ask(unit, carrier, row.id)
            unit.commit()
        try:
            with self._talk.heard(carrier, single=True):
                answer = carrier.history(row.track)
        except KvitError as error:
            self._not_answered(carrier, row, error)
            raise
        self._read(carrier, row, answer, answer.histories, actor)
        return answer.histories[0]

    def _ask_each(self, carrier: Carrier, due: Sequence[AnyRow], *, money: bool = False) -> Asked:
        done = Asked()
        call = carrier.money if money else carrier.history
        for row in due:
            if self._talk.stopping.is_set() or self._talk.resting(carrier.key) or not self._allowed(carrier):
                break
            with self._store.unit() as unit:
                _about_to_ask(unit, carrier, row.id, money=money)
                unit.commit()
            done += Asked(calls=1)
            try:
                with self._talk.heard(carrier, single=True):
                    answer = call(row.track)
            except KvitError as error:
                self._not_answered(carrier, row, error)
                continue
            told = [one for one in answer.histories if one.money or not money]
            done += self._read(carrier, row, answer, told)
        return done

    def _not_answered(self, carrier: Carrier, row: AnyRow, error: KvitError) -> None:
        """What the carrier refuses of one parcel puts off that one; when it is he who is away it stays due."""
        about_it = not is_carriers_trouble(error)
        with self._store.unit() as unit:
            if isinstance(error, UnreadableReply):
                replies.keep(unit, carrier.key, quotas.SINGLE, row.track, error.raw, error.code)
            failures = row.failures + about_it
            ask_at = to_text(asking_plan.after_refusal(failures, unit.now)) if about_it else row.ask_at
            unit.update(parcels, row.id, failures=failures, ask_at=ask_at)
            unit.commit()

    def _read(
        self, carrier: Carrier, row: AnyRow, answer: Answer, told: Sequence[History], actor: Actor = SERVICE
    ) -> Asked:
        """Take an answer in, and put down when the parcel is due next where every parcel costs a call."""
        reply_id = self._talk.keep(carrier.key, answer)
        with self._store.unit(actor) as unit:
            failed = self._talk.take_each(unit, carrier.key, [(row.id, one) for one in told], reply_id)
            if carrier.batches is None and told:
                after = rows.read(unit.connection, unit.company, row.id)
                unit.update(parcels, row.id, ask_at=to_text(asking_plan.again(after, unit.now)))
            unit.commit()
        return Asked(taken=len(told) - failed, failed=failed)

    def _money_due(self, carrier: Carrier, most: int) -> list[AnyRow]:
        if not carrier.money_apart or not most:
            return []
        with self._store.reading() as connection:
            return asking_plan.money_due(connection, self._store.company, carrier.key, self._store.clock.now(), most)

    def _allowed(self, carrier: Carrier) -> int:
        """Single calls a round may make; some of the day's are left to people."""
        if carrier.daily is None:
            return A_ROUND
        with self._store.reading() as connection:
            left = quotas.left(connection, self._store.company, carrier.key, carrier.daily, self._store.clock.now())
        return max(min(left - carrier.daily // _RESERVE, A_ROUND), 0)


def _about_to_ask(unit: Unit, carrier: Carrier, parcel_id: str, *, money: bool = False) -> None:
    """Count the call and put the parcel off, before the call is made.

    Raises:
        Refused: `carrier.quota_spent`.
    """
    quotas.spend(unit, carrier.key, quotas.SINGLE, carrier.daily)
    if money:
        unit.update(parcels, parcel_id, money_asked_at=unit.at)
    else:
        unit.update(parcels, parcel_id, asked_at=unit.at, ask_at=to_text(unit.now + _PUSHED_BACK))
