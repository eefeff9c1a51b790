"""Alarms: one per cause, counted, cleared when the cause is gone."""

from __future__ import annotations

import pytest

from gateway.core.clock import to_text
from gateway.core.errors import Conflict
from gateway.store import Store, alarms, journal
from gateway.store.alarms import Alarm
from tests.store.conftest import COMPANY, NOW, MovableClock

CODE, SUBJECT = "store.damaged", "store"


def raise_it(store: Store, code: str = CODE, subject: str = SUBJECT, **values: object) -> None:
    with store.unit() as unit:
        alarms.raise_alarm(unit, code, subject, values or {"verdict": "x"})
        unit.commit()


def clear(store: Store, code: str = CODE, subject: str = SUBJECT) -> None:
    with store.unit() as unit:
        alarms.clear(unit, code, subject)
        unit.commit()


def open_ones(store: Store) -> list[Alarm]:
    with store.reading() as connection:
        return alarms.open_alarms(connection, COMPANY)


def journal_rows(store: Store) -> int:
    with store.reading() as connection:
        return journal.head(connection).seq


def test_an_alarm_says_what_and_since_when(store: Store) -> None:
    raise_it(store)
    (alarm,) = open_ones(store)
    assert (alarm.code, alarm.subject, alarm.count, alarm.severity) == (CODE, SUBJECT, 1, "error")
    assert alarm.raised_at == alarm.last_at == to_text(NOW)
    assert "x" in alarm.message.text("en")


def test_raised_again_it_counts_and_says_the_newest(store: Store, clock: MovableClock) -> None:
    raise_it(store, verdict="old")
    clock.move(minutes=5)
    raise_it(store, verdict="new")
    (alarm,) = open_ones(store)
    assert (alarm.count, alarm.raised_at, alarm.last_at) == (2, to_text(NOW), to_text(clock.now()))
    assert alarm.values == {"verdict": "new"}
    assert journal_rows(store) == 1, "the journal tells that it began, not each time"


def test_other_subjects_are_other_alarms(store: Store) -> None:
    raise_it(store, subject="a")
    raise_it(store, subject="b")
    assert {a.subject for a in open_ones(store)} == {"a", "b"}


def test_newest_first_and_no_more_than_asked_for(store: Store, clock: MovableClock) -> None:
    for subject in "abc":
        raise_it(store, subject=subject)
        clock.move(seconds=1)
    assert [a.subject for a in open_ones(store)] == ["c", "b", "a"]
    with store.reading() as connection:
        assert len(alarms.open_alarms(connection, COMPANY, limit=2)) == 2
        assert alarms.open_alarms(connection, "other") == []


def test_a_cleared_alarm_is_gone_and_comes_back_as_a_new_one(store: Store) -> None:
    raise_it(store)
    clear(store)
    assert open_ones(store) == []
    raise_it(store)
    (alarm,) = open_ones(store)
    assert alarm.count == 1
    assert journal_rows(store) == 3


def test_clearing_what_is_not_open_does_nothing(store: Store) -> None:
    clear(store)
    assert journal_rows(store) == 0


def test_a_person_acknowledges_it_once(store: Store) -> None:
    raise_it(store)
    (alarm,) = open_ones(store)
    with store.unit() as unit:
        alarms.acknowledge(unit, alarm.id)
        unit.commit()
    assert open_ones(store) == []
    with pytest.raises(Conflict) as caught, store.unit() as unit:
        alarms.acknowledge(unit, alarm.id)
    assert caught.value.code == "alarm.not_open"


def test_an_acknowledged_alarm_that_is_raised_again_is_seen_again(store: Store) -> None:
    raise_it(store)
    with store.unit() as unit:
        alarms.acknowledge(unit, open_ones(store)[0].id)
        unit.commit()
    raise_it(store)
    assert len(open_ones(store)) == 1


def test_open_alarms_about_a_subject_are_named(store: Store) -> None:
    raise_it(store)
    raise_it(store, code="store.newer", revision="9")
    raise_it(store, subject="elsewhere")
    with store.unit() as unit:
        assert sorted(alarms.open_about(unit, SUBJECT)) == ["store.damaged", "store.newer"]
