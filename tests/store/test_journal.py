"""The journal: only ever longer, and any change to it is found."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from gateway.store import Store, journal
from gateway.store.journal import GENESIS, Head, Line, row_hash
from gateway.store.schema import journal as table
from tests.store.conftest import COMPANY

ROWS = 10


@pytest.fixture
def written(store: Store) -> Store:
    """A journal of ten rows in three units."""
    for numbers in ((1, 2, 3), (4,), (5, 6, 7, 8, 9, 10)):
        with store.unit() as unit:
            for number in numbers:
                unit.journal("money.came", f"payment:{number}", kopecks=number * 100, payer="ООО «Багет»")
            unit.commit()
    return store


def open_the_locks(connection: Connection) -> None:
    """What somebody with the database in his hands does first."""
    names = ("update", "delete", "replace") if connection.dialect.name == "sqlite" else ("change", "truncate")
    for name in names:
        connection.execute(text(f"DROP TRIGGER journal_no_{name}{'' if len(names) == 3 else ' ON journal'}"))


def tamper(store: Store, *statements: Any) -> None:
    with store.unit() as unit:
        open_the_locks(unit.connection)
        for statement in statements:
            unit.connection.execute(statement)
        unit.commit()


def verify(store: Store, expected: Head | None = None) -> journal.Verdict:
    with store.reading() as connection:
        return journal.verify(connection, expected)


def head(store: Store) -> Head:
    with store.reading() as connection:
        return journal.head(connection)


def test_an_empty_journal_holds(store: Store) -> None:
    assert head(store) == Head(0, GENESIS)
    assert verify(store) == journal.Verdict(True, 0, Head(0, GENESIS))


def test_an_untouched_journal_holds(written: Store) -> None:
    assert verify(written) == journal.Verdict(True, ROWS, head(written))


def test_the_head_moves_with_every_row(store: Store) -> None:
    heads = []
    for number in range(3):
        with store.unit() as unit:
            unit.journal("thing.made", "thing:same", number=number)
            unit.commit()
        heads.append(head(store))
    assert [h.seq for h in heads] == [1, 2, 3]
    assert len({h.hash for h in heads}) == 3


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("body", '{"kopecks":999999,"payer":"ООО «Багет»"}'),
        ("actor", "accountant:nobody"),
        ("at", "2026-11-21T09:00:00.000001Z"),
        ("subject", "payment:6"),
        ("kind", "money.left"),
        ("company", "other"),
    ],
)
def test_an_edited_row_is_found(written: Store, column: str, value: str) -> None:
    tamper(written, update(table).where(table.c.seq == 5).values({column: value}))
    verdict = verify(written)
    assert (verdict.ok, verdict.broken_seq, verdict.reason, verdict.head.seq) == (False, 5, "edited", 4)


def test_a_row_edited_with_its_own_hash_made_anew_is_found_at_the_next(written: Store) -> None:
    with written.reading() as connection:
        row = connection.execute(select(table).where(table.c.seq == 5)).one()
    line = Line(row.at, row.company, row.kind, row.subject, row.actor, '{"kopecks":1}')
    forged = row_hash(row.prev_hash, 5, line)
    tamper(written, update(table).where(table.c.seq == 5).values(body=line.body, hash=forged))
    verdict = verify(written)
    assert (verdict.ok, verdict.broken_seq, verdict.reason) == (False, 6, "relinked")


def test_a_removed_row_is_found(written: Store) -> None:
    tamper(written, delete(table).where(table.c.seq == 5))
    verdict = verify(written)
    assert (verdict.ok, verdict.broken_seq, verdict.reason) == (False, 6, "gap")


def test_a_removed_beginning_is_found(written: Store) -> None:
    tamper(written, delete(table).where(table.c.seq <= 3))
    assert verify(written).reason == "gap"


def test_a_removed_row_whose_gap_was_closed_is_found(written: Store) -> None:
    move_up = [update(table).where(table.c.seq == n).values(seq=n - 1) for n in range(6, ROWS + 1)]
    tamper(written, delete(table).where(table.c.seq == 5), *move_up)
    verdict = verify(written)
    assert (verdict.ok, verdict.broken_seq, verdict.reason) == (False, 5, "relinked")


def test_two_rows_in_each_others_place_are_found(written: Store) -> None:
    swap = [update(table).where(table.c.seq == old).values(seq=new) for old, new in ((5, -1), (6, 5), (-1, 6))]
    tamper(written, *swap)
    verdict = verify(written)
    assert (verdict.ok, verdict.broken_seq) == (False, 5)


def test_a_cut_tail_is_found_with_a_head_kept_elsewhere(written: Store) -> None:
    kept = head(written)
    tamper(written, delete(table).where(table.c.seq > 7))
    assert verify(written).ok, "from inside a cut journal looks like a shorter one"
    verdict = verify(written, kept)
    assert (verdict.ok, verdict.reason, verdict.broken_seq) == (False, "cut", 8)


def test_a_journal_written_anew_is_found_with_a_head_kept_elsewhere(written: Store) -> None:
    kept = head(written)
    tamper(written, delete(table))
    with written.unit() as unit:
        for number in range(1, ROWS + 3):
            unit.journal("money.came", f"payment:{number}", kopecks=1)
        unit.commit()
    assert verify(written).ok
    assert (verify(written, kept).ok, verify(written, kept).reason) == (False, "cut")


def test_a_journal_that_grew_still_has_the_head_kept_elsewhere(written: Store) -> None:
    kept = head(written)
    with written.unit() as unit:
        unit.journal("money.came", "payment:11")
        unit.commit()
    assert verify(written, kept).ok


@pytest.mark.parametrize(
    "statement",
    [
        update(table).where(table.c.seq == 5).values(body="{}"),
        update(table).values(actor="nobody"),
        delete(table).where(table.c.seq == ROWS),
        delete(table),
    ],
    ids=["edit one", "edit all", "cut", "empty"],
)
def test_the_database_itself_refuses_to_change_it(written: Store, statement: Any) -> None:
    with pytest.raises(DBAPIError, match="append-only"), written.unit() as unit:
        unit.connection.execute(statement)
        unit.commit()
    assert verify(written).rows == ROWS


def test_the_database_itself_refuses_what_goes_around_update_and_delete(written: Store) -> None:
    values = dict.fromkeys(("at", "company", "kind", "subject", "actor", "body", "prev_hash", "hash"), "x")
    replace = insert(table).prefix_with("OR REPLACE").values(seq=5, **values)
    around = replace if written.is_sqlite else text("TRUNCATE journal")
    with pytest.raises(DBAPIError, match="append-only"), written.unit() as unit:
        unit.connection.execute(around)
        unit.commit()
    assert verify(written).ok


def test_progress_is_told_on_a_long_walk(store: Store) -> None:
    with store.unit() as unit:
        for number in range(4100):
            unit.journal("thing.made", f"thing:{number}")
        unit.commit()
    told: list[int] = []
    with store.reading() as connection:
        assert journal.verify(connection, progress=told.append).rows == 4100
    assert told == [2000, 4000]


@given(st.lists(st.text(), min_size=6, max_size=6), st.lists(st.text(), min_size=6, max_size=6))
def test_no_two_different_rows_give_the_same_hash_input(one: list[str], other: list[str]) -> None:
    """Length prefixes: moving a border between columns is another row."""
    assert (row_hash(GENESIS, 1, Line(*one)) == row_hash(GENESIS, 1, Line(*other))) == (one == other)


def test_columns_are_not_run_together() -> None:
    assert row_hash(GENESIS, 1, Line("a", "bc", "", "", "", "")) != row_hash(
        GENESIS, 1, Line("ab", "c", "", "", "", "")
    )
    assert row_hash(GENESIS, 1, Line("1:a", COMPANY, "", "", "", "")) != row_hash(
        GENESIS, 11, Line("a", COMPANY, "", "", "", "")
    )
