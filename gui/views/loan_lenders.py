"""Lenders' health: a card for each, and the calls that have not reached them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QPushButton, QWidget

from gui import wording
from gui.api.types import LenderCall, LenderCalls, LenderState, LenderStates
from gui.i18n import translate
from gui.models import lenders as words
from gui.store.session import Session
from gui.theme import theme
from gui.views.loan_steps import facts_into
from gui.widgets.parts import button, clear, columns, frame, label, rows, scroller
from gui.widgets.pill import PillLabel
from gui.widgets.tableview import TableView

GATHER_MS = 1_500
AGES_MS = 30_000
"""How often the ages on the screen are counted anew."""
ACROSS = 2


class LenderHealth(QWidget):
    """Attributes: lenders: as last heard. table: what has not reached them. ask_buttons: by lender.

    Signals:
    chosen: a call was picked; carries the application's id.
    told: the number of lenders somebody has to look at.
    """

    chosen = Signal(str)
    told = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.lenders: tuple[LenderState, ...] = ()
        self.ask_buttons: dict[str, QPushButton] = {}
        body = QWidget()
        self._cards = QGridLayout(body)
        self._cards.setSpacing(theme.px(9))
        self._cards.setContentsMargins(*(theme.px(11),) * 4)
        whole = rows(self, gap=0)
        whole.addWidget(scroller(body), 1)
        head = columns(gap=8, margin=7)
        head.addWidget(label(translate("Lenders", "What has not reached them"), "section"), 1)
        self.retry = button(
            translate("Lenders", "Try again"), icon="refresh", slot=self.try_again,
            name=translate("Lenders", "Try this call again"),
        )  # fmt: skip
        head.addWidget(self.retry)
        whole.addLayout(head)
        self.table = TableView(translate("Lenders", "What has not reached lenders"))
        self.table.empty_text = translate("Lenders", "Everything has reached them.")
        self.table.empty_icon = "ok"
        self.model = words.calls(self)
        shown: list[Any] = self.model.columns
        self.table.show_model(self.model, shown)
        self.table.picked.connect(self._picked)
        whole.addWidget(self.table, 1)
        self._soon = QTimer(self, singleShot=True, interval=GATHER_MS)
        self._soon.timeout.connect(self.reload)
        self._minutes = QTimer(self, interval=AGES_MS)
        self._minutes.timeout.connect(self._grow_older)
        session.changed.connect(self._changed)
        session.status_changed.connect(self._status)
        theme.changed.connect(self._draw)
        self.allow()

    # --- loading -----------------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Ask how it goes; a company without loans answers that there are none, and nothing is shown."""
        if self.session.online:
            client = self.session.client
            client.get("/v1/lenders", LenderStates, self._got, _nothing, owner=self)
            if self.isVisible():
                client.get("/v1/lenders/calls", LenderCalls, self._got_calls, _nothing, owner=self)

    def _changed(self, topic: str, _names: frozenset[str]) -> None:
        if topic in ("loans", "alarm"):
            self._look_soon()

    def _status(self) -> None:
        """A call that left or was given up is told of with the status."""
        if self.isVisible():
            self._look_soon()

    def _look_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _grow_older(self) -> None:
        self._draw()
        self.reload()

    def _got(self, found: LenderStates) -> None:
        if found.items != self.lenders:
            self.lenders = found.items
            self._draw()
        self.told.emit(sum(one.state != "fine" for one in found.items))

    def _got_calls(self, found: LenderCalls) -> None:
        kept = self._call()
        self.model.show(found.items)
        ids = [call.id for call in found.items]
        self.table.select_row(ids.index(kept.id) if kept is not None and kept.id in ids else 0)
        self.allow()

    # --- drawing -----------------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        focused = next((key for key, ask in self.ask_buttons.items() if ask.hasFocus()), "")
        clear(self._cards)
        self.ask_buttons.clear()
        for number, lender in enumerate(self.lenders):
            self._cards.addWidget(self._card(lender), number // ACROSS, number % ACROSS, Qt.AlignmentFlag.AlignTop)
        for column in range(ACROSS):
            self._cards.setColumnStretch(column, 1)
        self._cards.setRowStretch(-(-len(self.lenders) // ACROSS), 1)
        self.allow()
        if focused in self.ask_buttons:
            self.ask_buttons[focused].setFocus()

    def _card(self, lender: LenderState) -> QFrame:
        pill = words.state_pill(lender)
        name, now = lender.title or lender.lender, self.session.now()
        card = frame("card", tone="" if pill.tone == "ok" else pill.tone)
        card.setAccessibleName(f"{name}: {pill.text}. {words.trouble(lender)}")
        box = rows(card, gap=5, margin=11)
        head = columns(gap=6)
        head.addWidget(label(name, "heading", wrap=True), 1)
        head.addWidget(PillLabel(pill), 0, Qt.AlignmentFlag.AlignTop)
        box.addLayout(head)
        if words.trouble(lender):
            box.addWidget(label(f"⚠ {words.trouble(lender)}", wrap=True, tone="bad", select=True))
        heard = lender.last_answer
        asked = translate("Lenders", "{open}, unanswered: {failing}").format(open=lender.open, failing=lender.failing)
        facts_into(
            box,
            (
                (
                    translate("Lenders", "Last good answer"),
                    f"{wording.moment(heard, now)} · {wording.ago(now - heard)}"
                    if heard
                    else translate("Lenders", "none yet"),
                ),
                (
                    translate("Lenders", "Silent since"),
                    wording.moment(lender.away_since, now) if lender.away_since else "",
                ),
                (translate("Lenders", "Asked about"), asked if lender.failing else str(lender.open)),
                (translate("Lenders", "Calls waiting"), str(lender.waiting) if lender.waiting else ""),
                (translate("Lenders", "Calls given up"), str(lender.dead) if lender.dead else ""),
            ),
        )
        told, tone = words.token_words(lender)
        box.addWidget(label(translate("Lenders", "Token: {words}").format(words=told), wrap=True, tone=tone))
        if not lender.hints:
            box.addWidget(label(translate("Lenders", "The secret of his notices is not entered"), "muted", wrap=True))
        ask = button(
            translate("Lenders", "Ask now"), icon="refresh", slot=partial(self.ask, lender.lender),
            name=translate("Lenders", "Ask {lender} now").format(lender=name),
        )  # fmt: skip
        self.ask_buttons[lender.lender] = ask
        foot = columns(gap=6)
        foot.addStretch(1)
        foot.addWidget(ask)
        box.addLayout(foot)
        return card

    # --- acting ------------------------------------------------------------------------------------------------------

    def allow(self) -> None:
        me, online = self.session.me, self.session.online
        asks = me is not None and (me.may("loans.work") or me.may("health.operate"))
        operates = me is not None and me.may("health.operate")
        call = self._call()
        for ask in self.ask_buttons.values():
            ask.setVisible(asks)
            ask.setEnabled(online)
        self.retry.setVisible(operates)
        self.retry.setEnabled(online and call is not None and call.dead)
        self.retry.setToolTip(translate("Lenders", "A call that was given up leaves once more"))

    def ask(self, lender: str) -> None:
        """Ask a lender now; his card is drawn anew from the answer."""
        self._send(f"/v1/lenders/{lender}/ask", LenderStates, self._got)

    def try_again(self) -> None:
        call = self._call()
        if call is not None and call.dead:
            self._send(f"/v1/outbox/{call.id}/retry", None, lambda _: self.reload())

    def _send(self, path: str, kind: type[Any] | None, done: Callable[[Any], None]) -> None:
        op = self.session.act(path, {}, kind, touches=(("loans", ""),), owner=self)
        op.success(done).failure(self.session.refused.emit).start()

    def _call(self) -> LenderCall | None:
        call = self.table.current_row()
        return call if isinstance(call, LenderCall) else None

    def _picked(self, call: Any) -> None:
        self.allow()
        if isinstance(call, LenderCall) and self.table.hasFocus():
            self.chosen.emit(call.loan_id)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._minutes.start()
        self.reload()

    def hideEvent(self, event: QHideEvent) -> None:
        self._minutes.stop()
        super().hideEvent(event)


def _nothing(_error: object) -> None:
    """Loans are not set up, or the person may not look: the rest of the page stands."""
