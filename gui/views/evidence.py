"""The proof behind a payment: who signed it, its fingerprint, its place in the journal, and the bytes themselves."""

from __future__ import annotations

import hashlib
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QFormLayout, QLabel, QWidget

from gui import wording
from gui.api.errors import ApiError
from gui.api.types import Evidence, Happened, Payment
from gui.i18n import said, translate
from gui.models.payments import evidence_pill
from gui.store.session import Session
from gui.theme import theme
from gui.widgets.parts import button, clear, columns, dress, label, rows
from gui.widgets.pill import PillLabel


class EvidencePanel(QWidget):
    """Facts of one payment that are read rarely and then exactly."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._evidence: Evidence | None = None
        self._box = rows(self, gap=6)
        self._verdict = label("", wrap=True)
        self._save = button(translate("Evidence", "Save the bank's bytes…"), icon="file", slot=self._save_bytes)

    def show_payment(self, payment: Payment) -> None:
        self._verdict.setParent(None)
        self._save.setParent(None)
        clear(self._box)
        self._evidence = payment.evidence
        if payment.evidence is not None:
            self._box.addWidget(label(translate("Evidence", "Evidence"), "section"))
            self._box.addWidget(PillLabel(evidence_pill(payment.evidence.kind)))
            self._box.addLayout(self._facts(payment.evidence))
            line = columns()
            line.addWidget(self._save)
            line.addStretch(1)
            self._box.addLayout(line)
            self._verdict.setText("")
            self._verdict.hide()
            self._box.addWidget(self._verdict)
            self._save.show()
            self._save.setEnabled(self.session.online and bool(payment.evidence.message_id))
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

    # --- bytes -------------------------------------------------------------------------------------------------------

    def _save_bytes(self) -> None:
        evidence = self._evidence
        if evidence is None or not evidence.message_id:
            return
        name, _ = QFileDialog.getSaveFileName(
            self, translate("Evidence", "Save the bank's bytes"), f"{evidence.reference or evidence.message_id}.xml"
        )
        if name:
            self.fetch_bytes(Path(name))

    def fetch_bytes(self, target: Path) -> None:
        """Fetch the stored message, compare its fingerprint here, write it."""
        evidence = self._evidence
        if evidence is None or not evidence.message_id:
            return

        def done(content: bytes) -> None:
            try:
                target.write_bytes(content)
            except OSError as error:
                words = translate("Evidence", "Not saved: {why}").format(why=error.strerror or error)
                self._tell("bad", words)
                return
            found = hashlib.sha256(content).hexdigest()
            if evidence.sha256 and found != evidence.sha256:
                self._tell("bad", translate("Evidence", "The fingerprint does NOT agree: these are other bytes."))
            else:
                self._tell("ok", translate("Evidence", "Saved, the fingerprint agrees."))

        def failed(error: ApiError) -> None:
            self._tell("bad", wording.error_text(error))

        self.session.client.raw(f"/v1/evidence/{evidence.message_id}", done, failed, owner=self)

    def _tell(self, tone: str, text: str) -> None:
        self._verdict.setText(text)
        dress(self._verdict, tone=tone)
        self._verdict.show()


def _form() -> QFormLayout:
    form = QFormLayout()
    form.setHorizontalSpacing(theme.px(12))
    form.setVerticalSpacing(theme.px(3))
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    return form
