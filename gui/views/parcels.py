"""Parcels: the list with its filters, the morning report, and the chosen parcel beside them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QComboBox, QDialog, QFileDialog, QStackedWidget, QWidget

from gui.api.types import Intake, Me, Needs, Parcel, ParcelPut, ParcelRow, ParcelSums
from gui.i18n import translate
from gui.i18n.counts import counts
from gui.models import parcels
from gui.models.cursor import CursorModel
from gui.models.parcel_form import put_words
from gui.models.parcel_lists import outcome_count, outcome_title
from gui.settings import Settings
from gui.store.session import Session
from gui.theme import theme
from gui.views.page import ListPage, letter
from gui.views.parcel_card import SIDES, ParcelPanel
from gui.views.parcel_forms import AddParcelDialog
from gui.views.parcel_import import ParcelImport
from gui.views.parcel_morning import MorningList
from gui.views.registries import local_files
from gui.views.shops_dialog import opened
from gui.widgets.filterbar import FilterBar
from gui.widgets.parts import button, columns, dress, label, rows
from gui.widgets.segments import Segments
from gui.widgets.tableview import TableView
from gui.widgets.undobar import UndoBar

SUMS_MS = 400


class ParcelsPage(ListPage):
    """Attributes:
    card: the chosen parcel. morning: the other list. shown: which of the two is in front.
    dialog: the form of a new parcel, or a file that is being taken in, while it is open.
    """

    key = "parcels"
    topic = "parcels"
    topics = ("parcels",)
    usual_sort = "-made_at"

    def __init__(self, session: Session, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(session, settings, parent)
        self.dialog: QDialog | None = None
        self.shown = "list"
        self._sums = ParcelSums()
        table = TableView(translate("Parcels", "Parcels"))
        table.empty_text = translate("Parcels", "No parcel here.")
        bar = FilterBar(
            parcels.FILTERS,
            parcels.filter_title,
            translate("Parcels", "Number, order, phone, name…"),
            tones={"stuck": "bad", "cod_missing": "bad", "returning": "warn"},
            always=("all", "stuck", "ready", "cod_missing"),
            field_width=230,
        )
        self.card = ParcelPanel(session)
        self.card.setMinimumWidth(theme.px(420))
        self.news = UndoBar()
        self.bring = button(
            translate("Parcels", "File…"), icon="file", slot=self.choose_file, shortcut="I",
            tip=translate("Parcels", "Take in a list: xlsx, csv, ods, xls"),
            name=translate("Parcels", "Take in a file"),
        )  # fmt: skip
        self.new = button(
            translate("Parcels", "New…"), "primary", icon="plus", slot=self.open_new, shortcut="N",
            tip=translate("Parcels", "Enter a parcel"), name=translate("Parcels", "New parcel"),
        )  # fmt: skip
        model = parcels.model(session.client, session.now, self)
        self.parcels_model: CursorModel = model
        self.build(
            model,
            table,
            bar,
            self.card,
            share=(62, 38),
            beside=[self.bring, self.new],
            under=[self._narrowing(), self.news],
        )
        self._start_query = {"group": bar.chosen, "sort": self.usual_sort}
        self._two_lists()
        self._sums_soon = QTimer(self, singleShot=True, interval=SUMS_MS)
        self._sums_soon.timeout.connect(self._ask_sums)
        self.card.acted.connect(self._acted)
        self.card.refused.connect(session.refused)
        self.card.go.connect(self.go)
        self.setAcceptDrops(True)
        self.allow()

    def _two_lists(self) -> None:
        """The list and the morning report take turns at the left."""
        sizes = self.splitter.sizes()
        holder = QWidget()
        whole = rows(holder, gap=0)
        strip = QWidget()
        line = columns(strip, gap=0, margin=6)
        self.choice = Segments(
            [("list", translate("Parcels", "Parcels")), ("morning", translate("Parcels", "To look at today"))]
        )
        self.choice.choose(self.shown)
        self.choice.asked.connect(self.turn)
        line.addWidget(self.choice)
        line.addStretch(1)
        whole.addWidget(strip)
        self.morning = MorningList(self.session)
        self.lists = QStackedWidget()
        self.lists.addWidget(self.listing)
        self.lists.addWidget(self.morning)
        whole.addWidget(self.lists, 1)
        self.splitter.insertWidget(0, holder)
        self.splitter.setStretchFactor(0, 62)
        self.splitter.setSizes(sizes)
        self.morning.chosen.connect(self.card.show_name)
        self.morning.told.connect(self._morning_told)
        self.morning.saved.connect(lambda words: self.news.say(words, undoable=False))
        self.morning.table.opened.connect(self.opened)

    def _narrowing(self) -> QWidget:
        """The carrier, how many there are, and what they come to."""
        self.carrier = QComboBox()
        self.carrier.setAccessibleName(translate("Parcels", "Carrier"))
        self.carrier.addItem(translate("Parcels", "all carriers"), "")
        for carrier in parcels.CARRIERS:
            self.carrier.addItem(parcels.carrier_title(carrier), carrier)
        self.carrier.activated.connect(lambda _index: self._asked(carrier=self.carrier.currentData()))
        self.sums = label("", "muted")
        made = QWidget()
        line = columns(made, gap=6, margin=5)
        line.addWidget(self.carrier)
        line.addStretch(1)
        line.addWidget(self.sums)
        return made

    @classmethod
    def title(cls, me: Me | None) -> str:
        return translate("Parcels", "Parcels")

    @classmethod
    def opens_to(cls, me: Me) -> bool:
        return me.may("parcels.read")

    @classmethod
    def badge(cls, needs: Needs) -> int:
        return needs.parcels_stuck + needs.cod_missing

    # --- the lists ---------------------------------------------------------------------------------------------------

    def turn(self, shown: str) -> None:
        """Bring the list ("list") or the report ("morning") to the front."""
        self.shown = shown
        self.choice.choose(shown)
        if shown == "morning":
            self.lists.setCurrentWidget(self.morning)
            self.morning.table.setFocus()
        else:
            self.lists.setCurrentWidget(self.listing)
            self.picked(self.table.current_row())
            self.table.setFocus()

    def reload(self) -> None:
        super().reload()
        self.card.reload()
        self.morning.reload()

    def picked(self, row: Any) -> None:
        if self.shown != "list":
            return
        if isinstance(row, ParcelRow):
            self.card.show_row(row)
        elif not self.model.total:
            self.card.show_row(None)

    def opened(self, row: Any) -> None:
        """Enter does what is called for now."""
        self.card.actions_bar.do_first()

    def show_item(self, name: str) -> None:
        """A parcel by its id; a filter by its key."""
        self.turn("list")
        if name in parcels.FILTERS:
            self._filtered(name)
            return
        super().show_item(name)
        self.card.show_name(name)

    def _filtered(self, key: str) -> None:
        self.bar.choose(key)
        self.settings.remember_page(self.key, {"filter": key})
        self._asked(group=key)

    def _changed(self, topic: str, names: frozenset[str]) -> None:
        super()._changed(topic, names)
        if topic in self.topics and (not names or self.card.name in names):
            self.card.reload()

    def _arrived(self, page: int) -> None:
        super()._arrived(page)
        if not self._sums_soon.isActive():
            self._sums_soon.start()
        self._show_sums()

    def _ask_sums(self) -> None:
        """What the whole filtered list comes to, beside the rows: it is counted over all of them."""

        def got(found: ParcelSums) -> None:
            self._sums = found
            self._show_sums()

        if self.session.online:
            query = {name: value for name, value in self.model.query.items() if name != "sort"}
            self.session.client.get("/v1/parcel-sums", ParcelSums, got, owner=self, query=query)

    def _show_sums(self) -> None:
        told = parcels.sums_words(self._sums)
        number = counts.parcels(self.parcels_model.whole)
        self.sums.setText(f"{number} · {told}" if told else number)

    def _morning_told(self, count: int) -> None:
        made = self.choice.buttons["morning"]
        title = translate("Parcels", "To look at today")
        made.setText(f"{title} · {count}" if count else title)
        made.setAccessibleName(made.text())
        dress(made, tone="bad" if count else "")

    def _acted(self, parcel: Parcel, done: str) -> None:
        self.news.say(f"{parcels.track_words(parcel.track)}: {done}", undoable=False)
        (self.table if self.shown == "list" else self.morning.table).setFocus()

    def escape(self) -> bool:
        if self.shown != "list":
            self.turn("list")
            return True
        return super().escape()

    def allow(self) -> None:
        if not hasattr(self, "card"):
            return
        me, online = self.session.me, self.session.online
        for made in (self.new, self.bring):
            made.setVisible(me is not None and me.may("parcels.feed"))
            made.setEnabled(online)
        self.card.allow()

    # --- new ones ----------------------------------------------------------------------------------------------------

    def open_new(self) -> None:
        """A parcel typed here."""
        if self.dialog is not None or self.new.isHidden() or not self.new.isEnabled():
            return
        form = AddParcelDialog(self.session, self)

        def entered() -> None:
            if isinstance(form.answer, ParcelPut):
                self._entered(form.answer, form.text("track"))

        self._open(form, entered)

    def _entered(self, put: ParcelPut, typed: str) -> None:
        self.news.say(put_words(put, typed), undoable=False)
        self.show_item(put.id)

    def choose_file(self) -> None:
        if self.dialog is not None or self.bring.isHidden() or not self.bring.isEnabled():
            return
        name, _ = QFileDialog.getOpenFileName(
            self,
            translate("Parcels", "A list of parcels"),
            "",
            translate("Parcels", "Lists (*.xlsx *.csv *.txt *.ods *.xls);;All files (*)"),
        )
        if name:
            self.take_in(Path(name))

    def take_in(self, file: Path) -> None:
        """Look at a file, and take it in."""
        if self.dialog is not None or self.bring.isHidden() or not self.bring.isEnabled():
            return
        form = ParcelImport(self.session, file, self)
        form.brought.connect(self._brought)
        form.chosen.connect(self.show_item)
        self._open(form, lambda: None)

    def _brought(self, intake: Intake) -> None:
        parts = [
            f"{outcome_title(outcome)}: {outcome_count(intake, outcome)}"
            for outcome in ("taken", "warned", "changed", "refused")
            if outcome_count(intake, outcome)
        ]
        self.news.say(" · ".join([intake.name, *parts]), undoable=False)
        self.model.reload()

    def _open(self, dialog: QDialog, accepted: Callable[[], object]) -> None:
        def closed() -> None:
            self.dialog = None
            self.table.setFocus()

        self.dialog = opened(dialog, accepted, closed)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if not self.bring.isHidden() and self.bring.isEnabled() and local_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = local_files(event.mimeData())
        if files:
            event.acceptProposedAction()
            self.take_in(files[0])

    # --- keys --------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        pressed = letter(event)
        bar = self.card.actions_bar
        keys: dict[str, Callable[[], object]] = {
            "n": self.open_new,
            "i": self.choose_file,
            "r": lambda: self.turn("morning" if self.shown == "list" else "list"),
            "m": bar.open_menu,
            "d": lambda: bar.do("delivered"),
            "a": lambda: bar.do("ask"),
            "c": self.card.copy_track,
        }
        if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                bar.do_first()
        elif pressed in keys:
            keys[pressed]()
        elif event.text() in ("1", "2", "3", "4"):
            self.card.show_side(SIDES[int(event.text()) - 1])
        elif event.text() in ("/", "."):
            self.focus_search()
        else:
            super().keyPressEvent(event)
