"""Texts of messages: the shop's own, the company's, or those that come with Kvit; by event and channel, in versions."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources

from sqlalchemy import Connection, select

from gateway.core.authority import Right
from gateway.core.errors import Conflict, KvitError, Refused
from gateway.core.ids import new_id
from gateway.core.money import Money
from gateway.notify import language, segments
from gateway.notify.language import MACROS
from gateway.notify.model import NotificationChannel
from gateway.notify.tables import templates
from gateway.notify.terms import NotifyTerms
from gateway.store.unit import Unit

__all__ = ["EVENTS", "MACROS", "Preview", "Rendered", "Text", "TextEvent", "in_force", "preview", "put", "render"]

LANGUAGES = ("ru", "en")
MOST_PARTS = 8
"""Of one SMS: longer ones are refused by gateways."""
MANY_PARTS = 3
_MOST_SUBJECT = 150


class TextEvent(StrEnum):
    """What a message can be about: the key of its text."""

    ACCEPTED = "accepted"
    READY = "ready"
    COURIER = "courier"
    REMINDER = "reminder"
    LAST_DAYS = "last_days"
    MAYBE_READY = "maybe_ready"


EVENTS = tuple(TextEvent)


@dataclass(frozen=True, slots=True)
class Text:
    """A template.

    Attributes:
        shop: "" for all shops without their own.
        version: from 1; 0 for the text that comes with Kvit.
        subject: of a letter; "" of an SMS.
        active: otherwise nothing is sent at this event by this channel.
    """

    shop: str
    event: str
    channel: NotificationChannel
    version: int
    subject: str
    body: str
    active: bool


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text with its macros put in, and the version it was made of."""

    subject: str
    body: str
    version: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a text would look like and cost.

    Attributes:
        segments, encoding, price: of an SMS; 0, "" and nothing for a letter.
        problems: why it cannot be saved (`Refused`), or what is odd about it, as the catalogue's entries.
    """

    subject: str
    text: str
    segments: int
    encoding: str
    price: Money
    problems: tuple[KvitError, ...]

    @property
    def can_be_saved(self) -> bool:
        return not any(isinstance(each, Refused) for each in self.problems)


def put(unit: Unit, terms: NotifyTerms, text: Text) -> int:
    """Save a text as the next version.

    Args:
        text: `version` is the one it was changed from, 0 where there was none.

    Returns:
        The new version.

    Raises:
        Refused: `authority.missing`, `notify.text.event`, what `language.check` says, `notify.text.parts`,
            `notify.text.no_subject`.
        Conflict: `notify.text.changed` when somebody saved a version since.
    """
    unit.actor.require(Right.NOTIFY_SETUP)
    _known(text.event)
    wrong = [
        each for each in preview(terms, text.channel, text.subject, text.body).problems if isinstance(each, Refused)
    ]
    if wrong:
        raise wrong[0]
    newest = _newest(unit.connection, unit.company, text.shop, text.event, text.channel)
    before = newest.version if newest else 0
    if before != text.version:
        raise Conflict("notify.text.changed", version=before)
    row = {
        "id": new_id(),
        "company": unit.company,
        "shop": text.shop,
        "event": text.event,
        "channel": text.channel.value,
        "version": before + 1,
        "subject": text.subject if text.channel is NotificationChannel.EMAIL else "",
        "body": text.body,
        "active": int(text.active),
        "made_at": unit.at,
        "made_by": str(unit.actor),
    }
    unit.insert(templates, row)
    unit.journal(
        "text.saved", f"text:{row['id']}", shop=text.shop, event=text.event, channel=text.channel.value,
        version=before + 1, active=text.active,
    )  # fmt: skip
    unit.changed("notification_texts", str(row["id"]))
    return before + 1


def in_force(
    connection: Connection, company: str, shop: str, event: str, channel: NotificationChannel, tongue: str = "ru"
) -> Text:
    """The text an event is told by: the shop's own, else the company's, else the one that comes with Kvit.

    Raises:
        Refused: `notify.text.event`.
    """
    _known(event)
    for owner in dict.fromkeys((shop, "")):
        own = _newest(connection, company, owner, event, channel)
        if own is not None:
            return own
    return kvits_own(event, channel, tongue)


def kvits_own(event: str, channel: NotificationChannel, tongue: str = "ru") -> Text:
    """The text that comes with Kvit.

    Raises:
        Refused: `notify.text.event`.
    """
    _known(event)
    subject, body = _kvits()[event, tongue if tongue in LANGUAGES else LANGUAGES[0], channel]
    return Text("", event, channel, 0, subject, body, active=True)


def versions(
    connection: Connection, company: str, shop: str, event: str, channel: NotificationChannel
) -> list[tuple[Text, str, str]]:
    """Every version of an own text, the newest first, each with when and by whom it was saved."""
    rows = connection.execute(
        select(templates)
        .where(
            templates.c.company == company,
            templates.c.shop == shop,
            templates.c.event == event,
            templates.c.channel == channel.value,
        )
        .order_by(templates.c.version.desc())
    )
    return [
        (Text(r.shop, r.event, channel, r.version, r.subject, r.body, bool(r.active)), r.made_at, r.made_by)
        for r in rows
    ]


def render(
    connection: Connection,
    company: str,
    terms: NotifyTerms,
    shop: str,
    event: str,
    channel: NotificationChannel,
    values: Mapping[str, str],
    tongue: str = "ru",
) -> Rendered | None:
    """What is to be sent; None where the text is switched off, or says nothing with these values.

    Raises:
        Refused: `notify.text.event`, `notify.text.macro`, `notify.text.long`, `notify.text.parts`.
    """
    text = in_force(connection, company, shop, event, channel, tongue)
    if not text.active:
        return None
    given = {"company": terms.company, **values}
    body = language.render(text.body, given)
    if not body:
        return None
    if channel is NotificationChannel.SMS and segments.cut(body).segments > MOST_PARTS:
        raise Refused("notify.text.parts", most=MOST_PARTS)
    subject = language.one_line(language.render(text.subject, given), _MOST_SUBJECT)
    return Rendered(subject, body, text.version)


def preview(
    terms: NotifyTerms,
    channel: NotificationChannel,
    subject: str,
    body: str,
    values: Mapping[str, str] | None = None,
) -> Preview:
    """How a text would look with `values` (those of `MACROS` where there are none), what it would cost, and what is
    wrong with it. Never raises for what somebody typed."""
    given = {**MACROS, "company": terms.company, **(values or {})}
    try:
        named = language.check(body) | language.check(subject)
        shown = language.render(body, given)
        title = language.one_line(language.render(subject, given), _MOST_SUBJECT)
    except Refused as wrong:
        return Preview("", "", 0, "", Money(0), (wrong,))
    if channel is NotificationChannel.EMAIL:
        return Preview(title, shown, 0, "", Money(0), tuple(_of_letter(title, shown, named)))
    made = segments.cut(shown)
    price = made.price(terms.segment_price)
    return Preview("", shown, made.segments, made.encoding.value, price, tuple(_of_sms(shown, made, named)))


def _of_letter(subject: str, text: str, named: frozenset[str]) -> list[KvitError]:
    found: list[KvitError] = []
    if not text:
        found.append(Refused("notify.text.empty"))
    if not subject:
        found.append(Refused("notify.text.no_subject"))
    if "unsubscribe" not in named:
        found.append(KvitError("notify.text.no_way_out"))
    return found


def _of_sms(text: str, made: segments.Cut, named: frozenset[str]) -> list[KvitError]:
    found: list[KvitError] = []
    if not text:
        found.append(Refused("notify.text.empty"))
    if made.segments > MOST_PARTS:
        found.append(Refused("notify.text.parts", most=MOST_PARTS))
    elif made.segments > MANY_PARTS:
        found.append(KvitError("notify.text.many_parts", parts=made.segments))
    strange = segments.foreign(text)
    if strange and not any(letter.isalpha() for letter in strange):
        found.append(KvitError("notify.text.costly", characters=strange[:20]))
    if "track" not in named and "link" not in named:
        found.append(KvitError("notify.text.which_parcel"))
    return found


def _newest(connection: Connection, company: str, shop: str, event: str, channel: NotificationChannel) -> Text | None:
    row = connection.execute(
        select(templates)
        .where(
            templates.c.company == company,
            templates.c.shop == shop,
            templates.c.event == event,
            templates.c.channel == channel.value,
        )
        .order_by(templates.c.version.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    return Text(row.shop, row.event, channel, row.version, row.subject, row.body, bool(row.active))


def _known(event: str) -> None:
    if event not in EVENTS:
        raise Refused("notify.text.event", event=event[:40])


@cache
def _kvits() -> dict[tuple[str, str, NotificationChannel], tuple[str, str]]:
    """(event, language, channel) → subject and body."""
    file = resources.files("gateway.notify") / "texts.toml"
    return {
        (event, tongue, NotificationChannel(channel)): (text.get("subject", ""), text["body"])
        for event, tongues in tomllib.loads(file.read_text(encoding="utf-8")).items()
        for tongue, channels in tongues.items()
        for channel, text in channels.items()
    }
