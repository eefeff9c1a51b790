"""A pretend bank for tests: keys made at run time, replies built and signed as a bank would, an HTTPS server.

It shares with the product only `gateway.signing` (the bank signs with the same standard); requests are read here by
the strict verifier, so every test that talks to it also proves that what we send verifies.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape

from lxml import etree

from gateway.bank.bxd.response import ReplyRules
from gateway.bank.bxd.wire import MODEL, SERVICE, XMLDATA, application_schema
from gateway.bank.channel import Reply, Request
from gateway.core.clock import Clock, FixedClock, SystemClock
from gateway.signing.ca import DemoAuthority
from gateway.signing.keys import Pkcs12Key
from gateway.signing.parsing import parse
from gateway.signing.policy import TrustPolicy
from gateway.signing.tls import server_context
from gateway.signing.wsse import SOAP, sign_envelope, verify_envelope
from gateway.signing.xmldsig import sign_enveloped, verify_enveloped
from gateway.signing.xmlenc import decrypt_document

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
SIGNER = "Kvit Sandbox Bank"
CUSTOMER = "11111111"
STATEMENT = "<Document>Оплата по счёту № 125</Document>".encode()
ID = "01JD4QZX0000000000000000AA"


@cache
def authority() -> DemoAuthority:
    return DemoAuthority.create(min(NOW, datetime.now(UTC)) - timedelta(days=400))


@cache
def stranger() -> DemoAuthority:
    """Another authority with the very same name."""
    return DemoAuthority.create(min(NOW, datetime.now(UTC)) - timedelta(days=400))


@cache
def bank_key() -> Pkcs12Key:
    return authority().issue_signing(SIGNER, NOW - timedelta(days=30), NOW + timedelta(days=300))


@cache
def customer_key() -> Pkcs12Key:
    return authority().issue_client(CUSTOMER, datetime.now(UTC))


def policy(**changes: object) -> TrustPolicy:
    return TrustPolicy(**{"anchors": (authority().certificate,), "signers": frozenset({SIGNER}), **changes})


def rules(content_limit: int = 1 << 20, **changes: object) -> ReplyRules:
    return ReplyRules(policy(**changes), policy(**changes), content_limit)


def application(
    code: str = "00", text: str = "OK", content: bytes | None = None, *, compressed: bool = False, inside: str = ""
) -> bytes:
    """An unsigned ApplicationResponse; `inside` is put before Content as it is."""
    packed = "<Compressed>true</Compressed><CompressionMethod>RFC1952</CompressionMethod>" if compressed else ""
    carried = "" if content is None else f"<Content>{base64.b64encode(content).decode()}</Content>"
    return (
        f'<ApplicationResponse xmlns="{XMLDATA}"><CustomerId>{CUSTOMER}</CustomerId>'
        f"<Timestamp>2026-11-21T09:00:00Z</Timestamp><ResponseCode>{code}</ResponseCode>"
        f"<ResponseText>{escape(text)}</ResponseText>{packed}{inside}{carried}</ApplicationResponse>"
    ).encode()


def listed(*references: str, file_type: str = "XT") -> str:
    """FileDescriptors naming these files."""
    rows = "".join(
        f"<FileDescriptor><FileReference>{r}</FileReference><TargetId>T</TargetId><ServiceId>40702810000000000001"
        f"</ServiceId><FileType>{file_type}</FileType><FileTimestamp>2026-11-21T12:00:00+03:00</FileTimestamp>"
        "<Status>NEW</Status></FileDescriptor>"
        for r in references
    )
    return f"<FileDescriptors>{rows}</FileDescriptors>"


def envelope(
    payload: bytes | None, operation: str = "downloadFile", request_id: str = ID, code: str = "00", text: str = "OK"
) -> etree._Element:
    """An unsigned reply around an ApplicationResponse."""
    carried = "" if payload is None else base64.b64encode(payload).decode()
    return parse(
        f'<soapenv:Envelope xmlns:soapenv="{SOAP}" xmlns:cor="{SERVICE}" xmlns:mod="{MODEL}"><soapenv:Header/>'
        f"<soapenv:Body><cor:{operation}out><mod:ResponseHeader><mod:SenderId>{CUSTOMER}</mod:SenderId>"
        f"<mod:RequestId>{request_id}</mod:RequestId><mod:Timestamp>2026-11-21T09:00:00Z</mod:Timestamp>"
        f"<mod:ResponseCode>{code}</mod:ResponseCode><mod:ResponseText>{escape(text)}</mod:ResponseText>"
        f"<mod:ReceiverId>{CUSTOMER}</mod:ReceiverId></mod:ResponseHeader>"
        f"<mod:ApplicationResponse>{carried}</mod:ApplicationResponse></cor:{operation}out></soapenv:Body>"
        "</soapenv:Envelope>".encode()
    )


def signed(unsigned: etree._Element, key: Pkcs12Key | None = None, clock: Clock | None = None) -> bytes:
    """`unsigned` with the bank's WS-Security, as bytes."""
    sign_envelope(unsigned, key or bank_key(), clock or FixedClock(NOW))
    return etree.tostring(unsigned, xml_declaration=True, encoding="utf-8")


def download(content: bytes = STATEMENT, request_id: str = ID) -> bytes:
    """The honest reply to downloadFile."""
    return signed(envelope(sign_enveloped(application(content=content), bank_key()), request_id=request_id))


def reply(raw: bytes, operation: str = "downloadFile", request_id: str = ID, reference: str = "") -> Reply:
    """`raw` as if fetched now."""
    return Reply(Request(request_id, operation, NOW, reference), raw, NOW, {})


@dataclass
class Asked:
    """What the server was asked, verified."""

    operation: str
    request_id: str
    application: etree._Element
    header: dict[str, str]


@dataclass
class PretendBank:
    """The server's script and its memory.

    Attributes:
        answer: makes the reply's bytes out of what was asked.
        status: of HTTP.
        cut: serve only so many bytes, then hang up.
        opener: the bank's encryption key, where it wants requests encrypted.
        heard: everything asked so far.
    """

    url: str = ""
    answer: Callable[[Asked], bytes] = lambda asked: b""
    status: int = 200
    cut: int | None = None
    opener: Pkcs12Key | None = None
    heard: list[Asked] = field(default_factory=list)

    def hear(self, raw: bytes) -> Asked:
        """Verify a request the way a strict bank would."""
        own = TrustPolicy(anchors=(authority().certificate,), signers=frozenset({CUSTOMER}))
        body = verify_envelope(raw, own, datetime.now(UTC)).body
        operation = etree.QName(body[0]).localname.removesuffix("in")
        header = {etree.QName(c).localname: c.text or "" for c in body[0][0]}
        carried = base64.b64decode(body[0][1].text or "")
        if self.opener is not None:
            carried = decrypt_document(carried, self.opener)
        payload = verify_enveloped(carried, own, datetime.now(UTC))
        application_schema().assertValid(payload.root)
        asked = Asked(operation, header["RequestId"], payload.root, header)
        self.heard.append(asked)
        return asked

    def sign(self, asked: Asked, payload: bytes, code: str = "00", text: str = "OK") -> bytes:
        """An honest signed reply around an unsigned ApplicationResponse."""
        inner = sign_enveloped(payload, bank_key())
        return signed(envelope(inner, asked.operation, asked.request_id, code, text), clock=SystemClock())


@contextmanager
def serving(ask_certificate: bool = True) -> Iterator[PretendBank]:
    """A running pretend bank on 127.0.0.1, TLS, asking for a client certificate."""
    bank = PretendBank()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # head and body leave in two writes: 40 ms of waiting otherwise

        def do_POST(self) -> None:
            asked = bank.hear(self.rfile.read(int(self.headers["Content-Length"])))
            body = bank.answer(asked)
            self.send_response(bank.status)
            self.send_header("Content-Type", "text/xml; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body if bank.cut is None else body[: bank.cut])
            if bank.cut is not None:
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            pass  # clients that refuse our certificate end here

    server = Server(("127.0.0.1", 0), Handler)
    tls = server_context(
        authority().issue_server(datetime.now(UTC)), (authority().certificate,) if ask_certificate else ()
    )
    server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    bank.url = f"https://127.0.0.1:{server.server_port}/CorporateFileService"
    try:
        yield bank
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
