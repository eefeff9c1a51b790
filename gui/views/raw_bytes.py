"""The bank's own bytes: fetched, their fingerprint compared on this machine, and written to a file."""

from __future__ import annotations

import hashlib
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from gui import wording
from gui.api.errors import ApiError
from gui.i18n import translate
from gui.store.session import Session
from gui.widgets.parts import button, columns, dress, label, rows


class RawBytes(QWidget):
    """A button that saves one stored message, and the verdict on its fingerprint."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._message = self._name = self._sha256 = ""
        box = rows(self, gap=6)
        self.save = button(translate("Evidence", "Save the bank's bytes…"), icon="file", slot=self._ask)
        line = columns()
        line.addWidget(self.save)
        line.addStretch(1)
        box.addLayout(line)
        self.verdict = label("", wrap=True)
        self.verdict.hide()
        box.addWidget(self.verdict)
        self.allow()

    def show_message(self, message_id: str, sha256: str, name: str = "") -> None:
        """The message to save; `name` is the file's name without ending."""
        self._message, self._sha256, self._name = message_id, sha256, name or message_id
        self.verdict.hide()
        self.allow()

    def allow(self) -> None:
        may = self.session.may("evidence.read")
        self.save.setEnabled(may and bool(self._message))
        why = "" if may or not self.session.online else translate("Evidence", "Your role has no right to the bytes.")
        self.save.setToolTip(why)

    def _ask(self) -> None:
        title = translate("Evidence", "Save the bank's bytes")
        name, _ = QFileDialog.getSaveFileName(self, title, f"{self._name}.xml")
        if name:
            self.fetch(Path(name))

    def fetch(self, target: Path) -> None:
        """Fetch the stored message, compare its fingerprint here, write it."""
        wanted = self._sha256

        def done(content: bytes) -> None:
            try:
                target.write_bytes(content)
            except OSError as error:
                self._tell("bad", translate("Evidence", "Not saved: {why}").format(why=error.strerror or error))
                return
            if wanted and hashlib.sha256(content).hexdigest() != wanted:
                self._tell("bad", translate("Evidence", "The fingerprint does NOT agree: these are other bytes."))
            else:
                self._tell("ok", translate("Evidence", "Saved, the fingerprint agrees."))

        def failed(error: ApiError) -> None:
            self._tell("bad", wording.error_text(error))

        if self._message:
            self.session.client.raw(f"/v1/evidence/{self._message}", done, failed, owner=self)

    def _tell(self, tone: str, text: str) -> None:
        self.verdict.setText(text)
        dress(self.verdict, tone=tone)
        self.verdict.show()
