"""An invoice is looked up as fast among a hundred thousand as among ten: by the index meant for it, never by a walk."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.dialects import sqlite

from gateway.orders import index
from gateway.store.driver import Query, Text
from gateway.store.engine import sqlite_url
from gateway.store.migrate import upgrade

LOOKUPS = {
    "_BY_COUNTER": "ix_invoices_counter",
    "_BY_ORDER": "ix_invoices_order_key",
    "_BY_LOAN": "ix_invoices_loan",
    "_BY_TRACK": "ix_invoices_track",
    "_BY_REST": "ix_invoices_open",
    "_OPEN_OF": "ix_invoices_open",
    "_ANYWHERE": "ix_invoices_rest",
}


@pytest.mark.parametrize("name", LOOKUPS)
def test_each_lookup_uses_its_own_index(name: str, tmp_path: Path) -> None:
    upgrade(sqlite_url(tmp_path / "plan.db"))
    query: Query = getattr(index, name)
    text = Text(query.statement, sqlite.dialect()).sql
    connection = sqlite3.connect(tmp_path / "plan.db")
    plan = connection.execute(f"EXPLAIN QUERY PLAN {text}", [1] * text.count("?")).fetchall()
    connection.close()
    assert LOOKUPS[name] in plan[0][3], plan
