"""A carrier's server that answers what a test lays out, over a real socket."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from gateway.bank.outside import Pace
from gateway.bank.transport import Limits

LIMITS = Limits(message=1024 * 1024, connect=2.0, read=0.5, total=2.0)
PACE = Pace(10_000)
SOAP12, SOAP11, JSON = "application/soap+xml;charset=UTF-8", "text/xml;charset=UTF-8", "application/json"


@dataclass(frozen=True)
class Canned:
    """One answer."""

    body: bytes
    status: int = 200
    kind: str = SOAP12
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Server:
    """Answers in the order they are laid out, the last one for ever.

    Attributes:
        url: of the server. asked: path and body of each request. seen: their headers.
    """

    url: str = ""
    answers: list[Canned] = field(default_factory=list)
    asked: list[tuple[str, bytes]] = field(default_factory=list)
    seen: list[dict[str, str]] = field(default_factory=list)

    def lay(self, *answers: Canned) -> None:
        self.answers = list(answers)

    def next_answer(self) -> Canned:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[Server]:
    """The server, with TLS where a context is given."""
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            server.asked.append((self.path, body))
            server.seen.append(dict(self.headers))
            answer = server.next_answer()
            self.send_response(answer.status)
            headers = {"Content-Type": answer.kind, "Content-Length": str(len(answer.body)), **answer.headers}
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_args: Any) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context is not None:
        listening.socket = context.wrap_socket(listening.socket, server_side=True)
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    server.url = f"{'https' if context else 'http'}://127.0.0.1:{listening.server_address[1]}"
    try:
        yield server
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()
