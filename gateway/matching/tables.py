"""Rows of the matching room: decisions with their reasons and allocations, only ever appended; what people taught the
matcher; trials of it."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, Table, Text, text

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
    Column("registry_id", Text),  # the payout registry it rests on, or whose difference it shows
    Column("fee", Int64, nullable=False, server_default="0"),  # kept back by the partner: allocated above the payment
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

# "This payer pays for that buyer", said by a person; revoked, never deleted.
payer_rules = Table(
    "payer_rules",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("payer_inn", Text, nullable=False),  # "" when the payer is known by his account only
    Column("payer_account", Text, nullable=False),
    Column("payer_name", Text, nullable=False),
    Column("party", Text, nullable=False),  # the buyer paid for
    Column("buyer_name", Text, nullable=False),
    Column("since", Text, nullable=False),  # payments booked from this day on
    Column("made_at", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("payment_id", Text, nullable=False),  # the payment it was learned from; "" when written by hand
    Column("note", Text, nullable=False),
    Column("revoked_at", Text),
    Column("revoked_by", Text),
    Column("search", Text, nullable=False),
    Index(
        "uq_payer_rules_live",
        "company",
        "payer_inn",
        "payer_account",
        "party",
        unique=True,
        sqlite_where=text("revoked_at IS NULL"),
        postgresql_where=text("revoked_at IS NULL"),
    ),
    Index("ix_payer_rules_inn", "company", "payer_inn"),
    Index("ix_payer_rules_account", "company", "payer_account"),
)

# Back-tests: what the matcher would have done with last year's payments.
trials = Table(
    "trials",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("source", Text, nullable=False),  # what was read, as a person would name it
    Column("summary", Text, nullable=False),  # JSON: see gateway.matching.trial
    Index("ix_trials_at", "company", "at"),
)
