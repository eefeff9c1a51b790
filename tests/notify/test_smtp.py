"""Letters through a real SMTP server (aiosmtpd) that does what servers do."""

from __future__ import annotations

import email
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from gateway.core.clock import FixedClock
from gateway.notify.gateways.ports import AWAY, DENIED, Answer, Fate, Outgoing
from gateway.notify.gateways.smtp import MailServer, SmtpGateway
from gateway.notify.sending import Sender
from gateway.store import Store
from tests.notify.conftest import NOON
from tests.notify.messages import MAIL, TERMS, new, outgoing, queued, row

HOST = "127.0.0.1"


class Post:
    """The server's hands: answers as told, one after the other, then 250."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.to_rcpt: list[str] = []
        self.to_data: list[str] = []
        self.silent_for = 0.0
        self.connections = 0

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.to_rcpt:
            return self.to_rcpt.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.to_data:
            return self.to_data.pop(0)
        assert isinstance(envelope.content, bytes)
        self.raw.append(envelope.content)
        letter = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        if self.silent_for:
            time.sleep(self.silent_for)
        return "250 OK"


def _let_in(server: Any, session: Any, envelope: Any, mechanism: str, data: LoginPassword) -> AuthResult:
    return AuthResult(success=data.password == b"secret", handled=False)


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def server(post: Post) -> Iterator[Controller]:
    controller = Controller(
        post, hostname=HOST, port=_free_port(), authenticator=_let_in, auth_require_tls=False, ready_timeout=20
    )
    controller.start()
    yield controller
    controller.stop()


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as taken:
        return int(taken.getsockname()[1])


def gateway(port: int, **more: Any) -> SmtpGateway:
    return SmtpGateway(
        MailServer(HOST, port, "none", seconds=more.pop("seconds", 5.0), **more),
        "Рога и копыта <shop@roga.example>",
        FixedClock(NOON),
    )


def letter(**changed: Any) -> Outgoing:
    usual = {
        "address": MAIL,
        "subject": "Заказ ждёт",
        "text": "Здравствуйте!\n.\nточка\n",
        "unsubscribe": "https://r.example/u/1",
    }
    return outgoing(**{**usual, **changed})


def send(smtp: SmtpGateway, message: Outgoing) -> Answer:
    ((answer,),) = smtp.send([message])
    return answer


def test_a_letter_arrives_as_it_was_written(server: Controller, post: Post) -> None:
    smtp = gateway(server.port)
    message = letter()
    assert send(smtp, message).fate is Fate.TAKEN
    assert send(smtp, letter(text="x" * 3000)).fate is Fate.TAKEN
    smtp.close()
    assert post.connections == 1  # the second by the same connection
    (got, _) = post.letters
    assert got["Message-ID"] == f"<{message.id}@roga.example>"
    assert got["List-Unsubscribe"] == "<https://r.example/u/1>"
    assert got["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click", "RFC 8058"
    assert got["From"] == "Рога и копыта <shop@roga.example>"
    assert (got["To"], got["Subject"], got["Auto-Submitted"]) == (MAIL, "Заказ ждёт", "auto-generated")
    assert got.get_content().splitlines() == ["Здравствуйте!", ".", "точка"]
    assert max(len(line) for raw in post.raw for line in raw.splitlines()) < 998


def test_nothing_gets_in_by_a_subject_or_an_address(server: Controller, post: Post) -> None:
    smtp = gateway(server.port)
    for evil in ({"subject": "a\r\nBcc: x@y.ru"}, {"address": "a@b.ru>\r\nDATA"}, {"address": "почта@пример.рф"}):
        assert send(smtp, letter(**evil)).fate is Fate.REFUSED
    assert post.letters == []


@pytest.mark.parametrize(
    ("where", "reply", "fate", "code"),
    [
        ("to_rcpt", "451 greylisted", Fate.NOT_TAKEN, "notify.gateway_not_now"),
        ("to_rcpt", "550 no such user", Fate.REFUSED, "notify.refused"),
        ("to_data", "452 full", Fate.NOT_TAKEN, "notify.gateway_not_now"),
        ("to_data", "554 spam", Fate.REFUSED, "notify.refused"),
    ],
)
def test_not_now_and_never(server: Controller, post: Post, where: str, reply: str, fate: Fate, code: str) -> None:
    smtp = gateway(server.port)
    getattr(post, where).append(reply)
    answer = send(smtp, letter())
    assert (answer.fate, answer.code, answer.said) == (fate, code, reply[:3])
    assert send(smtp, letter()).fate is Fate.TAKEN
    assert len(post.letters) == 1
    smtp.close()


def test_silence_after_the_last_dot_is_no_answer(server: Controller, post: Post) -> None:
    smtp = gateway(server.port, seconds=0.3)
    post.silent_for = 0.8
    answer = send(smtp, letter())
    assert (answer.fate, answer.code) == (Fate.UNKNOWN, "notify.no_answer")
    assert len(post.letters) == 1  # it had it
    smtp.close()


def test_nobody_there_and_not_let_in(server: Controller, post: Post) -> None:
    away = send(gateway(_free_port()), letter())
    assert (away.fate, away.code) == (Fate.NOT_TAKEN, AWAY)
    denied = send(gateway(server.port, user="shop", password="wrong"), letter())
    assert (denied.fate, denied.code) == (Fate.NOT_TAKEN, DENIED)
    known = gateway(server.port, user="shop", password="secret")
    assert send(known, letter()).fate is Fate.TAKEN
    known.close()


def test_greylisted_and_then_taken(store: Store, server: Controller, post: Post, clock: FixedClock) -> None:
    message = queued(store, new(phone="", email=MAIL))
    smtp = gateway(server.port)
    post.to_rcpt.append("451 come back later")
    sender = Sender(store, TERMS, None, smtp)
    sender.round()
    assert (row(store, message).state, row(store, message).said) == ("queued", "451")
    clock.advance(timedelta(seconds=20))
    sender.round()
    smtp.close()
    assert (row(store, message).state, row(store, message).attempts, len(post.letters)) == ("sent", 2, 1)
