"""Orders, pick lists and tasks on the wire."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from gateway.api.schemas.common import Answer, Asked, Day, Instant, Kopecks, Note, Page, Quantity
from gateway.api.schemas.payments import Invoice, PaymentItem

OrderFilter = Literal[
    "all", "unpaid", "part_paid", "paid", "released", "picking", "ready", "on_hold", "shipped", "cancelled"
]
PickFilter = Literal["open", "all", "to_confirm", "new", "working", "short", "done"]
PickAction = Literal["confirm", "take", "start", "pick", "close", "cancel", "printed"]
TaskFilter = Literal["open", "done", "all"]
TaskResult = Literal["reached", "agreed_delivery", "will_collect", "no_answer", "resolved", "wrong_number"]


class PickItem(BaseModel):
    """A pick list in a list; without money."""

    id: str
    version: int
    number: str
    order_id: str
    order_number: str
    warehouse: str
    state: str
    delivery: str
    lines_count: int
    qty_total: Quantity
    due_at: Instant | None
    taken_by: str | None
    created_at: Instant
    priority: bool


class PickPage(Page[PickItem]):
    """A slice of the pick lists."""


class PickLine(BaseModel):
    id: str
    sku: str
    name: str
    bin: str
    unit: str
    qty: Quantity
    picked: Quantity
    short_reason: str


class PickEvidence(BaseModel):
    """What allowed this list."""

    message_ids: list[str]
    payment_ids: list[str]
    sha256: str | None = Field(description="Of the first message's bytes")


class PickAnswer(PickItem, Answer):
    """A pick list with its lines."""

    buyer: str
    phone: str
    lines: list[PickLine]
    evidence: PickEvidence | None
    comment: str
    actions: list[str] = Field(description="What this caller may do with it now")


class FoundLine(Asked):
    """What the warehouse found for one line."""

    id: Annotated[str, Field(min_length=1, max_length=80)]
    picked: Annotated[str, Field(min_length=1, max_length=40, description="Decimal text", examples=["3"])]
    short_reason: Annotated[Note, Field(max_length=200)] = ""


class PickAct(Asked):
    """`lines` belong to `pick`; a line left out counts as complete."""

    lines: list[FoundLine] = Field(default_factory=list, max_length=2000)

    @model_validator(mode="after")
    def _each_line_once(self) -> PickAct:
        if len({line.id for line in self.lines}) != len(self.lines):
            raise ValueError("a line is named twice")
        return self


NO_LINES = PickAct()


class Task(BaseModel):
    """A task; `amount` is absent for roles that see no money."""

    id: str
    version: int
    kind: str
    title_ru: str
    title_en: str
    state: str
    due_at: Instant
    overdue: bool
    created_at: Instant
    taken_by: str | None
    role: str
    order_id: str | None
    order_number: str
    payment_id: str | None
    buyer: str
    phone: str
    script_ru: str
    script_en: str
    amount: Kopecks | None = None
    delivery: str
    attempts: int


class TaskPage(Page[Task]):
    """A slice of the tasks."""


class TaskAnswer(Task, Answer):
    """One task."""


class TaskDone(Asked):
    """How it went."""

    result: TaskResult
    note: Note = ""
    agreed_at: AwareDatetime | None = None


class Snooze(Asked):
    minutes: int = Field(default=5, ge=1, le=1440)


class OrderItem(BaseModel):
    """An order in a list."""

    id: str
    version: int
    number: str
    date: Day
    buyer: str
    buyer_inn: str
    phone: str
    delivery: str
    amount: Kopecks
    paid: Kopecks
    pay_state: str
    stock_state: str
    ship_state: str
    headline: str
    headline_ru: str
    headline_en: str
    hold_reason: str
    bank_time: Instant | None
    priority: bool


class OrderPage(Page[OrderItem]):
    """A slice of the orders."""


class OrderLine(BaseModel):
    sku: str
    name: str
    qty: Quantity
    unit: str
    price: Kopecks
    amount: Kopecks
    reserved: Quantity
    picked: Quantity
    backorder: Quantity


class RuleLine(BaseModel):
    code: str
    ok: bool
    text_ru: str
    text_en: str


class Release(BaseModel):
    """The permission to pick that is in force."""

    at: Instant
    rule: list[RuleLine]
    evidence: list[str] = Field(description="Ids of the messages that prove the money")


class OrderSla(BaseModel):
    """Seconds after the bank's time of the operation; null = not yet."""

    bank_time: Instant
    received_s: float | None
    allocated_s: float | None
    pick_list_s: float | None
    call_task_s: float | None
    call_done_s: float | None


class OrderParcel(BaseModel):
    """A parcel the order was sent in."""

    id: str
    carrier: str
    track: str
    stage: str
    stage_ru: str
    stage_en: str
    cod: Kopecks
    cod_received: Kopecks
    cod_state: str
    cod_due: Day | None


class OrderAnswer(OrderItem, Answer):
    """An order with everything that belongs to it."""

    lines: list[OrderLine]
    invoices: list[Invoice]
    payments: list[PaymentItem]
    release: Release | None
    picks: list[PickItem]
    tasks: list[Task]
    parcels: list[OrderParcel]
    sla: OrderSla | None
    address: str
    contact: str
    comment: str
