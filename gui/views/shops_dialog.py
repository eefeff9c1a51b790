"""A form that asks for one change: errors at their fields, what was typed stays while the service refuses it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QDate, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QDialog,
    QGridLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from gui.api.errors import ApiError
from gui.i18n import translate
from gui.models.shop_form import error_words, field_of
from gui.store.ops import Form
from gui.store.session import Session
from gui.theme import theme
from gui.widgets.field import Field
from gui.widgets.parts import button, columns, label, rows


class AskingDialog(QDialog):
    """A form that asks the service for one change and closes when it is done.

    Attributes:
        topic: of what it changes.
        fields: by the service's names. trouble: what is wrong with the whole. ok: the button that asks.
        answer: what the service answered, once it did.
    """

    topic = "shops"

    def __init__(
        self,
        session: Session,
        title: str,
        action: str,
        parent: QWidget | None = None,
        *,
        note: str = "",
        icon: str = "check",
    ) -> None:
        """`note`: one sentence under the heading."""
        super().__init__(parent)
        self.session = session
        self.fields: dict[str, Field] = {}
        self.answer: Any = None
        self._form = Form()
        self._busy = False
        self.setWindowTitle(title)
        self.setModal(True)
        self.setMinimumWidth(theme.px(560))
        whole = rows(self, gap=9, margin=14)
        whole.addWidget(label(title, "heading"))
        if note:
            whole.addWidget(label(note, "muted", wrap=True))
        self.trouble = label("", wrap=True, tone="bad", select=True)
        self.trouble.hide()
        whole.addWidget(self.trouble)
        self.box: QVBoxLayout = rows(gap=8)
        whole.addLayout(self.box, 1)
        line = columns(gap=8)
        line.addStretch(1)
        line.addWidget(button(translate("Shops", "Back"), slot=self.reject))
        self.ok = button(action, "primary", icon=icon, slot=self.accept, tip=f"{action} (Ctrl+Enter)")
        line.addWidget(self.ok)
        whole.addLayout(line)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.accept)
        session.link_changed.connect(self.allow)
        self.allow()

    # --- what a subclass says ----------------------------------------------------------------------------------------

    def request(self) -> tuple[str, dict[str, Any], type[Any]]:
        """Where it is asked, with which body, and what the answer is."""
        raise NotImplementedError

    def errors(self) -> Mapping[str, str]:
        """What is wrong at first sight, by field."""
        return {}

    def about_field(self, error: ApiError) -> str:
        """The field a refusal is about; "" where it is about none."""
        return field_of(error)

    # --- fields ------------------------------------------------------------------------------------------------------

    def line(self, name: str, title: str, *, limit: int = 200, hint: str = "") -> Field:
        editor = QLineEdit()
        editor.setMaxLength(limit)
        editor.setPlaceholderText(hint)
        return self._field(name, title, editor)

    def lines(self, name: str, title: str, *, hint: str = "", height: float = 58) -> Field:
        editor = QPlainTextEdit()
        editor.setPlaceholderText(hint)
        editor.setTabChangesFocus(True)
        editor.setFixedHeight(theme.px(height))
        return self._field(name, title, editor)

    def choice(self, name: str, title: str, choices: Sequence[tuple[str, str]]) -> Field:
        """`choices`: (key, words)."""
        editor = QComboBox()
        for key, words in choices:
            editor.addItem(words, key)
        return self._field(name, title, editor)

    def day(self, name: str, title: str) -> Field:
        """A day, today by the service's clock to begin with."""
        today = self.session.now().astimezone().date()
        editor = QDateEdit(QDate(today.year, today.month, today.day))
        editor.setCalendarPopup(True)
        editor.setDisplayFormat("dd.MM.yyyy")
        return self._field(name, title, editor)

    def _field(self, name: str, title: str, editor: QWidget) -> Field:
        made = self.fields[name] = Field(title, editor)
        if isinstance(editor, (QLineEdit, QPlainTextEdit)):
            editor.textChanged.connect(lambda *_: made.say(""))
        elif isinstance(editor, QComboBox):
            editor.currentIndexChanged.connect(lambda _: made.say(""))
        elif isinstance(editor, QDateEdit):
            editor.dateChanged.connect(lambda _: made.say(""))
        return made

    def beside(self, *names: str) -> None:
        """Put fields on one line, equally wide."""
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.px(10))
        for column, name in enumerate(names):
            grid.addWidget(self.fields[name], 0, column, Qt.AlignmentFlag.AlignTop)
            grid.setColumnStretch(column, 1)
        self.box.addLayout(grid)

    def text(self, name: str) -> str:
        """What stands in a field; of a choice its key, of a day its ISO text."""
        editor = self.fields[name].editor
        if isinstance(editor, QLineEdit):
            return editor.text()
        if isinstance(editor, QPlainTextEdit):
            return editor.toPlainText()
        if isinstance(editor, QComboBox):
            return str(editor.currentData() or "")
        assert isinstance(editor, QDateEdit)
        return editor.date().toString(Qt.DateFormat.ISODate)

    def texts(self) -> dict[str, str]:
        return {name: self.text(name) for name in self.fields}

    def fill(self, texts: Mapping[str, str]) -> None:
        """Put texts into fields; a choice that is not offered keeps the first one."""
        for name, text in texts.items():
            editor = self.fields[name].editor
            if isinstance(editor, QLineEdit):
                editor.setText(text)
            elif isinstance(editor, QPlainTextEdit):
                editor.setPlainText(text)
            elif isinstance(editor, QComboBox):
                editor.setCurrentIndex(max(editor.findData(text), 0))

    # --- asking ------------------------------------------------------------------------------------------------------

    def allow(self) -> None:
        online = self.session.online
        self.ok.setEnabled(online and not self._busy)
        away = translate("Shops", "No link to the Kvit service. What you have typed stays here.")
        self.ok.setAccessibleDescription("" if online else away)
        self.ok.setToolTip(f"{self.ok.accessibleName()} (Ctrl+Enter)" if online else away)

    def busy(self, on: bool) -> None:
        self._busy = on
        self.allow()

    def accept(self) -> None:
        if not self.ok.isEnabled():
            return
        self.forget_errors()
        wrong = self.errors()
        if wrong:
            self.show_errors(wrong)
            return
        self.ask()

    def ask(self, *, method: str = "POST", version: int | None = None) -> None:
        path, body, kind = self.request()
        self.busy(True)
        op = self.session.act(
            path, body, kind, touches=((self.topic, ""),), version=version, form=self._form, owner=self, method=method
        )
        op.success(self._done).failure(self.refused).start()

    def _done(self, answer: Any) -> None:
        self.answer = answer
        super().accept()

    def refused(self, error: ApiError) -> None:
        """Say it at the field it is about, else above the form."""
        self.busy(False)
        name, words = self.about_field(error), error_words(error)
        if name in self.fields:
            self.show_errors({name: words})
        else:
            self.trouble.setText(words)
            self.trouble.show()

    def show_errors(self, wrong: Mapping[str, str]) -> None:
        for name, words in wrong.items():
            self.fields[name].say(words)
        first = next((name for name in self.fields if name in wrong), "")
        if first:
            self.fields[first].editor.setFocus()

    def forget_errors(self) -> None:
        self.trouble.hide()
        for field in self.fields.values():
            field.say("")


def tick(words: str, tip: str = "") -> QCheckBox:
    """A named tick."""
    made = QCheckBox(words)
    made.setAccessibleName(words)
    made.setToolTip(tip)
    return made


def opened(dialog: QDialog, accepted: Callable[[], object], closed: Callable[[], object]) -> QDialog:
    """Open `dialog` over its window; `accepted` when it went on, `closed` in any case before that."""
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowModality(Qt.WindowModality.WindowModal)

    def finished(result: int) -> None:
        closed()
        if result == QDialog.DialogCode.Accepted:
            accepted()

    dialog.finished.connect(finished)
    dialog.open()
    return dialog
