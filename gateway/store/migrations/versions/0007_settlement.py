"""Settlements: registers, statements of account

Revision: 0007
Follows: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_NEVER_CHANGED = {"settlement_lines": "id", "settlement_statement_lines": "line_id", "settlement_events": "id"}


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _optional(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=True) for name in names]


def _kopecks() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _sums(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, _kopecks(), nullable=False) for name in names]


def _whole(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def upgrade() -> None:
    _register()
    _statements()
    _payouts()
    for table, key in _NEVER_CHANGED.items():
        _append_only(table, key)


def _register() -> None:
    op.create_table(
        "settlement_lines",
        *_text("id", "company", "party_kind", "party_id", "kind", "source_event", "subject", "document", "on", "at"),
        *_text("by"),
        *_sums("gross", "fee", "net", "vat"),
        *_text("payment_id"),
        *_optional("reverses"),
        *_text("note"),
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
        *_text("line_id", "statement_id"),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_settlement_statement_lines")),
    )
    op.create_index("ix_settlement_statement_lines_statement", "settlement_statement_lines", ["statement_id", "line_id"])
    op.create_table(
        "settlement_statements",
        *_text("id", "company"),
        *_whole("version"),
        *_sums("number"),
        *_text("party_kind", "party_id", "party_name", "since", "until", "state", "made_at", "made_by"),
        *_whole("line_count"),
        *_sums("gross", "fee", "net", "vat"),
        *_optional("sent_at", "silence_on", "answered_at"),
        *_text("answered_by", "remark"),
        *_optional("payment_order_id", "paid_at", "paid_entry_id"),
        *_whole("attempts"),
        *_text("note", "search"),
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
        *_text("id", "company", "statement_id", "at", "event", "state", "actor", "role", "note", "values"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_events")),
    )
    op.create_index("ix_settlement_events_statement", "settlement_events", ["statement_id", "id"])


def _payouts() -> None:
    op.create_table(
        "settlement_payouts",
        *_text("payment_order_id", "company", "statement_id", "party_kind", "party_id"),
        *_whole("attempt"),
        *_sums("amount"),
        *_whole("order_version"),
        *_text("made_at", "made_by"),
        *_optional("entry_id", "paid_at", "return_entry_id", "returned_at"),
        sa.CheckConstraint("amount > 0", name=op.f("ck_settlement_payouts_amount")),
        sa.PrimaryKeyConstraint("payment_order_id", name=op.f("pk_settlement_payouts")),
        sa.UniqueConstraint("statement_id", "attempt", name=op.f("uq_settlement_payouts_statement_id_attempt")),
    )
    op.create_index("ix_settlement_payouts_party", "settlement_payouts", ["company", "party_kind", "party_id"])


def _append_only(table: str, key: str) -> None:
    """Rows of `table` are never changed nor deleted, whoever asks."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        # INSERT OR REPLACE deletes without firing the trigger above.
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key}) "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_is_append_only()"
    )


def downgrade() -> None:
    for table in ("settlement_payouts", "settlement_statements", *_NEVER_CHANGED):
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        for table in _NEVER_CHANGED:
            op.execute(f"DROP FUNCTION {table}_is_append_only()")
