"""A shop registers by itself: what is kept, what a stranger learns, and what floods and programs come to."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from itertools import product
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from gateway.core.authority import SERVICE
from gateway.loans import registration, shops
from gateway.loans.registration import Newcomer, lapse_due
from gateway.loans.shops import ShopEvent
from gateway.loans.tables import shop_registrations
from gateway.loans.tables import shops as shop_rows
from gateway.store.schema import AnyRow, idempotency
from gateway.tasks.tables import tasks
from gateway.web.app import create_web
from gateway.web.room import Pace
from tests.loans.house import DIRECTOR, new_shop
from tests.loans.newcomers import newcomer
from tests.web.world import Browser, Stage, World

PAGE = "/shop/register"
TAKEN = f"{PAGE}?done=yes"


def typed(shop: Newcomer, **differently: str) -> dict[str, str]:
    """The form as a person fills it in."""
    plain = {each.name: getattr(shop, each.name) for each in fields(Newcomer) if each.name != "segments"}
    ticked = {f"segment_{segment}": "yes" for segment in shop.segments}
    return {**plain, **ticked, "consent": "yes", **differently}


def sent(world: World, shop: Newcomer | None = None, place: int = 1, **differently: str) -> httpx.Response:
    """Registered by somebody nobody knows, from an address of his own."""
    browser = Browser(world.client(**{"X-Forwarded-For": f"203.0.113.{place}"}))
    return browser.send(PAGE, PAGE, **typed(shop or newcomer(), **differently))


def waiting(world: World) -> list[AnyRow]:
    with world.house.store.reading() as connection:
        query = select(shop_rows).join(shop_registrations, shop_registrations.c.id == shop_rows.c.id)
        return list(connection.execute(query.order_by(shop_rows.c.made_at, shop_rows.c.id)))


def open_tasks(world: World) -> list[dict[str, Any]]:
    with world.house.store.reading() as connection:
        found = connection.execute(
            select(tasks).where(tasks.c.reason == "task.shop_registered", tasks.c.state == "new")
        ).all()
    return [{"role": row.role, **json.loads(row._mapping["values"])} for row in found]


def test_a_shop_registers_and_waits_until_it_is_let_work(world: World) -> None:
    browser = Browser(world.client())
    assert PAGE in browser.get("/shop/login").text
    reply = browser.send(PAGE, PAGE, **typed(newcomer()))
    assert "Спасибо" in browser.follow(reply).text
    (row,) = waiting(world)
    assert (row.state, row.key, row.inn, row.phone) == ("new", "divany", "7707083893", "+79165554433")
    assert (json.loads(row.sites), row.own, row.trusts_lender) == (["https://www.divany.example"], 0, 0)
    house = world.house
    with house.store.reading() as connection:
        told = registration.told(connection, house.terms, row.id)
        kept = connection.execute(select(shop_registrations)).one()
    assert told == registration.Registration("Ольга Петровна", ("furniture",))
    assert "Ольга".encode() not in kept.contact and kept.consent == registration.CONSENT
    assert not any("7707083893" in str(body) for body in house.journalled("shop.registered")[-1:])
    assert open_tasks(world) == [{"role": "director", "shop": "divany"}]
    assert (
        world.client(Origin="https://www.divany.example")
        .get(f"/shop/v1/button/{row.key}/calculator?goods=1")
        .status_code
        == 404
    )
    shop = new_shop(row.key, inn=row.inn, contract="18 от 01.12.2026")
    house.do(DIRECTOR, lambda u: shops.amend(u, row.id, shop))
    manager = shops.Onboarding.MANAGER
    refused = house.refused(DIRECTOR, lambda u: shops.move(u, row.id, ShopEvent.ACTIVATE))
    assert refused.values["lacking"] == manager.value
    house.do(DIRECTOR, lambda u: shops.move(u, row.id, ShopEvent.CLOSE))
    assert open_tasks(world) == []


def test_every_fault_stands_at_its_field_and_what_was_typed_stays(world: World) -> None:
    wrong = {"inn": "7707083894", "kpp": "1", "bic": "044525226x", "phone": "112", "email": "нет", "region": "Москва"}
    wrong |= {"site": "javascript://x", "contact": " ", "name": "", "consent": "", "segment_furniture": ""}
    reply = sent(world, **wrong)
    assert reply.status_code == 422
    for name in (*(set(wrong) - {"segment_furniture"}), "segments"):
        assert f'id="{name}-fault"' in reply.text, name
    assert 'id="account-fault"' not in reply.text, "of an account nothing can be told without its bank"
    assert 'value="www.divany.example"' not in reply.text and 'value="javascript://x"' in reply.text
    assert 'value="7707083894"' in reply.text and waiting(world) == [] and open_tasks(world) == []
    in_english = Browser(world.client(**{"Accept-Language": "en"})).get(PAGE)
    assert "Register a shop" in in_english.text


HOSTILE = ('"><script>alert(1)</script>', "я" * 9_000, "%s{0}{{7*7}}", "=cmd|'/c calc'!A0", "\x00\u202e")


def test_hostile_input_of_every_field_is_refused_or_shown_as_text(world: World) -> None:
    named = [each.name for each in fields(Newcomer) if each.name != "segments"]
    for place, (field, text) in enumerate(product(named, HOSTILE)):
        reply = sent(world, place=place, **{field: text})
        assert reply.status_code in (303, 422), (field, text, reply.status_code)
        assert "<script" not in reply.text and ">49<" not in reply.text
    rows = waiting(world)
    assert rows
    for row in rows:
        assert all(len(str(value)) <= 254 for value in row), row
        assert row.key.isascii() and row.key.islower()


def test_a_stranger_learns_nothing_of_who_is_here(world: World) -> None:
    known = newcomer("Магазин mebel", site="https://mebel.example")
    new = newcomer("Магазин иной", inn="500100732259", kpp="", site="https://another.example")
    replies = [sent(world, shop, place) for place, shop in enumerate((known, new, known), start=1)]
    assert {(reply.status_code, reply.headers["location"], reply.text) for reply in replies} == {(303, TAKEN, "")}
    assert [row.key for row in waiting(world)] == ["mebel-2", "another", "mebel-3"]
    with world.house.store.reading() as connection:
        by_key = connection.execute(select(shop_rows.c.state).where(shop_rows.c.key == "mebel")).scalar_one()
    assert by_key == "active"


def test_programs_and_floods(world: World, stage: tuple[Stage, str], monkeypatch: pytest.MonkeyPatch) -> None:
    trapped = sent(world, fax="1")
    assert (trapped.status_code, trapped.headers["location"]) == (303, TAKEN) and waiting(world) == []
    stage[0].on = create_web(replace(world.room, pace=Pace(register=(0.02, 2))))
    shown = Browser(world.client())
    form = shown.forms(shown.get(PAGE))[PAGE] | typed(newcomer())
    assert [shown.client.post(PAGE, data=form).status_code for _ in range(2)] == [303, 303]
    assert len(waiting(world)) == 1, "pressed twice it is one shop"
    held = shown.send(PAGE, PAGE, **typed(newcomer()))
    assert held.status_code == 429 and int(held.headers["retry-after"]) > 600
    assert 'value="7707083893"' in held.text, "nothing has to be typed again"
    assert sent(world, place=9).status_code == 303, "others are not held up"
    monkeypatch.setattr(registration, "MOST_WAITING", 2)
    full = sent(world, place=10)
    assert full.status_code == 503 and len(waiting(world)) == 2
    unmarked = world.client().post(PAGE, data=typed(newcomer()))
    assert unmarked.status_code == 403


def test_what_nobody_touched_is_forgotten_after_thirty_days(world: World) -> None:
    house = world.house
    for place, site in enumerate(("a-untouched", "b-amended", "c-closed"), start=1):
        sent(world, newcomer(site=f"{site}.example"), place)
    rows = {row.key: row for row in waiting(world)}
    amended = rows["b-amended"]
    house.do(DIRECTOR, lambda u: shops.amend(u, amended.id, new_shop(amended.key)))
    house.do(DIRECTOR, lambda u: shops.move(u, rows["c-closed"].id, ShopEvent.CLOSE))

    def lapsed() -> int:
        return house.do(SERVICE, lambda u: lapse_due(u, house.terms))

    house.later(days=30)
    assert lapsed() == 0
    house.later(minutes=1)
    assert (lapsed(), lapsed()) == (2, 0)
    assert [row.key for row in waiting(world)] == ["b-amended"]
    with house.store.reading() as connection:
        left = set(connection.execute(select(shop_rows.c.key)).scalars())
        kept = connection.execute(select(func.count()).select_from(shop_registrations)).scalar_one()
        answers = " ".join(str(row) for row in connection.execute(select(idempotency)))
    assert left == {"mebel", "tehnika", "b-amended"} and kept == 1
    assert [task["shop"] for task in open_tasks(world)] == ["b-amended"]
    assert "Ольга" not in answers and "7707083893" not in answers
