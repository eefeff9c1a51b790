"""What the bank writes: results, packets and the heads of its documents. Every document begins with a UTF-8 BOM."""

from __future__ import annotations

import base64
import codecs
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from lxml import etree

from gateway.bank.sandbox.directbank import wire
from gateway.bank.statement import Party

_NSMAP = cast("dict[str, str]", {None: wire.NAMESPACE})


@dataclass(frozen=True, slots=True)
class Parties:
    """Who writes to whom: the bank to its customer.

    Attributes:
        customer: name, ИНН, КПП; and `bic`, `bank_name` of the bank.
    """

    customer_id: str
    customer: Party


@dataclass(frozen=True, slots=True)
class Sealed:
    """A document ready for its container.

    Attributes:
        content: as it was signed.
        data: as it is carried: compressed where `compressed` says so.
        signatures: (issuer, serial in hex, DER of the CMS).
    """

    id: str
    kind: str
    ext_id: str
    data: bytes = field(repr=False)
    compressed: bool
    signatures: tuple[tuple[str, str, bytes], ...]


def element(name: str) -> etree._Element:
    return etree.Element(f"{{{wire.NAMESPACE}}}{name}", nsmap=_NSMAP)


def add(parent: etree._Element, name: str, text: str = "") -> etree._Element:
    node = etree.SubElement(parent, f"{{{wire.NAMESPACE}}}{name}")
    if text:
        node.text = text
    return node


def document(name: str, number: str, at: datetime, dates: wire.Dates, version: str) -> etree._Element:
    """The root of a document of the bank."""
    root = element(name)
    _head(root, number, at, dates, version)
    return root


def octets(root: etree._Element) -> bytes:
    """A document's bytes, BOM first."""
    return codecs.BOM_UTF8 + serialise(root)


def serialise(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def write_bank(node: etree._Element, parties: Parties) -> None:
    node.set("bic", parties.customer.bic)
    node.set("name", parties.customer.bank_name[:160])


def write_customer(node: etree._Element, parties: Parties) -> None:
    node.set("id", parties.customer_id)
    node.set("name", parties.customer.name[:160])
    if parties.customer.inn:
        node.set("inn", parties.customer.inn)
    if parties.customer.kpp:
        node.set("kpp", parties.customer.kpp)


def participants(root: etree._Element, parties: Parties) -> None:
    """Sender and Recipient as choices, as packets and notices have them."""
    write_bank(add(add(root, "Sender"), "Bank"), parties)
    write_customer(add(add(root, "Recipient"), "Customer"), parties)


def success(version: str, name: str) -> tuple[etree._Element, etree._Element]:
    """A ResultBank and the answer `name` in it, to be filled."""
    root = _result(version)
    return root, add(add(root, "Success"), name)


def error(version: str, code: str, more: str) -> etree._Element:
    root = _result(version)
    node = add(root, "Error")
    add(node, "Code", code)
    add(node, "Description", wire.ERRORS.get(code, "Неизвестная ошибка"))
    if more:
        add(node, "MoreInfo", more[:500])
    return root


def fill_packet(
    node: etree._Element,
    number: str,
    at: datetime,
    dates: wire.Dates,
    version: str,
    parties: Parties,
    documents: Sequence[Sealed],
) -> None:
    """Make `node` (a Packet, whatever its name) the container of `documents`."""
    _head(node, number, at, dates, version)
    participants(node, parties)
    for sealed in documents:
        carrier = add(node, "Document")
        carrier.set("id", sealed.id)
        carrier.set("dockind", sealed.kind)
        carrier.set("formatVersion", version)
        if sealed.compressed:
            carrier.set("compressed", "true")
        if sealed.ext_id:
            carrier.set("extID", sealed.ext_id)
        add(carrier, "Data", base64.b64encode(sealed.data).decode("ascii"))
        for issuer, serial, cms in sealed.signatures:
            signature = add(carrier, "Signature")
            signature.set("x509IssuerName", issuer)
            signature.set("x509SerialNumber", serial)
            add(signature, "SignedData", base64.b64encode(cms).decode("ascii"))


def _head(node: etree._Element, number: str, at: datetime, dates: wire.Dates, version: str) -> None:
    node.set("id", number)
    node.set("formatVersion", version)
    node.set("creationDate", dates.instant(at))
    node.set("userAgent", wire.AGENT)


def _result(version: str) -> etree._Element:
    root = element("ResultBank")
    root.set("formatVersion", version)
    root.set("userAgent", wire.AGENT)
    return root
