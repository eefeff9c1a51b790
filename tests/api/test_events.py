"""The live stream: nothing lost, nothing shown to whom it does not concern, a prompt end."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from gateway.api import events
from gateway.api.app import create_app
from gateway.api.events import TOPICS, Events, Row, encode, sweep, topics_of
from gateway.api.server import ApiServer
from gateway.api.tokens import find_user, revoke_user
from gateway.core.authority import Actor, Role
from gateway.core.clock import FixedClock
from gateway.core.errors import Unavailable
from gateway.flows.terms import Terms
from gateway.store import Store
from gateway.store.schema import changes
from tests.api.conftest import ADMINISTRATOR, Desk
from tests.api.shop import COMPANY, Shop


@dataclass
class Block:
    """One block of the stream, as it came."""

    id: int | None = None
    event: str = ""
    data: Any = None
    comment: str = ""


class Reader:
    """Reads blocks of an open stream."""

    def __init__(self, reply: httpx.Response) -> None:
        self.reply = reply
        self._lines = reply.iter_lines()

    def block(self) -> Block:
        found = Block()
        for line in self._lines:
            if line == "":
                return found
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if name == "":
                found.comment = value
            elif name == "id":
                found.id = int(value)
            elif name == "event":
                found.event = value
            elif name == "data":
                found.data = json.loads(value)
        raise EOFError

    def change(self) -> Block:
        """The next block that is an event."""
        while True:
            found = self.block()
            if found.event:
                return found


@contextmanager
def listening(client: httpx.Client, last_id: int | str | None = None) -> Iterator[Reader]:
    headers = {} if last_id is None else {"Last-Event-ID": str(last_id)}
    with client.stream("GET", "/v1/events", headers=headers) as reply:
        assert reply.status_code == 200
        assert reply.headers["content-type"].startswith("text/event-stream")
        yield Reader(reply)


def newest(store: Store) -> int:
    with store.reading() as connection:
        return int(connection.execute(select(func.coalesce(func.max(changes.c.seq), 0))).scalar_one())


def test_a_change_reaches_the_listener(shop: Shop, accountant: httpx.Client) -> None:
    shop.changed("payment", "old")
    with listening(accountant) as stream:
        welcome = stream.block()
        assert (welcome.id, welcome.event) == (newest(shop.store), "")
        shop.changed("payment", "p1", "p2", "p1", minutes=3)
        got = stream.change()
        assert got.event == "change"
        assert got.data == {"topic": "payment", "ids": ["p1", "p2"], "at": "2026-11-21T09:03:00.000000Z"}
        assert got.id == newest(shop.store)


def test_a_commit_is_heard_at_once_when_somebody_says_so(shop: Shop, app: FastAPI, accountant: httpx.Client) -> None:
    app.state.events._interval = 30  # so that only the wake-up can bring it
    with listening(accountant) as stream:
        stream.block()
        started = time.monotonic()
        with shop.store.unit() as unit:
            unit.changed("payment", "p1")
            unit.after_commit(app.state.notify)
            unit.commit()
        assert stream.change().data["ids"] == ["p1"]
        assert time.monotonic() - started < 2


def test_a_change_through_the_api_is_heard(shop: Shop, manager: httpx.Client, accountant: httpx.Client) -> None:
    task = shop.task()
    with listening(accountant) as stream:
        stream.block()
        manager.post(f"/v1/tasks/{task}/take", json={})
        assert stream.change().data == {"topic": "task", "ids": [task], "at": "2026-11-21T09:00:00.000000Z"}


def test_a_gap_is_closed_from_the_table(shop: Shop, accountant: httpx.Client) -> None:
    shop.changed("payment", "p0")
    last = newest(shop.store)
    shop.changed("payment", "p1")
    shop.changed("order", "o1")
    shop.changed("payment", "p2")
    with listening(accountant, last) as stream:
        first, second = stream.change(), stream.change()
        assert {first.data["topic"]: first.data["ids"], second.data["topic"]: second.data["ids"]} == {
            "payment": ["p1", "p2"],
            "order": ["o1"],
        }
        # Cut between the two, the whole gap would come again.
        assert (first.id, second.id) == (last, newest(shop.store))


def test_a_client_that_missed_nothing_gets_nothing(shop: Shop, accountant: httpx.Client) -> None:
    shop.changed("payment", "p1")
    with listening(accountant, newest(shop.store)) as stream:
        assert stream.block().event == ""
        shop.changed("payment", "p2")
        assert stream.change().data["ids"] == ["p2"]


@pytest.mark.parametrize("case", ["swept", "future", "huge", "emptied"])
def test_a_gap_nobody_can_close_means_load_anew(
    shop: Shop, accountant: httpx.Client, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    shop.changed("payment", *(f"p{n}" for n in range(10)))
    last = 1
    with shop.store.unit() as unit:
        if case == "swept":
            unit.connection.execute(delete(changes).where(changes.c.seq <= newest(shop.store) - 2))
        if case == "emptied":
            unit.connection.execute(delete(changes))
        unit.commit()
    if case == "future":
        last = 10_000
    if case == "huge":
        monkeypatch.setattr(events, "REPLAY_LIMIT", 5)
    with listening(accountant, last) as stream:
        got = stream.change()
        assert got.event == "reset"
        assert got.id == newest(shop.store)
        shop.changed("payment", "later")
        assert stream.change().data["ids"] == ["later"]


@pytest.mark.parametrize("header", ["x", "-1", "1.5", "9" * 30, "١"])
def test_an_unreadable_event_number_is_refused(accountant: httpx.Client, header: str) -> None:
    reply = accountant.get("/v1/events", headers={"Last-Event-ID": header.encode()})
    assert reply.status_code == 400
    assert reply.json()["error"]["code"] == "api.bad_event_id"


MONEY = {"payment", "payer_rule", "registry", "registry_mapping", "outgoing"}
LOANS = {"loans", "shops"}


def test_each_role_hears_its_own_topics(shop: Shop, as_role: Callable[[str], httpx.Client]) -> None:
    heard = {
        "accountant": {*MONEY, *LOANS, "settlement", "order", "pick", "task", "alarm", "status"},
        "warehouse": {"pick", "task", "status"},
        "manager": {*LOANS, "order", "pick", "task", "alarm", "status"},
        "call_centre": {*LOANS, "task", "status"},
        "it": {"alarm", "status"},
        "director": {*MONEY, *LOANS, "settlement", "order", "pick", "task", "alarm", "status"},
    }
    for role, topics in heard.items():
        assert topics_of(Actor("x", Role(role))) == topics
    with listening(as_role("warehouse")) as stream:
        stream.block()
        shop.changed("payment", "secret")
        shop.changed("alarm", "secret")
        shop.changed("pick", "k1")
        got = stream.change()
        assert got.data["topic"] == "pick"
        assert "secret" not in json.dumps(got.data)


def test_a_topic_nobody_knows_stays_inside(shop: Shop, director: httpx.Client) -> None:
    with listening(director) as stream:
        stream.block()
        shop.changed("invoice", "i1")
        shop.changed("status", "s1")
        assert stream.change().data["topic"] == "status"
    assert set(TOPICS) == {*MONEY, *LOANS, "settlement", "order", "pick", "task", "status", "alarm"}


def test_another_companys_changes_are_not_told(shop: Shop, accountant: httpx.Client) -> None:
    with listening(accountant) as stream:
        stream.block()
        shop.put(changes, at="2026-11-21T09:00:00.000000Z", company="other", topic="payment", id="foreign")
        shop.changed("payment", "own")
        assert stream.change().data["ids"] == ["own"]


def test_silence_is_filled_with_heartbeats(accountant: httpx.Client) -> None:
    with listening(accountant) as stream:
        stream.block()
        assert [stream.block().comment, stream.block().comment] == ["heartbeat", "heartbeat"]


def test_a_revoked_user_is_cut_off(store: Store, shop: Shop, accountant: httpx.Client) -> None:
    with listening(accountant) as stream:
        stream.block()
        with store.unit(ADMINISTRATOR) as unit:
            user = find_user(unit.connection, COMPANY, "user-accountant")
            assert user is not None
            revoke_user(unit, user.id)
            unit.commit()
        stop = threading.Event()

        def busy() -> None:  # a stream that is never silent ends as well
            while not stop.wait(0.05):
                shop.changed("payment", "p")

        worker = threading.Thread(target=busy)
        worker.start()
        try:
            with pytest.raises(EOFError):
                for _ in range(100):
                    stream.block()
        finally:
            stop.set()
            worker.join()


def test_many_listeners_share_one_watcher(shop: Shop, app: FastAPI, accountant: httpx.Client) -> None:
    with listening(accountant) as one, listening(accountant) as two, listening(accountant) as three:
        for stream in (one, two, three):
            stream.block()
        assert app.state.events.listeners == 3
        assert [t.name for t in threading.enumerate()].count("kvit-events") == 1
        shop.changed("payment", "p1")
        assert [s.change().data["ids"] for s in (one, two, three)] == [["p1"]] * 3
    deadline = time.monotonic() + 5
    while app.state.events.listeners and time.monotonic() < deadline:
        shop.changed("payment", "p2")
        time.sleep(0.05)
    assert app.state.events.listeners == 0


def test_the_house_is_not_filled_with_streams(accountant: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "MAX_LISTENERS", 1)
    with listening(accountant) as stream:
        stream.block()
        reply = accountant.get("/v1/events")
        assert reply.status_code == 503
        assert reply.json()["error"]["code"] == "api.too_many_streams"
        assert int(reply.headers["retry-after"]) > 0


def test_a_database_away_for_a_moment_breaks_no_stream(
    store: Store, shop: Shop, accountant: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listening(accountant) as stream:
        stream.block()

        def away() -> None:
            raise Unavailable("store.unreachable", reason="x")

        with monkeypatch.context() as patch:
            patch.setattr(store, "reading", away)
            assert stream.block().comment == "heartbeat"
            assert stream.block().comment == "heartbeat"
        shop.changed("payment", "after")
        assert stream.change().data["ids"] == ["after"]


def test_streams_end_promptly_when_the_service_stops(
    store: Store, terms: Terms, desk: Desk, tokens: dict[str, str]
) -> None:
    app = create_app(store, terms, desk, desk.poll_now, "0.1.0")
    server = ApiServer(app)
    url = server.start()
    headers = {"Authorization": f"Bearer {tokens['accountant']}"}
    with httpx.Client(base_url=url, headers=headers, trust_env=False) as client, listening(client) as stream:
        stream.block()
        started = time.monotonic()
        server.stop()
        assert time.monotonic() - started < 2.5
        with pytest.raises(EOFError):
            stream.block()
    assert not server.running
    assert "kvit-events" not in {t.name for t in threading.enumerate()}


def test_a_closed_hub_takes_nobody_in(store: Store) -> None:
    hub = Events(store)
    hub.close()
    with pytest.raises(Unavailable):
        hub._join(events.Listener(None))  # type: ignore[arg-type]  # no loop is needed to be turned away


@given(
    rows=st.lists(st.tuples(st.sampled_from(["payment", "order", "pick", "junk"]), st.integers(0, 3)), min_size=1),
    cut=st.integers(0, 10),
)
def test_a_stream_cut_anywhere_loses_nothing(rows: list[tuple[str, int]], cut: int) -> None:
    """The client keeps the number of the last whole block it got; all of later rows must still be ahead of it."""
    topics = frozenset({"payment", "order", "pick"})
    numbered = [Row(seq, "t", topic, f"{topic}{n}") for seq, (topic, n) in enumerate(rows, start=11)]
    blocks = [b for b in encode(numbered, topics, 10).decode().split("\n\n") if b]
    got = blocks[:cut]
    seen: set[str] = set()
    last = 10
    for block in got:
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        last = int(fields["id"])
        seen |= set(json.loads(fields["data"])["ids"])
    still_ahead = {r.id for r in numbered if r.seq > last and r.topic in topics}
    assert seen | still_ahead == {r.id for r in numbered if r.topic in topics}


def test_old_changes_are_swept_and_the_newest_stays(store: Store, shop: Shop, clock: FixedClock) -> None:
    shop.changed("payment", "old", minutes=-60 * 24 * 5)
    shop.changed("payment", "young", minutes=-5)
    with store.unit() as unit:
        assert sweep(unit) == 1
        unit.commit()
    clock.advance(timedelta(days=30))
    with store.unit() as unit:
        assert sweep(unit) == 0
        unit.connection.execute(delete(changes))
        assert sweep(unit) == 0
