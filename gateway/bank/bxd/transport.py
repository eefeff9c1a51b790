"""HTTP under zeep: pinned TLS, limits while reading, time-outs, and an answer that says what TLS saw.

zeep's own transport (requests) reads a reply whole whatever its size, and adds the public certificate authorities to
a context it is given. This one carries bytes and does neither.
"""

from __future__ import annotations

import hashlib
import logging
import ssl
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import zeep
from lxml import etree

from gateway.bank.bxd.wire import schema_folder
from gateway.core.errors import Corrupt, Refused, Unavailable
from gateway.signing.parsing import parse

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
    """An HTTP answer: whole, or broken off (`seen` has "incomplete"), or cut at the limit (`too_large`)."""

    content: bytes
    seen: dict[str, str] = field(default_factory=dict)
    too_large: bool = False


class OwnFiles(zeep.Transport):
    """What zeep loads its WSDL and schemas through: our own files, never the network."""

    def __init__(self) -> None:
        # zeep.Transport.__init__ would open a requests session that nothing here uses
        self.cache = None
        self.operation_timeout = self.load_timeout = None
        self.logger = logging.getLogger(__name__)
        self._close_session = False

    def load(self, url: str) -> bytes:
        """The file `url` of our schema folder.

        Raises:
            Refused: `bank.schema_outside`.
        """
        file = Path(url.removeprefix("file://"))
        if file.parent != schema_folder():
            raise Refused("bank.schema_outside", file=file.name)
        return file.read_bytes()


class PinnedTransport(OwnFiles):
    """What zeep posts through.

    Args:
        context: TLS with our anchors only; see `gateway.signing.tls`.
    """

    def __init__(self, context: ssl.SSLContext, limits: Limits) -> None:
        super().__init__()
        self._limits = limits
        self._http = httpx.Client(
            verify=context,
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(limits.read, connect=limits.connect),
            headers={"User-Agent": "Kvit", "Accept": "text/xml", "Accept-Encoding": "identity"},
        )

    def post_xml(self, address: str, envelope: etree._Element, headers: dict[str, str]) -> HttpReply:
        """Post an envelope as it is (it is signed: no reformatting).

        Raises:
            Unavailable: `bank.away`, `bank.slow`, `bank.fault`.
            Refused: `bank.server_untrusted`, `bank.client_refused`.
        """
        message = etree.tostring(envelope, xml_declaration=True, encoding="utf-8")
        started = time.monotonic()
        try:
            with self._http.stream("POST", address, content=message, headers=headers) as response:
                reply = self._read(response, started)
        except httpx.TimeoutException:
            raise Unavailable("bank.slow", seconds=round(time.monotonic() - started)) from None
        except httpx.TransportError as error:
            raise _unreachable(error) from None
        if reply.seen["status"] != "200":
            raise _fault(reply)
        return reply

    def close(self) -> None:
        self._http.close()

    def _read(self, response: httpx.Response, started: float) -> HttpReply:
        seen = _seen(response)
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


def _seen(response: httpx.Response) -> dict[str, str]:
    """What there is to say about where the bytes came from."""
    seen = {"url": str(response.url), "status": str(response.status_code)}
    stream = response.extensions.get("network_stream")
    tls = stream.get_extra_info("ssl_object") if stream is not None else None
    if tls is not None:
        cipher = tls.cipher()
        seen["tls"] = tls.version() or ""
        seen["cipher"] = cipher[0] if cipher else ""
        seen["peer_sha256"] = hashlib.sha256(tls.getpeercert(True) or b"").hexdigest()
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


def _fault(reply: HttpReply) -> Unavailable:
    """An HTTP error. A SOAP fault is unsigned: it is shown to a person and believed by nobody."""
    status, text = reply.seen["status"], ""
    try:
        root = parse(reply.content)
        text = " ".join((node.text or "").strip() for node in root.iter("faultcode", "faultstring"))
    except Corrupt:
        pass
    return Unavailable("bank.fault", retry_after=300.0, status=status, text=text[:200])
