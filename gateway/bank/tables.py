"""Rows of the bank room: every message as it came, every poll, every statement's frame."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text, text

from gateway.store.schema import Int64, metadata

# One row per reply that carried (or should have carried) a file. The bytes stand in `blobs` under `sha256`.
# state: stored → proved → taken | unreadable; stored → refused
messages = Table(
    "messages",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("file_type", Text, nullable=False),
    Column("request", Text, nullable=False),
    Column("transport", Text, nullable=False),
    Column("received_at", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("size", Int64, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("reason_values", Text),
    Column("evidence", Text),
    Column("proof", Text),
    Column("content_sha256", Text),
    Column("entries", Integer),
    Column("new_entries", Integer),
    Column("done_at", Text),
    Index(
        "uq_messages_accepted",
        "company",
        "channel",
        "reference",
        unique=True,
        sqlite_where=text("state IN ('proved', 'taken', 'unreadable')"),
        postgresql_where=text("state IN ('proved', 'taken', 'unreadable')"),
    ),
    Index("ix_messages_reference", "company", "channel", "reference"),
    Index("ix_messages_received", "company", "received_at"),
    Index(
        "ix_messages_waiting",
        "company",
        "id",
        sqlite_where=text("state IN ('stored', 'proved')"),
        postgresql_where=text("state IN ('stored', 'proved')"),
    ),
)

polls = Table(
    "polls",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("result", Text, nullable=False),  # new | nothing_new | failed
    Column("duration_ms", Integer, nullable=False),
    Column("files", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("error_code", Text),
    Column("error_values", Text),
    Index("ix_polls_at", "company", "channel", "at"),
)

# What a bank has offered and we do not have yet. A bank that offers each file once only (a queue of unread packets)
# never names it again, so the name is kept before the file is fetched; it goes when the file is safe here.
offers = Table(
    "offers",
    metadata,
    Column("company", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("position", Int64, nullable=False),  # the bank's order
    Column("file_type", Text, nullable=False),
    Column("service_id", Text, nullable=False),
    Column("created_at", Text),  # by the bank
    Column("offered_at", Text, nullable=False),
)

statements = Table(
    "statements",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("statement_id", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("created_at", Text),
    Column("period_from", Text),
    Column("period_to", Text),
    Column("opening", Int64),
    Column("closing", Int64),
    Column("closing_on", Text),
    Index("ix_statements_account", "company", "account", "kind", "closing_on"),
    Index("ix_statements_message", "message_id"),
)
