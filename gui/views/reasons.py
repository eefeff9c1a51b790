"""Why: the facts behind a decision, and the words of the purpose they were read from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from gui import icons
from gui.api.types import Reason
from gui.i18n import said
from gui.theme import theme
from gui.widgets.parts import label

# The matcher's codes, without "matching.": what speaks for a match and what against it. A code that is in neither list
# is shown without a verdict.
_SPEAKS_FOR = """
payer_inn payer_account payer_name named_inn number_quoted order_quoted invoice_found invoice_of sum_equal
sum_unique sum_is_balance whole_balance adds_up sums_stated registry registry_adds_up loan_quoted
"""
_SPEAKS_AGAINST = """
payer_inn_unknown payer_unknown named_inn_unknown for_somebody hint_needs_exact two_inns two_persons
individual_needs_exact individual_needs_number own_money document_seen not_final number_slip number_unknown
number_foreign number_paid number_cancelled number_of_other other_number_too date_differs date_contradicts
several_fit sum_differs sum_short sum_over sum_of_other sum_fits_nothing several_same_sum nothing_open
extra_is_other tiny tenfold promised_in_full advance_without_invoice maybe_no_sale says_refund says_own_transfer
says_loan says_other_income registry_missing registry_ambiguous registry_date registry_differs registry_unsound
registry_line registry_twice loan_unknown
"""
_FOR = frozenset(_SPEAKS_FOR.split())
_AGAINST = frozenset(_SPEAKS_AGAINST.split())


def reason_tone(code: str) -> str:
    """ "ok" for a fact that speaks for it, "warn" for one against it, "idle" where we do not know."""
    name = code.rpartition(".")[2]
    return "ok" if name in _FOR else ("warn" if name in _AGAINST else "idle")


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


class ReasonList(QWidget):
    """Facts, one per line: a tick for, a triangle against, a dot for the rest."""

    def __init__(self, reasons: Sequence[Reason], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.px(7))
        grid.setVerticalSpacing(theme.px(3))
        grid.setColumnStretch(1, 1)
        for number, reason in enumerate(reasons):
            tone = reason_tone(reason.code)
            sign = QLabel()
            sign.setPixmap(icons.pixmap(_SIGNS[tone], theme.tokens.tone(tone)[0], 15))
            sign.setToolTip(reason.code)
            words = label((said(reason.text) or reason.code).rstrip("."), wrap=True)
            words.setToolTip(reason.code)
            grid.addWidget(sign, number, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(words, number, 1)


_SIGNS = {"ok": "check", "warn": "warning", "idle": "flag"}
