"""One order's whole way in one column: money → release → pick list → call, each with its seconds; then parcels."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QWidget

from gui import wording
from gui.api.client import Call
from gui.api.errors import ApiError
from gui.api.types import Order, OrderRow, OrderSla, ParcelPut, PaymentRow, PickRow, Task
from gui.i18n import said, translate
from gui.models.orders import delivery_text, headline_pill, hold_text
from gui.models.parcel_form import put_words
from gui.models.payments import evidence_pill
from gui.models.picks import state_pill as pick_pill
from gui.models.tasks import state_pill as task_pill
from gui.store.ops import Form
from gui.store.session import Session
from gui.theme import theme
from gui.views.order_parcels import ParcelsStep, parcels_belong
from gui.views.parcel_forms import OrderParcelDialog
from gui.views.shops_dialog import opened
from gui.widgets.chain import Step
from gui.widgets.parts import Elided, Link, button, clear, columns, frame, label, rows, rule, scroller
from gui.widgets.pill import PillLabel


class OrderChain(QFrame):
    """Signals:
    go: the person wants to see another thing; carries page key and id.
    refused: an `ApiError`.
    told: something was done; carries the words for it.
    """

    go = Signal(str, str)
    refused = Signal(object)
    told = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.session = session
        self.order: Order | None = None
        self.dialog: QDialog | None = None
        self._name = ""
        self._form = Form()
        self._call: Call | None = None
        self._settle = QTimer(self, singleShot=True, interval=50)
        self._settle.timeout.connect(self._load)
        body = QWidget()
        self._box = rows(body, gap=9, margin=14)
        scroll = scroller(body)
        whole = rows(self, gap=0)
        whole.addWidget(scroll, 1)
        foot = frame("foot")
        line = columns(foot, gap=6, margin=9)
        self.cancel = button(
            translate("OrderChain", "Cancel the order"), "danger", icon="ban", slot=lambda: self._act("cancel")
        )
        self.ship = button(translate("OrderChain", "Handed over"), "good", icon="truck", slot=lambda: self._act("ship"))
        line.addWidget(self.cancel)
        line.addStretch(1)
        line.addWidget(self.ship)
        whole.addWidget(foot)
        self.show_row(None)

    def show_row(self, row: OrderRow | None) -> None:
        if row is None:
            self._name, self.order = "", None
            self._settle.stop()
            self._render()
        else:
            self.show_name(row.id)

    def show_name(self, name: str) -> None:
        if name != self._name:
            self._name, self.order = name, None
        self._settle.start()

    def reload(self) -> None:
        if self._name:
            self._load()

    def _load(self) -> None:
        if not self._name or not self.session.online:
            return
        if self._call is not None:
            self._call.cancel()

        def done(order: Order) -> None:
            if order.id == self._name and order != self.order:
                self.order, self._form = order, Form()
                self._render()

        self._call = self.session.client.get(f"/v1/orders/{self._name}", Order, done, self.refused.emit, owner=self)

    # --- drawing -----------------------------------------------------------------------------------------------------

    def _render(self) -> None:
        clear(self._box)
        order = self.order
        if order is None:
            empty = label(translate("OrderChain", "Choose an order on the left."), "muted")
            empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._box.addWidget(empty, 1)
            self.allow()
            return
        self._head(order)
        self._box.addSpacing(theme.px(4))
        sla = order.sla or OrderSla()
        self._money(order, sla)
        self._release(order, sla)
        self._picks(order, sla)
        parcels = parcels_belong(self.session, order)
        self._calls(order, sla, last=not parcels)
        if parcels:
            self._box.addWidget(ParcelsStep(self.session, order, self.go.emit, self.ask_number))
        self._box.addWidget(rule())
        self._lines(order)
        self._contact(order)
        self._box.addStretch(1)
        self.allow()

    def _head(self, order: Order) -> None:
        line = columns(gap=8)
        words = rows(gap=1)
        title = translate("OrderChain", "Order {number}").format(number=order.number)
        words.addWidget(label(title, "title"))
        words.addWidget(Elided(order.buyer, "muted"))
        line.addLayout(words, 1)
        if order.amount is not None:
            line.addWidget(label(wording.money(order.amount), "sum"), 0, Qt.AlignmentFlag.AlignTop)
        self._box.addLayout(line)
        pills = columns(gap=6)
        pills.addWidget(PillLabel(headline_pill(order)))
        pills.addWidget(label(f"{delivery_text(order.delivery)} · {wording.day(order.date)}", "muted"))
        pills.addStretch(1)
        self._box.addLayout(pills)
        if order.hold_reason:
            words_held = translate("OrderChain", "Held: {why}").format(why=hold_text(order.hold_reason))
            self._box.addWidget(label(words_held, wrap=True, tone="bad"))

    def _money(self, order: Order, sla: OrderSla) -> None:
        paid, amount = order.paid or 0, order.amount or 0
        gone = any(p.reversed for p in order.payments)
        state = "bad" if gone else ("done" if order.pay_state == "paid" else ("now" if paid else "todo"))
        step = Step("payments", translate("OrderChain", "Money"), state, _after(sla.received_s))
        if not order.payments:
            words = translate("OrderChain", "No money yet") if not paid else wording.money(paid)
            step.body.addWidget(label(words, "muted"))
        for payment in order.payments:
            step.body.addWidget(self._payment(payment))
        if 0 < paid < amount:
            rest = translate("OrderChain", "{sum} still to pay").format(sum=wording.money(amount - paid))
            step.body.addWidget(label(rest, tone="warn"))
        self._box.addWidget(step)

    def _payment(self, payment: PaymentRow) -> QWidget:
        line_widget = QWidget()
        line = columns(line_widget, gap=6)
        text = f"{wording.money(payment.amount)} · {wording.moment(payment.bank_time, self.session.now())}"
        name = translate("OrderChain", "Open the payment of {sum}").format(sum=wording.money(payment.amount))
        line.addWidget(Link(text, lambda: self.go.emit("payments", payment.id), name))
        line.addWidget(PillLabel(evidence_pill(payment.evidence)))
        line.addStretch(1)
        return line_widget

    def _release(self, order: Order, sla: OrderSla) -> None:
        state = "done" if order.release is not None else ("bad" if order.hold_reason else "todo")
        step = Step("shield", translate("OrderChain", "Release"), state, _after(sla.allocated_s))
        if order.release is None:
            step.body.addWidget(label(translate("OrderChain", "Not released"), "muted"))
        else:
            for check in order.release.rule:
                tone, mark = ("ok", "✓") if check.ok else ("bad", "✗")
                step.body.addWidget(label(f"{mark} {said(check.text)}", wrap=True, tone=tone))
        self._box.addWidget(step)

    def _picks(self, order: Order, sla: OrderSla) -> None:
        done = bool(order.picks) and all(p.state in ("done", "picked", "closed", "short") for p in order.picks)
        state = "done" if done else ("now" if order.picks else "todo")
        step = Step("picks", translate("OrderChain", "Pick list"), state, _after(sla.pick_list_s))
        if not order.picks:
            step.body.addWidget(label(translate("OrderChain", "Not written yet"), "muted"))
        for pick in order.picks:
            step.body.addWidget(self._pick(pick))
        self._box.addWidget(step)

    def _pick(self, pick: PickRow) -> QWidget:
        line_widget = QWidget()
        line = columns(line_widget, gap=6)
        line.addWidget(Link(pick.number, lambda: self.go.emit("picks", pick.id)))
        line.addWidget(PillLabel(pick_pill(pick.state)))
        line.addWidget(Elided(f"{pick.warehouse} {pick.taken_by or ''}".strip(), "muted"), 1)
        return line_widget

    def _calls(self, order: Order, sla: OrderSla, *, last: bool) -> None:
        calls = [t for t in order.tasks if t.kind == "call"]
        others = [t for t in order.tasks if t.kind != "call"]
        done = bool(calls) and all(t.state == "done" for t in calls)
        state = "done" if done else ("now" if calls else "todo")
        after = _after(sla.call_done_s if sla.call_done_s is not None else sla.call_task_s)
        step = Step("calls", translate("OrderChain", "Call"), state, after, last=last)
        if not calls:
            step.body.addWidget(label(translate("OrderChain", "Nobody has to call yet"), "muted"))
        for task in [*calls, *others]:
            step.body.addWidget(self._task(task))
        self._box.addWidget(step)

    def _task(self, task: Task) -> QWidget:
        line_widget = QWidget()
        line = columns(line_widget, gap=6)
        line.addWidget(Link(said(task.title), lambda: self.go.emit("calls", task.id)), 1)
        line.addWidget(PillLabel(task_pill(task)))
        return line_widget

    def _lines(self, order: Order) -> None:
        self._box.addWidget(label(translate("OrderChain", "Goods"), "section"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(10))
        grid.setVerticalSpacing(theme.px(4))
        grid.setColumnStretch(0, 1)
        for number, line in enumerate(order.lines):
            words = rows(gap=0)
            words.addWidget(Elided(line.name))
            words.addWidget(label(line.sku, "small"))
            grid.addLayout(words, number, 0)
            amount = f"{wording.quantity(line.qty)} {line.unit}"
            grid.addWidget(label(amount), number, 1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
            if line.amount is not None:
                total = label(wording.money(line.amount))
                grid.addWidget(total, number, 2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
            if line.backorder not in ("", "0"):
                back = translate("OrderChain", "{n} to come").format(n=wording.quantity(line.backorder))
                words.addWidget(label(back, "small", tone="warn"))
        self._box.addLayout(grid)

    def _contact(self, order: Order) -> None:
        facts = [order.contact, wording.phone(order.phone), order.address, order.comment]
        text = " · ".join(f for f in facts if f)
        if text:
            self._box.addWidget(label(translate("OrderChain", "Buyer"), "section"))
            self._box.addWidget(label(text, "muted", wrap=True, select=True))

    # --- acting ------------------------------------------------------------------------------------------------------

    def allow(self) -> None:
        order = self.order
        me = self.session.me
        works = me is not None and me.may("orders.work")
        may = works and self.session.online and order is not None
        self.cancel.setVisible(works)
        self.ship.setVisible(works)
        self.cancel.setEnabled(may and order is not None and order.headline not in ("shipped", "cancelled"))
        self.ship.setEnabled(may and order is not None and order.headline == "ready")

    def ask_number(self) -> None:
        """The number of a parcel the order was sent in."""
        if self.order is None or self.dialog is not None or not self.session.online:
            return
        form = OrderParcelDialog(self.session, self.order, self)

        def entered() -> None:
            if isinstance(form.answer, ParcelPut):
                self.told.emit(put_words(form.answer, form.text("track")))
            self.reload()

        def closed() -> None:
            self.dialog = None

        self.dialog = opened(form, entered, closed)

    def _act(self, what: str) -> None:
        order = self.order
        if order is None:
            return
        self.ship.setEnabled(False)
        self.cancel.setEnabled(False)

        def success(fresh: Any) -> None:
            if isinstance(fresh, Order) and fresh.id == self._name:
                self.order, self._form = fresh, Form()
                self._render()

        def failure(error: ApiError) -> None:
            self.allow()
            self._load()
            self.refused.emit(error)

        self.session.act(
            f"/v1/orders/{order.id}/{what}",
            {"note": ""},
            Order,
            touches=(("order", order.id),),
            version=order.version,
            form=self._form,
            owner=self,
        ).success(success).failure(failure).start()


def _after(seconds: float | None) -> str:
    """How long after the bank's own time."""
    return "" if seconds is None else f"+{wording.span(seconds)}"
