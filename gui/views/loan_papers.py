"""The papers of an application: what is missing, what is there, saved to a file, added from one."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QWidget

from gui import wording
from gui.api.errors import ApiError
from gui.api.types import KeptPaper, Loan, LoanPaper
from gui.i18n import said, translate
from gui.models import loans as words
from gui.store.ops import Form
from gui.store.session import Session
from gui.views.loan_steps import warning_card
from gui.widgets.parts import button, clear, columns, dress, frame, label, rows

MOST = 15 * 1024 * 1024
"""Bytes of a file the service takes."""
KINDS = ("signed", "passport", "portrait", "waybill", "agreement", "other")


def kind_title(kind: str) -> str:
    titles = {
        "agreement": translate("LoanPapers", "lender's agreement"),
        "signed": translate("LoanPapers", "scan of the signed papers"),
        "passport": translate("LoanPapers", "passport"),
        "portrait": translate("LoanPapers", "photo of the buyer"),
        "waybill": translate("LoanPapers", "waybill"),
        "other": translate("LoanPapers", "another paper"),
    }
    return titles.get(kind, kind)


class LoanPapers(QWidget):
    """Signals:
    added: a paper was added.
    refused: an `ApiError`.
    """

    added = Signal(str)
    refused = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.loan: Loan | None = None
        self._form = Form()
        self._sending = False
        box = rows(self, gap=8)
        self._box = rows(gap=7)
        box.addLayout(self._box)
        line = columns(gap=7)
        self.kind = QComboBox()
        self.kind.setAccessibleName(translate("LoanPapers", "What the paper is"))
        for kind in KINDS:
            self.kind.addItem(kind_title(kind), kind)
        self.add = button(translate("LoanPapers", "Add a file…"), icon="plus", slot=self.choose_file)
        line.addWidget(self.kind, 1)
        line.addWidget(self.add)
        box.addLayout(line)
        self.verdict = label("", wrap=True)
        self.verdict.hide()
        box.addWidget(self.verdict)
        box.addStretch(1)

    def show_loan(self, loan: Loan) -> None:
        if self.loan is None or self.loan.id != loan.id:
            self.verdict.hide()
        self.loan = loan
        clear(self._box)
        for missing in loan.missing:
            text = translate("LoanPapers", "Missing: {paper}").format(paper=said(missing.said))
            self._box.addWidget(warning_card(text, tone="bad"))
        for paper in loan.documents:
            self._box.addWidget(self._paper(paper))
        if not loan.documents and not loan.missing:
            self._box.addWidget(label(translate("LoanPapers", "No papers yet."), "muted"))
        self.allow()

    def _paper(self, paper: LoanPaper) -> QWidget:
        card = frame("card")
        line = columns(card, gap=8, margin=8)
        about = rows(gap=1)
        about.addWidget(label(said(paper.kind_said), "heading", wrap=True))
        size = translate("LoanPapers", "{n} KB").format(n=max(paper.size // 1024, 1))
        when = wording.moment(paper.at, self.session.now())
        about.addWidget(label(f"{paper.name} · {size}", "small", wrap=True, select=True))
        about.addWidget(label(f"{when} · {words.person(paper.by)}", "small", wrap=True))
        line.addLayout(about, 1)
        save = button(
            translate("LoanPapers", "Save…"),
            icon="file",
            slot=lambda: self._ask_where(paper),
            name=translate("LoanPapers", "Save {name}").format(name=paper.name),
        )
        save.setEnabled(paper.readable and not paper.purged and self.session.online)
        if paper.purged:
            save.setToolTip(translate("LoanPapers", "Forgotten: its time was over."))
        elif not paper.readable:
            save.setToolTip(translate("LoanPapers", "Your role may not open this paper."))
        line.addWidget(save)
        return card

    def allow(self) -> None:
        may = self.loan is not None and "documents" in self.loan.actions and self.session.online and not self._sending
        self.add.setEnabled(may)
        self.kind.setEnabled(may)

    # --- out ---------------------------------------------------------------------------------------------------------

    def _ask_where(self, paper: LoanPaper) -> None:
        name, _ = QFileDialog.getSaveFileName(self, translate("LoanPapers", "Save the paper"), paper.name)
        if name:
            self.fetch(paper, Path(name))

    def fetch(self, paper: LoanPaper, target: Path) -> None:
        """Fetch the bytes, compare their fingerprint here, write them."""

        def done(content: bytes) -> None:
            if hashlib.sha256(content).hexdigest() != paper.sha256:
                self._tell("bad", translate("LoanPapers", "The fingerprint does NOT agree: nothing was saved."))
                return
            try:
                target.write_bytes(content)
            except OSError as error:
                self._tell("bad", translate("LoanPapers", "Not saved: {why}").format(why=error.strerror or error))
                return
            self._tell("ok", translate("LoanPapers", "Saved: {name}").format(name=target.name))

        def failed(error: ApiError) -> None:
            self._tell("bad", wording.error_text(error))

        self.session.client.raw(f"/v1/loan-documents/{paper.id}", done, failed, owner=self)

    # --- in ----------------------------------------------------------------------------------------------------------

    def choose_file(self) -> None:
        if not self.add.isEnabled():
            return
        name, _ = QFileDialog.getOpenFileName(
            self,
            translate("LoanPapers", "Paper of the application"),
            "",
            translate("LoanPapers", "Papers (*.pdf *.jpg *.jpeg *.png)"),
        )
        if name:
            self.bring(Path(name))

    def bring(self, file: Path) -> None:
        """Send one file as the kind that is chosen."""
        loan = self.loan
        if loan is None:
            return
        try:
            content = file.read_bytes()
        except OSError as error:
            self._tell("bad", translate("LoanPapers", "Not read: {why}").format(why=error.strerror or error))
            return
        if len(content) > MOST:
            told = translate("LoanPapers", "The file is too large: {n} MB, at most {most} MB.")
            self._tell("bad", told.format(n=len(content) // 1024 // 1024, most=MOST // 1024 // 1024))
            return
        kind = str(self.kind.currentData())
        body = {
            "loan_id": loan.id,
            "kind": kind,
            "name": file.name,
            "content": base64.b64encode(content).decode("ascii"),
        }
        self._sending = True
        self.allow()

        def done(_: KeptPaper) -> None:
            self._sending = False
            self._form = Form()
            self.allow()
            self.added.emit(kind_title(kind))

        def failed(error: ApiError) -> None:
            self._sending = False
            self.allow()
            self._tell("bad", wording.error_text(error))

        op = self.session.act(
            "/v1/loan-documents", body, KeptPaper, touches=(("loans", loan.id),), form=self._form, owner=self
        )
        op.success(done).failure(failed).start()

    def _tell(self, tone: str, text: str) -> None:
        self.verdict.setText(text)
        dress(self.verdict, tone=tone)
        self.verdict.show()
