"""The editor of one text: its subject and body, the macros to put in, and where it is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QFontDatabase, QTextCursor, QTextFormat
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget

from gui.api.types import TextMacro, TextProblem
from gui.i18n import said, translate
from gui.theme import theme
from gui.widgets.field import Field
from gui.widgets.flow import flowing
from gui.widgets.parts import button, clear, label, rows

Draft = tuple[str, str]
MOST_SUBJECT = 300
_MARKED = 0.3  # of the colour: the words stay readable on it


class TextEditor(QWidget):
    """Attributes:
    subject, body: the editors.

    Signals:
    typed: somebody changed the words.
    """

    typed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._quiet = False
        whole = rows(self, gap=8)
        self.subject = QLineEdit()
        self.subject.setMaxLength(MOST_SUBJECT)
        self.body = QPlainTextEdit()
        self.body.setTabChangesFocus(True)
        self.body.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.body.setMinimumHeight(theme.px(150))
        self._subject = Field(translate("Texts", "Subject"), self.subject)
        self._body = _tall(Field(translate("Texts", "Text"), self.body))
        whole.addWidget(self._subject)
        whole.addWidget(self._body, 1)
        self.subject.textChanged.connect(self._typed)
        self.body.textChanged.connect(self._typed)
        theme.changed.connect(self._themed)

    # --- what stands in it -------------------------------------------------------------------------------------------

    @property
    def draft(self) -> Draft:
        """Subject and body as they are typed."""
        return (self.subject.text() if self._subject.isVisibleTo(self) else "", self.body.toPlainText())

    def show_draft(self, draft: Draft, channel: str) -> None:
        """Other words; nobody has typed them."""
        self._quiet = True
        self._subject.setVisible(channel == "email")
        self.subject.setText(draft[0])
        if draft[1] != self.body.toPlainText():
            self.body.setPlainText(draft[1])
        self._quiet = False
        self.mark(())

    def put_in(self, draft: Draft) -> None:
        """Other words as if somebody had typed them: they can be taken back with Ctrl+Z."""
        self.subject.setText(draft[0])
        cursor = self.body.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(draft[1])
        self.body.setFocus()

    def allow(self, may: bool) -> None:
        self.subject.setReadOnly(not may)
        self.body.setReadOnly(not may)

    def _typed(self) -> None:
        if not self._quiet:
            self.typed.emit()

    def insert(self, name: str) -> None:
        """A macro where the cursor is: in the subject while that was the last one typed in."""
        text = f"{{{{ {name} }}}}"
        if self.subject.hasFocus() and not self.subject.isReadOnly():
            self.subject.insert(text)
        else:
            self.body.insertPlainText(text)
            self.body.setFocus()

    def _themed(self) -> None:
        self.mark(())

    # --- what is wrong -----------------------------------------------------------------------------------------------

    def mark(self, problems: Sequence[TextProblem]) -> None:
        """Colour the lines that are wrong, and say under the text why it cannot be saved."""
        wrong = []
        for line in {problem.line for problem in problems if problem.line}:
            block = self.body.document().findBlockByNumber(line - 1)
            if block.isValid():
                mark = QTextEdit.ExtraSelection()
                mark.cursor = QTextCursor(block)
                colour = QColor(theme.tokens.tone("bad")[0])
                colour.setAlphaF(_MARKED)
                mark.format.setBackground(colour)
                mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
                wrong.append(mark)
        self.body.setExtraSelections(wrong)
        refused = [problem for problem in problems if problem.refused]
        of_subject = [one for one in refused if one.code == "notify.text.no_subject"]
        of_body = [one for one in refused if one not in of_subject]
        self._subject.say(_sentences(of_subject))
        self._body.say(_sentences(of_body))


class MacroPalette(QWidget):
    """What a text may name, as buttons.

    Attributes:
        made: the buttons by name.

    Signals:
        asked: this macro (its name) is wanted in the text.
    """

    asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.made: dict[str, QWidget] = {}
        whole = rows(self, gap=6)
        whole.addWidget(label(translate("Texts", "Put in where the cursor is:"), "small"))
        self._box: QVBoxLayout = rows(gap=0)
        whole.addLayout(self._box)
        words = translate(
            "Texts", "A macro without a value leaves nothing. Words around it go with it in {% if cod %} … {% endif %}."
        )
        whole.addWidget(label(words, "small", wrap=True))

    def show_macros(self, macros: Sequence[TextMacro]) -> None:
        if list(self.made) == [macro.name for macro in macros]:
            return
        clear(self._box)
        self.made = {
            macro.name: button(
                said(macro.text), "chip", slot=partial(self.asked.emit, macro.name), tip=f"{{{{ {macro.name} }}}}"
            )
            for macro in macros
        }
        for made in self.made.values():
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the cursor where it is
        self._box.addWidget(flowing(list(self.made.values()), gap=4))

    def allow(self, may: bool) -> None:
        for made in self.made.values():
            made.setEnabled(may)


def _sentences(problems: Sequence[TextProblem]) -> str:
    return " ".join(part for one in problems for part in (said(one.text), said(one.hint)) if part)


def _tall(field: Field) -> Field:
    """A field whose editor takes the height there is."""
    stack = field.layout()
    assert isinstance(stack, QVBoxLayout)
    stack.setStretchFactor(field.editor, 1)
    last = stack.takeAt(stack.count() - 1)
    assert last is not None and last.spacerItem() is not None
    return field
