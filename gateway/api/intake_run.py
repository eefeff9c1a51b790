"""Taking a list of parcels in: longer than a request may last, so it runs beside them and tells how far it is."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from gateway.core.authority import Actor
from gateway.core.errors import Conflict, KvitError
from gateway.parcels import intake_file
from gateway.parcels.intake_file import After, List
from gateway.parcels.terms import ParcelTerms
from gateway.store import Store

log = logging.getLogger("kvit.api.intake")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the last run is.

    Attributes:
        intake_id: "" before the first. error: why it failed.
    """

    intake_id: str = ""
    running: bool = False
    done: int = 0
    of: int = 0
    error: KvitError | None = None


class IntakeRun:
    """One list at a time. It may be stopped, or killed with the service: the same file goes on where it was.

    Args:
        after: what follows from a parcel entered, in the unit it is entered in.
        notify: told after each commit, so that open screens look.
    """

    def __init__(self, store: Store, terms: ParcelTerms, after: After, notify: Callable[[], None]) -> None:
        self._store = store
        self._terms = terms
        self._after = after
        self._notify = notify
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._progress = Progress()
        self._thread: threading.Thread | None = None

    @property
    def progress(self) -> Progress:
        return self._progress

    def start(self, actor: Actor, made: List, begin: Callable[[], str]) -> str:
        """Begin a run; returns at once.

        Args:
            actor: whose doing it is.
            begin: writes down that it begins; returns the intake's id. Not called while another one runs.

        Raises:
            Conflict: `parcel.list_runs`.
        """
        with self._lock:
            if self._progress.running:
                raise Conflict("parcel.list_runs")
            intake_id = begin()
            self._stop.clear()
            self._progress = Progress(intake_id, running=True, of=len(made.table.rows))
            self._thread = threading.Thread(
                target=self._run, args=(actor, made, intake_id), name="kvit-intake", daemon=True
            )
            self._thread.start()
        return intake_id

    def stop(self) -> None:
        """End the run after the rows it is at; nothing happens when there is none."""
        self._stop.set()

    def wait(self, seconds: float) -> bool:
        """Until the run has ended; False when it has not within so many seconds."""
        thread = self._thread
        if thread is not None:
            thread.join(seconds)
        return not self._progress.running

    def _run(self, actor: Actor, made: List, intake_id: str) -> None:
        failed: KvitError | None = None
        try:
            intake_file.take(
                self._store,
                actor,
                self._terms,
                made,
                intake_id,
                after=self._after,
                progress=self._step,
                stopped=self._stop.is_set,
            )
        except KvitError as error:
            log.warning("a list of parcels failed: %s", error.code)
            failed = error
        except Exception:
            log.exception("a list of parcels failed")
            failed = KvitError("api.fault")
        self._progress = replace(self._progress, running=False, error=failed)
        self._notify()

    def _step(self, done: int, of: int) -> None:
        self._progress = replace(self._progress, done=done, of=of)
        self._notify()
