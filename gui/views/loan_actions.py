"""The buttons under an application: what stands out next, and a menu of the rest; dialogs where something is asked."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QFrame, QMenu, QWidget

from gui import icons
from gui.api.errors import ApiError
from gui.api.types import LenderFits, Loan
from gui.i18n import translate
from gui.models import loan_actions as words
from gui.store.ops import Form
from gui.store.session import Session
from gui.theme import theme
from gui.views.confirm import ReasonDialog
from gui.views.loan_dialogs import (
    CancelDialog,
    HandOverDialog,
    LoanDialog,
    ReturnDialog,
    VisitDialog,
    WithdrawDialog,
    about,
)
from gui.views.loan_identity import IdentityDialog
from gui.views.loan_offers import ChoiceDialog, LendersDialog
from gui.widgets.modal import open_over
from gui.widgets.parts import button, caption, columns, dress_icon


class LoanActions(QFrame):
    """Attributes: dialog: the one that is open.

    Signals:
    acted: something was done; carries the fresh application and the words for it.
    refused: an `ApiError`.
    call_asked: to the call centre with it, to call the buyer or to fill in the questionnaire; carries the application.
    """

    acted = Signal(object, str)
    refused = Signal(object)
    call_asked = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "foot")
        self.session = session
        self.loan: Loan | None = None
        self.dialog: QDialog | None = None
        self._busy = False
        self._form = Form()
        self._first = ""
        line = columns(self, gap=8, margin=9)
        self.more = button(translate("LoanActions", "More"), name=translate("LoanActions", "More actions"))
        self.menu = QMenu(self.more)
        self.more.setMenu(self.menu)
        keys = QKeySequence("M").toString(QKeySequence.SequenceFormat.NativeText)
        self.more.setToolTip(translate("LoanActions", "What else can be done ({keys})").format(keys=keys))
        self.first = button("", "primary", icon="check", slot=self.do_first)
        line.addWidget(self.more)
        line.addStretch(1)
        line.addWidget(self.first)
        self.show_loan(None)

    def show_loan(self, loan: Loan | None) -> None:
        if loan is None or self.loan is None or loan.version != self.loan.version or loan.id != self.loan.id:
            self._form = Form()
        self.loan = loan
        self.menu.clear()
        self._first, others = words.ordered(loan) if loan is not None else ("", ())
        for action in others:
            if action in words.LAST and not self.menu.isEmpty() and not self._has_separator():
                self.menu.addSeparator()
            entry = self.menu.addAction(icons.icon(words.icon(action), theme.tokens.text), words.title(action))
            entry.setData(action)
            entry.triggered.connect(partial(self.do, action))
        caption(self.first, words.title(self._first), icon=True)
        self.first.setAccessibleName(words.title(self._first) or translate("LoanActions", "Nothing to do"))
        dress_icon(self.first, words.icon(self._first))
        self.first.setVisible(bool(self._first))
        self.more.setVisible(not self.menu.isEmpty())
        self.setVisible(bool(self._first) or not self.menu.isEmpty())
        self.allow()

    def _has_separator(self) -> bool:
        return any(entry.isSeparator() for entry in self.menu.actions())

    def allow(self) -> None:
        may = self.session.online and not self._busy
        why = "" if self.session.online else translate("LoanActions", "No link to the Kvit service.")
        for made in (self.first, self.more):
            made.setEnabled(may)
        self.first.setToolTip(why or translate("LoanActions", "Enter in the list does the same"))
        self.first.setAccessibleDescription(why)

    # --- doing -------------------------------------------------------------------------------------------------------

    def do_first(self) -> None:
        if self._first and self.first.isEnabled():
            self.do(self._first)

    def open_menu(self) -> None:
        """The other actions, by a key."""
        if self.more.isVisible() and self.more.isEnabled():
            self.more.showMenu()

    def do(self, action: str, *_: object) -> None:
        """Ask what has to be asked, then do it."""
        loan = self.loan
        if loan is None or action not in loan.actions or self.dialog is not None or not self.session.online:
            return
        if action in ("call", "questionnaire"):
            self.call_asked.emit(loan)
        elif action == "submit":
            self._ask_lenders(loan)
        elif action == "identity":
            self._identify(loan)
        elif action in words.REASONED:
            self._ask_reason(loan, action)
        elif action in _DIALOGS:
            dialog = _DIALOGS[action](loan, self)
            open_over(self, dialog, lambda: self.send(loan, action, dialog.body()))
        elif action == "visit/order":
            visit = VisitDialog(loan, self.session.now().astimezone().date(), self)
            open_over(self, visit, lambda: self.send(loan, action, visit.body()))
        elif words.consequence(action):
            self._confirm(loan, action)
        else:
            self.send(loan, action, {})

    def _confirm(self, loan: Loan, action: str) -> None:
        title = words.done_words(action)
        role = "danger" if action in words.DANGER else "primary"
        dialog = LoanDialog(
            loan, title, title, self, role=role, icon=words.icon(action), consequence=words.consequence(action)
        )
        dialog.ok.setFocus()
        open_over(self, dialog, lambda: self.send(loan, action, {}))

    def _ask_reason(self, loan: Loan, action: str) -> None:
        title = words.done_words(action)
        dialog = ReasonDialog(
            title,
            about(loan),
            title,
            self,
            prompt=words.prompt(action),
            role="danger" if action in words.DANGER else "primary",
            icon=words.icon(action),
        )
        open_over(self, dialog, lambda: self.send(loan, action, {words.REASONED[action]: dialog.reason}))

    def _ask_lenders(self, loan: Loan) -> None:
        def got(fits: LenderFits) -> None:
            if self.dialog is None:
                dialog = LendersDialog(loan, fits.items, self)
                open_over(self, dialog, lambda: self.send(loan, "submit", dialog.body()))

        self.session.client.get(f"/v1/loans/{loan.id}/lenders", LenderFits, got, self.refused.emit, owner=self)

    def _identify(self, loan: Loan) -> None:
        agreement = loan.agreement
        if agreement is None:
            return
        dialog = IdentityDialog(self.session, loan, agreement, self)

        def compared() -> None:
            answer = dialog.compared
            if answer is None:
                return
            told = (
                translate("LoanActions", "stopped: the passport does not fit")
                if answer.stopped
                else translate("LoanActions", "the passport fits")
            )
            self.acted.emit(answer.loan, told)

        open_over(self, dialog, compared)

    def send(self, loan: Loan, action: str, body: dict[str, Any]) -> None:
        """Ask for it on the version the person has seen: the agreement's, where it is about papers."""
        self._busy = True
        self.allow()
        paper = loan.agreement if action in words.ON_PAPER else None

        def done(fresh: Loan) -> None:
            self._busy = False
            self._form = Form()
            self.allow()
            self.acted.emit(fresh, words.done_words(action))

        def failed(error: ApiError) -> None:
            self._busy = False
            self.allow()
            self.refused.emit(error)

        op = self.session.act(
            f"/v1/loans/{loan.id}/{action}",
            body,
            Loan,
            touches=(("loans", loan.id),),
            version=paper.version if paper is not None else loan.version,
            form=self._form,
            owner=self,
        )
        op.success(done).failure(failed).start()


_DIALOGS: dict[str, Callable[[Loan, QWidget], LoanDialog]] = {
    "accept": ChoiceDialog,
    "cancel": CancelDialog,
    "withdraw": WithdrawDialog,
    "original/send": HandOverDialog,
    "goods/return": ReturnDialog,
}
