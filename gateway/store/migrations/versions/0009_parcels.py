"""Parcels: histories, carriers, lists taken in, cash on delivery

Revision: 0009
Follows: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _optional(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=True) for name in names]


def _bytes(*names: str) -> list[sa.Column[bytes]]:
    return [sa.Column(name, sa.LargeBinary(), nullable=False) for name in names]


def _kopecks() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _sums(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, _kopecks(), nullable=False) for name in names]


def _whole(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def upgrade() -> None:
    _parcels()
    _carriers()
    _intakes()
    _append_only("parcel_events")


def _parcels() -> None:
    op.create_table(
        "parcels",
        *_text("id", "company"),
        *_whole("version"),
        *_text("carrier", "track", "source", "shop"),
        *_optional("order_id"),
        *_text("order_no"),
        *_optional("invoice_id"),
        *_text("name", "phone", "email"),
        *_sums("order_sum", "declared", "cod", "postage"),
        *_text("index_to", "region", "address"),
        *_whole("mail_type"),
        *_text("stage", "stage_since", "moved_at"),
        *_whole("back"),
        *_optional("accepted_at", "arrived_at", "delivered_at", "returned_at"),
        *_text("office_index", "office_name"),
        sa.Column("offset_minutes", sa.Integer(), nullable=True),
        *_optional("keep_until"),
        *_text("last_code"),
        *_whole("known"),
        *_text("watch"),
        *_optional("ended_at"),
        *_text("ended_how", "ended_by", "ask_at"),
        *_optional("asked_at", "answered_at"),
        *_whole("failures", "no_messages", "control", "reminders"),
        *_optional("remind_at", "guess_since"),
        *_text("guess_share", "guess_basis", "cod_state"),
        *_optional("cod_collected_at", "cod_arrived_at", "cod_payment_id", "cod_due"),
        *_text("search", "made_at", "made_by"),
        *_optional("purged_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcels")),
        sa.UniqueConstraint("company", "carrier", "track", name=op.f("uq_parcels_company_carrier_track")),
    )
    op.create_index("ix_parcels_accepted", "parcels", ["company", "accepted_at"])
    op.create_index("ix_parcels_ask", "parcels", ["company", "carrier", "ask_at"], sqlite_where=sa.text("watch = 'active'"), postgresql_where=sa.text("watch = 'active'"))
    op.create_index("ix_parcels_cod", "parcels", ["company", "cod_state", "cod_due"], sqlite_where=sa.text("cod_state <> 'none'"), postgresql_where=sa.text("cod_state <> 'none'"))
    op.create_index("ix_parcels_ended", "parcels", ["company", "ended_at"])
    op.create_index("ix_parcels_made", "parcels", ["company", "made_at", "id"])
    op.create_index("ix_parcels_moved", "parcels", ["company", "moved_at", "id"])
    op.create_index("ix_parcels_order", "parcels", ["company", "order_no"])
    op.create_index("ix_parcels_phone", "parcels", ["company", "phone"])
    op.create_index("ix_parcels_remind", "parcels", ["company", "remind_at"], sqlite_where=sa.text("remind_at IS NOT NULL"), postgresql_where=sa.text("remind_at IS NOT NULL"))
    op.create_index("ix_parcels_stage", "parcels", ["company", "stage", "moved_at", "id"])
    op.create_index("ix_parcels_watched", "parcels", ["company", "moved_at"], sqlite_where=sa.text("watch = 'active'"), postgresql_where=sa.text("watch = 'active'"))
    op.create_table(
        "parcel_operations",
        *_text("id", "company", "parcel_id", "key", "at"),
        sa.Column("offset_minutes", sa.Integer(), nullable=True),
        *_whole("place"),
        *_text("code", "text", "effect", "office_index", "office", "country"),
        *_whole("mass"),
        *_sums("cod", "declared"),
        *_whole("mail_type"),
        *_text("index_to"),
        sa.Column("keep_until", sa.Text(), nullable=True),
        *_text("seen_at", "reply_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel_operations")),
        sa.UniqueConstraint("parcel_id", "key", name=op.f("uq_parcel_operations_parcel_id_key")),
    )
    op.create_index("ix_parcel_operations_at", "parcel_operations", ["company", "at"])
    op.create_table(
        "parcel_money_events",
        *_text("id", "company", "parcel_id", "key", "at", "kind", "text"),
        *_sums("amount"),
        *_text("seen_at", "reply_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel_money_events")),
        sa.UniqueConstraint("parcel_id", "key", name=op.f("uq_parcel_money_events_parcel_id_key")),
    )
    op.create_table(
        "parcel_events",
        *_text("id", "company", "parcel_id", "at", "by", "kind", "details"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel_events")),
    )
    op.create_index("ix_parcel_events_parcel", "parcel_events", ["parcel_id", "id"])


def _carriers() -> None:
    op.create_table(
        "carrier_replies",
        *_text("id", "company", "carrier", "call_name", "at", "about", "error"),
        *_bytes("body"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_replies")),
    )
    op.create_index("ix_carrier_replies_at", "carrier_replies", ["company", "at"])
    op.create_table(
        "carrier_tickets",
        *_text("id", "company", "carrier", "ticket", "state", "tracks", "made_at", "ask_at"),
        *_whole("asked"),
        *_text("until", "error"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_tickets")),
    )
    op.create_index("ix_carrier_tickets_open", "carrier_tickets", ["company", "carrier", "ask_at"], sqlite_where=sa.text("state IN ('asking', 'waiting')"), postgresql_where=sa.text("state IN ('asking', 'waiting')"))
    op.create_table(
        "carrier_quotas",
        *_text("company", "carrier", "call_name", "day"),
        *_whole("used"),
        sa.PrimaryKeyConstraint("company", "carrier", "call_name", "day", name=op.f("pk_carrier_quotas")),
    )


def _intakes() -> None:
    op.create_table(
        "parcel_intakes",
        *_text("id", "company", "name", "content_hash", "state", "mapping"),
        *_whole("row_count", "taken", "known", "warned", "refused"),
        *_text("made_at", "made_by"),
        *_optional("ended_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel_intakes")),
    )
    op.create_index("ix_parcel_intakes_made", "parcel_intakes", ["company", "made_at"])
    op.create_table(
        "parcel_intake_rows",
        *_text("intake_id"),
        *_whole("row_number"),
        *_text("outcome", "code", "details"),
        *_optional("parcel_id"),
        sa.PrimaryKeyConstraint("intake_id", "row_number", name=op.f("pk_parcel_intake_rows")),
    )
    op.create_table(
        "parcel_mappings",
        *_text("company", "heads_hash", "mapping", "made_at", "made_by"),
        sa.PrimaryKeyConstraint("company", "heads_hash", name=op.f("pk_parcel_mappings")),
    )
    op.create_table(
        "parcel_links",
        *_text("token_hash", "company", "parcel_id", "made_at", "until"),
        *_optional("revoked_at"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_parcel_links")),
    )
    op.create_index("ix_parcel_links_parcel", "parcel_links", ["parcel_id"])
    op.create_table(
        "parcel_guess_basis",
        *_text("company", "scope", "route", "made_at"),
        *_whole("count"),
        *_text("hours"),
        *_whole("forgotten"),
        sa.PrimaryKeyConstraint("company", "scope", "route", name=op.f("pk_parcel_guess_basis")),
    )


def _append_only(table: str) -> None:
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
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id) "
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
    op.drop_table("parcel_guess_basis")
    op.drop_table("parcel_links")
    op.drop_table("parcel_mappings")
    op.drop_table("parcel_intake_rows")
    op.drop_table("parcel_intakes")
    op.drop_table("carrier_quotas")
    op.drop_table("carrier_tickets")
    op.drop_table("carrier_replies")
    op.drop_table("parcel_events")
    op.drop_table("parcel_money_events")
    op.drop_table("parcel_operations")
    op.drop_table("parcels")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION parcel_events_is_append_only()")
