"""Payout registries over the API: a look at a file, import, list, lines, withdrawal, how a partner's files are read."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import httpx
import pytest

from gateway.core.money import Money
from gateway.core.references import reference_key
from gateway.flows.terms import OwnCompany, Terms
from gateway.matching.decision import Policy
from gateway.payments.registries import lookup
from tests.api.shop import Shop

PARTNER, POST = "7700000122", "7724490000"
FILE = "Реестр операций № {number} от 18.11.2026\r\nНомер заказа;Сумма операции;Комиссия\r\n{rows}".format


@pytest.fixture
def terms() -> Terms:
    policy = replace(Policy(), payout_partners={PARTNER: "acquirer", POST: "post"})
    return Terms(own=OwnCompany("ООО «Багет»", "7701000000"), policy=policy)


def sent(rows: str, number: str = "105", **more: Any) -> dict[str, Any]:
    data = FILE(number=number, rows=rows).encode("cp1251")
    return {"partner_inn": PARTNER, "file_name": "r.csv", "content": base64.b64encode(data).decode(), **more}


SOUND = "1001;1 500,00;22,50\r\n1002;2 000,00;30,00\r\n"


@pytest.fixture
def mapping(accountant: httpx.Client) -> dict[str, Any]:
    """The proposal for the file, confirmed."""
    proposed: dict[str, Any] = accountant.post("/v1/registries/preview", json=sent(SOUND)).json()["mapping"]
    assert accountant.put(f"/v1/registry-mappings/{PARTNER}", json=proposed).status_code == 200
    return proposed


def invoice(shop: Shop, order_no: str, amount: int, **over: Any) -> str:
    return shop.invoice(amount=amount, order_no=order_no, order_key=reference_key(order_no), **over)


def test_a_look_at_a_file_proposes_a_mapping_and_keeps_nothing(accountant: httpx.Client) -> None:
    seen = accountant.post("/v1/registries/preview", json=sent(SOUND)).json()
    assert (seen["source"], seen["saved"], seen["missing"], seen["error"]) == ("acquirer", False, [], None)
    assert seen["headings"] == ["Номер заказа", "Сумма операции", "Комиссия"]
    assert seen["mapping"]["key"] == ["Номер заказа"] and seen["mapping"]["fee"] == "Комиссия"
    assert seen["rows"][2] == {"number": 3, "cells": ["1001", "1 500,00", "22,50"]}
    [made] = seen["registries"]
    assert (made["number"], made["date"], made["net"], made["sound"]) == ("105", "2026-11-18", 344_750, True)
    assert accountant.get("/v1/registries").json()["total"] == 0


def test_a_mapping_that_does_not_fit_is_told_with_the_reason(accountant: httpx.Client, mapping: dict[str, Any]) -> None:
    other = {**mapping, "amount": "Стоимость"}
    seen = accountant.post("/v1/registries/preview", json=sent(SOUND, mapping=other)).json()
    assert seen["registries"] == [] and seen["error"]["code"] == "registry.columns_missing"
    assert "Стоимость" in seen["error"]["text_ru"]


def test_an_import_decides_what_waited_and_the_same_file_is_known(
    accountant: httpx.Client, shop: Shop, mapping: dict[str, Any]
) -> None:
    invoice(shop, "1001", 150_000)
    invoice(shop, "1002", 200_000)
    payment = shop.payment(
        state="needs_person", outcome="payout_unexplained", amount=344_750, party_inn=PARTNER,
        purpose="Возмещение, реестр № 105 от 18.11.2026",
    )  # fmt: skip
    shop.decision(payment, "proposal", "payout_unexplained")
    done = accountant.post("/v1/registries", json=sent(SOUND)).json()
    assert (done["decided"], done["known"]) == (1, [])
    [registry] = done["registries"]
    assert (registry["state"], registry["payment_id"], registry["received_by"]) == (
        "used", payment, "accountant:user-accountant",
    )  # fmt: skip
    detail = accountant.get(f"/v1/payments/{payment}").json()
    assert (detail["state"], detail["allocated"], detail["rest"], detail["fee"]) == ("auto", 344_750, 0, 5_250)
    assert detail["registry"] == {"id": registry["id"], "number": "105", "date": "2026-11-18", "state": "used"}
    again = accountant.post("/v1/registries", json=sent(SOUND)).json()
    assert (again["known"], again["decided"]) == ([registry["id"]], 0)
    assert accountant.get("/v1/registries").json()["total"] == 1


def test_a_partner_is_named_as_in_his_payouts_and_not_before_one_has_come(
    accountant: httpx.Client, shop: Shop, mapping: dict[str, Any]
) -> None:
    def told() -> tuple[str, str, dict[str, str]]:
        [listed] = accountant.get("/v1/registries").json()["items"]
        one = accountant.get(f"/v1/registries/{listed['id']}").json()
        partners = accountant.get("/v1/registry-mappings").json()["items"]
        assert accountant.get(f"/v1/registry-mappings/{PARTNER}").json()["partner_name"] == listed["partner_name"]
        return listed["partner_name"], one["partner_name"], {p["partner_inn"]: p["partner_name"] for p in partners}

    invoice(shop, "1001", 150_000)
    invoice(shop, "1002", 200_000)
    accountant.post("/v1/registries", json=sent(SOUND))
    assert told() == ("", "", {PARTNER: "", POST: ""})
    named = {"party_inn": PARTNER, "state": "needs_person", "outcome": "payout_unexplained", "amount": 344_750}
    first = shop.payment(**named, party_name="АО «Эквайринг»", purpose="Возмещение, реестр № 105 от 18.11.2026")
    shop.payment(party_inn="6312000014", party_name="ООО «Никто»")
    assert told() == ("АО «Эквайринг»", "АО «Эквайринг»", {PARTNER: "АО «Эквайринг»", POST: ""})
    [registry] = accountant.get("/v1/registries").json()["items"]
    with shop.store.unit() as unit:
        lookup.use(unit, registry["id"], first)
        unit.commit()
    for _ in range(3):
        shop.payment(party_inn=PARTNER, party_name="")  # a bank may leave the name out
    assert told()[0] == "АО «Эквайринг»"


def test_the_name_of_a_partner_whose_payout_was_explained_stays_known(
    accountant: httpx.Client, shop: Shop, mapping: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup, "_NEWEST", 1)
    accountant.post("/v1/registries", json=sent(SOUND))
    payment = shop.payment(party_inn=PARTNER, party_name="АО «Эквайринг»")
    shop.payment(party_inn="6312000014", party_name="ООО «Никто»")
    [registry] = accountant.get("/v1/registries").json()["items"]
    assert registry["partner_name"] == ""
    with shop.store.unit() as unit:
        lookup.use(unit, registry["id"], payment)
        unit.commit()
    [registry] = accountant.get("/v1/registries").json()["items"]
    assert registry["partner_name"] == "АО «Эквайринг»"


def test_lines_come_in_slices_and_say_what_stands_against_them(
    accountant: httpx.Client, shop: Shop, mapping: dict[str, Any]
) -> None:
    invoice(shop, "1001", 150_000)
    invoice(shop, "1002", 100_000, rest=0, state="paid")
    rows = "1001;1500,00;0\r\n1002;1000,00;0\r\n9999;10,00;0\r\n1001;не сумма;0\r\n"
    [registry] = accountant.post("/v1/registries", json=sent(rows)).json()["registries"]
    assert (registry["bad_rows"], registry["sound"], registry["line_count"]) == (1, False, 3)
    first = accountant.get(f"/v1/registries/{registry['id']}", params={"limit": 2}).json()
    assert first["lines_next"] == 2 and [line["row"] for line in first["lines"]] == [3, 4]
    assert first["problems"] == [
        {
            "row": 6,
            "text_ru": first["problems"][0]["text_ru"],
            "text_en": first["problems"][0]["text_en"],
            "fragment": "1001 не сумма 0",
        }
    ]
    last = accountant.get(f"/v1/registries/{registry['id']}", params={"limit": 2, "offset": 2}).json()
    assert last["lines_next"] is None
    against = [line["against"] and line["against"]["code"] for line in (*first["lines"], *last["lines"])]
    assert against == [None, "matching.registry_paid", "matching.registry_line"]


def test_the_list_is_filtered_sorted_and_counted(accountant: httpx.Client, mapping: dict[str, Any]) -> None:
    for number, rows in (("7", SOUND), ("8", SOUND), ("8", "1001;1,00;0\r\n"), ("9", SOUND + ";5,00;0\r\n")):
        assert accountant.post("/v1/registries", json=sent(rows, number)).status_code == 200
    page = accountant.get("/v1/registries", params={"sort": "-number"}).json()
    assert [item["number"] for item in page["items"]] == ["9", "8", "8", "7"]
    assert [item["ambiguous"] for item in page["items"]] == [False, True, True, False]
    assert page["counts"] == {"all": 4, "waiting": 4, "unsound": 1, "used": 0, "withdrawn": 0}
    unsound = accountant.get("/v1/registries", params={"state": "unsound"}).json()
    assert [item["number"] for item in unsound["items"]] == ["9"] and unsound["total"] == 1
    cut = accountant.get("/v1/registries", params={"sort": "net", "limit": 1}).json()
    assert cut["items"][0]["net"] == Money(100).kopecks and cut["next"]
    assert accountant.get("/v1/registries", params={"q": "344750"}).json()["total"] == 0
    assert accountant.get("/v1/registries", params={"q": "3 447,50"}).json()["total"] == 3


def test_a_registry_is_withdrawn_once_with_a_note(accountant: httpx.Client, mapping: dict[str, Any]) -> None:
    [registry] = accountant.post("/v1/registries", json=sent(SOUND)).json()["registries"]
    at = f"/v1/registries/{registry['id']}/withdraw"
    assert accountant.post(at, json={"note": " "}).json()["error"]["code"] == "registry.note_missing"
    assert accountant.post(at, json={"note": "x"}, headers={"If-Match": "9"}).status_code == 412
    headers = {"If-Match": str(registry["version"]), "Idempotency-Key": "once"}
    for _ in range(2):
        done = accountant.post(at, json={"note": "не тот"}, headers=headers)
        assert done.status_code == 200
        assert (done.json()["state"], done.json()["note"]) == ("withdrawn", "не тот")
    assert accountant.get("/v1/registries/none").status_code == 404


def test_how_a_partners_files_are_read(accountant: httpx.Client, mapping: dict[str, Any]) -> None:
    saved = accountant.get(f"/v1/registry-mappings/{PARTNER}").json()
    assert saved["mapping"] == mapping and saved["by"] == "accountant:user-accountant"
    assert accountant.get(f"/v1/registry-mappings/{POST}").json()["mapping"] is None
    partners = accountant.get("/v1/registry-mappings").json()["items"]
    assert [(p["partner_inn"], p["source"], bool(p["mapping"])) for p in partners] == [
        (PARTNER, "acquirer", True),
        (POST, "post", False),
    ]
    assert accountant.get("/v1/registry-mappings/7705123453").status_code == 404
    wrong = {**mapping, "number": {"heading": "("}}
    assert accountant.put(f"/v1/registry-mappings/{PARTNER}", json=wrong).status_code == 422


def test_a_mapping_can_be_confirmed_with_the_import(accountant: httpx.Client) -> None:
    assert accountant.post("/v1/registries", json=sent(SOUND)).json()["error"]["code"] == "registry.no_mapping"
    proposed = accountant.post("/v1/registries/preview", json=sent(SOUND)).json()["mapping"]
    done = accountant.post("/v1/registries", json=sent(SOUND, mapping=proposed, save_mapping=True))
    assert done.status_code == 200 and done.json()["registries"][0]["sound"]
    assert accountant.get(f"/v1/registry-mappings/{PARTNER}").json()["mapping"] == proposed


def test_files_may_be_larger_than_other_requests_and_not_endless(accountant: httpx.Client) -> None:
    rows = "".join(f"{number};1,00;0\r\n" for number in range(60_000))
    big = sent(rows)
    assert len(big["content"]) > 1_000_000
    assert accountant.post("/v1/registries/preview", json=big).json()["registries"][0]["line_count"] == 60_000
    assert accountant.post("/v1/registries", json={**big, "content": "A" * 6_000_000}).status_code == 413
    wrong = accountant.post("/v1/registries", json={**big, "content": "не base64"})
    assert wrong.json()["error"]["code"] == "registry.content_wrong"
