"""Events by channels: whose text tells what, and where nothing is told."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QPushButton, QSizePolicy, QWidget

from gui.api.types import MessageText
from gui.i18n import translate
from gui.models import texts as words
from gui.models.buyer_messages import channel_title
from gui.theme import theme
from gui.widgets.parts import columns, label
from gui.widgets.pill import PillLabel

Place = tuple[str, str]


class TextMatrix(QWidget):
    """Attributes:
    cells: the buttons by event and channel. chosen: the one that is open.

    Signals:
    asked: the person wants this text: event and channel.
    """

    asked = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cells: dict[Place, Cell] = {}
        self.chosen: Place = (words.EVENTS[1], words.CHANNELS[0])
        group = QButtonGroup(self)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.px(6))
        grid.setVerticalSpacing(theme.px(6))
        for column, channel in enumerate(words.CHANNELS, 1):
            grid.addWidget(label(channel_title(channel), "section"), 0, column)
            grid.setColumnStretch(column, 1)
        for row, event in enumerate(words.EVENTS, 1):
            title = label(words.title_of(event), wrap=True)
            title.setToolTip(words.when_sent(event))
            grid.addWidget(title, row, 0)
            for column, channel in enumerate(words.CHANNELS, 1):
                cell = self.cells[event, channel] = Cell(event, channel)
                cell.clicked.connect(partial(self.asked.emit, event, channel))
                group.addButton(cell)
                grid.addWidget(cell, row, column)
        self.choose(*self.chosen)

    def choose(self, event: str, channel: str) -> None:
        self.chosen = (event, channel)
        self.cells[self.chosen].setChecked(True)

    def show_texts(self, texts: Iterable[MessageText], shop: str) -> None:
        for text in texts:
            if (text.event, text.channel) in self.cells:
                self.cells[text.event, text.channel].say(text, shop)

    def mark(self, drafts: Iterable[Place]) -> None:
        """Which of them have words that are not saved."""
        unsaved = set(drafts)
        for place, cell in self.cells.items():
            cell.mark(place in unsaved)

    def step(self, down: int, across: int) -> Place:
        """The place so many rows and columns from the chosen one; the edge stops."""
        row = min(max(words.EVENTS.index(self.chosen[0]) + down, 0), len(words.EVENTS) - 1)
        column = min(max(words.CHANNELS.index(self.chosen[1]) + across, 0), len(words.CHANNELS) - 1)
        return words.EVENTS[row], words.CHANNELS[column]


class Cell(QPushButton):
    """One text of the matrix: a pill that says whose it is, and a star while it is not saved."""

    def __init__(self, event: str, channel: str) -> None:
        super().__init__()
        self._title = words.text_title(event, channel)
        self.setProperty("role", "tile")
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(theme.px(38))
        line = columns(self, gap=4, margin=6)
        self.pill = PillLabel()
        self.pill.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.star = label("●", tone="warn")
        self.star.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.star.setToolTip(translate("Texts", "Not saved"))
        self.star.hide()
        line.addWidget(self.pill)
        line.addStretch(1)
        line.addWidget(self.star)
        self.setAccessibleName(self._title)

    def say(self, text: MessageText, shop: str) -> None:
        self.pill.say(words.text_pill(text, shop, short=True))
        self.setAccessibleName(f"{self._title}: {words.text_pill(text, shop).text}")

    def mark(self, unsaved: bool) -> None:
        self.star.setVisible(unsaved)
        self.setAccessibleDescription(translate("Texts", "Not saved") if unsaved else "")
