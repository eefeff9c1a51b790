"""Rows of settlements: lines that are only ever appended, and the statements that hold them."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, Table, Text, UniqueConstraint

from gateway.store.schema import Int64, metadata

# What we owe a party, line by line. A wrong line stays and is taken back by another one.
lines = Table(
    "settlement_lines",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("party_kind", Text, nullable=False),
    Column("party_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("source_event", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("on", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("gross", Int64, nullable=False),
    Column("fee", Int64, nullable=False),
    Column("net", Int64, nullable=False),
    Column("vat", Int64, nullable=False),
    Column("payment_id", Text, nullable=False),
    Column("reverses", Text),
    Column("note", Text, nullable=False),
    UniqueConstraint("company", "source_event"),
    CheckConstraint("gross - fee = net", name="adds_up"),
    Index("ix_settlement_lines_party", "company", "party_kind", "party_id", "on", "id"),
    Index("ix_settlement_lines_subject", "company", "subject"),
    Index("ix_settlement_lines_reverses", "reverses"),
)

# Which lines a statement holds: a line is in one at most, and never leaves it.
statement_lines = Table(
    "settlement_statement_lines",
    metadata,
    Column("line_id", Text, primary_key=True),
    Column("statement_id", Text, nullable=False),
    Index("ix_settlement_statement_lines_statement", "statement_id", "line_id"),
)

statements = Table(
    "settlement_statements",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("number", Int64, nullable=False),
    Column("party_kind", Text, nullable=False),
    Column("party_id", Text, nullable=False),
    Column("party_name", Text, nullable=False),
    Column("since", Text, nullable=False),
    Column("until", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("line_count", Integer, nullable=False),
    Column("gross", Int64, nullable=False),
    Column("fee", Int64, nullable=False),
    Column("net", Int64, nullable=False),
    Column("vat", Int64, nullable=False),
    Column("sent_at", Text),
    Column("silence_on", Text),  # accepted on this day if nothing is said until then
    Column("answered_at", Text),
    Column("answered_by", Text, nullable=False),
    Column("remark", Text, nullable=False),
    Column("payment_order_id", Text),
    Column("paid_at", Text),
    Column("paid_entry_id", Text),  # the debit line
    Column("attempts", Integer, nullable=False),  # payment orders drafted for it so far
    Column("note", Text, nullable=False),  # why the last of them came to nothing
    Column("search", Text, nullable=False),
    UniqueConstraint("company", "number"),
    UniqueConstraint("company", "party_kind", "party_id", "until"),
    Index("ix_settlement_statements_state", "company", "state", "id"),
    Index("ix_settlement_statements_until", "company", "until", "id"),
    Index("ix_settlement_statements_net", "company", "net", "id"),
    Index("ix_settlement_statements_name", "company", "party_name", "id"),
)

# What happened to a statement, in order; rows are never changed (the database refuses it).
events = Table(
    "settlement_events",
    metadata,
    # The order they were written in, which a clock that was set back does not turn round, as it does that of ids.
    Column("seq", Int64, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False),
    Column("company", Text, nullable=False),
    Column("statement_id", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("event", Text, nullable=False),  # StatementEvent, "opened", "lines_added", "overpaid", …
    Column("state", Text, nullable=False),  # after it
    Column("actor", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("values", Text, nullable=False),  # JSON
    UniqueConstraint("id"),
    Index("ix_settlement_events_statement", "statement_id", "id"),
    sqlite_autoincrement=True,
)

# Payment orders drafted for statements. What was paid is the sum of those with a debit line and no line back.
payouts = Table(
    "settlement_payouts",
    metadata,
    Column("payment_order_id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("statement_id", Text, nullable=False),
    Column("party_kind", Text, nullable=False),
    Column("party_id", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("amount", Int64, nullable=False),
    Column("order_version", Integer, nullable=False),  # of the payment order, when it was last followed
    Column("made_at", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("entry_id", Text),  # the debit line
    Column("paid_at", Text),
    Column("return_entry_id", Text),  # the line that brought the money back
    Column("returned_at", Text),
    CheckConstraint("amount > 0", name="amount"),
    UniqueConstraint("statement_id", "attempt"),
    Index("ix_settlement_payouts_party", "company", "party_kind", "party_id"),
)
