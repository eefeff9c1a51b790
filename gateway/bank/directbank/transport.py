"""HTTPS to the bank: pinned TLS, limits while reading, time-outs, and an answer that says what TLS saw."""

from __future__ import annotations

import hashlib
import ssl
import time
from collections.abc import Iterable, Mapping
from urllib.parse import quote

import httpx
from cryptography import x509

from gateway.bank.bxd.transport import HttpReply, Limits
from gateway.core.errors import Refused, Unavailable
from gateway.signing.keys import Pkcs12Key, fingerprint
from gateway.signing.tls import client_context

_KEPT_OF_TOO_LARGE = 1 << 20


class Transport:
    """What methods are called through.

    Args:
        base: the service's base address.
        anchors: authorities the server must be certified by; nobody else is believed.
        key: our certificate for the connection; None where the bank asks for none.
    """

    def __init__(
        self, base: str, anchors: Iterable[x509.Certificate], limits: Limits, key: Pkcs12Key | None = None
    ) -> None:
        believed = tuple(anchors)
        self._base = base.rstrip("/")
        self._limits = limits
        self._anchors = ",".join(sorted(fingerprint(anchor) for anchor in believed))
        self._http = httpx.Client(
            verify=client_context(believed, key),
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(limits.read, connect=limits.connect),
            headers={"User-Agent": "Kvit", "Accept": "*/*", "Accept-Encoding": "identity"},
        )

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

        Raises:
            Unavailable: `bank.away`, `bank.slow`.
            Refused: `bank.server_untrusted`, `bank.client_refused`.
        """
        started = time.monotonic()
        verb = "GET" if body is None else "POST"
        asked = "&".join(f"{name}={quote(value, safe='')}" for name, value in (query or {}).items())
        url = f"{self._base}/{method}{'?' if asked else ''}{asked}"
        sent = {**headers, "Content-Type": "application/xml; charset=utf-8"}
        try:
            with self._http.stream(verb, url, headers=sent, content=body) as response:
                return self._read(response, started)
        except httpx.TimeoutException:
            raise Unavailable("bank.slow", seconds=round(time.monotonic() - started)) from None
        except httpx.TransportError as error:
            raise _unreachable(error) from None

    def close(self) -> None:
        self._http.close()

    def _read(self, response: httpx.Response, started: float) -> HttpReply:
        seen = self._seen(response)
        kept = bytearray()
        try:
            for piece in response.iter_raw():
                kept += piece
                if len(kept) > self._limits.message:
                    return HttpReply(bytes(kept[:_KEPT_OF_TOO_LARGE]), seen, too_large=True)
                if time.monotonic() - started > self._limits.total:
                    raise Unavailable("bank.slow", seconds=round(time.monotonic() - started))
        except (httpx.RemoteProtocolError, httpx.ReadError) as error:
            if not kept:
                raise
            return HttpReply(bytes(kept), {**seen, "incomplete": type(error).__name__})
        return HttpReply(bytes(kept), seen)

    def _seen(self, response: httpx.Response) -> dict[str, str]:
        """What there is to say about where the bytes came from. The query names a packet or a date, no secret."""
        seen = {"url": str(response.url), "status": str(response.status_code)}
        stream = response.extensions.get("network_stream")
        tls = stream.get_extra_info("ssl_object") if stream is not None else None
        if tls is not None:
            cipher = tls.cipher()
            seen["tls"] = tls.version() or ""
            seen["cipher"] = cipher[0] if cipher else ""
            seen["peer_sha256"] = hashlib.sha256(tls.getpeercert(True) or b"").hexdigest()
            seen["anchors"] = self._anchors  # whom the peer had to be certified by for this to happen at all
        return seen


def _unreachable(error: httpx.TransportError) -> Unavailable | Refused:
    """Away, or one side does not trust the other: that is for a person, however often it is repeated."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Refused("bank.server_untrusted", detail=cause.verify_message)
        if isinstance(cause, ssl.SSLError) and "ALERT" in (cause.reason or ""):
            return Refused("bank.client_refused", detail=cause.reason)
        cause = cause.__cause__ or cause.__context__
    return Unavailable("bank.away", detail=type(error).__name__)
