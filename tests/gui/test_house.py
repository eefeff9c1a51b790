"""Rules of the house: who imports whom, no reference is lost, nothing is nameless, nothing is untranslated."""

from __future__ import annotations

import ast
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal
from PySide6.QtGui import QAccessible, QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QProgressBar,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

import gui
from gui import i18n
from gui.i18n import update
from gui.i18n.counts import counts
from gui.settings import Settings
from gui.store.session import Session
from gui.theme import font
from gui.tray.tray import Tray
from gui.views.assign import AssignDialog
from gui.views.keys_sheet import KeysSheet
from gui.views.payments import PaymentsPage
from gui.views.shell import Shell
from tests.gui.test_payments_page import PAIR, go_to

ROOT = Path(gui.__file__).parent

# --- layers ----------------------------------------------------------------------------------------------------------

LAYERS = ["api", "store", "models", "views", "tray"]


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{name.name}" for name in node.names}
    return found


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda p: str(p.relative_to(ROOT)))
def test_an_import_only_goes_down(path: Path):
    imports = imports_of(path)
    assert not [name for name in imports if name.split(".")[0] == "gateway"], "the tray knows only the HTTP contract"
    package = path.relative_to(ROOT).parts[0]
    if package in LAYERS:
        above = LAYERS[LAYERS.index(package) + 1 :]
        assert not [n for n in imports if n.startswith("gui.") and n.split(".")[1] in above]
    if package == "widgets":
        assert not [n for n in imports if n.startswith(("gui.api", "gui.store", "gui.models", "gui.views"))]
    if package == "api":
        outside = [n for n in imports if n.startswith("gui.") and not n.startswith("gui.api")]
        assert not outside, "the client knows nothing of the screens"


def test_files_fit_a_readers_head():
    long = {str(p): n for p in ROOT.rglob("*.py") if (n := len(p.read_text(encoding="utf-8").splitlines())) > 450}
    assert not long


# --- reference counts of None and True: PySide6 6.12.0 on Python 3.11 loses them and aborts --------------------------


class Emitter(QObject):
    rang = Signal(bool)


def test_two_thousand_signals_lose_no_reference(qtbot: QtBot):
    emitter, heard = Emitter(), []

    def hear(value: bool) -> None:
        heard.append(value)

    emitter.rang.connect(hear)
    timer = QTimer(interval=0)
    timer.timeout.connect(lambda: emitter.rang.emit(True))
    before = (sys.getrefcount(True), sys.getrefcount(None))
    timer.start()
    qtbot.waitUntil(lambda: len(heard) >= 2000, timeout=20_000)
    timer.stop()
    for _ in range(500):
        emitter.rang.connect(hear)
        QCoreApplication.processEvents()
    kept = len(heard)
    heard.clear()
    after = (sys.getrefcount(True), sys.getrefcount(None))
    assert kept >= 2000
    # A lost reference per signal would be thousands; caches of the interpreter make tens.
    assert before[0] - after[0] < 200
    assert before[1] - after[1] < 200


# --- accessibility ---------------------------------------------------------------------------------------------------

INTERACTIVE = (
    QAbstractButton,
    QLineEdit,
    QAbstractItemView,
    QComboBox,
    QAbstractSpinBox,
    QProgressBar,
    QTabBar,
)


def nameless(root: QWidget) -> list[str]:
    found = []
    for widget in [root, *root.findChildren(QWidget)]:
        if not isinstance(widget, INTERACTIVE) or not widget.isVisibleTo(root):
            continue
        if widget.objectName().startswith("qt_") or type(widget).__name__ in ("QTableCornerButton",):
            continue
        inside = type(widget.parent()).__name__
        if inside in ("QDateTimeEdit", "QTabWidget", "QTabBar", "QLineEdit", "QCalendarWidget", "TableView"):
            continue  # parts of Qt's own widgets; the whole has a name
        interface = QAccessible.queryAccessibleInterface(widget)
        if interface is None or not interface.text(QAccessible.Text.Name).strip():
            found.append(f"{type(widget).__name__} {widget.objectName()} in {inside}")
    return found


@pytest.mark.parametrize("key", ["payments", "registries", "orders", "picks", "calls", "bank", "health"])
def test_no_interactive_widget_is_nameless(qtbot: QtBot, shell: Shell, key: str):
    page = shell.pages[key]
    with qtbot.waitSignal(page.first_loaded, timeout=20000) if not page._told_loaded else _nothing():
        shell.open_page(key)
    qtbot.wait(250)
    assert nameless(shell) == []


def test_dialogs_and_the_flyout_are_named_too(
    qtbot: QtBot, shell: Shell, session: Session, settings: Settings, home: Path
):
    page = shell.pages["payments"]
    assert isinstance(page, PaymentsPage)
    dialog = AssignDialog(session, go_to(qtbot, page, PAIR), shell)
    dialog.show()
    qtbot.waitUntil(lambda: dialog.model.total > 0, timeout=20000)
    dialog.add(dialog.model.row(0))
    assert nameless(dialog) == []
    dialog.close()
    sheet = KeysSheet(shell)
    assert nameless(sheet) == []
    from tests.gui.test_tray import Ear

    tray = Tray(session, settings, Ear(), home)
    tray.news.refresh()
    qtbot.waitUntil(lambda: bool(tray.flyout.item_rows()), timeout=20000)
    tray.flyout.ensurePolished()
    assert nameless(tray.flyout) == []
    tray.close()


class _nothing:  # noqa: N801 - reads as words where it is used
    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None


# --- languages -------------------------------------------------------------------------------------------------------


def messages(path: Path) -> dict[tuple[str, str], list[str]]:
    found = {}
    for context in ElementTree.parse(path).getroot().iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            assert translation is not None
            texts = [form.text or "" for form in translation.iter("numerusform")] or [translation.text or ""]
            if translation.get("type") == "unfinished":
                texts = [""]
            found[(context.findtext("name") or "", message.findtext("source") or "")] = texts
    return found


@pytest.mark.parametrize("language", ["ru", "en"])
def test_no_text_is_untranslated_and_none_is_left_over(tmp_path: Path, language: str):
    kept = messages(update.HERE / f"kvit_{language}.ts")
    fresh_file = tmp_path / "fresh.ts"
    update.extract(fresh_file, language)
    assert set(messages(fresh_file)) == set(kept), "run: python -m gui.i18n.update, and translate"
    assert [key for key, texts in kept.items() if not all(texts)] == []


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_compiled_file_is_up_to_date(tmp_path: Path, language: str):
    fresh = tmp_path / "fresh.qm"
    update.compile_to(update.HERE / f"kvit_{language}.ts", fresh)
    assert fresh.read_bytes() == (update.HERE / f"kvit_{language}.qm").read_bytes(), "run: python -m gui.i18n.update"


def test_every_placeholder_is_in_the_translation():
    import string

    def fields(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for (context, source), texts in messages(update.HERE / "kvit_ru.ts").items():
        for text in texts:
            assert fields(text) == fields(source), (context, source)
            assert ("%n" in text) == ("%n" in source), (context, source)


def test_plurals_and_qts_own_texts_are_russian(qapp: QApplication):
    assert [counts.payments(n) for n in (1, 3, 7, 21, 111)] == [
        "1 платёж",
        "3 платежа",
        "7 платежей",
        "21 платёж",
        "111 платежей",
    ]
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Отмена"
    i18n.install(qapp, "en")
    assert [counts.payments(n) for n in (1, 3)] == ["1 payment", "3 payments"]
    assert i18n.translate("Shell", "Menu") == "Menu"


def test_the_language_is_chosen_by_word_then_by_the_system():
    from PySide6.QtCore import QLocale

    assert i18n.choose("en", QLocale("ru_RU")) == "en"
    assert i18n.choose("", QLocale("ru_RU")) == "ru"
    assert i18n.choose(None, QLocale("de_DE")) == "en"
    assert i18n.choose("klingon", QLocale("ru_RU")) == "ru"


def test_every_letter_we_show_is_in_the_font(qapp: QApplication):
    metrics = QFontMetrics(font())
    texts = [t for texts in messages(update.HERE / "kvit_ru.ts").values() for t in texts]
    letters = set("".join(texts)) | set("₽№«»—…→✓✗⏎ИНН0123456789") - {"\n"}
    missing = sorted(c for c in letters if c.isprintable() and not metrics.inFontUcs4(ord(c)))
    assert missing == []


def test_the_service_speaks_in_the_persons_language(qapp: QApplication):
    from gui.api.types import Said

    assert i18n.said(Said("по-русски", "in English")) == "по-русски"
    i18n.install(qapp, "en")
    assert i18n.said(Said("по-русски", "in English")) == "in English"
