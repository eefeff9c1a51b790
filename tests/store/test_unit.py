"""A unit of work: all of it or nothing of it, in one place and at one instant."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Table, func, insert, select
from sqlalchemy.exc import DBAPIError

from gateway.core.authority import SERVICE, Actor, Role
from gateway.core.clock import to_text
from gateway.core.errors import Unavailable
from gateway.store import Store, Unit, journal, marks
from gateway.store.schema import blobs, changes, outbox
from gateway.store.schema import journal as journal_table
from tests.store.conftest import COMPANY, NOW, MovableClock

_WRITTEN = (journal_table, outbox, changes)


def count(store: Store, table: Table) -> int:
    with store.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def rows(store: Store, table: Table) -> list[Any]:
    with store.reading() as connection:
        return list(connection.execute(select(table).order_by(*table.primary_key)).all())


def write_everything(unit: Unit, name: str = "a") -> None:
    unit.journal("thing.made", f"thing:{name}", name=name)
    unit.emit("topic", f"key:{name}", {"name": name})
    unit.changed("thing", name)


def test_a_committed_unit_keeps_journal_outbox_and_changes(store: Store) -> None:
    with store.unit() as unit:
        write_everything(unit)
        unit.commit()
    assert [count(store, table) for table in _WRITTEN] == [1, 1, 1]


def test_a_unit_that_never_said_commit_leaves_nothing(store: Store) -> None:
    with store.unit() as unit:
        write_everything(unit)
        marks.put(unit, "x", 1)
    assert [count(store, table) for table in _WRITTEN] == [0, 0, 0]
    with store.reading() as connection:
        assert marks.get(connection, COMPANY, "x") is None


def test_a_unit_that_failed_leaves_nothing_even_after_it_said_commit(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.unit() as unit:
        write_everything(unit)
        marks.put(unit, "x", 1)
        unit.commit()
        raise ZeroDivisionError
    assert [count(store, table) for table in _WRITTEN] == [0, 0, 0]


def test_all_rows_of_a_unit_carry_its_instant_company_and_actor(store: Store, clock: MovableClock) -> None:
    with store.unit(Actor("ivanova", Role.ACCOUNTANT)) as unit:
        clock.move(minutes=5)
        write_everything(unit)
        unit.commit()
    (line,) = rows(store, journal_table)
    (parcel,) = rows(store, outbox)
    assert (line.at, line.company, line.actor) == (to_text(NOW), COMPANY, "accountant:ivanova")
    assert (parcel.created_at, parcel.not_before, parcel.company) == (to_text(NOW), to_text(NOW), COMPANY)


def test_the_instant_moves_when_a_unit_asks_for_it(store: Store, clock: MovableClock) -> None:
    with store.unit() as unit:
        clock.move(minutes=5)
        unit.refresh_clock()
        assert unit.now == clock.now()
        assert unit.at == to_text(clock.now())


class TestStep:
    """A savepoint within a unit."""

    def test_a_failed_step_takes_only_its_own_rows_along(self, store: Store) -> None:
        with store.unit() as unit:
            write_everything(unit, "before")
            with pytest.raises(ZeroDivisionError), unit.step():
                write_everything(unit, "inside")
                unit.insert(blobs, {"sha256": "inside", "bytes": b"1"})
                raise ZeroDivisionError
            write_everything(unit, "after")
            unit.commit()
        assert [row.subject for row in rows(store, journal_table)] == ["thing:before", "thing:after"]
        assert [row.key for row in rows(store, outbox)] == ["key:before", "key:after"]
        assert [row.id for row in rows(store, changes)] == ["before", "after"]
        assert rows(store, blobs) == []

    def test_a_step_that_ends_well_is_kept(self, store: Store) -> None:
        with store.unit() as unit:
            with unit.step():
                write_everything(unit)
            unit.commit()
        assert [count(store, table) for table in _WRITTEN] == [1, 1, 1]

    def test_a_failed_step_drops_what_was_put_off_and_what_was_to_follow(self, store: Store) -> None:
        told: list[object] = []
        with store.unit() as unit:
            unit.at_end(lambda _, keys: told.append(keys), "kept")
            unit.after_commit(lambda: told.append("kept too"))
            with pytest.raises(ZeroDivisionError), unit.step():
                unit.at_end(lambda _, keys: told.append(keys), "dropped")
                unit.after_commit(lambda: told.append("dropped too"))
                raise ZeroDivisionError
            unit.commit()
        assert told == [["kept"], "kept too"]

    def test_a_failed_step_forgets_the_memo(self, store: Store) -> None:
        with store.unit() as unit:
            unit.memo["known"] = 1
            with pytest.raises(ZeroDivisionError), unit.step():
                unit.memo["read inside"] = 2
                raise ZeroDivisionError
            assert unit.memo == {}

    def test_a_statement_the_database_refused_is_undone_with_its_step(self, store: Store) -> None:
        with store.unit() as unit:
            unit.insert(blobs, {"sha256": "one", "bytes": b"1"})
            with pytest.raises(DBAPIError), unit.step():
                unit.insert(blobs, {"sha256": "two", "bytes": b"2"})
                unit.insert(blobs, {"sha256": "one", "bytes": b"again"})
            unit.insert(blobs, {"sha256": "three", "bytes": b"3"})
            unit.commit()
        assert [row.sha256 for row in rows(store, blobs)] == ["one", "three"]

    def test_steps_stand_within_steps(self, store: Store) -> None:
        with store.unit() as unit:
            with unit.step():
                write_everything(unit, "outer")
                with pytest.raises(ZeroDivisionError), unit.step():
                    write_everything(unit, "inner")
                    raise ZeroDivisionError
            unit.commit()
        assert [row.key for row in rows(store, outbox)] == ["key:outer"]


class TestAtEnd:
    """What is put off to the end of the unit."""

    def test_each_handler_is_called_once_with_every_key_once_in_order(self, store: Store) -> None:
        told: list[list[str]] = []

        def tell(_: Unit, keys: list[str]) -> None:
            told.append(keys)

        with store.unit() as unit:
            for key in ("b", "a", "b", "c", "a"):
                unit.at_end(tell, key)
            unit.commit()
        assert told == [["b", "a", "c"]]

    def test_what_a_handler_writes_is_part_of_the_unit(self, store: Store) -> None:
        with store.unit() as unit:
            unit.at_end(lambda late, keys: write_everything(late, keys[0]), "late")
            unit.commit()
        assert [row.key for row in rows(store, outbox)] == ["key:late"]

    def test_a_handler_that_fails_takes_the_unit_down(self, store: Store) -> None:
        def fail(_: Unit, keys: list[str]) -> None:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError), store.unit() as unit:
            write_everything(unit)
            unit.at_end(fail, "x")
            unit.commit()
        assert [count(store, table) for table in _WRITTEN] == [0, 0, 0]

    def test_nothing_is_called_when_the_unit_is_dropped(self, store: Store) -> None:
        told: list[object] = []
        with store.unit() as unit:
            unit.at_end(lambda _, keys: told.append(keys), "x")
            unit.after_commit(lambda: told.append("x"))
        assert told == []


def test_what_follows_a_commit_sees_it_committed(store: Store) -> None:
    seen: list[int] = []
    with store.unit() as unit:
        write_everything(unit)
        unit.after_commit(lambda: seen.append(count(store, outbox)))
        unit.commit()
    assert seen == [1]


def test_a_change_told_twice_is_one_change(store: Store) -> None:
    with store.unit() as unit:
        unit.changed("order", "1", "2")
        unit.changed("order", "1")
        unit.commit()
    assert [(row.topic, row.id) for row in rows(store, changes)] == [("order", "1"), ("order", "2")]


def test_a_reader_sees_one_snapshot_however_long_it_looks(store: Store) -> None:
    with store.reading() as connection:
        before = connection.execute(select(func.count()).select_from(outbox)).scalar_one()
        with store.unit() as unit:
            write_everything(unit)
            unit.commit()
        assert connection.execute(select(func.count()).select_from(outbox)).scalar_one() == before
    assert count(store, outbox) == before + 1


def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises((DBAPIError, Unavailable)), store.reading() as connection:
        connection.execute(insert(blobs).values(sha256="x", bytes=b"x"))
    assert count(store, blobs) == 0


def test_the_service_acts_where_nobody_is_named(store: Store) -> None:
    with store.unit() as unit:
        assert unit.actor == SERVICE


def test_the_journal_of_many_units_is_one_chain(store: Store) -> None:
    for number in range(5):
        with store.unit() as unit:
            for part in range(number):
                unit.journal("thing.made", f"thing:{number}-{part}")
            unit.commit()
    with store.reading() as connection:
        verdict = journal.verify(connection)
    assert (verdict.ok, verdict.rows) == (True, 10)


class TestNumbers:
    """Named counters."""

    def test_numbers_rise_by_one_within_and_across_units(self, store: Store) -> None:
        for expected in ((1, 2), (3, 4)):
            with store.unit() as unit:
                assert (unit.next_number("pick"), unit.next_number("pick")) == expected
                unit.commit()

    def test_counters_do_not_know_each_other(self, store: Store) -> None:
        with store.unit() as unit:
            assert (unit.next_number("a"), unit.next_number("b"), unit.next_number("a")) == (1, 1, 2)

    def test_a_number_of_a_dropped_unit_is_given_again(self, store: Store) -> None:
        with store.unit() as unit:
            unit.next_number("pick")
        with store.unit() as unit:
            assert unit.next_number("pick") == 1

    def test_each_company_counts_for_itself(self, store: Store, url: str, clock: MovableClock) -> None:
        other = Store(url, clock, "other")
        for owner in (store, other):
            with owner.unit() as unit:
                assert unit.next_number("pick") == 1
                unit.commit()
        other.close()
