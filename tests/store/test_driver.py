"""Statements sent straight to the driver behave as SQLAlchemy's own, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import IntegrityError, MultipleResultsFound, NoResultFound, ProgrammingError

from gateway.core.errors import Unavailable
from gateway.store import Store
from gateway.store.driver import Command, Query, run
from gateway.store.schema import marks

_BY_VALUE = Query(select(marks.c.name, marks.c.value).where(marks.c.value == bindparam("value")).order_by(marks.c.name))
_FIXED = Query(select(marks.c.name).where(marks.c.company == "frames", marks.c.value != bindparam("value")).limit(1))
_SET = Command(update(marks).where(marks.c.name == bindparam("of_name")).values(value=bindparam("new_value")))


def _filled(store: Store) -> None:
    with store.unit() as unit:
        unit.insert(marks, *({"company": "frames", "name": f"m{n}", "value": str(n % 2)} for n in range(5)))
        unit.commit()


def test_rows_are_read_by_name(store: Store) -> None:
    _filled(store)
    with store.reading() as connection:
        rows = _BY_VALUE.all(connection, value="1")
        assert [(row.name, row.value, dict(row._mapping)) for row in rows] == [
            ("m1", "1", {"name": "m1", "value": "1"}),
            ("m3", "1", {"name": "m3", "value": "1"}),
        ]
        first = _FIXED.first(connection, value="0")
        assert first is not None and first.name in ("m1", "m3")
        assert _BY_VALUE.first(connection, value="9") is None
        assert _BY_VALUE.one_or_none(connection, value="9") is None
        with pytest.raises(NoResultFound):
            _BY_VALUE.one(connection, value="9")
        with pytest.raises(MultipleResultsFound):
            _BY_VALUE.one_or_none(connection, value="1")


def test_a_command_says_how_many_rows_it_changed(store: Store) -> None:
    _filled(store)
    with store.unit() as unit:
        assert _SET.run(unit.connection, of_name="m0", new_value="7") == 1
        assert _SET.run(unit.connection, of_name="nobody", new_value="7") == 0
        unit.commit()
    with store.reading() as connection:
        assert [row.name for row in _BY_VALUE.all(connection, value="7")] == ["m0"]


def test_the_databases_refusals_are_those_of_sqlalchemy(store: Store) -> None:
    _filled(store)
    with pytest.raises(IntegrityError), store.unit() as unit:
        unit.insert(marks, {"company": "frames", "name": "m0", "value": "again"})
    with pytest.raises((ProgrammingError, Unavailable)), store.unit() as unit:
        run(unit.connection, "SELEC 1")


def test_a_statement_that_needs_a_list_is_refused_at_once(store: Store) -> None:
    listed = Query(select(marks.c.name).where(marks.c.name.in_(bindparam("names", expanding=True))))
    with store.reading() as connection, pytest.raises(AssertionError, match="depends on its parameters"):
        listed.all(connection, names=["m0"])
