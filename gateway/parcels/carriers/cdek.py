"""CDEK (API v2): JSON, one order a call, OAuth2 with our account and its secret."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from urllib.parse import urlencode

from cryptography import x509

from gateway.bank.outside import Pace
from gateway.bank.transport import HttpReply, Limits
from gateway.core.errors import Refused
from gateway.parcels.carriers import cdek_answer
from gateway.parcels.carriers.cdek_answer import Registry
from gateway.parcels.carriers.https import LIMITS, CarrierHttps
from gateway.parcels.carriers.ports import Answer, BatchRules, History, Ticket
from gateway.parcels.model import CarrierKey

ORDER = "order"
_EARLY = 60.0
"""Seconds before its end a token is no longer used."""
_SHORTEST = 60


class Cdek:
    """See `ports.Carrier`.

    Args:
        url: of the service, up to and with its version.
        account: ours there. secret: gives its secret, from the vault, each time a token is fetched.
        daily: calls a day; None without a limit.
        monotonic: the machine's; another in tests.

    Raises:
        Refused: `carrier.insecure_address`, `bank.no_authorities`.
    """

    key = CarrierKey.CDEK
    batches: BatchRules | None = None
    money_apart = False

    def __init__(
        self,
        url: str,
        account: str,
        secret: Callable[[], str],
        anchors: Iterable[x509.Certificate] | None = None,
        limits: Limits = LIMITS,
        pace: Pace | None = None,
        *,
        daily: int | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.daily = daily
        self._account = account
        self._secret = secret
        self._monotonic = monotonic
        self._https = CarrierHttps(self.key, url, anchors, limits, pace, accept="application/json")
        self._guard = threading.Lock()
        self._token = ""
        self._good_until = 0.0

    def __repr__(self) -> str:
        return "<Cdek>"

    def history(self, track: str) -> Answer:
        reply = self._asked("/orders", {"cdek_number": track})
        if _is_unknown(reply):
            return Answer(ORDER, track, reply.content, (History(track, known=False),))
        self._need_good(reply)
        return Answer(ORDER, track, reply.content, (cdek_answer.read_order(track, reply.content),))

    def money(self, track: str) -> Answer:
        """Nothing: what the buyer paid stands in the order's history."""
        return Answer("", track, b"", ())

    def order(self, tracks: Sequence[str]) -> Ticket:
        raise Refused("carrier.no_batches", carrier=self.key)

    def collect(self, ticket: str) -> Answer | None:
        raise Refused("carrier.no_batches", carrier=self.key)

    def registries(self, day: date) -> tuple[Registry, ...]:
        """Cash on delivery transferred to us on a day, with the orders it is for.

        Raises:
            Unavailable, Refused: see `ports.Carrier`.
        """
        reply = self._asked("/registries", {"date": day.isoformat()})
        self._need_good(reply)
        return cdek_answer.read_registries(reply.content)

    def close(self) -> None:
        self._https.close()

    def _asked(self, path: str, query: Mapping[str, str]) -> HttpReply:
        """The answer; with a new token, once, when the one we have is not taken any more."""
        where = f"{path}?{urlencode(query)}"
        token = self._current("")
        reply = self._https.exchange("GET", where, {"Authorization": f"Bearer {token}"})
        if reply.seen["status"] == "401":
            reply = self._https.exchange("GET", where, {"Authorization": f"Bearer {self._current(token)}"})
        return reply

    def _current(self, refused: str) -> str:
        """A token that is good for a while yet, and not the one that was `refused`."""
        with self._guard:
            if not self._token or self._token == refused or self._monotonic() >= self._good_until:
                self._fetch()
            return self._token

    def _fetch(self) -> None:
        form = {"grant_type": "client_credentials", "client_id": self._account, "client_secret": self._secret()}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        reply = self._https.exchange("POST", "/oauth/token", headers, urlencode(form).encode())
        if reply.seen["status"] in ("400", "401", "403"):
            raise Refused("carrier.not_authorised", carrier=self.key)
        self._need_good(reply)
        answer = cdek_answer.parsed(reply.content)
        token, seconds = str(answer.get("access_token") or ""), str(answer.get("expires_in") or "")
        if not (token and token.isascii() and token.isprintable()):
            raise Refused("carrier.not_authorised", carrier=self.key)
        lives = int(seconds) if seconds.isdecimal() and len(seconds) < 7 else _SHORTEST
        self._token = token
        self._good_until = self._monotonic() + max(lives - _EARLY, 0.0)

    def _need_good(self, reply: HttpReply) -> None:
        """Raise what the answer says is wrong."""
        status = reply.seen["status"]
        if status == "200":
            return
        if status in ("400", "404", "409", "422"):
            codes = ", ".join(code for code in cdek_answer.error_codes(cdek_answer.parsed(reply.content)) if code)
            raise Refused("carrier.refused", carrier=self.key, reason=codes[:200] or status)
        raise self._https.failure(reply)


def _is_unknown(reply: HttpReply) -> bool:
    """Whether CDEK has not heard of the order: 400 or 404 with a code of "…not_found"."""
    if reply.seen["status"] not in ("400", "404"):
        return False
    return any("not_found" in code for code in cdek_answer.error_codes(cdek_answer.parsed(reply.content)))
