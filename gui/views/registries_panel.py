"""One registry: its sums, what does not add up, its lines, the payment it explained."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFormLayout, QWidget

from gui import wording
from gui.api.client import Call
from gui.api.errors import ApiError
from gui.api.types import Payment, Registry, RegistryLine
from gui.i18n import said, translate
from gui.i18n.counts import counts
from gui.models import registries as words
from gui.models.payer_rules import person
from gui.store.ops import Form
from gui.store.session import Session
from gui.theme import theme
from gui.views.confirm import ReasonDialog
from gui.widgets.modal import open_over
from gui.widgets.parts import Link, button, columns, frame, label, rows
from gui.widgets.pill import PillLabel
from gui.widgets.record_panel import RecordPanel

LINES_AT_ONCE = 200
PROBLEMS_SHOWN = 8
WRONG_SHOWN = 4
"""Lines without an invoice that are told above the list."""


class RegistryPanel(RecordPanel):
    """Attributes: payment: the one it explained. dialog: the one that asks for a reason.

    Signals:
    withdrawn: it was taken out; carries the registry.
    """

    withdrawn = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        name = translate("Registries", "Lines of the registry")
        super().__init__(name, translate("Registries", "No lines."), (3, 4), parent)
        self.session = session
        self.payment: Payment | None = None
        self.dialog: QDialog | None = None
        self._lines: list[RegistryLine] = []
        self._call: Call | None = None
        self._form = Form()
        self.more = Link(translate("Registries", "Show more lines"), self.load_more)
        self.lines_head.addWidget(self.more)
        self.lines = words.lines(self)
        shown: list[Any] = self.lines.columns
        self.table.show_model(self.lines, shown)
        self.withdraw = button(translate("Registries", "Withdraw…"), "danger", icon="undo", slot=self.ask_withdraw)
        self.to_payment = button(
            translate("Registries", "To the payment"), "primary", icon="payments", slot=self.go_to_payment
        )
        self.foot_line.addWidget(self.withdraw)
        self.foot_line.addStretch(1)
        self.foot_line.addWidget(self.to_payment)
        self.draw()

    @property
    def registry(self) -> Registry | None:
        """The one on the screen."""
        return self.record if isinstance(self.record, Registry) else None

    # --- loading -----------------------------------------------------------------------------------------------------

    def forget(self) -> None:
        self.payment = None
        self._form = Form()
        self.allow()

    def load(self, offset: int = 0) -> None:
        """Ask for the registry and its lines from `offset` on."""
        if not self.name or not self.session.online:
            return
        if self._call is not None:
            self._call.cancel()
        self._call = self.session.client.get(
            f"/v1/registries/{self.name}",
            Registry,
            lambda found: self._got(found, offset),
            self.refused.emit,
            owner=self,
            query={"offset": offset, "limit": LINES_AT_ONCE},
        )

    def load_more(self) -> None:
        """The next lines."""
        if self.registry is not None and self.registry.lines_next is not None:
            self.settled()  # a look at the first lines that is still due would take the place of this one
            self.load(self.registry.lines_next)

    def _got(self, found: Registry, offset: int) -> None:
        if found.id != self.name:
            return
        other = self.registry is None or self.registry.id != found.id
        self.record = found
        self._lines = [*self._lines[:offset], *found.lines]
        self.draw()
        if other:
            self.to_top()
        if found.payment_id and (self.payment is None or self.payment.id != found.payment_id):
            path = f"/v1/payments/{found.payment_id}"
            self.session.client.get(path, Payment, self._got_payment, self.refused.emit, owner=self)

    def _got_payment(self, payment: Payment) -> None:
        if self.registry is not None and self.registry.payment_id == payment.id:
            self.payment = payment
            self.draw()

    # --- drawing -----------------------------------------------------------------------------------------------------

    def draw(self) -> None:
        registry = self.registry
        self.allow()
        if not self.begin(translate("Registries", "Choose a registry on the left.")) or registry is None:
            return
        self._head(registry)
        if registry.state == "waiting":
            self._against(registry)
        self._sums(registry)
        if registry.problems:
            self._problems(registry)
        self.box.addStretch(1)
        self._show_lines(registry)

    def _head(self, registry: Registry) -> None:
        title = translate("Registries", "Registry № {number}").format(number=registry.number)
        self.headline(title, wording.money(registry.net))
        about = translate("Registries", "of {date} · {partner} · INN {inn}").format(
            date=wording.day(registry.date), partner=words.partner_title(registry), inn=registry.partner_inn
        )
        about = about.replace(f" {registry.partner_inn}", f"{wording.NBSP}{registry.partner_inn}")
        self.box.addWidget(label(about, "muted", wrap=True, select=True))
        pills = columns(gap=6)
        pills.addWidget(PillLabel(words.state_pill(registry)))
        pills.addStretch(1)
        self.box.addLayout(pills)
        if registry.note:
            self.box.addWidget(
                label(translate("Registries", "Reason: {text}").format(text=registry.note), wrap=True, select=True)
            )

    def _against(self, registry: Registry) -> None:
        """What keeps it from explaining its payment."""
        faults = words.faults(registry)
        if faults:
            self._card(
                "bad", faults, translate("Registries", "No money is allocated by it. Ask the partner for another.")
            )
        if registry.ambiguous:
            twice = translate("Registries", "Another waiting registry of this partner has the same number.")
            self._card("warn", [twice], translate("Registries", "Withdraw the one that does not hold."))
        wrong = [line for line in self._lines if line.against is not None]
        if wrong:
            told = [_row_words(line.row, words.against(line)) for line in wrong[:WRONG_SHOWN]]
            more = len(wrong) - WRONG_SHOWN
            hint = translate("Registries", "… and {n} more, marked below").format(n=more) if more > 0 else ""
            self._card("warn", told, hint)

    def _card(self, tone: str, texts: list[str], hint: str) -> None:
        card = frame("card", tone=tone)
        stack = rows(card, gap=3, margin=9)
        for text in texts:
            stack.addWidget(label(f"⚠ {text}", wrap=True, select=True))
        if hint:
            stack.addWidget(label(f"→ {hint}", "muted", wrap=True))
        self.box.addWidget(card)

    def _sums(self, registry: Registry) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(theme.px(12))
        form.setVerticalSpacing(theme.px(3))
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        received = f"{wording.moment(registry.received_at, self.session.now())} · {person(registry.received_by)}"
        for name, value in (
            (translate("Registries", "Paid by the buyers"), wording.money(registry.gross)),
            (translate("Registries", "Kept by the partner"), wording.money(registry.fee)),
            (translate("Registries", "To arrive"), wording.money(registry.net)),
            (translate("Registries", "Payment"), self._payment_words(registry)),
            (translate("Registries", "File"), registry.file_name),
            (translate("Registries", "Received"), received),
        ):
            if value:
                form.addRow(label(name, "muted"), label(value, wrap=True, select=True))
        self.box.addLayout(form)

    def _payment_words(self, registry: Registry) -> str:
        if not registry.payment_id or self.payment is None:
            return ""
        paid = self.payment
        return f"{wording.day(paid.booked or paid.bank_time)} · {wording.money(paid.amount)} · {paid.payer_name}"

    def _problems(self, registry: Registry) -> None:
        self.box.addWidget(label(translate("Registries", "Rows that could not be read"), "section"))
        for problem in registry.problems[:PROBLEMS_SHOWN]:
            text = _row_words(problem.row, said(problem.text))
            self.box.addWidget(label(text, wrap=True, tone="bad", select=True))
            if problem.fragment:
                self.box.addWidget(label(problem.fragment, "mono", wrap=True, select=True))
        left = len(registry.problems) - PROBLEMS_SHOWN
        if left > 0:
            self.box.addWidget(label(translate("Registries", "… and {n} more").format(n=left), "muted"))

    def _show_lines(self, registry: Registry) -> None:
        self.lines.show(self._lines)
        shown = counts.registry_lines(registry.line_count)
        if registry.lines_next is not None:
            shown = translate("Registries", "{shown} of {lines}").format(shown=len(self._lines), lines=shown)
        kinds = dict.fromkeys(words.kind_title(line.kind) for line in self._lines)
        self.lines_title.setText(" · ".join([shown, *kinds]))
        self.more.setVisible(registry.lines_next is not None)

    # --- acting ------------------------------------------------------------------------------------------------------

    def allow(self) -> None:
        why = words.why_not_withdraw(self.registry, self.session.me, online=self.session.online)
        self.withdraw.setEnabled(not why)
        self.withdraw.setToolTip(why or translate("Registries", "Take it out: it explains no payment any more (W)"))
        self.withdraw.setAccessibleDescription(why)
        self.to_payment.setVisible(self.registry is not None and self.registry.payment_id is not None)

    def go_to_payment(self) -> None:
        if self.registry is not None and self.registry.payment_id:
            self.go.emit("payments", self.registry.payment_id)

    def ask_withdraw(self) -> None:
        registry = self.registry
        if registry is None or not self.withdraw.isEnabled() or self.dialog is not None:
            return
        dialog = ReasonDialog(
            translate("Registries", "Withdraw the registry"),
            f"№ {registry.number} · {wording.day(registry.date)} · {wording.money(registry.net)}",
            translate("Registries", "Withdraw"),
            self,
            consequence=translate(
                "Registries", "It explains no payment any more. The file and its lines stay on record."
            ),
            prompt=translate("Registries", "Why? The reason stays with the registry."),
        )
        # Named, not "the one shown": the list may move on behind the dialog.
        open_over(self, dialog, lambda: self._withdraw(registry, dialog.reason))

    def _withdraw(self, registry: Registry, note: str) -> None:
        def done(found: Registry) -> None:
            self._got(found, 0)
            self.withdrawn.emit(found)

        def failed(error: ApiError) -> None:
            self.refused.emit(error)
            self.reload()

        op = self.session.act(
            f"/v1/registries/{registry.id}/withdraw",
            {"note": note},
            Registry,
            touches=(("registry", registry.id),),
            version=registry.version,
            form=self._form,
            owner=self,
        )
        op.success(done).failure(failed).start()


def _row_words(row: int, text: str) -> str:
    """What is wrong in a row of the file; row 0 is the whole file."""
    return translate("Registries", "Row {n}: {text}").format(n=row, text=text) if row else text
