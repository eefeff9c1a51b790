"""The accountant's page, without a mouse: accept, choose, split, not ours, undo, and what goes wrong."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFrame, QLabel
from pytestqt.qtbot import QtBot

from gui.api.fake import FakeDaemon, World
from gui.api.fake.world import Problem
from gui.api.types import Payment
from gui.models.payments import takes_back
from gui.store.session import Link, Session
from gui.views.assign import AssignDialog
from gui.views.payments import PaymentsPage
from gui.views.purpose import highlight
from gui.views.reasons import ReasonLine, reason_tone
from gui.views.shell import Shell
from tests.gui.conftest import press, type_text

SHORT = "p-017"  # 500 roubles are missing
PAIR = "p-015"  # two invoices together
OVER = "p-014"


@pytest.fixture
def page(shell: Shell) -> PaymentsPage:
    found = shell.pages["payments"]
    assert isinstance(found, PaymentsPage)
    return found


def go_to(qtbot: QtBot, page: PaymentsPage, name: str) -> Payment:
    """Select a payment by the keyboard alone and wait until its details are here."""
    page.table.setFocus()
    for _ in range(page.model.total):
        if page.decision.name == name:
            break
        press(page.table, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: page.decision.payment is not None and page.decision.payment.id == name, timeout=20000)
    assert page.decision.payment is not None
    return page.decision.payment


def command(shell: Shell, keys: str) -> QAction:
    """The window's command behind these keys."""
    wanted = QKeySequence(keys)
    return next(a for a in shell.actions() if wanted in a.shortcuts())


def test_enter_accepts_and_ctrl_z_takes_it_back(qtbot: QtBot, page: PaymentsPage, shell: Shell, world: World):
    go_to(qtbot, page, PAIR)
    press(page.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: world.payments[PAIR].state == "manual", timeout=20000)
    assert world.payments[PAIR].allocated == world.payments[PAIR].amount
    qtbot.waitUntil(page.undo_bar.isVisible, timeout=20000)
    assert "разнесено" in page.undo_bar.text.text()
    row = page.model.find(PAIR)
    qtbot.waitUntil(lambda: page.model.row(row).state == "manual", timeout=20000)

    command(shell, "Ctrl+Z").trigger()
    qtbot.waitUntil(lambda: world.payments[PAIR].state == "needs_person", timeout=20000)
    assert world.payments[PAIR].allocated == 0
    qtbot.waitUntil(lambda: page.model.row(page.model.find(PAIR)).state == "needs_person", timeout=20000)
    qtbot.waitUntil(lambda: not page.undo_bar.button.isVisible(), timeout=20000)


def test_undo_is_the_services_own_event(qtbot: QtBot, page: PaymentsPage, daemon: FakeDaemon):
    go_to(qtbot, page, PAIR)
    press(page.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.session.undo.top is not None, timeout=20000)
    event = page.session.undo.top.event_id
    page.session.take_back()
    qtbot.waitUntil(lambda: f"POST /v1/undo/{event}" in daemon.hits, timeout=20000)
    qtbot.waitUntil(lambda: page.session.undo.top is None, timeout=20000)


def test_digits_choose_and_enter_accepts_the_chosen_one(qtbot: QtBot, page: PaymentsPage, world: World):
    payment = go_to(qtbot, page, SHORT)
    press(page.table, Qt.Key.Key_2, "2")
    assert page.decision.chosen_card() is page.decision.cards[1]
    press(page.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: world.payments[SHORT].state == "manual", timeout=20000)
    taken = [a.invoice for a in world.payments[SHORT].allocations]
    assert taken == [payment.suggestions[1].invoices[0].invoice_id]


def test_reasons_are_facts_and_never_percentages(qtbot: QtBot, page: PaymentsPage):
    go_to(qtbot, page, SHORT)
    words = [w.text() for w in page.decision.findChildren(QLabel)]
    assert any("номер счёта 1017 назван" in w for w in words)
    assert not any("%" in w for w in words if "НДС" not in w)


def test_the_words_that_were_matched_are_marked_in_the_purpose(qtbot: QtBot, page: PaymentsPage):
    go_to(qtbot, page, SHORT)
    text = page.decision.head.purpose.text()
    assert ">1017</span>" in text


def test_marks_survive_wrong_and_overlapping_spans():
    marked = highlight("a<b счёт 125", [(4, 8), (6, 99), (-5, 1), (7, 3)])
    assert marked.count("<span") == 2
    assert "&lt;" in marked
    assert re.sub(r"<[^>]+>", "", marked).replace("&lt;", "<") == "a<b счёт 125"


def test_facts_speak_for_or_against_and_unknown_ones_do_not_judge():
    assert reason_tone("matching.sum_equal") == "ok"
    assert reason_tone("matching.number_foreign") == "warn"
    assert reason_tone("matching.something_new") == "idle"


def test_a_repeated_request_happens_once(qtbot: QtBot, page: PaymentsPage, daemon: FakeDaemon, world: World):
    go_to(qtbot, page, PAIR)
    daemon.delay_s = 0.1
    for _ in range(3):
        press(page.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: world.payments[PAIR].state == "manual", timeout=20000)
    qtbot.wait(150)
    assert sum(h == f"POST /v1/payments/{PAIR}/allocate" for h in daemon.hits) == 1
    assert daemon.headers[0]["Idempotency-Key"]
    assert daemon.headers[0]["If-Match"] == '"1"'


def test_the_same_form_keeps_its_key_and_other_input_gets_another(session: Session):
    from gui.store.ops import Form

    form = Form()
    assert form.key("/a", {"x": 1}) == form.key("/a", {"x": 1})
    assert form.key("/a", {"x": 1}) != form.key("/a", {"x": 2})
    assert form.key("/a", {"x": 1}) != Form().key("/a", {"x": 1})


def test_a_refusal_is_shown_with_its_hint_and_nothing_is_lost(
    qtbot: QtBot, page: PaymentsPage, shell: Shell, daemon: FakeDaemon
):
    payment = go_to(qtbot, page, PAIR)
    daemon.refuse[f"/v1/payments/{PAIR}/allocate"] = Problem(422, "x", "Так нельзя.", "No.", "Сделайте иначе.", "")
    press(page.table, Qt.Key.Key_Return)
    qtbot.waitUntil(shell.news.isVisible, timeout=20000)
    assert shell.news.text.text() == "Так нельзя."
    assert shell.news.hint.text() == "Сделайте иначе."
    assert page.decision.payment == payment
    qtbot.waitUntil(lambda: page.decision.cards[0].button.isEnabled(), timeout=20000)


def test_not_ours_by_key_on_a_russian_layout(qtbot: QtBot, page: PaymentsPage, world: World):
    go_to(qtbot, page, "p-013")
    opened: list[int] = []
    page.decision.not_ours.menu().aboutToShow.connect(lambda: opened.append(1))
    page.decision.open_not_ours = lambda: opened.append(2)  # type: ignore[method-assign]
    press(page.table, 0, "т")  # the N key
    assert opened == [2]
    page.decision.not_ours.menu().actions()[1].trigger()
    qtbot.waitUntil(lambda: world.payments["p-013"].state == "not_ours", timeout=20000)
    assert world.payments["p-013"].outcome == "own_transfer"


def test_money_proved_by_a_file_asks_for_a_named_person(qtbot: QtBot, page: PaymentsPage, world: World):
    go_to(qtbot, page, "p-012")
    assert page.decision.confirm.isVisible()
    page.decision.confirm.click()
    qtbot.waitUntil(lambda: world.payments["p-012"].outcome == "confirmed", timeout=20000)
    qtbot.waitUntil(lambda: not page.decision.confirm.isVisible(), timeout=20000)


def test_a_signed_payment_asks_nobody(qtbot: QtBot, page: PaymentsPage):
    go_to(qtbot, page, "p-s00")
    assert not page.decision.confirm.isVisible()


def test_when_the_manual_release_is_on_every_paid_order_asks(qtbot: QtBot, page: PaymentsPage, world: World):
    world.release_mode = "manual"
    world.tell("status")
    qtbot.waitUntil(lambda: page.session.status.release_mode == "manual", timeout=20000)
    go_to(qtbot, page, "p-s00")
    page.decision.allow()
    assert page.decision.confirm.isVisible()


# --- a colleague was faster ------------------------------------------------------------------------------------------


def overtake(world: World, name: str) -> None:
    """A colleague decides, and the news of it has not come yet."""
    with world.lock:
        announce, world.tell = world.tell, lambda *_: None  # type: ignore[method-assign]
        invoice = world.payments[name].suggested[0][0][0]
        world.allocate(name, [[invoice, 100]], by="Сидорова Ирина")
        world.tell = announce  # type: ignore[method-assign]
        world.revision += 1


def test_a_colleague_was_faster_and_is_named(qtbot: QtBot, page: PaymentsPage, world: World):
    go_to(qtbot, page, PAIR)
    overtake(world, PAIR)
    press(page.table, Qt.Key.Key_Return)
    qtbot.waitUntil(page.conflict.isVisible, timeout=20000)
    told = page.conflict.text.text()
    assert "Сидорова Ирина" in told
    assert "Разнёс на счёт" in told
    assert world.payments[PAIR].allocated == 100, "theirs stands"
    qtbot.waitUntil(lambda: bool(page.decision.payment and page.decision.payment.allocations), timeout=20000)
    theirs = page.decision.findChild(QFrame, "theirs")
    assert theirs is not None
    assert "Коллега решил раньше: Сидорова Ирина" in theirs.accessibleName()


def test_show_theirs_goes_back_to_that_payment(qtbot: QtBot, page: PaymentsPage, world: World, daemon: FakeDaemon):
    go_to(qtbot, page, PAIR)
    overtake(world, PAIR)
    daemon.delay_s = 0.2
    page.decision.accept_chosen()
    page.table.select_row(0)  # on to the next one while the answer is under way
    qtbot.waitUntil(page.conflict.isVisible, timeout=20000)
    daemon.delay_s = 0
    assert page.decision.name != PAIR
    page.conflict.action.click()
    qtbot.waitUntil(lambda: page.decision.payment is not None and page.decision.payment.id == PAIR, timeout=20000)
    assert page.decision.findChild(QFrame, "theirs") is not None
    assert not page.conflict.isVisible()


def test_show_theirs_finds_what_has_left_the_queue(qtbot: QtBot, page: PaymentsPage, world: World):
    page.bar.chips["needs_person"].click()
    qtbot.waitUntil(lambda: 0 < page.model.total < 20, timeout=20000)
    go_to(qtbot, page, PAIR)
    overtake(world, PAIR)
    page.decision.accept_chosen()
    qtbot.waitUntil(page.conflict.isVisible, timeout=20000)
    qtbot.waitUntil(lambda: page.model.find(PAIR) < 0, timeout=20000)
    page.conflict.action.click()
    qtbot.waitUntil(lambda: page.bar.chosen == "all" and page.model.find(PAIR) >= 0, timeout=20000)
    qtbot.waitUntil(lambda: page.decision.payment is not None and page.decision.payment.id == PAIR, timeout=20000)
    assert page.decision.findChild(QFrame, "theirs") is not None


def test_undo_after_a_colleague_decided_names_him_too(qtbot: QtBot, page: PaymentsPage, daemon: FakeDaemon):
    payment = go_to(qtbot, page, "p-s00")
    assert payment.undo is not None
    daemon.refuse[f"/v1/undo/{payment.undo.event_id}"] = Problem(
        409, "undo.not_last", "После этого решения было другое — Сидорова.", "Another decision came after."
    )
    page.decision.undo.click()
    qtbot.waitUntil(page.conflict.isVisible, timeout=20000)
    assert "Сидорова" in page.conflict.text.text()


def test_a_conflict_about_an_invoice_is_no_colleagues_decision(qtbot: QtBot, page: PaymentsPage, daemon: FakeDaemon):
    go_to(qtbot, page, PAIR)
    daemon.refuse[f"/v1/payments/{PAIR}/allocate"] = Problem(409, "invoice.not_so_much_due", "Остаток меньше.", "Less.")
    with qtbot.waitSignal(page.session.refused, timeout=20000):
        press(page.table, Qt.Key.Key_Return)
    assert not page.conflict.isVisible()


def test_after_an_undo_the_automatic_answer_is_the_first_suggestion_and_says_so(
    qtbot: QtBot, page: PaymentsPage, world: World
):
    name = next(p.id for p in world.live.values() if p.state == "auto" and p.event and len(p.live) == 1)
    go_to(qtbot, page, name)
    page.decision.undo.click()
    qtbot.waitUntil(lambda: bool(page.decision.cards), timeout=20000)
    [card] = page.decision.cards
    assert card.property("chosen") == "true"
    [told] = [r for r in card.findChildren(ReasonLine) if r.reason.code == "matching.own_answer"]
    assert told.accessibleName() == "Так Kvit разнёс бы сам; после отмены решает человек (факт)"
    page.decision.accept_chosen()
    qtbot.waitUntil(lambda: world.payments[name].state == "manual", timeout=20000)


# --- undo says what it takes back ------------------------------------------------------------------------------------


def test_before_and_after_undo_says_what_it_takes_back(qtbot: QtBot, page: PaymentsPage, world: World):
    go_to(qtbot, page, PAIR)
    press(page.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.decision.undo.isVisible(), timeout=20000)
    numbers = [world.orders[a.invoice].number for a in world.payments[PAIR].live]
    told = page.decision.undo.toolTip()
    assert told.startswith("Отмена одним действием снимет всё: ")
    assert all(f"со счёта {number}" in told for number in numbers)
    assert any(w.text() == told for w in page.decision.findChildren(QLabel)), "said, and not only in a tip"
    page.session.take_back()
    qtbot.waitUntil(lambda: "снято" in page.undo_bar.text.text(), timeout=20000)
    assert all(f"со счёта {number}" in page.undo_bar.text.text() for number in numbers)
    assert not page.undo_bar.button.isVisible()
    assert world.payments[PAIR].live == []


def test_undo_of_a_confirmation_leaves_the_allocation(qtbot: QtBot, page: PaymentsPage):
    payment = go_to(qtbot, page, "p-s00")
    assert payment.decision is not None
    vouched = replace(payment, decision=replace(payment.decision, outcome="confirmed"))
    assert takes_back(vouched) == "Отмена: отпуск снова ждёт подтверждения, разнесение остаётся."
    aside = replace(payment, state="not_ours", allocations=())
    assert takes_back(aside) == "Отмена: поступление снова ждёт человека."
    assert takes_back(replace(payment, undo=None)) == ""


# --- by hand ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def dialog(qtbot: QtBot, page: PaymentsPage) -> AssignDialog:
    go_to(qtbot, page, OVER)
    press(page.table, 0, "ы")  # the S key on a Russian layout
    qtbot.waitUntil(lambda: page.assign is not None, timeout=20000)
    assert page.assign is not None
    qtbot.waitUntil(lambda: page.assign.model.loaded and page.assign.model.total > 0, timeout=20000)
    return page.assign


def test_splitting_by_hand_adds_up_or_stays_closed(
    qtbot: QtBot, dialog: AssignDialog, page: PaymentsPage, world: World
):
    payment = dialog.payment
    assert not dialog.ok.isEnabled()
    dialog.own.setChecked(False)
    type_text(dialog.search, "1034")
    qtbot.waitUntil(lambda: dialog.model.total == 1, timeout=20000)
    qtbot.waitUntil(lambda: dialog.table.current_row() is not None, timeout=20000)
    press(dialog.search, Qt.Key.Key_Return)
    assert dialog.left == 120_000
    assert dialog.ok.isEnabled(), "money may be left over as an advance"
    dialog.search.clear()
    type_text(dialog.search, "1021")
    qtbot.waitUntil(lambda: dialog.model.total >= 1 and dialog.model.row(0).number != "1034", timeout=20000)
    dialog.add(dialog.model.row(0))
    assert len(dialog.parts) == 2

    dialog.parts[1].field.setText("999999")
    assert not dialog.ok.isEnabled()
    assert dialog.split.control.text().endswith("лишних")
    dialog.parts[1].field.setText("рубль")
    assert not dialog.ok.isEnabled()
    rest = min(dialog.model.row(0).rest, 120_000)
    dialog.parts[1].field.setText(f"{rest // 100},{rest % 100:02d}")
    assert dialog.ok.isEnabled()
    dialog.note.setText("по звонку")
    dialog.ok.click()
    qtbot.waitUntil(lambda: world.payments[payment.id].state == "manual", timeout=20000)
    assert [a.amount for a in world.payments[payment.id].allocations] == [payment.amount - 120_000, rest]


def test_a_split_by_the_keyboard_alone(qtbot: QtBot, dialog: AssignDialog, world: World):
    """Search, add, correct, take out, fill, send: no mouse."""
    name = dialog.payment.id

    def strike(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        # To the window and not to a widget: so the keys go through the shortcuts as a person's do.
        QTest.keyClick(dialog.windowHandle(), key, modifier)

    def find(number: str) -> None:
        dialog.search.selectAll()
        type_text(dialog.search, number)
        press(dialog.search, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: dialog.model.total == 1 and dialog.model.row(0).number == number, timeout=20000)
        qtbot.waitUntil(lambda: dialog.table.current_row() is not None, timeout=20000)

    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow, timeout=20000)
    strike(Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: not dialog.own.isChecked(), timeout=20000)
    find("1034")
    press(dialog.search, Qt.Key.Key_Return)
    assert [part.invoice.number for part in dialog.parts] == ["1034"]
    assert dialog.focusWidget() is dialog.search
    assert dialog.split.control.text() == "1\u00a0200,00\u00a0₽ останется авансом"
    find("1021")
    press(dialog.search, Qt.Key.Key_Return)
    first, second = dialog.parts
    qtbot.waitUntil(second.field.isVisible, timeout=20000)
    second.field.setFocus()
    second.field.selectAll()
    type_text(second.field, "5000000")
    assert second.limit.text().startswith("на ")
    assert second.limit.text().endswith("больше остатка")
    assert not dialog.ok.isEnabled()
    strike(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert dialog.isVisible(), "what does not add up is not sent"
    strike(Qt.Key.Key_F9)
    assert second.kopecks == min(120_000, second.invoice.rest)
    assert dialog.left >= 0
    strike(Qt.Key.Key_F7)
    assert dialog.parts == [first]
    strike(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: world.payments[name].state == "manual", timeout=20000)
    assert world.payments[name].amount - world.payments[name].allocated == 120_000


def test_arrows_in_the_search_choose_the_invoice(qtbot: QtBot, dialog: AssignDialog):
    dialog.own.setChecked(False)
    qtbot.waitUntil(lambda: dialog.model.total > 10, timeout=20000)
    press(dialog.search, Qt.Key.Key_Down)
    press(dialog.search, Qt.Key.Key_Down)
    press(dialog.search, Qt.Key.Key_Up)
    chosen = dialog.table.current_row()
    press(dialog.search, Qt.Key.Key_Return)
    assert [part.invoice for part in dialog.parts] == [chosen]


def test_a_sum_finds_the_invoice(qtbot: QtBot, dialog: AssignDialog, world: World):
    dialog.own.setChecked(False)
    wanted = world.orders["o-1040"]
    type_text(dialog.search, f"{wanted.amount // 100},{wanted.amount % 100:02d}")
    qtbot.waitUntil(lambda: dialog.model.row(0) is not None and dialog.model.row(0).number == "1040", timeout=20000)


def test_an_earlier_allocation_is_shown_and_replaced(qtbot: QtBot, page: PaymentsPage, world: World):
    go_to(qtbot, page, PAIR)
    press(page.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: world.payments[PAIR].state == "manual", timeout=20000)
    qtbot.waitUntil(lambda: bool(page.decision.payment and page.decision.payment.allocations), timeout=20000)
    page.decision.open_by_hand()
    qtbot.waitUntil(lambda: page.assign is not None and len(page.assign.parts) == 2, timeout=20000)
    dialog = page.assign
    assert dialog is not None
    assert dialog.left == 0
    dialog.remove(dialog.parts[1])
    assert dialog.ok.isEnabled()
    dialog.ok.click()
    live = lambda: [a for a in world.payments[PAIR].allocations if not a.undone]  # noqa: E731 - asked twice below
    qtbot.waitUntil(lambda: len(live()) == 1, timeout=20000)
    assert world.payments[PAIR].allocated < world.payments[PAIR].amount


# --- evidence --------------------------------------------------------------------------------------------------------


def test_the_banks_bytes_can_be_saved_and_are_checked(qtbot: QtBot, page: PaymentsPage, world: World, tmp_path: Path):
    payment = go_to(qtbot, page, PAIR)
    panel = page.decision._evidence.bytes
    target = tmp_path / "bytes.xml"
    panel.fetch(target)
    qtbot.waitUntil(target.exists, timeout=20000)
    assert hashlib.sha256(target.read_bytes()).hexdigest() == payment.evidence.sha256
    qtbot.waitUntil(lambda: "сходится" in panel.verdict.text(), timeout=20000)
    world.evidence = lambda message: b"other bytes"  # type: ignore[method-assign]
    panel.fetch(target)
    qtbot.waitUntil(lambda: "НЕ сходится" in panel.verdict.text(), timeout=20000)


# --- the list --------------------------------------------------------------------------------------------------------


def test_searching_filtering_and_counting_happen_in_the_service(qtbot: QtBot, page: PaymentsPage, daemon: FakeDaemon):
    type_text(page.bar.field, "кузнецов")
    qtbot.waitUntil(lambda: any("q=%D0%BA" in h for h in daemon.hits), timeout=20000)
    qtbot.waitUntil(lambda: 0 < page.model.total < 20, timeout=20000)
    page.bar.chips["needs_person"].click()
    qtbot.waitUntil(lambda: "state=needs_person" in daemon.hits[-1] or page.model.total == 1, timeout=20000)
    assert any("state=needs_person" in h and "q=" in h for h in daemon.hits)
    assert "·" in page.bar.chips["needs_person"].text()


def test_a_new_payment_appears_by_itself_without_moving_the_selection(qtbot: QtBot, page: PaymentsPage, world: World):
    go_to(qtbot, page, PAIR)
    before = page.model.total
    world.pay("1060")
    qtbot.waitUntil(lambda: page.model.total == before + 1, timeout=20000)
    qtbot.wait(50)
    assert page.decision.name == PAIR
    assert page.model.row(0).id.startswith("p-new")


def test_rows_are_copied_for_a_spreadsheet(qtbot: QtBot, page: PaymentsPage):
    go_to(qtbot, page, PAIR)
    head, row = page.table.selected_text().splitlines()
    assert head.split("\t")[1] == "Плательщик"
    assert "АО «Ёлочка»" in row


def test_columns_are_remembered(qtbot: QtBot, page: PaymentsPage, session: Session):
    page.table.setColumnHidden(1, True)
    page.table.setColumnWidth(0, 222)
    page.settings.remember_page("payments", {"columns": page.table.column_state()})
    again = PaymentsPage(session, page.settings)
    qtbot.addWidget(again)
    assert again.table.isColumnHidden(1)
    assert again.table.columnWidth(0) == 222


# --- offline ---------------------------------------------------------------------------------------------------------


def test_without_the_service_buttons_are_disabled_and_the_age_of_the_data_is_told(
    qtbot: QtBot, page: PaymentsPage, shell: Shell, daemon: FakeDaemon
):
    go_to(qtbot, page, PAIR)
    assert page.decision.cards[0].button.isEnabled()
    daemon.stop()
    qtbot.waitUntil(shell.offline.isVisible, timeout=20000)
    assert page.session.link is Link.OFFLINE
    assert "не отвечает" in shell.offline.text.text()
    assert "На экране состояние на" in shell.offline.text.text()
    assert page.decision.cards[0].button.isVisible()
    assert not page.decision.cards[0].button.isEnabled()
    assert not page.decision.hand.isEnabled()
    assert page.model.total > 0, "what was loaded stays to be read"

    back = FakeDaemon(page_world(daemon)).start()
    back.announce(page.session.home)
    qtbot.waitUntil(lambda: not shell.offline.isVisible(), timeout=20000)
    qtbot.waitUntil(lambda: page.decision.cards[0].button.isEnabled(), timeout=20000)
    page.session.stop()
    back.stop()
    daemon.stop = lambda: None  # type: ignore[method-assign]  # the fixture stops it once more


def page_world(daemon: FakeDaemon) -> World:
    return daemon.world
