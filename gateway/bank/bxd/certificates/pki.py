"""Danske Bank's PkiService as an `Authority`: two keys at once, requests encrypted to the bank."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography import x509
from lxml import etree

from gateway.bank.bxd.certificates.counter import Counter, activation_code
from gateway.bank.bxd.certificates.issued import Issued, Wanted, issued_by
from gateway.bank.bxd.certificates.names import PKI_ELEMENTS
from gateway.bank.bxd.certificates.pki_messages import (
    ENVIRONMENTS,
    Asking,
    certificate_status,
    create_certificate,
    get_bank_certificate,
    in_envelope,
    renew_certificate,
)
from gateway.bank.bxd.certificates.pki_reply import read_reply
from gateway.bank.bxd.profile_parts import Encryption
from gateway.core.errors import Corrupt
from gateway.signing import signature
from gateway.signing.keys import Signer
from gateway.signing.trust import common_name, read_certificate
from gateway.signing.wsse import sign_envelope
from gateway.signing.xmlenc import encrypted


@dataclass(frozen=True, slots=True)
class BankCertificates:
    """The bank's own, verified by its root: what we encrypt to, and what it signs with."""

    encryption: x509.Certificate
    signing: x509.Certificate


class PkiService:
    """See the module; `issued.Authority` is its contract. The anchors of the counter's policy are the bank's roots."""

    def __init__(self, counter: Counter, encryption: Encryption) -> None:
        self._counter = counter
        self._encryption = encryption

    def enrol(self, wanted: Wanted, code: str) -> Issued:
        """See `Authority`."""
        code = activation_code(code)
        bank, asking = self.bank_certificates(), self._asking()
        inside = create_certificate(asking, wanted.signing, wanted.encryption, code)
        envelope = in_envelope("CreateCertificate", asking, self._encrypted(inside, bank))
        return self._issued("CreateCertificate", asking, envelope, wanted, bank)

    def renew(self, wanted: Wanted, old: Signer) -> Issued:
        """See `Authority`."""
        bank, asking, algorithm = self.bank_certificates(), self._asking(), self._counter.customer.algorithm
        inside = renew_certificate(asking, wanted.signing, wanted.encryption, old, algorithm)
        envelope = in_envelope("RenewCertificate", asking, self._encrypted(inside, bank))
        sign_envelope(envelope, old, self._counter.clock, algorithm=algorithm)
        return self._issued("RenewCertificate", asking, envelope, wanted, bank)

    def bank_certificates(self) -> BankCertificates:
        """What the bank signs and what we encrypt with, asked for and verified.

        Raises:
            As `Authority`, and Corrupt `certificates.not_the_banks`.
        """
        asking = self._asking()
        asked = get_bank_certificate(asking, self._counter.profile.root_serial)
        answer = self._ask("GetBankCertificate", asking, in_envelope("GetBankCertificate", asking, asked))
        encryption, signing = (_certificate(answer, name) for name in ("BankEncryptionCert", "BankSigningCert"))
        now, policy = self._counter.now(), self._counter.policy
        by_root = any(issued_by(encryption, anchor) for anchor in policy.anchors)
        current = encryption.not_valid_before_utc <= now + policy.max_skew and now < encryption.not_valid_after_utc
        if not by_root or not current or common_name(encryption) not in self._encryption.bank_names:
            raise Corrupt("certificates.not_the_banks", subject=encryption.subject.rfc4514_string())
        return BankCertificates(encryption, signing)

    def statuses(self, certificates: Sequence[x509.Certificate], signer: Signer) -> dict[int, str]:
        """What the bank thinks of certificates of ours, by serial number: "good", "expires_soon", "expired", "revoked".

        Raises:
            As `Authority`.
        """
        asking, algorithm = self._asking(), self._counter.customer.algorithm
        serials = [certificate.serial_number for certificate in certificates]
        asked = certificate_status(asking, serials, signer, algorithm)
        answer = self._ask("CertificateStatus", asking, in_envelope("CertificateStatus", asking, asked))
        told: dict[int, str] = {}
        for node in answer.iterfind(f"{{{PKI_ELEMENTS}}}CertificateStatus"):
            serial = node.findtext(f"{{{PKI_ELEMENTS}}}CertificateSerialNo", "").strip()
            states = node.findall(f"{{{PKI_ELEMENTS}}}Status/*")
            if not serial.isdigit() or len(states) != 1:
                raise Corrupt("bank.malformed", what="CertificateStatus")
            told[int(serial)] = signature.name(states[0])
        return told

    def close(self) -> None:
        self._counter.transport.close()

    def _asking(self) -> Asking:
        customer = self._counter.customer
        environment = ENVIRONMENTS[customer.environment]
        return Asking(customer.customer_id, secrets.token_hex(5), self._counter.now(), environment)

    def _encrypted(self, inside: etree._Element, bank: BankCertificates) -> etree._Element:
        return encrypted(
            inside,
            bank.encryption,
            algorithm=self._encryption.content,
            transport=self._encryption.key_transport,
            legacy=False,
        )

    def _issued(
        self, operation: str, asking: Asking, envelope: etree._Element, wanted: Wanted, bank: BankCertificates
    ) -> Issued:
        answer = self._ask(operation, asking, envelope)
        told = {n: _certificate(answer, n) for n in ("SigningCert", "EncryptionCert", "CACert")}
        signing = self._counter.certificate(wanted.signing, [told["SigningCert"]])
        encryption = self._counter.certificate(wanted.encryption, [told["EncryptionCert"]])
        return Issued(signing, encryption, (told["CACert"],), bank.encryption)

    def _ask(self, operation: str, asking: Asking, envelope: etree._Element) -> etree._Element:
        raw = self._counter.post(envelope, operation)
        return read_reply(raw, operation, asking.request_id, self._counter.policy, self._counter.now())


def _certificate(answer: etree._Element, name: str) -> x509.Certificate:
    nodes = answer.findall(f"{{{PKI_ELEMENTS}}}{name}")
    if len(nodes) != 1:
        raise Corrupt("bank.malformed", what=name)
    try:
        return read_certificate(signature.octets(nodes[0]))
    except Corrupt as error:
        if error.code == "certificate.unreadable":
            raise
        raise Corrupt("bank.malformed", what=name) from None
