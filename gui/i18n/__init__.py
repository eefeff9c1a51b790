"""Languages of the tray: Russian and English.

Texts of the program are English in the source and go through `translate` (Qt's own, so `pyside6-lupdate` finds them);
texts of the service come in both languages already and go through `said`.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from gui.api.types import Said

HERE = Path(__file__).parent
LANGUAGES = ("ru", "en")

translate = QCoreApplication.translate

_current = "en"
_installed: list[QTranslator] = []


def language() -> str:
    """ "ru" or "en"."""
    return _current


def said(value: Said) -> str:
    """A sentence of the service in the current language."""
    return value.text(_current)


def choose(wanted: str | None, locale: QLocale | None = None) -> str:
    """The language to start with: the asked one, else Russian on a Russian system, else English."""
    if wanted in LANGUAGES:
        return str(wanted)
    system = locale or QLocale.system()
    return "ru" if system.language() == QLocale.Language.Russian else "en"


def install(application: QCoreApplication, wanted: str) -> None:
    """Load the program's and Qt's own texts; replaces what was installed before."""
    global _current
    for old in _installed:
        application.removeTranslator(old)
    _installed.clear()
    _current = wanted
    QLocale.setDefault(QLocale("ru_RU" if wanted == "ru" else "en_GB"))
    qt_texts = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    for name, folder in ((f"qtbase_{wanted}", qt_texts), (f"kvit_{wanted}", str(HERE))):
        translator = QTranslator(application)
        if translator.load(name, folder):
            application.installTranslator(translator)
            _installed.append(translator)
