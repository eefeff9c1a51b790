"""Notifications: templates, texts and receipts, consents

Revision: 0008
Follows: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


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
    _notifications()
    _append_only("notification_consents")


def _notifications() -> None:
    op.create_table(
        "notification_templates",
        *_text("id", "company", "shop", "event", "channel"),
        *_whole("version"),
        *_text("subject", "body"),
        *_whole("active"),
        *_text("made_at", "made_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_templates")),
        sa.UniqueConstraint("company", "shop", "event", "channel", "version", name=op.f("uq_notification_templates_company_shop_event_channel_version")),
    )
    op.create_table(
        "notifications",
        *_text("id", "company"),
        *_whole("version"),
        *_text("about", "shop", "event", "channel", "template"),
        *_whole("template_version"),
        *_text("address", "subject", "body"),
        *_whole("segments"),
        *_sums("price"),
        *_text("state", "reason", "gateway"),
        *_whole("attempts"),
        *_text("not_before", "not_after"),
        *_optional("handed_at", "sent_at", "ended_at", "replaces"),
        *_text("made_at", "made_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint("company", "about", "event", "channel", "template", name=op.f("uq_notifications_company_about_event_channel_template")),
    )
    op.create_index("ix_notifications_about", "notifications", ["about", "id"])
    op.create_index("ix_notifications_address", "notifications", ["company", "address"])
    op.create_index("ix_notifications_due", "notifications", ["company", "channel", "not_before"], sqlite_where=sa.text("state = 'queued'"), postgresql_where=sa.text("state = 'queued'"))
    op.create_index("ix_notifications_made", "notifications", ["company", "made_at", "id"])
    op.create_index("ix_notifications_state", "notifications", ["company", "state", "made_at", "id"])
    op.create_table(
        "notification_parts",
        *_text("notification_id"),
        *_whole("part"),
        *_text("company", "gateway", "outer_id", "state", "at"),
        sa.PrimaryKeyConstraint("notification_id", "part", name=op.f("pk_notification_parts")),
    )
    op.create_index("ix_notification_parts_outer", "notification_parts", ["company", "gateway", "outer_id"])
    op.create_table(
        "notification_receipts",
        *_text("id", "company", "gateway", "outer_id", "word", "at"),
        *_optional("notification_id"),
        *_whole("taken"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_receipts")),
    )
    op.create_index("ix_notification_receipts_message", "notification_receipts", ["notification_id"])
    op.create_index("ix_notification_receipts_outer", "notification_receipts", ["company", "gateway", "outer_id"])
    op.create_table(
        "notification_consents",
        *_text("id", "company", "address", "channel", "word", "source", "evidence", "at", "by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_consents")),
    )
    op.create_index("ix_notification_consents_address", "notification_consents", ["company", "address", "channel", "id"])


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
    op.drop_table("notification_consents")
    op.drop_table("notification_receipts")
    op.drop_table("notification_parts")
    op.drop_table("notifications")
    op.drop_table("notification_templates")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION notification_consents_is_append_only()")
