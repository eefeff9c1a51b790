"""Rows of the notify room: templates, notifications, and who may be written to."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text, UniqueConstraint, text

from gateway.store.schema import Int64, metadata

# Own texts, by event and channel; versions are kept: a message names the one it was made of.
templates = Table(
    "notification_templates",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("shop", Text, nullable=False),  # "" for all without their own
    Column("event", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("version", Integer, nullable=False),  # from 1; the highest is in force
    Column("subject", Text, nullable=False),  # of a letter
    Column("body", Text, nullable=False),
    Column("active", Integer, nullable=False),  # 0: nothing is sent at this event by this channel
    Column("made_at", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    UniqueConstraint("company", "shop", "event", "channel", "version"),
)

notifications = Table(
    "notifications",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("about", Text, nullable=False),  # "parcel:<id>"
    Column("shop", Text, nullable=False),
    Column("event", Text, nullable=False),  # "ready.1": the first arrival; "reminder.1.2": its second reminder
    Column("channel", Text, nullable=False),
    Column("template", Text, nullable=False),  # of the event: "ready"
    Column("template_version", Integer, nullable=False),  # 0: the text that comes with Kvit
    Column("address", Text, nullable=False),  # phone or e-mail; "" after the retention period
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("segments", Integer, nullable=False),
    Column("price", Int64, nullable=False),  # kopecks, reckoned
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),  # code: why it waits, failed, was withdrawn or is not known
    Column("said", Text, nullable=False),  # the gateway's own words to it, shortened
    Column("gateway", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before", Text, nullable=False),
    Column("not_after", Text, nullable=False),  # later it has lost its sense
    Column("handed_at", Text),
    Column("sent_at", Text),
    Column("ended_at", Text),
    Column("replaces", Text),  # the SMS this letter stands in for, or the message a person had sent again
    Column("note", Text, nullable=False),  # why he had it sent again
    Column("number", Int64, nullable=False),  # ours at the gateway, from 1
    Column("offset_minutes", Integer),  # of the recipient's clock from UTC; NULL where it is not known
    Column("unsubscribe", Text, nullable=False),  # link
    # The letter that follows an SMS which does not get there; "" without one.
    Column("fallback_address", Text, nullable=False),
    Column("fallback_subject", Text, nullable=False),
    Column("fallback_body", Text, nullable=False),
    Column("fallback_version", Integer, nullable=False),
    Column("made_at", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    UniqueConstraint("company", "about", "event", "channel", "template"),
    Index("ix_notifications_about", "about", "id"),
    Index("ix_notifications_made", "company", "made_at", "id"),
    Index("ix_notifications_state", "company", "state", "made_at", "id"),
    Index("ix_notifications_address", "company", "address"),
    Index("ix_notifications_handed", "company", "channel", "handed_at"),
    Index("ix_notifications_number", "company", "number"),
    Index(
        "ix_notifications_due",
        "company",
        "channel",
        "not_before",
        sqlite_where=text("state = 'queued'"),
        postgresql_where=text("state = 'queued'"),
    ),
    Index(
        "ix_notifications_fallback",
        "company",
        "state",
        "handed_at",
        sqlite_where=text("fallback_address <> ''"),
        postgresql_where=text("fallback_address <> ''"),
    ),
    Index(
        "ix_notifications_kept",
        "company",
        "made_at",
        sqlite_where=text("address <> ''"),
        postgresql_where=text("address <> ''"),
    ),
)

# What the gateway calls each part of a message; receipts name these.
parts = Table(
    "notification_parts",
    metadata,
    Column("notification_id", Text, primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("company", Text, nullable=False),
    Column("gateway", Text, nullable=False),
    Column("outer_id", Text, nullable=False),  # in one spelling, see `outer_ids`
    Column("state", Text, nullable=False),  # sent | delivered | failed | expired
    Column("at", Text, nullable=False),
    Index("ix_notification_parts_outer", "company", "gateway", "outer_id"),
)

# What gateways told us, as it came; also what fits no message of ours.
receipts = Table(
    "notification_receipts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("gateway", Text, nullable=False),
    Column("outer_id", Text, nullable=False),
    Column("word", Text, nullable=False),  # DELIVRD, 103, …
    Column("at", Text, nullable=False),
    Column("notification_id", Text),
    Column("taken", Integer, nullable=False),  # 1: it changed something
    Index("ix_notification_receipts_outer", "company", "gateway", "outer_id"),
    Index("ix_notification_receipts_message", "notification_id"),
)

# Who may be written to: the last word of an address on a channel counts. Never deleted: the burden of proof is ours.
consents = Table(
    "notification_consents",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("word", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("evidence", Text, nullable=False),  # what was said, or where: "message:<id>", "parcel:<id>"
    Column("at", Text, nullable=False),
    Column("by", Text, nullable=False),
    Index("ix_notification_consents_address", "company", "address", "channel", "id"),
)
