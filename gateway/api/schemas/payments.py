"""Payments and invoices on the wire."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from gateway.api.schemas.common import Answer, Asked, Day, Instant, Kopecks, Note, Page, Reason
from gateway.api.schemas.payer_rules import CanLearn, Learn

PaymentFilter = Literal["all", "new", "auto", "needs_person", "manual", "not_ours", "reversed", "duplicate"]
InvoiceFilter = Literal["open", "all"]


class PaymentFacts(BaseModel):
    """What list and detail share."""

    id: str
    version: int
    bank_time: Instant
    booked: Day | None
    received_at: Instant
    payer_name: str
    payer_inn: str
    payer_account: str
    amount: Kopecks
    allocated: Kopecks
    rest: Kopecks
    purpose: str
    state: str
    outcome: str
    invoices: list[str] = Field(description="Numbers of the invoices it is allocated to")
    reversed: bool


class PaymentItem(PaymentFacts):
    """A payment in a list."""

    evidence: str = Field(description="signed, channel or file")


class PaymentPage(Page[PaymentItem]):
    """A slice of the payments."""


class Decision(BaseModel):
    """The decision in force."""

    outcome: str
    reasons: list[Reason]
    sentence_ru: str
    sentence_en: str
    by: str
    at: Instant


class SuggestedInvoice(BaseModel):
    invoice_id: str
    number: str
    date: Day
    buyer: str
    amount: Kopecks
    rest: Kopecks
    order_id: str | None


class Suggestion(BaseModel):
    """A way to allocate the payment that a person may accept as it is."""

    rank: int
    invoices: list[SuggestedInvoice]
    allocate: list[tuple[str, Kopecks]]
    difference: int = Field(description="What of the payment would stay unallocated, in kopecks, never negative")
    reasons: list[Reason]


class Allocation(BaseModel):
    id: str
    invoice_id: str
    number: str
    amount: Kopecks
    by: str
    at: Instant
    undone: bool


class Evidence(BaseModel):
    """The proof behind a payment."""

    kind: str
    message_id: str
    reference: str | None
    sha256: str | None
    signer: str | None
    verified_at: Instant | None
    journal_seq: int | None


class Happened(BaseModel):
    at: Instant
    by: str
    text_ru: str
    text_en: str


class Undo(BaseModel):
    """What POST /v1/undo/{event_id} would take back."""

    event_id: str
    text_ru: str
    text_en: str


class ExplainedBy(BaseModel):
    """A payout registry."""

    id: str
    number: str
    date: Day
    state: str


class PaymentDetail(PaymentFacts):
    """A payment with everything known about it."""

    doc_no: str
    doc_date: Day | None
    payer_bank: str
    payer_bic: str
    bank_ref: str
    decision: Decision | None
    suggestions: list[Suggestion]
    fee: Kopecks = Field(description="Kept back by a payout partner: allocated above what came")
    can_learn: CanLearn | None = Field(description="Null where no rule of payers can be made of it")
    allocations: list[Allocation]
    evidence: Evidence
    history: list[Happened] = Field(description="Newest first")
    undo: Undo | None
    registry: ExplainedBy | None = Field(description="The payout registry the last decision rests on, or speaks of")


class PaymentAnswer(PaymentDetail, Answer):
    """One payment."""


class Undone(Answer):
    """What an undo changed."""

    changed: list[str] = Field(examples=[["payment:01JD…", "order:01JD…"]])
    payment: PaymentDetail | None


class Invoice(BaseModel):
    id: str
    number: str
    date: Day
    buyer: str
    buyer_inn: str
    amount: Kopecks
    rest: Kopecks
    state: str
    order_id: str | None


class InvoicePage(Page[Invoice]):
    """A slice of the invoices."""


# More than any sum a format can carry is a slip, and would not fit the column.
Part = Annotated[int, Field(gt=0, le=10**17, description="Whole kopecks, above zero")]


class Allocate(Asked):
    """Assign a payment to invoices by hand; replaces what was assigned before."""

    allocations: list[tuple[Annotated[str, Field(min_length=1, max_length=80)], Part]] = Field(
        min_length=1, max_length=500
    )
    note: Note = ""
    learn: Learn | None = Field(
        default=None, description="Make a rule: this payer pays for the buyer of these invoices"
    )


class NotOurs(Asked):
    """Say that a payment is not for goods."""

    kind: Literal["other_income", "own_transfer", "refund"]
    note: Note = ""
