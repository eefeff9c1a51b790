"""Statements of account, their lines, balances, and the closing of a period."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from gateway.api.schemas.common import Answer, Asked, Day, Instant, Kopecks, Note, Page
from gateway.api.schemas.loans import Coded, DayText, Reason, Word
from gateway.api.schemas.outgoing import LineEvidence

StatementFilter = Literal[
    "all", "open", "sent", "disputed", "accepted", "to_pay", "paying", "paid", "carried", "claimed"
]  # fmt: skip
StatementSort = Literal["number", "-number", "until", "-until", "net", "-net", "party", "-party"]
PartyWord = Literal["shop", "point", "agent", "lender"]
Signed = Annotated[int, Field(ge=-(10**14), le=10**14, description="Whole kopecks")]
Fee = Annotated[int, Field(ge=0, le=10**14, description="Whole kopecks")]


class Statement(BaseModel):
    """A statement of account in a list."""

    id: str
    version: int
    number: int
    party_kind: str
    party_id: str
    party: str
    since: Day
    until: Day
    state: str
    state_ru: str
    state_en: str
    made_at: Instant
    made_by: str
    line_count: int
    gross: Kopecks
    fee: Kopecks
    net: Kopecks
    vat: Kopecks = Field(description="Inside the fee")
    sent_at: Instant | None
    silence_on: Day | None = Field(description="Accepted on this day if nothing is said until then")
    answered_at: Instant | None
    answered_by: str
    remark: str = Field(description="Why it is disputed")
    payment_order_id: str | None = Field(description="For /v1/outgoing/{payment_order_id}")
    paid_at: Instant | None
    paid_entry_id: str | None = Field(description="The debit line that proves it")
    attempts: int = Field(description="Payment orders drafted for it so far")
    note: str = Field(description="Why the last of them came to nothing")
    claim_number: str | None = Field(description="Of the claim, where the party is to pay us; the payer names it")


class StatementPage(Page[Statement]):
    """A slice of the statements."""


class StatementEvent(BaseModel):
    """What happened to a statement."""

    at: Instant
    by: str
    event: str
    state: str
    note: str
    text_ru: str
    text_en: str


class Payout(BaseModel):
    """A payment order drafted for a statement."""

    payment_order_id: str
    number: str
    state: str
    state_ru: str
    state_en: str
    attempt: int
    amount: Kopecks
    made_at: Instant
    made_by: str
    entry_id: str | None
    paid_at: Instant | None
    return_entry_id: str | None
    returned_at: Instant | None


class StatementCard(Statement):
    """A statement with its history and the money behind it."""

    paid_on: Day | None = Field(description="The bank's day of the line that paid it")
    held: Coded | None = Field(description="Why no payment order can be drafted, though it is to be paid")
    actions: list[str] = Field(description="Last parts of the paths this person may use now")
    history: list[StatementEvent]
    payouts: list[Payout]
    evidence: list[LineEvidence]


class StatementAnswer(StatementCard, Answer):
    """One statement."""


class StatementLine(BaseModel):
    """A line of the register."""

    id: str
    kind: str
    kind_ru: str
    kind_en: str
    on: Day
    at: Instant
    by: str
    party_kind: str
    party_id: str
    document: str = Field(description="The agreement's number, or what a person calls it")
    subject: str = Field(description='"table:id" of what it is about')
    loan_id: str | None = Field(description="For /v1/loans/{loan_id}")
    gross: Kopecks
    fee: Kopecks
    net: Kopecks
    vat: Kopecks
    payment_id: str = Field(description='For /v1/payments/{payment_id}; "" for a line without money of its own')
    reverses: str | None = Field(description="The line this one takes back")
    note: str


class LinePage(Answer):
    """A slice of lines, in the order they were written."""

    items: list[StatementLine]
    next: str | None = Field(description="For `after`; null at the end of the list")


class LineAnswer(Answer):
    """A line that was written by hand."""

    line: StatementLine


class Balance(BaseModel):
    """How we stand with a party."""

    party_kind: str
    party_id: str
    party: str
    owed: Kopecks = Field(description="By the register, less what was paid; negative when the party owes us")
    waiting: Kopecks = Field(description="Of it, in no statement yet")
    stated: Kopecks = Field(description="Of it, in statements that have not ended")
    paid: Kopecks = Field(description="By debit lines, less what came back and what the party paid us on claims")


class Balances(Answer):
    """A slice of the parties that have lines."""

    items: list[Balance]
    next: str | None = Field(description="For `after`; null at the end of the list")


class Dispute(Asked):
    """Why a party does not agree."""

    remark: Reason


class TakeBack(Asked):
    """Why a line is taken back, and how much of it."""

    reason: Annotated[Note, Field(min_length=1, max_length=500)]
    share: Signed | None = Field(None, description="Of the line's gross; null for the whole line")


class Charge(Asked):
    """What a party owes us by itself."""

    party_kind: PartyWord
    party_id: Annotated[str, Field(min_length=1, max_length=80)]
    fee: Fee
    vat: Fee = 0
    document: Word
    reason: Annotated[Note, Field(min_length=1, max_length=500)]


class Correction(Asked):
    """A sum in a party's favour, or against it when negative."""

    party_kind: PartyWord
    party_id: Annotated[str, Field(min_length=1, max_length=80)]
    amount: Signed
    document: Word
    reason: Annotated[Note, Field(min_length=1, max_length=500)]


class ClosePeriod(Asked):
    """Which period to close."""

    until: DayText
    send: bool = Field(False, description="Send the open statements afterwards")


class Period(Answer):
    """How far the closing of a period is."""

    state: Literal["idle", "closing", "sending", "done", "stopped", "failed"]
    until: Day | None
    done: int = Field(description="Parties while it closes, statements while it sends")
    of: int
    statements: int
    lines: int
    sent: int
    started_at: Instant | None
    ended_at: Instant | None
    by: str
    error: Coded | None
