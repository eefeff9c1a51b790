"""When to speak up, and how: the desktop's own notifications where they can carry buttons, else a toast of ours.

Nothing is said about what was already there when the tray started, except once, as one sentence. Quiet hours hold
everything back but alarms of severity "error"; afterwards one sentence says what was missed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from gui import wording
from gui.api.types import Alarm, PaymentRow, PickRow, Task
from gui.i18n import said, translate
from gui.i18n.counts import counts
from gui.settings import Settings
from gui.store.session import Link, Session
from gui.tray.state import needs_words
from gui.widgets.toast import Toast, ToastStack

DUE_SOON = timedelta(minutes=5)
MOST = 3


@dataclass(frozen=True, slots=True)
class Notice:
    """One message.

    Attributes:
        kind: the settings' switch it belongs to.
        tone: "info", "warn", "bad" or "ok".
        actions: (key, words) of its buttons.
        target: (page, id) its click opens.
    """

    kind: str
    tone: str
    title: str
    text: str
    target: tuple[str, str]
    actions: tuple[tuple[str, str], ...] = ()


class Desk(Protocol):
    """Something that can show a notice."""

    def show(self, notice: Notice, chosen: Callable[[str], None]) -> None:
        """`chosen` gets the action's key, or "open" for a click on the message."""

    def close(self) -> None: ...


class ToastDesk:
    """Our own toasts."""

    def __init__(self) -> None:
        self.stack = ToastStack()

    def show(self, notice: Notice, chosen: Callable[[str], None]) -> None:
        buttons: Sequence[tuple[str, Callable[[], object]]] = [
            (words, partial(chosen, key)) for key, words in notice.actions
        ]
        toast = Toast(notice.tone, notice.title, notice.text, buttons)
        toast.opened.connect(lambda: chosen("open"))
        self.stack.add(toast)

    def close(self) -> None:
        self.stack.clear()


class Notifier(QObject):
    """Watches the session and speaks up.

    Attributes:
        told: every notice shown, newest last (for the list of what was missed, and for tests).

    Signals:
        go: (page, id): the person wants to see it.
    """

    go = Signal(str, str)

    def __init__(
        self,
        session: Session,
        settings: Settings,
        desk: Desk,
        parent: QObject | None = None,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        super().__init__(parent)
        self.session = session
        self.settings = settings
        self.desk = desk
        self.told: list[Notice] = []
        self._clock = clock
        self._payments: set[str] | None = None
        self._alarms: set[str] | None = None
        self._calls: set[str] = set()
        self._picks: set[str] | None = None
        self._held = 0
        self._was_online: bool | None = None
        session.status_changed.connect(self._status)
        session.link_changed.connect(self._link)
        self._minute = QTimer(self, interval=30_000)
        self._minute.timeout.connect(self.look_at_calls)
        self._minute.start()

    def close(self) -> None:
        """Say nothing more."""
        self._minute.stop()
        self.desk.close()

    # --- what happened -----------------------------------------------------------------------------------------------

    def _status(self) -> None:
        status = self.session.status
        me = self.session.me
        if status is None or me is None:
            return
        if self._alarms is None:
            self._first(status.needs.total)
        else:
            for alarm in status.alarms:
                if alarm.id not in self._alarms and me.sees("health"):
                    self._tell(self._alarm(alarm))
        self._alarms = {a.id for a in status.alarms}
        if me.sees("payments"):
            self._ask_payments()
        if me.may("picks.work"):
            self._ask_picks()
        self.look_at_calls()

    def _first(self, total: int) -> None:
        status = self.session.status
        if status is None or not total:
            return
        words = ", ".join(needs_words(self.session, status.needs))
        if words:
            page = "payments" if status.needs.payments else "calls"
            title = translate("Notify", "Waiting for you")
            self._tell(Notice("payments", "info", title, words, (page, "")))

    def _ask_payments(self) -> None:
        query = {"state": "needs_person", "limit": "20", "sort": "-bank_time"}
        self.session.client.page(
            "/v1/payments", PaymentRow, lambda page: self._got_payments(page.items), owner=self, query=query
        )

    def _got_payments(self, rows: tuple[PaymentRow, ...]) -> None:
        names = {row.id for row in rows}
        if self._payments is None:
            self._payments = names
            return
        fresh = [row for row in rows if row.id not in self._payments]
        self._payments |= names
        for row in fresh[:MOST]:
            self._tell(
                Notice(
                    "payments",
                    "warn",
                    translate("Notify", "{sum} needs you").format(sum=wording.money(row.amount)),
                    f"{row.payer_name}. {row.purpose}",
                    ("payments", row.id),
                    (("open", translate("Notify", "Decide")),),
                )
            )
        if len(fresh) > MOST:
            more = counts.more_payments(len(fresh) - MOST)
            self._tell(Notice("payments", "info", translate("Notify", "Waiting for you"), more, ("payments", "")))

    def _ask_picks(self) -> None:
        query = {"state": "open", "limit": "50", "sort": "due_at"}
        self.session.client.page(
            "/v1/picks", PickRow, lambda page: self._got_picks(page.items), owner=self, query=query
        )

    def _got_picks(self, picks: tuple[PickRow, ...]) -> None:
        waiting = {pick.id: pick for pick in picks if pick.state in ("new", "to_confirm")}
        fresh = [] if self._picks is None else [p for name, p in waiting.items() if name not in self._picks]
        self._picks = (self._picks or set()) | set(waiting)
        for pick in fresh[:MOST]:
            title = translate("Notify", "To be picked: order {number}").format(number=pick.order_number)
            count = counts.positions(pick.lines_count)
            actions = (("open", translate("Notify", "Open")),)
            self._tell(Notice("picks", "info", title, f"{pick.warehouse} · {count}", ("picks", pick.id), actions))

    def look_at_calls(self) -> None:
        """Once per call, five minutes before it is due."""
        me = self.session.me
        if not self.session.online or me is None or not me.sees("calls") or not self.session.needs.calls:
            return
        query = {"kind": "call", "state": "open", "limit": "20", "sort": "due_at"}
        self.session.client.page("/v1/tasks", Task, lambda page: self._got_calls(page.items), owner=self, query=query)

    def _got_calls(self, tasks: tuple[Task, ...]) -> None:
        now, me = self.session.now(), self.session.me
        for task in tasks:
            if task.due_at is None or task.state not in ("new", "snoozed") or task.id in self._calls:
                continue
            if me is None or not me.answers_for(task.role):
                continue
            left = task.due_at - now
            if timedelta(0) < left <= DUE_SOON:
                self._calls.add(task.id)
                title = translate("Notify", "Ring until {time}").format(time=wording.clock(task.due_at))
                text = " · ".join(p for p in (task.buyer or said(task.title), wording.phone(task.phone)) if p)
                actions = (("open", translate("Notify", "Open")),)
                self._tell(Notice("calls", "warn", title, text, ("calls", task.id), actions))

    def _alarm(self, alarm: Alarm) -> Notice:
        tone = "bad" if alarm.severity == "error" else "warn"
        actions = (("open", translate("Notify", "What to do")),)
        return Notice("alarms", tone, said(alarm.text), said(alarm.hint), ("health", alarm.id), actions)

    def _link(self) -> None:
        online = self.session.link is Link.ONLINE
        # A service that is not there yet when the computer starts is no news.
        if self._was_online and self.session.link is Link.OFFLINE:
            title = translate("Notify", "No link to the Kvit service")
            text = translate("Notify", "Nothing is lost. Kvit keeps trying and will go on by itself.")
            self._tell(Notice("link", "bad", title, text, ("", "")))
        self._was_online = online

    # --- saying it ---------------------------------------------------------------------------------------------------

    def _tell(self, notice: Notice) -> None:
        if not self.settings.notifies(notice.kind):
            return
        if self.settings.is_quiet(self._clock().time()) and notice.tone != "bad":
            self._held += 1
            return
        if self._held:
            held, self._held = self._held, 0
            words = counts.quiet_messages(held)
            self._show(Notice("payments", "info", "Kvit", words, ("", "")))
        self._show(notice)

    def _show(self, notice: Notice) -> None:
        self.told.append(notice)
        del self.told[:-100]
        self.desk.show(notice, lambda key: self.go.emit(*notice.target) if key == "open" else None)
