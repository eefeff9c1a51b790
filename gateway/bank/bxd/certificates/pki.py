"""Danske Bank's PkiService as an `Authority`: two keys at once, requests encrypted to the bank."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography import x509
from lxml import etree

from gateway.bank.bxd.certificates.issued import Issued, Wanted, certificate_for, check_issued, issued_by
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
from gateway.bank.bxd.certificates.service import Customer
from gateway.bank.bxd.profile_parts import Certificates, Encryption
from gateway.bank.bxd.transport import PinnedTransport
from gateway.core.clock import Clock
from gateway.core.errors import Corrupt, Refused
from gateway.signing import signature
from gateway.signing.keys import Signer
from gateway.signing.policy import TrustPolicy
from gateway.signing.trust import common_name, read_certificate
from gateway.signing.wsse import sign_envelope
from gateway.signing.xmlenc import encrypted


@dataclass(frozen=True, slots=True)
class BankCertificates:
    """The bank's own, verified by its root: what we encrypt to, and what it signs with."""

    encryption: x509.Certificate
    signing: x509.Certificate


class PkiService:
    """See the module; `issued.Authority` is its contract.

    Args:
        policy: whom we believe as signer of answers; its anchors are the bank's roots.
        issuers: authorities that may certify us; empty where the profile knows none.
    """

    def __init__(
        self,
        profile: Certificates,
        encryption: Encryption,
        customer: Customer,
        transport: PinnedTransport,
        clock: Clock,
        policy: TrustPolicy,
        issuers: tuple[x509.Certificate, ...] = (),
    ) -> None:
        self._profile = profile
        self._encryption = encryption
        self._customer = customer
        self._transport = transport
        self._clock = clock
        self._policy = policy
        self._issuers = issuers

    def enrol(self, wanted: Wanted, code: str) -> Issued:
        """See `Authority`."""
        if not code.strip():
            raise Refused("certificates.no_code")
        bank, asking = self.bank_certificates(), self._asking()
        inside = create_certificate(asking, wanted.signing, wanted.encryption, code.strip())
        envelope = in_envelope("CreateCertificate", asking, self._encrypted(inside, bank))
        return self._issued("CreateCertificate", asking, envelope, wanted, bank)

    def renew(self, wanted: Wanted, old: Signer) -> Issued:
        """See `Authority`."""
        bank, asking, algorithm = self.bank_certificates(), self._asking(), self._customer.algorithm
        inside = renew_certificate(asking, wanted.signing, wanted.encryption, old, algorithm)
        envelope = in_envelope("RenewCertificate", asking, self._encrypted(inside, bank))
        sign_envelope(envelope, old, self._clock, algorithm=algorithm)
        return self._issued("RenewCertificate", asking, envelope, wanted, bank)

    def bank_certificates(self) -> BankCertificates:
        """What the bank signs and what we encrypt with, asked for and verified.

        Raises:
            As `Authority`, and Corrupt `certificates.not_the_banks`.
        """
        asking = self._asking()
        asked = get_bank_certificate(asking, self._profile.root_serial)
        answer = self._ask("GetBankCertificate", asking, in_envelope("GetBankCertificate", asking, asked))
        encryption, signing = (_certificate(answer, name) for name in ("BankEncryptionCert", "BankSigningCert"))
        now = self._clock.now()
        by_root = any(issued_by(encryption, anchor) for anchor in self._policy.anchors)
        current = (
            encryption.not_valid_before_utc <= now + self._policy.max_skew and now < encryption.not_valid_after_utc
        )
        if not by_root or not current or common_name(encryption) not in self._encryption.bank_names:
            raise Corrupt("certificates.not_the_banks", subject=encryption.subject.rfc4514_string())
        return BankCertificates(encryption, signing)

    def statuses(self, certificates: Sequence[x509.Certificate], signer: Signer) -> dict[int, str]:
        """What the bank thinks of certificates of ours, by serial number: "good", "expires_soon", "expired", "revoked".

        Raises:
            As `Authority`.
        """
        asking, algorithm = self._asking(), self._customer.algorithm
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
        self._transport.close()

    def _asking(self) -> Asking:
        return Asking(
            self._customer.customer_id,
            secrets.token_hex(5),
            self._clock.now(),
            ENVIRONMENTS[self._customer.environment],
        )

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
        signing = certificate_for(wanted.signing, [told["SigningCert"]])
        encryption = certificate_for(wanted.encryption, [told["EncryptionCert"]])
        for certificate in (signing, encryption):
            check_issued(certificate, self._issuers, self._policy, self._clock.now())
        return Issued(signing, encryption, (told["CACert"],), bank.encryption)

    def _ask(self, operation: str, asking: Asking, envelope: etree._Element) -> etree._Element:
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{operation}"'}
        reply = self._transport.post_xml(self._profile.url, envelope, headers)
        if reply.too_large:
            raise Corrupt("bank.too_large", limit=self._policy.max_bytes)
        if "incomplete" in reply.seen:
            raise Corrupt("bank.truncated")
        return read_reply(reply.content, operation, asking.request_id, self._policy, self._clock.now())


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
