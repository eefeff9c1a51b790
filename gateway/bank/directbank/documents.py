"""Documents we write: requests for a statement and for the state of a document, and the body of LogonCert."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import date

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from gateway.bank.directbank.packet import BankName, Customer, issuer_name, new_root, serial_number, to_bytes
from gateway.bank.directbank.wire import tag


@dataclass(frozen=True, slots=True)
class Writer:
    """What every document of ours begins with.

    Attributes:
        version: formatVersion.
        created: creationDate, xsd:dateTime.
    """

    version: str
    created: str
    sender: Customer
    recipient: BankName

    def statement_request(self, document_id: str, account: str, day: date, statement_type: str) -> bytes:
        """Kind 14: the statement of one account for one day of the bank's."""
        root = self._document("StatementRequest", document_id)
        data = etree.SubElement(root, tag("Data"))
        _texts(
            data,
            StatementType=statement_type,
            DateFrom=f"{day.isoformat()}T00:00:00",
            DateTo=f"{day.isoformat()}T23:59:59",
            Account=account,
        )
        bank = etree.SubElement(data, tag("Bank"))
        _texts(bank, BIC=self.recipient.bic, **({"Name": self.recipient.name[:160]} if self.recipient.name else {}))
        return to_bytes(root)

    def status_request(self, document_id: str, asked_about: str) -> bytes:
        """Kind 03: how the document `asked_about` (its id) fares."""
        root = self._document("StatusRequest", document_id)
        _texts(root, ExtID=asked_about)
        return to_bytes(root)

    def certificate(self, message_id: str, certificate: x509.Certificate) -> bytes:
        """X509Data: who wants to log on."""
        root = new_root("X509Data", message_id, self.version, self.created)
        _texts(
            root,
            X509IssuerName=issuer_name(certificate),
            X509SerialNumber=serial_number(certificate),
            X509Certificate=base64.b64encode(certificate.public_bytes(Encoding.DER)).decode("ascii"),
        )
        return to_bytes(root)

    def _document(self, name: str, document_id: str) -> etree._Element:
        root = new_root(name, document_id, self.version, self.created)
        etree.SubElement(root, tag("Sender"), self.sender.attributes())
        etree.SubElement(root, tag("Recipient"), self.recipient.attributes())
        return root


def _texts(parent: etree._Element, **values: str) -> None:
    for name, value in values.items():
        etree.SubElement(parent, tag(name)).text = value
