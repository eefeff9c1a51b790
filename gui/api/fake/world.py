"""The make-believe service's memory and what can be done to it. Every public method may be called from any thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from gui.api.fake import (
    lists,
    render,
    settlement,
    shops,
    story,
    story_loans,
    story_matching,
    story_outgoing,
    story_parcels,
    story_registries,
)
from gui.api.fake.problem import Problem as Problem
from gui.api.fake.problem import overtaken
from gui.api.fake.records import (
    AlarmRecord,
    Allocated,
    ChannelRecord,
    DeadRecord,
    OrderRecord,
    OutgoingRecord,
    PaymentRecord,
    PickRecord,
    PollRecord,
    RuleRecord,
    TaskRecord,
)
from gui.api.fake.render_registries import RegistryRecord
from gui.api.fake.roles import ROLES as ROLES
from gui.api.fake.shop import COMPANY
from gui.api.fake.story_loans import LoanRecord
from gui.api.fake.story_parcels import ParcelDesk
from gui.api.fake.texts import TextDesk

Json = dict[str, Any]
KEPT_EVENTS = 200


class World:
    """A trading company, its bank and its morning.

    Attributes:
        role: whose token is used; decides permissions and whether money is seen.
        live: the payments of today, the ones that can be decided; `payments` holds the past as well.
        payments, orders, picks, tasks, alarms, dead, polls, outgoing, registries: what there is, by id.
        partners: payout partners by ИНН. trials: back-tests, newest first.
        release_note: why the release was last switched.
        loans, statements, shops: of the credit broker; `terms` are rows that hold from a day on, by kind.
        period: the closing that runs; `period_waits` keeps it where it is.
        revealed: applications whose buyer was shown in full. asked_lenders, retried: lenders, and calls to them, a
            person had asked or tried again. call_results, paper_steps: what was asked for.
        parcels: of a company that watches them; parcel_desk is what else belongs to them.
        text_desk: texts of messages and what they cost.
        certificate_days: of the first bank channel; `channels` are the others.
        seq: number of the newest event.
    """

    def __init__(
        self,
        *,
        payments: int = 400,
        outgoing: int = 0,
        loans: int | None = None,
        parcels: int | None = None,
        role: str = "owner",
        now: Callable[[], datetime] | None = None,
    ) -> None:
        """`payments`, `outgoing`: how many settled ones of the past there are; ``loans`, `parcels` too, None
        for a company that has none at all."""
        self.lock = threading.RLock()
        self.arrived = threading.Condition(self.lock)
        self._role = role
        self._guest = threading.local()
        self.company = COMPANY
        self.release_mode = "automatic"
        self.payments: dict[str, PaymentRecord] = {}
        self.live: dict[str, PaymentRecord] = {}
        self.orders: dict[str, OrderRecord] = {}
        self.picks: dict[str, PickRecord] = {}
        self.tasks: dict[str, TaskRecord] = {}
        self.alarms: dict[str, AlarmRecord] = {}
        self.dead: dict[str, DeadRecord] = {}
        self.rules: dict[str, RuleRecord] = {}
        self.polls: list[PollRecord] = []
        self.outgoing: dict[str, OutgoingRecord] = {}
        self.channels: list[ChannelRecord] = story_outgoing.channels()
        self.certificate_days = 83
        self.registries: dict[str, RegistryRecord] = {}
        self.partners: dict[str, Json] = {}
        self.trials: list[Json] = []
        self.loans: dict[str, LoanRecord] = {}
        self.statements: dict[str, Json] = {}
        self.shops: dict[str, Json] = {}
        self.terms: dict[str, list[Json]] = {"tariffs": [], "signing": [], "lenders": []}
        self.period: Json = {"state": "idle", "done": 0, "of": 0, "statements": 0, "lines": 0, "sent": 0}
        self.period_waits = False
        self.revealed: list[str] = []
        self.asked_lenders: list[str] = []
        self.retried: list[str] = []
        self.hand_lines: list[tuple[str, Json]] = []
        self.call_results: list[tuple[str, str, str | None]] = []
        self.paper_steps: list[tuple[str, str, Json]] = []
        self.parcels: dict[str, Json] = {}
        self.parcel_desk = ParcelDesk()
        self.text_desk = TextDesk()
        self.release_note = ""
        self.seq = 0
        self.events: list[tuple[int, Json]] = []
        self.revision = 0
        self._ids = 0
        self._clock = now or (lambda: datetime.now(UTC))
        self._seen: dict[str, tuple[str, Json]] = {}
        story.orders(self)
        story.payments(self)
        story_matching.payouts(self)
        story_matching.rules(self)
        self.live = dict(self.payments)
        story.work(self)
        story.machinery(self)
        story.bulk(self, payments)
        story_outgoing.orders(self)
        story_outgoing.bulk(self, outgoing)
        story_registries.partners(self)
        story_registries.registries(self)
        self.trials.append(story_registries.trial(self))
        if loans is not None:
            story_loans.loans(self)
            story_loans.bulk(self, loans)
            settlement.statements(self)
            shops.shops(self)
        if parcels is not None:
            story_parcels.parcels(self)
            story_parcels.bulk(self, parcels)
        self.lists = lists.Lists(self)

    @property
    def role(self) -> str:
        return str(getattr(self._guest, "role", "") or self._role)

    @role.setter
    def role(self, role: str) -> None:
        self._role = role

    def serve_as(self, role: str) -> None:
        """In this thread a person of another role is asking; "" for the usual one."""
        self._guest.role = role

    @property
    def user(self) -> str:
        return ROLES[self.role][0]

    @property
    def permissions(self) -> tuple[str, ...]:
        return ROLES[self.role][1]

    def now(self) -> datetime:
        return self._clock()

    def next_id(self, prefix: str) -> str:
        self._ids += 1
        return f"{prefix}-{self._ids:05d}"

    # --- events ------------------------------------------------------------------------------------------------------

    def tell(self, topic: str, *ids: str) -> None:
        """Something changed: one event for everybody who listens."""
        with self.lock:
            self.seq += 1
            self.revision += 1
            event = {"topic": topic, "ids": list(ids), "at": render.instant(self.now())}
            self.events.append((self.seq, event))
            del self.events[:-KEPT_EVENTS]
            self.arrived.notify_all()

    def after(self, seq: int) -> list[tuple[int, Json]] | None:
        """Events newer than `seq`; None when some of them are no longer kept."""
        with self.lock:
            if seq > self.seq or (self.events and seq < self.events[0][0] - 1):
                return None
            return [e for e in self.events if e[0] > seq]

    # --- reading -----------------------------------------------------------------------------------------------------

    def invoice_rest(self, name: str) -> int:
        order = self.orders[name]
        paid = sum(
            a.amount
            for p in self.live.values()
            for a in p.allocations
            if a.invoice == name and not a.undone and p.state != "reversed"
        )
        return order.amount - paid

    def needs(self) -> dict[str, int]:
        with self.lock:
            return {
                "payments": sum(p.state in ("needs_person", "duplicate") for p in self.live.values()),
                "picks": sum(k.state in ("new", "to_confirm") for k in self.picks.values()),
                "calls": sum(t.kind == "call" and t.state in ("new", "snoozed") for t in self.tasks.values()),
                "tasks": sum(t.kind != "call" and t.state == "new" for t in self.tasks.values()),
                "alarms": len(self.alarms),
                "to_sign": sum(
                    o.state in ("draft", "waiting_approval") and self.user not in o.approved_by
                    for o in self.outgoing.values()
                )
                if "outgoing.approve" in self.permissions
                else 0,
            }

    def evidence(self, message: str) -> bytes:
        return f"<Envelope id='{message}'>the bank's own bytes</Envelope>".encode()

    def pick_actions(self, pick: PickRecord) -> list[str]:
        if "picks.work" not in self.permissions:
            return []
        table = {
            "to_confirm": ["confirm", "cancel", "printed"],
            "new": ["take", "start", "pick", "cancel", "printed"],
            "taken": ["take", "start", "pick", "cancel", "printed"],
            "picking": ["pick", "cancel", "printed"],
            "picked": ["close", "cancel", "printed"],
            "short": ["close", "cancel", "printed"],
        }
        return table.get(pick.state, [])

    # --- deciding ----------------------------------------------------------------------------------------------------

    def once(self, key: str | None, content: str, act: Callable[[], Json]) -> Json:
        """Carry out a request once per idempotency key."""
        with self.lock:
            if key and key in self._seen:
                before, answer = self._seen[key]
                if before != content:
                    raise Problem(
                        422, "idempotency.other_input", "Ключ уже занят другим запросом.", "The key is taken."
                    )
                return answer
            answer = act()
            if key:
                self._seen[key] = (content, answer)
            return answer

    def check_version(self, row: Any, wanted: int | None) -> None:
        if wanted is not None and wanted != row.version:
            if isinstance(row, PaymentRecord):
                raise overtaken(row)
            raise Problem(
                412,
                "row.changed",
                "Пока вы смотрели, это изменил коллега.",
                "A colleague changed this while you were looking.",
                "На экране уже новое состояние, решите ещё раз.",
                "The fresh state is on the screen, decide again.",
            )

    def allocate(self, name: str, parts: list[list[Any]], by: str | None = None) -> Json:
        """A person says what the payment is for; what was said before is replaced."""
        with self.lock:
            p = self.payment(name)
            if p.state == "reversed":
                raise Problem(422, "payment.not_open", "Это поступление нельзя разнести.", "It cannot be allocated.")
            total = sum(part for _, part in parts)
            most = p.amount + (p.registry.fee if p.registry else 0)
            if not parts or total > most or any(part <= 0 for _, part in parts):
                raise Problem(
                    422,
                    "payment.too_much_allocated",
                    "Сумма разнесения больше поступления.",
                    "The allocation is more than the payment.",
                )
            before = [a for a in p.allocations if not a.undone]
            for invoice, part in parts:
                if invoice not in self.orders:
                    raise Problem(404, "invoice.unknown", "Такого счёта нет.", "There is no such invoice.")
                freed = sum(a.amount for a in before if a.invoice == invoice)
                if part > self.invoice_rest(invoice) + freed:
                    raise Problem(
                        409,
                        "invoice.not_so_much_due",
                        "Сумма больше остатка счёта.",
                        "The sum is more than the rest of the invoice.",
                    )
            for a in before:
                self._still_untouched(self.orders[a.invoice])
            for a in before:
                a.undone = True
                self._unrelease(self.orders[a.invoice])
            self._remember(p)
            event = self.next_id("e")
            for invoice, part in parts:
                p.allocations.append(Allocated(self.next_id("a"), invoice, part, by or self.user, self.now(), event))
            numbers = ", ".join(self.orders[i].number for i, _ in parts)
            words = (f"Разнёс на счёт {numbers}", f"Allocated to invoice {numbers}")
            self._decided(p, "manual", "manual", event, *words, by=by)
            for invoice, _ in parts:
                self._release(self.orders[invoice], p)
            return render.payment_detail(self, p)

    def not_ours(self, name: str, kind: str) -> Json:
        with self.lock:
            p = self.payment(name)
            if p.allocated:
                raise Problem(422, "payment.allocated", "Сначала отмените разнесение.", "Undo the allocation first.")
            self._remember(p)
            self._decided(p, "not_ours", kind, self.next_id("e"), "Отметил: не наше", "Marked as not ours")
            return render.payment_detail(self, p)

    def confirm_release(self, name: str) -> Json:
        with self.lock:
            p = self.payment(name)
            if not p.allocated:
                raise Problem(422, "payment.not_paid_for", "Поступление ни к чему не отнесено.", "It pays nothing.")
            p.outcome = "confirmed"
            p.version += 1
            p.history.append((self.now(), self.user, "Подтвердил отпуск", "Confirmed the release"))
            for a in p.allocations:
                self.orders[a.invoice].hold_reason = None
                self._release(self.orders[a.invoice], p)
            self.tell("payment", p.id)
            return render.payment_detail(self, p)

    def undo(self, event: str) -> Json:
        with self.lock:
            p = next((p for p in self.live.values() if p.event == event), None)
            if p is None:
                raise Problem(409, "undo.gone", "Это уже отменено.", "This is already undone.")
            for a in p.allocations:
                if a.event == event:
                    self._still_untouched(self.orders[a.invoice])
            for a in p.allocations:
                if a.event == event:
                    a.undone = True
                    self._unrelease(self.orders[a.invoice])
            if p.state == "auto":
                own = ("matching.own_answer", "Так Kvit разнёс бы сам; после отмены решает человек.",
                       "Kvit itself would allocate it so; after an undo a person decides.", None)  # fmt: skip
                p.suggested = [([a.invoice for a in p.allocations if a.event == event], [own, *p.reasons])]
            p.state, p.outcome = "needs_person", "undone"
            p.event, p.before = None, None
            p.version += 1
            p.history.append((self.now(), self.user, "Отменил решение", "Took the decision back"))
            self.tell("payment", p.id)
            return {"changed": [f"payment:{p.id}"], "payment": render.payment_detail(self, p)}

    def payment(self, name: str) -> PaymentRecord:
        found = self.payments.get(name)
        if found is None:
            raise Problem(404, "payment.unknown", "Такого поступления нет.", "There is no such payment.")
        return found

    def _remember(self, p: PaymentRecord) -> None:
        p.before = (p.state, p.outcome)

    def _decided(
        self, p: PaymentRecord, state: str, outcome: str, event: str, ru: str, en: str, by: str | None = None
    ) -> None:
        p.state, p.outcome, p.event = state, outcome, event
        p.version += 1
        p.history.append((self.now(), by or self.user, ru, en))
        self.tell("payment", p.id)

    def _release(self, order: OrderRecord, p: PaymentRecord) -> None:
        order.version += 1
        order.bank_time = p.bank_time
        if self.invoice_rest(order.id) > 0 or order.released_at:
            self.tell("order", order.id)
            return
        order.released_at, order.stock_state = self.now(), "picking"
        name = f"k-{order.number}"
        if name not in self.picks:
            due = self.now() + timedelta(hours=1)
            number = f"PICK-{self.now():%Y}-{2000 + len(self.picks):06d}"
            self.picks[name] = PickRecord(name, number, order.id, "Основной склад", "new", self.now(), due)
            self.tasks[f"t-{order.number}"] = TaskRecord(
                f"t-{order.number}",
                "call",
                (f"Позвонить: заказ {order.number} оплачен", f"Ring: order {order.number} is paid"),
                ("Деньги получены, товар есть.", "The money is here, the goods are in stock."),
                "manager",
                self.now(),
                p.bank_time + timedelta(minutes=15),
                order=order.id,
            )
            self.tell("pick", name)
            self.tell("task", f"t-{order.number}")
        self.tell("order", order.id)

    def _still_untouched(self, order: OrderRecord) -> None:
        pick = self.picks.get(f"k-{order.number}")
        if pick is not None and pick.state not in ("new", "to_confirm"):
            raise Problem(
                422,
                "undo.too_late",
                f"Склад уже собирает заказ {order.number}.",
                f"The warehouse is already picking order {order.number}.",
            )

    def _unrelease(self, order: OrderRecord) -> None:
        order.released_at, order.stock_state = None, "none"
        order.version += 1
        self.picks.pop(f"k-{order.number}", None)
        self.tasks.pop(f"t-{order.number}", None)
        self.tell("order", order.id)
        self.tell("pick")
        self.tell("task")

    # --- things that happen to the service (tests press these) ------------------------------------------------------

    def pay(self, number: str, *, amount: int | None = None, state: str = "needs_person") -> PaymentRecord:
        """Money comes for invoice `number` and waits for a person."""
        with self.lock:
            order = self.orders[f"o-{number}"]
            name = self.next_id("p-new")
            reason = ("number.found", f"номер счёта {number} назван", f"invoice {number} is named", number)
            p = PaymentRecord(
                name, self.now(), order.buyer, amount or order.amount, f"Оплата по счёту № {number}", state, "unknown"
            )
            p.suggested.append(([order.id], [reason]))
            self.payments[name] = self.live[name] = p
            self.tell("payment", name)
            return p

    def raise_alarm(self, code: str, ru: str, en: str, severity: str = "error") -> str:
        with self.lock:
            name = self.next_id("al")
            self.alarms[name] = AlarmRecord(name, code, (ru, en), ("", ""), severity, self.now())
            self.tell("alarm", name)
            return name

    def poll(self, result: str = "nothing_new") -> None:
        with self.lock:
            error = "bank.away" if result == "failed" else None
            self.polls.insert(0, PollRecord(self.now(), result, 320.0, 0, error))
            self.tell("status")
