"""The right half of the payments page: what came, what it is for, why, and the buttons that decide it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QMenu, QWidget

from gui import wording
from gui.api.client import Call
from gui.api.errors import ApiError, Conflicting
from gui.api.types import Payment, PaymentFacts, PaymentRow, Suggestion, Undo
from gui.i18n import said, translate
from gui.models.payments import DECIDED, UNDECIDED, asks_confirmation, takes_back
from gui.store.ops import Form
from gui.store.session import Session
from gui.store.undo import Undoable
from gui.views.allocated import AllocatedList
from gui.views.colleague import OVERTAKEN, colleague_card
from gui.views.evidence import EvidencePanel
from gui.views.learn import LearnBox
from gui.views.payment_head import PaymentHead, evidence_kind
from gui.views.payout import RegistryCard, of_registry, speaks_of_registry
from gui.views.purpose import Span
from gui.views.reasons import ReasonList
from gui.views.suggestion import SuggestionCard, only_buyer
from gui.widgets.parts import button, clear, columns, frame, label, rows, rule, scroller

SETTLE_MS = 50


class DecisionPanel(QFrame):
    """Shows one payment and takes the decision about it.

    Signals:
        decided: a decision is made; carries the fresh `Payment` and the words for the undo bar.
        refused: it is not; carries the `ApiError`.
        overtaken: somebody else was faster; carries the `ApiError` and the `Payment` it was about.
        by_hand: the person wants to allocate by hand; carries the `Payment`.
        remember: the person wants a rule for the payer of what is allocated; carries the `Payment`.
        go: the person wants to see another thing; carries page key and id.
    """

    decided = Signal(object, str)
    refused = Signal(object)
    overtaken = Signal(object, object)
    by_hand = Signal(object)
    remember = Signal(object)
    go = Signal(str, str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.session = session
        self.payment: Payment | None = None
        self.cards: list[SuggestionCard] = []
        self.learn: LearnBox | None = None
        self._row: PaymentFacts | None = None
        self._name = ""
        self._form = Form()
        self._busy = False
        self._overtaken: ApiError | None = None
        self._call: Call | None = None
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._load)

        body = QWidget()
        self._box = rows(body, gap=9, margin=14)
        self._scroll = scroller(body)
        self._evidence = EvidencePanel(session)
        self.head = PaymentHead(session)

        whole = rows(self, gap=0)
        whole.addWidget(self.head)
        whole.addWidget(self._scroll, 1)
        whole.addWidget(self._foot())
        self.show_row(None)

    def _foot(self) -> QFrame:
        foot = frame("foot")
        line = columns(foot, gap=6, margin=9)
        self.confirm = button(
            translate("Decision", "Confirm the release"), "primary", icon="shield", slot=self.confirm_release
        )
        self.hand = button(
            translate("Decision", "By hand…"), icon="split", slot=self.open_by_hand, shortcut="S",
            tip=translate("Decision", "Choose invoices and split the sum"),
        )  # fmt: skip
        self.not_ours = button(
            translate("Decision", "Not ours"), icon="ban", shortcut="N",
            tip=translate("Decision", "Not a payment of an invoice"),
        )  # fmt: skip
        menu = QMenu(self.not_ours)
        for kind, words in (
            ("other_income", translate("Decision", "Other income")),
            ("own_transfer", translate("Decision", "Our own transfer")),
            ("refund", translate("Decision", "A refund to us")),
        ):
            menu.addAction(words).triggered.connect(lambda _=False, kind=kind: self.mark_not_ours(kind))
        self.not_ours.setMenu(menu)
        self.undo = button(translate("Decision", "Undo"), icon="undo", slot=self.take_back)
        line.addWidget(self.confirm)
        line.addStretch(1)
        line.addWidget(self.undo)
        line.addWidget(self.not_ours)
        line.addWidget(self.hand)
        return foot

    @property
    def name(self) -> str:
        """Id of the payment shown; "" when none is."""
        return self._name

    # --- what is shown -----------------------------------------------------------------------------------------------

    def show_row(self, row: PaymentRow | None) -> None:
        """Show this payment: its row at once, the rest when it is here."""
        if row is not None and self._row is not None and row.id == self._name and row == self._row:
            return
        same = row is not None and row.id == self._name
        self._row = row
        self._name = row.id if row is not None else ""
        if not same:
            self.payment = None
            self._busy = False
            self._overtaken = None
        if row is None:
            self._settle.stop()
        else:
            self._settle.start()
        if not same:
            self._render()

    def show_name(self, name: str) -> None:
        """Show a payment that is perhaps not in the list."""
        if name != self._name:
            self._row, self.payment, self._name, self._busy = None, None, name, False
            self._overtaken = None
            self._render()
        self._settle.start()

    def reload(self) -> None:
        if self._name:
            self._load()

    def _load(self) -> None:
        if not self._name or not self.session.online:
            return
        if self._call is not None:
            self._call.cancel()
        name = self._name

        def done(payment: Payment) -> None:
            if payment.id == self._name:
                self._show(payment)

        self._call = self.session.client.get(f"/v1/payments/{name}", Payment, done, self._load_failed, owner=self)

    def _load_failed(self, error: ApiError) -> None:
        self.refused.emit(error)

    def _show(self, payment: Payment) -> None:
        if self.payment is not None and payment == self.payment:
            self._busy = False
            self.allow()
            return
        self._form = Form()
        self._busy = False
        self.payment = payment
        self._row = self._row if isinstance(self._row, PaymentRow) else payment
        self._render()

    def _render(self) -> None:
        self._evidence.setParent(None)
        chosen = next((c.number for c in self.cards if c.property("chosen") == "true"), 1)
        clear(self._box)
        self.cards, self.learn = [], None
        facts: PaymentFacts | None = self.payment or self._row
        self.head.setVisible(facts is not None)
        if facts is None:
            words = translate("Decision", "Choose a payment on the left.") if not self._name else ""
            empty = label(words, "muted")
            empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._box.addWidget(empty, 1)
            self.allow()
            return
        self.head.show_facts(facts, evidence_kind(self.payment, self._row))
        self._mark_purpose(facts.purpose)
        if self.payment is not None:
            if self._overtaken is not None:
                self._box.addWidget(colleague_card(self._overtaken))
            self._decision(self.payment)
            self._suggestions(self.payment, chosen)
            self._allocated(self.payment)
            self._box.addWidget(rule())
            self._evidence.show_payment(self.payment)
            self._box.addWidget(self._evidence)
            self._evidence.show()
        self._box.addStretch(1)
        self.allow()

    def _mark_purpose(self, purpose: str) -> None:
        spans: list[Span] = []
        if self.payment is not None:
            if self.payment.decision is not None:
                spans += [r.span for r in self.payment.decision.reasons if r.span]
            card = self.chosen_card()
            if card is not None:
                spans += [r.span for r in card.suggestion.reasons if r.span]
        self.head.mark(purpose, spans)

    def _decision(self, payment: Payment) -> None:
        decision = payment.decision
        if decision is not None:
            sentence = said(decision.sentence)
            if sentence:
                self._box.addWidget(label(sentence, wrap=True))
            # A decision with one fact often says it twice, as its sentence and as its reason.
            reasons = [r for r in decision.reasons if not of_registry(r) and said(r.text).rstrip(".") not in sentence]
            if reasons:
                self._add_pointing(ReasonList(reasons, payment.purpose))
        if speaks_of_registry(payment):
            card = RegistryCard(payment)
            card.go.connect(self.go)
            self._add_pointing(card)

    def _add_pointing(self, made: ReasonList | RegistryCard | SuggestionCard) -> None:
        made.pointed.connect(self.head.purpose.point)
        self._box.addWidget(made)

    def _suggestions(self, payment: Payment, chosen: int) -> None:
        if not payment.suggestions:
            if payment.state in UNDECIDED:
                words = translate("Decision", "No invoice suggests itself. Choose one by hand, or mark it as not ours.")
                self._box.addWidget(label(words, "muted", wrap=True))
            return
        self._box.addWidget(label(translate("Decision", "Suggestions"), "section"))
        for number, suggestion in enumerate(payment.suggestions[:9], start=1):
            card = SuggestionCard(payment, suggestion, number)
            card.chosen.connect(lambda number=number: self.choose(number))
            card.accepted.connect(lambda number=number: self.accept(number))
            self.cards.append(card)
            self._add_pointing(card)
        self.learn = LearnBox()
        self._box.addWidget(self.learn)
        self.choose(chosen if chosen <= len(self.cards) else 1)

    def _allocated(self, payment: Payment) -> None:
        if payment.allocations or payment.undo is not None:
            made = AllocatedList(self.session, payment)
            made.remember.connect(lambda: self.remember.emit(payment))
            self._box.addWidget(made)

    # --- what may be done --------------------------------------------------------------------------------------------

    def allow(self) -> None:
        payment = self.payment
        may = self.session.may("payments.decide") and payment is not None and not self._busy
        undecided = payment is not None and payment.state in UNDECIDED
        assignable = undecided or (payment is not None and payment.state in DECIDED)
        for card in self.cards:
            card.button.setEnabled(may)
        self.hand.setEnabled(may and assignable)
        self.not_ours.setEnabled(may and undecided)
        self.undo.setVisible(payment is not None and payment.undo is not None)
        self.undo.setEnabled(may)
        words = takes_back(payment) if payment is not None else ""
        self.undo.setToolTip(words)
        self.undo.setAccessibleDescription(words)
        mode = self.session.status.release_mode if self.session.status is not None else ""
        asks = payment is not None and asks_confirmation(payment, mode)
        self.confirm.setVisible(asks)
        self.confirm.setEnabled(may and asks)

    def chosen_card(self) -> SuggestionCard | None:
        return next((c for c in self.cards if c.property("chosen") == "true"), None)

    def choose(self, number: int) -> None:
        """The n-th suggestion becomes the one Enter accepts."""
        if not 1 <= number <= len(self.cards):
            return
        for card in self.cards:
            card.choose(card.number == number)
        if self.payment is not None:
            self._mark_purpose(self.payment.purpose)
            self._offer_rule(self.payment, self.cards[number - 1].suggestion)

    def _offer_rule(self, payment: Payment, suggestion: Suggestion) -> None:
        if self.learn is None:
            return
        buyer, can = only_buyer(suggestion), payment.can_learn
        known = can is not None and buyer in {b.name for b in can.buyers}
        self.learn.offer(can if known and self.session.may("payments.decide") else None, buyer)

    def toggle_learn(self) -> None:
        """Tick or untick the rule beside the chosen suggestion."""
        if self.learn is not None and self.learn.isVisible():
            self.learn.tick.toggle()

    # --- decisions ---------------------------------------------------------------------------------------------------

    def accept_chosen(self) -> None:
        card = self.chosen_card()
        if card is not None and card.button.isEnabled():
            self.accept(card.number)

    def accept(self, number: int) -> None:
        """Allocate as the n-th suggestion says, with the rule that is ticked beside it."""
        self.choose(number)
        parts = [[invoice, part] for invoice, part in self.cards[number - 1].suggestion.allocate]
        self.allocate(parts, "", learn=self.learn.wish() if self.learn is not None else None)

    def allocate(
        self,
        parts: list[list[Any]],
        note: str,
        about: Payment | None = None,
        learn: dict[str, Any] | None = None,
    ) -> None:
        """Send the allocation of `about` (the payment shown, unless told); parts are [invoice id, kopecks].

        `learn`: the rule of payers to make of it, see `LearnBox.wish`.
        """

        def words(payment: Payment) -> str:
            numbers = ", ".join(payment.invoices)
            told = translate("Decision", "{sum} allocated to invoice {numbers}").format(
                sum=wording.money(sum(part for _, part in parts)), numbers=numbers
            )
            made = translate("Decision", "the rule is made")
            return f"{told}; {made}" if learn else told

        body: dict[str, Any] = {"allocations": parts, "note": note}
        if learn is not None:
            body["learn"] = learn
        self._act("allocate", body, words, about)

    def mark_not_ours(self, kind: str, note: str = "") -> None:
        self._act("not-ours", {"kind": kind, "note": note}, lambda _: translate("Decision", "Marked as not ours"))

    def confirm_release(self) -> None:
        self._act("release-confirm", {}, lambda _: translate("Decision", "The release is confirmed in your name"))

    def open_by_hand(self) -> None:
        if self.payment is not None and self.hand.isEnabled():
            self.by_hand.emit(self.payment)

    def open_not_ours(self) -> None:
        if self.not_ours.isEnabled():
            self.not_ours.showMenu()

    def take_back(self) -> None:
        if self.payment is None or self.payment.undo is None:
            return
        undo: Undo = self.payment.undo
        payment = self.payment
        self._busy = True
        self.allow()
        self.session.take_back(
            Undoable(undo.event_id, payment.id, undo.text), failure=lambda error: self._failed(error, payment)
        )

    def show_theirs(self, error: ApiError) -> None:
        """The colleague's decision is what the panel opens with."""
        self._overtaken = error
        self._render()
        self._scroll.verticalScrollBar().setValue(0)

    def _act(
        self, action: str, body: dict[str, Any], words: Callable[[Payment], str], about: Payment | None = None
    ) -> None:
        payment = about or self.payment
        if payment is None or self._busy or not self.session.online:
            return
        self._busy = True
        self.allow()

        def success(result: Payment) -> None:
            self._overtaken = None
            if result.id == self._name:
                self._show(result)
            self.decided.emit(result, words(result))

        self.session.act(
            f"/v1/payments/{payment.id}/{action}",
            body,
            Payment,
            touches=(("payment", payment.id),),
            version=payment.version,
            form=self._form,
            owner=self,
        ).success(success).failure(lambda error: self._failed(error, payment)).start()

    def _failed(self, error: ApiError, about: Payment) -> None:
        self._busy = False
        self.allow()
        if not isinstance(error, Conflicting):
            self.refused.emit(error)
            return
        if about.id == self._name:
            self._overtaken = error if error.code in OVERTAKEN else None
            self.payment = None
            self._load()
        if error.code in OVERTAKEN:
            self.overtaken.emit(error, about)
        else:
            self.refused.emit(error)
