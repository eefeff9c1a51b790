"""The queue of messages: each written exactly once, to whom it may, by the first way that is open."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select

from gateway.core.authority import Right
from gateway.core.clock import to_text
from gateway.core.errors import Refused
from gateway.core.ids import new_id
from gateway.core.money import Money
from gateway.notify import consents, quiet, rows, segments, templates
from gateway.notify.addresses import address_of
from gateway.notify.model import (
    ConsentSource,
    ConsentWord,
    NotificationChannel,
    NotificationEvent,
    NotificationState,
)
from gateway.notify.tables import notifications
from gateway.notify.terms import NotifyTerms
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

NO_ADDRESS = "notify.no_address"
NO_CONSENT = "notify.no_consent"
TEXT_OFF = "notify.text_off"
NUMBERS = "notification"  # the counter of numbers gateways know messages by
_AGAIN = ".again"
_MOST_NOTE = 300
NOT_SENT = (NotificationState.QUEUED.value, NotificationState.SENDING.value)
NO_FALLBACK = {"fallback_address": "", "fallback_subject": "", "fallback_body": "", "fallback_version": 0}


@dataclass(frozen=True, slots=True)
class NewNotification:
    """What is to be told to whom.

    Attributes:
        about: "parcel:<id>". event: which time it happened, "ready.1"; template: of the event, "ready".
        channels: ways, the preferred first. An SMS that does not get there is followed by a letter where EMAIL is
            among them.
        phone, email: "" where there is none; one nothing can be sent to counts as none.
        values: macro → value, see `templates.MACROS`.
        offset_minutes: of the recipient's clock from UTC; None where it is not known.
        earliest: not sooner; None for now.
        language: of Kvit's own texts.
    """

    about: str
    shop: str
    event: str
    template: str
    channels: tuple[NotificationChannel, ...]
    phone: str = field(repr=False)
    email: str = field(repr=False)
    values: Mapping[str, str] = field(repr=False)
    offset_minutes: int | None
    earliest: datetime | None
    made_by: str
    language: str = "ru"

    def address(self, channel: NotificationChannel) -> str:
        return address_of(channel, self.phone if channel is NotificationChannel.SMS else self.email)


@dataclass(frozen=True, slots=True)
class OwnLetter:
    """A letter to our own people, who need no text of a shop's and no way out.

    Attributes:
        about, event, address: known once by these.
        kind: what it is, in place of a text's name.
    """

    about: str
    event: str
    kind: str
    address: str = field(repr=False)
    subject: str = field(repr=False)
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Way:
    channel: NotificationChannel
    address: str
    text: templates.Rendered


def write(unit: Unit, terms: NotifyTerms, new: NewNotification) -> str | None:
    """Put a message into the queue.

    Returns:
        Its id; of the one that is there already when this was told before; None when nobody may or can be written to
        (`obstacle` says why).

    Raises:
        Refused: what `templates.render` says.
    """
    there = unit.connection.execute(
        select(notifications.c.id)
        .where(
            notifications.c.company == unit.company,
            notifications.c.about == new.about,
            notifications.c.event == new.event,
            notifications.c.template == new.template,
        )
        .order_by(notifications.c.id)
        .limit(1)
    ).scalar_one_or_none()
    if there is not None:
        return str(there)
    ways, _ = _ways(unit.connection, unit.company, terms, new)
    if not ways:
        return None
    first = ways[0]
    letter = next((way for way in ways[1:] if way.channel is NotificationChannel.EMAIL), None)
    row = _row(unit, terms, first, new)
    if letter is not None:
        row |= {
            "fallback_address": letter.address,
            "fallback_subject": letter.text.subject,
            "fallback_body": letter.text.body,
            "fallback_version": letter.text.version,
        }
    unit.insert(notifications, row)
    unit.journal(
        "notification.queued", f"notification:{row['id']}", about=new.about, event=new.event,
        channel=first.channel.value, template_version=first.text.version,
    )  # fmt: skip
    unit.changed("notifications", row["id"])
    return str(row["id"])


def write_own(unit: Unit, terms: NotifyTerms, letter: OwnLetter) -> str | None:
    """Put a letter to one of our own people into the queue. That he may be written to is the settings' word, kept as
    a consent like others; what he says himself counts more.

    Returns:
        Its id when it is new; None when it is there already, or he wants no letters, or the address is none.
    """
    channel = NotificationChannel.EMAIL
    address = address_of(channel, letter.address)
    if not address:
        return None
    event = f"{letter.event}.{hashlib.sha256(address.encode()).hexdigest()[:12]}"  # each of them has one of his own
    there = select(notifications.c.id).where(
        notifications.c.company == unit.company,
        notifications.c.about == letter.about,
        notifications.c.event == event,
        notifications.c.template == letter.kind,
    )
    if unit.connection.execute(there.limit(1)).first() is not None:
        return None
    if not consents.words(unit.connection, unit.company, address, channel):
        consents.put(unit, address, channel, ConsentWord.GIVEN, ConsentSource.SHOP, f"settings:{letter.kind}")
    if not consents.may(unit.connection, unit.company, terms, address, channel):
        return None
    row = {
        **_fresh(unit),
        "about": letter.about,
        "shop": "",
        "event": event,
        "channel": channel.value,
        "template": letter.kind,
        "template_version": 0,
        "address": address,
        "subject": letter.subject,
        "body": letter.body,
        "offset_minutes": None,
        "unsubscribe": "",
        "replaces": None,
        "made_by": str(unit.actor),
        **_when(unit, terms, channel, None, None),
        **_cost(terms, channel, letter.body),
    }
    unit.insert(notifications, row)
    unit.journal("notification.queued", f"notification:{row['id']}", about=letter.about, kind=letter.kind)
    unit.changed("notifications", row["id"])
    return str(row["id"])


def obstacle(connection: Connection, company: str, terms: NotifyTerms, new: NewNotification) -> str:
    """Why `write` would write nothing: a code of the catalogue, or "" where a way is open."""
    ways, why_not = _ways(connection, company, terms, new)
    return "" if ways else why_not


def withdraw(unit: Unit, about: str, prefixes: tuple[str, ...], reason: str) -> int:
    """Take back what was not sent: messages about `about` whose event begins with one of `prefixes`, and the letters
    that would follow sent ones. One its gateway has just now is taken back when the gateway does not take it.

    Args:
        reason: code of the catalogue.

    Returns:
        How many messages were withdrawn.
    """
    if not prefixes:
        return 0
    found = unit.connection.execute(
        select(notifications).where(
            notifications.c.company == unit.company,
            notifications.c.about == about,
            or_(*(notifications.c.event.startswith(prefix, autoescape=True) for prefix in prefixes)),
            or_(notifications.c.state.in_(NOT_SENT), notifications.c.fallback_address != ""),
        )
    ).all()
    return sum(take_back(unit, row, reason) for row in found)


def take_back(unit: Unit, row: AnyRow, reason: str) -> int:
    """Take back one message that was not sent, and the letter that would follow a sent one.

    Returns:
        1 when it was withdrawn, else 0.
    """
    if row.state == NotificationState.QUEUED:
        rows.move(unit, row, NotificationEvent.WITHDRAW, reason=reason, **NO_FALLBACK)
        return 1
    called_off = {"reason": reason} if row.state == NotificationState.SENDING else {}
    unit.update(notifications, row.id, **NO_FALLBACK, **called_off)
    return 0


def withdraw_to(unit: Unit, address: str, channel: NotificationChannel, reason: str) -> int:
    """Take back everything that was not sent to an address as it is kept."""
    waiting = unit.connection.execute(
        select(notifications).where(
            notifications.c.company == unit.company,
            notifications.c.address == address,
            notifications.c.channel == channel.value,
            notifications.c.state == NotificationState.QUEUED.value,
        )
    ).all()
    for row in waiting:
        rows.move(unit, row, NotificationEvent.WITHDRAW, reason=reason)
    return len(waiting)


def resend(unit: Unit, terms: NotifyTerms, notification_id: str, reason: str, to: str | None = None) -> str:
    """A person has a message sent again, as it was.

    Args:
        reason: his own words.
        to: whose it is now; None for the address it went to.

    Returns:
        Id of the new message.

    Raises:
        Refused: `authority.missing`, `notify.not_found`, `notify.no_reason`, `notify.under_way` for one that was not
            tried yet, `notify.too_old` for one whose text is removed, `notify.no_address`, `notify.no_consent`.
    """
    unit.actor.require(Right.PARCELS_WORK)
    note = " ".join(reason.split())[:_MOST_NOTE]
    if not note:
        raise Refused("notify.no_reason")
    row = rows.read(unit.connection, unit.company, notification_id)
    if row.state in (NotificationState.QUEUED, NotificationState.SENDING):
        raise Refused("notify.under_way", id=notification_id)
    if not row.address:
        raise Refused("notify.too_old", id=notification_id)
    channel = NotificationChannel(row.channel)
    address = row.address if to is None else address_of(channel, to)
    if not address:
        raise Refused(NO_ADDRESS)
    if not consents.may(unit.connection, unit.company, terms, address, channel):
        raise Refused(NO_CONSENT)
    if row.fallback_address:  # the new message takes over
        unit.update(notifications, row.id, **NO_FALLBACK)
    again = _copy(unit, row) | {
        "event": _next_event(unit, row),
        "address": address,
        "note": note,
        "made_by": str(unit.actor),
        **_when(unit, terms, channel, row.offset_minutes, None),
        **_cost(terms, channel, row.body),
    }
    unit.insert(notifications, again)
    unit.journal("notification.sent_again", f"notification:{again['id']}", replaces=row.id)
    unit.changed("notifications", again["id"], row.id)
    return str(again["id"])


def follow_by_letter(unit: Unit, terms: NotifyTerms, row: AnyRow) -> str | None:
    """The letter of an SMS that did not get there; None where he may not be written to any more, or it is there.

    The letter was rendered with the SMS: what it says was true then, and the same."""
    unit.update(notifications, row.id, **NO_FALLBACK)
    email = NotificationChannel.EMAIL
    if not consents.may(unit.connection, unit.company, terms, row.fallback_address, email):
        return None
    there = unit.connection.execute(
        select(notifications.c.id).where(
            notifications.c.company == unit.company,
            notifications.c.about == row.about,
            notifications.c.event == row.event,
            notifications.c.channel == email.value,
            notifications.c.template == row.template,
        )
    ).first()
    if there is not None:
        return None
    letter = _copy(unit, row) | {
        "channel": email.value,
        "template_version": row.fallback_version,
        "address": row.fallback_address,
        "subject": row.fallback_subject,
        "body": row.fallback_body,
        "made_by": str(unit.actor),
        **_when(unit, terms, email, None, None),
        **_cost(terms, email, row.fallback_body),
    }
    unit.insert(notifications, letter)
    unit.journal("notification.followed_by_letter", f"notification:{letter['id']}", replaces=row.id)
    unit.changed("notifications", letter["id"], row.id)
    return str(letter["id"])


def _ways(connection: Connection, company: str, terms: NotifyTerms, new: NewNotification) -> tuple[list[_Way], str]:
    """The ways that are open, in order, and why the first of the others is not."""
    found: list[_Way] = []
    why_not: list[str] = []
    for channel in new.channels:
        address = new.address(channel)
        if not address:
            why_not.append(NO_ADDRESS)
        elif not consents.may(connection, company, terms, address, channel):
            why_not.append(NO_CONSENT)
        else:
            text = templates.render(
                connection, company, terms, new.shop, new.template, channel, new.values, new.language
            )
            if text is None:
                why_not.append(TEXT_OFF)
            else:
                found.append(_Way(channel, address, text))
    # That he may not be written to says more than that one way of several has no address.
    why_not.sort(key=lambda code: code == NO_ADDRESS)
    return found, why_not[0] if why_not else NO_ADDRESS


def _row(unit: Unit, terms: NotifyTerms, way: _Way, new: NewNotification) -> dict[str, Any]:
    return {
        **_fresh(unit),
        "about": new.about,
        "shop": new.shop,
        "event": new.event,
        "channel": way.channel.value,
        "template": new.template,
        "template_version": way.text.version,
        "address": way.address,
        "subject": way.text.subject,
        "body": way.text.body,
        "offset_minutes": new.offset_minutes,
        "unsubscribe": new.values.get("unsubscribe", ""),
        "replaces": None,
        "made_by": new.made_by,
        **_when(unit, terms, way.channel, new.offset_minutes, new.earliest),
        **_cost(terms, way.channel, way.text.body),
    }


def _copy(unit: Unit, row: AnyRow) -> dict[str, Any]:
    """A new message as `row`, which it stands in for."""
    kept = ("about", "shop", "event", "channel", "template", "template_version", "address", "subject", "body",
            "offset_minutes", "unsubscribe")  # fmt: skip
    return {**_fresh(unit), **{name: row._mapping[name] for name in kept}, "replaces": row.id}


def _fresh(unit: Unit) -> dict[str, Any]:
    """Columns of a message nothing happened to yet."""
    return {
        "id": new_id(),
        "company": unit.company,
        "version": 1,
        "state": NotificationState.QUEUED.value,
        "reason": "",
        "said": "",
        "gateway": "",
        "attempts": 0,
        "handed_at": None,
        "sent_at": None,
        "ended_at": None,
        "note": "",
        "number": unit.next_number(NUMBERS),
        **NO_FALLBACK,
        "made_at": unit.at,
    }


def _when(
    unit: Unit, terms: NotifyTerms, channel: NotificationChannel, offset: int | None, earliest: datetime | None
) -> dict[str, str]:
    """Letters wake nobody: quiet hours are those of SMS."""
    at = max(unit.now, earliest) if earliest is not None else unit.now
    if channel is NotificationChannel.SMS:
        at = quiet.not_before(terms, at, offset)
    return {"not_before": to_text(at), "not_after": to_text(at + terms.lives)}


def _cost(terms: NotifyTerms, channel: NotificationChannel, body: str) -> dict[str, int]:
    if channel is not NotificationChannel.SMS:
        return {"segments": 0, "price": Money(0).kopecks}
    made = segments.cut(body)
    return {"segments": made.segments, "price": made.price(terms.segment_price).kopecks}


def _next_event(unit: Unit, row: AnyRow) -> str:
    base = row.event.split(_AGAIN)[0]
    taken = set(
        unit.connection.execute(
            select(notifications.c.event).where(
                notifications.c.company == unit.company,
                notifications.c.about == row.about,
                notifications.c.event.startswith(base + _AGAIN, autoescape=True),
            )
        ).scalars()
    )
    return next(name for n in range(1, len(taken) + 2) if (name := f"{base}{_AGAIN}{n}") not in taken)
