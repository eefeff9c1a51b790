"""A caption, the editor under it, and what is wrong with it below: how every form of the tray says so."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from gui.widgets.parts import columns, dress, label, rows


class Field(QWidget):
    """A caption, the editor, a remark at the right of the caption, and the error below."""

    def __init__(self, title: str, editor: QWidget) -> None:
        super().__init__()
        self.editor = editor
        self.note = label("", "small")
        self.error = label("", "small", wrap=True, tone="bad")
        self.error.hide()
        caption = label(title, "small")
        caption.setBuddy(editor)
        editor.setAccessibleName(title)
        self.setFocusProxy(editor)
        box = rows(self, gap=2)
        head = columns(gap=4)
        head.addWidget(caption)
        head.addStretch(1)
        head.addWidget(self.note)
        box.addLayout(head)
        box.addWidget(editor)
        box.addWidget(self.error)
        box.addStretch(1)

    def say(self, error: str) -> None:
        """Show what is wrong with it; "" when nothing is."""
        self.error.setText(error)
        self.error.setVisible(bool(error))
        self.editor.setAccessibleDescription(error)
        dress(self.editor, bad="true" if error else "false")
