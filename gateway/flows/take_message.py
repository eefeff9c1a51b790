"""One proved bank message, from stored bytes to recorded lines: read, taken line by line, finished."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import OperationalError

from gateway.bank import archive, inbox, statements
from gateway.bank.channel import DocumentKind, Prover
from gateway.bank.formats.reading import read
from gateway.bank.statements import Frames
from gateway.core.errors import Corrupt, KvitError, Refused, Unavailable
from gateway.flows.paid_to_pick import Taken, take_lines
from gateway.flows.pay_out_told import take_status
from gateway.flows.terms import Terms
from gateway.payments import service as payments
from gateway.payments.model import Source
from gateway.store import Store, alarms

_log = structlog.get_logger("flows.take_message")


def take_message(
    store: Store,
    terms: Terms,
    channel: Prover,
    message_id: str,
    *,
    progress: Callable[[Taken], None] | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> Taken:
    """Take a proved message; may be interrupted anywhere and repeated without harm.

    The stored bytes are proved once more on the way, so what is read is what was signed, whatever happened between.
    A message no reader understands becomes "unreadable", with an alarm; lines before the break are kept. One that we
    break on stays as it is, with an alarm, and is tried again: it must not hold up those behind it.

    Raises:
        Unavailable: the database is away.
    """
    try:
        return _take(store, terms, channel, message_id, progress, stopped)
    except (Unavailable, OperationalError):
        raise
    except Exception as error:
        reason = error.code if isinstance(error, KvitError) else type(error).__name__
        _log.error("message not taken", message=message_id, reason=reason, exc_info=error)
        with store.unit() as unit:
            alarms.raise_alarm(unit, "message.not_taken", f"message:{message_id}", {"reason": reason})
            unit.commit()
        return Taken()


def _take(
    store: Store,
    terms: Terms,
    channel: Prover,
    message_id: str,
    progress: Callable[[Taken], None] | None,
    stopped: Callable[[], bool],
) -> Taken:
    message = archive.load(store, message_id)
    frames = Frames()
    taken = Taken()
    try:
        reply = archive.raw_reply(store, message_id)
        proven = channel.prove(reply, reply.received_at)
        for document in proven.documents:
            if document.kind is DocumentKind.STATEMENT:
                evidence = document.proof.kind if document.proof else message.evidence
                taken += take_lines(
                    store,
                    terms,
                    Source(message_id, evidence, message.received_at),
                    frames.watch(read(document.format, document.content)),
                    space="" if document.format == "camt" else document.format,
                    progress=progress,
                    stopped=stopped,
                )
    except Corrupt as error:
        with store.unit() as unit:
            inbox.unreadable(unit, message_id, error)
            unit.commit()
        return taken
    if stopped():
        return taken
    with store.unit() as unit:
        for document in proven.documents:
            if document.kind is DocumentKind.ORDER_STATUS:
                take_status(unit, terms, message.channel, message_id, document)
        for frame in frames.frames:
            statements.note(unit, message_id, frame, closing_always_debit=terms.closing_always_debit)
        heads = [frame.head for frame in frames.frames]
        for account in dict.fromkeys(head.account for head in heads if head.kind in statements.FINAL):
            statements.check_chain(unit, account, terms.zone)
        if taken.failed:
            alarms.raise_alarm(unit, "message.lines_failed", f"message:{message_id}", {"count": taken.failed})
        else:
            alarms.clear(unit, "message.lines_failed", f"message:{message_id}")
            alarms.clear(unit, "message.not_taken", f"message:{message_id}")
            alarms.clear_all(unit, "line.failed", f"{message_id}:")
            # An earlier try may have taken a part already.
            fresh = payments.count_of_message(unit, message_id)
            inbox.finish(unit, message_id, lines=taken.lines, fresh=fresh)
        unit.commit()
    return taken


@dataclass(frozen=True, slots=True)
class Reread:
    """A stored message, read again with today's readers.

    Attributes:
        state: as it is now.
        error: why it could not be read or proved, a code; "" when it was.
    """

    message_id: str
    channel: str
    state: str
    taken: Taken
    error: str = ""


def reimport(
    store: Store,
    terms: Terms,
    channels: Mapping[str, Prover],
    message_id: str,
    *,
    progress: Callable[[Taken], None] | None = None,
) -> Reread:
    """Read a stored message again, as if it had just been proved; lines on record stay as they are, new ones come.

    A message that was refused stays refused: what does not hold today would be judged by the same rules.

    Args:
        channels: by name, those that can prove.

    Raises:
        Refused: `message.unknown`, `message.no_channel`, `message.was_refused`.
        Unavailable: the database is away.
    """
    message = archive.load(store, message_id)
    if message.state == "refused":
        raise Refused("message.was_refused", id=message_id)
    channel = channels.get(message.channel)
    if channel is None:
        raise Refused("message.no_channel", id=message_id, channel=message.channel)
    reply = archive.raw_reply(store, message_id)
    if message.state == "stored":
        inbox.prove(store, channel, message_id, reply)
    with store.unit() as unit:
        unit.journal("message.reread", f"message:{message_id}", state=message.state)
        unit.commit()
    error = ""
    try:
        for document in channel.prove(reply, reply.received_at).documents:
            if document.kind is DocumentKind.STATEMENT:
                for _ in read(document.format, document.content):
                    pass
    except Corrupt as problem:
        error = problem.code
    taken = Taken() if error and message.state == "taken" else take_message(store, terms, channel, message_id)
    if progress is not None:
        progress(taken)
    now = archive.load(store, message_id)
    if now.state == "taken" and message.state == "unreadable":
        with store.unit() as unit:
            for code in alarms.open_about(unit, f"{message.channel}/{message.reference}"):
                alarms.clear(unit, code, f"{message.channel}/{message.reference}")
            unit.commit()
    return Reread(message_id, message.channel, now.state, taken, error)
