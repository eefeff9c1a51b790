"""Closing a period of settlements: longer than a request may last, so it runs beside them and tells how far it is."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from gateway.core.authority import Actor
from gateway.core.clock import to_text
from gateway.core.errors import Conflict, KvitError
from gateway.flows import settlement
from gateway.settlement.model import Party
from gateway.settlement.terms import SettlementTerms
from gateway.store import Store

log = logging.getLogger("kvit.api.period")


class RunState(StrEnum):
    """How far a run is."""

    IDLE = "idle"  # none since the service started
    CLOSING = "closing"
    SENDING = "sending"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


_RUNNING = (RunState.CLOSING, RunState.SENDING)


@dataclass(frozen=True, slots=True)
class Progress:
    """What a run came to so far.

    Attributes:
        done, of: parties while it closes, statements while it sends.
        statements, lines: of the period, made now or before. sent: now.
        error: why it failed.
    """

    state: RunState = RunState.IDLE
    until: date | None = None
    done: int = 0
    of: int = 0
    statements: int = 0
    lines: int = 0
    sent: int = 0
    started_at: str | None = None
    ended_at: str | None = None
    by: str = ""
    error: KvitError | None = None


class PeriodRun:
    """One run at a time. It may be stopped, or killed with the service, and begun again: nothing is doubled.

    Args:
        notify: told after each step, so that open screens look.
    """

    def __init__(self, store: Store, terms: SettlementTerms, notify: Callable[[], None]) -> None:
        self._store = store
        self._terms = terms
        self._notify = notify
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._progress = Progress()
        self._thread: threading.Thread | None = None

    @property
    def progress(self) -> Progress:
        return self._progress

    def start(self, actor: Actor, parties: Mapping[Party, str], until: date, send: bool) -> None:
        """Begin a run; returns at once.

        Args:
            actor: whose doing it is.
            send: send the open statements of the period afterwards.

        Raises:
            Conflict: `api.period_runs`.
        """
        with self._lock:
            if self._progress.state in _RUNNING:
                raise Conflict("api.period_runs")
            self._stop.clear()
            self._progress = Progress(
                RunState.CLOSING, until, of=len(parties), started_at=self._now(), by=str(actor)
            )  # fmt: skip
            self._thread = threading.Thread(
                target=self._run, args=(actor, dict(parties), until, send), name="kvit-period", daemon=True
            )
            self._thread.start()

    def stop(self) -> None:
        """End the run after the party it is at; nothing happens when there is none."""
        self._stop.set()

    def wait(self, seconds: float) -> bool:
        """Until the run has ended; False when it has not within so many seconds."""
        thread = self._thread
        if thread is not None:
            thread.join(seconds)
        return self._progress.state not in _RUNNING

    def _run(self, actor: Actor, parties: Mapping[Party, str], until: date, send: bool) -> None:
        try:
            closed = settlement.close_period(
                self._store, parties, until, self._step, self._stop.is_set, actor, debtor_of=self._terms.debtor_of
            )
            self._note(statements=closed.statements, lines=closed.lines)
            if send and closed.complete:
                self._note(state=RunState.SENDING, done=0, of=0)
                sent = settlement.send_open(self._store, self._terms, until, self._step, self._stop.is_set, actor)
                self._note(sent=sent)
            self._end(RunState.STOPPED if self._stop.is_set() else RunState.DONE)
        except KvitError as error:
            log.warning("closing a period failed: %s", error.code)
            self._note(error=error)
            self._end(RunState.FAILED)
        except Exception:
            log.exception("closing a period failed")
            self._note(error=KvitError("api.fault"))
            self._end(RunState.FAILED)

    def _step(self, done: int, of: int) -> None:
        self._note(done=done, of=of)
        self._notify()

    def _end(self, state: RunState) -> None:
        self._note(state=state, ended_at=self._now())
        self._notify()

    def _note(self, **values: Any) -> None:
        self._progress = replace(self._progress, **values)

    def _now(self) -> str:
        return to_text(self._store.clock.now())
