"""The registries of payout partners: what each one explains, what does not add up, and files brought in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from gui.api.types import Me, RegistriesImported, RegistryRow
from gui.i18n import translate
from gui.i18n.counts import counts
from gui.models import registries
from gui.settings import Settings
from gui.store.session import Session
from gui.theme import theme
from gui.views.page import ListPage, letter
from gui.views.registries_import import RegistryImport
from gui.views.registries_panel import RegistryPanel
from gui.widgets.filterbar import FilterBar
from gui.widgets.parts import button
from gui.widgets.tableview import TableView
from gui.widgets.undobar import UndoBar


class RegistriesPage(ListPage):
    """Attributes:
    form: the look at a file that is open.
    """

    key = "registries"
    topic = "payments"
    topics = ("registry",)
    usual_sort = "-date"

    def __init__(self, session: Session, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(session, settings, parent)
        self.form: RegistryImport | None = None
        self._files: list[Path] = []
        table = TableView(translate("Registries", "Registries"))
        table.empty_text = translate("Registries", "No registry here. Drop a partner's file on this page.")
        bar = FilterBar(
            registries.FILTERS,
            registries.filter_title,
            translate("Registries", "№, ИНН, sum, file…"),
            tones={"unsound": "bad"},
            always=("all", "waiting"),
            field_width=170,
        )
        self.bring = button(translate("Registries", "Bring in a file…"), "primary", icon="plus", slot=self.choose_files)
        self.panel_of_registry = RegistryPanel(session)
        self.panel_of_registry.setMinimumWidth(theme.px(390))
        self.news = UndoBar()
        model = registries.model(session.client, self)
        self.build(model, table, bar, self.panel_of_registry, share=(66, 34), beside=[self.bring], under=[self.news])
        self.panel_of_registry.withdrawn.connect(self._withdrawn)
        self.panel_of_registry.refused.connect(session.refused)
        self.panel_of_registry.go.connect(self.go)
        self.setAcceptDrops(True)
        self.allow()

    @classmethod
    def title(cls, me: Me | None) -> str:
        return translate("Registries", "Registries")

    @classmethod
    def opens_to(cls, me: Me) -> bool:
        return me.may("payments.read")

    # --- the list ----------------------------------------------------------------------------------------------------

    def reload(self) -> None:
        super().reload()
        self.panel_of_registry.reload()

    def picked(self, row: Any) -> None:
        if isinstance(row, RegistryRow):
            self.panel_of_registry.show_row(row)
        elif not self.model.total:
            self.panel_of_registry.show_row(None)

    def opened(self, row: Any) -> None:
        """Enter goes to the payment it explained."""
        if isinstance(row, RegistryRow) and row.payment_id:
            self.go.emit("payments", row.payment_id)

    def show_item(self, name: str) -> None:
        super().show_item(name)
        self.panel_of_registry.show_name(name)

    def _changed(self, topic: str, names: frozenset[str]) -> None:
        super()._changed(topic, names)
        if topic in self.topics and (not names or self.panel_of_registry.name in names):
            self.panel_of_registry.reload()

    def _withdrawn(self, registry: RegistryRow) -> None:
        self.news.say(translate("Registries", "№ {number}: withdrawn").format(number=registry.number), undoable=False)
        self.table.setFocus()

    def allow(self) -> None:
        if not hasattr(self, "panel_of_registry"):
            return
        why = registries.why_not_bring(self.session.me, online=self.session.online)
        self.bring.setEnabled(not why)
        self.bring.setToolTip(why or translate("Registries", "A partner's file: CSV, Excel, DBF or XML (N)"))
        self.bring.setAccessibleDescription(why)
        self.panel_of_registry.allow()

    # --- files -------------------------------------------------------------------------------------------------------

    def choose_files(self) -> None:
        if not self.bring.isEnabled():
            return
        names, _ = QFileDialog.getOpenFileNames(
            self,
            translate("Registries", "Registry files"),
            "",
            translate("Registries", "Registries (*.csv *.txt *.xlsx *.dbf *.xml);;All files (*)"),
        )
        self.look_at([Path(name) for name in names])

    def look_at(self, files: list[Path]) -> None:
        """One after another."""
        self._files += files
        self._next_file()

    def _next_file(self) -> None:
        if self.form is not None or not self._files or not self.bring.isEnabled():
            return
        form = RegistryImport(self.session, self._files.pop(0), self)
        form.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        form.setWindowModality(Qt.WindowModality.WindowModal)
        self.form = form
        form.brought.connect(self._brought)
        form.finished.connect(self._finished)
        form.open()

    def _finished(self, result: int) -> None:
        self.form = None
        if result != QDialog.DialogCode.Accepted:
            self._files.clear()
        self.table.setFocus()
        self._next_file()

    def _brought(self, found: RegistriesImported) -> None:
        numbers = ", ".join(f"№ {one.number}" for one in found.registries)
        known = len(found.known) == len(found.registries)
        told = translate("Registries", "was here before") if known else translate("Registries", "taken in")
        more = f" · {counts.payouts_decided(found.decided)}" if found.decided else ""
        self.news.say(f"{numbers}: {told}{more}", undoable=False)
        if found.registries:
            self.table.want(found.registries[0].id)
            self.panel_of_registry.show_name(found.registries[0].id)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.bring.isEnabled() and local_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = local_files(event.mimeData())
        if files:
            event.acceptProposedAction()
            self.look_at(files)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        pressed = letter(event)
        if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            super().keyPressEvent(event)
        elif pressed == "n":
            self.choose_files()
        elif pressed == "w":
            self.panel_of_registry.ask_withdraw()
        elif event.text() in ("/", "."):
            self.focus_search()
        else:
            super().keyPressEvent(event)


def local_files(data: QMimeData) -> list[Path]:
    """The files of this machine among what is dragged; folders are none."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return [path for path in paths if path.is_file()]
