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
from datetime import date, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from gateway.bank import offers
from gateway.bank.archive import load, message_row, raw_reply, waiting
from gateway.bank.channel import Channel, FileRef, Prover, RefusedReply, Reply
from gateway.bank.tables import messages, polls
from gateway.bank.verdicts import Verdict, end_passing_alarms, holds, judge, record, refuse, told
from gateway.core.clock import from_text, to_text
from gateway.core.errors import Corrupt, KvitError, Refused, Unavailable
from gateway.core.ids import new_id
from gateway.store import Store, Unit, alarms, marks
from gateway.store.driver import Command, Query
from gateway.store.schema import blobs, dumps

# How far back each poll looks: late and out-of-order files are found again within it, known ones cost nothing.
OVERLAP = timedelta(days=7)
_LISTS = ("downloadFileList", "GetPackList")
_AWAY_ENOUGH = 3  # files in a row the bank did not give: it is away, and each further one would wait as long

# Files that share a commit: how many, how large together, and how long the first of them may wait for it.
_MOST_SHARING = 50
_MOST_BYTES = 8 << 20
_LONGEST_S = 1.0

# the same bytes may come under several names; they are kept once
_KEEP_BYTES = {
    dialect.dialect.name: Command(
        dialect.insert(blobs).values(sha256=bindparam("sha256"), bytes=bindparam("bytes")).on_conflict_do_nothing()
    )
    for dialect in (sqlite, postgresql)
}
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
        refs = offers.remember(store, channel.name, listing.files)
        standing = offers.standing(store, channel.name, [ref.reference for ref in refs])
        lost = standing.tired - {ref.reference for ref in listing.files}
        offers.tidy(store, channel.name, standing.have, lost)
        alone = standing.have | standing.later | lost
        wanted = [ref for ref in refs if ref.reference not in alone]
        _bring_in(store, channel, wanted, polled, stopped, repeatable=listing.repeatable)
        polled.owed = bool(standing.later or polled.refused or stopped() or polled.away >= _AWAY_ENOUGH)
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
                refuse(unit, channel.name, message.reference, message.id, error)
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


def _bring_in(
    store: Store,
    channel: Channel,
    wanted: Sequence[FileRef],
    polled: Polled,
    stopped: Callable[[], bool],
    *,
    repeatable: bool,
) -> None:
    intake = _Intake(store, channel, polled, _MOST_SHARING if repeatable else 1)
    try:
        for ref in wanted:
            if stopped() or polled.away >= _AWAY_ENOUGH:
                return
            intake.bring(ref)
    finally:
        intake.settle()


class _Intake:
    """Fetches the files of one poll and keeps, proves and acknowledges them.

    Where a bank may give a file only once, its bytes are durable before the next file is asked for; where it gives a
    file again, some files share that commit, for their names are durable already. What proof says about files is
    durable with the bytes of the files behind them. So a crash leaves nothing worse than files to be fetched again
    and messages to be judged again out of their stored bytes.

    Args:
        most: files that may share a commit.
    """

    def __init__(self, store: Store, channel: Channel, polled: Polled, most: int) -> None:
        self._store = store
        self._channel = channel
        self._polled = polled
        self._most = most
        self._fetched: list[tuple[FileRef, Reply]] = []  # not durable yet
        self._fetched_since = 0.0
        self._judged: list[tuple[FileRef, Verdict]] = []  # durable bytes, a verdict that is not

    def bring(self, ref: FileRef) -> None:
        """Fetch a file; when a commit is full, keep and judge what it holds. How all went is in the poll."""
        polled = self._polled
        try:
            reply = self._channel.fetch(ref)
        except RefusedReply as error:
            keep_refused(self._store, self._channel.name, error.reply, error, file_type=ref.file_type)
            polled.refused.append((ref.reference, error.code))
            return
        except (Unavailable, Refused) as error:
            polled.refused.append((ref.reference, error.code))
            polled.error = error
            polled.away += isinstance(error, Unavailable)
            return
        polled.away = 0
        if not self._fetched:
            self._fetched_since = self._store.clock.monotonic()
        self._fetched.append((ref, reply))
        if self._is_full():
            self._keep()

    def settle(self) -> None:
        """Keep, judge and put on record whatever is left."""
        if self._fetched:
            self._keep()
        if self._judged:
            with self._store.unit() as unit:
                self._record(unit)
                unit.commit()
            self._acknowledge()

    def _is_full(self) -> bool:
        return (
            len(self._fetched) >= self._most
            or sum(len(reply.raw) for _, reply in self._fetched) >= _MOST_BYTES
            or self._store.clock.monotonic() - self._fetched_since >= _LONGEST_S
        )

    def _keep(self) -> None:
        """Make what was fetched durable, together with the verdicts on what came before it; then judge it."""
        with self._store.unit() as unit:
            self._record(unit)
            kept = [
                (ref, reply, _keep(unit, self._channel.name, ref, reply, anew=False)) for ref, reply in self._fetched
            ]
            unit.commit()
        self._fetched = []
        self._acknowledge()
        for ref, reply, message_id in kept:
            self._judge(ref, reply, message_id)

    def _judge(self, ref: FileRef, reply: Reply, message_id: str | None) -> None:
        if message_id is None and holds(self._channel, reply):
            # Refused once, and the rules were put right since: a new certificate of the bank's, a missing anchor.
            message_id = keep(self._store, self._channel.name, ref, reply, anew=True)
        if message_id is None:
            self._polled.refused.append((ref.reference, "bank.replayed"))
            return
        verdict = judge(self._channel, message_id, ref.reference, reply)
        if verdict.error is None:
            self._polled.accepted.append(message_id)
        else:
            self._polled.refused.append((ref.reference, verdict.error.code))
        self._judged.append((ref, verdict))

    def _record(self, unit: Unit) -> None:
        for _, verdict in self._judged:
            record(unit, self._channel.name, verdict)

    def _acknowledge(self) -> None:
        """The verdicts are on record: the bank may know."""
        judged, self._judged = self._judged, []
        for ref, verdict in judged:
            if verdict.error is None:
                self._channel.acknowledge(ref)


def keep(store: Store, channel: str, ref: FileRef, reply: Reply, *, anew: bool = False) -> str | None:
    """Write the raw bytes down, durably, before anything looks at them.

    Args:
        anew: also where these very bytes were refused before.

    Returns:
        The message's id; None when these very bytes were refused before (nothing new to judge, but the alarm counts).
    """
    with store.unit() as unit:
        message_id = _keep(unit, channel, ref, reply, anew=anew)
        unit.commit()
    return message_id


def _keep(unit: Unit, channel: str, ref: FileRef, reply: Reply, *, anew: bool) -> str | None:
    digest = hashlib.sha256(reply.raw).hexdigest()
    again = _REFUSED_BEFORE.first(
        unit.connection, company=unit.company, channel=channel, reference=ref.reference, sha256=digest
    )
    if again is not None and not anew:
        values = json.loads(again.reason_values or "{}")
        alarms.raise_alarm(unit, again.reason, f"{channel}/{ref.reference}", values)
        return None
    return _insert(unit, channel, ref.reference, ref.file_type, reply, digest)


def keep_refused(store: Store, channel: str, reply: Reply, error: KvitError, *, file_type: str) -> str:
    """Keep the bytes of a reply that was refused before it could be stored as a message."""
    with store.unit() as unit:
        reference = reply.request.reference or reply.request.operation
        digest = hashlib.sha256(reply.raw).hexdigest()
        message_id = _insert(unit, channel, reference, file_type, reply, digest)
        refuse(unit, channel, reference, message_id, error)
        unit.commit()
    return message_id


def _insert(unit: Unit, channel: str, reference: str, file_type: str, reply: Reply, digest: str) -> str:
    _KEEP_BYTES[unit.connection.dialect.name].run(unit.connection, sha256=digest, bytes=reply.raw)
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
            "state": "stored",
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


def prove(store: Store, channel: Prover, message_id: str, reply: Reply) -> str | None:
    """Judge a stored message, as of the instant it was received; returns the reason code when it is not believed.

    One that cannot be judged here and now (what verifies it is not installed) stays as it is, with an alarm.
    """
    verdict = judge(channel, message_id, load(store, message_id).reference, reply)
    with store.unit() as unit:
        record(unit, channel.name, verdict)
        unit.commit()
    return verdict.error.code if verdict.error else None


def finish(unit: Unit, message_id: str, *, lines: int, fresh: int) -> None:
    """All lines of a message are on record."""
    unit.update(messages, message_id, state="taken", entries=lines, new_entries=fresh, done_at=unit.at)
    unit.journal("message.taken", f"message:{message_id}", lines=lines, fresh=fresh)
    unit.changed("status", "messages")


def unreadable(unit: Unit, message_id: str, error: KvitError) -> None:
    """The message is proved, but no reader understands it (or only its beginning): a person has to look."""
    row = message_row(unit.connection, unit.company, message_id)
    values = told(error)
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
                "error_values": dumps(told(error)) if error else None,
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
                end_passing_alarms(unit, subject)
        else:
            alarms.raise_alarm(
                unit,
                error.code,
                polled.channel,
                told(error),
                severity="warning" if isinstance(error, Unavailable) else "error",
            )
        if polled.result != "nothing_new":
            unit.changed("status", "bank")
        unit.commit()
