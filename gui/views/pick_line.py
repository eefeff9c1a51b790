"""One line of a pick list, made for fingers: place, goods, how many, and buttons of 44 points and more."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QMenu, QSizePolicy, QWidget

from gui import wording
from gui.api.types import PickLine
from gui.i18n import translate
from gui.models.picks import SHORT_REASONS, reason_text
from gui.theme import theme
from gui.widgets.parts import Elided, button, columns, dress, label, rows


class PickLineRow(QFrame):
    """Keeps the quantity picked so far.

    Attributes:
        picked: pieces in the person's hands, as a Decimal.
        reason: why there are fewer; "" when there is no reason.

    Signals:
        changed: `picked` or `reason` is another one.
        chosen: touched; keys (F2, a scan) mean this line.
    """

    changed = Signal()
    chosen = Signal()

    def __init__(self, line: PickLine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = line
        self.picked = Decimal(line.picked or "0")
        self.reason = line.short_reason or ""
        self.setProperty("role", "card")
        self.setMinimumHeight(theme.px(70))
        whole = columns(self, gap=10, margin=8)
        place = label(line.bin or "—", "big")
        place.setMinimumWidth(theme.px(78))
        place.setAccessibleName(translate("Picks", "Place {bin}").format(bin=line.bin or "—"))
        words = rows(gap=1)
        words.addWidget(Elided(line.name, "heading"))
        self._below = Elided("", "muted")
        words.addWidget(self._below)
        name = line.name
        self.less = button("", "touch", icon="minus", slot=lambda: self.add(-1))
        self.less.setAccessibleName(translate("Picks", "One less: {name}").format(name=name))
        self.more = button("", "touch", icon="plus", slot=lambda: self.add(1))
        self.more.setAccessibleName(translate("Picks", "One more: {name}").format(name=name))
        self.all = button("", "touch-good", icon="check", slot=self.take_all)
        self.all.setAccessibleName(translate("Picks", "All of it: {name}").format(name=name))
        self.short = button(translate("Picks", "Missing…"), "touch")
        self.short.setAccessibleName(translate("Picks", "Not in its place: {name}").format(name=name))
        menu = QMenu(self.short)
        for code in SHORT_REASONS:
            menu.addAction(reason_text(code)).triggered.connect(lambda _=False, code=code: self.give_reason(code))
        menu.addSeparator()
        menu.addAction(translate("Picks", "No reason")).triggered.connect(lambda: self.give_reason(""))
        self.short.setMenu(menu)
        self.count = label("", "title")
        self.count.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.count.setMinimumWidth(theme.px(78))
        for made in (self.less, self.more, self.all):
            made.setFixedWidth(theme.px(58))
        for made in (self.less, self.more, self.all, self.short):
            made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        whole.addWidget(place)
        whole.addLayout(words, 1)
        for widget in (self.less, self.count, self.more, self.all, self.short):
            whole.addWidget(widget)
        self._show()

    @property
    def wanted(self) -> Decimal:
        return Decimal(self.line.qty or "0")

    @property
    def complete(self) -> bool:
        """Everything is picked, or it is said why not."""
        return self.picked >= self.wanted or bool(self.reason)

    def show_buttons(self, on: bool) -> None:
        """Who only reads lists sees no buttons at all."""
        for made in (self.less, self.more, self.all, self.short):
            made.setVisible(on)

    def allow(self, on: bool) -> None:
        self.less.setEnabled(on and self.picked > 0)
        self.more.setEnabled(on and self.picked < self.wanted)
        self.all.setEnabled(on and self.picked < self.wanted)
        self.short.setEnabled(on)
        self._on = on

    _on = False

    def choose(self, on: bool) -> None:
        dress(self, chosen="true" if on else "false")

    def add(self, pieces: int) -> None:
        self._set(self.picked + pieces)

    def take_all(self) -> None:
        self._set(self.wanted)

    def give_reason(self, code: str) -> None:
        self.reason = code
        self._show()
        self.chosen.emit()
        self.changed.emit()

    def restore(self, picked: str, reason: str) -> None:
        """What was touched before this program was last closed."""
        try:
            self.picked = max(Decimal(0), min(self.wanted, Decimal(picked)))
        except InvalidOperation:
            return
        self.reason = reason
        self._show()

    def take_over(self, line: PickLine) -> None:
        """The service's word on this line."""
        self.line = line
        self.picked, self.reason = Decimal(line.picked or "0"), line.short_reason or ""
        self._show()

    def _set(self, pieces: Decimal) -> None:
        self.picked = max(Decimal(0), min(self.wanted, pieces))
        if self.picked >= self.wanted:
            self.reason = ""
        self._show()
        self.chosen.emit()
        self.changed.emit()

    def _show(self) -> None:
        whole = self.picked >= self.wanted
        self.count.setText(f"{wording.quantity(str(self.picked))} / {wording.quantity(str(self.wanted))}")
        self.count.setAccessibleName(
            translate("Picks", "{done} of {all} picked").format(done=self.picked, all=self.wanted)
        )
        dress(self.count, tone="ok" if whole else ("bad" if self.reason else ""))
        dress(self, tone="ok" if whole else ("bad" if self.reason else ""))
        below = f"{self.line.sku} · {self.line.unit}"
        if self.reason and not whole:
            below = f"{reason_text(self.reason)} · {below}"
        self._below.say(below)
        self.allow(self._on)
