"""Rules of payers on the wire: "this payer pays for that buyer"."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from gateway.api.schemas.common import Answer, Asked, Day, Instant, Note, Page

RuleFilter = Literal["in_force", "revoked", "all"]
Party = Annotated[
    str, Field(min_length=1, max_length=80, description="The buyer's key: his ИНН, or id:… of a private person")
]


class Rule(BaseModel):
    """A rule; payments of this payer booked on or after `since` may be credited to this buyer."""

    id: str
    version: int
    payer_name: str
    payer_inn: str
    payer_account: str = Field(description="Empty when the ИНН alone is enough")
    party: str
    buyer: str
    since: Day
    made_at: Instant
    made_by: str
    payment_id: str = Field(description="The payment it was learned from; empty when written by hand")
    note: str
    revoked_at: Instant | None
    revoked_by: str | None


class RulePage(Page[Rule]):
    """A slice of the rules."""


class RuleAnswer(Rule, Answer):
    """One rule."""


class Learn(Asked):
    """Make a rule of what the payment shows, along with its allocation."""

    since: date | None = Field(default=None, description="From this day on; the payment's own day when left out")
    note: Note = ""


class FromPayment(Asked):
    """Make a rule of what a payment shows."""

    payment_id: Annotated[str, Field(min_length=1, max_length=80)]
    party: Party
    since: date | None = None
    note: Note = ""


class ByHand(Asked):
    """Make a rule for a payer whose payment has not come yet; ИНН or account is needed."""

    payer_name: Annotated[str, Field(min_length=1, max_length=300)]
    payer_inn: Annotated[str, Field(max_length=12)] = ""
    payer_account: Annotated[str, Field(max_length=20)] = ""
    party: Party
    since: date
    note: Note = ""


class PayerBuyer(BaseModel):
    party: str
    name: str


class CanLearn(BaseModel):
    """That a rule can be made of this payment: its payer, and buyers it may be for."""

    payer_name: str
    payer_inn: str
    payer_account: str
    since: Day
    buyers: list[PayerBuyer] = Field(description="Of the invoices it is allocated to, or that are suggested")
