"""The warehouse's page: the queue by deadline, the open list beside it, the scanner heard everywhere."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QWidget

from gui.api.types import Me, Needs, Pick, PickRow
from gui.i18n import translate
from gui.models import picks
from gui.settings import Settings
from gui.store.progress import Progress
from gui.store.session import Session
from gui.theme import theme
from gui.views.cards import CARD_HEIGHT, PickCards
from gui.views.page import ListPage
from gui.views.pick_work import PickWork
from gui.widgets.filterbar import FilterBar
from gui.widgets.scan import ScanListener
from gui.widgets.tableview import TableView


class PicksPage(ListPage):
    """Touch-sized; every step has a function key."""

    key = "picks"
    topic = "picks"
    topics = ("pick",)
    usual_filter = "open"

    def __init__(self, session: Session, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(session, settings, parent)
        table = TableView(
            translate("Picks", "Pick lists"), row_height=CARD_HEIGHT, delegate=PickCards(session.now, self)
        )
        table.empty_text = translate("Picks", "Nothing to pick. New lists appear by themselves.")
        bar = FilterBar(
            picks.FILTERS,
            picks.filter_title,
            translate("Picks", "Number…"),
            tones={"to_confirm": "warn", "short": "bad"},
            field_width=130,
        )
        self.work = PickWork(session, Progress(settings.path.with_name("picks.json")))
        self.work.setMinimumWidth(theme.px(520))
        self.build(picks.model(session.client, self), table, bar, self.work, share=(36, 64))
        for number in range(1, len(self.model.columns)):
            table.setColumnHidden(number, True)
        self.work.refused.connect(session.refused)
        self.work.print_asked.connect(self.print_list)
        self.scanner = ScanListener(self, active=lambda: self.isVisible() and self.window().isActiveWindow())
        self.scanner.scanned.connect(self.scanned)
        self._flash = QTimer(self, singleShot=True, interval=700)
        self._flash.timeout.connect(self._flash_over)

    @classmethod
    def title(cls, me: Me | None) -> str:
        return translate("Picks", "Picking")

    @classmethod
    def badge(cls, needs: Needs) -> int:
        return needs.picks

    def picked(self, row: Any) -> None:
        if isinstance(row, PickRow):
            self.work.show_row(row)
        elif not self.model.total:
            self.work.show_row(None)

    def opened(self, row: Any) -> None:
        self.work.next_step()

    def reload(self) -> None:
        super().reload()
        self.work.reload()

    def _changed(self, topic: str, names: frozenset[str]) -> None:
        super()._changed(topic, names)
        if topic == "pick":
            self.work.reload()

    def allow(self) -> None:
        if hasattr(self, "work"):
            self.work.allow()

    def tick(self) -> None:
        self.table.viewport().update()

    def show_item(self, name: str) -> None:
        super().show_item(name)
        self.work.show_name(name)

    # --- scanner and paper -------------------------------------------------------------------------------------------

    def scanned(self, code: str) -> None:
        """A list's own code opens it; an article's or place's code counts a piece; anything else flashes red."""
        for page in self.model.loaded_pages():
            for row in range(page * 200, min(self.model.total, page * 200 + 200)):
                item = self.model.row(row)
                if item is not None and code.casefold() in (item.number.casefold(), item.id.casefold()):
                    self.show_item(item.id)
                    self._mark("ok")
                    return
        self._mark("ok" if self.work.scanned(code) else "bad")

    def _mark(self, tone: str) -> None:
        QApplication.beep()
        ground = theme.tokens.tone(tone)[1]
        self.work.setStyleSheet(f'QFrame[role="panel"] {{ background: {ground}; }}')
        self._flash.start()

    def _flash_over(self) -> None:
        self.work.setStyleSheet("")

    def print_list(self, pick: Pick) -> None:
        # Printing and its codes cost a tenth of a second to load, and most starts of the tray print nothing.
        from gui.print.dialog import print_pick

        if print_pick(pick, self):
            self.work.printed()

    def showEvent(self, event: QShowEvent) -> None:
        # Only while the page is on the screen: a filter in Python hears every event of the program.
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self.scanner)
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self.scanner)
        super().hideEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = {
            Qt.Key.Key_F2: self.work.short_current,
            Qt.Key.Key_F4: self.work.print_button.click,
            Qt.Key.Key_F6: self.work.next_step,
            Qt.Key.Key_F12: self.work.close_list,
        }
        act = keys.get(Qt.Key(event.key()))
        if act is not None and not event.isAutoRepeat():
            act()
        else:
            super().keyPressEvent(event)
