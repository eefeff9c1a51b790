"""Outgoing payments: orders, their events, and whom we have paid before

Revision: 0004
Follows: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.core.text import name_key

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_LIVE = "state NOT IN ('rejected', 'withdrawn', 'refused', 'executed', 'returned')"


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _optional(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=True) for name in names]


def upgrade() -> None:
    op.create_table(
        "payment_orders",
        *_text("id", "company"),
        sa.Column("version", sa.Integer(), nullable=False),
        *_text("state", "account", "number", "date", "kind"),
        sa.Column("amount", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        *_text("payee_name", "payee_inn", "payee_kpp", "payee_account", "payee_bic", "payee_bank", "payee_corr"),
        *_text("purpose", "uin"),
        *_optional("tax"),
        *_text("source", "source_id", "draft_hash", "proposed_by", "proposed_role", "proposed_at"),
        *_text("warnings", "approvals"),
        *_optional("approved_on", "approved_at"),
        *_text("document_id", "channel", "format", "file_type", "file_name", "content_sha256"),
        *_optional("prepared_at", "tried_at", "sent_at"),
        *_text("bank_ref", "bank_code", "bank_text"),
        *_optional("bank_at", "executed_at", "entry_id", "returned_at", "return_entry_id", "ended_by"),
        *_text("note", "search"),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_orders_amount")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_orders")),
    )
    op.create_index(
        "uq_payment_orders_number", "payment_orders", ["company", "account", "date", "number"], unique=True,
        sqlite_where=sa.text(_LIVE), postgresql_where=sa.text(_LIVE),
    )
    live_source = sa.text(f"source_id <> '' AND {_LIVE}")
    op.create_index(
        "uq_payment_orders_source", "payment_orders", ["company", "source", "source_id"], unique=True,
        sqlite_where=live_source, postgresql_where=live_source,
    )
    op.create_index("ix_payment_orders_state", "payment_orders", ["company", "state", "id"])
    op.create_index("ix_payment_orders_document", "payment_orders", ["company", "document_id"])
    op.create_index("ix_payment_orders_payee", "payment_orders", ["company", "payee_account", "amount", "date"])
    op.create_index("ix_payment_orders_approved", "payment_orders", ["company", "approved_on"])
    op.create_table(
        "payment_order_events",
        *_text("id", "company", "order_id", "at", "event", "state", "actor", "role", "note", "values"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_order_events")),
    )
    op.create_index("ix_payment_order_events_order", "payment_order_events", ["order_id", "id"])
    payees = op.create_table(
        "payees",
        *_text("company", "account", "name_key", "name", "inn", "first_at", "last_at"),
        sa.PrimaryKeyConstraint("company", "account", "name_key", name=op.f("pk_payees")),
    )
    op.create_index("ix_payees_name", "payees", ["company", "name_key"])
    op.create_index("ix_payees_inn", "payees", ["company", "inn"])
    _append_only()
    _seed(payees)


def _seed(payees: sa.Table) -> None:
    """Whom the statements on record show we have paid."""
    bind = op.get_bind()
    rows = bind.execute(
        sa.text(
            "SELECT company, party_account, party_name, party_inn, min(received_at) AS first_at, "
            "max(received_at) AS last_at FROM entries WHERE direction = 'out' AND reversal = 0 AND status = 'BOOK' "
            "AND party_account <> '' AND evidence <> 'file' "
            "GROUP BY company, party_account, party_name, party_inn ORDER BY max(received_at)"
        )
    )
    known: dict[tuple[str, str, str], dict[str, str]] = {}
    for row in rows:
        key = (row.company, row.party_account, name_key(row.party_name))
        first = min(row.first_at, known[key]["first_at"]) if key in known else row.first_at
        known[key] = {
            "company": key[0], "account": key[1], "name_key": key[2], "name": row.party_name,
            "inn": row.party_inn, "first_at": first, "last_at": row.last_at,
        }
    if known:
        bind.execute(sa.insert(payees), list(known.values()))


def _append_only() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER payment_order_events_no_{verb.lower()} BEFORE {verb} ON payment_order_events "
                "BEGIN SELECT RAISE(ABORT, 'payment_order_events is append-only'); END"
            )
        # INSERT OR REPLACE deletes without firing the trigger above.
        op.execute(
            "CREATE TRIGGER payment_order_events_no_replace BEFORE INSERT ON payment_order_events "
            "WHEN EXISTS (SELECT 1 FROM payment_order_events WHERE id = NEW.id) "
            "BEGIN SELECT RAISE(ABORT, 'payment_order_events is append-only'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION payment_order_events_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'payment_order_events is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER payment_order_events_no_change BEFORE UPDATE OR DELETE ON payment_order_events "
        "FOR EACH ROW EXECUTE FUNCTION payment_order_events_is_append_only()"
    )


def downgrade() -> None:
    op.drop_table("payees")
    op.drop_table("payment_order_events")
    op.drop_table("payment_orders")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION payment_order_events_is_append_only()")
