"""Messages to people outside on the wire."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from gateway.api.schemas.common import Answer, Asked, Instant, Kopecks

Channel = Literal["sms", "email"]


class ReceiptFacts(BaseModel):
    """What the gateway said later."""

    at: Instant
    word: str
    taken: bool = Field(description="It changed something")


class Message(BaseModel):
    """One message."""

    id: str
    version: int
    about: str
    event: str
    channel: Channel
    template: str
    template_version: int
    address: str
    subject: str
    body: str
    segments: int
    price: Kopecks
    state: str
    reason: str
    reason_ru: str
    reason_en: str
    said: str = Field(description="The gateway's own words")
    attempts: int
    not_before: Instant
    not_after: Instant
    handed_at: Instant | None
    sent_at: Instant | None
    ended_at: Instant | None
    replaces: str | None
    note: str
    made_at: Instant
    made_by: str
    receipts: list[ReceiptFacts]
    can_resend: bool


class Messages(Answer):
    """Some messages."""

    items: list[Message]


class Resend(Asked):
    """Why it is sent again."""

    reason: str = Field(min_length=1, max_length=300)


class Resent(Answer):
    """The new message."""

    id: str


class Spend(Answer):
    """SMS of this month, beside the limits; null for no limit."""

    month_messages: int
    month_spent: Kopecks
    month_limit: Kopecks | None
    month_left: Kopecks | None
    day_limit: int | None
    day_left: int | None
    segment_price: Kopecks


class TextFacts(BaseModel):
    """A text in force."""

    shop: str
    event: str
    channel: Channel
    version: int = Field(description="0 for the text that comes with Kvit")
    subject: str
    body: str
    active: bool


class Macro(BaseModel):
    """What a text may name."""

    name: str
    text_ru: str
    text_en: str


class Texts(Answer):
    """The texts in force for a shop, and what they may name."""

    items: list[TextFacts]
    macros: list[Macro]


class TextDraft(Asked):
    """A text to look at."""

    channel: Channel
    subject: str = Field("", max_length=300)
    body: str = Field(max_length=10_000)
    values: dict[str, str] | None = Field(None, description="Macro → value; samples without them", max_length=40)


class TextAsked(Asked):
    """A text to be saved as the next version."""

    shop: str = Field("", max_length=60)
    event: str = Field(max_length=40)
    channel: Channel
    version: int = Field(ge=0, description="The one it was changed from")
    subject: str = Field("", max_length=300)
    body: str = Field(max_length=10_000)
    active: bool = True


class TextSaved(Answer):
    """The new version."""

    version: int


class TextProblem(BaseModel):
    """What is wrong with a text, or worth a look."""

    code: str
    refused: bool = Field(description="It cannot be saved so")
    line: int = Field(description="Of the text, from 1; 0 for the whole")
    text_ru: str
    text_en: str
    hint_ru: str
    hint_en: str


class TextPreview(Answer):
    """A text as it would go out."""

    subject: str
    text: str
    segments: int
    encoding: str
    price: Kopecks
    problems: list[TextProblem]


class ConsentAsked(Asked):
    """What somebody said of being written to."""

    address: str = Field(min_length=3, max_length=320)
    channel: Channel
    word: Literal["given", "withdrawn"]
    evidence: str = Field(min_length=1, max_length=300, description="What was said, or where; no personal data")


class ConsentWordFacts(BaseModel):
    """One word on record."""

    word: str
    source: str
    evidence: str
    at: Instant
    by: str


class ConsentAnswer(Answer):
    """What is on record of an address."""

    address: str
    channel: Channel
    may: bool
    words: list[ConsentWordFacts]
