"""Parcels on the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field

from gateway.api.schemas.common import Answer, Asked, Day, Instant, Kopecks, Page, no_control
from gateway.api.schemas.notifications import Message

MAX_FILE = 8 * 1024 * 1024
MAX_BODY = MAX_FILE * 4 // 3 + 64 * 1024
"""Bytes of a request that carries a list of parcels as base64."""

Group = Literal["all", "watched", "stuck", "ready", "returning", "cod_due", "cod_missing", "delivered", "ended"]
Text200 = Annotated[str, Field(max_length=200), AfterValidator(no_control)]
Sum = Annotated[int, Field(ge=0, le=1_000_000_000, description="Whole kopecks")]


class ParcelFacts(BaseModel):
    """What list and card share."""

    id: str
    version: int
    carrier: str = Field(description="post or cdek")
    track: str
    source: str
    shop: str = Field(description="Whose goods; empty for ours")
    order_no: str
    name: str
    phone: str
    email: str
    order_sum: Kopecks
    declared: Kopecks
    cod: Kopecks = Field(description="To be collected from the buyer; 0 for none")
    postage: Kopecks
    index_to: str
    region: str
    stage: str
    stage_ru: str
    stage_en: str
    stage_since: Instant
    moved_at: Instant = Field(description="The carrier's last operation; when it was entered, before the first")
    arrived_at: Instant | None
    delivered_at: Instant | None
    returned_at: Instant | None
    office_index: str
    office_name: str
    keep_until: Day | None = Field(description="The last day it is kept for the buyer")
    last_code: str
    watch: str
    ended_at: Instant | None
    ended_how: str
    cod_state: str
    cod_due: Day | None
    cod_received: Kopecks = Field(description="Of the cash on delivery, in the bank's statements")
    made_at: Instant
    stuck: bool = Field(description="Nothing heard of it for too long: red")
    ready: bool
    back: bool
    known: bool = Field(description="The carrier has said anything of it")
    no_messages: bool
    control: bool = Field(description="Of the control group, whose buyers get no reminders")


class ParcelPage(Page[ParcelFacts]):
    """A slice of the parcels."""


class Operation(BaseModel):
    """What the carrier says happened."""

    at: Instant
    offset_minutes: int | None = Field(description="Of the office's clock from UTC")
    code: str
    text: str
    effect: str
    known: bool = Field(description="The code is in our tables")
    office_index: str
    office: str
    country: str
    mass: int = Field(description="Grams")
    cod: Kopecks
    declared: Kopecks
    keep_until: Day | None
    seen_at: Instant


class MoneyEvent(BaseModel):
    """What the carrier says of the cash on delivery."""

    at: Instant
    kind: str
    text: str
    amount: Kopecks
    collected: bool


class TimelineLine(BaseModel):
    """One line of a parcel's history."""

    at: Instant
    by: str
    code: str
    text_ru: str
    text_en: str


class ClaimFacts(BaseModel):
    """A letter to the carrier about money that did not come."""

    id: str
    number: int
    date: Day
    amount: Kopecks
    text: str


class ParcelAnswer(ParcelFacts, Answer):
    """One parcel whole: order, invoice and payments as their own lists show them."""

    address: str
    mail_type: int
    accepted_at: Instant | None
    ended_by: str
    ask_at: Instant
    asked_at: Instant | None
    answered_at: Instant | None
    failures: int
    reminders: int
    remind_at: Instant | None
    guess_since: Instant | None
    guess_share: str
    guess_basis: str
    cod_collected_at: Instant | None
    cod_arrived_at: Instant | None
    cod_payment_id: str | None
    order_id: str | None
    invoice_id: str | None
    made_by: str
    purged_at: Instant | None
    operations: list[Operation] = Field(description="The latest first")
    money_events: list[MoneyEvent]
    timeline: list[TimelineLine]
    messages: list[Message]
    order: dict[str, Any] | None
    invoice: dict[str, Any] | None
    payments: list[dict[str, Any]]
    claims: list[ClaimFacts] = Field(description="The newest first")
    actions: list[str] = Field(description="What this user may do with it now")


class NewParcelAsked(Asked):
    """A parcel entered by hand."""

    track: str = Field(min_length=1, max_length=60)
    carrier: Literal["", "post", "cdek"] = ""
    shop: str = Field("", max_length=60)
    order_no: Text200 = ""
    name: Text200 = ""
    phone: Text200 = ""
    email: Text200 = ""
    address: Annotated[str, Field(max_length=500), AfterValidator(no_control)] = ""
    index_to: str = Field("", max_length=20)
    order_sum: Sum = 0
    declared: Sum = 0
    cod: Sum = 0
    postage: Sum = 0
    consent: bool = Field(False, description="The shop has the buyer's consent to messages")


class RemarkText(BaseModel):
    """Something to look at."""

    code: str
    text_ru: str
    text_en: str


class ParcelPut(Answer):
    """What came of a parcel entered."""

    id: str
    outcome: Literal["taken", "known", "changed"]
    warnings: list[RemarkText]


class Contacts(Asked):
    """Who waits for it, as a whole."""

    name: Text200 = ""
    phone: Text200 = ""
    email: Text200 = ""


class Mute(Asked):
    """Whether its buyer is left alone."""

    silent: bool


class ListUpload(Asked):
    """A list of parcels."""

    file_name: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(no_control)]
    content: str = Field(max_length=MAX_BODY, description="The file's bytes as base64")


class ListStart(ListUpload):
    """A list to be taken in."""

    mapping: dict[str, str] = Field(description="Field → head of its column; remembered for such lists", max_length=40)
    shop: str = Field("", max_length=60, description="Whose goods its rows are, where they do not say; empty for ours")


class ListPreview(Answer):
    """A look at a list, nothing kept."""

    heads: list[str]
    mapping: dict[str, str] = Field(description="As remembered for such lists, else as guessed")
    remembered: bool
    fields: list[str] = Field(description="What a column may say")
    row_count: int
    rows: list[list[str]] = Field(description="The first ones")


class ListFacts(BaseModel):
    """A list taken in, as far as it got."""

    id: str
    name: str
    state: str = Field(description="reading, done or stopped")
    shop: str
    row_count: int
    done: int
    taken: int
    known: int
    changed: int
    warned: int
    refused: int
    made_at: Instant
    made_by: str
    ended_at: Instant | None


class ListAnswer(ListFacts, Answer):
    """One list."""

    running: bool
    error: RemarkText | None = Field(description="Why its run failed")


class Lists(Answer):
    """The last lists, the newest first."""

    items: list[ListFacts]


class RowOutcome(BaseModel):
    """What became of a row."""

    row: int = Field(description="As the file counts them, from 1")
    outcome: Literal["taken", "known", "changed", "warned", "refused"]
    parcel_id: str | None
    remarks: list[RemarkText]


class RowOutcomes(Answer):
    """A slice of the rows."""

    items: list[RowOutcome]
    next: int | None = Field(description="`after` of the next slice; null at the end")
