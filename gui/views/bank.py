"""The bank page: the links and our certificates above, the payment orders that go out through them below."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QFrame, QWidget

from gui.api.client import Call
from gui.api.types import Bank, Me, Needs, Outgoing, OutgoingRow
from gui.i18n import translate
from gui.models import health, outgoing
from gui.models.payment_form import Draft, copy_of
from gui.settings import Settings
from gui.store.session import Session
from gui.theme import theme
from gui.views.bank_strip import BankStrip
from gui.views.outgoing_panel import OutgoingPanel
from gui.views.page import ListPage, letter
from gui.views.payment_form import PaymentForm
from gui.widgets.filterbar import FilterBar
from gui.widgets.parts import button, label, rows
from gui.widgets.tableview import TableView
from gui.widgets.undobar import UndoBar


class BankPage(ListPage):
    """Who may see money sees the queue; the others see the links, the certificates and the polls."""

    key = "bank"
    topic = "outgoing"
    topics = ("outgoing",)
    usual_filter = "to_approve"
    usual_sort = "-proposed_at"

    def __init__(self, session: Session, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(session, settings, parent)
        self.bank: Bank | None = None
        self.form: PaymentForm | None = None
        self._kept: Draft | None = None
        self._follow = True
        self._shrinking = False
        self._call: Call | None = None
        table = TableView(translate("Bank", "Payment orders"))
        table.empty_text = translate("Bank", "No payment order here.")
        bar = FilterBar(
            outgoing.FILTERS,
            outgoing.filter_title,
            translate("Bank", "Payee, INN, account, sum, №…"),
            tones={"to_approve": "warn"},
            always=outgoing.FILTERS,
            field_width=200,
        )
        self.new = button(translate("Bank", "New payment order…"), "primary", icon="plus", slot=self.open_new)
        self.panel_of_order = OutgoingPanel(session)
        self.panel_of_order.setMinimumWidth(theme.px(400))
        self.strip = BankStrip(session)
        self.news = UndoBar()
        model = outgoing.model(session.client, self)
        model.rowsAboutToBeRemoved.connect(self._shrinks)  # before the table hears of it
        self.build(
            model,
            table,
            bar,
            self.panel_of_order,
            share=(62, 38),
            above=[self.strip],
            beside=[self.new],
            under=[self.news],
        )
        self._polls = self._poll_table()
        self.whole.addWidget(self._polls, 1)
        self.panel_of_order.decided.connect(self._decided)
        self.panel_of_order.refused.connect(session.refused)
        self.panel_of_order.again.connect(self.open_again)
        session.status_changed.connect(self._status)
        theme.changed.connect(self.strip.refresh)
        self.allow()

    @classmethod
    def title(cls, me: Me | None) -> str:
        return translate("Bank", "Bank")

    @classmethod
    def opens_to(cls, me: Me) -> bool:
        return me.sees("outgoing") or me.sees("health")

    @classmethod
    def badge(cls, needs: Needs) -> int:
        return needs.to_sign

    def _poll_table(self) -> QFrame:
        whole = QFrame()
        stack = rows(whole, gap=6, margin=14)
        stack.addWidget(label(translate("Bank", "Polls"), "heading"))
        table = TableView(translate("Bank", "Polls"))
        table.empty_text = translate("Bank", "No bank has been asked yet.")
        self.polls = health.polls(self)
        shown: list[Any] = self.polls.columns
        table.show_model(self.polls, shown)
        self._poll_view = table
        stack.addWidget(table, 1)
        return whole

    @property
    def _pays(self) -> bool:
        me = self.session.me
        return me is not None and me.may("outgoing.read")

    # --- loading -----------------------------------------------------------------------------------------------------

    def activate(self) -> None:
        if self.bank is not None:
            self.reload()
        if self._pays:
            super().activate()
        else:
            self._poll_view.setFocus()

    def reload(self) -> None:
        me = self.session.me
        if not self.session.online or me is None or not self.opens_to(me):
            return
        if me.sees("health"):
            if self._call is not None:
                self._call.cancel()
            self._call = self.session.client.get("/v1/bank", Bank, self._got, self.session.refused.emit, owner=self)
        if self._pays:
            super().reload()
            self.panel_of_order.reload()

    def _got(self, bank: Bank) -> None:
        self.bank = bank
        self.strip.show_bank(bank)
        self.polls.show(bank.polls)
        self.panel_of_order.show_bank(bank)
        self.allow()
        if not self._pays:
            self.loaded()

    def _changed(self, topic: str, names: frozenset[str]) -> None:
        if not self._pays:
            return
        super()._changed(topic, names)
        if topic in self.topics and (not names or self.panel_of_order.name in names):
            self.panel_of_order.reload()

    def _status(self) -> None:
        if self.isVisible():
            self.reload()

    def tick(self) -> None:
        self.strip.refresh()

    def allow(self) -> None:
        if not hasattr(self, "_polls"):
            return
        self.splitter.setVisible(self._pays)
        self._polls.setVisible(not self._pays)
        why = outgoing.why_not_propose(self.session.me, online=self.session.online, bank=self.bank)
        self.new.setEnabled(not why and self.bank is not None)
        self.new.setToolTip(why or translate("Bank", "New payment order (N)"))
        self.new.setAccessibleDescription(why)
        self.panel_of_order.allow()

    # --- the list ----------------------------------------------------------------------------------------------------

    def _asked(self, **query: str) -> None:
        self._follow = True
        super()._asked(**query)

    def _arrived(self, page: int) -> None:
        """An order that leaves the list while it is looked at stays in the panel.

        Another one in its place would be signed by whoever is just about to press the button.
        """
        shown = self.panel_of_order.name
        self._shrinking = False
        if self._follow or not shown:
            super()._arrived(page)
            self._follow = False
        elif self.model.find(shown) >= 0:
            self.table.want(shown)
            super()._arrived(page)
        else:
            self.bar.count(self.model.counts)
            self.table.setCurrentIndex(QModelIndex())
            self.table.want(shown)
            self.loaded()

    def _shrinks(self) -> None:
        self._shrinking = True

    def picked(self, row: Any) -> None:
        if self._shrinking:
            return  # rows went away, and Qt looks for another one by itself
        if isinstance(row, OutgoingRow):
            self.panel_of_order.show_row(row)
        elif not self.model.total and self._follow:
            self.panel_of_order.show_row(None)

    def opened(self, row: Any) -> None:
        """Enter goes to the decision, it does not take it."""
        decisions = self.panel_of_order.decisions
        for made in (decisions.sign, decisions.send_again, decisions.withdraw):
            if made.isVisible() and made.isEnabled():
                made.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return

    def show_item(self, name: str) -> None:
        super().show_item(name)
        self.panel_of_order.show_name(name)
        self._follow = False  # the list still to come leaves the order asked for by name where it is

    def _decided(self, order: Outgoing, words: str) -> None:
        self.news.say(f"№ {order.number} · {order.payee_name}: {words}", undoable=False)
        self.table.setFocus()

    def focus_search(self) -> None:
        if self._pays:
            super().focus_search()

    # --- a new order -------------------------------------------------------------------------------------------------

    def open_new(self) -> None:
        """An empty form, or what was typed into the last one and not sent."""
        self._open_form(self._kept or Draft())

    def open_again(self, order: Outgoing) -> None:
        self._open_form(copy_of(order))

    def _open_form(self, draft: Draft) -> None:
        """The dialog is not modal to the event loop: changes keep coming while it is open."""
        if self.bank is None or not self.new.isEnabled() or self.form is not None:
            return
        form = PaymentForm(self.session, self.bank, draft, self)
        form.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        form.setWindowModality(Qt.WindowModality.WindowModal)
        self.form = form

        def finished(result: int) -> None:
            self.form = None
            typed = form.draft()
            sent = result == QDialog.DialogCode.Accepted
            self._kept = None if sent or not typed.touched else typed
            self.table.setFocus()

        form.made.connect(self._made)
        form.finished.connect(finished)
        form.open()

    def _made(self, order: Outgoing) -> None:
        self.news.say(
            translate("Bank", "№ {number} · {payee}: proposed").format(number=order.number, payee=order.payee_name),
            undoable=False,
        )
        self.table.want(order.id)
        self.panel_of_order.show_name(order.id)
        if self.bar.chosen not in ("to_approve", "all"):
            self._filtered("to_approve")
            self.table.want(order.id)

    # --- keys --------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._pays or event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        ):
            super().keyPressEvent(event)
            return
        pressed = letter(event)
        panel = self.panel_of_order
        if pressed == "n":
            self.open_new()
        elif pressed == "c" and panel.order is not None:
            self.open_again(panel.order)
        elif pressed == "r":
            panel.decisions.ask_reject()
        elif pressed == "w":
            panel.decisions.ask_withdraw()
        elif event.text() in ("/", "."):
            self.focus_search()
        else:
            super().keyPressEvent(event)
