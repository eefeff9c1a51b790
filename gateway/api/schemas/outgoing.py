"""Outgoing payment orders and the bank page on the wire."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from gateway.api.schemas.common import Answer, Asked, Day, Instant, Kopecks, Note, Page
from gateway.api.schemas.health import BankLink, Poll

OutgoingFilter = Literal["all", "to_approve", "on_the_way", "done", "failed"]
Text20 = Annotated[str, Field(max_length=20)]


class Finding(BaseModel):
    """Something a rule says of an order."""

    code: str
    about: str = Field(description='The field it is about, "payee.account"; "" for the whole')
    confirm: bool = Field(description="A person must confirm it by name before the order goes on")
    text_ru: str
    text_en: str
    hint_ru: str
    hint_en: str


class OutgoingItem(BaseModel):
    """A payment order in a list."""

    id: str
    version: int
    number: str
    date: Day
    account: str
    payee_name: str
    payee_inn: str
    payee_account: str
    payee_bic: str
    amount: Kopecks
    purpose: str
    kind: str
    source: str
    state: str
    state_ru: str
    state_en: str
    proposed_by: str
    proposed_at: Instant
    approved_by: list[str]
    warnings: list[Finding]
    bank_code: str = Field(description="The bank's last word of it, as given")
    bank_text: str
    sent_at: Instant | None
    executed_at: Instant | None
    entry_id: str | None
    to_decide: bool = Field(description="Whether the bank has it is for a person to say: send-again or did-not-go")


class OutgoingPage(Page[OutgoingItem]):
    """A slice of the payment orders."""


class TaxFields(Asked):
    """Fields 101 and 104 to 109."""

    status: Annotated[str, Field(max_length=2)]
    kbk: Text20
    oktmo: Annotated[str, Field(max_length=11)]
    basis: Annotated[str, Field(max_length=2)] = "0"
    period: Annotated[str, Field(max_length=10)] = "0"
    doc_no: Annotated[str, Field(max_length=15)] = "0"
    doc_date: Annotated[str, Field(max_length=10)] = "0"


class HistoryLine(BaseModel):
    at: Instant
    by: str
    event: str
    state: str
    note: str
    text_ru: str
    text_en: str


class LineEvidence(BaseModel):
    """A statement line that proves what became of the money."""

    entry_id: str
    incoming: bool
    amount: Kopecks
    booked: Day | None
    bank_ref: str
    kind: str
    message_id: str
    sha256: str
    received_at: Instant | None


class OutgoingFull(OutgoingItem):
    payee_kpp: str
    payee_bank: str
    payee_corr_account: str
    priority: int
    uin: str
    tax: dict[str, str] | None
    note: str
    channel: str
    bank_ref: str
    returned_at: Instant | None
    may_withdraw: bool
    history: list[HistoryLine]
    evidence: list[LineEvidence]


class OutgoingAnswer(OutgoingFull, Answer):
    """One payment order."""


class PayeeIn(Asked):
    name: Annotated[str, Field(min_length=1, max_length=160)]
    inn: Annotated[str, Field(max_length=12)] = ""
    kpp: Annotated[str, Field(max_length=9)] = ""
    account: Text20
    bic: Annotated[str, Field(max_length=9)]
    bank_name: Annotated[str, Field(max_length=160)] = ""
    corr_account: Text20 = ""


class Propose(Asked):
    """A payment order by hand."""

    account: Text20 = Field(description="Ours")
    payee: PayeeIn
    amount: Annotated[int, Field(ge=1, le=10**15)]
    purpose: Annotated[str, Field(max_length=400)]
    kind: Literal["ordinary", "tax"] = "ordinary"
    number: Annotated[str, Field(max_length=6)] = ""
    date: Day | None = None
    priority: Annotated[int, Field(ge=1, le=5)] = 5
    uin: Annotated[str, Field(max_length=25)] = ""
    vat: Annotated[str, Field(max_length=8)] = ""
    tax: TaxFields | None = None
    confirmed: list[Annotated[str, Field(max_length=80)]] = Field(
        default=[], max_length=20, description="Codes of warnings the person has read and confirms"
    )


class Approve(Asked):
    confirmed: list[Annotated[str, Field(max_length=80)]] = Field(default=[], max_length=20)


class Because(Asked):
    note: Note


class OwnAccountLine(BaseModel):
    account: str
    bic: str
    bank: str


class Certificate(BaseModel):
    """One of our certificates at a bank."""

    channel: str
    title: str
    expires: Day | None
    days_left: int | None
    state: Literal["ok", "warning", "error"]


class BankAnswer(Answer):
    """The bank page."""

    links: list[BankLink]
    certificates: list[Certificate]
    polls: list[Poll]
    accounts: list[OwnAccountLine] = Field(description="Ours, money may leave from")
    may_propose: bool
    may_approve: bool
