"""What the service says, as frozen dataclasses: the tray's side of the HTTP contract v1.

Money is whole kopecks (int), quantities are decimal texts, instants are aware datetimes in UTC, dates are dates.
States are texts: an unknown one is shown as it came, never guessed. Fields with a default may be absent: a warehouse
token sees no money at all, so every sum on an order or a pick list may be None.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence in both languages, as the service sent it (`text_ru`, `text_en`)."""

    ru: str
    en: str

    def text(self, language: str) -> str:
        """The sentence in "ru" or "en"; the other one where this one is empty."""
        return (self.ru or self.en) if language == "ru" else (self.en or self.ru)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A slice of a list: `total` counts the whole filtered list, `counts` each filter's rows."""

    items: tuple[T, ...]
    total: int
    counts: dict[str, int]
    server_time: datetime | None
    next: str | None = None


# --- who and how is it going -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    user: str
    role: str
    permissions: tuple[str, ...]
    language: str = ""

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    def sees(self, topic: str) -> bool:
        """Whether any right of the topic ("payments") is there; decides which pages are shown."""
        return any(p.split(".", 1)[0] == topic for p in self.permissions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """How many things wait for a person."""

    payments: int = 0
    picks: int = 0
    calls: int = 0
    tasks: int = 0
    alarms: int = 0

    @property
    def total(self) -> int:
        return self.payments + self.picks + self.calls + self.tasks + self.alarms


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """An error inside an answer that itself succeeded."""

    code: str
    text: Said = Said("", "")
    hint: Said = Said("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class BankLink:
    channel: str
    title: str
    last_poll_at: datetime | None = None
    last_good_at: datetime | None = None
    next_poll_at: datetime | None = None
    last_result: str = "never"
    new_files: int = 0
    error: Fault | None = None
    certificate_expires: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    id: str
    code: str
    text: Said
    hint: Said = Said("", "")
    raised_at: datetime | None = None
    last_at: datetime | None = None
    count: int = 1
    severity: str = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sla:
    """Seconds from the bank's own time to the call task, over today's released orders."""

    released_today: int = 0
    p50_s: float | None = None
    p95_s: float | None = None
    within_15_min: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    state: str
    needs: Needs = Needs()
    bank: tuple[BankLink, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    sla: Sla = Sla()
    release_mode: str = ""
    company: str = ""
    version: str = ""
    server_time: datetime | None = None


# --- payments --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFacts:
    id: str
    version: int
    bank_time: datetime | None = None
    booked: date | None = None
    received_at: datetime | None = None
    payer_name: str = ""
    payer_inn: str = ""
    payer_account: str = ""
    amount: int = 0
    allocated: int = 0
    rest: int = 0
    purpose: str = ""
    state: str = ""
    outcome: str = ""
    invoices: tuple[str, ...] = ()
    reversed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRow(PaymentFacts):
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One fact behind a decision; `span` is where in the purpose it was read."""

    code: str
    text: Said
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    outcome: str
    reasons: tuple[Reason, ...] = ()
    sentence: Said = Said("", "")
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedInvoice:
    invoice_id: str
    number: str
    date: date | None = None
    buyer: str = ""
    amount: int = 0
    rest: int = 0
    order_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A way to allocate the payment. `difference` = payment − invoices' rest, in kopecks."""

    rank: int
    invoices: tuple[SuggestedInvoice, ...]
    allocate: tuple[tuple[str, int], ...]
    difference: int = 0
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    id: str
    invoice_id: str
    number: str
    amount: int
    by: str = ""
    at: datetime | None = None
    undone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    kind: str
    message_id: str | None = None
    reference: str | None = None
    sha256: str | None = None
    signer: str | None = None
    verified_at: datetime | None = None
    journal_seq: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    at: datetime | None = None
    by: str = ""
    text: Said = Said("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    event_id: str
    text: Said = Said("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment(PaymentFacts):
    """A payment with everything known about it."""

    evidence: Evidence | None = None
    doc_no: str = ""
    doc_date: date | None = None
    payer_bank: str = ""
    payer_bic: str = ""
    bank_ref: str = ""
    decision: Decision | None = None
    suggestions: tuple[Suggestion, ...] = ()
    allocations: tuple[Allocation, ...] = ()
    history: tuple[Happened, ...] = ()
    undo: Undo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    changed: tuple[str, ...] = ()
    payment: Payment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    id: str
    number: str
    date: date | None = None
    buyer: str = ""
    buyer_inn: str = ""
    amount: int = 0
    rest: int = 0
    state: str = ""
    order_id: str | None = None


# --- picks and tasks -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PickRow:
    id: str
    version: int
    number: str
    order_id: str = ""
    order_number: str = ""
    warehouse: str = ""
    state: str = ""
    delivery: str = ""
    lines_count: int = 0
    qty_total: str = "0"
    due_at: datetime | None = None
    taken_by: str | None = None
    created_at: datetime | None = None
    priority: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PickLine:
    id: str
    sku: str
    name: str
    bin: str | None = None
    unit: str = ""
    qty: str = "0"
    picked: str = "0"
    short_reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PickEvidence:
    message_ids: tuple[str, ...] = ()
    payment_ids: tuple[str, ...] = ()
    sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick(PickRow):
    buyer: str = ""
    phone: str | None = None
    lines: tuple[PickLine, ...] = ()
    evidence: PickEvidence | None = None
    comment: str | None = None
    actions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    id: str
    version: int
    kind: str
    title: Said
    state: str = ""
    due_at: datetime | None = None
    overdue: bool = False
    created_at: datetime | None = None
    taken_by: str | None = None
    role: str = ""
    order_id: str | None = None
    order_number: str | None = None
    payment_id: str | None = None
    buyer: str | None = None
    phone: str | None = None
    script: Said = Said("", "")
    amount: int | None = None
    delivery: str | None = None
    attempts: int = 0


# --- orders ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    id: str
    version: int
    number: str
    date: date | None = None
    buyer: str = ""
    buyer_inn: str = ""
    phone: str | None = None
    delivery: str = ""
    amount: int | None = None
    paid: int | None = None
    pay_state: str = ""
    stock_state: str = ""
    ship_state: str = ""
    headline: str = ""
    hold_reason: str | None = None
    bank_time: datetime | None = None
    priority: bool = False
    headline_ru: str = ""
    headline_en: str = ""

    @property
    def headline_said(self) -> Said:
        return Said(self.headline_ru or self.headline, self.headline_en or self.headline)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    sku: str
    name: str
    qty: str
    unit: str = ""
    price: int | None = None
    amount: int | None = None
    reserved: str = "0"
    picked: str = "0"
    backorder: str = "0"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCheck:
    code: str
    ok: bool
    text: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    at: datetime | None = None
    rule: tuple[RuleCheck, ...] = ()
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSla:
    """Seconds after the bank's time of the operation; None = not yet."""

    bank_time: datetime | None = None
    received_s: float | None = None
    allocated_s: float | None = None
    pick_list_s: float | None = None
    call_task_s: float | None = None
    call_done_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(OrderRow):
    lines: tuple[OrderLine, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    payments: tuple[PaymentRow, ...] = ()
    release: Release | None = None
    picks: tuple[PickRow, ...] = ()
    tasks: tuple[Task, ...] = ()
    sla: OrderSla | None = None
    address: str | None = None
    contact: str | None = None
    comment: str | None = None


# --- health ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    code: str
    title: Said
    state: str
    text: Said = Said("", "")
    hint: Said = Said("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    at: datetime | None = None
    channel: str = ""
    result: str = ""
    duration_ms: float | None = None
    files: int = 0
    error_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    id: str
    topic: str
    key: str = ""
    attempts: int = 0
    last_error: str = ""
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    id: str
    reference: str | None = None
    kind: str = ""
    received_at: datetime | None = None
    state: str = ""
    reason: str | None = None
    size: int | None = None
    reason_ru: str = ""
    reason_en: str = ""

    @property
    def why(self) -> Said:
        """Why it was refused, in words; the code where the service knows none."""
        return Said(self.reason_ru or self.reason or "", self.reason_en or self.reason or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    rows: int = 0
    head: str | None = None
    verified_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    waiting: int = 0
    dead: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    components: tuple[Component, ...] = ()
    polls: tuple[Poll, ...] = ()
    dead_letters: tuple[DeadLetter, ...] = ()
    messages: tuple[Message, ...] = ()
    journal: Journal = Journal()
    outbox: Outbox = Outbox()
    server_time: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line of the event stream: these things of this topic are not what they were."""

    topic: str
    ids: tuple[str, ...] = ()
    at: datetime | None = None
    extra: dict[str, Any] = field(default_factory=dict)
