"""HTTPS to a bank, whatever protocol it speaks: pinned TLS, limits while reading, time-outs, and what TLS saw.

The public certificate authorities do not count, no proxy or variable of the environment is heard, no redirect is
followed, and a reply is read piece by piece so that its size is known before it fills the memory.
"""

from __future__ import annotations

import hashlib
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import httpx
from cryptography import x509

from gateway.core.errors import Refused, Unavailable
from gateway.signing.keys import Pkcs12Key, fingerprint
from gateway.signing.tls import client_context

_KEPT_OF_TOO_LARGE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """How much and how long.

    Attributes:
        message: bytes of one reply.
        connect, read, total: seconds to connect, between two pieces of a reply, and for one whole call.
    """

    message: int
    connect: float
    read: float
    total: float


@dataclass(frozen=True, slots=True)
class HttpReply:
    """An HTTP answer: whole, or broken off (`seen` has "incomplete"), or cut at the limit (`too_large`).

    Attributes:
        seen: where the bytes came from: "url", "status"; "tls", "cipher", "peer_sha256" (the server's certificate) and
            "anchors" (SHA-256 of the authorities it had to chain to, joined by commas).
    """

    content: bytes
    seen: dict[str, str] = field(default_factory=dict)
    too_large: bool = False


class PinnedHttps:
    """Connections to one bank's server.

    Args:
        anchors: authorities the server must be certified by; nobody else is believed.
        key: our certificate for the connection; None where the bank asks for none.
        accept: kinds of content we read.
    """

    def __init__(
        self,
        anchors: Iterable[x509.Certificate],
        limits: Limits,
        key: Pkcs12Key | None = None,
        *,
        accept: str = "*/*",
    ) -> None:
        believed = tuple(anchors)
        self._limits = limits
        self._anchors = ",".join(sorted(fingerprint(anchor) for anchor in believed))
        self._http = httpx.Client(
            verify=client_context(believed, key),
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(limits.read, connect=limits.connect),
            headers={"User-Agent": "Kvit", "Accept": accept, "Accept-Encoding": "identity"},
        )

    def exchange(self, verb: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> HttpReply:
        """One request and its answer, of whatever HTTP status.

        Raises:
            Unavailable: `bank.away`, `bank.slow`.
            Refused: `bank.server_untrusted`, `bank.client_refused`.
        """
        started = time.monotonic()
        try:
            with self._http.stream(verb, url, headers=dict(headers), content=body) as response:
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
        """What there is to say about where the bytes came from; addresses carry no secret."""
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
