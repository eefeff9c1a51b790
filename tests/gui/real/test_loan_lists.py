"""The other lists of loans and the lines of settlements between the real screens and the real service."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gateway.core.authority import SERVICE
from gateway.core.errors import Unavailable
from gateway.loans.lenders import contact
from gui.settings import Settings
from gui.store.session import Session
from gui.views.loan_dialogs import LoanDialog
from gui.views.settlement import SettlementPage
from gui.views.settlement_dialogs import CorrectionDialog, TakeBackDialog
from tests.api.conftest import lending as lending
from tests.api.lending import Lending, good
from tests.api.test_settlement import close, line, write
from tests.gui.real.test_loans import loans_page
from tests.gui.real.test_loans import tray as tray


@pytest.mark.parametrize("tray", ["manager"], indirect=True)
def test_an_original_that_is_late_is_listed_and_the_goods_are_handed_over(
    qtbot: QtBot, tray: Session, lending: Lending, tmp_path: Path
) -> None:
    paper = lending.papers.signed(number="КД-1")
    lending.papers.put(paper.id, goods="released")
    lending.house.later(days=10)
    page = loans_page(qtbot, tray, tmp_path, paper.application_id)
    tab = page.lists.choice.buttons["ageing"]
    qtbot.waitUntil(lambda: tab.text() == "Ждут слишком долго · 2", timeout=20000)
    tab.click()
    model = page.lists.ageing.model
    qtbot.waitUntil(lambda: model.total == 1, timeout=20000)
    row = model.row(0)
    assert (row.loan_id, row.days, row.limit_days, row.red) == (paper.application_id, 10, 9, True)
    bar = page.card.actions_bar
    bar.do("goods/deliver")
    assert isinstance(bar.dialog, LoanDialog)
    bar.dialog.ok.click()
    qtbot.waitUntil(lambda: lending.papers.row(paper.id).goods in ("delivered", "committed"), timeout=20000)


@pytest.mark.parametrize("tray", ["manager"], indirect=True)
def test_a_lender_who_is_away_is_seen_and_asked_now(
    qtbot: QtBot, tray: Session, lending: Lending, tmp_path: Path
) -> None:
    loan = lending.house.submitted(("soap", "rest"))
    lending.house.answer(loan.id, "soap", poll_at="2026-11-23T08:01:00.000000Z")
    decision = lending.house.decisions(loan.id)["soap"]
    away = Unavailable("lender.away", retry_after=5, lender="soap", detail="refused")
    lending.house.do(SERVICE, lambda unit: contact.failed(unit, decision, away))
    page = loans_page(qtbot, tray, tmp_path, loan.id)
    qtbot.waitUntil(lambda: page.lists.choice.buttons["lenders"].text() == "Банки · 1", timeout=20000)
    page.lists.turn("lenders")
    health = page.lists.lenders
    qtbot.waitUntil(lambda: health.model.rowCount() == 2, timeout=20000)
    assert [(one.lender, one.state) for one in health.lenders] == [("soap", "silent"), ("rest", "fine")]
    assert health.model.row(0).call_ru == "передать заявку"
    health.ask_buttons["soap"].click()
    qtbot.waitUntil(lambda: lending.asked == 1, timeout=20000)
    assert lending.house.decisions(loan.id)["soap"].poll_at == "2026-11-23T08:00:00.000000Z"


@pytest.mark.parametrize("tray", ["accountant"], indirect=True)
def test_a_line_is_taken_back_an_account_corrected_and_the_statement_saved(
    qtbot: QtBot, tray: Session, lending: Lending, tmp_path: Path
) -> None:
    write(lending, line(lending, "A"), line(lending, "B", net=50_00))
    close(lending)
    page = SettlementPage(tray, Settings(tmp_path / "tray.ini"))
    qtbot.addWidget(page)
    page.show()
    page.reload()
    panel = page.panel_of_statement
    qtbot.waitUntil(lambda: panel.statement is not None and panel.table.model().rowCount() == 2, timeout=20000)
    panel.table.select_row(0)
    panel.take_back.click()
    back = panel.dialog
    assert isinstance(back, TakeBackDialog)
    back.reason.setText("Договор расторгнут")
    back.ok.click()
    accountant = lending.of("accountant")

    def waiting() -> int:
        [balance] = good(accountant.get("/v1/settlement/balances"))["items"]
        return int(balance["waiting"])

    qtbot.waitUntil(lambda: waiting() == -90_00 and panel.dialog is None, timeout=20000)
    next(one for one in panel.menu.actions() if one.text() == "Исправить расчёт стороны…").trigger()
    correction = panel.dialog
    assert isinstance(correction, CorrectionDialog)
    correction.sum.setText("12,50")
    correction.document.setText("Письмо 3")
    correction.reason.setText("Недоплата")
    correction.ok.click()
    qtbot.waitUntil(lambda: waiting() == -77_50, timeout=20000)
    target = tmp_path / "statement.xlsx"
    panel.save(target)
    qtbot.waitUntil(target.exists, timeout=20000)
    assert target.read_bytes().startswith(b"PK\x03\x04")
