"""The switch of the automatic release, decided by the newest back-test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui import i18n
from gui.api.fake import FakeDaemon, World
from gui.api.fake.world import Problem
from gui.models import trials
from gui.settings import Settings
from gui.store.session import Session
from gui.views.confirm import ReasonDialog
from gui.views.health import HealthPage
from gui.views.release import ReleaseCard, ReportDialog, SwitchOn
from gui.wording import NBSP
from tests.gui.conftest import button_named
from tests.gui.test_other_pages import words_of


@pytest.fixture
def card(qtbot: QtBot, session: Session, settings: Settings) -> Iterator[ReleaseCard]:
    page = HealthPage(session, settings)
    qtbot.addWidget(page)
    page.resize(1200, 900)
    page.show()
    page.reload()
    qtbot.waitUntil(lambda: page.health is not None and page.release.report.isEnabled(), timeout=20000)
    yield page.release


def become(qtbot: QtBot, session: Session, world: World, role: str) -> None:
    world.role = role
    session.stop()
    session.start()
    qtbot.waitUntil(lambda: session.online and session.me is not None and session.me.role == role, timeout=20000)


def test_the_newest_back_test_stands_beside_the_switch(card: ReleaseCard):
    told = card.told.text().replace(NBSP, " ")
    assert told.startswith("Платежей: 12 480. Без человека прошли бы 10 756 (86 %). Проверка от ")
    assert "Тимур Садыков · выписки и счета 2025 года · 09.01.2025 – 30.12.2025" in told


def test_switching_on_asks_with_the_figures(qtbot: QtBot, card: ReleaseCard, world: World):
    world.release_mode = "manual"
    world.tell("status")
    qtbot.waitUntil(lambda: card.mode.buttons["manual"].isChecked(), timeout=20000)
    card.mode.buttons["automatic"].click()
    dialog = card.dialog
    assert isinstance(dialog, SwitchOn)
    words = words_of(dialog).replace(NBSP, " ")
    assert "86 %" in words
    assert "платежей: 1 702 · 145 900 000,00 ₽" in words
    assert "Проверка от " in words
    assert "3 строки не прочитаны." in words
    assert "С подсказкой, где хватит одной клавиши: 1 418." in words
    assert "проверка знать не может" in words
    assert "Загружайте реестры" in words
    shown = dialog.report.table.model()
    assert [shown.index(row, 0).data() for row in range(shown.rowCount())] == ["611", "402", "388", "301"]
    assert dialog.knows is None
    assert world.release_mode == "manual"
    dialog.reject()
    assert world.release_mode == "manual"
    card.mode.buttons["automatic"].click()
    assert isinstance(card.dialog, SwitchOn)
    card.dialog.ok.click()
    qtbot.waitUntil(lambda: world.release_mode == "automatic", timeout=20000)
    qtbot.waitUntil(lambda: card.mode.buttons["automatic"].isChecked(), timeout=20000)


def test_without_a_back_test_it_says_so_and_how_to_make_one(qtbot: QtBot, card: ReleaseCard, world: World):
    world.trials.clear()
    world.release_mode = "manual"
    world.tell("status")
    card.reload()
    qtbot.waitUntil(lambda: card.trial is None and card.mode.buttons["manual"].isChecked(), timeout=20000)
    assert "Проверки на прошлых платежах не было" in card.told.text()
    card.ask("automatic")
    dialog = card.dialog
    assert isinstance(dialog, SwitchOn)
    assert trials.COMMAND in words_of(dialog)
    assert trials.COMMAND.startswith("kvit match --from-statement ")
    assert not dialog.ok.isEnabled()
    assert dialog.knows is not None
    dialog.knows.click()
    assert dialog.ok.isEnabled()
    dialog.ok.click()
    qtbot.waitUntil(lambda: world.release_mode == "automatic", timeout=20000)


def test_the_command_can_be_copied(qtbot: QtBot):
    dialog = ReportDialog(None)
    qtbot.addWidget(dialog)
    dialog.show()
    button_named(qtbot, dialog, "Скопировать команду").click()
    assert QGuiApplication.clipboard().text() == trials.COMMAND


def test_off_is_one_click_and_a_reason(qtbot: QtBot, card: ReleaseCard, world: World):
    qtbot.waitUntil(lambda: card.mode.buttons["automatic"].isChecked(), timeout=20000)
    card.mode.buttons["manual"].click()
    assert card.mode.buttons["automatic"].isChecked(), "not before the service has done it"
    dialog = card.dialog
    assert isinstance(dialog, ReasonDialog)
    assert not dialog.ok.isEnabled()
    dialog.field.setPlainText("склад на инвентаризации")
    dialog.ok.click()
    qtbot.waitUntil(lambda: world.release_mode == "manual", timeout=20000)
    assert world.release_note == "склад на инвентаризации"
    qtbot.waitUntil(lambda: card.mode.buttons["manual"].isChecked(), timeout=20000)


def test_a_refused_switch_is_told(qtbot: QtBot, card: ReleaseCard, daemon: FakeDaemon, world: World):
    daemon.refuse["/v1/settings/release"] = Problem(503, "store.busy", "База занята.", "The store is busy.")
    card.ask("manual")
    assert isinstance(card.dialog, ReasonDialog)
    card.dialog.field.setPlainText("проверка")
    with qtbot.waitSignal(card.refused, timeout=20000):
        card.dialog.ok.click()
    assert world.release_mode == "automatic"


@pytest.mark.parametrize(("role", "reads"), [("accountant", True), ("it", False)])
def test_without_the_right_it_is_shown_and_says_why(
    qtbot: QtBot, card: ReleaseCard, session: Session, world: World, role: str, reads: bool
):
    become(qtbot, session, world, role)
    card.reload()
    card.allow()
    assert card.mode.isVisible()
    assert not card.mode.isEnabled()
    assert "это делает директор" in card.mode.toolTip()
    assert card.why.text() == card.mode.toolTip()
    assert card.why.isVisible()
    card.ask("manual")
    assert card.dialog is None
    assert card.report.isEnabled() is reads
    if not reads:
        assert card.report.toolTip() == "Ваша роль не видит платежей."
        assert "12" not in card.told.text()


def test_everybody_who_sees_payments_may_look_at_the_report(qtbot: QtBot, card: ReleaseCard):
    card.report.click()
    assert isinstance(card.dialog, ReportDialog)
    assert "без человека" in words_of(card.dialog)
    card.dialog.accept()
    assert card.dialog is None


@pytest.mark.parametrize(
    ("share", "russian", "english"),
    [
        (0.0, "0 %", "0 %"),
        (0.0004, "0,1 %", "0.1 %"),
        (0.8619, "86 %", "86 %"),
        (0.9899, "99 %", "99 %"),
        (0.9996, "99,9 %", "99.9 %"),
        (1.0, "100 %", "100 %"),
    ],
)
def test_a_share_is_never_rounded_up_to_the_whole(qapp: QApplication, share: float, russian: str, english: str):
    assert trials.percent(share) == russian.replace(" ", NBSP)
    i18n.install(qapp, "en")
    assert trials.percent(share) == english.replace(" ", NBSP)
