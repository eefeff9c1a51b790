"""Orders, pick lists and tasks. A warehouse token sees no money: every sum here may be None."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from gui.api.types.common import SILENT, Said
from gui.api.types.payments import Invoice, PaymentRow


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
    script: Said = SILENT
    amount: int | None = None
    delivery: str | None = None
    attempts: int = 0


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
class OrderParcel:
    """A parcel the order was sent in, as far as the order's card names it.

    Attributes:
        cod: to be collected from the buyer. cod_received: of it in the bank's statements.
    """

    id: str
    carrier: str = ""
    track: str = ""
    stage: str = ""
    stage_ru: str = ""
    stage_en: str = ""
    cod: int = 0
    cod_received: int = 0
    cod_state: str = ""
    cod_due: date | None = None

    @property
    def stage_said(self) -> Said:
        return Said(self.stage_ru or self.stage, self.stage_en or self.stage)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(OrderRow):
    lines: tuple[OrderLine, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    payments: tuple[PaymentRow, ...] = ()
    release: Release | None = None
    picks: tuple[PickRow, ...] = ()
    tasks: tuple[Task, ...] = ()
    parcels: tuple[OrderParcel, ...] = ()
    sla: OrderSla | None = None
    address: str | None = None
    contact: str | None = None
    comment: str | None = None
