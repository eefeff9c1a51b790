"""A partner's payout: the registry that explains it, what the partner kept, and the lines that do not fit."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from gui import wording
from gui.api.types import ExplainedBy, Payment, Reason
from gui.cells import Pill
from gui.i18n import translate
from gui.views.reasons import ReasonList, reason_tone
from gui.widgets.flow import flowing
from gui.widgets.parts import Link, columns, label, rows
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
    go: the person wants to see the registry; carries page key and id.
    """

    pointed = Signal(object)
    go = Signal(str, str)

    def __init__(self, payment: Payment, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        reasons = [r for r in payment.decision.reasons if of_registry(r)] if payment.decision is not None else []
        against = [r for r in reasons if reason_tone(r.code) == "warn"]
        self.setProperty("role", "card")
        self.setProperty("tone", "warn" if against else "ok")
        box = rows(self, gap=6, margin=10)
        head = columns(gap=8)
        head.addWidget(label(self._title(payment), "heading", wrap=True), 1)
        if payment.registry is not None:
            head.addWidget(self._link(payment.registry), 0, Qt.AlignmentFlag.AlignTop)
        box.addLayout(head)
        box.addWidget(PillLabel(_verdict(payment, against)))
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

    def _link(self, registry: ExplainedBy) -> QWidget:
        name = translate("Payout", "Show registry № {number}").format(number=registry.number)
        made = Link(translate("Payout", "To the registry"), lambda: self.go.emit("registries", registry.id), name)
        made.setToolTip(name)
        return made

    def _fee(self, payment: Payment) -> QWidget:
        """The equation an accountant checks: what the buyers paid, less the fee, is what came."""
        terms = (
            ("", translate("Payout", "buyers paid"), payment.allocated + payment.fee),
            ("−", translate("Payout", "kept by the partner"), payment.fee),
            ("=", translate("Payout", "credited"), payment.allocated),
        )
        made = flowing([_term(*term) for term in terms], gap=12)
        made.setAccessibleName(" ".join(f"{sign} {words} {wording.money(sum_)}".strip() for sign, words, sum_ in terms))
        return made


def _term(sign: str, words: str, kopecks: int) -> QWidget:
    made = QWidget()
    stack = rows(made, gap=0)
    stack.addWidget(label(f"{sign} {wording.money(kopecks)}".strip(), "heading"))
    stack.addWidget(label(words, "small"))
    return made


def _verdict(payment: Payment, against: list[Reason]) -> Pill:
    if against:
        return Pill(translate("Payout", "does not agree"), "warn", "warning")
    if payment.allocated > 0:
        return Pill(translate("Payout", "agrees to the kopeck"), "ok", "check")
    return Pill(translate("Payout", "not allocated"), "idle", "clock")
