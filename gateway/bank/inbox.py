"""The inbox: store raw, commit, prove, acknowledge, and only then let anybody read.

A reply that does not hold is kept with its reason and raises an alarm; the file is asked for again at the next poll,
so an honest copy is never missed. A message that was proved stays "proved" until all its lines are taken: whatever
interrupts the work, it is taken up again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy import bindparam, case, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from gateway.bank.archive import message_row, raw_reply, waiting
from gateway.bank.channel import Channel, FileRef, Proven, RefusedReply, Reply
from gateway.bank.tables import messages, offers, polls
from gateway.core.clock import from_text, to_text
from gateway.core.errors import Corrupt, KvitError, Refused, Unavailable
from gateway.core.ids import new_id
from gateway.store import Store, Unit, alarms, marks
from gateway.store.driver import Command, Query
from gateway.store.schema import AnyRow, blobs, dumps

_log = structlog.get_logger("bank.inbox")

# How far back each poll looks: late and out-of-order files are found again within it, known ones cost nothing.
OVERLAP = timedelta(days=7)
_ACCEPTED = ("proved", "taken", "unreadable")
_LISTS = ("downloadFileList", "GetPackList")
# Wait before asking again for a file that was refused so many times: never at first, an hour in the end.
_PAUSES = tuple(timedelta(seconds=s) for s in (0, 0, 0, 60, 300, 900, 3600))
# What a bad line or a busy bank does; everything else about a reply may be somebody's doing.
_PASSING = frozenset(
    f"bank.{what}"
    for what in (
        "away", "slow", "fault", "empty", "truncated", "too_large", "response_refused", "response_vague",
        "server_untrusted", "client_refused", "busy", "session_refused", "logon_unreadable",
        "otp_needed", "otp_wrong", "stopped",
    )
) | frozenset(
    f"signing.{what}"  # a token that was pulled out, or whose PIN somebody has to put right
    for what in ("token_gone", "token_failed", "wrong_pin", "pin_locked", "pin_last_try", "pin_not_ready")
) | {"gost.unavailable"}  # fmt: skip
_PER_QUERY = 500
_AWAY_ENOUGH = 3  # files in a row the bank did not give: it is away, and each further one would wait as long

_FORGET = Command(
    delete(offers).where(*(offers.c[name] == bindparam(name) for name in ("company", "channel", "reference")))
)
_REFUSED_BEFORE = Query(
    select(messages.c.id, messages.c.reason, messages.c.reason_values).where(
        *(messages.c[name] == bindparam(name) for name in ("company", "channel", "reference", "sha256")),
        messages.c.state == "refused",
    )
)


@dataclass
class Polled:
    """One poll of one channel.

    Attributes:
        result: "new", "nothing_new" or "failed".
        accepted: ids of messages proved in this poll, in the bank's order.
        refused: (reference, reason code) of replies that did not hold.
        error: why the poll failed.
        owed: the bank still has files for us that we could not take; the window stays open for them.
        away: files in a row the bank did not give.
        cursor: where the next listing may begin, if that has moved.
    """

    channel: str
    result: str = "nothing_new"
    accepted: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    error: KvitError | None = None
    owed: bool = False
    away: int = 0
    cursor: str = ""


def poll(store: Store, channel: Channel, *, stopped: Callable[[], bool] = lambda: False) -> Polled:
    """Ask the bank once and bring in every file not accepted yet.

    What a crash left stored but not judged is judged first, so that it is not fetched a second time.

    Never raises for what the bank does: the outcome, good or bad, is in the answer, in table `polls` and in alarms.

    Raises:
        Unavailable: `store.unreachable` only.
    """
    started = store.clock.monotonic()
    polled = Polled(channel.name)
    _judge_left_over(store, channel, polled)
    try:
        cursor = _cursor(store, channel.name)
        listing = channel.list_files(_since(store, channel.name), cursor)
        refs = _offered(store, channel.name, listing.files)
        have, later, tired = _not_now(store, channel.name, [ref.reference for ref in refs])
        lost = tired - {ref.reference for ref in listing.files}
        _forget_offers(store, channel.name, have, lost)
        wanted = [ref for ref in refs if ref.reference not in have | later | lost]
        for ref in wanted:
            if stopped() or polled.away >= _AWAY_ENOUGH:
                break
            _bring(store, channel, ref, polled)
        polled.owed = bool(later or polled.refused or stopped() or polled.away >= _AWAY_ENOUGH)
        polled.cursor = listing.cursor if listing.cursor != cursor else ""
        polled.result = "new" if polled.accepted else "failed" if polled.refused else "nothing_new"
    except RefusedReply as error:
        keep_refused(store, channel.name, error.reply, error, file_type="list")
        polled.refused.append((error.reply.request.operation, error.code))
        polled.result, polled.error = "failed", error
    except (Unavailable, Refused, Corrupt) as error:
        polled.result, polled.error = "failed", error
    _note(store, polled, int((store.clock.monotonic() - started) * 1000))
    return polled


def _judge_left_over(store: Store, channel: Channel, polled: Polled) -> None:
    for message in waiting(store):
        if message.channel != channel.name or message.state != "stored":
            continue
        try:
            reason = prove(store, channel, message.id, raw_reply(store, message.id))
        except Corrupt as error:
            with store.unit() as unit:
                _refuse(unit, channel.name, message.reference, message.id, error)
                unit.commit()
            reason = error.code
        if reason is None:
            polled.accepted.append(message.id)
        else:
            polled.refused.append((message.reference, reason))


def _since(store: Store, channel: str) -> date | None:
    with store.reading() as connection:
        last = marks.get(connection, store.company, f"bank.last_good:{channel}")
    if last is None:
        return None
    # However long we were away: what the bank no longer keeps then shows as a gap in the balances, not as silence.
    return (from_text(last) - OVERLAP).date()


def _cursor(store: Store, channel: str) -> str:
    with store.reading() as connection:
        return str(marks.get(connection, store.company, f"bank.cursor:{channel}") or "")


def _offered(store: Store, channel: str, listed: Sequence[FileRef]) -> list[FileRef]:
    """What the bank offers now, after what it has offered before and we still do not have.

    The names are written down, durably, before the first of them is fetched: see table `offers`.
    """
    place = (offers.c.company == store.company) & (offers.c.channel == channel)
    with store.reading() as connection:
        rows = connection.execute(select(offers).where(place).order_by(offers.c.position)).all()
    open_offers = {
        row.reference: FileRef(
            row.reference,
            row.file_type,
            from_text(row.created_at) if row.created_at else None,
            service_id=row.service_id,
        )
        for row in rows
    }
    known = _known(store, channel, [ref.reference for ref in listed])
    once = {ref.reference: ref for ref in listed}
    fresh = [ref for name, ref in once.items() if name not in open_offers and name not in known]
    if fresh:
        position = max((row.position for row in rows), default=0)
        with store.unit() as unit:
            unit.insert(
                offers,
                *(
                    {
                        "company": store.company,
                        "channel": channel,
                        "reference": ref.reference,
                        "position": position + number,
                        "file_type": ref.file_type,
                        "service_id": ref.service_id,
                        "created_at": to_text(ref.created) if ref.created else None,
                        "offered_at": unit.at,
                    }
                    for number, ref in enumerate(fresh, start=1)
                ),
            )
            unit.commit()
    return [*(once.get(name, ref) for name, ref in open_offers.items()), *fresh]


def _known(store: Store, channel: str, references: Sequence[str]) -> set[str]:
    """Those of these files that were accepted before."""
    found: set[str] = set()
    with store.reading() as connection:
        for start in range(0, len(references), _PER_QUERY):
            found.update(
                connection.execute(
                    select(messages.c.reference).where(
                        messages.c.company == store.company,
                        messages.c.channel == channel,
                        messages.c.reference.in_(references[start : start + _PER_QUERY]),
                        messages.c.state.in_(_ACCEPTED),
                    )
                ).scalars()
            )
    return found


def _forget_offers(store: Store, channel: str, have: set[str], lost: set[str]) -> None:
    """A crash between accepting a file and forgetting its offer leaves an offer of something we have; and a bank may
    name a file, refuse to give it again and again, and name it no more."""
    if not have and not lost:
        return
    with store.unit() as unit:
        for reference in have | lost:
            _forget_offer(unit, channel, reference)
        for reference in lost:
            alarms.raise_alarm(unit, "bank.offer_lost", f"{channel}/{reference}", {"reference": reference})
        unit.commit()


def _forget_offer(unit: Unit, channel: str, reference: str) -> None:
    _FORGET.run(unit.connection, company=unit.company, channel=channel, reference=reference)


def _not_now(store: Store, channel: str, references: Sequence[str]) -> tuple[set[str], set[str], set[str]]:
    """Files to leave alone in this poll: those we have, and those refused so often that asking again has to wait.

    Every refused reply is kept, so a file that is refused for days must not fill the disk.

    Returns:
        (we have it, not now, refused as often as it gets).
    """
    now = store.clock.now()
    have: set[str] = set()
    later: set[str] = set()
    tired: set[str] = set()
    with store.reading() as connection:
        for start in range(0, len(references), _PER_QUERY):
            rows = connection.execute(
                select(
                    messages.c.reference,
                    func.max(messages.c.received_at).label("last"),
                    func.count().label("times"),
                    func.sum(case((messages.c.state.in_(_ACCEPTED), 1), else_=0)).label("accepted"),
                )
                .where(
                    messages.c.company == store.company,
                    messages.c.channel == channel,
                    messages.c.reference.in_(references[start : start + _PER_QUERY]),
                )
                .group_by(messages.c.reference)
            )
            for row in rows:
                if row.accepted:
                    have.add(row.reference)
                elif now - from_text(row.last) < _PAUSES[min(row.times, len(_PAUSES) - 1)]:
                    later.add(row.reference)
                if not row.accepted and row.times >= len(_PAUSES):
                    tired.add(row.reference)
    return have, later, tired


def _bring(store: Store, channel: Channel, ref: FileRef, polled: Polled) -> None:
    try:
        reply = channel.fetch(ref)
    except RefusedReply as error:
        keep_refused(store, channel.name, error.reply, error, file_type=ref.file_type)
        polled.refused.append((ref.reference, error.code))
        return
    except (Unavailable, Refused) as error:
        polled.refused.append((ref.reference, error.code))
        polled.error = error
        polled.away += isinstance(error, Unavailable)
        return
    polled.away = 0
    message_id = keep(store, channel.name, ref, reply)
    if message_id is None and _holds(channel, reply):
        # Refused once, and the rules were put right since: a new certificate of the bank's, an anchor that was missing.
        message_id = keep(store, channel.name, ref, reply, anew=True)
    if message_id is None:
        polled.refused.append((ref.reference, "bank.replayed"))
        return
    reason = prove(store, channel, message_id, reply)
    if reason is not None:
        polled.refused.append((ref.reference, reason))
        return
    polled.accepted.append(message_id)
    channel.acknowledge(ref)


def keep(store: Store, channel: str, ref: FileRef, reply: Reply, *, anew: bool = False) -> str | None:
    """Write the raw bytes down, durably, before anything looks at them.

    Args:
        anew: also where these very bytes were refused before.

    Returns:
        The message's id; None when these very bytes were refused before (nothing new to judge, but the alarm counts).
    """
    digest = hashlib.sha256(reply.raw).hexdigest()
    with store.unit() as unit:
        again = _REFUSED_BEFORE.first(
            unit.connection, company=store.company, channel=channel, reference=ref.reference, sha256=digest
        )
        if again is not None and not anew:
            alarms.raise_alarm(
                unit, again.reason, f"{channel}/{ref.reference}", json.loads(again.reason_values or "{}")
            )
            unit.commit()
            return None
        message_id = _insert(unit, channel, ref.reference, ref.file_type, reply, digest, "stored")
        unit.commit()
    return message_id


def keep_refused(store: Store, channel: str, reply: Reply, error: KvitError, *, file_type: str) -> str:
    """Keep the bytes of a reply that was refused before it could be stored as a message."""
    with store.unit() as unit:
        reference = reply.request.reference or reply.request.operation
        digest = hashlib.sha256(reply.raw).hexdigest()
        message_id = _insert(unit, channel, reference, file_type, reply, digest, "stored")
        _refuse(unit, channel, reference, message_id, error)
        unit.commit()
    return message_id


def _insert(unit: Unit, channel: str, reference: str, file_type: str, reply: Reply, digest: str, state: str) -> str:
    dialect = postgresql if unit.connection.dialect.name == "postgresql" else sqlite
    unit.connection.execute(dialect.insert(blobs).values(sha256=digest, bytes=reply.raw).on_conflict_do_nothing())
    message_id = new_id()
    unit.insert(
        messages,
        {
            "id": message_id,
            "company": unit.company,
            "channel": channel,
            "reference": reference,
            "file_type": file_type,
            "request": reply.request.to_json(),
            "transport": dumps(reply.transport),
            "received_at": to_text(reply.received_at),
            "sha256": digest,
            "size": len(reply.raw),
            "state": state,
        },
    )
    unit.journal(
        "message.stored",
        f"message:{message_id}",
        channel=channel,
        reference=reference,
        sha256=digest,
        size=len(reply.raw),
    )
    return message_id


class Prover(Protocol):
    """The part of a channel that judges stored bytes."""

    @property
    def name(self) -> str:
        """As in `Channel`."""

    def prove(self, reply: Reply, at: datetime) -> Proven:
        """See `Channel.prove`."""


def prove(store: Store, channel: Prover, message_id: str, reply: Reply) -> str | None:
    """Judge a stored message, as of the instant it was received; returns the reason code when it is refused.

    One that cannot be judged here and now (what verifies it is not installed) stays as it is, with an alarm.
    """
    try:
        proven = _proven(channel, reply)
    except Unavailable as error:
        with store.unit() as unit:
            row = message_row(unit.connection, store.company, message_id)
            alarms.raise_alarm(unit, error.code, f"{channel.name}/{row.reference}", _told(error), severity="warning")
            unit.commit()
        return error.code
    except (Corrupt, Refused) as error:
        with store.unit() as unit:
            row = message_row(unit.connection, store.company, message_id)
            _refuse(unit, channel.name, row.reference, message_id, error)
            unit.commit()
        return error.code
    with store.unit() as unit:
        row = message_row(unit.connection, store.company, message_id)
        _accept(unit, row, proven)
        _forget_offer(unit, channel.name, row.reference)
        _end_passing_alarms(unit, f"{channel.name}/{row.reference}")
        unit.commit()
    return None


def _told(error: KvitError) -> dict[str, str]:
    return {name: str(value)[:200] for name, value in error.values.items()}


def _end_passing_alarms(unit: Unit, subject: str) -> None:
    """An honest answer ends the alarms about mishaps of the line. A forgery stays until a person has seen it."""
    for code in alarms.open_about(unit, subject):
        if code in _PASSING:
            alarms.clear(unit, code, subject)


def _proven(channel: Prover, reply: Reply) -> Proven:
    """What `prove` says. A reply our own code breaks on is refused like any other, or it would stop all polling.

    Raises:
        Corrupt, Refused: the reply does not hold.
    """
    try:
        return channel.prove(reply, reply.received_at)
    except KvitError:
        raise
    except Exception as error:
        _log.error("a reply broke the verifier", reference=reply.request.reference, exc_info=error)
        raise Corrupt("bank.malformed", what=type(error).__name__) from error


def _accept(unit: Unit, row: AnyRow, proven: Proven) -> None:
    digest = hashlib.sha256(proven.content).hexdigest()
    unit.update(
        messages,
        row.id,
        state="proved",
        evidence=proven.proof.kind,
        proof=proven.proof.to_json(),
        content_sha256=digest,
    )
    unit.journal(
        "message.proved",
        f"message:{row.id}",
        evidence=proven.proof.kind,
        signer=proven.proof.signer_sha256,
        sha256=row.sha256,
        content_sha256=digest,
    )


def _refuse(unit: Unit, channel: str, reference: str, message_id: str, error: KvitError) -> None:
    values = _told(error)
    unit.update(messages, message_id, state="refused", reason=error.code, reason_values=dumps(values), done_at=unit.at)
    unit.journal("message.refused", f"message:{message_id}", reason=error.code, values=values)
    alarms.raise_alarm(unit, error.code, f"{channel}/{reference}", values)


def _holds(channel: Prover, reply: Reply) -> bool:
    try:
        _proven(channel, reply)
    except (Corrupt, Refused):
        return False
    return True


def finish(unit: Unit, message_id: str, *, lines: int, fresh: int) -> None:
    """All lines of a message are on record."""
    unit.update(messages, message_id, state="taken", entries=lines, new_entries=fresh, done_at=unit.at)
    unit.journal("message.taken", f"message:{message_id}", lines=lines, fresh=fresh)
    unit.changed("status", "messages")


def unreadable(unit: Unit, message_id: str, error: KvitError) -> None:
    """The message is proved, but no reader understands it (or only its beginning): a person has to look."""
    row = message_row(unit.connection, unit.company, message_id)
    values = _told(error)
    unit.update(
        messages, message_id, state="unreadable", reason=error.code, reason_values=dumps(values), done_at=unit.at
    )
    unit.journal("message.unreadable", f"message:{message_id}", reason=error.code)
    alarms.raise_alarm(unit, error.code, f"{row.channel}/{row.reference}", values)


def _note(store: Store, polled: Polled, duration_ms: int) -> None:
    error = polled.error
    with store.unit() as unit:
        unit.insert(
            polls,
            {
                "id": new_id(),
                "company": store.company,
                "channel": polled.channel,
                "at": unit.at,
                "result": polled.result,
                "duration_ms": duration_ms,
                "files": len(polled.accepted),
                "refused": len(polled.refused),
                "error_code": error.code if error else polled.refused[0][1] if polled.refused else None,
                "error_values": dumps(_told(error)) if error else None,
            },
        )
        if error is None:
            # A refused file holds the window open: it must still be in it when the bank sends an honest copy.
            if not polled.owed and not polled.refused:
                marks.put(unit, f"bank.last_good:{polled.channel}", unit.at)
                if polled.cursor:
                    marks.put(unit, f"bank.cursor:{polled.channel}", polled.cursor)
            # Replies that are no file (a list) raise their alarms under the operation's name.
            for subject in (polled.channel, *(f"{polled.channel}/{name}" for name in _LISTS)):
                _end_passing_alarms(unit, subject)
        else:
            alarms.raise_alarm(
                unit,
                error.code,
                polled.channel,
                _told(error),
                severity="warning" if isinstance(error, Unavailable) else "error",
            )
        if polled.result != "nothing_new":
            unit.changed("status", "bank")
        unit.commit()
