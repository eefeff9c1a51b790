"""Why: facts as small chips, and the words of the purpose they were read from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.api.types import Reason
from gui.cells import Pill
from gui.i18n import said
from gui.theme import theme
from gui.widgets.flow import Flow
from gui.widgets.pill import PillLabel

# The matcher's codes are "fact.how"; the second word says whether the fact speaks for or against.
_FOR = {
    "equal", "exact", "found", "quoted", "same", "unique", "known", "match", "matches", "full", "ok", "own",
    "covers", "registry", "agrees", "named", "single",
}  # fmt: skip
_AGAINST = {
    "other", "short", "over", "none", "unknown", "dead", "foreign", "missing", "differs", "ambiguous", "typo",
    "paid", "duplicate", "reversed", "tiny", "tenth", "hundredth", "third_party", "cancelled", "file",
    "underpaid", "overpaid", "partial",
}  # fmt: skip


def reason_tone(code: str) -> str:
    """ "ok" for a fact that speaks for it, "warn" for one against it, "idle" for a code we do not know."""
    words = code.replace(".", "_").split("_")
    if code.rsplit(".", 1)[-1] in _AGAINST or _AGAINST.intersection(words):
        return "warn"
    return "ok" if _FOR.intersection(words) else "idle"


def reason_pill(reason: Reason) -> Pill:
    tone = reason_tone(reason.code)
    icon = {"ok": "check", "warn": "warning", "idle": "flag"}[tone]
    return Pill(said(reason.text) or reason.code, tone, icon)


def highlight(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The purpose as rich text with the matched words marked; spans may overlap or be wrong, the text stays whole."""
    marked = [False] * len(text)
    for start, end in spans:
        for at in range(max(start, 0), min(end, len(text))):
            marked[at] = True
    style = f"background-color:{theme.tokens.mark}; font-weight:600;"
    parts: list[str] = []
    at = 0
    while at < len(text):
        end = at
        while end < len(text) and marked[end] == marked[at]:
            end += 1
        piece = escape(text[at:end])
        parts.append(f'<span style="{style}">{piece}</span>' if marked[at] else piece)
        at = end
    return "".join(parts)


class ReasonChips(QWidget):
    """Reasons as pills that wrap."""

    def __init__(self, reasons: Sequence[Reason], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        flow = Flow(self)
        for reason in reasons:
            chip = PillLabel(reason_pill(reason))
            chip.setToolTip(reason.code)
            flow.addWidget(chip)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
