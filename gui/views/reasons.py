"""Why: the facts behind a decision, each of them leading to the words of the purpose it was read from."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFocusEvent
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from gui import icons
from gui.api.types import Reason
from gui.i18n import said, translate
from gui.theme import theme
from gui.views.purpose import words_at
from gui.widgets.parts import columns, label, rows

# The matcher's codes, without "matching.": what speaks for a match and what against it. A code that is in neither list
# is shown without a verdict.
_SPEAKS_FOR = """
payer_inn payer_account payer_name payer_rule named_inn number_quoted order_quoted invoice_found invoice_of sum_equal
sum_unique sum_is_balance whole_balance adds_up sums_stated declared_part registry registry_adds_up
registry_fitting_lines registry_kept_back loan_quoted
"""
_SPEAKS_AGAINST = """
payer_inn_unknown payer_unknown named_inn_unknown for_somebody hint_needs_exact two_inns two_persons two_rules
individual_needs_exact individual_needs_number rule_needs_exact rule_releases_nothing own_money document_seen not_final
number_slip number_unknown number_foreign number_paid number_cancelled number_of_other other_number_too date_differs
date_contradicts several_fit sum_differs sum_short sum_over sum_of_other sum_fits_nothing several_same_sum nothing_open
extra_is_other tiny tenfold promised_in_full advance_without_invoice maybe_no_sale says_refund says_own_transfer
says_loan says_other_income registry_missing registry_ambiguous registry_date registry_differs registry_unsound
registry_line registry_twice registry_above registry_bad_rows registry_cancelled registry_fee registry_more_lines
registry_paid registry_refund registry_several registry_old registry_fee_high loan_unknown list_incomplete
number_denied number_left_open name_contradicts sums_contradict
"""
# They tell who or what it is about.
_TELLS = "own_answer payout_partner plural_noun registry_unquoted"
_TONES = {
    **dict.fromkeys(_SPEAKS_FOR.split(), "ok"),
    **dict.fromkeys(_SPEAKS_AGAINST.split(), "warn"),
    **dict.fromkeys(_TELLS.split(), "idle"),
}
_SIGNS = {"ok": "check", "warn": "warning", "idle": "flag"}


def knows(code: str) -> bool:
    """Whether this program has an opinion on the code."""
    return code.rpartition(".")[2] in _TONES


def reason_tone(code: str) -> str:
    """ "ok" for a fact that speaks for it, "warn" for one against it, "idle" where we do not know."""
    return _TONES.get(code.rpartition(".")[2], "idle")


class ReasonLine(QFrame):
    """One fact. One that was read from the purpose can be hovered and focused, and points at its words.

    Signals:
        pointed: its span, or None when it points no more.
    """

    pointed = Signal(object)

    def __init__(self, reason: Reason, purpose: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.reason = reason
        self.setProperty("role", "reason")
        tone = reason_tone(reason.code)
        line = columns(self, gap=7)
        sign = QLabel()
        sign.setPixmap(icons.pixmap(_SIGNS[tone], theme.tokens.tone(tone)[0], 15))
        line.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        text = (said(reason.text) or reason.code).rstrip(".")
        line.addWidget(label(text, wrap=True), 1)
        verdict = {
            "ok": translate("Reasons", "speaks for it"),
            "warn": translate("Reasons", "speaks against it"),
            "idle": translate("Reasons", "a fact"),
        }[tone]
        self.setAccessibleName(f"{text} ({verdict})")
        found = words_at(purpose, [reason.span]) if reason.span else []
        if found:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            words = translate("Reasons", "In the purpose: «{words}»").format(words=found[0])
            self.setAccessibleDescription(words)
            self.setToolTip(words)
        else:
            self.setToolTip(reason.code)

    @property
    def points(self) -> bool:
        """Whether it has words to point at."""
        return self.focusPolicy() != Qt.FocusPolicy.NoFocus

    def _point(self, on: bool) -> None:
        if self.points:
            self.pointed.emit(self.reason.span if on else None)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._point(True)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point(self.hasFocus())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._point(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._point(self.underMouse())


class ReasonList(QWidget):
    """Facts, one per line: a tick for, a triangle against, a flag for the rest.

    Signals:
        pointed: the span of the fact under the mouse or the focus, None when there is none.
    """

    pointed = Signal(object)

    def __init__(self, reasons: Sequence[Reason], purpose: str = "", parent: QWidget | None = None) -> None:
        """`purpose`: the text the spans are of."""
        super().__init__(parent)
        box = rows(self, gap=1)
        self.lines = [ReasonLine(reason, purpose) for reason in reasons]
        for line in self.lines:
            line.pointed.connect(self.pointed)
            box.addWidget(line)
