"""The open pick list: lines to collect, saved after every touch, so that a power cut loses nothing."""

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
from gui.store.session import Session
from gui.theme import theme
from gui.views.pick_line import PickLineRow
from gui.widgets.parts import Elided, button, caption, clear, columns, frame, label, rows
from gui.widgets.pill import PillLabel

SAVE_MS = 350


class PickWork(QFrame):
    """One pick list at work.

    Signals:
        print_asked: carries the `Pick`.
        refused: an `ApiError`.
    """

    print_asked = Signal(object)
    refused = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.session = session
        self.pick: Pick | None = None
        self.lines: list[PickLineRow] = []
        self._name = ""
        self._form = Form()
        self._dirty: set[str] = set()
        self._saving = False
        self._call: Call | None = None
        self._after_save: str | None = None
        self._settle = QTimer(self, singleShot=True, interval=50)
        self._settle.timeout.connect(self._load)
        self._save_soon = QTimer(self, singleShot=True, interval=SAVE_MS)
        self._save_soon.timeout.connect(self._save)

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
        self.short = self._touch(translate("Picks", "Missing…"), "F2", "touch", "warning", self.short_current)
        self.print_button = self._touch(action_title("printed"), "F4", "touch", "print", self._print)
        self.step = self._touch(action_title("take"), "F6", "touch-primary", "hand", self.next_step)
        self.close_button = self._touch(action_title("close"), "F12", "touch-good", "check", self.close_list)
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
            self._leave()
            self._name, self.pick = "", None
            self._render()
        elif row.id != self._name:
            self.show_name(row.id)
        elif self.pick is not None and row.version != self.pick.version and not self._dirty:
            self._settle.start()

    def show_name(self, name: str) -> None:
        if name != self._name:
            self._leave()
            self._name, self.pick = name, None
        self._settle.start()

    def reload(self) -> None:
        if self._name and not self._dirty and not self._saving:
            self._load()

    def _leave(self) -> None:
        """Another list comes: what was touched here is sent at once."""
        self._settle.stop()
        if self._dirty and not self._saving:
            self._save()
        self._save_soon.stop()
        self._dirty.clear()
        self._saving = False
        self._after_save = None

    def _load(self) -> None:
        if not self._name or not self.session.online:
            return
        if self._call is not None:
            self._call.cancel()

        def done(pick: Pick) -> None:
            if pick.id == self._name and not self._dirty and not self._saving and pick != self.pick:
                self._take(pick)

        self._call = self.session.client.get(f"/v1/picks/{self._name}", Pick, done, self.refused.emit, owner=self)

    def _take(self, pick: Pick) -> None:
        same_lines = self.pick is not None and [r.line.id for r in self.lines] == [x.id for x in pick.lines]
        same_list = self.pick is not None and self.pick.id == pick.id
        self.pick, self._form = pick, Form()
        if same_list and same_lines:
            for row, line in zip(self.lines, pick.lines, strict=True):
                if row.line.id not in self._dirty:
                    row.take_over(line)
            self._render_head()
            self.allow()
        else:
            self._render()

    def _render(self) -> None:
        clear(self._list)
        self.lines = []
        self._render_head()
        if self.pick is not None:
            for line in self.pick.lines:
                row = PickLineRow(line)
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
        if not rows_of:
            done = sum(1 for x in self.pick.lines if x.picked == x.qty)
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
        may = self.session.may("picks.work") and pick is not None
        actions = pick.actions if pick is not None else ()
        works = may and "pick" in actions
        for row in self.lines:
            row.allow(works)
        self.short.setEnabled(works and bool(self.lines))
        self.print_button.setEnabled(pick is not None)
        step = next((a for a in ("confirm", "take", "start") if a in actions), None)
        self.step.setVisible(step is not None)
        if step is not None:
            caption(self.step, f"{action_title(step)}  F6")
            self.step.setAccessibleName(action_title(step))
        self.step.setEnabled(may and step is not None)
        self.close_button.setVisible(step is None)
        ready = all(r.complete for r in self.lines)
        self.close_button.setEnabled(may and "close" in actions and ready)
        if pick is not None:
            self._progress()

    def _touched(self, row: PickLineRow) -> None:
        self._dirty.add(row.line.id)
        self._save_soon.start()
        self.allow()
        if row.complete:
            following = next((r for r in self.lines if not r.complete), None)
            if following is not None:
                self.choose(following)

    # --- saving ------------------------------------------------------------------------------------------------------

    def _save(self) -> None:
        pick = self.pick
        if pick is None or self._saving or not self._dirty:
            return
        sent = set(self._dirty)
        lines = [
            {"id": r.line.id, "picked": str(r.picked), "short_reason": r.reason}
            for r in self.lines
            if r.line.id in sent
        ]
        self._dirty.clear()
        self._send("pick", {"lines": lines})

    def _send(self, event: str, body: dict[str, Any]) -> None:
        pick = self.pick
        if pick is None:
            return
        self._saving = True

        def success(fresh: Pick) -> None:
            self._saving = False
            if fresh.id != self._name:
                return
            self._take(fresh)
            if self._dirty:
                self._save()
            elif self._after_save is not None:
                following, self._after_save = self._after_save, None
                self._send(following, {})

        def failure(error: ApiError) -> None:
            self._saving = False
            self._after_save = None
            self._dirty.clear()
            self.pick = None
            self._load()
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

    # --- commands ----------------------------------------------------------------------------------------------------

    def next_step(self) -> None:
        if self.pick is not None and self.step.isEnabled() and not self._saving:
            step = next((a for a in ("confirm", "take", "start") if a in self.pick.actions), None)
            if step is not None:
                self._send(step, {})

    def close_list(self) -> None:
        """Close it, after what was touched last is saved."""
        if not self.close_button.isEnabled():
            return
        if self._dirty or self._saving:
            self._after_save = "close"
            self._save_soon.stop()
            self._save()
        else:
            self._send("close", {})

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
