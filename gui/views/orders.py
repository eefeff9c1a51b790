"""Orders, and the whole chain of the chosen one beside them."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from gui.api.types import Me, OrderRow
from gui.i18n import translate
from gui.models import orders
from gui.settings import Settings
from gui.store.session import Session
from gui.theme import theme
from gui.views.order_chain import OrderChain
from gui.views.page import ListPage
from gui.widgets.filterbar import FilterBar
from gui.widgets.tableview import TableView
from gui.widgets.undobar import UndoBar


class OrdersPage(ListPage):
    """Orders on the left, the chain of the chosen one on the right."""

    key = "orders"
    topic = "orders"
    topics = ("order", "payment", "pick", "task")
    usual_sort = "-bank_time"

    def __init__(self, session: Session, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(session, settings, parent)
        table = TableView(translate("Orders", "Orders"))
        table.empty_text = translate("Orders", "No such order.")
        bar = FilterBar(
            orders.FILTERS,
            orders.filter_title,
            translate("Orders", "Order, buyer, ИНН, phone…"),
            tones={"on_hold": "bad", "part_paid": "warn"},
        )
        self.chain = OrderChain(session)
        self.chain.setMinimumWidth(theme.px(430))
        self.news = UndoBar()
        self.build(orders.model(session.client, self), table, bar, self.chain, share=(64, 36), under=[self.news])
        self.chain.go.connect(self.go)
        self.chain.refused.connect(session.refused)
        self.chain.told.connect(lambda words: self.news.say(words, undoable=False))

    @classmethod
    def title(cls, me: Me | None) -> str:
        return translate("Orders", "Orders")

    def picked(self, row: Any) -> None:
        if isinstance(row, OrderRow):
            self.chain.show_row(row)
        elif not self.model.total:
            self.chain.show_row(None)

    def reload(self) -> None:
        super().reload()
        self.chain.reload()

    def _changed(self, topic: str, names: frozenset[str]) -> None:
        super()._changed(topic, names)
        if topic in (*self.topics, "parcels") and self.isVisible():
            self.chain.reload()

    def allow(self) -> None:
        if hasattr(self, "chain"):
            self.chain.allow()

    def show_item(self, name: str) -> None:
        super().show_item(name)
        self.chain.show_name(name)
