"""What waits for this person now: the newest few things, each with the one button that settles it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from gui import wording
from gui.api.types import OutgoingRow, Page, Payment, PaymentRow, PickRow, Task
from gui.i18n import said, translate
from gui.models.orders import delivery_text
from gui.models.picks import action_title
from gui.store.session import Session
from gui.views.reasons import reason_tone
from gui.views.suggestion import difference

MOST = 6


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits.

    Attributes:
        kind: "payment", "order" to sign, "call", "pick" or "alarm".
        page: where it is shown in the window.
        action: words of its button; "" = only to be looked at.
        act: what the button does; carries version and key, so a colleague's decision is never overwritten.
    """

    kind: str
    page: str
    id: str
    tone: str
    icon: str
    title: str
    text: str
    action: str = ""
    act: Callable[[], object] | None = None


class News(QObject):
    """Gathers the items when it is asked to, and after changes while somebody looks.

    Signals:
        changed: `items` are others.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.items: list[Item] = []
        self.wanted = False
        self._parts: dict[str, list[Item]] = {}
        self._soon = QTimer(self, singleShot=True, interval=60)
        self._soon.timeout.connect(self._tell)
        session.changed.connect(lambda *_: self._refresh_if_wanted())
        session.status_changed.connect(self._refresh_if_wanted)

    def look(self, wanted: bool) -> None:
        """Somebody opens or closes the list."""
        self.wanted = wanted
        if wanted:
            self.refresh()

    def _refresh_if_wanted(self) -> None:
        if self.wanted:
            self.refresh()

    def refresh(self) -> None:
        session = self.session
        me = session.me
        if not session.online or me is None:
            self._parts = {}
            self._soon.start()
            return
        self._parts["alarm"] = self._alarms() if me.sees("health") else []
        if me.sees("payments"):
            for state in ("needs_person", "duplicate"):
                query = {"state": state, "limit": str(MOST), "sort": "-bank_time"}
                session.client.page("/v1/payments", PaymentRow, partial(self._payments, state), owner=self, query=query)
        if me.may("outgoing.approve"):
            query = {"state": "to_approve", "limit": "50", "sort": "proposed_at"}
            session.client.page(
                "/v1/outgoing", OutgoingRow, lambda page: self._orders(page.items), owner=self, query=query
            )
        if me.sees("calls") or me.sees("tasks"):
            query = {"state": "open", "limit": str(MOST), "sort": "due_at"}
            session.client.page("/v1/tasks", Task, lambda page: self._tasks(page.items), owner=self, query=query)
        if me.sees("picks"):
            query = {"state": "open", "limit": str(2 * MOST), "sort": "due_at"}
            session.client.page("/v1/picks", PickRow, lambda page: self._picks(page.items), owner=self, query=query)
        self._soon.start()

    def _tell(self) -> None:
        # One of each kind first, then the rest: a heap of payments must not hide a call that is due.
        queues = [
            [item for part in parts for item in self._parts.get(part, [])]
            for parts in (("needs_person", "duplicate"), ("order",), ("call",), ("pick",), ("alarm",))
        ]
        found: list[Item] = []
        while any(queues) and len(found) < MOST:
            for queue in queues:
                if queue and len(found) < MOST:
                    found.append(queue.pop(0))
        kinds = ("payment", "order", "call", "pick", "alarm")
        found.sort(key=lambda item: kinds.index(item.kind))
        if [_face(i) for i in found] != [_face(i) for i in self.items]:
            self.items = found
            self.changed.emit()
        else:
            self.items = found

    # --- kinds -------------------------------------------------------------------------------------------------------

    def _payments(self, state: str, page: Page[PaymentRow]) -> None:
        self._parts[state] = [self._payment_item(row, None) for row in page.items]
        self._soon.start()
        for row in page.items[:3]:
            self.session.client.get(f"/v1/payments/{row.id}", Payment, self._payment_detail, owner=self)

    def _payment_detail(self, payment: Payment) -> None:
        items = self._parts.get(payment.state, [])
        for number, item in enumerate(items):
            if item.id == payment.id:
                items[number] = self._payment_item(payment, payment)
        self._soon.start()

    def _payment_item(self, row: Any, detail: Payment | None) -> Item:
        action, act = "", None
        text = row.purpose
        if detail is not None and detail.suggestions and self.session.may("payments.decide"):
            best = detail.suggestions[0]
            numbers = ", ".join(i.number for i in best.invoices)
            text = translate("Flyout", "→ invoice {numbers}").format(numbers=numbers)
            doubts = any(reason_tone(reason.code) == "warn" for reason in best.reasons)
            if difference(detail, best) == 0 and not doubts:
                # One click lets goods go: only where the sum agrees to the kopeck and nothing speaks against it.
                text = translate("Flyout", "→ invoice {numbers}, agrees to the kopeck").format(numbers=numbers)
                action = translate("Flyout", "Accept")
                parts = [[invoice, part] for invoice, part in best.allocate]

                def act() -> object:
                    return self._post(
                        f"/v1/payments/{detail.id}/allocate",
                        {"allocations": parts, "note": ""},
                        Payment,
                        "payment",
                        detail.id,
                        detail.version,
                    )

            elif detail.decision is not None and said(detail.decision.sentence):
                text = said(detail.decision.sentence)
        elif detail is not None and detail.decision is not None and said(detail.decision.sentence):
            text = said(detail.decision.sentence)
        title = f"{wording.money(row.amount)} · {row.payer_name}"
        return Item("payment", "payments", row.id, "warn", "payments", title, text, action, act)

    def _orders(self, rows: tuple[OutgoingRow, ...]) -> None:
        """Orders that want this person's signature. To be looked at first: nobody signs from a list of headlines."""
        me, needs = self.session.me, self.session.needs
        unsigned = [row for row in rows if me is not None and me.user not in row.approved_by] if needs.to_sign else []
        self._parts["order"] = [
            Item(
                "order",
                "bank",
                row.id,
                "warn",
                "pen",
                translate("Flyout", "To sign: {sum} · {payee}").format(
                    sum=wording.money(row.amount), payee=row.payee_name
                ),
                row.purpose,
            )
            for row in unsigned[:MOST]
        ]
        self._soon.start()

    def _tasks(self, rows: tuple[Task, ...]) -> None:
        found = []
        for task in rows:
            left = (task.due_at - self.session.now()).total_seconds() if task.due_at else None
            late = left is not None and left < 0
            when = (
                "" if task.due_at is None else translate("Flyout", "by {time}").format(time=wording.clock(task.due_at))
            )
            parts = [wording.phone(task.phone), delivery_text(task.delivery), when]
            title = task.buyer or said(task.title)
            action, act = "", None
            if task.state == "new" and self._may_take(task):
                action = translate("Flyout", "Take")

                def act(task: Task = task) -> object:
                    return self._post(f"/v1/tasks/{task.id}/take", {}, Task, "task", task.id, task.version)

            text = " · ".join(p for p in parts if p)
            tone, icon = ("bad", "error") if late else ("info", "calls" if task.kind == "call" else "flag")
            found.append(Item("call", "calls", task.id, tone, icon, title, text, action, act))
        self._parts["call"] = found
        self._soon.start()

    def _may_take(self, task: Task) -> bool:
        me = self.session.me
        works = self.session.may("calls.work") or self.session.may("tasks.work")
        return works and me is not None and me.answers_for(task.role)

    def _picks(self, rows: tuple[PickRow, ...]) -> None:
        found = []
        for pick in rows:
            if pick.state not in ("new", "to_confirm"):
                continue
            step = "confirm" if pick.state == "to_confirm" else "take"
            title = translate("Flyout", "Order {number}: to be picked").format(number=pick.order_number)
            due = translate("Flyout", "by {time}").format(time=wording.clock(pick.due_at)) if pick.due_at else ""
            text = " · ".join(p for p in (pick.warehouse, due) if p)
            action, act = "", None
            if self.session.may("picks.work"):
                action = action_title(step)

                def act(pick: PickRow = pick, step: str = step) -> object:
                    return self._post(f"/v1/picks/{pick.id}/{step}", {}, None, "pick", pick.id, pick.version)

            found.append(Item("pick", "picks", pick.id, "info", "picks", title, text, action, act))
        self._parts["pick"] = found
        self._soon.start()

    def _alarms(self) -> list[Item]:
        found = []
        for alarm in self.session.status.alarms if self.session.status else ():
            action, act = "", None
            if self.session.may("health.operate"):
                action = translate("Flyout", "Understood")

                def act(name: str = alarm.id) -> object:
                    return self._post(f"/v1/alarms/{name}/acknowledge", {}, None, "alarm", name, None)

            tone = "bad" if alarm.severity == "error" else "warn"
            icon = "error" if tone == "bad" else "warning"
            found.append(Item("alarm", "health", alarm.id, tone, icon, said(alarm.text), said(alarm.hint), action, act))
        return found

    def _post(
        self, path: str, body: dict[str, Any], kind: type[Any] | None, topic: str, name: str, version: int | None
    ) -> object:
        return self.session.act(path, body, kind, touches=((topic, name),), version=version, owner=self).start()


def _face(item: Item) -> tuple[str, ...]:
    return (item.id, item.title, item.text, item.action, item.tone)
