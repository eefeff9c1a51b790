"""Loans: shops, applications, lenders, agreements and what becomes of them

Revision: 0006
Follows: 0005
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

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_NEVER_CHANGED = ("loan_events", "loan_identity_checks")


def upgrade() -> None:
    _shops()
    _applications()
    _agreements()
    op.add_column("releases", sa.Column("agreement_id", sa.Text(), nullable=True))
    partial_index("ix_releases_agreement", "releases", ["agreement_id"], "agreement_id IS NOT NULL AND withdrawn_at IS NULL")
    for table in _NEVER_CHANGED:
        append_only(table, ["id"])
    _may_be_emptied("loan_identity_checks", ("place", "typed_hash", "typed_tail"))


def _shops() -> None:
    op.create_table(
        "shops",
        *text("id", "company"),
        *whole("version"),
        *text("key", "name", "inn", "kpp", "account", "bic", "bank_name", "corr_account", "email", "phone"),
        *text("region", "sites", "state"),
        *whole("own", "trusts_lender"),
        *sums("risk_limit"),
        *text("contract", "search", "made_at", "made_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shops")),
        sa.UniqueConstraint("company", "key", name=op.f("uq_shops_company_key")),
    )
    op.create_table(
        "shop_registrations",
        *text("id", "company"),
        *binary("contact"),
        *text("segments", "consent", "made_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_registrations")),
    )
    op.create_index("ix_shop_registrations_made", "shop_registrations", ["company", "made_at"])
    op.create_table(
        "shop_access",
        *text("id", "company", "shop_id", "kind", "name", "token_hash", "made_at", "made_by"),
        *optional("revoked_at", "revoked_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_access")),
    )
    op.create_index("ix_shop_access_shop", "shop_access", ["company", "shop_id"])
    op.create_index("uq_shop_access_token", "shop_access", ["token_hash"], unique=True)
    op.create_table(
        "shop_session_ends",
        *text("id", "company", "until"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_session_ends")),
    )
    op.create_table(
        "shop_tariffs",
        *text("id", "company", "shop_id", "lender", "since", "base", "percent"),
        *sums("fixed", "least"),
        sa.Column("most", int64(), nullable=True),
        *text("payer"),
        *whole("visits"),
        *text("made_at", "made_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_tariffs")),
    )
    op.create_index("ix_shop_tariffs_shop", "shop_tariffs", ["company", "shop_id", "since"])
    op.create_table(
        "loan_signing_terms",
        *text("id", "company", "way", "lender", "region", "since"),
        *whole("covered"),
        *sums("cost"),
        *text("partner", "made_at", "made_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_signing_terms")),
    )
    op.create_index("ix_loan_signing_terms_way", "loan_signing_terms", ["company", "way", "lender", "region"])
    op.create_table(
        "lender_terms",
        *text("id", "company", "lender", "since", "categories"),
        *sums("least", "most"),
        *text("months", "rate", "down_percent", "day_count"),
        *whole("zero_rate"),
        *text("made_at", "made_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lender_terms")),
    )
    op.create_index("ix_lender_terms_lender", "lender_terms", ["company", "lender", "since"])


def _applications() -> None:
    op.create_table(
        "loan_applications",
        *text("id", "company"),
        *whole("version"),
        *sums("number"),
        *text("shop_id", "shop_order"),
        *optional("order_id"),
        *text("origin", "state", "stage", "stage_since", "made_at", "made_by"),
        *optional("ended_at"),
        *text("ended_by", "end_reason", "content_hash", "basket"),
        *sums("goods", "down"),
        *whole("months"),
        *text("region", "delivery"),
        *binary("buyer", "questionnaire"),
        *text("phone_hash", "surname_hash", "passport_hash"),
        *optional("purged_at", "call_due"),
        *whole("call_attempts"),
        *text("call_by"),
        *optional("call_since"),
        *text("lender", "offer_id", "signing_way", "agreement_no", "agreement_key"),
        *sums("loan", "discount", "transfer", "fee"),
        sa.CheckConstraint("goods >= 0 AND down >= 0 AND down <= goods", name=op.f("ck_loan_applications_sums")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_applications")),
        sa.UniqueConstraint("company", "number", name=op.f("uq_loan_applications_company_number")),
        sa.UniqueConstraint("company", "shop_id", "shop_order", name=op.f("uq_loan_applications_company_shop_id_shop_order")),
    )
    op.create_index("ix_loan_applications_agreement", "loan_applications", ["company", "agreement_key"])
    op.create_index("ix_loan_applications_call", "loan_applications", ["company", "call_due", "id"])
    filtered = ["stage", "state", "lender", "signing_way", "stage_since"]
    op.create_index("ix_loan_applications_ended", "loan_applications", ["company", "ended_at"])
    op.create_index("ix_loan_applications_made", "loan_applications", ["company", "made_at", "id", *filtered])
    op.create_index("ix_loan_applications_order", "loan_applications", ["order_id"])
    op.create_index("ix_loan_applications_phone", "loan_applications", ["company", "phone_hash"])
    op.create_index("ix_loan_applications_shop", "loan_applications", ["company", "shop_id", "made_at", "id", *filtered])
    op.create_index("ix_loan_applications_shop_order", "loan_applications", ["company", "shop_order"])
    op.create_index("ix_loan_applications_shop_stage", "loan_applications", ["company", "shop_id", "stage", "stage_since", "id", "goods"])
    op.create_index("ix_loan_applications_stage", "loan_applications", ["company", "stage", "stage_since", "id", "goods"])
    op.create_index("ix_loan_applications_surname", "loan_applications", ["company", "surname_hash", "made_at", "id"])
    op.create_table(
        "loan_events",
        *text("id", "company", "application_id", "at", "by", "kind", "values"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_events")),
    )
    op.create_index("ix_loan_events_application", "loan_events", ["application_id", "id"])
    op.create_table(
        "loan_remarks",
        *text("id", "company", "application_id", "kind", "at", "by", "digest"),
        *binary("sealed"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_remarks")),
    )
    op.create_index("ix_loan_remarks_application", "loan_remarks", ["application_id", "id"])
    op.create_table(
        "loan_decisions",
        *text("id", "company"),
        *whole("version"),
        *text("application_id", "lender", "state", "external_id", "seen_version", "seen_status", "offers"),
        *optional("offers_until"),
        *text("wanted", "reason"),
        *optional("asked_at", "answered_at", "polled_at", "poll_at"),
        *whole("failures"),
        *text("error"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_decisions")),
    )
    op.create_index("ix_loan_decisions_external", "loan_decisions", ["company", "lender", "external_id"])
    partial_index("ix_loan_decisions_failing", "loan_decisions", ["application_id", "state"], "failures > 0")
    op.create_index("ix_loan_decisions_heard", "loan_decisions", ["company", "lender", "polled_at"])
    op.create_index("ix_loan_decisions_poll", "loan_decisions", ["company", "poll_at"])
    op.create_index("uq_loan_decisions_lender", "loan_decisions", ["application_id", "lender"], unique=True)
    op.create_table(
        "lender_views",
        *text("id", "company", "decision_id", "at", "lender_version", "status"),
        *whole("known"),
        *binary("raw"),
        *text("digest"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lender_views")),
    )
    op.create_index("uq_lender_views_digest", "lender_views", ["decision_id", "digest"], unique=True)


def _agreements() -> None:
    op.create_table(
        "loan_agreements",
        *text("id", "company"),
        *whole("version"),
        *text("application_id", "shop_id"),
        *whole("live"),
        *text("lender", "number", "key", "date", "made_at"),
        *sums("loan", "discount", "transfer"),
        *whole("months"),
        *text("rate", "psk", "psk_ours", "warnings"),
        *optional("lender_cooling_until", "cooling_until", "sign_by"),
        *text("passport_hash", "passport_tail"),
        *optional("invoice_id"),
        *text("signing", "signing_way"),
        *sums("signing_cost"),
        *whole("identity_failures"),
        *optional("identity_checked_at", "signed_at", "verified_at"),
        *text("original", "holder", "waybill"),
        *optional("sent_at", "arrived_at"),
        *text("funding"),
        *sums("received"),
        *optional("funded_at"),
        *text("goods", "hold_reasons"),
        *optional("released_at", "shipped_at", "delivered_at", "committed_at"),
        *sums("returned"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_agreements")),
    )
    op.create_index("ix_loan_agreements_application", "loan_agreements", ["application_id", "id"])
    partial_index("ix_loan_agreements_warned", "loan_agreements", ["company", "application_id"], "warnings <> '[]'")
    op.create_index("ix_loan_agreements_funding", "loan_agreements", ["company", "funding", "id"])
    op.create_index("ix_loan_agreements_goods", "loan_agreements", ["company", "goods", "cooling_until"])
    op.create_index("ix_loan_agreements_invoice", "loan_agreements", ["invoice_id"])
    op.create_index("ix_loan_agreements_key", "loan_agreements", ["company", "lender", "key"])
    op.create_index("ix_loan_agreements_original", "loan_agreements", ["company", "original", "id"])
    op.create_index("ix_loan_agreements_signing", "loan_agreements", ["company", "signing", "id"])
    partial_index("ix_loan_agreements_called_off", "loan_agreements", ["company", "id"], "live = 0 AND released_at IS NOT NULL")
    partial_index("uq_loan_agreements_live", "loan_agreements", ["application_id"], "live = 1", unique=True)
    op.create_table(
        "loan_documents",
        *text("id", "company", "application_id"),
        *optional("agreement_id"),
        *text("kind", "name", "media_type"),
        *whole("size"),
        *text("sha256"),
        *binary("sealed"),
        *text("at", "by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_documents")),
    )
    op.create_index("ix_loan_documents_application", "loan_documents", ["application_id", "id"])
    op.create_table(
        "loan_identity_checks",
        *text("id", "company", "agreement_id", "way", "at", "by", "place", "typed_hash", "typed_tail"),
        *whole("number_matches", "photo_matches"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_identity_checks")),
    )
    op.create_index("ix_loan_identity_checks_agreement", "loan_identity_checks", ["agreement_id", "id"])
    op.create_table(
        "loan_visits",
        *text("id", "company", "agreement_id", "courier", "day", "hours"),
        *sums("cost"),
        *text("ordered_at", "ordered_by"),
        *optional("out_at", "met_at", "ended_at"),
        *text("result", "note"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_visits")),
    )
    op.create_index("ix_loan_visits_agreement", "loan_visits", ["agreement_id", "id"])
    op.create_table(
        "loan_returns",
        *text("id", "company", "application_id", "agreement_id", "at", "by"),
        *sums("goods", "to_lender", "to_buyer", "fee_back"),
        *text("reason"),
        *optional("payment_order_id", "kept_by"),
        *whole("netted"),
        *optional("executed_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_returns")),
    )
    op.create_index("ix_loan_returns_application", "loan_returns", ["application_id"])
    op.create_index("ix_loan_returns_agreement", "loan_returns", ["agreement_id", "id"])
    op.create_index("ix_loan_returns_order", "loan_returns", ["payment_order_id"])
    op.create_index("ix_loan_returns_kept", "loan_returns", ["kept_by"])
    op.create_table(
        "loan_return_orders",
        *text("payment_order_id", "company", "return_id"),
        *whole("attempt", "order_version"),
        sa.PrimaryKeyConstraint("payment_order_id", name=op.f("pk_loan_return_orders")),
        sa.UniqueConstraint("return_id", "attempt", name=op.f("uq_loan_return_orders_return_id_attempt")),
    )


def _may_be_emptied(table: str, columns: tuple[str, ...]) -> None:
    """Of a table that is append-only, columns with personal data: they may become "", all at once, and nothing else."""
    here = op.get_bind()
    lite = here.dialect.name == "sqlite"
    same = "IS" if lite else "IS NOT DISTINCT FROM"
    names = [str(column["name"]) for column in sa.inspect(here).get_columns(table)]
    only = " AND ".join(f"NEW.{n} = ''" if n in columns else f'NEW."{n}" {same} OLD."{n}"' for n in names)
    if lite:
        op.execute(f"DROP TRIGGER {table}_no_update")
        op.execute(
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} WHEN NOT ({only}) "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
        return
    op.execute(
        f"CREATE OR REPLACE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF TG_OP = 'UPDATE' THEN IF {only} THEN RETURN NEW; END IF; END IF; "
        f"RAISE EXCEPTION '{table} is append-only'; END $$"
    )


def downgrade() -> None:
    op.drop_index("ix_releases_agreement", "releases")
    op.drop_column("releases", "agreement_id")
    op.drop_table("loan_return_orders")
    op.drop_table("loan_returns")
    op.drop_table("loan_visits")
    op.drop_table("loan_identity_checks")
    op.drop_table("loan_documents")
    op.drop_table("loan_agreements")
    op.drop_table("lender_views")
    op.drop_table("loan_decisions")
    op.drop_table("loan_remarks")
    op.drop_table("loan_events")
    op.drop_table("loan_applications")
    op.drop_table("lender_terms")
    op.drop_table("loan_signing_terms")
    op.drop_table("shop_tariffs")
    op.drop_table("shop_session_ends")
    op.drop_table("shop_access")
    op.drop_table("shop_registrations")
    op.drop_table("shops")
    for table in _NEVER_CHANGED:
        drop_append_only(table)
