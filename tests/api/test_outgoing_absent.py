"""A person decides over the API about an order the bank has not got."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gateway.flows.pay_out import Route, send_waiting
from gateway.flows.terms import Terms
from gateway.store import Store
from tests.api.conftest import Desk
from tests.api.test_outgoing import OWN, Client, propose, sign, terms
from tests.flows.pay_out_bank import PretendBank

__all__ = ["terms"]


@pytest.fixture
def absent(as_role: Client, store: Store, terms: Terms) -> dict[str, Any]:
    """An order that was sent once and has not arrived; a person is asked."""
    bank = PretendBank()
    bank.drop = 1
    order: dict[str, Any] = propose(as_role("accountant")).json()
    assert sign(as_role("director"), order).json()["state"] == "approved"
    eager = replace(terms, outgoing=replace(terms.outgoing, absent_after_s=0))
    for asked in (False, True):
        send_waiting(store, eager, {OWN: Route(bank, resends=0)})
        order = as_role("accountant").get(f"/v1/outgoing/{order['id']}").json()
        assert (order["state"], order["to_decide"]) == ("unknown", asked)
    return order


def decide(client: Any, order: dict[str, Any], decision: str, note: str = "звонили в банк") -> Any:
    path, seen = f"/v1/outgoing/{order['id']}/{decision}", {"If-Match": f'"{order["version"]}"'}
    return client.post(path, json={"note": note}, headers=seen)


@pytest.mark.parametrize(("decision", "state"), [("send-again", "unknown"), ("did-not-go", "refused")])
def test_a_signer_decides_and_the_history_tells_it(
    as_role: Client, desk: Desk, absent: dict[str, Any], decision: str, state: str
) -> None:
    sendings = desk.sendings
    answer = decide(as_role("director"), absent, decision)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["state"], told["to_decide"]) == (state, False)
    assert desk.sendings - sendings == (decision == "send-again"), "the sender is woken"
    asked, decided = told["history"][-2:]
    assert "1" in asked["text_ru"] and "1" in asked["text_en"]
    assert "звонили в банк" in decided["text_ru"] and "звонили в банк" in decided["text_en"]
    again = decide(as_role("director"), told, decision)
    assert (again.status_code, again.json()["error"]["code"]) == (422, "outgoing.not_absent")


@pytest.mark.parametrize("decision", ["send-again", "did-not-go"])
def test_who_may_not_sign_does_not_decide(as_role: Client, absent: dict[str, Any], decision: str) -> None:
    for role in ("manager", "it", "warehouse"):
        assert decide(as_role(role), absent, decision).status_code == 403
    silent = decide(as_role("accountant"), absent, decision, note=" ")
    assert (silent.status_code, silent.json()["error"]["code"]) == (422, "outgoing.no_reason")


def test_a_list_says_who_is_waited_for_and_the_tray_counts_it(as_role: Client, absent: dict[str, Any]) -> None:
    def counted(role: str) -> int:
        return int(as_role(role).get("/v1/status").json()["needs"]["to_sign"])

    def listed() -> list[bool]:
        items = as_role("director").get("/v1/outgoing", params={"state": "on_the_way"}).json()["items"]
        return [row["to_decide"] for row in items]

    assert listed() == [True]
    assert [counted(role) for role in ("director", "accountant", "it")] == [1, 1, 0], "of those who may sign"
    assert decide(as_role("director"), absent, "send-again").status_code == 200
    assert (listed(), counted("director")) == ([False], 0)
