"""An application's way from the phone number to the money at the shop, one step under the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QGridLayout, QVBoxLayout, QWidget

from gui import wording
from gui.api.types import Agreement, LenderDecision, Loan, Offer
from gui.i18n import said, translate
from gui.i18n.counts import counts
from gui.models import loans as words
from gui.models.loan_fields import title as field_title
from gui.theme import theme
from gui.widgets.chain import Step
from gui.widgets.flow import flowing
from gui.widgets.parts import Elided, columns, frame, label, rows
from gui.widgets.pill import PillLabel

Facts = Sequence[tuple[str, str]]
Go = Callable[[str, str], None]


def facts_into(box: QVBoxLayout, facts: Facts, role: str = "") -> None:
    """Names on the left, values on the right; those without a value are left out."""
    form = QFormLayout()
    form.setHorizontalSpacing(theme.px(12))
    form.setVerticalSpacing(theme.px(3))
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    for name, value in facts:
        if value and value != "—":
            form.addRow(label(name, "muted"), label(value, role, wrap=role != "mono", select=True))
    if form.rowCount():
        box.addLayout(form)


def warning_card(text: str, hint: str = "", tone: str = "warn") -> QWidget:
    card = frame("card", tone=tone)
    stack = rows(card, gap=3, margin=9)
    stack.addWidget(label(f"⚠ {text}", wrap=True, select=True))
    if hint:
        stack.addWidget(label(f"→ {hint}", "muted", wrap=True))
    return card


class LoanSteps:
    """Makes the steps of one application."""

    def __init__(self, loan: Loan, now: datetime) -> None:
        self.loan = loan
        self.now = now

    def steps(self) -> list[Step]:
        """Those that have begun, and the next one."""
        made = [self._purchase()]
        if self.loan.decisions or self.loan.choices:
            made.append(self._decision())
        agreement = self.loan.agreement
        if agreement is not None:
            made += [self._signing(agreement), self._original(agreement), self._goods(agreement)]
        return made

    # --- the steps ---------------------------------------------------------------------------------------------------

    def _purchase(self) -> Step:
        loan = self.loan
        done = loan.stage not in ("application",)
        alone = not (loan.decisions or loan.choices or loan.agreement)
        title = translate("LoanSteps", "Application")
        step = Step("calls", title, "done" if done else "now", self._when(loan.made_at), last=alone)
        for thing in loan.basket:
            step.body.addLayout(_bought(thing.name, wording.quantity(thing.qty), thing.amount))
        money = translate("LoanSteps", "goods {goods} − down payment {down} = loan {loan}").format(
            goods=wording.money(loan.goods),
            down=wording.money(loan.down),
            loan=wording.money(loan.goods - loan.down),
        )
        step.body.addWidget(label(money, wrap=True))
        parts = [
            counts.months(loan.months) if loan.months else "",
            words.delivery_title(loan.delivery),
            translate("LoanSteps", "region {code}").format(code=loan.region) if loan.region else "",
            said(loan.origin_said),
        ]
        step.body.addWidget(label(" · ".join(p for p in parts if p), "muted", wrap=True))
        if loan.stage == "application":
            step.body.addWidget(label(self._call_words(), wrap=True, tone="bad" if self._call_late() else ""))
        return step

    def _call_late(self) -> bool:
        due = self.loan.call_due
        return due is not None and due < self.now

    def _call_words(self) -> str:
        loan = self.loan
        if loan.call_by:
            return translate("LoanSteps", "{name} has the buyer on the line").format(name=words.person(loan.call_by))
        tried = f" · {counts.attempts(loan.call_attempts)}" if loan.call_attempts else ""
        if loan.call_due is None:
            return translate("LoanSteps", "the questionnaire is being filled in") + tried
        return (
            translate("LoanSteps", "to be called by {time}").format(time=wording.moment(loan.call_due, self.now))
            + tried
        )

    def _decision(self) -> Step:
        loan = self.loan
        chosen = bool(loan.lender)
        states = {one.state for one in loan.decisions}
        state = "done" if chosen else ("now" if states & {"queued", "sent", "needs_info", "approved"} else "bad")
        step = Step("clock", translate("LoanSteps", "Decision"), state, "", last=loan.agreement is None)
        for decision in loan.decisions:
            step.body.addWidget(self._lender(decision))
        if chosen:
            parts = [loan.lender_title, said(loan.way_said), wording.money(loan.loan)]
            told = translate("LoanSteps", "Chosen: {what}").format(what=" · ".join(p for p in parts if p))
            step.body.addWidget(label(told, "heading", wrap=True))
        elif loan.choices:
            told = translate("LoanSteps", "To choose from: {n}").format(n=counts.offers(len(loan.choices)))
            step.body.addWidget(label(told, "heading", wrap=True))
        return step

    def _lender(self, decision: LenderDecision) -> QWidget:
        made = QWidget()
        box = rows(made, gap=2)
        head = columns(gap=6)
        head.addWidget(Elided(decision.title or decision.lender, "heading"), 1)
        head.addWidget(PillLabel(words.decision_pill(decision)))
        box.addLayout(head)
        box.addWidget(label(self._heard(decision), "small", wrap=True))
        for offer in decision.offers:
            box.addWidget(label(_offer(offer), wrap=True))
        if decision.reason:
            box.addWidget(label(decision.reason, "muted", wrap=True))
        for wanted in decision.wanted:
            box.addWidget(label(f"⚠ {field_title(wanted.field)}: {wanted.text}", wrap=True, tone="warn"))
        if decision.error is not None:
            text = said(decision.error.text) or decision.error.code
            tries = f" · {counts.attempts(decision.failures)}" if decision.failures else ""
            box.addWidget(label(f"⚠ {text}{tries}", wrap=True, tone="bad"))
        unknown = [view.status for view in decision.views if not view.known]
        if unknown:
            told = translate("LoanSteps", "Unknown status of the lender: {status}. Nothing was done.")
            box.addWidget(label("⚠ " + told.format(status=unknown[-1]), wrap=True, tone="warn"))
        return made

    def _heard(self, decision: LenderDecision) -> str:
        parts = []
        if decision.heard_at is not None:
            age = wording.ago(self.now - decision.heard_at)
            parts.append(translate("LoanSteps", "answered {age}").format(age=age))
        elif decision.asked_at is not None:
            age = wording.ago(self.now - decision.asked_at)
            parts.append(translate("LoanSteps", "asked {age}, no answer yet").format(age=age))
        if decision.ask_at is not None:
            parts.append(
                translate("LoanSteps", "next question at {time}").format(time=wording.moment(decision.ask_at, self.now))
            )
        if decision.external_id:
            parts.append(f"№ {decision.external_id}")
        return " · ".join(parts)

    def _signing(self, paper: Agreement) -> Step:
        signed = paper.signing in ("signed", "verified")
        bad = paper.signing in ("faulty", "refused", "stopped") or paper.held
        step = Step(
            "pen",
            translate("LoanSteps", "Signing"),
            "bad" if bad else ("done" if signed else "now"),
            self._when(paper.signed_at),
        )
        pills = columns(gap=6)
        pills.addWidget(PillLabel(words.signing_pill(paper)))
        pills.addWidget(label(words.way_title(paper.signing_way), "muted"))
        pills.addStretch(1)
        step.body.addLayout(pills)
        facts_into(step.body, self._agreement_facts(paper))
        for warning in paper.warnings:
            step.body.addWidget(self._warning(warning.settled_by, said(warning.text) or warning.code, warning.holds))
        checks = [one for one in self.loan.identity_checks if not (one.number_matches and one.photo_matches)]
        if checks:
            step.body.addWidget(
                label(translate("LoanSteps", "The passport did not fit: {n}").format(n=counts.times(len(checks))),
                      wrap=True, tone="warn")
            )  # fmt: skip
        for visit in self.loan.visits:
            parts = [wording.day(visit.day), visit.hours, visit.courier, wording.money(visit.cost)]
            told = " · ".join(p for p in parts if p)
            note = f" ({visit.note})" if visit.note else ""
            step.body.addWidget(label(f"{told} — {words.visit_result(visit)}{note}", "muted", wrap=True))
        return step

    def _warning(self, settled_by: str, text: str, holds: bool) -> QWidget:
        if settled_by:
            told = translate("LoanSteps", "settled by {name}").format(name=words.person(settled_by))
            return label(f"✓ {text} — {told}", "muted", wrap=True)
        hint = translate("LoanSteps", "Nothing is signed or released before a person settles it.") if holds else ""
        return warning_card(text, hint, "bad" if holds else "warn")

    def _agreement_facts(self, paper: Agreement) -> Facts:
        waiting = paper.signing not in ("signed", "verified")
        psk = words.percent(paper.psk)
        if paper.psk_ours and paper.psk_ours != paper.psk:
            psk += " · " + translate("LoanSteps", "ours {psk}").format(psk=words.percent(paper.psk_ours))
        return (
            (
                translate("LoanSteps", "Agreement"),
                f"№{wording.NBSP}{paper.number} · {paper.title or paper.lender} · {wording.day(paper.date)}",
            ),
            (
                translate("LoanSteps", "Loan"),
                f"{wording.money(paper.loan)} · {counts.months(paper.months)} · {words.percent(paper.rate)}",
            ),
            (translate("LoanSteps", "PSK"), psk if paper.psk else ""),
            (translate("LoanSteps", "Lender keeps"), wording.money(paper.discount) if paper.discount else ""),
            (translate("LoanSteps", "Must arrive"), wording.money(paper.transfer)),
            (translate("LoanSteps", "Sign by"), wording.day(paper.sign_by) if waiting else ""),
            (
                translate("LoanSteps", "Cooling-off until"),
                wording.moment(paper.lender_cooling_until or paper.cooling_until, self.now),
            ),
            (
                translate("LoanSteps", "Signing costs"),
                wording.money(paper.signing_cost) if paper.signing_cost else "",
            ),
        )

    def _original(self, paper: Agreement) -> Step:
        done = paper.original in ("accepted", "not_needed")
        bad = paper.original in ("rejected", "lost")
        begun = paper.original not in ("", "none")
        state = "bad" if bad else ("done" if done else ("now" if begun else "todo"))
        step = Step("file", translate("LoanSteps", "Original"), state, self._when(paper.arrived_at))
        pills = columns(gap=6)
        pills.addWidget(PillLabel(words.original_pill(paper)))
        pills.addWidget(label(words.holder(paper.holder), "muted"))
        pills.addStretch(1)
        step.body.addLayout(pills)
        facts_into(
            step.body,
            (
                (translate("LoanSteps", "Waybill"), paper.waybill),
                (translate("LoanSteps", "Handed over"), wording.moment(paper.sent_at, self.now)),
            ),
        )
        return step

    def _goods(self, paper: Agreement) -> Step:
        held = paper.goods == "held"
        begun = paper.goods not in ("", "held")
        bad = paper.goods in ("returned",)
        step = Step(
            "truck",
            translate("LoanSteps", "Goods"),
            "bad" if bad else ("done" if begun else "now"),
            self._when(paper.delivered_at or paper.released_at),
        )
        step.body.addWidget(flowing([PillLabel(words.goods_pill(paper))]))
        if held:
            for reason in paper.hold_reasons:
                step.body.addWidget(label(f"✗ {said(reason.text) or reason.code}", wrap=True, tone="warn"))
        facts_into(
            step.body,
            (
                (translate("LoanSteps", "Released"), wording.moment(paper.released_at, self.now)),
                (translate("LoanSteps", "Shipped"), wording.moment(paper.shipped_at, self.now)),
                (translate("LoanSteps", "Delivered"), wording.moment(paper.delivered_at, self.now)),
                (translate("LoanSteps", "Lender told"), wording.moment(paper.committed_at, self.now)),
                (
                    translate("LoanSteps", "Goods back"),
                    wording.money(paper.returned) if paper.returned else "",
                ),
            ),
        )
        return step

    def _when(self, at: datetime | None) -> str:
        return wording.moment(at, self.now) if at is not None else ""


def _offer(offer: Offer) -> str:
    """An offer in one line."""
    text = translate("LoanSteps", "{loan} · {months} · {rate} · {payment} a month").format(
        loan=wording.money(offer.loan),
        months=counts.months(offer.months),
        rate=words.percent(offer.rate),
        payment=wording.money(offer.payment),
    )
    if offer.until is not None:
        text += " · " + translate("LoanSteps", "until {day}").format(day=wording.day(offer.until))
    return text


def _bought(name: str, qty: str, amount: int) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(theme.px(10))
    grid.setColumnStretch(0, 1)
    grid.addWidget(Elided(name), 0, 0)
    grid.addWidget(label(translate("LoanSteps", "{n} pcs").format(n=qty)), 0, 1)
    grid.addWidget(label(wording.money(amount)), 0, 2)
    return grid
