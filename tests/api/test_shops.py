"""/v1/shops, /v1/loan-terms, /v1/lenders: who sells on credit, on which terms, and how it goes with lenders."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gateway.core.authority import SERVICE
from gateway.core.errors import Unavailable
from gateway.loans import access, registration
from gateway.loans.lenders import contact
from gateway.loans.registration import STRANGER
from tests.api.lending import Lending, good, refused
from tests.loans.house import COMPANY, new_shop
from tests.loans.newcomers import newcomer


def shop_body(key: str, **differently: Any) -> dict[str, Any]:
    made = asdict(new_shop(key))
    return {**made, "sites": list(made["sites"]), "risk_limit": 0, **differently}


def test_a_shop_is_taken_in_and_works_once_it_lacks_nothing(lending: Lending) -> None:
    director = lending.of("director")
    shop = good(director.post("/v1/shops", json=shop_body("divan", contract="")))
    assert (shop["state"], shop["state_ru"] != "", shop["lacking"]) == ("new", True, ["contract", "manager"])
    url = f"/v1/shops/{shop['id']}"
    assert refused(director.post(f"{url}/activate", json={})) == "shop.not_ready"
    stale = director.put(url, json=shop_body("divan"), headers={"If-Match": '"7"'})
    assert refused(stale, 412) == "api.stale"
    good(director.put(url, json=shop_body("divan", risk_limit=500_000_00), headers={"If-Match": '"1"'}))
    good(director.post(f"{url}/access", json={"kind": "shop_manager", "name": "Ольга"}))
    shop = good(director.post(f"{url}/activate", json={"reason": "договор подписан"}))
    assert (shop["state"], shop["lacking"], shop["events"]) == ("active", [], ["suspend", "close"])
    assert (shop["risk_limit"], shop["exposure"], shop["account"]) == (500_000_00, 0, new_shop("divan").account)
    assert good(director.post(f"{url}/suspend", json={}))["state"] == "suspended"
    assert good(director.post(f"{url}/close", json={}))["events"] == []


def test_a_token_is_shown_once_and_lets_in_until_it_is_revoked(lending: Lending) -> None:
    director = lending.of("director")
    url = f"/v1/shops/{lending.house.shop}"
    body, key = {"kind": "shop_site", "name": "mebel.example"}, {"Idempotency-Key": "form"}
    first = good(director.post(f"{url}/access", json=body, headers=key))
    again = good(director.post(f"{url}/access", json=body, headers=key))
    assert first["token"].startswith(access.PREFIX)
    assert (again["id"], again["token"]) == (first["id"], None)
    with lending.house.store.reading() as connection:
        entrant = access.enter(connection, COMPANY, first["token"])
        for name in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all():
            assert first["token"] not in str(connection.exec_driver_sql(f'SELECT * FROM "{name}"').all()), name
    assert entrant is not None and entrant.actor.party == lending.house.shop
    other = f"/v1/shops/{lending.house.other}/access/{first['id']}/revoke"
    assert refused(director.post(other, json={}), 404) == "api.not_found"
    left = good(director.post(f"{url}/access/{first['id']}/revoke", json={}))
    assert first["id"] not in {one["id"] for one in left["access"]}
    with lending.house.store.reading() as connection:
        assert access.enter(connection, COMPANY, first["token"]) is None


def test_shops_are_found_by_word_and_state(lending: Lending) -> None:
    lending.house.apply()
    manager = lending.of("manager")
    page = good(manager.get("/v1/shops"))
    assert [(one["key"], one["open_applications"]) for one in page["items"]] == [("mebel", 1), ("tehnika", 0)]
    assert page["counts"] == {"all": 2, "new": 0, "active": 2, "suspended": 0, "closed": 0}
    assert [one["key"] for one in good(manager.get("/v1/shops", params={"q": "техника"}))["items"]] == []
    assert [one["key"] for one in good(manager.get("/v1/shops", params={"q": "TEHNIKA"}))["items"]] == ["tehnika"]
    assert good(manager.get("/v1/shops", params={"state": "closed"}))["total"] == 0
    assert refused(manager.get("/v1/shops/nothing"), 404) == "shop.unknown"


def test_terms_hold_from_a_day_on_and_never_behind_it(lending: Lending) -> None:
    director = lending.of("director")
    body = {"shop_id": lending.house.shop, "lender": "rest", "since": "2026-12-01", "percent": "3,5", "least": 10_000}
    terms = good(director.post("/v1/loan-terms/tariffs", json=body))
    own = next(row for row in terms["tariffs"] if row["shop_id"] == lending.house.shop)
    assert (own["percent"], own["in_force"], own["shop"], own["lender_title"]) == (
        "3.5", False, "Магазин mebel", "Банк «Отдых»",
    )  # fmt: skip
    general = next(row for row in terms["tariffs"] if row["shop_id"] == "")
    assert (general["percent"], general["in_force"]) == ("2.5", True)
    assert refused(director.post("/v1/loan-terms/tariffs", json={**body, "since": "2026-11-30"})) == (
        "loan.terms_backdated"
    )
    shop = good(director.get(f"/v1/shops/{lending.house.shop}"))
    assert [(row["id"], row["in_force"]) for row in shop["tariffs"]] == [(own["id"], False), (general["id"], True)]


def test_a_shop_s_own_tariff_stands_before_the_general_one(lending: Lending) -> None:
    director = lending.of("director")
    body = {"shop_id": lending.house.shop, "since": "2026-11-23", "base": "goods", "percent": "1", "visits": True}
    terms = good(director.post("/v1/loan-terms/tariffs", json=body))
    assert [(row["shop_id"] != "", row["visits"]) for row in terms["tariffs"]] == [(True, True), (False, False)]
    shop = good(director.get(f"/v1/shops/{lending.house.shop}"))
    assert [(row["shop_id"] != "", row["in_force"]) for row in shop["tariffs"]] == [(True, True), (False, False)]
    good(director.post("/v1/loan-terms/tariffs", json={**body, "shop_id": lending.house.other}))
    all_rows = good(director.get("/v1/loan-terms"))["tariffs"]
    general = good(director.get("/v1/loan-terms", params={"general": True}))["tariffs"]
    assert (len(all_rows), [row["in_force"] for row in general]) == (3, [True])


def test_every_field_of_a_form_is_told_what_is_wrong_with_it(lending: Lending) -> None:
    director = lending.of("director")
    wrong = {
        "key": "mebel", "name": " ", "inn": "7707083894", "kpp": "1", "bic": "044525225", "corr_account": "",
        "account": "40702810000000000002", "email": "x", "phone": "1", "region": "7a", "sites": ["http://shop.example"],
    }  # fmt: skip
    faults = good(director.post("/v1/shops/check", json=wrong))["faults"]
    assert {one["field"]: one["code"] for one in faults} == {
        "key": "shop.key_taken", "name": "shop.no_name", "inn": "requisites.inn", "kpp": "requisites.kpp",
        "account": "requisites.account_key", "email": "email.wrong", "phone": "phone.wrong",
        "region": "shop.bad_region", "sites": "shop.bad_site",
    }  # fmt: skip
    assert all(one["text_ru"] and one["text_en"] for one in faults)
    assert "контрольная цифра" in next(one["text_ru"] for one in faults if one["field"] == "inn")
    assert good(director.post("/v1/shops/check", json={**shop_body("mebel"), "new": False}))["faults"] == []
    codes = [one["code"] for one in good(director.post("/v1/shops/check", json={**shop_body("x")}))["faults"]]
    assert codes == ["shop.bad_key"]
    assert len(good(director.get("/v1/shops"))["items"]) == 2


def test_a_shop_s_card_tells_who_did_what_and_why(lending: Lending) -> None:
    director = lending.of("director")
    shop = good(director.post("/v1/shops", json=shop_body("divan")))
    url = f"/v1/shops/{shop['id']}"
    good(director.post(f"{url}/access", json={"kind": "shop_manager", "name": "Ольга"}))
    good(director.put(url, json=shop_body("divan", risk_limit=500_000_00)))
    good(director.post(f"{url}/activate", json={}))
    told = good(director.post(f"{url}/suspend", json={"reason": "жалобы покупателей"}))["history"]
    assert [(one["event"], one["note"]) for one in told] == [
        ("suspend", "жалобы покупателей"), ("activate", ""), ("amended", ""), ("access_given", ""), ("registered", ""),
    ]  # fmt: skip
    assert told[2]["changes"] == [{"field": "risk_limit", "before": "0", "after": "50000000"}]
    assert (told[3]["text_ru"], told[3]["by"]) == ("Выдан доступ: Ольга", "director:user-director")


def test_a_shop_that_registered_by_itself_is_marked_and_its_contact_is_the_director_s(lending: Lending) -> None:
    house = lending.house
    made = house.do(STRANGER, lambda u: registration.register(u, house.terms, newcomer()))
    url, director = f"/v1/shops/{made}", lending.of("director")
    marked = {one["id"]: one["by_itself"] for one in good(director.get("/v1/shops"))["items"]}
    assert marked == {made: True, house.shop: False, house.other: False}
    shop = good(director.get(url))
    assert (shop["contact"], shop["segments"], shop["same_inn"]) == (
        "Ольга Петровна", ["furniture"], ["mebel", "tehnika"],
    )  # fmt: skip
    assert [one["text_ru"] for one in shop["history"]] == ["Магазин зарегистрировался сам"]
    assert good(lending.of("manager").get(url))["contact"] == ""
    assert good(director.get(f"/v1/shops/{house.shop}"))["contact"] == ""


def test_shops_are_sorted_by_the_service(lending: Lending) -> None:
    lending.house.apply()
    director = lending.of("director")

    def keys(sort: str) -> list[str]:
        return [one["key"] for one in good(director.get("/v1/shops", params={"sort": sort, "limit": 1}))["items"]]

    assert (keys("open_applications"), keys("-open_applications")) == (["tehnika"], ["mebel"])
    first = good(director.get("/v1/shops", params={"sort": "-open_applications", "limit": 1}))
    behind = {"sort": "-open_applications", "limit": 1, "after": first["next"]}
    assert [one["key"] for one in good(director.get("/v1/shops", params=behind))["items"]] == ["tehnika"]


def test_costs_of_signing_and_lenders_terms_are_set(lending: Lending) -> None:
    director = lending.of("director")
    signing = {"way": "courier", "region": "78", "since": "2026-11-23", "cost": 2_000_00, "partner": "Гонец"}
    rows = good(director.post("/v1/loan-terms/signing", json=signing))["signing"]
    assert next((row["cost"], row["in_force"]) for row in rows if row["region"] == "78") == (2_000_00, True)
    lender = {
        "lender": "soap", "since": "2026-11-23", "least": 1_000_00, "most": 300_000_00, "months": [12, 6, 6],
        "rate": "0", "categories": ["furniture"], "zero_rate": True,
    }  # fmt: skip
    rows = good(director.post("/v1/loan-terms/lenders", json=lender))["lenders"]
    now = next(row for row in rows if row["lender"] == "soap" and row["in_force"])
    assert (now["months"], now["categories"], now["zero_rate"]) == ([6, 12], ["furniture"], True)
    assert sum(row["in_force"] for row in rows if row["lender"] == "soap") == 1
    nonsense = {**lender, "rate": "много"}
    assert refused(director.post("/v1/loan-terms/lenders", json=nonsense)) == "loan.percent_unreadable"


def test_a_lender_who_does_not_answer_is_seen_and_so_is_why(lending: Lending) -> None:
    row = lending.house.submitted(("soap", "rest"))
    lending.house.answer(row.id, "soap", poll_at="2026-11-23T08:01:00.000000Z")
    away = Unavailable("lender.away", retry_after=5, lender="soap", reason="refused")

    def fail() -> None:
        decision = lending.house.decisions(row.id)["soap"]
        lending.house.do(SERVICE, lambda u: contact.failed(u, decision, away))

    fail()
    lending.house.later(minutes=20)
    fail()
    administrator = lending.of("it")
    soap, rest = good(administrator.get("/v1/lenders"))["items"]
    assert (soap["lender"], soap["title"], soap["open"], soap["failing"]) == ("soap", "Банк «Мыло»", 1, 1)
    assert (soap["silent"], soap["away_since"]) == (True, "2026-11-23T08:00:00.000000Z")
    assert soap["last_error"]["code"] == "lender.away"
    assert (rest["silent"], rest["away_since"], rest["last_error"]) == (False, None, None)
    assert rest["terms"]["months"] == [6, 10, 12, 24]
    card = good(lending.of("manager").get(f"/v1/loans/{row.id}"))
    asked = {one["lender"]: one for one in card["decisions"]}
    assert (asked["soap"]["failures"], asked["soap"]["error"]["code"]) == (2, "lender.away")


def test_the_call_centre_changes_no_terms(lending: Lending) -> None:
    caller = lending.of("call_centre")
    assert refused(caller.post("/v1/shops", json=shop_body("x")), 403) == "authority.missing"
    assert refused(caller.get("/v1/settlement/balances"), 403) == "authority.missing"
