"""The outbox: leased, carried, done; in order within a key; late, then dead, then tried again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from gateway.core.clock import to_text
from gateway.core.errors import Conflict, KvitError, Refused, Unavailable
from gateway.flows.leaving import Drained, drain
from gateway.store import Store, alarms, outbox
from gateway.store.outbox import BACK_OFF, LEASE, Parcel
from gateway.store.schema import outbox as table
from tests.store.conftest import COMPANY, MovableClock
from tests.store.test_writers import at_once


def emit(store: Store, *keys: str) -> list[str]:
    """Rows with these keys, in order; their ids."""
    with store.unit() as unit:
        ids = [unit.emit("topic", key, {"n": number}) for number, key in enumerate(keys)]
        unit.commit()
    return ids


def claim(store: Store, worker: str = "w", limit: int = 50) -> list[Parcel]:
    with store.unit() as unit:
        parcels = outbox.claim(unit, worker, limit)
        unit.commit()
    return parcels


def done(store: Store, *parcels: Parcel) -> None:
    with store.unit() as unit:
        outbox.done(unit, [p.id for p in parcels])
        unit.commit()


def failed(store: Store, parcel: Parcel, error: str = "away", *, permanent: bool = False) -> bool:
    with store.unit() as unit:
        dead = outbox.failed(unit, parcel, error, permanent=permanent)
        unit.commit()
    return dead


def row(store: Store, row_id: str) -> Any:
    with store.reading() as connection:
        return connection.execute(select(table).where(table.c.id == row_id)).one()


def counts(store: Store) -> tuple[int, int]:
    with store.reading() as connection:
        return outbox.counts(connection, COMPANY)


def test_a_row_is_claimed_once_and_gone_when_done(store: Store) -> None:
    (row_id,) = emit(store, "a")
    (parcel,) = claim(store)
    assert (parcel.id, parcel.topic, parcel.key, parcel.payload, parcel.attempts) == (row_id, "topic", "a", {"n": 0}, 0)
    assert claim(store) == []
    assert counts(store) == (1, 0)
    done(store, parcel)
    assert counts(store) == (0, 0)
    assert claim(store) == []


def test_a_dropped_unit_leaves_nothing_to_carry(store: Store) -> None:
    with store.unit() as unit:
        unit.emit("topic", "a", {})
    assert claim(store) == []


def test_rows_leave_oldest_first_and_no_more_than_asked_for(store: Store) -> None:
    ids = emit(store, "a", "b", "c")
    assert [p.id for p in claim(store, limit=2)] == ids[:2]
    assert [p.id for p in claim(store, limit=2)] == ids[2:]


def test_a_lease_runs_out_when_its_worker_died(store: Store, clock: MovableClock) -> None:
    (row_id,) = emit(store, "a")
    claim(store, "first")
    assert row(store, row_id).lease_by == "first"
    clock.at += LEASE
    assert claim(store, "second") == []
    clock.move(microseconds=1)
    (again,) = claim(store, "second")
    assert (again.id, row(store, row_id).lease_by) == (row_id, "second")


class TestOrder:
    """Rows of one key leave one after the other."""

    def test_the_younger_row_of_a_key_waits_until_the_older_one_is_done(self, store: Store) -> None:
        first, second = emit(store, "a", "a")
        (parcel,) = claim(store)
        assert parcel.id == first
        assert claim(store) == []
        done(store, parcel)
        assert [p.id for p in claim(store)] == [second]

    def test_the_younger_row_waits_while_the_older_one_is_put_off(self, store: Store, clock: MovableClock) -> None:
        first, second = emit(store, "a", "a")
        failed(store, claim(store)[0])
        assert claim(store) == []
        clock.at += BACK_OFF[0]
        (parcel,) = claim(store)
        assert parcel.id == first
        done(store, parcel)
        assert [p.id for p in claim(store)] == [second]

    def test_the_younger_row_waits_also_for_a_dead_one(self, store: Store, clock: MovableClock) -> None:
        first, second = emit(store, "a", "a")
        assert failed(store, claim(store)[0], permanent=True)
        clock.move(days=30)
        assert claim(store) == []
        with store.unit() as unit:
            outbox.retry(unit, first)
            unit.commit()
        done(store, *claim(store))
        assert [p.id for p in claim(store)] == [second]

    def test_other_keys_do_not_wait(self, store: Store) -> None:
        first, _, other = emit(store, "a", "a", "b")
        assert [p.id for p in claim(store)] == [first, other]


class TestFailure:
    """A sink that cannot, and one that will not."""

    def test_pauses_grow_and_then_the_row_is_dead(self, store: Store, clock: MovableClock) -> None:
        (row_id,) = emit(store, "a")
        for attempt, pause in enumerate(BACK_OFF, start=1):
            (parcel,) = claim(store)
            assert parcel.attempts == attempt - 1
            assert not failed(store, parcel, f"away {attempt}")
            kept = row(store, row_id)
            assert (kept.attempts, kept.last_error, kept.lease_until) == (attempt, f"away {attempt}", None)
            assert kept.not_before == to_text(clock.now() + pause)
            clock.at += pause - timedelta(microseconds=1)
            assert claim(store) == []
            clock.move(microseconds=1)
        assert failed(store, claim(store)[0], "away for good")
        assert counts(store) == (0, 1)
        clock.move(days=30)
        assert claim(store) == []

    def test_the_pauses_are_ten_seconds_to_an_hour(self) -> None:
        assert [p.total_seconds() for p in BACK_OFF] == [10, 60, 300, 900, 3600]

    def test_a_sink_that_will_never_take_it_makes_it_dead_at_once(self, store: Store) -> None:
        (row_id,) = emit(store, "a")
        assert failed(store, claim(store)[0], "broken", permanent=True)
        assert row(store, row_id).dead_at is not None
        assert counts(store) == (0, 1)

    def test_a_dead_row_tried_again_begins_from_the_start(self, store: Store) -> None:
        (row_id,) = emit(store, "a")
        failed(store, claim(store)[0], permanent=True)
        with store.unit() as unit:
            outbox.retry(unit, row_id)
            unit.commit()
        (parcel,) = claim(store)
        assert (parcel.id, parcel.attempts) == (row_id, 0)
        assert counts(store) == (1, 0)

    def test_only_a_dead_row_can_be_tried_again(self, store: Store) -> None:
        waiting, gone = emit(store, "a", "b")
        done(store, *[p for p in claim(store) if p.id == gone])
        for row_id in (waiting, gone, "no such row"):
            with pytest.raises(Conflict) as caught, store.unit() as unit:
                outbox.retry(unit, row_id)
            assert caught.value.code == "outbox.not_dead"

    def test_a_long_reason_is_cut(self, store: Store) -> None:
        (row_id,) = emit(store, "a")
        failed(store, claim(store)[0], "x" * 5000)
        assert len(row(store, row_id).last_error) == 500


class TestDrain:
    """One round: claim, carry, mark."""

    def test_what_was_carried_is_done_and_what_failed_comes_again(self, store: Store, clock: MovableClock) -> None:
        emit(store, "good", "away", "refused", "broken")
        carried: list[str] = []

        def sink(parcel: Parcel) -> None:
            problem = {
                "away": Unavailable("onec.out_failed", name="x", detail="x"),
                "refused": Refused("onec.out_name_taken", name="x"),
                "broken": KeyError("number"),
            }.get(parcel.key)
            if problem is not None:
                raise problem
            carried.append(parcel.key)

        assert drain(store, {"topic": sink}, "w") == Drained(done=1, failed=3)
        assert carried == ["good"]
        assert counts(store) == (1, 2), "one is put off, two are dead"
        with store.reading() as connection:
            told = {a.code for a in alarms.open_alarms(connection, COMPANY)}
        assert told == {"outbox.dead"}
        clock.at += BACK_OFF[0]
        assert [p.key for p in claim(store)] == ["away"]

    def test_a_row_nobody_carries_is_dead_with_a_reason(self, store: Store) -> None:
        (row_id,) = emit(store, "a")
        assert drain(store, {}, "w") == Drained(done=0, failed=1)
        assert "topic" in row(store, row_id).last_error

    def test_an_unforeseen_exception_does_not_lose_what_was_carried(self, store: Store, clock: MovableClock) -> None:
        emit(store, "good", "strange", "good too")
        carried: list[str] = []

        def sink(parcel: Parcel) -> None:
            if parcel.key == "strange":
                raise AttributeError("a fault of ours")
            carried.append(parcel.key)

        drain(store, {"topic": sink}, "w")
        assert carried == ["good", "good too"]
        assert counts(store)[0] + counts(store)[1] == 1


def test_two_workers_never_get_the_same_row(store: Store, url: str, clock: MovableClock) -> None:
    ids = emit(store, *(f"key-{n}" for n in range(120)))
    got: dict[str, list[str]] = {name: [] for name in "abcd"}

    def work(name: str) -> None:
        own = Store(url, clock, COMPANY)
        while parcels := claim(own, name, limit=7):
            got[name] += [p.id for p in parcels]
        own.close()

    at_once([lambda name=name: work(name) for name in got])
    everything = [row_id for part in got.values() for row_id in part]
    assert sorted(everything) == sorted(ids)
    assert all(row(store, part[0]).lease_by == name for name, part in got.items() if part)


def test_errors_of_a_dead_letter_can_be_read(store: Store) -> None:
    (row_id,) = emit(store, "a")
    drain(store, {}, "w")
    with store.reading() as connection:
        (alarm,) = alarms.open_alarms(connection, COMPANY)
    assert alarm.subject == f"outbox:{row_id}"
    for language in ("ru", "en"):
        assert "{" not in KvitError(alarm.code, **alarm.values).text(language)


def test_workers_share_the_outbox_by_topics(store: Store) -> None:
    with store.unit() as unit:
        loan = unit.emit("loan.submit", "loan:1", {})
        pick = unit.emit("onec.pick_list", "pick:1", {})
        unit.commit()
    with store.unit() as unit:
        assert [p.id for p in outbox.claim(unit, "lenders", only={"loan.submit", "loan.cancel"})] == [loan]
        assert [p.id for p in outbox.claim(unit, "office", without={"loan.submit"})] == [pick]
        assert outbox.claim(unit, "office") == []
        unit.commit()
