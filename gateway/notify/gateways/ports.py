"""What the notify room asks of those who carry messages.

A gateway never sends anything twice by itself. It says of each message what it knows: taken, certainly not taken, or
that it does not know.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

AWAY = "notify.gateway_away"  # no connection
DENIED = "notify.gateway_denied"  # it does not let us in
NO_MONEY = "notify.no_money"  # our account there is empty
BUSY = "notify.gateway_busy"  # it throttles us
TEMPORARY = "notify.gateway_not_now"  # it refused this message for now
REFUSED = "notify.refused"  # it refused this message
NO_ANSWER = "notify.no_answer"
PARTLY = "notify.partly"  # it took some parts


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to hand over.

    Attributes:
        id: the row's. number: the same as a whole number from 1, for gateways that take no text.
        address: "+79161234567" or a mail address.
        subject, unsubscribe: of a letter; the link goes into its List-Unsubscribe header.
        lives: so long it makes sense to the recipient.
    """

    id: str
    number: int
    address: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    unsubscribe: str = field(repr=False)
    lives: timedelta


class Fate(StrEnum):
    """What became of a message that was handed over."""

    TAKEN = "taken"
    NOT_TAKEN = "not_taken"  # certainly not; to be tried again
    REFUSED = "refused"  # for good
    UNKNOWN = "unknown"  # the gateway did not answer, or took some parts only


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of one message after it was handed over.

    Attributes:
        id: of the message.
        outer: what the gateway calls its parts, as far as it took them.
        whole: one outer id stands for all parts.
        code: entry of the catalogue, where it was not taken.
        said: the gateway's own words.
        retry_after: seconds the gateway wants to be left alone.
    """

    id: str
    fate: Fate
    outer: tuple[str, ...] = ()
    whole: bool = False
    code: str = ""
    said: str = ""
    retry_after: float = 0.0


class Word(StrEnum):
    """What a receipt says."""

    UNDER_WAY = "under_way"
    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"
    REFUSED = "refused"  # he told his operator that he wants no mailings


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the gateway tells of a part it took, or of the whole message.

    Attributes:
        outer: what it calls it.
        raw: its own words, "UNDELIV 011".
        number: ours, where it gives it back; 0 where it does not. Some give back its lower 16 bits only.
        address: whom the message was for; "" where it does not say.
    """

    outer: str
    word: Word
    raw: str
    whole: bool = False
    number: int = 0
    address: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """Somebody answered an SMS."""

    address: str = field(repr=False)
    text: str = field(repr=False)


News = Receipt | Reply


@dataclass(frozen=True, slots=True)
class Watched:
    """A message whose receipt is waited for."""

    number: int
    address: str = field(repr=False)


class Gateway(Protocol):
    """One way out. Called from one thread.

    Attributes:
        name: as receipts and messages name it.
        at_once: how many it takes in one go.
        asks: it tells of messages only when asked about each (`watched`).
    """

    name: str
    at_once: int
    asks: bool

    def trouble(self) -> str:
        """Why handing over makes no sense now, `AWAY` or `DENIED`; "" where it does."""

    def send(self, messages: Sequence[Outgoing]) -> Iterator[Sequence[Answer]]:
        """Hand over at most `at_once`; answers come as they are known, each message has exactly one in the end.
        Raises nothing for what the other side does."""

    def news(self, watched: Sequence[Watched] = ()) -> Sequence[News]:
        """Receipts and replies that came since; they come again until they are acknowledged."""

    def acknowledge(self, count: int) -> None:
        """The first `count` of the news given last are stored."""

    def close(self) -> None:
        """End; what was not acknowledged comes again another time."""
