"""The command kvit-tray: arguments, exit codes, pictures, what it says when Qt cannot start."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from gui import __version__
from gui.api.fake import FakeDaemon
from gui.app import parser, size_of
from gui.i18n import language
from gui.preflight import CannotStart, check
from gui.program import Program
from gui.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "KVIT_HOME")}
    env |= {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT), **environment}
    env = {k: v for k, v in env.items() if v}
    return subprocess.run(
        [sys.executable, "-m", "gui", *arguments], capture_output=True, text=True, timeout=60, env=env, check=False
    )


def test_version_needs_no_qt():
    done = run("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("kvit-tray ")
    assert __version__.count(".") == 2


def test_help_has_an_example():
    done = run("--help")
    assert done.returncode == 0
    assert "kvit-tray --home /srv/kvit" in done.stdout


@pytest.mark.parametrize("arguments", [("--page", "moon"), ("--size", "huge"), ("--size", "1x1"), ("--language", "de")])
def test_wrong_arguments_end_with_2(arguments: tuple[str, ...]):
    done = run(*arguments)
    assert done.returncode == 2
    assert arguments[0] in done.stderr


def test_sizes():
    assert size_of("1280x800") == (1280, 800)
    assert size_of("") is None
    with pytest.raises(ValueError, match="10x10"):
        size_of("10x10")


def test_a_picture_and_a_figure(daemon: FakeDaemon, home: Path, tmp_path: Path):
    picture = tmp_path / "shot.png"
    settings = str(tmp_path / "s.ini")
    done = run(
        *("--home", str(home), "--settings", settings, "--language", "ru", "--theme", "dark", "--page", "orders"),
        *("--size", "1200x700", "--screenshot", str(picture), "--quit-after-first-table"),
    )
    assert done.returncode == 0, done.stderr
    assert 0.05 < float(done.stdout) < 60
    image = QImage(str(picture))
    assert (image.width(), image.height()) == (1200, 700)
    assert image.pixelColor(5, 400).lightness() < 40, "the rail of the dark theme"


def test_without_a_service_it_says_so_and_ends_with_1(tmp_path: Path):
    done = run(
        "--home", str(tmp_path / "none"), "--quit-after-first-table", "--wait", "1", "--language", "ru",
        "--settings", str(tmp_path / "s.ini"),
    )  # fmt: skip
    assert done.returncode == 1
    assert "connection.json" in done.stderr
    assert "kvit serve" in done.stderr


@pytest.mark.skipif("sys.platform != 'linux'", reason="a display is an X11 or Wayland matter")
def test_without_a_display_it_says_what_to_do_instead_of_dumping_core():
    done = run("--quit-after-first-table", QT_QPA_PLATFORM="")
    assert done.returncode == 2
    assert "DISPLAY" in done.stderr
    done = run("--quit-after-first-table", QT_QPA_PLATFORM="", DISPLAY=":4999")
    assert done.returncode == 2
    assert ":4999" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_system_library_is_named_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch):
    import ctypes

    def broken(name: str) -> None:
        raise OSError("libEGL.so.1: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(ctypes, "CDLL", broken)
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(CannotStart, match=r"libEGL\.so\.1[\s\S]*apt-get install"):
        check({"QT_QPA_PLATFORM": "xcb"})


def test_a_missing_pyside_is_named(monkeypatch: pytest.MonkeyPatch):
    import importlib.util

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(CannotStart, match="PySide6"):
        check({})


# --- the program as a whole, in this process -------------------------------------------------------------------------

offscreen = pytest.mark.qt_log_ignore(
    "systemTrayWindowChanged", "does not support raise", "does not support grabbing the keyboard", extend=True
)


@pytest.fixture
def program(qtbot: QtBot, daemon: FakeDaemon, home: Path, tmp_path: Path) -> Program:
    arguments = parser().parse_args(["--home", str(home), "--settings", str(tmp_path / "t.ini"), "--language", "ru"])
    arguments.size = None
    made = Program(arguments)
    made.session.start()
    qtbot.waitUntil(lambda: made.session.online, timeout=20000)
    yield made
    made.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@offscreen
def test_a_second_start_hands_over_and_opens_the_page(qtbot: QtBot, program: Program):
    import threading

    assert program.tray is not None
    program.shell.hide()
    from gui.tray.single import hand_over

    done: list[bool] = []
    other = threading.Thread(target=lambda: done.append(hand_over(program.home, "orders")))
    other.start()
    qtbot.waitUntil(lambda: program.shell.isVisible(), timeout=20000)
    qtbot.waitUntil(lambda: done == [True], timeout=20000)
    other.join()
    qtbot.waitUntil(lambda: program.shell.current.key == "orders", timeout=20000)


@offscreen
def test_the_language_changes_while_it_runs(qtbot: QtBot, program: Program):
    qtbot.waitUntil(lambda: program.shell.current._told_loaded, timeout=20000)
    program.shell.open_page("calls")
    program.set_language("en")
    assert language() == "en"
    assert program.shell.rail.buttons["payments"].text() == "Payments"
    assert program.shell.current.key == "calls"
    assert program.tray is not None
    assert program.tray.menu.actions()[0].text() == "Open Kvit"
    qtbot.waitUntil(lambda: program.shell.current._told_loaded, timeout=20000)
    assert Settings(program.settings.path).language == "en" or program.settings.language == "en"


@offscreen
def test_who_never_chose_gets_the_language_of_the_service(
    qtbot: QtBot, daemon: FakeDaemon, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from PySide6.QtCore import QLocale

    monkeypatch.setattr(QLocale, "system", lambda: QLocale("de_DE"))
    arguments = parser().parse_args(["--home", str(home), "--settings", str(tmp_path / "t.ini")])
    arguments.size = None
    program = Program(arguments)
    assert language() == "en"
    program.session.start()
    qtbot.waitUntil(lambda: language() == "ru", timeout=20000)
    assert program.shell.rail.buttons["payments"].text() == "Платежи"
    assert program.settings.language == ""
    qtbot.waitUntil(lambda: program.shell.current is not None and program.shell.current._told_loaded, timeout=20000)
    program.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@offscreen
def test_going_to_a_thing_from_the_tray_opens_it(qtbot: QtBot, program: Program):
    qtbot.waitUntil(lambda: program.shell.current._told_loaded, timeout=20000)
    assert program.tray is not None
    program.tray.go.emit("picks", "k-1020")
    work = program.shell.pages["picks"].work  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: work.pick is not None and work.pick.id == "k-1020", timeout=20000)
    program.tray.go.emit("payments", "p-015")
    decision = program.shell.pages["payments"].decision  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: decision.payment is not None and decision.payment.id == "p-015", timeout=20000)
