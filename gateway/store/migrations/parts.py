"""Parts that migrations make tables of, as every `tables.py` means them: see `gateway.store.schema`.

Migrations that were released rest on them: a part is never changed, another one is added beside it.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op


def text(*names: str) -> list[sa.Column[str]]:
    """Columns of text that is always there."""
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def optional(*names: str) -> list[sa.Column[str]]:
    """Columns of text that may be NULL."""
    return [sa.Column(name, sa.Text(), nullable=True) for name in names]


def binary(*names: str) -> list[sa.Column[bytes]]:
    """Columns of bytes."""
    return [sa.Column(name, sa.LargeBinary(), nullable=False) for name in names]


def int64() -> sa.types.TypeEngine[int]:
    """Sums in kopecks, and sequences."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def sums(*names: str) -> list[sa.Column[int]]:
    """Columns of kopecks."""
    return [sa.Column(name, int64(), nullable=False) for name in names]


def whole(*names: str) -> list[sa.Column[int]]:
    """Columns of small whole numbers."""
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def partial_index(name: str, table: str, columns: Sequence[str], where: str, *, unique: bool = False) -> None:
    """An index of the rows for which `where` holds, the same in both databases."""
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def append_only(table: str, *keys: Sequence[str]) -> None:
    """Rows of `table` are never changed nor deleted, whoever asks.

    Args:
        keys: the columns of each of its keys, the primary one among them.
    """
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        # INSERT OR REPLACE deletes without firing the trigger above.
        same = " OR ".join("(" + " AND ".join(f"{one} = NEW.{one}" for one in key) + ")" for key in keys)
        known = f"SELECT 1 FROM {table} WHERE {same}"  # noqa: S608 - our own names
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS ({known}) "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_is_append_only()"
    )


def drop_append_only(table: str) -> None:
    """What is left of `append_only` once the table is dropped."""
    if op.get_bind().dialect.name != "sqlite":
        op.execute(f"DROP FUNCTION {table}_is_append_only()")
