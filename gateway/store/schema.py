"""The metadata every `tables.py` hangs its tables on, and the column types they share.

Types: money and quantities are plain integers (kopecks, thousandths), instants are text with Z and microseconds
(fixed width, so text order is time order), dates are ISO text, JSON is text written by `dumps`.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Row, Table, Text, text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite gives 64-bit rowids only to INTEGER; PostgreSQL needs BIGINT for sums and sequences.
Int64 = BigInteger().with_variant(Integer(), "sqlite")


# A row of a plain SELECT: columns by name.
AnyRow = Row[*tuple[Any, ...]]


_encoder = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def dumps(value: Any) -> str:
    """Canonical JSON: sorted keys, no spaces, UTF-8. Equal values give equal text, so it can be hashed."""
    return _encoder.encode(value)


journal = Table(
    "journal",
    metadata,
    Column("seq", Int64, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("company", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("prev_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Index("ix_journal_subject", "company", "subject", "seq"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("not_before", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("lease_until", Text),
    Column("lease_by", Text),
    Column("done_at", Text),
    Column("dead_at", Text),
    Column("last_error", Text),
    Index(
        "ix_outbox_waiting",
        "not_before",
        "id",
        sqlite_where=text("done_at IS NULL"),
        postgresql_where=text("done_at IS NULL"),
    ),
    Index("ix_outbox_key", "key", "id", sqlite_where=text("done_at IS NULL"), postgresql_where=text("done_at IS NULL")),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("input_hash", Text, nullable=False),
    Column("result", Text, nullable=False),
    Column("at", Text, nullable=False),
)

alarms = Table(
    "alarms",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("values", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("raised_at", Text, nullable=False),
    Column("last_at", Text, nullable=False),
    Column("count", Integer, nullable=False),
    Column("ended_at", Text),
    Column("ended_by", Text),
    Index(
        "uq_alarms_open",
        "company",
        "code",
        "subject",
        unique=True,
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
)

changes = Table(
    "changes",
    metadata,
    Column("seq", Int64, primary_key=True, autoincrement=True),
    Column("at", Text, nullable=False),
    Column("company", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("id", Text, nullable=False),
    sqlite_autoincrement=True,
)

marks = Table(
    "marks",
    metadata,
    Column("company", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

blobs = Table(
    "blobs",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("bytes", LargeBinary, nullable=False),
)

# People who may come in, by their tokens.
users = Table(
    "users",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("token_hash", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("revoked_at", Text),
    Index("uq_users_token", "token_hash", unique=True),
    Index("ix_users_name", "company", "name"),
)
