"""Notifications: templates, texts and receipts, consents

Revision: 0008
Follows: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.store.migrations.parts import (
    append_only,
    drop_append_only,
    int64,
    optional,
    partial_index,
    sums,
    text,
    whole,
)

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _notifications()
    append_only("notification_consents", ["id"])


def _notifications() -> None:
    op.create_table(
        "notification_templates",
        *text("id", "company", "shop", "event", "channel"),
        *whole("version"),
        *text("subject", "body"),
        *whole("active"),
        *text("made_at", "made_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_templates")),
        sa.UniqueConstraint(
            "company",
            "shop",
            "event",
            "channel",
            "version",
            name=op.f("uq_notification_templates_company_shop_event_channel_version"),
        ),
    )
    op.create_table(
        "notifications",
        *text("id", "company"),
        *whole("version"),
        *text("about", "shop", "event", "channel", "template"),
        *whole("template_version"),
        *text("address", "subject", "body"),
        *whole("segments"),
        *sums("price"),
        *text("state", "reason", "said", "gateway"),
        *whole("attempts"),
        *text("not_before", "not_after"),
        *optional("handed_at", "sent_at", "ended_at", "replaces"),
        *text("note"),
        sa.Column("number", int64(), nullable=False),
        sa.Column("offset_minutes", sa.Integer(), nullable=True),
        *text("unsubscribe", "fallback_address", "fallback_subject", "fallback_body"),
        *whole("fallback_version"),
        *text("made_at", "made_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint(
            "company",
            "about",
            "event",
            "channel",
            "template",
            name=op.f("uq_notifications_company_about_event_channel_template"),
        ),
    )
    op.create_index("ix_notifications_about", "notifications", ["about", "id"])
    op.create_index("ix_notifications_address", "notifications", ["company", "address"])
    partial_index("ix_notifications_due", "notifications", ["company", "channel", "not_before"], "state = 'queued'")
    partial_index(
        "ix_notifications_fallback", "notifications", ["company", "state", "handed_at"], "fallback_address <> ''"
    )
    op.create_index("ix_notifications_handed", "notifications", ["company", "channel", "handed_at"])
    partial_index("ix_notifications_kept", "notifications", ["company", "made_at"], "address <> ''")
    op.create_index("ix_notifications_made", "notifications", ["company", "made_at", "id"])
    op.create_index("ix_notifications_number", "notifications", ["company", "number"])
    op.create_index("ix_notifications_state", "notifications", ["company", "state", "made_at", "id"])
    op.create_table(
        "notification_parts",
        *text("notification_id"),
        *whole("part"),
        *text("company", "gateway", "outer_id", "state", "at"),
        sa.PrimaryKeyConstraint("notification_id", "part", name=op.f("pk_notification_parts")),
    )
    op.create_index("ix_notification_parts_outer", "notification_parts", ["company", "gateway", "outer_id"])
    op.create_table(
        "notification_receipts",
        *text("id", "company", "gateway", "outer_id", "word", "at"),
        *optional("notification_id"),
        *whole("taken"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_receipts")),
    )
    op.create_index("ix_notification_receipts_message", "notification_receipts", ["notification_id"])
    op.create_index("ix_notification_receipts_outer", "notification_receipts", ["company", "gateway", "outer_id"])
    op.create_table(
        "notification_consents",
        *text("id", "company", "address", "channel", "word", "source", "evidence", "at", "by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_consents")),
    )
    op.create_index(
        "ix_notification_consents_address", "notification_consents", ["company", "address", "channel", "id"]
    )


def downgrade() -> None:
    op.drop_table("notification_consents")
    op.drop_table("notification_receipts")
    op.drop_table("notification_parts")
    op.drop_table("notifications")
    op.drop_table("notification_templates")
    drop_append_only("notification_consents")
