"""Shops are taken in with requisites that hold, work once nothing is missing, and leave when nothing runs."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from gateway.core.errors import Conflict
from gateway.core.money import Money
from gateway.loans import dated, ending, shops
from gateway.loans.dated import SigningTerms
from gateway.loans.ending import By
from gateway.loans.model import SigningWay
from gateway.loans.reasons import EndReason
from gateway.loans.shops import SHOP, Onboarding, ShopEvent, ShopState
from gateway.loans.tables import shop_tariffs
from gateway.loans.tariffs import FREE, FeeBase, FeePayer, Tariff
from tests.loans.house import CALLER, DIRECTOR, House, lender_terms, new_shop

D = date(2026, 6, 1)


def test_a_shop_is_registered_with_what_it_tells(house: House) -> None:
    shop_id = house.do(DIRECTOR, lambda u: shops.register(u, new_shop("divan", sites=("HTTPS://Divan.example/",))))
    row = house.do(DIRECTOR, lambda u: shops.by_key(u, "divan"))
    assert (row.id, row.state, row.name, row.phone) == (shop_id, "new", "Магазин divan", "+74951234567")
    assert json.loads(row.sites) == ["https://divan.example"]
    (registered,) = [r for r in house.journalled("shop.registered") if r.subject == f"shop:{shop_id}"]
    assert registered.actor == "director:Дина"


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("https://Пример.рф/", "https://xn--e1afmkfd.xn--p1ai"),
        ("https://divan.example:443", "https://divan.example"),
        ("https://divan.example:8443", "https://divan.example:8443"),
        ("http://localhost:8000", "http://localhost:8000"),
    ],
)
def test_a_site_is_kept_as_browsers_name_it(house: House, typed: str, sent: str) -> None:
    house.do(DIRECTOR, lambda u: shops.register(u, new_shop("divan", sites=(typed,))))
    row = house.do(DIRECTOR, lambda u: shops.by_key(u, "divan"))
    assert json.loads(row.sites) == [sent]


@pytest.mark.parametrize(
    ("differently", "code"),
    [
        ({"key": "Диван"}, "shop.bad_key"),
        ({"key": "d"}, "shop.bad_key"),
        ({"key": "mebel"}, "shop.key_taken"),
        ({"name": "  "}, "shop.no_name"),
        ({"inn": "7707083894"}, "requisites.inn"),
        ({"kpp": ""}, "requisites.kpp"),
        ({"bic": "144525225"}, "requisites.bic"),
        ({"account": "40702810000000000002"}, "requisites.account_key"),
        ({"corr_account": "30101810400000000226"}, "requisites.account_key"),
        ({"email": "нет"}, "email.wrong"),
        ({"phone": "02"}, "phone.wrong"),
        ({"region": "RU-MOW"}, "shop.bad_region"),
        ({"risk_limit": Money(-1)}, "shop.bad_limit"),
        ({"sites": ("http://divan.example",)}, "shop.bad_site"),
        ({"sites": ("https://divan.example/a",)}, "shop.bad_site"),
        ({"sites": ("https://u@divan.example",)}, "shop.bad_site"),
        ({"sites": ("javascript:alert(1)",)}, "shop.bad_site"),
        ({"sites": ("https://[::1",)}, "shop.bad_site"),
        ({"sites": (f"https://{'д' * 64}.рф",)}, "shop.bad_site"),
    ],
)
def test_what_does_not_hold_is_refused_by_name(house: House, differently: dict[str, Any], code: str) -> None:
    given = {"key": "divan"} | differently
    assert house.refused(DIRECTOR, lambda u: shops.register(u, new_shop(**given))).code == code


def test_a_sole_trader_has_no_kpp(house: House) -> None:
    assert house.do(DIRECTOR, lambda u: shops.register(u, new_shop("ipetrov", inn="500100732259", kpp="")))


def test_a_shop_works_once_nothing_is_missing(house: House) -> None:
    shop_id = house.do(DIRECTOR, lambda u: shops.register(u, new_shop("divan", contract="")))

    def lacking() -> set[Onboarding]:
        with house.store.unit(DIRECTOR) as unit:
            steps = shops.onboarding(unit.connection, shops.load(unit, shop_id), "2026-11-23")
        return {step for step, done in steps.items() if not done}

    assert lacking() == {Onboarding.CONTRACT, Onboarding.MANAGER}
    refused = house.refused(DIRECTOR, lambda u: shops.move(u, shop_id, ShopEvent.ACTIVATE))
    assert refused.values == {"name": "Магазин divan", "lacking": "contract, manager"}
    house.do(DIRECTOR, lambda u: shops.amend(u, shop_id, new_shop("divan", own=True)))
    assert lacking() == set()
    assert house.do(DIRECTOR, lambda u: shops.move(u, shop_id, ShopEvent.ACTIVATE)).state == "active"


def test_particulars_change_under_the_version_seen_and_the_journal_keeps_both(house: House) -> None:
    row = house.do(DIRECTOR, lambda u: shops.load(u, house.shop))
    changed = new_shop("mebel", risk_limit=Money(100))
    after = house.do(DIRECTOR, lambda u: shops.amend(u, house.shop, changed, row.version))
    assert (after.risk_limit, after.version) == (100, row.version + 1)
    stale = house.refused(DIRECTOR, lambda u: shops.amend(u, house.shop, new_shop("mebel"), row.version))
    assert isinstance(stale, Conflict)
    assert house.do(DIRECTOR, lambda u: shops.amend(u, house.shop, changed)).version == after.version
    (amended,) = house.journalled("shop.amended")
    body = json.loads(amended.body)
    assert (body["before"]["risk_limit"], body["after"]["risk_limit"]) == (0, 100)
    fixed = house.refused(DIRECTOR, lambda u: shops.amend(u, house.shop, new_shop("inoy")))
    assert fixed.code == "shop.key_fixed"


def test_a_shop_leaves_when_nothing_runs(house: House) -> None:
    applied = house.apply("З-1")
    busy = house.refused(DIRECTOR, lambda u: shops.move(u, house.shop, ShopEvent.CLOSE))
    assert busy.values == {"name": "Магазин mebel", "count": 1}
    house.do(CALLER, lambda u: ending.cancel(u, applied.id, By.SHOP, EndReason.CHANGED_MIND))
    assert house.do(DIRECTOR, lambda u: shops.move(u, house.shop, ShopEvent.CLOSE, "конец договора")).state == "closed"


@pytest.mark.parametrize("state", list(ShopState))
@pytest.mark.parametrize("event", list(ShopEvent))
def test_every_state_and_event_of_a_shop(house: House, state: ShopState, event: ShopEvent) -> None:
    with house.store.unit() as unit:
        unit.update(shops.shops, house.shop, state=state.value)
        unit.commit()
    expected = SHOP.table.get((state, event))
    if expected is None:
        assert house.refused(DIRECTOR, lambda u: shops.move(u, house.shop, event)).code == "state.illegal"
    else:
        assert house.do(DIRECTOR, lambda u: shops.move(u, house.shop, event)).state == expected.to


def test_people_of_a_shop_see_their_own(house: House) -> None:
    assert house.do(house.boss, lambda u: shops.load(u, house.shop)).key == "mebel"
    assert house.refused(house.stranger, lambda u: shops.load(u, house.shop)).code == "shop.unknown"
    assert house.refused(house.stranger, lambda u: shops.by_key(u, "mebel")).code == "shop.unknown"
    assert house.refused(DIRECTOR, lambda u: shops.by_key(u, "nobody")).code == "shop.unknown"


# -- dated rows ------------------------------------------------------------------------------------------------------


def tariff_on(house: House, shop_id: str, lender: str, on: date) -> Tariff:
    with house.store.reading() as connection:
        return dated.tariff_on(connection, house.store.company, shop_id, lender, on)


def test_a_tariff_holds_from_its_day_and_the_old_one_before_it(house: House) -> None:
    whole = Tariff(FeeBase.GOODS, Decimal("1.75"), Money(100), Money(50), Money(500_000), FeePayer.LENDER)
    house.do(DIRECTOR, lambda u: dated.set_tariff(u, house.shop, "soap", D, whole))
    assert tariff_on(house, house.shop, "soap", D) == whole
    assert tariff_on(house, house.shop, "soap", date(2026, 5, 31)).percent == Decimal("2.5")
    assert tariff_on(house, house.shop, "rest", D).percent == Decimal("2.5")
    assert tariff_on(house, house.other, "soap", D).percent == Decimal("2.5")
    assert tariff_on(house, house.shop, "soap", date(2025, 12, 31)) == FREE


def test_what_was_agreed_on_is_not_changed_behind_it(house: House) -> None:
    house.do(DIRECTOR, lambda u: dated.set_tariff(u, house.shop, "", D, Tariff()))
    before = house.count(shop_tariffs)
    earlier = lambda u: dated.set_tariff(u, house.shop, "", date(2026, 5, 1), Tariff())  # noqa: E731
    refused = house.refused(DIRECTOR, earlier)
    assert (refused.code, refused.values["latest"]) == ("loan.terms_backdated", "2026-06-01")
    house.do(DIRECTOR, lambda u: dated.set_tariff(u, house.shop, "", D, Tariff(percent=Decimal(1))))
    assert tariff_on(house, house.shop, "", D).percent == 1  # the same day again corrects it
    assert house.count(shop_tariffs) == before + 1
    assert house.refused(DIRECTOR, lambda u: dated.set_tariff(u, "nobody", "", D, Tariff())).code == "shop.unknown"


def test_the_narrower_price_of_signing_wins(house: House) -> None:
    courier = SigningWay.COURIER
    for lender, region, cost in (("", "", 1), ("", "77", 2), ("soap", "", 3), ("soap", "77", 4)):
        terms = SigningTerms(courier, lender, region, D, covered=True, cost=Money(cost), partner="Курьер")
        house.do(DIRECTOR, lambda u, each=terms: dated.set_signing_terms(u, each))

    def cost(lender: str, region: str, on: date = D) -> int | None:
        with house.store.reading() as connection:
            found = dated.signing_terms_on(connection, house.store.company, courier, lender, region, on)
        return None if found is None else found.cost.kopecks

    assert [cost("soap", "77"), cost("soap", "52"), cost("rest", "77"), cost("rest", "52")] == [4, 3, 2, 1]
    assert cost("soap", "77", date(2026, 5, 31)) is None
    negative = SigningTerms(courier, "", "", D, covered=True, cost=Money(-1))
    assert house.refused(DIRECTOR, lambda u: dated.set_signing_terms(u, negative)).code == "loan.terms_cost"


def test_terms_of_a_lender_hold_from_their_day(house: House) -> None:
    new = lender_terms("soap", since=D, categories=("furniture",), months=(24, 6), zero_rate=True)
    house.do(DIRECTOR, lambda u: dated.set_lender_terms(u, new))
    with house.store.reading() as connection:
        company = house.store.company
        now = dated.lender_terms_on(connection, company, "soap", D)
        before = dated.lender_terms_on(connection, company, "soap", date(2026, 5, 31))
        assert [terms.lender for terms in dated.lenders_on(connection, company, D)] == ["rest", "soap"]
        assert dated.lenders_on(connection, company, date(2025, 1, 1)) == []
    assert now is not None
    assert before is not None
    assert (now.months, now.categories, now.zero_rate, before.categories) == ((6, 24), ("furniture",), True, ())


def test_terms_entered_again_for_the_same_day_replace_those_before(house: House) -> None:
    for most in (300_000_00, 200_000_00):
        house.clock.advance(timedelta(seconds=1))
        new = lender_terms("soap", since=D, most=Money(most))
        house.do(DIRECTOR, lambda u, new=new: dated.set_lender_terms(u, new))
    with house.store.reading() as connection:
        [only] = dated.lenders_on(connection, house.store.company, D, ("soap",))
    assert only.most == Money(200_000_00)


@pytest.mark.parametrize(
    ("differently", "code"),
    [
        ({"least": Money(10), "most": Money(9)}, "loan.terms_sums"),
        ({"least": Money(-1)}, "loan.terms_sums"),
        ({"least": Money(0), "most": Money(0)}, "loan.terms_sums"),
        ({"months": ()}, "loan.terms_months"),
        ({"months": (0,)}, "loan.terms_months"),
        ({"months": (121,)}, "loan.terms_months"),
        ({"rate": Decimal(-1)}, "loan.terms_percent"),
        ({"rate": Decimal(293)}, "loan.terms_percent"),
        ({"down_percent": Decimal(100)}, "loan.terms_percent"),
    ],
)
def test_terms_that_make_no_sense_are_refused(house: House, differently: dict[str, Any], code: str) -> None:
    terms = lender_terms("soap", **differently)
    assert house.refused(DIRECTOR, lambda u: dated.set_lender_terms(u, terms)).code == code
