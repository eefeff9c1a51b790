"""One statement of account: its sums, its lines, what was said about it, its payouts and their proof."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QMenu, QWidget

from gui import icons, wording
from gui.api.client import Call
from gui.api.errors import ApiError
from gui.api.types import Balance, LineEvidence, Statement, StatementLine, StatementPayout
from gui.i18n import said, translate
from gui.models import settlement as words
from gui.models.loans import person
from gui.models.payments import evidence_pill
from gui.store.ops import Form
from gui.store.session import Session
from gui.views.confirm import ReasonDialog
from gui.views.loan_steps import facts_into, warning_card
from gui.views.raw_bytes import RawBytes
from gui.views.saving import ask_target, save_workbook
from gui.views.settlement_dialogs import (
    ChargeDialog,
    CorrectionDialog,
    PartyLineDialog,
    SureDialog,
    TakeBackDialog,
    party_of,
)
from gui.widgets.modal import open_over
from gui.widgets.parts import Link, button, caption, columns, dress_icon, frame, label, rows
from gui.widgets.pill import PillLabel
from gui.widgets.record_panel import RecordPanel


class StatementPanel(RecordPanel):
    """Attributes: dialog: the one that is open.

    Signals:
    acted: something was done; carries the statement and the words for it.
    """

    acted = Signal(object, str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        name = translate("Settlement", "Lines of the statement")
        super().__init__(name, translate("Settlement", "No lines."), (4, 3), parent)
        self.session = session
        self.dialog: QDialog | None = None
        self._first = ""
        self._busy = False
        self._call: Call | None = None
        self._form = Form()
        self.take_back = Link(translate("Settlement", "Take the line back…"), self.ask_take_back)
        self.lines_head.addWidget(self.take_back)
        self._show_model(words.no_lines(self))
        self.table.opened.connect(self._line_opened)
        self.table.picked.connect(lambda _: self.allow())
        self.more = button(translate("Settlement", "More"), name=translate("Settlement", "More actions"))
        self.menu = QMenu(self.more)
        self.more.setMenu(self.menu)
        self.first = button("", "primary", icon="check", slot=self.do_first)
        self.foot_line.addWidget(self.more)
        self.foot_line.addStretch(1)
        self.foot_line.addWidget(self.first)
        self.draw()

    @property
    def statement(self) -> Statement | None:
        """The one on the screen."""
        return self.record if isinstance(self.record, Statement) else None

    # --- loading -----------------------------------------------------------------------------------------------------

    def forget(self) -> None:
        self._form = Form()
        self._lines_of(self.name)
        self.allow()

    def load(self) -> None:
        if not self.name or not self.session.online:
            return
        if self._call is not None:
            self._call.cancel()
        path = f"/v1/settlement/statements/{self.name}"
        self._call = self.session.client.get(path, Statement, self._got, self.refused.emit, owner=self)

    def _got(self, statement: Statement) -> None:
        if statement.id != self.name or statement == self.statement:
            return
        other = self.statement is None or self.statement.id != statement.id
        self.record = statement
        self.draw()
        if other:
            self.to_top()

    def _lines_of(self, name: str) -> None:
        model = words.lines(self.session.client, name, self)
        model.watch(self.table.visible_rows)
        model.failed.connect(self.refused)
        self._show_model(model)
        if self.session.online:
            model.reload()

    def _show_model(self, model: Any) -> None:
        before = self.table.model()
        self.table.show_model(model, model.columns)
        if before is not None:
            before.deleteLater()

    def _line_opened(self, line: Any) -> None:
        """Enter goes to what the line is of."""
        if not isinstance(line, StatementLine):
            return
        if line.loan_id:
            self.go.emit("loans", line.loan_id)
        elif line.payment_id:
            self.go.emit("payments", line.payment_id)

    # --- drawing -----------------------------------------------------------------------------------------------------

    def draw(self) -> None:
        statement = self.statement
        self._buttons(statement)
        if not self.begin(translate("Settlement", "Choose a statement on the left.")) or statement is None:
            return
        self._head(statement)
        self._sums(statement)
        for payout in statement.payouts:
            self.box.addWidget(self._payout(payout))
        for line in statement.evidence:
            self._proof(line)
        self._history(statement)
        self.box.addStretch(1)
        told = translate("Settlement", "Lines: {n} · Enter goes to the loan or the payment")
        self.lines_title.setText(told.format(n=statement.line_count))

    def _head(self, statement: Statement) -> None:
        title = translate("Settlement", "Statement № {number}").format(number=statement.number)
        self.headline(title, wording.money(statement.net))
        kind = words.party_kind_title(statement.party_kind)
        self.box.addWidget(label(f"{statement.party} · {kind}", "heading", wrap=True, select=True))
        pills = columns(gap=6)
        pills.addWidget(PillLabel(words.state_pill(statement)))
        pills.addWidget(label(words.period_of(statement), "muted"))
        pills.addStretch(1)
        self.box.addLayout(pills)
        if statement.remark:
            told = translate("Settlement", "The party says: {text}").format(text=statement.remark)
            self.box.addWidget(label(told, wrap=True, select=True, tone="bad"))
        if statement.held is not None:
            self.box.addWidget(warning_card(said(statement.held.text), said(statement.held.hint)))
        if statement.note:
            self.box.addWidget(label(statement.note, "muted", wrap=True, select=True))

    def _sums(self, statement: Statement) -> None:
        now = self.session.now()
        vat = translate("Settlement", "{fee}, of it VAT {vat}").format(
            fee=wording.money(statement.fee), vat=wording.money(statement.vat)
        )
        waits = statement.state == "sent" and statement.silence_on is not None
        facts_into(
            self.box,
            (
                (translate("Settlement", "Turnover"), wording.money(statement.gross)),
                (translate("Settlement", "Our fee"), vat if statement.vat else wording.money(statement.fee)),
                (translate("Settlement", "To pay"), wording.money(statement.net)),
                (translate("Settlement", "Claim"), f"№ {statement.claim_number}" if statement.claim_number else ""),
                (
                    translate("Settlement", "Sent on"),
                    wording.moment(statement.sent_at, now) if statement.sent_at else "",
                ),
                (
                    translate("Settlement", "Silence is consent on"),
                    wording.day(statement.silence_on) if waits else "",
                ),
                (
                    translate("Settlement", "Answered"),
                    f"{wording.moment(statement.answered_at, now)} · {person(statement.answered_by)}"
                    if statement.answered_at
                    else "",
                ),
                (translate("Settlement", "Paid on"), wording.day(statement.paid_on) if statement.paid_on else ""),
            ),
        )

    def _payout(self, payout: StatementPayout) -> QWidget:
        card = frame("card")
        box = rows(card, gap=3, margin=9)
        head = columns(gap=6)
        title = translate("Settlement", "Payment order № {number}").format(number=payout.number)
        order = payout.payment_order_id
        me = self.session.me
        if me is not None and me.may("outgoing.read"):
            head.addWidget(Link(title, lambda: self.go.emit("bank", order)), 1)
        else:
            head.addWidget(label(title), 1)
        head.addWidget(PillLabel(words.payout_pill(payout)))
        box.addLayout(head)
        told = f"{wording.money(payout.amount)} · {wording.moment(payout.made_at, self.session.now())}"
        box.addWidget(label(f"{told} · {person(payout.made_by)}", "muted", wrap=True))
        if payout.attempt > 1:
            again = translate("Settlement", "attempt {n}: the one before did not go").format(n=payout.attempt)
            box.addWidget(label(again, "small", wrap=True))
        return card

    def _proof(self, line: LineEvidence) -> None:
        title = (
            translate("Settlement", "Evidence: the money came back")
            if line.incoming
            else translate("Settlement", "Evidence: the money left")
        )
        self.box.addWidget(label(title, "section"))
        pills = columns()
        pills.addWidget(PillLabel(evidence_pill(line.kind)))
        pills.addStretch(1)
        self.box.addLayout(pills)
        moved = wording.money(line.amount if line.incoming else -line.amount, sign=True)
        facts_into(
            self.box,
            (
                (translate("Settlement", "Statement line of the bank"), f"{wording.day(line.booked)} · {moved}"),
                (translate("Settlement", "Bank's reference"), line.bank_ref),
                (translate("Settlement", "Message"), line.message_id),
            ),
        )
        saver = RawBytes(self.session)
        saver.show_message(line.message_id, line.sha256, line.bank_ref)
        self.box.addWidget(saver)

    def _history(self, statement: Statement) -> None:
        if not statement.history:
            return
        self.box.addWidget(label(translate("Settlement", "History"), "section"))
        now = self.session.now()
        for event in statement.history:
            text = said(event.text) or event.event
            self.box.addWidget(
                label(f"{wording.moment(event.at, now)} · {person(event.by)} · {text}", "muted", wrap=True)
            )

    # --- acting ------------------------------------------------------------------------------------------------------

    def _buttons(self, statement: Statement | None) -> None:
        self.menu.clear()
        self._first, others = words.ordered(statement) if statement is not None else ("", [])
        for action in others:
            entry = self.menu.addAction(icons.icon(words.action_icon(action)), words.action_title(action))
            entry.setData(action)
            entry.triggered.connect(partial(self.do, action))
        if statement is not None:
            self._beside(statement)
        caption(self.first, words.action_title(self._first), icon=True)
        dress_icon(self.first, words.action_icon(self._first))
        self.first.setAccessibleName(words.action_title(self._first) or translate("Settlement", "Nothing to do"))
        self.first.setVisible(bool(self._first))
        self.more.setVisible(not self.menu.isEmpty())
        self.foot.setVisible(bool(self._first) or not self.menu.isEmpty())
        self.allow()

    def _beside(self, statement: Statement) -> None:
        """What can be done beside the statement's own steps: lines written by hand, and the file."""
        me = self.session.me
        if not self.menu.isEmpty():
            self.menu.addSeparator()
        if me is not None and me.may("settlement.work"):
            for kind in (ChargeDialog, CorrectionDialog):
                entry = self.menu.addAction(icons.icon("pen"), kind.title())
                entry.triggered.connect(partial(self._ask_line, kind, party_of(statement)))
        saving = self.menu.addAction(icons.icon("file"), translate("Settlement", "Save as XLSX…"))
        saving.triggered.connect(self._ask_file)

    def allow(self) -> None:
        line = self.table.current_row()
        works = self.session.may("settlement.work")
        self.take_back.setVisible(works)
        self.take_back.setEnabled(isinstance(line, StatementLine) and not self._busy)
        may = self.session.online and not self._busy and self.statement is not None
        why = "" if self.session.online else translate("Settlement", "No link to the Kvit service.")
        for made in (self.first, self.more):
            made.setEnabled(may)
            made.setToolTip(why)
            made.setAccessibleDescription(why)

    def do_first(self) -> None:
        if self._first and self.first.isEnabled():
            self.do(self._first)

    def do(self, action: str, *_: object) -> None:
        """Say what it brings about, then ask for it."""
        statement = self.statement
        if statement is None or action not in statement.actions or self.dialog is not None or not self.session.online:
            return
        title = words.action_title(action).removesuffix("…")
        about = f"№ {statement.number} · {statement.party} · {wording.money(statement.net)}"
        if action == "dispute":
            reason = ReasonDialog(
                title, about, title, self, prompt=translate("Settlement", "What does the party object to?")
            )
            open_over(self, reason, lambda: self._act(statement, action, {"remark": reason.reason}, title))
            return
        sure = SureDialog(title, about, words.consequence(action), self)
        open_over(self, sure, lambda: self._act(statement, action, {}, title))

    # --- lines by hand, the file -------------------------------------------------------------------------------------

    def ask_take_back(self) -> None:
        """A wrong line is taken back by another one, which the next statement holds."""
        line = self.table.current_row()
        if isinstance(line, StatementLine) and self.dialog is None and self.take_back.isEnabled():
            dialog = TakeBackDialog(line, self)
            told = translate("Settlement", "the line is taken back")
            open_over(self, dialog, lambda: self._write(f"lines/{line.id}/take-back", dialog.body(), told))

    def _ask_line(self, kind: Callable[[Balance, QWidget], PartyLineDialog], party: Balance, *_: object) -> None:
        if self.dialog is None and self.session.online:
            dialog = kind(party, self)
            open_over(self, dialog, lambda: self._write(dialog.path, dialog.body(), dialog.done_words()))

    def _write(self, path: str, body: dict[str, Any], told: str) -> None:
        """A line of the register, for the next statement of the party."""
        statement = self.statement

        def done(_: object) -> None:
            if statement is not None:
                self.acted.emit(statement, told)
            self.reload()

        op = self.session.act(
            f"/v1/settlement/{path}", body, None, touches=(("settlement", ""),), form=Form(), owner=self
        )
        op.success(done).failure(self.refused.emit).start()

    def _ask_file(self, *_: object) -> None:
        statement = self.statement
        if statement is None:
            return
        target = ask_target(self, translate("Settlement", "Save the statement"), f"statement-{statement.number}.xlsx")
        if target is not None:
            self.save(target)

    def save(self, target: Path) -> None:
        """Fetch the statement as a workbook and write it."""
        statement = self.statement
        if statement is not None:
            path = f"/v1/settlement/statements/{statement.id}/statement.xlsx"
            told = partial(self.acted.emit, statement)
            save_workbook(self.session, path, target, told, self.refused.emit, self)

    def _act(self, statement: Statement, action: str, body: dict[str, Any], done_words: str) -> None:
        self._busy = True
        self.allow()

        def done(fresh: Statement) -> None:
            self._busy = False
            self._form = Form()
            self._got(fresh)
            self.allow()
            self.acted.emit(fresh, done_words)

        def failed(error: ApiError) -> None:
            self._busy = False
            self.allow()
            self.refused.emit(error)
            self.reload()

        op = self.session.act(
            f"/v1/settlement/statements/{statement.id}/{action}",
            body,
            Statement,
            touches=(("settlement", statement.id),),
            version=statement.version,
            form=self._form,
            owner=self,
        )
        op.success(done).failure(failed).start()
