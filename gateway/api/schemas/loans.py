"""Applications for loans in lists and on the board, and what is asked for about them before the papers."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import BaseModel, Field

from gateway.api.reads.loans import SORTS
from gateway.api.schemas.common import Answer, Asked, Day, Instant, Kopecks, Note, Quantity
from gateway.loans.reasons import END_REASONS

StageWord = Literal["", "application", "decision", "signing", "original", "money", "shop", "done", "ended"]
StateWord = Literal[
    "", "lead", "callback", "questionnaire", "submitted", "approved", "accepted", "agreed", "active", "closed",
    "declined", "cancelled", "expired", "returned",
]  # fmt: skip
ProblemWord = Literal["", "late", "call", "lender", "signing", "original", "money", "agreement"]
Way = Literal["clerk", "branch", "courier"]
Percent = Annotated[str, Field(description="Percent as decimal text", examples=["24.9"])]
AgeingSort = Literal["age", "-age", "transfer", "-transfer", "lender", "-lender"]
Title = Annotated[str, Field(description="The lender's name for people")]
Word = Annotated[str, Field(max_length=200)]
Key = Annotated[str, Field(min_length=1, max_length=80)]
Reason = Annotated[Note, Field(min_length=1)]
EndWord = Literal[
    "changed_mind", "cheaper", "terms", "paid_otherwise", "no_goods", "duplicate", "wrong_data", "identity", "other",
]  # fmt: skip
Remark = Annotated[Note, Field(description="In words of one's own; sealed, and removed with the buyer's data")]
Sum = Annotated[int, Field(ge=0, le=10**14, description="Whole kopecks")]
Typed = Annotated[str, Field(max_length=1000)]

assert get_args(EndWord) == tuple(one.value for one in END_REASONS)
assert SORTS == ("made_at", "-made_at", "stage_since", "-stage_since")
SortWord = Literal["made_at", "-made_at", "stage_since", "-stage_since"]


class Coded(BaseModel):
    """A message with its code."""

    code: str
    text_ru: str
    text_en: str


class LoanItem(BaseModel):
    """An application in a list."""

    id: str
    version: int
    number: int = Field(description="Ours")
    shop_id: str
    shop: str
    shop_order: str = Field(description="The shop's number of the order")
    order_id: str | None = Field(description="The order of our own warehouse, if it is one")
    origin: str
    origin_ru: str
    origin_en: str
    state: str
    state_ru: str
    state_en: str
    stage: str
    stage_ru: str
    stage_en: str
    stage_since: Instant
    red: bool = Field(description="Longer at its stage than the limit")
    made_at: Instant
    made_by: str
    ended_at: Instant | None
    ended_by: str = Field(description='"buyer", "shop", "lender", "us" or ""')
    end_reason: str = Field(description="A code; its text is beside it")
    end_reason_ru: str
    end_reason_en: str
    goods: Kopecks
    down: Kopecks
    months: int
    region: str
    delivery: str
    call_due: Instant | None
    call_attempts: int
    call_by: str = Field(description="Who has the buyer on the line")
    lender: str = Field(description='Whose offer was accepted, "" before that')
    lender_title: Title
    offer_id: str
    signing_way: str
    signing_way_ru: str
    signing_way_en: str
    agreement_no: str
    loan: Kopecks
    discount: Kopecks = Field(description="Kept by the lender")
    transfer: Kopecks = Field(description="What arrives: loan less discount")
    fee: Kopecks = Field(description="Ours, kept from the transfer")
    to_shop: Kopecks = Field(description="Transfer less fee")
    buyer: str = Field(description="Masked")
    phone: str = Field(description="Masked")
    purged_at: Instant | None = Field(description="When the personal data was forgotten")


class LoanPage(Answer):
    """A slice of the applications."""

    items: list[LoanItem]
    total: int = Field(description="Rows of the whole filtered list")
    next: str | None = Field(description="Cursor for `after`; null at the end of the list")
    found_by: str = Field(
        description='What the text of `q` turned out to be: "number", "phone", "surname", "agreement", "order"; '
        '"" when it found nothing or there is none'
    )


class StageLine(BaseModel):
    """One column of the board."""

    stage: str
    stage_ru: str
    stage_en: str
    count: int
    goods: Kopecks
    oldest: Instant | None = Field(description="Since when the one that waits longest is there")
    red: int = Field(description="How many are late there")


class Board(Answer):
    """Every stage, in order."""

    stages: list[StageLine]


class ProblemLine(BaseModel):
    """One kind of trouble; a filter of the list."""

    problem: str
    problem_ru: str
    problem_en: str
    count: int


class Problems(Answer):
    """Every kind of trouble, in order."""

    items: list[ProblemLine]


class AgeingCount(BaseModel):
    """Agreements that wait for one of the three: the signature, the accepted original, the money."""

    gap: str
    gap_ru: str
    gap_en: str
    count: int
    red: int
    transfer: Kopecks
    limit_days: int = Field(description="Red after so many days")


class AgeingItem(BaseModel):
    """One agreement with the three things it needs, and how long it has waited for the one that was asked about."""

    loan_id: str
    loan_number: int
    agreement_id: str
    number: str
    shop_id: str
    shop: str
    lender: str
    lender_title: Title
    transfer: Kopecks
    received: Kopecks
    signed: bool
    original: bool
    money: bool
    since: Instant
    days: int
    limit_days: int
    red: bool


class Ageing(Answer):
    """Three-way match: a slice of the agreements with one gap, and the counts of all three."""

    items: list[AgeingItem]
    total: int
    next: str | None
    counts: dict[str, int] = Field(description="By gap, of those that were asked for: all, or those over the limit")
    gaps: list[AgeingCount]


class BasketLine(Asked):
    """One thing bought."""

    name: Annotated[str, Field(min_length=1, max_length=300)]
    category: Annotated[str, Field(max_length=60)] = ""
    qty: Annotated[Quantity, Field(max_length=20)] = "1"
    price: Sum
    amount: Sum


class Purchase(Asked):
    """What the buyer wants; unknown parts stay empty."""

    basket: Annotated[list[BasketLine], Field(max_length=200, default_factory=list)]
    goods: Sum = 0
    down: Sum = 0
    months: Annotated[int, Field(ge=0, le=600)] = 0
    region: Annotated[str, Field(max_length=2, description="Code of the subject of the federation")] = ""
    delivery: Literal["", "pickup", "delivery"] = ""


class NewLoan(Purchase):
    """An application as the call centre or the tray takes it in; a phone number is enough."""

    shop: Key = Field(description="Id of the shop")
    shop_order: Annotated[str, Field(max_length=64)] = ""
    phone: Annotated[str, Field(max_length=40)]
    name: Annotated[str, Field(max_length=120)] = ""
    origin: Literal["call_centre", "tray"] = "tray"


class Lenders(Asked):
    """Whom to send an application to."""

    lenders: Annotated[list[Key], Field(min_length=1, max_length=50)]


class Withdraw(Asked):
    """From whom to take an application back."""

    lender: Key
    reason: EndWord
    remark: Remark = ""


class Accept(Asked):
    """One of `choices` of the card."""

    lender: Key
    offer_id: Key
    way: Way


class Cancel(Asked):
    """Why an application ends."""

    by: Literal["buyer", "shop", "us"]
    reason: EndWord
    remark: Remark = ""


class Answers(Asked):
    """Fields of the questionnaire as they were typed; those not named stay."""

    values: Annotated[dict[Annotated[str, Field(max_length=40)], Typed], Field(max_length=50)]


class FieldFault(Coded):
    """What is wrong with a field."""

    field: str
    warning: bool = Field(description="It may be sent all the same")


class SheetField(BaseModel):
    """A field there is."""

    name: str
    needed: bool


class Sheet(Answer):
    """A questionnaire as it stands. Who has read it stands in the journal."""

    version: int
    values: dict[str, str]
    faults: list[FieldFault]
    consent: str = Field(description='Version of the text the buyer agreed to, "" before that')
    consent_needed: str = Field(description="Version of the text in force")
    complete: bool = Field(description="It may go to lenders")
    fields: list[SheetField]


class Buyer(Answer):
    """The buyer in full. Who has read it stands in the journal."""

    name: str
    phone: str
    remark: str = Field(description="What the call centre noted")


class LenderFit(BaseModel):
    """Whether a lender may lend for an application."""

    lender: str
    title: Title
    fits: bool
    against: list[Coded]
    asked: bool = Field(description="He has it already, or had it")


class LenderFits(Answer):
    """Every lender, for one application."""

    items: list[LenderFit]


class CallCount(Answer):
    """The call-back queue in figures."""

    waiting: int = Field(description="To be called now")
    late: int = Field(description="Of them, past their time")
    held: int = Field(description="On somebody's line")
    next_due: Instant | None = Field(description="When the first of the others is due")


class Called(Asked):
    """How a call went."""

    result: Literal["reached", "busy", "no_answer", "later", "refused", "wrong_number"]
    at: Annotated[Instant, Field(max_length=40)] | None = Field(None, description="When to call again, for `later`")
    remark: Annotated[Note, Field(max_length=500)] = ""


class ScriptLine(Coded):
    """One step of the script."""

    hint_ru: str
    hint_en: str


class QuoteLine(BaseModel):
    """A loan on one lender's terms."""

    lender: str
    title: Title
    months: int
    rate: Percent
    loan: Kopecks
    payment: Kopecks = Field(description="Of one month")
    last_payment: Kopecks
    overpaid: Kopecks
    discount: Kopecks = Field(description="What the lender would keep")
    psk: Percent = Field(description="Full cost of the loan, percent a year")
    transfer: Kopecks
    fee: Kopecks | None = Field(description="Ours, where a shop was named")
    to_shop: Kopecks | None
    approximate: bool = Field(description="Counted by us: the lender's offer rules")


class MisfitLine(Coded):
    """Why a lender's terms do not fit."""

    lender: str
    title: Title


class Calculation(Answer):
    """Quotes by term, the cheapest first in each."""

    quotes: list[QuoteLine]
    misfits: list[MisfitLine]


DayText = Annotated[Day, Field(min_length=10, max_length=10)]
