"""Rows of payout registries, and how each partner's files are read."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Text, text

from gateway.store.schema import Int64, metadata

payout_registries = Table(
    "payout_registries",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("source", Text, nullable=False),  # acquirer | post | loan | marketplace
    Column("partner_inn", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("number_key", Text, nullable=False),
    Column("date", Text, nullable=False),
    Column("gross", Int64, nullable=False),
    Column("fee", Int64, nullable=False),
    Column("net", Int64, nullable=False),
    Column("lines_total", Int64, nullable=False),
    Column("line_count", Integer, nullable=False),
    Column("bad_rows", Integer, nullable=False),  # rows nobody could read: with one of them nothing adds up
    Column("problems", Text, nullable=False),  # what was odd, row by row
    Column("state", Text, nullable=False),  # waiting | used | withdrawn
    Column("payment_id", Text),  # the payment it explained
    Column("file_name", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("mapping_id", Text, nullable=False),  # how it was read; "" when by a mapping that was not saved
    Column("raw", LargeBinary, nullable=False),  # the file, byte for byte
    Column("received_at", Text, nullable=False),
    Column("received_by", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("search", Text, nullable=False),
    # A file read wrongly is withdrawn and brought again.
    Index(
        "uq_payout_registries_file",
        "company",
        "partner_inn",
        "sha256",
        "number_key",
        unique=True,
        sqlite_where=text("state <> 'withdrawn'"),
        postgresql_where=text("state <> 'withdrawn'"),
    ),
    Index("ix_payout_registries_number", "company", "source", "number_key", "state"),
    Index("ix_payout_registries_net", "company", "partner_inn", "net"),
    Index("ix_payout_registries_date", "company", "date", "id"),
    Index("ix_payout_registries_payment", "payment_id"),
)

payout_registry_lines = Table(
    "payout_registry_lines",
    metadata,
    Column("registry_id", Text, primary_key=True),
    Column("position", Integer, primary_key=True),  # from 1, in the file's order
    Column("row", Integer, nullable=False),  # the row of the file it stands in
    Column("kind", Text, nullable=False),  # order | loan | track
    Column("key", Text, nullable=False),
    Column("amount", Int64, nullable=False),
    Column("fee", Int64, nullable=False),
    Index(
        "ix_payout_registry_lines_track",
        "key",
        sqlite_where=text("kind = 'track'"),
        postgresql_where=text("kind = 'track'"),
    ),
)

# How the files of a partner are read; an old mapping stays, ended, beside the registries it read.
registry_mappings = Table(
    "registry_mappings",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("partner_inn", Text, nullable=False),
    Column("mapping", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("ended_at", Text),
    Index(
        "uq_registry_mappings_live",
        "company",
        "partner_inn",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
)
