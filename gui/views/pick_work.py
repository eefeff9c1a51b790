"""The open pick list: lines to collect.

The service takes the whole list at once, when everything is found or said to be missing. Until then what the person
has touched is kept in a file of this computer after every touch, so that a power cut loses nothing.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QProgressBar, QPushButton, QScrollArea, QWidget

from gui import wording
from gui.api.client import Call
from gui.api.errors import ApiError
from gui.api.types import Pick, PickRow
from gui.i18n import translate
from gui.models.orders import delivery_text
from gui.models.picks import action_title, state_pill
from gui.store.ops import Form
from gui.store.progress import Progress
from gui.store.session import Session
from gui.theme import theme
from gui.views.pick_line import PickLineRow
from gui.widgets.parts import Elided, button, caption, clear, columns, frame, label, rows
from gui.widgets.pill import PillLabel


class PickWork(QFrame):
    """One pick list at work.

    Signals:
        print_asked: carries the `Pick`.
        refused: an `ApiError`.
    """

    print_asked = Signal(object)
    refused = Signal(object)

    def __init__(self, session: Session, progress: Progress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.session = session
        self.pick: Pick | None = None
        self.lines: list[PickLineRow] = []
        self._name = ""
        self._form = Form()
        self._progress_of = progress
        self._busy = False
        self._call: Call | None = None
        self._settle = QTimer(self, singleShot=True, interval=50)
        self._settle.timeout.connect(self._load)

        body = QWidget()
        self._head = rows(gap=4)
        self._list = rows(gap=7)
        box = rows(body, gap=10, margin=14)
        box.addLayout(self._head)
        box.addLayout(self._list)
        box.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(body)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        whole = rows(self, gap=0)
        whole.addWidget(scroll, 1)
        whole.addWidget(self._foot())
        self.show_row(None)

    def _foot(self) -> QFrame:
        foot = frame("foot")
        line = columns(foot, gap=8, margin=9)
        self.short = self._touch(translate("Picks", "Not in its place"), "F2", "touch", "warning", self.short_current)
        self.print_button = self._touch(action_title("printed"), "F4", "touch", "print", self._print)
        self.step = self._touch(action_title("take"), "F6", "touch-primary", "hand", self.next_step)
        self.close_button = self._touch(action_title("pick"), "F12", "touch-good", "check", self.close_list)
        line.addWidget(self.print_button)
        line.addWidget(self.short)
        line.addStretch(1)
        line.addWidget(self.step)
        line.addWidget(self.close_button)
        return foot

    def _touch(self, text: str, key: str, role: str, icon: str, slot: Any) -> QPushButton:
        made = button(f"{text}  {key}", role, icon=icon, slot=slot, name=text)
        made.setMinimumHeight(theme.px(52))
        return made

    # --- what is shown -----------------------------------------------------------------------------------------------

    def show_row(self, row: PickRow | None) -> None:
        if row is None:
            self._settle.stop()
            self._name, self.pick = "", None
            self._render()
        elif row.id != self._name:
            self.show_name(row.id)
        elif self.pick is not None and row.version != self.pick.version:
            self._settle.start()

    def show_name(self, name: str) -> None:
        if name != self._name:
            self._name, self.pick, self._busy = name, None, False
        self._settle.start()

    def reload(self) -> None:
        if self._name and not self._busy:
            self._load()

    def _load(self) -> None:
        if not self._name or not self.session.online:
            return
        if self._call is not None:
            self._call.cancel()

        def done(pick: Pick) -> None:
            if pick.id == self._name and not self._busy and pick != self.pick:
                self._take(pick)

        self._call = self.session.client.get(f"/v1/picks/{self._name}", Pick, done, self.refused.emit, owner=self)

    def _take(self, pick: Pick) -> None:
        """The service's word on the list; what was touched here stays while the list can still be picked."""
        same_list = self.pick is not None and self.pick.id == pick.id
        same_lines = same_list and [r.line.id for r in self.lines] == [x.id for x in pick.lines]
        self.pick, self._form = pick, Form()
        if "pick" not in pick.actions:
            self._progress_of.forget(pick.id)
        if not same_lines:
            self._render()
            return
        if "pick" not in pick.actions:
            for row, line in zip(self.lines, pick.lines, strict=True):
                row.take_over(line)
        self._render_head()
        self.allow()

    def _render(self) -> None:
        clear(self._list)
        self.lines = []
        self._render_head()
        if self.pick is not None:
            touched = self._progress_of.recall(self.pick.id) if "pick" in self.pick.actions else {}
            for line in self.pick.lines:
                row = PickLineRow(line)
                if line.id in touched:
                    row.restore(*touched[line.id])
                row.changed.connect(lambda row=row: self._touched(row))
                row.chosen.connect(lambda row=row: self.choose(row))
                self.lines.append(row)
                self._list.addWidget(row)
            first = next((r for r in self.lines if not r.complete), None)
            if first is not None:
                self.choose(first)
        self.allow()

    def _render_head(self) -> None:
        clear(self._head)
        pick = self.pick
        if pick is None:
            empty = label(translate("Picks", "Choose a pick list on the left, or scan its code."), "muted")
            empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._head.addWidget(empty)
            return
        line = columns(gap=10)
        line.addWidget(label(translate("Picks", "Order {number}").format(number=pick.order_number), "huge"))
        line.addWidget(PillLabel(state_pill(pick.state)), 0, Qt.AlignmentFlag.AlignVCenter)
        line.addStretch(1)
        due = translate("Picks", "by {time}").format(time=wording.moment(pick.due_at, self.session.now()))
        line.addWidget(label(due if pick.due_at else "", "title"))
        self._head.addLayout(line)
        facts = [pick.number, pick.buyer, delivery_text(pick.delivery), pick.warehouse, wording.phone(pick.phone)]
        self._head.addWidget(Elided(" · ".join(f for f in facts if f), "big"))
        if pick.comment:
            self._head.addWidget(label(pick.comment, "heading", wrap=True, tone="warn"))
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(translate("Picks", "How much is picked"))
        self._head.addWidget(self._bar)
        self._left = label("", "muted")
        self._head.addWidget(self._left)
        self._progress()

    def _progress(self) -> None:
        if self.pick is None:
            return
        rows_of = self.lines or []
        done = sum(1 for r in rows_of if r.complete)
        total = len(self.pick.lines)
        self._bar.setMaximum(max(total, 1))
        self._bar.setValue(done)
        self._left.setText(translate("Picks", "{done} of {all} positions are ready").format(done=done, all=total))

    def choose(self, row: PickLineRow) -> None:
        for other in self.lines:
            other.choose(other is row)

    def current(self) -> PickLineRow | None:
        return next((r for r in self.lines if r.property("chosen") == "true"), None)

    # --- what may be done --------------------------------------------------------------------------------------------

    def allow(self) -> None:
        pick = self.pick
        may = self.session.may("picks.work") and pick is not None and not self._busy
        actions = pick.actions if pick is not None else ()
        # Touching a line needs no answer of the service: a short break of the line does not stop the hands.
        works = "pick" in actions and self.session.me is not None and self.session.me.may("picks.work")
        reads_only = self.session.me is not None and not self.session.me.may("picks.work")
        for row in self.lines:
            row.allow(works)
            row.show_buttons(not reads_only)
        self.short.setVisible(not reads_only)
        self.short.setEnabled(works and bool(self.lines))
        self.print_button.setEnabled(pick is not None)
        step = self._step()
        self.step.setVisible(step != "")
        self.close_button.setVisible(not reads_only)
        if step:
            caption(self.step, f"{action_title(step)}  F6")
            self.step.setAccessibleName(action_title(step))
        self.step.setEnabled(may and step != "")
        last = self._last_step()
        caption(self.close_button, f"{action_title(last or 'pick')}  F12")
        self.close_button.setAccessibleName(action_title(last or "pick"))
        ready = last == "close" or all(r.complete for r in self.lines)
        self.close_button.setEnabled(may and last != "" and ready)
        if pick is not None:
            self._progress()

    def _step(self) -> str:
        """What comes before the hands: confirm the stock, take the list, start."""
        actions = self.pick.actions if self.pick is not None else ()
        if self.pick is not None and self.pick.state == "taken":
            return "start" if "start" in actions else ""
        return next((a for a in ("confirm", "take", "start") if a in actions), "")

    def _last_step(self) -> str:
        actions = self.pick.actions if self.pick is not None else ()
        return next((a for a in ("pick", "close") if a in actions), "")

    def _touched(self, row: PickLineRow) -> None:
        if self.pick is None:
            return
        self._progress_of.keep(self.pick.id, {r.line.id: (str(r.picked), r.reason) for r in self.lines})
        if "start" in self.pick.actions and self.session.may("picks.work") and not self._busy:
            # From now on the goods are in somebody's hands: the office must not undo the order silently.
            self._send("start", {})
        self.allow()
        if row.complete:
            following = next((r for r in self.lines if not r.complete), None)
            if following is not None:
                self.choose(following)

    # --- commands ----------------------------------------------------------------------------------------------------

    def next_step(self) -> None:
        if self.step.isEnabled():
            self._send(self._step(), {})

    def close_list(self) -> None:
        """F12: hand in what was picked; once more: it was checked, the list is closed."""
        if not self.close_button.isEnabled():
            return
        if self._last_step() == "close":
            self._send("close", {})
            return
        lines = [{"id": r.line.id, "picked": str(r.picked), "short_reason": r.reason} for r in self.lines]
        self._send("pick", {"lines": lines})

    def _send(self, event: str, body: dict[str, Any]) -> None:
        pick = self.pick
        if pick is None or self._busy:
            return
        self._busy = True
        self.allow()

        def success(fresh: Pick) -> None:
            self._busy = False
            if fresh.id == self._name:
                self._take(fresh)

        def failure(error: ApiError) -> None:
            self._busy = False
            self._load()
            self.allow()
            self.refused.emit(error)

        self.session.act(
            f"/v1/picks/{pick.id}/{event}",
            body,
            Pick,
            touches=(("pick", pick.id), ("order", pick.order_id)),
            version=pick.version,
            form=self._form,
            owner=self,
        ).success(success).failure(failure).start()

    def short_current(self) -> None:
        row = self.current()
        if row is not None and self.short.isEnabled():
            row.short.showMenu()

    def _print(self) -> None:
        if self.pick is not None:
            self.print_asked.emit(self.pick)

    def printed(self) -> None:
        """Tell the service that the sheet is on paper."""
        if self.pick is not None and "printed" in self.pick.actions and self.session.may("picks.work"):
            self._send("printed", {})

    def scanned(self, code: str) -> bool:
        """A scanned article or place: one piece more of that line. False when it is not on this list."""
        wanted = code.strip().casefold()
        for row in self.lines:
            if wanted in ((row.line.sku or "").casefold(), (row.line.bin or "").casefold()) and not row.complete:
                if row.more.isEnabled():
                    row.add(1)
                else:
                    self.choose(row)
                return True
        return False
