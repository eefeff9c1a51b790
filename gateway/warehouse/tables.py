"""Rows of the warehouse room: goods, stock, reservations, movements, pick lists."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, Table, Text

from gateway.store.schema import Int64, metadata

products = Table(
    "products",
    metadata,
    Column("company", Text, primary_key=True),
    Column("id", Text, primary_key=True),  # 1C's key
    Column("sku", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("barcode", Text, nullable=False),
    Column("bin", Text, nullable=False),
)

warehouses = Table(
    "warehouses",
    metadata,
    Column("company", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("position", Integer, nullable=False),
)

# on_hand is what 1C last told, less what was shipped since; reserved is the sum of live reservations.
stock = Table(
    "stock",
    metadata,
    Column("company", Text, primary_key=True),
    Column("product_id", Text, primary_key=True),
    Column("warehouse_id", Text, primary_key=True),
    Column("on_hand", Int64, nullable=False),
    Column("reserved", Int64, nullable=False),
    CheckConstraint("reserved >= 0", name="reserved"),
)

# hard → picked → shipped; released ends it early.
reservations = Table(
    "reservations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("order_id", Text, nullable=False),
    Column("line_id", Text, nullable=False),
    Column("product_id", Text, nullable=False),
    Column("warehouse_id", Text, nullable=False),
    Column("pick_list_id", Text),
    Column("qty", Int64, nullable=False),
    Column("state", Text, nullable=False),
    Column("at", Text, nullable=False),
    CheckConstraint("qty > 0", name="positive"),
    Index("ix_reservations_order", "order_id"),
    Index("ix_reservations_pick", "pick_list_id"),
    Index("ix_reservations_stock", "company", "product_id", "warehouse_id", "state"),
)

# Every change of on_hand or reserved is a row here; the balances in `stock` are its sums.
movements = Table(
    "movements",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("product_id", Text, nullable=False),
    Column("warehouse_id", Text, nullable=False),
    Column("kind", Text, nullable=False),  # count | reserve | release | ship
    Column("on_hand", Int64, nullable=False),
    Column("reserved", Int64, nullable=False),
    Column("subject", Text, nullable=False),
    Index("ix_movements_stock", "company", "product_id", "warehouse_id", "at"),
)

# What an order still wants and no warehouse has.
backorders = Table(
    "backorders",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("order_id", Text, nullable=False),
    Column("line_id", Text, nullable=False),
    Column("product_id", Text, nullable=False),
    Column("qty", Int64, nullable=False),
    Column("at", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("state", Text, nullable=False),  # open | filled | cancelled
    Index("ix_backorders_open", "company", "state", "product_id", "at"),
    Index("ix_backorders_order", "order_id"),
)

pick_lists = Table(
    "pick_lists",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("order_id", Text, nullable=False),
    Column("release_id", Text, nullable=False),
    Column("warehouse_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("due_at", Text),
    Column("taken_by", Text),
    Column("printed_at", Text),
    Column("closed_at", Text),
    Column("lines_count", Integer, nullable=False),
    Column("qty_total", Int64, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("search", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Index("ix_pick_lists_state", "company", "state", "created_at", "id"),
    Index("ix_pick_lists_order", "order_id"),
    Index("ix_pick_lists_created", "company", "created_at", "id"),
)

pick_lines = Table(
    "pick_lines",
    metadata,
    Column("id", Text, primary_key=True),
    Column("pick_list_id", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("line_id", Text, nullable=False),
    Column("product_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("qty", Int64, nullable=False),
    Column("picked", Int64, nullable=False),
    Column("short_reason", Text, nullable=False),
    CheckConstraint("picked >= 0 AND picked <= qty", name="picked"),
    Index("ix_pick_lines_list", "pick_list_id", "position"),
)
