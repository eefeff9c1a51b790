"""Payout registries on the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field

from gateway.api.schemas.common import Answer, Asked, Day, Instant, Kopecks, Page, Reason, no_control
from gateway.payments.registries.mapping import ColumnMapping

MAX_FILE = 4 * 1024 * 1024
MAX_BODY = MAX_FILE * 4 // 3 + 64 * 1024
"""Bytes of a request that carries a registry file as base64."""

RegistryFilter = Literal["all", "waiting", "unsound", "used", "withdrawn"]
Inn = Annotated[str, Field(pattern=r"^(\d{10}|\d{12})$", description="ИНН of the partner")]
FileName = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(no_control)]


class RegistryFacts(BaseModel):
    """What list and detail share."""

    id: str
    version: int
    source: str = Field(description="acquirer, post, loan or marketplace")
    partner_inn: str
    partner_name: str = Field(description="As the bank calls him in his payouts; empty while none has come")
    number: str
    date: Day
    gross: Kopecks
    fee: Kopecks
    net: Kopecks = Field(description="What must arrive, in kopecks")
    lines_total: int = Field(description="What the lines add up to, in kopecks")
    difference: int = Field(description="Lines less the stated total, in kopecks; zero when they agree")
    line_count: int
    bad_rows: int = Field(description="Rows that could not be read")
    sound: bool = Field(description="Adds up to the kopeck; only such a one explains a payment")
    ambiguous: bool = Field(description="Another waiting registry of this partner has its number")
    state: str
    state_ru: str
    state_en: str
    payment_id: str | None
    file_name: str
    received_at: Instant
    received_by: str
    note: str


class RegistryPage(Page[RegistryFacts]):
    """A slice of the registries."""


class BadRow(BaseModel):
    """Something in the file that could not be used."""

    row: int = Field(description="Of the file, from 1; 0 when it is about the whole")
    text_ru: str
    text_en: str
    fragment: str


class Line(BaseModel):
    """One line of a registry."""

    position: int
    row: int
    kind: str
    key: str
    amount: int = Field(description="Whole kopecks; below zero when given back to the buyer")
    fee: int
    against: Reason | None = Field(description="Why it finds no invoice now; null when it does, or need not any more")


class RegistryAnswer(RegistryFacts, Answer):
    """One registry."""

    problems: list[BadRow]
    lines: list[Line]
    lines_next: int | None = Field(description="Offset of the lines after these; null at the end")


class Uploaded(Asked):
    """A partner's file."""

    partner_inn: Inn
    file_name: FileName
    content: str = Field(max_length=MAX_BODY, description="The file's bytes as base64")
    mapping: ColumnMapping | None = Field(
        None, description="How to read it; without one, as it is saved for the partner"
    )


class Import(Uploaded):
    """A partner's file to be taken in."""

    save_mapping: bool = Field(False, description="Read this partner's files so from now on")


class Imported(Answer):
    """What a file brought."""

    registries: list[RegistryFacts]
    known: list[str] = Field(description="Ids of those that were here before")
    decided: int = Field(description="Payouts that could be decided now")


class ShownRow(BaseModel):
    number: int
    cells: list[str]


class ReadRegistry(BaseModel):
    """What a mapping makes of a file."""

    number: str
    date: Day
    gross: Kopecks
    fee: Kopecks
    net: Kopecks
    lines_total: int
    line_count: int
    bad_rows: int
    sound: bool
    problems: list[BadRow]


class Preview(Answer):
    """A look at a file, nothing kept: how it may be read, and what that gives."""

    source: str
    mapping: ColumnMapping | None = Field(description="Complete; a proposal unless it was given or is saved")
    saved: bool = Field(description="It is the one saved for this partner")
    missing: list[str] = Field(description="What a person has to name: key, amount, number, date")
    found: dict[str, Any] = Field(description="The parts of a mapping that were found")
    headings: list[str]
    rows: list[ShownRow]
    registries: list[ReadRegistry]
    error: Reason | None = Field(description="Why the mapping does not fit the file")


class Partner(BaseModel):
    """How a payout partner's files are read."""

    partner_inn: str
    partner_name: str = Field(description="As the bank calls him in his payouts; empty while none has come")
    source: str
    mapping: ColumnMapping | None
    at: Instant | None
    by: str


class PartnerAnswer(Partner, Answer):
    """One partner."""


class Partners(Answer):
    """The payout partners of the settings."""

    items: list[Partner]
