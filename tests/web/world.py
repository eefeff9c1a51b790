"""Two shops with their people, a site key each, and an application brought through the lender to the counter."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from gateway.core.authority import SERVICE, Role
from gateway.core.money import Money
from gateway.flows.terms import OwnCompany, Terms
from gateway.loans import access, agreement_rows, coverage, paper_intake
from gateway.loans.lenders.decisions import take_view
from gateway.loans.lenders.ports import AgreementView, LenderStatus, LenderView, Offer
from gateway.loans.model import SigningWay
from gateway.matching.decision import Policy
from gateway.store import Unit
from gateway.store.schema import AnyRow
from gateway.web.app import create_web
from gateway.web.room import WebRoom
from tests.loans.house import DIRECTOR, House

ADDRESS = "198.51.100.7"
PDF = b"%PDF-1.7\n% a paper\n"
PASSPORT = "4510123456"
OFFER = Offer(
    id="O-1",
    loan=Money(4_099_000),
    months=12,
    rate="24.9",
    psk="24.900",
    payment=Money(389_384),
    discount=Money.zero(),
    ways=(SigningWay.CLERK, SigningWay.BRANCH),
    until=date(2026, 12, 30),
)
AGREEMENT = AgreementView(
    number="КД-17/26",
    dated=date(2026, 11, 23),
    loan=OFFER.loan,
    discount=OFFER.discount,
    months=12,
    rate="24.9",
    psk="24.900",
    document="D-1",
    passport=PASSPORT,
)
_FORM = re.compile(r'<form[^>]*action="([^"]*)"[^>]*>(.*?)</form>', re.DOTALL)
_FIELD = re.compile(r'<input type="hidden" name="(mark|key|version)" value="([^"]*)">')


@dataclass
class World:
    """A house with its public port.

    Attributes:
        tokens: "manager", "clerk", "site" of the first shop, "stranger" and "foreign_site" of the other.
        told: how often the port told the service that a lender has news ("asked") and that rows changed ("changed").
    """

    house: House
    room: WebRoom
    app: FastAPI
    tokens: dict[str, str]
    told: dict[str, int]
    opened: list[httpx.Client] = field(default_factory=list)

    def client(self, **headers: str) -> httpx.Client:
        """A caller from one address, without a cookie yet."""
        client = httpx.Client(
            base_url=self.room.url,
            headers={"X-Forwarded-For": ADDRESS, **headers},
            trust_env=False,
            verify=False,  # no TLS on loopback: to load the authorities would cost 30 ms of each client
            timeout=30,
        )
        self.opened.append(client)
        return client

    def close(self) -> None:
        for client in self.opened:
            client.close()
        self.house.close()

    def site(self, who: str = "site", **headers: str) -> httpx.Client:
        """The program of a shop's site."""
        return self.client(Authorization=f"Bearer {self.tokens[who]}", **headers)

    def person(self, who: str, language: str = "ru") -> Browser:
        """Somebody of a shop, logged in."""
        browser = Browser(self.client(**{"Accept-Language": language}))
        reply = browser.send("/shop/login", "/shop/login", token=self.tokens[who])
        assert reply.headers["location"] == "/shop/applications", reply.text
        return browser

    def approved(self, **differently: Any) -> str:
        """An application a lender offers for; returns its id."""
        row = self.house.submitted(("soap",), delivery="pickup", **differently)
        self.view(row.id, LenderStatus.APPROVED, 1, offers=(OFFER,))
        return str(row.id)

    def agreed(self, way: SigningWay = SigningWay.CLERK, **differently: Any) -> str:
        """An application whose agreement is here, ready to be signed; returns its id."""
        application_id = self.approved(**differently)
        self.house.do(
            self.house.boss,
            lambda u: coverage.accept(u, self.house.terms, application_id, "soap", OFFER.id, way),
        )
        self.view(application_id, LenderStatus.AGREED, 2, offers=(OFFER,), agreement=AGREEMENT)
        self.house.do(SERVICE, lambda u: self._keep_pdf(u, application_id))
        return application_id

    def _keep_pdf(self, unit: Unit, application_id: str) -> None:
        paper = agreement_rows.live(unit, application_id)
        assert paper is not None
        paper_intake.keep_agreement(unit, self.house.terms, application_id, paper.id, PDF)

    def paper(self, application_id: str) -> AnyRow:
        """The live agreement."""
        with self.house.store.reading() as connection:
            row = agreement_rows.live(connection, application_id)
        assert row is not None
        return row

    def view(self, application_id: str, status: LenderStatus, version: int, **more: Any) -> None:
        """The lender says something of an application."""
        decision = self.house.decisions(application_id)["soap"]
        view = LenderView(f"X-{application_id}", version, status, status.value, b"raw", **more)
        self.house.do(SERVICE, lambda u: take_view(u, self.house.terms, decision.id, view))


class Browser:
    """A person who opens pages and sends the forms that are on them; without a script, as the pages have none."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client

    def get(self, path: str) -> httpx.Response:
        return self.client.get(path)

    def forms(self, page: httpx.Response) -> dict[str, dict[str, str]]:
        """Hidden fields of each form of a page, by where it goes."""
        return {
            unescape(action): {name: unescape(value) for name, value in _FIELD.findall(inside)}
            for action, inside in _FORM.findall(page.text)
        }

    def send(self, page: str, action: str, files: Any = None, **typed: str) -> httpx.Response:
        """Open `page`, and send its form that goes to `action`."""
        shown = self.get(page)
        assert shown.status_code == 200, shown.text
        return self.client.post(action, data={**self.forms(shown)[action], **typed}, files=files)

    def follow(self, reply: httpx.Response) -> httpx.Response:
        """The page a form leads to."""
        assert reply.status_code == 303, reply.text
        return self.get(reply.headers["location"])


class Stage(FastAPI):
    """One real server for the whole session; each test puts its own application on it."""

    on: FastAPI

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.on(scope, receive, send)


def open_world(folder: Path, url: str, **differently: Any) -> World:
    """Both shops with people and keys; the database is there already."""
    house = House(folder)
    told = {"asked": 0, "changed": 0}

    def tell(what: str) -> None:
        told[what] += 1

    room = WebRoom(
        store=house.store,
        terms=Terms(own=OwnCompany("ООО «Квит»", "7701000000"), policy=Policy()),
        loans=house.terms,
        url=url,
        session_key=b"s" * 32,
        behind_proxy=True,
        asked=lambda: tell("asked"),
        changed=lambda: tell("changed"),
    )
    room = replace(room, **differently)
    tokens = {
        who: house.do(DIRECTOR, lambda u, s=shop, k=kind, n=name: access.give(u, s, k, n)).token
        for who, shop, kind, name in (
            ("manager", house.shop, Role.SHOP_MANAGER, "Мария"),
            ("clerk", house.shop, Role.SHOP_CLERK, "Зоя"),
            ("site", house.shop, Role.SHOP_SITE, "mebel.example"),
            ("stranger", house.other, Role.SHOP_MANAGER, "Чужая"),
            ("foreign_site", house.other, Role.SHOP_SITE, "tehnika.example"),
        )
    }
    return World(house, room, create_web(room), tokens, told)
