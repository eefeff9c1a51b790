"""The transport container: written for what we send, read for what the bank gives.

Order of the layers, by the standard's diagram: the signature is over the raw document (byte order mark included);
the document is then optionally zipped; then everything is base64. Reading goes the other way round.
"""

from __future__ import annotations

import base64
import io
import uuid
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from cryptography import x509
from cryptography.x509.oid import NameOID
from lxml import etree

from gateway.bank.directbank.result import octets_of
from gateway.bank.directbank.wire import BOM, NAMESPACE, USER_AGENT, tag
from gateway.core.errors import Corrupt

_STEP = 1 << 20
_MOST_DOCUMENTS = 10_000
_MOST_SIGNATURES = 16
_TRUE = ("true", "1")
_IDS = uuid.UUID("8f0c6f0a-5d1e-5b0e-9a43-6a1f0f6f2b10")  # the name space of our own derived ids; never change it


@dataclass(frozen=True, slots=True)
class Customer:
    """Us, as the bank's messages name us.

    Attributes:
        id: CustomerID, up to 50 characters.
        name, inn, kpp: "" leaves them out; some banks refuse a packet without INN (2004).
    """

    id: str
    name: str = ""
    inn: str = ""
    kpp: str = ""

    def attributes(self) -> dict[str, str]:
        """Of a Customer (packet) or Sender (document) element."""
        given = {"id": self.id, "name": self.name[:160], "inn": self.inn, "kpp": self.kpp}
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True, slots=True)
class BankName:
    """The bank: БИК and, where known, its name."""

    bic: str
    name: str = ""

    def attributes(self) -> dict[str, str]:
        """Of a Bank (packet) or Recipient (document) element."""
        return {"bic": self.bic, **({"name": self.name[:160]} if self.name else {})}


@dataclass(frozen=True, slots=True)
class Signed:
    """A detached signature of ours: DER of the PKCS#7, and the certificate it was made with."""

    der: bytes
    certificate: x509.Certificate


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A document of ours on its way into a packet.

    Attributes:
        kind: Document@dockind.
        content: the raw document, the very bytes that were signed.
    """

    document_id: str
    kind: str
    content: bytes
    signatures: tuple[Signed, ...] = ()


@dataclass(frozen=True, slots=True)
class Incoming:
    """A document of the bank's packet.

    Attributes:
        content: decoded and unpacked: what its signatures are over.
        signatures: DER of each detached PKCS#7.
    """

    document_id: str
    kind: str
    content: bytes
    signatures: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet of the bank. Its own attributes are signed by nobody."""

    packet_id: str
    documents: tuple[Incoming, ...]


def stable_id(name: str) -> str:
    """The GUID that belongs to an id of ours: the same for the same id, for ever."""
    return str(uuid.uuid5(_IDS, name))


def write_packet(
    packet_id: str,
    created: str,
    version: str,
    sender: Customer,
    recipient: BankName,
    documents: Sequence[Outgoing],
    *,
    compress: bool = False,
) -> bytes:
    """A container of ours, UTF-8 with byte order mark.

    Args:
        created: xsd:dateTime, see `wire.local_time`.
    """
    root = new_root("Packet", packet_id, version, created)
    etree.SubElement(etree.SubElement(root, tag("Sender")), tag("Customer"), sender.attributes())
    etree.SubElement(etree.SubElement(root, tag("Recipient")), tag("Bank"), recipient.attributes())
    for document in documents:
        head = {"id": document.document_id, "dockind": document.kind, "formatVersion": version}
        node = etree.SubElement(root, tag("Document"), {**head, **({"compressed": "true"} if compress else {})})
        carried = _zipped(document) if compress else document.content
        etree.SubElement(node, tag("Data")).text = base64.b64encode(carried).decode("ascii")
        for signature in document.signatures:
            named = {
                "x509IssuerName": issuer_name(signature.certificate),
                "x509SerialNumber": serial_number(signature.certificate),
            }
            holder = etree.SubElement(node, tag("Signature"), named)
            etree.SubElement(holder, tag("SignedData")).text = base64.b64encode(signature.der).decode("ascii")
    return to_bytes(root)


def new_root(name: str, message_id: str, version: str, created: str) -> etree._Element:
    """The root of a message with the attributes all of them have."""
    # lxml takes None as the key of the default namespace; its stubs do not say so
    nsmap = cast("dict[str, str]", {None: NAMESPACE})
    attributes = {"id": message_id, "formatVersion": version, "creationDate": created, "userAgent": USER_AGENT}
    return etree.Element(tag(name), attributes, nsmap)


def to_bytes(root: etree._Element) -> bytes:
    """As the standard wants files: UTF-8 with byte order mark."""
    return BOM + etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def issuer_name(certificate: x509.Certificate) -> str:
    """The issuer's common name: all the standard wants to know of it."""
    names = certificate.issuer.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.issuer.rfc4514_string()


def serial_number(certificate: x509.Certificate) -> str:
    """The serial number as xsd:hexBinary: whole bytes."""
    digits = f"{certificate.serial_number:X}"
    return digits.zfill(len(digits) + len(digits) % 2)


def read_packet(node: etree._Element, limit: int) -> Packet:
    """The packet in a GetPacketResponse (or a Packet) element, every document decoded and unpacked.

    Args:
        limit: the most bytes of all documents together.

    Raises:
        Corrupt: `bank.malformed`, `bank.too_large`, `bank.truncated` (an archive), `bank.unknown_content` for an
            encrypted document.
    """
    nodes = node.findall(tag("Document"))
    if not nodes or len(nodes) > _MOST_DOCUMENTS:
        raise Corrupt("bank.malformed", what="Document")
    documents: list[Incoming] = []
    left = limit
    for found in nodes:
        document = _read_document(found, left)
        left -= len(document.content)
        documents.append(document)
    return Packet((node.get("id") or "").strip(), tuple(documents))


def _read_document(node: etree._Element, limit: int) -> Incoming:
    if node.get("encrypted", "") in _TRUE:
        raise Corrupt("bank.unknown_content", what="encrypted")
    data = node.findall(tag("Data"))
    if len(data) != 1:
        raise Corrupt("bank.malformed", what="Data")
    content = octets_of(data[0], limit)
    if node.get("compressed", "") in _TRUE:
        content = _unzipped(content, limit)
    signed = node.findall(f"{tag('Signature')}/{tag('SignedData')}")
    if len(signed) != len(node.findall(tag("Signature"))) or len(signed) > _MOST_SIGNATURES:
        raise Corrupt("bank.malformed", what="Signature")
    signatures = tuple(octets_of(one, _STEP) for one in signed)
    return Incoming((node.get("id") or "").strip(), (node.get("dockind") or "").strip(), content, signatures)


def _zipped(document: Outgoing) -> bytes:
    """A zip archive of one file; the same document always gives the same bytes."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        entry = zipfile.ZipInfo(f"{document.document_id}.xml", (1980, 1, 1, 0, 0, 0))
        entry.compress_type = zipfile.ZIP_DEFLATED
        packed.writestr(entry, document.content)
    return archive.getvalue()


def _unzipped(archive: bytes, limit: int) -> bytes:
    """The one file of a zip archive; unpacking stops at `limit`, so a bomb costs no more than that."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as packed:
            files = [entry for entry in packed.infolist() if not entry.is_dir()]
            if len(files) != 1:
                raise Corrupt("bank.malformed", what=f"zip: {len(files)} files")
            with packed.open(files[0]) as file:
                content = file.read(limit + 1)
    except EOFError:
        raise Corrupt("bank.truncated") from None
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, ValueError, OSError):
        raise Corrupt("bank.malformed", what="zip") from None
    if len(content) > limit:
        raise Corrupt("bank.too_large", limit=limit)
    return content
