"""Loans: shops, applications, lenders, agreements and what becomes of them

Revision: 0006
Follows: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
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
    _shops()
    _applications()
    _agreements()
    op.add_column("releases", sa.Column("agreement_id", sa.Text(), nullable=True))
    _append_only("loan_events")
    _append_only("loan_identity_checks")


def _shops() -> None:
    op.create_table(
        "shops",
        *_text("id", "company"),
        *_whole("version"),
        *_text("key", "name", "inn", "kpp", "account", "bic", "bank_name", "corr_account", "email", "phone"),
        *_text("region", "sites", "state"),
        *_whole("own", "trusts_lender"),
        *_sums("risk_limit"),
        *_text("contract", "search", "made_at", "made_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shops")),
        sa.UniqueConstraint("company", "key", name=op.f("uq_shops_company_key")),
    )
    op.create_table(
        "shop_access",
        *_text("id", "company", "shop_id", "kind", "name", "token_hash", "made_at", "made_by"),
        *_optional("revoked_at", "revoked_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_access")),
    )
    op.create_index("ix_shop_access_shop", "shop_access", ["company", "shop_id"])
    op.create_index("uq_shop_access_token", "shop_access", ["token_hash"], unique=True)
    op.create_table(
        "shop_tariffs",
        *_text("id", "company", "shop_id", "lender", "since", "base", "percent"),
        *_sums("fixed", "least"),
        sa.Column("most", _kopecks(), nullable=True),
        *_text("payer"),
        *_whole("visits"),
        *_text("made_at", "made_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_tariffs")),
    )
    op.create_index("ix_shop_tariffs_shop", "shop_tariffs", ["company", "shop_id", "since"])
    op.create_table(
        "loan_signing_terms",
        *_text("id", "company", "way", "lender", "region", "since"),
        *_whole("covered"),
        *_sums("cost"),
        *_text("partner", "made_at", "made_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_signing_terms")),
    )
    op.create_index("ix_loan_signing_terms_way", "loan_signing_terms", ["company", "way", "lender", "region"])
    op.create_table(
        "lender_terms",
        *_text("id", "company", "lender", "since", "categories"),
        *_sums("least", "most"),
        *_text("months", "rate", "down_percent", "day_count"),
        *_whole("zero_rate"),
        *_text("made_at", "made_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lender_terms")),
    )
    op.create_index("ix_lender_terms_lender", "lender_terms", ["company", "lender", "since"])


def _applications() -> None:
    op.create_table(
        "loan_applications",
        *_text("id", "company"),
        *_whole("version"),
        *_sums("number"),
        *_text("shop_id", "shop_order"),
        *_optional("order_id"),
        *_text("origin", "state", "stage", "stage_since", "made_at", "made_by"),
        *_optional("ended_at"),
        *_text("ended_by", "end_reason", "content_hash", "basket"),
        *_sums("goods", "down"),
        *_whole("months"),
        *_text("region", "delivery"),
        *_bytes("buyer", "questionnaire"),
        *_text("phone_hash", "surname_hash", "passport_hash"),
        *_optional("purged_at", "call_due"),
        *_whole("call_attempts"),
        *_text("call_by"),
        *_optional("call_since"),
        *_text("lender", "offer_id", "signing_way", "agreement_no", "agreement_key"),
        *_sums("loan", "discount", "transfer", "fee"),
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
        *_text("id", "company", "application_id", "at", "by", "kind", "values"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_events")),
    )
    op.create_index("ix_loan_events_application", "loan_events", ["application_id", "id"])
    op.create_table(
        "loan_decisions",
        *_text("id", "company"),
        *_whole("version"),
        *_text("application_id", "lender", "state", "external_id", "seen_version", "seen_status", "offers", "wanted"),
        *_text("reason"),
        *_optional("asked_at", "answered_at", "polled_at", "poll_at"),
        *_whole("failures"),
        *_text("error"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_decisions")),
    )
    op.create_index("ix_loan_decisions_external", "loan_decisions", ["company", "lender", "external_id"])
    op.create_index("ix_loan_decisions_failing", "loan_decisions", ["application_id", "state"], sqlite_where=sa.text("failures > 0"), postgresql_where=sa.text("failures > 0"))
    op.create_index("ix_loan_decisions_poll", "loan_decisions", ["company", "poll_at"])
    op.create_index("uq_loan_decisions_lender", "loan_decisions", ["application_id", "lender"], unique=True)
    op.create_table(
        "lender_views",
        *_text("id", "company", "decision_id", "at", "lender_version", "status"),
        *_whole("known"),
        *_bytes("raw"),
        *_text("digest"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lender_views")),
    )
    op.create_index("uq_lender_views_digest", "lender_views", ["decision_id", "digest"], unique=True)


def _agreements() -> None:
    op.create_table(
        "loan_agreements",
        *_text("id", "company"),
        *_whole("version"),
        *_text("application_id", "shop_id"),
        *_whole("live"),
        *_text("lender", "number", "key", "date", "made_at"),
        *_sums("loan", "discount", "transfer"),
        *_whole("months"),
        *_text("rate", "psk", "psk_ours", "warnings"),
        *_optional("lender_cooling_until", "cooling_until", "sign_by"),
        *_text("passport_hash", "passport_tail"),
        *_optional("invoice_id"),
        *_text("signing", "signing_way"),
        *_sums("signing_cost"),
        *_whole("identity_failures"),
        *_optional("identity_checked_at", "signed_at", "verified_at"),
        *_text("original", "holder", "waybill"),
        *_optional("sent_at", "arrived_at"),
        *_text("funding"),
        *_sums("received"),
        *_optional("funded_at"),
        *_text("goods", "hold_reasons"),
        *_optional("released_at", "shipped_at", "delivered_at", "committed_at"),
        *_sums("returned"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_agreements")),
    )
    op.create_index("ix_loan_agreements_application", "loan_agreements", ["application_id", "id"])
    op.create_index("ix_loan_agreements_warned", "loan_agreements", ["company", "application_id"], sqlite_where=sa.text("warnings <> '[]'"), postgresql_where=sa.text("warnings <> '[]'"))
    op.create_index("ix_loan_agreements_funding", "loan_agreements", ["company", "funding", "id"])
    op.create_index("ix_loan_agreements_goods", "loan_agreements", ["company", "goods", "cooling_until"])
    op.create_index("ix_loan_agreements_invoice", "loan_agreements", ["invoice_id"])
    op.create_index("ix_loan_agreements_key", "loan_agreements", ["company", "lender", "key"])
    op.create_index("ix_loan_agreements_original", "loan_agreements", ["company", "original", "id"])
    op.create_index("ix_loan_agreements_signing", "loan_agreements", ["company", "signing", "id"])
    op.create_index("uq_loan_agreements_live", "loan_agreements", ["application_id"], unique=True, sqlite_where=sa.text("live = 1"), postgresql_where=sa.text("live = 1"))
    op.create_table(
        "loan_documents",
        *_text("id", "company", "application_id"),
        *_optional("agreement_id"),
        *_text("kind", "name", "media_type"),
        *_whole("size"),
        *_text("sha256"),
        *_bytes("sealed"),
        *_text("at", "by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_documents")),
    )
    op.create_index("ix_loan_documents_application", "loan_documents", ["application_id", "id"])
    op.create_table(
        "loan_identity_checks",
        *_text("id", "company", "agreement_id", "way", "at", "by", "place", "typed_hash", "typed_tail"),
        *_whole("number_matches", "photo_matches"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_identity_checks")),
    )
    op.create_index("ix_loan_identity_checks_agreement", "loan_identity_checks", ["agreement_id", "id"])
    op.create_table(
        "loan_visits",
        *_text("id", "company", "agreement_id", "courier", "day", "hours"),
        *_sums("cost"),
        *_text("ordered_at", "ordered_by"),
        *_optional("out_at", "met_at", "ended_at"),
        *_text("result", "note"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_visits")),
    )
    op.create_index("ix_loan_visits_agreement", "loan_visits", ["agreement_id", "id"])
    op.create_table(
        "loan_returns",
        *_text("id", "company", "application_id", "agreement_id", "at", "by"),
        *_sums("goods", "to_lender", "to_buyer", "fee_back"),
        *_text("reason"),
        *_optional("payment_order_id", "kept_by", "executed_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan_returns")),
    )
    op.create_index("ix_loan_returns_application", "loan_returns", ["application_id"])
    op.create_index("ix_loan_returns_agreement", "loan_returns", ["agreement_id", "id"])
    op.create_index("ix_loan_returns_order", "loan_returns", ["payment_order_id"])
    op.create_index("ix_loan_returns_kept", "loan_returns", ["kept_by"])
    op.create_table(
        "loan_return_orders",
        *_text("payment_order_id", "company", "return_id"),
        *_whole("attempt", "order_version"),
        sa.PrimaryKeyConstraint("payment_order_id", name=op.f("pk_loan_return_orders")),
        sa.UniqueConstraint("return_id", "attempt", name=op.f("uq_loan_return_orders_return_id_attempt")),
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
    op.drop_column("releases", "agreement_id")
    op.drop_table("loan_return_orders")
    op.drop_table("loan_returns")
    op.drop_table("loan_visits")
    op.drop_table("loan_identity_checks")
    op.drop_table("loan_documents")
    op.drop_table("loan_agreements")
    op.drop_table("lender_views")
    op.drop_table("loan_decisions")
    op.drop_table("loan_events")
    op.drop_table("loan_applications")
    op.drop_table("lender_terms")
    op.drop_table("loan_signing_terms")
    op.drop_table("shop_tariffs")
    op.drop_table("shop_access")
    op.drop_table("shops")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION loan_events_is_append_only()")
        op.execute("DROP FUNCTION loan_identity_checks_is_append_only()")
