"""Rows of the tasks room."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text

from gateway.store.schema import Int64, metadata

tasks = Table(
    "tasks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("reason", Text, nullable=False),  # message code of the title
    Column("values", Text, nullable=False),
    Column("role", Text, nullable=False),  # who has to do it
    Column("state", Text, nullable=False),  # new | taken | snoozed | done | cancelled
    Column("created_at", Text, nullable=False),
    Column("due_at", Text, nullable=False),
    Column("taken_by", Text),
    Column("done_at", Text),
    Column("done_by", Text),
    Column("result", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("agreed_at", Text),
    Column("attempts", Integer, nullable=False),
    Column("order_id", Text),
    Column("order_number", Text, nullable=False),
    Column("payment_id", Text),
    Column("buyer", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("amount", Int64),
    Column("delivery", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Index("ix_tasks_state", "company", "state", "kind", "due_at", "id"),
    Index("ix_tasks_order", "order_id"),
    Index("ix_tasks_payment", "payment_id"),
)
