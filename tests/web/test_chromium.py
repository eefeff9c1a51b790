"""The button and the account in a real browser: a shop's page on another origin, a person at a desk and at a phone."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from gateway.loans import shops
from gateway.loans.tables import applications
from tests.loans.house import DIRECTOR, new_shop
from tests.web.chromium import PROGRAM, Chromium, Page
from tests.web.world import World

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the pipes of DevTools are for Linux here"),
    pytest.mark.skipif(not PROGRAM, reason="chromium missing (apt-get install chromium)"),
]
PICTURES = Path(os.environ.get("KVIT_ARTEFACTS", "")) if os.environ.get("KVIT_ARTEFACTS") else None
TAB, ESCAPE, ENTER = ("Tab", 9), ("Escape", 27), ("Enter", 13)


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    browser = Chromium(tmp_path_factory.mktemp("chromium"))
    yield browser
    browser.close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def site(world: World, tmp_path: Path) -> Iterator[str]:
    """A shop's page on an origin of its own, registered with the shop."""
    folder = tmp_path / "site"
    folder.mkdir()
    page = (Path(__file__).parent / "demo.html").read_text(encoding="utf-8")
    (folder / "index.html").write_text(page.replace("{url}", world.room.url), encoding="utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    shop = new_shop("mebel", sites=(url,))
    world.house.do(DIRECTOR, lambda u: shops.amend(u, world.house.shop, shop))
    yield url
    server.shutdown()
    server.server_close()
    thread.join(5)


def inside(host: str, selector: str) -> str:
    """What stands in a button's shadow, as an expression."""
    return f"document.querySelector('#{host}').shadowRoot.querySelector({json.dumps(selector)})"


def picture(page: Page, name: str) -> None:
    if PICTURES is not None:
        page.picture(PICTURES / f"web_{name}.png")


def test_a_buyer_leaves_a_phone_number(chromium: Chromium, world: World, site: str) -> None:
    page = chromium.page()
    page.open(site)
    page.until(inside("fridge", ".buy"))
    assert page.run(f"getComputedStyle({inside('fridge', '.buy')}).fontSize") == "16px", "the shop's rules stay outside"
    page.click(inside("fridge", ".buy"))
    page.until(f"{inside('fridge', 'dialog')}.open")
    page.until(f"{inside('fridge', '.note')}.textContent.includes('банк')")
    assert "«Север»" in page.run(f"{inside('fridge', '.what')}.textContent")
    assert not page.run(f"!!{inside('fridge', '.what b')}"), "a name is text"
    assert page.run(f"document.querySelector('#fridge').shadowRoot.activeElement === {inside('fridge', '[type=tel]')}")
    page.type("8 (916) 123-12-34")
    page.click(inside("fridge", ".send"))
    page.until(f"{inside('fridge', '[type=checkbox]')}.getAttribute('aria-invalid') === 'true'")
    assert world.house.count(applications) == 0
    page.click(inside("fridge", "[type=checkbox]"))
    picture(page, "button")
    page.click(inside("fridge", ".send"))
    page.until(f"!{inside('fridge', '.done')}.hidden")
    assert page.run("document.cookie") == "" and page.run("localStorage.length") == 0
    with world.house.store.reading() as connection:
        row = connection.execute(applications.select()).one()
    assert (row.goods, row.months, row.origin, row.shop_id) == (4_599_000, 12, "site", world.house.shop)


def test_the_calculator_follows_the_down_payment(chromium: Chromium, world: World, site: str) -> None:
    page = chromium.page(390, 844)
    page.open(site)
    page.click(inside("sofa", ".buy"))
    page.until(f"{inside('sofa', '.sum b')}.textContent.includes('9,499.57')")
    assert "24.900" in page.run(f"{inside('sofa', '.sum')}.textContent")
    picture(page, "button_phone")
    page.run(f"{inside('sofa', '[inputmode=decimal]')}.select()")
    page.click(inside("sofa", "[inputmode=decimal]"))
    page.run(f"{inside('sofa', '[inputmode=decimal]')}.select()")
    page.type("50000")
    page.until(f"{inside('sofa', '.sum b')}.textContent.includes('4,749.78')")
    page.run(f"{inside('sofa', '[inputmode=decimal]')}.select()")
    page.type("200000")
    page.until(f"{inside('sofa', '[inputmode=decimal]')}.getAttribute('aria-invalid') === 'true'")
    assert page.run("document.documentElement.scrollWidth") <= 390


def test_without_the_service_the_sum_is_marked_approximate(chromium: Chromium, world: World, site: str) -> None:
    page = chromium.page()
    page.open(site)
    page.click(inside("lamp", ".buy"))  # a shop nobody knows: the service refuses
    page.until(f"{inside('lamp', '.sum b')}.textContent.startsWith('≈')")
    assert "30 %" in page.run(f"{inside('lamp', '.note')}.textContent")
    page.type("916 123-12-34")
    page.click(inside("lamp", "[type=checkbox]"))
    page.click(inside("lamp", ".send"))
    page.until(f"[...{inside('lamp', 'form')}.querySelectorAll('.bad')].some(e => e.textContent.includes('Не получ'))")
    assert world.house.count(applications) == 0


def test_the_keyboard_stays_in_the_dialog_and_leaves_it(chromium: Chromium, world: World, site: str) -> None:
    page = chromium.page()
    page.open(site)
    page.until(inside("fridge", ".buy"))
    page.run(f"{inside('fridge', '.buy')}.focus()")
    page.press(*ENTER)
    page.call("Input.dispatchKeyEvent", type="char", text="\r")
    page.until(f"{inside('fridge', 'dialog')}.open")
    seen = []
    for _ in range(9):
        page.press(*TAB)
        seen.append(page.run("document.querySelector('#fridge').shadowRoot.activeElement?.className ?? ''"))
    assert "close" in seen and "send" in seen and seen.count("send") >= 1
    page.press(*TAB, shift=True)
    assert page.run("document.activeElement.id") == "fridge"
    page.press(*ESCAPE)
    page.until(f"!{inside('fridge', 'dialog')}.open")
    assert page.run(f"document.querySelector('#fridge').shadowRoot.activeElement === {inside('fridge', '.buy')}")


NUMBERS = (
    ("+7 916 123-12-34", True),
    ("89161231234", True),
    ("9161231234", True),
    ("8 495 123 45 67", True),
    ("12", False),
    ("+1 916 123 12 34", False),
    ("8-800-555-35-35", False),
    ("+7 916 123-12-34 доб. 5", False),
    ("", False),
)


def test_the_page_and_the_service_know_the_same_numbers(chromium: Chromium, world: World, site: str) -> None:
    page = chromium.page()
    page.open(site)
    page.click(inside("fridge", ".buy"))
    page.until(f"{inside('fridge', 'dialog')}.open")
    for typed, good in NUMBERS:
        page.run(f"{inside('fridge', '[type=tel]')}.value = {json.dumps(typed)}")
        page.click(inside("fridge", ".send"))
        found = page.run(f"{inside('fridge', '[type=tel]')}.getAttribute('aria-invalid')")
        assert found == ("false" if good else "true"), typed
        told = world.site().post("/shop/v1/applications", json={"phone": typed})
        assert told.status_code == (200 if good else 422), typed


def enter(page: Page, world: World, who: str) -> None:
    page.open(f"{world.room.url}/shop/login")
    page.click("document.querySelector('#token')")
    page.type(world.tokens[who])
    page.click("document.querySelector('main form button')")
    page.until("location.pathname === '/shop/applications' && document.readyState === 'complete'")


@pytest.mark.parametrize("width", [1200, 390])
def test_a_clerk_goes_from_the_passport_to_the_waybill(chromium: Chromium, world: World, width: int) -> None:
    application_id = world.agreed()
    page = chromium.page(width, 844)
    enter(page, world, "clerk")
    page.click("document.querySelector('main a[href$=\"" + application_id + "\"]')")
    page.until("document.querySelector('a[href$=identity]')")
    picture(page, f"card_{width}")
    page.click("document.querySelector('a[href$=identity]')")
    page.until("document.querySelector('#passport')")
    page.click("document.querySelector('#passport')")
    page.type("45 10 123456")
    page.click("document.querySelector('[name=photo][value=yes]')")
    picture(page, f"identity_{width}")
    page.click("document.querySelector('main form button')")
    page.until("document.querySelector('[name=signed]')")
    page.click("document.querySelector('[name=signed]')")
    page.click("document.querySelector('form[action$=sign] button')")
    page.until("document.querySelector('#waybill')")
    for field, text in (("carrier", "Почта России"), ("waybill", "80100123")):
        page.click(f"document.querySelector('#{field}')")
        page.type(text)
    page.click("document.querySelector('form[action$=original] button')")
    page.until("document.body.innerText.includes('80100123')")
    assert page.run("document.documentElement.scrollWidth") <= width, "nothing runs out of the screen"
    picture(page, f"handed_over_{width}")
    assert world.paper(application_id).waybill == "80100123"
    page.click("document.querySelector('form[action$=logout] button')")
    page.until("location.pathname === '/shop/login'")
    page.open(f"{world.room.url}/shop/applications/{application_id}")
    assert page.run("location.pathname") == "/shop/login"


def test_a_manager_confirms(chromium: Chromium, world: World) -> None:
    application_id = world.approved()
    page = chromium.page(390, 844)
    enter(page, world, "manager")
    page.open(f"{world.room.url}/shop/applications/{application_id}")
    page.click("document.querySelector('[name=choice][value$=clerk]')")
    page.click("document.querySelector('form[action$=confirm] button')")
    page.until("document.querySelector('[role=status]')")
    assert world.house.row(application_id).signing_way == "clerk"
