"""Heads by e-mail: over TLS or not at all, and what goes wrong is said."""

from __future__ import annotations

import base64
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.service.config import Home
from gateway.service.evidence_export import MAIL_SERVICE
from gateway.service.wiring import vault_of
from gateway.signing.ca import DemoAuthority
from tests.service.conftest import Kvit


@dataclass
class Postbox:
    """A mail server of one connection after another, as much of it as smtplib needs."""

    context: ssl.SSLContext
    implicit: bool
    password: str = "open sesame"
    refuse: str = ""  # the command to refuse
    letters: list[bytes] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    port: int = 0

    def serve(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            connection.settimeout(10)
            # the client may leave: it does not like our certificate, say
            with suppress(OSError, ValueError), ExitStack() as opened:
                opened.enter_context(connection)
                self._talk(connection, opened)

    def _talk(self, connection: socket.socket, opened: ExitStack) -> None:
        secure = self.implicit
        if secure:
            connection = opened.enter_context(self.context.wrap_socket(connection, server_side=True))
        reader = opened.enter_context(connection.makefile("rb"))

        def answer(text: str) -> None:
            connection.sendall(f"{text}\r\n".encode())

        answer("220 here")
        while line := reader.readline():
            said = line.decode().strip()
            self.said.append(said)
            verb = said.split(" ")[0].upper()
            if self.refuse and said.upper().startswith(self.refuse):
                answer("550 no")
            elif verb in ("EHLO", "HELO"):
                offers = ["250-here", "250-AUTH PLAIN", *([] if secure else ["250-STARTTLS"]), "250 SIZE"]
                answer("\r\n".join(offers))
            elif verb == "STARTTLS":
                answer("220 go on")
                connection = opened.enter_context(self.context.wrap_socket(connection, server_side=True))
                reader, secure = opened.enter_context(connection.makefile("rb")), True
            elif verb == "AUTH":
                given = base64.b64decode(said.split(" ")[-1]).split(b"\0")[-1].decode()
                answer("235 welcome" if secure and given == self.password else "535 wrong")
            elif verb == "DATA":
                answer("354 say it")
                lines = []
                while (part := reader.readline()) not in (b".\r\n", b""):
                    lines.append(part)
                self.letters.append(b"".join(lines))
                answer("250 taken")
            elif verb == "QUIT":
                answer("221 bye")
                return
            else:
                answer("250 good")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """(its certificate in a file, a server's context under it)."""
    folder = tmp_path_factory.mktemp("mail")
    now = datetime.now(UTC)
    root = DemoAuthority.create(now, "Mail Root")
    server = root.issue_server(now)
    (folder / "root.pem").write_bytes(root.certificate.public_bytes(Encoding.PEM))
    (folder / "server.pem").write_bytes(
        server.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + server.certificate.public_bytes(Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return folder / "root.pem", context


@contextmanager
def running(box: Postbox) -> Iterator[Postbox]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        box.port = listening.getsockname()[1]
        thread = threading.Thread(target=box.serve, args=(listening,), daemon=True)
        thread.start()
        yield box
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def settings(home: Path, box: Postbox, security: str, *, user: str = "it@frames.example", authority: str = "") -> None:
    table = (
        f'\n[proof.mail]\nhost = "localhost"\nport = {box.port}\nsecurity = "{security}"\nuser = "{user}"\n'
        f'sender = "kvit@frames.example"\nto = ["boss@frames.example", "audit@elsewhere.example"]\n'
        f'authority = "{authority}"\n'
    )
    with (home / "kvit.toml").open("a", encoding="utf-8") as file:
        file.write(table)


def keep_password(home: Path, password: str) -> None:
    vault_of(Home(home)).set_password(MAIL_SERVICE, "it@frames.example", password)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_the_head_goes_out_sealed_and_over_tls(
    kvit: Kvit, home: Path, authority: tuple[Path, ssl.SSLContext], security: str, tmp_path: Path
) -> None:
    (home / "anchors" / "mail.pem").write_bytes(authority[0].read_bytes())
    with running(Postbox(authority[1], security == "tls")) as box:
        settings(home, box, security, authority="mail.pem")
        kept = kvit("journal", "mail", "--home", home, input="open sesame\n")
        assert kept.code == 0, kept.err
        answer = kvit("journal", "head", "--export", "--home", home, "--json")
    assert (answer.code, answer.json["mailed"], answer.json["failures"]) == (0, 2, [])
    (letter,) = box.letters
    message = message_from_bytes(letter)
    assert message["To"] == "boss@frames.example, audit@elsewhere.example"
    (attached,) = [part for part in message.walk() if part.get_content_type() == "application/json"]
    line = attached.get_payload(decode=True)
    assert isinstance(line, bytes)
    assert json.loads(line)["seq"] == answer.json["seq"]
    (tmp_path / "head.json").write_bytes(line)
    assert kvit("journal", "verify", "--home", home, "--head-file", tmp_path / "head.json").code == 0
    assert "open sesame" not in "".join(box.said) + letter.decode()
    before_tls = box.said[: box.said.index("STARTTLS")] if security == "starttls" else []
    assert not [said for said in before_tls if said.startswith(("AUTH", "MAIL"))], "not a word in the clear"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"password": "another"}, "mail.login_refused"),
        ({"refuse": "RCPT"}, "mail.letter_refused"),
        ({"refuse": "MAIL"}, "mail.letter_refused"),
        ({"refuse": "STARTTLS"}, "mail.away"),
    ],
)
def test_what_the_server_refuses_is_said(
    kvit: Kvit, home: Path, authority: tuple[Path, ssl.SSLContext], change: dict[str, str], code: str
) -> None:
    (home / "anchors" / "mail.pem").write_bytes(authority[0].read_bytes())
    keep_password(home, "open sesame")
    with running(Postbox(authority[1], implicit=False, **change)) as box:
        settings(home, box, "starttls", authority="mail.pem")
        answer = kvit("journal", "head", "--export", "--home", home, "--json")
    assert (answer.code, answer.json["failures"], answer.json["mailed"]) == (1, [code], 0)
    assert box.letters == []


def test_a_server_nobody_vouches_for_gets_no_word(
    kvit: Kvit, home: Path, authority: tuple[Path, ssl.SSLContext]
) -> None:
    keep_password(home, "open sesame")
    with running(Postbox(authority[1], implicit=True)) as box:
        settings(home, box, "tls")
        answer = kvit("journal", "head", "--export", "--home", home, "--json")
    assert (answer.code, answer.json["failures"]) == (1, ["mail.untrusted"])
    assert box.said == []


def test_nobody_there_and_nothing_kept(kvit: Kvit, home: Path, authority: tuple[Path, ssl.SSLContext]) -> None:
    with running(Postbox(authority[1], implicit=True)) as box:
        settings(home, box, "tls")
    answer = kvit("journal", "head", "--export", "--home", home, "--json")
    assert answer.json["failures"] == ["mail.no_password"]
    keep_password(home, "open sesame")
    answer = kvit("journal", "head", "--export", "--home", home, "--json")
    assert answer.json["failures"] == ["mail.away"]
    (home / "anchors" / "mail.pem").write_text("no certificate")
    text = (home / "kvit.toml").read_text(encoding="utf-8").replace('authority = ""', 'authority = "mail.pem"')
    (home / "kvit.toml").write_text(text, encoding="utf-8")
    answer = kvit("journal", "head", "--export", "--home", home, "--json")
    assert answer.json["failures"] == ["mail.bad_authority"]


def test_a_password_for_no_mail_is_refused(kvit: Kvit, home: Path) -> None:
    answer = kvit("journal", "mail", "--home", home, "--json", input="x\n")
    assert (answer.code, answer.json["error"]["code"]) == (1, "mail.not_set")
