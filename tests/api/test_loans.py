"""/v1/loans: the board, the list, an application from a phone number to an accepted offer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gateway.core.clock import to_text
from tests.api.lending import Lending, good, refused
from tests.loans.house import ANSWERS, PHONE

FRIDGE = {"name": "Холодильник", "category": "appliances", "qty": "1", "price": 45_990_00, "amount": 45_990_00}
PURCHASE = {"basket": [FRIDGE], "goods": 0, "down": 5_000_00, "months": 12, "region": "77", "delivery": "pickup"}


def new_loan(lending: Lending, **differently: Any) -> dict[str, Any]:
    return {"shop": lending.house.shop, "phone": PHONE, "name": "Иван", **PURCHASE, **differently}


def test_from_a_phone_number_to_lenders(lending: Lending) -> None:
    caller = lending.of("call_centre")
    made = good(caller.post("/v1/loans", json=new_loan(lending, shop_order="7", origin="call_centre")))
    assert made["number"] == 1 and not made["known"]
    loan_id = made["id"]
    assert (made["loan"]["origin"], made["loan"]["goods"]) == ("call_centre", 45_990_00)

    sheet = good(caller.post("/v1/loan-calls/next", json={}))["loan"]
    assert sheet["card"]["id"] == loan_id
    assert sheet["phone"] == PHONE and sheet["card"]["phone"] == "+7 *** ***-12-34"
    assert "ООО «Квит»" in sheet["script"][0]["text_ru"] and "Магазин mebel" in sheet["script"][0]["text_ru"]

    card = good(caller.post(f"/v1/loans/{loan_id}/call/result", json={"result": "reached"}))
    assert card["state"] == "questionnaire" and "questionnaire" in card["actions"]

    half = dict(list(ANSWERS.items())[:5])
    asked = good(caller.put(f"/v1/loans/{loan_id}/questionnaire", json={"values": half}))
    assert not asked["complete"]
    assert {"field": "employer", "code": "loan.field.missing", "warning": False}.items() <= asked["faults"][-1].items()
    rest = dict(list(ANSWERS.items())[5:])
    good(caller.put(f"/v1/loans/{loan_id}/questionnaire", json={"values": rest}))
    agreed = good(caller.post(f"/v1/loans/{loan_id}/consent", json={}))
    assert agreed["complete"] and agreed["values"]["surname"] == "Иванов"

    fits = good(caller.get(f"/v1/loans/{loan_id}/lenders"))["items"]
    assert [(fit["lender"], fit["title"], fit["fits"], fit["asked"]) for fit in fits] == [
        ("soap", "Банк «Мыло»", True, False),
        ("rest", "Банк «Отдых»", True, False),
    ]
    before = lending.told
    card = good(caller.post(f"/v1/loans/{loan_id}/submit", json={"lenders": ["soap", "rest"]}))
    assert card["state"] == "submitted" and card["stage"] == "decision"
    assert lending.told == before + 1
    assert [one["state_ru"] for one in card["decisions"]] == [one["state_ru"] for one in card["decisions"] if one]
    assert {row.key for row in lending.house.left("loan.submit")} == {f"loan:{loan_id}:soap", f"loan:{loan_id}:rest"}

    asked = {"lender": "soap", "reason": "changed_mind", "remark": "Иванов передумал"}
    card = good(caller.post(f"/v1/loans/{loan_id}/withdraw", json=asked))
    assert {one["lender"]: one["state"] for one in card["decisions"]} == {"soap": "withdrawn", "rest": "queued"}
    assert card["timeline"][0]["text_ru"].startswith("Заявка")


def test_a_repeat_with_the_same_key_is_one_application_and_another_body_is_refused(lending: Lending) -> None:
    caller = lending.of("call_centre")
    key = {"Idempotency-Key": "form-1"}
    first = good(caller.post("/v1/loans", json=new_loan(lending), headers=key))
    again = good(caller.post("/v1/loans", json=new_loan(lending), headers=key))
    assert first["id"] == again["id"]
    other = caller.post("/v1/loans", json=new_loan(lending, phone="+79161234567"), headers=key)
    assert refused(other) == "idempotency.mismatch"
    assert good(caller.get("/v1/loans"))["total"] == 1


def test_another_version_than_the_one_that_was_seen_is_stale(lending: Lending) -> None:
    row = lending.house.apply()
    caller = lending.of("call_centre")
    url = f"/v1/loans/{row.id}/cancel"
    body = {"by": "buyer", "reason": "changed_mind", "remark": "Иванову не нужно"}
    assert refused(caller.post(url, json=body | {"reason": "declined"})) == "api.invalid", "the program says that"
    assert refused(caller.post(url, json=body, headers={"If-Match": '"9"'}), 412) == "api.stale"
    card = good(caller.post(url, json=body, headers={"If-Match": '"1"'}))
    assert (card["state"], card["end_reason"], card["end_reason_ru"]) == ("cancelled", "changed_mind", "передумал")
    assert "Отменена (покупатель): передумал" in [one["text_ru"] for one in card["timeline"]]
    assert "Cancelled (the buyer): changed his mind" in [one["text_en"] for one in card["timeline"]]
    assert "Иванову" not in json.dumps(card, ensure_ascii=False)


def test_an_offer_is_accepted_on_the_version_that_was_seen_and_by_who_may(lending: Lending) -> None:
    row = lending.papers.approved()
    manager = lending.of("manager")
    card = good(manager.get(f"/v1/loans/{row.id}"))
    assert "accept" in card["actions"]
    assert [(one["way"], one["cost"]) for one in card["choices"]] == [
        ("branch", 0), ("clerk", 0), ("courier", 1_500_00),
    ]  # fmt: skip
    clerk = next(one for one in card["choices"] if one["way"] == "clerk")
    # 2.5 % of the transfer, half up
    assert (clerk["fee"], clerk["to_shop"]) == (1_024_75, 40_990_00 - 1_024_75)
    body = {"lender": "rest", "offer_id": "o1", "way": "clerk"}
    url = f"/v1/loans/{row.id}/accept"
    assert refused(manager.post(url, json=body), 400) == "api.version_needed"
    assert refused(lending.of("call_centre").post(url, json=body), 403) == "authority.missing"
    card = good(manager.post(url, json=body, headers={"If-Match": f'"{card["version"]}"'}))
    assert (card["state"], card["signing_way"], card["lender_title"]) == ("accepted", "clerk", "Банк «Отдых»")
    assert (card["transfer"], card["fee"], card["to_shop"]) == (40_990_00, 1_024_75, 39_965_25)
    assert card["choices"] == []


def test_the_buyer_in_full_is_for_few_and_the_journal_keeps_who(lending: Lending) -> None:
    row = lending.house.filled()
    accountant, caller = lending.of("accountant"), lending.of("call_centre")
    card = good(accountant.get(f"/v1/loans/{row.id}"))
    assert (card["buyer"], card["reveals"]) == ("И***в", False)
    assert refused(accountant.get(f"/v1/loans/{row.id}/buyer"), 403) == "authority.missing"
    assert refused(accountant.get(f"/v1/loans/{row.id}/questionnaire"), 403) == "authority.missing"
    before = len(lending.house.journalled("loan.personal_read"))
    assert good(caller.get(f"/v1/loans/{row.id}/buyer"))["name"] == "Иванов Иван Петрович"
    assert len(lending.house.journalled("loan.personal_read")) == before + 1


def test_what_a_form_holds_is_kept_nowhere_in_the_open(lending: Lending) -> None:
    row = lending.house.reached()
    key = {"Idempotency-Key": "sheet"}
    body = {"values": ANSWERS}
    good(lending.of("call_centre").put(f"/v1/loans/{row.id}/questionnaire", json=body, headers=key))
    file = lending.house.store
    with file.reading() as connection:
        for name in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all():
            rows = str(connection.exec_driver_sql(f'SELECT * FROM "{name}"').all())
            assert "4510123456" not in rows and "Иванов" not in rows, name


def test_the_list_is_walked_by_key_and_every_row_comes_once(lending: Lending) -> None:
    for place in range(7):
        lending.house.apply(order=f"A{place}", phone=f"+7916000000{place}")
        lending.house.later(minutes=1)
    manager = lending.of("manager")
    seen: list[str] = []
    after = ""
    while True:
        page = good(manager.get("/v1/loans", params={"limit": 3, "after": after, "sort": "made_at"}))
        seen += [item["shop_order"] for item in page["items"]]
        assert page["total"] == 7
        if page["next"] is None:
            break
        after = page["next"]
    assert seen == [f"A{place}" for place in range(7)]
    other_sort = manager.get("/v1/loans", params={"after": after, "sort": "-made_at"})
    assert refused(other_sort, 400) == "api.bad_cursor"


@pytest.mark.parametrize(
    ("typed", "found_by"),
    [("1", "number"), ("8 916 123-12-34", "phone"), ("ИВАНОВ", "surname"), ("КД-17", "agreement"), ("ЗК-5", "order")],
)
def test_one_search_box_finds_by_whatever_it_looks_like(lending: Lending, typed: str, found_by: str) -> None:
    row = lending.house.filled(order="ЗК-5")
    lending.house.apply(order="other", phone="+79990000000")
    lending.house.force(row.id, agreement_no="КД-17", agreement_key="17")
    page = good(lending.of("manager").get("/v1/loans", params={"q": typed}))
    assert (page["found_by"], [item["id"] for item in page["items"]]) == (found_by, [row.id])


@pytest.mark.parametrize("role", ["accountant", "director"])
def test_who_may_not_see_people_cannot_guess_them_by_searching(lending: Lending, role: str) -> None:
    """Masked phones show four digits; a search that answers tells the rest in a thousand questions."""
    lending.house.filled(order="ЗК-5")
    caller = lending.of(role)
    for typed in ("8 916 123-12-34", "ИВАНОВ"):
        assert good(caller.get("/v1/loans", params={"q": typed}))["total"] == 0
    for filters in ({"phone": "+79161231234"}, {"surname": "Иванов"}, {"phone": "+79990000000"}):
        assert refused(caller.get("/v1/loans", params=filters), 403) == "authority.missing"
    assert good(caller.get("/v1/loans", params={"q": "ЗК-5"}))["total"] == 1


def test_a_text_nobody_has_finds_nothing(lending: Lending) -> None:
    lending.house.apply()
    page = good(lending.of("manager").get("/v1/loans", params={"q": "Петров"}))
    assert (page["total"], page["items"], page["found_by"]) == (0, [], "")


def test_filters_go_together(lending: Lending) -> None:
    lending.house.apply(order="A")
    lending.house.apply(order="B", shop=lending.house.other)
    manager = lending.of("manager")

    def orders(**filters: str) -> list[str]:
        return [item["shop_order"] for item in good(manager.get("/v1/loans", params=filters))["items"]]

    assert orders(shop=lending.house.other) == ["B"]
    assert orders(shop=lending.house.other, state="lead", since="2026-11-23", until="2026-11-23") == ["B"]
    assert orders(shop=lending.house.other, since="2026-11-24") == []
    assert refused(manager.get("/v1/loans", params={"since": "yesterday"})) == "loan.bad_filter"


def test_the_board_counts_every_stage_and_what_is_late(lending: Lending) -> None:
    lending.house.apply(order="A")
    lending.house.later(days=2)
    lending.house.apply(order="B")
    stages = {line["stage"]: line for line in good(lending.of("accountant").get("/v1/loans/board"))["stages"]}
    assert list(stages) == ["application", "decision", "signing", "original", "money", "shop", "done", "ended"]
    first = stages["application"]
    assert (first["count"], first["red"], first["goods"]) == (2, 1, 2 * 45_990_00)
    assert first["oldest"] < to_text(lending.house.clock.now())
    assert stages["done"]["oldest"] is None
    late = {
        line["problem"]: line["count"] for line in good(lending.of("accountant").get("/v1/loans/problems"))["items"]
    }
    assert late["late"] == 1 and late["call"] == 1 and late["money"] == 0


def test_somebody_who_is_not_there_is_called_again(lending: Lending) -> None:
    row = lending.house.apply()
    caller = lending.of("call_centre")
    assert good(caller.get("/v1/loan-calls"))["waiting"] == 1
    assert good(caller.post(f"/v1/loans/{row.id}/call", json={}))["loan"]["card"]["call_by"] == "user-call_centre"
    assert good(caller.get("/v1/loan-calls"))["held"] == 1
    assert refused(lending.of("manager").post(f"/v1/loans/{row.id}/call", json={})) == "loan.on_the_line"
    body = {"result": "later", "at": "2026-11-24T12:00:00+03:00", "remark": "после обеда"}
    card = good(caller.post(f"/v1/loans/{row.id}/call/result", json=body))
    assert (card["state"], card["call_due"]) == ("callback", "2026-11-24T09:00:00.000000Z")
    assert good(caller.post("/v1/loan-calls/next", json={}))["loan"] is None
    bad = caller.post(f"/v1/loans/{row.id}/call/result", json={"result": "later", "at": "2026-11-24T12:00:00"})
    assert refused(bad) == "api.invalid"


def test_the_calculator_quotes_what_lenders_publish_and_what_it_leaves_the_shop(lending: Lending) -> None:
    manager = lending.of("manager")
    query = {"goods": 105_000_00, "down": 5_000_00, "months": 12, "shop": lending.house.shop}
    found = good(manager.get("/v1/loan-calculator", params=query))
    assert {quote["lender"] for quote in found["quotes"]} == {"rest", "soap"}
    quote = found["quotes"][0]
    assert (quote["payment"], quote["last_payment"], quote["overpaid"]) == (9_499_57, 9_499_53, 13_994_80)
    assert (quote["psk"], quote["approximate"]) == ("24.900", True)
    assert (quote["fee"], quote["to_shop"]) == (2_500_00, 97_500_00)
    misfits = good(manager.get("/v1/loan-calculator", params={"goods": 100_00}))["misfits"]
    assert {misfit["code"] for misfit in misfits} == {"loan.misfit_least"}
    assert refused(manager.get("/v1/loan-calculator", params={**query, "shop": "none"}), 404) == "shop.unknown"


def test_what_is_not_there_is_not_found(lending: Lending) -> None:
    manager = lending.of("manager")
    for path in ("", "/buyer", "/questionnaire", "/lenders"):
        assert refused(manager.get(f"/v1/loans/nothing{path}"), 404) == "loan.not_found"
    assert refused(manager.get("/v1/loan-documents/nothing"), 404) == "loan.document_unknown"
