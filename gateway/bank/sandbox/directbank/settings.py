"""What a customer needs to know for the exchange (06)."""

from __future__ import annotations

import base64
import sqlite3
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from gateway.bank.sandbox import signers
from gateway.bank.sandbox.books import fact
from gateway.bank.sandbox.directbank import messages, notices, packets, wire
from gateway.bank.sandbox.directbank.messages import add
from gateway.bank.sandbox.enrol import BankKeys
from gateway.signing.keys import fingerprint

ONE_SIGNATURE = "(1)"
SIGNED_KINDS = frozenset({wire.PAYMENT_ORDER, wire.RECALL})
"""Kinds of a customer's documents that need his signature."""


def write(db: sqlite3.Connection, keys: BankKeys, url: str, now: datetime) -> tuple[str, bytes]:
    """The settings of the customer: their id and bytes."""
    number = packets.new_guid()
    whole = notices.parties(db)
    root = messages.document("Settings", number, now, notices.dates(db), notices.version(db))
    messages.write_bank(add(root, "Sender"), whole)
    messages.write_customer(add(root, "Recipient"), whole)
    data = add(root, "Data")
    add(data, "CustomerID", whole.customer_id)
    add(data, "BankServerAddress", url)
    add(data, "FormatVersion", wire.NEWEST)
    add(data, "Encoding", "UTF-8")
    add(data, "Compress", "true" if notices.switch(db, "compress") else "false")
    login = add(add(add(data, "Logon"), "Login"), "User")
    login.text = fact(db, "directbank.login")
    _cryptography(db, data, keys)
    for kind in wire.TAKEN_KINDS:
        document = add(data, "Document")
        document.set("docKind", kind)
        if kind in SIGNED_KINDS:
            add(add(document, "Signed"), "RuleSignatures", ONE_SIGNATURE)
    return number, messages.octets(root)


def _cryptography(db: sqlite3.Connection, data: etree._Element, keys: BankKeys) -> None:
    """Left out where the bank does not have the certificate it knows the customer by, and where the customer brought
    one of his own: its provider is his affair."""
    if signers.brought(db):
        return
    row = db.execute("SELECT value FROM facts WHERE name = 'customer_certificate'").fetchone()
    if row is None:
        return
    certificate = x509.load_pem_x509_certificate(row["value"].encode("ascii"))
    if fingerprint(certificate) != fact(db, "customer_sha256"):
        return
    node = add(data, "CryptoParameters")
    add(node, "CSPName", "Microsoft Enhanced RSA and AES Cryptographic Provider")
    add(node, "CSPType", "24")
    add(node, "SignAlgorithm", "RSA")
    add(node, "HashAlgorithm", "SHA-256")
    add(node, "BankTrustedRootCertificate", _der(keys.signing_root))
    add(node, "BankCertificate", _der(keys.signing.certificate))
    group = add(add(node, "CustomerSignature"), "GroupSignatures")
    group.set("numberGroup", "1")
    add(group, "Certificate", _der(certificate))


def _der(certificate: x509.Certificate) -> str:
    return base64.b64encode(certificate.public_bytes(Encoding.DER)).decode("ascii")
