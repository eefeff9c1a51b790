"""An order the bank has not got after all tries: who may sign says on the bank page what becomes of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui import i18n
from gui.api.fake import FakeDaemon, World
from gui.api.fake.outgoing import move
from gui.api.types import Outgoing
from gui.models.outgoing import TO_SIGN
from gui.settings import Settings
from gui.store.session import Session
from gui.views.bank import BankPage
from gui.views.confirm import ReasonDialog
from gui.views.outgoing_decisions import OutgoingDecisions
from gui.views.shell import Shell
from gui.widgets.pill import PillLabel
from tests.gui.conftest import press, type_text
from tests.gui.test_bank_page import DONE, OTHERS, UNKNOWN, become, go_to, words_of
from tests.gui.test_bank_page import page as page
from tests.gui.test_house import nameless

ABSENT = "po-116"
NOTE = "звонили в банк, его там нет"
SIGNING, SETTLING = {"sign", "reject", "withdraw"}, {"send_again", "did_not_go"}


def shown(decisions: OutgoingDecisions) -> set[str]:
    return {name for name in SIGNING | SETTLING if getattr(decisions, name).isVisible()}


def asked(decisions: OutgoingDecisions) -> ReasonDialog:
    dialog = decisions.dialog
    assert isinstance(dialog, ReasonDialog)
    return dialog


def pill_of(page: BankPage) -> str:
    """The state as the panel shows it."""
    found = page.panel_of_order.findChild(PillLabel)
    assert isinstance(found, PillLabel)
    return found.pill.text


def until_shown(qtbot: QtBot, page: BankPage, state: str, *, to_decide: bool = False) -> Outgoing:
    panel = page.panel_of_order

    def arrived() -> bool:
        return panel.order is not None and (panel.order.state, panel.order.to_decide) == (state, to_decide)

    qtbot.waitUntil(arrived, timeout=20000)
    assert panel.order is not None
    return panel.order


def test_the_two_buttons_stand_where_a_decision_is_wanted_and_nowhere_else(qtbot: QtBot, page: BankPage):
    for name in (OTHERS, UNKNOWN, DONE):
        go_to(qtbot, page, name)
        assert shown(page.panel_of_order.decisions) == SIGNING, name
    go_to(qtbot, page, ABSENT)
    decisions = page.panel_of_order.decisions
    assert shown(decisions) == SETTLING
    assert decisions.send_again.isEnabled()
    assert decisions.did_not_go.isEnabled()
    assert not decisions.why.isVisible()
    told = words_of(page.panel_of_order)
    assert "Банк отвечает, что этого поручения у него нет" in told
    assert "→ Узнайте в банке" in told
    assert "Kvit выяснит сам" not in told, "it does not find out by itself any more"
    assert pill_of(page) == "У банка его нет: нужно решение"


def test_it_is_asked_for_as_soon_as_the_bank_has_said_it(qtbot: QtBot, page: BankPage, world: World):
    go_to(qtbot, page, UNKNOWN)
    move(world, UNKNOWN, "absent", "unknown")
    until_shown(qtbot, page, "unknown", to_decide=True)
    assert shown(page.panel_of_order.decisions) == SETTLING


@pytest.mark.parametrize("queue", ["full", "empty"])
def test_gone_to_by_name_it_stays_whatever_the_list_brings(
    qtbot: QtBot, session: Session, settings: Settings, world: World, queue: str
):
    if queue == "empty":
        for order in world.outgoing.values():
            order.state = "withdrawn" if order.state in TO_SIGN else order.state
    page = BankPage(session, settings)
    qtbot.addWidget(page)
    page.show()
    page.reload()
    page.show_item(ABSENT)
    qtbot.waitUntil(lambda: page.model.loaded and page.bank is not None, timeout=20000)
    until_shown(qtbot, page, "unknown", to_decide=True)
    page.reload()
    qtbot.wait(150)
    assert page.panel_of_order.name == ABSENT
    assert shown(page.panel_of_order.decisions) == SETTLING


def test_sent_again_with_a_note(qtbot: QtBot, page: BankPage, world: World, daemon: FakeDaemon):
    go_to(qtbot, page, ABSENT)
    decisions = page.panel_of_order.decisions
    version = world.outgoing[ABSENT].version
    decisions.send_again.click()
    dialog = asked(decisions)
    assert "№ 116" in words_of(dialog)
    assert "под тем же идентификатором" in words_of(dialog)
    assert "банк его узнает" in words_of(dialog)
    assert dialog.ok.text().strip() == "Отправить ещё раз"
    assert not nameless(dialog)
    type_text(dialog.field, "  ")
    assert not dialog.ok.isEnabled(), "spaces are no note"
    type_text(dialog.field, NOTE)
    dialog.ok.click()
    until_shown(qtbot, page, "unknown")
    assert daemon.hits.count(f"POST /v1/outgoing/{ABSENT}/send-again") == 1
    assert daemon.headers[-1]["If-Match"] == f'"{version}"'
    assert world.outgoing[ABSENT].history[-1][2:] == ("send_again", NOTE)
    assert shown(decisions) == SIGNING
    assert "уходит в банк ещё раз" in page.news.text.text()
    qtbot.waitUntil(lambda: f"Решено отправить ещё раз: {NOTE}" in words_of(page.panel_of_order), timeout=20000)
    assert "Не платите повторно: Kvit выяснит сам" in words_of(page.panel_of_order)


def test_it_did_not_go_and_ends(qtbot: QtBot, page: BankPage, world: World, daemon: FakeDaemon):
    go_to(qtbot, page, ABSENT)
    decisions = page.panel_of_order.decisions
    decisions.did_not_go.click()
    dialog = asked(decisions)
    assert "Поручение завершится" in words_of(dialog)
    assert "номер освободится" in words_of(dialog)
    type_text(dialog.field, NOTE)
    dialog.ok.click()
    assert not decisions.did_not_go.isEnabled(), "a double click decides once"
    assert not decisions.send_again.isEnabled(), "and not both ways"
    order = until_shown(qtbot, page, "refused")
    assert daemon.hits.count(f"POST /v1/outgoing/{ABSENT}/did-not-go") == 1
    assert order.note == NOTE
    qtbot.waitUntil(lambda: f"Причина: {NOTE}" in words_of(page.panel_of_order), timeout=20000)
    assert pill_of(page) == "Не ушло: завершено по решению человека", "the bank has refused nothing"
    assert "поручение завершено" in page.news.text.text()


@pytest.mark.parametrize("name", sorted(SETTLING))
def test_going_back_decides_nothing(qtbot: QtBot, page: BankPage, world: World, daemon: FakeDaemon, name: str):
    go_to(qtbot, page, ABSENT)
    decisions = page.panel_of_order.decisions
    getattr(decisions, name).click()
    dialog = asked(decisions)
    type_text(dialog.field, NOTE)
    dialog.reject()
    assert getattr(decisions, name).isEnabled()
    assert not [hit for hit in daemon.hits if hit.startswith("POST")]


def test_enter_goes_to_the_button_and_decides_nothing(qtbot: QtBot, page: BankPage):
    go_to(qtbot, page, ABSENT)
    decisions = page.panel_of_order.decisions
    page.activateWindow()
    press(page.table, Qt.Key.Key_Return)
    qtbot.waitUntil(decisions.send_again.hasFocus, timeout=20000)
    assert decisions.dialog is None
    for letter in "rw":
        press(page.table, 0, letter)
    assert decisions.dialog is None, "there is nothing to reject or withdraw"


def decide(page: QWidget, name: str) -> None:
    assert isinstance(page, BankPage)
    decisions = page.panel_of_order.decisions
    getattr(decisions, name).click()
    dialog = asked(decisions)
    type_text(dialog.field, NOTE)
    dialog.ok.click()


@pytest.fixture
def on_shell(qtbot: QtBot, shell: Shell) -> BankPage:
    """The bank page inside the window, which shows what is refused."""
    shell.open_page("bank")
    page = shell.pages["bank"]
    assert isinstance(page, BankPage)
    qtbot.waitUntil(lambda: page.model.loaded and page.bank is not None, timeout=20000)
    go_to(qtbot, page, ABSENT)
    return page


@pytest.mark.parametrize("name", sorted(SETTLING))
def test_a_colleague_was_faster(qtbot: QtBot, shell: Shell, on_shell: BankPage, world: World, name: str):
    with world.lock:  # and the news of it has not come yet
        world.outgoing[ABSENT].version += 1
        world.outgoing[ABSENT].state = "refused"
    decide(on_shell, name)
    qtbot.waitUntil(shell.news.isVisible, timeout=20000)
    assert "изменил кто-то другой" in shell.news.text.text()
    until_shown(qtbot, on_shell, "refused")
    assert world.outgoing[ABSENT].history[-1][2] == "absent", "nothing was decided"


@pytest.mark.parametrize("name", sorted(SETTLING))
def test_a_refusal_is_shown(qtbot: QtBot, shell: Shell, on_shell: BankPage, world: World, name: str):
    with world.lock:
        world.outgoing[ABSENT].history.append((world.now(), "service", "send_again", ""))
    decide(on_shell, name)
    qtbot.waitUntil(shell.news.isVisible, timeout=20000)
    assert "решать нечего" in shell.news.text.text()
    until_shown(qtbot, on_shell, "unknown")
    assert shown(on_shell.panel_of_order.decisions) == SIGNING


def test_who_may_not_sign_sees_why(qtbot: QtBot, page: BankPage, session: Session, world: World, daemon: FakeDaemon):
    go_to(qtbot, page, ABSENT)
    decisions = page.panel_of_order.decisions
    assert page.bank is not None
    page.panel_of_order.show_bank(replace(page.bank, may_approve=False))
    for made in (decisions.send_again, decisions.did_not_go):
        assert made.isVisible()
        assert not made.isEnabled()
        assert "По настройкам" in made.toolTip()
        assert "По настройкам" in made.accessibleDescription()
    assert decisions.why.isVisible()
    decisions.ask_send_again()
    decisions.ask_did_not_go()
    assert decisions.dialog is None
    daemon.stop()
    qtbot.waitUntil(lambda: not session.online, timeout=20000)
    assert {made.toolTip() for made in (decisions.send_again, decisions.did_not_go)} == {"Нет связи со службой Kvit."}
    daemon.stop = lambda: None  # type: ignore[method-assign]  # the fixture stops it once more


def test_the_service_lets_only_signers_decide(qtbot: QtBot, page: BankPage, session: Session, world: World):
    go_to(qtbot, page, ABSENT)
    order = page.panel_of_order.order
    assert order is not None
    become(qtbot, session, world, "manager")
    with qtbot.waitSignal(page.panel_of_order.refused, timeout=20000) as refused:
        page.panel_of_order.decisions._act(order, "send-again", {"note": NOTE}, "")
    assert refused.args is not None
    assert refused.args[0].code == "auth.forbidden"


def test_in_english(qtbot: QtBot, session: Session, settings: Settings, qapp: QApplication):
    i18n.install(qapp, "en")
    made = BankPage(session, settings)
    qtbot.addWidget(made)
    made.show()
    made.reload()
    qtbot.waitUntil(lambda: made.model.loaded and made.bank is not None, timeout=20000)
    made.show_item(ABSENT)
    until_shown(qtbot, made, "unknown", to_decide=True)
    decisions = made.panel_of_order.decisions
    for name, words, consequence in (
        ("send_again", "Send again", "the bank recognises it"),
        ("did_not_go", "It did not go", "its number becomes free"),
    ):
        button = getattr(decisions, name)
        assert button.text().strip() == f"{words}…"
        button.click()
        dialog = asked(decisions)
        assert dialog.ok.text().strip() == words
        assert consequence in words_of(dialog)
        dialog.reject()
