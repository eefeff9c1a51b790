"""How a call of the call centre went: words and keys."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt

from gui.i18n import translate


@dataclass(frozen=True, slots=True)
class Result:
    """One result: the service's word, the key that gives it, and its look."""

    word: str
    key: Qt.Key
    keys: str
    role: str
    icon: str


RESULTS = (
    Result("reached", Qt.Key.Key_F6, "F6", "primary", "check"),
    Result("no_answer", Qt.Key.Key_F7, "F7", "", "clock"),
    Result("busy", Qt.Key.Key_F8, "F8", "", "minus"),
    Result("later", Qt.Key.Key_F9, "F9", "", "calls"),
    Result("refused", Qt.Key.Key_F10, "F10", "danger", "ban"),
    Result("wrong_number", Qt.Key.Key_F10, "Shift+F10", "danger", "error"),
)


def result_title(word: str) -> str:
    titles = {
        "reached": translate("CallCentre", "Reached"),
        "busy": translate("CallCentre", "Busy"),
        "no_answer": translate("CallCentre", "No answer"),
        "later": translate("CallCentre", "Call later"),
        "refused": translate("CallCentre", "Wants no loan"),
        "wrong_number": translate("CallCentre", "Wrong number"),
    }
    return titles.get(word, word)


def result_of(key: int, *, shifted: bool) -> str:
    """The result a key gives; "" for other keys."""
    for result in RESULTS:
        if result.key == key and result.keys.startswith("Shift") == shifted:
            return result.word
    return ""
