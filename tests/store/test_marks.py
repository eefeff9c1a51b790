"""Small named facts."""

from __future__ import annotations

import pytest

from gateway.store import Store, marks
from tests.store.conftest import COMPANY


@pytest.mark.parametrize("value", ["text", 7, None, True, ["a", 1], {"ключ": "значение"}])
def test_a_mark_comes_back_as_it_was_put(store: Store, value: object) -> None:
    with store.unit() as unit:
        marks.put(unit, "name", value)
        unit.commit()
    with store.reading() as connection:
        assert marks.get(connection, COMPANY, "name") == value


def test_a_mark_put_again_replaces_itself(store: Store) -> None:
    for value in ("first", "second"):
        with store.unit() as unit:
            marks.put(unit, "name", value)
            unit.commit()
    with store.reading() as connection:
        assert marks.get(connection, COMPANY, "name") == "second"


def test_marks_of_another_company_are_not_seen(store: Store) -> None:
    with store.unit() as unit:
        marks.put(unit, "name", 1)
        unit.commit()
    with store.reading() as connection:
        assert marks.get(connection, "other", "name") is None


def test_a_mark_never_put_is_none(store: Store) -> None:
    with store.reading() as connection:
        assert marks.get(connection, COMPANY, "name") is None
