"""A DirectBank customer that shares no code with ours: http.client, lxml, and the openssl command for all signatures.

It knows nothing of `gateway.bank.directbank`; messages are written here as text, from the standard.
"""

from __future__ import annotations

import base64
import http.client
import io
import shutil
import ssl
import subprocess
import uuid
import zipfile
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit
from xml.sax.saxutils import quoteattr
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from gateway.bank.sandbox.enrol import Enrolment

NAMESPACE = "http://directbank.1c.ru/XMLSchema"
N = {"d": NAMESPACE}
MOSCOW = ZoneInfo("Europe/Moscow")
BOM = b"\xef\xbb\xbf"


class BankError(Exception):
    """ResultBank/Error."""

    def __init__(self, code: str, more: str) -> None:
        self.code = code
        self.more = more
        super().__init__(f"{code}: {more}")


class NotProved(Exception):
    """A document whose signature openssl does not confirm."""


@dataclass(frozen=True)
class Carried:
    """A document of a packet."""

    id: str
    kind: str
    ext_id: str
    content: bytes
    signatures: tuple[bytes, ...]

    @property
    def root(self) -> etree._Element:
        return etree.fromstring(self.content)

    def text(self, path: str) -> str:
        """Text at a path of local names."""
        return self.root.findtext("/".join(f"d:{name}" for name in path.split("/")), "", N)


def openssl() -> str:
    found = shutil.which("openssl")
    if found is None:
        pytest.skip("no openssl command here")
    return found


class DirectBankClient:
    """Connected to the bank of `enrolment` at `url`.

    Attributes:
        sid: of the session; change it to see what happens.
        headers: sent with every request unless overridden.
    """

    def __init__(self, enrolment: Enrolment, url: str, folder: Path, *, version: str = "2.3.2") -> None:
        self.enrolment = enrolment
        self.folder = folder
        folder.mkdir(exist_ok=True)
        (folder / "tls.pem").write_bytes(enrolment.tls_anchors)
        (folder / "root.pem").write_bytes(enrolment.signing_anchors)
        (folder / "own.p12").write_bytes(enrolment.pkcs12)
        parts = urlsplit(url)
        context = ssl.create_default_context(cafile=str(folder / "tls.pem"))
        assert parts.hostname and parts.port
        self._address = (parts.hostname, parts.port)
        self._context = context
        self._base = parts.path
        self.sid = ""
        self.version = version

    # HTTP

    def raw(
        self, verb: str, path: str, headers: dict[str, str] | None = None, body: bytes = b"", timeout: float = 20
    ) -> tuple[int, str, bytes]:
        """(status, Content-Type, body) of one request on a connection of its own."""
        connection = http.client.HTTPSConnection(*self._address, context=self._context, timeout=timeout)
        try:
            connection.request(verb, f"{self._base}/{path}", body or None, headers or {})
            response = connection.getresponse()
            return response.status, response.getheader("Content-Type", ""), response.read()
        finally:
            connection.close()

    def call(self, verb: str, path: str, body: bytes = b"", **headers: str | None) -> etree._Element:
        """What stands in Success; headers given as None are left out.

        Raises:
            BankError.
        """
        whole: dict[str, str | None] = {
            "CustomerID": self.enrolment.customer_id,
            "APIVersion": self.version,
            "Content-Type": "application/xml; charset=utf-8",
            "SID": self.sid or None,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        sent = {name: value for name, value in whole.items() if value is not None}
        status, kind, answer = self.raw(verb, path, sent, body)
        assert (status, kind) == (200, "application/xml; charset=utf-8"), answer[:200]
        return self.success(answer)

    def success(self, answer: bytes) -> etree._Element:
        root = etree.fromstring(answer, etree.XMLParser(resolve_entities=False, no_network=True))
        assert root.tag == f"{{{NAMESPACE}}}ResultBank" and len(root) == 1
        if root[0].tag == f"{{{NAMESPACE}}}Error":
            raise BankError(root.findtext(".//d:Code", "", N), root.findtext(".//d:MoreInfo", "", N))
        return root[0][0]

    # Methods

    def logon(self, login: str = "", password: str = "", **headers: str | None) -> etree._Element:
        pair = f"{login or self.enrolment.directbank_login}:{password or self.enrolment.directbank_password}"
        basic = f"Basic {base64.b64encode(pair.encode()).decode()}"
        found = self.call("POST", "Logon", **{"Authorization": basic, "SID": None, **headers})
        self.sid = found.findtext("d:SID", "", N)
        return found

    def logon_cert(self) -> str:
        """Log on with the certificate; the SID openssl decrypted."""
        certificate = self.run("pkcs12", "-in", "own.p12", "-passin", self._pass, "-nokeys", "-clcerts")
        (self.folder / "own.pem").write_bytes(certificate)
        serial = self.run("x509", "-in", "own.pem", "-noout", "-serial").decode().strip().partition("=")[2]
        der = base64.b64encode(self.run("x509", "-in", "own.pem", "-outform", "DER")).decode()
        body = (
            f'<?xml version="1.0" encoding="UTF-8"?><X509Data xmlns="{NAMESPACE}" {self.head(str(uuid.uuid4()))}>'
            f"<X509IssuerName>Kvit Sandbox Signing Root</X509IssuerName><X509SerialNumber>{serial}</X509SerialNumber>"
            f"<X509Certificate>{der}</X509Certificate></X509Data>"
        )
        found = self.call("POST", "LogonCert", body.encode(), SID=None)
        (self.folder / "sid.der").write_bytes(base64.b64decode(found.findtext("d:EncryptedSID", "", N)))
        self.run("pkcs12", "-in", "own.p12", "-passin", self._pass, "-nocerts", "-noenc", "-out", "own.key")
        opened = self.run(
            "cms", "-decrypt", "-binary", "-inform", "DER", "-in", "sid.der", "-recip", "own.pem", "-inkey", "own.key"
        )
        self.sid = opened.decode("ascii")
        return self.sid

    def packets(self, since: str = "") -> tuple[list[str], str]:
        """Ids on offer, and the bank's time stamp as it is."""
        path = f"GetPackList?date={quote(since)}" if since else "GetPackList"
        found = self.call("GET", path)
        return [node.text or "" for node in found], found.get("TimeStampLastPacket", "")

    def fetch(self, number: str) -> list[Carried]:
        found = self.call("GET", f"GetPack?id={quote(number)}")
        assert found.get("id") == number
        return carried(found)

    def everything(self) -> list[Carried]:
        """The documents of all packets on offer, in the bank's order."""
        return [document for number in self.packets()[0] for document in self.fetch(number)]

    def statements(self) -> list[Carried]:
        return [document for document in self.everything() if document.kind == "15"]

    def notices(self, document: str) -> list[tuple[str, str]]:
        """(status or error, MoreInfo) of every notice about `document`."""
        return [
            (one.root.findtext("d:Result/*/d:Code", "", N), one.root.findtext("d:Result/*/d:MoreInfo", "", N))
            for one in self.everything()
            if one.kind == "02" and one.text("ExtID") == document
        ]

    def send(self, *documents: str, **packet: str) -> str:
        """SendPack; the id the bank gives it."""
        found = self.call("POST", "SendPack", self.packet(*documents, **packet))
        return found.findtext("d:ID", "", N)

    # Messages

    def head(self, number: str, created: str = "") -> str:
        now = created or datetime.now(MOSCOW).strftime("%Y-%m-%dT%H:%M:%S")
        return f'id="{number}" formatVersion="{self.version}" creationDate="{now}" userAgent="test"'

    def sender(self, kpp: str = "") -> str:
        own = self.enrolment
        return f'id="{own.customer_id}" name={quoteattr(own.owner)} inn="{own.inn}"{kpp and f" kpp={kpp!r}"}'

    def parties(self) -> str:
        return f'<Sender {self.sender()}/><Recipient bic="{self.enrolment.bic}" name="Банк"/>'

    def packet(self, *documents: str, number: str = "", created: str = "", sender: str = "", more: str = "") -> bytes:
        own = sender or f"<Customer {self.sender()}/>"
        return (
            BOM
            + f'<?xml version="1.0" encoding="UTF-8"?><Packet xmlns="{NAMESPACE}" '
            f"{self.head(number or str(uuid.uuid4()), created)}><Sender>{own}</Sender>"
            f'<Recipient><Bank bic="{self.enrolment.bic}"/></Recipient>{"".join(documents)}{more}</Packet>'.encode()
        )

    def document(self, kind: str, number: str, content: bytes, *, signed: bool = False, **attributes: str) -> str:
        """A Document for a packet, signed by `openssl cms` where it shall be."""
        signature = self.signature(content) if signed else ""
        extra = "".join(f' {name}="{value}"' for name, value in attributes.items())
        data = content
        if attributes.get("compressed") == "true":
            out = io.BytesIO()
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("document.xml", content)
            data = out.getvalue()
        return (
            f'<Document id="{number}" dockind="{kind}" formatVersion="{self.version}"{extra}>'
            f"<Data>{base64.b64encode(data).decode()}</Data>{signature}</Document>"
        )

    def signature(self, content: bytes) -> str:
        """A Signature element over `content`."""
        (self.folder / "content").write_bytes(content)
        if not (self.folder / "own.key").exists():
            self.run("pkcs12", "-in", "own.p12", "-passin", self._pass, "-nocerts", "-noenc", "-out", "own.key")
            self.run("pkcs12", "-in", "own.p12", "-passin", self._pass, "-nokeys", "-clcerts", "-out", "own.pem")
        cms = self.run(
            "cms", "-sign", "-binary", "-in", "content", "-signer", "own.pem", "-inkey", "own.key", "-outform", "DER",
            "-md", "sha256",
        )  # fmt: skip
        serial = self.run("x509", "-in", "own.pem", "-noout", "-serial").decode().strip().partition("=")[2]
        return (
            f'<Signature x509IssuerName="Kvit Sandbox Signing Root" x509SerialNumber="{serial}">'
            f"<SignedData>{base64.b64encode(cms).decode()}</SignedData></Signature>"
        )

    def statement_request(
        self, number: str, *, account: str = "", first: date | None = None, last: date | None = None, kind: str = "0"
    ) -> bytes:
        today = datetime.now(MOSCOW).date()
        return self._xml(
            "StatementRequest",
            number,
            f"<Data><StatementType>{kind}</StatementType><DateFrom>{first or today}T00:00:00</DateFrom>"
            f"<DateTo>{last or today}T23:59:59</DateTo><Account>{account or self.enrolment.accounts[0]}</Account>"
            f"<Bank><BIC>{self.enrolment.bic}</BIC></Bank></Data>",
        )

    def ask_statement(self, **period: date | str | None) -> str:
        """Ask for a statement; the id of the request."""
        number = str(uuid.uuid4())
        self.send(self.document("14", number, self.statement_request(number, **period)))  # type: ignore[arg-type]
        return number

    def order(
        self,
        number: str,
        *,
        amount: str = "1500.00",
        account: str,
        bic: str = "044525225",
        doc_no: str = "12",
        day: date | None = None,
        payer: str = "",
        inn: str = "7728168971",
    ) -> bytes:
        own = self.enrolment
        return self._xml(
            "PayDocRu",
            number,
            f"<Data><DocNo>{doc_no}</DocNo><DocDate>{day or datetime.now(MOSCOW).date()}</DocDate><Sum>{amount}</Sum>"
            f"<Payer><Name>{own.owner}</Name><INN>{own.inn}</INN><Account>{payer or own.accounts[0]}</Account>"
            f"<Bank><BIC>{own.bic}</BIC></Bank></Payer><Payee><Name>ООО «Поставщик»</Name><INN>{inn}</INN>"
            f"<Account>{account}</Account><Bank><BIC>{bic}</BIC><Name>Банк</Name></Bank></Payee>"
            "<TransitionKind>01</TransitionKind><Priority>5</Priority><Purpose>Оплата по договору 7</Purpose></Data>",
        )

    def pay(self, number: str, **fields: str) -> str:
        """Send a signed payment order; the packet's answer."""
        return self.send(self.document("10", number, self.order(number, **fields), signed=True))  # type: ignore[arg-type]

    def about(self, name: str, number: str, asked: str) -> bytes:
        """A StatusRequest or CancelationRequest about the document `asked`."""
        return self._xml(name, number, f"<ExtID>{asked}</ExtID>")

    def probe(self, number: str) -> bytes:
        return self._xml("Probe", number, "")

    def _xml(self, name: str, number: str, inner: str) -> bytes:
        head = f'<?xml version="1.0" encoding="UTF-8"?><{name} xmlns="{NAMESPACE}" {self.head(number)}>'
        return BOM + f"{head}{self.parties()}{inner}</{name}>".encode()

    # Proof

    def prove(self, document: Carried) -> str:
        """See what openssl says to a document's only signature; the signer's common name.

        Raises:
            NotProved.
        """
        if len(document.signatures) != 1:
            raise NotProved(f"{len(document.signatures)} signatures")
        (self.folder / "cms.der").write_bytes(document.signatures[0])
        (self.folder / "data").write_bytes(document.content)
        command = [
            openssl(), "cms", "-verify", "-binary", "-inform", "DER", "-in", "cms.der", "-content", "data",
            "-CAfile", "root.pem", "-purpose", "any", "-signer", "signer.pem", "-out", "proved",
        ]  # fmt: skip
        done = subprocess.run(command, cwd=self.folder, capture_output=True, check=False)
        if done.returncode or (self.folder / "proved").read_bytes() != document.content:
            raise NotProved(done.stderr.decode(errors="replace"))
        subject = self.run("x509", "-in", "signer.pem", "-noout", "-subject", "-nameopt", "multiline").decode()
        return next(line.partition("= ")[2] for line in subject.splitlines() if "commonName" in line)

    def signed_at(self, document: Carried) -> datetime:
        """The signing time, as openssl prints it."""
        (self.folder / "cms.der").write_bytes(document.signatures[0])
        shown = self.run("cms", "-cmsout", "-print", "-inform", "DER", "-in", "cms.der").decode(errors="replace")
        line = next(line for line in shown.splitlines() if "UTCTIME:" in line and "GMT" in line and "not" not in line)
        stamp = line.partition("UTCTIME:")[2].removesuffix(" GMT").strip()
        return datetime.strptime(stamp, "%b %d %H:%M:%S %Y").replace(tzinfo=UTC)

    def run(self, *arguments: str) -> bytes:
        command = [openssl(), *arguments]
        return subprocess.run(command, cwd=self.folder, capture_output=True, check=True).stdout

    @property
    def _pass(self) -> str:
        return f"pass:{self.enrolment.passphrase}"


def carried(packet: etree._Element) -> list[Carried]:
    """The documents of a Packet (or GetPacketResponse)."""
    found = []
    for node in packet.iterfind("d:Document", N):
        data = base64.b64decode(node.findtext("d:Data", "", N))
        if node.get("compressed") == "true":
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                data = archive.read(archive.namelist()[0])
        signatures = tuple(base64.b64decode(s.text or "") for s in node.iterfind("d:Signature/d:SignedData", N))
        found.append(Carried(node.get("id", ""), node.get("dockind", ""), node.get("extID", ""), data, signatures))
    return found


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)
