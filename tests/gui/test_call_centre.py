"""The call centre, driven by keys alone: nothing here is clicked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from gui.api.fake import FakeDaemon, World
from gui.api.fake.world import Problem
from gui.models import loan_fields
from gui.settings import Settings
from gui.store.session import Session
from gui.views.calculator import CalculatorDialog
from gui.views.call_centre import FORM, IDLE, RINGING, CallCentrePage
from gui.views.loan_offers import LendersDialog
from tests.gui.conftest import press, type_text
from tests.gui.loan_desk import broker
from tests.gui.test_house import nameless
from tests.gui.test_other_pages import words_of

K = Qt.Key
ANSWERS = {
    "surname": "Гусева",
    "name": "Татьяна",
    "patronymic": "Викторовна",
    "birth_date": "05.09.1990",
    "passport": "4509 123456",
    "passport_issued_by": "ОВД Тверской района",
    "passport_issued_on": "12.10.2010",
    "passport_code": "770-045",
    "registration_address": "Москва, Лесная, 5",
    "living_address": "",
    "phone": None,  # it came with the application
    "email": "",
    "income": "85000",
}


@pytest.fixture
def world() -> World:
    return broker("call_centre", loans=0)


@pytest.fixture
def page(qtbot: QtBot, session: Session, settings: Settings) -> Iterator[CallCentrePage]:
    made = CallCentrePage(session, settings)
    qtbot.addWidget(made)
    made.resize(1180, 800)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    made.reload()
    made.activate()
    qtbot.waitUntil(lambda: "Ждут звонка: 2" in made.queue.text(), timeout=20000)
    yield made


def at(page: CallCentrePage) -> QWidget:
    """Where a key goes: the widget with the focus, as the window system would send it."""
    return QApplication.focusWidget() or page.focusWidget() or page


def key(page: CallCentrePage, pressed: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    press(at(page), pressed, "", modifiers)


def take(qtbot: QtBot, page: CallCentrePage) -> None:
    key(page, K.Key_F2)
    qtbot.waitUntil(lambda: page.stage == RINGING, timeout=20000)


def reach(qtbot: QtBot, page: CallCentrePage) -> None:
    take(qtbot, page)
    key(page, K.Key_F6)
    qtbot.waitUntil(lambda: page.stage == FORM and "surname" in page.form.rows, timeout=20000)


def test_the_next_call_shows_whom_to_ring_and_what_to_say(qtbot: QtBot, page: CallCentrePage, world: World):
    assert "просрочена" in page.queue.text()
    assert "F2 — следующий звонок" in words_of(page.desk.currentWidget())
    take(qtbot, page)
    words = words_of(page.line).replace("\u00a0", " ")
    assert "+7 903 111-02-03" in words  # the late one first
    assert "Гусева Татьяна Викторовна" in words
    assert "Просил звонить после работы" in words
    assert "Удобно говорить?" in words
    assert world.loans["ln-42"].card["call_by"] == world.user
    assert nameless(page) == []


@pytest.mark.parametrize(
    ("pressed", "modifiers", "result"),
    [
        (K.Key_F7, Qt.KeyboardModifier.NoModifier, "no_answer"),
        (K.Key_F8, Qt.KeyboardModifier.NoModifier, "busy"),
        (K.Key_F10, Qt.KeyboardModifier.NoModifier, "refused"),
        (K.Key_F10, Qt.KeyboardModifier.ShiftModifier, "wrong_number"),
    ],
)
def test_a_key_gives_the_result_and_the_next_one_comes(
    qtbot: QtBot, page: CallCentrePage, world: World, pressed: Qt.Key, modifiers: Qt.KeyboardModifier, result: str
):
    take(qtbot, page)
    type_text(at(page), "перезвонит сам")
    key(page, pressed, modifiers)
    qtbot.waitUntil(lambda: page.stage == IDLE, timeout=20000)
    assert world.call_results == [("ln-42", result, None)]
    assert world.loans["ln-42"].remark == "перезвонит сам"
    take(qtbot, page)
    assert page.sheet is not None
    assert page.sheet.card.number == 41


def test_calling_back_later_is_typed(qtbot: QtBot, page: CallCentrePage, world: World):
    take(qtbot, page)
    key(page, K.Key_F9)
    assert at(page) is page.result.when
    before = page.result.when.dateTime()
    earlier = before.time().hour() == 23  # the hours end there
    key(page, K.Key_Down if earlier else K.Key_Up)
    moved = page.result.when.dateTime().toSecsSinceEpoch() - before.toSecsSinceEpoch()
    assert moved == (-3600 if earlier else 3600)
    wanted = page.result.when.dateTime().toSecsSinceEpoch()
    key(page, K.Key_Return)
    qtbot.waitUntil(lambda: page.stage == IDLE, timeout=20000)
    _, result, told = world.call_results[0]
    assert result == "later"
    assert told is not None
    assert datetime.fromisoformat(told).timestamp() == wanted


def test_esc_takes_the_time_back(qtbot: QtBot, page: CallCentrePage, world: World):
    take(qtbot, page)
    key(page, K.Key_F9)
    assert page.escape()
    assert at(page) is page.result.remark
    assert world.call_results == []


def test_from_the_call_to_the_lenders_without_a_mouse(qtbot: QtBot, page: CallCentrePage, world: World):
    reach(qtbot, page)
    record = world.loans["ln-42"]
    assert at(page) is page.form.rows["surname"].editor
    for name, text in ANSWERS.items():
        assert at(page) is page.form.rows[name].editor, name
        if text:
            type_text(at(page), text)
        key(page, K.Key_Return)
    qtbot.waitUntil(lambda: record.answers.get("income") == "85000", timeout=20000)
    assert record.answers["passport"] == "4509 123456"
    assert "email" not in record.answers  # never typed, never sent
    key(page, K.Key_F12)  # the last answer may still be on its way
    qtbot.waitUntil(lambda: "согласие" in page.told.text(), timeout=20000)
    key(page, K.Key_F4)
    qtbot.waitUntil(lambda: record.consent == "v1" and "F12" in page.form.state.text(), timeout=20000)
    key(page, K.Key_F12)
    qtbot.waitUntil(lambda: page.dialog is not None, timeout=20000)
    dialog = page.dialog
    assert isinstance(dialog, LendersDialog)
    assert dialog.body() == {"lenders": ["volga", "sever"]}
    press(dialog.boxes["volga"], K.Key_Space, " ")
    assert dialog.body() == {"lenders": ["sever"]}
    dialog.accept()  # F12 in the dialog
    qtbot.waitUntil(lambda: page.stage == IDLE, timeout=20000)
    assert [one["lender"] for one in record.card["decisions"]] == ["sever"]
    assert record.card["state"] == "submitted"
    assert "отправлена — Северный" in page.told.text()


def test_what_is_typed_is_judged_at_once_and_by_the_service(qtbot: QtBot, page: CallCentrePage, world: World):
    reach(qtbot, page)
    row = page.form.rows["passport"]
    row.editor.setFocus()
    type_text(row.editor, "4509 12")
    assert row.fault.text() == "6 из 10 цифр"
    key(page, K.Key_Return)
    qtbot.waitUntil(lambda: row.fault.text() == "Серия и номер: 10 цифр", timeout=20000)
    assert row.sign.text() == "✗"
    row.editor.setFocus()
    type_text(row.editor, "3456")
    assert row.sign.text() == "✓"
    key(page, K.Key_Down)
    qtbot.waitUntil(lambda: world.loans["ln-42"].answers["passport"] == "4509 123456", timeout=20000)
    assert page.form.rows["surname"].fault.text() == "нужно заполнить"
    key(page, K.Key_F4)
    qtbot.waitUntil(lambda: world.loans["ln-42"].consent == "v1", timeout=20000)
    qtbot.waitUntil(lambda: "Покупатель дал согласие" in page.form.consent.text(), timeout=20000)
    key(page, K.Key_F12)  # not complete: to the first field that is missing
    assert at(page) is page.form.rows["surname"].editor
    assert page.dialog is None


def test_the_purchase_is_kept_and_a_wrong_one_is_told(
    qtbot: QtBot, page: CallCentrePage, session: Session, world: World
):
    reach(qtbot, page)
    down = page.form.rows["buy.down"].editor
    assert isinstance(down, QLineEdit)
    down.setFocus()
    down.selectAll()
    type_text(down, "9 900")
    key(page, K.Key_Return)
    qtbot.waitUntil(lambda: world.loans["ln-42"].card["down"] == 990_000, timeout=20000)
    qtbot.waitUntil(lambda: "взнос 9" in words_of(page.line), timeout=20000)
    assert world.loans["ln-42"].card["basket"][0]["name"] == "Диван «Осло» трёхместный"
    down.setFocus()
    down.selectAll()
    type_text(down, "99 000 000")
    with qtbot.waitSignal(session.refused, timeout=20000):
        key(page, K.Key_Return)
    assert "Взнос не меньше товара" in page.form.state.text()
    assert world.loans["ln-42"].card["down"] == 990_000


def test_a_lenders_answer_meanwhile_loses_nothing(qtbot: QtBot, page: CallCentrePage, world: World):
    reach(qtbot, page)
    world.loans["ln-42"].card["version"] += 1  # somebody else moved it on
    type_text(at(page), "Гусева")
    key(page, K.Key_Return)
    qtbot.waitUntil(lambda: world.loans["ln-42"].answers.get("surname") == "Гусева", timeout=20000)


def test_a_cut_line_loses_nothing(
    qtbot: QtBot, page: CallCentrePage, session: Session, world: World, home: Path, daemon: FakeDaemon
):
    reach(qtbot, page)
    daemon.stop()
    qtbot.waitUntil(lambda: not session.online, timeout=20000)
    type_text(at(page), "Гусева")
    key(page, K.Key_Return)
    keeper = page.form.keeper
    assert keeper is not None
    assert keeper.pending == {"surname": "Гусева"}
    assert "нет связи" in page.form.state.text()
    again = FakeDaemon(world, heartbeat_s=0.2).start()
    try:
        again.announce(home)
        qtbot.waitUntil(lambda: world.loans["ln-42"].answers.get("surname") == "Гусева", timeout=20000)
        qtbot.waitUntil(lambda: keeper.saved, timeout=20000)
    finally:
        session.stop()
        again.stop()


def test_hanging_up_keeps_what_was_typed(qtbot: QtBot, page: CallCentrePage, world: World):
    reach(qtbot, page)
    type_text(at(page), "Гусева")
    key(page, K.Key_H, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page.stage == IDLE, timeout=20000)
    assert world.loans["ln-42"].answers["surname"] == "Гусева"
    assert world.loans["ln-42"].card["call_by"] == ""


def test_hanging_up_waits_for_what_is_sent_a_second_time(qtbot: QtBot, page: CallCentrePage, world: World):
    reach(qtbot, page)
    world.loans["ln-42"].card["version"] += 1  # somebody else moved it on
    type_text(at(page), "Гусева")
    key(page, K.Key_Return)
    type_text(at(page), "Татьяна")
    key(page, K.Key_H, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page.stage == IDLE, timeout=20000)
    answers = world.loans["ln-42"].answers
    assert (answers.get("surname"), answers.get("name")) == ("Гусева", "Татьяна")


def test_what_is_refused_holds_up_nobody(
    qtbot: QtBot, page: CallCentrePage, session: Session, world: World, daemon: FakeDaemon
):
    reach(qtbot, page)
    daemon.refuse["/v1/loans/ln-42/questionnaire"] = Problem(422, "loan.over", "Анкета закрыта.", "It is closed.")
    type_text(at(page), "Гусева")
    with qtbot.waitSignal(session.refused, timeout=20000):
        key(page, K.Key_H, Qt.KeyboardModifier.ControlModifier)
    assert page.stage == FORM
    assert "Анкета закрыта" in page.form.state.text()
    key(page, K.Key_H, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page.stage == IDLE, timeout=20000)


def test_no_time_for_questions_after_all(qtbot: QtBot, page: CallCentrePage, world: World):
    reach(qtbot, page)
    key(page, K.Key_F9)
    assert page.stage == RINGING
    key(page, K.Key_Return)
    qtbot.waitUntil(lambda: page.stage == IDLE, timeout=20000)
    assert [result for _, result, _ in world.call_results] == ["reached", "later"]


def test_corrections_a_lender_wants_go_out_by_f12(qtbot: QtBot, page: CallCentrePage, world: World):
    record = world.loans["ln-45"]
    record.answers = {name: text for name, text in ANSWERS.items() if text}
    page.show_item("ln-45")
    qtbot.waitUntil(lambda: page.stage == FORM and page.form.keeper is not None, timeout=20000)
    qtbot.waitUntil(lambda: "passport_code" in page.form.rows, timeout=20000)
    key(page, K.Key_F12)
    qtbot.waitUntil(lambda: page.stage == IDLE, timeout=20000)
    assert record.card["decisions"][0]["state"] == "queued"


def test_one_call_at_a_time(qtbot: QtBot, page: CallCentrePage, world: World):
    take(qtbot, page)
    page.show_item("ln-45")
    assert "Сначала закончите" in page.told.text()
    key(page, K.Key_F2)
    qtbot.wait(50)
    assert page.sheet is not None
    assert page.sheet.card.number == 42


def test_a_colleague_has_the_buyer_already(qtbot: QtBot, page: CallCentrePage, session: Session, world: World):
    world.loans["ln-42"].card["call_by"] = "Другой оператор"
    with qtbot.waitSignal(session.refused, timeout=20000) as refused:
        page.show_item("ln-42")
    assert refused.args[0].code == "loan.on_the_line"
    assert page.stage == IDLE


def test_nobody_to_call(qtbot: QtBot, page: CallCentrePage, world: World):
    for name in ("ln-41", "ln-42"):
        world.loans[name].card["state"] = "cancelled"
    key(page, K.Key_F2)
    qtbot.waitUntil(lambda: "звонить некому" in page.told.text(), timeout=20000)
    assert page.stage == IDLE


def test_the_calculator_opens_by_a_key(qtbot: QtBot, page: CallCentrePage):
    take(qtbot, page)
    key(page, K.Key_F11)
    dialog = page.dialog
    assert isinstance(dialog, CalculatorDialog)
    assert dialog.goods.text().replace("\u00a0", " ") == "89 900,00"
    dialog.reject()


@pytest.mark.parametrize(
    ("field", "text", "wrong"),
    [
        ("inn", "500100732259", False),
        ("inn", "500100732258", True),
        ("snils", "112-233-445 95", False),
        ("snils", "112-233-445 96", True),
        ("snils", "001-001-998 00", False),
        ("birth_date", "31.02.1990", True),
        ("birth_date", "28.02.1990", False),
        ("passport_code", "770-04", True),
        ("surname", "Smith", True),
        ("surname", "Салтыков-Щедрин", False),
        ("email", "нет", True),
        ("income", "много", True),
        ("employer", "что угодно", False),
    ],
)
def test_what_can_be_seen_at_once(field: str, text: str, wrong: bool):
    assert bool(loan_fields.against(field, text)) == wrong
    assert loan_fields.against(field, "  ") == ""
