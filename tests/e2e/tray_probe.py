"""The tray with a listener at its standard input, so that a test can ask where a button is and what is written there.

Started as a program: `python -m tests.e2e.tray_probe --home HOME …` takes the arguments of kvit-tray. It answers one
JSON object a line for one JSON object a line. It never presses anything itself: clicks come from the outside, by the
mouse of the X server.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QObject, QPoint, QRect, QSocketNotifier, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QTableView, QWidget

from gui.app import parser, size_of
from gui.program import Program

Json = dict[str, Any]


class Probe(QObject):
    """Answers questions about what is on the screen."""

    def __init__(self, program: Program) -> None:
        super().__init__()
        self.program = program
        self._rest = b""
        self._notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read)

    def _read(self) -> None:
        chunk = os.read(sys.stdin.fileno(), 65_536)
        if not chunk:
            self.program.quit()
            return
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            answer = self._answer(json.loads(line))
            sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
            sys.stdout.flush()

    def _answer(self, asked: Json) -> Any:
        match asked["do"]:
            case "find":
                return [f for f in _widgets() if asked["name"] in f["name"]]
            case "texts":
                return [f["name"] for f in _widgets() if f["name"]] + [w.windowTitle() for w in _windows()]
            case "rows":
                return list(_rows(asked["table"]))
            case "tray":
                return self._tray()
        self.program.quit()
        return {"bye": True}

    def _tray(self) -> Json:
        tray = self.program.tray
        if tray is None or tray.state is None:
            return {}
        return {
            "visible": tray.icon.isVisible(),
            "rect": _box(tray.icon.geometry()),
            "tip": tray.icon.toolTip(),
            "light": tray.state.light.value,
            "count": tray.state.count,
            "flyout": tray.flyout.isVisible(),
        }


def _windows() -> list[QWidget]:
    return [w for w in QApplication.topLevelWidgets() if w.isVisible()]


def _widgets() -> Iterator[Json]:
    for window in _windows():
        for widget in [window, *window.findChildren(QWidget)]:
            if not widget.isVisible() or widget.visibleRegion().isEmpty():
                continue
            spot = widget.visibleRegion().boundingRect()
            yield {
                "name": _name(widget),
                "class": type(widget).__name__,
                "enabled": widget.isEnabled(),
                "rect": _box(QRect(widget.mapToGlobal(spot.topLeft()), spot.size())),
            }


def _name(widget: QWidget) -> str:
    if isinstance(widget, QLabel):
        return widget.text()
    if isinstance(widget, QLineEdit):
        return widget.text() or widget.placeholderText()
    interface = QAccessible.queryAccessibleInterface(widget)
    name = interface.text(QAccessible.Text.Name) if interface is not None else ""
    return name or (widget.text() if isinstance(widget, QAbstractButton) else "")


def _rows(name: str) -> Iterator[Json]:
    for window in _windows():
        for table in window.findChildren(QTableView):
            model = table.model()
            if not table.isVisible() or table.accessibleName() != name or model is None:
                continue
            for row in range(model.rowCount()):
                cells = [c for c in range(model.columnCount()) if not table.isColumnHidden(c)]
                box = table.visualRect(model.index(row, cells[0]))
                if not table.viewport().rect().contains(box.center()):
                    continue
                corner: QPoint = table.viewport().mapToGlobal(box.topLeft())
                texts = [str(model.index(row, c).data(Qt.ItemDataRole.DisplayRole) or "") for c in cells]
                yield {"texts": texts, "rect": _box(QRect(corner, box.size()))}


def _box(rect: QRect) -> list[int]:
    return [rect.x(), rect.y(), rect.width(), rect.height()]


def main() -> int:
    arguments = parser().parse_args()
    arguments.size = size_of(arguments.size)
    program = Program(arguments)
    probe = Probe(program)
    code = program.run()
    probe.deleteLater()
    return code


if __name__ == "__main__":
    sys.exit(main())
