"""The questionnaire: Enter goes to the next field, what is typed is judged at once and kept at once."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QLabel, QLineEdit, QWidget

from gui import wording
from gui.api.errors import ApiError
from gui.api.types import FieldFault, Loan, Sheet
from gui.i18n import said, translate
from gui.models import loan_fields as fields
from gui.models.loans import delivery_title
from gui.store.questionnaire import Questionnaire
from gui.store.session import Session
from gui.theme import theme
from gui.widgets.parts import clear, columns, dress, label, rows, scroller

DELIVERIES = ("", "pickup", "delivery")
ACROSS = 2


class DeliveryBox(QComboBox):
    """F4 is a key of the page here, not of the list."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F4:
            event.ignore()
        else:
            super().keyPressEvent(event)


class FieldRow(QWidget):
    """One field: its name, what is typed, and what is wrong with it."""

    def __init__(self, title: str, editor: QLineEdit | QComboBox, *, needed: bool, example: str = "") -> None:
        super().__init__()
        self.editor = editor
        editor.setAccessibleName(title)
        if isinstance(editor, QLineEdit) and example:
            editor.setPlaceholderText(example)
        box = rows(self, gap=1)
        head = columns(gap=5)
        head.addWidget(label(f"{title} *" if needed else title, "small"))
        head.addStretch(1)
        self.sign: QLabel = label("", "small", tone="ok")
        head.addWidget(self.sign)
        box.addLayout(head)
        box.addWidget(editor)
        self.fault = label("", "small", tone="bad", wrap=True)
        box.addWidget(self.fault)
        self.tell("", "")

    def tell(self, tone: str, text: str) -> None:
        """What is wrong ("bad", "warn"); "ok" for a field that is right, "" for an empty one."""
        self.fault.setText(text)
        dress(self.fault, tone=tone if text else "")
        self.sign.setText({"ok": "✓", "bad": "✗", "warn": "⚠"}.get(tone, ""))
        dress(self.sign, tone=tone)
        self.editor.setAccessibleDescription(text)


class QuestionnaireForm(QFrame):
    """Attributes:
    keeper: what is typed and what is kept; None while there is no call. rows: field → its row.

    Signals:
    bought: the purchase was kept; carries the application.
    refused: an `ApiError`.
    """

    bought = Signal(object)
    refused = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.keeper: Questionnaire | None = None
        self.rows: dict[str, FieldRow] = {}
        self._asked: tuple[str, ...] = ()
        self._filling = False
        whole = rows(self, gap=0)
        self.state = label("", wrap=True)
        self.consent = label("", wrap=True)
        head = QWidget()
        stack = rows(head, gap=3, margin=12)
        stack.addWidget(label(translate("CallCentre", "Questionnaire"), "heading"))
        stack.addWidget(self.consent)
        stack.addWidget(self.state)
        whole.addWidget(head)
        body = QWidget()
        self._box = rows(body, gap=8, margin=12)
        self.area = scroller(body)
        whole.addWidget(self.area, 1)

    # --- what is shown -----------------------------------------------------------------------------------------------

    def open(self, loan: Loan) -> None:
        """Read the questionnaire of this application."""
        self.close_form()
        keeper = Questionnaire(self.session, loan, self)
        self.keeper = keeper
        keeper.loaded.connect(self._loaded)
        keeper.bought.connect(self.bought)
        keeper.kept.connect(self._show_state)
        keeper.failed.connect(self._failed)
        keeper.load()

    def close_form(self) -> None:
        clear(self._box)
        self.rows, self._asked = {}, ()
        if self.keeper is not None:
            self.keeper.deleteLater()
            self.keeper = None

    def _loaded(self) -> None:
        keeper = self.keeper
        if keeper is None or keeper.sheet is None:
            return
        sheet = keeper.sheet
        names = tuple(one.name for one in sheet.fields)
        if names != self._asked:
            self._build(keeper.loan, sheet)
            self._asked = names
        self._fill(sheet)
        self._show_state()

    def _build(self, loan: Loan, sheet: Sheet) -> None:
        clear(self._box)
        self.rows = {}
        self._box.addWidget(label(translate("CallCentre", "Purchase"), "section"))
        self._box.addLayout(self._grid([self._make(name, title, value) for name, title, value in _purchase(loan)]))
        self._box.addWidget(label(translate("CallCentre", "Buyer"), "section"))
        made = []
        for one in sheet.fields:
            editor = QLineEdit()
            editor.installEventFilter(self)
            row = FieldRow(fields.title(one.name), editor, needed=one.needed, example=fields.example(one.name))
            editor.textEdited.connect(lambda _text, name=one.name: self._typed(name))
            editor.editingFinished.connect(lambda name=one.name: self._left(name))
            self.rows[one.name] = row
            made.append(row)
        self._box.addLayout(self._grid(made))
        self._box.addStretch(1)
        self._first_empty(sheet)

    def _make(self, name: str, title: str, value: str) -> FieldRow:
        """A field of the purchase; the whole purchase is kept when one of them is left."""
        editor: QLineEdit | QComboBox
        if name == "buy.delivery":
            editor = DeliveryBox()
            for key in DELIVERIES:
                editor.addItem(delivery_title(key) or translate("CallCentre", "not said"), key)
            editor.setCurrentIndex(max(editor.findData(value), 0))
            editor.activated.connect(lambda _index: self._bought())
        else:
            editor = QLineEdit(value)
            editor.editingFinished.connect(self._bought)
        editor.installEventFilter(self)
        self.rows[name] = FieldRow(title, editor, needed=False)
        return self.rows[name]

    def _grid(self, made: list[FieldRow]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(14))
        grid.setVerticalSpacing(theme.px(5))
        for number, row in enumerate(made):
            grid.addWidget(row, number // ACROSS, number % ACROSS, Qt.AlignmentFlag.AlignTop)
        for column in range(ACROSS):
            grid.setColumnStretch(column, 1)
        return grid

    def _first_empty(self, sheet: Sheet) -> None:
        empty = [one.name for one in sheet.fields if one.needed and not sheet.values.get(one.name)]
        name = empty[0] if empty else next(iter(self.rows), "")
        if name:
            self.rows[name].editor.setFocus()

    def _fill(self, sheet: Sheet) -> None:
        """Values as they are kept; a field that is being typed in is left alone."""
        faults: dict[str, FieldFault] = {}
        for fault in sheet.faults:
            faults.setdefault(fault.field, fault)
        needed = {one.name for one in sheet.fields if one.needed}
        for name, row in self.rows.items():
            if name not in self._names(sheet):
                continue
            editor = row.editor
            pending = self.keeper is not None and name in self.keeper.pending
            if isinstance(editor, QLineEdit) and not pending and not (editor.hasFocus() and editor.isModified()):
                editor.setText(fields.shown(name, sheet.values.get(name, "")))
            self._judge(name, faults.get(name), name in needed)

    def _names(self, sheet: Sheet) -> frozenset[str]:
        return frozenset(one.name for one in sheet.fields)

    def _judge(self, name: str, fault: FieldFault | None, needed: bool) -> None:
        """The service's word about a field; an empty one that is needed is only missing, not wrong."""
        row = self.rows[name]
        text = row.editor.text() if isinstance(row.editor, QLineEdit) else ""
        if fault is not None and text.strip():
            row.tell("warn" if fault.warning else "bad", said(fault.text) or fault.code)
        elif text.strip():
            row.tell("ok", "")
        else:
            row.tell("", translate("CallCentre", "still needed") if needed and fault is not None else "")

    def _show_state(self) -> None:
        keeper = self.keeper
        if keeper is None or keeper.sheet is None:
            return
        sheet = keeper.sheet
        left = len({fault.field for fault in sheet.faults if not fault.warning})
        if not self.session.online:
            self._say("bad", translate("CallCentre", "no link: what you type is kept as soon as it is back"))
        elif not keeper.saved:
            self._say("", translate("CallCentre", "being kept…"))
        elif sheet.complete:
            self._say("ok", translate("CallCentre", "✓ complete: F12 sends it to the lenders"))
        else:
            self._say("", translate("CallCentre", "kept · fields left: {n}").format(n=left))
        if sheet.agreed:
            told = translate("CallCentre", "✓ The buyer has agreed to the consent (text {text}).")
            self.consent.setText(told.format(text=sheet.consent))
            dress(self.consent, tone="ok")
        else:
            told = translate("CallCentre", "Read the consent (text {text}) aloud. F4 when the buyer has said yes.")
            self.consent.setText(told.format(text=sheet.consent_needed))
            dress(self.consent, tone="warn")

    def _say(self, tone: str, text: str) -> None:
        self.state.setText(text)
        dress(self.state, tone=tone)

    # --- typing ------------------------------------------------------------------------------------------------------

    def _typed(self, name: str) -> None:
        """Judge at once what can be seen without the service."""
        row = self.rows[name]
        text = row.editor.text() if isinstance(row.editor, QLineEdit) else ""
        wrong = fields.against(name, text)
        row.tell("warn" if wrong else ("ok" if text.strip() else ""), wrong)

    def _left(self, name: str) -> None:
        """A field is left: keep it, if it is another text than before."""
        row = self.rows.get(name)
        keeper = self.keeper
        if row is None or keeper is None or keeper.sheet is None or not isinstance(row.editor, QLineEdit):
            return
        if row.editor.isModified():
            row.editor.setModified(False)
            keeper.write(name, row.editor.text().strip())
            self._show_state()

    def leave_field(self) -> None:
        """Keep what stands in the field one is in."""
        editor = self.focusWidget()
        for name, row in self.rows.items():
            if row.editor is editor:
                if name.startswith("buy."):
                    self._bought()
                else:
                    self._left(name)

    def _bought(self) -> None:
        keeper = self.keeper
        if keeper is None or keeper.sheet is None:
            return
        body = self._purchase_body(keeper.loan)
        if body is not None and body != _body_of(keeper.loan):
            keeper.buy(body)
            self._show_state()

    def _purchase_body(self, loan: Loan) -> dict[str, Any] | None:
        """The purchase as typed; None while a field of it is wrong."""
        sums: dict[str, int] = {}
        for name in ("goods", "down"):
            row = self.rows[f"buy.{name}"]
            found = wording.parse_money(_text(row) or "0")
            row.tell("bad" if found is None else "", translate("CallCentre", "a sum") if found is None else "")
            if found is not None:
                sums[name] = found
        months, region = self.rows["buy.months"], self.rows["buy.region"]
        term = _text(months) or "0"
        months_fit = term.isdigit() and len(term) < 4
        months.tell("" if months_fit else "bad", "" if months_fit else translate("CallCentre", "a number"))
        region_fits = not _text(region) or (_text(region).isdigit() and len(_text(region)) == 2)
        region.tell("" if region_fits else "bad", "" if region_fits else translate("CallCentre", "two digits"))
        if len(sums) < 2 or not months_fit or not region_fits:
            return None
        delivery = self.rows["buy.delivery"].editor
        chosen = delivery.currentData() if isinstance(delivery, QComboBox) else ""
        return {**_body_of(loan), **sums, "months": int(term), "region": _text(region), "delivery": str(chosen or "")}

    def _failed(self, error: ApiError) -> None:
        self._say("bad", wording.error_text(error))
        self.refused.emit(error)

    def agree(self) -> None:
        """F4: the buyer has said yes."""
        keeper = self.keeper
        if keeper is not None and keeper.sheet is not None and not keeper.sheet.agreed and self.session.online:
            keeper.consent()

    def first_fault(self) -> bool:
        """Go to the first field that keeps the questionnaire from being sent; False when there is none."""
        keeper = self.keeper
        if keeper is None or keeper.sheet is None:
            return False
        wrong = {fault.field for fault in keeper.sheet.faults if not fault.warning}
        name = next((name for name in self.rows if name in wrong), "")
        if name:
            self.rows[name].editor.setFocus()
            self.area.ensureWidgetVisible(self.rows[name])
        return bool(name)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._next(watched, 1)
                return True
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up) and isinstance(watched, QLineEdit):
                self._next(watched, 1 if event.key() == Qt.Key.Key_Down else -1)
                return True
        elif event.type() == QEvent.Type.FocusIn and isinstance(watched, QWidget):
            self.area.ensureWidgetVisible(watched, 0, theme.px(40))
        return super().eventFilter(watched, event)

    def _next(self, watched: QObject, step: int) -> None:
        """To the field after or before this one; leaving it keeps it."""
        editors = [row.editor for row in self.rows.values()]
        place = next((number for number, editor in enumerate(editors) if editor is watched), -1)
        if place < 0:
            return
        self.leave_field()
        editor = editors[(place + step) % len(editors)]
        editor.setFocus(Qt.FocusReason.TabFocusReason)
        if isinstance(editor, QLineEdit):
            editor.selectAll()


def _text(row: FieldRow) -> str:
    return row.editor.text().strip() if isinstance(row.editor, QLineEdit) else ""


def _purchase(loan: Loan) -> list[tuple[str, str, str]]:
    """Fields of the purchase: key, title, value."""
    return [
        ("buy.goods", translate("CallCentre", "Goods, ₽"), wording.money(loan.goods, currency=False)),
        ("buy.down", translate("CallCentre", "Down payment, ₽"), wording.money(loan.down, currency=False)),
        ("buy.months", translate("CallCentre", "Months"), str(loan.months or "")),
        ("buy.region", translate("CallCentre", "Region, code"), loan.region),
        ("buy.delivery", translate("CallCentre", "Delivery"), loan.delivery),
    ]


def _body_of(loan: Loan) -> dict[str, Any]:
    return {
        "basket": [
            {"name": b.name, "category": b.category, "qty": b.qty, "price": b.price, "amount": b.amount}
            for b in loan.basket
        ],
        "goods": loan.goods,
        "down": loan.down,
        "months": loan.months,
        "region": loan.region,
        "delivery": loan.delivery,
    }
