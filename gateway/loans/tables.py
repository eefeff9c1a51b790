"""Rows of the loans room.

Personal data (names, phones, passports) stand in sealed columns only (`gateway.loans.personal`); what is searched or
compared is a keyed hash beside them.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, Integer, LargeBinary, Table, Text, UniqueConstraint, text

from gateway.store.schema import Int64, metadata

shops = Table(
    "shops",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("key", Text, nullable=False),  # short name, in addresses and numbers
    Column("name", Text, nullable=False),
    Column("inn", Text, nullable=False),
    Column("kpp", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("bic", Text, nullable=False),
    Column("bank_name", Text, nullable=False),
    Column("corr_account", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("region", Text, nullable=False),  # code of the subject of the federation, "77"
    Column("sites", Text, nullable=False),  # JSON: origins the button may stand on
    Column("state", Text, nullable=False),  # new | active | suspended | closed
    Column("own", Integer, nullable=False),  # 1: our own shop, its goods leave our warehouse
    Column("trusts_lender", Integer, nullable=False),  # 1: its goods may go before the lender's money is here
    Column("risk_limit", Int64, nullable=False),  # kopecks of goods given out and not yet paid by lenders
    Column("contract", Text, nullable=False),
    Column("search", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    UniqueConstraint("company", "key"),
)

# What a shop that registered by itself told beside its particulars.
shop_registrations = Table(
    "shop_registrations",
    metadata,
    Column("id", Text, primary_key=True),  # the shop's
    Column("company", Text, nullable=False),
    Column("contact", LargeBinary, nullable=False),  # sealed: {name}
    Column("segments", Text, nullable=False),  # JSON: what it sells, codes of `registration.Segment`
    Column("consent", Text, nullable=False),  # version of the text that was agreed to
    Column("made_at", Text, nullable=False),
    Index("ix_shop_registrations_made", "company", "made_at"),
)

# People of a shop, by the hash of their token; and keys its site uses (kind "site").
shop_access = Table(
    "shop_access",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("shop_id", Text, nullable=False),
    Column("kind", Text, nullable=False),  # shop_manager | shop_clerk | site
    Column("name", Text, nullable=False),
    Column("token_hash", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("revoked_at", Text),
    Column("revoked_by", Text),
    Index("uq_shop_access_token", "token_hash", unique=True),
    Index("ix_shop_access_shop", "company", "shop_id"),
)

# Sessions of the account people have left, until they would have ended by themselves.
session_ends = Table(
    "shop_session_ends",
    metadata,
    Column("id", Text, primary_key=True),  # hash of the session's random part
    Column("company", Text, nullable=False),
    Column("until", Text, nullable=False),
)

# What we take for a loan, by day; the last of a shop that has begun is in force.
shop_tariffs = Table(
    "shop_tariffs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("shop_id", Text, nullable=False),  # "" for every shop without its own
    Column("lender", Text, nullable=False),  # "" for every lender
    Column("since", Text, nullable=False),
    Column("base", Text, nullable=False),  # loan | transfer | goods
    Column("percent", Text, nullable=False),  # of the base: "2.5"
    Column("fixed", Int64, nullable=False),
    Column("least", Int64, nullable=False),
    Column("most", Int64),
    Column("payer", Text, nullable=False),  # shop: kept from the transfer | lender: paid apart, nothing kept
    Column("visits", Integer, nullable=False),  # 1: the shop bears what couriers' visits cost
    Column("made_at", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Index("ix_shop_tariffs_shop", "company", "shop_id", "since"),
)

_FILTERED = ("stage", "state", "lender", "signing_way", "stage_since")

applications = Table(
    "loan_applications",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("number", Int64, nullable=False),  # ours, from 1
    Column("shop_id", Text, nullable=False),
    Column("shop_order", Text, nullable=False),  # the shop's number of the order
    Column("order_id", Text),  # the order of our own warehouse, if it is one
    Column("origin", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("stage", Text, nullable=False),  # derived (`stage.py`), stored for the lists
    Column("stage_since", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("ended_at", Text),
    Column("ended_by", Text, nullable=False),  # buyer | shop | lender | us | ""
    Column("end_reason", Text, nullable=False),  # a code: see `reasons.EndReason`
    Column("content_hash", Text, nullable=False),  # keyed, of what it was applied for with: the same order again
    Column("basket", Text, nullable=False),  # JSON: [{category, name, qty (thousandths), price, amount}]
    Column("goods", Int64, nullable=False),  # G
    Column("down", Int64, nullable=False),  # D
    Column("months", Integer, nullable=False),
    Column("region", Text, nullable=False),
    Column("delivery", Text, nullable=False),  # pickup | delivery
    # sealed: {phone, surname, name, patronymic, …}; "" after the retention period
    Column("buyer", LargeBinary, nullable=False),
    Column("questionnaire", LargeBinary, nullable=False),
    Column("phone_hash", Text, nullable=False),
    Column("surname_hash", Text, nullable=False),
    Column("passport_hash", Text, nullable=False),
    Column("purged_at", Text),
    # call-back queue
    Column("call_due", Text),
    Column("call_attempts", Integer, nullable=False),
    Column("call_by", Text, nullable=False),  # who has it on the line
    Column("call_since", Text),
    # what was chosen; cleared when the choice goes
    Column("lender", Text, nullable=False),
    Column("offer_id", Text, nullable=False),
    Column("signing_way", Text, nullable=False),
    Column("agreement_no", Text, nullable=False),
    Column("agreement_key", Text, nullable=False),
    Column("loan", Int64, nullable=False),  # L = G - D
    Column("discount", Int64, nullable=False),  # X
    Column("transfer", Int64, nullable=False),  # T = L - X
    Column("fee", Int64, nullable=False),  # F
    UniqueConstraint("company", "number"),
    UniqueConstraint("company", "shop_id", "shop_order"),
    CheckConstraint("goods >= 0 AND down >= 0 AND down <= goods", name="sums"),
    # The board counts and adds up, and lists are counted by any filter, from these alone: the rows are wide.
    Index("ix_loan_applications_stage", "company", "stage", "stage_since", "id", "goods"),
    Index("ix_loan_applications_shop_stage", "company", "shop_id", "stage", "stage_since", "id", "goods"),
    Index("ix_loan_applications_made", "company", "made_at", "id", *_FILTERED),
    Index("ix_loan_applications_shop", "company", "shop_id", "made_at", "id", *_FILTERED),
    Index("ix_loan_applications_call", "company", "call_due", "id"),
    Index("ix_loan_applications_ended", "company", "ended_at"),
    Index("ix_loan_applications_phone", "company", "phone_hash"),
    Index("ix_loan_applications_surname", "company", "surname_hash", "made_at", "id"),
    Index("ix_loan_applications_agreement", "company", "agreement_key"),
    Index("ix_loan_applications_order", "order_id"),
    Index("ix_loan_applications_shop_order", "company", "shop_order"),
)

# What happened to an application, in order: never edited.
events = Table(
    "loan_events",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("application_id", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("kind", Text, nullable=False),  # a code of the catalogue: "loan.<kind>"
    Column("values", Text, nullable=False),  # JSON, no personal data
    Index("ix_loan_events_application", "application_id", "id"),
)

# What people and lenders say of an application in words of their own, which may name anybody.
remarks = Table(
    "loan_remarks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("application_id", Text, nullable=False),
    Column("kind", Text, nullable=False),  # see `remarks.Kind`
    Column("at", Text, nullable=False),
    Column("by", Text, nullable=False),  # who said it: "manager:Марк", "lender:volga"
    Column("digest", Text, nullable=False),  # keyed, of the words: said again they are kept once; "" when purged
    Column("sealed", LargeBinary, nullable=False),  # "" after the retention period
    Index("ix_loan_remarks_application", "application_id", "id"),
)

decisions = Table(
    "loan_decisions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("application_id", Text, nullable=False),
    Column("lender", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("external_id", Text, nullable=False),  # the lender's id of it, "" until told
    Column("seen_version", Text, nullable=False),  # of the lender's last view that was taken
    Column("seen_status", Text, nullable=False),  # as the lender writes it
    Column("offers", Text, nullable=False),  # JSON: see `lenders.ports.Offer`
    Column("offers_until", Text),  # the last day one of them stands; NULL for none, and where one has no end
    Column("wanted", Text, nullable=False),  # JSON: fields the lender wants put right
    Column("reason", Text, nullable=False),  # why we took it back, a code; a lender's words are a remark
    Column("asked_at", Text),
    Column("answered_at", Text),
    Column("polled_at", Text),
    Column("poll_at", Text),  # when to ask next; NULL when there is nothing more to learn
    Column("failures", Integer, nullable=False),
    Column("error", Text, nullable=False),
    Index("uq_loan_decisions_lender", "application_id", "lender", unique=True),
    Index("ix_loan_decisions_poll", "company", "poll_at"),
    Index(
        "ix_loan_decisions_failing",
        "application_id",
        "state",
        sqlite_where=text("failures > 0"),
        postgresql_where=text("failures > 0"),
    ),
    Index("ix_loan_decisions_external", "company", "lender", "external_id"),
    Index("ix_loan_decisions_heard", "company", "lender", "polled_at"),  # when he last answered at all
)

# Every different view a lender ever gave, raw.
lender_views = Table(
    "lender_views",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("decision_id", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("lender_version", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("known", Integer, nullable=False),  # 0: a status we do not know; nothing was done
    Column("raw", LargeBinary, nullable=False),  # sealed: it may hold personal data
    Column("digest", Text, nullable=False),
    Index("uq_lender_views_digest", "decision_id", "digest", unique=True),
)

agreements = Table(
    "loan_agreements",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("application_id", Text, nullable=False),
    Column("shop_id", Text, nullable=False),
    Column("live", Integer, nullable=False),  # 0: void, another one may have taken its place
    Column("lender", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("date", Text, nullable=False),
    Column("made_at", Text, nullable=False),
    Column("loan", Int64, nullable=False),
    Column("discount", Int64, nullable=False),
    Column("transfer", Int64, nullable=False),
    Column("months", Integer, nullable=False),
    Column("rate", Text, nullable=False),  # percent a year, "24.9"
    Column("psk", Text, nullable=False),  # as the lender prints it
    Column("psk_ours", Text, nullable=False),
    Column("warnings", Text, nullable=False),  # JSON: catalogue codes with values
    Column("lender_cooling_until", Text),  # the lender's own end of it, which rules
    Column("cooling_until", Text),  # by the lender or by the table; NULL before signing and where there is none
    Column("sign_by", Text),  # after that day it lapses
    Column("passport_hash", Text, nullable=False),
    Column("passport_tail", Text, nullable=False),  # the last three digits
    Column("invoice_id", Text),  # the receivable the lender's money is matched to
    # signing
    Column("signing", Text, nullable=False),
    Column("signing_way", Text, nullable=False),
    Column("signing_cost", Int64, nullable=False),
    Column("identity_failures", Integer, nullable=False),
    Column("identity_checked_at", Text),
    Column("signed_at", Text),
    Column("verified_at", Text),
    # original
    Column("original", Text, nullable=False),
    Column("holder", Text, nullable=False),  # who has the paper: "shop", "courier:…", "carrier:…", "lender:…"
    Column("waybill", Text, nullable=False),
    Column("sent_at", Text),
    Column("arrived_at", Text),
    # money
    Column("funding", Text, nullable=False),
    Column("received", Int64, nullable=False),
    Column("funded_at", Text),
    # goods
    Column("goods", Text, nullable=False),
    Column("hold_reasons", Text, nullable=False),  # JSON: codes of the rule's lines that do not hold
    Column("released_at", Text),
    Column("shipped_at", Text),
    Column("delivered_at", Text),
    Column("committed_at", Text),
    Column("returned", Int64, nullable=False),  # kopecks of goods that came back
    Index(
        "uq_loan_agreements_live",
        "application_id",
        unique=True,
        sqlite_where=text("live = 1"),
        postgresql_where=text("live = 1"),
    ),
    Index("ix_loan_agreements_key", "company", "lender", "key"),
    Index("ix_loan_agreements_invoice", "invoice_id"),
    Index("ix_loan_agreements_signing", "company", "signing", "id"),
    Index("ix_loan_agreements_original", "company", "original", "id"),
    Index("ix_loan_agreements_funding", "company", "funding", "id"),
    Index("ix_loan_agreements_goods", "company", "goods", "cooling_until"),
    Index("ix_loan_agreements_application", "application_id", "id"),
    # Called off after their goods were let go: a handful, whatever the size of the books.
    Index(
        "ix_loan_agreements_called_off",
        "company",
        "id",
        sqlite_where=text("live = 0 AND released_at IS NOT NULL"),
        postgresql_where=text("live = 0 AND released_at IS NOT NULL"),
    ),
    Index(
        "ix_loan_agreements_warned",
        "company",
        "application_id",
        sqlite_where=text("warnings <> '[]'"),
        postgresql_where=text("warnings <> '[]'"),
    ),
)

documents = Table(
    "loan_documents",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("application_id", Text, nullable=False),
    Column("agreement_id", Text),
    Column("kind", Text, nullable=False),  # agreement | signed | passport | portrait | waybill | other
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", Text, nullable=False),  # of the plain bytes
    Column("sealed", LargeBinary, nullable=False),  # "" after the retention period
    Column("at", Text, nullable=False),
    Column("by", Text, nullable=False),
    Index("ix_loan_documents_application", "application_id", "id"),
)

# Each comparison of a number typed blind from the passport with the agreement's: never edited, but what may tell who
# the buyer was is emptied after the retention period.
identity_checks = Table(
    "loan_identity_checks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("agreement_id", Text, nullable=False),
    Column("way", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("typed_hash", Text, nullable=False),
    Column("typed_tail", Text, nullable=False),
    Column("number_matches", Integer, nullable=False),
    Column("photo_matches", Integer, nullable=False),
    Index("ix_loan_identity_checks_agreement", "agreement_id", "id"),
)

# A courier's visits, one row each.
visits = Table(
    "loan_visits",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("agreement_id", Text, nullable=False),
    Column("courier", Text, nullable=False),
    Column("day", Text, nullable=False),
    Column("hours", Text, nullable=False),  # "10-14"
    Column("cost", Int64, nullable=False),
    Column("ordered_at", Text, nullable=False),
    Column("ordered_by", Text, nullable=False),
    Column("out_at", Text),
    Column("met_at", Text),
    Column("ended_at", Text),
    Column("result", Text, nullable=False),  # "" while it lasts | signed | empty | refused | stopped
    Column("note", Text, nullable=False),
    Index("ix_loan_visits_agreement", "agreement_id", "id"),
)

# What a way of signing costs, and where it is to be had.
signing_terms = Table(
    "loan_signing_terms",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("way", Text, nullable=False),
    Column("lender", Text, nullable=False),  # "" for every lender
    Column("region", Text, nullable=False),  # "" for every region
    Column("since", Text, nullable=False),
    Column("covered", Integer, nullable=False),
    Column("cost", Int64, nullable=False),
    Column("partner", Text, nullable=False),  # the courier's name; where the branches are
    Column("made_at", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Index("ix_loan_signing_terms_way", "company", "way", "lender", "region"),
)

# What a lender lends for.
lender_terms = Table(
    "lender_terms",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("lender", Text, nullable=False),
    Column("since", Text, nullable=False),
    Column("categories", Text, nullable=False),  # JSON; empty for all
    Column("least", Int64, nullable=False),
    Column("most", Int64, nullable=False),
    Column("months", Text, nullable=False),  # JSON: [3, 6, 12]
    Column("rate", Text, nullable=False),  # percent a year, for the calculator
    Column("down_percent", Text, nullable=False),  # least down payment
    Column("day_count", Text, nullable=False),  # "12" | "act"
    Column("zero_rate", Integer, nullable=False),  # 1: the shop pays the interest by the discount X
    Column("made_at", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Index("ix_lender_terms_lender", "company", "lender", "since"),
)

# Goods that came back: the lender's money goes back to the lender, our fee is taken back.
returns = Table(
    "loan_returns",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("application_id", Text, nullable=False),
    Column("agreement_id", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("goods", Int64, nullable=False),
    Column("to_lender", Int64, nullable=False),
    Column("to_buyer", Int64, nullable=False),  # of the down payment, by the shop
    Column("fee_back", Int64, nullable=False),
    Column("reason", Text, nullable=False),
    Column("payment_order_id", Text),
    Column("kept_by", Text),  # the lender's lump payment he kept it from; then there is no payment order
    Column("netted", Integer, nullable=False),  # kept from this very loan's transfer: so much less of it came
    Column("executed_at", Text),
    Index("ix_loan_returns_application", "application_id"),
    Index("ix_loan_returns_agreement", "agreement_id", "id"),
    Index("ix_loan_returns_order", "payment_order_id"),
    Index("ix_loan_returns_kept", "kept_by"),
)

# Payment orders drafted for returns: each attempt has its own.
return_orders = Table(
    "loan_return_orders",
    metadata,
    Column("payment_order_id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("return_id", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("order_version", Integer, nullable=False),  # of the payment order, when it was last followed
    UniqueConstraint("return_id", "attempt"),
)
