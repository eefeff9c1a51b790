"""One application: who buys what, how far it is, its money to the last rouble, its papers, and what happened."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from gui import wording
from gui.api.client import Call
from gui.api.errors import ApiError
from gui.api.types import GoodsBack, Loan, LoanBuyer, LoanRow
from gui.i18n import said, translate
from gui.models import loans as words
from gui.store.session import Session
from gui.views.confirm import ReasonDialog
from gui.views.loan_actions import LoanActions
from gui.views.loan_money import MoneySteps
from gui.views.loan_papers import LoanPapers
from gui.views.loan_steps import LoanSteps, facts_into, warning_card
from gui.widgets.modal import open_over
from gui.widgets.parts import Elided, Link, clear, columns, label, rows, scroller
from gui.widgets.pill import PillLabel
from gui.widgets.segments import Segments

SIDES = ("way", "papers", "history")
WAIVE_LIMIT = 300
"""Characters the service keeps of why a lender wants nothing back."""


class LoanPanel(QFrame):
    """Attributes:
    loan: the one on the screen. buyer: in full, once it was asked for. dialog: the one that is open.

    Signals:
    acted: something was done; carries the application and the words for it.
    refused: an `ApiError`.
    go: to another page (key), on one thing (id).
    call_asked: the buyer is to be called; carries the application.
    """

    acted = Signal(object, str)
    refused = Signal(object)
    go = Signal(str, str)
    call_asked = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.session = session
        self.loan: Loan | None = None
        self.buyer: LoanBuyer | None = None
        self.dialog: QDialog | None = None
        self._name = ""
        self._call: Call | None = None
        self._settle = QTimer(self, singleShot=True, interval=50)
        self._settle.timeout.connect(self._load)
        whole = rows(self, gap=0)
        head = QWidget()
        self._head = rows(head, gap=6, margin=14)
        whole.addWidget(head)
        self.sides = Segments(
            [
                ("way", translate("LoanCard", "The way")),
                ("papers", translate("LoanCard", "Papers")),
                ("history", translate("LoanCard", "History")),
            ]
        )
        self.sides.asked.connect(self.show_side)
        strip = QWidget()
        line = columns(strip, gap=0)
        line.setContentsMargins(self._head.contentsMargins().left(), 0, 0, 0)
        line.addWidget(self.sides)
        line.addStretch(1)
        whole.addWidget(strip)
        self.stack = QStackedWidget()
        way, self._way = _scrolling()
        papers, box = _scrolling()
        self.papers = LoanPapers(session)
        box.addWidget(self.papers)
        history, self._history = _scrolling()
        for page in (way, papers, history):
            self.stack.addWidget(page)
        self._way_scroll = way
        whole.addWidget(self.stack, 1)
        self.actions_bar = LoanActions(session)
        whole.addWidget(self.actions_bar)
        self.actions_bar.acted.connect(self._acted)
        self.actions_bar.refused.connect(self._refused)
        self.actions_bar.call_asked.connect(self.call_asked)
        self.papers.added.connect(self._added)
        self.papers.refused.connect(self.refused)
        self.sides.choose("way")
        self._render()

    @property
    def name(self) -> str:
        """Id of the application shown; "" when none is."""
        return self._name

    def show_side(self, side: str) -> None:
        self.sides.choose(side)
        self.stack.setCurrentIndex(SIDES.index(side))

    # --- loading -----------------------------------------------------------------------------------------------------

    def show_row(self, row: LoanRow | None) -> None:
        if row is None:
            self._name, self.loan, self.buyer = "", None, None
            self._settle.stop()
            self._render()
            return
        same = self.loan is not None and (self.loan.id, self.loan.version) == (row.id, row.version)
        if row.id != self._name or not same:
            self.show_name(row.id)

    def show_name(self, name: str) -> None:
        if name != self._name:
            self._name, self.loan, self.buyer = name, None, None
            self.actions_bar.show_loan(None)
        self._settle.start()

    def reload(self) -> None:
        if self._name:
            self._settle.start()

    def _load(self) -> None:
        if not self._name or not self.session.online:
            return
        if self._call is not None:
            self._call.cancel()
        self._call = self.session.client.get(f"/v1/loans/{self._name}", Loan, self._got, self.refused.emit, owner=self)

    def _got(self, loan: Loan) -> None:
        if loan.id != self._name or loan == self.loan:
            return
        other = self.loan is None or self.loan.id != loan.id
        self.loan = loan
        self._render()
        if other:
            self._way_scroll.verticalScrollBar().setValue(0)

    def reveal(self) -> None:
        """Ask for the buyer in full; the journal keeps that it was asked."""
        loan = self.loan
        if loan is None or not loan.reveals or not self.session.online:
            return

        def got(buyer: LoanBuyer) -> None:
            if self.loan is not None and self.loan.id == loan.id:
                self.buyer = buyer
                self._render()

        self.session.client.get(f"/v1/loans/{loan.id}/buyer", LoanBuyer, got, self.refused.emit, owner=self)

    # --- drawing -----------------------------------------------------------------------------------------------------

    def _render(self) -> None:
        clear(self._head)
        clear(self._way)
        clear(self._history)
        loan = self.loan
        self.actions_bar.show_loan(loan)
        self.sides.setVisible(loan is not None)
        if loan is None:
            empty = label(translate("LoanCard", "Choose an application on the left."), "muted", wrap=True)
            empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._way.addWidget(empty, 1)
            self.show_side("way")
            return
        self._header(loan)
        self._steps(loan)
        self.papers.show_loan(loan)
        self._past(loan)

    def _header(self, loan: Loan) -> None:
        line = columns(gap=8)
        title = translate("LoanCard", "Application № {number}").format(number=loan.number)
        line.addWidget(label(title.replace("№ ", f"№{wording.NBSP}"), "title", wrap=True), 1)
        line.addWidget(label(wording.money(loan.goods), "sum", select=True), 0, Qt.AlignmentFlag.AlignTop)
        self._head.addLayout(line)
        order = translate("LoanCard", "order {number}").format(number=loan.shop_order) if loan.shop_order else ""
        self._head.addWidget(Elided(" · ".join(p for p in (loan.shop, order) if p), "muted"))
        pills = columns(gap=6)
        pills.addWidget(PillLabel(words.stage_pill(loan)))
        if loan.state_said != loan.stage_said:
            pills.addWidget(label(said(loan.state_said), "muted"))
        if loan.stage_since is not None:
            stands = words.age(loan.stage_since, self.session.now())
            pills.addWidget(label(f"· {stands}", tone="bad" if loan.red else ""))
        pills.addStretch(1)
        self._head.addLayout(pills)
        self._buyer(loan)
        if loan.end_reason:
            who = words.person(loan.ended_by)
            told = translate("LoanCard", "Ended: {reason}").format(reason=said(loan.end_said))
            self._head.addWidget(label(f"{told} · {who}" if loan.ended_by else told, wrap=True, select=True))
        for missing in loan.missing:
            text = translate("LoanCard", "Missing: {paper}").format(paper=said(missing.said))
            self._head.addWidget(warning_card(text, tone="bad"))

    def _buyer(self, loan: Loan) -> None:
        line = columns(gap=6)
        if self.buyer is not None:
            shown = " · ".join(p for p in (self.buyer.name, wording.phone(self.buyer.phone)) if p)
        elif loan.purged_at is not None:
            shown = translate("LoanCard", "the buyer's data is forgotten since {day}").format(
                day=wording.day(loan.purged_at)
            )
        else:
            shown = " · ".join(p for p in (loan.buyer, loan.phone) if p)
        line.addWidget(label(shown, "heading", wrap=True, select=True), 1)
        if loan.reveals and self.buyer is None and loan.purged_at is None:
            show = Link(translate("LoanCard", "Show"), self.reveal, translate("LoanCard", "Show the buyer in full"))
            line.addWidget(show)
            show.setToolTip(translate("LoanCard", "The journal keeps that you have looked (B)"))
        self._head.addLayout(line)
        if self.buyer is not None and self.buyer.remark:
            self._head.addWidget(label(self.buyer.remark, "muted", wrap=True, select=True))

    def _steps(self, loan: Loan) -> None:
        if loan.stage == "ended" and loan.agreement is None:
            self._way.addSpacing(2)
        for step in LoanSteps(loan, self.session.now()).steps():
            self._way.addWidget(step)
        for step in MoneySteps(self.session, loan, self.go.emit, self._draft_return, self._ask_waive).steps():
            self._way.addWidget(step)
        if loan.order_id:
            order = loan.order_id
            me = self.session.me
            if me is not None and me.may("orders.read"):
                text = translate("LoanCard", "Order in our warehouse")
                self._way.addWidget(Link(text, lambda: self.go.emit("orders", order)))
        self._way.addStretch(1)

    def _past(self, loan: Loan) -> None:
        now = self.session.now()
        for item in reversed(loan.timeline):
            line = rows(gap=0)
            who = words.person(item.by)
            line.addWidget(label(f"{wording.moment(item.at, now)} · {who}", "small"))
            line.addWidget(label(said(item.text) or item.code, wrap=True, select=True))
            self._history.addLayout(line)
        if loan.identity_checks:
            self._history.addWidget(label(translate("LoanCard", "Passport checks"), "section"))
        for check in loan.identity_checks:
            fits = check.number_matches and check.photo_matches
            told = (
                translate("LoanCard", "fits")
                if fits
                else translate("LoanCard", "number differs")
                if not check.number_matches
                else translate("LoanCard", "face differs")
            )
            text = f"{wording.moment(check.at, now)} · {words.person(check.by)} · {check.place}: {told}"
            self._history.addWidget(label(text, wrap=True, tone="" if fits else "bad"))
        if loan.earlier_agreements:
            self._history.addWidget(label(translate("LoanCard", "Agreements that came to nothing"), "section"))
        for earlier in loan.earlier_agreements:
            text = f"№{wording.NBSP}{earlier.number} · {earlier.title or earlier.lender}"
            facts_into(self._history, ((text, said(earlier.signing_said)),))
        self._words_of_lenders(loan)
        self._history.addStretch(1)

    def _words_of_lenders(self, loan: Loan) -> None:
        """What each lender ever said, as he writes it."""
        now = self.session.now()
        for decision in loan.decisions:
            if decision.views:
                name = decision.title or decision.lender
                title = translate("LoanCard", "Words of {lender}").format(lender=name)
                self._history.addWidget(label(title, "section"))
            for view in decision.views:
                unknown = "" if view.known else translate("LoanCard", " — unknown, nothing was done")
                text = f"{wording.moment(view.at, now)} · {view.status}{unknown}"
                self._history.addWidget(label(text, "mono", tone="" if view.known else "warn", select=True))

    # --- acting ------------------------------------------------------------------------------------------------------

    def allow(self) -> None:
        self.actions_bar.allow()
        self.papers.allow()

    def _acted(self, loan: Loan, done: str) -> None:
        self._got(loan)
        self.acted.emit(loan, done)

    def _draft_return(self, back: GoodsBack) -> None:
        """A payment order to the lender for goods that came back."""
        self._settle_return(back, "draft", {}, translate("LoanCard", "the payment to the lender is prepared"))

    def _ask_waive(self, back: GoodsBack) -> None:
        """The lender wants no money for goods that came back: why, in words."""
        loan = self.loan
        if loan is None or self.dialog is not None:
            return
        title = translate("LoanCard", "The lender wants nothing back")
        dialog = ReasonDialog(
            title,
            f"№ {loan.number} · {wording.money(back.to_lender)}",
            title,
            self,
            consequence=translate("LoanCard", "The return is closed without a payment to the lender."),
            prompt=translate("LoanCard", "What did the lender say, and who said it?"),
            limit=WAIVE_LIMIT,
        )
        told = translate("LoanCard", "closed: the lender wants nothing back")
        open_over(self, dialog, lambda: self._settle_return(back, "waive", {"note": dialog.reason}, told))

    def _settle_return(self, back: GoodsBack, action: str, body: dict[str, str], told: str) -> None:
        def done(loan: Loan) -> None:
            self._acted(loan, told)

        loan = self.loan
        if loan is not None and self.session.online:
            path = f"/v1/loan-returns/{back.id}/{action}"
            op = self.session.act(path, body, Loan, touches=(("loans", loan.id), ("outgoing", "")), owner=self)
            op.success(done).failure(self._refused).start()

    def _added(self, paper: str) -> None:
        self.reload()
        if self.loan is not None:
            self.acted.emit(self.loan, translate("LoanCard", "added: {paper}").format(paper=paper))

    def _refused(self, error: ApiError) -> None:
        self.refused.emit(error)
        self.reload()


def _scrolling() -> tuple[QScrollArea, QVBoxLayout]:
    """A side that scrolls, and the box for its contents."""
    body = QWidget()
    box = rows(body, gap=8, margin=14)
    scroll = scroller(body)
    return scroll, box
