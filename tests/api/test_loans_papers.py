"""/v1/loans/{loan_id}/…: the passport, the signature, the paper and the goods, step by step; and the files."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import httpx
import pytest

from gateway.core.authority import SERVICE
from gateway.core.money import Money
from gateway.loans import documents
from gateway.loans.model import SigningWay
from tests.api.lending import Lending, good, refused
from tests.loans.paperwork import JPEG, PDF, agreement_view

MEETING = {"passport": "45 10 123456", "photo_matches": True, "place": "Москва, Лесная, 5"}


class Case:
    """One application's papers as somebody works on them, always on what he saw last."""

    def __init__(self, lending: Lending, loan_id: str, role: str = "manager") -> None:
        self.client = lending.of(role)
        self.loan_id = loan_id
        self.card = good(self.client.get(f"/v1/loans/{loan_id}"))

    @property
    def paper(self) -> dict[str, Any]:
        found: dict[str, Any] = self.card["agreement"]
        return found

    def try_(self, step: str, **body: Any) -> httpx.Response:
        return self.on(self.paper["version"], step, **body)

    def on(self, version: int, step: str, **body: Any) -> httpx.Response:
        headers = {"If-Match": f'"{version}"'}
        return self.client.post(f"/v1/loans/{self.loan_id}/{step}", json=body, headers=headers)

    def do(self, step: str, **body: Any) -> dict[str, Any]:
        """A step this person is told he may take."""
        assert step in self.card["actions"], (step, self.card["actions"])
        answer: dict[str, Any] = good(self.try_(step, **body))
        self.card = answer if "timeline" in answer else answer["loan"]
        return answer

    def bring(self, kind: str, content: bytes, name: str = "скан.pdf") -> httpx.Response:
        body = {"loan_id": self.loan_id, "kind": kind, "name": name, "content": base64.b64encode(content).decode()}
        return self.client.post("/v1/loan-documents", json=body)

    def again(self) -> dict[str, Any]:
        self.card = good(self.client.get(f"/v1/loans/{self.loan_id}"))
        return self.paper


def test_signed_at_the_counter_handed_over_and_the_paper_sent(lending: Lending) -> None:
    row = lending.papers.agreed(SigningWay.CLERK)
    case = Case(lending, row.application_id)
    assert (case.paper["signing"], case.paper["number"], case.paper["transfer"]) == (
        "documents_ready", "КД-1", 40_990_00,
    )  # fmt: skip
    found = case.do("identity", **MEETING)
    assert (found["number_matches"], found["photo_matches"], found["stopped"]) == (True, True, False)
    case.do("sign")
    assert (case.card["state"], case.paper["signing"], case.paper["holder"]) == (
        "active", "signed", f"shop:{lending.house.shop}",
    )  # fmt: skip
    # the clerk's buyer stands in the shop: identity and signature let the goods go
    assert case.paper["goods"] == "released"
    case.do("goods/deliver")
    assert (case.paper["goods"], [row.key for row in lending.house.left("loan.commit")]) == (
        "committed", [f"loan:{case.loan_id}:rest"],
    )  # fmt: skip
    assert refused(case.try_("verify")) == "loan.document_missing"
    assert [one["kind"] for one in good(case.bring("signed", PDF))["documents"]] == ["agreement", "signed"]
    case.again()
    case.do("verify")
    case.do("original/send", carrier="СДЭК", waybill="1234")
    assert (case.paper["holder"], case.paper["waybill"], case.card["stage"]) == ("carrier:СДЭК", "1234", "original")
    case.do("original/arrive")
    case.do("original/accept")
    assert (case.paper["original"], case.card["stage"]) == ("accepted", "money")
    texts = [event["text_ru"] for event in case.card["timeline"]]
    assert all(text and not text.startswith("loan.") for text in texts)


def test_a_passport_that_does_not_fit_stops_the_signing_the_second_time(lending: Lending) -> None:
    case = Case(lending, lending.papers.agreed(SigningWay.CLERK).application_id)
    wrong = {**MEETING, "passport": "4510 123457"}
    first = case.do("identity", **wrong)
    assert (first["number_matches"], first["stopped"]) == (False, False)
    second = case.do("identity", **wrong)
    assert second["stopped"] and case.paper["signing"] == "stopped"
    assert [(one["number_matches"], one["by"]) for one in case.card["identity_checks"]] == [
        (False, "manager:user-manager")
    ] * 2
    assert "sign" not in case.card["actions"]
    assert refused(case.try_("sign")) == "state.illegal"


def test_a_repeat_of_a_check_is_no_second_attempt(lending: Lending) -> None:
    case = Case(lending, lending.papers.agreed(SigningWay.CLERK).application_id)
    wrong = {**MEETING, "photo_matches": False}
    headers = {"Idempotency-Key": "form", "If-Match": f'"{case.paper["version"]}"'}
    url = f"/v1/loans/{case.loan_id}/identity"
    first = good(case.client.post(url, json=wrong, headers=headers))
    again = good(case.client.post(url, json=wrong, headers=headers))
    assert [one["stopped"] for one in (first, again)] == [False, False]
    assert again["loan"]["agreement"]["identity_failures"] == 1


def test_papers_are_worked_on_as_they_were_seen(lending: Lending) -> None:
    case = Case(lending, lending.papers.agreed(SigningWay.CLERK).application_id)
    seen = case.paper["version"]
    good(case.try_("identity", **MEETING))
    assert refused(case.on(seen, "sign"), 412) == "api.stale"


def test_a_courier_comes_back_empty_and_goes_again(lending: Lending) -> None:
    case = Case(lending, lending.papers.agreed(SigningWay.COURIER).application_id)
    assert "identity" not in case.card["actions"]
    assert refused(case.try_("visit/order", day="2026-11-23", hours="late")) == "loan.visit_hours"
    for _ in range(2):
        case.do("visit/order", day="2026-11-23", hours="10-14")
        case.do("visit/out")
        case.do("visit/empty", note="никого")
    case.do("visit/order", day="2026-11-24", hours="9-12", courier="Сокол", cost=90_000)
    case.do("visit/out")
    case.do("visit/met")
    case.do("identity", **MEETING)
    case.do("sign")
    assert [(one["courier"], one["cost"], one["result"]) for one in case.card["visits"]] == [
        ("Гонец", 1_500_00, "empty"), ("Гонец", 1_500_00, "empty"), ("Сокол", 900_00, "signed"),
    ]  # fmt: skip
    assert case.paper["signing_cost"] == 3_900_00
    # neither the cooling-off period is over nor the money here, and the screen says so
    assert case.paper["goods"] == "held"
    assert {"release.loan_money_received", "release.loan_cooling_off_over"} & {
        one["code"] for one in case.paper["hold_reasons"]
    }
    assert all(one["text_ru"] != one["code"] for one in case.paper["hold_reasons"])


def test_faulty_papers_are_signed_anew(lending: Lending) -> None:
    row = lending.papers.signed(SigningWay.CLERK)
    case = Case(lending, row.application_id)
    case.do("fault", reason="нет подписи на странице 3")
    assert "sign" not in case.card["actions"]
    case.do("resign")
    case.do("identity", **MEETING)
    case.do("sign")
    assert case.paper["signing"] == "signed"


def test_an_agreement_whose_sums_differ_waits_for_a_named_person(lending: Lending) -> None:
    row = lending.papers.agreed(SigningWay.CLERK, view={"loan": Money(40_000_00)})
    case = Case(lending, row.application_id)
    assert case.paper["held"] and case.paper["warnings"][0]["code"] == "loan.sums_differ"
    assert "identity" not in case.card["actions"]
    bare = case.client.post(f"/v1/loans/{case.loan_id}/confirm-sums", json={"note": "верно"})
    assert refused(bare, 400) == "api.version_needed"
    case.do("confirm-sums", note="банк округлил, покупатель доплатил")
    assert not case.paper["held"] and case.paper["warnings"][0]["settled_by"] == "manager:user-manager"
    assert case.card["down"] == case.card["goods"] - 40_000_00


def test_a_lost_original_is_the_last_holders(lending: Lending) -> None:
    case = Case(lending, lending.papers.signed(SigningWay.CLERK).application_id)
    case.do("original/send", carrier="Почта", waybill="RR1")
    case.do("original/lost")
    assert (case.paper["original"], case.paper["holder"], case.paper["signing"]) == ("lost", "carrier:Почта", "faulty")


def test_a_buyer_who_will_not_sign_ends_it(lending: Lending) -> None:
    case = Case(lending, lending.papers.agreed(SigningWay.BRANCH).application_id)
    case.do("no-show")
    case.do("refuse", reason="changed_mind", remark="передумал")
    assert (case.card["state"], case.card["ended_by"], case.card["agreement"]) == ("cancelled", "buyer", None)
    assert [one["signing"] for one in case.card["earlier_agreements"]] == ["refused"]


def test_goods_that_come_back_are_the_lenders_money(lending: Lending) -> None:
    case = Case(lending, lending.papers.agreed(SigningWay.CLERK).application_id)
    case.do("identity", **MEETING)
    case.do("sign")
    case.do("goods/deliver")
    case.do("goods/return", goods=45_990_00, reason="not_right", remark="не подошёл")
    [back] = case.card["returns"]
    assert (back["goods"], back["to_lender"], back["to_buyer"]) == (45_990_00, 40_990_00, 5_000_00)
    accountant = lending.of("accountant")
    draft = accountant.post(f"/v1/loan-returns/{back['id']}/draft", json={})
    assert refused(draft) == "loan.return_no_money"


def test_a_paper_is_kept_sealed_and_opened_by_those_who_may(lending: Lending) -> None:
    case = Case(lending, lending.papers.agreed(SigningWay.CLERK).application_id)
    kept = good(case.bring("passport", JPEG, "Паспорт Иванова.jpg"))
    assert good(case.bring("passport", JPEG))["id"] == kept["id"]
    url = f"/v1/loan-documents/{kept['id']}"
    reply = case.client.get(url)
    assert (reply.status_code, reply.content, reply.headers["content-type"]) == (200, JPEG, "image/jpeg")
    assert reply.headers["x-content-sha256"] == hashlib.sha256(JPEG).hexdigest()
    assert reply.headers["content-disposition"].startswith("attachment;")
    assert reply.headers["cache-control"] == "no-store"
    assert refused(lending.of("accountant").get(url)) == "loan.document_hidden"
    listed = Case(lending, case.loan_id, "accountant").card["documents"]
    assert {one["kind"]: one["readable"] for one in listed} == {"agreement": False, "passport": False}
    assert len(lending.house.journalled("loan.document_shown")) == 1


@pytest.mark.parametrize(
    ("kind", "content", "code"),
    [
        ("other", b"", "loan.document_empty"),
        ("other", b"MZ\x90", "loan.document_type"),
        ("agreement", JPEG, "loan.document_type"),
    ],
)
def test_what_is_no_paper_is_not_kept(lending: Lending, kind: str, content: bytes, code: str) -> None:
    case = Case(lending, lending.papers.agreed(SigningWay.CLERK).application_id)
    assert refused(case.bring(kind, content)) == code


def test_a_file_that_is_no_base64_or_too_large_is_told_so(lending: Lending) -> None:
    case = Case(lending, lending.house.apply().id)
    body = {"loan_id": case.loan_id, "kind": "other", "name": "x", "content": "не base64"}
    assert refused(case.client.post("/v1/loan-documents", json=body)) == "loan.document_unreadable"
    large = base64.b64encode(b"%PDF-" + bytes(documents.MOST)).decode()
    assert refused(case.client.post("/v1/loan-documents", json={**body, "content": large})) == (
        "loan.document_too_large"
    )


def test_a_missing_scan_is_shown_where_an_alarm_waits_for_it(lending: Lending) -> None:
    row = lending.papers.signed(SigningWay.CLERK)
    lending.house.later(days=2)
    lending.house.do(SERVICE, documents.watch)
    case = Case(lending, row.application_id)
    assert [one["kind"] for one in case.card["missing"]] == ["signed"]
    good(case.bring("signed", PDF))
    assert good(case.client.get(f"/v1/loans/{case.loan_id}"))["missing"] == []


def test_gaps_age_and_turn_red(lending: Lending) -> None:
    signed = lending.papers.signed(SigningWay.CLERK, number="КД-1", order="A")
    lending.papers.agreed(SigningWay.CLERK, number="КД-2", order="B")
    lending.house.later(days=10)
    accountant = lending.of("accountant")
    found = good(accountant.get("/v1/loans/ageing", params={"gap": "original"}))
    counts = {one["gap"]: (one["count"], one["red"], one["limit_days"]) for one in found["gaps"]}
    assert counts == {"signature": (1, 1, 5), "original": (1, 1, 9), "money": (1, 1, 5)}
    [item] = found["items"]
    assert (item["loan_id"], item["number"], item["signed"], item["original"]) == (
        signed.application_id, "КД-1", True, False,
    )  # fmt: skip
    assert (item["days"], item["limit_days"], item["red"], found["total"], found["next"]) == (10, 9, True, 1, None)
    refused(accountant.get("/v1/loans/ageing", params={"after": "nonsense"}), 400)
    other = {"gap": "money", "shop": lending.house.other, "red": "true"}
    empty = good(accountant.get("/v1/loans/ageing", params=other))
    assert (empty["items"], empty["total"], empty["counts"]) == ([], 0, {"signature": 0, "original": 0, "money": 0})


def test_another_agreement_takes_the_place_of_the_first(lending: Lending) -> None:
    row = lending.papers.agreed(SigningWay.CLERK)
    lending.papers.take(row.application_id, agreement_view("КД-2"))
    case = Case(lending, row.application_id)
    assert case.paper["number"] == "КД-2"
    assert [one["number"] for one in case.card["earlier_agreements"]] == ["КД-1"]
