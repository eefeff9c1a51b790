"""Migrations: from nothing to exactly what the code says, and never backwards unseen."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Integer, create_engine, inspect, text
from sqlalchemy.exc import IntegrityError

import gateway
from gateway.core.errors import Refused
from gateway.store import Store, migrate
from gateway.store.engine import sqlite_url
from gateway.store.schema import metadata
from tests.store import postgres

PACKAGE = Path(gateway.__file__).parent


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without a table."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path / "kvit.db")
        return
    cluster: postgres.Cluster = request.getfixturevalue("cluster")
    name = cluster.create()
    yield cluster.url(name)
    cluster.drop(name)


def every_table() -> None:
    """Every room's tables hang on the metadata once its `tables.py` is imported."""
    found = sorted(PACKAGE.rglob("tables.py"))
    assert len(found) >= 7
    for path in found:
        importlib.import_module(".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts))


def shape(url: str) -> dict[str, Any]:
    """Tables with columns, keys, checks and indexes, as the database tells them."""
    engine = create_engine(url)
    try:
        seen = inspect(engine)
        return {
            name: {
                "columns": [_plain(column) for column in seen.get_columns(name)],
                "primary": _plain(seen.get_pk_constraint(name)),
                "unique": sorted((_plain(u) for u in seen.get_unique_constraints(name)), key=str),
                "checks": sorted((_plain(c) for c in seen.get_check_constraints(name)), key=str),
                "indexes": sorted((_plain(i) for i in seen.get_indexes(name)), key=str),
                "foreign": [_plain(key) for key in seen.get_foreign_keys(name)],
            }
            for name in seen.get_table_names()
            if name != "alembic_version"
        }
    finally:
        engine.dispose()


def _plain(told: Any) -> Any:
    """What can be compared: SQLAlchemy's clauses and types as text."""
    if isinstance(told, dict):
        return {key: _plain(value) for key, value in told.items()}
    return [_plain(value) for value in told] if isinstance(told, list) else str(told)


def test_an_empty_database_is_brought_to_what_the_code_says(empty: str) -> None:
    every_table()
    assert migrate.upgrade(empty)
    engine = create_engine(empty)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_migrated_and_made_at_once_are_the_same(empty: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Checks, partial indexes and their conditions too, which autogenerate does not compare."""
    every_table()
    migrate.upgrade(empty)
    if empty.startswith("sqlite"):
        at_once = sqlite_url(tmp_path / "at-once.db")
    else:
        cluster: postgres.Cluster = request.getfixturevalue("cluster")
        at_once = cluster.url(cluster.create())
    engine = create_engine(at_once)
    metadata.create_all(engine)
    engine.dispose()
    migrated, made = shape(empty), shape(at_once)
    assert migrated.keys() == made.keys()
    for name in made:
        assert migrated[name] == made[name], name


def test_every_partial_index_has_the_same_condition_in_both_databases() -> None:
    every_table()
    conditions = {
        index.name: [str(index.dialect_options[name]["where"]) for name in ("sqlite", "postgresql")]
        for table in metadata.tables.values()
        for index in table.indexes
    }
    partial = {name for name, found in conditions.items() if found != ["None", "None"]}
    assert {"uq_releases_order", "uq_payer_rules_live", "uq_registry_mappings_live"} <= partial
    assert {name for name in partial if len(set(conditions[name])) > 1} == set()


@pytest.mark.parametrize(
    ("table", "same", "ended"),
    [
        ("payer_rules", {"payer_inn": "7705123453", "payer_account": "", "party": "inn:6312000014"}, "revoked_at"),
        ("registry_mappings", {"partner_inn": "7700000122"}, "ended_at"),
    ],
)
def test_of_equal_rows_one_is_in_force_at_a_time(empty: str, table: str, same: dict[str, str], ended: str) -> None:
    every_table()
    migrate.upgrade(empty)
    rows = metadata.tables[table]

    def row(number: int, company: str = "test", **more: str | None) -> dict[str, Any]:
        blank = {c.name: 1 if isinstance(c.type, Integer) else "" for c in rows.c if not c.nullable}
        return {**blank, "id": str(number), "company": company, **same, **more}

    engine = create_engine(empty)
    with engine.begin() as connection:
        for made in (row(1, **{ended: "2026-11-23"}), row(2, **{ended: "2026-11-24"}), row(3), row(4, "other")):
            connection.execute(rows.insert().values(made))
    with engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(rows.insert().values(row(5)))
    engine.dispose()


def test_a_second_upgrade_does_nothing(empty: str) -> None:
    assert migrate.current_revision(empty) is None
    assert migrate.upgrade(empty)
    assert migrate.current_revision(empty) == migrate.head_revision()
    assert not migrate.upgrade(empty)


def test_a_database_of_newer_code_is_refused_and_left_alone(empty: str) -> None:
    migrate.upgrade(empty)
    engine = create_engine(empty)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(Refused) as caught:
        migrate.upgrade(empty)
    assert (caught.value.code, caught.value.values) == ("store.newer", {"revision": "9999"})
    assert migrate.current_revision(empty) == "9999"


def test_revisions_are_one_line() -> None:
    scripts = ScriptDirectory.from_config(migrate._config("sqlite://"))
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1
    revisions = [s.revision for s in scripts.walk_revisions()]
    assert revisions == sorted(revisions, reverse=True)
    # the files' names tell the same as Alembic, which is asked only when there is something to do
    assert list(reversed(revisions)) == migrate._revisions()
    assert scripts.get_current_head() == migrate.head_revision()


def test_down_to_nothing_and_up_again(empty: str) -> None:
    migrate.upgrade(empty)
    before = shape(empty)
    command.downgrade(migrate._config(empty), "base")
    assert shape(empty) == {}
    assert migrate.upgrade(empty)
    assert shape(empty) == before


def test_a_store_on_a_database_without_tables_says_what_to_do(empty: str, clock: Any) -> None:
    store = Store(empty, clock, "frames")
    with pytest.raises(Refused) as caught, store.unit() as unit:
        unit.journal("thing.made", "thing:1")
        unit.commit()
    store.close()
    assert caught.value.code == "store.not_migrated"
    assert "kvit init" in caught.value.hint("en")
