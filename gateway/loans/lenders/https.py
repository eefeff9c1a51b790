"""HTTPS to a lender: the gateway's one way of calling out (`PinnedHttps`), paced, and with errors that name the lender.

A lender certified by a public authority is believed through the machine's own list of authorities, one of its own by
the anchors of the configuration. Plain HTTP reaches this machine only: the sandbox.
"""

from __future__ import annotations

import ssl
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from urllib.parse import urlsplit

import httpx
from cryptography import x509
from cryptography.utils import CryptographyDeprecationWarning

from gateway.bank.transport import HttpReply, Limits, PinnedHttps
from gateway.core.errors import Refused, Unavailable

LIMITS = Limits(message=16 * 1024 * 1024, connect=10.0, read=60.0, total=90.0)
"""A lender has a minute to answer, and no agreement is larger than 16 MiB."""
PER_SECOND = 20
"""The slower of the published limits: 20 calls a second on one lender's POS interface, 25 on another's."""
_LONGEST_PATIENCE = 3600.0
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Pace:
    """At most so many calls a second, evenly spaced, whichever threads make them.

    Args:
        monotonic, sleep: the machine's; others in tests.
    """

    def __init__(
        self,
        per_second: int = PER_SECOND,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._gap = 1.0 / per_second
        self._monotonic = monotonic
        self._sleep = sleep
        self._guard = threading.Lock()
        self._next = 0.0

    def wait(self) -> None:
        """Return when it is this caller's turn."""
        with self._guard:
            now = self._monotonic()
            turn = max(now, self._next)
            self._next = turn + self._gap
        if turn > now:
            self._sleep(turn - now)


class LenderHttps:
    """Calls to one lender's server.

    Args:
        lender: his key, for errors.
        url: of the service; what is called begins with it.
        anchors: authorities his server must be certified by; None for the machine's own list.

    Raises:
        Refused: `lender.insecure_address`.
    """

    def __init__(
        self,
        lender: str,
        url: str,
        anchors: Iterable[x509.Certificate] | None = None,
        limits: Limits = LIMITS,
        pace: Pace | None = None,
        *,
        accept: str = "*/*",
    ) -> None:
        address = urlsplit(url)
        if address.scheme != "https" and not (address.scheme == "http" and address.hostname in _LOOPBACK):
            raise Refused("lender.insecure_address", lender=lender, host=address.hostname or "?")
        self.lender = lender
        self.url = url.rstrip("/")
        self._pace = pace or Pace()
        self._https = _Patient(public_authorities() if anchors is None else anchors, limits, accept=accept)

    def exchange(self, verb: str, path: str, headers: Mapping[str, str], body: bytes | None = None) -> HttpReply:
        """One request and its whole answer; statuses that mean "not now" are errors.

        Raises:
            Unavailable: `lender.away`, `lender.slow`, `lender.busy` (with the lender's own `retry_after`),
                `lender.fault` for a server's error.
            Refused: `lender.server_untrusted`, `lender.answer_too_large`, `lender.forbidden`.
        """
        self._pace.wait()
        try:
            reply = self._https.exchange(verb, f"{self.url}{path}", headers, body)
        except Unavailable as error:
            if error.code == "bank.slow":
                raise Unavailable("lender.slow", lender=self.lender, seconds=error.values["seconds"]) from None
            raise Unavailable("lender.away", lender=self.lender, detail=error.values["detail"]) from None
        except Refused as error:
            raise Refused("lender.server_untrusted", lender=self.lender, detail=error.values["detail"]) from None
        return self._checked(reply)

    def close(self) -> None:
        self._https.close()

    def _checked(self, reply: HttpReply) -> HttpReply:
        if reply.too_large:
            raise Refused("lender.answer_too_large", lender=self.lender)
        if "incomplete" in reply.seen:
            raise Unavailable("lender.away", lender=self.lender, detail=reply.seen["incomplete"])
        status = int(reply.seen["status"])
        if status == 429 or (status == 503 and reply.seen["retry_after"]):
            raise Unavailable("lender.busy", retry_after=_seconds(reply.seen["retry_after"]), lender=self.lender)
        if status in (401, 403):
            raise Refused("lender.forbidden", lender=self.lender, status=status)
        return reply

    def fault(self, reply: HttpReply) -> Unavailable:
        """The error of an answer that says no more than that the server broke."""
        return Unavailable("lender.fault", retry_after=300.0, lender=self.lender, status=reply.seen["status"])


class _Patient(PinnedHttps):
    """Also sees how long the server wants to be left alone."""

    def _seen(self, response: httpx.Response) -> dict[str, str]:
        return {**super()._seen(response), "retry_after": response.headers.get("Retry-After", "")}


@cache
def public_authorities() -> tuple[x509.Certificate, ...]:
    """The authorities this machine believes for everybody: the system's store, on Windows its ROOT store.

    Raises:
        Refused: `lender.no_authorities`.
    """
    found = [_certificate(raw) for raw in ssl.create_default_context().get_ca_certs(binary_form=True)]
    believed = tuple(certificate for certificate in found if certificate is not None)
    if not believed:
        raise Refused("lender.no_authorities")
    return believed


def _certificate(raw: bytes) -> x509.Certificate | None:
    """An authority's certificate; None for one of the old ones that break the rules of X.509 (serial numbers below 1):
    who is certified by such a one alone is not believed."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return x509.load_der_x509_certificate(raw)
        except (ValueError, CryptographyDeprecationWarning):
            return None


def _seconds(text: str) -> float:
    """Retry-After in seconds (RFC 9110, 10.2.3); a date or nonsense counts as a minute."""
    return min(max(float(text), 1.0), _LONGEST_PATIENCE) if text.isdecimal() else 60.0
