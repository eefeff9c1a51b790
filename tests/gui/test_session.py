"""Online, stale, online again; changes gathered; the service's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from pytestqt.qtbot import QtBot

from gui.api.connection import NoConnection
from gui.api.errors import Away, NotAllowed
from gui.api.fake import FakeDaemon, World
from gui.store.session import Link, Session
from tests.gui.conftest import end


def test_it_learns_who_we_are_and_how_it_is(session: Session):
    assert session.me is not None
    assert session.me.role == "owner"
    assert session.status is not None
    assert session.needs.payments == 7
    assert session.may("payments.decide")
    assert not session.may("users.burn")


def test_without_a_connection_file_it_says_so_and_finds_the_service_when_it_starts(qtbot: QtBot, home: Path):
    session = Session(home, second_ms=20)
    session.start()
    assert session.link is Link.OFFLINE
    assert isinstance(session.why, NoConnection)
    daemon = FakeDaemon(World(payments=0)).start()
    try:
        daemon.announce(home)
        qtbot.waitUntil(lambda: session.online, timeout=20000)
    finally:
        end(session)
        daemon.stop()


def test_when_the_service_goes_everything_turns_stale_and_rights_are_gone(
    qtbot: QtBot, session: Session, daemon: FakeDaemon
):
    with qtbot.waitSignal(session.link_changed, timeout=20000):
        daemon.stop()
        daemon.stop = lambda: None  # type: ignore[method-assign]  # the fixture stops it once more
    assert session.link is Link.OFFLINE
    assert isinstance(session.why, Away)
    assert not session.may("payments.decide")
    assert session.status is not None, "what was heard last stays on the screen"
    age = session.age()
    assert age is not None
    assert age < timedelta(seconds=30)


def test_a_restart_on_another_port_with_another_token_is_found(qtbot: QtBot, home: Path):
    first = FakeDaemon(World(payments=0)).start()
    first.announce(home)
    session = Session(home, second_ms=20)
    session.start()
    qtbot.waitUntil(lambda: session.online, timeout=20000)
    first.stop()
    qtbot.waitUntil(lambda: session.link is Link.OFFLINE, timeout=20000)
    second = FakeDaemon(World(payments=0)).start()
    try:
        second.announce(home)
        with qtbot.waitSignal(session.reset, timeout=20000):
            pass
        assert session.online
        assert second.hits
    finally:
        end(session)
        second.stop()


def test_a_token_that_is_no_longer_valid_is_told_apart_from_a_lost_line(
    qtbot: QtBot, session: Session, daemon: FakeDaemon
):
    daemon.token = "another"
    session.load_status()
    qtbot.waitUntil(lambda: session.link is Link.OFFLINE, timeout=20000)
    assert isinstance(session.why, NotAllowed)


def test_a_flood_of_changes_is_told_in_few_portions(qtbot: QtBot, session: Session, world: World):
    portions: list[frozenset[str]] = []
    session.changed.connect(lambda topic, names: portions.append(names))
    for number in range(150):
        world.tell("payment", f"p-{number}")
    qtbot.waitUntil(lambda: sum(len(p) for p in portions) >= 150, timeout=20000)
    assert len(portions) <= 4


def test_without_the_stream_it_polls(qtbot: QtBot, session: Session, daemon: FakeDaemon):
    daemon.break_streams()
    qtbot.waitUntil(lambda: not session.events.is_open, timeout=20000)
    with qtbot.waitSignal(session.changed, timeout=20000):
        pass
    assert session.online


def test_deadlines_are_counted_on_the_services_clock(qtbot: QtBot, home: Path):
    ahead = timedelta(hours=3)
    daemon = FakeDaemon(World(payments=0, now=lambda: datetime.now(UTC) + ahead)).start()
    daemon.announce(home)
    session = Session(home)
    session.start()
    try:
        qtbot.waitUntil(lambda: session.online, timeout=20000)
        assert abs(session.now() - datetime.now(UTC) - ahead) < timedelta(seconds=5)
    finally:
        end(session)
        daemon.stop()
