"""Applications come in, once each, are corrected, cancelled and lapse."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from gateway.core.authority import SERVICE
from gateway.core.clock import from_text
from gateway.core.errors import Conflict
from gateway.core.money import Money
from gateway.loans import applications, ending, shops, submission
from gateway.loans.applying import apply, set_purchase
from gateway.loans.dated import SigningTerms, set_lender_terms, set_signing_terms
from gateway.loans.ending import By
from gateway.loans.lenders.ports import BasketLine
from gateway.loans.model import ApplicationEvent, SigningWay
from gateway.loans.personal import about_buyer
from gateway.loans.purchase import Purchase, purchase_of
from gateway.loans.reasons import EndReason
from gateway.loans.shops import ShopEvent
from gateway.loans.tables import applications as table
from gateway.loans.tables import decisions
from gateway.orders.tables import orders
from tests.loans.house import CALLER, COMPANY, DIRECTOR, FRIDGE, MANAGER, PHONE, House, lender_terms
from tests.loans.seed import empty_row

MIND = EndReason.CHANGED_MIND


def test_a_phone_number_alone_is_an_application(house: House) -> None:
    applied = house.do(house.site, lambda u: apply(u, house.terms, house.new(phone="8 (916) 123-12-34")))
    row = house.row(applied.id)
    assert (row.number, row.state, row.stage, row.origin) == (1, "lead", "application", "site")
    assert (row.goods, row.months, row.basket) == (0, 0, "[]")
    assert row.shop_order == "kvit-1"
    assert from_text(row.call_due) == house.clock.now() + timedelta(minutes=15)
    assert house.terms.sealer.open(about_buyer(row.id), row.buyer)["phone"] == PHONE
    assert house.history(row.id) == ["applied"]


def test_no_personal_data_stands_anywhere_in_the_open(house: House) -> None:
    applied = house.apply("З-1", name="Пётр Необычный")
    rows = repr([house.row(applied.id)._mapping, *(r._mapping for r in house.journalled())])
    assert "9161231234" not in rows
    assert "Необычный" not in rows


def test_the_same_order_again_is_the_same_application(house: House) -> None:
    first = house.apply("З-1")
    again = house.apply("З-1", phone="8 916 123 12 34")
    assert (again.id, again.number, again.known) == (first.id, first.number, True)
    assert not first.known
    assert house.count(table) == 1


@pytest.mark.parametrize(
    "other", [{"phone": "+79161231235"}, {"months": 10}, {"down": Money(0)}, {"name": "Пётр"}, {"delivery": "pickup"}]
)
def test_the_same_order_with_other_contents_is_refused(house: House, other: dict[str, Any]) -> None:
    house.apply("З-1")
    given: dict[str, Any] = {"basket": (FRIDGE,), "down": Money(500_000), "months": 12, "region": "77"} | other
    refused = house.refused(house.site, lambda u: apply(u, house.terms, house.new("З-1", **given)))
    assert (refused.code, refused.values) == ("loan.order_differs", {"order": "З-1", "number": 1})


def test_two_shops_may_have_one_order_number(house: House) -> None:
    house.apply("З-1")
    other = house.apply("З-1", shop=house.other)
    assert not other.known


def test_a_second_open_application_of_a_phone_is_pointed_out_and_not_refused(house: House) -> None:
    first, elsewhere = house.apply("З-1"), house.apply("З-9", shop=house.other)
    second = house.apply("З-2")
    assert (second.duplicates, elsewhere.duplicates) == ((first.number,), ())
    assert house.history(second.id) == ["applied", "duplicate"]
    house.later(hours=25)
    assert house.apply("З-3").duplicates == ()


def test_one_that_ended_is_no_duplicate(house: House) -> None:
    first = house.apply("З-1")
    house.do(CALLER, lambda u: ending.cancel(u, first.id, By.BUYER, MIND))
    assert house.apply("З-2").duplicates == ()


def test_the_goods_sum_is_the_baskets(house: House) -> None:
    two = BasketLine("Стул", "furniture", 2000, Money(150_050), Money(300_100))
    row = house.row(house.apply("З-1", basket=(FRIDGE, two)).id)
    assert row.goods == 4_599_000 + 300_100
    assert purchase_of(row).basket == (FRIDGE, two)


LINE = FRIDGE


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"phone": "12345"}, "phone.wrong"),
        ({"order": "kvit-7"}, "loan.bad_order"),
        ({"order": "З" * 65}, "loan.bad_order"),
        ({"order": "З\n1"}, "loan.bad_order"),
        ({"name": "а" * 121}, "loan.bad_name"),
        ({"name": "\u202eИван"}, "loan.bad_name"),
        ({"goods": Money(1)}, "loan.basket_sum"),
        ({"down": Money(4_599_001)}, "loan.bad_sums"),
        ({"down": Money(-1)}, "loan.bad_sums"),
        ({"basket": (), "goods": Money(-5)}, "loan.bad_sums"),
        ({"months": -1}, "loan.bad_months"),
        ({"months": 121}, "loan.bad_months"),
        ({"region": "7"}, "loan.bad_region"),
        ({"region": "Москва"}, "loan.bad_region"),
        ({"delivery": "дрон"}, "loan.bad_delivery"),
        ({"basket": (BasketLine("", "a", 1000, Money(5), Money(5)),)}, "loan.basket_line"),
        ({"basket": (BasketLine("x", "a", 0, Money(5), Money(0)),)}, "loan.basket_line"),
        ({"basket": (BasketLine("x", "a", 2000, Money(5), Money(11)),)}, "loan.basket_line"),
        ({"basket": (LINE,) * 201}, "loan.basket_line"),
        ({"shop": "nobody"}, "shop.unknown"),
    ],
)
def test_bad_input_is_refused_by_name(house: House, given: dict[str, Any], code: str) -> None:
    good: dict[str, Any] = {"order": "З-1", "basket": (FRIDGE,), "down": Money(0)}
    assert house.refused(SERVICE, lambda u: apply(u, house.terms, house.new(**(good | given)))).code == code
    assert house.count(table) == 0


def test_a_suspended_shop_takes_no_new_ones_but_knows_its_old_ones(house: House) -> None:
    house.apply("З-1")
    house.do(DIRECTOR, lambda u: shops.move(u, house.shop, ShopEvent.SUSPEND, "проверка"))
    assert house.apply("З-1").known
    assert house.refused(house.site, lambda u: apply(u, house.terms, house.new("З-2"))).code == "shop.not_active"


def test_an_own_shops_order_is_found_in_our_warehouse(house: House) -> None:
    own = house.open_shop("svoy", own=True)
    order = {"id": "O1", "company": house.store.company, "outer_id": "g-1", "number": "З-5", "version": 1}
    with house.store.unit() as unit:
        unit.insert(orders, empty_row(orders) | order)
        unit.commit()
    assert house.row(house.apply("З-5", shop=own).id).order_id == "O1"
    assert house.row(house.apply("З-5").id).order_id is None


def test_the_call_centre_learns_what_is_bought(house: House) -> None:
    applied = house.do(house.site, lambda u: apply(u, house.terms, house.new()))
    wanted = Purchase((FRIDGE,), down=Money(99_000), months=10, region="52", delivery="delivery")
    row = house.do(CALLER, lambda u: set_purchase(u, applied.id, wanted))
    assert (row.goods, row.down, row.months, row.version) == (4_599_000, 99_000, 10, 2)
    assert house.do(CALLER, lambda u: set_purchase(u, applied.id, wanted)).version == 2
    assert house.history(applied.id) == ["applied", "purchase"]


def test_what_lenders_have_is_not_changed_any_more(house: House) -> None:
    row = house.submitted()
    assert house.refused(CALLER, lambda u: set_purchase(u, row.id, Purchase())).code == "loan.not_editable"


def test_a_stale_edit_is_a_conflict(house: House) -> None:
    row = house.row(house.apply("З-1").id)
    house.do(CALLER, lambda u: set_purchase(u, row.id, Purchase(goods=Money(100_000)), row.version))
    again = house.refused(CALLER, lambda u: set_purchase(u, row.id, Purchase(goods=Money(200_000)), row.version))
    assert isinstance(again, Conflict)
    with house.store.unit(CALLER) as unit:
        with pytest.raises(Conflict):
            applications.step(unit, row, ApplicationEvent.ANSWER)
        with pytest.raises(Conflict):
            applications.load(unit, row.id, row.version)


# -- to lenders ------------------------------------------------------------------------------------------------------


def test_it_goes_to_every_lender_chosen_once(house: House) -> None:
    row = house.submitted()
    assert (row.state, row.stage) == ("submitted", "decision")
    found = house.decisions(row.id)
    assert {lender: d.state for lender, d in found.items()} == {"soap": "queued", "rest": "queued"}
    sent = house.left("loan.submit")
    assert [(s.key, json.loads(s.payload)) for s in sent] == [
        (f"loan:{row.id}:{lender}", {"application": row.id, "lender": lender, "decision": found[lender].id})
        for lender in ("soap", "rest")
    ]
    asked = house.refused(CALLER, lambda u: submission.submit(u, house.terms, row.id, ("soap",)))
    assert asked.code == "loan.lender_asked"


def test_another_lender_is_asked_later_without_a_step_back(house: House) -> None:
    row = house.submitted(("soap",))
    after = house.do(CALLER, lambda u: submission.submit(u, house.terms, row.id, ("rest",)))
    assert after.state == "submitted"
    assert set(house.decisions(row.id)) == {"soap", "rest"}


@pytest.mark.parametrize(
    ("given", "against"),
    [
        ({}, ()),
        ({"categories": ("furniture",)}, ("loan.fit.category",)),
        ({"least": Money(9_000_000)}, ("loan.fit.least",)),
        ({"least": Money(100), "most": Money(200)}, ("loan.fit.most",)),
        ({"months": (3,)}, ("loan.fit.months",)),
        ({"down_percent": 20}, ("loan.fit.down",)),
    ],
)
def test_a_lender_who_does_not_fit_says_why(house: House, given: dict[str, Any], against: tuple[str, ...]) -> None:
    house.do(DIRECTOR, lambda u: set_lender_terms(u, lender_terms("soap", since=date(2026, 11, 1), **given)))
    row = house.filled()
    with house.store.reading() as connection:
        found = {fit.lender: fit for fit in submission.fits(connection, house.terms, row, date(2026, 11, 23))}
    assert found["soap"].against == against
    assert found["soap"].fits is (not against)
    assert found["rest"].fits
    if against:
        refused = house.refused(CALLER, lambda u: submission.submit(u, house.terms, row.id, ("soap",)))
        assert refused.values == {"lender": "soap", "reasons": against[0]}


def test_a_lender_without_terms_fits_nothing(house: House) -> None:
    row = house.row(house.apply().id)
    more = replace(house.terms, lenders=("soap", "new"))
    with house.store.reading() as connection:
        found = submission.fits(connection, more, row, date(2026, 11, 23))
    assert [(fit.lender, fit.against) for fit in found] == [("soap", ()), ("new", ("loan.fit.no_terms",))]


def test_a_region_without_any_way_of_signing_fits_nobody(house: House) -> None:
    for way in SigningWay:
        closed = SigningTerms(way, "", "77", date(2026, 1, 1), covered=False, cost=Money(0))
        house.do(DIRECTOR, lambda u, terms=closed: set_signing_terms(u, terms))
    row = house.row(house.apply().id)
    with house.store.reading() as connection:
        found = submission.fits(connection, house.terms, row, date(2026, 11, 23))
        assert [fit.against for fit in found] == [("loan.fit.region",)] * 2
    courier = SigningTerms(SigningWay.COURIER, "rest", "77", date(2026, 1, 1), covered=True, cost=Money(150_000))
    house.do(DIRECTOR, lambda u: set_signing_terms(u, courier))
    with house.store.reading() as connection:
        found = submission.fits(connection, house.terms, row, date(2026, 11, 23))
    assert [fit.fits for fit in found] == [False, True]


def test_what_cannot_be_sent_is_refused(house: House) -> None:
    unknown_goods = house.do(house.site, lambda u: apply(u, house.terms, house.new(phone="+79169999999")))
    reached = house.reached()
    cases = {
        (unknown_goods.id, ("soap",)): "loan.no_goods",
        (reached.id, ()): "loan.no_lender",
        (reached.id, ("soap",)): "loan.no_consent",
        (house.filled(order="З-3").id, ("mfo",)): "loan.lender_unknown",
    }
    for (application_id, lenders), code in cases.items():
        call = lambda u, a=application_id, chosen=lenders: submission.submit(u, house.terms, a, chosen)  # noqa: E731
        assert house.refused(CALLER, call).code == code


def test_one_of_several_lenders_is_let_go(house: House) -> None:
    row = house.submitted()
    decision = house.do(CALLER, lambda u: submission.withdraw(u, row.id, "soap", MIND))
    assert (decision.state, decision.reason) == ("withdrawn", "changed_mind")
    assert [json.loads(r.payload)["reason"] for r in house.left("loan.cancel")] == ["changed_mind"]
    assert house.refused(CALLER, lambda u: submission.withdraw(u, row.id, "rest", MIND)).code == "loan.last_lender"
    assert house.refused(CALLER, lambda u: submission.withdraw(u, row.id, "mfo", MIND)).code == "loan.lender_not_asked"
    house.force(row.id, lender="soap")
    assert house.refused(CALLER, lambda u: submission.withdraw(u, row.id, "soap", MIND)).code == "loan.lender_chosen"


# -- the end ---------------------------------------------------------------------------------------------------------


def test_a_cancelled_application_leaves_nothing_open(house: House) -> None:
    row = house.submitted()
    house.force(row.id, state="agreed", stage="signing")
    agreement_id = house.agreement(row.id)
    after = house.do(house.boss, lambda u: ending.cancel(u, row.id, By.BUYER, MIND))
    assert (after.state, after.stage, after.ended_by, after.end_reason) == (
        "cancelled",
        "ended",
        "buyer",
        "changed_mind",
    )
    assert from_text(after.ended_at) == house.clock.now()
    assert {d.state for d in house.decisions(row.id).values()} == {"withdrawn"}
    assert len(house.left("loan.cancel")) == 2
    paper = house.agreement_row(agreement_id)
    assert (paper.live, paper.signing, paper.funding, paper.goods) == (0, "refused", "void", "called_off")


def test_who_may_cancel_on_whose_behalf(house: House) -> None:
    row = house.row(house.apply("З-1").id)
    assert house.refused(house.boss, lambda u: ending.cancel(u, row.id, By.US, MIND)).code == "loan.not_yours_to_say"
    assert house.refused(MANAGER, lambda u: ending.cancel(u, row.id, By.LENDER, MIND)).code == "loan.not_yours_to_say"
    assert (
        house.refused(MANAGER, lambda u: ending.cancel(u, row.id, By.US, EndReason.UNANSWERED)).code
        == "loan.reason_missing"
    )
    assert house.do(MANAGER, lambda u: ending.cancel(u, row.id, By.US, MIND)).ended_by == "us"
    assert house.refused(MANAGER, lambda u: ending.cancel(u, row.id, By.US, MIND)).code == "state.illegal"


def test_a_lead_nobody_went_on_with_lapses(house: House) -> None:
    stale, fresh = house.apply("З-1"), house.apply("З-2", phone="+79161230000")
    house.later(days=2, hours=23)
    assert house.do(SERVICE, lambda u: ending.expire_due(u, house.terms)) == 0
    house.force(fresh.id, call_due="2026-11-29T09:00:00.000000Z")
    house.later(hours=2)
    assert house.do(SERVICE, lambda u: ending.expire_due(u, house.terms)) == 1
    row = house.row(stale.id)
    assert (row.state, row.ended_by, row.end_reason, row.call_due) == ("expired", "us", "lead", None)
    assert house.row(fresh.id).state == "lead"
    assert house.do(SERVICE, lambda u: ending.expire_due(u, house.terms)) == 0


@pytest.mark.parametrize(
    ("until", "days", "lapses"),
    [(None, 13, False), (None, 15, True), ("2026-11-25", 1, False), ("2026-11-25", 3, True)],
)
def test_offers_nobody_accepted_lapse(house: House, until: str | None, days: int, lapses: bool) -> None:
    row = house.submitted(("soap",))
    house.force(row.id, state="approved")
    offered = json.dumps([{"id": "1", "until": until}])
    house.answer(row.id, "soap", state="approved", offers=offered, offers_until=until)
    house.later(days=days)
    assert house.do(SERVICE, lambda u: ending.expire_due(u, house.terms)) == int(lapses)
    assert house.row(row.id).state == ("expired" if lapses else "approved")


def test_what_waits_longer_does_not_hide_offers_that_have_run_out(house: House) -> None:
    """More applications than one go looks at wait with offers that stand; the last one's is over."""
    asked = {"lender": "soap", "state": "approved", "offers": "[{}]", "wanted": "{}", "answered_at": "2026-11-23"}
    waiting = [f"A{place:03}" for place in range(201)]
    with house.store.unit() as unit:
        for number, row_id in enumerate(waiting):
            row = {"id": row_id, "company": COMPANY, "number": 1000 + number, "shop_order": row_id, "stage": "decision"}
            row |= {"shop_id": house.shop, "state": "approved", "stage_since": f"2026-11-23T08:00:00.{number:06}Z"}
            unit.insert(table, empty_row(table) | row)
            last_day = "2026-11-24" if row_id == waiting[-1] else None
            of_it = {"id": row_id, "company": COMPANY, "application_id": row_id, "offers_until": last_day}
            unit.insert(decisions, empty_row(decisions) | asked | of_it)
        unit.commit()
    house.later(days=2)
    assert house.do(SERVICE, lambda u: ending.expire_due(u, house.terms)) == 1
    assert house.row(waiting[-1]).end_reason == "offer"


def test_an_agreement_not_signed_in_time_lapses(house: House) -> None:
    row = house.submitted(("soap",))
    house.force(row.id, state="agreed", stage="signing")
    agreement_id = house.agreement(row.id, sign_by="2026-11-24")
    house.later(days=1)
    assert house.do(SERVICE, lambda u: ending.expire_due(u, house.terms)) == 0
    house.later(days=1)
    assert house.do(SERVICE, lambda u: ending.expire_due(u, house.terms)) == 1
    assert house.row(row.id).end_reason == "signing"
    assert house.agreement_row(agreement_id).live == 0


def test_an_active_one_without_a_gap_is_closed_and_no_other(house: House) -> None:
    row = house.submitted(("soap",))
    house.force(row.id, state="active", stage="signing")
    assert not house.do(SERVICE, lambda u: ending.close_if_done(u, row.id))
    house.agreement(row.id, signing="signed", original="accepted", funding="received", goods="delivered")
    assert not house.do(SERVICE, lambda u: ending.close_if_done(u, row.id))
    house.paid_to_shop(row.id)
    assert house.do(SERVICE, lambda u: ending.close_if_done(u, row.id))
    after = house.row(row.id)
    assert (after.state, after.stage) == ("closed", "done")
    assert after.ended_at is not None
    assert house.do(SERVICE, lambda u: ending.close_if_done(u, row.id))
