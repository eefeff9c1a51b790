"""The tray against the make-believe service: a real HTTP server on loopback, Qt without a screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui import i18n
from gui.api.fake import FakeDaemon, World
from gui.settings import Settings
from gui.store.session import Session
from gui.theme import theme
from gui.views.shell import Shell

MakeSession = Callable[..., Session]


@pytest.fixture(autouse=True)
def _dressed(qapp: QApplication) -> None:
    """Russian texts, the light theme, normal size: what most people see."""
    i18n.install(qapp, "ru")
    if theme.tokens.name != "light" or theme.zoom != 1.0 or not qapp.styleSheet():
        theme.apply(qapp, "light", 1.0)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "tray.ini")


@pytest.fixture
def world() -> World:
    return World(payments=30)


@pytest.fixture
def daemon(world: World, home: Path) -> Iterator[FakeDaemon]:
    made = FakeDaemon(world, heartbeat_s=0.2).start()
    made.announce(home)
    yield made
    made.stop()


@pytest.fixture
def session(qtbot: QtBot, daemon: FakeDaemon, home: Path) -> Iterator[Session]:
    """Online, its back-off seconds 20 ms long."""
    made = Session(home, second_ms=20)
    made.start()
    qtbot.waitUntil(lambda: made.online and made.events.is_open, timeout=20000)
    yield made
    end(made)


def end(session: Session) -> None:
    """Close it now and not when the garbage collector comes."""
    session.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def shell(qtbot: QtBot, session: Session, settings: Settings) -> Iterator[Shell]:
    """The window with the first page loaded."""
    made = Shell(session, settings, wanted="payments")
    qtbot.addWidget(made)
    with qtbot.waitSignal(made.first_loaded, timeout=20000):
        made.show()
        session.reset.emit()
    qtbot.waitExposed(made)
    yield made


def press(
    widget: QWidget, key: Qt.Key | int, text: str = "", modifiers: object = Qt.KeyboardModifier.NoModifier
) -> None:
    """One key, down and up, the way the window system would send it."""
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(widget, QKeyEvent(kind, int(key), modifiers, text))


def type_text(widget: QWidget, text: str) -> None:
    """Letters one by one, Cyrillic too; `qtbot.keyClicks` would abort the process on them."""
    for letter in text:
        press(widget, 0, letter)


def button_named(qtbot: QtBot, root: QWidget, name: str) -> QAbstractButton:
    """The visible button with this accessible name, once it is there."""

    def found() -> list[QAbstractButton]:
        return [b for b in root.findChildren(QAbstractButton) if b.accessibleName() == name and b.isVisible()]

    qtbot.waitUntil(lambda: len(found()) == 1, timeout=20000)
    return found()[0]
