"""One call: whom to ring, what to say, and one button per result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QDateTime, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QDateTimeEdit, QFrame, QGridLayout, QLineEdit, QScrollArea, QWidget

from gui import wording
from gui.api.errors import ApiError
from gui.api.types import Task
from gui.i18n import said, translate
from gui.i18n.counts import counts
from gui.models.orders import delivery_text
from gui.models.tasks import result_title, state_pill
from gui.store.ops import Form
from gui.store.session import Session
from gui.theme import theme
from gui.views.statusline import role_title
from gui.widgets.parts import Elided, button, clear, columns, frame, label, rows
from gui.widgets.pill import PillLabel
from gui.widgets.sla_clock import SlaClock

# result, key, role, icon: in the order people use them
RESULTS = (
    ("reached", "Enter", "primary", "check"),
    ("no_answer", "N", "", "clock"),
    ("agreed_delivery", "D", "", "truck"),
    ("will_collect", "C", "", "shop"),
    ("wrong_number", "", "", "ban"),
)


class CallPanel(QFrame):
    """Signals:
    go: to another page; its key and an id.
    refused: an `ApiError`.
    done: a result was saved; carries the words for the bar.
    """

    go = Signal(str, str)
    refused = Signal(object)
    done = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.session = session
        self.task: Task | None = None
        self._form = Form()
        self._busy = False
        body = QWidget()
        self._box = rows(body, gap=10, margin=18)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(body)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.clock = SlaClock(30)
        self.note = QLineEdit()
        self.note.setPlaceholderText(translate("Calls", "Note: what was agreed"))
        self.note.setAccessibleName(translate("Calls", "Note"))
        self.when = QDateTimeEdit()
        self.when.setCalendarPopup(True)
        self.when.setDisplayFormat("dd.MM.yyyy HH:mm")
        self.when.setAccessibleName(translate("Calls", "Agreed time of delivery"))
        whole = rows(self, gap=0)
        whole.addWidget(scroll, 1)
        whole.addWidget(self._foot())
        self._settle = QTimer(self, singleShot=True, interval=40)
        self._settle.timeout.connect(self._render)
        self.show_task(None)

    def _foot(self) -> QFrame:
        foot = frame("foot")
        stack = rows(foot, gap=7, margin=10)
        self._whose = label("", "muted", wrap=True)
        stack.addWidget(self._whose)
        stack.addWidget(self.note)
        agreed = columns(gap=8)
        agreed.addWidget(label(translate("Calls", "Agreed delivery"), "muted"))
        agreed.addWidget(self.when)
        agreed.addStretch(1)
        self._agreed = QWidget()
        self._agreed.setLayout(agreed)
        stack.addWidget(self._agreed)
        grid = self._grid = QGridLayout()
        grid.setSpacing(theme.px(6))
        self.results = {}
        for number, (result, key, role, icon) in enumerate(RESULTS):
            text = result_title(result) + (f"  {'⏎' if key == 'Enter' else key}" if key else "")
            made = button(text, role, icon=icon, slot=self._finisher(result), name=result_title(result))
            made.setMinimumHeight(theme.px(36))
            self.results[result] = made
            grid.addWidget(made, number // 3, number % 3)
        self.resolved = button(result_title("resolved"), "primary", icon="check", slot=self._finisher("resolved"))
        self.resolved.setMinimumHeight(theme.px(36))
        self.results["resolved"] = self.resolved
        grid.addWidget(self.resolved, 0, 0)
        self.snooze = button(translate("Calls", "Put off 15 min"), icon="clock", slot=self._snooze)
        self.snooze.setMinimumHeight(theme.px(36))
        grid.addWidget(self.snooze, 1, 2)
        stack.addLayout(grid)
        return foot

    # --- what is shown -----------------------------------------------------------------------------------------------

    def show_task(self, task: Task | None) -> None:
        same = task is not None and self.task is not None and task.id == self.task.id
        if same and task == self.task:
            return
        if not same:
            self.note.clear()
            at = QDateTime.currentDateTime().addSecs(3 * 3600)
            at.setTime(at.time().addSecs(-at.time().minute() * 60 - at.time().second()))
            self.when.setDateTime(at)
        self.task = task
        self._form = Form()
        self._busy = False
        self._settle.start()
        self.allow()

    def _render(self) -> None:
        self.clock.setParent(None)
        clear(self._box)
        task = self.task
        if task is None:
            empty = label(translate("Calls", "Nobody has to be rung now."), "muted")
            empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._box.addWidget(empty, 1)
            return
        top = columns(gap=10)
        top.addWidget(PillLabel(state_pill(task)))
        if task.taken_by:
            top.addWidget(label(task.taken_by, "muted"))
        top.addStretch(1)
        open_ = task.state not in ("done", "cancelled")
        top.addWidget(self.clock)
        self._box.addLayout(top)
        self.clock.set_due(task.due_at if open_ else None, self.session.now())
        self._box.addWidget(label(task.buyer or said(task.title), "huge", wrap=True))
        if task.buyer:
            self._box.addWidget(label(said(task.title), "big", wrap=True))
        if task.phone:
            self._box.addLayout(self._phone(task.phone))
        facts = [
            wording.money(task.amount) if task.amount is not None else "",
            delivery_text(task.delivery),
            counts.attempts(task.attempts) if task.attempts else "",
        ]
        self._box.addWidget(Elided(" · ".join(f for f in facts if f), "big"))
        script = said(task.script)
        if script:
            self._box.addWidget(label(translate("Calls", "What to say"), "section"))
            said_label = label(script, "purpose", wrap=True, select=True)
            self._box.addWidget(said_label)
        links = columns()
        if task.order_id:
            name = task.order_number or task.order_id
            words = translate("Calls", "Open order {number}").format(number=name)
            links.addWidget(button(words, "ghost", icon="orders", slot=lambda: self.go.emit("orders", task.order_id)))
        if task.payment_id:
            words = translate("Calls", "Open the payment")
            links.addWidget(
                button(words, "ghost", icon="payments", slot=lambda: self.go.emit("payments", task.payment_id))
            )
        links.addStretch(1)
        self._box.addLayout(links)
        self._box.addStretch(1)
        self.allow()

    def _phone(self, phone: str) -> Any:
        line = columns(gap=8)
        shown = label(wording.phone(phone), "huge", select=True)
        line.addWidget(shown)
        copy = button(
            translate("Calls", "Copy"), icon="copy", slot=lambda: QGuiApplication.clipboard().setText(phone),
            name=translate("Calls", "Copy the phone number"),
        )  # fmt: skip
        ring = button(
            translate("Calls", "Ring"), icon="calls", slot=lambda: QDesktopServices.openUrl(QUrl(f"tel:{phone}")),
            name=translate("Calls", "Ring by this computer's telephone program"),
        )  # fmt: skip
        line.addWidget(copy)
        line.addWidget(ring)
        line.addStretch(1)
        return line

    def tick(self) -> None:
        self.clock.tick(self.session.now())

    def allow(self) -> None:
        task = self.task
        open_ = task is not None and task.state not in ("done", "cancelled")
        me = self.session.me
        mine = task is not None and me is not None and me.answers_for(task.role)
        works = self.session.may("calls.work") or self.session.may("tasks.work")
        may = open_ and not self._busy and works and mine
        self._whose.setVisible(open_ and me is not None and not mine)
        if task is not None:
            words = translate("Calls", "This is for the role “{role}”: you can only read it.")
            self._whose.setText(words.format(role=role_title(task.role)))
        is_call = task is None or task.kind == "call"
        for result, made in self.results.items():
            made.setVisible((result != "resolved") == is_call)
            made.setEnabled(may)
        self.snooze.setEnabled(may)
        self._grid.addWidget(self.snooze, 1 if is_call else 0, 2 if is_call else 1)
        self.note.setEnabled(may)
        self._agreed.setVisible(is_call and (task is None or task.delivery != "pickup"))
        self._agreed.setEnabled(may)

    # --- acting ------------------------------------------------------------------------------------------------------

    def _finisher(self, result: str) -> Callable[[], None]:
        return lambda: self.finish(result)

    def finish(self, result: str) -> None:
        """Save the result of the call."""
        if not self.results[result].isEnabled():
            return
        agreed = None
        if result == "agreed_delivery":
            agreed = self.when.dateTime().toUTC().toString("yyyy-MM-ddTHH:mm:ss.zzz") + "000Z"
        body = {"result": result, "note": self.note.text().strip(), "agreed_at": agreed}
        self._send("done", body, result_title(result))

    def finish_usual(self) -> None:
        """Enter: reached, or resolved where it is no call."""
        task = self.task
        if task is not None:
            self.finish("reached" if task.kind == "call" else "resolved")

    def _snooze(self) -> None:
        self._send("snooze", {"minutes": 15}, translate("Calls", "put off"))

    def _send(self, event: str, body: dict[str, Any], words: str) -> None:
        task = self.task
        if task is None or self._busy:
            return
        self._busy = True
        self.allow()

        def success(fresh: Task) -> None:
            self._busy = False
            if self.task is not None and fresh.id == self.task.id:
                self.show_task(fresh)
            self.done.emit(f"{task.buyer or said(task.title)}: {words}")

        def failure(error: ApiError) -> None:
            self._busy = False
            self.allow()
            self.refused.emit(error)

        self.session.act(
            f"/v1/tasks/{task.id}/{event}",
            body,
            Task,
            touches=(("task", task.id),),
            version=task.version,
            form=self._form,
            owner=self,
        ).success(success).failure(failure).start()
