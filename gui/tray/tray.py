"""The icon in the tray: picture and tip follow the session; a left click opens the flyout, a right one the menu."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAction, QCursor
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from gui.i18n import translate
from gui.i18n.counts import counts
from gui.settings import KINDS, Settings
from gui.store.session import Session
from gui.tray import autostart
from gui.tray.flyout import Flyout
from gui.tray.icon import tray_icon
from gui.tray.news import News
from gui.tray.notify import Desk, Notifier
from gui.tray.state import TrayState, tray_state

NIGHT = (time(20, 0), time(8, 0))


class Tray(QObject):
    """Signals:
    go: show the window on (page, id).
    quit_asked: end the program.
    """

    go = Signal(str, str)
    quit_asked = Signal()

    def __init__(
        self, session: Session, settings: Settings, desk: Desk, home: Path, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.session = session
        self.settings = settings
        self._home = home
        self.news = News(session, self)
        self.flyout = Flyout(session, self.news)
        self.notifier = Notifier(session, settings, desk, self)
        self.icon = QSystemTrayIcon(self)
        self.menu = QMenu()
        self.menu.aboutToShow.connect(self._fill_menu)
        self.icon.setContextMenu(self.menu)
        self._fill_menu()
        self.icon.activated.connect(self._activated)
        self.flyout.go.connect(self.go)
        self.notifier.go.connect(self.go)
        self.state: TrayState | None = None
        for signal in (
            session.status_changed,
            session.link_changed,
            session.me_changed,
            session.loans.changed,
            session.parcels.changed,
        ):
            signal.connect(self.refresh)
        # The tip says how long ago: it must not grow old by itself.
        self._minute = QTimer(self, interval=20_000)
        self._minute.timeout.connect(self.refresh)
        self._minute.start()
        self.refresh()

    def show(self) -> None:
        self.icon.show()

    def refresh(self) -> None:
        """Picture and tip; told to the desktop only when they are others."""
        state = tray_state(self.session)
        before, self.state = self.state, state
        if before is None or (before.light, before.count) != (state.light, state.count):
            self.icon.setIcon(tray_icon(state.light, state.count))
        if before is None or before.sentence != state.sentence:
            self.icon.setToolTip(state.sentence)

    def relabel(self) -> None:
        """Another language: every word anew."""
        visible = self.flyout.isVisible()
        self.flyout.hide()
        self.flyout.deleteLater()
        self.flyout = Flyout(self.session, self.news)
        self.flyout.go.connect(self.go)
        if visible:
            self.toggle_flyout()
        self._fill_menu()
        self.state = None
        self.refresh()

    def close(self) -> None:
        self._minute.stop()
        self.flyout.hide()
        self.icon.hide()
        self.notifier.close()
        self.news.look(False)
        # These have no parent: the desktop's popups must not be children of a QObject.
        self.flyout.deleteLater()
        self.menu.deleteLater()
        self.deleteLater()

    # --- clicks ------------------------------------------------------------------------------------------------------

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason == QSystemTrayIcon.ActivationReason.Trigger:
            self.toggle_flyout()
        elif reason in (
            QSystemTrayIcon.ActivationReason.DoubleClick,
            QSystemTrayIcon.ActivationReason.MiddleClick,
        ):
            self.flyout.hide()
            self.go.emit("", "")

    def toggle_flyout(self) -> None:
        if self.flyout.isVisible():
            self.flyout.hide()
            return
        near = self.icon.geometry()
        if near.isEmpty():
            near.moveTopLeft(QCursor.pos())
        self.flyout.popup(near)

    def _fill_menu(self) -> None:
        menu = self.menu
        menu.clear()
        self._add(menu, translate("Tray", "Open Kvit"), lambda: self.go.emit("", ""))
        me = self.session.me
        if me is not None and me.may("health.operate"):
            ask = self._add(menu, translate("Tray", "Ask the bank now"), self._poll)
            ask.setEnabled(self.session.online)
        self._parcels_into(menu)
        menu.addSeparator()
        kinds = menu.addMenu(translate("Tray", "Notifications"))
        names = {
            "payments": translate("Tray", "Payments that need you"),
            "calls": translate("Tray", "Calls that are due"),
            "picks": translate("Tray", "Pick lists"),
            "alarms": translate("Tray", "Alarms"),
            "link": translate("Tray", "Lost link"),
        }
        for kind in KINDS:
            choice = self._add(kinds, names[kind], partial(self._switch_kind, kind))
            choice.setCheckable(True)
            choice.setChecked(self.settings.notifies(kind))
        kinds.addSeparator()
        quiet = self._add(kinds, translate("Tray", "Quiet from 20:00 to 08:00"), self._switch_quiet)
        quiet.setCheckable(True)
        quiet.setChecked(self.settings.quiet_hours is not None)
        start = self._add(menu, translate("Tray", "Start with the computer"), self._switch_autostart)
        start.setCheckable(True)
        start.setChecked(autostart.is_on())
        menu.addSeparator()
        self._add(menu, translate("Tray", "Quit"), self.quit_asked.emit)

    def _parcels_into(self, menu: QMenu) -> None:
        """Parcels in trouble: a press shows them."""
        me, needs = self.session.me, self.session.needs
        if me is None or not me.may("parcels.read"):
            return
        for group, number, words in (
            ("stuck", needs.parcels_stuck, counts.stuck_parcels),
            ("cod_missing", needs.cod_missing, counts.missing_cod),
        ):
            if number:
                text = words(number)
                self._add(menu, text[:1].upper() + text[1:], partial(self.go.emit, "parcels", group))

    def _add(self, menu: QMenu, words: str, slot: Callable[[], object]) -> QAction:
        action = menu.addAction(words)
        action.triggered.connect(lambda _=False: slot())
        return action

    def _poll(self) -> None:
        self.session.act("/v1/health/poll", {}, None, touches=(("status", ""),), owner=self).start()

    def _switch_kind(self, kind: str) -> None:
        self.settings.set_notifies(kind, not self.settings.notifies(kind))

    def _switch_quiet(self) -> None:
        self.settings.quiet_hours = None if self.settings.quiet_hours else NIGHT

    def _switch_autostart(self) -> None:
        autostart.switch(not autostart.is_on(), self._home)
