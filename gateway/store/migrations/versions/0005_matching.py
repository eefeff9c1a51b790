"""Matching: payout registries, what people taught the matcher, trials; loan and track numbers of invoices

Revision: 0005
Follows: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_NUMBERS = ("loan", "track")  # of invoices, each with the key it is compared by


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
    _registries()
    op.create_table(
        "payer_rules",
        *_text("id", "company"),
        *_whole("version"),
        *_text("payer_inn", "payer_account", "payer_name", "party", "buyer_name", "since", "made_at", "made_by"),
        *_text("payment_id", "note"),
        *_optional("revoked_at", "revoked_by"),
        *_text("search"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payer_rules")),
    )
    in_force = sa.text("revoked_at IS NULL")
    op.create_index(
        "uq_payer_rules_live",
        "payer_rules",
        ["company", "payer_inn", "payer_account", "party"],
        unique=True,
        sqlite_where=in_force,
        postgresql_where=in_force,
    )
    op.create_index("ix_payer_rules_inn", "payer_rules", ["company", "payer_inn"])
    op.create_index("ix_payer_rules_account", "payer_rules", ["company", "payer_account"])
    op.create_table(
        "trials",
        *_text("id", "company", "at", "by", "source", "summary"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trials")),
    )
    op.create_index("ix_trials_at", "trials", ["company", "at"])
    op.add_column("decisions", sa.Column("registry_id", sa.Text(), nullable=True))
    op.add_column("decisions", sa.Column("fee", _kopecks(), nullable=False, server_default="0"))
    for kind, number in zip(_NUMBERS, ("loan_no", "track"), strict=True):
        for column in (number, f"{kind}_key"):
            op.add_column("invoices", sa.Column(column, sa.Text(), nullable=False, server_default=sa.text("''")))
        given = sa.text(f"{kind}_key <> ''")
        op.create_index(
            f"ix_invoices_{kind}", "invoices", ["company", f"{kind}_key"], sqlite_where=given, postgresql_where=given
        )


def _registries() -> None:
    op.create_table(
        "payout_registries",
        *_text("id", "company"),
        *_whole("version"),
        *_text("source", "partner_inn", "number", "number_key", "date"),
        *_sums("gross", "fee", "net", "lines_total"),
        *_whole("line_count", "bad_rows"),
        *_text("problems", "state"),
        *_optional("payment_id"),
        *_text("file_name", "sha256", "mapping_id"),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        *_text("received_at", "received_by", "note", "search"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_registries")),
    )
    living = sa.text("state <> 'withdrawn'")
    op.create_index(
        "uq_payout_registries_file",
        "payout_registries",
        ["company", "partner_inn", "sha256", "number_key"],
        unique=True,
        sqlite_where=living,
        postgresql_where=living,
    )
    op.create_index("ix_payout_registries_number", "payout_registries", ["company", "source", "number_key", "state"])
    op.create_index("ix_payout_registries_net", "payout_registries", ["company", "partner_inn", "net"])
    op.create_index("ix_payout_registries_date", "payout_registries", ["company", "date", "id"])
    op.create_index("ix_payout_registries_payment", "payout_registries", ["payment_id"])
    op.create_table(
        "payout_registry_lines",
        *_text("registry_id"),
        *_whole("position", "row"),
        *_text("kind", "key"),
        *_sums("amount", "fee"),
        sa.PrimaryKeyConstraint("registry_id", "position", name=op.f("pk_payout_registry_lines")),
    )
    op.create_table(
        "registry_mappings",
        *_text("id", "company", "partner_inn", "mapping", "at", "by"),
        *_optional("ended_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_mappings")),
    )
    in_force = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_registry_mappings_live",
        "registry_mappings",
        ["company", "partner_inn"],
        unique=True,
        sqlite_where=in_force,
        postgresql_where=in_force,
    )


def downgrade() -> None:
    for kind, number in zip(_NUMBERS, ("loan_no", "track"), strict=True):
        op.drop_index(f"ix_invoices_{kind}", "invoices")
        op.drop_column("invoices", f"{kind}_key")
        op.drop_column("invoices", number)
    op.drop_column("decisions", "registry_id")
    op.drop_column("decisions", "fee")
    for table in ("trials", "payer_rules", "registry_mappings", "payout_registry_lines", "payout_registries"):
        op.drop_table(table)
