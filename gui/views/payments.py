"""The accountant's page: payments on the left, the decision about the chosen one on the right."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QWidget

from gui.api.types import Me, Needs, Payment, PaymentRow
from gui.i18n import translate
from gui.models import payments
from gui.settings import Settings
from gui.store.session import Session
from gui.theme import theme
from gui.views.assign import AssignDialog
from gui.views.decision import DecisionPanel
from gui.views.page import ListPage, letter
from gui.widgets.filterbar import FilterBar
from gui.widgets.tableview import TableView
from gui.widgets.undobar import UndoBar


class PaymentsPage(ListPage):
    """Every decision here is one keystroke and can be taken back by one."""

    key = "payments"
    topic = "payments"
    topics = ("payment",)
    usual_sort = "-bank_time"

    def __init__(self, session: Session, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(session, settings, parent)
        table = TableView(translate("Payments", "Payments"))
        table.empty_text = translate("Payments", "Nothing here. New payments appear by themselves.")
        bar = FilterBar(
            payments.FILTERS,
            payments.filter_title,
            translate("Payments", "Sum, payer, ИНН, invoice…"),
            tones={"needs_person": "warn", "duplicate": "warn", "reversed": "bad"},
            always=("all", "needs_person"),
        )
        panel = DecisionPanel(session)
        panel.setMinimumWidth(theme.px(430))
        self.undo_bar = UndoBar()
        self.decision = panel
        self.assign: AssignDialog | None = None
        self.build(payments.model(session.client, self), table, bar, panel, share=(64, 36), under=[self.undo_bar])
        self.undo_bar.undo.connect(lambda: session.take_back())
        panel.decided.connect(self._decided)
        panel.refused.connect(session.refused)
        panel.by_hand.connect(self.open_assign)
        session.undo.changed.connect(self._undo_changed)

    @classmethod
    def title(cls, me: Me | None) -> str:
        return translate("Payments", "Payments")

    @classmethod
    def badge(cls, needs: Needs) -> int:
        return needs.payments

    def picked(self, row: Any) -> None:
        if isinstance(row, PaymentRow):
            self.decision.show_row(row)
        elif not self.model.total:
            self.decision.show_row(None)

    def opened(self, row: Any) -> None:
        self.decision.accept_chosen()

    def reload(self) -> None:
        super().reload()
        self.decision.reload()

    def _changed(self, topic: str, names: frozenset[str]) -> None:
        super()._changed(topic, names)
        if topic == "payment" and (not names or self.decision.name in names):
            self.decision.reload()

    def allow(self) -> None:
        if hasattr(self, "decision"):
            self.decision.allow()

    def show_item(self, name: str) -> None:
        """From the tray: the queue of those that need a person, with this one chosen."""
        if self.model.find(name) < 0:
            self._filtered("needs_person")
        self.table.want(name)
        row = self.model.find(name)
        if row >= 0:
            self.table.select_row(row)
        self.decision.show_name(name)
        self.table.setFocus()

    # --- decisions ---------------------------------------------------------------------------------------------------

    def _decided(self, payment: Payment, words: str) -> None:
        self.undo_bar.say(f"{payment.payer_name}: {words}", undoable=payment.undo is not None)
        self.table.setFocus()

    def _undo_changed(self) -> None:
        if self.session.undo.top is None:
            self.undo_bar.hide()

    def open_assign(self, payment: Payment) -> None:
        """The dialog is not modal to the event loop: changes keep coming while it is open."""
        dialog = AssignDialog(self.session, payment, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowModality(Qt.WindowModality.WindowModal)
        self.assign = dialog

        def finished(result: int) -> None:
            self.assign = None
            if result == QDialog.DialogCode.Accepted:
                # Named, not "the one shown": the list may have moved on behind the dialog.
                self.decision.allocate(dialog.result_parts, dialog.note.text().strip(), payment)

        dialog.finished.connect(finished)
        dialog.open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        pressed = letter(event)
        if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.decision.accept_chosen()
        elif event.text() and event.text() in "123456789":
            self.decision.choose(int(event.text()))
        elif pressed == "s":
            self.decision.open_by_hand()
        elif pressed == "n":
            self.decision.open_not_ours()
        elif event.text() in ("/", "."):
            self.focus_search()
        else:
            super().keyPressEvent(event)
