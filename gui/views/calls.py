"""The manager's page: who has to be rung, the fifteen minutes counted from the money on the service's clock."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from gui.api.types import Me, Needs, Task
from gui.i18n import translate
from gui.models import tasks
from gui.settings import Settings
from gui.store.session import Session
from gui.theme import theme
from gui.views.call_panel import CallPanel
from gui.views.cards import CARD_HEIGHT, TaskCards
from gui.views.page import ListPage, letter
from gui.widgets.filterbar import FilterBar
from gui.widgets.tableview import TableView
from gui.widgets.undobar import UndoBar


class CallsPage(ListPage):
    """Customers to ring on the left, the call on the right."""

    key = "calls"
    topic = "calls"
    topics = ("task",)
    usual_filter = "open"

    def __init__(self, session: Session, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(session, settings, parent)
        table = TableView(
            translate("Calls", "Calls and tasks"), row_height=CARD_HEIGHT, delegate=TaskCards(session.now, self)
        )
        table.empty_text = translate("Calls", "Everybody has been rung.")
        table.empty_icon = "ok"
        bar = FilterBar(
            tasks.FILTERS,
            tasks.filter_title,
            translate("Calls", "Buyer, order…"),
            always=tasks.FILTERS,
            field_width=220,
        )
        self.call = CallPanel(session)
        self.call.setMinimumWidth(theme.px(430))
        self.said_bar = UndoBar()
        self.build(tasks.model(session.client, self), table, bar, self.call, share=(44, 56), under=[self.said_bar])
        for number in range(1, len(self.model.columns)):
            table.setColumnHidden(number, True)
        self.call.go.connect(self.go)
        self.call.refused.connect(session.refused)
        self.call.done.connect(lambda words: self.said_bar.say(words, undoable=False))

    @classmethod
    def title(cls, me: Me | None) -> str:
        if me is not None and not me.sees("calls"):
            return translate("Calls", "Tasks")
        return translate("Calls", "Calls")

    @classmethod
    def opens_to(cls, me: Me) -> bool:
        """The warehouse rings nobody, but has tasks of its own: confirm the stock, stop picking."""
        return me.sees("calls") or me.sees("tasks")

    @classmethod
    def badge(cls, needs: Needs) -> int:
        return needs.calls + needs.tasks

    def picked(self, row: Any) -> None:
        if isinstance(row, Task):
            self.call.show_task(row)
        elif not self.model.total:
            self.call.show_task(None)

    def opened(self, row: Any) -> None:
        self.call.finish_usual()

    def allow(self) -> None:
        if hasattr(self, "call"):
            self.call.allow()

    def tick(self) -> None:
        self.call.tick()
        self.table.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        pressed = letter(event)
        results = {"n": "no_answer", "d": "agreed_delivery", "c": "will_collect"}
        if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.call.finish_usual()
        elif pressed in results:
            self.call.finish(results[pressed])
        elif event.text() in ("/", "."):
            self.focus_search()
        else:
            super().keyPressEvent(event)
