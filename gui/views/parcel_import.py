"""A file of parcels: what its columns mean, how far it is taken in, and what became of each row."""

from __future__ import annotations

import base64
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QFileDialog,
    QLineEdit,
    QProgressBar,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from gui import wording
from gui.api.client import Call
from gui.api.errors import ApiError
from gui.api.types import Intake, IntakeRow, IntakeRows, ListPreview
from gui.i18n import translate
from gui.i18n.counts import counts
from gui.models import parcel_lists as words
from gui.models.parcel_form import field_title
from gui.store.ops import Form
from gui.store.session import Session
from gui.theme import theme
from gui.widgets.parts import button, caption, columns, dress, label, rows
from gui.widgets.segments import Segments
from gui.widgets.tableview import TableView

LOOK_MS = 700
ROWS_AT_ONCE = 500


class ParcelImport(QDialog):
    """Three steps: the columns, the run, the report.

    Attributes:
        preview: what the service said of the file. intake: the run, as far as it is known.
        meanings: the choice above each column. rows_shown: of the report, under its filter.

    Signals:
    brought: rows were taken in; carries `Intake`.
    chosen: a row of the report was opened; carries the parcel's id.
    """

    brought = Signal(object)
    chosen = Signal(str)

    def __init__(self, session: Session, file: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.file = file
        self.preview: ListPreview | None = None
        self.intake: Intake | None = None
        self.meanings: list[QComboBox] = []
        self.rows_shown: list[IntakeRow] = []
        self._gathered: list[IntakeRow] = []
        self.outcome = ""
        self._content = ""
        self._call: Call | None = None
        self._busy = False
        self._form = Form()
        self._look = QTimer(self, interval=LOOK_MS)
        self._look.timeout.connect(self._ask_progress)
        self.setWindowTitle(translate("ParcelImport", "List of parcels"))
        self.setModal(True)
        self.resize(theme.px(980), theme.px(620))
        box = rows(self, gap=8, margin=12)
        box.addWidget(label(file.name, "title"))
        self.status = label("", wrap=True, select=True)
        box.addWidget(self.status)
        self.steps = QStackedWidget()
        self.steps.addWidget(self._columns_step())
        self.steps.addWidget(self._report_step())
        box.addWidget(self.steps, 1)
        box.addLayout(self._foot())
        session.changed.connect(self._changed)
        session.link_changed.connect(self._check)
        self._read_file()
        self._check()

    # --- parts -------------------------------------------------------------------------------------------------------

    def _columns_step(self) -> QWidget:
        page = QWidget()
        stack = rows(page, gap=8)
        self.table = QTableWidget()
        self.table.setAccessibleName(translate("ParcelImport", "First rows of the file, what each column says above"))
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.horizontalHeader().setAccessibleName(translate("ParcelImport", "Headings of the file"))
        self.table.verticalHeader().setAccessibleName(translate("ParcelImport", "Rows of the file"))
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        stack.addWidget(self.table, 1)
        line = columns(gap=8)
        title = translate("ParcelImport", "Goods of the shop, where a row does not say")
        line.addWidget(label(title, "muted"))
        self.shop = QLineEdit()
        self.shop.setAccessibleName(title)
        self.shop.setPlaceholderText(translate("ParcelImport", "ours"))
        self.shop.setMaxLength(60)
        self.shop.setFixedWidth(theme.px(180))
        line.addWidget(self.shop)
        line.addStretch(1)
        stack.addLayout(line)
        return page

    def _report_step(self) -> QWidget:
        page = QWidget()
        stack = rows(page, gap=8)
        self.bar = QProgressBar()
        self.bar.setAccessibleName(translate("ParcelImport", "Rows taken in"))
        self.bar.setTextVisible(False)
        stack.addWidget(self.bar)
        line = columns(gap=8)
        self.choice = Segments([(one, words.outcome_title(one)) for one in ("", *words.OUTCOMES)])
        self.choice.choose("")
        self.choice.asked.connect(self.filter_rows)
        line.addWidget(self.choice)
        line.addStretch(1)
        stack.addLayout(line)
        self.report_table = TableView(translate("ParcelImport", "What became of each row"))
        self.report_table.empty_text = translate("ParcelImport", "No such row.")
        self.report = words.report(self)
        shown: list[Any] = self.report.columns
        self.report_table.show_model(self.report, shown)
        self.report_table.opened.connect(self._row_opened)
        stack.addWidget(self.report_table, 1)
        return page

    def _foot(self) -> Any:
        line = columns(gap=8)
        self.copy = button(translate("ParcelImport", "Copy the rows"), icon="copy", slot=self.copy_rows)
        self.save = button(translate("ParcelImport", "Save the rows…"), icon="file", slot=self.save_rows)
        for made in (self.copy, self.save):
            made.hide()
            line.addWidget(made)
        line.addStretch(1)
        self.back = button(translate("ParcelImport", "Back"), slot=self.reject)
        line.addWidget(self.back)
        self.stop = button(translate("ParcelImport", "Stop"), "danger", icon="hand", slot=self.ask_stop)
        self.stop.hide()
        line.addWidget(self.stop)
        self.ok = button(translate("ParcelImport", "Take in"), "primary", icon="check", slot=self.go_on)
        line.addWidget(self.ok)
        return line

    # --- the file ----------------------------------------------------------------------------------------------------

    def _read_file(self) -> None:
        try:
            if self.file.stat().st_size > words.LARGEST:
                size = f"{words.LARGEST // 1024 // 1024}"
                self._tell("bad", translate("ParcelImport", "The file is larger than {size} MB.").format(size=size))
                return
            self._content = base64.b64encode(self.file.read_bytes()).decode("ascii")
        except OSError as error:
            why = error.strerror or str(error)
            self._tell("bad", translate("ParcelImport", "The file cannot be read: {why}").format(why=why))
            return
        body = {"file_name": self.file.name, "content": self._content}
        self._call = self.session.client.send(
            "POST", "/v1/parcel-lists/preview", body, ListPreview, self._got, self._failed, owner=self
        )

    def _got(self, found: ListPreview) -> None:
        self.preview = found
        self.meanings = []
        meaning = {head: field for field, head in found.mapping.items()}
        self.table.clear()
        self.table.setColumnCount(len(found.heads))
        self.table.setRowCount(len(found.rows) + 1)
        self.table.setHorizontalHeaderLabels(list(found.heads))
        self.table.setVerticalHeaderLabels(["", *(str(number) for number in range(1, len(found.rows) + 1))])
        for column, head in enumerate(found.heads):
            choice = QComboBox()
            choice.setAccessibleName(translate("ParcelImport", "What column {head} says").format(head=head))
            choice.addItem("—", "")
            for field in found.fields:
                choice.addItem(field_title(field), field)
            choice.setCurrentIndex(max(choice.findData(meaning.get(head, "")), 0))
            choice.activated.connect(partial(self._meant, column))
            self.meanings.append(choice)
            self.table.setCellWidget(0, column, choice)
            for at, row in enumerate(found.rows, start=1):
                self.table.setItem(at, column, QTableWidgetItem(row[column] if column < len(row) else ""))
        self.table.resizeColumnsToContents()
        for column, choice in enumerate(self.meanings):
            width = max(choice.sizeHint().width() + theme.px(8), min(self.table.columnWidth(column), theme.px(240)))
            self.table.setColumnWidth(column, width)
        self._dress()
        self._check()
        if self.meanings:
            self.meanings[0].setFocus()

    def _meant(self, column: int, _index: int) -> None:
        """Another meaning of a column; a field stands in one column only."""
        said = self.meanings[column].currentData()
        for other, choice in enumerate(self.meanings):
            if other != column and said and choice.currentData() == said:
                choice.setCurrentIndex(0)
        self._dress()
        self._check()

    def mapping(self) -> dict[str, str]:
        """Field → head of its column."""
        heads = self.preview.heads if self.preview else ()
        return {c.currentData(): head for c, head in zip(self.meanings, heads, strict=True) if c.currentData()}

    def _dress(self) -> None:
        """Columns that mean something stand out; what is to be done is said above."""
        found = self.preview
        if found is None:
            return
        for choice in self.meanings:
            dress(choice, chosen="true" if choice.currentData() else "false")
        number = counts.rows(found.row_count)
        if "track" not in self.mapping():
            self._tell(
                "warn", translate("ParcelImport", "{rows}. Say which column has the numbers.").format(rows=number)
            )
        elif found.remembered and self.mapping() == found.mapping:
            told = translate("ParcelImport", "{rows}. Read as such lists were read before.").format(rows=number)
            self._tell("ok", told)
        else:
            told = translate(
                "ParcelImport", "{rows}. Check what each column says: such lists are read so from now on."
            ).format(rows=number)
            self._tell("info", told)

    # --- the run -----------------------------------------------------------------------------------------------------

    def go_on(self) -> None:
        """Take the list in; once it is, close."""
        if not self.ok.isEnabled():
            return
        if self.intake is not None:
            self.accept()
            return
        self._busy = True
        self._check()
        body = {
            "file_name": self.file.name,
            "content": self._content,
            "mapping": self.mapping(),
            "shop": self.shop.text().strip(),
        }
        op = self.session.act("/v1/parcel-lists", body, Intake, touches=(("parcels", ""),), form=self._form, owner=self)
        op.success(self._begun).failure(self._failed).start()

    def _begun(self, intake: Intake) -> None:
        self._busy = False
        self.steps.setCurrentIndex(1)
        self._progress(intake)
        if intake.running:
            self._look.start()
        self.report_table.setFocus()

    def _ask_progress(self) -> None:
        if self.intake is not None and self.session.online:
            path = f"/v1/parcel-lists/{self.intake.id}"
            self.session.client.get(path, Intake, self._progress, self._failed, owner=self)

    def _changed(self, topic: str, names: frozenset[str]) -> None:
        if topic == "parcel_intakes" and self.intake is not None and (not names or self.intake.id in names):
            self._ask_progress()

    def _progress(self, intake: Intake) -> None:
        was = self.intake
        self.intake = intake
        self.bar.setMaximum(max(intake.row_count, 1))
        self.bar.setValue(intake.done)
        tone = "bad" if intake.error is not None else "ok" if intake.state == "done" else "info"
        self._tell(tone, words.progress_words(intake))
        for outcome, made in self.choice.buttons.items():
            number, title = words.outcome_count(intake, outcome), words.outcome_title(outcome)
            made.setText(f"{title} · {number}" if number else title)
            made.setAccessibleName(made.text())
            made.setVisible(bool(number) or outcome in ("", self.outcome, "refused"))
        if not intake.running:
            self._look.stop()
        if was is None or was.done != intake.done or was.running != intake.running:
            self._ask_rows()
        if not intake.running and (was is None or was.running):
            self.brought.emit(intake)
        self._check()

    def ask_stop(self) -> None:
        """End the run after the rows it is at."""
        if self.intake is not None:
            op = self.session.act(f"/v1/parcel-lists/{self.intake.id}/stop", {}, Intake, form=self._form, owner=self)
            op.success(self._progress).failure(self._failed).start()

    # --- the report --------------------------------------------------------------------------------------------------

    def filter_rows(self, outcome: str) -> None:
        self.outcome = outcome
        self.choice.choose(outcome)
        self._ask_rows()

    def _ask_rows(self, after: int = 0) -> None:
        if self.intake is None or not self.session.online:
            return
        if not after:
            self._gathered = []
        if self._call is not None:
            self._call.cancel()
        path = f"/v1/parcel-lists/{self.intake.id}/rows"
        query = {"outcome": self.outcome, "after": after or "", "limit": ROWS_AT_ONCE}
        self._call = self.session.client.get(path, IntakeRows, self._got_rows, self._failed, owner=self, query=query)

    def _got_rows(self, found: IntakeRows) -> None:
        self._gathered += found.items
        if found.next is not None:
            self._ask_rows(found.next)
            return
        self.rows_shown = self._gathered
        self.report.show(self.rows_shown)

    def _row_opened(self, row: Any) -> None:
        if isinstance(row, IntakeRow) and row.parcel_id and self.intake is not None and not self.intake.running:
            self.chosen.emit(row.parcel_id)
            self.accept()

    def copy_rows(self) -> None:
        QGuiApplication.clipboard().setText(words.as_csv(self.rows_shown, "\t"))

    def save_rows(self) -> None:
        title = translate("ParcelImport", "Save the rows")
        name, _ = QFileDialog.getSaveFileName(self, title, f"{self.file.stem}.report.csv")
        if name:
            self.save_to(Path(name))

    def save_to(self, path: Path) -> None:
        """With a mark that makes spreadsheets read it as UTF-8."""
        try:
            path.write_text(words.as_csv(self.rows_shown), encoding="utf-8-sig", newline="")
        except OSError as error:
            why = error.strerror or str(error)
            self._tell("bad", translate("ParcelImport", "The file cannot be written: {why}").format(why=why))

    # --- both --------------------------------------------------------------------------------------------------------

    def _check(self) -> None:
        running = self.intake is not None and self.intake.running
        online = self.session.online
        if self.intake is None:
            self.ok.setEnabled(online and not self._busy and "track" in self.mapping())
        else:
            done = translate("ParcelImport", "Done")
            caption(self.ok, done, icon=True)
            self.ok.setAccessibleName(done)
            self.ok.setEnabled(not running)
        self.back.setVisible(self.intake is None)
        self.stop.setVisible(running)
        self.stop.setEnabled(online)
        self.copy.setVisible(self.intake is not None)
        self.save.setVisible(self.intake is not None)

    def _tell(self, tone: str, text: str) -> None:
        self.status.setText(text)
        dress(self.status, tone=tone)

    def _failed(self, error: ApiError) -> None:
        self._busy = False
        hint = wording.error_hint(error)
        self._tell("bad", f"{wording.error_text(error)} {hint}".strip())
        self._check()

    def closeEvent(self, event: QCloseEvent) -> None:
        """The run goes on in the service, whoever looks."""
        self._look.stop()
        super().closeEvent(event)
