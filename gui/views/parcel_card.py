"""One parcel: where it is, who waits for it, its way, what was written to its buyer, and its money."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from gui import wording
from gui.api.client import Call
from gui.api.errors import ApiError
from gui.api.types import Parcel, ParcelRow
from gui.cells import Pill
from gui.i18n import said, translate
from gui.models import parcels as words
from gui.models.loans import person
from gui.store.session import Session
from gui.views.loan_steps import warning_card
from gui.views.parcel_actions import ParcelActions
from gui.views.parcel_messages import ParcelMessages
from gui.views.parcel_money import MoneyChain
from gui.views.parcel_way import way_steps
from gui.widgets.flow import flowing
from gui.widgets.parts import Elided, button, clear, columns, label, rows, scroller
from gui.widgets.pill import PillLabel
from gui.widgets.segments import Segments

SIDES = ("way", "messages", "money", "history")


class ParcelPanel(QFrame):
    """Attributes:
    parcel: the one on the screen. side: what is shown of it.

    Signals:
    acted: something was done; carries the parcel and the words for it.
    refused: an `ApiError`.
    go: to another page (key), on one thing (id).
    """

    acted = Signal(object, str)
    refused = Signal(object)
    go = Signal(str, str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.session = session
        self.parcel: Parcel | None = None
        self.side = SIDES[0]
        self._name = ""
        self._call: Call | None = None
        self._settle = QTimer(self, singleShot=True, interval=50)
        self._settle.timeout.connect(self._load)
        whole = rows(self, gap=0)
        head = QWidget()
        self._head = rows(head, gap=6, margin=14)
        whole.addWidget(head)
        self._titles = {
            "way": translate("ParcelCard", "Its way"),
            "messages": translate("ParcelCard", "Messages"),
            "money": translate("ParcelCard", "Money"),
            "history": translate("ParcelCard", "History"),
        }
        self.sides = Segments(list(self._titles.items()))
        self.sides.asked.connect(self.show_side)
        strip = QWidget()
        line = columns(strip, gap=0)
        line.setContentsMargins(self._head.contentsMargins().left(), 0, 0, 0)
        line.addWidget(self.sides)
        line.addStretch(1)
        whole.addWidget(strip)
        self.stack = QStackedWidget()
        self._scrolls: dict[str, QScrollArea] = {}
        self._boxes: dict[str, QVBoxLayout] = {}
        for side in SIDES:
            body = QWidget()
            self._boxes[side] = rows(body, gap=8, margin=14)
            self._scrolls[side] = scroller(body)
            self.stack.addWidget(self._scrolls[side])
        self.messages = ParcelMessages(session)
        self._boxes["messages"].addWidget(self.messages)
        whole.addWidget(self.stack, 1)
        self.actions_bar = ParcelActions(session)
        whole.addWidget(self.actions_bar)
        self.actions_bar.acted.connect(self._acted)
        self.actions_bar.refused.connect(self._refused)
        self.messages.acted.connect(self._acted)
        self.messages.refused.connect(self._refused)
        self.show_side(self.side)
        self._render()

    @property
    def name(self) -> str:
        """Id of the parcel shown; "" when none is."""
        return self._name

    def show_side(self, side: str) -> None:
        self.side = side
        self.sides.choose(side)
        self.stack.setCurrentIndex(SIDES.index(side))
        if side == "messages":
            self.messages.ask_consents()

    # --- loading -----------------------------------------------------------------------------------------------------

    def show_row(self, row: ParcelRow | None) -> None:
        if row is None:
            self._name, self.parcel = "", None
            self._settle.stop()
            self._render()
            return
        same = self.parcel is not None and (self.parcel.id, self.parcel.version) == (row.id, row.version)
        if row.id != self._name or not same:
            self.show_name(row.id)

    def show_name(self, name: str) -> None:
        if name != self._name:
            self._name, self.parcel = name, None
            self.actions_bar.show_parcel(None)
        self._settle.start()

    def reload(self) -> None:
        if self._name:
            self._settle.start()

    def _load(self) -> None:
        if not self._name or not self.session.online:
            return
        if self._call is not None:
            self._call.cancel()
        path = f"/v1/parcels/{self._name}"
        self._call = self.session.client.get(path, Parcel, self._got, self.refused.emit, owner=self)

    def _got(self, parcel: Parcel) -> None:
        if parcel.id != self._name or parcel == self.parcel:
            return
        other = self.parcel is None or self.parcel.id != parcel.id
        self.parcel = parcel
        self._render()
        if other:
            for scroll in self._scrolls.values():
                scroll.verticalScrollBar().setValue(0)

    # --- drawing -----------------------------------------------------------------------------------------------------

    def _render(self) -> None:
        clear(self._head)
        for side in ("way", "money", "history"):
            clear(self._boxes[side])
        parcel = self.parcel
        self.actions_bar.show_parcel(parcel)
        self.messages.show_parcel(parcel)
        self.sides.setVisible(parcel is not None)
        if parcel is None:
            empty = label(translate("ParcelCard", "Choose a parcel on the left."), "muted", wrap=True)
            empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._boxes["way"].addWidget(empty, 1)
            self.show_side("way")
            return
        self._header(parcel)
        self._counts(parcel)
        for step in way_steps(parcel):
            self._boxes["way"].addWidget(step)
        for step in MoneyChain(self.session, parcel, self.go.emit).steps():
            self._boxes["money"].addWidget(step)
        self._past(parcel)
        for side in ("way", "money", "history"):
            self._boxes[side].addStretch(1)
        if self.side == "messages":
            self.messages.ask_consents()

    def _counts(self, parcel: Parcel) -> None:
        """How many messages there are, on their tab; red where the fate of one is not known."""
        made = self.sides.buttons["messages"]
        title, number = self._titles["messages"], len(parcel.messages)
        made.setText(f"{title} · {number}" if number else title)
        made.setAccessibleName(made.text())

    def _header(self, parcel: Parcel) -> None:
        line = columns(gap=6)
        line.addWidget(label(words.track_words(parcel.track), "title", select=True))
        copy = button("", "ghost", icon="copy", slot=self.copy_track, name=translate("ParcelCard", "Copy the number"))
        copy.setToolTip(translate("ParcelCard", "Copy the number (C)"))
        line.addWidget(copy)
        line.addWidget(label(words.carrier_title(parcel.carrier), "muted"))
        line.addStretch(1)
        if parcel.cod:
            line.addWidget(label(wording.money(parcel.cod), "sum", select=True))
        self._head.addLayout(line)
        self._head.addLayout(self._pills(parcel))
        self._whereabouts(parcel)
        self._buyer(parcel)
        told, evidence = words.guess_words(parcel, self.session.now())
        if told:
            self._head.addWidget(warning_card(told, evidence))
        if not parcel.known:
            self._head.addWidget(
                warning_card(translate("ParcelCard", "The carrier has never heard of it: is the number right?"))
            )

    def _pills(self, parcel: Parcel) -> QVBoxLayout:
        box = rows(gap=3)
        pills = [words.stage_pill(parcel)]
        storage = words.storage_pill(parcel, self.session.now().astimezone().date())
        if storage.text:
            pills.append(storage)
        if parcel.cod_state not in ("", "none"):
            pills.append(words.money_words(parcel))
        if parcel.no_messages:
            pills.append(Pill(translate("ParcelCard", "no messages"), "idle", "ban"))
        box.addWidget(flowing([PillLabel(pill) for pill in pills]))
        silent = words.age(parcel, self.session.now())
        if parcel.stuck:
            told = translate("ParcelCard", "Stuck: nothing new for {time}").format(time=silent)
            box.addWidget(label(told, tone="bad"))
        elif silent:
            told = translate("ParcelCard", "Last news: {time}").format(time=wording.moment(parcel.moved_at))
            box.addWidget(label(told, "muted"))
        if parcel.watch == "ended":
            told = translate("ParcelCard", "Not watched since {day}: {why}").format(
                day=wording.day(parcel.ended_at), why=words.ended_words(parcel)
            )
            box.addWidget(label(told, "muted", wrap=True))
        return box

    def _whereabouts(self, parcel: Parcel) -> None:
        where = words.place(parcel)
        if where:
            self._head.addWidget(label(where, wrap=True, select=True))
        if parcel.keep_until is not None and parcel.ready:
            told = translate("ParcelCard", "Kept for the buyer until {day}").format(day=wording.day(parcel.keep_until))
            self._head.addWidget(label(told, "muted"))
        to = words.address(parcel)
        if to:
            self._head.addWidget(Elided(translate("ParcelCard", "To: {address}").format(address=to), "muted"))

    def _buyer(self, parcel: Parcel) -> None:
        if parcel.purged_at is not None:
            day = wording.day(parcel.purged_at)
            shown = translate("ParcelCard", "the buyer's data was removed on {day}").format(day=day)
        else:
            parts = (parcel.name, wording.phone(parcel.phone), parcel.email)
            shown = " · ".join(part for part in parts if part)
        if shown:
            self._head.addWidget(label(shown, "heading", wrap=True, select=True))

    def _past(self, parcel: Parcel) -> None:
        now = self.session.now()
        box = self._boxes["history"]
        for item in reversed(parcel.timeline):
            line = rows(gap=0)
            line.addWidget(label(f"{wording.moment(item.at, now)} · {person(item.by)}", "small"))
            line.addWidget(label(said(item.text) or item.code, wrap=True, select=True))
            box.addLayout(line)
        asked = translate("ParcelCard", "The carrier answered {last}; it is asked next {next}").format(
            last=wording.moment(parcel.answered_at, now), next=wording.moment(parcel.ask_at, now)
        )
        if parcel.watch == "active":
            box.addWidget(label(asked, "muted", wrap=True))
        if parcel.failures:
            told = translate("ParcelCard", "Questions without an answer in a row: {n}").format(n=parcel.failures)
            box.addWidget(label(told, tone="warn", wrap=True))
        entered = translate("ParcelCard", "Entered {source}, {time}").format(
            source=words.source_title(parcel.source), time=wording.moment(parcel.made_at, now)
        )
        box.addWidget(label(entered, "muted", wrap=True))

    # --- acting ------------------------------------------------------------------------------------------------------

    def copy_track(self) -> None:
        if self.parcel is not None:
            QGuiApplication.clipboard().setText(self.parcel.track)
            self.acted.emit(self.parcel, translate("ParcelCard", "the number is copied"))

    def allow(self) -> None:
        self.actions_bar.allow()
        self.messages.allow()

    def _acted(self, parcel: Parcel | None, done: str) -> None:
        if parcel is not None:
            self._got(parcel)
        else:
            self.reload()
        shown = parcel or self.parcel
        if shown is not None:
            self.acted.emit(shown, done)

    def _refused(self, error: ApiError) -> None:
        self.refused.emit(error)
        self.reload()
