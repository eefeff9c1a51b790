"""A customer's client that shares no code with ours: zeep, requests, python-xmlsec and the published WSDL.

What it can read, others can. What it verifies, it verifies in its own way: the envelope with xmlsec over the ids it
finds, the payload with xmlsec. It is not a safe client (it finds signed elements by id); it is an independent one.
"""

from __future__ import annotations

import base64
import gzip
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests
import xmlsec
import zeep
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12
from lxml import etree
from zeep.wsse.signature import BinarySignature
from zeep.wsse.utils import WSU as WSU_MAKER
from zeep.wsse.utils import get_security_header

from gateway.bank.sandbox.enrol import Enrolment
from tests.standards import need

XMLDATA = "http://bxd.fi/xmldata/"
MODEL = "http://model.bxd.fi"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
DS = "http://www.w3.org/2000/09/xmldsig#"
ORDER = (
    "CustomerId", "Command", "Timestamp", "StartDate", "EndDate", "Status", "ServiceId", "Environment",
    "FileReferences", "UserFilename", "TargetId", "ExecutionSerial", "Compression", "CompressionMethod", "SoftwareId",
    "FileType", "Content",
)  # fmt: skip
Change = Callable[[etree._Element], None]


class NotProved(Exception):
    """A reply whose signature this client cannot confirm."""


@dataclass
class Answer:
    """A reply, verified in this client's own way."""

    header: dict[str, str]
    application: etree._Element
    raw: bytes = field(repr=False)

    @property
    def code(self) -> str:
        return self.text("ResponseCode")

    def text(self, name: str) -> str:
        return self.application.findtext(f"{{{XMLDATA}}}{name}") or ""

    def files(self) -> list[dict[str, str]]:
        found = self.application.iterfind(f".//{{{XMLDATA}}}FileDescriptor")
        return [{etree.QName(part).localname: part.text or "" for part in node} for node in found]

    def content(self) -> bytes:
        carried = base64.b64decode(self.text("Content"))
        return gzip.decompress(carried) if self.text("Compressed") == "true" else carried


class _Wsse(BinarySignature):
    """zeep's signature with the Timestamp it leaves out, and without its verification."""

    def __init__(self, *files: str) -> None:
        super().__init__(*files, signature_method=xmlsec.Transform.RSA_SHA256, digest_method=xmlsec.Transform.SHA256)
        self.created = datetime.now(UTC)
        self.after: Change | None = None

    def apply(self, envelope: etree._Element, headers: dict[str, str]) -> tuple[etree._Element, dict[str, str]]:
        security = get_security_header(envelope)
        stamp = WSU_MAKER.Timestamp()
        form = "%Y-%m-%dT%H:%M:%SZ"
        stamp.append(WSU_MAKER.Created(self.created.strftime(form)))
        stamp.append(WSU_MAKER.Expires((self.created + timedelta(minutes=5)).strftime(form)))
        security.append(stamp)
        super().apply(envelope, headers)
        if self.after is not None:
            self.after(envelope)
        return envelope, headers

    def verify(self, envelope: etree._Element) -> etree._Element:
        return envelope


class Client:
    """Connected as the enrolled customer, or with other keys to see what happens."""

    def __init__(
        self, enrolment: Enrolment, folder: Path, *, pkcs12_bytes: bytes = b"", passphrase: str = "", url: str = ""
    ) -> None:
        self.enrolment = enrolment
        folder.mkdir(exist_ok=True)
        key, certificate, _ = pkcs12.load_key_and_certificates(
            pkcs12_bytes or enrolment.pkcs12, (passphrase or enrolment.passphrase).encode()
        )
        assert key is not None and certificate is not None
        key_file, certificate_file, anchors = folder / "key.pem", folder / "cert.pem", folder / "tls.pem"
        key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        certificate_file.write_bytes(certificate.public_bytes(Encoding.PEM))
        anchors.write_bytes(enrolment.tls_anchors)
        self._key = xmlsec.Key.from_file(str(key_file), xmlsec.KeyFormat.PEM)
        self._key.load_cert_from_file(str(certificate_file), xmlsec.KeyFormat.PEM)
        self._root = x509.load_pem_x509_certificate(enrolment.signing_anchors)
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = str(anchors)
        self.session.cert = (str(certificate_file), str(key_file))
        self.wsse = _Wsse(str(key_file), str(certificate_file))
        transport = zeep.Transport(session=self.session, operation_timeout=20)
        client = zeep.Client(
            need("bxd/wsdl/wsdl_nordea_sha2.xml").as_uri(),
            wsse=self.wsse,
            transport=transport,
            settings=zeep.Settings(raw_response=True),
        )
        binding = "{http://bxd.fi/CorporateFileService}CorporateFileServiceHttpBinding"
        self._service = client.create_service(binding, url or enrolment.url)

    def close(self) -> None:
        self.session.close()

    def post(
        self,
        operation: str,
        *,
        request_id: str = "",
        header: dict[str, str] | None = None,
        before: Change | None = None,
        after: Change | None = None,
        envelope: Change | None = None,
        **fields: str,
    ) -> requests.Response:
        """The raw answer to `operation`.

        Args:
            header: overrides of the RequestHeader.
            before, after: change the ApplicationRequest before and after it is signed.
            envelope: changes the SOAP message after it is signed.
            fields: of the ApplicationRequest.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        whole = {
            "SenderId": self.enrolment.customer_id,
            "RequestId": request_id or uuid.uuid4().hex,
            "Timestamp": now,
            "Language": "EN",
            "UserAgent": "test",
            "ReceiverId": self.enrolment.receiver_id,
            **(header or {}),
        }
        self.wsse.created = datetime.now(UTC)
        self.wsse.after = envelope
        payload = self._payload(operation, fields, before, after)
        return self._service[operation](RequestHeader=whole, ApplicationRequest=payload)

    def ask(self, operation: str, **fields: str) -> Answer:
        """The verified answer to `operation`.

        Raises:
            NotProved: the reply is not signed by the bank, or not for this request.
        """
        request_id = uuid.uuid4().hex
        response = self.post(operation, request_id=request_id, **fields)
        assert response.status_code == 200, response.content[:300]
        answer = self.verified(response.content)
        if answer.header["RequestId"] != request_id:
            raise NotProved("another request's reply")
        return answer

    def download(self, reference: str, **fields: str) -> Answer:
        return self.ask("downloadFile", FileReferences=reference, **fields)

    def verified(self, raw: bytes) -> Answer:
        root = etree.fromstring(raw, etree.XMLParser(resolve_entities=False, no_network=True))
        header, application = self._parts(root)
        self._verify_envelope(root)
        payload = base64.b64decode(application)
        inner = etree.fromstring(payload)
        self._verify_payload(inner)
        return Answer(header, inner, raw)

    def _parts(self, root: etree._Element) -> tuple[dict[str, str], str]:
        body = root.find(f"{{{SOAP}}}Body")
        assert body is not None
        header = body.find(f".//{{{MODEL}}}ResponseHeader")
        assert header is not None
        fields = {etree.QName(part).localname: part.text or "" for part in header}
        return fields, body.findtext(f".//{{{MODEL}}}ApplicationResponse") or ""

    def _verify_envelope(self, root: etree._Element) -> None:
        token = root.find(f".//{{{WSSE}}}BinarySecurityToken")
        signature = root.find(f".//{{{DS}}}Signature")
        expires = root.findtext(f".//{{{WSU}}}Expires")
        if token is None or signature is None or expires is None:
            raise NotProved("no signature")
        if datetime.fromisoformat(expires) < datetime.now(UTC):
            raise NotProved("stale")
        certificate = x509.load_der_x509_certificate(base64.b64decode(token.text or ""))
        context = self._context(certificate)
        for node in root.iter():
            if f"{{{WSU}}}Id" in node.attrib:
                context.register_id(node, "Id", WSU)
        try:
            context.verify(signature)
        except xmlsec.Error:
            raise NotProved("envelope") from None

    def _verify_payload(self, root: etree._Element) -> None:
        signature = root.find(f"{{{DS}}}Signature")
        if signature is None:
            raise NotProved("payload is not signed")
        der = base64.b64decode(signature.findtext(f".//{{{DS}}}X509Certificate") or "")
        try:
            self._context(x509.load_der_x509_certificate(der)).verify(signature)
        except xmlsec.Error:
            raise NotProved("payload") from None

    def _context(self, certificate: x509.Certificate) -> xmlsec.SignatureContext:
        certificate.verify_directly_issued_by(self._root)
        if certificate.not_valid_after_utc < datetime.now(UTC):
            raise NotProved("expired certificate")
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_memory(certificate.public_bytes(Encoding.PEM), xmlsec.KeyFormat.CERT_PEM)
        return context

    def _payload(self, operation: str, fields: dict[str, str], before: Change | None, after: Change | None) -> bytes:
        whole = {
            "CustomerId": self.enrolment.customer_id,
            "Command": operation[0].upper() + operation[1:],
            "Timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
            "Environment": "TEST",
            "SoftwareId": "test",
            **fields,
        }
        root = etree.Element(f"{{{XMLDATA}}}ApplicationRequest", nsmap={None: XMLDATA})
        for name in ORDER:
            if name not in whole:
                continue
            node = etree.SubElement(root, f"{{{XMLDATA}}}{name}")
            if name == "FileReferences":
                for reference in whole[name].split():
                    etree.SubElement(node, f"{{{XMLDATA}}}FileReference").text = reference
            else:
                node.text = whole[name]
        if before:
            before(root)
        signature = xmlsec.template.create(root, xmlsec.Transform.C14N, xmlsec.Transform.RSA_SHA256)
        root.append(signature)
        reference = xmlsec.template.add_reference(signature, xmlsec.Transform.SHA256, uri="")
        xmlsec.template.add_transform(reference, xmlsec.Transform.ENVELOPED)
        data = xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(signature))
        xmlsec.template.x509_data_add_certificate(data)
        context = xmlsec.SignatureContext()
        context.key = self._key
        context.sign(signature)
        if after:
            after(root)
        return etree.tostring(root)
