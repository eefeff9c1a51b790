"""A partner's payout: the registry that explains it, what the partner kept, and the lines that do not fit."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from gui import wording
from gui.api.types import Payment, Reason
from gui.cells import Pill
from gui.i18n import translate
from gui.views.reasons import ReasonList, reason_tone
from gui.widgets.parts import columns, frame, label, rows
from gui.widgets.pill import PillLabel

_ABOUT = "matching.registry"


def of_registry(reason: Reason) -> bool:
    """Whether the fact is about a payout registry."""
    return reason.code == _ABOUT or reason.code.startswith(f"{_ABOUT}_")


def speaks_of_registry(payment: Payment) -> bool:
    """Whether there is anything to say about a registry."""
    told = payment.decision is not None and any(of_registry(r) for r in payment.decision.reasons)
    return payment.registry is not None or payment.fee > 0 or told


class RegistryCard(QFrame):
    """Signals:
    pointed: a fact points at words of the purpose: their span, or None.
    """

    pointed = Signal(object)

    def __init__(self, payment: Payment, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        reasons = [r for r in payment.decision.reasons if of_registry(r)] if payment.decision is not None else []
        against = [r for r in reasons if reason_tone(r.code) != "ok"]
        self.setProperty("role", "card")
        self.setProperty("tone", "warn" if against else "ok")
        box = rows(self, gap=6, margin=10)
        head = columns(gap=8)
        head.addWidget(label(self._title(payment), "heading", wrap=True), 1)
        head.addWidget(PillLabel(_verdict(payment, against)))
        box.addLayout(head)
        if payment.fee > 0:
            box.addWidget(self._fee(payment))
        # Its number and date stand in the title already.
        shown = [r for r in reasons if r.code != _ABOUT or payment.registry is None]
        if shown:
            facts = ReasonList(shown, payment.purpose)
            facts.pointed.connect(self.pointed)
            box.addWidget(facts)
        told = [
            self._title(payment),
            *(line.accessibleName() for line in self.findChildren(QFrame) if line is not self),
        ]
        self.setAccessibleName(". ".join(filter(None, told)))

    def _title(self, payment: Payment) -> str:
        registry = payment.registry
        if registry is None:
            return translate("Payout", "Payout of a partner")
        return translate("Payout", "Registry № {number} of {date}").format(
            number=registry.number, date=wording.day(registry.date)
        )

    def _fee(self, payment: Payment) -> QWidget:
        """The equation an accountant checks: what the buyers paid, less the fee, is what came."""
        made = frame("")
        line = columns(made, gap=6)
        parts = (
            (translate("Payout", "buyers paid"), payment.allocated + payment.fee, ""),
            ("−", None, ""),
            (translate("Payout", "kept by the partner"), payment.fee, "warn"),
            ("=", None, ""),
            (translate("Payout", "credited"), payment.allocated, ""),
        )
        for words, kopecks, tone in parts:
            if kopecks is None:
                line.addWidget(label(words, "muted"))
                continue
            stack = rows(gap=0)
            stack.addWidget(label(wording.money(kopecks), "heading", tone=tone))
            stack.addWidget(label(words, "small"))
            line.addLayout(stack)
        line.addStretch(1)
        made.setAccessibleName(" ".join(f"{w} {wording.money(k)}" if k is not None else w for w, k, _ in parts))
        return made


def _verdict(payment: Payment, against: list[Reason]) -> Pill:
    if against:
        return Pill(translate("Payout", "does not agree"), "warn", "warning")
    if payment.allocated > 0:
        return Pill(translate("Payout", "agrees to the kopeck"), "ok", "check")
    return Pill(translate("Payout", "not allocated"), "idle", "clock")
