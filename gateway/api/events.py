"""What changed, as it changes: the table `changes` → server-sent events.

One thread watches the table for all listeners, about four times a second and at once when somebody calls `notify`;
without listeners it does not run. A listener gets what it missed since its `Last-Event-ID`, then what comes. An event
is a hint to reload and may come twice; none is lost: `id` never runs ahead of what was delivered.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select

from gateway.core.authority import Actor, Right
from gateway.core.clock import to_text
from gateway.core.errors import KvitError, Unavailable
from gateway.store import Store, Unit
from gateway.store.schema import changes

log = logging.getLogger("kvit.api.events")

INTERVAL_S = 0.25
HEARTBEAT_S = 15.0
MAX_LISTENERS = 200
REPLAY_LIMIT = 2_000  # an older gap is cheaper to close by loading the screen anew
QUEUE_LIMIT = 200  # a listener that reads slower than this is told to load anew
KEEP = timedelta(days=2)

# Who may hear of what. Status concerns everybody who shows an icon.
TOPICS: dict[str, Right | None] = {
    "payment": Right.PAYMENTS_READ,
    "payer_rule": Right.PAYMENTS_READ,
    "registry": Right.PAYMENTS_READ,
    "registry_mapping": Right.PAYMENTS_READ,
    "outgoing": Right.OUTGOING_READ,
    "order": Right.ORDERS_READ,
    "pick": Right.PICKS_READ,
    "task": Right.TASKS_READ,
    "loans": Right.LOANS_READ,
    "shops": Right.LOANS_READ,
    "settlement": Right.SETTLEMENT_READ,
    "alarm": Right.HEALTH_READ,
    "status": None,
}


def topics_of(actor: Actor) -> frozenset[str]:
    """The topics an actor may hear of."""
    return frozenset(topic for topic, right in TOPICS.items() if right is None or actor.may(right))


@dataclass(frozen=True, slots=True)
class Row:
    """One row of `changes`."""

    seq: int
    at: str
    topic: str
    id: str


@dataclass(eq=False)
class Listener:
    """One open stream; its queue belongs to its own event loop."""

    loop: asyncio.AbstractEventLoop
    queue: asyncio.Queue[list[Row] | None] = field(default_factory=asyncio.Queue)
    overrun: bool = False

    def hand(self, rows: list[Row] | None) -> None:
        """Called by the watcher, from its thread."""
        try:
            self.loop.call_soon_threadsafe(self._put, rows)
        except RuntimeError:
            # The loop is closed: the listener is gone with it.
            self.overrun = True

    def _put(self, rows: list[Row] | None) -> None:
        if rows is not None and self.queue.qsize() >= QUEUE_LIMIT:
            self.overrun = True
        else:
            self.queue.put_nowait(rows)


class Events:
    """The hub between the table and the open streams. Thread-safe; serves any number of event loops."""

    def __init__(self, store: Store, *, heartbeat_s: float = HEARTBEAT_S, interval_s: float = INTERVAL_S) -> None:
        self._store = store
        self._heartbeat = heartbeat_s
        self._interval = interval_s
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._listeners: set[Listener] = set()
        self._thread: threading.Thread | None = None
        self._closed = False

    @property
    def listeners(self) -> int:
        """Open streams."""
        return len(self._listeners)

    def notify(self) -> None:
        """Something was committed: look now instead of at the next tick. From any thread."""
        self._wake.set()

    def close(self) -> None:
        """End every stream and take no new one; returns when the watcher has stopped."""
        with self._lock:
            self._closed = True
            thread = self._thread
            listeners = list(self._listeners)
        self._wake.set()
        for listener in listeners:
            listener.hand(None)
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout=5)

    async def stream(
        self, topics: frozenset[str], last_id: int | None, valid: Callable[[], bool]
    ) -> AsyncIterator[bytes]:
        """One client's stream, as bytes ready to send.

        Args:
            topics: what this client may hear of.
            last_id: the last event it has, or None for "from now on".
            valid: asked with every heartbeat whether the client is still welcome.

        Raises:
            Unavailable: `api.too_many_streams`, `api.closing`.
        """
        loop = asyncio.get_running_loop()
        listener = Listener(loop)
        try:
            start = await asyncio.to_thread(self._join, listener)
            # A block with an id and no data sets the client's Last-Event-ID and shows nothing: from here on no gap.
            first, sent = await asyncio.to_thread(self._missed, topics, last_id, start)
            yield first
            beat = loop.time() + self._heartbeat
            while not listener.overrun:
                try:
                    rows = await asyncio.wait_for(listener.queue.get(), max(0.0, beat - loop.time()))
                except TimeoutError:
                    if not await asyncio.to_thread(valid):
                        return
                    yield b": heartbeat\n\n"
                    beat = loop.time() + self._heartbeat
                    continue
                if rows is None:
                    return
                fresh = [row for row in rows if row.seq > sent]
                if fresh:
                    message = encode(fresh, topics, sent)
                    sent = fresh[-1].seq
                    if message:
                        yield message
            yield _reset(sent)
        finally:
            with self._lock:
                self._listeners.discard(listener)
            self._wake.set()

    # --- inside ------------------------------------------------------------------------------------------------------

    def _join(self, listener: Listener) -> int:
        """Register a listener; returns the number up to which it has to read the table itself."""
        seen = self._newest()
        with self._lock:
            if self._closed:
                raise Unavailable("api.closing", retry_after=5)
            if len(self._listeners) >= MAX_LISTENERS:
                raise Unavailable("api.too_many_streams", retry_after=30, limit=MAX_LISTENERS)
            # Registered before the table is read: rows that come in between are in the queue as well as in the
            # table, and the stream drops the double.
            self._listeners.add(listener)
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, args=(seen,), name="kvit-events", daemon=True)
                self._thread.start()
        return self._newest()

    def _newest(self) -> int:
        with self._store.reading() as connection:
            return int(connection.execute(select(func.coalesce(func.max(changes.c.seq), 0))).scalar_one())

    def _missed(self, topics: frozenset[str], last_id: int | None, newest: int) -> tuple[bytes, int]:
        if last_id is None or last_id == newest:
            return b": welcome\nid: %d\n\n" % newest, newest
        with self._store.reading() as connection:
            oldest = connection.execute(select(func.min(changes.c.seq))).scalar_one()
            # Unknown numbers (another database, a restored copy) and rows already swept are gaps nobody can close.
            if last_id > newest or oldest is None or last_id < oldest - 1 or newest - last_id > REPLAY_LIMIT:
                return _reset(newest), newest
            rows = self._read(connection, last_id, newest)
        head = b": welcome back\n\n"
        return head + encode(rows, topics, last_id) + b"id: %d\n\n" % newest, newest

    def _read(self, connection: Any, after: int, up_to: int | None = None) -> list[Row]:
        query = select(changes.c.seq, changes.c.at, changes.c.topic, changes.c.id).where(
            changes.c.seq > after, changes.c.company == self._store.company
        )
        if up_to is not None:
            query = query.where(changes.c.seq <= up_to)
        return [Row(*row) for row in connection.execute(query.order_by(changes.c.seq).limit(REPLAY_LIMIT))]

    def _watch(self, seen: int) -> None:
        failing = False
        while True:
            self._wake.wait(self._interval)
            self._wake.clear()
            with self._lock:
                if self._closed or not self._listeners:
                    self._thread = None
                    return
            try:
                with self._store.reading() as connection:
                    rows = self._read(connection, seen)
                failing = False
            except KvitError as error:
                if not failing:
                    log.warning("cannot watch for changes: %s", error)
                failing = True
                continue
            if not rows:
                continue
            seen = rows[-1].seq
            if len(rows) == REPLAY_LIMIT:
                self._wake.set()
            with self._lock:
                listeners = list(self._listeners)
            for listener in listeners:
                listener.hand(rows)


def encode(rows: Sequence[Row], topics: Iterable[str], delivered: int) -> bytes:
    """Rows as events, one per topic.

    Every event but the last carries the number delivered before, so that a stream cut in the middle is repeated
    rather than lost.

    Args:
        delivered: the number the client already has.
    """
    by_topic: dict[str, list[Row]] = {}
    for row in rows:
        by_topic.setdefault(row.topic, []).append(row)
    wanted = [topic for topic in by_topic if topic in set(topics)]
    blocks: list[bytes] = []
    for topic in wanted:
        of_topic = by_topic[topic]
        number = rows[-1].seq if topic == wanted[-1] else delivered
        data = {"topic": topic, "ids": list(dict.fromkeys(r.id for r in of_topic)), "at": of_topic[-1].at}
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        blocks.append(f"id: {number}\nevent: change\ndata: {text}\n\n".encode())
    return b"".join(blocks)


def _reset(newest: int) -> bytes:
    return b"id: %d\nevent: reset\ndata: {}\n\n" % newest


def sweep(unit: Unit, keep: timedelta = KEEP) -> int:
    """Forget changes older than `keep`; clients that slept longer load anew. The newest row always stays.

    Returns:
        How many rows went.
    """
    newest = unit.connection.execute(select(func.max(changes.c.seq))).scalar_one()
    if newest is None:
        return 0
    return unit.connection.execute(
        delete(changes).where(changes.c.at < to_text(unit.now - keep), changes.c.seq < newest)
    ).rowcount
