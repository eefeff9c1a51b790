"""Settlements: registers, statements of account

Revision: 0007
Follows: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.store.migrations.parts import append_only, drop_append_only, int64, optional, sums, text, whole

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Each table with its keys.
_NEVER_CHANGED = {
    "settlement_lines": [["id"], ["company", "source_event"]],
    "settlement_statement_lines": [["line_id"]],
    "settlement_events": [["seq"], ["id"]],
}


def upgrade() -> None:
    _register()
    _statements()
    _payouts()
    for table, keys in _NEVER_CHANGED.items():
        append_only(table, *keys)


def _register() -> None:
    op.create_table(
        "settlement_lines",
        *text("id", "company", "party_kind", "party_id", "kind", "source_event", "subject", "document", "on", "at"),
        *text("by"),
        *sums("gross", "fee", "net", "vat"),
        *text("payment_id"),
        *optional("reverses"),
        *text("note"),
        sa.CheckConstraint("gross - fee = net", name=op.f("ck_settlement_lines_adds_up")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_lines")),
        sa.UniqueConstraint("company", "source_event", name=op.f("uq_settlement_lines_company_source_event")),
    )
    op.create_index("ix_settlement_lines_party", "settlement_lines", ["company", "party_kind", "party_id", "on", "id"])
    op.create_index("ix_settlement_lines_subject", "settlement_lines", ["company", "subject"])
    op.create_index("ix_settlement_lines_reverses", "settlement_lines", ["reverses"])


def _statements() -> None:
    op.create_table(
        "settlement_statement_lines",
        *text("line_id", "statement_id"),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_settlement_statement_lines")),
    )
    op.create_index("ix_settlement_statement_lines_statement", "settlement_statement_lines", ["statement_id", "line_id"])
    op.create_table(
        "settlement_statements",
        *text("id", "company"),
        *whole("version"),
        *sums("number"),
        *text("party_kind", "party_id", "party_name", "since", "until", "state", "made_at", "made_by"),
        *whole("line_count"),
        *sums("gross", "fee", "net", "vat"),
        *optional("sent_at", "silence_on", "answered_at"),
        *text("answered_by", "remark"),
        *optional("payment_order_id", "paid_at", "paid_entry_id"),
        *whole("attempts"),
        *text("note", "search"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_statements")),
        sa.UniqueConstraint("company", "number", name=op.f("uq_settlement_statements_company_number")),
        sa.UniqueConstraint(
            "company", "party_kind", "party_id", "until",
            name=op.f("uq_settlement_statements_company_party_kind_party_id_until"),
        ),
    )
    for name, columns in {"state": ["state"], "until": ["until"], "net": ["net"], "name": ["party_name"]}.items():
        op.create_index(f"ix_settlement_statements_{name}", "settlement_statements", ["company", *columns, "id"])
    op.create_table(
        "settlement_events",
        sa.Column("seq", int64(), autoincrement=True, nullable=False),
        *text("id", "company", "statement_id", "at", "event", "state", "actor", "role", "note", "values"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_settlement_events")),
        sa.UniqueConstraint("id", name=op.f("uq_settlement_events_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_settlement_events_statement", "settlement_events", ["statement_id", "id"])


def _payouts() -> None:
    op.create_table(
        "settlement_payouts",
        *text("payment_order_id", "company", "statement_id", "party_kind", "party_id"),
        *whole("attempt"),
        *sums("amount"),
        *whole("order_version"),
        *text("made_at", "made_by"),
        *optional("entry_id", "paid_at", "return_entry_id", "returned_at"),
        sa.CheckConstraint("amount > 0", name=op.f("ck_settlement_payouts_amount")),
        sa.PrimaryKeyConstraint("payment_order_id", name=op.f("pk_settlement_payouts")),
        sa.UniqueConstraint("statement_id", "attempt", name=op.f("uq_settlement_payouts_statement_id_attempt")),
    )
    op.create_index("ix_settlement_payouts_party", "settlement_payouts", ["company", "party_kind", "party_id"])


def downgrade() -> None:
    for table in ("settlement_payouts", "settlement_statements", *_NEVER_CHANGED):
        op.drop_table(table)
    for table in _NEVER_CHANGED:
        drop_append_only(table)
