"""Letters by SMTP: plain text, a Message-ID of ours, and the way out in the header.

The server's word after the last dot decides (RFC 5321, 4.2.5): before it nothing was taken, and when it does not come,
nobody knows (6.1).
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Literal

from gateway.core.clock import Clock
from gateway.notify.gateways.ports import (
    AWAY,
    DENIED,
    NO_ANSWER,
    REFUSED,
    TEMPORARY,
    Answer,
    Fate,
    News,
    Outgoing,
    Watched,
)

_GO_AHEAD = 354
_OK = 250


@dataclass(frozen=True, slots=True)
class MailServer:
    """The server letters leave by.

    Attributes:
        context: whom it must be certified by; not for security "none".
        user: "" where none is asked for.
        seconds: it has to answer.
    """

    host: str
    port: int
    security: Literal["tls", "starttls", "none"]
    user: str = ""
    password: str = field(default="", repr=False)
    context: ssl.SSLContext | None = None
    seconds: float = 60.0


class SmtpGateway:
    """See `ports.Gateway`.

    Args:
        sender: "shop@example.ru" or "Shop <shop@example.ru>".
    """

    name = "smtp"
    asks = False
    at_once = 1  # a server takes one at a time: of more only one could be in doubt, and all would be

    def __init__(self, server: MailServer, sender: str, clock: Clock) -> None:
        self._server = server
        self._name, self._sender = parseaddr(sender)
        self._clock = clock
        self._open: smtplib.SMTP | None = None

    def trouble(self) -> str:
        """Whether the server is there shows when something is sent."""
        return ""

    def send(self, messages: Sequence[Outgoing]) -> Iterator[Sequence[Answer]]:
        for message in messages:
            yield [self._send(message)]

    def news(self, watched: Sequence[Watched] = ()) -> Sequence[News]:
        """Mail servers give no receipts."""
        return ()

    def acknowledge(self, count: int) -> None:
        """There is nothing to acknowledge."""

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None

    def letter(self, message: Outgoing) -> EmailMessage:
        """The letter itself."""
        letter = EmailMessage(policy=SMTP)
        letter["From"] = Address(self._name, addr_spec=self._sender)
        letter["To"] = Address(addr_spec=message.address)
        letter["Subject"] = message.subject
        letter["Date"] = format_datetime(self._clock.now())
        letter["Message-ID"] = f"<{message.id}@{self._sender.rpartition('@')[2]}>"
        letter["Auto-Submitted"] = "auto-generated"
        if message.unsubscribe:
            letter["List-Unsubscribe"] = f"<{message.unsubscribe}>"
            if message.unsubscribe.startswith("https://"):  # RFC 8058, 3.1
                letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        letter.set_content(message.text, cte="base64")
        return letter

    def _send(self, message: Outgoing) -> Answer:
        try:
            content = self.letter(message).as_bytes()
            message.address.encode("ascii")
        except ValueError as error:  # a header or an address that cannot be written
            return Answer(message.id, Fate.REFUSED, code=REFUSED, said=type(error).__name__)
        try:
            server = self._connected()
            refused = self._envelope(server, message)
        except smtplib.SMTPAuthenticationError as error:
            self.close()
            return Answer(message.id, Fate.NOT_TAKEN, code=DENIED, said=str(error.smtp_code))
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Answer(message.id, Fate.NOT_TAKEN, code=AWAY, said=type(error).__name__)
        if refused is not None:
            self.close()
            return refused
        try:
            server.send(_dotted(content))
            code, _ = server.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Answer(message.id, Fate.UNKNOWN, code=NO_ANSWER, said=type(error).__name__)
        if code == _OK:
            return Answer(message.id, Fate.TAKEN)
        self.close()
        return _no(message, code)

    def _envelope(self, server: smtplib.SMTP, message: Outgoing) -> Answer | None:
        """Everything before the content; the answer where the server says no."""
        for code, _ in (server.mail(self._sender), server.rcpt(message.address)):
            if not 200 <= code < 300:
                return _no(message, code)
        code, _ = server.docmd("DATA")
        return None if code == _GO_AHEAD else _no(message, code)

    def _connected(self) -> smtplib.SMTP:
        """The connection of the last letter if it still stands, else a new one."""
        if self._open is not None:
            try:
                if self._open.noop()[0] == _OK:
                    return self._open
            except (OSError, smtplib.SMTPException):
                pass  # servers hang up on idle clients
            self.close()
        self._open = self._connect()
        return self._open

    def _connect(self) -> smtplib.SMTP:
        at = self._server
        if at.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(at.host, at.port, timeout=at.seconds, context=at.context)
        else:
            server = smtplib.SMTP(at.host, at.port, timeout=at.seconds)
        try:
            if at.security == "starttls":
                server.starttls(context=at.context)
            server.ehlo_or_helo_if_needed()
            if at.user:
                server.login(at.user, at.password)
        except (OSError, smtplib.SMTPException):
            server.close()
            raise
        return server


def _dotted(content: bytes) -> bytes:
    """RFC 5321, 4.5.2. Lines end in CRLF already."""
    content = content if content.endswith(b"\r\n") else content + b"\r\n"
    content = content.replace(b"\r\n.", b"\r\n..")
    return (b"." + content if content.startswith(b".") else content) + b".\r\n"


def _no(message: Outgoing, code: int) -> Answer:
    """4yz: not now. 5yz, and what no server should say: never."""
    if 400 <= code < 500:
        return Answer(message.id, Fate.NOT_TAKEN, code=TEMPORARY, said=str(code))
    return Answer(message.id, Fate.REFUSED, code=REFUSED, said=str(code))
