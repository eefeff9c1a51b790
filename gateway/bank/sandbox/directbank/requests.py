"""A packet of the customer: checked as strictly as a bank would, taken whole or not at all.

The order of checks is the order of trust: well-formed, of the right shape, never seen, from and to whom it should be,
of this day; then every document: of a kind and version we take, unpacked, signed where it must be, of the right shape.
"""

from __future__ import annotations

import base64
import io
import re
import sqlite3
import zipfile
import zlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lxml import etree

from gateway.bank.sandbox import signers
from gateway.bank.sandbox.books import accounts, fact
from gateway.bank.sandbox.directbank import forms, sessions, wire
from gateway.bank.sandbox.directbank.settings import SIGNED_KINDS
from gateway.bank.sandbox.directbank.wire import NAMESPACE, Failure
from gateway.bank.sandbox.shapes import Misshapen, check
from gateway.core.errors import Corrupt
from gateway.signing.cms import verify_detached
from gateway.signing.parsing import parse
from gateway.signing.policy import TrustPolicy

_LARGEST_PACKET = 16 * 1024 * 1024
_LARGEST_DOCUMENT = 8 * 1024 * 1024
_OFF_BY = timedelta(days=1)
_FILE_NAME = re.compile(r'[^\\/:*?"<>|\x00-\x1f]{1,255}')
_TRUE = ("true", "1")


@dataclass(frozen=True, slots=True)
class Received:
    """A document of the customer that passed every check.

    Attributes:
        root: of its XML.
        signed: it carried his good signature.
    """

    id: str
    kind: str
    root: etree._Element = field(repr=False)
    signed: bool


@dataclass(frozen=True, slots=True)
class ReceivedPacket:
    """A packet that passed every check."""

    id: str
    documents: tuple[Received, ...]


def read_packet(db: sqlite3.Connection, raw: bytes, customers: TrustPolicy, at: datetime) -> ReceivedPacket:
    """The packet in `raw`.

    Args:
        customers: policy whose anchors certify customers.
        at: the machine's instant.

    Raises:
        Failure: 1101 to 1106, 2001 to 2015, 2201, 2202, 2204.
    """
    root = _container(raw)
    number = str(root.get("id"))
    if db.execute("SELECT 1 FROM received_packets WHERE id = ?", (number,)).fetchone():
        raise Failure("2002", number)
    sender, recipient = root[0][0], root[1][0]
    if etree.QName(sender).localname != "Customer":
        raise Failure("2004", "Отправителем должен быть клиент")
    if etree.QName(recipient).localname != "Bank":
        raise Failure("2005", "Получателем должен быть банк")
    _check_parties(db, sender, recipient)
    _check_created(root, at)
    carriers = [child for child in root if etree.QName(child).localname == "Document"]
    numbers = [str(carrier.get("id")) for carrier in carriers]
    for one in numbers:
        if numbers.count(one) > 1 or db.execute("SELECT 1 FROM received_documents WHERE id = ?", (one,)).fetchone():
            raise Failure("2202", one)
    return ReceivedPacket(number, tuple(_document(db, carrier, customers, at) for carrier in carriers))


def _container(raw: bytes) -> etree._Element:
    if len(raw) > _LARGEST_PACKET:
        raise Failure("2003", f"Не более {_LARGEST_PACKET} байт")
    try:
        root = parse(raw, _LARGEST_PACKET)
    except Corrupt as error:
        raise Failure("2001", error.code) from None
    if root.tag != f"{{{NAMESPACE}}}Packet":
        raise Failure("2001", f"Ожидается Packet, получен {root.tag}")
    version = root.get("formatVersion", "")
    try:
        check(root, forms.packet(version), NAMESPACE)
    except Misshapen as wrong:
        raise Failure("2001", str(wrong)) from None
    if version not in wire.VERSIONS:
        raise Failure("2006", f"Версия {version}; поддерживаются {', '.join(wire.VERSIONS)}")
    return root


def _check_parties(db: sqlite3.Connection, sender: etree._Element, recipient: etree._Element) -> None:
    """Ids decide; names are spelled in many ways."""
    owner = accounts(db)[0].owner
    if sender.get("id") != fact(db, "customer_id"):
        raise Failure("2004", f"Неизвестный id {sender.get('id')}")
    if owner.inn and sender.get("inn") != owner.inn:
        raise Failure("2004", "ИНН отправителя не указан или не совпадает с ИНН клиента")
    if sender.get("kpp", owner.kpp) != owner.kpp:
        raise Failure("2004", "КПП отправителя не совпадает с КПП клиента")
    if recipient.get("bic") != owner.bic:
        raise Failure("2005", f"БИК {recipient.get('bic')} не наш")


def _check_created(root: etree._Element, at: datetime) -> None:
    created = wire.read_instant(str(root.get("creationDate")))
    if abs(created - at) > _OFF_BY:
        raise Failure("2009", f"creationDate {root.get('creationDate')}")


def _document(db: sqlite3.Connection, carrier: etree._Element, customers: TrustPolicy, at: datetime) -> Received:
    kind = str(carrier.get("dockind"))
    if kind not in wire.TAKEN_KINDS:
        raise Failure("2007", kind)
    if carrier.get("formatVersion") not in wire.VERSIONS:
        raise Failure("2008", str(carrier.get("formatVersion")))
    if carrier.get("encrypted") in _TRUE:
        raise Failure("2010", "Шифрование документов не подключено")
    content = _content(carrier)
    signed = _check_signatures(db, carrier, kind, content, customers, at)
    root = _read(kind, content)
    if root.get("id") != carrier.get("id"):
        raise Failure("2201", "id документа не совпадает с id в транспортном контейнере")
    if root.get("formatVersion") not in wire.VERSIONS:
        raise Failure("2008", str(root.get("formatVersion")))
    _check_parties(db, root[0], root[1])
    _check_created(root, at)
    return Received(str(root.get("id")), kind, root, signed)


def _content(carrier: etree._Element) -> bytes:
    """The document's bytes as they were signed."""
    data = carrier[0]
    name = data.get("fileName")
    if name is not None and not _FILE_NAME.fullmatch(name):
        raise Failure("2012", name)
    content = base64.b64decode("".join((data.text or "").split()))
    if carrier.get("compressed") in _TRUE:
        content = _unzipped(content)
    if not 0 < len(content) <= _LARGEST_DOCUMENT:
        raise Failure("2204", f"От 1 до {_LARGEST_DOCUMENT} байт")
    return content


def _unzipped(content: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            (only,) = archive.infolist()
            if only.file_size > _LARGEST_DOCUMENT:
                raise Failure("2204", f"Не более {_LARGEST_DOCUMENT} байт")
            return archive.read(only)
    except (zipfile.BadZipFile, ValueError, RuntimeError, zlib.error, EOFError, NotImplementedError):
        raise Failure("2011", "Ожидается архив ZIP с одним файлом") from None


def _check_signatures(
    db: sqlite3.Connection,
    carrier: etree._Element,
    kind: str,
    content: bytes,
    customers: TrustPolicy,
    at: datetime,
) -> bool:
    """See that the signatures hold and are enough for this kind of document; whether there is one."""
    found = list(carrier)[1:]
    if not found and kind in SIGNED_KINDS:
        raise Failure("2013", f"Документ {carrier.get('id')}")
    if len(found) > 1:
        raise Failure("2015", "Не более одной подписи")
    for node in found:
        try:
            cms = base64.b64decode("".join((node[0].text or "").split()))
            verified = verify_detached(cms, content, signers.expected(db, customers)[0], at)
        except Corrupt as error:
            raise Failure(_signature_error(error.code), error.code) from None
        certificate = verified.certificate
        if int(str(node.get("x509SerialNumber")), 16) != certificate.serial_number:
            raise Failure("1101", "x509SerialNumber не совпадает с сертификатом подписи")
        if node.get("x509IssuerName") != sessions.issuer_name(certificate):
            raise Failure("1102", "x509IssuerName не совпадает с издателем сертификата подписи")
        sessions.check_certificate(db, certificate, customers, at)
    return bool(found)


def _signature_error(code: str) -> str:
    if code == "signature.invalid":
        return "2014"
    if code.startswith("certificate."):
        return {"certificate.expired": "1104", "certificate.not_yet_valid": "1105"}.get(code, "1106")
    return "2015"


def _read(kind: str, content: bytes) -> etree._Element:
    name, shape = forms.DOCUMENTS[kind]
    try:
        root = parse(content, _LARGEST_DOCUMENT)
        if root.tag != f"{{{NAMESPACE}}}{name}":
            raise Misshapen(str(root.tag), f"is not {name}")
        check(root, shape, NAMESPACE)
    except Corrupt as error:
        raise Failure("2201", error.code) from None
    except Misshapen as wrong:
        raise Failure("2201", str(wrong)) from None
    return root
