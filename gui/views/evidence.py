"""The proof behind a payment: who signed it, its fingerprint, its place in the journal, and the bytes themselves."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QLabel, QWidget

from gui import wording
from gui.api.types import Evidence, Happened, Payment
from gui.i18n import said, translate
from gui.models.payments import evidence_pill
from gui.store.session import Session
from gui.theme import theme
from gui.views.raw_bytes import RawBytes
from gui.widgets.parts import clear, label, rows
from gui.widgets.pill import PillLabel


class EvidencePanel(QWidget):
    """Facts of one payment that are read rarely and then exactly."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._box = rows(self, gap=6)
        self.bytes = RawBytes(session)

    def show_payment(self, payment: Payment) -> None:
        self.bytes.setParent(None)
        clear(self._box)
        if payment.evidence is not None:
            self._box.addWidget(label(translate("Evidence", "Evidence"), "section"))
            self._box.addWidget(PillLabel(evidence_pill(payment.evidence.kind)))
            self._box.addLayout(self._facts(payment.evidence))
            proof = payment.evidence
            self.bytes.show_message(proof.message_id or "", proof.sha256 or "", proof.reference or "")
            self._box.addWidget(self.bytes)
            self.bytes.show()
        self._box.addWidget(label(translate("Evidence", "Payment document"), "section"))
        self._box.addLayout(self._document(payment))
        if payment.history:
            self._box.addWidget(label(translate("Evidence", "History"), "section"))
            for event in payment.history:
                self._box.addWidget(self._event(event))

    def _facts(self, evidence: Evidence) -> QFormLayout:
        form = _form()
        sha = evidence.sha256 or ""
        facts = [
            (translate("Evidence", "Message"), evidence.reference or evidence.message_id, ""),
            (translate("Evidence", "Signer"), evidence.signer, ""),
            (translate("Evidence", "Verified"), wording.moment(evidence.verified_at, self.session.now()), ""),
            (translate("Evidence", "Journal row"), str(evidence.journal_seq or ""), ""),
            ("SHA-256", f"{sha[:32]}\n{sha[32:]}".strip(), "mono"),
        ]
        for name, value, role in facts:
            if value and value != "—":
                form.addRow(label(name, "muted"), label(value, role, wrap=role != "mono", select=True))
        return form

    def _document(self, payment: Payment) -> QFormLayout:
        form = _form()
        number = payment.doc_no
        if payment.doc_date:
            number = translate("Evidence", "№ {number} of {date}").format(
                number=payment.doc_no, date=wording.day(payment.doc_date)
            )
        bank = f"{payment.payer_bank} · БИК {payment.payer_bic}" if payment.payer_bic else payment.payer_bank
        facts = [
            (translate("Evidence", "Order"), number),
            (translate("Evidence", "Payer's bank"), bank),
            (translate("Evidence", "Payer's account"), payment.payer_account),
            (translate("Evidence", "Bank's reference"), payment.bank_ref),
            (translate("Evidence", "Bank time"), wording.moment(payment.bank_time, self.session.now())),
            (translate("Evidence", "Received"), wording.moment(payment.received_at, self.session.now())),
        ]
        for name, value in facts:
            if value and value != "—":
                form.addRow(label(name, "muted"), label(value, wrap=True, select=True))
        return form

    def _event(self, event: Happened) -> QLabel:
        when = wording.moment(event.at, self.session.now())
        return label(f"{when} · {event.by} · {said(event.text)}", "muted", wrap=True)


def _form() -> QFormLayout:
    form = QFormLayout()
    form.setHorizontalSpacing(theme.px(12))
    form.setVerticalSpacing(theme.px(3))
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    return form
