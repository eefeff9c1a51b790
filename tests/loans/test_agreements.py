"""An agreement is taken once, checked, held where it does not fit, replaced and called off."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import Table, select

from gateway.core.authority import SERVICE
from gateway.core.money import Money
from gateway.loans import agreements, dated, ending, signing
from gateway.loans.ending import By
from gateway.loans.findings import holding
from gateway.loans.model import SigningWay
from gateway.loans.paper_intake import keep_agreement
from gateway.loans.reasons import EndReason
from gateway.loans.tariffs import FeeBase, Tariff
from gateway.orders.tables import buyers, invoices
from gateway.store.schema import AnyRow
from tests.loans.house import DIRECTOR, MANAGER, House
from tests.loans.paperwork import LOAN, PDF, Paperwork, agreement_view, offer


@pytest.fixture
def papers(house: House) -> Paperwork:
    return Paperwork(house)


def rows(papers: Paperwork, table: Table) -> list[AnyRow]:
    with papers.house.store.reading() as connection:
        return list(connection.execute(select(table).order_by(table.c.id)))


def test_it_is_written_with_the_sums_the_tariff_and_what_the_lender_owes(papers: Paperwork) -> None:
    application = papers.accepted()
    row = papers.take(application.id, agreement_view(discount=Money(99_000), sign_by=date(2026, 12, 1)))
    assert (row.loan, row.discount, row.transfer, row.sign_by) == (4_099_000, 99_000, 4_000_000, "2026-12-01")
    after = papers.house.row(application.id)
    assert (after.state, after.stage, after.agreement_no) == ("agreed", "signing", "КД-1")
    assert (after.loan, after.discount, after.transfer, after.fee) == (4_099_000, 99_000, 4_000_000, 100_000)
    (invoice,), (buyer,) = rows(papers, invoices), rows(papers, buyers)
    assert (invoice.amount, invoice.number, invoice.loan_no) == (4_000_000, "КД-1", "КД-1")
    assert (invoice.outer_id, invoice.order_id, buyer.outer_id) == (f"loan:{row.id}", None, "lender:rest")
    assert row.invoice_id == invoice.id


def test_the_passport_is_kept_as_a_hash_and_three_digits(papers: Paperwork) -> None:
    row = papers.take(papers.accepted().id, agreement_view())
    assert row.passport_hash == papers.terms.sealer.mark("passport", "4510 123456")
    assert row.passport_tail == "456"
    assert not any("4510123456" in str(line.body) for line in papers.house.journalled())


def test_a_lender_who_tells_no_passport_is_believed_by_the_questionnaire(papers: Paperwork) -> None:
    row = papers.take(papers.accepted().id, agreement_view(passport=""))
    assert (row.passport_hash, row.passport_tail) == (papers.terms.sealer.mark("passport", "4510123456"), "456")


def test_another_passport_than_the_questionnaires_is_a_warning_and_holds_nothing(papers: Paperwork) -> None:
    row = papers.take(papers.accepted().id, agreement_view(passport="4510999999"))
    assert [one["code"] for one in json.loads(row.warnings)] == ["loan.passport_differs"]
    assert not holding(row.warnings)


def test_the_same_again_changes_nothing_but_the_days_a_lender_may_move(papers: Paperwork) -> None:
    application = papers.accepted()
    first = papers.take(application.id, agreement_view())
    again = papers.take(application.id, agreement_view())
    assert again == first
    until = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
    moved = papers.take(application.id, agreement_view(cooling_until=until, sign_by=date(2026, 11, 30)))
    assert (moved.id, moved.sign_by) == (first.id, "2026-11-30")
    assert moved.lender_cooling_until.startswith("2026-11-25T12:00:00")
    assert moved.cooling_until is None  # nothing is signed yet
    assert len(papers.every(application.id)) == 1


def test_another_one_takes_the_place_of_an_unsigned_one(papers: Paperwork) -> None:
    old = papers.agreed()
    new = papers.take(old.application_id, agreement_view("КД-2"))
    old = papers.row(old.id)
    assert (old.live, old.signing, old.funding, old.goods) == (0, "refused", "void", "called_off")
    assert (new.live, new.signing) == (1, "planned")
    assert [row.state for row in rows(papers, invoices)] == ["cancelled", "open"]
    assert papers.house.row(old.application_id).agreement_no == "КД-2"


@pytest.mark.parametrize("way", list(SigningWay))
def test_another_one_after_the_signature_is_held_against_it(papers: Paperwork, way: SigningWay) -> None:
    signed = papers.signed(way)
    kept = papers.take(signed.application_id, agreement_view("КД-2"))
    assert (kept.id, kept.number, kept.live) == (signed.id, "КД-1", 1)
    assert [one.code for one in holding(kept.warnings)] == ["loan.agreement_changed"]
    papers.take(signed.application_id, agreement_view("КД-2"))  # polled again
    assert len(holding(papers.row(signed.id).warnings)) == 1
    assert len(papers.tasks("task.loan_held")) == 1


def test_sums_that_do_not_add_up_are_shown_and_keep_it_from_being_signed(papers: Paperwork) -> None:
    row = papers.agreed(view={"loan": LOAN + Money(100_000)})
    (held,) = holding(row.warnings)
    assert (held.code, held.values["difference"]) == ("loan.sums_differ", "1000.00")
    assert row.signing == "planned"
    assert papers.tasks("task.loan_held")
    assert papers.house.refused(MANAGER, lambda u: signing.sign(u, papers.terms, row.application_id)).code


def test_the_lenders_correction_frees_it(papers: Paperwork) -> None:
    wrong = papers.agreed(view={"loan": LOAN + Money(100)})
    right = papers.take(wrong.application_id, agreement_view())
    assert (right.live, holding(right.warnings), papers.row(wrong.id).live) == (1, [], 0)


def test_a_person_may_confirm_and_the_lenders_figures_rule(papers: Paperwork) -> None:
    row = papers.agreed(view={"loan": LOAN - Money(100_000)})
    after = papers.house.do(
        MANAGER, lambda u: agreements.confirm(u, papers.terms, row.application_id, "банк прав", row.version)
    )
    application = papers.house.row(row.application_id)
    assert application.down == 600_000  # goods = down payment + loan again
    assert application.goods == application.down + after.loan
    assert application.fee == Money(after.transfer).times(Decimal("0.025")).kopecks
    assert after.signing == "documents_ready"
    assert not papers.tasks("task.loan_held")
    settled = json.loads(after.warnings)[0]
    assert settled["settled_by"] == str(MANAGER)


@pytest.mark.parametrize("note", ["", "  "])
def test_a_confirmation_needs_a_reason_and_a_person(papers: Paperwork, note: str) -> None:
    row = papers.agreed(view={"loan": LOAN - Money(1)})
    confirm = agreements.confirm
    said = papers.house.refused(MANAGER, lambda u: confirm(u, papers.terms, row.application_id, note))
    assert said.code == "loan.reason_missing"
    said = papers.house.refused(SERVICE, lambda u: confirm(u, papers.terms, row.application_id, "так надо"))
    assert said.code == "loan.person_needed"


def test_nothing_held_is_nothing_to_confirm_and_a_loan_above_the_goods_cannot_be(papers: Paperwork) -> None:
    fine = papers.agreed()
    said = papers.house.refused(MANAGER, lambda u: agreements.confirm(u, papers.terms, fine.application_id, "да"))
    assert said.code == "loan.not_held"
    papers.take(fine.application_id, agreement_view("КД-2", loan=Money(9_000_000)))
    said = papers.house.refused(MANAGER, lambda u: agreements.confirm(u, papers.terms, fine.application_id, "да"))
    assert said.code == "loan.sums_impossible"


def test_one_number_for_two_applications_is_held(papers: Paperwork) -> None:
    papers.agreed(order="A-1")
    second = papers.agreed(order="A-2")
    assert [one.code for one in holding(second.warnings)] == ["loan.agreement_number_taken"]


@pytest.mark.parametrize(
    ("psk", "codes"),
    [("24.900", []), ("24.93", []), ("24.96", ["loan.psk_differs"]), ("", []), ("??", ["loan.psk_unreadable"])],
)
def test_the_psk_is_compared_and_only_warned_of(papers: Paperwork, psk: str, codes: list[str]) -> None:
    row = papers.take(papers.accepted().id, agreement_view(psk=psk))
    assert [one["code"] for one in json.loads(row.warnings)] == codes
    assert row.psk_ours == "24.900"
    assert not holding(row.warnings)


def test_terms_other_than_the_offers_are_a_warning(papers: Paperwork) -> None:
    row = papers.take(papers.accepted().id, agreement_view(months=10))
    assert "loan.offer_differs" in [one["code"] for one in json.loads(row.warnings)]


def test_an_instalment_plan_costs_the_buyer_nothing(papers: Paperwork) -> None:
    """Of a plan the shop pays for, the lender pays out less and the buyer repays exactly what the goods cost."""
    application = papers.accepted(offers=(offer(rate="0", discount=Money(300_000), psk="0"),))
    row = papers.take(application.id, agreement_view(rate="0", psk="0", discount=Money(300_000)))
    assert (row.psk_ours, row.transfer) == ("0.000", 3_799_000)


@pytest.mark.parametrize(("loan", "discount"), [(0, 0), (100, 101), (100, -1)])
def test_impossible_sums_are_refused(papers: Paperwork, loan: int, discount: int) -> None:
    application = papers.accepted()
    decision = papers.house.decisions(application.id)["rest"]
    wrong = agreement_view(loan=Money(loan), discount=Money(discount))
    said = papers.house.refused(SERVICE, lambda u: agreements.take(u, papers.terms, application, decision, wrong))
    assert said.code == "loan.agreement_sums"


def test_a_lender_whose_offer_was_not_accepted_has_no_agreement(papers: Paperwork) -> None:
    application = papers.approved()
    decision = papers.house.decisions(application.id)["rest"]
    view = agreement_view()
    said = papers.house.refused(SERVICE, lambda u: agreements.take(u, papers.terms, application, decision, view))
    assert said.code == "loan.agreement_not_chosen"


def test_the_fee_is_of_the_tariff_of_the_day(papers: Paperwork) -> None:
    fixed = Tariff(base=FeeBase.GOODS, fixed=Money(150_000))
    papers.house.do(DIRECTOR, lambda u: dated.set_tariff(u, papers.house.shop, "rest", date(2026, 11, 23), fixed))
    application = papers.accepted()
    papers.take(application.id, agreement_view())
    assert papers.house.row(application.id).fee == 150_000


@pytest.mark.parametrize("way", list(SigningWay))
def test_a_cancelled_application_leaves_nothing_of_its_agreement(papers: Paperwork, way: SigningWay) -> None:
    row = papers.met(way)
    papers.house.do(MANAGER, lambda u: ending.cancel(u, row.application_id, By.BUYER, EndReason.CHANGED_MIND))
    row = papers.row(row.id)
    assert (row.live, row.signing, row.funding, row.goods) == (0, "refused", "void", "called_off")
    assert [one.state for one in rows(papers, invoices)] == ["cancelled"]


@pytest.mark.parametrize(
    ("goods", "way_out"),
    [("shipped", False), ("delivered", False), ("committed", False), ("released", True)],
)
def test_it_is_not_called_off_once_the_goods_are_gone(papers: Paperwork, goods: str, way_out: bool) -> None:
    row = papers.signed()
    papers.put(row.id, goods=goods)
    cancel = ending.cancel
    if way_out:
        papers.house.do(MANAGER, lambda u: cancel(u, row.application_id, By.BUYER, EndReason.CHANGED_MIND))
        assert papers.row(row.id).goods == "called_off"
    else:
        said = papers.house.refused(MANAGER, lambda u: cancel(u, row.application_id, By.BUYER, EndReason.CHANGED_MIND))
        assert said.code == "loan.goods_left"


def test_a_late_refusal_is_told_to_people_once_the_goods_are_gone(papers: Paperwork) -> None:
    row = papers.signed()
    application = papers.house.row(row.application_id)
    assert papers.house.do(SERVICE, lambda u: agreements.revoked(u, papers.terms, application))
    papers.put(row.id, goods="shipped")
    assert not papers.house.do(SERVICE, lambda u: agreements.revoked(u, papers.terms, application))
    assert [one.code for one in holding(papers.row(row.id).warnings)] == ["loan.revoked_late"]
    assert papers.tasks("task.loan_held")


def test_a_digital_agreement_has_no_paper(papers: Paperwork) -> None:
    row = papers.signed(view={"digital": True})
    assert (row.original, row.holder) == ("not_needed", "")


def test_the_lenders_pdf_is_asked_for_and_one_of_a_void_agreement_is_dropped(papers: Paperwork) -> None:
    old = papers.agreed()
    (asked,) = papers.house.left("loan.fetch_document")
    payload = json.loads(asked.payload)
    assert (payload["agreement"], payload["document"], payload["lender"]) == (old.id, "doc-1", "rest")
    papers.take(old.application_id, agreement_view("КД-2"))
    kept = papers.house.do(SERVICE, lambda u: keep_agreement(u, papers.terms, old.application_id, old.id, PDF))
    assert kept is False
