"""Settlements: statements of account with the parties, the payouts made of them, and the closing of a period."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QWidget

from gui.api.types import Balance, Me, Statement, StatementRow
from gui.i18n import translate
from gui.i18n.counts import counts
from gui.models import settlement
from gui.models.cursor import CursorModel
from gui.models.table import RowsModel
from gui.settings import Settings
from gui.store.session import Session
from gui.theme import theme
from gui.views.page import ListPage, letter
from gui.views.settlement_panel import StatementPanel
from gui.views.settlement_period import DAY, PeriodDialog, PeriodStrip
from gui.widgets.filterbar import FilterBar
from gui.widgets.parts import button, columns, label, rows
from gui.widgets.tableview import TableView
from gui.widgets.undobar import UndoBar


class BalancesDialog(QDialog):
    """What each party has coming, and its lines that are in no statement yet; Enter shows its statements.

    Attributes:
        chosen: the party asked for; None when it was only looked at.
        waiting: the lines of the party that is looked at.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.chosen: Balance | None = None
        self._looked_at = ("", "")
        self.setWindowTitle(translate("Settlement", "Balances"))
        self.setModal(True)
        self.resize(theme.px(860), theme.px(620))
        box = rows(self, gap=9, margin=14)
        box.addWidget(label(translate("Settlement", "Balances by party"), "heading"))
        self.table = TableView(translate("Settlement", "Balances by party"))
        self.table.empty_text = translate("Settlement", "Nobody has anything coming.")
        self.model: CursorModel = settlement.balances(session.client, self)
        shown: list[Any] = self.model.columns
        self.table.show_model(self.model, shown)
        self.model.watch(self.table.visible_rows)
        self.model.failed.connect(session.refused)
        self.table.opened.connect(self._opened)
        self.table.picked.connect(self._picked)
        box.addWidget(self.table, 1)
        box.addWidget(label(translate("Settlement", "In no statement yet"), "section"))
        self.waiting = TableView(translate("Settlement", "Lines in no statement yet"))
        self.waiting.empty_text = translate("Settlement", "Every line of the party is in a statement.")
        self._show_lines(settlement.no_lines(self))
        box.addWidget(self.waiting, 1)
        foot = columns(gap=8)
        foot.addWidget(label(translate("Settlement", "Enter shows the statements of the party."), "small"), 1)
        foot.addWidget(button(translate("Settlement", "Close"), slot=self.reject))
        box.addLayout(foot)
        self.model.reload()
        self.table.setFocus()

    def _picked(self, balance: Any) -> None:
        if not isinstance(balance, Balance) or self._looked_at == (balance.party_kind, balance.party_id):
            return
        self._looked_at = (balance.party_kind, balance.party_id)
        model = settlement.waiting_lines(self.session.client, balance, self)
        model.watch(self.waiting.visible_rows)
        model.failed.connect(self.session.refused)
        self._show_lines(model)
        model.reload()

    def _show_lines(self, model: CursorModel | RowsModel) -> None:
        before = self.waiting.model()
        shown: list[Any] = model.columns
        self.waiting.show_model(model, shown)
        if before is not None:
            before.deleteLater()

    def _opened(self, balance: Any) -> None:
        if isinstance(balance, Balance):
            self.chosen = balance
            self.accept()


class SettlementPage(ListPage):
    """Attributes: dialog: the one that is open. strip: how far the closing of a period is."""

    key = "settlement"
    topic = "settlement"
    topics = ("settlement",)
    usual_sort = "-until"

    def __init__(self, session: Session, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(session, settings, parent)
        self.dialog: QDialog | None = None
        table = TableView(translate("Settlement", "Statements of account"))
        table.empty_text = translate("Settlement", "No statement here. Close a period to make them.")
        bar = FilterBar(
            settlement.FILTERS,
            settlement.filter_title,
            translate("Settlement", "№, party…"),
            tones={"disputed": "bad", "to_pay": "warn"},
            always=("all", "to_pay"),
            field_width=170,
        )
        self.close_period = button(
            translate("Settlement", "Close a period…"), "primary", icon="check", slot=self.open_period
        )
        self.show_balances = button(
            translate("Settlement", "Balances…"), icon="settlement", slot=self.open_balances, shortcut="B",
            tip=translate("Settlement", "What each party has coming"),
        )  # fmt: skip
        self.panel_of_statement = StatementPanel(session)
        self.panel_of_statement.setMinimumWidth(theme.px(410))
        self.strip = PeriodStrip(session)
        self.news = UndoBar()
        self.party = button("", "chip", icon="cross", slot=self._forget_party)
        self.party.hide()
        self.count = label("", "muted")
        model = settlement.model(session.client, self)
        self.statements: CursorModel = model
        self.build(
            model,
            table,
            bar,
            self.panel_of_statement,
            share=(62, 38),
            above=[self.strip],
            beside=[self.show_balances, self.close_period],
            under=[self._below(), self.news],
        )
        self.panel_of_statement.acted.connect(self._acted)
        self.panel_of_statement.refused.connect(session.refused)
        self.panel_of_statement.go.connect(self.go)
        self.strip.refused.connect(session.refused)
        self.strip.ended.connect(self._ended)
        self.allow()

    def _below(self) -> QWidget:
        """The party that is shown alone, and how many statements there are."""
        made = QWidget()
        line = columns(made, gap=6, margin=5)
        line.addWidget(self.party)
        line.addStretch(1)
        line.addWidget(self.count)
        return made

    @classmethod
    def title(cls, me: Me | None) -> str:
        return translate("Settlement", "Settlements")

    @classmethod
    def opens_to(cls, me: Me) -> bool:
        return me.may("settlement.read")

    # --- the list ----------------------------------------------------------------------------------------------------

    def reload(self) -> None:
        super().reload()
        self.panel_of_statement.reload()
        me = self.session.me
        if self.session.online and me is not None and self.opens_to(me):
            self.strip.look()

    def picked(self, row: Any) -> None:
        if isinstance(row, StatementRow):
            self.panel_of_statement.show_row(row)
        elif not self.model.total:
            self.panel_of_statement.show_row(None)

    def opened(self, row: Any) -> None:
        """Enter does what comes next."""
        self.panel_of_statement.do_first()

    def show_item(self, name: str) -> None:
        super().show_item(name)
        self.panel_of_statement.show_name(name)

    def _changed(self, topic: str, names: frozenset[str]) -> None:
        super()._changed(topic, names)
        if topic in self.topics and (not names or self.panel_of_statement.name in names):
            self.panel_of_statement.reload()

    def _arrived(self, page: int) -> None:
        super()._arrived(page)
        self.count.setText(counts.statements(self.statements.whole))

    def _acted(self, statement: Statement, done: str) -> None:
        self.news.say(f"№ {statement.number}: {done}", undoable=False)
        self.table.setFocus()

    def _ended(self) -> None:
        if self.model.loaded:
            self.model.refresh()

    def allow(self) -> None:
        if not hasattr(self, "panel_of_statement"):
            return
        me = self.session.me
        works = me is not None and me.may("settlement.work")
        why = "" if self.session.online else translate("Settlement", "No link to the Kvit service.")
        if not works:
            why = why or translate("Settlement", "Your role does not settle.")
        self.close_period.setEnabled(not why)
        self.close_period.setToolTip(why or translate("Settlement", "Statements of what is not in one yet (P)"))
        self.close_period.setAccessibleDescription(why)
        self.show_balances.setEnabled(self.session.online)
        self.panel_of_statement.allow()
        self.strip.keep_quiet()

    # --- dialogs and keys --------------------------------------------------------------------------------------------

    def open_period(self) -> None:
        if not self.close_period.isEnabled() or self.strip.period.running:
            return
        dialog = PeriodDialog(self.session.now().astimezone().date(), self)

        def chosen() -> None:
            self.strip.begin(dialog.until.date().toString(DAY), send=dialog.send.isChecked())

        self._open(dialog, chosen)

    def open_balances(self) -> None:
        if not self.session.online:
            return
        dialog = BalancesDialog(self.session, self)

        def chosen() -> None:
            party = dialog.chosen
            if party is not None:
                self.party.setText(f" {party.party or party.party_id}")
                self.party.setAccessibleName(
                    translate("Settlement", "Only {party}: show all").format(party=party.party or party.party_id)
                )
                self.party.show()
                self._asked(party_kind=party.party_kind, party_id=party.party_id)

        self._open(dialog, chosen)

    def _forget_party(self) -> None:
        self.party.hide()
        self._asked(party_kind="", party_id="")
        self.table.setFocus()

    def _open(self, dialog: QDialog, accepted: Any) -> None:
        if self.dialog is not None:
            return
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowModality(Qt.WindowModality.WindowModal)
        self.dialog = dialog

        def finished(result: int) -> None:
            self.dialog = None
            if result == QDialog.DialogCode.Accepted:
                accepted()
            self.table.setFocus()

        dialog.finished.connect(finished)
        dialog.open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        pressed = letter(event)
        if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.panel_of_statement.do_first()
        elif pressed == "b":
            self.open_balances()
        elif pressed == "p":
            self.open_period()
        elif pressed == "d":
            self.panel_of_statement.do("dispute")
        elif event.text() in ("/", "."):
            self.focus_search()
        else:
            super().keyPressEvent(event)
