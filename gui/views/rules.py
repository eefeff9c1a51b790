"""The rules of payers: what is in force, since when, by whom; and the end of one."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QDate, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QDateEdit, QDialog, QFormLayout, QFrame, QLineEdit, QWidget

from gui import wording
from gui.api.errors import ApiError, Conflicting
from gui.api.types import CanLearn, PayerRule, Payment
from gui.i18n import translate
from gui.models import payer_rules
from gui.store.ops import Form
from gui.store.session import Session
from gui.theme import theme
from gui.views.confirm import ReasonDialog
from gui.views.learn import LearnBox
from gui.views.page import letter
from gui.widgets.banner import Banner
from gui.widgets.filterbar import FilterBar
from gui.widgets.parts import button, columns, frame, label, rows
from gui.widgets.tableview import TableView


class RulesDialog(QDialog):
    """All rules; the chosen one in words, with the button that ends it.

    Attributes:
        revoking: the dialog that asks for the note, while it is open.
        making: the dialog for a new rule, while it is open.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.revoking: ReasonDialog | None = None
        self.making: RuleDialog | None = None
        self.setWindowTitle(translate("Rules", "Rules of payers"))
        self.resize(theme.px(900), theme.px(560))
        box = rows(self, gap=8, margin=12)
        box.addWidget(label(translate("Rules", "Who pays for whom"), "heading"))
        box.addWidget(
            label(
                translate(
                    "Rules",
                    "A rule credits what agrees in number and sum; goods wait for a person all the same.",
                ),
                "muted",
                wrap=True,
            )
        )
        self.news = Banner()
        box.addWidget(self.news)
        self.bar = FilterBar(
            payer_rules.FILTERS,
            payer_rules.filter_title,
            translate("Rules", "Payer, ИНН, buyer…"),
            always=payer_rules.FILTERS,
        )
        self.bar.choose("in_force")
        box.addWidget(self.bar)
        self.model = payer_rules.model(session.client, self)
        self.table = TableView(translate("Rules", "Rules of payers"))
        self.table.empty_text = translate(
            "Rules", "No rules. Tick “Remember” when you allocate money somebody pays for another buyer."
        )
        shown: list[Any] = self.model.columns
        self.table.show_model(self.model, shown, sort="-made_at")
        self.model.watch(self.table.visible_rows)
        box.addWidget(self.table, 1)
        box.addWidget(self._details())

        self.table.picked.connect(lambda _: self._show())
        self.bar.filtered.connect(self._filtered)
        self.bar.searched.connect(lambda words: self.model.set_query(q=words))
        self.bar.left.connect(self.table.setFocus)
        self.model.arrived.connect(self._arrived)
        self.model.failed.connect(self._refused)
        session.changed.connect(self._changed)
        session.link_changed.connect(self._show)
        self.model.set_query(state="in_force", sort="-made_at")
        self._show()
        self.table.setFocus()

    def _details(self) -> QFrame:
        card = frame("card")
        stack = rows(card, gap=5, margin=10)
        self.words = label("", wrap=True, select=True)
        self.made = label("", "muted", wrap=True, select=True)
        stack.addWidget(self.words)
        stack.addWidget(self.made)
        line = columns(gap=8)
        self.new = button(translate("Rules", "New rule…"), icon="plus", slot=self.make, shortcut="N")
        self.revoke_button = button(
            translate("Rules", "Revoke…"), "danger", icon="ban", slot=self.revoke, shortcut="Del"
        )
        line.addWidget(self.new)
        line.addWidget(self.revoke_button)
        line.addStretch(1)
        line.addWidget(button(translate("Rules", "Close"), slot=self.reject, shortcut="Esc"))
        stack.addLayout(line)
        return card

    @property
    def rule(self) -> PayerRule | None:
        """The chosen rule."""
        row = self.table.current_row()
        return row if isinstance(row, PayerRule) else None

    def _filtered(self, key: str) -> None:
        self.bar.choose(key)
        self.model.set_query(state=key)

    def _arrived(self, _page: int) -> None:
        self.bar.count(self.model.counts)
        self.table.keep_selection(self.model.find)
        if self.model.total and not self.table.currentIndex().isValid():
            self.table.select_row(0)
        self._show()

    def _changed(self, topic: str, _names: frozenset[str]) -> None:
        if topic == "payer_rule":
            self.model.refresh()

    def _show(self) -> None:
        rule = self.rule
        may = self.session.may("payments.decide")
        self.words.setText(payer_rules.rule_words(rule) if rule is not None else "")
        note = f" · «{rule.note}»" if rule is not None and rule.note else ""
        self.made.setText(payer_rules.made_words(rule) + note if rule is not None else "")
        self.revoke_button.setEnabled(may and rule is not None and rule.revoked_at is None)
        self.new.setEnabled(may)

    def _refused(self, error: ApiError) -> None:
        tone = "warn" if isinstance(error, Conflicting) else "bad"
        self.news.say(tone, wording.error_text(error), wording.error_hint(error))

    # --- making and ending -------------------------------------------------------------------------------------------

    def make(self) -> None:
        """A rule for a payer whose payment has not come yet."""
        dialog = RuleDialog(self.session, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.making = dialog

        def finished(_result: int) -> None:
            self.making = None

        dialog.finished.connect(finished)
        dialog.open()

    def revoke(self) -> None:
        rule = self.rule
        if rule is None or not self.revoke_button.isEnabled():
            return
        dialog = ReasonDialog(
            translate("Rules", "Revoke the rule?"),
            translate("Rules", "{payer} pays for {buyer}").format(payer=rule.payer_name, buyer=rule.buyer),
            translate("Rules", "Revoke"),
            self,
            consequence=translate("Rules", "What was credited by it stays. The payer's next money waits for a person."),
            prompt=translate("Rules", "Why? The note stays in the journal."),
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.revoking = dialog

        def finished(result: int) -> None:
            self.revoking = None
            if result == QDialog.DialogCode.Accepted:
                self._send_revoke(rule, dialog.reason)

        dialog.finished.connect(finished)
        dialog.open()

    def _send_revoke(self, rule: PayerRule, note: str) -> None:
        def done(_rule: PayerRule) -> None:
            words = translate("Rules", "Revoked: {payer} no longer pays for {buyer}.")
            self.news.say("ok", words.format(payer=rule.payer_name, buyer=rule.buyer), seconds=12)

        self.session.act(
            f"/v1/payer-rules/{rule.id}/revoke",
            {"note": note},
            PayerRule,
            touches=(("payer_rule", rule.id),),
            version=rule.version,
            owner=self,
        ).success(done).failure(self._refused).start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self.revoke()
        elif letter(event) == "n" and not event.modifiers():
            self.make()
        elif event.text() in ("/", "."):
            self.bar.focus_search()
        else:
            super().keyPressEvent(event)


class RuleDialog(QDialog):
    """A new rule, of a payment that was allocated or written by hand.

    Attributes:
        fields: the editors of a rule by hand, by the service's names; empty for one of a payment.
        learn: the rule of a payment.
    """

    def __init__(self, session: Session, parent: QWidget | None = None, payment: Payment | None = None) -> None:
        """`payment`: what the rule is learned from."""
        super().__init__(parent)
        self.session = session
        self.payment = payment
        self.fields: dict[str, QLineEdit] = {}
        self.learn: LearnBox | None = None
        self._form = Form()
        self.setWindowTitle(translate("Rules", "New rule"))
        self.setModal(True)
        self.resize(theme.px(520), theme.px(300))
        box = rows(self, gap=9, margin=14)
        box.addWidget(label(translate("Rules", "This payer pays for that buyer"), "heading"))
        self.news = Banner()
        box.addWidget(self.news)
        self.buyers = QComboBox()
        if payment is not None and payment.can_learn is not None:
            self._of_payment(box, payment.can_learn)
        else:
            self._by_hand(box)
        box.addStretch(1)
        line = columns(gap=8)
        line.addStretch(1)
        line.addWidget(button(translate("Rules", "Cancel"), slot=self.reject))
        self.ok = button(translate("Rules", "Make the rule"), "primary", icon="check", slot=self.accept)
        line.addWidget(self.ok)
        box.addLayout(line)
        self._check()

    def _of_payment(self, box: Any, can: CanLearn) -> None:
        for buyer in can.buyers:
            self.buyers.addItem(buyer.name, buyer.party)
        self.buyers.setAccessibleName(translate("Rules", "Buyer"))
        box.addWidget(label(can.payer_name, wrap=True))
        box.addWidget(self.buyers)
        learn = LearnBox()
        box.addWidget(learn)
        self.learn = learn

        def offer() -> None:
            learn.offer(can, self.buyers.currentText())
            learn.insist()

        self.buyers.currentIndexChanged.connect(lambda _: offer())
        offer()

    def _by_hand(self, box: Any) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(theme.px(12))
        form.setVerticalSpacing(theme.px(6))
        for name, words in (
            ("payer_name", translate("Rules", "Payer")),
            ("payer_inn", translate("Rules", "Payer's ИНН")),
            ("payer_account", translate("Rules", "or the payer's account")),
            ("party", translate("Rules", "Buyer's ИНН")),
            ("note", translate("Rules", "Why")),
        ):
            field = QLineEdit()
            field.setAccessibleName(words)
            field.textChanged.connect(lambda _: self._check())
            form.addRow(label(words, "muted"), field)
            self.fields[name] = field
        self.since = QDateEdit(QDate.currentDate())
        self.since.setCalendarPopup(True)
        self.since.setDisplayFormat("dd.MM.yyyy")
        self.since.setAccessibleName(translate("Rules", "Since"))
        form.insertRow(4, label(translate("Rules", "Since"), "muted"), self.since)
        box.addLayout(form)
        words = translate("Rules", "The ИНН is enough; the account is for a payer the bank gives no ИНН of.")
        box.addWidget(label(words, "muted", wrap=True))

    def _check(self) -> None:
        written = {name: field.text().strip() for name, field in self.fields.items()}
        whole = not written or (
            bool(written["payer_name"] and written["party"]) and bool(written["payer_inn"] or written["payer_account"])
        )
        self.ok.setEnabled(whole and self.session.may("payments.decide"))

    def _body(self) -> dict[str, Any]:
        if self.payment is not None and self.learn is not None:
            wish = self.learn.wish() or {}
            return {"payment_id": self.payment.id, "party": self.buyers.currentData(), **wish}
        since = self.since.date().toString(Qt.DateFormat.ISODate)
        return {**{name: field.text().strip() for name, field in self.fields.items()}, "since": since}

    def accept(self) -> None:
        """Ask the service; the dialog stays open with what was written while it refuses."""
        if not self.ok.isEnabled():
            return
        self.ok.setEnabled(False)

        def made(_rule: PayerRule) -> None:
            super(RuleDialog, self).accept()

        def refused(error: ApiError) -> None:
            tone = "warn" if isinstance(error, Conflicting) else "bad"
            self.news.say(tone, wording.error_text(error), wording.error_hint(error))
            self._check()

        touches = [("payer_rule", "")]
        if self.payment is not None:
            touches.append(("payment", self.payment.id))
        self.session.act(
            "/v1/payer-rules", self._body(), PayerRule, touches=tuple(touches), form=self._form, owner=self
        ).success(made).failure(refused).start()
