"""Rules of payers in the tray: learned with an allocation, listed, revoked, and what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QDate, Qt
from pytestqt.qtbot import QtBot

from gui.api.fake import FakeDaemon, World
from gui.views.payments import PaymentsPage
from gui.views.rules import RulesDialog
from tests.gui.conftest import press, type_text
from tests.gui.test_payment_reasons import STRANGER
from tests.gui.test_payments_page import OVER, PAIR, go_to
from tests.gui.test_payments_page import page as page


@pytest.fixture
def no_rules(world: World) -> None:
    world.rules.clear()


@pytest.fixture
def rules(qtbot: QtBot, page: PaymentsPage) -> Iterator[RulesDialog]:
    page.table.setFocus()
    press(page.table, 0, "к")  # the R key on a Russian layout
    qtbot.waitUntil(lambda: page.rules is not None, timeout=20000)
    assert page.rules is not None
    dialog = page.rules
    qtbot.waitUntil(lambda: dialog.model.loaded, timeout=20000)
    yield dialog
    if page.rules is not None:
        dialog.reject()


# --- learning --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_rules")
def test_a_rule_is_learned_with_the_accepted_suggestion(qtbot: QtBot, page: PaymentsPage, world: World):
    payment = go_to(qtbot, page, STRANGER)
    box = page.decision.learn
    assert box is not None
    assert box.isVisible()
    assert not box.tick.isChecked(), "a rule is never made by itself"
    assert box.about.text() == "Запомнить: этот плательщик платит за ООО «Галерея на Песчаной»"
    press(page.table, 0, "ь")  # the M key on a Russian layout
    assert box.tick.isChecked()
    assert "если номер счёта и сумма сходятся" in box.words.text()
    assert "Товар по правилу не отпускается" in box.words.text()
    assert payment.payer_inn in box.words.text()
    box.since.setDate(QDate(2026, 1, 15))
    assert "С 15.01.2026" in box.words.text()
    box.note.setText("по письму")
    press(page.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(world.rules) == 1, timeout=20000)
    [rule] = world.rules.values()
    assert (rule.payer_inn, rule.buyer) == (payment.payer_inn, "ООО «Галерея на Песчаной»")
    assert (rule.since.isoformat(), rule.note) == ("2026-01-15", "по письму")
    assert world.payments[STRANGER].state == "manual"
    qtbot.waitUntil(lambda: "правило заведено" in page.undo_bar.text.text(), timeout=20000)


@pytest.mark.usefixtures("no_rules")
def test_without_the_tick_no_rule_is_made(qtbot: QtBot, page: PaymentsPage, world: World):
    go_to(qtbot, page, STRANGER)
    press(page.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: world.payments[STRANGER].state == "manual", timeout=20000)
    assert world.rules == {}


def test_there_is_nothing_to_remember_of_the_buyer_himself(qtbot: QtBot, page: PaymentsPage):
    go_to(qtbot, page, PAIR)
    assert page.decision.learn is not None
    assert not page.decision.learn.isVisible()
    page.decision.toggle_learn()
    assert page.decision.learn.wish() is None


def test_a_rule_that_exists_refuses_both_and_nothing_is_lost(
    qtbot: QtBot, page: PaymentsPage, world: World, daemon: FakeDaemon
):
    go_to(qtbot, page, STRANGER)
    page.decision.toggle_learn()
    with qtbot.waitSignal(page.session.refused, timeout=20000) as refused:
        press(page.table, Qt.Key.Key_Return)
    assert refused.args is not None
    assert refused.args[0].code == "rule.exists"
    assert "Мария Ковалёва" in refused.args[0].said.ru
    assert world.payments[STRANGER].state == "needs_person"


@pytest.mark.usefixtures("no_rules")
def test_what_is_allocated_already_can_be_remembered_later(qtbot: QtBot, page: PaymentsPage, world: World):
    go_to(qtbot, page, STRANGER)
    press(page.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(page.decision.payment and page.decision.payment.allocations), timeout=20000)
    assert page.decision.payment is not None
    page.open_learning(page.decision.payment)
    dialog = page.learning
    assert dialog is not None
    assert dialog.learn is not None
    dialog.learn.note.setText("со слов")
    dialog.ok.click()
    qtbot.waitUntil(lambda: len(world.rules) == 1, timeout=20000)
    qtbot.waitUntil(lambda: page.learning is None, timeout=20000)
    [rule] = world.rules.values()
    assert (rule.payment, rule.note) == (STRANGER, "со слов")


@pytest.mark.usefixtures("no_rules")
def test_by_hand_the_rule_is_offered_for_one_buyer_only(qtbot: QtBot, page: PaymentsPage, world: World):
    go_to(qtbot, page, OVER)
    page.decision.open_by_hand()
    dialog = page.assign
    assert dialog is not None
    dialog.own.setChecked(False)
    qtbot.waitUntil(lambda: dialog.model.loaded and dialog.model.total > 20, timeout=20000)
    assert not dialog.learn.isVisible()
    rows = [dialog.model.row(n) for n in range(dialog.model.total)]
    own = next(r for r in rows if r.buyer_inn == dialog.payment.payer_inn)
    others = [r for r in rows if r.buyer_inn != dialog.payment.payer_inn]
    dialog.split.add(own, 100)
    assert not dialog.learn.isVisible(), "he pays for himself"
    dialog.remove(dialog.parts[0])
    dialog.split.add(others[0], 100)
    assert dialog.learn.isVisible()
    dialog.learn.tick.setChecked(True)
    dialog.split.add(next(r for r in others if r.buyer_inn != others[0].buyer_inn), 100)
    assert not dialog.learn.isVisible(), "a rule names one buyer"
    assert dialog.learn.wish() is None
    dialog.remove(dialog.parts[1])
    assert not dialog.learn.tick.isChecked(), "what was ticked for another split is not wanted for this one"
    dialog.learn.tick.setChecked(True)
    dialog.accept()
    qtbot.waitUntil(lambda: len(world.rules) == 1, timeout=20000)
    assert [rule.buyer for rule in world.rules.values()] == [others[0].buyer]


# --- the list --------------------------------------------------------------------------------------------------------


def test_the_list_shows_who_since_when_and_by_whom(qtbot: QtBot, rules: RulesDialog):
    assert rules.model.total == 2
    qtbot.waitUntil(lambda: rules.rule is not None, timeout=20000)
    assert rules.rule is not None
    assert rules.rule.buyer == "ООО «Багетная мастерская №7»"
    assert "Директор платит за фирму" in rules.made.text()
    assert "завёл Мария Ковалёва" in rules.made.text()
    assert "Товар по правилу не отпускается" in rules.words.text()
    rules.bar.chips["revoked"].click()
    qtbot.waitUntil(lambda: rules.model.total == 1 and "отозвал Сидорова Ирина" in rules.made.text(), timeout=20000)
    assert not rules.revoke_button.isEnabled()
    assert rules.words.text().startswith("Правило отозвано")


def test_a_rule_is_revoked_with_a_note_by_keys_alone(qtbot: QtBot, rules: RulesDialog, world: World):
    qtbot.waitUntil(lambda: rules.rule is not None, timeout=20000)
    assert rules.rule is not None
    name = rules.rule.id
    press(rules.table, Qt.Key.Key_Delete)
    dialog = rules.revoking
    assert dialog is not None
    assert not dialog.ok.isEnabled(), "a note is asked for"
    type_text(dialog.field, "больше не платит")
    dialog.accept()
    qtbot.waitUntil(lambda: world.rules[name].revoked is not None, timeout=20000)
    assert world.rules[name].note == "больше не платит"
    qtbot.waitUntil(lambda: rules.model.total == 1, timeout=20000)
    assert "Отозвано" in rules.news.text.text()


def test_a_colleague_has_revoked_it_already(qtbot: QtBot, rules: RulesDialog, world: World):
    qtbot.waitUntil(lambda: rules.rule is not None, timeout=20000)
    rule = rules.rule
    assert rule is not None
    with world.lock:
        world.rules[rule.id].revoked, world.rules[rule.id].revoked_by = world.now(), "Сидорова Ирина"
        world.rules[rule.id].version += 1
        world.revision += 1
    rules._send_revoke(rule, "мы тоже")
    qtbot.waitUntil(rules.news.isVisible, timeout=20000)
    assert "уже отозвал Сидорова Ирина" in rules.news.text.text()
    qtbot.waitUntil(lambda: rules.model.total == 1, timeout=20000)


def test_a_rule_by_hand_and_its_refusal_keeps_what_was_written(qtbot: QtBot, rules: RulesDialog, world: World):
    press(rules.table, 0, "n")
    dialog = rules.making
    assert dialog is not None
    assert not dialog.ok.isEnabled()
    buyer = world.orders["o-1001"].buyer
    for field, text in {"payer_name": "ООО «Омега»", "payer_inn": "6312000014", "party": "123"}.items():
        dialog.fields[field].setText(text)
    dialog.ok.click()
    qtbot.waitUntil(dialog.news.isVisible, timeout=20000)
    assert "Покупателя «123»" in dialog.news.text.text()
    assert dialog.fields["payer_name"].text() == "ООО «Омега»"
    dialog.fields["party"].setText(buyer.inn)
    dialog.ok.click()
    qtbot.waitUntil(lambda: rules.making is None, timeout=20000)
    qtbot.waitUntil(lambda: rules.model.total == 3, timeout=20000)
    assert [r.buyer for r in world.rules.values() if r.payer_inn == "6312000014"] == [buyer.name]


def test_who_may_not_decide_may_only_read(qtbot: QtBot, page: PaymentsPage, world: World):
    world.role = "director"
    page.session.reconnect()
    page.session._connect()
    qtbot.waitUntil(lambda: page.session.me is not None and page.session.me.role == "director", timeout=20000)
    page.open_rules()
    dialog = page.rules
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.rule is not None, timeout=20000)
    assert not dialog.revoke_button.isEnabled()
    assert not dialog.new.isEnabled()
    dialog.reject()
