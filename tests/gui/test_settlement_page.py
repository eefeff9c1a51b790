"""Settlements: statements with their lines and proof, what is done with them, balances, and the closing of a period."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from gui.api.fake import FakeDaemon, World, settlement
from gui.settings import Settings
from gui.store.session import Session
from gui.views.confirm import ReasonDialog
from gui.views.settlement import BalancesDialog, SettlementPage
from gui.views.settlement_dialogs import ChargeDialog, CorrectionDialog, SureDialog, TakeBackDialog
from gui.views.settlement_period import PeriodDialog
from tests.gui.conftest import button_named, press
from tests.gui.loan_desk import become, broker
from tests.gui.test_house import nameless
from tests.gui.test_other_pages import words_of


@pytest.fixture
def world() -> World:
    return broker("accountant", loans=0)


@pytest.fixture
def page(qtbot: QtBot, session: Session, settings: Settings) -> Iterator[SettlementPage]:
    made = SettlementPage(session, settings)
    qtbot.addWidget(made)
    made.resize(1300, 800)
    made.show()
    made.reload()
    qtbot.waitUntil(lambda: made.model.loaded and made.panel_of_statement.statement is not None, timeout=20000)
    yield made


def show(qtbot: QtBot, page: SettlementPage, name: str) -> str:
    page.show_item(name)
    panel = page.panel_of_statement

    def shown() -> bool:
        one = panel.statement
        return one is not None and one.id == name and f"Ведомость №\u00a0{one.number}" in words_of(panel)

    qtbot.waitUntil(shown, timeout=20000)
    return words_of(panel).replace("\u00a0", " ")


def test_statements_are_filtered_sorted_and_counted_by_the_service(
    qtbot: QtBot, page: SettlementPage, daemon: FakeDaemon
):
    assert page.bar.chips["disputed"].text() == "Спорные · 1"
    assert page.count.text() == "7 ведомостей"
    page.bar.chips["to_pay"].click()
    qtbot.waitUntil(lambda: page.model.total == 1, timeout=20000)
    assert page.model.row(0).id == "st-4"
    page.table.model().sort(5, Qt.SortOrder.DescendingOrder)
    qtbot.waitUntil(lambda: any("sort=-net" in hit and "state=to_pay" in hit for hit in daemon.hits), timeout=20000)


def test_a_paid_statement_shows_its_payout_and_the_banks_line(qtbot: QtBot, page: SettlementPage):
    words = show(qtbot, page, "st-6")
    assert "в том числе НДС" in words
    assert "деньги ушли" in words
    assert "BR-9001" in words
    with qtbot.waitSignal(page.go) as gone:
        button_named(qtbot, page.panel_of_statement, "Поручение № 133").click()
    assert gone.args == ["bank", "out-7"]
    panel = page.panel_of_statement
    qtbot.waitUntil(lambda: panel.table.model().rowCount() == 36, timeout=20000)
    panel.table.select_row(0)
    with qtbot.waitSignal(page.go) as gone:
        press(panel.table, Qt.Key.Key_Return)
    assert gone.args[0] == "loans"
    assert nameless(page) == []


def test_a_statement_goes_from_sent_to_the_payout(qtbot: QtBot, page: SettlementPage, world: World):
    show(qtbot, page, "st-2")
    panel = page.panel_of_statement
    for action, after in (("accept", "accepted"), ("fix", "payable"), ("draft", "drafted")):
        qtbot.waitUntil(
            lambda action=action: panel.statement is not None and action in panel.statement.actions, timeout=20000
        )
        press(page.table, Qt.Key.Key_Return)  # what comes next
        dialog = panel.dialog
        assert isinstance(dialog, SureDialog)
        dialog.ok.click()
        qtbot.waitUntil(lambda after=after: world.statements["st-2"]["state"] == after, timeout=20000)
    qtbot.waitUntil(lambda: "Поручение № 133" in words_of(panel) or panel.statement.payouts != (), timeout=20000)
    assert not panel.first.isVisible()


def test_a_dispute_keeps_the_remark(qtbot: QtBot, page: SettlementPage, world: World):
    show(qtbot, page, "st-2")
    press(page.table, 0, "d")
    dialog = page.panel_of_statement.dialog
    assert isinstance(dialog, ReasonDialog)
    dialog.field.setPlainText("нет возврата")
    dialog.ok.click()
    qtbot.waitUntil(lambda: world.statements["st-2"]["remark"] == "нет возврата", timeout=20000)
    qtbot.waitUntil(lambda: "Сторона возражает: нет возврата" in words_of(page.panel_of_statement), timeout=20000)


def test_a_colleague_was_faster(qtbot: QtBot, page: SettlementPage, session: Session, world: World):
    show(qtbot, page, "st-4")
    page.panel_of_statement.do("draft")
    dialog = page.panel_of_statement.dialog
    assert isinstance(dialog, SureDialog)
    assert "двух подписей" in words_of(dialog)
    world.statements["st-4"]["version"] += 1
    with qtbot.waitSignal(session.refused, timeout=20000) as refused:
        dialog.ok.click()
    assert refused.args[0].code == "api.stale"
    assert world.statements["st-4"]["state"] == "payable"


def test_balances_lead_to_the_statements_of_a_party(qtbot: QtBot, page: SettlementPage, daemon: FakeDaemon):
    press(page.table, 0, "b")
    dialog = page.dialog
    assert isinstance(dialog, BalancesDialog)
    qtbot.waitUntil(lambda: dialog.model.total == 4, timeout=20000)
    assert nameless(dialog) == []
    dialog.table.select_row(1)
    dialog.table.select_row(0)
    qtbot.waitUntil(lambda: dialog.waiting.model().rowCount() == 2, timeout=20000)
    assert any("settlement/lines?" in hit and "party_id=sh-1" in hit for hit in daemon.hits)
    press(dialog.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.party.isVisible() and page.model.total == 1, timeout=20000)
    assert any("party_id=sh-1" in hit and "party_kind=shop" in hit for hit in daemon.hits)
    page.party.click()
    qtbot.waitUntil(lambda: page.model.total == 7, timeout=20000)


def close_a_period(qtbot: QtBot, page: SettlementPage) -> None:
    page.close_period.click()
    dialog = page.dialog
    assert isinstance(dialog, PeriodDialog)
    assert nameless(dialog) == []
    assert dialog.until.date() < QDate.currentDate().addDays(1)
    dialog.ok.click()


def test_a_period_is_closed_with_its_progress(qtbot: QtBot, page: SettlementPage, world: World):
    close_a_period(qtbot, page)
    qtbot.waitUntil(lambda: page.strip.isVisible() and page.strip.bar.isVisible(), timeout=20000)
    assert page.strip.bar.maximum() == 120
    assert nameless(page) == []
    qtbot.waitUntil(lambda: page.strip.period.state == "done", timeout=20000)
    assert "ведомостей 120, строк 1080" in page.strip.told.text()
    assert not page.strip.stop.isVisible()
    page.strip.away.click()
    assert not page.strip.isVisible()


def test_a_closing_is_stopped(qtbot: QtBot, page: SettlementPage, world: World):
    world.period_waits = True
    close_a_period(qtbot, page)
    qtbot.waitUntil(lambda: page.strip.stop.isVisible(), timeout=20000)
    page.strip.stop.click()
    qtbot.waitUntil(lambda: world.period["state"] == "stopped", timeout=20000)
    qtbot.waitUntil(lambda: "Остановлено" in page.strip.told.text(), timeout=20000)


def test_a_second_closing_is_refused(qtbot: QtBot, page: SettlementPage, session: Session, world: World):
    world.period_waits = True
    settlement.begin(world, {"until": "2026-01-31", "send": False})
    with qtbot.waitSignal(session.refused, timeout=20000) as refused:
        close_a_period(qtbot, page)
    assert refused.args[0].code == "settlement.running"


def test_who_only_looks_is_told_why(qtbot: QtBot, page: SettlementPage, session: Session, world: World):
    from gui.api.fake.roles import ROLES

    may = tuple([p for p in ROLES["director"][1] if p != "settlement.work"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(ROLES, "director", ("Анна Верещагина", may))
        become(qtbot, session, world, "director")
        page.reload()
        page.allow()
        assert not page.close_period.isEnabled()
        assert page.close_period.toolTip() == "Ваша роль не ведёт расчёты."
        show(qtbot, page, "st-1")
        panel = page.panel_of_statement
        qtbot.waitUntil(lambda: panel.statement is not None and panel.statement.actions == (), timeout=20000)
        qtbot.waitUntil(lambda: not panel.first.isVisible(), timeout=20000)
        press(page.table, 0, "p")
        assert page.dialog is None


def test_without_a_link_nothing_is_paid(qtbot: QtBot, page: SettlementPage, session: Session, daemon: FakeDaemon):
    show(qtbot, page, "st-4")
    daemon.stop()
    qtbot.waitUntil(lambda: not session.online, timeout=20000)
    assert not page.panel_of_statement.first.isEnabled()
    assert "Нет связи" in page.panel_of_statement.first.toolTip()
    page.panel_of_statement.do("draft")
    assert page.panel_of_statement.dialog is None


def test_an_empty_list_says_so(qtbot: QtBot, page: SettlementPage):
    page.bar.field.setText("никого")
    page.bar.field.returnPressed.emit()
    qtbot.waitUntil(lambda: page.model.total == 0, timeout=20000)
    qtbot.waitUntil(lambda: "Выберите ведомость" in words_of(page.panel_of_statement), timeout=20000)


# --- lines by hand, claims, the file ---------------------------------------------------------------------------------


def entry(page: SettlementPage, text: str) -> QAction:
    """An entry of the panel's menu."""
    return next(one for one in page.panel_of_statement.menu.actions() if one.text() == text)


def test_a_wrong_line_is_taken_back_whole_or_in_part(qtbot: QtBot, page: SettlementPage, world: World):
    show(qtbot, page, "st-2")
    panel = page.panel_of_statement
    qtbot.waitUntil(lambda: panel.table.model().rowCount() > 0, timeout=20000)
    assert not panel.take_back.isEnabled()
    panel.table.select_row(1)
    panel.take_back.click()
    dialog = panel.dialog
    assert isinstance(dialog, TakeBackDialog)
    assert not dialog.ok.isEnabled()  # the party reads why
    dialog.reason.setText("Договор расторгнут  до выдачи")
    dialog.share.setText("999 999 999,00")
    assert not dialog.ok.isEnabled()  # more than the line
    dialog.share.setText("1 000,50")
    dialog.ok.click()
    qtbot.waitUntil(lambda: world.hand_lines != [], timeout=20000)
    assert world.hand_lines == [
        ("lines/st-2-l2/take-back", {"reason": "Договор расторгнут до выдачи", "share": 1_000_50})
    ]
    qtbot.waitUntil(lambda: "строка сторнирована" in words_of(page.news), timeout=20000)


def test_a_charge_and_a_correction_go_into_the_partys_next_statement(qtbot: QtBot, page: SettlementPage, world: World):
    show(qtbot, page, "st-2")
    panel = page.panel_of_statement
    party = {"party_kind": "shop", "party_id": "sh-3"}
    entry(page, "Начислить стороне…").trigger()
    charge = panel.dialog
    assert isinstance(charge, ChargeDialog)
    charge.sum.setText("1500")
    charge.document.setText("Акт 7 от 20.11")
    charge.reason.setText("Визит курьера")
    assert charge.ok.isEnabled()
    charge.vat.setText("1600")
    assert not charge.ok.isEnabled()  # tax above the sum
    charge.vat.setText("270,49")
    charge.ok.click()
    qtbot.waitUntil(lambda: len(world.hand_lines) == 1 and panel.dialog is None, timeout=20000)
    entry(page, "Исправить расчёт стороны…").trigger()
    correction = panel.dialog
    assert isinstance(correction, CorrectionDialog)
    assert nameless(correction) == []
    correction.document.setText("Письмо 3")
    correction.reason.setText("Недоплата за октябрь")
    correction.sum.setText("0")
    assert not correction.ok.isEnabled()
    correction.sum.setText("−250,00")
    correction.ok.click()
    qtbot.waitUntil(lambda: len(world.hand_lines) == 2, timeout=20000)
    assert world.hand_lines == [
        ("charges", {**party, "document": "Акт 7 от 20.11", "reason": "Визит курьера", "fee": 1_500_00,
                     "vat": 270_49}),
        ("corrections", {**party, "document": "Письмо 3", "reason": "Недоплата за октябрь", "amount": -250_00}),
    ]  # fmt: skip


def test_what_a_party_owes_us_is_claimed(qtbot: QtBot, page: SettlementPage, world: World):
    world.statements["st-2"] |= {"net": -5_000_00, "state": "accepted", "version": 9}
    show(qtbot, page, "st-2")
    panel = page.panel_of_statement
    qtbot.waitUntil(lambda: panel.statement is not None and "claim" in panel.statement.actions, timeout=20000)
    entry(page, "Выставить требование").trigger()
    assert isinstance(panel.dialog, SureDialog)
    panel.dialog.ok.click()
    qtbot.waitUntil(lambda: "№ 2-Т" in words_of(panel), timeout=20000)
    page.bar.chips["claimed"].click()
    qtbot.waitUntil(lambda: page.model.total == 1, timeout=20000)


def test_a_statement_is_saved_as_a_workbook_or_the_reason_is_told(qtbot: QtBot, page: SettlementPage, tmp_path: Path):
    show(qtbot, page, "st-2")
    target = tmp_path / "statement-2.xlsx"
    page.panel_of_statement.save(target)
    qtbot.waitUntil(lambda: "сохранено: statement-2.xlsx" in words_of(page.news), timeout=20000)
    assert target.read_bytes() == b"PK statement 2"
    page.panel_of_statement.save(tmp_path / "nowhere" / "x.xlsx")
    qtbot.waitUntil(lambda: "не сохранено" in words_of(page.news), timeout=20000)


def test_why_nothing_can_be_paid_is_told(qtbot: QtBot, page: SettlementPage, world: World):
    world.statements["st-4"]["held"] = {
        "code": "settlement.suspended", "text_ru": "Магазин приостановлен", "text_en": "The shop is suspended",
        "hint_ru": "Верните его к работе", "hint_en": "Let it work again",
    }  # fmt: skip
    words = show(qtbot, page, "st-4")
    assert "⚠ Магазин приостановлен" in words and "→ Верните его к работе" in words
