"""The other lists of the loans page: agreements that wait too long, and how it goes with lenders."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFrame
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from gui.api.fake import FakeDaemon, World
from gui.settings import Settings
from gui.store.session import Session
from gui.views.health import HealthPage
from gui.views.loans import LoansPage
from tests.gui.conftest import press
from tests.gui.loan_desk import become, broker
from tests.gui.test_house import nameless
from tests.gui.test_other_pages import words_of


@pytest.fixture
def world() -> World:
    return broker()


@pytest.fixture
def page(qtbot: QtBot, session: Session, settings: Settings) -> Iterator[LoansPage]:
    made = LoansPage(session, settings)
    qtbot.addWidget(made)
    made.resize(1300, 800)
    made.show()
    made.reload()
    qtbot.waitUntil(lambda: made.model.loaded and made.card.loan is not None, timeout=20000)
    yield made


def test_what_waits_too_long_is_counted_listed_and_shown_beside(
    qtbot: QtBot, page: LoansPage, daemon: FakeDaemon
) -> None:
    ageing = page.lists.ageing
    ModelTester(ageing.model)
    tab = page.lists.choice.buttons["ageing"]
    qtbot.waitUntil(lambda: tab.text() == "Ждут слишком долго · 2", timeout=20000)
    assert tab.property("tone") == "bad"
    assert not ageing.model.loaded  # nobody looks at it yet
    tab.click()
    qtbot.waitUntil(lambda: ageing.model.total == 1, timeout=20000)
    assert not page.board.isVisible()
    row = ageing.model.row(0)
    assert (row.loan_number, row.days, row.limit_days, row.red) == (50, 11, 9, True)
    assert ageing.choice.buttons["original"].text() == "Оригинала нет в банке · 1"
    assert "дольше 9 дней: 1" in ageing.words.text()
    qtbot.waitUntil(lambda: page.card.loan is not None and page.card.loan.number == 50, timeout=20000)
    ageing.table.setFocus()
    press(ageing.table, Qt.Key.Key_C, modifiers=Qt.KeyboardModifier.ControlModifier)
    copied = QApplication.clipboard().text().splitlines()
    assert copied[0].split("\t")[:4] == ["№", "Ждёт", "Предел", "Сумма, ₽"]
    assert copied[1].split("\t")[:3] == ["50", "11 дней", "9 дней"]
    assert page.escape()
    assert page.lists.shown == "applications" and page.board.isVisible()


def test_the_service_sorts_and_cuts_what_waits(qtbot: QtBot, page: LoansPage, daemon: FakeDaemon) -> None:
    ageing = page.lists.ageing
    page.lists.turn("ageing")
    qtbot.waitUntil(lambda: ageing.model.loaded, timeout=20000)
    ageing.choice.buttons["money"].click()
    ageing.whole.setChecked(True)
    qtbot.waitUntil(lambda: ageing.model.total == 2, timeout=20000)
    assert [ageing.model.row(n).red for n in range(2)] == [True, False]
    ageing.table.sortByColumn(3, ageing.table.horizontalHeader().sortIndicatorOrder().AscendingOrder)
    wanted = "gap=money&sort=transfer"
    qtbot.waitUntil(lambda: any(wanted in hit and "red=true" not in hit for hit in daemon.hits), timeout=20000)


def test_a_silent_lender_stands_out_and_is_asked_now(qtbot: QtBot, page: LoansPage, world: World) -> None:
    lists = page.lists
    qtbot.waitUntil(lambda: lists.choice.buttons["lenders"].text() == "Банки · 1", timeout=20000)
    lists.turn("lenders")
    health = lists.lenders
    qtbot.waitUntil(lambda: health.model.rowCount() == 2, timeout=20000)
    words = words_of(health).replace("\u00a0", " ")
    assert "⚠ не отвечает" in words and "Молчит с" in words
    cards = {card.accessibleName() for card in health.findChildren(QFrame)}
    assert {"Волга-Кредит: в порядке. ", "Северный рассрочка-банк: молчит. не отвечает"} <= cards
    assert "9 дней" in words and "срок не указан" in words
    assert nameless(health) == []
    assert [health.model.row(n).loan_number for n in range(2)] == [46, 44]
    health.table.setFocus()
    health.table.select_row(1)
    qtbot.waitUntil(lambda: page.card.loan is not None and page.card.loan.number == 44, timeout=20000)
    assert not health.retry.isEnabled()  # it is repeated by itself
    health.ask_buttons["sever"].click()
    qtbot.waitUntil(lambda: lists.choice.buttons["lenders"].text() == "Банки", timeout=20000)
    assert world.asked_lenders == ["sever"]
    health.table.select_row(0)
    health.retry.click()
    qtbot.waitUntil(lambda: not health.model.row(0).dead, timeout=20000)
    assert world.retried == ["lc-46"]


def test_who_may_not_ask_sees_how_it_goes(qtbot: QtBot, page: LoansPage, session: Session, world: World) -> None:
    page.lists.turn("lenders")
    health = page.lists.lenders
    qtbot.waitUntil(lambda: "sever" in health.ask_buttons, timeout=20000)
    become(qtbot, session, world, "call_centre")
    page.reload()
    page.allow()
    assert not health.ask_buttons["sever"].isVisible() and not health.retry.isVisible()


def test_it_sees_lenders_on_its_own_page(
    qtbot: QtBot, session: Session, world: World, settings: Settings, daemon: FakeDaemon
) -> None:
    become(qtbot, session, world, "it")
    page = HealthPage(session, settings)
    qtbot.addWidget(page)
    page.show()
    page.reload()
    qtbot.waitUntil(lambda: page.tabs.count() == 4, timeout=20000)
    assert page.tabs.tabText(3) == "Банки · 1"
    page.tabs.setCurrentIndex(3)
    qtbot.waitUntil(lambda: page.lenders.model.rowCount() == 2, timeout=20000)
    page.lenders.ask_buttons["sever"].click()
    qtbot.waitUntil(lambda: page.tabs.tabText(3) == "Банки", timeout=20000)


def test_a_company_without_lenders_has_no_list_of_them(
    qtbot: QtBot, session: Session, world: World, settings: Settings, daemon: FakeDaemon
) -> None:
    world.loans.clear()
    become(qtbot, session, world, "it")
    page = HealthPage(session, settings)
    qtbot.addWidget(page)
    page.show()
    page.reload()
    qtbot.waitUntil(lambda: any("/v1/lenders" in hit for hit in daemon.hits) and page.health is not None, timeout=20000)
    assert page.tabs.count() == 3
