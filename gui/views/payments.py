"""The accountant's page: payments on the left, the decision about the chosen one on the right."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QWidget

from gui import wording
from gui.api.errors import ApiError
from gui.api.types import Me, Needs, Payment, PaymentRow
from gui.i18n import translate
from gui.models import payments
from gui.settings import Settings
from gui.store.session import Session
from gui.store.undo import Undoable
from gui.theme import theme
from gui.views.assign import AssignDialog
from gui.views.decision import DecisionPanel
from gui.views.page import ListPage, letter
from gui.views.rules import RuleDialog, RulesDialog
from gui.widgets.banner import Banner
from gui.widgets.filterbar import FilterBar
from gui.widgets.parts import button
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
        self.conflict = Banner()
        self.assign: AssignDialog | None = None
        self.rules: RulesDialog | None = None
        self.learning: RuleDialog | None = None
        self._undone_words: dict[str, str] = {}
        self.rules_button = button(
            translate("Payments", "Rules…"), icon="link", slot=self.open_rules, shortcut="R",
            tip=translate("Payments", "Who pays for whom"),
        )  # fmt: skip
        self.build(
            payments.model(session.client, self),
            table,
            bar,
            panel,
            share=(64, 36),
            above=[self.conflict],
            under=[self.undo_bar],
            beside=[self.rules_button],
        )
        self.undo_bar.undo.connect(lambda: session.take_back())
        panel.decided.connect(self._decided)
        panel.refused.connect(session.refused)
        panel.overtaken.connect(self._overtaken)
        panel.by_hand.connect(self.open_assign)
        panel.remember.connect(self.open_learning)
        panel.go.connect(self.go)
        session.undo.changed.connect(self._undo_changed)
        session.undo.taken.connect(self._taken_back)

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

    def escape(self) -> bool:
        if self.conflict.isVisible():
            self.conflict.hide()
            return True
        return super().escape()

    def show_item(self, name: str) -> None:
        """From the tray: the queue of those that need a person, with this one chosen."""
        if self.model.find(name) < 0:
            self._filtered("needs_person")
        self._show_named(name)

    def _show_named(self, name: str) -> None:
        self.table.want(name)
        row = self.model.find(name)
        if row >= 0:
            self.table.select_row(row)
        self._pinned = name
        self.decision.show_name(name)
        self.table.setFocus()

    # --- decisions ---------------------------------------------------------------------------------------------------

    def _decided(self, payment: Payment, words: str) -> None:
        self.conflict.hide()
        if payment.undo is not None:
            self._undone_words[payment.undo.event_id] = payments.taken_back(payment)
        self.undo_bar.say(f"{payment.payer_name}: {words}", undoable=payment.undo is not None)
        self.table.setFocus()

    def _undo_changed(self) -> None:
        if self.session.undo.top is None:
            self.undo_bar.hide()

    def _taken_back(self, item: Undoable) -> None:
        """One event is undone; say what came back with it."""
        words = self._undone_words.pop(item.event_id, "")
        shown = self.decision.payment
        if not words and shown is not None and shown.id == item.payment_id:
            words = payments.taken_back(shown)
        if words:
            self.undo_bar.say(words, undoable=False)

    def _overtaken(self, error: ApiError, payment: Payment) -> None:
        """A colleague decided first: who, when and what, and the way to it."""

        def show_theirs() -> None:
            self.conflict.hide()
            if self.bar.chosen != self.usual_filter:
                self._filtered(self.usual_filter)  # decided, it is no longer among those that need a person
            self._show_named(payment.id)
            self.decision.show_theirs(error)

        self.conflict.say(
            "warn",
            wording.error_text(error),
            translate("Payments", "Nothing of yours was saved."),
            action=translate("Payments", "Show their decision"),
            slot=show_theirs,
        )

    # --- dialogs -----------------------------------------------------------------------------------------------------

    def open_rules(self) -> None:
        """The list of rules of payers, beside the page and not instead of it."""
        if self.rules is not None or not self.session.online:
            return
        dialog = RulesDialog(self.session, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowModality(Qt.WindowModality.WindowModal)
        self.rules = dialog

        def finished(_result: int) -> None:
            self.rules = None

        dialog.finished.connect(finished)
        dialog.open()

    def open_learning(self, payment: Payment) -> None:
        """A rule of a payment that is allocated already."""
        dialog = RuleDialog(self.session, self, payment)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.learning = dialog

        def finished(result: int) -> None:
            self.learning = None
            if result == QDialog.DialogCode.Accepted:
                words = translate("Payments", "{payer}: the rule is made").format(payer=payment.payer_name)
                self.undo_bar.say(words, undoable=False)

        dialog.finished.connect(finished)
        dialog.open()

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
                self.decision.allocate(dialog.result_parts, dialog.note.text().strip(), payment, dialog.learn.wish())

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
        elif pressed == "m":
            self.decision.toggle_learn()
        elif pressed == "r":
            self.open_rules()
        elif event.text() in ("/", "."):
            self.focus_search()
        else:
            super().keyPressEvent(event)
