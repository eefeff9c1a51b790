"""One text of messages with its past, and what all of them go by, on the wire."""

from __future__ import annotations

from pydantic import BaseModel, Field

from gateway.api.schemas.common import Answer, Instant, Kopecks
from gateway.api.schemas.notifications import TextFacts


class TextVersion(BaseModel):
    """A text as it was saved."""

    version: int
    subject: str
    body: str
    active: bool
    made_at: Instant
    made_by: str


class TextDetail(Answer):
    """A shop's text of an event and channel: the one in force, its own versions, and what it falls back to."""

    in_force: TextFacts
    base: int = Field(description="The version to save a change over; 0 where the shop has none of its own")
    kvits: TextFacts = Field(description="The text that comes with Kvit")
    versions: list[TextVersion] = Field(description="The shop's own, the newest first")


class TextShop(BaseModel):
    """Somebody whose goods are sent."""

    key: str
    name: str
    own_texts: int = Field(description="How many of its texts are its own")


class GuessFacts(BaseModel):
    """Whether buyers are told that a parcel may already be waiting."""

    on: bool
    share: str = Field(description="Of parcels like it that had arrived by then")
    least: int = Field(description="Parcels a route must have had")


class TextSettings(Answer):
    """What all messages go by. It stands in kvit.toml and is only shown."""

    company: str
    sender: str
    language: str
    quiet_from: str
    quiet_to: str
    segment_price: Kopecks
    lives_hours: int
    fallback_hours: int
    consent_needed: bool
    unsubscribe: list[str] = Field(description="What an SMS back must say")
    guess: GuessFacts
    public_page: str = Field(description="Address of the buyers' pages; empty where there are none")
    shops: list[TextShop]
