"""Messages to people outside, their texts and what they cost, for the screens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from gateway.api.reads.texts import hinted, in_catalogue, said
from gateway.core.errors import KvitError, Refused
from gateway.notify import consents, spend, templates
from gateway.notify.addresses import address_of
from gateway.notify.model import NotificationChannel, NotificationState
from gateway.notify.tables import notifications, receipts
from gateway.notify.templates import EVENTS, MACROS, Preview, Text
from gateway.notify.terms import NotifyTerms
from gateway.store.schema import AnyRow

_MESSAGE = (
    "id", "version", "about", "event", "channel", "template", "template_version", "address", "subject", "body",
    "segments", "price", "state", "reason", "said", "attempts", "not_before", "not_after", "handed_at", "sent_at",
    "ended_at", "replaces", "note", "made_at", "made_by",
)  # fmt: skip
_UNDER_WAY = frozenset({NotificationState.QUEUED, NotificationState.SENDING})


def about(connection: Connection, company: str, subject: str) -> list[dict[str, Any]]:
    """Every message about something, the oldest first, with the receipts that came for it."""
    rows = connection.execute(
        select(notifications)
        .where(notifications.c.company == company, notifications.c.about == subject)
        .order_by(notifications.c.id)
    ).all()
    came = _receipts(connection, [row.id for row in rows])
    return [_message(row, came.get(row.id, [])) for row in rows]


def texts(connection: Connection, company: str, shop: str, tongue: str) -> list[dict[str, Any]]:
    """The texts in force for a shop, by event and channel."""
    return [
        text_item(templates.in_force(connection, company, shop, event, channel, tongue))
        for event in EVENTS
        for channel in NotificationChannel
    ]


def text_item(text: Text) -> dict[str, Any]:
    """One text."""
    return {
        "shop": text.shop,
        "event": str(text.event),
        "channel": text.channel.value,
        "version": text.version,
        "subject": text.subject,
        "body": text.body,
        "active": text.active,
    }


def macros() -> list[dict[str, str]]:
    """What texts may name, and what it means."""
    return [{"name": name, **said(f"notify.macro.{name}")} for name in MACROS]


def seen(preview: Preview, stopped: Sequence[KvitError] = ()) -> dict[str, Any]:
    """A text as it would go out; `stopped`: what may keep it from arriving."""
    return {
        "subject": preview.subject,
        "text": preview.text,
        "segments": preview.segments,
        "encoding": preview.encoding,
        "price": preview.price.kopecks,
        "problems": [_problem(problem) for problem in (*preview.problems, *stopped)],
    }


def spent(connection: Connection, company: str, terms: NotifyTerms, now: datetime) -> dict[str, Any]:
    """SMS of this month and what they cost, beside the limits; None for no limit."""
    since, until = spend.month_of(now, terms.zone)
    messages, money = spend.handed(connection, company, since, until)
    left = spend.budget(connection, company, terms, now)
    return {
        "month_messages": messages,
        "month_spent": money.kopecks,
        "month_limit": terms.month_limit.kopecks if terms.month_limit is not None else None,
        "month_left": left.money.kopecks if left.money is not None else None,
        "day_limit": terms.day_limit,
        "day_left": left.messages,
        "segment_price": terms.segment_price.kopecks,
    }


def unknown(connection: Connection, company: str, limit: int) -> list[dict[str, Any]]:
    """Messages of which nobody knows whether the gateway took them, the newest first."""
    rows = connection.execute(
        select(notifications)
        .where(notifications.c.company == company, notifications.c.state == NotificationState.UNKNOWN.value)
        .order_by(notifications.c.made_at.desc(), notifications.c.id.desc())
        .limit(limit)
    ).all()
    return [_message(row, []) for row in rows]


def said_of(
    connection: Connection, company: str, terms: NotifyTerms, channel: NotificationChannel, typed: str
) -> dict[str, Any]:
    """What is on record of an address, and whether it may be written to.

    Raises:
        Refused: `notify.address_wrong`.
    """
    address = address_of(channel, typed)
    if not address:
        raise Refused("notify.address_wrong", channel=channel.value)
    return {
        "address": address,
        "channel": channel.value,
        "may": consents.may(connection, company, terms, address, channel),
        "words": [
            {
                "word": each.word.value,
                "source": each.source.value,
                "evidence": each.evidence,
                "at": each.at,
                "by": each.by,
            }
            for each in consents.words(connection, company, address, channel)
        ],
    }


def _message(row: AnyRow, came: Sequence[dict[str, Any]]) -> dict[str, Any]:
    why = said(row.reason, name="reason") if in_catalogue(row.reason) else {"reason_ru": "", "reason_en": ""}
    return {
        **{name: row._mapping[name] for name in _MESSAGE},
        **why,
        "receipts": came,
        "can_resend": row.state not in _UNDER_WAY and row.address != "",
    }


def _receipts(connection: Connection, ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    rows = connection.execute(select(receipts).where(receipts.c.notification_id.in_(ids)).order_by(receipts.c.id))
    for row in rows:
        found.setdefault(row.notification_id, []).append({"at": row.at, "word": row.word, "taken": bool(row.taken)})
    return found


def _problem(problem: KvitError) -> dict[str, Any]:
    return {
        "code": problem.code,
        "refused": isinstance(problem, Refused),
        **said(problem.code, problem.values),
        **hinted(problem.code, problem.values),
        "line": problem.values.get("line") or 0,
    }
