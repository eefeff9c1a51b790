"""Payments and invoices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from gui.api.types.common import SILENT, Said
from gui.api.types.payer_rules import CanLearn


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
    sentence: Said = SILENT
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
    """A way to allocate the payment. `difference` = what of it would stay unallocated, in kopecks, never negative."""

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
    text: Said = SILENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    event_id: str
    text: Said = SILENT


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedBy:
    """The payout registry a decision rests on, or speaks of."""

    id: str
    number: str
    date: date | None = None
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment(PaymentFacts):
    """A payment with everything known about it.

    Attributes:
        fee: kept back by a payout partner: allocated above what came, in kopecks.
        can_learn: None where no rule of payers can be made of it.
    """

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
    fee: int = 0
    can_learn: CanLearn | None = None
    registry: ExplainedBy | None = None


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
