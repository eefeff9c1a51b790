"""The loop: on the grid, through exceptions, over restarts, and never twice for what was missed."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gateway.core.clock import FixedClock, SystemClock, to_text
from gateway.core.errors import Corrupt, Unavailable
from gateway.service.backoff import BackOff
from gateway.service.scheduler import JsonDueTimes, Scheduler

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)  # 12:00 in Moscow


class Memory:
    """Due times that outlive a scheduler of a test."""

    def __init__(self) -> None:
        self.due: dict[str, datetime] = {}
        self.broken = False

    def load(self) -> dict[str, datetime]:
        return dict(self.due)

    def save(self, due: Mapping[str, datetime]) -> None:
        if self.broken:
            raise OSError("no space left")
        self.due = dict(due)


class Told:
    """What the callbacks heard."""

    def __init__(self) -> None:
        self.failures: list[tuple[str, str]] = []
        self.recoveries: list[str] = []

    def failure(self, name: str, error: Exception) -> None:
        self.failures.append((name, str(getattr(error, "code", type(error).__name__))))


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(START)


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def make(clock: FixedClock, memory: Memory, told: Told) -> Callable[[], Scheduler]:
    return lambda: Scheduler(clock, memory, on_failure=told.failure, on_recovery=told.recoveries.append)


def play(scheduler: Scheduler, clock: FixedClock, seconds: float, step: float = 1.0) -> None:
    """Lets `seconds` pass, looking at the clock every `step`."""
    for _ in range(int(seconds / step)):
        clock.advance(timedelta(seconds=step))
        scheduler.run_due()


def test_a_new_job_runs_at_once_and_then_on_its_grid(make: Callable[[], Scheduler], clock: FixedClock) -> None:
    scheduler, ran = make(), list[datetime]()
    scheduler.add("bank.poll", scheduler.every(5).minutes, lambda: ran.append(clock.now()))
    assert scheduler.run_due() == 300
    play(scheduler, clock, 900)
    assert [(at - START).total_seconds() for at in ran] == [0, 300, 600, 900]


def test_a_slow_job_does_not_push_the_later_runs(make: Callable[[], Scheduler], clock: FixedClock) -> None:
    scheduler, ran = make(), list[float]()

    def slow() -> None:
        ran.append((clock.now() - START).total_seconds())
        clock.advance(timedelta(seconds=0.3))

    scheduler.add("slow", scheduler.every(1).seconds, slow)
    scheduler.run_due()
    for _ in range(40):
        clock.advance(timedelta(seconds=0.1))
        scheduler.run_due()
    assert ran == pytest.approx([0, 1, 2, 3, 4, 5], abs=0.11)


def test_missed_runs_collapse_into_one(make: Callable[[], Scheduler], clock: FixedClock) -> None:
    scheduler, ran = make(), list[datetime]()
    scheduler.add("poll", scheduler.every(5).minutes, lambda: ran.append(clock.now()))
    scheduler.run_due()
    clock.advance(timedelta(minutes=32))  # the machine slept
    wait = scheduler.run_due()
    assert len(ran) == 2
    assert wait == 180  # the next run is on the old grid again: 35 minutes after the start
    assert scheduler.states()[0].collapsed == 5
    assert scheduler.run_due() == 180
    assert len(ran) == 2


def test_a_failing_job_neither_ends_the_loop_nor_stops_coming_back(
    make: Callable[[], Scheduler], clock: FixedClock, told: Told
) -> None:
    scheduler, others = make(), list[int]()
    outcomes = [ValueError("bug"), Corrupt("journal.broken"), None, None]

    def flaky() -> None:
        outcome = outcomes.pop(0)
        if outcome:
            raise outcome

    scheduler.add("flaky", scheduler.every(10).seconds, flaky)
    scheduler.add("other", scheduler.every(10).seconds, lambda: others.append(1))
    scheduler.run_due()
    assert scheduler.states()[0].error == "ValueError"
    play(scheduler, clock, 10)
    assert (scheduler.states()[0].error, scheduler.states()[0].failures) == ("journal.broken", 2)
    play(scheduler, clock, 20)
    assert told.failures == [("flaky", "ValueError"), ("flaky", "journal.broken")]
    assert told.recoveries == ["flaky"]
    assert (scheduler.states()[0].error, scheduler.states()[0].failures) == ("", 0)
    assert len(others) == 4


def test_a_failing_callback_does_not_end_the_loop(clock: FixedClock, memory: Memory) -> None:
    def broken(name: str, error: Exception) -> None:
        raise RuntimeError("the alarm itself is broken")

    scheduler, ran = Scheduler(clock, memory, on_failure=broken), list[int]()

    def failing() -> None:
        ran.append(1)
        raise ValueError

    scheduler.add("failing", scheduler.every(1).seconds, failing)
    play(scheduler, clock, 3)
    assert len(ran) == 3


def test_while_the_bank_is_away_the_job_comes_back_after_growing_pauses(
    make: Callable[[], Scheduler], clock: FixedClock
) -> None:
    scheduler, ran, away = make(), list[float](), [True]

    def poll() -> None:
        ran.append((clock.now() - START).total_seconds())
        if away[0]:
            raise Unavailable("bank.away", retry_after=5)

    scheduler.add("poll", scheduler.every(5).minutes, poll, back_off=BackOff((30, 60, 120)))
    scheduler.run_due()
    play(scheduler, clock, 230)
    gaps = [later - earlier for earlier, later in pairwise(ran)]
    assert len(ran) == 4
    for gap, base in zip(gaps, (30, 60, 120), strict=True):
        assert base <= gap <= base * 1.1 + 1
    away[0] = False
    play(scheduler, clock, 140)
    assert len(ran) == 5
    assert (scheduler.states()[0].due_at - clock.now()).total_seconds() > 200  # the usual interval again


def test_the_bank_may_ask_for_a_longer_pause(make: Callable[[], Scheduler], clock: FixedClock) -> None:
    scheduler, ran = make(), list[int]()

    def poll() -> None:
        ran.append(1)
        raise Unavailable("bank.away", retry_after=600)

    scheduler.add("poll", scheduler.every(5).minutes, poll, back_off=BackOff((30,)))
    assert scheduler.run_due() == 600


def test_a_restart_keeps_the_due_time(make: Callable[[], Scheduler], clock: FixedClock, memory: Memory) -> None:
    ran: list[int] = []
    first = make()
    first.add("poll", first.every(5).minutes, lambda: ran.append(1))
    first.run_due()
    clock.advance(timedelta(minutes=1))
    second = make()
    second.add("poll", second.every(5).minutes, lambda: ran.append(2))
    assert second.run_due() == 240
    assert ran == [1]
    clock.advance(timedelta(hours=3))  # down for long: one run, not thirty-six
    third = make()
    third.add("poll", third.every(5).minutes, lambda: ran.append(3))
    assert third.run_due() == 300
    assert ran == [1, 3]


def test_only_what_matters_over_a_restart_is_kept_and_only_when_it_changed(
    make: Callable[[], Scheduler], clock: FixedClock, memory: Memory
) -> None:
    scheduler = make()
    scheduler.add("outbox", scheduler.every(1).seconds, lambda: None)
    scheduler.add("poll", scheduler.every(5).minutes, lambda: None)
    scheduler.run_due()
    assert memory.due == {"poll": START + timedelta(minutes=5)}
    memory.due = {}
    play(scheduler, clock, 20)
    assert memory.due == {}


def test_a_shorter_interval_in_the_settings_counts_at_once(make: Callable[[], Scheduler], memory: Memory) -> None:
    memory.due = {"poll": START + timedelta(hours=1)}
    scheduler = make()
    scheduler.add("poll", scheduler.every(5).minutes, lambda: None)
    assert scheduler.run_due() == 300


def test_a_nightly_job_runs_at_its_local_time_even_if_the_night_was_missed(
    make: Callable[[], Scheduler], clock: FixedClock
) -> None:
    ran: list[datetime] = []
    first = make()
    first.add("seal", first.every().day.at("03:30"), lambda: ran.append(clock.now()))
    assert first.run_due() == 15.5 * 3600  # 03:30 in Moscow is 00:30 UTC
    assert ran == []
    play(first, clock, 86400, step=600)
    assert ran == [datetime(2026, 11, 21, 0, 30, tzinfo=UTC)]

    clock.advance(timedelta(hours=18))  # off during the next night
    second = make()
    second.add("seal", second.every().day.at("03:30"), lambda: ran.append(clock.now()))
    second.run_due()
    assert len(ran) == 2
    assert second.states()[0].due_at == datetime(2026, 11, 23, 0, 30, tzinfo=UTC)


def test_a_weekly_job(clock: FixedClock, memory: Memory) -> None:
    scheduler = Scheduler(clock, memory, zone=ZoneInfo("Asia/Vladivostok"))
    scheduler.add("report", scheduler.every().monday.at("09:00"), lambda: None)
    assert scheduler.states()[0].due_at == datetime(2026, 11, 22, 23, 0, tzinfo=UTC)  # Monday 09:00 in Vladivostok


def test_a_clock_put_back_does_not_silence_a_nightly_job(make: Callable[[], Scheduler], clock: FixedClock) -> None:
    scheduler, ran = make(), list[int]()
    scheduler.add("seal", scheduler.every().day.at("03:30"), lambda: ran.append(1))
    play(scheduler, clock, 16 * 3600, step=600)
    assert len(ran) == 1
    clock.at -= timedelta(days=40)
    play(scheduler, clock, 86400, step=600)
    assert len(ran) == 2


def test_a_trigger_runs_the_job_now_even_one_that_is_running(make: Callable[[], Scheduler], clock: FixedClock) -> None:
    scheduler, ran = make(), list[int]()

    def poll() -> None:
        ran.append(1)
        if len(ran) == 2:
            scheduler.trigger("poll")

    scheduler.add("poll", scheduler.every(5).minutes, poll)
    scheduler.run_due()
    clock.advance(timedelta(minutes=2))
    scheduler.run_due()
    assert len(ran) == 1
    scheduler.trigger("poll")
    assert scheduler.run_due() == 0
    assert scheduler.run_due() == 300
    assert len(ran) == 3
    with pytest.raises(KeyError):
        scheduler.trigger("no such job")


def test_due_times_that_cannot_be_kept_do_not_end_the_loop(
    make: Callable[[], Scheduler], clock: FixedClock, memory: Memory
) -> None:
    memory.broken = True
    scheduler, ran = make(), list[int]()
    scheduler.add("poll", scheduler.every(1).minutes, lambda: ran.append(1))
    play(scheduler, clock, 180)
    assert len(ran) == 4


@pytest.mark.parametrize(
    "phrase",
    [
        lambda words: words(5),
        lambda words: words(0).minutes,
        lambda words: words(5).to(10).minutes,
        lambda words: words(2).days.at("03:30"),
        lambda words: words().hour.at(":30"),
    ],
)
def test_a_phrase_the_loop_cannot_keep_is_refused(
    make: Callable[[], Scheduler], phrase: Callable[[Callable[..., object]], object]
) -> None:
    scheduler = make()
    with pytest.raises(ValueError):
        scheduler.add("job", phrase(scheduler.every), lambda: None)


def test_a_name_stands_once(make: Callable[[], Scheduler]) -> None:
    scheduler = make()
    scheduler.add("job", scheduler.every(5).minutes, lambda: None)
    with pytest.raises(ValueError, match="exists"):
        scheduler.add("job", scheduler.every(5).minutes, lambda: None)


def test_the_real_loop_beats_runs_and_stops_promptly(memory: Memory) -> None:
    beats: list[float] = []
    scheduler = Scheduler(SystemClock(), memory, beat=lambda: beats.append(time.monotonic()))
    ran = threading.Event()
    scheduler.add("later", scheduler.every(1).hours, ran.set)
    memory.due = {"waiting": datetime.now(UTC) + timedelta(hours=1)}
    thread = threading.Thread(target=scheduler.run)
    thread.start()
    try:
        assert ran.wait(5)
        ran.clear()
        scheduler.trigger("later")  # wakes the sleeping loop
        assert ran.wait(2)
    finally:
        began = time.monotonic()
        scheduler.stop()
        thread.join(5)
    assert not thread.is_alive()
    assert time.monotonic() - began < 1
    assert beats
    assert scheduler.stopping.is_set()


def test_due_times_in_a_file(tmp_path: Path) -> None:
    kept = JsonDueTimes(tmp_path / "run" / "due.json")
    assert kept.load() == {}
    kept.save({"poll": START})
    assert kept.load() == {"poll": START}
    assert json.loads((tmp_path / "run" / "due.json").read_text(encoding="utf-8")) == {"poll": to_text(START)}


@pytest.mark.parametrize("content", ["", "not json", "[1]", '{"poll": 5}', '{"poll": "yesterday"}', "\udcff"])
def test_a_broken_file_counts_as_none(tmp_path: Path, content: str) -> None:
    path = tmp_path / "due.json"
    path.write_bytes(content.encode("utf-8", errors="surrogateescape"))
    assert JsonDueTimes(path).load() == {}
