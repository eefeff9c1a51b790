"""The tray on a real X screen: a real mouse from suggestion to allocation and undo, the icon, the flyout, Cyrillic."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gui.api.fake import FakeDaemon, World
from tests.e2e.tray_desk import ARTEFACTS, PACKAGES, Desk, Tray, accept_and_undo, missing

pytestmark = [
    pytest.mark.xvfb,
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="Xvfb is for Linux"),
    pytest.mark.skipif(bool(missing()), reason=f"{', '.join(missing())} missing (apt-get install {PACKAGES})"),
]


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with Desk() as made:
        yield made


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[FakeDaemon]:
    made = FakeDaemon(World(payments=500)).start()
    made.announce(tmp_path / "home")
    yield made
    made.stop()


@pytest.fixture
def tray(desk: Desk, daemon: FakeDaemon, tmp_path: Path) -> Iterator[Tray]:
    with Tray(desk, tmp_path / "home", tmp_path) as made:
        made.until(lambda: made.rows("Платежи"), "the first table")
        yield made


def test_a_real_click_goes_from_suggestion_to_allocation_and_back(tray: Tray, daemon: FakeDaemon):
    payment = daemon.world.payments["p-015"]
    accept_and_undo(tray, "договору 7/26", picture="payments")
    assert [a.undone for a in payment.allocations] == [True, True]
    assert payment.state == "needs_person"


def test_the_screen_speaks_russian(tray: Tray):
    tray.until(lambda: "Учебный банк на связи" in tray.texts(), "the status line")
    tray.click_row("Платежи", "договору 7/26")
    tray.until(lambda: tray.find("Варианты"), "the suggestions")
    words = tray.texts()
    for expected in ("Платежи", "Заказы", "Сборка", "Звонки", "Здоровье", "Варианты", "подписано банком"):
        assert expected in words
    assert "ООО «Светлая рама»" in words, "the window's title names the company"


def test_the_icon_shows_what_waits_and_its_flyout_acts(tray: Tray, daemon: FakeDaemon, desk: Desk):
    icon = tray.until(lambda: tray.icon() if tray.icon().get("count") else None, "the icon's number")
    assert icon["light"] == "needs_you"
    assert "вас ждут" in icon["tip"]
    tray.click_icon()
    tray.until(lambda: tray.icon()["flyout"], "the flyout")
    tray.until(lambda: tray.find("Открыть Kvit"), "its buttons")
    tray.until(lambda: tray.find("Взять"), "an item with its button")
    desk.picture("flyout")
    before = sum(t.state == "taken" for t in daemon.world.tasks.values())
    tray.click("Взять: ")
    tray.until(
        lambda: (
            sum(t.state == "taken" for t in daemon.world.tasks.values()) > before
            or any(k.state == "taken" and k.taken_by == daemon.world.user for k in daemon.world.picks.values())
        ),
        "the service to hear of it",
    )


@pytest.mark.parametrize(
    ("page", "words"),
    [("Заказы", "Отпуск"), ("Сборка", "Печать"), ("Звонки", "Что сказать"), ("Здоровье", "Опросы банка")],
)
def test_every_page_opens_by_a_click(tray: Tray, desk: Desk, page: str, words: str):
    tray.click(page)
    tray.until(lambda: words in tray.texts(), f"“{words}” on {page}")
    desk.picture(f"page_{page}")


def test_when_the_service_dies_the_banner_says_how_old_the_screen_is(tray: Tray, daemon: FakeDaemon, desk: Desk):
    daemon.stop()
    daemon.stop = lambda: None  # type: ignore[method-assign]  # the fixture stops it once more
    tray.until(lambda: "На экране состояние на" in tray.texts(), "the banner")
    tray.until(lambda: tray.icon()["light"] == "offline", "the icon to go out")
    assert tray.find("Вручную…", enabled=False)
    assert not tray.find("Вручную…")
    desk.picture("offline")


def test_a_toast_with_a_button_leads_to_the_payment(desk: Desk, daemon: FakeDaemon, tmp_path: Path):
    with Tray(desk, tmp_path / "home", tmp_path, "--page", "health", quiet=False) as tray:
        tray.until(lambda: "Ждёт вас" in tray.texts(), "the greeting")
        daemon.world.pay("1060", amount=777_700)
        tray.until(lambda: tray.find("Решить"), "the toast about the new payment")
        desk.picture("toast")
        tray.click("Решить")
        tray.until(lambda: "7\u00a0777,00" in tray.texts() and tray.find("Варианты"), "the payment")


def test_it_ends_cleanly(tray: Tray):
    assert tray.close() == 0
    assert (ARTEFACTS).is_dir()
