"""Rows of outgoing payments: orders, what happened to them, and whom we have paid before."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, Table, Text, text

from gateway.store.schema import Int64, metadata

# Those that may still move money. Not those that have: a bank may carry out an order it had refused, when its number
# has been given to another one, and that fact must find its place.
_OPEN = "state NOT IN ('rejected', 'withdrawn', 'refused', 'executed', 'returned')"
_LIVE = text(_OPEN)
_LIVE_SOURCE = text(f"source_id <> '' AND {_OPEN}")

payment_orders = Table(
    "payment_orders",
    metadata,
    Column("id", Text, primary_key=True),  # ULID, fixed when proposed: EndToEndId and the request's id
    Column("company", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),  # OrderState
    # The document
    Column("account", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("date", Text, nullable=False),
    Column("kind", Text, nullable=False),  # ordinary | tax
    Column("amount", Int64, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("payee_name", Text, nullable=False),
    Column("payee_inn", Text, nullable=False),
    Column("payee_kpp", Text, nullable=False),
    Column("payee_account", Text, nullable=False),
    Column("payee_bic", Text, nullable=False),
    Column("payee_bank", Text, nullable=False),
    Column("payee_corr", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("uin", Text, nullable=False),
    Column("tax", Text),  # JSON of TaxFields
    # Where it came from
    Column("source", Text, nullable=False),  # hand | 1c | settlement
    Column("source_id", Text, nullable=False),
    Column("draft_hash", Text, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_role", Text, nullable=False),
    Column("proposed_at", Text, nullable=False),
    # Two people
    Column("warnings", Text, nullable=False),  # JSON list of Finding, as of the last signature
    Column("approvals", Text, nullable=False),  # JSON list of {by, role, at, confirmed}
    Column("approved_on", Text),  # business date of the second signature: the day limits count by it
    Column("approved_at", Text),
    # On its way
    Column("document_id", Text, nullable=False),  # GUID derived from id
    Column("channel", Text, nullable=False),  # "" until prepared
    Column("format", Text, nullable=False),
    Column("file_type", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("content_sha256", Text, nullable=False),  # in blobs: the very bytes, the same at every try
    Column("prepared_at", Text),
    Column("tried_at", Text),  # the last try to send
    Column("sent_at", Text),  # the bank has it
    Column("bank_ref", Text, nullable=False),  # the bank's receipt
    Column("bank_code", Text, nullable=False),  # the bank's last word of it, as given
    Column("bank_text", Text, nullable=False),
    Column("bank_at", Text),
    # Its end
    Column("executed_at", Text),
    Column("entry_id", Text),
    Column("returned_at", Text),
    Column("return_entry_id", Text),
    Column("ended_by", Text),  # who rejected or withdrew it
    Column("note", Text, nullable=False),
    Column("search", Text, nullable=False),  # folded text of what people look for
    CheckConstraint("amount > 0", name="amount"),
    Index(
        "uq_payment_orders_number",
        "company",
        "account",
        "date",
        "number",
        unique=True,
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    ),
    Index(
        "uq_payment_orders_source",
        "company",
        "source",
        "source_id",
        unique=True,
        sqlite_where=_LIVE_SOURCE,
        postgresql_where=_LIVE_SOURCE,
    ),
    Index("ix_payment_orders_state", "company", "state", "id"),
    Index("ix_payment_orders_document", "company", "document_id"),
    Index("ix_payment_orders_payee", "company", "payee_account", "amount", "date"),
    Index("ix_payment_orders_approved", "company", "approved_on"),
)

# What happened to an order, in order; rows are never changed (the database refuses it).
payment_order_events = Table(
    "payment_order_events",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("order_id", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("event", Text, nullable=False),  # OrderEvent, "proposed", "status", "asked", …
    Column("state", Text, nullable=False),  # after it
    Column("actor", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("values", Text, nullable=False),  # JSON
    Index("ix_payment_order_events_order", "order_id", "id"),
)

# Accounts our statements show we have paid: what a new or a look-alike beneficiary is compared with.
payees = Table(
    "payees",
    metadata,
    Column("company", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("name_key", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("inn", Text, nullable=False),
    Column("first_at", Text, nullable=False),
    Column("last_at", Text, nullable=False),
    Index("ix_payees_name", "company", "name_key"),
    Index("ix_payees_inn", "company", "inn"),
)
