"""In and out of the account: tokens, sessions that end, forms nobody else can send."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from gateway.core.errors import Refused
from gateway.loans import access
from gateway.loans.shops import ShopEvent, move
from gateway.loans.tables import session_ends
from gateway.store import Store
from gateway.web.app import create_web
from gateway.web.sessions import IDLE, LONGEST
from tests.loans.house import DIRECTOR
from tests.web.world import Browser, Stage, World

LIST = "/shop/applications"


def is_in(client: httpx.Client) -> bool:
    return client.get(LIST).status_code == 200


def test_the_cookie_is_out_of_reach(world: World, stage: tuple[Stage, str]) -> None:
    cookie = world.client().get("/shop/login").headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie and "secure" not in cookie
    secure = replace(world.room, url="https://credit.example", session_key=b"t" * 32)
    stage[0].on = create_web(secure)
    reply = world.client(Host="credit.example").get("/shop/login")
    cookie = reply.headers["set-cookie"]
    assert cookie.startswith("__Host-kvit=") and "Secure" in cookie and "Path=/" in cookie
    assert reply.headers["strict-transport-security"].startswith("max-age=")


def test_a_session_ends_when_nobody_uses_it(world: World) -> None:
    client = world.person("manager").client
    for _ in range(3):
        world.house.later(seconds=IDLE.total_seconds() - 60)
        assert is_in(client), "each page renews it"
    world.house.later(seconds=IDLE.total_seconds() + 1)
    assert not is_in(client)


def test_a_session_ends_at_the_end_of_the_day(world: World) -> None:
    client = world.person("manager").client
    hours = int(LONGEST.total_seconds() // 3600)
    for _ in range(2 * hours):
        world.house.later(minutes=29)
        assert is_in(client)
    world.house.later(hours=1)
    assert not is_in(client)


def test_logging_out_ends_every_copy(world: World) -> None:
    browser = world.person("manager")
    copy = world.client(Cookie=f"kvit={browser.client.cookies['kvit']}")
    assert is_in(copy)
    assert browser.send(LIST, "/shop/logout").headers["location"] == "/shop/login"
    assert not is_in(copy) and not is_in(browser.client)


def test_logging_out_outlives_a_restart(world: World, stage: tuple[Stage, str]) -> None:
    browser, colleague = world.person("manager"), world.person("manager")
    copy = world.client(Cookie=f"kvit={browser.client.cookies['kvit']}")
    browser.send(LIST, "/shop/logout")
    again = Store(world.house.store.url, world.house.clock, world.house.store.company)
    stage[0].on = create_web(replace(world.room, store=again))
    assert not is_in(copy) and is_in(colleague.client)
    assert world.house.count(session_ends) == 1
    world.house.later(seconds=LONGEST.total_seconds() + 1)
    newcomer = world.person("manager")
    newcomer.send(LIST, "/shop/logout")
    assert world.house.count(session_ends) == 1, "what ended by itself is forgotten"
    assert not is_in(copy)
    again.close()


def test_a_revoked_token_ends_its_session(world: World) -> None:
    client = world.person("clerk").client
    with world.house.store.reading() as connection:
        found = access.listed(connection, world.house.store.company, world.house.shop)
    clerk = next(one["id"] for one in found if one["kind"] == "shop_clerk")
    world.house.do(DIRECTOR, lambda u: access.revoke(u, clerk))
    assert not is_in(client)


def test_people_of_a_closed_shop_are_out(world: World) -> None:
    client = world.person("stranger").client
    world.house.do(DIRECTOR, lambda u: move(u, world.house.other, ShopEvent.SUSPEND))
    assert is_in(client), "what runs is finished"
    world.house.do(DIRECTOR, lambda u: move(u, world.house.other, ShopEvent.CLOSE))
    assert not is_in(client)


def test_an_altered_cookie_is_nobody_s(world: World) -> None:
    cookie = world.person("manager").client.cookies["kvit"]
    for place in (0, 20, 43, 50, 80):
        other = "A" if cookie[place] != "A" else "B"
        altered = cookie[:place] + other + cookie[place + 1 :]
        assert not is_in(world.client(Cookie=f"kvit={altered}")), place


def test_what_is_no_cookie_of_ours_is_nobody_s(world: World) -> None:
    client = world.client()
    for cookie in ("", "x", "=", "%00", "A" * 44, "ä", "." * 80):
        reply = client.get(LIST, headers={"Cookie": f"kvit={cookie}".encode()})
        assert reply.headers["location"] == "/shop/login", cookie


def test_another_house_s_key_opens_nothing(world: World, stage: tuple[Stage, str]) -> None:
    client = world.person("manager").client
    stage[0].on = create_web(replace(world.room, session_key=b"t" * 32))
    assert not is_in(client)
    stage[0].on = create_web(world.room)
    assert is_in(client), "a restart with the same key keeps people in"


def test_a_session_planted_before_the_login_is_not_shared(world: World) -> None:
    victim = Browser(world.client())
    victim.get("/shop/login")
    planted = victim.client.cookies["kvit"]
    victim.send("/shop/login", "/shop/login", token=world.tokens["manager"])
    assert is_in(victim.client)
    assert not is_in(world.client(Cookie=f"kvit={planted}"))


def test_wrong_tokens_are_slowed_down_and_right_ones_are_not(world: World) -> None:
    browser = Browser(world.client())
    most = world.room.pace.entry[1]
    statuses = [browser.send("/shop/login", "/shop/login", token=f"kvitshop_{n}").status_code for n in range(most)]
    assert statuses == [403] * most
    slowed = browser.send("/shop/login", "/shop/login", token=world.tokens["manager"])
    assert slowed.status_code == 429 and int(slowed.headers["retry-after"]) > 1
    elsewhere = Browser(world.client(**{"X-Forwarded-For": "203.0.113.5"}))
    assert elsewhere.send("/shop/login", "/shop/login", token=world.tokens["manager"]).status_code == 303


def test_a_wrong_token_is_not_repeated(world: World) -> None:
    reply = Browser(world.client()).send("/shop/login", "/shop/login", token="kvitshop_secret-typed-wrong")
    assert "secret-typed-wrong" not in reply.text
    assert 'role="alert"' in reply.text


def test_a_form_from_elsewhere_is_refused_even_with_its_mark(world: World) -> None:
    browser = world.person("manager")
    mark = browser.forms(browser.get(LIST))["/shop/logout"]["mark"]
    for name, value in (
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
        ("Origin", "https://evil.example"),
    ):
        reply = browser.client.post("/shop/logout", data={"mark": mark}, headers={name: value})
        assert reply.status_code == 403, value
    assert is_in(browser.client)


def test_json_is_no_form(world: World) -> None:
    browser = world.person("manager")
    assert browser.client.post("/shop/logout", json={"mark": "x"}).status_code == 400


def test_the_pages_speak_both_languages(world: World) -> None:
    browser = world.person("manager", language="en-GB,ru;q=0.5")
    page = browser.get(LIST)
    assert "Applications" in page.text and page.headers["content-language"] == "en"
    browser.send(LIST, "/shop/language", language="ru")
    assert "Заявки" in browser.get(LIST).text
    assert browser.send(LIST, "/shop/language", language="xx").status_code == 422


def test_get_shows_and_changes_nothing(world: World) -> None:
    browser = world.person("manager")
    application_id = world.approved()
    before = (world.told["changed"], len(world.house.journalled()))
    for path in (LIST, f"{LIST}/new", f"{LIST}/{application_id}", "/shop/statements", "/shop/help", "/shop/button"):
        assert browser.get(path).status_code == 200
    for path in ("/shop/logout", f"{LIST}/{application_id}/cancel", f"{LIST}/{application_id}/sign"):
        assert browser.get(path).status_code == 405, path
    assert (world.told["changed"], len(world.house.journalled())) == before


def test_an_address_nobody_can_use_is_refused(world: World) -> None:
    for url in ("ftp://x", "https://", "credit.example", "https://credit.example/shop"):
        with pytest.raises(Refused) as caught:
            replace(world.room, url=url)
        assert caught.value.code == "web.bad_url", url


def test_a_short_session_key_is_refused(world: World) -> None:
    with pytest.raises(Refused) as caught:
        replace(world.room, session_key=b"short")
    assert caught.value.code == "web.bad_session_key"
