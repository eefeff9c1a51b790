"""/v1/settlement: from lines of the register to a payment order, each sum with what it rests on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from gateway.core.authority import SERVICE
from gateway.core.money import Money
from gateway.loans.stage import settlement_subject
from gateway.settlement import register
from gateway.settlement.model import LineKind, NewLine, Party, PartyKind
from tests.api.lending import Lending, good, refused

DAY = date(2026, 11, 20)


def line(lending: Lending, event: str, net: int = 90_00, fee: int = 10_00, **changes: Any) -> NewLine:
    made = NewLine(
        kind=LineKind.LOAN,
        party=Party(PartyKind.SHOP, lending.house.shop),
        source_event=event,
        subject=settlement_subject(event),
        document=f"КД-{event}",
        on=DAY,
        gross=Money(net + fee),
        fee=Money(fee),
        net=Money(net),
        vat=Money(fee).vat_inside(22),
        payment_id="P1",
    )
    return replace(made, **changes)


def write(lending: Lending, *lines: NewLine) -> list[str]:
    return lending.house.do(SERVICE, lambda u: [register.append(u, one) for one in lines])


def close(lending: Lending, until: str = "2026-11-22", send: bool = False) -> dict[str, Any]:
    accountant = lending.of("accountant")
    good(accountant.post("/v1/settlement/period", json={"until": until, "send": send}))
    assert lending.app.state.period_run.wait(20)
    progress: dict[str, Any] = good(accountant.get("/v1/settlement/period"))
    return progress


def statement(lending: Lending) -> dict[str, Any]:
    [found] = good(lending.of("accountant").get("/v1/settlement/statements"))["items"]
    return dict(found)


def test_a_period_is_closed_beside_the_requests_and_again_without_doubling(lending: Lending) -> None:
    write(lending, line(lending, "a"), line(lending, "b", party=Party(PartyKind.SHOP, lending.house.other)))
    assert good(lending.of("director").get("/v1/settlement/period"))["state"] == "idle"
    progress = close(lending, send=True)
    told = {name: progress[name] for name in ("state", "until", "statements", "lines", "sent", "error")}
    assert told == {
        "state": "done", "until": "2026-11-22", "statements": 2, "lines": 2, "sent": 2, "error": None,
    }  # fmt: skip
    assert progress["by"] == "accountant:user-accountant"
    assert close(lending)["statements"] == 2
    page = good(lending.of("accountant").get("/v1/settlement/statements"))
    assert (page["total"], page["counts"]["sent"]) == (2, 2)
    assert {one["party"] for one in page["items"]} == {"Магазин mebel", "Магазин tehnika"}


@pytest.mark.parametrize(
    ("until", "code"),
    [
        ("2026-11-24", "settlement.period_ahead"),
        ("9999-12-31", "settlement.period_ahead"),
        ("1999-12-31", "settlement.day_wrong"),
        ("2026-02-30", "api.invalid"),
    ],
)
def test_a_day_no_period_ends_on_is_refused_at_once(lending: Lending, until: str, code: str) -> None:
    assert refused(lending.of("accountant").post("/v1/settlement/period", json={"until": until})) == code
    assert good(lending.of("accountant").get("/v1/settlement/period"))["state"] == "idle"


def test_every_sum_leads_to_what_it_rests_on(lending: Lending) -> None:
    row = lending.papers.agreed()
    write(lending, line(lending, row.id, 39_965_25, 1_024_75))
    close(lending)
    made = statement(lending)
    assert (made["gross"], made["fee"], made["net"], made["vat"]) == (40_990_00, 1_024_75, 39_965_25, 184_79)
    [found] = good(lending.of("accountant").get(f"/v1/settlement/statements/{made['id']}/lines"))["items"]
    assert (found["loan_id"], found["payment_id"], found["document"]) == (row.application_id, "P1", f"КД-{row.id}")
    card = good(lending.of("manager").get(f"/v1/loans/{row.application_id}"))
    [told] = card["settlement"]
    assert (told["line_id"], told["statement_id"], told["statement_state"]) == (found["id"], made["id"], "open")


def test_lines_are_walked_by_key(lending: Lending) -> None:
    ids = write(lending, *(line(lending, f"e{place}") for place in range(5)))
    close(lending)
    url = f"/v1/settlement/statements/{statement(lending)['id']}/lines"
    accountant = lending.of("accountant")
    seen, after = [], ""
    while True:
        page = good(accountant.get(url, params={"limit": 2, "after": after}))
        seen += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        after = page["next"]
    assert seen == sorted(ids)


def test_a_statement_goes_from_sent_to_a_payment_order_two_people_sign(lending: Lending) -> None:
    write(lending, line(lending, "a", 90_000_00, 10_000_00))
    close(lending)
    accountant = lending.of("accountant")
    made = statement(lending)
    url = f"/v1/settlement/statements/{made['id']}"
    assert good(accountant.get(url))["actions"] == ["send"]
    stale = accountant.post(f"{url}/send", json={}, headers={"If-Match": '"9"'})
    assert refused(stale, 412) == "api.stale"
    sent = good(accountant.post(f"{url}/send", json={}))
    assert (sent["state"], sent["silence_on"], sent["actions"]) == ("sent", "2026-12-01", ["accept", "dispute"])
    argued = good(accountant.post(f"{url}/dispute", json={"remark": "нет договора 17"}))
    assert (argued["state"], argued["remark"]) == ("disputed", "нет договора 17")
    good(accountant.post(f"{url}/accept", json={}))
    assert refused(accountant.post(f"{url}/carry", json={})) == "state.not_yet"
    fixed = good(accountant.post(f"{url}/fix", json={}))
    assert (fixed["state"], fixed["actions"]) == ("payable", ["draft"])
    assert refused(accountant.post(f"{url}/draft", json={}), 400) == "api.version_needed"
    headers = {"If-Match": f'"{fixed["version"]}"', "Idempotency-Key": "pay"}
    drafted = good(accountant.post(f"{url}/draft", json={}, headers=headers))
    assert good(accountant.post(f"{url}/draft", json={}, headers=headers))["attempts"] == 1
    [payout] = drafted["payouts"]
    assert (drafted["state"], payout["amount"], payout["attempt"]) == ("drafted", 90_000_00, 1)
    order = good(accountant.get(f"/v1/outgoing/{payout['payment_order_id']}"))
    assert (order["source"], order["amount"], order["approved_by"]) == ("settlement", 90_000_00, [])
    assert [event["event"] for event in drafted["history"]] == [
        "opened", "send", "dispute", "accept", "fix", "draft",
    ]  # fmt: skip
    assert all(event["text_ru"] != event["event"] for event in drafted["history"])


def test_what_a_person_writes_is_one_line_however_often_it_comes(lending: Lending) -> None:
    [wrong] = write(lending, line(lending, "a"))
    accountant = lending.of("accountant")
    body = {"reason": "задвоен"}
    url = f"/v1/settlement/lines/{wrong}/take-back"
    assert refused(accountant.post(url, json=body), 400) == "api.key_needed"
    key = {"Idempotency-Key": "once"}
    first = good(accountant.post(url, json=body, headers=key))["line"]
    again = good(accountant.post(url, json=body, headers=key))["line"]
    assert first == again
    assert (first["reverses"], first["net"], first["note"]) == (wrong, -90_00, "задвоен")
    shop = {"party_kind": "shop", "party_id": lending.house.shop, "document": "визит", "reason": "курьер"}
    charge = good(accountant.post("/v1/settlement/charges", json={**shop, "fee": 1_500_00, "vat": 270_49}, headers=key))
    assert (charge["line"]["kind"], charge["line"]["net"]) == ("charge", -1_500_00)
    good(accountant.post("/v1/settlement/corrections", json={**shop, "amount": 25_00}, headers=key))
    [balance] = good(accountant.get("/v1/settlement/balances"))["items"]
    assert (balance["party"], balance["owed"], balance["waiting"]) == ("Магазин mebel", -1_475_00, -1_475_00)
    other = accountant.post("/v1/settlement/corrections", json={**shop, "amount": 26_00}, headers=key)
    assert refused(other) == "idempotency.mismatch"


def test_nothing_is_written_for_a_party_that_is_not_there(lending: Lending) -> None:
    body = {"party_kind": "shop", "party_id": "nobody", "document": "x", "reason": "x", "amount": 1}
    reply = lending.of("accountant").post("/v1/settlement/corrections", json=body, headers={"Idempotency-Key": "k"})
    assert refused(reply) == "loan.not_a_shop"


def test_balances_are_walked_by_key(lending: Lending) -> None:
    other = Party(PartyKind.SHOP, lending.house.other)
    write(lending, line(lending, "a"), line(lending, "b", party=other))
    accountant = lending.of("accountant")
    first = good(accountant.get("/v1/settlement/balances", params={"limit": 1}))
    second = good(accountant.get("/v1/settlement/balances", params={"limit": 1, "after": first["next"]}))
    assert {first["items"][0]["party_id"], second["items"][0]["party_id"]} == {lending.house.shop, lending.house.other}


@pytest.mark.parametrize("path", ["", "/lines"])
def test_a_statement_that_is_not_there_is_not_found(lending: Lending, path: str) -> None:
    reply = lending.of("director").get(f"/v1/settlement/statements/nothing{path}")
    assert refused(reply, 404) == "settlement.not_found"


def test_the_workbook_is_downloaded_and_lines_in_no_statement_are_listed(lending: Lending) -> None:
    accountant, shop = lending.of("accountant"), lending.house.shop
    write(lending, line(lending, "a"))
    waiting = accountant.get("/v1/settlement/lines", params={"party_id": shop})
    assert [one["document"] for one in good(waiting)["items"]] == ["КД-a"]
    close(lending)
    assert good(accountant.get("/v1/settlement/lines", params={"party_id": shop}))["items"] == []
    one = statement(lending)
    file = accountant.get(f"/v1/settlement/statements/{one['id']}/statement.xlsx")
    assert (file.status_code, file.content[:2]) == (200, b"PK")
    assert file.headers["content-disposition"] == f'attachment; filename="statement-{one["number"]}.xlsx"'
    assert refused(accountant.get("/v1/settlement/statements/none/statement.xlsx"), 404) == "settlement.not_found"


def test_a_debt_is_claimed_and_the_statement_says_why_no_order_is_drafted(lending: Lending) -> None:
    accountant = lending.of("accountant")
    write(lending, line(lending, "a", net=-50_00))
    close(lending, send=True)
    path = f"/v1/settlement/statements/{statement(lending)['id']}"
    assert "claim" in good(accountant.post(f"{path}/accept", json={}))["actions"]
    assert refused(accountant.post(f"{path}/claim", json={})) == "settlement.no_debtor"
    assert good(accountant.get(path))["held"] is None
