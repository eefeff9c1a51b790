"""Texts of messages to buyers, what they look like, what they cost, and what all of them go by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gui.api.types.common import SILENT, Said
from gui.api.types.parcels import BuyerMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageText:
    """A text in force. Attributes: shop: whose; "" for all. version: 0 for the one that comes with Kvit."""

    event: str
    channel: str
    shop: str = ""
    version: int = 0
    subject: str = ""
    body: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TextMacro:
    """What a text may name, and what it means."""

    name: str
    text: Said = SILENT


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageTexts:
    """The texts in force for a shop, by event and channel."""

    items: tuple[MessageText, ...]
    macros: tuple[TextMacro, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TextVersion:
    """A text as it was saved."""

    version: int
    subject: str = ""
    body: str = ""
    active: bool = True
    made_at: datetime | None = None
    made_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextDetail:
    """A shop's text. Attributes: base: the version a change is saved over; versions: its own, the newest first."""

    in_force: MessageText
    kvits: MessageText
    base: int = 0
    versions: tuple[TextVersion, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TextProblem:
    """What is wrong with a text. Attributes: refused: it cannot be saved so; line: from 1, 0 for the whole."""

    code: str
    refused: bool = False
    line: int = 0
    text: Said = SILENT
    hint: Said = SILENT


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPreview:
    """A text as it would go out; `segments`, `encoding` and `price` of an SMS."""

    subject: str = ""
    text: str = ""
    segments: int = 0
    encoding: str = ""
    price: int = 0
    problems: tuple[TextProblem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSaved:
    """The new version."""

    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TextShop:
    """Somebody whose goods are sent, and how many texts of his own he has."""

    key: str
    name: str = ""
    own_texts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GuessSettings:
    """Whether buyers are told that a parcel may already be waiting, and from which share of parcels like it on."""

    on: bool = False
    share: str = ""
    least: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSettings:
    """What all messages go by; it stands in the service's settings and is only shown."""

    company: str = ""
    sender: str = ""
    language: str = ""
    quiet_from: str = ""
    quiet_to: str = ""
    segment_price: int = 0
    lives_hours: int = 0
    fallback_hours: int = 0
    consent_needed: bool = True
    unsubscribe: tuple[str, ...] = ()
    guess: GuessSettings = GuessSettings()
    public_page: str = ""
    shops: tuple[TextShop, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsSpend:
    """SMS of this month beside the limits; None for no limit."""

    month_messages: int = 0
    month_spent: int = 0
    month_limit: int | None = None
    month_left: int | None = None
    day_limit: int | None = None
    day_left: int | None = None
    segment_price: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownMessages:
    """Messages of which nobody knows whether the gateway took them."""

    items: tuple[BuyerMessage, ...]
