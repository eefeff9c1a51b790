"""Loans between the real screens and the real service: a call by keys, papers at the counter, a statement."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gateway.loans.model import SigningWay
from gui.settings import Settings
from gui.store.session import Session
from gui.views.call_centre import FORM, IDLE, CallCentrePage
from gui.views.loan_identity import IdentityDialog
from gui.views.loan_offers import ChoiceDialog, LendersDialog
from gui.views.loans import LoansPage
from gui.views.settlement import SettlementPage
from gui.views.settlement_dialogs import SureDialog
from tests.api.conftest import lending as lending
from tests.api.lending import Lending
from tests.api.test_settlement import line, write
from tests.gui.conftest import end, press, type_text
from tests.gui.real.conftest import announce
from tests.gui.test_other_pages import words_of
from tests.loans.house import ANSWERS
from tests.loans.paperwork import PDF

K = Qt.Key


@pytest.fixture
def tray(qtbot: QtBot, tmp_path: Path, lending: Lending, request: pytest.FixtureRequest) -> Iterator[Session]:
    """The tray of a person with the role the test names."""
    made = Session(announce(tmp_path / "tray", lending.url, lending.tokens[request.param]), second_ms=20)
    made.start()
    qtbot.waitUntil(lambda: made.online, timeout=20000)
    yield made
    end(made)


def loans_page(qtbot: QtBot, tray: Session, tmp_path: Path, loan_id: str) -> LoansPage:
    page = LoansPage(tray, Settings(tmp_path / "tray.ini"))
    qtbot.addWidget(page)
    page.resize(1300, 800)
    page.show()
    page.reload()
    qtbot.waitUntil(lambda: page.model.loaded, timeout=20000)
    page.show_item(loan_id)
    qtbot.waitUntil(lambda: page.card.loan is not None and page.card.loan.id == loan_id, timeout=20000)
    return page


@pytest.mark.parametrize("tray", ["call_centre"], indirect=True)
def test_a_buyer_is_called_and_sent_to_lenders_by_keys(qtbot: QtBot, tray: Session, lending: Lending, tmp_path: Path):
    row = lending.house.apply()
    page = CallCentrePage(tray, Settings(tmp_path / "tray.ini"))
    qtbot.addWidget(page)
    page.show()
    qtbot.waitExposed(page)
    page.activateWindow()
    page.activate()

    def key(pressed: Qt.Key) -> None:
        press(QApplication.focusWidget() or page, pressed)

    key(K.Key_F2)
    qtbot.waitUntil(lambda: page.sheet is not None, timeout=20000)
    assert "ООО «Квит»" in words_of(page.line)
    key(K.Key_F6)
    qtbot.waitUntil(lambda: page.stage == FORM and "surname" in page.form.rows, timeout=20000)
    for name, text in ANSWERS.items():
        editor = page.form.rows[name].editor
        editor.setFocus()
        editor.selectAll()  # type: ignore[union-attr]
        type_text(editor, text)
        key(K.Key_Return)
    keeper = page.form.keeper
    assert keeper is not None
    qtbot.waitUntil(lambda: keeper.saved and keeper.sheet.values.get("employer") == "ООО «Ромашка»", timeout=20000)
    key(K.Key_F4)
    qtbot.waitUntil(lambda: keeper.sheet is not None and keeper.sheet.complete, timeout=20000)
    key(K.Key_F12)
    qtbot.waitUntil(lambda: page.dialog is not None, timeout=20000)
    dialog = page.dialog
    assert isinstance(dialog, LendersDialog)
    dialog.accept()
    qtbot.waitUntil(lambda: page.stage == IDLE, timeout=20000)
    assert lending.house.row(row.id).state == "submitted"
    assert {one.key for one in lending.house.left("loan.submit")} == {f"loan:{row.id}:soap", f"loan:{row.id}:rest"}


@pytest.mark.parametrize("tray", ["manager"], indirect=True)
def test_an_offer_is_taken(qtbot: QtBot, tray: Session, lending: Lending, tmp_path: Path):
    row = lending.papers.approved()
    page = loans_page(qtbot, tray, tmp_path, row.id)
    qtbot.waitUntil(lambda: page.board.tiles["decision"].count.text() == "1", timeout=20000)
    page.card.actions_bar.do("accept")
    dialog = page.card.actions_bar.dialog
    assert isinstance(dialog, ChoiceDialog)
    ways = [choice.way for choice in dialog.loan.choices]
    dialog.buttons[ways.index("clerk")].click()
    dialog.ok.click()
    qtbot.waitUntil(lambda: lending.house.row(row.id).state == "accepted", timeout=20000)
    assert lending.house.row(row.id).signing_way == "clerk"


@pytest.mark.parametrize("tray", ["manager"], indirect=True)
def test_papers_are_signed_at_the_counter(qtbot: QtBot, tray: Session, lending: Lending, tmp_path: Path):
    paper = lending.papers.agreed(SigningWay.CLERK)
    page = loans_page(qtbot, tray, tmp_path, paper.application_id)
    bar = page.card.actions_bar
    bar.do("identity")
    dialog = bar.dialog
    assert isinstance(dialog, IdentityDialog)
    dialog.number.setText("45 10 123456")
    dialog.same.click()
    dialog.ok.click()
    qtbot.waitUntil(lambda: bar.dialog is None and "sign" in page.card.loan.actions, timeout=20000)
    bar.do("sign")
    assert bar.dialog is not None
    bar.dialog.accept()
    qtbot.waitUntil(lambda: page.card.loan.agreement.signing == "signed", timeout=20000)
    qtbot.waitUntil(lambda: "Отпуск разрешён" in _pills(page), timeout=20000)
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(PDF)
    page.card.papers.bring(scan)
    qtbot.waitUntil(lambda: "scan.pdf" in words_of(page.card.papers), timeout=20000)
    stored = next(one for one in page.card.loan.documents if one.name == "scan.pdf")
    target = tmp_path / "back.pdf"
    page.card.papers.fetch(stored, target)
    qtbot.waitUntil(target.exists, timeout=20000)
    assert target.read_bytes() == PDF
    bar.do("verify")
    assert bar.dialog is not None
    bar.dialog.accept()
    qtbot.waitUntil(lambda: page.card.loan.agreement.signing == "verified", timeout=20000)


def _pills(page: LoansPage) -> str:
    from gui.widgets.pill import PillLabel

    return "\n".join(pill.pill.text for pill in page.card.findChildren(PillLabel))


@pytest.mark.parametrize("tray", ["accountant"], indirect=True)
def test_a_period_is_closed_and_its_statement_sent(qtbot: QtBot, tray: Session, lending: Lending, tmp_path: Path):
    write(lending, line(lending, "A"), line(lending, "B", net=50_00))
    page = SettlementPage(tray, Settings(tmp_path / "tray.ini"))
    qtbot.addWidget(page)
    page.show()
    page.reload()
    qtbot.waitUntil(lambda: page.model.loaded, timeout=20000)
    page.strip.begin("2026-11-22", send=False)
    qtbot.waitUntil(lambda: page.strip.period.state == "done", timeout=20000)
    assert (page.strip.period.statements, page.strip.period.lines) == (1, 2)
    page.model.refresh()
    panel = page.panel_of_statement
    qtbot.waitUntil(lambda: panel.statement is not None and panel.statement.net == 140_00, timeout=20000)
    qtbot.waitUntil(lambda: panel.table.model().rowCount() == 2, timeout=20000)
    panel.do("send")
    assert isinstance(panel.dialog, SureDialog)
    panel.dialog.ok.click()
    qtbot.waitUntil(lambda: panel.statement is not None and panel.statement.state == "sent", timeout=20000)
    page.open_balances()
    assert page.dialog is not None
    model = page.dialog.model  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: model.total == 1 and model.row(0).owed == 140_00, timeout=20000)
    page.dialog.reject()
