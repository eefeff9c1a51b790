""" "Remember: this payer pays for …": the tick, the day, and what will follow from it."""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QCheckBox, QDateEdit, QFrame, QLabel, QLineEdit, QWidget

from gui.api.types import CanLearn
from gui.i18n import translate
from gui.models.payer_rules import consequence
from gui.theme import theme
from gui.widgets.parts import columns, label, rows


class _Words(QLabel):
    """The words of a tick that may wrap: a check box itself cannot."""

    def __init__(self, tick: QCheckBox) -> None:
        super().__init__()
        self._tick = tick
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._tick.isEnabled():
            self._tick.toggle()


class LearnBox(QFrame):
    """Offers a rule of payers beside an allocation; hidden where there can be none, never ticked by itself.

    Attributes:
        tick: whether the rule is wanted.

    Signals:
        changed: the wish is another one.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._can: CanLearn | None = None
        self._buyer = ""
        box = rows(self, gap=6, margin=9)
        self.tick = QCheckBox()
        self.tick.setToolTip(translate("Learn", "Key M"))
        self.tick.toggled.connect(self._toggled)
        self.about = _Words(self.tick)
        line = columns(gap=6)
        line.addWidget(self.tick, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.about, 1)
        box.addLayout(line)
        self._more = QWidget()
        stack = rows(self._more, gap=6)
        line = columns(gap=8)
        line.addWidget(label(translate("Learn", "from"), "muted"))
        self.since = QDateEdit()
        self.since.setCalendarPopup(True)
        self.since.setDisplayFormat("dd.MM.yyyy")
        self.since.setAccessibleName(translate("Learn", "The rule is in force from"))
        self.since.setFixedWidth(theme.px(128))
        self.since.dateChanged.connect(self._say)
        line.addWidget(self.since)
        self.note = QLineEdit()
        self.note.setMaxLength(1000)
        self.note.setPlaceholderText(translate("Learn", "Why: letter, contract… (optional)"))
        self.note.setAccessibleName(translate("Learn", "Why this rule"))
        line.addWidget(self.note, 1)
        stack.addLayout(line)
        self.words = label("", "muted", wrap=True)
        stack.addWidget(self.words)
        box.addWidget(self._more)
        self.offer(None, "")

    def offer(self, can: CanLearn | None, buyer: str) -> None:
        """Offer the rule "this payer pays for `buyer`"; `can` None or no buyer = there can be none.

        Another offer takes the tick away: a rule is wanted for the buyer whose name was read.
        """
        if can is not None and not buyer:
            can = None
        if (can, buyer) == (self._can, self._buyer) and can is not None:
            return
        self._can, self._buyer = can, buyer
        self.tick.setChecked(False)
        self.note.clear()
        self.setVisible(can is not None)
        self._more.setVisible(False)
        if can is None:
            return
        words = translate("Learn", "Remember: this payer pays for {buyer}").format(buyer=buyer)
        self.about.setText(words)
        self.tick.setAccessibleName(words)
        self.since.setDate(QDate(can.since.year, can.since.month, can.since.day) if can.since else QDate.currentDate())
        self._say()

    def insist(self) -> None:
        """The rule is what this is about: nothing to tick."""
        self.tick.setChecked(True)
        self.tick.hide()

    def wish(self) -> dict[str, Any] | None:
        """The body of `learn`; None when no rule is wanted."""
        if self._can is None or not self.tick.isChecked():
            return None
        return {"since": self.since.date().toString(Qt.DateFormat.ISODate), "note": self.note.text().strip()}

    def _toggled(self, on: bool) -> None:
        self._more.setVisible(on)
        self.changed.emit()

    def _say(self) -> None:
        if self._can is not None:
            chosen = self.since.date()
            since = date(chosen.year(), chosen.month(), chosen.day())
            text = consequence(self._can, self._buyer, since)
            self.words.setText(text)
            self.words.setAccessibleName(text)
            self.tick.setAccessibleDescription(text)
