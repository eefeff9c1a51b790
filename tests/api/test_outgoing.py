"""Payment orders over the API: proposed by hand, signed by two, told with their warnings and their proof."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from gateway.api.reads.outgoing import GROUPS
from gateway.api.schemas.outgoing import OutgoingFilter
from gateway.api.tokens import find_user, revoke_user
from gateway.core.authority import SERVICE, Role
from gateway.core.catalogue import entries as sentences
from gateway.core.money import Money
from gateway.core.requisites import with_key
from gateway.flows.terms import Terms
from gateway.payments.outgoing import service as outgoing
from gateway.payments.outgoing.model import (
    ON_THE_WAY,
    UNSENT,
    OrderDraft,
    OrderEvent,
    OrderState,
    OutgoingTerms,
    OwnAccount,
    Payee,
)
from gateway.store import Store
from tests.api.conftest import ADMINISTRATOR, Desk
from tests.api.shop import COMPANY

BIC = "044525225"
OWN = with_key("40702810000000000001", BIC)
PAYEE = with_key("40702810000000000777", BIC)
CORR = "30101810400000000225"
Client = Callable[[str], httpx.Client]
ORDER = {
    "account": OWN,
    "payee": {
        "name": "ООО «Багет-Опт»",
        "inn": "7728168971",
        "kpp": "772801001",
        "account": PAYEE,
        "bic": BIC,
        "bank_name": "ПАО Сбербанк",
        "corr_account": CORR,
    },
    "amount": 1_250_000,
    "purpose": "Оплата по счету № 77 от 20.11.2026 за багет. НДС не облагается",
}


DRAFT = OrderDraft(
    OWN,
    Payee("ООО «Багет-Опт»", "7728168971", "772801001", PAYEE, BIC, "ПАО Сбербанк", CORR),
    Money(1_250_000),
    "Оплата по счету № 77 от 20.11.2026 за багет. НДС не облагается",
    source="1c",
    source_id="77",
)


@pytest.fixture
def terms(terms: Terms) -> Terms:
    outgoing = OutgoingTerms(
        name="ООО «Светорама»", inn="7701234560", kpp="770101001", accounts={OWN: OwnAccount(OWN, BIC, "Банк", CORR)}
    )
    return replace(terms, outgoing=outgoing)


def propose(client: httpx.Client, **changes: Any) -> httpx.Response:
    """Propose, confirming whatever is asked for."""
    asked = {**ORDER, **changes}
    answer = client.post("/v1/outgoing", json=asked)
    if answer.status_code == 422 and answer.json()["error"]["code"] == "outgoing.confirm_warnings":
        codes = [warning["code"] for warning in answer.json()["error"]["values"]["warnings"]]
        answer = client.post("/v1/outgoing", json={**asked, "confirmed": codes})
    return answer


def sign(client: httpx.Client, order: dict[str, Any]) -> httpx.Response:
    path, seen = f"/v1/outgoing/{order['id']}/approve", {"If-Match": f'"{order["version"]}"'}
    answer = client.post(path, json={}, headers=seen)
    if answer.status_code == 422 and answer.json()["error"]["code"] == "outgoing.confirm_warnings":
        codes = [warning["code"] for warning in answer.json()["error"]["values"]["warnings"]]
        answer = client.post(path, json={"confirmed": codes}, headers=seen)
    return answer


def test_a_new_beneficiary_is_told_and_must_be_confirmed(as_role: Client) -> None:
    answer = as_role("accountant").post("/v1/outgoing", json=ORDER)
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert error["code"] == "outgoing.confirm_warnings"
    (warning,) = [w for w in error["values"]["warnings"] if w["about"].startswith("payee")]
    assert warning["text_ru"] and warning["text_en"] and warning["text_ru"] != warning["text_en"]
    assert propose(as_role("accountant")).status_code == 200


def test_two_people_sign_and_one_person_cannot_be_two(as_role: Client) -> None:
    order = propose(as_role("accountant")).json()
    assert (order["state"], order["approved_by"], order["amount"]) == (
        "waiting_approval",
        [order["proposed_by"]],
        1_250_000,
    )
    again = sign(as_role("accountant"), order)
    assert (again.status_code, again.json()["error"]["code"]) == (422, "outgoing.same_person")
    signed = sign(as_role("director"), order)
    assert signed.status_code == 200, signed.text
    assert signed.json()["state"] == "approved"
    assert [line["event"] for line in signed.json()["history"]] == ["proposed", "approve"]
    assert all(line["text_ru"] and line["text_en"] for line in signed.json()["history"])


def test_the_second_signature_wakes_the_sender_and_nothing_else_does(as_role: Client, desk: Desk) -> None:
    order = propose(as_role("accountant")).json()
    sign(as_role("accountant"), order)  # refused: the same person
    assert desk.sendings == 0
    assert sign(as_role("director"), order).json()["state"] == "approved"
    assert desk.sendings == 1
    other = propose(as_role("accountant"), number="77").json()
    as_role("director").post(
        f"/v1/outgoing/{other['id']}/reject", json={"note": "нет"}, headers={"If-Match": f'"{other["version"]}"'}
    )
    assert desk.sendings == 1


def test_a_signature_whose_signer_was_revoked_falls_before_the_eyes_of_the_second(
    as_role: Client, desk: Desk, store: Store
) -> None:
    order = propose(as_role("accountant")).json()
    with store.unit(ADMINISTRATOR) as unit:
        user = find_user(unit.connection, COMPANY, "user-accountant")
        assert user is not None
        revoke_user(unit, user.id)
        unit.commit()
    signed = sign(as_role("director"), order)
    assert (signed.status_code, signed.json()["state"]) == (200, "waiting_approval")
    assert (signed.json()["approved_by"], desk.sendings) == (["user-director"], 0)
    fallen = signed.json()["history"][1]
    assert "user-accountant" in fallen["text_ru"] and "отозван" in fallen["text_ru"]
    assert "user-accountant" in fallen["text_en"] and "no longer" in fallen["text_en"]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("signed by me", {"accountant": 0, "director": 1, "owner": 1}),
        ("from 1C", {"accountant": 1, "director": 1, "owner": 1}),
        ("signed by two", {"accountant": 0, "director": 0, "owner": 0}),
    ],
)
def test_the_status_counts_what_waits_for_my_signature(
    as_role: Client, store: Store, terms: Terms, state: str, expected: dict[str, int]
) -> None:
    if state == "from 1C":
        with store.unit(SERVICE) as unit:
            outgoing.propose(unit, terms.outgoing, DRAFT)
            unit.commit()
    else:
        order = propose(as_role("accountant")).json()
        if state == "signed by two":
            sign(as_role("director"), order)
    told = {role: as_role(role).get("/v1/status").json() for role in (*expected, "manager", "it", "warehouse")}
    assert {role: told[role]["needs"]["to_sign"] for role in told} == {
        **expected, "manager": 0, "it": 0, "warehouse": 0,
    }  # fmt: skip
    for role, count in expected.items():
        assert (told[role]["state"] == "needs_you") is bool(count), role


def test_roles_that_do_not_sign_by_the_settings_are_not_counted(as_role: Client, app: FastAPI) -> None:
    propose(as_role("accountant"))
    room = app.state.room
    only = replace(room.terms, outgoing=replace(room.terms.outgoing, signers=frozenset({Role.OWNER})))
    app.state.room = replace(room, terms=only)
    counts = {r: as_role(r).get("/v1/status").json()["needs"]["to_sign"] for r in ("accountant", "director", "owner")}
    assert counts == {"accountant": 0, "director": 0, "owner": 1}


@pytest.mark.parametrize(
    ("change", "about"),
    [
        ({"account": with_key("40702810000000000009", BIC)}, "account"),
        ({"payee": {**ORDER["payee"], "inn": "7728168972"}}, "payee.inn"),  # type: ignore[dict-item]
        ({"payee": {**ORDER["payee"], "account": PAYEE[:-1] + "0"}}, "payee.account"),  # type: ignore[dict-item]
        ({"purpose": "За багет"}, "vat"),
        ({"date": "2025-01-15"}, "date"),
    ],
)
def test_a_refusal_names_the_field_it_is_about(as_role: Client, change: dict[str, Any], about: str) -> None:
    error = as_role("accountant").post("/v1/outgoing", json={**ORDER, **change}).json()["error"]
    assert error["values"]["about"] == about, error


def test_a_taken_number_and_a_missing_reason_name_their_fields(as_role: Client) -> None:
    order = propose(as_role("accountant"), number="5").json()
    taken = propose(as_role("accountant"), number="5", amount=1_00)
    assert (taken.json()["error"]["code"], taken.json()["error"]["values"]["about"]) == (
        "outgoing.number_taken",
        "number",
    )
    path, seen = f"/v1/outgoing/{order['id']}/withdraw", {"If-Match": f'"{order["version"]}"'}
    silent = as_role("accountant").post(path, json={"note": " "}, headers=seen)
    assert silent.json()["error"]["values"]["about"] == "note"


def test_a_signature_is_for_the_version_that_was_seen(as_role: Client) -> None:
    order = propose(as_role("accountant")).json()
    blind = as_role("director").post(f"/v1/outgoing/{order['id']}/approve", json={})
    assert (blind.status_code, blind.json()["error"]["code"]) == (400, "api.version_needed")
    stale = as_role("director").post(
        f"/v1/outgoing/{order['id']}/approve", json={}, headers={"If-Match": f'"{order["version"] + 1}"'}
    )
    assert stale.status_code == 412


@pytest.mark.parametrize(("who", "action"), [("director", "reject"), ("accountant", "withdraw")])
def test_an_order_ends_with_a_reason(as_role: Client, who: str, action: str) -> None:
    order = propose(as_role("accountant")).json()
    seen = {"If-Match": f'"{order["version"]}"'}
    empty = as_role(who).post(f"/v1/outgoing/{order['id']}/{action}", json={"note": " "}, headers=seen)
    assert (empty.status_code, empty.json()["error"]["code"]) == (422, "outgoing.no_reason")
    ended = as_role(who).post(f"/v1/outgoing/{order['id']}/{action}", json={"note": "не тот счёт"}, headers=seen)
    assert ended.status_code == 200
    assert ended.json()["state"] == {"reject": "rejected", "withdraw": "withdrawn"}[action]
    assert "не тот счёт" in ended.json()["history"][-1]["text_ru"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"amount": 0}, 422),
        ({"amount": 1.5}, 422),
        ({"date": "2026-13-45"}, 422),
        ({"payee": {**ORDER["payee"], "account": PAYEE[:-1] + "0"}}, 422),  # type: ignore[dict-item]
        ({"unknown": 1}, 422),
        ({"account": with_key("40702810000000000009", BIC)}, 422),
    ],
)
def test_bad_input_is_told_and_nothing_is_kept(as_role: Client, change: dict[str, Any], status: int) -> None:
    answer = as_role("accountant").post("/v1/outgoing", json={**ORDER, **change})
    assert answer.status_code == status
    assert answer.json()["error"]["text_ru"]
    assert as_role("accountant").get("/v1/outgoing").json()["total"] == 0


def test_a_repeat_with_the_same_key_proposes_once(as_role: Client) -> None:
    codes = [
        w["code"] for w in as_role("accountant").post("/v1/outgoing", json=ORDER).json()["error"]["values"]["warnings"]
    ]
    asked = {**ORDER, "confirmed": codes}
    key = {"Idempotency-Key": "form-1"}
    first = as_role("accountant").post("/v1/outgoing", json=asked, headers=key)
    second = as_role("accountant").post("/v1/outgoing", json=asked, headers=key)
    assert first.json()["id"] == second.json()["id"]
    assert as_role("accountant").get("/v1/outgoing").json()["total"] == 1


def test_the_list_is_filtered_sorted_and_counted(as_role: Client) -> None:
    accountant = as_role("accountant")
    for number, amount in (("11", 300_00), ("12", 100_00), ("13", 200_00)):
        assert propose(accountant, number=number, amount=amount).status_code == 200
    page = accountant.get("/v1/outgoing", params={"state": "to_approve", "sort": "amount"}).json()
    assert [item["number"] for item in page["items"]] == ["12", "13", "11"]
    assert page["counts"] == {"all": 3, "to_approve": 3, "on_the_way": 0, "done": 0, "failed": 0}
    assert accountant.get("/v1/outgoing", params={"q": "200,00"}).json()["total"] == 1
    assert accountant.get("/v1/outgoing", params={"state": "done"}).json()["items"] == []


def test_the_bank_page_tells_links_certificates_and_accounts(as_role: Client, desk: Desk) -> None:
    desk.channels[0]["certificate_expires"] = "2026-12-01"
    page = as_role("accountant").get("/v1/bank").json()
    assert page["links"][0]["last_result"] == "never"
    (certificate,) = page["certificates"]
    assert (certificate["state"], certificate["expires"]) == ("warning", "2026-12-01")
    assert 0 < certificate["days_left"] <= 60
    assert [own["account"] for own in page["accounts"]] == [OWN]
    assert (page["may_propose"], page["may_approve"]) == (True, True)
    managers = as_role("manager").get("/v1/bank").json()
    assert (managers["accounts"], managers["may_propose"], managers["may_approve"]) == ([], False, False)


def test_every_state_and_step_has_its_words() -> None:
    wanted = {f"api.outgoing.{state}" for state in OrderState} | {f"api.outgoing_event.{event}" for event in OrderEvent}
    assert wanted <= sentences().keys()


def test_each_state_stands_in_one_filter_only() -> None:
    grouped = [state for states in GROUPS.values() for state in states]
    assert sorted(grouped) == sorted(OrderState)
    assert set(OutgoingFilter.__args__) == {"all", *GROUPS}  # type: ignore[attr-defined]
    assert set(UNSENT) | set(ON_THE_WAY) <= set(grouped)
