"""One statement of account: its sums, its lines, what was said about it, its payouts and their proof."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QFrame, QMenu, QScrollArea, QWidget

from gui import icons, wording
from gui.api.client import Call
from gui.api.errors import ApiError
from gui.api.types import LineEvidence, Statement, StatementLine, StatementPayout, StatementRow
from gui.i18n import said, translate
from gui.models import settlement as words
from gui.models.loans import person
from gui.models.payments import evidence_pill
from gui.store.ops import Form
from gui.store.session import Session
from gui.theme import theme
from gui.views.confirm import ReasonDialog
from gui.views.loan_steps import facts_into
from gui.views.raw_bytes import RawBytes
from gui.widgets.parts import Link, button, caption, clear, columns, dress_icon, frame, label, rows, scroller
from gui.widgets.pill import PillLabel
from gui.widgets.tableview import TableView


class SureDialog(QDialog):
    """What a press brings about, before it is pressed."""

    def __init__(self, title: str, about: str, consequence: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(True)
        self.setMinimumWidth(theme.px(440))
        box = rows(self, gap=9, margin=14)
        box.addWidget(label(title, "heading"))
        box.addWidget(label(about, "muted", wrap=True))
        box.addWidget(label(consequence, wrap=True))
        line = columns(gap=8)
        line.addStretch(1)
        line.addWidget(button(translate("Settlement", "Back"), slot=self.reject))
        self.ok = button(title, "primary", icon="check", slot=self.accept)
        line.addWidget(self.ok)
        box.addLayout(line)
        self.ok.setFocus()


class StatementPanel(QFrame):
    """Attributes: statement: the one on the screen. dialog: the one that is open.

    Signals:
    acted: something was done; carries the statement and the words for it.
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
        self.statement: Statement | None = None
        self.dialog: QDialog | None = None
        self._name = ""
        self._first = ""
        self._busy = False
        self._call: Call | None = None
        self._form = Form()
        self._settle = QTimer(self, singleShot=True, interval=50)
        self._settle.timeout.connect(self._load)
        whole = rows(self, gap=0)
        whole.addWidget(self._facts_area(), 4)
        whole.addWidget(self._lines_area(), 3)
        whole.addWidget(self._foot())
        self._render()

    def _facts_area(self) -> QScrollArea:
        body = QWidget()
        self._box = rows(body, gap=7, margin=14)
        self._scroll = scroller(body)
        return self._scroll

    def _lines_area(self) -> QWidget:
        area = QWidget()
        stack = rows(area, gap=0)
        head = columns(gap=8, margin=7)
        self._lines_title = label("", "section")
        head.addWidget(self._lines_title, 1)
        stack.addLayout(head)
        self.table = TableView(translate("Settlement", "Lines of the statement"))
        self.table.empty_text = translate("Settlement", "No lines.")
        self._show_model(words.no_lines(self))
        self.table.opened.connect(self._line_opened)
        stack.addWidget(self.table, 1)
        self._area = area
        return area

    def _foot(self) -> QFrame:
        foot = frame("foot")
        line = columns(foot, gap=8, margin=9)
        self.more = button(translate("Settlement", "More"), name=translate("Settlement", "More actions"))
        self.menu = QMenu(self.more)
        self.more.setMenu(self.menu)
        self.first = button("", "primary", icon="check", slot=self.do_first)
        line.addWidget(self.more)
        line.addStretch(1)
        line.addWidget(self.first)
        self._bar = foot
        return foot

    @property
    def name(self) -> str:
        """Id of the statement shown; "" when none is."""
        return self._name

    # --- loading -----------------------------------------------------------------------------------------------------

    def show_row(self, row: StatementRow | None) -> None:
        if row is None:
            self._name, self.statement = "", None
            self._settle.stop()
            self._render()
            return
        same = self.statement is not None and (self.statement.id, self.statement.version) == (row.id, row.version)
        if row.id != self._name or not same:
            self.show_name(row.id)

    def show_name(self, name: str) -> None:
        if name != self._name:
            self._name, self.statement = name, None
            self._form = Form()
            self._lines_of(name)
            self.allow()
        self._settle.start()

    def reload(self) -> None:
        if self._name:
            self._settle.start()

    def _load(self) -> None:
        if not self._name or not self.session.online:
            return
        if self._call is not None:
            self._call.cancel()
        path = f"/v1/settlement/statements/{self._name}"
        self._call = self.session.client.get(path, Statement, self._got, self.refused.emit, owner=self)

    def _got(self, statement: Statement) -> None:
        if statement.id != self._name or statement == self.statement:
            return
        other = self.statement is None or self.statement.id != statement.id
        self.statement = statement
        self._render()
        if other:
            self._scroll.verticalScrollBar().setValue(0)

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

    def _render(self) -> None:
        clear(self._box)
        statement = self.statement
        self._area.setVisible(statement is not None)
        self._buttons(statement)
        if statement is None:
            empty = label(translate("Settlement", "Choose a statement on the left."), "muted", wrap=True)
            empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._box.addWidget(empty, 1)
            return
        self._head(statement)
        self._sums(statement)
        for payout in statement.payouts:
            self._box.addWidget(self._payout(payout))
        for line in statement.evidence:
            self._proof(line)
        self._history(statement)
        self._box.addStretch(1)
        told = translate("Settlement", "Lines: {n} · Enter goes to the loan or the payment")
        self._lines_title.setText(told.format(n=statement.line_count))

    def _head(self, statement: Statement) -> None:
        line = columns(gap=8)
        title = translate("Settlement", "Statement № {number}").format(number=statement.number)
        line.addWidget(label(title.replace("№ ", f"№{wording.NBSP}"), "title", wrap=True), 1)
        line.addWidget(label(wording.money(statement.net), "sum", select=True), 0, Qt.AlignmentFlag.AlignTop)
        self._box.addLayout(line)
        kind = words.party_kind_title(statement.party_kind)
        self._box.addWidget(label(f"{statement.party} · {kind}", "heading", wrap=True, select=True))
        pills = columns(gap=6)
        pills.addWidget(PillLabel(words.state_pill(statement)))
        pills.addWidget(label(words.period_of(statement), "muted"))
        pills.addStretch(1)
        self._box.addLayout(pills)
        if statement.remark:
            told = translate("Settlement", "The party says: {text}").format(text=statement.remark)
            self._box.addWidget(label(told, wrap=True, select=True, tone="bad"))
        if statement.note:
            self._box.addWidget(label(statement.note, "muted", wrap=True, select=True))

    def _sums(self, statement: Statement) -> None:
        now = self.session.now()
        vat = translate("Settlement", "{fee}, of it VAT {vat}").format(
            fee=wording.money(statement.fee), vat=wording.money(statement.vat)
        )
        waits = statement.state == "sent" and statement.silence_on is not None
        facts_into(
            self._box,
            (
                (translate("Settlement", "Turnover"), wording.money(statement.gross)),
                (translate("Settlement", "Our fee"), vat if statement.vat else wording.money(statement.fee)),
                (translate("Settlement", "To pay"), wording.money(statement.net)),
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
        self._box.addWidget(label(title, "section"))
        pills = columns()
        pills.addWidget(PillLabel(evidence_pill(line.kind)))
        pills.addStretch(1)
        self._box.addLayout(pills)
        moved = wording.money(line.amount if line.incoming else -line.amount, sign=True)
        facts_into(
            self._box,
            (
                (translate("Settlement", "Statement line of the bank"), f"{wording.day(line.booked)} · {moved}"),
                (translate("Settlement", "Bank's reference"), line.bank_ref),
                (translate("Settlement", "Message"), line.message_id),
            ),
        )
        saver = RawBytes(self.session)
        saver.show_message(line.message_id, line.sha256, line.bank_ref)
        self._box.addWidget(saver)

    def _history(self, statement: Statement) -> None:
        if not statement.history:
            return
        self._box.addWidget(label(translate("Settlement", "History"), "section"))
        now = self.session.now()
        for event in statement.history:
            text = said(event.text) or event.event
            self._box.addWidget(
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
        caption(self.first, words.action_title(self._first), icon=True)
        dress_icon(self.first, words.action_icon(self._first))
        self.first.setAccessibleName(words.action_title(self._first) or translate("Settlement", "Nothing to do"))
        self.first.setVisible(bool(self._first))
        self.more.setVisible(not self.menu.isEmpty())
        self._bar.setVisible(bool(self._first) or not self.menu.isEmpty())
        self.allow()

    def allow(self) -> None:
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
            self._open(reason, lambda: self._act(statement, action, {"remark": reason.reason}, title))
            return
        sure = SureDialog(title, about, words.consequence(action), self)
        self._open(sure, lambda: self._act(statement, action, {}, title))

    def _open(self, dialog: QDialog, accepted: Callable[[], object]) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowModality(Qt.WindowModality.WindowModal)
        self.dialog = dialog

        def finished(result: int) -> None:
            self.dialog = None
            if result == QDialog.DialogCode.Accepted:
                accepted()

        dialog.finished.connect(finished)
        dialog.open()

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
