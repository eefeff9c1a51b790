"""HTTPS to services outside the bank: paced, patient, and certified by a public authority or by anchors of our own.

Whose service it is, each adapter says in errors of its own; what they have in common stands here.
"""

from __future__ import annotations

import ssl
import threading
import time
import warnings
from collections.abc import Callable
from functools import cache
from urllib.parse import urlsplit

import httpx
from cryptography import x509
from cryptography.utils import CryptographyDeprecationWarning

from gateway.bank.transport import PinnedHttps
from gateway.core.errors import Refused

_LONGEST_PATIENCE = 3600.0
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Pace:
    """At most so many calls a second, evenly spaced, whichever threads make them.

    Args:
        monotonic, sleep: the machine's; others in tests.
    """

    def __init__(
        self,
        per_second: int,
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


class PatientHttps(PinnedHttps):
    """Also sees how long the server wants to be left alone ("retry_after"), and what kind of content came ("kind")."""

    def _seen(self, response: httpx.Response) -> dict[str, str]:
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return {**super()._seen(response), "retry_after": response.headers.get("Retry-After", ""), "kind": kind}


def insecure_host(url: str) -> str | None:
    """The host of an address that is not protected and not on this machine, "?" for none; None for a good address."""
    address = urlsplit(url)
    if address.scheme == "https" or (address.scheme == "http" and address.hostname in _LOOPBACK):
        return None
    return address.hostname or "?"


def patience(text: str) -> float:
    """Retry-After in seconds (RFC 9110, 10.2.3); a date or nonsense counts as a minute."""
    return min(max(float(text), 1.0), _LONGEST_PATIENCE) if text.isdecimal() else 60.0


@cache
def public_authorities() -> tuple[x509.Certificate, ...]:
    """The authorities this machine believes for everybody: the system's store, on Windows its ROOT store.

    Raises:
        Refused: `bank.no_authorities`.
    """
    found = [_certificate(raw) for raw in ssl.create_default_context().get_ca_certs(binary_form=True)]
    believed = tuple(certificate for certificate in found if certificate is not None)
    if not believed:
        raise Refused("bank.no_authorities")
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
