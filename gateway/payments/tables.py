"""Rows of the payments room: statement lines as facts, incoming payments as work."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, Table, Text, UniqueConstraint, text

from gateway.store.schema import Int64, metadata

# A statement line, known once however often it is delivered. Facts of the bank: never edited; only a preliminary line
# becomes the booked one, with that one's proof.
entries = Table(
    "entries",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("direction", Text, nullable=False),  # in | out
    Column("reversal", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("amount", Int64, nullable=False),
    Column("currency", Text, nullable=False),
    Column("booked", Text),
    Column("value_date", Text),
    Column("bank_time", Text),
    Column("received_at", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("entry_ref", Text, nullable=False),
    Column("e2e", Text, nullable=False),
    Column("tx_id", Text, nullable=False),
    Column("doc_no", Text, nullable=False),
    Column("doc_date", Text),
    Column("party_name", Text, nullable=False),
    Column("party_inn", Text, nullable=False),
    Column("party_kpp", Text, nullable=False),
    Column("party_account", Text, nullable=False),
    Column("party_bic", Text, nullable=False),
    Column("party_bank", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("original_ref", Text, nullable=False),
    Column("warnings", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    UniqueConstraint("company", "account", "key"),
    CheckConstraint("amount >= 0", name="amount"),
    Index("ix_entries_ref", "company", "account", "ref"),
    Index("ix_entries_document", "company", "party_account", "amount", "doc_date"),
    Index("ix_entries_message", "message_id"),
    Index(
        "ix_entries_storno",
        "company",
        "account",
        "original_ref",
        sqlite_where=text("reversal = 1"),
        postgresql_where=text("reversal = 1"),
    ),
)

# The same line delivered again by another message.
deliveries = Table(
    "deliveries",
    metadata,
    Column("entry_id", Text, primary_key=True),
    Column("message_id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("at", Text, nullable=False),
)

# An incoming entry as work to do. `id` is the entry's id.
payments = Table(
    "payments",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("amount", Int64, nullable=False),
    Column("allocated", Int64, nullable=False),
    Column("bank_time", Text, nullable=False),
    Column("payer", Text, nullable=False),
    Column("search", Text, nullable=False),
    Column("confirmed_by", Text),
    Column("version", Integer, nullable=False),
    CheckConstraint("allocated >= 0 AND allocated <= amount", name="allocated"),
    Index("ix_payments_time", "company", "bank_time", "id"),
    Index("ix_payments_state", "company", "state", "bank_time", "id"),
    Index("ix_payments_amount", "company", "amount", "id"),
    Index("ix_payments_payer", "company", "payer", "id"),
)
