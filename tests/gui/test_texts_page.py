"""Texts of messages in the tray: whose text tells what, typing with a live preview, saving, and what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from gui.api.fake import FakeDaemon, World
from gui.api.fake.problem import Problem
from gui.settings import Settings
from gui.store.session import Session
from gui.views.shell import Shell
from gui.views.texts import TextsPage
from tests.gui.conftest import button_named, end

OWN = "Ждёт вас: {{ track }}{% if cod %}, к оплате {{ cod }}{% endif %}"
READY = ("", "ready", "sms")


@pytest.fixture
def world() -> World:
    return World(payments=3, parcels=5)


@pytest.fixture
def page(qtbot: QtBot, session: Session, settings: Settings) -> Iterator[TextsPage]:
    shell = Shell(session, settings, wanted="texts")
    qtbot.addWidget(shell)
    shell.resize(1180, 720)
    with qtbot.waitSignal(shell.first_loaded, timeout=20000):
        shell.show()
        session.reset.emit()
    found = shell.current
    assert isinstance(found, TextsPage)
    qtbot.waitUntil(lambda: found.shops.count() == 3 and bool(found.side.text.text()), timeout=20000)
    yield found
    shell.close()


def go_to(qtbot: QtBot, page: TextsPage, event: str, channel: str) -> None:
    qtbot.mouseClick(page.matrix.cells[event, channel], Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    qtbot.waitUntil(lambda: page.detail is not None and page.place[1:] == (event, channel), timeout=20000)


def write(qtbot: QtBot, page: TextsPage, body: str) -> None:
    """Type it over, and wait for the preview."""
    page.side.text.clear()
    page.side.facts.setText("…")
    page.editor.put_in((page.editor.subject.text(), body))
    qtbot.waitUntil(lambda: page.side.facts.text() != "…", timeout=20000)


def save(qtbot: QtBot, page: TextsPage) -> None:
    page.save()
    qtbot.waitUntil(lambda: not page._busy and page.detail is not None and page.place not in page.drafts, timeout=20000)


def problems(page: TextsPage) -> str:
    return page.editor._body.error.text()


def test_every_event_by_every_channel_and_whose_text_it_is(qtbot: QtBot, page: TextsPage, world: World):
    names = [cell.accessibleName() for cell in page.matrix.cells.values()]
    assert len(names) == 12
    assert names[2] == "Прибыла · SMS: Текст Kvit"
    assert "Прибыла · SMS" in page.title_of_text.text()
    assert not page.save_button.isEnabled(), "nothing is typed"
    assert not page.editor.subject.isVisible(), "an SMS has no subject"
    go_to(qtbot, page, "reminder", "email")
    assert page.editor.subject.isVisible()
    assert "Раз в несколько дней" in page.when.text()


def test_what_is_typed_is_shown_as_it_would_go_out(qtbot: QtBot, page: TextsPage):
    write(qtbot, page, OWN)
    assert page.side.text.text() == "Ждёт вас: 14102192069353, к оплате 4 560.00 ₽"
    assert "знаков: 45" in page.side.facts.text()
    assert "частей SMS: 1" in page.side.facts.text()
    assert "4,20" in page.side.facts.text()
    page.side.examples.buttons["prepaid"].click()
    qtbot.waitUntil(lambda: page.side.text.text() == "Ждёт вас: 14102192069353", timeout=20000)
    write(qtbot, page, "{{ track }} " * 6)
    assert "частей SMS: 2" in page.side.facts.text()


def test_a_wrong_text_is_marked_where_it_is_wrong(qtbot: QtBot, page: TextsPage):
    write(qtbot, page, "Посылка\n{{ трек }}")
    assert "Макроса «трек» нет" in problems(page)
    [mark] = page.editor.body.extraSelections()
    assert mark.cursor.block().text() == "{{ трек }}"
    assert not page.side.text.isVisible()
    write(qtbot, page, OWN)
    assert problems(page) == ""
    assert page.editor.body.extraSelections() == []


def test_what_operators_would_stop_is_said_and_can_be_saved(qtbot: QtBot, page: TextsPage, world: World):
    world.text_desk.settings["sender"] = ""
    page.reload()
    qtbot.waitUntil(lambda: "не задано" in page.sender_name.text(), timeout=20000)
    write(qtbot, page, "Скидки: http://shop.example {{ track }}")

    def told() -> set[str]:
        return {child.text() for child in page.side.findChildren(QLabel) if child.isVisible()}

    wanted = {"Имя отправителя не задано: операторы могут задержать SMS.", "Ссылку операторы могут не пропустить."}
    qtbot.waitUntil(lambda: wanted <= told(), timeout=20000)
    assert problems(page) == ""
    assert page.save_button.isEnabled()


def test_a_macro_goes_where_the_cursor_is(qtbot: QtBot, page: TextsPage):
    go_to(qtbot, page, "ready", "email")
    page.editor.subject.setFocus()
    page.editor.subject.setText("Заказ ")
    qtbot.mouseClick(page.macros.made["order"], Qt.MouseButton.LeftButton)
    assert page.editor.subject.text() == "Заказ {{ order }}"
    page.editor.body.setFocus()
    page.editor.put_in((page.editor.subject.text(), "Номер "))
    qtbot.mouseClick(page.macros.made["track"], Qt.MouseButton.LeftButton)
    assert page.editor.body.toPlainText() == "Номер {{ track }}"


def test_it_is_saved_switched_off_and_kvits_text_comes_back(qtbot: QtBot, page: TextsPage, world: World):
    write(qtbot, page, OWN)
    save(qtbot, page)
    assert [one["body"] for one in world.text_desk.own[READY]] == [OWN]
    qtbot.waitUntil(
        lambda: page.matrix.cells["ready", "sms"].accessibleName() == "Прибыла · SMS: свой, версия 1", timeout=20000
    )
    assert "действует версия 1" in page.said.text.text()
    page.switch.click()
    qtbot.waitUntil(lambda: page.switch.accessibleName() == "Включить" and page.switch.isEnabled(), timeout=20000)
    assert [one["active"] for one in world.text_desk.own[READY]] == [True, False]
    page.restore.click()
    save(qtbot, page)
    last = world.text_desk.own[READY][-1]
    assert "ждёт вас" in last["body"]
    assert last["active"] is False, "what is switched off stays so"
    page.side.show_side("versions")
    qtbot.waitUntil(lambda: page.detail is not None and len(page.detail.versions) == 3, timeout=20000)
    button_named(qtbot, page.side, "Версию 1 в редактор").click()
    assert page.editor.draft == ("", OWN)
    assert page.place in page.drafts


def test_what_is_not_saved_waits_while_one_looks_elsewhere(qtbot: QtBot, page: TextsPage):
    write(qtbot, page, OWN)
    assert page.matrix.cells["ready", "sms"].star.isVisible()
    go_to(qtbot, page, "courier", "sms")
    assert page.editor.draft[1] != OWN
    go_to(qtbot, page, "ready", "sms")
    assert page.editor.draft[1] == OWN
    page.reload()
    qtbot.wait(200)
    assert page.editor.draft[1] == OWN, "what others change takes nobody's words away"
    page.drop.click()
    assert page.drafts == {}
    assert not page.matrix.cells["ready", "sms"].star.isVisible()


def test_a_shop_has_texts_of_its_own(qtbot: QtBot, page: TextsPage, world: World):
    page.shops.setCurrentIndex(page.shops.findData("mebel"))
    page.shops.activated.emit(page.shops.currentIndex())
    qtbot.waitUntil(lambda: page.detail is not None and page.shop == "mebel", timeout=20000)
    write(qtbot, page, OWN)
    save(qtbot, page)
    assert list(world.text_desk.own) == [("mebel", "ready", "sms")]
    qtbot.waitUntil(lambda: "своих текстов: 1" in page.shops.currentText(), timeout=20000)


def test_a_colleague_was_faster_and_nothing_typed_is_lost(qtbot: QtBot, page: TextsPage, world: World):
    write(qtbot, page, OWN)
    world.text_desk.own[READY] = [
        {"version": 1, "subject": "", "body": "Иначе: {{ track }}", "active": True, "made_at": None, "made_by": "m:О"}
    ]
    page.save()
    qtbot.waitUntil(lambda: page.news.isVisible() and page.detail is not None and page.detail.base == 1, timeout=20000)
    assert "изменил другой человек" in page.news.text.text()
    assert page.side.side == "versions"
    assert page.editor.draft[1] == OWN
    save(qtbot, page)
    assert [one["body"] for one in world.text_desk.own[READY]] == ["Иначе: {{ track }}", OWN]


def test_a_refusal_keeps_what_was_typed(qtbot: QtBot, page: TextsPage, daemon: FakeDaemon):
    write(qtbot, page, OWN)
    daemon.refuse["/v1/notification-texts"] = Problem(422, "notify.text.parts", "Слишком длинно.", "Too long.")
    page.save()
    qtbot.waitUntil(lambda: page.news.isVisible(), timeout=20000)
    assert page.news.text.text() == "Слишком длинно."
    assert page.drafts[READY][1] == OWN
    assert page.save_button.isEnabled()


def test_spend_limits_and_messages_nobody_knows_of(qtbot: QtBot, page: TextsPage, world: World):
    assert "214" in page.spend.text()
    assert "3 000,00" in page.spend.text().replace("\u00a0", " ")
    assert "463 из 500" in page.spend.text()
    world.text_desk.spend.update(month_left=0)
    world.text_desk.settings["guess"]["on"] = True
    page.reload()
    qtbot.waitUntil(lambda: page.spend.property("tone") == "bad", timeout=20000)
    qtbot.waitUntil(lambda: "93 %" in page.guess_note.text(), timeout=20000)
    assert page.side.sides.buttons["unknown"].text() == "Неизвестные: 1"
    page.side.show_side("unknown")
    with qtbot.waitSignal(page.go, timeout=5000) as gone:
        next(b for b in page.side.findChildren(QPushButton) if "К посылке" in b.text()).click()
    assert gone.args is not None
    assert gone.args[0] == "parcels"
    assert gone.args[1] in world.parcels


@pytest.mark.parametrize(("role", "opens"), [("manager", True), ("accountant", False), ("warehouse", False)])
def test_who_sets_texts_up(qtbot: QtBot, daemon: FakeDaemon, tmp_path: Path, role: str, opens: bool):
    daemon.announce(tmp_path / role, role)
    other = Session(tmp_path / role, second_ms=20)
    other.start()
    qtbot.waitUntil(lambda: other.me is not None, timeout=20000)
    assert other.me is not None
    assert TextsPage.opens_to(other.me) is opens
    end(other)
