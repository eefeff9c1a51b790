"""The morning report on the screen: parcels somebody should look at today, whom to ring, and what is at stake."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from gui import wording
from gui.api.types import MorningReport, TroubledParcel, TroubleSection
from gui.i18n import translate
from gui.i18n.counts import counts
from gui.models import parcel_lists as words
from gui.store.session import Session
from gui.views.saving import ask_target, save_workbook
from gui.widgets.parts import button, columns, dress, frame, label, rows
from gui.widgets.segments import Segments
from gui.widgets.tableview import TableView

GATHER_MS = 3_000


class MorningList(QWidget):
    """Attributes: report: the last one heard. trouble: whose parcels are listed.

    Signals:
    chosen: a parcel was picked; carries its id.
    told: how many parcels there are in it.
    saved: it was saved as a file, or could not be; carries the words for it.
    """

    chosen = Signal(str)
    told = Signal(int)
    saved = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.report = MorningReport()
        self.trouble = words.TROUBLES[0]
        self._by_hand = False
        whole = rows(self, gap=0)
        head = frame("bar")
        line = columns(head, gap=8, margin=8)
        self.choice = Segments([(trouble, words.trouble_title(trouble)) for trouble in words.TROUBLES])
        self.choice.choose(self.trouble)
        self.choice.asked.connect(self.turn)
        line.addWidget(self.choice)
        line.addStretch(1)
        self.keep = button(translate("ParcelMorning", "Save as Excel…"), icon="file", slot=self.ask_file)
        line.addWidget(self.keep)
        session.link_changed.connect(self.allow)
        self.allow()
        whole.addWidget(head)
        self.table = TableView(translate("ParcelMorning", "Parcels to look at"))
        self.table.empty_text = translate("ParcelMorning", "No parcel with this trouble.")
        self.table.empty_icon = "ok"
        self.model = words.morning(self)
        shown: list[Any] = self.model.columns
        self.table.show_model(self.model, shown)
        self.table.picked.connect(self._picked)
        whole.addWidget(self.table, 1)
        self.words = label("", "muted", wrap=True)
        foot = frame("foot")
        columns(foot, margin=7).addWidget(self.words, 1)
        whole.addWidget(foot)
        self._soon = QTimer(self, singleShot=True, interval=GATHER_MS)
        self._soon.timeout.connect(self.reload)
        session.changed.connect(self._changed)

    def reload(self) -> None:
        """The report as things stand now; its counts stand on the tab also while another list is in front."""
        me = self.session.me
        if self.session.online and me is not None and me.may("parcels.read"):
            path = "/v1/parcel-report"
            self.session.client.get(path, MorningReport, self._got, self.session.refused.emit, owner=self)

    def turn(self, trouble: str) -> None:
        self.trouble, self._by_hand = trouble, True
        self.choice.choose(trouble)
        self._show()
        self.table.setFocus()

    def section(self, trouble: str) -> TroubleSection | None:
        """Its part of the report; None where nothing has this trouble."""
        return next((one for one in self.report.sections if one.trouble == trouble), None)

    def allow(self) -> None:
        online = self.session.online
        why = "" if online else translate("ParcelMorning", "No link to the Kvit service.")
        self.keep.setEnabled(online)
        self.keep.setToolTip(why)
        self.keep.setAccessibleDescription(why)

    def ask_file(self) -> None:
        day = self.report.day or self.session.now().astimezone().date()
        target = ask_target(self, translate("ParcelMorning", "Save the morning report"), f"parcels-{day}.xlsx")
        if target is not None:
            self.save(target)

    def save(self, target: Path) -> None:
        """Fetch the report as a workbook and write it."""
        refused = self.session.refused.emit
        save_workbook(self.session, "/v1/parcel-report.xlsx", target, self.saved.emit, refused, self)

    def _changed(self, topic: str, _names: frozenset[str]) -> None:
        if topic == "parcels" and not self._soon.isActive():
            self._soon.start()

    def _got(self, found: MorningReport) -> None:
        self.report = found
        if not self._by_hand and self.section(self.trouble) is None and found.sections:
            self.trouble = found.sections[0].trouble
            self.choice.choose(self.trouble)
        for trouble, made in self.choice.buttons.items():
            section, title = self.section(trouble), words.trouble_title(trouble)
            made.setText(f"{title} · {section.count}" if section else title)
            made.setAccessibleName(made.text())
            dress(made, tone="bad" if section and trouble in ("stuck", "cod_missing") else "")
        self._show()
        self.told.emit(found.count)

    def _show(self) -> None:
        section = self.section(self.trouble)
        kept = getattr(self.table.current_row(), "id", "")
        lines = section.lines if section else ()
        self.model.show(lines)
        if lines:
            self.table.select_row(next((n for n, line in enumerate(lines) if line.id == kept), 0))
        self.words.setText(self._summary(section))

    def _summary(self, section: TroubleSection | None) -> str:
        whole = translate("ParcelMorning", "In all: {parcels}, at stake {sum}").format(
            parcels=counts.parcels(self.report.count), sum=wording.money(self.report.at_stake)
        )
        if section is None:
            return whole
        told = translate("ParcelMorning", "Here: {parcels}, at stake {sum}").format(
            parcels=counts.parcels(section.count), sum=wording.money(section.at_stake)
        )
        beyond = section.count - len(section.lines)
        more = translate("ParcelMorning", "not listed: {n}").format(n=beyond) if beyond > 0 else ""
        return " · ".join(part for part in (told, more, whole) if part)

    def _picked(self, row: Any) -> None:
        if isinstance(row, TroubledParcel) and self.isVisible():
            self.chosen.emit(row.parcel_id)

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        self._picked(self.table.current_row())
