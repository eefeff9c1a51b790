"""Rows of the orders room: buyers, invoices, orders, releases and the clock of each order."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, Table, Text, UniqueConstraint, text

from gateway.store.schema import Int64, metadata

buyers = Table(
    "buyers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("outer_id", Text, nullable=False),  # 1C's key
    Column("kind", Text, nullable=False),  # ul | ip | fl
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False),
    Column("inn", Text, nullable=False),
    Column("kpp", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("party", Text, nullable=False),  # the matcher's key: ИНН, else "id:<id>"
    UniqueConstraint("company", "outer_id"),
    Index("ix_buyers_name", "company", "name_key"),
)

buyer_accounts = Table(
    "buyer_accounts",
    metadata,
    Column("company", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("buyer_id", Text, primary_key=True),
    Column("party", Text, nullable=False),
)

invoices = Table(
    "invoices",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("outer_id", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("prefix", Text, nullable=False),
    Column("counter", Int64, nullable=False),
    Column("year", Integer, nullable=False),
    Column("date", Text, nullable=False),
    Column("buyer_id", Text, nullable=False),
    Column("buyer_kind", Text, nullable=False),
    Column("buyer_name", Text, nullable=False),
    Column("buyer_inn", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("amount", Int64, nullable=False),
    Column("rest", Int64, nullable=False),
    Column("state", Text, nullable=False),  # open | paid | cancelled
    Column("order_id", Text),
    Column("order_no", Text, nullable=False),
    Column("order_key", Text, nullable=False),
    Column("search", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("loan_no", Text, nullable=False, server_default=text("''")),
    Column("loan_key", Text, nullable=False, server_default=text("''")),
    Column("track", Text, nullable=False, server_default=text("''")),
    Column("track_key", Text, nullable=False, server_default=text("''")),
    UniqueConstraint("company", "outer_id"),
    CheckConstraint("rest >= 0 AND rest <= amount", name="rest"),
    Index("ix_invoices_counter", "company", "counter"),
    Index("ix_invoices_order_key", "company", "order_key"),
    Index(
        "ix_invoices_loan",
        "company",
        "loan_key",
        sqlite_where=text("loan_key <> ''"),
        postgresql_where=text("loan_key <> ''"),
    ),
    Index(
        "ix_invoices_track",
        "company",
        "track_key",
        sqlite_where=text("track_key <> ''"),
        postgresql_where=text("track_key <> ''"),
    ),
    Index(
        "ix_invoices_open",
        "company",
        "party",
        "rest",
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
    Index(
        "ix_invoices_rest",
        "company",
        "rest",
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
    Index("ix_invoices_party", "company", "party"),
    Index("ix_invoices_buyer", "company", "buyer_id"),
    Index("ix_invoices_order", "order_id"),
    Index("ix_invoices_date", "company", "date", "id"),
)

# Payment, stock and shipment are three columns; the headline is derived from them.
orders = Table(
    "orders",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("outer_id", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("date", Text, nullable=False),
    Column("buyer_id", Text, nullable=False),
    Column("buyer_name", Text, nullable=False),
    Column("buyer_inn", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("contact", Text, nullable=False),
    Column("delivery", Text, nullable=False),  # pickup | delivery
    Column("address", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("amount", Int64, nullable=False),
    Column("paid", Int64, nullable=False),
    Column("pay_state", Text, nullable=False),  # unpaid | part_paid | paid
    Column("stock_state", Text, nullable=False),  # none | to_confirm | reserved | short | picked
    Column("ship_state", Text, nullable=False),  # none | picking | ready | shipped | cancelled
    Column("headline", Text, nullable=False),  # derived by model.headline(), stored for the lists
    Column("hold_reason", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("bank_time", Text),
    Column("source_hash", Text, nullable=False),
    Column("search", Text, nullable=False),
    Column("version", Integer, nullable=False),
    UniqueConstraint("company", "outer_id"),
    Index("ix_orders_number", "company", "number"),
    Index("ix_orders_headline", "company", "headline", "date", "id"),
    Index("ix_orders_date", "company", "date", "id"),
)

order_lines = Table(
    "order_lines",
    metadata,
    Column("id", Text, primary_key=True),
    Column("order_id", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("product_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("qty", Int64, nullable=False),
    Column("price", Int64, nullable=False),
    Column("amount", Int64, nullable=False),
    Column("service", Integer, nullable=False),  # 1: delivery or another service, needs no stock
    Column("cancelled", Int64, nullable=False, server_default="0"),
    Index("ix_order_lines_order", "order_id", "position"),
    Index("ix_order_lines_product", "product_id"),
)

releases = Table(
    "releases",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("order_id", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("payment_ids", Text, nullable=False),
    Column("message_ids", Text, nullable=False),
    Column("withdrawn_at", Text),
    Column("withdrawn_reason", Text),
    Column("agreement_id", Text),  # the signed loan agreement it rests on
    Index(
        "uq_releases_order",
        "order_id",
        unique=True,
        sqlite_where=text("withdrawn_at IS NULL"),
        postgresql_where=text("withdrawn_at IS NULL"),
    ),
    Index("ix_releases_at", "company", "at"),
    Index(
        "ix_releases_agreement",
        "agreement_id",
        sqlite_where=text("agreement_id IS NOT NULL AND withdrawn_at IS NULL"),
        postgresql_where=text("agreement_id IS NOT NULL AND withdrawn_at IS NULL"),
    ),
)

# The clock of an order: the bank's own time, then what we made of it.
timelines = Table(
    "timelines",
    metadata,
    Column("order_id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("bank_time", Text, nullable=False),
    Column("received_at", Text, nullable=False),
    Column("allocated_at", Text, nullable=False),
    Column("pick_list_at", Text),
    Column("call_task_at", Text),
    Column("call_done_at", Text),
    Index("ix_timelines_bank_time", "company", "bank_time"),
)
