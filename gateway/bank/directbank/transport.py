"""DirectBank's methods over HTTPS: one base address, a method's name behind it, POST or GET."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import quote

from cryptography import x509

from gateway.bank.transport import HttpReply, Limits, PinnedHttps
from gateway.signing.keys import Pkcs12Key


class Transport:
    """What methods are called through.

    Args:
        base: the service's base address.
        anchors, key: see `PinnedHttps`.
    """

    def __init__(
        self, base: str, anchors: Iterable[x509.Certificate], limits: Limits, key: Pkcs12Key | None = None
    ) -> None:
        self._base = base.rstrip("/")
        self._https = PinnedHttps(anchors, limits, key)

    def call(
        self,
        method: str,
        headers: Mapping[str, str],
        *,
        query: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> HttpReply:
        """Call a method: POST with `body` (may be empty), GET where `body` is None.

        Any HTTP status is an answer: the standard puts errors into the body, and some banks set a status as well.

        Args:
            query: names a packet or a date, no secret: the address is kept with the answer.

        Raises:
            Unavailable, Refused: as `PinnedHttps.exchange`.
        """
        verb = "GET" if body is None else "POST"
        asked = "&".join(f"{name}={quote(value, safe='')}" for name, value in (query or {}).items())
        url = f"{self._base}/{method}{'?' if asked else ''}{asked}"
        return self._https.exchange(verb, url, {**headers, "Content-Type": "application/xml; charset=utf-8"}, body)

    def close(self) -> None:
        self._https.close()
