"""The terms everybody works by: what lenders lend for, what signing costs, and the general tariff; day by day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QStackedWidget, QWidget

from gui import wording
from gui.api.errors import ApiError
from gui.api.types import LenderState, LenderStates, LenderTerms, LoanTerms, ShopTariff, SigningTerms
from gui.i18n import translate
from gui.models import shop_terms as words
from gui.models.table import RowsModel
from gui.store.session import Session
from gui.theme import theme
from gui.views.page import letter
from gui.views.shops_dialog import AskingDialog, opened
from gui.views.shops_terms_forms import LenderTermsDialog, SigningDialog, TariffDialog
from gui.widgets.banner import Banner
from gui.widgets.parts import button, columns, label, rows
from gui.widgets.segments import Segments
from gui.widgets.tableview import TableView
from gui.widgets.toast import desk

SIDES = ("lenders", "signing", "tariffs")


class TermsDialog(QDialog):
    """Three tables; a new row follows the former ones from its day on.

    Attributes:
        terms: the rows on the screen. tables: by side. dialog: the form that is open.
    """

    def __init__(self, session: Session, side: str = "lenders", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.terms = LoanTerms()
        self.dialog: QDialog | None = None
        self._lenders: tuple[LenderState, ...] = ()
        self._side = side
        self.setWindowTitle(translate("ShopTerms", "Terms of lenders and of signing"))
        area = desk()
        self.resize(min(theme.px(1120), area.width() - 40), min(theme.px(560), area.height() - 70))
        whole = rows(self, gap=9, margin=14)
        whole.addWidget(label(translate("ShopTerms", "Terms of lenders and of signing"), "heading"))
        self.sides = Segments(
            [
                ("lenders", translate("ShopTerms", "Lenders")),
                ("signing", translate("ShopTerms", "Ways of signing")),
                ("tariffs", translate("ShopTerms", "General tariff")),
            ]
        )
        line = columns(gap=0)
        line.addWidget(self.sides)
        line.addStretch(1)
        whole.addLayout(line)
        self.news = Banner()
        whole.addWidget(self.news)
        self.stack = QStackedWidget()
        today = session.now().astimezone().date()
        self._models = {
            "lenders": words.lender_model(today, self),
            "signing": words.signing_model(today, self),
            "tariffs": words.tariff_model(today, self, of_a_shop=False),
        }
        self.tables = {
            "lenders": self._table("lenders", translate("ShopTerms", "Lenders' terms")),
            "signing": self._table("signing", translate("ShopTerms", "Ways of signing")),
            "tariffs": self._table("tariffs", translate("ShopTerms", "General tariff")),
        }
        self.tables["lenders"].empty_text = translate(
            "ShopTerms", "No lender has terms yet. Without them no shop can work."
        )
        self.tables["signing"].empty_text = translate("ShopTerms", "Nothing is known of ways of signing yet.")
        self.tables["tariffs"].empty_text = translate(
            "ShopTerms", "No general tariff: a shop without its own cannot work."
        )
        whole.addWidget(self.stack, 1)
        self._words = label("", "muted", wrap=True, select=True)
        whole.addWidget(self._words)
        whole.addLayout(self._foot())
        self.sides.asked.connect(self.show_side)
        session.changed.connect(self._changed)
        session.link_changed.connect(self.allow)
        self.show_side(side)
        self.load()

    def _table(self, side: str, name: str) -> TableView:
        table = TableView(name)
        model: RowsModel = self._models[side]
        shown: list[Any] = model.columns
        table.show_model(model, shown)
        table.opened.connect(lambda _: self.make())
        table.picked.connect(lambda _: self._tell())
        self.stack.addWidget(table)
        return table

    def _foot(self) -> Any:
        line = columns(gap=8)
        self.new = button(
            translate("ShopTerms", "New terms from a day on…"), "primary", icon="plus", slot=self.make, shortcut="N"
        )
        line.addWidget(label(translate("ShopTerms", "A new row begins with the chosen one."), "muted", wrap=True), 1)
        line.addWidget(button(translate("ShopTerms", "Close"), slot=self.reject, shortcut="Esc"))
        line.addWidget(self.new)
        return line

    @property
    def side(self) -> str:
        return self._side

    def show_side(self, side: str) -> None:
        self._side = side
        self.sides.choose(side)
        self.stack.setCurrentIndex(SIDES.index(side))
        self.tables[side].setFocus()
        self._tell()

    def _tell(self) -> None:
        """The chosen row in words."""
        row: Any = self.tables[self._side].current_row()
        told = isinstance(row, (ShopTariff, SigningTerms, LenderTerms))
        self._words.setText(words.row_words(row) if told else "")

    # --- loading -----------------------------------------------------------------------------------------------------

    def load(self) -> None:
        if not self.session.online:
            return
        client = self.session.client
        client.get("/v1/loan-terms", LoanTerms, self._got, self._refused, owner=self, query={"general": "true"})
        client.get("/v1/lenders", LenderStates, self._got_lenders, self._refused, owner=self)

    def _got(self, terms: LoanTerms) -> None:
        self.terms = terms
        general = tuple([tariff for tariff in terms.tariffs if not tariff.shop_id])
        for side, found in (("lenders", terms.lenders), ("signing", terms.signing), ("tariffs", general)):
            self._models[side].show(found)
            if found and not self.tables[side].currentIndex().isValid():
                self.tables[side].select_row(0)
        self._tell()
        self.allow()

    def _got_lenders(self, found: LenderStates) -> None:
        self._lenders = found.items
        self.allow()

    def _changed(self, topic: str, _names: frozenset[str]) -> None:
        if topic == "shops":
            self.load()

    def _refused(self, error: ApiError) -> None:
        self.news.say("bad", wording.error_text(error), wording.error_hint(error))

    def allow(self) -> None:
        self.new.setEnabled(self.session.may("shops.manage") and bool(self._lenders))

    # --- making ------------------------------------------------------------------------------------------------------

    def make(self) -> None:
        """A new row, beginning with the chosen one."""
        if self.dialog is not None or not self.new.isEnabled():
            return
        like = self.tables[self._side].current_row()
        makers: dict[str, Callable[[], AskingDialog]] = {
            "lenders": lambda: LenderTermsDialog(
                self.session, self._lenders, like if isinstance(like, LenderTerms) else None, self
            ),
            "signing": lambda: SigningDialog(
                self.session, self._lenders, like if isinstance(like, SigningTerms) else None, self
            ),
            "tariffs": lambda: TariffDialog(
                self.session, self._lenders, None, like if isinstance(like, ShopTariff) else None, self
            ),
        }
        dialog = makers[self._side]()

        def set_() -> None:
            if isinstance(dialog.answer, LoanTerms):
                self._got(dialog.answer)
            self.news.say("ok", translate("ShopTerms", "Set. Former rows stay as they were."), seconds=8)

        self.dialog = opened(dialog, set_, self._closed)

    def _closed(self) -> None:
        self.dialog = None
        self.tables[self._side].setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if letter(event) == "n" and not event.modifiers():
            self.make()
        elif event.text() in ("1", "2", "3"):
            self.show_side(SIDES[int(event.text()) - 1])
        else:
            super().keyPressEvent(event)
