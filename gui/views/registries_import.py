"""A partner's file before it is taken in: whose it is, what its columns mean, what that gives, and which rows fail."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QFrame, QWidget

from gui import wording
from gui.api.client import Call
from gui.api.errors import ApiError
from gui.api.types import PayoutPartner, PayoutPartners, ReadRegistry, RegistriesImported, RegistryPreview
from gui.i18n import said, translate
from gui.i18n.counts import counts
from gui.models import registries as words
from gui.models.payer_rules import person
from gui.models.registry_mapping import missing_title, reading_of
from gui.store.ops import Form
from gui.store.session import Session
from gui.theme import theme
from gui.views.registries_columns import ColumnsEditor
from gui.widgets.parts import button, columns, dress, frame, label, rows
from gui.widgets.tableview import TableView

LARGEST = 4 * 1024 * 1024
"""Bytes of a file the service takes."""


class RegistryImport(QDialog):
    """Attributes:
    partner: whose file it is.
    read_as: what the file comes to, read so.
    columns: the rows of the file with the meaning of each column.
    preview: what the service said last about the file.

    Signals:
    brought: the file was taken in; carries `RegistriesImported`.
    """

    brought = Signal(object)

    def __init__(self, session: Session, file: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.file = file
        self.preview: RegistryPreview | None = None
        self._content = ""
        self._partners: tuple[PayoutPartner, ...] = ()
        self._call: Call | None = None
        self._busy = False
        self._form = Form()
        self._settle = QTimer(self, singleShot=True, interval=250)
        self._settle.timeout.connect(self._try_again)
        self.setWindowTitle(translate("Registries", "Registry file"))
        self.setModal(True)
        self.resize(theme.px(1000), theme.px(640))
        box = rows(self, gap=8, margin=12)
        box.addLayout(self._head())
        self.status = label("", wrap=True)
        box.addWidget(self.status)
        self.columns = ColumnsEditor()
        self.columns.changed.connect(self._changed)
        box.addWidget(self.columns, 1)
        box.addWidget(self._result_area())
        box.addLayout(self._foot())
        self._read_file()
        self._load_partners()
        self._check()

    # --- parts -------------------------------------------------------------------------------------------------------

    def _head(self) -> Any:
        line = columns(gap=10)
        line.addWidget(label(self.file.name, "title"), 1)
        line.addWidget(label(translate("Registries", "Partner"), "muted"))
        self.partner = QComboBox()
        self.partner.setAccessibleName(translate("Registries", "Partner"))
        self.partner.setMinimumWidth(theme.px(260))
        self.partner.currentIndexChanged.connect(self._partner_chosen)
        line.addWidget(self.partner)
        return line

    def _result_area(self) -> QFrame:
        area = frame("card")
        stack = rows(area, gap=5, margin=10)
        self.read_as = label("", wrap=True, select=True)
        self.against = label("", wrap=True, tone="bad", select=True)
        stack.addWidget(self.read_as)
        stack.addWidget(self.against)
        self.bad_table = TableView(translate("Registries", "Rows that could not be read"))
        self.bad_rows = words.bad_rows(self)
        shown: list[Any] = self.bad_rows.columns
        self.bad_table.show_model(self.bad_rows, shown)
        self.bad_table.setFixedHeight(theme.px(126))
        stack.addWidget(self.bad_table)
        self._area = area
        area.hide()
        return area

    def _foot(self) -> Any:
        line = columns(gap=8)
        self.keep = QCheckBox(translate("Registries", "Read files of this partner so from now on"))
        self.keep.setChecked(True)
        line.addWidget(self.keep)
        line.addStretch(1)
        line.addWidget(button(translate("Registries", "Back"), slot=self.reject))
        self.ok = button(translate("Registries", "Take in"), "primary", icon="check", slot=self.take_in)
        line.addWidget(self.ok)
        return line

    # --- the file and the partner ------------------------------------------------------------------------------------

    def _read_file(self) -> None:
        try:
            if self.file.stat().st_size > LARGEST:
                size = wording.quantity(f"{LARGEST / 1024 / 1024:.0f}")
                self._tell("bad", translate("Registries", "The file is larger than {size} MB.").format(size=size))
                return
            self._content = base64.b64encode(self.file.read_bytes()).decode("ascii")
        except OSError as error:
            why = error.strerror or str(error)
            self._tell("bad", translate("Registries", "The file cannot be read: {why}").format(why=why))

    def _load_partners(self) -> None:
        self.session.client.get("/v1/registry-mappings", PayoutPartners, self._got_partners, self._failed, owner=self)

    def _got_partners(self, found: PayoutPartners) -> None:
        self._partners = found.items
        self.partner.blockSignals(True)
        if len(found.items) != 1:
            self.partner.addItem(translate("Registries", "— whose file is it?"), "")
        for one in found.items:
            self.partner.addItem(f"{words.partner_title(one)} · {one.partner_inn}", one.partner_inn)
        self.partner.blockSignals(False)
        if not self._content:
            return
        if not found.items:
            self._tell(
                "warn",
                translate(
                    "Registries",
                    "No payout partner is set up: IT names them in kvit.toml, [matching] payout_partners.",
                ),
            )
        elif len(found.items) == 1:
            self._partner_chosen()
        else:
            self._tell("info", translate("Registries", "Choose the partner the file comes from."))
            self.partner.setFocus()

    def _partner_chosen(self) -> None:
        """Look at the file as it is saved for this partner, or as its headings suggest."""
        self.preview = None
        self.columns.clear()
        if self.partner.currentData() and self._content:
            self._ask(None)
        self._check()

    # --- looking at it -----------------------------------------------------------------------------------------------

    def _changed(self) -> None:
        """Another meaning of a column: what it gives is asked for once the person pauses."""
        self._settle.start()
        self._check()

    def _try_again(self) -> None:
        mapping = self.columns.mapping()
        if mapping is not None:
            self._ask(mapping)
        else:
            self._show_missing(self.columns.missing())
            self._show_read(())

    def _ask(self, mapping: dict[str, Any] | None) -> None:
        if self._call is not None:
            self._call.cancel()
        self._call = self.session.client.send(
            "POST",
            "/v1/registries/preview",
            self._body(mapping),
            RegistryPreview,
            lambda found: self._got(found, by_hand=mapping is not None),
            self._failed,
            owner=self,
        )

    def _body(self, mapping: dict[str, Any] | None) -> dict[str, Any]:
        return {
            "partner_inn": self.partner.currentData(),
            "file_name": self.file.name,
            "content": self._content,
            "mapping": mapping,
        }

    def _got(self, found: RegistryPreview, *, by_hand: bool) -> None:
        self.preview = found
        if not by_hand:
            self.columns.show_file(found, reading_of(found))
        if found.error is not None:
            self._tell("bad", said(found.error.text) or found.error.code)
        elif found.mapping is None:
            self._show_missing(list(found.missing))
        elif found.saved:
            self._tell("ok", self._saved_words())
        elif by_hand:
            self._tell("info", translate("Registries", "Read as you say. Check the sums below."))
        else:
            self._tell(
                "info",
                translate("Registries", "Proposed by the words of the headings: check what each column means."),
            )
        lacking = {*found.missing} if found.mapping is None else set()
        if found.error is not None:
            lacking.add(found.error.code.removeprefix("registry.").removesuffix("_missing"))
        self.columns.tell(found.registries, lacking)
        self._show_read(found.registries)
        self._check()

    def _saved_words(self) -> str:
        known = next((p for p in self._partners if p.partner_inn == self.partner.currentData()), None)
        if known is None or known.at is None:
            return translate("Registries", "Read as it is saved for this partner.")
        return translate("Registries", "Read as {name} saved it for this partner on {date}.").format(
            name=person(known.by), date=wording.day(known.at)
        )

    def _show_missing(self, missing: list[str]) -> None:
        named = "; ".join(missing_title(part) for part in missing)
        self._tell("warn", translate("Registries", "Still to be named: {parts}.").format(parts=named))

    def _show_read(self, found: tuple[ReadRegistry, ...]) -> None:
        self.read_as.setText("\n".join(_read_words(one) for one in found))
        self._area.setVisible(bool(found))
        faults = [fault for one in found for fault in words.faults(one)]
        if faults:
            faults.append(translate("Registries", "Taken in like this, it explains no payment."))
        self.against.setText("\n".join(faults))
        self.against.setVisible(bool(faults))
        bad = [problem for one in found for problem in one.problems]
        self.bad_rows.show(bad)
        self.bad_table.setVisible(bool(bad))

    def _tell(self, tone: str, text: str) -> None:
        self.status.setText(text)
        dress(self.status, tone=tone)

    def _failed(self, error: ApiError) -> None:
        self._busy = False
        hint = wording.error_hint(error)
        self._tell("bad", f"{wording.error_text(error)} {hint}".strip())
        self._show_read(())
        self.preview = None
        self._check()

    # --- taking it in ------------------------------------------------------------------------------------------------

    def _check(self) -> None:
        preview = self.preview
        ready = preview is not None and preview.error is None and bool(preview.registries)
        asked = self._settle.isActive() or (self._call is not None and self._call.running)
        self.ok.setEnabled(ready and not asked and not self._busy)
        self.keep.setVisible(preview is not None and not preview.saved)

    def take_in(self) -> None:
        if not self.ok.isEnabled() or self.preview is None:
            return
        self._busy = True
        self._check()
        body = self._body(self.preview.mapping)
        body["save_mapping"] = self.keep.isChecked() and not self.preview.saved
        op = self.session.act(
            "/v1/registries",
            body,
            RegistriesImported,
            touches=(("registry", ""), ("payment", "")),
            form=self._form,
            owner=self,
        )
        op.success(self._taken).failure(self._failed).start()

    def _taken(self, found: RegistriesImported) -> None:
        self.brought.emit(found)
        self.accept()


def _read_words(one: ReadRegistry) -> str:
    """ "№ 120 of 21.11.2026: 37 lines, 1 234,00 ₽ less the fee 22,00 ₽ is 1 212,00 ₽"."""
    return translate("Registries", "№ {number} of {date}: {lines}, {gross} less the fee {fee}, to arrive {net}").format(
        number=one.number,
        date=wording.day(one.date),
        lines=counts.registry_lines(one.line_count),
        gross=wording.money(one.gross),
        fee=wording.money(one.fee),
        net=wording.money(one.net),
    )
