"""The running program: application, session, window and tray, wired together and taken apart again."""

from __future__ import annotations

import argparse
import signal
import sys

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from gui import icons
from gui.api.connection import default_home
from gui.i18n import LANGUAGES, choose, install, translate
from gui.i18n import language as current_language
from gui.settings import Settings
from gui.started import seconds_since_start
from gui.store.session import Link, Session
from gui.theme import theme
from gui.tray.icon import tray_icon
from gui.tray.notify import Desk, ToastDesk
from gui.tray.notify_dbus import connect
from gui.tray.single import SingleInstance, hand_over
from gui.tray.state import Light
from gui.tray.tray import Tray
from gui.views.offline import offline_words
from gui.views.shell import Shell

# After the first table: long enough for the panel beside it to be filled, short enough for a benchmark not to care.
PICTURE_MS = 700


class Program:
    """One run of kvit-tray.

    Attributes:
        handed_over: another tray of this home was running and shows itself; this one has nothing to do.
        application, session, shell, tray: the parts; `tray` is None in a run that only takes a picture or a time.
    """

    def __init__(self, arguments: argparse.Namespace) -> None:
        self._arguments = arguments
        self._code = 0
        self._once = bool(arguments.screenshot or arguments.quit_after_first_table)
        self.home = (arguments.home or default_home()).expanduser()
        QApplication.setApplicationName("kvit-tray")
        QApplication.setApplicationDisplayName("Kvit")
        QApplication.setDesktopFileName("kvit-tray")
        known = QApplication.instance()
        self.application = known if isinstance(known, QApplication) else QApplication(sys.argv[:1])
        self.handed_over = not self._once and hand_over(self.home, arguments.page)
        if self.handed_over:
            return
        self.settings = Settings(arguments.settings)
        self._asked_language = arguments.language or self.settings.language
        install(self.application, choose(self._asked_language or self.settings.office_language))
        theme.apply(self.application, arguments.theme or self.settings.theme, self.settings.zoom)
        self.application.setWindowIcon(tray_icon(Light.OK))
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_theme)
        self.session = Session(self.home)
        self.session.me_changed.connect(self._office_language)
        self.shell = self._make_shell(arguments.page)
        self.tray: Tray | None = None
        self._single: SingleInstance | None = None
        if self._once:
            self._prepare_once()
        else:
            self._prepare_tray()

    def _make_shell(self, page: str) -> Shell:
        shell = Shell(self.session, self.settings, wanted=page)
        if self._arguments.size:
            shell.resize(*self._arguments.size)
        shell.quit_asked.connect(self.quit)
        shell.language_asked.connect(self.set_language)
        shell.closing.connect(self._window_closed)
        if self._once:
            shell.first_loaded.connect(self._first_table)
        return shell

    # --- life --------------------------------------------------------------------------------------------------------

    def run(self) -> int:
        """The event loop; the exit code."""
        signal.signal(signal.SIGINT, lambda *_: self.quit())
        signal.signal(signal.SIGTERM, lambda *_: self.quit())
        # Python's signal handlers run only between Python's steps: give it one now and then.
        heart = QTimer(self.application, interval=400)
        heart.timeout.connect(lambda: None)
        heart.start()
        QTimer.singleShot(0, self.session, self.session.start)
        self.application.exec()
        self.close()
        return self._code

    def quit(self) -> None:
        self.application.exit(0)

    def close(self) -> None:
        """Take everything down in the order it depends on each other."""
        self.session.stop()
        if self.tray is not None:
            self.tray.close()
        if self._single is not None:
            self._single.close()
        self.settings.sync()
        self.shell.hide()
        self.shell.deleteLater()
        self.session.close()
        icons.forget()
        tray_icon.cache_clear()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def _prepare_tray(self) -> None:
        self._single = SingleInstance(self.home, self.application)
        self._single.shown.connect(lambda page: self.show(page, ""))
        has_tray = QSystemTrayIcon.isSystemTrayAvailable()
        desk: Desk = connect(ToastDesk())
        self.tray = Tray(self.session, self.settings, desk, self.home, self.application)
        self.tray.go.connect(self.show)
        self.tray.quit_asked.connect(self.quit)
        self.tray.show()
        # Without a tray the window is the only handle: closing it ends the program.
        self.application.setQuitOnLastWindowClosed(not has_tray)
        if not (self._arguments.hidden and has_tray):
            self.shell.show()

    def _prepare_once(self) -> None:
        self.application.setQuitOnLastWindowClosed(False)
        QTimer.singleShot(round(self._arguments.wait * 1000), self.application, self._too_late)
        self.shell.show()
        self._done = False

    # --- window ------------------------------------------------------------------------------------------------------

    def show(self, page: str = "", name: str = "") -> None:
        """The window to the front, on a page and a thing."""
        self.shell.setWindowState(self.shell.windowState() & ~Qt.WindowState.WindowMinimized)
        self.shell.show()
        self.shell.raise_()
        self.shell.activateWindow()
        if page and name:
            self.shell.go(page, name)
        elif page:
            self.shell.open_page(page)

    def _window_closed(self) -> None:
        if self.tray is not None and self.tray.icon.isVisible() and not self.settings.told_about_tray:
            self.settings.told_about_tray = True
            self.tray.icon.showMessage(
                "Kvit",
                translate("Program", "Kvit stays in the tray. A click on the icon shows what waits for you."),
                tray_icon(Light.OK),
            )

    def _office_language(self) -> None:
        """Who never chose a language gets the one the service knows for this token."""
        me = self.session.me
        if me is None or self._asked_language or me.language not in LANGUAGES:
            return
        self.settings.office_language = me.language
        if me.language != current_language():
            # Not from within the signal: the window that hears it is about to be replaced.
            QTimer.singleShot(0, self.application, lambda: self._speak(str(me.language)))

    def _system_theme(self) -> None:
        if (self._arguments.theme or self.settings.theme) == "auto":
            theme.apply(self.application, "auto")

    def set_language(self, language: str) -> None:
        """The person's choice: remembered, and in force at once."""
        self.settings.language = self._asked_language = language
        self._speak(language)

    def _speak(self, language: str) -> None:
        """The window is made anew, the tray's words follow."""
        install(self.application, language)
        old, page = self.shell, self.shell.current.key if self.shell.current is not None else self._arguments.page
        geometry = old.saveGeometry()
        self.shell = self._make_shell(page)
        self.shell.restoreGeometry(geometry)
        old.hide()
        old.deleteLater()
        self.shell.show()
        if self.tray is not None:
            self.tray.relabel()
        self.session.reconnect()

    # --- one picture, one figure -------------------------------------------------------------------------------------

    def _first_table(self) -> None:
        if self._done:
            return
        self._done = True
        seconds = seconds_since_start()
        if self._arguments.quit_after_first_table:
            sys.stdout.write(f"{seconds:.3f}\n")
            sys.stdout.flush()
        if self._arguments.screenshot:
            QTimer.singleShot(PICTURE_MS, self.shell, self._picture)
        else:
            self.quit()

    def _picture(self) -> None:
        path = self._arguments.screenshot
        if not self.shell.grab().save(str(path)):
            sys.stderr.write(f"kvit-tray: the picture {path} cannot be written\n")
            self._code = 1
        self.quit()

    def _too_late(self) -> None:
        if self._done:
            return
        self._done = True
        text, hint = offline_words(self.session) if self.session.link is Link.OFFLINE else ("", "")
        text = text or translate("Program", "The first table did not come in time.")
        sys.stderr.write(f"kvit-tray: {text} {hint}\n")
        self._code = 1
        self.quit()
