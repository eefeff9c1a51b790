"""The loop that hands messages over.

A message is marked SENDING in a committed unit before its gateway sees it, and what the gateway said is written in
another one after. Nothing is on the network within a unit. So whenever the process dies, a message is either still in
the queue, and nobody has seen it, or it is SENDING, and then it may have been sent: at the next start those become
UNKNOWN, and only a receipt or a person decides what becomes of them. None is ever sent again by itself.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from sqlalchemy import select

from gateway.core.clock import from_text
from gateway.core.errors import Refused
from gateway.notify import handing, receipts
from gateway.notify.gateways.ports import Answer, Gateway, News, Reply, Watched
from gateway.notify.model import NotificationChannel, NotificationState
from gateway.notify.tables import notifications
from gateway.notify.terms import NotifyTerms
from gateway.store import Store, alarms

POLL = timedelta(seconds=30)
"""How often a gateway that tells only when asked is asked."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did.

    Attributes:
        handed: messages given to a gateway. taken: of those it took. news: receipts and replies that came.
        more: there may be more to do at once.
    """

    handed: int = 0
    taken: int = 0
    news: int = 0
    more: bool = False

    def __add__(self, other: Round) -> Round:
        return Round(
            self.handed + other.handed, self.taken + other.taken, self.news + other.news, self.more or other.more
        )


class Sender:
    """Empties the queue; for one thread, the only one of its database.

    Args:
        sms, mail: None where there is none: its messages wait, and lose their sense in time.
    """

    def __init__(self, store: Store, terms: NotifyTerms, sms: Gateway | None, mail: Gateway | None) -> None:
        self._store = store
        self._terms = terms
        self._ways = [
            (channel, gateway)
            for channel, gateway in ((NotificationChannel.SMS, sms), (NotificationChannel.EMAIL, mail))
            if gateway is not None
        ]
        self._stopping = threading.Event()
        self._started = False
        self._rest_until: dict[str, datetime] = {}
        self._asked_at: dict[str, datetime] = {}
        self._asked_last: dict[str, str] = {}

    def round(self) -> Round:
        """Take what came, then hand over what is due: one batch to each gateway. Call again at once while `more`.

        Raises:
            Unavailable: `store.unreachable`.
        """
        if not self._started:
            with self._store.unit() as unit:
                handing.lose_sight_of_all(unit)
                unit.commit()
            self._started = True
        done = Round()
        for _, gateway in self._ways:
            done += self._take_news(gateway)
        with self._store.unit() as unit:
            handing.expire(unit)
            handing.write_letters(unit, self._terms)
            unit.commit()
        for channel, gateway in self._ways:
            if not self._stopping.is_set():
                done += self._hand_over(channel, gateway)
        return done

    def stop(self) -> None:
        """From any thread: nothing more is handed over; a batch under way is seen to its end. The gateways are closed
        by whoever opened them, after the last round."""
        self._stopping.set()

    def _take_news(self, gateway: Gateway) -> Round:
        watched = self._watched(gateway) if gateway.asks else ()
        if gateway.asks and not watched:
            return Round()
        return self._store_news(gateway, gateway.news(watched))

    def _about_answered(self, gateway: Gateway) -> Sequence[News]:
        """What came within a batch, up to the first receipt that overtook its answer."""
        with self._store.reading() as connection:
            return list(
                takewhile(
                    lambda each: (
                        isinstance(each, Reply)
                        or receipts.is_known(connection, self._store.company, gateway.name, each)
                    ),
                    gateway.news(),
                )
            )

    def _store_news(self, gateway: Gateway, news: Sequence[News]) -> Round:
        if not news:
            return Round()
        with self._store.unit() as unit:
            for each in news:
                try:
                    with unit.step():
                        if isinstance(each, Reply):
                            receipts.take_reply(unit, self._terms, each)
                        else:
                            receipts.take(unit, gateway.name, each)
                except Refused as error:  # one odd receipt must not hold up the others for ever
                    _log.error("a receipt of %s was not taken: %s", gateway.name, error.code)
            handing.forget_unknown(unit)
            unit.commit()
        gateway.acknowledge(len(news))
        return Round(news=len(news), more=not gateway.asks)

    def _watched(self, gateway: Gateway) -> Sequence[Watched]:
        """The next ones to ask about, in turn; none when it was asked a moment ago."""
        now = self._store.clock.now()
        if now < self._asked_at.get(gateway.name, now) or gateway.trouble():
            return ()
        self._asked_at[gateway.name] = now + POLL
        waiting = (
            select(notifications.c.id, notifications.c.number, notifications.c.address)
            .where(
                notifications.c.company == self._store.company,
                notifications.c.gateway == gateway.name,
                notifications.c.state.in_((NotificationState.SENT.value, NotificationState.UNKNOWN.value)),
                notifications.c.address != "",
                notifications.c.id > self._asked_last.get(gateway.name, ""),
            )
            .order_by(notifications.c.id)
            .limit(gateway.at_once)
        )
        with self._store.reading() as connection:
            found = connection.execute(waiting).all()
        # A short page was the last one: from the beginning next time.
        self._asked_last[gateway.name] = found[-1].id if len(found) == gateway.at_once else ""
        return [Watched(row.number, row.address) for row in found]

    def _hand_over(self, channel: NotificationChannel, gateway: Gateway) -> Round:
        now = self._store.clock.now()
        if now < self._rest_until.get(gateway.name, now) or not self._is_there(channel, gateway):
            return Round()
        with self._store.unit() as unit:
            claimed = handing.claim(unit, self._terms, channel, gateway)
            unit.commit()
        if not claimed:
            return Round()
        taken = 0
        told: set[str] = set()
        for answers in gateway.send(claimed):
            told |= {answer.id for answer in answers}
            taken += self._write_down(gateway, answers)
            if not gateway.asks:  # it may wait for our word on some receipts before it sends more
                self._store_news(gateway, self._about_answered(gateway))
        silent = [handing.silence(message) for message in claimed if message.id not in told]
        if silent:
            self._write_down(gateway, silent)
        return Round(handed=len(claimed), taken=taken, more=len(claimed) == gateway.at_once)

    def _write_down(self, gateway: Gateway, answers: Sequence[Answer]) -> int:
        with self._store.unit() as unit:
            outcome = handing.write_down(unit, gateway, answers)
            if outcome.rest:
                until = unit.now + timedelta(seconds=outcome.rest)
                self._rest_until[gateway.name] = max(self._rest_until.get(gateway.name, until), until)
            unit.commit()
        return outcome.taken

    def _is_there(self, channel: NotificationChannel, gateway: Gateway) -> bool:
        """Whether it is; where messages wait for one that is not, that is told, once."""
        code = gateway.trouble()
        if not code:
            return True
        subject = handing.subject_of(gateway)
        with self._store.unit() as unit:
            if code not in alarms.open_about(unit, subject) and handing.waits(unit, channel):
                alarms.raise_alarm(unit, code, subject, {"gateway": gateway.name})
                unit.commit()
        return False


def due_at(store: Store) -> datetime | None:
    """When the next message is due; None for an empty queue."""
    with store.reading() as connection:
        found = connection.execute(
            select(notifications.c.not_before)
            .where(
                notifications.c.company == store.company,
                notifications.c.state == NotificationState.QUEUED.value,
            )
            .order_by(notifications.c.not_before)
            .limit(1)
        ).scalar_one_or_none()
    return from_text(found) if found else None
