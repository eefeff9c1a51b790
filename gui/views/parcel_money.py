"""The cash on delivery from the order to the bank's message, each link of the chain one click away."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from gui import wording
from gui.api.types import Parcel, PaymentRow
from gui.cells import Pill
from gui.i18n import translate
from gui.models import parcels as words
from gui.models.payments import evidence_pill
from gui.store.session import Session
from gui.views.loan_steps import facts_into
from gui.widgets.chain import Step
from gui.widgets.parts import Link, columns, label
from gui.widgets.pill import PillLabel

Go = Callable[[str, str], None]


class MoneyChain:
    """Makes the steps; `go` takes a page's key and an id."""

    def __init__(self, session: Session, parcel: Parcel, go: Go) -> None:
        self.session = session
        self.parcel = parcel
        self.go = go

    def steps(self) -> list[Step]:
        """Order, what the carrier collects, and the bank; without cash on delivery only the order and its payments."""
        made = [self._order()]
        if self.parcel.cod:
            made += [self._collected(), self._arrived()]
        elif self.parcel.payments:
            made.append(self._paid())
        return made

    def _may(self, right: str) -> bool:
        me = self.session.me
        return me is not None and me.may(right)

    def _order(self) -> Step:
        parcel = self.parcel
        order, invoice = parcel.order, parcel.invoice
        number = order.number if order else parcel.order_no
        title = (
            translate("ParcelMoney", "Order {number}").format(number=number)
            if number
            else translate("ParcelMoney", "Order not named")
        )
        alone = not parcel.cod and not parcel.payments
        when = wording.day(order.date) if order and order.date else ""
        step = Step("orders", title, "done", when, last=alone)
        if order is not None and self._may("orders.read"):
            text = translate("ParcelMoney", "Open order {number}").format(number=order.number)
            step.body.addWidget(Link(text, lambda: self.go("orders", order.id)))
        facts_into(
            step.body,
            (
                (translate("ParcelMoney", "Sum of the order"), wording.money(parcel.order_sum or None)),
                (translate("ParcelMoney", "Declared value"), wording.money(parcel.declared or None)),
                (translate("ParcelMoney", "Postage"), wording.money(parcel.postage or None)),
                (translate("ParcelMoney", "Goods of"), parcel.shop),
            ),
        )
        if invoice is not None:
            told = translate("ParcelMoney", "Invoice № {number}: {sum}, still open {rest}").format(
                number=invoice.number, sum=wording.money(invoice.amount), rest=wording.money(invoice.rest)
            )
            step.body.addWidget(label(told.replace("№ ", f"№{wording.NBSP}"), wrap=True, select=True))
        return step

    def _collected(self) -> Step:
        """What the carrier says of the buyer's money: a reason to expect it, and no proof."""
        parcel = self.parcel
        paid = parcel.cod_collected_at
        state = "done" if paid else "bad" if parcel.cod_state == "void" else "now"
        step = Step(
            "hand", translate("ParcelMoney", "The carrier collects"), state, wording.moment(paid) if paid else ""
        )
        self._pill_into(step, words.collected_pill(parcel))
        for event in parcel.money_events:
            amount = f" · {wording.money(event.amount)}" if event.amount else ""
            told = f"{wording.moment(event.at)} · {event.text or event.kind}{amount}"
            step.body.addWidget(label(told, "muted", wrap=True, select=True))
        return step

    def _arrived(self) -> Step:
        parcel = self.parcel
        state = {"arrived": "done", "missing": "bad", "claimed": "bad", "void": "todo"}.get(parcel.cod_state, "now")
        if parcel.cod_state == "expected" and parcel.cod_due is None:
            state = "todo"
        when = wording.moment(parcel.cod_arrived_at) if parcel.cod_arrived_at else ""
        step = Step("payments", translate("ParcelMoney", "In the bank's statement"), state, when, last=True)
        if parcel.cod_state in ("arrived", "missing", "claimed"):
            self._pill_into(step, words.money_pill(parcel))
        if parcel.cod_received and parcel.cod_received != parcel.cod:
            told = translate("ParcelMoney", "{received} of {cod}").format(
                received=wording.money(parcel.cod_received), cod=wording.money(parcel.cod)
            )
            step.body.addWidget(label(told))
        if parcel.cod_due is not None and parcel.cod_state not in ("arrived", "void"):
            told = translate("ParcelMoney", "Due by {day}").format(day=wording.day(parcel.cod_due))
            step.body.addWidget(label(told, tone="bad" if state == "bad" else ""))
        self._payments_into(step)
        for claim in parcel.claims:
            told = translate("ParcelMoney", "Claim № {number} of {day}: {sum}").format(
                number=claim.number, day=wording.day(claim.date), sum=wording.money(claim.amount)
            )
            step.body.addWidget(label(told.replace("№ ", f"№{wording.NBSP}"), wrap=True, select=True))
        return step

    def _pill_into(self, step: Step, pill: Pill) -> None:
        line = columns(gap=6)
        line.addWidget(PillLabel(pill))
        line.addWidget(label(wording.money(self.parcel.cod), "muted"))
        line.addStretch(1)
        step.body.addLayout(line)

    def _paid(self) -> Step:
        """No cash on delivery: it was paid for before."""
        step = Step("payments", translate("ParcelMoney", "Paid before"), "done", last=True)
        self._payments_into(step)
        return step

    def _payments_into(self, step: Step) -> None:
        for payment in self.parcel.payments:
            step.body.addWidget(self._payment(payment))
        known = {payment.id for payment in self.parcel.payments}
        name = self.parcel.cod_payment_id
        if name and name not in known and self._may("payments.read"):
            step.body.addWidget(Link(translate("ParcelMoney", "Open the payment"), lambda: self.go("payments", name)))

    def _payment(self, payment: PaymentRow) -> QWidget:
        made = QWidget()
        line = columns(made, gap=6)
        text = f"{wording.money(payment.amount)} · {wording.day(payment.booked or payment.bank_time)}"
        name = translate("ParcelMoney", "Open the payment of {sum} with the bank's message").format(
            sum=wording.money(payment.amount)
        )
        if self._may("payments.read"):
            line.addWidget(Link(text, lambda: self.go("payments", payment.id), name))
        else:
            line.addWidget(label(text))
        line.addWidget(PillLabel(evidence_pill(payment.evidence)))
        line.addStretch(1)
        return made
