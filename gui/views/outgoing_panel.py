"""One payment order as a paper would show it: who has signed it, what became of it, and what can be decided."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFormLayout, QFrame, QWidget

from gui import wording
from gui.api.client import Call
from gui.api.errors import ApiError
from gui.api.types import Bank, LineEvidence, Outgoing, OutgoingRow
from gui.i18n import said, translate
from gui.models import outgoing as words
from gui.models.payments import evidence_pill
from gui.store.session import Session
from gui.theme import theme
from gui.views.outgoing_decisions import OutgoingDecisions
from gui.views.raw_bytes import RawBytes
from gui.widgets.parts import Link, clear, columns, frame, label, rows, scroller
from gui.widgets.pill import PillLabel

_TAX_NUMBERS = {
    "status": "101", "kbk": "104", "oktmo": "105", "basis": "106", "period": "107", "doc_no": "108", "doc_date": "109",
}  # fmt: skip
_SIGNED = ("proposed", "sign", "approve")


class OutgoingPanel(QFrame):
    """Attributes: decisions: the buttons under the order.

    Signals:
    decided: a decision was taken; carries the new order and the words for it.
    refused: an `ApiError`.
    again: the person wants to pay the same payee once more; carries the order.
    """

    decided = Signal(object, str)
    refused = Signal(object)
    again = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.session = session
        self.order: Outgoing | None = None
        self._bank: Bank | None = None
        self._name = ""
        self._call: Call | None = None
        self._settle = QTimer(self, singleShot=True, interval=50)
        self._settle.timeout.connect(self._load)
        body = QWidget()
        self._box = rows(body, gap=8, margin=14)
        self._scroll = scroller(body)
        whole = rows(self, gap=0)
        whole.addWidget(self._scroll, 1)
        self.decisions = OutgoingDecisions(session)
        self.decisions.decided.connect(self._decided)
        self.decisions.refused.connect(self._refused)
        whole.addWidget(self.decisions)
        self._render()

    @property
    def name(self) -> str:
        """Id of the order shown; "" when none is."""
        return self._name

    # --- what is shown -----------------------------------------------------------------------------------------------

    def show_row(self, row: OutgoingRow | None) -> None:
        if row is None:
            self._name, self.order = "", None
            self._settle.stop()
            self._render()
            return
        same = self.order is not None and (self.order.id, self.order.version) == (row.id, row.version)
        if row.id != self._name or not same:
            self.show_name(row.id)

    def show_name(self, name: str) -> None:
        if name != self._name:
            self._name, self.order = name, None
            self.decisions.show_order(None)
        self._settle.start()

    def show_bank(self, bank: Bank) -> None:
        """Who may sign, and the names of our banks."""
        known = self._bank is not None and self._bank.accounts == bank.accounts
        self._bank = bank
        self.decisions.show_bank(bank)
        if not known:
            self._render()

    def reload(self) -> None:
        if self._name:
            self._load()

    def _load(self) -> None:
        if not self._name or not self.session.online:
            return
        if self._call is not None:
            self._call.cancel()

        def done(order: Outgoing) -> None:
            if order.id == self._name:
                self._show(order)

        self._call = self.session.client.get(
            f"/v1/outgoing/{self._name}", Outgoing, done, self.refused.emit, owner=self
        )

    def _show(self, order: Outgoing) -> None:
        if order == self.order:
            return
        other = self.order is None or self.order.id != order.id
        self.order = order
        self._render()
        if other:
            self._scroll.verticalScrollBar().setValue(0)

    def _render(self) -> None:
        clear(self._box)
        order = self.order
        self.decisions.show_order(order)
        if order is None:
            empty = label(translate("OutgoingPanel", "Choose a payment order on the left."), "muted", wrap=True)
            empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._box.addWidget(empty, 1)
            return
        self._head(order)
        if order.state in words.TO_SIGN:
            for warning in order.warnings:
                self._caution(said(warning.text) or warning.code, said(warning.hint))
        if order.to_decide:
            self._caution(
                translate(
                    "OutgoingPanel",
                    "The bank says it has not got this order. It will not go again by itself; do not pay anew.",
                ),
                translate(
                    "OutgoingPanel",
                    "Ask the bank whether it has the order, then decide below: send it again, or it did not go.",
                ),
            )
        self._what_happened(order)
        self._payer(order)
        self._payee(order)
        self._purpose(order)
        self._signatures(order)
        for line in order.evidence:
            self._proof(line)
        self._history(order)
        self._box.addStretch(1)

    def _head(self, order: Outgoing) -> None:
        line = columns(gap=8)
        title = translate("OutgoingPanel", "Payment order № {number}").format(number=order.number)
        stack = rows(gap=1)
        stack.addWidget(label(title, "title", wrap=True))
        made = translate("OutgoingPanel", "of {date}").format(date=wording.day(order.date))
        sources = {
            "1c": translate("OutgoingPanel", "from 1C"),
            "settlement": translate("OutgoingPanel", "from settlements"),
        }
        stack.addWidget(label(" · ".join(p for p in (made, sources.get(order.source, "")) if p), "muted"))
        line.addLayout(stack, 1)
        line.addWidget(label(wording.money(order.amount), "sum", select=True), 0, Qt.AlignmentFlag.AlignTop)
        self._box.addLayout(line)
        pills = columns(gap=6)
        pills.addWidget(PillLabel(words.full_pill(order)))
        pills.addStretch(1)
        self._box.addLayout(pills)

    def _caution(self, text: str, hint: str) -> None:
        card = frame("card", tone="warn")
        stack = rows(card, gap=3, margin=9)
        stack.addWidget(label(f"⚠ {text}", wrap=True, select=True))
        if hint:
            stack.addWidget(label(f"→ {hint}", "muted", wrap=True))
        self._box.addWidget(card)

    def _what_happened(self, order: Outgoing) -> None:
        """The last word of the bank or of a person, and what not to do while the outcome is unknown."""
        told: list[tuple[str, str]] = []
        if order.state == "unknown" and not order.to_decide:
            told.append(
                (translate("OutgoingPanel", "Do not pay again: Kvit finds out by itself and sends nothing twice."), "")
            )
        if order.bank_text or order.bank_code:
            text = " · ".join(part for part in (order.bank_text, order.bank_code) if part)
            bad = order.state in ("refused", "returned")
            told.append((translate("OutgoingPanel", "The bank: {text}").format(text=text), "bad" if bad else ""))
        if order.note:
            told.append((translate("OutgoingPanel", "Reason: {text}").format(text=order.note), ""))
        for text, tone in told:
            self._box.addWidget(label(text, wrap=True, tone=tone, select=True))

    def _payer(self, order: Outgoing) -> None:
        self._section(translate("OutgoingPanel", "Payer"))
        company = self.session.status.company if self.session.status else ""
        own = next((a for a in self._bank.accounts if a.account == order.account), None) if self._bank else None
        self._facts(
            (
                ("", company),
                (translate("OutgoingPanel", "Account"), words.account(order.account)),
                (translate("OutgoingPanel", "Bank"), own.bank if own else ""),
            )
        )

    def _payee(self, order: Outgoing) -> None:
        line = columns(gap=6)
        line.addWidget(label(translate("OutgoingPanel", "Payee"), "section"), 1)
        again = Link(translate("OutgoingPanel", "Pay again…"), lambda: self.again.emit(order))
        again.setToolTip(translate("OutgoingPanel", "A new order to the same payee (C)"))
        why = words.why_not_propose(self.session.me, online=self.session.online, bank=self._bank)
        again.setEnabled(not why)
        line.addWidget(again)
        self._box.addLayout(line)
        code_names = translate("OutgoingPanel", "INN / KPP") if order.payee_kpp else translate("OutgoingPanel", "INN")
        codes = " / ".join(p for p in (order.payee_inn, order.payee_kpp) if p)
        self._facts(
            (
                ("", order.payee_name),
                (code_names, codes),
                (translate("OutgoingPanel", "Account"), words.account(order.payee_account)),
                (translate("OutgoingPanel", "Bank"), order.payee_bank),
                (translate("OutgoingPanel", "BIC"), order.payee_bic),
                (translate("OutgoingPanel", "Corr. account"), words.account(order.payee_corr_account)),
            )
        )

    def _purpose(self, order: Outgoing) -> None:
        self._section(translate("OutgoingPanel", "Purpose"))
        self._box.addWidget(label(order.purpose, "purpose", wrap=True, select=True))
        facts = [
            (translate("OutgoingPanel", "Priority"), str(order.priority)),
            (translate("OutgoingPanel", "UIN (22)"), order.uin),
        ]
        if order.tax:
            told = "   ".join(f"{_TAX_NUMBERS.get(name, name)}: {value}" for name, value in order.tax.items())
            facts.append((translate("OutgoingPanel", "Budget fields"), told))
        self._facts(facts)

    def _signatures(self, order: Outgoing) -> None:
        self._section(translate("OutgoingPanel", "Signatures"))
        at = {event.by: event.at for event in order.history if event.event in _SIGNED}
        if order.proposed_by not in order.approved_by:
            self._box.addWidget(
                label(translate("OutgoingPanel", "Proposed by {name}").format(name=order.proposed_by), "muted")
            )
        for number, name in enumerate(order.approved_by, start=1):
            when = wording.moment(at.get(name), self.session.now())
            self._box.addWidget(label(f"✓ {number}. {name} · {when}", wrap=True))
        if order.state in words.TO_SIGN:
            for number in range(len(order.approved_by) + 1, 3):
                text = translate("OutgoingPanel", "a signature is wanted")
                self._box.addWidget(label(f"… {number}. {text}", tone="warn"))

    def _proof(self, line: LineEvidence) -> None:
        title = (
            translate("OutgoingPanel", "Evidence: the money came back")
            if line.incoming
            else translate("OutgoingPanel", "Evidence: the money left")
        )
        self._section(title)
        pills = columns()
        pills.addWidget(PillLabel(evidence_pill(line.kind)))
        pills.addStretch(1)
        self._box.addLayout(pills)
        sha = line.sha256
        moved = wording.money(line.amount if line.incoming else -line.amount, sign=True)
        self._facts(
            (
                (
                    translate("OutgoingPanel", "Statement line"),
                    f"{wording.day(line.booked)} · {moved}",
                ),
                (translate("OutgoingPanel", "Bank's reference"), line.bank_ref),
                (translate("OutgoingPanel", "Message"), line.message_id),
                (translate("OutgoingPanel", "Received"), wording.moment(line.received_at, self.session.now())),
            )
        )
        if sha:
            self._facts((("SHA-256", f"{sha[:32]}\n{sha[32:]}"),), role="mono")
        saver = RawBytes(self.session)
        saver.show_message(line.message_id, sha)
        self._box.addWidget(saver)

    def _history(self, order: Outgoing) -> None:
        if not order.history:
            return
        self._section(translate("OutgoingPanel", "History"))
        for event in order.history:
            when = wording.moment(event.at, self.session.now())
            by = "" if event.by == "service" else f"{event.by} · "
            self._box.addWidget(label(f"{when} · {by}{said(event.text) or event.event}", "muted", wrap=True))

    def _section(self, title: str) -> None:
        self._box.addWidget(label(title, "section"))

    def _facts(self, facts: Sequence[tuple[str, str]], role: str = "") -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(theme.px(12))
        form.setVerticalSpacing(theme.px(3))
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for name, value in facts:
            if not value:
                continue
            shown = label(value, role or ("heading" if not name else ""), wrap=role != "mono", select=True)
            if name:
                form.addRow(label(name, "muted"), shown)
            else:
                form.addRow(shown)
        self._box.addLayout(form)

    # --- deciding ----------------------------------------------------------------------------------------------------

    def allow(self) -> None:
        self.decisions.allow()

    def _decided(self, order: Outgoing, done_words: str) -> None:
        if order.id == self._name:
            self._show(order)
        self.decided.emit(order, done_words)

    def _refused(self, error: ApiError) -> None:
        self.refused.emit(error)
        self.reload()
