"""Rules of payers and the person's queue over the API."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from gateway.api.events import topics_of
from gateway.api.tokens import create_user
from gateway.core.authority import Actor, Role
from gateway.store import Store
from tests.api.conftest import ADMINISTRATOR
from tests.api.shop import Shop, at

PARTY = "7707083893"
STRANGER = {"party_name": "ООО «Омега»", "party_inn": "6312000014"}


@pytest.fixture
def waiting(shop: Shop) -> tuple[str, str]:
    """A stranger's payment that waits for a person, and the invoice it is for."""
    invoice = shop.invoice("125")
    payment = shop.payment(state="needs_person", outcome="third_party_unnamed", message_id=shop.message(), **STRANGER)
    offered = {"allocations": [[invoice, 100_00]], "difference": 0, "reasons": []}
    shop.decision(payment, "proposal", "third_party_unnamed", suggestions=[offered])
    return payment, invoice


@pytest.fixture
def colleague(store: Store, url: str) -> Iterator[httpx.Client]:
    with store.unit(ADMINISTRATOR) as unit:
        token = create_user(unit, "sidorova", "accountant", "ru")
        unit.commit()
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}) as client:
        yield client


def test_a_rule_is_learned_with_the_allocation(accountant: httpx.Client, waiting: tuple[str, str]) -> None:
    payment, invoice = waiting
    body = {"allocations": [[invoice, 100_00]], "note": "директор один", "learn": {"note": "по письму"}}
    reply = accountant.post(f"/v1/payments/{payment}/allocate", json=body)
    assert reply.status_code == 200, reply.text
    [rule] = accountant.get("/v1/payer-rules").json()["items"]
    assert {k: v for k, v in rule.items() if k not in ("id", "made_at")} == {
        "version": 1,
        "payer_name": "ООО «Омега»",
        "payer_inn": "6312000014",
        "payer_account": "",
        "party": PARTY,
        "buyer": "ООО «Рама»",
        "since": "2026-11-21",
        "made_by": "accountant:user-accountant",
        "payment_id": payment,
        "note": "по письму",
        "revoked_at": None,
        "revoked_by": None,
    }


def test_a_refused_rule_refuses_the_allocation_with_it(
    shop: Shop, accountant: httpx.Client, waiting: tuple[str, str]
) -> None:
    payment, invoice = waiting
    other = shop.invoice("126", party="7709876540", buyer_name="ООО «Берег»")
    body = {"allocations": [[invoice, 50_00], [other, 50_00]], "learn": {}}
    reply = accountant.post(f"/v1/payments/{payment}/allocate", json=body)
    assert (reply.status_code, reply.json()["error"]["code"]) == (422, "rule.several_buyers")
    assert accountant.get(f"/v1/payments/{payment}").json()["state"] == "needs_person"
    assert accountant.get("/v1/payer-rules").json()["total"] == 0


def test_a_rule_is_made_of_a_payment_or_by_hand(accountant: httpx.Client, waiting: tuple[str, str]) -> None:
    payment, _ = waiting
    made = accountant.post("/v1/payer-rules", json={"payment_id": payment, "party": PARTY, "since": "2026-01-01"})
    assert made.status_code == 200, made.text
    assert (made.json()["since"], made.json()["payment_id"]) == ("2026-01-01", payment)
    byhand = {"payer_name": "Иванов", "payer_account": "40817810100000000707", "party": PARTY, "since": "2026-11-01"}
    reply = accountant.post("/v1/payer-rules", json=byhand)
    assert reply.status_code == 200, reply.text
    assert reply.json()["payer_account"] == "40817810100000000707"
    again = accountant.post("/v1/payer-rules", json=byhand)
    assert (again.status_code, again.json()["error"]["values"]["by"]) == (409, "user-accountant")


def test_revoking_names_the_colleague_who_was_faster(
    shop: Shop, accountant: httpx.Client, colleague: httpx.Client
) -> None:
    rule = shop.rule()
    sent = {"If-Match": '"1"'}
    first = colleague.post(f"/v1/payer-rules/{rule}/revoke", json={"note": "всё"}, headers=sent)
    assert first.status_code == 200, first.text
    assert (first.json()["revoked_by"], first.json()["version"]) == ("accountant:sidorova", 2)
    late = accountant.post(f"/v1/payer-rules/{rule}/revoke", headers=sent)
    assert late.status_code == 412
    assert late.json()["error"]["values"]["by"] == "sidorova"
    assert accountant.post(f"/v1/payer-rules/{rule}/revoke").status_code == 409
    assert accountant.post("/v1/payer-rules/nothing/revoke").status_code == 404


def test_the_list_is_filtered_searched_and_counted(shop: Shop, accountant: httpx.Client) -> None:
    mine = shop.rule()
    ended = shop.rule(payer_name="ООО «Дельта»", revoked_at=at(3), revoked_by="accountant:x", made_at=at(1))
    other = shop.rule(payer_name="ИП Ёлкин", payer_inn="771234567890", made_at=at(2), buyer_name="ООО «Берег»")

    def ids(query: str) -> list[str]:
        return [r["id"] for r in accountant.get(f"/v1/payer-rules?{query}").json()["items"]]

    assert ids("") == [other, mine]
    assert ids("state=revoked") == [ended]
    assert ids("state=all&sort=made_at") == [mine, ended, other]
    assert ids("state=all&q=елкин") == [other]
    assert ids("state=all&sort=buyer&limit=1") == [other]
    assert accountant.get("/v1/payer-rules").json()["counts"] == {"all": 3, "in_force": 2, "revoked": 1}


def test_two_accountants_at_once_get_a_named_conflict(
    accountant: httpx.Client, colleague: httpx.Client, waiting: tuple[str, str]
) -> None:
    payment, invoice = waiting
    seen = {"If-Match": f'"{accountant.get(f"/v1/payments/{payment}").json()["version"]}"'}
    body = {"allocations": [[invoice, 60_00]]}
    assert colleague.post(f"/v1/payments/{payment}/allocate", json=body, headers=seen).status_code == 200
    late = accountant.post(f"/v1/payments/{payment}/allocate", json=body, headers=seen)
    assert late.status_code == 412
    error = late.json()["error"]
    assert error["code"] == "payment.changed"
    told = {name: error["values"][name] for name in ("by", "at", "when", "what", "state")}
    assert told == {
        "by": "sidorova",
        "at": at(),
        "when": "21.11.2026 12:00",
        "what": "Разнесено вручную",
        "state": "manual",
    }
    assert error["text_ru"] == (
        "Поступление от «ООО «Омега»» тем временем изменилось — sidorova, 21.11.2026 12:00: «Разнесено вручную»."
    )
    assert error["text_en"].endswith("by sidorova, 21.11.2026 12:00: “Allocated by hand”.")


def test_undoing_what_is_no_longer_the_last_names_who_came_after(
    accountant: httpx.Client, colleague: httpx.Client, waiting: tuple[str, str]
) -> None:
    payment, invoice = waiting
    first = accountant.post(f"/v1/payments/{payment}/allocate", json={"allocations": [[invoice, 60_00]]}).json()
    assert colleague.post(f"/v1/payments/{payment}/release-confirm").status_code == 200
    late = accountant.post(f"/v1/undo/{first['undo']['event_id']}")
    assert (late.status_code, late.json()["error"]["code"]) == (409, "undo.not_last")
    assert late.json()["error"]["values"]["by"] == "sidorova"


def test_a_payment_says_whether_a_rule_can_be_made_of_it(
    shop: Shop, accountant: httpx.Client, waiting: tuple[str, str]
) -> None:
    payment, _ = waiting
    assert accountant.get(f"/v1/payments/{payment}").json()["can_learn"] == {
        "payer_name": "ООО «Омега»",
        "payer_inn": "6312000014",
        "payer_account": "",
        "since": "2026-11-21",
        "buyers": [{"party": PARTY, "name": "ООО «Рама»"}],
    }
    behind = shop.payment(state="needs_person", party_account="30232810100000000001")
    assert accountant.get(f"/v1/payments/{behind}").json()["can_learn"] is None
    own = shop.payment(state="needs_person", party_inn="7701000000", booked=None)
    assert accountant.get(f"/v1/payments/{own}").json()["can_learn"] is None


def test_only_who_may_see_payments_hears_of_rules() -> None:
    assert "payer_rule" in topics_of(Actor("ivanova", Role.ACCOUNTANT))
    assert "payer_rule" not in topics_of(Actor("petrov", Role.WAREHOUSE))


def test_reasons_point_into_the_purpose_as_the_bank_wrote_it(shop: Shop, accountant: httpx.Client) -> None:
    purpose = "Оплата  по Cчёту №СР-125"
    span = [purpose.index("СР"), len(purpose)]
    quoted = {"code": "matching.number_quoted", "values": {"number": "СР-125", "date": "18.11.2026"}, "span": span}
    invoice = shop.invoice("СР-125")
    offered = [{"allocations": [[invoice, 100_00]], "difference": 50_00 * n, "reasons": [quoted]} for n in range(3)]
    payment = shop.payment(state="needs_person", purpose=purpose, amount=100_00)
    shop.decision(payment, "proposal", "ambiguous", reasons=[quoted], suggestions=offered)
    found = accountant.get(f"/v1/payments/{payment}").json()
    assert found["purpose"][slice(*found["decision"]["reasons"][0]["span"])] == "СР-125"
    assert len(found["suggestions"]) == 3
    for suggestion in found["suggestions"]:
        assert suggestion["difference"] >= 0
        assert purpose[slice(*suggestion["reasons"][0]["span"])] == "СР-125"


def test_the_fee_is_what_was_credited_above_the_payment(shop: Shop, accountant: httpx.Client) -> None:
    payment = shop.payment(state="auto", outcome="registry", amount=98_00, allocated=98_00)
    decision = shop.decision(payment, "auto", "registry", fee=2_00)
    shop.allocation(payment, shop.invoice("125"), 60_00, decision_id=decision)
    shop.allocation(payment, shop.invoice("126"), 40_00, decision_id=decision)
    shop.allocation(payment, shop.invoice("127"), 5_00, undone=1)
    found = accountant.get(f"/v1/payments/{payment}").json()
    assert (found["fee"], found["rest"]) == (2_00, 0)
