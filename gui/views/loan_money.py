"""Every rouble of a loan: the lender's payment and the bank's message behind it, our fee, the shop's share, returns."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from gui import wording
from gui.api.types import Agreement, GoodsBack, LenderMoney, Loan, RegisteredLine
from gui.i18n import said, translate
from gui.models import loans as words
from gui.models.payments import evidence_pill
from gui.store.session import Session
from gui.views.loan_steps import facts_into
from gui.views.raw_bytes import RawBytes
from gui.widgets.chain import Step
from gui.widgets.flow import flowing
from gui.widgets.parts import Link, button, columns, label, rows
from gui.widgets.pill import PillLabel

Go = Callable[[str, str], None]


class MoneySteps:
    """Makes the steps about money; `go` takes a page's key and an id."""

    def __init__(
        self,
        session: Session,
        loan: Loan,
        go: Go,
        draft: Callable[[GoodsBack], None],
        waive: Callable[[GoodsBack], None],
    ) -> None:
        """`draft` prepares the payment of a return to the lender; `waive` says that he wants none."""
        self.draft = draft
        self.waive = waive
        self.session = session
        self.loan = loan
        self.go = go

    def steps(self) -> list[Step]:
        agreement = self.loan.agreement
        if agreement is None:
            return []
        made = [self._received(agreement), self._to_shop(agreement)]
        if self.loan.returns:
            made.append(self._returned())
        return made

    def _received(self, paper: Agreement) -> Step:
        state = {"received": "done", "reversed": "bad", "void": "todo"}.get(paper.funding, "now")
        when = wording.moment(paper.funded_at, self.session.now()) if paper.funded_at else ""
        step = Step("payments", translate("LoanMoney", "Money of the lender"), state, when)
        line = columns(gap=6)
        line.addWidget(PillLabel(words.funding_pill(paper)))
        told = translate("LoanMoney", "{received} of {transfer}").format(
            received=wording.money(paper.received), transfer=wording.money(paper.transfer)
        )
        line.addWidget(label(told, "muted"))
        line.addStretch(1)
        step.body.addLayout(line)
        for payment in self.loan.payments:
            step.body.addWidget(self._payment(payment))
        return step

    def _payment(self, payment: LenderMoney) -> QWidget:
        made = QWidget()
        box = rows(made, gap=2)
        line = columns(gap=6)
        text = f"{wording.money(payment.amount)} · {wording.day(payment.booked or payment.received_at)}"
        name = translate("LoanMoney", "Open the payment of {sum}").format(sum=wording.money(payment.amount))
        me = self.session.me
        if me is not None and me.may("payments.read"):
            line.addWidget(Link(text, lambda: self.go("payments", payment.payment_id), name))
        else:
            line.addWidget(label(text))
        line.addWidget(PillLabel(evidence_pill(payment.evidence)))
        line.addStretch(1)
        box.addLayout(line)
        facts_into(
            box,
            (
                (translate("LoanMoney", "Bank's reference"), payment.bank_ref),
                (translate("LoanMoney", "Message"), payment.message_id),
            ),
        )
        if payment.message_id:
            saver = RawBytes(self.session)
            saver.show_message(payment.message_id, payment.sha256, payment.bank_ref)
            box.addWidget(saver)
        return made

    def _to_shop(self, paper: Agreement) -> Step:
        lines = self.loan.settlement
        paid = bool(lines) and all(line.paid_at is not None for line in lines)
        state = "done" if paid else ("now" if lines else "todo")
        when = max((line.paid_at for line in lines if line.paid_at is not None), default=None)
        step = Step(
            "shop",
            translate("LoanMoney", "To the shop"),
            state,
            wording.moment(when, self.session.now()) if when else "",
            last=not self.loan.returns,
        )
        told = translate("LoanMoney", "{transfer} − our fee {fee} = {share} to the shop").format(
            transfer=wording.money(paper.transfer),
            fee=wording.money(self.loan.fee),
            share=wording.money(self.loan.to_shop),
        )
        step.body.addWidget(label(told, wrap=True))
        for line in lines:
            step.body.addWidget(self._line(line))
        return step

    def _line(self, line: RegisteredLine) -> QWidget:
        made = QWidget()
        box = rows(made, gap=2)
        head = columns(gap=6)
        text = f"{said(line.kind_said)} · {wording.day(line.on)} · {wording.money(line.net)}"
        head.addWidget(label(text, wrap=True), 1)
        head.addWidget(PillLabel(words.line_pill(line)))
        box.addLayout(head)
        links = []
        statement, order, entry = line.statement_id, line.payment_order_id, line.payment_id
        me = self.session.me
        if statement and me is not None and me.may("settlement.read"):
            name = translate("LoanMoney", "Statement № {number}").format(number=line.statement_number)
            links.append(Link(name, lambda: self.go("settlement", statement)))
        if order and me is not None and me.may("outgoing.read"):
            links.append(Link(translate("LoanMoney", "Payment order"), lambda: self.go("bank", order)))
        if entry and me is not None and me.may("payments.read"):
            links.append(Link(translate("LoanMoney", "The payment it is of"), lambda: self.go("payments", entry)))
        if links:
            box.addWidget(flowing(links, gap=2))
        if line.note:
            box.addWidget(label(line.note, "muted", wrap=True))
        return made

    def _returned(self) -> Step:
        step = Step("undo", translate("LoanMoney", "Goods back"), "bad", "", last=True)
        for back in self.loan.returns:
            step.body.addWidget(self._back(back))
        return step

    def _back(self, back: GoodsBack) -> QWidget:
        made = QWidget()
        box = rows(made, gap=2)
        facts_into(
            box,
            (
                (translate("LoanMoney", "Goods"), wording.money(back.goods)),
                (translate("LoanMoney", "To the lender"), wording.money(back.to_lender)),
                (translate("LoanMoney", "To the buyer, by the shop"), wording.money(back.to_buyer)),
                (translate("LoanMoney", "Fee given back"), wording.money(back.fee_back) if back.fee_back else ""),
                (translate("LoanMoney", "Why"), back.reason),
                (
                    translate("LoanMoney", "Money left"),
                    wording.moment(back.executed_at, self.session.now())
                    if back.executed_at and not back.netted
                    else "",
                ),
                (
                    translate("LoanMoney", "Settled"),
                    translate("LoanMoney", "the lender paid so much less") if back.netted else "",
                ),
            ),
        )
        order = back.payment_order_id
        me = self.session.me
        if not order and back.executed_at is None and me is not None and me.may("settlement.work"):
            box.addWidget(flowing(self._settling(back)))
        if order and me is not None and me.may("outgoing.read"):
            box.addWidget(flowing([Link(translate("LoanMoney", "Payment order"), lambda: self.go("bank", order))]))
        return made

    def _settling(self, back: GoodsBack) -> list[QWidget]:
        """What can be done about the money of goods that came back."""
        title = translate("LoanMoney", "Prepare the payment to the lender")
        draft = button(title, icon="pen", slot=lambda: self.draft(back))
        draft.setToolTip(translate("LoanMoney", "A payment order; it leaves after two signatures on the bank page"))
        if not back.waivable:
            return [draft]
        waive = button(
            translate("LoanMoney", "The lender wants nothing back…"), icon="ban", slot=lambda: self.waive(back)
        )
        waive.setToolTip(translate("LoanMoney", "He has paid nothing for this loan, or pays so much less"))
        return [draft, waive]
