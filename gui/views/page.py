"""What all pages have in common: a list on the left that the service sorts and filters, a panel on the right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSplitter, QWidget

from gui.api.types import Me, Needs
from gui.models.paged import PagedModel
from gui.settings import Settings
from gui.store.session import Session
from gui.widgets.filterbar import FilterBar
from gui.widgets.parts import columns, frame, rows
from gui.widgets.scan import repair_layout
from gui.widgets.tableview import TableView


def letter(event: QKeyEvent) -> str:
    """The Latin letter of the pressed key, also on a Russian layout: "ы" is the S key."""
    return repair_layout(event.text()).lower()


class Page(QWidget):
    """One page of the window.

    Attributes:
        key: its name in settings and on the command line.
        topic: the first word of the rights that open it.

    Signals:
        first_loaded: the page's main list or content is on the screen for the first time.
        go: to another page; carries its key and the thing's id.
    """

    key = ""
    topic = ""
    first_loaded = Signal()
    go = Signal(str, str)

    def __init__(self, session: Session, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.settings = settings
        self._told_loaded = False
        session.link_changed.connect(self.allow)
        session.me_changed.connect(self.allow)

    # What the window asks before there is a page: pages are made when they are first opened.

    @classmethod
    def title(cls, me: Me | None) -> str:
        """Its name, for somebody with these rights."""
        raise NotImplementedError

    @classmethod
    def opens_to(cls, me: Me) -> bool:
        """Whether somebody with these rights sees the page."""
        return me.sees(cls.topic)

    @classmethod
    def badge(cls, needs: Needs) -> int:
        """How many things here wait for a person."""
        return 0

    def activate(self) -> None:
        """The page comes to the front."""

    def reload(self) -> None:
        """Load everything on it anew."""

    def allow(self) -> None:
        """Enable what may be done now; disabled, never hidden, while there is no link."""

    def tick(self) -> None:
        """Once a second while the window is open: clocks."""

    def focus_search(self) -> None:
        """Ctrl+F."""

    def escape(self) -> bool:
        """Esc; True when it did something."""
        return False

    def show_item(self, name: str) -> None:
        """Go to one thing, from the tray or from another page."""

    def loaded(self) -> None:
        if not self._told_loaded:
            self._told_loaded = True
            self.first_loaded.emit()


class ListPage(Page):
    """A page with one paged list and a side panel.

    Subclasses make the parts and call `build`; then they follow `picked` rows.
    """

    topics: tuple[str, ...] = ()
    usual_filter = "all"
    usual_sort = ""

    def build(
        self,
        model: PagedModel,
        table: TableView,
        bar: FilterBar,
        panel: QWidget,
        *,
        share: tuple[int, int] = (62, 38),
        under: Sequence[QWidget] = (),
        above: Sequence[QWidget] = (),
        beside: Sequence[QWidget] = (),
    ) -> None:
        """Put list and panel beside each other.

        `under` stands below the list, `above` over the whole width, `beside` at the right of the filters.
        """
        self.model, self.table, self.bar, self.panel = model, table, bar, panel
        # What was asked for by name stays in the panel until the person chooses another row, though the list as it
        # is filtered may not have it.
        self._pinned = ""
        self._arriving = False
        remembered = self.settings.page(self.key)

        self.listing = left = QWidget()
        stack = rows(left, gap=0)
        head = frame("bar")
        line = columns(head, margin=8)
        line.addWidget(bar, 1)
        for widget in beside:
            line.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)
        stack.addWidget(head)
        stack.addWidget(table, 1)
        for widget in under:
            stack.addWidget(widget)

        self.splitter = QSplitter()
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(1)
        self.splitter.addWidget(left)
        self.splitter.addWidget(panel)
        self.splitter.setStretchFactor(0, share[0])
        self.splitter.setStretchFactor(1, share[1])
        sizes = remembered.get("splitter")
        if not (isinstance(sizes, list) and len(sizes) == 2 and all(isinstance(s, int) and s > 0 for s in sizes)):
            sizes = [share[0] * 12, share[1] * 12]
        self.splitter.setSizes(sizes)
        self.splitter.splitterMoved.connect(
            lambda *_: self.settings.remember_page(self.key, {"splitter": self.splitter.sizes()})
        )
        self.whole = rows(self, gap=0)
        for widget in above:
            self.whole.addWidget(widget)
        self.whole.addWidget(self.splitter, 1)

        columns_of_model: list[Any] = model.columns
        table.show_model(model, columns_of_model, sort=self.usual_sort)
        if isinstance(remembered.get("columns"), dict):
            table.restore_columns(remembered["columns"])
        table.columns_changed.connect(lambda: self.settings.remember_page(self.key, {"columns": table.column_state()}))
        model.watch(table.visible_rows)
        model.arrived.connect(self._arrived)
        model.failed.connect(self.session.refused)
        table.picked.connect(self._row_picked)
        table.opened.connect(self.opened)

        chosen = remembered.get("filter")
        start = chosen if isinstance(chosen, str) and chosen in bar.chips else self.usual_filter
        bar.choose(start)
        bar.filtered.connect(self._filtered)
        bar.searched.connect(lambda words: self._asked(q=words))
        bar.left.connect(table.setFocus)
        self._start_query = {"state": start, "sort": self.usual_sort}

        self.session.reset.connect(self.reload)
        self.session.changed.connect(self._changed)

    # --- list --------------------------------------------------------------------------------------------------------

    def picked(self, row: Any) -> None:
        """Another row is current."""

    def _row_picked(self, row: Any) -> None:
        """A person chooses; rows that arrive only make the list choose, and that takes nobody's panel away."""
        if not self._arriving:
            self._pinned = ""
        if getattr(row, "id", "") == self._pinned or not self._pinned:
            self.picked(row)

    def opened(self, row: Any) -> None:
        """Enter or double click."""

    def reload(self) -> None:
        if not self.session.online or self.session.me is None or not self.opens_to(self.session.me):
            return
        if not self.model.loaded:
            self.model.set_query(**self._start_query)
        else:
            self.model.reload()

    def _arrived(self, _page: int) -> None:
        self.bar.count(self.model.counts)
        self._arriving = True
        try:
            self.table.keep_selection(self.model.find)
            if not self.table.currentIndex().isValid() and self.model.total:
                self.table.select_row(0)
        finally:
            self._arriving = False
        if not self.model.total and not self._pinned:
            self.picked(None)
        self.loaded()

    def _filtered(self, key: str) -> None:
        self.bar.choose(key)
        self.settings.remember_page(self.key, {"filter": key})
        self._asked(state=key)

    def _asked(self, **query: str) -> None:
        self._pinned = ""
        self.table.forget_selection()
        self._start_query.update(query)
        if self.session.online:
            self.model.set_query(**query)

    def _changed(self, topic: str, _names: frozenset[str]) -> None:
        if topic in self.topics and self.model.loaded and self.session.online:
            # A flood of changes is already gathered by the session; the list asks once per gathering.
            QTimer.singleShot(0, self.model, self.model.refresh)

    def activate(self) -> None:
        self.table.setFocus()

    def focus_search(self) -> None:
        self.bar.focus_search()

    def escape(self) -> bool:
        had = self.bar.clear_search()
        self.table.setFocus()
        return had

    def show_item(self, name: str) -> None:
        """Find it in the unfiltered list's first page, or by asking the service for it."""
        row = self.model.find(name)
        self.table.want(name)
        if row >= 0:
            self.table.select_row(row)
            self.table.scrollTo(self.model.index(row, 0))
        elif self.bar.chosen != self.usual_filter:
            self._filtered(self.usual_filter)
            self.table.want(name)
        self._pinned = name
        self.table.setFocus()
