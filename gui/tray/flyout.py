"""One click on the tray: not a menu but the things that wait, each with its button."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout

from gui import icons
from gui.i18n import translate
from gui.store.session import Session
from gui.theme import theme
from gui.tray.icon import tray_pixmap
from gui.tray.news import Item, News
from gui.tray.state import TrayState, tray_state
from gui.widgets.parts import Elided, button, clear, columns, label, redress_icons, rows, rule

WIDTH = 470


class ItemRow(QFrame):
    """Signals:
    opened: clicked beside its button.
    """

    opened = Signal()

    def __init__(self, item: Item) -> None:
        super().__init__()
        self.item = item
        self.setAccessibleName(f"{item.title}. {item.text}")
        line = columns(self, gap=10, margin=4)
        sign = QLabel()
        sign.setPixmap(icons.pixmap(item.icon, theme.tokens.tone(item.tone)[0], 20))
        line.addWidget(sign, 0, Qt.AlignmentFlag.AlignVCenter)
        words = rows(gap=1)
        words.addWidget(Elided(item.title, "heading"))
        if item.text:
            words.addWidget(Elided(item.text, "muted"))
        line.addLayout(words, 1)
        self.open_button = button("", "ghost", icon="chevron", slot=self.opened.emit)
        self.open_button.setAccessibleName(translate("Flyout", "Open: {what}").format(what=item.title))
        if item.action and item.act is not None:
            self.button = button(item.action, "primary", slot=self._pressed)
            self.button.setAccessibleName(f"{item.action}: {item.title}")
            line.addWidget(self.button)
        line.addWidget(self.open_button)

    def _pressed(self) -> None:
        self.button.setEnabled(False)
        if self.item.act is not None:
            self.item.act()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit()


class Flyout(QFrame):
    """Signals:
    go: open the window on (page, id); id may be "".
    """

    go = Signal(str, str)

    def __init__(self, session: Session, news: News) -> None:
        super().__init__(None, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.session = session
        self.news = news
        self.setProperty("role", "flyout")
        self.setAccessibleName(translate("Flyout", "Kvit: what waits for you"))
        self._box: QVBoxLayout = rows(self, gap=5, margin=12)
        head = columns(gap=10)
        self._sign = QLabel()
        self._title = label("", "heading", wrap=True)
        self._below = label("", "muted", wrap=True)
        words = rows(gap=0)
        words.addWidget(self._title)
        words.addWidget(self._below)
        head.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        self._box.addLayout(head)
        self._box.addWidget(rule())
        self._list = rows(gap=2)
        self._box.addLayout(self._list)
        self._box.addWidget(rule())
        foot = columns(gap=6)
        self.poll = button(translate("Flyout", "Ask the bank now"), "ghost", icon="refresh", slot=self._poll)
        self.open = button(translate("Flyout", "Open Kvit"), icon="window", slot=lambda: self._go("", ""))
        foot.addWidget(self.poll)
        foot.addStretch(1)
        foot.addWidget(self.open)
        self._box.addLayout(foot)
        news.changed.connect(self.render_items)
        for signal in (session.status_changed, session.link_changed, session.me_changed):
            signal.connect(self.refresh)
        theme.changed.connect(self._rethemed)
        self.refresh()
        self.render_items()

    # --- what is shown -----------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        state: TrayState = tray_state(self.session)
        self._sign.setPixmap(tray_pixmap(state.light, state.count, theme.px(36)))
        head, _, rest = state.sentence.removeprefix("Kvit: ").partition(". ")
        self._title.setText(head[:1].upper() + head[1:])
        self._below.setText(rest)
        self._below.setVisible(bool(rest))
        self.poll.setVisible(self.session.me is not None and self.session.me.may("health.operate"))
        self.poll.setEnabled(self.session.may("health.operate"))
        if self.isVisible():
            self._fit()

    def render_items(self) -> None:
        clear(self._list)
        if not self.news.items:
            words = (
                translate("Flyout", "Nothing waits for you.")
                if self.session.online
                else translate("Flyout", "Kvit keeps trying; nothing is lost.")
            )
            empty = label(words, "muted")
            empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
            empty.setMinimumHeight(theme.px(56))
            self._list.addWidget(empty)
        for item in self.news.items:
            row = ItemRow(item)
            row.opened.connect(lambda item=item: self._go(item.page, item.id))
            self._list.addWidget(row)
            # A child of a visible window is shown later by itself; its height is wanted now.
            row.show()
        if self.isVisible():
            self._fit()

    def item_rows(self) -> list[ItemRow]:
        items = [self._list.itemAt(n) for n in range(self._list.count())]
        widgets = [item.widget() for item in items if item is not None]
        return [w for w in widgets if isinstance(w, ItemRow)]

    def _rethemed(self) -> None:
        redress_icons(self)
        self.refresh()
        self.render_items()

    # --- showing -----------------------------------------------------------------------------------------------------

    def popup(self, near: QRect) -> None:
        """Show it beside the icon, wholly on the screen."""
        self.news.look(True)
        self.refresh()
        self._near = near
        self.show()
        self._fit()
        self.open.setFocus()

    _near = QRect()

    def _fit(self) -> None:
        self.setFixedWidth(theme.px(WIDTH))
        self._box.activate()
        wide = theme.px(WIDTH)
        high = self._box.heightForWidth(wide) if self._box.hasHeightForWidth() else self._box.sizeHint().height()
        self.resize(QSize(wide, high))
        self.move(place(self._near, self.size()))

    def _go(self, page: str, name: str) -> None:
        self.hide()
        self.go.emit(page, name)

    def _poll(self) -> None:
        self.session.act("/v1/health/poll", {}, None, touches=(("status", ""),), owner=self).start()

    def hideEvent(self, event: QEvent) -> None:
        self.news.look(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)


def place(near: QRect, size: QSize) -> QPoint:
    """Where a window of `size` goes beside the icon: above or below it, never over the edge of its screen."""
    screen = QGuiApplication.screenAt(near.center()) or QGuiApplication.primaryScreen()
    area = screen.availableGeometry()
    gap = theme.px(6)
    if near.isNull():
        return QPoint(area.right() - size.width() - gap, area.bottom() - size.height() - gap)
    x = near.center().x() - size.width() // 2
    below = near.bottom() + gap
    y = below if near.center().y() < area.center().y() else near.top() - gap - size.height()
    return QPoint(
        max(area.left() + gap, min(x, area.right() - size.width() - gap)),
        max(area.top() + gap, min(y, area.bottom() - size.height() - gap)),
    )
