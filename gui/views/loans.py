"""Loans: the board of stages above, the applications of one stage below, and the chosen one beside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QDialog, QWidget

from gui.api.types import LenderStates, Loan, LoanRow, Me, Needs, Page, Problems, ShopRow
from gui.i18n import translate
from gui.i18n.counts import counts
from gui.models import loans
from gui.models.cursor import CursorModel
from gui.settings import Settings
from gui.store.session import Session
from gui.theme import theme
from gui.views.calculator import CalculatorDialog
from gui.views.loan_board import LoanBoard
from gui.views.loan_card import LoanPanel
from gui.views.loan_lists import LoanLists
from gui.views.loan_new import NewLoanDialog
from gui.views.page import ListPage, letter
from gui.widgets.filterbar import FilterBar
from gui.widgets.parts import button, columns, label
from gui.widgets.tableview import TableView
from gui.widgets.undobar import UndoBar

SHOPS_SHOWN = 500
PROBLEMS_MS = 3_000


class LoansPage(ListPage):
    """Attributes:
    board: the stages. card: the chosen application. calculator, newcomer: the dialog that is open.
    """

    key = "loans"
    topic = "loans"
    topics = ("loans",)
    usual_filter = ""
    usual_sort = "-stage_since"

    def __init__(self, session: Session, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(session, settings, parent)
        self.calculator: CalculatorDialog | None = None
        self.newcomer: NewLoanDialog | None = None
        self._filters_known = False
        self._problem_counts: dict[str, int] = {}
        table = TableView(translate("Loans", "Applications"))
        table.empty_text = translate("Loans", "No application here.")
        bar = FilterBar(
            loans.PROBLEMS,
            loans.problem_title,
            translate("Loans", "№, phone, surname, order, agreement…"),
            tones=dict.fromkeys(loans.PROBLEMS[1:], "bad"),
            field_width=240,
        )
        self.board = LoanBoard(session)
        self.card = LoanPanel(session)
        self.card.setMinimumWidth(theme.px(400))
        self.news = UndoBar()
        self.calculate = button(
            translate("Loans", "Calculator…"), icon="calculator", slot=self.open_calculator, shortcut="K",
            tip=translate("Loans", "What a loan would cost"),
        )  # fmt: skip
        self.new = button(
            translate("Loans", "New…"), icon="plus", slot=self.open_new, shortcut="N",
            tip=translate("Loans", "Take an application in"), name=translate("Loans", "New application"),
        )  # fmt: skip
        model = loans.model(session.client, self)
        self.loans_model: CursorModel = model
        self.build(
            model,
            table,
            bar,
            self.card,
            share=(63, 37),
            above=[self.board],
            beside=[self.calculate, self.new],
            under=[self._narrowing(), self.news],
        )
        sizes = self.splitter.sizes()
        self.lists = LoanLists(session, self.listing)
        self.splitter.insertWidget(0, self.lists)
        self.splitter.setStretchFactor(0, 63)
        self.splitter.setSizes(sizes)
        self.lists.chosen.connect(self.card.show_name)
        self.lists.turned.connect(self._turned)
        self.lists.ageing.table.opened.connect(self.opened)
        self._start_query = {"sort": self.usual_sort}
        self._problems_soon = QTimer(self, singleShot=True, interval=PROBLEMS_MS)
        self._problems_soon.timeout.connect(self._ask_problems)
        self.board.chosen.connect(self._stage_chosen)
        self.card.acted.connect(self._acted)
        self.card.refused.connect(session.refused)
        self.card.go.connect(self.go)
        self.card.call_asked.connect(lambda loan: self.go.emit("call_centre", loan.id))
        self.allow()

    def _narrowing(self) -> QWidget:
        """Shop, lender and way, and how many there are."""
        self.shop = _choice(translate("Loans", "Shop"), translate("Loans", "all shops"))
        self.lender = _choice(translate("Loans", "Lender"), translate("Loans", "all lenders"))
        self.way = _choice(translate("Loans", "Way of signing"), translate("Loans", "any signing"))
        for way in loans.WAYS:
            self.way.addItem(loans.way_title(way), way)
        for name, box in (("shop", self.shop), ("lender", self.lender), ("way", self.way)):
            box.activated.connect(lambda _index, name=name, box=box: self._asked(**{name: box.currentData()}))
        self.count = label("", "muted")
        made = QWidget()
        line = columns(made, gap=6, margin=5)
        for widget in (self.shop, self.lender, self.way):
            line.addWidget(widget)
        line.addStretch(1)
        line.addWidget(self.count)
        return made

    @classmethod
    def title(cls, me: Me | None) -> str:
        return translate("Loans", "Loans")

    @classmethod
    def opens_to(cls, me: Me) -> bool:
        return me.may("loans.read")

    @classmethod
    def badge(cls, needs: Needs) -> int:
        return needs.loans_late

    # --- the list ----------------------------------------------------------------------------------------------------

    def reload(self) -> None:
        super().reload()
        self.card.reload()
        me = self.session.me
        if self.session.online and me is not None and self.opens_to(me):
            self.session.loans.ask_soon()
            self._ask_problems()
            self.lists.reload()
            if not self._filters_known:
                self._ask_filters()

    def picked(self, row: Any) -> None:
        if self.lists.shown != "applications":
            return
        if isinstance(row, LoanRow):
            self.card.show_row(row)
        elif not self.model.total:
            self.card.show_row(None)

    def opened(self, row: Any) -> None:
        """Enter does what comes next."""
        self.card.actions_bar.do_first()

    def show_item(self, name: str) -> None:
        self.lists.turn("applications")
        super().show_item(name)
        self.card.show_name(name)

    def _changed(self, topic: str, names: frozenset[str]) -> None:
        super()._changed(topic, names)
        if topic in self.topics:
            if not names or self.card.name in names:
                self.card.reload()
            if not self._problems_soon.isActive():
                self._problems_soon.start()

    def _arrived(self, page: int) -> None:
        super()._arrived(page)
        self.bar.count(self._problem_counts)
        self.count.setText(counts.applications(self.loans_model.whole))

    def _ask_problems(self) -> None:
        def got(found: Problems) -> None:
            self._problem_counts = {one.problem: one.count for one in found.items}
            self.bar.count(self._problem_counts)
            for one in found.items:
                if one.problem in self.bar.chips:
                    self.bar.chips[one.problem].setToolTip(loans.problem_tip(one))

        self.session.client.get("/v1/loans/problems", Problems, got, owner=self)

    def _ask_filters(self) -> None:
        """Shops and lenders to choose from, once."""
        self._filters_known = True

        def lenders(found: LenderStates) -> None:
            for one in found.items:
                self.lender.addItem(one.title or one.lender, one.lender)

        def shops(found: Page[ShopRow]) -> None:
            for one in found.items:
                self.shop.addItem(one.name, one.id)

        client = self.session.client
        client.get("/v1/lenders", LenderStates, lenders, owner=self)
        client.page("/v1/shops", ShopRow, shops, owner=self, query={"limit": SHOPS_SHOWN, "sort": "name"})

    def _filtered(self, key: str) -> None:
        self.bar.choose(key)
        self._asked(problem=key)

    def _stage_chosen(self, stage: str) -> None:
        self._asked(stage=stage)
        self.table.setFocus()

    def _turned(self, key: str) -> None:
        """The board is of the applications; what is chosen there is shown again once one comes back to them."""
        self.board.setVisible(key == "applications")
        if key == "applications":
            self.picked(self.table.current_row())
            self.table.setFocus()

    def _acted(self, loan: Loan, done: str) -> None:
        self.news.say(f"№ {loan.number}: {done}", undoable=False)
        self.table.setFocus()

    def escape(self) -> bool:
        if self.lists.shown != "applications":
            self.lists.turn("applications")
            return True
        had = super().escape()
        if not had and any(tile.isChecked() for tile in self.board.tiles.values()):
            self.board.choose("")
            self._stage_chosen("")
            return True
        return had

    def allow(self) -> None:
        if hasattr(self, "card"):
            self.card.allow()
            self.lists.allow()
            self.calculate.setEnabled(self.session.online)
            me = self.session.me
            self.new.setVisible(me is not None and me.may("loans.apply"))
            self.new.setEnabled(self.session.online)

    def tick(self) -> None:
        if self.session.now().second == 0:
            self.board.refresh()

    # --- keys and dialogs --------------------------------------------------------------------------------------------

    def open_calculator(self) -> None:
        if self.calculator is not None or not self.session.online:
            return
        loan = self.card.loan
        dialog = CalculatorDialog(self.session, self, loan)
        self.calculator = dialog
        self._open(dialog, lambda: None)

    def open_new(self) -> None:
        """An application typed here."""
        if self.newcomer is not None or self.new.isHidden() or not self.new.isEnabled():
            return
        shops = [(self.shop.itemText(n), str(self.shop.itemData(n))) for n in range(1, self.shop.count())]
        dialog = NewLoanDialog(self.session, shops, self)
        self.newcomer = dialog

        def taken() -> None:
            made = dialog.made
            if made is None:
                return
            told = (
                translate("Loans", "№ {number}: was here before")
                if made.known
                else translate("Loans", "№ {number}: taken in")
            )
            twins = ", ".join(f"№ {number}" for number in made.duplicates)
            more = translate("Loans", " · open ones of this phone: {numbers}").format(numbers=twins) if twins else ""
            self.news.say(told.format(number=made.number) + more, undoable=False)
            self.show_item(made.id)

        self._open(dialog, taken)

    def _open(self, dialog: QDialog, accepted: Callable[[], object]) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowModality(Qt.WindowModality.WindowModal)

        def finished(result: int) -> None:
            self.calculator = self.newcomer = None
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
                self.card.actions_bar.do_first()
        elif pressed == "k":
            self.open_calculator()
        elif pressed == "n":
            self.open_new()
        elif pressed == "b":
            self.card.reveal()
        elif pressed == "m":
            self.card.actions_bar.open_menu()
        elif event.text() and event.text() in "123":
            self.card.show_side(("way", "papers", "history")[int(event.text()) - 1])
        elif event.text() in ("/", "."):
            self.focus_search()
        else:
            super().keyPressEvent(event)


def _choice(name: str, everything: str) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    made.addItem(everything, "")
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    made.setMaximumWidth(theme.px(220))
    return made
