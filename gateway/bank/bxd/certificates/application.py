"""CertApplicationRequest, and the answer to it, read strictly."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from cryptography import x509
from lxml import etree

from gateway.bank.bxd.certificates.names import schema_of
from gateway.bank.bxd.wire import OK, padded
from gateway.core.errors import Corrupt, Refused
from gateway.signing import signature
from gateway.signing.keys import Signer
from gateway.signing.parsing import local_name
from gateway.signing.trust import read_certificate
from gateway.signing.xmldsig import sign_enveloped

COMMAND = "GetCertificate"


@dataclass(frozen=True, slots=True)
class CertApplicationRequest:
    """One request; empty fields are left out of the message.

    Attributes:
        namespace: the bank family's, from its profile.
        command: COMMAND in a first request; a renewal has none.
        compression: "false" where the bank family wants it said, else "".
        content: the PKCS#10 request, DER.
        transfer_key: the secret of a first request, outright.
        hmac: `keyed_hash` of it and `content`, for banks that want that instead.
    """

    namespace: str
    customer_id: str
    timestamp: datetime
    environment: str
    software_id: str
    service: str
    content: bytes
    command: str = ""
    compression: str = ""
    transfer_key: str = ""
    hmac: bytes = b""

    def to_xml(self) -> bytes:
        """The unsigned request.

        Raises:
            Refused: `certificates.request_invalid`, naming the element.
        """
        root = etree.Element(self._tag("CertApplicationRequest"), nsmap=cast("dict[str, str]", {None: self.namespace}))
        for name, value in (
            ("CustomerId", self.customer_id),
            ("Timestamp", self.timestamp.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")),
            ("Environment", self.environment),
            ("SoftwareId", self.software_id),
            ("Command", self.command),
            ("Compression", self.compression),
            ("Service", self.service),
            ("Content", base64.b64encode(self.content).decode("ascii")),
            ("TransferKey", self.transfer_key),
            ("HMAC", base64.b64encode(self.hmac).decode("ascii")),
        ):
            if value or name == "Service":
                etree.SubElement(root, self._tag(name)).text = value
        _check(root, self.namespace)
        return etree.tostring(root)

    def signed(self, signer: Signer, algorithm: str) -> bytes:
        """The request with its enveloped signature.

        Raises:
            Refused: `certificates.request_invalid`, `signing.key_cannot`.
        """
        return sign_enveloped(self.to_xml(), signer, algorithm=algorithm)

    def _tag(self, name: str) -> str:
        return f"{{{self.namespace}}}{name}"


def keyed_hash(code: str, request: bytes) -> bytes:
    """HMAC-SHA1 of a PKCS#10 request (DER), keyed with the activation code as it was sent."""
    return hmac.new(code.encode(), request, hashlib.sha1).digest()


def certificates_in(root: etree._Element, namespace: str) -> list[x509.Certificate]:
    """The certificates of a CertApplicationResponse.

    Raises:
        Refused: `certificates.refused`: the bank said no.
        Corrupt: `bank.unknown_content`, `bank.malformed`, `certificate.unreadable`.
    """
    if root.tag != f"{{{namespace}}}CertApplicationResponse":
        raise Corrupt("bank.unknown_content", what=signature.name(root))
    check_code(
        only_text(root, f"{{{namespace}}}ResponseCode"),
        only_text(root, f"{{{namespace}}}ResponseText"),
    )
    found = root.iterfind(f"{{{namespace}}}Certificates/{{{namespace}}}Certificate/{{{namespace}}}Certificate")
    try:
        return [read_certificate(signature.octets(node)) for node in found]
    except Corrupt as error:
        if error.code == "certificate.unreadable":
            raise
        raise Corrupt("bank.malformed", what="Certificate") from None


def check_code(code: str, text: str) -> None:
    """Let a bank's answer pass that says yes.

    Raises:
        Refused: `certificates.refused`.
    """
    if padded(code) != OK:
        raise Refused("certificates.refused", bank_code=padded(code)[:16] or "-", text=text[:200])


def only_text(node: etree._Element, tag: str) -> str:
    """The text of the only child `tag`, "" when there is none.

    Raises:
        Corrupt: `bank.malformed`: several, and which one counts is not ours to guess.
    """
    found = node.findall(tag)
    if len(found) > 1:
        raise Corrupt("bank.malformed", what=local_name(tag))
    return (found[0].text or "").strip() if found else ""


def _check(root: etree._Element, namespace: str) -> None:
    schema = schema_of(namespace)
    if schema is None:
        raise Refused("certificates.request_invalid", detail=namespace)
    try:
        schema.assertValid(root)
    except etree.DocumentInvalid as error:
        raise Refused("certificates.request_invalid", detail=str(error).replace(f"{{{namespace}}}", "")[:200]) from None
