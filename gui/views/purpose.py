"""The payer's own words, with those marked that a decision was read from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from gui.i18n import translate
from gui.theme import theme

Span = tuple[int, int]

_PLAIN, _MARKED, _POINTED = 0, 1, 2


def highlight(text: str, spans: Iterable[Span], pointed: Span | None = None) -> str:
    """The text as rich text: words in `spans` marked, those in `pointed` marked louder.

    Spans are offsets of characters, [start, end); they may overlap or be wrong, the text stays whole. Colour is never
    alone: marked words are underlined and heavier, pointed ones stand on the accent's own ground.
    """
    marks = [_PLAIN] * len(text)
    for span in spans:
        _paint(marks, span, _MARKED)
    if pointed is not None:
        _paint(marks, pointed, _POINTED)
    tokens = theme.tokens
    styles = {
        _MARKED: f"background-color:{tokens.mark}; font-weight:600; text-decoration:underline;",
        _POINTED: f"background-color:{tokens.accent}; color:{tokens.on_accent}; font-weight:600;"
        " text-decoration:underline;",
    }
    parts: list[str] = []
    at = 0
    while at < len(text):
        end = at
        while end < len(text) and marks[end] == marks[at]:
            end += 1
        piece = escape(text[at:end])
        parts.append(f'<span style="{styles[marks[at]]}">{piece}</span>' if marks[at] else piece)
        at = end
    # Rich text would fold double spaces and line ends of the bank's text.
    return f'<div style="white-space:pre-wrap">{"".join(parts)}</div>'


def _paint(marks: list[int], span: Span, mark: int) -> None:
    for at in range(max(span[0], 0), min(span[1], len(marks))):
        marks[at] = mark


def words_at(text: str, spans: Iterable[Span]) -> list[str]:
    """The words the spans cover, each once, in the order of the text."""
    found = sorted({(max(start, 0), min(end, len(text))) for start, end in spans})
    return list(dict.fromkeys(text[start:end].strip() for start, end in found if text[start:end].strip()))


class PurposeLabel(QLabel):
    """The purpose of a payment; can be selected and copied as it came."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "purpose")
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.purpose = ""
        self._spans: tuple[Span, ...] = ()
        self._pointed: Span | None = None
        theme.changed.connect(self._draw)

    def say(self, purpose: str, spans: Sequence[Span] = ()) -> None:
        """Show `purpose` with the words at `spans` marked."""
        if (purpose, tuple(spans)) != (self.purpose, self._spans):
            self.purpose, self._spans, self._pointed = purpose, tuple(spans), None
            self._draw()

    def point(self, span: Span | None) -> None:
        """Mark these words louder, None = none."""
        if span != self._pointed:
            self._pointed = span
            self._draw()

    def _draw(self) -> None:
        self.setText(highlight(self.purpose, self._spans, self._pointed))
        self.setAccessibleName(translate("Purpose", "Purpose: {text}").format(text=self.purpose))
        words = words_at(self.purpose, self._spans)
        quoted = ", ".join(f"«{word}»" for word in words)
        self.setAccessibleDescription(
            translate("Purpose", "Marked words: {words}").format(words=quoted) if quoted else ""
        )
