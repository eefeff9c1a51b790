"""Rows of the matching room: decisions with their reasons, and allocations; both only ever appended."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, Table, Text

from gateway.store.schema import Int64, metadata

decisions = Table(
    "decisions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("payment_id", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("kind", Text, nullable=False),  # auto | proposal | manual | not_ours | undo | reversal | duplicate
    Column("outcome", Text, nullable=False),
    Column("reasons", Text, nullable=False),
    Column("suggestions", Text, nullable=False),
    Column("release_ok", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("undoes", Text),
    Column("before", Text, nullable=False),  # payment state and outcome before this decision, for undo
    Index("ix_decisions_payment", "payment_id", "id"),
)

allocations = Table(
    "allocations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("payment_id", Text, nullable=False),
    Column("invoice_id", Text, nullable=False),
    Column("amount", Int64, nullable=False),  # negative in a row that takes an earlier one back
    Column("at", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("decision_id", Text, nullable=False),
    Column("undoes", Text),
    Column("undone", Integer, nullable=False, server_default="0"),
    CheckConstraint("amount <> 0", name="not_zero"),
    Index("ix_allocations_payment", "payment_id"),
    Index("ix_allocations_invoice", "invoice_id"),
)
