"""Who may ask for what. Every route of the public port stands in the table; a new one fails here until it is added."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import httpx
import pytest
from fastapi import FastAPI

from gateway.core.authority import SERVICE
from gateway.notify.terms import NotifyTerms
from gateway.parcels.terms import ParcelTerms
from gateway.settlement import register, statements
from gateway.settlement.model import Party, PartyKind
from gateway.web.app import OPENAPI, PARCELS_OPENAPI, create_web
from gateway.web.room import PublicRoom
from tests.settlement.house import line
from tests.web.parcel_web import parcels_web
from tests.web.world import World

M, C = "manager", "clerk"
BOTH = frozenset({M, C})
ONLY_M = frozenset({M})


class Guard(NamedTuple):
    """Who stands before a route.

    Attributes:
        kind: "open", "site" (a secret key), "button" (a registered origin), "lender" (a signature), "form" (the mark of
            one's own session, no login), "person" (a login), "feed" (a program's key), "link" (nobody can guess it).
        people: of a shop, for "person".
    """

    kind: str
    people: frozenset[str] = frozenset()


ONE = "/shop/applications/{application_id}"
GUARDS: dict[tuple[str, str], Guard] = {
    ("POST", "/shop/v1/applications"): Guard("site"),
    ("GET", "/shop/v1/applications"): Guard("site"),
    ("GET", "/shop/v1/applications/{application_id}"): Guard("site"),
    ("GET", "/shop/v1/calculator"): Guard("site"),
    ("GET", "/shop/v1/widget.js"): Guard("open"),
    ("OPTIONS", "/shop/v1/button/{shop}/applications"): Guard("button"),
    ("OPTIONS", "/shop/v1/button/{shop}/calculator"): Guard("button"),
    ("GET", "/shop/v1/button/{shop}/calculator"): Guard("button"),
    ("POST", "/shop/v1/button/{shop}/applications"): Guard("button"),
    ("POST", "/lender/{key}/hint"): Guard("lender"),
    ("GET", "/"): Guard("open"),
    ("GET", "/consent"): Guard("open"),
    ("GET", "/shop/kvit.css"): Guard("open"),
    ("GET", "/shop/login"): Guard("open"),
    ("GET", "/shop/register"): Guard("open"),
    ("POST", "/shop/register"): Guard("form"),
    ("POST", "/shop/login"): Guard("form"),
    ("POST", "/shop/logout"): Guard("form"),
    ("POST", "/shop/language"): Guard("form"),
    ("GET", "/shop/applications"): Guard("person", BOTH),
    ("GET", "/shop/applications/new"): Guard("person", ONLY_M),
    ("POST", "/shop/applications/new"): Guard("person", ONLY_M),
    ("GET", ONE): Guard("person", BOTH),
    ("POST", f"{ONE}/buyer"): Guard("person", BOTH),
    ("POST", f"{ONE}/confirm"): Guard("person", ONLY_M),
    ("POST", f"{ONE}/cancel"): Guard("person", ONLY_M),
    ("GET", f"{ONE}/documents/{{document_id}}"): Guard("person", BOTH),
    ("POST", f"{ONE}/documents"): Guard("person", BOTH),
    ("GET", f"{ONE}/identity"): Guard("person", BOTH),
    ("POST", f"{ONE}/identity"): Guard("person", BOTH),
    ("POST", f"{ONE}/sign"): Guard("person", BOTH),
    ("POST", f"{ONE}/miss"): Guard("person", BOTH),
    ("POST", f"{ONE}/refuse"): Guard("person", BOTH),
    ("POST", f"{ONE}/original"): Guard("person", BOTH),
    ("POST", f"{ONE}/shipped"): Guard("person", ONLY_M),
    ("POST", f"{ONE}/delivered"): Guard("person", BOTH),
    ("POST", f"{ONE}/returned"): Guard("person", ONLY_M),
    ("GET", "/shop/statements"): Guard("person", ONLY_M),
    ("GET", "/shop/statements/{statement_id}"): Guard("person", ONLY_M),
    ("GET", "/shop/statements/{statement_id}/print"): Guard("person", ONLY_M),
    ("GET", "/shop/statements/{statement_id}/statement.xlsx"): Guard("person", ONLY_M),
    ("POST", "/shop/statements/{statement_id}/accept"): Guard("person", ONLY_M),
    ("POST", "/shop/statements/{statement_id}/dispute"): Guard("person", ONLY_M),
    ("GET", "/shop/help"): Guard("person", BOTH),
    ("GET", "/shop/help/passport"): Guard("person", BOTH),
    ("GET", "/shop/help/passport/print"): Guard("person", BOTH),
    ("GET", "/shop/button"): Guard("person", ONLY_M),
}
OF_PARCELS: dict[tuple[str, str], Guard] = {
    ("POST", "/parcels/v1/parcels"): Guard("feed"),
    ("GET", "/parcels/v1/parcels/{track}"): Guard("feed"),
    ("GET", "/t/{token}"): Guard("link"),
    ("POST", "/t/{token}"): Guard("link"),
    ("POST", "/t/{token}/received"): Guard("link"),
    ("POST", "/t/{token}/silence"): Guard("link"),
    ("POST", "/t/{token}/write"): Guard("link"),
}
# What a form must hold to be about something; the rest is refused with a sentence, and that is an answer too.
TYPED = {"passport": "4510 000000", "photo": "yes", "place": "x", "signed": "yes", "reason": "x", "by": "buyer"}
TYPED |= {"carrier": "x", "waybill": "x", "remark": "x", "choice": "soap|O-1|clerk", "kind": "other"}


class Things(NamedTuple):
    application: str
    document: str
    statement: str

    def fill(self, path: str) -> str:
        filled = path.replace("{application_id}", self.application).replace("{document_id}", self.document)
        return filled.replace("{statement_id}", self.statement).replace("{shop}", "mebel").replace("{key}", "soap")


@pytest.fixture
def things(world: World) -> Things:
    """An application ready to be signed, its agreement's PDF, and a statement that was sent; all of the first shop."""
    application = world.agreed()
    page = world.person(M).get(f"/shop/applications/{application}").text
    document = page.split(f"/shop/applications/{application}/documents/")[1].split('"')[0]
    party = Party(PartyKind.SHOP, world.house.shop)

    def state(unit: object) -> str:
        register.append(unit, line("e1", party=party))
        statement = statements.open_period(unit, party, "Магазин", line("e1").on)
        statements.send(unit, statement)
        return statement

    return Things(application, document, world.house.do(SERVICE, state))


def asked(client: httpx.Client, method: str, path: str, **fields: str) -> httpx.Response:
    if method == "GET":
        query = {"order": "A", "goods": "100"} if path.startswith("/shop/v1") else {}
        return client.get(path, params=query)
    if path.startswith(("/shop/v1", "/lender")):
        return client.request(method, path, json={})
    files = {"file": ("a.pdf", b"%PDF-1.7", "application/pdf")} if path.endswith("/documents") else None
    return client.post(path, data={**TYPED, **fields}, files=files)


def marked(world: World, who: str) -> tuple[httpx.Client, str]:
    """A person's client, and the mark of the session."""
    browser = world.person(who)
    return browser.client, browser.forms(browser.get("/shop/help"))["/shop/logout"]["mark"]


def served(app: FastAPI) -> set[tuple[str, str]]:
    return {
        (method, route.path)
        for included in app.routes
        for route in getattr(getattr(included, "original_router", None), "routes", [included])
        for method in getattr(route, "methods", None) or ()
        if method != "HEAD"
    }


def test_every_route_stands_in_the_table(world: World) -> None:
    assert served(world.app) == {*GUARDS, ("GET", OPENAPI)}


def test_parcels_are_served_where_they_are_watched_with_loans_and_without(world: World) -> None:
    parcels = parcels_web(ParcelTerms(), NotifyTerms("Квит"))
    both = create_web(replace(world.room, parcels=parcels))
    assert served(both) == {*GUARDS, *OF_PARCELS, ("GET", OPENAPI)}
    alone = create_web(PublicRoom(store=world.room.store, url=world.room.url, parcels=parcels))
    assert served(alone) == {*OF_PARCELS, ("GET", PARCELS_OPENAPI)}
    for app in (both, alone):
        described = {(verb.upper(), path) for path, verbs in app.openapi()["paths"].items() for verb in verbs}
        assert not [path for _, path in described if path.startswith("/t/")], "pages are for people"


def test_the_described_routes_are_those_for_programs(world: World) -> None:
    described = {(verb.upper(), path) for path, verbs in world.app.openapi()["paths"].items() for verb in verbs}
    assert described == {route for route in GUARDS if route[1].startswith(("/shop/v1", "/lender"))}


@pytest.mark.parametrize("who", [M, C])
def test_people_of_the_shop_get_what_their_role_allows(world: World, things: Things, who: str) -> None:
    client, mark = marked(world, who)
    for (method, path), guard in GUARDS.items():
        if guard.kind != "person":
            continue
        reply = asked(client, method, things.fill(path), mark=mark)
        if who in guard.people:
            assert reply.status_code in (200, 303, 409, 422), (who, method, path, reply.status_code)
            assert reply.headers.get("location", "") != "/shop/login", (method, path)
        else:
            assert reply.status_code == 403, (who, method, path, reply.status_code)


def test_another_shop_finds_nothing_of_it(world: World, things: Things) -> None:
    client, mark = marked(world, "stranger")
    for (method, path), guard in GUARDS.items():
        if guard.kind == "person" and "{" in path:
            reply = asked(client, method, things.fill(path), mark=mark)
            assert reply.status_code == 404, (method, path, reply.status_code)
            absent = Things("01JZZZZZZZZZZZZZZZZZZZZZZZ", "01JZZZZZZZZZZZZZZZZZZZZZZZ", "01JZZZZZZZZZZZZZZZZZZZZZZZ")
            nothing = asked(client, method, absent.fill(path), mark=mark)
            told = [one.text.replace(things.statement, "").replace(absent.statement, "") for one in (reply, nothing)]
            assert told[0] == told[1], f"{path} tells another shop's from a missing one"
    paper = world.paper(things.application)
    assert (paper.signing, paper.identity_failures) == ("documents_ready", 0)


def test_who_is_not_logged_in_is_led_to_the_door(world: World, things: Things) -> None:
    client = world.client()
    for (method, path), guard in GUARDS.items():
        if guard.kind == "person":
            reply = asked(client, method, things.fill(path))
            assert (reply.status_code, reply.headers.get("location")) == (303, "/shop/login"), (method, path)


def test_no_form_acts_without_its_mark(world: World, things: Things) -> None:
    client, _ = marked(world, M)
    _, of_another = marked(world, C)
    before = world.paper(things.application).version
    for (method, path), guard in GUARDS.items():
        if method == "POST" and guard.kind in ("person", "form"):
            for mark in ("", "0" * 64, of_another):
                reply = asked(client, method, things.fill(path), mark=mark)
                assert reply.status_code == 403, (path, mark, reply.status_code)
    assert world.paper(things.application).version == before
    assert client.get("/shop/applications").status_code == 200, "still logged in"


def test_only_a_site_key_opens_the_site_api(world: World, things: Things) -> None:
    for who in ("", M, C, "unknown"):
        header = f"Bearer {world.tokens.get(who, 'kvitshop_unknown')}"
        client = world.client(Authorization=header) if who else world.client()
        for (method, path), guard in GUARDS.items():
            if guard.kind == "site":
                reply = asked(client, method, things.fill(path))
                assert reply.status_code == 401, (who, path)
                assert reply.headers["www-authenticate"].startswith("Bearer")


def test_a_site_key_opens_no_page(world: World) -> None:
    browser_client = world.client()
    page = browser_client.get("/shop/login")
    mark = page.text.split('name="mark" value="')[1].split('"')[0]
    for who in ("site", "foreign_site"):
        reply = browser_client.post("/shop/login", data={"token": world.tokens[who], "mark": mark})
        assert reply.status_code == 403


def test_the_button_answers_registered_origins_alone(world: World, things: Things) -> None:
    for origin in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "https://tehnika.example"}):
        for (method, path), guard in GUARDS.items():
            if guard.kind == "button":
                reply = asked(world.client(**origin), method, things.fill(path))
                assert reply.status_code == 403, (origin, path)
                assert "access-control-allow-origin" not in reply.headers


def test_every_answer_is_dressed(world: World, things: Things) -> None:
    client, mark = marked(world, M)
    for method, path in GUARDS:
        reply = asked(client, method, things.fill(path), mark=mark)
        for name in ("x-content-type-options", "referrer-policy", "content-security-policy", "x-frame-options"):
            assert name in reply.headers, (path, name)
        policy = reply.headers["content-security-policy"]
        assert "unsafe" not in policy and "frame-ancestors 'none'" in policy and "default-src 'none'" in policy
        if path.endswith(("logout", "login")):
            client, mark = marked(world, M)
