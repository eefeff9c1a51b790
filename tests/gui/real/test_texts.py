"""Texts of messages between the real screen and the real service: looked at, saved, overtaken, put back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gateway.core.authority import Actor, Role
from gateway.notify import templates
from gateway.notify.model import NotificationChannel
from gateway.notify.templates import Text
from gateway.notify.terms import NotifyTerms
from gateway.store import Store
from gui.settings import Settings
from gui.store.session import Session
from gui.views.texts import TextsPage
from tests.gui.conftest import end
from tests.gui.real.conftest import announce

BODY = "Ждёт вас: {{ track }}{% if cod %}, к оплате {{ cod }}{% endif %}"
COLLEAGUE = Actor("Олег", Role.MANAGER)


@pytest.fixture
def page(qtbot: QtBot, tmp_path: Path, url: str, tokens: dict[str, str]) -> Iterator[TextsPage]:
    session = Session(announce(tmp_path / "home", url, tokens["manager"]), second_ms=20)
    session.start()
    qtbot.waitUntil(lambda: session.online and session.events.is_open, timeout=20000)
    made = TextsPage(session, Settings(tmp_path / "tray.ini"))
    qtbot.addWidget(made)
    made.resize(1300, 800)
    made.show()
    made.reload()
    qtbot.waitUntil(lambda: made.detail is not None and bool(made.side.text.text()), timeout=20000)
    yield made
    end(session)


def newest(store: Store) -> Text:
    with store.reading() as connection:
        return templates.in_force(connection, store.company, "", "ready", NotificationChannel.SMS)


def saved(qtbot: QtBot, page: TextsPage, version: int) -> None:
    page.save()
    qtbot.waitUntil(lambda: page.detail is not None and page.detail.base == version and not page.drafts, timeout=20000)


def test_a_text_from_kvits_own_to_a_version_and_back(qtbot: QtBot, page: TextsPage, store: Store) -> None:
    assert "14102192069353" in page.side.text.text()
    assert "Имя отправителя: не задано" in page.sender_name.text()
    assert len(page.macros.made) == len(templates.MACROS)
    page.editor.put_in(("", BODY))
    qtbot.waitUntil(lambda: page.side.text.text().startswith("Ждёт вас: 14102192069353, к оплате"), timeout=20000)
    page.side.examples.buttons["prepaid"].click()
    qtbot.waitUntil(lambda: page.side.text.text() == "Ждёт вас: 14102192069353", timeout=20000)
    saved(qtbot, page, 1)
    assert (newest(store).body, newest(store).version) == (BODY, 1)
    page.editor.put_in(("", "Посылка\n{{ трек }}"))
    qtbot.waitUntil(lambda: len(page.editor.body.extraSelections()) == 1, timeout=20000)
    page.save()
    qtbot.waitUntil(lambda: page.news.isVisible(), timeout=20000)
    assert newest(store).version == 1, "what the service would refuse stays a draft"
    page.restore.click()
    saved(qtbot, page, 2)
    assert page.detail is not None
    assert newest(store).body == page.detail.kvits.body


def test_what_a_colleague_saves_is_seen_and_not_written_over(qtbot: QtBot, page: TextsPage, store: Store) -> None:
    page.editor.put_in(("", BODY))
    with store.unit(COLLEAGUE) as unit:
        other = Text("", "ready", NotificationChannel.SMS, 0, "", "Иначе: {{ track }}", active=True)
        templates.put(unit, NotifyTerms("Багет"), other)
        unit.commit()
    page.save()
    qtbot.waitUntil(lambda: page.detail is not None and page.detail.base == 1, timeout=20000)
    assert newest(store).body == "Иначе: {{ track }}"
    assert page.editor.draft[1] == BODY
    page.switch.click()
    qtbot.waitUntil(lambda: page.detail is not None and page.detail.base == 2, timeout=20000)
    assert (newest(store).active, newest(store).body) == (False, "Иначе: {{ track }}")
