"""Rows of the parcels room.

Names and phones here are those of the trade (as on an order), shown to our own people; they are cleared after the
retention period, together with the carriers' raw replies. The persons a carrier names in its replies are never read.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Text, UniqueConstraint, text

from gateway.store.schema import Int64, metadata

_WATCHED = text("watch = 'active'")

parcels = Table(
    "parcels",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("carrier", Text, nullable=False),
    Column("track", Text, nullable=False),  # as the carrier writes it: capitals, no spaces
    Column("source", Text, nullable=False),
    Column("shop", Text, nullable=False),  # whose goods: "" ours, else the shop's or agent's key
    Column("order_id", Text),
    Column("order_no", Text, nullable=False),
    Column("invoice_id", Text),  # what its cash on delivery is allocated to
    Column("name", Text, nullable=False),
    Column("phone", Text, nullable=False),  # +7…, "" for none
    Column("email", Text, nullable=False),
    Column("order_sum", Int64, nullable=False),  # kopecks
    Column("declared", Int64, nullable=False),
    Column("cod", Int64, nullable=False),  # to be collected from the buyer; 0 for none
    Column("postage", Int64, nullable=False),  # what sending it costs us
    Column("index_to", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("mail_type", Integer, nullable=False),  # the Post's MailType; 0 unknown
    # what the history says; reckoned by `history.standing`
    Column("stage", Text, nullable=False),
    Column("stage_since", Text, nullable=False),
    Column("moved_at", Text, nullable=False),  # the last operation; when it was entered, before the first
    Column("back", Integer, nullable=False),  # 1: on its way back to the sender
    Column("accepted_at", Text),
    Column("arrived_at", Text),  # of the present office
    Column("delivered_at", Text),
    Column("returned_at", Text),
    Column("office_index", Text, nullable=False),
    Column("office_name", Text, nullable=False),
    Column("offset_minutes", Integer),  # of the arrival office's clock from UTC; NULL unknown
    Column("keep_until", Text),  # date: the last day it is kept for the buyer
    Column("last_code", Text, nullable=False),  # "8:2"
    Column("known", Integer, nullable=False),  # 1: the carrier has said anything of it
    # asking the carrier
    Column("watch", Text, nullable=False),
    Column("ended_at", Text),
    Column("ended_how", Text, nullable=False),
    Column("ended_by", Text, nullable=False),
    Column("ask_at", Text, nullable=False),  # when it is to be asked about next
    Column("asked_at", Text),
    Column("answered_at", Text),
    Column("money_asked_at", Text),  # about its cash on delivery, where that is a call of its own
    Column("failures", Integer, nullable=False),
    Column("history_hash", Text, nullable=False),  # of what the carrier said last; "" to read it anew
    # messages
    Column("no_messages", Integer, nullable=False),  # 1: somebody said so
    Column("control", Integer, nullable=False),  # 1: of the control group, whose buyers get no reminders
    Column("reminders", Integer, nullable=False),  # sent so far for the present arrival
    Column("remind_at", Text),
    # guess
    Column("guess_since", Text),  # from when it may already be waiting
    Column("guess_share", Text, nullable=False),  # of parcels like it: "0.93"
    Column("guess_basis", Text, nullable=False),  # "route:101000-443063 n=42"
    # cash on delivery
    Column("cod_state", Text, nullable=False),
    Column("cod_collected_at", Text),
    Column("cod_arrived_at", Text),
    Column("cod_payment_id", Text),
    Column("cod_due", Text),  # date
    Column("cod_received", Int64, nullable=False, server_default=text("0")),  # in the bank's statements now
    Column("search", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("purged_at", Text),
    UniqueConstraint("company", "carrier", "track"),
    # Holds every column it is asked by whether something is stuck.
    Index(
        "ix_parcels_stage",
        "company",
        "stage",
        "moved_at",
        "watch",
        "keep_until",
        "carrier",
        "shop",
        "made_at",
        "id",
    ),
    Index("ix_parcels_moved", "company", "moved_at", "id"),
    Index("ix_parcels_order", "company", "order_no"),
    Index("ix_parcels_phone", "company", "phone"),
    Index("ix_parcels_ask", "company", "carrier", "ask_at", sqlite_where=_WATCHED, postgresql_where=_WATCHED),
    Index("ix_parcels_watched", "company", "moved_at", sqlite_where=_WATCHED, postgresql_where=_WATCHED),
    Index(
        "ix_parcels_remind",
        "company",
        "remind_at",
        sqlite_where=text("remind_at IS NOT NULL"),
        postgresql_where=text("remind_at IS NOT NULL"),
    ),
    Index(
        "ix_parcels_cod",
        "company",
        "cod_state",
        "cod_due",
        sqlite_where=text("cod_state <> 'none'"),
        postgresql_where=text("cod_state <> 'none'"),
    ),
    Index(
        "ix_parcels_invoice",
        "invoice_id",
        sqlite_where=text("invoice_id IS NOT NULL"),
        postgresql_where=text("invoice_id IS NOT NULL"),
    ),
    Index("ix_parcels_ended", "company", "ended_at"),
    # What lists are filtered, counted, searched and sorted by, beside the rows, which are wide: grouped for the counts,
    # by the text a word is looked for in, and in the order the list has of itself.
    Index(
        "ix_parcels_list",
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
    ),
    Index(
        "ix_parcels_search",
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
    ),
    Index(
        "ix_parcels_made",
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
    ),
    Index("ix_parcels_cod_sum", "company", "cod", "id"),
    Index("ix_parcels_track", "company", "track", "id"),
    Index("ix_parcels_accepted", "company", "accepted_at"),
)

# Numbers parcels had before they were registered anew.
old_tracks = Table(
    "parcel_old_tracks",
    metadata,
    Column("company", Text, primary_key=True),
    Column("carrier", Text, primary_key=True),
    Column("track", Text, primary_key=True),
    Column("parcel_id", Text, nullable=False),
    Column("until", Text, nullable=False),
    Index("ix_parcel_old_tracks_parcel", "parcel_id"),
)

# Programs that tell of parcels, by their keys; only hashes of these are kept.
feeds = Table(
    "parcel_feeds",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("shop", Text, nullable=False),  # whose parcels it tells of: "" ours
    Column("key_hash", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("revoked_at", Text),
    Column("revoked_by", Text),
    Index("uq_parcel_feeds_key", "key_hash", unique=True),
)

# What a carrier says happened. The same record read again is the same row.
operations = Table(
    "parcel_operations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("parcel_id", Text, nullable=False),
    Column("key", Text, nullable=False),  # of the record: time, code, place and its number among equals
    Column("at", Text, nullable=False),
    Column("offset_minutes", Integer),  # of the office's clock; NULL where the carrier does not say
    Column("place", Integer, nullable=False),  # in the carrier's own order, from 1
    Column("code", Text, nullable=False),  # "8:2", or CDEK's word
    Column("text", Text, nullable=False),  # the carrier's own words
    Column("effect", Text, nullable=False),
    Column("office_index", Text, nullable=False),
    Column("office", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("mass", Integer, nullable=False),  # grams
    Column("cod", Int64, nullable=False),
    Column("declared", Int64, nullable=False),
    Column("mail_type", Integer, nullable=False),
    Column("index_to", Text, nullable=False),
    Column("keep_until", Text),  # date, where the carrier says it
    Column("seen_at", Text, nullable=False),
    Column("reply_id", Text, nullable=False),
    UniqueConstraint("parcel_id", "key"),
    Index("ix_parcel_operations_at", "company", "at"),
)

# The money's own records (PostalOrderEventsForMail; CDEK's registry). No proof of money: a reason to expect it.
money_events = Table(
    "parcel_money_events",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("parcel_id", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("kind", Text, nullable=False),  # the carrier's EventType
    Column("text", Text, nullable=False),
    Column("amount", Int64, nullable=False),
    Column("collected", Integer, nullable=False),  # 1: the buyer has paid
    Column("seen_at", Text, nullable=False),
    Column("reply_id", Text, nullable=False),
    UniqueConstraint("parcel_id", "key"),
)

# A parcel's own story, for the card.
events = Table(
    "parcel_events",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("parcel_id", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("details", Text, nullable=False),  # JSON
    Index("ix_parcel_events_parcel", "parcel_id", "id"),
)

# What carriers answered, as it came.
replies = Table(
    "carrier_replies",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("carrier", Text, nullable=False),
    Column("call_name", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("about", Text, nullable=False),  # the track, or the ticket
    Column("error", Text, nullable=False),  # code of what was wrong with it; "" for nothing
    Column("body", LargeBinary, nullable=False),  # zlib; empty after the retention period
    Index("ix_carrier_replies_at", "company", "at"),
)

# Batches asked for and not yet answered.
tickets = Table(
    "carrier_tickets",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("carrier", Text, nullable=False),
    Column("ticket", Text, nullable=False),  # the carrier's own id; "" while the call is on its way
    Column("state", Text, nullable=False),  # asking | waiting | done | failed | unknown
    Column("tracks", Text, nullable=False),  # JSON
    Column("made_at", Text, nullable=False),
    Column("ask_at", Text, nullable=False),
    Column("asked", Integer, nullable=False),
    Column("until", Text, nullable=False),  # the carrier keeps the answer so long
    Column("error", Text, nullable=False),
    Index(
        "ix_carrier_tickets_open",
        "company",
        "carrier",
        "ask_at",
        sqlite_where=text("state IN ('asking', 'waiting')"),
        postgresql_where=text("state IN ('asking', 'waiting')"),
    ),
)

# Calls spent per day of the carrier's zone.
quotas = Table(
    "carrier_quotas",
    metadata,
    Column("company", Text, primary_key=True),
    Column("carrier", Text, primary_key=True),
    Column("call_name", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    Column("used", Integer, nullable=False),
)

# Lists taken in, with what became of each row.
intakes = Table(
    "parcel_intakes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("state", Text, nullable=False),  # reading | done | stopped
    Column("shop", Text, nullable=False),  # whose goods its rows are, where they do not say
    Column("mapping", Text, nullable=False),  # JSON: field → column
    Column("row_count", Integer, nullable=False),
    Column("taken", Integer, nullable=False),
    Column("known", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("warned", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("made_at", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("ended_at", Text),
    Index("ix_parcel_intakes_made", "company", "made_at"),
)

intake_rows = Table(
    "parcel_intake_rows",
    metadata,
    Column("intake_id", Text, primary_key=True),
    Column("row_number", Integer, primary_key=True),
    Column("outcome", Text, nullable=False),  # taken | known | changed | warned | refused
    Column("code", Text, nullable=False),  # of the message; "" for nothing to say
    Column("details", Text, nullable=False),  # JSON, of the message
    Column("parcel_id", Text),
)

# Which column is what, by the heads of the file.
mappings = Table(
    "parcel_mappings",
    metadata,
    Column("company", Text, primary_key=True),
    Column("heads_hash", Text, primary_key=True),
    Column("mapping", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    Column("made_by", Text, nullable=False),
)

# The buyer's own page, without a login. Only hashes of tokens are kept.
links = Table(
    "parcel_links",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("parcel_id", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    Column("until", Text, nullable=False),
    Column("revoked_at", Text),
    Index("ix_parcel_links_parcel", "parcel_id"),
)

# How long parcels took, by route: what a forgotten arrival is guessed from. Made anew by the nightly run.
guess_basis = Table(
    "parcel_guess_basis",
    metadata,
    Column("company", Text, primary_key=True),
    Column("scope", Text, primary_key=True),  # route | region | all
    Column("route", Text, primary_key=True),
    Column("made_at", Text, nullable=False),
    Column("count", Integer, nullable=False),
    Column("hours", Text, nullable=False),  # JSON: quantiles of hours, 0…100 %
    Column("forgotten", Integer, nullable=False),  # delivered without an arrival
)

# Carriers asked in writing for money that did not come.
claims = Table(
    "parcel_claims",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("number", Int64, nullable=False),
    Column("carrier", Text, nullable=False),
    Column("date", Text, nullable=False),
    Column("amount", Int64, nullable=False),
    Column("count", Integer, nullable=False),
    Column("text", Text, nullable=False),  # as it was made out
    Column("made_at", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    UniqueConstraint("company", "number"),
)

claim_lines = Table(
    "parcel_claim_lines",
    metadata,
    Column("claim_id", Text, primary_key=True),
    Column("parcel_id", Text, primary_key=True),
    Column("track", Text, nullable=False),
    Column("delivered_on", Text, nullable=False),  # date
    Column("amount", Int64, nullable=False),  # what was missing then
    Index("ix_parcel_claim_lines_parcel", "parcel_id"),
)
