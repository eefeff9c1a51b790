"""What strangers, buyers and shops send to break the house, to fill it, or to get past what it checks."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import httpx
import pytest

from gateway.loans import queries
from gateway.loans.lenders.webhook import HEADER
from gateway.web.app import create_web
from gateway.web.room import Pace
from tests.loans.house import DIRECTOR
from tests.web.test_account import statement
from tests.web.test_hints import port as port  # the fixture
from tests.web.world import PDF, Browser, Stage, World

BUTTON = "/shop/v1/button/mebel/applications"
SITE = "https://mebel.example"
LIST = "/shop/applications"
LINE = {"name": "Диван", "category": "furniture", "qty": 1000, "price": 100}


def pressed(world: World, **basket_line: Any) -> httpx.Response:
    wish = {"phone": "+79161231234", "consent": True, "basket": [LINE | basket_line] * 90}
    return world.client(Origin=SITE).post(BUTTON, json=wish)


def test_no_stranger_s_basket_breaks_the_sums_of_the_board(world: World) -> None:
    for _ in range(3):
        reply = pressed(world, qty=10**9, price=10**11)
        assert (reply.status_code, reply.json()["error"]["code"]) == (422, "loan.too_much")
    assert pressed(world).status_code == 202
    with world.house.store.reading() as connection:
        house = world.house
        board = queries.board(connection, house.store.company, house.terms, DIRECTOR, house.store.clock.now())
    assert sum(line.goods for line in board) == 90 * 100
    assert world.person("manager").get("/shop/applications").status_code == 200


def test_nobody_has_one_phone_called_all_day(world: World) -> None:
    """However many addresses ask for it; others' phones are not held up."""
    most = world.room.pace.button_phone[1]

    def press(place: int, phone: str) -> int:
        client = world.client(Origin=SITE, **{"X-Forwarded-For": f"203.0.113.{place}"})
        return client.post(BUTTON, json={"phone": phone, "consent": True}).status_code

    typed = ("+79161231234", "8 (916) 123-12-34")
    assert [press(place, typed[place % 2]) for place in range(most + 3)] == [202] * most + [429] * 3
    assert press(100, "+79161231299") == 202
    assert [press(110 + place, "112") for place in range(most + 3)] == [422] * (most + 3)


def test_a_name_no_lender_s_protocol_carries_is_put_right(world: World) -> None:
    line = LINE | {"name": "Диван\u00a0\x1b[31m\x00\u202e«Юг»", "category": "\x07"}
    made = world.site().post("/shop/v1/applications", json={"phone": "+79161231234", "basket": [line]})
    kept = json.loads(world.house.row(made.json()["id"]).basket)[0]
    assert (kept["name"], kept["category"]) == ("Диван [31m «Юг»", "")
    nameless = LINE | {"name": "\x00\u200b"}
    reply = world.site().post("/shop/v1/applications", json={"phone": "+79161231234", "basket": [nameless]})
    assert reply.json()["error"]["code"] == "loan.basket_line"


@pytest.mark.parametrize("charset", ["punycode", "idna", "undefined", "unicode_escape", "utf-16", "no-such"])
def test_nobody_chooses_how_a_form_is_decoded(world: World, charset: str) -> None:
    browser = Browser(world.client())
    mark = browser.forms(browser.get("/shop/login"))["/shop/login"]["mark"]
    body = "".join(
        f'--B\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (("mark", mark), ("token", "9" * 20_000))
    )
    for named, status in ((charset, 400), ("UTF-8", 403)):
        kind = f"multipart/form-data; boundary=B; charset={named}"
        reply = browser.client.post("/shop/login", content=f"{body}--B--\r\n", headers={"Content-Type": kind})
        assert reply.status_code == status, reply.text


def test_control_characters_of_a_form_go_nowhere(world: World) -> None:
    address = f"/shop/statements/{statement(world)}"
    manager = world.person("manager")
    done = manager.follow(manager.send(address, f"{address}/dispute", remark="КД-e1\x00:\u202e\x1b не\tбыло"))
    assert "КД-e1 : не было" in done.text
    for path in ("/shop/applications?find=%00", "/shop/applications?after=%00_%00", f"{address}?after=%00"):
        assert manager.get(path).status_code == 200, path


@pytest.mark.parametrize("given", ["акт.hta", "акт.pdf.exe", "акт.html", "акт", "АКТ.PDF"])
def test_a_paper_is_saved_under_a_name_that_opens_as_what_it_is(world: World, given: str) -> None:
    application_id = world.agreed()
    card = f"/shop/applications/{application_id}"
    clerk = world.person("clerk")
    content = PDF + b"<script>new ActiveXObject('WScript.Shell')</script>"
    page = clerk.follow(clerk.send(card, f"{card}/documents", files={"file": (given, content)}, kind="other"))
    files = [one.split('"')[0] for one in page.text.split('href="')[1:] if f"{card}/documents/" in one.split('"')[0]]
    disposition = clerk.get(files[-1]).headers["content-disposition"]
    assert disposition.startswith("attachment; ") and disposition.endswith(".pdf")


_ACTS = (
    "buyer", "confirm", "cancel", "documents", "identity", "sign", "miss", "refuse", "original", "shipped",
    "delivered", "returned",
)  # fmt: skip


def test_another_shop_s_employee_gets_at_nothing(world: World) -> None:
    """With a session and a mark of his own, and everything he could know of another shop's application."""
    application_id, order = world.agreed(), {"shop": world.house.other, "phone": "+79161110000"}
    own = world.house.apply("S-1", **order).id
    card = f"/shop/applications/{application_id}"
    clerk, stranger = world.person("clerk"), world.person("stranger")
    papers = [one.split('"')[0] for one in clerk.get(card).text.split('href="') if f"{card}/documents/" in one]
    mark = stranger.forms(stranger.get("/shop/applications"))["/shop/logout"]["mark"]
    typed = {
        "mark": mark,
        "by": "shop",
        "reason": "other",
        "signed": "yes",
        "choice": "soap|O-1|clerk",
        "kind": "other",
    }
    typed |= {"passport": "4510123456", "photo": "yes", "place": "x", "carrier": "a", "waybill": "b", "goods": "1"}
    before = (world.house.row(application_id), world.paper(application_id), len(world.house.journalled()))
    for act in _ACTS:
        files = {"file": ("a.pdf", PDF)} if act == "documents" else None
        reply = stranger.client.post(f"{card}/{act}", data=typed | {"key": act}, files=files)
        nowhere = stranger.client.post(f"{LIST}/{'0' * 26}/{act}", data=typed | {"key": f"{act}0"}, files=files)
        assert (reply.status_code, reply.text) == (404, nowhere.text), act
    assert papers and clerk.get(papers[0]).status_code == 200
    for address in (card, f"{card}/identity", papers[0], papers[0].replace(application_id, own)):
        assert stranger.get(address).status_code == 404, address
    shown = 1  # to the clerk
    after = (world.house.row(application_id), world.paper(application_id), len(world.house.journalled()) - shown)
    assert after == before


@pytest.mark.parametrize("role", ["clerk", "manager"])
def test_a_form_without_its_version_or_with_a_wrong_one_binds_nobody(world: World, role: str) -> None:
    application_id = world.agreed()
    card = f"/shop/applications/{application_id}"
    who = world.person(role)
    fields = who.forms(who.get(card))[f"{card}/miss"]
    for version in ("999999999999", "-1", "1e3", "٣"):
        reply = who.client.post(f"{card}/miss", data=fields | {"version": version, "key": version})
        assert reply.status_code == 409, version
    assert world.paper(application_id).signing == "documents_ready"


def test_a_file_s_name_puts_nothing_into_the_headers(world: World) -> None:
    application_id = world.agreed()
    card = f"/shop/applications/{application_id}"
    clerk = world.person("clerk")
    fields = clerk.forms(clerk.get(card))[f"{card}/documents"] | {"kind": "other"}
    parts = [f'--B\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
    name = "..\\..\\a%0d%0aSet-Cookie: x=1;\u202e'\\r\\n.pdf"
    head = f'--B\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = "".join(parts).encode() + head.encode() + PDF + b"x\r\n--B--\r\n"
    sent = clerk.client.post(
        f"{card}/documents", content=body, headers={"Content-Type": "multipart/form-data; boundary=B"}
    )
    page = clerk.follow(sent)
    papers = [one.split('"')[0] for one in page.text.split('href="') if f"{card}/documents/" in one.split('"')[0]]
    reply = clerk.get(papers[-1])
    assert reply.content == PDF + b"x" and "set-cookie" not in reply.headers
    told = reply.headers["content-disposition"]
    assert told.startswith("attachment; filename*=UTF-8''") and told.endswith(".pdf")
    assert not set(told) & set('\r\n\\/;"') - {";"} and told.count(";") == 1


def test_a_shop_s_people_type_applications_at_a_pace(world: World, stage: tuple[Stage, str]) -> None:
    stage[0].on = create_web(replace(world.room, pace=Pace(apply=(6, 2))))
    manager, new = world.person("manager"), "/shop/applications/new"
    sent = [manager.send(new, new, phone=f"+7916111000{n}").status_code for n in range(3)]
    assert sent == [303, 303, 429]
    form = manager.forms(manager.get(new))[new]
    world.house.later(minutes=1)
    twice = [manager.client.post(new, data=form | {"phone": "+79161110009"}).headers["location"] for _ in range(2)]
    assert twice[0] == twice[1], "pressed twice it is one application"


def test_a_shop_s_papers_come_at_a_pace(world: World, stage: tuple[Stage, str]) -> None:
    application_id = world.agreed()
    card, most = f"/shop/applications/{application_id}", 2
    stage[0].on = create_web(replace(world.room, pace=Pace(upload=(6, most))))
    clerk, manager = world.person("clerk"), world.person("manager")

    def bring(who: Browser, n: int) -> int:
        content = PDF + str(n).encode()
        return who.send(card, f"{card}/documents", files={"file": ("a.pdf", content)}, kind="other").status_code

    assert [bring(clerk, n) for n in range(most)] == [303] * most
    assert bring(manager, 7) == 429, "one shop, however many of its people"
    world.house.later(seconds=10)
    assert bring(manager, 8) == 303


def test_forged_webhooks_do_not_fill_the_journal(port: World, stage: tuple[Stage, str]) -> None:
    most = 3
    stage[0].on = create_web(replace(port.room, pace=Pace(forged=(1, most))))
    client = port.client()
    replies = [client.post("/lender/soap/hint", content=b"{}", headers={HEADER: "sha256=00"}) for _ in range(most + 4)]
    assert [reply.status_code for reply in replies] == [403] * most + [429] * 4
    assert len(port.house.journalled("lender.hint_forged")) == most
    elsewhere = port.client(**{"X-Forwarded-For": "203.0.113.5"})
    assert elsewhere.post("/lender/soap/hint", content=b"{}").status_code == 403, "others are not held up"


def test_strangers_who_leave_are_not_remembered(world: World) -> None:
    client = world.client()
    page = client.get("/shop/login")
    cookie, mark = client.cookies["kvit"], page.text.split('name="mark" value="')[1].split('"')[0]
    stranger = world.client(Cookie=f"kvit={cookie}")
    assert [stranger.post("/shop/logout", data={"mark": mark}).status_code for _ in range(2)] == [303, 303]
