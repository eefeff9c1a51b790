"""The sandbox mail server: SMTP on 127.0.0.1, one thread per connection, and a book of the letters it took.

What it can do wrong, each a number of times (`behave`):

    later         451 after the letter's last dot: not now
    lost-answer   takes the letter and hangs up without a word

An address nobody has (`nobody`) is refused with 550 whenever it is written to.
"""

from __future__ import annotations

import email
import socketserver
import threading
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from email.policy import default
from typing import Self, cast

from gateway.core.clock import Clock, SystemClock
from gateway.core.errors import Refused
from gateway.notify.sandbox.smsc import HOST

KINDS = frozenset({"later", "lost-answer"})
_LONGEST_LINE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter the server took.

    Attributes:
        id: its Message-ID. at: by the server's clock. text: with line feeds alone.
    """

    id: str
    at: datetime
    to: str
    subject: str
    text: str


class Letters:
    """The server and its book.

    Args:
        port: 0 for a free one.

    Raises:
        OSError: the port is taken.
    """

    def __init__(self, port: int = 0, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._guard = threading.Lock()
        self._taken: list[Letter] = []
        self._nobody: set[str] = set()
        self._wrong: Counter[str] = Counter()
        self._server = _Server(port, self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="sandbox-mail")
        self._thread.daemon = True

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def behave(self, kind: str, times: int = 1) -> None:
        """Do something wrong, so many times.

        Raises:
            Refused: `sandbox.unknown_behaviour`.
        """
        if kind not in KINDS:
            raise Refused("sandbox.unknown_behaviour", name=kind, known=", ".join(sorted(KINDS)))
        with self._guard:
            self._wrong[kind] = times

    def nobody(self, address: str) -> None:
        """Nobody has this address from now on."""
        with self._guard:
            self._nobody.add(address.casefold())

    def taken(self) -> list[Letter]:
        """Everything it took, in order; a letter taken twice is there twice."""
        with self._guard:
            return list(self._taken)

    # What connections ask.

    def knows(self, address: str) -> bool:
        """Whether somebody has this address."""
        with self._guard:
            return address.casefold() not in self._nobody

    def happens(self, kind: str) -> bool:
        """Whether that goes wrong now; it counts as done."""
        with self._guard:
            left = self._wrong[kind]
            self._wrong[kind] = max(left - 1, 0)
            return left > 0

    def keep(self, recipient: str, content: bytes) -> None:
        """A letter, as it came."""
        letter = email.message_from_bytes(content, policy=default)
        text = str(letter.get_content()).replace("\r\n", "\n") if letter.get_content_maintype() == "text" else ""
        name = str(letter["Message-ID"]).strip("<> ")
        with self._guard:
            self._taken.append(Letter(name, self._clock.now(), recipient, str(letter["Subject"]), text))


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False  # clients keep their connection

    def __init__(self, port: int, book: Letters) -> None:
        self.book = book
        super().__init__((HOST, port), _Connection)


class _Connection(socketserver.StreamRequestHandler):
    """One client: RFC 5321 without extensions, one recipient for each letter."""

    def handle(self) -> None:
        self._recipient = ""
        try:
            self._say("220 sandbox")
            while (line := self._line()) and self._obey(line):
                pass
        except OSError:
            return  # clients hang up

    def _obey(self, line: str) -> bool:
        """Answer a command; whether to go on."""
        verb, _, rest = line.partition(" ")
        match verb.upper():
            case "DATA":
                return self._take_letter()
            case "RCPT":
                self._take_recipient(rest)
            case "QUIT":
                self._say("221 bye")
                return False
            case "EHLO" | "HELO" | "MAIL" | "RSET" | "NOOP":
                self._say("250 OK")
            case _:
                self._say("502 not known here")
        return True

    def _take_recipient(self, rest: str) -> None:
        address = rest.partition(":")[2].strip().strip("<>")
        if self._book.knows(address):
            self._recipient = address
            self._say("250 OK")
        else:
            self._say("550 nobody here")

    def _take_letter(self) -> bool:
        self._say("354 go ahead")
        lines = []
        while (raw := self.rfile.readline(_LONGEST_LINE)) != b".\r\n":
            if not raw:
                return False
            lines.append(raw[1:] if raw.startswith(b".") else raw)
        if self._book.happens("later"):
            self._say("451 not now")
            return True
        self._book.keep(self._recipient, b"".join(lines))
        if self._book.happens("lost-answer"):
            return False
        self._say("250 OK")
        return True

    def _line(self) -> str:
        return self.rfile.readline(_LONGEST_LINE).decode("utf-8", "replace").strip()

    def _say(self, answer: str) -> None:
        self.wfile.write(f"{answer}\r\n".encode())

    @property
    def _book(self) -> Letters:
        return cast("_Server", self.server).book
