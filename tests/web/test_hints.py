"""Lenders' webhooks: worth a question when they are genuine, journalled when they are not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import cast

import pytest

from gateway.loans.lenders.ports import Hint, Lender
from gateway.loans.lenders.webhook import HEADER, signature, verify
from gateway.web.app import create_web
from tests.web.world import World

SECRET = "s3cret"


class Signing:
    """The part of an adapter that reads webhooks."""

    key = "soap"

    def hint(self, headers: Mapping[str, str], body: bytes) -> Hint:
        verify(self.key, headers, body, SECRET)
        return Hint(json.loads(body)["id"])


@pytest.fixture
def port(world: World, stage: tuple) -> World:
    world.room = replace(world.room, lenders={"soap": cast(Lender, Signing())})
    stage[0].on = create_web(world.room)
    return world


def test_a_genuine_hint_has_its_lender_asked_now(port: World) -> None:
    application_id = port.approved()
    body = json.dumps({"id": f"X-{application_id}"}).encode()
    port.house.later(hours=1)
    reply = port.client().post("/lender/soap/hint", content=body, headers={HEADER: signature(body, SECRET)})
    assert (reply.status_code, reply.json()) == (202, {"accepted": True})
    assert port.told["asked"] == 1
    found = port.house.decisions(application_id)["soap"]
    assert found.poll_at == port.house.store.clock.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def test_one_about_nothing_of_ours_is_answered_alike(port: World) -> None:
    body = b'{"id": "unknown"}'
    reply = port.client().post("/lender/soap/hint", content=body, headers={HEADER: signature(body, SECRET)})
    assert (reply.status_code, reply.json()) == (202, {"accepted": True})
    assert port.told["asked"] == 0


def test_a_forged_one_is_refused_and_journalled(port: World) -> None:
    body = b'{"id": "X"}'
    for header in ({}, {HEADER: "sha256=00"}, {HEADER: signature(body, "other")}):
        reply = port.client().post("/lender/soap/hint", content=body, headers=header)
        assert (reply.status_code, reply.json()["error"]["code"]) == (403, "lender.forged_hint")
        assert SECRET not in reply.text
    assert len(port.house.journalled("lender.hint_forged")) == 3


def test_an_unknown_lender_and_a_large_body(port: World) -> None:
    assert port.client().post("/lender/nobody/hint", content=b"{}").status_code == 404
    assert port.client().post("/lender/soap/hint", content=b"x" * 70_000).status_code == 413
