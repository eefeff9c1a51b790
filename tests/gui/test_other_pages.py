"""Orders, health, and the window around all pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from gui.api.fake import FakeDaemon, World
from gui.api.fake.records import DeadRecord
from gui.settings import Settings
from gui.store.session import Session
from gui.theme import theme
from gui.views.health import HealthPage
from gui.views.keys_sheet import KeysSheet
from gui.views.orders import OrdersPage
from gui.views.shell import NUMBERED, Shell
from gui.widgets.chain import Step
from tests.gui.conftest import button_named, press


def words_of(widget: object) -> str:
    labels = widget.findChildren(QLabel)  # type: ignore[attr-defined]
    return "\n".join(label.text() for label in labels if not label.isHidden())


# --- orders ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def orders(qtbot: QtBot, session: Session, settings: Settings) -> Iterator[OrdersPage]:
    page = OrdersPage(session, settings)
    qtbot.addWidget(page)
    page.resize(1300, 800)
    page.show()
    page.reload()
    qtbot.waitUntil(lambda: page.model.loaded and page.chain.order is not None, timeout=20000)
    yield page


def show_order(qtbot: QtBot, page: OrdersPage, number: str) -> None:
    page.show_item(f"o-{number}")
    qtbot.waitUntil(lambda: page.chain.order is not None and page.chain.order.number == number, timeout=20000)


def test_the_chain_tells_the_whole_story_with_its_seconds(qtbot: QtBot, orders: OrdersPage):
    show_order(qtbot, orders, "1055")

    def steps() -> list[str]:
        return [s.accessibleName() for s in orders.chain.findChildren(Step) if s.isVisible()]

    qtbot.waitUntil(lambda: [s.split()[0] for s in steps()] == ["Деньги", "Отпуск", "Сборка", "Звонок"], timeout=20000)
    assert steps()[0] == "Деньги +3 с"
    words = words_of(orders.chain)
    assert "✓ оплачен полностью" in words
    assert "Заказ 1055" in words


def test_links_lead_to_the_other_pages(qtbot: QtBot, orders: OrdersPage):
    show_order(qtbot, orders, "1055")
    with qtbot.waitSignal(orders.go) as gone:
        button_named(qtbot, orders.chain, "PICK-2026-001041").click()
    assert gone.args == ["picks", "k-1055"]


def test_a_ready_order_is_handed_over(qtbot: QtBot, orders: OrdersPage, world: World):
    show_order(qtbot, orders, "1055")
    assert orders.chain.ship.isEnabled()
    orders.chain.ship.click()
    qtbot.waitUntil(lambda: world.orders["o-1055"].ship_state == "shipped", timeout=20000)
    qtbot.waitUntil(lambda: not orders.chain.ship.isEnabled(), timeout=20000)


def test_an_unpaid_order_cannot_be_handed_over(qtbot: QtBot, orders: OrdersPage):
    show_order(qtbot, orders, "1064")
    assert not orders.chain.ship.isEnabled()
    assert "Денег ещё нет" in words_of(orders.chain)


def test_a_held_order_says_why(qtbot: QtBot, orders: OrdersPage):
    show_order(qtbot, orders, "1047")
    qtbot.waitUntil(lambda: "банк отозвал деньги" in words_of(orders.chain), timeout=20000)


def test_an_order_gone_to_by_name_stays_though_the_list_has_it_not(qtbot: QtBot, orders: OrdersPage):
    with qtbot.waitSignal(orders.model.arrived, timeout=20000):
        orders.bar.searched.emit("нет такого заказа")
    show_order(qtbot, orders, "1047")
    with qtbot.waitSignal(orders.model.arrived, timeout=20000):
        orders.model.reload()
    assert orders.model.total == 0
    assert orders.chain.order is not None
    assert orders.chain.order.number == "1047"
    with qtbot.waitSignal(orders.model.arrived, timeout=20000):
        orders.bar.searched.emit("")
    orders.table.select_row(1)
    chosen = orders.table.current_row()
    qtbot.waitUntil(lambda: orders.chain.order is not None and orders.chain.order.id == chosen.id, timeout=20000)


def test_a_role_without_the_right_sees_no_buttons(qtbot: QtBot, orders: OrdersPage, session: Session, world: World):
    world.role = "accountant"
    session.stop()
    session.start()
    qtbot.waitUntil(lambda: session.me is not None and session.me.role == "accountant", timeout=20000)
    assert not orders.chain.ship.isVisible()


# --- health ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def health(qtbot: QtBot, session: Session, settings: Settings) -> Iterator[HealthPage]:
    page = HealthPage(session, settings)
    qtbot.addWidget(page)
    page.resize(1200, 900)
    page.show()
    page.reload()
    qtbot.waitUntil(lambda: page.health is not None, timeout=20000)
    yield page


def test_troubles_stand_first_with_their_remedy(health: HealthPage):
    words = words_of(health)
    assert words.index("Обмен с 1С") < words.index("Связь с банком")
    assert "→ Подключите сетевой диск" in words


def test_a_dead_letter_is_tried_again(qtbot: QtBot, health: HealthPage, world: World):
    assert health.retry_button.isEnabled()
    health.retry_button.click()
    qtbot.waitUntil(lambda: not world.dead, timeout=20000)
    qtbot.waitUntil(lambda: health.dead_table.model().rowCount() == 0, timeout=20000)
    world.dead["d-9"] = DeadRecord("d-9", "onec", "x", 1, "нет", world.now())


def test_an_alarm_is_understood(qtbot: QtBot, health: HealthPage, world: World):
    name = next(iter(world.alarms.values())).text[0]
    button_named(qtbot, health, f"Понятно: {name}").click()
    qtbot.waitUntil(lambda: not world.alarms, timeout=20000)
    qtbot.waitUntil(lambda: health._alarms.count() == 0, timeout=20000)


def test_the_bank_is_asked_on_demand(qtbot: QtBot, health: HealthPage, world: World):
    before = len(world.polls)
    health.poll_now.click()
    qtbot.waitUntil(lambda: len(world.polls) > before, timeout=20000)


def test_an_accountant_reads_health_and_switches_nothing(
    qtbot: QtBot, health: HealthPage, session: Session, world: World
):
    world.role = "accountant"
    session.stop()
    session.start()
    qtbot.waitUntil(lambda: session.me is not None and session.me.role == "accountant", timeout=20000)
    health.allow()
    assert health.poll_now.isVisible()
    assert not health.poll_now.isEnabled()
    assert not health.release.mode.isEnabled()


# --- the window ------------------------------------------------------------------------------------------------------


def visible_pages(shell: Shell) -> list[str]:
    return [key for key, made in shell.rail.buttons.items() if made.isVisible()]


@pytest.mark.parametrize(
    ("role", "pages"),
    [
        ("owner", ["payments", "registries", "orders", "picks", "calls", "bank", "health"]),
        ("accountant", ["payments", "registries", "orders", "picks", "calls", "bank", "health"]),
        ("warehouse", ["picks", "calls"]),
        ("manager", ["orders", "picks", "calls", "bank", "health"]),
        ("it", ["bank", "health"]),
        ("director", ["payments", "registries", "orders", "picks", "calls", "bank", "health"]),
    ],
)
def test_the_service_decides_which_pages_there_are(
    qtbot: QtBot, session: Session, settings: Settings, world: World, role: str, pages: list[str]
):
    world.role = role
    session.stop()
    session.start()
    qtbot.waitUntil(lambda: session.me is not None and session.me.role == role, timeout=20000)
    shell = Shell(session, settings)
    qtbot.addWidget(shell)
    shell.show()
    assert visible_pages(shell) == pages
    assert shell.current.key == pages[0]


def test_badges_follow_the_services_counts(qtbot: QtBot, shell: Shell, world: World):
    before = shell.session.needs.payments
    assert str(before) in shell.rail.buttons["payments"].accessibleName()
    world.pay("1061")
    qtbot.waitUntil(lambda: str(before + 1) in shell.rail.buttons["payments"].accessibleName(), timeout=20000)


def command(shell: Shell, keys: str) -> QAction:
    return next(a for a in shell.actions() if QKeySequence(keys) in a.shortcuts())


def test_every_key_of_the_window_works(qtbot: QtBot, shell: Shell):
    here = [key for key in NUMBERED if not shell.rail.buttons[key].isHidden()]
    assert here == ["payments", "registries", "orders", "picks", "calls", "bank", "health"]  # no loans in this company
    for number, key in enumerate(here, start=1):
        command(shell, f"Ctrl+{number}").trigger()
        assert shell.current.key == key
    command(shell, "Ctrl+1").trigger()
    shell.activateWindow()
    command(shell, "F3").trigger()
    assert shell.current.bar.field.hasFocus() or QApplication.focusWidget() is None  # type: ignore[attr-defined]
    shell.current.bar.field.setText("x")  # type: ignore[attr-defined]
    press(shell.current.bar.field, Qt.Key.Key_Escape)  # type: ignore[attr-defined]
    assert shell.current.bar.field.text() == ""  # type: ignore[attr-defined]
    command(shell, "Ctrl+/").trigger()
    sheet = shell.findChild(KeysSheet)
    assert sheet is not None
    assert "принять выбранный вариант" in words_of(sheet)


def test_ctrl_z_without_a_decision_says_so(qtbot: QtBot, shell: Shell):
    command(shell, "Ctrl+Z").trigger()
    assert "Отменять нечего" in shell.news.text.text()


def test_zoom_and_theme_are_remembered(qtbot: QtBot, shell: Shell, qapp: QApplication):
    try:
        command(shell, "Ctrl+=").trigger()
        assert theme.zoom == 1.1
        assert shell.settings.zoom == 1.1
        shell.set_theme("dark")
        assert theme.tokens.name == "dark"
        assert shell.settings.theme == "dark"
        command(shell, "Ctrl+0").trigger()
        assert theme.zoom == 1.0
    finally:
        theme.apply(qapp, "light", 1.0)


def test_the_status_line_tells_the_bank_link_and_its_age(qtbot: QtBot, shell: Shell, world: World):
    assert "Учебный банк на связи" in shell.status_line.bank.text()
    assert "2 мин назад" in shell.status_line.bank.text()
    world.poll("failed")
    qtbot.waitUntil(lambda: "Нет связи с банком" in shell.status_line.bank.text(), timeout=20000)


def test_a_role_without_any_page_is_told_what_to_do(
    qtbot: QtBot, session: Session, settings: Settings, monkeypatch: pytest.MonkeyPatch, world: World
):
    from gui.api.fake import world as world_module

    monkeypatch.setitem(world_module.ROLES, "guest", ("Гость", ()))
    world.role = "guest"
    session.stop()
    session.start()
    qtbot.waitUntil(lambda: session.me is not None and session.me.role == "guest", timeout=20000)
    shell = Shell(session, settings)
    qtbot.addWidget(shell)
    shell.show()
    assert visible_pages(shell) == []
    assert "не доступна ни одна страница" in shell.news.text.text()


def test_before_the_service_is_there_the_window_says_what_to_do(qtbot: QtBot, home: object, settings: Settings):
    session = Session(home)  # type: ignore[arg-type]
    shell = Shell(session, settings)
    qtbot.addWidget(shell)
    shell.show()
    session.start()
    assert shell.offline.isVisible()
    assert "connection.json" in shell.offline.text.text()
    assert "kvit serve" in shell.offline.hint.text()
    daemon = FakeDaemon(World(payments=3)).start()
    daemon.announce(home)  # type: ignore[arg-type]
    try:
        shell.offline.action.click()
        qtbot.waitUntil(lambda: session.online and not shell.offline.isVisible(), timeout=20000)
        assert visible_pages(shell)
    finally:
        session.close()
        daemon.stop()
