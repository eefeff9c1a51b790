"""Back-tests on the wire."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from gateway.api.schemas.common import Answer, Day, Instant, Kopecks


class Tally(BaseModel):
    """So many, and what they add up to."""

    count: int
    amount: Kopecks


class Share(Tally):
    """A part of all payments."""

    share_of_count: float = Field(description="0 to 1")
    share_of_amount: float = Field(description="0 to 1")


class TrialExample(BaseModel):
    """One payment that shows what its outcome is about."""

    booked: Day | None
    payer: str
    amount: Kopecks
    purpose: str
    why_ru: str
    why_en: str


class TrialOutcome(Tally):
    """The payments of one outcome."""

    decision: Literal["auto", "person", "duplicate"]
    outcome: str
    text_ru: str
    text_en: str
    suggested: int = Field(description="How many of them come with a suggestion")
    example: TrialExample


class TrialAdvice(Tally):
    """What could be improved, and how many payments it is about."""

    code: str
    text_ru: str
    text_en: str


class Trial(BaseModel):
    """A back-test that was kept."""

    id: str
    at: Instant
    by: str
    source: str = Field(description="What was read, as a person named it")
    first: Day | None = Field(description="Day of the first payment")
    last: Day | None
    payments: Tally
    auto: Share
    person: Share
    duplicate: Share
    suggested: int = Field(description="Payments for a person that come with a suggestion")
    released: Tally = Field(description="Invoices that could have been released without a person")
    outcomes: list[TrialOutcome] = Field(description="Those for a person first, the most frequent first")
    advice: list[TrialAdvice]
    bad_rows: int = Field(description="Rows of the input that could not be taken as they stood")
    stopped: bool = Field(description="Somebody ended the back-test before the last payment")


class TrialList(Answer):
    """The back-tests kept, newest first."""

    items: list[Trial]
