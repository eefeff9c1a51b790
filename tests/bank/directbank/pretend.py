"""A pretend bank for tests: an HTTPS server on loopback that speaks 1C:DirectBank from its own templates.

It shares with the product only `gateway.signing`; what it writes is plain text written here.
"""

from __future__ import annotations

import base64
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape, quoteattr

from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from gateway.bank.channel import Reply, Request
from gateway.bank.directbank.client import DirectBankChannel
from gateway.bank.directbank.profile import Agreement, DirectBankProfile, DirectBankTrust
from gateway.bank.directbank.prove import PacketRules
from gateway.bank.directbank.session import CertificateLogon, PasswordLogon
from gateway.core.clock import FixedClock
from gateway.signing.cms import encrypt, sign_detached
from gateway.signing.keys import Pkcs12Key, Signer, fingerprint
from gateway.signing.policy import TrustPolicy
from gateway.signing.tls import server_context
from tests.bank.bxd.pretend import SIGNER, authority, customer_key

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
NS = "http://directbank.1c.ru/XMLSchema"
BOM = b"\xef\xbb\xbf"
ACCOUNT = "40702810500000000001"
CUSTOMER = "24102018"
OPENED: list[DirectBankChannel] = []
"""Channels a test made; closed when it ends."""
LOGIN, PASSWORD = "user", "пароль-1"


@cache
def server_key() -> Pkcs12Key:
    return authority().issue_server(datetime.now(UTC))


def rules(*, required: bool = False, ignored: bool = False, content_limit: int = 1 << 20) -> PacketRules:
    signers = TrustPolicy(anchors=(authority().certificate,), signers=frozenset({SIGNER}))
    anchors = frozenset({fingerprint(authority().certificate)})
    return PacketRules(None if ignored else signers, required, anchors, 1 << 22, content_limit)


def tls_facts(**changes: str) -> dict[str, str]:
    facts = {"url": "https://bank/GetPack", "status": "200", "tls": "TLSv1.3", "cipher": "TLS_AES_256_GCM_SHA384"}
    facts |= {"peer_sha256": "ab" * 32, "anchors": fingerprint(authority().certificate)}
    return {name: value for name, value in (facts | changes).items() if value}


def reply(raw: bytes, reference: str = "", operation: str = "GetPack", **transport: str) -> Reply:
    return Reply(Request("OUR-REQUEST", operation, NOW, reference), raw, NOW, tls_facts(**transport))


def result(inner: str, version: str = "2.3.2") -> bytes:
    head = f'<ResultBank xmlns="{NS}" formatVersion="{version}" userAgent="Pretend">'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}{inner}</ResultBank>'.encode()


def success(inner: str) -> bytes:
    return result(f"<Success>{inner}</Success>")


def error(code: str, text: str = "Ошибка", more: str = "") -> bytes:
    extra = f"<MoreInfo>{escape(more)}</MoreInfo>" if more else ""
    return result(f"<Error><Code>{code}</Code><Description>{escape(text)}</Description>{extra}</Error>")


def document(
    content: bytes,
    kind: str = "15",
    *,
    signers: Sequence[Signer] = (),
    document_id: str = "d-1",
    carried: bytes | None = None,
    attributes: str = "",
    at: datetime = NOW,
) -> str:
    """A Document element; `carried` replaces the octets that travel, signatures stay over `content`."""
    signatures = "".join(
        '<Signature x509IssuerName="CA" x509SerialNumber="01"><SignedData>'
        f"{base64.b64encode(sign_detached(content, signer, at=at)).decode()}</SignedData></Signature>"
        for signer in signers
    )
    data = base64.encodebytes(content if carried is None else carried).decode()  # in lines, as 1C writes it
    return (
        f'<Document id="{document_id}" dockind="{kind}" formatVersion="2.3.2" {attributes}><Data>{data}</Data>'
        f"{signatures}</Document>"
    )


def packet(packet_id: str, *documents: str) -> bytes:
    """The answer to GetPack."""
    return success(
        f'<GetPacketResponse id="{packet_id}" formatVersion="2.3.2" creationDate="2026-11-20T15:00:00">'
        f'<Sender><Bank bic="044525888" name="ДЕМО-БАНК"/></Sender><Recipient><Customer id="{CUSTOMER}"/></Recipient>'
        f"{''.join(documents)}</GetPacketResponse>"
    )


def line(
    number: str = "1",
    amount: str = "100.00",
    *,
    credit: bool = True,
    date: str = "2026-11-20",
    pay_id: str | None = None,
    ext_id: str = "",
    purpose: str = "Оплата по счёту № 125",
    kind: str = "10",
    element: str = "PayDocRu",
) -> str:
    """An OperationInfo of somebody's payment to us (credit), or of ours."""
    other = (
        "<Name>ООО Ромашка</Name><INN>7704596181</INN><KPP>770401001</KPP><Account>40702810401200000035</Account>"
        "<Bank><BIC>044525999</BIC><Name>ДЕМО-БАНК2</Name></Bank>"
    )
    own = f"<Name>Мы</Name><INN>7705260699</INN><Account>{ACCOUNT}</Account><Bank><BIC>044525888</BIC></Bank>"
    payer, payee = (other, own) if credit else (own, other)
    return (
        f'<OperationInfo><PayDoc id="{pay_id or f"C0{number:>014}"}" docKind="{kind}"><{element}>'
        f"<DocNo>{number}</DocNo>"
        f"<DocDate>2026-11-19</DocDate><Sum>{amount}</Sum><Payer>{payer}</Payer><Payee>{payee}</Payee>"
        f"<TransitionKind>01</TransitionKind><Purpose>{escape(purpose)}</Purpose></{element}></PayDoc>"
        f"<DC>{2 if credit else 1}</DC><Date>{date}</Date>"
        f"{f'<ExtID>{ext_id}</ExtID>' if ext_id else ''}</OperationInfo>"
    )


def statement(
    *lines: str,
    statement_type: str = "0",
    answers: str = "",
    account: str = ACCOUNT,
    day: str = "2026-11-19",
    opening: str = "1000.00",
    closing: str = "1100.00",
    statement_id: str = "S-1",
    before: str = "",
    after: str = "",
) -> bytes:
    asked = f"<ExtIDStatementRequest>{answers}</ExtIDStatementRequest>" if answers else ""
    return (
        BOM
        + (
            f'<?xml version="1.0" encoding="UTF-8"?>\n{before}<Statement xmlns="{NS}" id="{statement_id}" '
            'formatVersion="2.3.2" creationDate="2026-11-20T15:00:00" userAgent="Pretend">'
            '<Sender bic="044525888" name="ДЕМО-БАНК"/><Recipient id="24102018" name="ООО Мы"/><Data>'
            f"<StatementType>{statement_type}</StatementType><DateFrom>{day}T00:00:00</DateFrom>"
            f"<DateTo>{day}T23:59:59</DateTo><Account>{account}</Account><Bank><BIC>044525888</BIC></Bank>"
            f"<OpeningBalance>{opening}</OpeningBalance><ClosingBalance>{closing}</ClosingBalance>"
            f"{''.join(lines)}{after}</Data>{asked}</Statement>"
        ).encode()
    )


def notice(about: str, *, status: str = "", error_code: str = "", of_packet: str = "", answers: str = "") -> bytes:
    """A StatusDocNotice about a document (one that answers our request, or none), or, with `of_packet`, a
    StatusPacketNotice about a packet."""
    said = (
        f"<Error><Code>{error_code}</Code><Description>нет</Description></Error>"
        if error_code
        else f"<Status><Code>{status}</Code><Name>Состояние</Name></Status>"
    )
    name = "StatusPacketNotice" if of_packet else "StatusDocNotice"
    body = (
        f"<IDResultSuccessResponse>{about}</IDResultSuccessResponse><Result>{said}</Result>"
        f"<ExtIDPacket>{of_packet}</ExtIDPacket>"
        if of_packet
        else f"<ExtID>{about}</ExtID><Result>{said}</Result>"
    )
    body += f"<ExtIDStatusRequest>{answers}</ExtIDStatusRequest>" if answers else ""
    return (
        BOM
        + (
            f'<{name} xmlns="{NS}" id="N-1" formatVersion="2.3.2" creationDate="2026-11-20T15:00:00">'
            f'<Sender><Bank bic="044525888"/></Sender><Recipient><Customer id="{CUSTOMER}"/></Recipient>{body}</{name}>'
        ).encode()
    )


def settings(rules_of: dict[str, str], customer: str = CUSTOMER, version: str = "2.3.2", compress: str = "") -> bytes:
    documents = "".join(
        f"<Document docKind={quoteattr(kind)}>"
        + (f"<Signed><RuleSignatures>{rule}</RuleSignatures></Signed>" if rule else "")
        + "</Document>"
        for kind, rule in rules_of.items()
    )
    packed = f"<Compress>{compress}</Compress>" if compress else ""
    return (
        BOM
        + (
            f'<Settings xmlns="{NS}" id="E-1" formatVersion="2.3.1" creationDate="2026-11-20T15:00:00">'
            f'<Sender bic="044525888"/><Recipient id="{customer}"/><Data><CustomerID>{customer}</CustomerID>'
            "<BankServerAddress>https://elsewhere.example/</BankServerAddress>"
            f"<FormatVersion>{version}</FormatVersion><Encoding>UTF-8</Encoding>{packed}"
            f"<Logon><Login><User>{LOGIN}</User></Login></Logon>{documents}</Data></Settings>"
        ).encode()
    )


@dataclass
class Call:
    """A call as it came."""

    method: str
    verb: str
    headers: dict[str, str]
    query: dict[str, str]
    body: bytes

    def packet(self) -> etree._Element:
        return etree.fromstring(self.body)

    def inner(self) -> etree._Element:
        """The document in the packet."""
        data = self.packet().findtext(f"{{{NS}}}Document/{{{NS}}}Data") or ""
        return etree.fromstring(base64.b64decode(data))


@dataclass
class PretendBank:
    """Its state and its moods.

    Attributes:
        answers: method → answers to give instead of the honest ones, first come first served.
        offered: packets to list, in order; with `queue` a packet is listed only until it was fetched.
        answer_requests: a statement request makes a packet with a statement, once so many lists were asked for.
    """

    calls: list[Call] = field(default_factory=list)
    answers: dict[str, list[bytes | tuple[int, bytes] | Callable[[Call], bytes]]] = field(default_factory=dict)
    packets: dict[str, bytes] = field(default_factory=dict)
    offered: list[str] = field(default_factory=list)
    queue: bool = False
    stamp: str = "2026-11-20T15:00:00"
    taken: list[str] = field(default_factory=list)
    sessions: set[str] = field(default_factory=set)
    otp: str = ""
    settings: bytes = b""
    signer: Signer | None = None
    answer_requests: bool = False
    logons: int = 0

    def offer(self, raw: bytes, packet_id: str = "") -> str:
        packet_id = packet_id or str(uuid.uuid5(uuid.NAMESPACE_OID, str(len(self.packets))))
        self.packets[packet_id] = raw
        self.offered.append(packet_id)
        return packet_id

    def offer_documents(self, *documents: str) -> str:
        packet_id = str(uuid.uuid5(uuid.NAMESPACE_OID, str(len(self.packets))))
        return self.offer(packet(packet_id, *documents), packet_id)

    def of(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    def answer(self, call: Call) -> tuple[int, bytes]:
        self.calls.append(call)
        planned = self.answers.get(call.method)
        if planned:
            given = planned.pop(0)
            if callable(given):
                given = given(call)
            return given if isinstance(given, tuple) else (200, given)
        if call.method not in ("Logon", "LogonOTP", "LogonCert") and call.headers.get("sid") not in self.sessions:
            return 200, error("1007", "Некорректный идентификатор сессии")
        return 200, getattr(self, f"_{call.method}")(call)

    def _Logon(self, call: Call) -> bytes:
        wanted = base64.b64encode(f"{LOGIN}:{PASSWORD}".encode()).decode()
        if call.headers.get("authorization") != f"Basic {wanted}":
            return error("1201", "Некорректные данные для аутентификации")
        extra = '<ExtraAuth><OTP phoneMask="+*********85" code="1"/></ExtraAuth>' if self.otp else ""
        self.logons += 1
        sid = f"half-{self.logons}" if self.otp else self._new_session()
        return success(f"<LogonResponse><SID>{sid}</SID>{extra}</LogonResponse>")

    def _LogonOTP(self, call: Call) -> bytes:
        if call.headers.get("sid") != f"half-{self.logons}":
            return error("1007", "Некорректный идентификатор сессии")
        if call.headers.get("otp") != self.otp:
            return error("1204", "Некорректный ОТР")
        return success(f"<LogonResponse><SID>{self._new_session()}</SID></LogonResponse>")

    def _LogonCert(self, call: Call) -> bytes:
        der = base64.b64decode(call.packet().findtext(f"{{{NS}}}X509Certificate") or "")
        if der != customer_key().certificate.public_bytes(Encoding.DER):
            return error("1101", "Сертификат электронной подписи не найден")
        self.logons += 1
        envelope = encrypt(self._new_session().encode(), customer_key().certificate)
        encrypted = base64.b64encode(envelope).decode()
        return success(f"<LogonCertResponse><EncryptedSID>{encrypted}</EncryptedSID></LogonCertResponse>")

    def _GetSettings(self, call: Call) -> bytes:
        if not self.settings:
            return error("1012", "Не удалось получить настройки обмена с банком")
        return success(
            '<GetSettingsResponse id="G-1" formatVersion="2.3.2" creationDate="2026-11-20T15:00:00">'
            f'<Data dockind="06">{base64.b64encode(self.settings).decode()}</Data></GetSettingsResponse>'
        )

    def _SendPack(self, call: Call) -> bytes:
        sent = call.packet()
        packet_id = sent.get("id") or ""
        if packet_id in self.taken:
            return error("2002", "Дубль транспортного контейнера")
        self.taken.append(packet_id)
        if self.answer_requests and sent.find(f"{{{NS}}}Document").get("dockind") == "14":
            self._make_statement(call.inner())
        return success(f"<SendPacketResponse><ID>{uuid.uuid5(uuid.NAMESPACE_OID, packet_id)}</ID></SendPacketResponse>")

    def _make_statement(self, request: etree._Element) -> None:
        data = request.find(f"{{{NS}}}Data")
        asked = {etree.QName(part).localname: part.text or "" for part in data}
        content = statement(
            statement_type=asked["StatementType"],
            answers=request.get("id") or "",
            account=asked["Account"],
            day=asked["DateFrom"][:10],
            closing="1000.00",
            statement_id=f"S-{len(self.packets)}",
        )
        self.offer_documents(document(content, signers=[self.signer] if self.signer else []))

    def _GetPackList(self, call: Call) -> bytes:
        names = "".join(f"<PacketID>{name}</PacketID>" for name in self.offered)
        return success(f'<GetPacketListResponse TimeStampLastPacket="{self.stamp}">{names}</GetPacketListResponse>')

    def _GetPack(self, call: Call) -> bytes:
        name = call.query["id"]
        if self.queue and name in self.offered:
            self.offered.remove(name)
        return self.packets.get(name) or error("2102", "Транспортный контейнер не найден")

    def _new_session(self) -> str:
        sid = str(uuid.uuid5(uuid.NAMESPACE_OID, f"session {len(self.sessions)} {self.logons}"))
        self.sessions.add(sid)
        return sid


@contextmanager
def serving(bank: PretendBank, key: Pkcs12Key | None = None) -> Iterator[str]:
    """The bank's base address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # one write for each answer: two of them wait for each other's acknowledgement
        disable_nagle_algorithm = True

        def _go(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, raw = bank.answer(Call(parts.path.rsplit("/", 1)[-1], self.command, headers, query, body))
            self.send_response(status)
            self.send_header("Content-Type", "application/xml; charset=utf-8")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = _go  # noqa: N815 - names of http.server

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.socket = server_context(key or server_key()).wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_address[1]}/directbank"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class DictMemory:
    """Memory that lasts as long as the test."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.puts = 0

    def get(self, name: str) -> Any | None:
        return self.values.get(name)

    def put(self, name: str, value: Any) -> None:
        self.values[name] = value
        self.puts += 1


def profile(**service: object) -> DirectBankProfile:
    table = {
        "format": 1,
        "name": "pretend",
        "title_ru": "Банк",
        "title_en": "Bank",
        "protocol": "directbank",
        "service": {
            "url": "https://127.0.0.1:1/directbank",
            "bic": "044525888",
            "bank_name": "ДЕМО-БАНК",
            "answer_pause_s": 0.0,
            **service,
        },
        "trust": {"tls_anchors": ["x.pem"], "signing_anchors": ["x.pem"], "signers": [SIGNER]},
        "limits": {"message_mib": 4, "connect_s": 2.0, "read_s": 2.0, "total_s": 5.0},
    }
    return DirectBankProfile.model_validate(table)


def channel(
    url: str,
    *,
    memory: Any = None,
    clock: FixedClock | None = None,
    logon: PasswordLogon | CertificateLogon | None = None,
    signer: Signer | None = None,
    accounts: tuple[str, ...] = (),
    customer: str = CUSTOMER,
    required: bool = False,
    **service: object,
) -> DirectBankChannel:
    agreement = Agreement(customer, 'ООО "Мы"', "7705260699", "770501001", accounts, url)
    opened = DirectBankChannel(
        profile(**service),
        agreement,
        DirectBankTrust((authority().certificate,), rules(required=required)),
        clock or FixedClock(NOW),
        memory if memory is not None else DictMemory(),
        logon or PasswordLogon(LOGIN, lambda: PASSWORD),
        signer,
        sleep=lambda _: None,
    )
    OPENED.append(opened)
    return opened
