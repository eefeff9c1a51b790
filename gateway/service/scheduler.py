"""When each job runs.

The `schedule` library supplies the words ("every 5 minutes", "every day at 03:30"); the loop around them is ours,
because the library's own runs on the wall clock, lets a job's exception end the loop, drifts by the length of the job
and forgets everything at a restart. Here:

- a job with an interval is due by monotonic time, on a fixed grid: a slow run does not push the later ones;
- runs that were missed (the machine slept, a job took too long, the service was down) collapse into one;
- due times survive a restart, so a crash loop does not hammer the bank and a nightly job is not lost;
- an exception is logged and handed to the alarm callback, and the job's next run stands;
- a job whose other side is away (`Unavailable`) comes back after a growing pause instead of its interval.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import schedule
import structlog

from gateway.core.clock import MOSCOW, Clock, from_text, to_text
from gateway.core.errors import KvitError, Unavailable
from gateway.service.backoff import BackOff

_LONGEST_SLEEP = 5.0  # seconds between two signs of life of an idle loop
_WORTH_KEEPING = timedelta(minutes=1)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_log = structlog.get_logger("service.scheduler")


class DueTimes(Protocol):
    """Where due times are kept over a restart."""

    def load(self) -> dict[str, datetime]:
        """Job → the UTC instant it was last known to be due at."""

    def save(self, due: Mapping[str, datetime]) -> None:
        """Replaces all of them."""


class JsonDueTimes:
    """Due times in a small JSON file, replaced as a whole.

    Losing them costs one extra run of each job, so an unreadable file counts as an empty one and nothing is synced
    to the disk.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> dict[str, datetime]:
        try:
            held = json.loads(self._path.read_text(encoding="utf-8"))
            return {str(name): from_text(text) for name, text in held.items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, AttributeError, TypeError) as error:
            _log.warning("due times unreadable, starting afresh", path=str(self._path), error=str(error))
            return {}

    def save(self, due: Mapping[str, datetime]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps({name: to_text(at) for name, at in due.items()}, indent=1), encoding="utf-8")
        fresh.replace(self._path)


@dataclass(frozen=True, slots=True)
class JobState:
    """What the health page shows of a job.

    Attributes:
        name: the job.
        due_at: when it runs next.
        started_at, finished_at: its last run; None before the first.
        failures: failed runs in a row, 0 when the last one succeeded.
        error: what the last run failed with: a code of the catalogue, or the exception's name; "" if it did not.
        runs: runs since the service started.
        collapsed: runs since then that were missed and folded into a later one.
    """

    name: str
    due_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    failures: int = 0
    error: str = ""
    runs: int = 0
    collapsed: int = 0


@dataclass
class _Job:
    """A job and its next run; `due` is monotonic, `at` is set (and counts) for jobs bound to a time of day; `asked`
    means that somebody wants a run now."""

    work: Callable[[], object]
    period: timedelta
    daily: tuple[time, int | None] | None
    back_off: BackOff | None
    due: float
    at: datetime | None
    state: JobState
    asked: bool = False


class Scheduler:
    """A loop of named jobs, one after another in the thread that calls `run`.

    Args:
        clock: wall time for times of day and for what is shown, monotonic time for intervals.
        due_times: where due times survive a restart.
        zone: whose time of day `at("03:30")` means.
        on_failure: called with the job's name and its exception after a failed run.
        on_recovery: called with the job's name after the first good run that follows a failed one.
        beat: sign of life, called before each job and at least every five seconds (see `systemd.Watchdog.watch`).

    Attributes:
        stopping: set once the loop is asked to end; long jobs look at it between their steps.
    """

    def __init__(
        self,
        clock: Clock,
        due_times: DueTimes,
        *,
        zone: ZoneInfo = MOSCOW,
        on_failure: Callable[[str, Exception], object] = lambda name, error: None,
        on_recovery: Callable[[str], object] = lambda name: None,
        beat: Callable[[], object] = lambda: None,
    ) -> None:
        self._clock = clock
        self._due_times = due_times
        self._zone = zone
        self._on_failure = on_failure
        self._on_recovery = on_recovery
        self._beat = beat
        self._words = schedule.Scheduler()
        self._jobs: dict[str, _Job] = {}
        self._remembered = due_times.load()
        self._kept: dict[str, datetime] = {}
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self.stopping = threading.Event()

    def every(self, interval: int = 1) -> Any:
        """The start of a phrase: `every(5).minutes`, `every().day.at("03:30")`, `every().monday.at("09:00")`."""
        return self._words.every(interval)

    def add(self, name: str, phrase: Any, work: Callable[[], object], *, back_off: BackOff | None = None) -> None:
        """Puts a job on the list.

        A job that was never run is due at once, or at its time of day; one with a remembered due time keeps it.

        Args:
            name: unique; the key of its remembered due time, and what logs and alarms call it.
            phrase: what `every` began.
            work: the job; may raise anything.
            back_off: pauses after `Unavailable`; without one the interval stands.

        Raises:
            ValueError: the name is taken, or the phrase is not one this loop can keep.
        """
        if name in self._jobs:
            raise ValueError(f"job {name} exists")
        period, daily = _meaning(phrase)
        phrase.do(work).tag(name)
        now, monotonic = self._clock.now(), self._clock.monotonic()
        remembered = self._remembered.get(name)
        if daily is not None:
            at = remembered if remembered is not None else self._next_at(daily, now)
            # A remembered time further ahead than the next one comes from another setting or a wrong clock.
            at = min(at, self._next_at(daily, now))
            wait = (at - now).total_seconds()
        else:
            at = None
            wait = (remembered - now).total_seconds() if remembered is not None else 0.0
            wait = min(max(wait, 0.0), period.total_seconds())
        state = JobState(name, due_at=now + timedelta(seconds=wait))
        with self._lock:
            self._jobs[name] = _Job(work, period, daily, back_off, monotonic + wait, at, state)

    def trigger(self, name: str) -> None:
        """Makes a job due now, and once more if it is running now; from any thread. The grid counts from this run.

        Raises:
            KeyError: no such job.
        """
        with self._lock:
            self._jobs[name].asked = True
        self._wake.set()

    def states(self) -> list[JobState]:
        """All jobs in the order they were added; from any thread."""
        with self._lock:
            return [job.state for job in self._jobs.values()]

    def run(self) -> None:
        """Runs jobs until `stop`; the job that is running then is finished first."""
        while not self.stopping.is_set():
            wait = self.run_due()
            self._wake.wait(min(wait, _LONGEST_SLEEP))
            self._wake.clear()

    def stop(self) -> None:
        """Ends `run` soon; from any thread other than the loop's own signal handlers."""
        self.stopping.set()
        self._wake.set()

    def run_due(self) -> float:
        """Runs each job that is due, once, the longest overdue first; the seconds until the next one is."""
        self._beat()
        for job in sorted(self._jobs.values(), key=lambda job: job.due):
            if self.stopping.is_set():
                break
            if self._is_due(job):
                self._run_one(job)
                self._remember()
                self._beat()
        waits = [self._wait_of(job) for job in self._jobs.values()]
        return max(0.0, min(waits, default=_LONGEST_SLEEP))

    def _wait_of(self, job: _Job) -> float:
        if job.asked:
            return 0.0
        if job.at is not None:
            return (job.at - self._clock.now()).total_seconds()
        return job.due - self._clock.monotonic()

    def _is_due(self, job: _Job) -> bool:
        if job.daily is not None and job.at is not None and job.at - self._clock.now() > job.period:
            # The wall clock was put back after this time was computed.
            job.at = self._next_at(job.daily, self._clock.now())
        return self._wait_of(job) <= 0

    def _run_one(self, job: _Job) -> None:
        name = job.state.name
        with self._lock:
            if job.asked:
                job.asked, job.due = False, self._clock.monotonic()
            job.state = replace(job.state, started_at=self._clock.now())
        failure: Exception | None = None
        try:
            job.work()
        except Exception as error:
            failure = error
        failed_before = job.state.failures > 0
        self._plan_next(job, failure)
        with self._lock:
            job.state = replace(
                job.state,
                finished_at=self._clock.now(),
                runs=job.state.runs + 1,
                failures=job.state.failures + 1 if failure else 0,
                error=_name_of(failure) if failure else "",
            )
        if failure is not None:
            # A refusal is told in its own words; for a fault of ours the traceback is wanted.
            expected = isinstance(failure, KvitError)
            _log.warning("job failed", job=name, error=str(failure), exc_info=None if expected else failure)
            self._tell(self._on_failure, name, failure)
        elif failed_before:
            _log.info("job works again", job=name)
            self._tell(self._on_recovery, name)

    def _plan_next(self, job: _Job, failure: Exception | None) -> None:
        """Sets the next run: a pause when the other side is away, else the next point of the job's own grid."""
        now, monotonic = self._clock.now(), self._clock.monotonic()
        missed = 0
        with self._lock:
            if isinstance(failure, Unavailable) and job.back_off is not None:
                wait = job.back_off.failed(failure.retry_after)
                job.due, job.at = monotonic + wait, now + timedelta(seconds=wait) if job.daily else None
            else:
                if failure is None and job.back_off is not None:
                    job.back_off.succeeded()
                if job.daily is not None:
                    job.at = self._next_at(job.daily, now)
                    wait = (job.at - now).total_seconds()
                    job.due = monotonic + wait
                else:
                    period = job.period.total_seconds()
                    missed = int((monotonic - job.due) // period)
                    job.due += (missed + 1) * period
                    wait = job.due - monotonic
            job.state = replace(job.state, due_at=now + timedelta(seconds=wait), collapsed=job.state.collapsed + missed)
        if missed:
            _log.debug("missed runs collapsed into one", job=job.state.name, missed=missed)

    def _next_at(self, daily: tuple[time, int | None], now: datetime) -> datetime:
        """The next instant after `now` at which it is that time (on that weekday) where the company is."""
        at, weekday = daily
        day = now.astimezone(self._zone).date()
        while True:
            candidate = datetime.combine(day, at, self._zone).astimezone(UTC)
            if candidate > now and weekday in (None, day.weekday()):
                return candidate
            day += timedelta(days=1)

    def _remember(self) -> None:
        """Keeps the due times that matter over a restart: a job that runs every few seconds is due at once anyway."""
        with self._lock:
            due = {name: job.state.due_at for name, job in self._jobs.items() if job.period >= _WORTH_KEEPING}
        if due == self._kept:
            return
        try:
            self._due_times.save(due)
            self._kept = due
        except Exception as error:
            _log.warning("due times not kept", error=str(error))

    def _tell(self, callback: Callable[..., object], *values: object) -> None:
        """An alarm that cannot be raised must not end the loop that would raise the next one."""
        try:
            callback(*values)
        except Exception as error:
            _log.error("callback failed", job=values[0], error=str(error), exc_info=error)


def _meaning(phrase: Any) -> tuple[timedelta, tuple[time, int | None] | None]:
    """What a `schedule` phrase says: its period, and the time of day (with the weekday) if it has one.

    Raises:
        ValueError: no unit, no positive interval, a random one, or a time of day with anything but one day or weekday.
    """
    if phrase.unit is None:
        raise ValueError("the phrase has no unit: say every(5).minutes")
    if phrase.interval <= 0:
        raise ValueError("an interval must be positive")
    if phrase.latest is not None:
        raise ValueError("a random interval has no grid to keep")
    weekday = _WEEKDAYS.index(phrase.start_day) if phrase.start_day else None
    if phrase.at_time is None and weekday is None:
        return timedelta(**{phrase.unit: phrase.interval}), None
    if phrase.interval != 1 or (phrase.unit != "days" and weekday is None):
        raise ValueError("a time of day goes with every().day or every().monday … only")
    period = timedelta(days=1) if weekday is None else timedelta(days=7)
    return period, (phrase.at_time or time(0, 0), weekday)


def _name_of(error: Exception) -> str:
    return error.code if isinstance(error, KvitError) else type(error).__name__
