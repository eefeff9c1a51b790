"""/v1/loan-returns/{return_id}/waive: a person says that a lender wants nothing back."""

from __future__ import annotations

from typing import Any

from gateway.loans.model import SigningWay
from tests.api.lending import Lending, good, refused
from tests.api.test_loans_papers import MEETING, Case


def handed_back(lending: Lending, *prices: int) -> Case:
    """Goods that came back before any money of the lender's."""
    case = Case(lending, lending.papers.agreed(SigningWay.CLERK).application_id)
    case.do("identity", **MEETING)
    case.do("sign")
    case.do("goods/deliver")
    for price in prices:
        case.do("goods/return", goods=price, reason="not_right")
    return case


def shown(case: Case) -> list[tuple[bool, bool]]:
    """(may be waived, is settled) of every return."""
    case.again()
    return [(one["waivable"], one["executed_at"] is not None) for one in case.card["returns"]]


def test_a_return_is_waived_once_and_the_last_one_ends_the_application(lending: Lending) -> None:
    case = handed_back(lending, 10_000_00, 35_990_00)
    accountant = lending.of("accountant")
    first, second = (f"/v1/loan-returns/{one['id']}/waive" for one in case.card["returns"])
    assert shown(case) == [(True, False), (True, False)]
    headers, body = {"Idempotency-Key": "form"}, {"note": "банк заплатит меньше"}
    said: list[dict[str, Any]] = [good(accountant.post(first, json=body, headers=headers)) for _ in range(2)]
    assert [one["state"] for one in said] == ["active", "active"] and shown(case) == [(False, True), (True, False)]
    assert refused(accountant.post(first, json=body)) == "loan.return_closed"
    last = good(accountant.post(second, json={"note": "банк закрыл договор без выдачи"}))
    assert (last["state"], last["agreement"]["funding"]) == ("returned", "void")
    assert len(lending.house.journalled("return.waived")) == 2


def test_what_may_not_be_waived(lending: Lending) -> None:
    case = handed_back(lending, 10_000_00)
    accountant, url = lending.of("accountant"), f"/v1/loan-returns/{case.card['returns'][0]['id']}/waive"
    assert refused(accountant.post(url, json={"note": "  "}), 422) == "api.invalid"
    assert refused(case.client.post(url, json={"note": "мы решили"}), 403) == "authority.missing"
    assert refused(accountant.post("/v1/loan-returns/nothing/waive", json={"note": "x"}), 404) == "api.not_found"
    lending.papers.put(case.paper["id"], received=1, funding="partly")
    assert shown(case) == [(False, False)]
    assert refused(accountant.post(url, json={"note": "банк не платит"})) == "loan.return_money_came"
