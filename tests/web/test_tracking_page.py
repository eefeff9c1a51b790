"""The buyer's page: what it shows, what its forms do, who gets nothing from it; in a company that brokers no loans."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.core.authority import SERVICE
from gateway.core.money import Money
from gateway.notify import consents, queue
from gateway.notify.model import ConsentSource, ConsentWord, NotificationChannel, NotificationState
from gateway.notify.queue import NewNotification
from gateway.notify.tables import consents as words_table
from gateway.notify.tables import notifications
from gateway.notify.terms import NotifyTerms
from gateway.parcels import contacts, links
from gateway.parcels.tables import parcels
from gateway.parcels.terms import GuessTerms
from gateway.web.app import create_web
from gateway.web.room import Pace, PublicRoom, Seller
from tests.parcels.house import COMPANY, MANAGER, NOW, TERMS, TRACK, House
from tests.web.chromium import PROGRAM, Chromium
from tests.web.parcel_web import parcels_web
from tests.web.world import Stage

PHONE, EMAIL = "+79161234567", "anna@example.ru"
SMS, LETTER = NotificationChannel.SMS, NotificationChannel.EMAIL
NOTIFY = NotifyTerms("ООО «Ромашка»")
WAY = (("1:1", 0, "443063"), ("8:2", 2, "170100"), ("8:4", 2.5, "170100"), ("8:25", 3, "170100"))
ONE_CLICK = "List-Unsubscribe=One-Click"


class Buyer:
    """A public port with parcels and nothing else; a parcel with cash on delivery, and the buyer's browser."""

    def __init__(self, folder: Path, stage: Stage, url: str) -> None:
        self.terms = replace(TERMS, url=url)
        self.house = House(folder, self.terms)
        self.stage, self.url = stage, url
        self.changes = 0
        self._clients = ExitStack()
        self.room = PublicRoom(
            store=self.house.store,
            url=url,
            changed=self._changed,
            parcels=parcels_web(self.terms, NOTIFY, phone="+78005553535"),
        )
        self.parcel = self.house.put(cod=Money(456_000), consent=True).id
        self.client = self.open()

    def _changed(self) -> None:
        self.changes += 1

    def serve(self, **differently: Any) -> None:
        self.room = replace(self.room, **differently)
        self.stage.on = create_web(self.room)

    def open(self, **headers: str) -> httpx.Client:
        self.serve()
        made = httpx.Client(
            base_url=self.url, headers={"Accept-Language": "ru-RU,ru;q=0.9", **headers}, trust_env=False, timeout=30
        )
        return self._clients.enter_context(made)

    def link(self, parcel: str = "") -> str:
        """A link of ours, as an address on this port."""
        made = self.house.do(SERVICE, lambda unit: links.make(unit, self.terms, parcel or self.parcel))
        return made.removeprefix(self.url)

    def message(self, phone: str = PHONE, email: str = EMAIL, event: str = "ready.170100#1") -> str:
        """Something about to be sent with a link of its own; returns the link."""
        address = self.link()
        new = NewNotification(
            about=f"parcel:{self.parcel}", shop="", event=event, template="ready", channels=(SMS, LETTER), phone=phone,
            email=email, values={"track": TRACK, "link": self.url + address, "unsubscribe": self.url + address},
            offset_minutes=180, earliest=NOW + timedelta(days=9), made_by="service",
        )  # fmt: skip
        assert self.house.do(SERVICE, lambda unit: queue.write(unit, NOTIFY, new))
        return address

    def agree(self, phone: str) -> None:
        self.house.do(
            SERVICE, lambda unit: consents.put(unit, phone, SMS, ConsentWord.GIVEN, ConsentSource.SHOP, "order")
        )

    def may(self, address: str, channel: NotificationChannel) -> bool:
        with self.house.store.reading() as connection:
            return consents.may(connection, COMPANY, NOTIFY, address, channel)

    def states(self) -> list[str]:
        with self.house.store.reading() as connection:
            return [row.state for row in connection.execute(notifications.select().order_by(notifications.c.id))]

    def close(self) -> None:
        self._clients.close()
        self.house.close()


@pytest.fixture
def buyer(tmp_path: Path, empty_web: Path, stage: tuple[Stage, str]) -> Iterator[Buyer]:
    shutil.copyfile(empty_web, tmp_path / "kvit.db")
    made = Buyer(tmp_path, *stage)
    yield made
    made.close()


def text_of(reply: httpx.Response) -> str:
    """What a person reads."""
    body = re.sub(r"<style>.*?</style>|<[^>]*>", " ", reply.text, flags=re.DOTALL)
    return " ".join(body.replace("\u00a0", " ").split())


def test_the_page_tells_where_it_is_what_to_pay_and_until_when(buyer: Buyer) -> None:
    address = buyer.message()
    buyer.house.clock.advance(timedelta(days=3, hours=6))
    buyer.house.tell(buyer.parcel, *WAY[:2])
    reply = buyer.client.get(address)
    shown = text_of(reply)
    assert reply.status_code == 200
    for part in ("Посылку можно забрать", "170100", "Отделение 170100", "4 560,00 ₽", TRACK, "заказ К-17",
                 "ООО «Ромашка»", "+78005553535", "07.10.2026 12:00", "443063"):  # fmt: skip
        assert part in shown, part
    keep_until = date.fromisoformat(buyer.house.row(buyer.parcel).keep_until)
    assert f"{keep_until:%d.%m.%Y}" in shown and f"осталось дней: {(keep_until - date(2026, 10, 8)).days}" in shown
    english = text_of(buyer.open(**{"Accept-Language": "en-GB,en;q=0.8,ru;q=0.5"}).get(address))
    assert "The parcel can be collected" in english and "4,560.00 ₽" in english and "Arrived" in english


def test_no_one_learns_who_the_buyer_is(buyer: Buyer) -> None:
    reply = buyer.client.get(buyer.message())
    for secret in ("Иванова", "Анна", PHONE, "1234567", "123-45-67", EMAIL, buyer.parcel):
        assert secret not in reply.text, secret
    assert "+7916•••4567" in reply.text and "a•••@example.ru" in reply.text


def test_the_page_is_kept_nowhere_and_loads_nothing(buyer: Buyer) -> None:
    for reply in (buyer.client.get(buyer.link()), buyer.client.get("/t/wrong")):
        assert reply.headers["cache-control"] == "no-store"
        assert reply.headers["referrer-policy"] == "no-referrer"
        assert "noindex" in reply.headers["x-robots-tag"] and 'content="noindex' in reply.text
        policy = reply.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "script" not in policy
        assert "set-cookie" not in reply.headers
        assert not re.search(r"<(script|link|img|iframe)|src=|url\(|@import", reply.text)


def test_the_words_of_every_stage_are_there(buyer: Buyer) -> None:
    seen = set()
    for code in ("1:1", "8:0", "8:3", "8:2", "8:15", "12:1", "3:1", "2:2"):
        buyer.house.tell(buyer.parcel, ("1:1", 0, "443063"), (code, 2, "170100"))
        for language in ("ru", "en"):
            reply = buyer.open(**{"Accept-Language": language}).get(buyer.link())
            assert reply.status_code == 200 and "tracking." not in reply.text, code
            seen.add(text_of(reply).split(" 14102192069353")[0])
    assert len(seen) > 8


def test_a_guess_is_worded_as_one_and_only_where_guesses_are_on(buyer: Buyer) -> None:
    buyer.house.tell(buyer.parcel, ("1:1", 0, "443063"), ("8:0", 1, "443099"))
    buyer.house.do(SERVICE, lambda unit: unit.update(parcels, buyer.parcel, guess_since="2026-10-01T00:00:00Z"))
    address = buyer.link()
    assert "Возможно" not in text_of(buyer.client.get(address))
    buyer.serve(parcels=parcels_web(replace(buyer.terms, guess=GuessTerms(on=True)), NOTIFY))
    shown = text_of(buyer.client.get(address))
    assert "Возможно, посылка уже ждёт вас" in shown and "Спросите в отделении 170100" in shown
    assert "можно забрать" not in shown


def test_looking_changes_nothing(buyer: Buyer) -> None:
    address = buyer.message()
    before = (buyer.house.row(buyer.parcel), buyer.house.story(buyer.parcel), len(buyer.house.journalled()))
    for path in (address, f"{address}?done=received", f"{address}/received", f"{address}/silence", f"{address}/write"):
        buyer.client.get(path)
        buyer.client.head(path)
    after = (buyer.house.row(buyer.parcel), buyer.house.story(buyer.parcel), len(buyer.house.journalled()))
    assert after == before and buyer.changes == 0
    assert buyer.client.get(f"{address}/received").status_code == 405


def test_he_has_it(buyer: Buyer) -> None:
    address = buyer.message()
    buyer.house.tell(buyer.parcel, *WAY[:2])
    done = [buyer.client.post(f"{address}/received") for _ in range(2)]
    assert [reply.status_code for reply in done] == [303, 303]
    row = buyer.house.row(buyer.parcel)
    assert (row.stage, row.watch, row.ended_how, row.ended_by) == ("delivered", "ended", "buyer", "buyer")
    assert buyer.house.story(buyer.parcel).count("told_buyer") == 1
    assert buyer.house.debts() == [(TRACK, "open", 456_000)]
    assert buyer.states() == [NotificationState.WITHDRAWN.value]
    page = buyer.client.get(done[0].headers["location"])
    assert "Спасибо" in page.text and "К оплате" not in page.text and "/received" not in page.text
    assert buyer.changes == 2


@pytest.mark.parametrize("end", ["2:1", "2:2"], ids=["delivered", "returned"])
def test_of_a_parcel_that_is_over_he_can_tell_nothing(buyer: Buyer, end: str) -> None:
    buyer.house.tell(buyer.parcel, *WAY[:2], (end, 4, "170100"))
    before = buyer.house.row(buyer.parcel)
    address = buyer.link()
    assert "/received" not in buyer.client.get(address).text
    assert buyer.client.post(f"{address}/received").status_code == 303
    assert buyer.house.row(buyer.parcel) == before


def test_he_wants_no_messages_and_then_wants_them_again(buyer: Buyer) -> None:
    address = buyer.message()
    buyer.client.post(f"{address}/silence")
    assert (buyer.may(PHONE, SMS), buyer.may(EMAIL, LETTER)) == (False, False)
    assert buyer.states() == [NotificationState.WITHDRAWN.value]
    page = text_of(buyer.client.get(f"{address}?done=silence"))
    assert "Больше не пишем" in page and "По вашей просьбе мы не пишем: +7916•••4567, a•••@example.ru" in page
    buyer.house.put(cod=Money(456_000), consent=True)  # the shop says again that he agreed
    assert not buyer.may(PHONE, SMS)
    buyer.client.post(f"{address}/write")
    assert (buyer.may(PHONE, SMS), buyer.may(EMAIL, LETTER)) == (True, True)
    assert buyer.house.story(buyer.parcel).count("buyer_silent") == 2
    assert {row.kind for row in buyer.house.journalled()} >= {"consent.withdrawn", "consent.given"}


def test_what_he_told_his_operator_a_link_does_not_undo(buyer: Buyer) -> None:
    address = buyer.message()
    buyer.house.do(
        SERVICE, lambda unit: consents.put(unit, PHONE, SMS, ConsentWord.WITHDRAWN, ConsentSource.OPERATOR, "SMSC")
    )
    buyer.client.post(f"{address}/write")
    assert not buyer.may(PHONE, SMS)


def test_a_stranger_who_got_the_message_silences_himself_alone(buyer: Buyer) -> None:
    stranger = "+79169999999"
    buyer.agree(stranger)
    address = buyer.message(phone=stranger, email="")
    buyer.house.do(SERVICE, lambda unit: unit.connection.execute(notifications.update().values(state="sent")))
    buyer.house.do(
        MANAGER, lambda unit: contacts.set_contacts(unit, NOTIFY, buyer.parcel, name="Анна", phone=PHONE, email=EMAIL)
    )
    buyer.client.post(f"{address}/silence")
    assert (buyer.may(stranger, SMS), buyer.may(PHONE, SMS), buyer.may(EMAIL, LETTER)) == (False, True, True)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (ONE_CLICK, "application/x-www-form-urlencoded"),
        (
            '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
    ],
)
def test_a_mail_program_refuses_letters_with_one_click(buyer: Buyer, body: str, kind: str) -> None:
    """RFC 8058: no cookie, no origin of ours, no redirect; and of letters only."""
    address = buyer.message()
    replies = [buyer.client.post(address, content=body, headers={"Content-Type": kind}) for _ in range(2)]
    assert [reply.status_code for reply in replies] == [200, 200]
    assert (buyer.may(PHONE, SMS), buyer.may(EMAIL, LETTER)) == (True, False)


@pytest.mark.parametrize("body", ["", "List-Unsubscribe=No", "a=b", "List-Unsubscribe=One-Click&x=1", "\xff\x00"])
def test_anything_else_sent_there_refuses_nothing(buyer: Buyer, body: str) -> None:
    address = buyer.message()
    reply = buyer.client.post(address, content=body.encode("latin-1"))
    assert reply.status_code == 400 and buyer.may(EMAIL, LETTER)


def test_wrong_ended_and_revoked_links_are_answered_alike(buyer: Buyer) -> None:
    ended, revoked = buyer.link(), buyer.link()
    buyer.house.clock.advance(timedelta(days=1))
    later = buyer.link()
    buyer.house.do(MANAGER, lambda unit: links.revoke(unit, buyer.parcel))
    fresh = buyer.link()
    assert buyer.client.get(fresh).status_code == 200
    buyer.house.clock.advance(timedelta(days=buyer.terms.link_days))
    paths = [revoked, ended, later, fresh, "/t/AAAAAAAAAAAAAAAAAAAAAA", "/t/" + "x" * 3000, "/t/%00", "/t/%D0%9F%27--",
             "/t/..%2f..%2fetc", "/t/", "/t/a/b", f"{fresh}x", "/t/%ff%fe", "/t/<script>"]  # fmt: skip
    pages = {(reply.status_code, reply.text) for reply in (buyer.client.get(path) for path in paths)}
    assert len(pages) == 1 and next(iter(pages))[0] == 404
    assert "Такой страницы нет" in next(iter(pages))[1]
    acts = ("received", "silence", "write")
    for path in paths[:6]:
        for said in (
            *(buyer.client.post(f"{path}/{act}") for act in acts),
            buyer.client.post(path, content=ONE_CLICK),
        ):
            assert (said.status_code, said.text) in pages, path
    assert buyer.house.row(buyer.parcel).stage == "registered"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_other_sites_forms_do_nothing(buyer: Buyer, headers: dict[str, str]) -> None:
    address = buyer.message()
    for act in ("received", "silence", "write"):
        reply = buyer.client.post(f"{address}/{act}", headers=headers)
        assert reply.status_code == 403 and reply.headers["content-type"].startswith("text/html")
    assert buyer.house.row(buyer.parcel).stage == "registered" and buyer.may(PHONE, SMS)


def test_strangers_try_links_at_a_pace_and_one_link_says_so_much(buyer: Buyer) -> None:
    address = buyer.message()
    buyer.serve(pace=Pace(tracking=(60, 3)))
    replies = [buyer.client.get(f"/t/{n}") for n in range(5)]
    assert [reply.status_code for reply in replies] == [404] * 3 + [429] * 2
    assert int(replies[-1].headers["retry-after"]) >= 1 and "<html" in replies[-1].text
    buyer.serve(pace=Pace(tracking_act=(1, 4)))
    said = [buyer.client.post(f"{address}/{act}") for act in ("silence", "write") * 3]
    assert [reply.status_code for reply in said] == [303] * 4 + [429] * 2
    assert buyer.house.count(words_table) == 2 + 4 * 2


def test_markup_in_what_others_wrote_is_text(buyer: Buyer) -> None:
    evil = '"><script>alert(1)</script>'
    parcel = buyer.house.put("62009147017544", order_no=evil, phone="", email="").id
    buyer.serve(parcels=parcels_web(buyer.terms, NOTIFY, sellers={"": Seller(evil, "tel:1' onclick='x")}))
    reply = buyer.client.get(buyer.link(parcel) + "?done=<script>")
    assert reply.status_code == 200 and "<script" not in reply.text and "onclick='x" not in reply.text


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the pipes of DevTools are for Linux here")
@pytest.mark.skipif(not PROGRAM, reason="chromium missing (apt-get install chromium)")
def test_on_a_narrow_phone_without_scripts(buyer: Buyer, tmp_path: Path) -> None:
    address = buyer.message()
    buyer.house.clock.advance(timedelta(days=3, hours=6))
    buyer.house.tell(buyer.parcel, *WAY[:1], ("8:0", 0.4, "443099"), ("8:0", 0.8, "140983"), ("8:2", 2, "170100"))
    browser = Chromium(tmp_path / "chromium")
    artefacts = os.environ.get("KVIT_ARTEFACTS", "")

    def picture(name: str) -> None:
        if artefacts:
            page.picture(Path(artefacts) / f"web_{name}.png")

    try:
        page = browser.page(320, 640)
        page.call("Emulation.setScriptExecutionDisabled", value=True)
        page.call("Network.enable")
        page.call("Network.setExtraHTTPHeaders", headers={"Accept-Language": "ru"})
        page.open(buyer.url + address)
        assert page.run("document.documentElement.scrollWidth") <= 320
        assert page.run("getComputedStyle(document.querySelector('.box')).borderRadius") == "10px", "the style is on"
        picture("parcel_phone")
        page.click("document.querySelector('details.act summary')")
        page.until("document.querySelector('details.act').open")
        picture("parcel_phone_sure")
        page.click("document.querySelector('details.act button')")
        page.until("document.body.innerText.includes('Спасибо')")
        assert buyer.house.row(buyer.parcel).ended_how == "buyer"
        page.click("document.querySelector('form[action$=silence] button')")
        page.until("document.body.innerText.includes('Больше не пишем')")
        picture("parcel_phone_silent")
        assert page.run("document.cookie") == ""
        page.size(1200, 800)
        picture("parcel_desk")
    finally:
        browser.close()
    assert not buyer.may(PHONE, SMS)
