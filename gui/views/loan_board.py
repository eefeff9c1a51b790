"""The stages an application goes through, side by side: how many, how much, how old; a press filters the list."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QWidget

from gui import icons, wording
from gui.api.types import Board, StageLine
from gui.i18n import said, translate
from gui.i18n.counts import counts
from gui.models import loans as words
from gui.store.session import Session
from gui.theme import theme
from gui.widgets.parts import columns, dress, label, rows

STAGES = ("application", "decision", "signing", "original", "money", "shop", "done", "ended")
PAST = ("done", "ended")


class StageTile(QPushButton):
    """One stage; checked while the list shows only it."""

    def __init__(self, stage: str) -> None:
        super().__init__()
        self.stage = stage
        self.setProperty("role", "tile")
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        box = rows(self, gap=1, margin=8)
        head = columns(gap=5)
        self._sign = QLabel()
        self.title = label("", "small")
        head.addWidget(self._sign)
        head.addWidget(self.title, 1)
        box.addLayout(head)
        middle = columns(gap=6)
        self.count = label("—", "sum")
        self.red = label("", "small", tone="bad")
        middle.addWidget(self.count)
        middle.addWidget(self.red)
        middle.addStretch(1)
        box.addLayout(middle)
        self.goods = label("", "small")
        self.oldest = label("", "small")
        box.addWidget(self.goods)
        box.addWidget(self.oldest)
        self._red = False
        self.themed()

    def show_line(self, line: StageLine, session: Session) -> None:
        now = session.now()
        self.title.setText(said(line.said))
        self.count.setText(f"{line.count:,}".replace(",", wording.NBSP))
        self._red = line.red > 0
        self.red.setText(counts.late_ones(line.red) if line.red else "")
        self.goods.setText(_short(line.goods))
        self.goods.setToolTip(wording.money(line.goods))
        waits = line.oldest is not None and line.count and line.stage not in PAST
        self.oldest.setText(
            translate("Loans", "the oldest {age}").format(age=words.age(line.oldest, now)) if waits else ""
        )
        self.setAccessibleName(words.line_words(line, now))
        self.setToolTip(
            translate("Loans", "{sum} of goods. A press shows only these.").format(sum=wording.money(line.goods))
        )
        dress(self, tone="bad" if self._red else "")
        self.themed()

    def themed(self) -> None:
        colour = theme.tokens.bad if self._red else theme.tokens.muted
        self._sign.setPixmap(icons.pixmap(words.stage_icon(self.stage), colour, 14))
        self.setFixedHeight(theme.px(92))


class LoanBoard(QFrame):
    """Signals:
    chosen: the list is wanted of this stage; "" of all.
    """

    chosen = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self.session = session
        self.tiles: dict[str, StageTile] = {}
        line = columns(self, gap=5, margin=8)
        for stage in STAGES:
            tile = StageTile(stage)
            tile.setAccessibleName(stage)
            tile.clicked.connect(lambda checked, stage=stage: self._pressed(stage, checked))
            self.tiles[stage] = tile
            line.addWidget(tile, 1)
        session.loans.changed.connect(self.refresh)
        theme.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        board: Board | None = self.session.loans.board
        if board is None:
            return
        for line in board.stages:
            if line.stage in self.tiles:
                self.tiles[line.stage].show_line(line, self.session)

    def choose(self, stage: str) -> None:
        """Check the tile without telling anybody."""
        for name, tile in self.tiles.items():
            tile.setChecked(name == stage)

    def _pressed(self, stage: str, checked: bool) -> None:
        wanted = stage if checked else ""
        self.choose(wanted)
        self.chosen.emit(wanted)


def _short(kopecks: int) -> str:
    """A sum a tile has room for: "1,2 млн ₽"."""
    if kopecks >= 100_000_000:
        text = f"{kopecks / 100_000_000:.1f}"
        return translate("Loans", "{n} m ₽").format(n=wording.quantity(text))
    whole = wording.money(kopecks // 100 * 100, currency=False)[:-3]
    return f"{whole}{wording.NBSP}₽"
