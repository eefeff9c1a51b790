"""Stored messages of the bank, read back: for judging again, for evidence, for the screens."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from gateway.bank.channel import Proof, Reply, Request
from gateway.bank.tables import messages, polls
from gateway.core.clock import from_text
from gateway.core.errors import Corrupt, Refused
from gateway.store import Store
from gateway.store.driver import Query
from gateway.store.schema import AnyRow, blobs

_MESSAGE = Query(select(messages).where(messages.c.id == bindparam("id"), messages.c.company == bindparam("company")))


@dataclass(frozen=True, slots=True)
class Message:
    """A stored message.

    Attributes:
        state: "stored", "proved", "taken", "unreadable" or "refused".
        evidence: how it was proved, "" while it is not.
    """

    id: str
    channel: str
    reference: str
    file_type: str
    received_at: datetime
    sha256: str
    state: str
    evidence: str


def waiting(store: Store) -> list[Message]:
    """Messages that are not finished, oldest first: stored but not judged, or proved but not wholly taken."""
    with store.reading() as connection:
        rows = connection.execute(
            select(messages)
            .where(messages.c.company == store.company, messages.c.state.in_(("stored", "proved")))
            .order_by(messages.c.id)
        ).all()
    return [_message(row) for row in rows]


def readable(store: Store, channels: Collection[str]) -> list[str]:
    """Ids of the messages of these channels that were proved, oldest first."""
    with store.reading() as connection:
        return list(
            connection.execute(
                select(messages.c.id)
                .where(
                    messages.c.company == store.company,
                    messages.c.channel.in_(list(channels)),
                    messages.c.state.in_(("proved", "taken", "unreadable")),
                )
                .order_by(messages.c.id)
            ).scalars()
        )


def load(store: Store, message_id: str) -> Message:
    """One message.

    Raises:
        Refused: `message.unknown`.
    """
    with store.reading() as connection:
        return _message(message_row(connection, store.company, message_id))


def raw_reply(store: Store, message_id: str) -> Reply:
    """The stored bytes with what was asked, fit for `Channel.prove`.

    Raises:
        Refused: `message.unknown`.
        Corrupt: `message.bytes_changed` when the stored bytes are not those that came.
    """
    with store.reading() as connection:
        row = message_row(connection, store.company, message_id)
        raw = connection.execute(select(blobs.c.bytes).where(blobs.c.sha256 == row.sha256)).scalar_one()
    if hashlib.sha256(raw).hexdigest() != row.sha256:
        raise Corrupt("message.bytes_changed", id=message_id)
    return Reply(
        request=Request.from_json(row.request),
        raw=raw,
        received_at=from_text(row.received_at),
        transport=json.loads(row.transport),
    )


def proof_of(store: Store, message_id: str) -> Proof | None:
    """How a message was proved; None while it is not."""
    with store.reading() as connection:
        row = message_row(connection, store.company, message_id)
    return Proof.from_json(row.proof) if row.proof else None


def last_poll(store: Store, channel: str) -> AnyRow | None:
    """The newest row of `polls` for a channel."""
    with store.reading() as connection:
        return connection.execute(
            select(polls)
            .where(polls.c.company == store.company, polls.c.channel == channel)
            .order_by(polls.c.at.desc())
            .limit(1)
        ).one_or_none()


def message_row(connection: Any, company: str, message_id: str) -> AnyRow:
    row = _MESSAGE.one_or_none(connection, id=message_id, company=company)
    if row is None:
        raise Refused("message.unknown", id=message_id)
    return row


def _message(row: AnyRow) -> Message:
    return Message(
        row.id,
        row.channel,
        row.reference,
        row.file_type,
        from_text(row.received_at),
        row.sha256,
        row.state,
        row.evidence or "",
    )
