"""SMS by a gateway with an HTTP form, in the shape of smsc.ru: `send.php` and `status.php`, answers in JSON.

Each message carries a number of ours as its id. So after a lost answer the gateway is asked by that number whether it
has the message, and receipts are asked for by it; nothing is sent twice to find out.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from gateway.core.errors import Refused
from gateway.notify.gateways.ports import (
    AWAY,
    BUSY,
    DENIED,
    NO_ANSWER,
    NO_MONEY,
    REFUSED,
    Answer,
    Fate,
    News,
    Outgoing,
    Receipt,
    Watched,
    Word,
)

_CONNECT, _READ = 10.0, 30.0
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_LONGEST_LIFE = timedelta(hours=24)
# Errors of send.php: 1 parameters, 2 login, 3 money, 4 address barred, 6 text or sender, 7 number, 8 undeliverable,
# 9 the same again or too many at once. Of all of them nothing was taken.
_NOT_NOW: Final = {2: DENIED, 3: NO_MONEY, 4: DENIED, 9: BUSY}
_BUSY_SECONDS = 60.0
# Statuses of status.php: -3 not known, -2 stopped, -1 waiting, 0 with the operator, 1 delivered, 2 read, 4 link opened,
# 3 its time ran out, 20 impossible, 22 wrong number, 23 forbidden, 24 no money, 25 out of reach.
_NOT_KNOWN = -3
_WORDS: Final = {
    -1: Word.UNDER_WAY,
    0: Word.UNDER_WAY,
    1: Word.DELIVERED,
    2: Word.DELIVERED,
    4: Word.DELIVERED,
    3: Word.EXPIRED,
    -2: Word.FAILED,
    20: Word.FAILED,
    22: Word.FAILED,
    23: Word.FAILED,
    24: Word.FAILED,
    25: Word.FAILED,
}


class HttpSmsGateway:
    """See `ports.Gateway`.

    Args:
        url: of the folder send.php is in, "https://smsc.ru/sys".
        sender: name SMS come from; "" for the gateway's own.
        context: whom its server must be certified by; None for the machine's own list. Plain HTTP reaches this machine
            only.
        refusals: `err` values of a status that say that the subscriber refused mailings.

    Raises:
        Refused: `notify.insecure_address`.
    """

    name = "http"
    asks = True
    at_once = 20

    def __init__(
        self,
        url: str,
        login: str,
        password: str,
        sender: str,
        context: ssl.SSLContext | None = None,
        refusals: frozenset[str] = frozenset(),
        read_seconds: float = _READ,
    ) -> None:
        address = urlsplit(url)
        if address.scheme != "https" and not (address.scheme == "http" and address.hostname in _LOOPBACK):
            raise Refused("notify.insecure_address", host=address.hostname or "?")
        self._url = url.rstrip("/")
        self._account = {"login": login, "psw": password, "fmt": "3", "charset": "utf-8"}
        self._sender = sender
        self._refusals = refusals
        self._http = httpx.Client(
            verify=context or ssl.create_default_context(),
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(read_seconds, connect=_CONNECT),
            headers={"User-Agent": "Kvit"},
        )

    def trouble(self) -> str:
        """It keeps no connection: whether it is there shows when something is sent."""
        return ""

    def send(self, messages: Sequence[Outgoing]) -> Iterator[Sequence[Answer]]:
        for message in messages:
            yield [self._send(message)]

    def news(self, watched: Sequence[Watched] = ()) -> Sequence[News]:
        if not watched:
            return ()
        try:
            told = self._status(watched)
        except (httpx.HTTPError, ValueError):
            return ()
        found: list[News] = []
        for one, status in zip(watched, told, strict=False):
            if (receipt := self._receipt(one, status)) is not None:
                found.append(receipt)
        return found

    def acknowledge(self, count: int) -> None:
        """It does not ask for that."""

    def close(self) -> None:
        self._http.close()

    def _send(self, message: Outgoing) -> Answer:
        form = {
            "phones": message.address,
            "mes": message.text,
            "id": str(message.number),
            "valid": _hours(message.lives),
        }
        if self._sender:
            form["sender"] = self._sender
        try:
            reply = self._post("send.php", form)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return Answer(message.id, Fate.NOT_TAKEN, code=AWAY, said=type(error).__name__)
        except (httpx.HTTPError, ValueError) as error:
            return self._look(message, type(error).__name__)
        if isinstance(reply, dict) and "id" in reply and "error_code" not in reply:
            return Answer(message.id, Fate.TAKEN, (str(message.number),), whole=True)
        code = _whole(reply, "error_code")
        if code is None:
            return self._look(message, "?")
        said = str(code)
        if code in _NOT_NOW:
            rest = _BUSY_SECONDS if _NOT_NOW[code] == BUSY else 0.0
            return Answer(message.id, Fate.NOT_TAKEN, code=_NOT_NOW[code], said=said, retry_after=rest)
        return Answer(message.id, Fate.REFUSED, code=REFUSED, said=said)

    def _look(self, message: Outgoing, why: str) -> Answer:
        """The answer was lost: does it have the message? That it has not may only be so for a moment."""
        try:
            (status,) = self._status([Watched(message.number, message.address)])
        except (httpx.HTTPError, ValueError):
            return Answer(message.id, Fate.UNKNOWN, code=NO_ANSWER, said=why)
        if _whole(status, "status") in _WORDS:
            return Answer(message.id, Fate.TAKEN, (str(message.number),), whole=True)
        return Answer(message.id, Fate.UNKNOWN, code=NO_ANSWER, said=why)

    def _status(self, watched: Sequence[Watched]) -> list[Any]:
        """One status for each, in order. A comma at the end: a list is wanted also for one."""
        reply = self._post(
            "status.php",
            {
                "id": ",".join(str(one.number) for one in watched) + ",",
                "phone": ",".join(one.address for one in watched) + ",",
            },
        )
        if not isinstance(reply, list) or len(reply) != len(watched):
            raise ValueError("status.php answers otherwise")
        return reply

    def _receipt(self, one: Watched, status: object) -> Receipt | None:
        code = _whole(status, "status")
        if code is None or code == _NOT_KNOWN:
            return None
        error = str(_whole(status, "err") or 0)
        word = _WORDS.get(code, Word.UNDER_WAY)
        if word is Word.FAILED and error in self._refusals:
            word = Word.REFUSED
        return Receipt(str(one.number), word, f"{code} {error}", whole=True, number=one.number, address=one.address)

    def _post(self, page: str, form: dict[str, str]) -> Any:
        """Raises httpx.HTTPError, and ValueError for what is no JSON."""
        reply = self._http.post(f"{self._url}/{page}", data={**self._account, **form})
        reply.raise_for_status()
        return json.loads(reply.content)


def _hours(lives: timedelta) -> str:
    """`valid`: from a minute to a day."""
    minutes = max(1, int(min(lives, _LONGEST_LIFE).total_seconds() // 60))
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _whole(told: object, name: str) -> int | None:
    """A whole number of an answer, also one written as text."""
    value = told.get(name) if isinstance(told, dict) else None
    try:
        return int(value) if isinstance(value, (int, str)) else None
    except ValueError:
        return None
