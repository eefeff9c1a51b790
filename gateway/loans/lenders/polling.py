"""Asking lenders what they say now: the base everything rests on, whatever webhooks come or do not.

Each lender has a thread of his own, so one who is away holds up nobody else, and his round ends at the first call that
is not answered.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from gateway.core.clock import to_text
from gateway.core.errors import Conflict, KvitError, Unavailable
from gateway.loans.lenders.answers import Answers
from gateway.loans.lenders.ports import Lender
from gateway.loans.tables import decisions
from gateway.store.schema import AnyRow

BATCH = 50
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Polled:
    """What one round did.

    Attributes:
        asked: decisions asked about; answered: of these; changed: of these, whose answer was new.
    """

    asked: int
    answered: int
    changed: int


class Polling:
    """Asks about due decisions.

    Args:
        lenders: adapters by key.
        batch: decisions of one lender in one round.
    """

    def __init__(
        self,
        answers: Answers,
        lenders: Mapping[str, Lender],
        batch: int = BATCH,
    ) -> None:
        self._store = answers.store
        self._answers = answers
        self._lenders = dict(lenders)
        self._batch = batch
        self._running: dict[str, threading.Thread] = {}
        self._stopping = threading.Event()

    def start_round(self) -> int:
        """Begin a round of every lender whose last one has ended; does not wait. Returns how many began."""
        began = 0
        for key in self._lenders:
            running = self._running.get(key)
            if running is not None and running.is_alive():
                continue
            thread = threading.Thread(target=self._guarded, args=(key,), name=f"lender-{key}", daemon=True)
            self._running[key] = thread
            thread.start()
            began += 1
        return began

    def wait(self, timeout: float | None = None) -> None:
        """Until the rounds that began have ended."""
        for thread in list(self._running.values()):
            thread.join(timeout)

    def close(self, timeout: float = 5.0) -> None:
        """No more calls; what is being asked is waited for, for so long."""
        self._stopping.set()
        self.wait(timeout)

    def round_of(self, key: str) -> Polled:
        """One round of one lender, in this thread: due decisions, the longest due first, until one is not answered."""
        asked = answered = changed = 0
        for row in self._due(key):
            if self._stopping.is_set():
                break
            asked += 1
            try:
                changed += self._ask(row)
                answered += 1
            except Conflict:
                continue  # changed under our hands: asked again in the next round
            except KvitError as error:
                self._answers.failed(row.id, error)
                if isinstance(error, Unavailable):
                    break
        return Polled(asked, answered, changed)

    def _ask(self, row: AnyRow) -> bool:
        view = self._lenders[row.lender].view(row.application_id, row.external_id)
        return self._answers.take(row.id, row.application_id, view)

    def _due(self, key: str) -> list[AnyRow]:
        with self._store.reading() as connection:
            return list(
                connection.execute(
                    select(decisions)
                    .where(
                        decisions.c.company == self._store.company,
                        decisions.c.poll_at <= to_text(self._store.clock.now()),
                        decisions.c.lender == key,
                    )
                    .order_by(decisions.c.poll_at, decisions.c.id)
                    .limit(self._batch)
                )
            )

    def _guarded(self, key: str) -> None:
        try:
            self.round_of(key)
        except Exception:  # a thread's end: the next round begins anew
            _log.exception("asking lender %s broke off", key)
