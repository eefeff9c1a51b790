"""/v1/lenders: fine, silent, refusing or misconfigured; what has not reached them, asking again, tokens that end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from gateway.core.authority import SERVICE
from gateway.core.errors import KvitError, Refused, Unavailable
from gateway.loans.lenders import contact, standing
from gateway.loans.lenders.standing import TOKEN_ENDS, Keys, Standing
from gateway.store import outbox
from gateway.store.alarms import open_alarms
from tests.api.lending import Lending, good, refused
from tests.loans.house import COMPANY

AWAY = Unavailable("lender.away", retry_after=5, lender="soap", detail="refused")
FORBIDDEN = Refused("lender.forbidden", lender="soap", status=403)


def lender(lending: Lending, key: str, role: str = "it") -> dict[str, Any]:
    found = {one["lender"]: one for one in good(lending.of(role).get("/v1/lenders"))["items"]}
    return found[key]


def fail(lending: Lending, loan_id: str, error: KvitError) -> None:
    """A call about an application was not answered well, and its row of the outbox stays."""
    decision = lending.house.decisions(loan_id)["soap"]
    lending.house.do(SERVICE, lambda unit: contact.failed(unit, decision, error))
    with lending.house.store.unit() as unit:
        parcels = [parcel for parcel in outbox.claim(unit, "test") if parcel.key.endswith(":soap")]
        for parcel in parcels:
            outbox.failed(unit, parcel, str(error), permanent=not isinstance(error, Unavailable))
        unit.commit()


def test_a_lender_is_fine_then_silent_then_refuses_and_what_waits_is_told(lending: Lending) -> None:
    loan = lending.house.submitted(("soap", "rest"))
    lending.house.answer(loan.id, "soap", poll_at="2026-11-23T08:01:00.000000Z")
    before = lender(lending, "soap")
    assert (before["state"], before["waiting"], before["dead"], before["last_error"]) == ("fine", 1, 0, None)
    fail(lending, loan.id, AWAY)
    silent = lender(lending, "soap", "manager")
    assert (silent["state"], silent["state_en"], silent["failing"]) == ("silent", "silent", 1)
    assert silent["last_error"] == {"code": "lender.away", "text_ru": "не отвечает", "text_en": "does not answer"}
    assert lender(lending, "rest")["state"] == "fine"
    client = lending.of("it")
    call, other = good(client.get("/v1/lenders/calls"))["items"]
    assert (call["call_en"], call["lender_title"], call["loan_number"]) == ("hand the application in", "Банк «Мыло»", 1)
    assert (call["dead"], call["attempts"], call["error"]["text_en"]) == (False, 1, "does not answer")
    assert call["next_at"] == "2026-11-23T08:00:10.000000Z"
    assert (other["lender"], other["attempts"], other["error"]) == ("rest", 0, None)
    lending.house.later(minutes=20)
    decision = lending.house.decisions(loan.id)["soap"]
    lending.house.do(SERVICE, lambda unit: contact.reached(unit, decision))
    fail(lending, loan.id, FORBIDDEN)
    assert lender(lending, "soap")["state"] == "refusing"
    given_up = good(client.get("/v1/lenders/calls"))["items"][0]
    assert (given_up["dead"], given_up["next_at"], given_up["error"]["code"]) == (True, None, "lender.forbidden")
    good(client.post(f"/v1/outbox/{given_up['id']}/retry", json={}))
    assert lender(lending, "soap")["waiting"] == 1


def test_asking_now_does_not_wait_for_the_pause(lending: Lending) -> None:
    loan = lending.house.submitted(("soap", "rest"))
    lending.house.answer(loan.id, "soap", poll_at="2026-11-23T12:00:00.000000Z")
    manager = lending.of("manager")
    asked = good(manager.post("/v1/lenders/soap/ask", json={}))
    assert [one["lender"] for one in asked["items"]] == ["soap", "rest"]
    assert lending.house.decisions(loan.id)["soap"].poll_at == "2026-11-23T08:00:00.000000Z"
    assert lending.asked == 1
    assert refused(manager.post("/v1/lenders/nobody/ask", json={})) == "loan.lender_unknown"
    assert refused(lending.of("accountant").post("/v1/lenders/soap/ask", json={}), 403) == "authority.missing"


@pytest.mark.parametrize(
    ("keys", "state"),
    [
        (Keys(), Standing.FINE),
        (Keys(token=False), Standing.MISCONFIGURED),
        (Keys(until=date(2026, 11, 23)), Standing.FINE),
        (Keys(until=date(2026, 11, 22)), Standing.MISCONFIGURED),
    ],
)
def test_a_token_that_is_not_there_or_has_ended_is_ours_to_mend(lending: Lending, keys: Keys, state: Standing) -> None:
    lending.keys["soap"] = keys
    found = lender(lending, "soap")
    assert found["state"] == state
    assert found["token_days_left"] == keys.days_left(date(2026, 11, 23))
    assert (found["last_error"] or {}).get("code") == (None if keys.token else "lender.no_secret")


def test_the_end_of_a_token_is_told_two_weeks_before_until_another_is_there(lending: Lending) -> None:
    def told(until: date | None) -> list[tuple[str, str]]:
        today = date(2026, 11, 23)
        lending.house.do(SERVICE, lambda unit: standing.watch_token(unit, "soap", replace(Keys(), until=until), today))
        with lending.house.store.reading() as connection:
            found = open_alarms(connection, COMPANY)
        return [(one.severity, one.message.text("en")) for one in found if one.code == TOKEN_ENDS]

    assert told(date(2026, 12, 8)) == []
    assert told(date(2026, 12, 7)) == [("warning", "The token of lender soap holds until 07.12.2026.")]
    assert told(None) == []
    assert told(date(2026, 11, 20)) == [("error", "The token of lender soap holds until 20.11.2026.")]
