"""Webhooks the sandbox lenders send: signed, up to five times, and wrong on demand."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest

from gateway.core.errors import Refused
from gateway.loans.sandbox.control import LENDERS
from gateway.loans.sandbox.hooks import TRIES, send_queued
from tests.loans.lenders.house import REQUEST, House, houses


class Mailbox:
    """An address of ours: keeps what comes, answers `status`."""

    def __init__(self) -> None:
        self.status = 200
        self.came: list[tuple[str, dict[str, str], bytes]] = []
        mailbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                mailbox.came.append((self.path, dict(self.headers.items()), body))
                self.send_response(mailbox.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._http = HTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}/hint/{{lender}}"

    def close(self) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    made = Mailbox()
    yield made
    made.close()


@pytest.fixture(params=LENDERS)
def house(
    request: pytest.FixtureRequest, tmp_path: Path, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    """One lender whose webhooks are sent when the test says so."""
    monkeypatch.setattr("gateway.loans.sandbox.hooks._LOOK_SECONDS", 3600.0)
    with houses(tmp_path, mailbox.url) as both:
        yield both[request.param]


def send(house: House) -> int:
    with httpx.Client(trust_env=False) as http:
        return send_queued(house.sandbox.books, http)


def test_every_change_is_told_and_signed(house: House, mailbox: Mailbox) -> None:
    house.approved()
    assert send(house) == 2
    external_id = house.adapter.view(REQUEST.id, "").external_id
    for path, headers, body in mailbox.came:
        assert path == f"/hint/{house.key}"
        assert house.adapter.hint(headers, body).external_id == external_id
    assert send(house) == 0


def test_a_question_is_no_change(house: House, mailbox: Mailbox) -> None:
    house.adapter.submit(REQUEST)
    house.adapter.view(REQUEST.id, "")
    assert send(house) == 1


def test_one_that_is_not_taken_is_sent_five_times(house: House, mailbox: Mailbox) -> None:
    mailbox.status = 500
    house.adapter.submit(REQUEST)
    assert [send(house) for _ in range(TRIES + 2)] == [0] * (TRIES + 2)
    assert len(mailbox.came) == TRIES


def test_twice(house: House, mailbox: Mailbox) -> None:
    house.sandbox.behave(house.key, "hook-twice")
    house.adapter.submit(REQUEST)
    assert send(house) == 2 and mailbox.came[0][2] == mailbox.came[1][2]


def test_never(house: House, mailbox: Mailbox) -> None:
    house.sandbox.behave(house.key, "hook-lost")
    house.adapter.submit(REQUEST)
    assert send(house) == 0


def test_forged(house: House, mailbox: Mailbox) -> None:
    house.sandbox.behave(house.key, "hook-forged")
    house.adapter.submit(REQUEST)
    send(house)
    _, headers, body = mailbox.came[0]
    with pytest.raises(Refused) as refused:
        house.adapter.hint(headers, body)
    assert refused.value.code == "lender.forged_hint"
