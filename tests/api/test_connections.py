"""Connections that hold a place: slow ones, and too many of them."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import h11
import httpx
import pytest
from fastapi import FastAPI, Request

from gateway.api import connections
from gateway.api.server import ApiServer

SHORT = 0.3
POST = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc"
Dial = Callable[[bytes], socket.socket]


@pytest.fixture
def url() -> Iterator[str]:
    app = FastAPI()
    app.state.events = ExitStack()

    @app.post("/echo")
    async def echo(request: Request) -> int:
        return len(await request.body())

    server = ApiServer(app)
    yield server.start()
    server.stop()


@pytest.fixture
def dial(url: str) -> Iterator[Dial]:
    with ExitStack() as opened:

        def one(sent: bytes) -> socket.socket:
            host, port = url.removeprefix("http://").split(":")
            connection = opened.enter_context(socket.create_connection((host, int(port)), timeout=10))
            connection.sendall(sent)
            return connection

        yield one


def ended_after(connection: socket.socket) -> float:
    """Seconds until the other side hangs up."""
    since = time.monotonic()
    try:
        while connection.recv(4096):
            pass
    except ConnectionResetError:
        pass
    return time.monotonic() - since


@pytest.mark.parametrize(("state", "sent"), [(h11.IDLE, b""), (h11.IDLE, b"GET / HT"), (h11.SEND_BODY, POST)])
def test_a_request_that_does_not_end_is_cut(
    monkeypatch: pytest.MonkeyPatch, dial: Dial, state: Any, sent: bytes
) -> None:
    monkeypatch.setitem(connections.PATIENCE_S, state, SHORT)
    assert ended_after(dial(sent)) < 5


def test_a_byte_now_and_then_buys_no_time(monkeypatch: pytest.MonkeyPatch, dial: Dial) -> None:
    monkeypatch.setitem(connections.PATIENCE_S, h11.IDLE, SHORT)
    slow = dial(b"GET /")
    since = time.monotonic()
    with pytest.raises(OSError):
        while time.monotonic() - since < 5:
            slow.sendall(b"x")
            time.sleep(SHORT / 6)
    assert time.monotonic() - since < 5


def test_who_has_asked_is_not_hurried(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setitem(connections.PATIENCE_S, h11.IDLE, SHORT)
    with httpx.Client(base_url=url, trust_env=False) as client:
        for _ in range(2):
            assert client.post("/echo", content=b"x" * 300_000).json() == 300_000
            time.sleep(2 * SHORT)


def test_a_connection_too_many_is_refused_and_the_others_stay(
    monkeypatch: pytest.MonkeyPatch, url: str, dial: Dial
) -> None:
    monkeypatch.setattr(connections, "MOST", 3)
    first = [dial(b"") for _ in range(3)]
    assert ended_after(dial(b"GET /")) < 5
    first.pop().close()
    for _ in range(50):
        try:
            assert httpx.post(f"{url}/echo", content=b"abc", trust_env=False).json() == 3
            break
        except httpx.TransportError:
            time.sleep(0.05)
    else:
        pytest.fail("the place that became free was not given to anybody")
