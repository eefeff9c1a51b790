"""What IT looks at: parts of the house, polls, messages, what could not be sent, the journal."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from gateway.api.reads.status import component
from gateway.api.reads.texts import said, stored_map
from gateway.api.room import Room
from gateway.bank.tables import messages, polls
from gateway.core.errors import Corrupt
from gateway.store import journal, marks
from gateway.store import outbox as outbox_rows
from gateway.store.schema import blobs, outbox

POLLS, MESSAGES, LETTERS = 50, 100, 200
VERIFIED_MARK = "journal.verified_at"  # the daemon puts the instant of its last full walk here


def health(connection: Connection, room: Room) -> dict[str, Any]:
    """The whole answer of /v1/health."""
    company = room.store.company
    head = journal.head(connection)
    waiting, dead = outbox_rows.counts(connection, company)
    return {
        "components": [component(finding) for finding in room.status.components()],
        "polls": newest_polls(connection, company),
        "dead_letters": _dead_letters(connection, company),
        "messages": _messages(connection, company),
        "journal": {
            "rows": head.seq,
            "head": head.hash,
            "verified_at": marks.get(connection, company, VERIFIED_MARK),
        },
        "outbox": {"waiting": waiting, "dead": dead},
    }


def newest_polls(connection: Connection, company: str) -> list[dict[str, Any]]:
    """The last rows of the table of polls, newest first."""
    rows = connection.execute(select(polls).where(polls.c.company == company).order_by(polls.c.id.desc()).limit(POLLS))
    return [
        {
            "at": row.at,
            "channel": row.channel,
            "result": row.result,
            "duration_ms": row.duration_ms,
            "files": row.files,
            "error_code": row.error_code,
        }
        for row in rows
    ]


def _dead_letters(connection: Connection, company: str) -> list[dict[str, Any]]:
    rows = connection.execute(
        select(outbox)
        .where(outbox.c.company == company, outbox.c.dead_at.is_not(None), outbox.c.done_at.is_(None))
        .order_by(outbox.c.id)
        .limit(LETTERS)
    )
    return [
        {
            "id": row.id,
            "topic": row.topic,
            "key": row.key,
            "attempts": row.attempts,
            "last_error": row.last_error or "",
            "created_at": row.created_at,
        }
        for row in rows
    ]


def _messages(connection: Connection, company: str) -> list[dict[str, Any]]:
    rows = connection.execute(
        select(messages)
        .where(messages.c.company == company)
        .order_by(messages.c.received_at.desc(), messages.c.id.desc())
        .limit(MESSAGES)
    )
    return [
        {
            "id": row.id,
            "reference": row.reference,
            "kind": row.file_type,
            "received_at": row.received_at,
            "state": row.state,
            "reason": row.reason,
            **(
                said(row.reason, stored_map(row.reason_values), "reason")
                if row.reason
                else {"reason_ru": "", "reason_en": ""}
            ),
            "size": row.size,
        }
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class RawMessage:
    """A message's bytes exactly as they came."""

    content: bytes
    sha256: str


def raw_message(connection: Connection, company: str, message_id: str) -> RawMessage | None:
    """The bytes behind a message, or None when there is no such message.

    Raises:
        Corrupt: `message.bytes_changed` when the bytes are gone or are not what was stored.
    """
    row = connection.execute(
        select(messages.c.sha256, blobs.c.bytes)
        .outerjoin(blobs, blobs.c.sha256 == messages.c.sha256)
        .where(messages.c.id == message_id, messages.c.company == company)
    ).one_or_none()
    if row is None:
        return None
    if row.bytes is None or hashlib.sha256(row.bytes).hexdigest() != row.sha256:
        raise Corrupt("message.bytes_changed", id=message_id)
    return RawMessage(bytes(row.bytes), row.sha256)
