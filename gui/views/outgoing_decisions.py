"""What a person can decide about the payment order on the screen: one button each, open or saying why it is not.

Before the order leaves: sign, reject, withdraw. When the bank has not got it after all tries: send it again, or it did
not go. In between nobody decides anything.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFrame, QPushButton, QWidget

from gui import wording
from gui.api.errors import ApiError
from gui.api.types import Bank, Outgoing
from gui.i18n import translate
from gui.models import outgoing as words
from gui.store.ops import Form
from gui.store.session import Session
from gui.views.confirm import ConfirmWarnings, ReasonDialog, warnings_of
from gui.widgets.parts import button, columns, label, rows


class OutgoingDecisions(QFrame):
    """Attributes:
    dialog: the one that is open, asking for a reason or for warnings to be confirmed.
    why: why this person does not decide, where a decision is wanted.

    Signals:
    decided: a decision was taken; carries the new order and the words for it.
    refused: an `ApiError`.
    """

    decided = Signal(object, str)
    refused = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "foot")
        self.session = session
        self.order: Outgoing | None = None
        self.dialog: QDialog | None = None
        self._bank: Bank | None = None
        self._busy = False
        self._form = Form()
        stack = rows(self, gap=5, margin=9)
        self.why = label("", "muted", wrap=True)
        self.why.hide()
        stack.addWidget(self.why)
        self.withdraw = button(translate("OutgoingPanel", "Withdraw…"), "danger", icon="undo", slot=self.ask_withdraw)
        self.reject = button(translate("OutgoingPanel", "Reject…"), "danger", icon="ban", slot=self.ask_reject)
        self.sign = button(translate("OutgoingPanel", "Sign"), "good", icon="pen", slot=self.approve)
        self.did_not_go = button(
            translate("OutgoingPanel", "It did not go…"), "danger", icon="ban", slot=self.ask_did_not_go
        )
        self.send_again = button(
            translate("OutgoingPanel", "Send again…"), "primary", icon="send", slot=self.ask_send_again
        )
        line = columns(gap=6)
        for ending in (self.withdraw, self.did_not_go):
            line.addWidget(ending)
        line.addStretch(1)
        for made in (self.reject, self.sign, self.send_again):
            line.addWidget(made)
        stack.addLayout(line)
        self.allow()

    # --- what is shown -----------------------------------------------------------------------------------------------

    def show_order(self, order: Outgoing | None) -> None:
        before, self.order = self.order, order
        if before is None or order is None or before.id != order.id:
            self._busy = False
        if before is None or order is None or (before.id, before.version) != (order.id, order.version):
            self._form = Form()
        self.allow()

    def show_bank(self, bank: Bank) -> None:
        """Who may sign."""
        self._bank = bank
        self.allow()

    def allow(self) -> None:
        """Open what this person may do now."""
        me, online, order = self.session.me, self.session.online, self.order
        absent = order is not None and order.to_decide
        sign = words.why_not_sign(order, me, online=online, bank=self._bank)
        reject = words.why_not_reject(order, me, online=online, bank=self._bank)
        withdraw = words.why_not_withdraw(order, me, online=online)
        settle = words.why_not_decide(me, online=online, bank=self._bank)
        self._open(self.sign, sign, translate("OutgoingPanel", "Put my signature under this order"))
        self._open(self.reject, reject, translate("OutgoingPanel", "Refuse to sign, with the reason (R)"))
        self._open(self.withdraw, withdraw, translate("OutgoingPanel", "Take it back before it leaves (W)"))
        self._open(self.send_again, settle, translate("OutgoingPanel", "Let it go to the bank once more"))
        self._open(self.did_not_go, settle, translate("OutgoingPanel", "End it: the bank has not got it"))
        for made in (self.sign, self.reject, self.withdraw):
            made.setVisible(not absent)
        for made in (self.send_again, self.did_not_go):
            made.setVisible(absent)
        wanted = absent or (order is not None and order.state in words.TO_SIGN)
        why = settle if absent else sign
        self.why.setText(why)
        self.why.setVisible(bool(why) and wanted and online)

    def _open(self, made: QPushButton, why_not: str, tip: str) -> None:
        """A button that cannot be pressed says why, to the eye and to a screen reader."""
        made.setEnabled(not why_not and not self._busy)
        made.setToolTip(why_not or tip)
        made.setAccessibleDescription(why_not)

    # --- deciding ----------------------------------------------------------------------------------------------------

    def approve(self) -> None:
        if self.order is not None and self.sign.isEnabled():
            self._act(self.order, "approve", {"confirmed": []}, translate("OutgoingPanel", "signed"))

    def ask_reject(self) -> None:
        if self.order is None or not self.reject.isEnabled():
            return
        dialog = ReasonDialog(
            translate("OutgoingPanel", "Reject the payment order"),
            _about(self.order),
            translate("OutgoingPanel", "Reject"),
            self,
        )
        self._ask(self.order, dialog, "reject", translate("OutgoingPanel", "rejected"))

    def ask_withdraw(self) -> None:
        if self.order is None or not self.withdraw.isEnabled():
            return
        dialog = ReasonDialog(
            translate("OutgoingPanel", "Withdraw the payment order"),
            _about(self.order),
            translate("OutgoingPanel", "Withdraw"),
            self,
        )
        self._ask(self.order, dialog, "withdraw", translate("OutgoingPanel", "withdrawn"))

    def ask_send_again(self) -> None:
        if self.order is None or not self.send_again.isEnabled():
            return
        dialog = ReasonDialog(
            translate("OutgoingPanel", "Send the payment order again"),
            _about(self.order),
            translate("OutgoingPanel", "Send again"),
            self,
            consequence=translate(
                "OutgoingPanel",
                "The same order goes to the bank once more under the same id: "
                "should the first one have arrived after all, the bank recognises it.",
            ),
            prompt=_whom_asked(),
            role="primary",
            icon="send",
        )
        self._ask(self.order, dialog, "send-again", translate("OutgoingPanel", "goes to the bank again"))

    def ask_did_not_go(self) -> None:
        if self.order is None or not self.did_not_go.isEnabled():
            return
        dialog = ReasonDialog(
            translate("OutgoingPanel", "The payment did not go"),
            _about(self.order),
            translate("OutgoingPanel", "It did not go"),
            self,
            consequence=translate(
                "OutgoingPanel", "The order ends and is never sent again, and its number becomes free."
            ),
            prompt=_whom_asked(),
        )
        self._ask(self.order, dialog, "did-not-go", translate("OutgoingPanel", "did not go, the order has ended"))

    def _ask(self, order: Outgoing, dialog: ReasonDialog, action: str, done_words: str) -> None:
        # The order is named, not "the one shown": the list may move on behind the dialog.
        self._open_dialog(dialog, lambda: self._act(order, action, {"note": dialog.reason}, done_words))

    def _open_dialog(self, dialog: QDialog, accepted: Callable[[], object]) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowModality(Qt.WindowModality.WindowModal)
        self.dialog = dialog

        def finished(result: int) -> None:
            self.dialog = None
            if result == QDialog.DialogCode.Accepted:
                accepted()

        dialog.finished.connect(finished)
        dialog.open()

    def _act(self, order: Outgoing, action: str, body: dict[str, Any], done_words: str) -> None:
        """Ask for a decision about the version the person has seen."""
        self._busy = True
        self.allow()

        def done(found: Outgoing) -> None:
            self._busy = False
            self.decided.emit(found, done_words)
            self.allow()

        def failed(error: ApiError) -> None:
            self._busy = False
            self.allow()
            warnings = warnings_of(error)
            if warnings:
                dialog = ConfirmWarnings(warnings, translate("OutgoingPanel", "Confirm and sign"), self)
                more = {**body, "confirmed": dialog.codes}
                self._open_dialog(dialog, lambda: self._act(order, action, more, done_words))
                return
            self.refused.emit(error)

        path = f"/v1/outgoing/{order.id}/{action}"
        op = self.session.act(
            path,
            body,
            Outgoing,
            touches=(("outgoing", order.id),),
            version=order.version,
            form=self._form,
            owner=self,
        )
        op.success(done).failure(failed).start()


def _about(order: Outgoing) -> str:
    return f"№ {order.number} · {wording.money(order.amount)} · {order.payee_name}"


def _whom_asked() -> str:
    return translate("OutgoingPanel", "Who at the bank said it, and what? It stays in the order's history.")
