"""The call centre: one call after another, by keys alone. F2 takes the next buyer; a key per result; then the form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QStackedWidget, QWidget

from gui import wording
from gui.api.errors import ApiError
from gui.api.types import CallSheet, LenderFits, Loan, LoanCall, Me, Needs
from gui.i18n import translate
from gui.i18n.counts import counts
from gui.models.call_results import result_of, result_title
from gui.settings import Settings
from gui.store.session import Session
from gui.theme import theme
from gui.views.calculator import CalculatorDialog
from gui.views.call_centre_form import QuestionnaireForm
from gui.views.call_centre_line import LinePanel
from gui.views.call_centre_result import ResultPanel
from gui.views.loan_offers import LendersDialog
from gui.views.page import Page
from gui.widgets.parts import button, columns, frame, label, rows

IDLE, RINGING, FORM = range(3)


class CallCentrePage(Page):
    """Attributes:
    sheet: who is on the line; None when nobody is. result, form: the two right sides. dialog: the one that is open.
    """

    key = "call_centre"
    topic = "loans"

    def __init__(self, session: Session, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(session, settings, parent)
        self.sheet: CallSheet | None = None
        self.dialog: LendersDialog | CalculatorDialog | None = None
        self._busy = False
        self._wanted = ""
        whole = rows(self, gap=0)
        whole.addWidget(self._bar())
        desk = QWidget()
        across = columns(desk, gap=0)
        self.line = LinePanel(session)
        self.line.setMinimumWidth(theme.px(380))
        self.right = QStackedWidget()
        self.result = ResultPanel(session)
        self.form = QuestionnaireForm(session)
        self.right.addWidget(self.result)
        self.right.addWidget(self.form)
        across.addWidget(self.line, 45)
        across.addWidget(self.right, 55)
        self.desk = QStackedWidget()
        self.desk.addWidget(self._idle())
        self.desk.addWidget(desk)
        whole.addWidget(self.desk, 1)
        whole.addWidget(self._foot())
        self.result.given.connect(self._give)
        self.form.refused.connect(session.refused)
        self.form.bought.connect(self._bought)
        session.loans.changed.connect(self._count)
        self._show(IDLE)

    def _bar(self) -> QFrame:
        bar = frame("bar")
        line = columns(bar, gap=10, margin=9)
        self.queue = label("", "heading")
        self.told = label("", wrap=True)
        line.addWidget(self.queue)
        line.addWidget(self.told, 1)
        self.next = button(
            translate("CallCentre", "Next call   F2"), "primary", icon="calls", slot=self.next_call,
            name=translate("CallCentre", "Next call (F2)"),
        )  # fmt: skip
        line.addWidget(self.next)
        return bar

    def _idle(self) -> QFrame:
        made = QFrame()
        made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        stack = rows(made, gap=10, margin=30)
        stack.addStretch(1)
        self.idle_words = label("", "title", wrap=True)
        self.idle_words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.idle_hint = label("", "muted", wrap=True)
        self.idle_hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        stack.addWidget(self.idle_words)
        stack.addWidget(self.idle_hint)
        stack.addStretch(2)
        self._rest = made
        return made

    def _foot(self) -> QFrame:
        foot = frame("foot")
        line = columns(foot, gap=14, margin=7)
        self.keys = label("", "small", wrap=True)
        line.addWidget(self.keys, 1)
        return foot

    @classmethod
    def title(cls, me: Me | None) -> str:
        return translate("CallCentre", "Call centre")

    @classmethod
    def opens_to(cls, me: Me) -> bool:
        return me.may("loans.call")

    @classmethod
    def badge(cls, needs: Needs) -> int:
        return needs.loan_calls

    # --- what is shown -----------------------------------------------------------------------------------------------

    def _show(self, stage: int) -> None:
        self.stage = stage
        self.desk.setCurrentIndex(0 if stage == IDLE else 1)
        if stage != IDLE:
            self.right.setCurrentIndex(stage - RINGING)
        self._count()
        self.keys.setText(
            {
                IDLE: translate("CallCentre", "F2 next call · F11 calculator"),
                RINGING: translate(
                    "CallCentre",
                    "F6 reached · F7 no answer · F8 busy · F9 call later · F10 wants no loan · "
                    "Shift+F10 wrong number · F11 calculator · Ctrl+H hang up without a result",
                ),
                FORM: translate(
                    "CallCentre",
                    "Enter ↓ ↑ fields · F4 consent given · F9 call later · F11 calculator · F12 send to lenders · "
                    "Ctrl+H put away, everything is kept",
                ),
            }[stage]
        )
        self.allow()

    def _count(self) -> None:
        calls = self.session.loans.calls
        if calls is None:
            return
        parts = [translate("CallCentre", "To be called: {n}").format(n=calls.waiting)]
        if calls.late:
            parts.append(counts.late_ones(calls.late))
        if calls.held:
            parts.append(translate("CallCentre", "on the line: {n}").format(n=calls.held))
        self.queue.setText(" · ".join(parts))
        if calls.waiting:
            self.idle_words.setText(translate("CallCentre", "F2 — the next call"))
            self.idle_hint.setText(" · ".join(parts))
        else:
            self.idle_words.setText(translate("CallCentre", "Nobody has to be called now."))
            due = wording.moment(calls.next_due, self.session.now()) if calls.next_due else ""
            self.idle_hint.setText(translate("CallCentre", "The next one at {time}.").format(time=due) if due else "")

    def _tell(self, words: str) -> None:
        self.told.setText(words)
        self.told.setAccessibleName(words)

    def activate(self) -> None:
        if self.stage == IDLE:
            self._rest.setFocus()
        elif self.stage == RINGING:
            self.result.remark.setFocus()

    def reload(self) -> None:
        self.session.loans.ask_soon()
        self._count()
        self.allow()
        self.loaded()

    def allow(self) -> None:
        if not hasattr(self, "form"):
            return
        may = self.session.online and not self._busy
        self.next.setEnabled(may and self.stage == IDLE)
        self.result.allow(busy=self._busy)

    def escape(self) -> bool:
        return self.stage != IDLE and self.result.escape()

    # --- calls -------------------------------------------------------------------------------------------------------

    def next_call(self) -> None:
        """Put the next buyer on this person's line; the same again while one is there."""
        if self._busy or not self.session.online or self.stage != IDLE:
            return
        self._take("/v1/loan-calls/next")

    def show_item(self, name: str) -> None:
        """An application picked elsewhere: to be called, or its questionnaire to be put right."""
        if self.stage != IDLE or self._busy:
            self._tell(translate("CallCentre", "Finish this call first."))
            return

        def got(loan: Loan) -> None:
            if "call" in loan.actions and loan.state != "questionnaire":
                self._take(f"/v1/loans/{loan.id}/call")
            elif "questionnaire" in loan.actions:
                self._open_form(CallSheet(card=loan, name=loan.buyer, phone=loan.phone))
            else:
                self._tell(translate("CallCentre", "Nothing is to be filled in there any more."))

        self.session.client.get(f"/v1/loans/{name}", Loan, got, self.session.refused.emit, owner=self)

    def _take(self, path: str) -> None:
        self._hold(True)

        def done(call: LoanCall) -> None:
            self._hold(False)
            self._tell("")
            if call.loan is None:
                self._tell(translate("CallCentre", "Nobody has to be called now."))
                self.session.loans.ask_soon()
            elif call.loan.card.state == "questionnaire":
                self._open_form(call.loan)
            else:
                self._ring(call.loan)

        op = self.session.act(path, {}, LoanCall, touches=(("loans", ""),), owner=self)
        op.success(done).failure(self._failed).start()

    def _ring(self, sheet: CallSheet) -> None:
        self.sheet = sheet
        self.line.show_sheet(sheet)
        self._show(RINGING)
        self.result.show_loan(sheet.card)

    def _open_form(self, sheet: CallSheet) -> None:
        self.sheet = sheet
        self.line.show_sheet(sheet)
        self._show(FORM)
        self.form.open(sheet.card)

    def _give(self, body: dict[str, Any]) -> None:
        """The result of the call; a buyer who was reached goes on with the questionnaire."""
        sheet = self.sheet
        if sheet is None or self._busy or self._put_off(lambda: self._give(body)):
            return
        result = str(body["result"])
        if result == "reached" and sheet.card.state == "questionnaire":
            self._open_form(sheet)
            return
        self._hold(True)

        def done(loan: Loan) -> None:
            self._hold(False)
            if result == "reached" and "questionnaire" in loan.actions:
                self._open_form(CallSheet(
                    card=loan, name=sheet.name, phone=sheet.phone, remark=sheet.remark, script=sheet.script
                ))  # fmt: skip
            else:
                self._over(f"№ {loan.number}: {result_title(result)}")

        self._act(sheet.card, "call/result", body, done)

    def hang_up(self) -> None:
        """Put it back without a result; what was typed is kept."""
        sheet = self.sheet
        if sheet is None or self._busy:
            return
        self.form.leave_field()
        if self._put_off(self.hang_up):
            return
        if not sheet.card.call_by and self.stage == FORM:
            self._over(translate("CallCentre", "№ {number}: put away").format(number=sheet.card.number))
            return
        self._hold(True)

        def done(loan: Loan) -> None:
            self._hold(False)
            self._over(translate("CallCentre", "№ {number}: put away").format(number=loan.number))

        self._act(sheet.card, "call/hang-up", {}, done)

    def _put_off(self, action: Callable[[], None]) -> bool:
        """What ends the form waits for what is typed in it; what was refused does not hold anybody up."""
        keeper = self.form.keeper
        if keeper is None or not keeper.on_its_way:
            return False
        keeper.when_kept(action)
        return True

    def _over(self, words: str) -> None:
        """Ready for the next one."""
        self.sheet = None
        self.form.close_form()
        self._show(IDLE)
        self._tell(words)
        self._rest.setFocus()
        self.session.loans.ask_soon()

    def _act(self, loan: Loan, action: str, body: dict[str, Any], done: Any) -> None:
        op = self.session.act(f"/v1/loans/{loan.id}/{action}", body, Loan, touches=(("loans", loan.id),), owner=self)
        op.success(done).failure(self._failed).start()

    def _hold(self, busy: bool) -> None:
        self._busy = busy
        self.allow()

    def _failed(self, error: ApiError) -> None:
        self._hold(False)
        self._tell(wording.error_text(error))
        self.session.refused.emit(error)

    # --- the form ----------------------------------------------------------------------------------------------------

    def _bought(self, loan: Loan) -> None:
        if self.sheet is not None and self.sheet.card.id == loan.id:
            sheet = self.sheet
            self.sheet = CallSheet(
                card=loan, name=sheet.name, phone=sheet.phone, remark=sheet.remark, script=sheet.script
            )
            self.line.show_sheet(self.sheet)

    def submit(self) -> None:
        """F12: to the lenders, once everything is kept and complete."""
        keeper = self.form.keeper
        if self.stage != FORM or keeper is None or keeper.sheet is None or self.dialog is not None:
            return
        self.form.leave_field()
        if not keeper.saved:
            keeper.when_kept(self.submit)
            return
        if not keeper.sheet.agreed:
            self._tell(translate("CallCentre", "The consent first: F4 when the buyer has said yes."))
            return
        if not keeper.sheet.complete and self.form.first_fault():
            self._tell(translate("CallCentre", "Some fields are missing or wrong."))
            return
        loan = keeper.loan
        if "send-again" in loan.actions:
            self._act(loan, "send-again", {}, lambda fresh: self._sent(fresh))
            return
        path = f"/v1/loans/{loan.id}/lenders"
        self.session.client.get(path, LenderFits, lambda fits: self._choose(loan, fits), self._failed, owner=self)

    def _choose(self, loan: Loan, fits: LenderFits) -> None:
        dialog = LendersDialog(loan, fits.items, self)
        QShortcut(QKeySequence("F12"), dialog, dialog.accept)
        self._open(dialog)

        def chosen(result: int) -> None:
            if result == LendersDialog.DialogCode.Accepted:
                self._hold(True)
                self._act(loan, "submit", dialog.body(), self._sent)

        dialog.finished.connect(chosen)

    def _sent(self, loan: Loan) -> None:
        self._hold(False)
        asked = [one for one in loan.decisions if one.state in ("queued", "sent", "approved", "declined")]
        names = ", ".join(one.title or one.lender for one in asked)
        self._over(translate("CallCentre", "№ {number}: sent to {lenders}").format(number=loan.number, lenders=names))

    def open_calculator(self) -> None:
        if self.dialog is None and self.session.online:
            loan = self.sheet.card if self.sheet is not None else None
            self._open(CalculatorDialog(self.session, self, loan))

    def _open(self, dialog: LendersDialog | CalculatorDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowModality(Qt.WindowModality.WindowModal)
        self.dialog = dialog

        def finished(_result: int) -> None:
            self.dialog = None

        dialog.finished.connect(finished)
        dialog.open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        controlled = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        result = result_of(key, shifted=shifted)
        if event.isAutoRepeat():
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_F2:
            self.next_call()
        elif key == Qt.Key.Key_F11:
            self.open_calculator()
        elif controlled and key == Qt.Key.Key_H:
            self.hang_up()
        elif self.stage == FORM and key == Qt.Key.Key_F4:
            self.form.agree()
        elif self.stage == FORM and key == Qt.Key.Key_F12:
            self.submit()
        elif self.stage == FORM and result == "later":
            self._back_to_result()
        elif self.stage == RINGING and result:
            self.result.give(result)
        else:
            super().keyPressEvent(event)

    def _back_to_result(self) -> None:
        """The buyer has no time for the questions after all."""
        sheet = self.sheet
        if sheet is not None and "call" in sheet.card.actions:
            self.form.leave_field()
            self._show(RINGING)
            self.result.show_loan(sheet.card)
            self.result.give("later")
