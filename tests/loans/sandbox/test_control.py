"""The sandbox from outside: made once, decided for, told what to do wrong, strict about what it is sent."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from lxml import etree

from gateway.bank.sandbox.listening import STOP
from gateway.core.errors import Refused
from gateway.loans.lenders.ports import LenderStatus
from gateway.loans.sandbox import behave
from gateway.loans.sandbox.behave import KINDS
from gateway.loans.sandbox.control import LENDERS, REST, SOAP, LenderSandbox
from gateway.loans.sandbox.server import LISTENING, LenderServer
from gateway.loans.sandbox.soap import schema
from tests.loans.lenders.house import REQUEST, House, adapter, request


def test_it_is_made_once(tmp_path: Path) -> None:
    LenderSandbox.create(tmp_path)
    with pytest.raises(Refused) as refused:
        LenderSandbox.create(tmp_path)
    assert refused.value.code == "sandbox.exists"


def test_without_one_nothing_starts(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        LenderServer(tmp_path)
    assert refused.value.code == "sandbox.missing"


def test_tokens_are_new_each_time_and_in_no_repr(tmp_path: Path) -> None:
    made = [LenderSandbox.create(tmp_path / name).account(REST) for name in ("one", "two")]
    assert made[0].token != made[1].token and made[0].token not in repr(made[0])


def test_state_survives_a_restart(tmp_path: Path) -> None:
    sandbox = LenderSandbox.create(tmp_path)
    for expected in (0, 1):
        with LenderServer(tmp_path) as server:
            assert len(LenderSandbox(tmp_path).applications()) == expected
            with closing(adapter(REST, sandbox, server.url(REST))) as lender:
                lender.submit(REQUEST)


def test_a_taken_port_is_said(tmp_path: Path) -> None:
    LenderSandbox.create(tmp_path)
    with LenderServer(tmp_path) as server, pytest.raises(Refused) as refused:
        LenderServer(tmp_path, port=server.port)
    assert refused.value.code == "sandbox.port_taken"


@pytest.mark.parametrize("policy", ["approve", "decline"])
def test_a_lender_may_decide_by_himself(house: House, policy: str) -> None:
    house.sandbox.arrange(house.key, policy=policy)
    assert house.adapter.submit(REQUEST).status is LenderStatus.RECEIVED
    expected = {"approve": LenderStatus.APPROVED, "decline": LenderStatus.DECLINED}[policy]
    assert house.adapter.view(REQUEST.id, "").status is expected


def test_the_lenders_clock_moves(house: House) -> None:
    approved = house.approved()
    house.sandbox.move_clock(timedelta(days=20))  # the offers hold fourteen days
    with pytest.raises(Refused):
        house.adapter.accept(approved.external_id, approved.offers[0].id, approved.offers[0].ways[0])


def test_steps_that_cannot_be_taken_are_named(house: House) -> None:
    house.adapter.submit(REQUEST)
    with pytest.raises(Refused) as refused:
        house.sandbox.judge_original(house.key, REQUEST.id, accepted=True)
    assert refused.value.code == "sandbox.no_such_step" and "wrong_state" in refused.value.text()
    with pytest.raises(Refused) as unknown:
        house.sandbox.decide(house.key, "nobody", "approve")
    assert unknown.value.code == "sandbox.unknown_application"
    with pytest.raises(Refused) as lender:
        house.sandbox.decide("third", REQUEST.id, "approve")
    assert lender.value.code == "sandbox.unknown_lender"


@pytest.mark.parametrize(
    ("name", "options", "code"),
    [
        ("nonsense", {}, "sandbox.unknown_behaviour"),
        ("silent", {"seconds": 1}, "sandbox.unknown_option"),
        ("busy", {"seconds": "soon"}, "sandbox.bad_option"),
        ("silent", {"operation": "dance"}, "sandbox.bad_option"),
        ("unknown-status", {"word": ""}, "sandbox.bad_option"),
        ("silent", {"count": 0}, "sandbox.bad_option"),
    ],
)
def test_what_it_cannot_do_wrong_is_named(house: House, name: str, options: dict[str, object], code: str) -> None:
    with pytest.raises(Refused) as refused:
        house.sandbox.behave(house.key, name, **options)  # type: ignore[arg-type]
    assert refused.value.code == code


def test_behaviours_happen_as_often_as_they_were_queued_and_at_that_lender(both: dict[str, House]) -> None:
    both[SOAP].sandbox.behave(SOAP, "http-500", count=2)
    assert both[SOAP].sandbox.queued(SOAP) == [("http-500", 2)]
    both[REST].adapter.submit(REQUEST)
    for _ in range(2):
        with pytest.raises(Exception, match="500"):
            both[SOAP].adapter.submit(REQUEST)
    both[SOAP].adapter.submit(REQUEST)
    assert both[SOAP].sandbox.queued(SOAP) == []


def test_every_behaviour_is_described() -> None:
    assert behave.__doc__ is not None
    assert [name for name in KINDS if f"    {name} " not in behave.__doc__] == []


def test_a_wrong_full_cost_is_printed(house: House) -> None:
    house.sandbox.behave(house.key, "wrong-psk", points=2)
    assert house.approved().offers[0].psk in ("26.900", "37.000")


# Strict about what it is sent


def rest(house: House, verb: str, path: str, body: object = None, **headers: str) -> httpx.Response:
    account = house.sandbox.account(REST)
    given = {"Authorization": f"Bearer {account.token}", **headers}
    url = house.server.url(REST) + path
    return (
        httpx.request(verb, url, json=body, headers=given, trust_env=False)
        if body is not None
        else httpx.request(verb, url, headers=given, trust_env=False)
    )


@pytest.mark.parametrize(
    ("verb", "path", "body"),
    [
        ("POST", "/applications", {}),
        ("POST", "/applications", []),
        ("POST", "/applications", {"externalId": "x", "more": 1}),
        ("POST", "/applications/x/accept", {"offerId": "x"}),
        ("POST", "/applications/x/accept", {"offerId": "x", "signingType": "By pigeon"}),
        ("POST", "/applications/x/returns", {"returnId": "x", "amount": "5"}),
        ("POST", "/applications/x/returns", {"returnId": "x", "amount": True}),
        ("POST", "/applications/x/signed", {"signedAt": "today", "identityChecked": True}),
        ("POST", "/applications/x/dance", {}),
        ("GET", "/applications", None),
        ("GET", "/applications/x/y/z/t", None),
        ("POST", "/applications/x/commit", None),
    ],
)
def test_json_that_is_not_as_agreed_is_refused(both: dict[str, House], verb: str, path: str, body: object) -> None:
    answer = rest(both[REST], verb, path, body)
    assert answer.status_code in (400, 411) or (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert both[REST].sandbox.applications() == []


def test_json_without_a_token_is_not_let_in(both: dict[str, House]) -> None:
    assert rest(both[REST], "GET", "/applications/x", Authorization="Bearer x").status_code == 401


@pytest.mark.parametrize(
    "change",
    [{"goods": REQUEST.down}, {"months": 0}, {"months": 61}, {"person": {"surname": "Иванов"}}, {"basket": ()}],
    ids=str,
)
def test_an_application_that_cannot_be_is_refused(house: House, change: dict[str, object]) -> None:
    with pytest.raises(Refused) as refused:
        house.adapter.submit(request("x", **change))
    assert refused.value.code == "lender.refused"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<a/>",
        b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>',
        b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        b'<b:confirmIssue xmlns:b="urn:kvit:loan-broker:1"/></s:Body></s:Envelope>',
    ],
)
def test_soap_that_is_not_as_agreed_is_a_fault(both: dict[str, House], body: bytes) -> None:
    answer = httpx.post(both[SOAP].server.url(SOAP), content=body, trust_env=False)
    assert answer.status_code == 500 and b"Client.BadRequest" in answer.content


def test_soap_answers_are_valid_by_the_services_own_schema(both: dict[str, House]) -> None:
    house = both[SOAP]
    approved = house.approved()
    house.adapter.accept(approved.external_id, approved.offers[0].id, approved.offers[0].ways[0])
    body = etree.fromstring(house.adapter.view(REQUEST.id, "").raw)[0]
    schema().assertValid(body[0])


def test_nothing_else_is_served(both: dict[str, House]) -> None:
    base = both[REST].server.url(REST).removesuffix("/rest/v1")
    assert httpx.get(f"{base}/", trust_env=False).status_code == 404
    assert httpx.get(both[REST].server.url(SOAP), trust_env=False).status_code == 404


# As a process of its own


def test_it_runs_as_a_process_until_it_is_told_to_stop(tmp_path: Path) -> None:
    sandbox = LenderSandbox.create(tmp_path)
    process = subprocess.Popen(
        [sys.executable, "-m", "gateway.loans.sandbox", "--home", str(tmp_path)], stderr=subprocess.PIPE
    )
    announced = sandbox.folder / LISTENING
    until = time.monotonic() + 30
    while not announced.exists() and time.monotonic() < until and process.poll() is None:
        time.sleep(0.05)
    urls = json.loads(announced.read_text())["urls"]
    assert list(urls) == list(LENDERS)
    with closing(adapter(SOAP, sandbox, urls[SOAP])) as lender:
        assert lender.submit(REQUEST).version == 1
    (sandbox.folder / STOP).touch()
    _, told = process.communicate(timeout=20)
    assert process.returncode == 0 and not announced.exists()
    assert sandbox.account(SOAP).token.encode() not in told


def test_without_a_sandbox_the_process_says_so(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "gateway.loans.sandbox", "--home", str(tmp_path)], capture_output=True, timeout=60
    )
    assert ended.returncode == 1 and b"sandbox" in ended.stderr
