"""Parcels: histories, carriers, lists taken in, cash on delivery

Revision: 0009
Follows: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.store.migrations.parts import (
    append_only,
    binary,
    drop_append_only,
    int64,
    optional,
    partial_index,
    sums,
    text,
    whole,
)

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _parcels()
    _carriers()
    _intakes()
    _claims()
    _registry_lines_by_track()
    append_only("parcel_events", ["id"])


def _parcels() -> None:
    op.create_table(
        "parcels",
        *text("id", "company"),
        *whole("version"),
        *text("carrier", "track", "source", "shop"),
        *optional("order_id"),
        *text("order_no"),
        *optional("invoice_id"),
        *text("name", "phone", "email"),
        *sums("order_sum", "declared", "cod", "postage"),
        *text("index_to", "region", "address"),
        *whole("mail_type"),
        *text("stage", "stage_since", "moved_at"),
        *whole("back"),
        *optional("accepted_at", "arrived_at", "delivered_at", "returned_at"),
        *text("office_index", "office_name"),
        sa.Column("offset_minutes", sa.Integer(), nullable=True),
        *optional("keep_until"),
        *text("last_code"),
        *whole("known"),
        *text("watch"),
        *optional("ended_at"),
        *text("ended_how", "ended_by", "ask_at"),
        *optional("asked_at", "answered_at", "money_asked_at"),
        *whole("failures"),
        *text("history_hash"),
        *whole("no_messages", "control", "reminders"),
        *optional("remind_at", "guess_since"),
        *text("guess_share", "guess_basis", "cod_state"),
        *optional("cod_collected_at", "cod_arrived_at", "cod_payment_id", "cod_due"),
        sa.Column("cod_received", int64(), server_default=sa.text("0"), nullable=False),
        *text("search", "made_at", "made_by"),
        *optional("purged_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcels")),
        sa.UniqueConstraint("company", "carrier", "track", name=op.f("uq_parcels_company_carrier_track")),
    )
    op.create_index("ix_parcels_accepted", "parcels", ["company", "accepted_at"])
    partial_index("ix_parcels_ask", "parcels", ["company", "carrier", "ask_at"], "watch = 'active'")
    partial_index("ix_parcels_cod", "parcels", ["company", "cod_state", "cod_due"], "cod_state <> 'none'")
    op.create_index("ix_parcels_cod_sum", "parcels", ["company", "cod", "id"])
    op.create_index("ix_parcels_ended", "parcels", ["company", "ended_at"])
    partial_index("ix_parcels_invoice", "parcels", ["invoice_id"], "invoice_id IS NOT NULL")
    op.create_index(
        "ix_parcels_list",
        "parcels",
        [
            "company",
            "watch",
            "stage",
            "back",
            "cod_state",
            "cod_due",
            "moved_at",
            "keep_until",
            "carrier",
            "shop",
            "made_at",
            "cod",
            "track",
            "id",
        ],
    )
    op.create_index(
        "ix_parcels_made",
        "parcels",
        [
            "company",
            "made_at",
            "id",
            "watch",
            "stage",
            "back",
            "cod_state",
            "cod_due",
            "carrier",
            "shop",
        ],
    )
    op.create_index("ix_parcels_moved", "parcels", ["company", "moved_at", "id"])
    op.create_index("ix_parcels_order", "parcels", ["company", "order_no"])
    op.create_index("ix_parcels_phone", "parcels", ["company", "phone"])
    partial_index("ix_parcels_remind", "parcels", ["company", "remind_at"], "remind_at IS NOT NULL")
    op.create_index(
        "ix_parcels_search",
        "parcels",
        [
            "company",
            "search",
            "watch",
            "stage",
            "back",
            "cod_state",
            "cod_due",
            "moved_at",
            "keep_until",
            "carrier",
            "shop",
            "made_at",
            "cod",
            "track",
            "id",
        ],
    )
    op.create_index(
        "ix_parcels_stage",
        "parcels",
        ["company", "stage", "moved_at", "watch", "keep_until", "carrier", "shop", "made_at", "id"],
    )
    op.create_index("ix_parcels_track", "parcels", ["company", "track", "id"])
    partial_index("ix_parcels_watched", "parcels", ["company", "moved_at"], "watch = 'active'")
    op.create_table(
        "parcel_old_tracks",
        *text("company", "carrier", "track", "parcel_id", "until"),
        sa.PrimaryKeyConstraint("company", "carrier", "track", name=op.f("pk_parcel_old_tracks")),
    )
    op.create_index("ix_parcel_old_tracks_parcel", "parcel_old_tracks", ["parcel_id"])
    op.create_table(
        "parcel_feeds",
        *text("id", "company", "name", "shop", "key_hash", "made_at", "made_by"),
        *optional("revoked_at", "revoked_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel_feeds")),
    )
    op.create_index("uq_parcel_feeds_key", "parcel_feeds", ["key_hash"], unique=True)
    op.create_table(
        "parcel_operations",
        *text("id", "company", "parcel_id", "key", "at"),
        sa.Column("offset_minutes", sa.Integer(), nullable=True),
        *whole("place"),
        *text("code", "text", "effect", "office_index", "office", "country"),
        *whole("mass"),
        *sums("cod", "declared"),
        *whole("mail_type"),
        *text("index_to"),
        sa.Column("keep_until", sa.Text(), nullable=True),
        *text("seen_at", "reply_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel_operations")),
        sa.UniqueConstraint("parcel_id", "key", name=op.f("uq_parcel_operations_parcel_id_key")),
    )
    op.create_index("ix_parcel_operations_at", "parcel_operations", ["company", "at"])
    op.create_table(
        "parcel_money_events",
        *text("id", "company", "parcel_id", "key", "at", "kind", "text"),
        *sums("amount"),
        *whole("collected"),
        *text("seen_at", "reply_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel_money_events")),
        sa.UniqueConstraint("parcel_id", "key", name=op.f("uq_parcel_money_events_parcel_id_key")),
    )
    op.create_table(
        "parcel_events",
        *text("id", "company", "parcel_id", "at", "by", "kind", "details"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel_events")),
    )
    op.create_index("ix_parcel_events_parcel", "parcel_events", ["parcel_id", "id"])


def _carriers() -> None:
    op.create_table(
        "carrier_replies",
        *text("id", "company", "carrier", "call_name", "at", "about", "error"),
        *binary("body"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_replies")),
    )
    op.create_index("ix_carrier_replies_at", "carrier_replies", ["company", "at"])
    op.create_table(
        "carrier_tickets",
        *text("id", "company", "carrier", "ticket", "state", "tracks", "made_at", "ask_at"),
        *whole("asked"),
        *text("until", "error"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_tickets")),
    )
    partial_index(
        "ix_carrier_tickets_open", "carrier_tickets", ["company", "carrier", "ask_at"], "state IN ('asking', 'waiting')"
    )
    op.create_table(
        "carrier_quotas",
        *text("company", "carrier", "call_name", "day"),
        *whole("used"),
        sa.PrimaryKeyConstraint("company", "carrier", "call_name", "day", name=op.f("pk_carrier_quotas")),
    )


def _intakes() -> None:
    op.create_table(
        "parcel_intakes",
        *text("id", "company", "name", "content_hash", "state", "shop", "mapping"),
        *whole("row_count", "taken", "known", "changed", "warned", "refused"),
        *text("made_at", "made_by"),
        *optional("ended_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel_intakes")),
    )
    op.create_index("ix_parcel_intakes_made", "parcel_intakes", ["company", "made_at"])
    op.create_table(
        "parcel_intake_rows",
        *text("intake_id"),
        *whole("row_number"),
        *text("outcome", "code", "details"),
        *optional("parcel_id"),
        sa.PrimaryKeyConstraint("intake_id", "row_number", name=op.f("pk_parcel_intake_rows")),
    )
    op.create_table(
        "parcel_mappings",
        *text("company", "heads_hash", "mapping", "made_at", "made_by"),
        sa.PrimaryKeyConstraint("company", "heads_hash", name=op.f("pk_parcel_mappings")),
    )
    op.create_table(
        "parcel_links",
        *text("token_hash", "company", "parcel_id", "made_at", "until"),
        *optional("revoked_at"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_parcel_links")),
    )
    op.create_index("ix_parcel_links_parcel", "parcel_links", ["parcel_id"])
    op.create_table(
        "parcel_guess_basis",
        *text("company", "scope", "route", "made_at"),
        *whole("count"),
        *text("hours"),
        *whole("forgotten"),
        sa.PrimaryKeyConstraint("company", "scope", "route", name=op.f("pk_parcel_guess_basis")),
    )


def _registry_lines_by_track() -> None:
    partial_index("ix_payout_registry_lines_track", "payout_registry_lines", ["key"], "kind = 'track'")


def _claims() -> None:
    op.create_table(
        "parcel_claims",
        *text("id", "company"),
        *sums("number"),
        *text("carrier", "date"),
        *sums("amount"),
        *whole("count"),
        *text("text", "made_at", "made_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel_claims")),
        sa.UniqueConstraint("company", "number", name=op.f("uq_parcel_claims_company_number")),
    )
    op.create_table(
        "parcel_claim_lines",
        *text("claim_id", "parcel_id", "track", "delivered_on"),
        *sums("amount"),
        sa.PrimaryKeyConstraint("claim_id", "parcel_id", name=op.f("pk_parcel_claim_lines")),
    )
    op.create_index("ix_parcel_claim_lines_parcel", "parcel_claim_lines", ["parcel_id"])


def downgrade() -> None:
    op.drop_index("ix_payout_registry_lines_track", "payout_registry_lines")
    op.drop_table("parcel_claim_lines")
    op.drop_table("parcel_claims")
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
    op.drop_table("parcel_feeds")
    op.drop_table("parcel_old_tracks")
    op.drop_table("parcels")
    drop_append_only("parcel_events")
