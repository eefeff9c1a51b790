"""Parcels to look at, what lists of them come to, and numbers as they are typed, on the wire."""

from __future__ import annotations

from pydantic import BaseModel, Field

from gateway.api.schemas.common import Answer, Asked, Day, Kopecks
from gateway.api.schemas.parcels import RemarkText


class Sums(Answer):
    """What the parcels of a filter come to."""

    cod: Kopecks = Field(description="Cash on delivery still to come, overdue or not")
    at_stake: Kopecks = Field(description="With the postage both ways of what is under way")


class ReportLine(BaseModel):
    """One parcel somebody should look at."""

    parcel_id: str
    carrier: str
    track: str
    order_no: str
    shop: str
    name: str
    phone: str
    email: str
    stage: str
    stage_ru: str
    stage_en: str
    place: str
    since: Day
    days: int = Field(description="Since then nothing was heard of it")
    keep_until: Day | None
    at_stake: Kopecks


class ReportSection(BaseModel):
    """Parcels with one kind of trouble, the most at stake first."""

    trouble: str
    text_ru: str
    text_en: str
    count: int = Field(description="All of them, also those not listed")
    at_stake: Kopecks
    lines: list[ReportLine]


class Report(Answer):
    """The morning report, as things stand now."""

    day: Day
    count: int
    at_stake: Kopecks
    sections: list[ReportSection] = Field(description="Those that have anything in them")


class TrackAsked(Asked):
    """A number as it was typed."""

    track: str = Field(min_length=1, max_length=60)


class TrackChecked(Answer):
    """The number as it would be kept."""

    track: str
    carrier: str
    parcel_id: str | None = Field(description="The parcel that has it already")
    warnings: list[RemarkText]
