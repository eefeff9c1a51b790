"""The event stream: parsing, reconnecting, gaps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from gui.api.client import Client
from gui.api.connection import Connection
from gui.api.events import BACK_OFF_S, EventStream, SseParser
from gui.api.fake import FakeDaemon, World
from gui.api.fake.world import KEPT_EVENTS

STREAM = (
    ": welcome\nid: 7\n\n"
    'id: 8\nevent: change\ndata: {"topic":"payment",\ndata: "ids":["ё"]}\n\n'
    ": beat\n\n"
    "event: reset\ndata: {}\r\n\r\n"
).encode()


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_bytes_cut_anywhere_give_the_same_events(size: int):
    parser = SseParser()
    found = [e for i in range(0, len(STREAM), size) for e in parser.feed(STREAM[i : i + size])]
    assert [(e.kind, e.id) for e in found] == [("change", "8"), ("reset", "8")]
    assert found[0].data == '{"topic":"payment",\n"ids":["ё"]}'


def test_an_id_without_data_moves_the_place_to_go_on_from():
    parser = SseParser()
    assert parser.feed(b"id: 41\n\n") == []
    assert parser.last_id == "41"


def test_the_back_off_is_the_agreed_one():
    assert BACK_OFF_S == (1, 2, 5, 10, 30)


@pytest.fixture
def stream(qtbot: QtBot, daemon: FakeDaemon) -> Iterator[EventStream]:
    client = Client()
    client.use(Connection(daemon.url, daemon.token))
    made = EventStream(client, client, second_ms=20)
    with qtbot.waitSignal(made.connected, timeout=20000):
        made.start()
    yield made
    made.stop()
    client.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_a_change_is_heard(qtbot: QtBot, stream: EventStream, world: World):
    with qtbot.waitSignal(stream.changed, timeout=20000) as heard:
        world.tell("payment", "p-1")
    assert heard.args[0].topic == "payment"
    assert heard.args[0].ids == ("p-1",)
    assert stream.last_id == str(world.seq)


def test_after_a_break_the_missed_changes_come(qtbot: QtBot, stream: EventStream, daemon: FakeDaemon, world: World):
    with qtbot.waitSignal(stream.changed, timeout=20000):
        world.tell("payment", "p-1")
    with qtbot.waitSignal(stream.disconnected, timeout=20000):
        daemon.break_streams()
    world.tell("order", "o-1")
    world.tell("pick", "k-1")
    topics: list[str] = []
    stream.changed.connect(lambda change: topics.append(change.topic))
    daemon.mend_streams()
    qtbot.waitUntil(lambda: topics == ["order", "pick"], timeout=20000)


def test_a_gap_that_is_too_old_asks_to_load_everything(
    qtbot: QtBot, stream: EventStream, daemon: FakeDaemon, world: World
):
    with qtbot.waitSignal(stream.changed, timeout=20000):
        world.tell("payment", "p-1")
    with qtbot.waitSignal(stream.disconnected, timeout=20000):
        daemon.break_streams()
    for number in range(KEPT_EVENTS + 5):
        world.tell("payment", f"p-{number}")
    with qtbot.waitSignal(stream.reset, timeout=20000):
        daemon.mend_streams()


def test_an_event_nobody_understands_loads_everything(qtbot: QtBot, stream: EventStream, world: World):
    with qtbot.waitSignal(stream.reset, timeout=20000), world.lock:
        world.seq += 1
        world.events.append((world.seq, {"colour": "blue"}))
        world.arrived.notify_all()


def test_tries_follow_the_back_off(qtbot: QtBot, stream: EventStream, daemon: FakeDaemon):
    waits: list[int] = []
    start = stream._again.start
    stream._again.start = lambda ms: (waits.append(ms), start(1))[1]  # type: ignore[method-assign]
    with qtbot.waitSignal(stream.disconnected, timeout=20000):
        daemon.break_streams()
    qtbot.waitUntil(lambda: len(waits) >= 6, timeout=20000)
    assert waits[:6] == [20, 40, 100, 200, 600, 600]
