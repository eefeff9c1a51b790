"""A small certificate authority for the sandbox bank and the tests. Keys are made at run time and never shipped."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from gateway.signing.keys import Pkcs12Key

_BITS = 2048
_BACKDATED = timedelta(days=1)  # a sandbox's clock may be behind


@dataclass(frozen=True, slots=True)
class DemoAuthority:
    """A root authority.

    Attributes:
        key: its key and self-signed certificate; `key.to_pkcs12(passphrase)` and `DemoAuthority(load_pkcs12(…))` keep
            it between runs.
    """

    key: Pkcs12Key

    @classmethod
    def create(cls, now: datetime, name: str = "Kvit Sandbox Root", days: int = 3650) -> DemoAuthority:
        """A new authority, valid from a day before `now`."""
        private = _new_key()
        subject = _name(name)
        builder = (
            _builder(subject, subject, private.public_key(), now - _BACKDATED, now + timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(certificates=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
        )
        return cls(Pkcs12Key(private, builder.sign(private, hashes.SHA256())))

    @property
    def certificate(self) -> x509.Certificate:
        """The anchor to pin."""
        return self.key.certificate

    def issue_server(
        self, now: datetime, names: tuple[str, ...] = ("localhost", "127.0.0.1"), days: int = 825
    ) -> Pkcs12Key:
        """A TLS server's key and certificate for host names and addresses `names`."""
        return self._issue(
            names[0], now - _BACKDATED, now + timedelta(days=days), ExtendedKeyUsageOID.SERVER_AUTH, names
        )

    def issue_client(self, common_name: str, now: datetime, days: int = 730) -> Pkcs12Key:
        """A customer's key and certificate, for TLS and for signing requests."""
        return self._issue(common_name, now - _BACKDATED, now + timedelta(days=days), ExtendedKeyUsageOID.CLIENT_AUTH)

    def issue_signing(self, common_name: str, not_before: datetime, not_after: datetime) -> Pkcs12Key:
        """A message signer's key and certificate with any validity, past ones included."""
        return self._issue(common_name, not_before, not_after)

    def _issue(
        self,
        common_name: str,
        not_before: datetime,
        not_after: datetime,
        purpose: x509.ObjectIdentifier | None = None,
        names: tuple[str, ...] = (),
    ) -> Pkcs12Key:
        private = _new_key()
        builder = (
            _builder(_name(common_name), self.certificate.subject, private.public_key(), not_before, not_after)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(certificates=False), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.private_key.public_key()), critical=False
            )
        )
        if purpose is not None:
            builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        if names:
            builder = builder.add_extension(
                x509.SubjectAlternativeName([_alternative(n) for n in names]), critical=False
            )
        return Pkcs12Key(private, builder.sign(self.key.private_key, hashes.SHA256()), (self.certificate,))


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=_BITS)


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "RU"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Kvit Sandbox"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: rsa.RSAPublicKey, not_before: datetime, not_after: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_after)
    )


def _usage(*, certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificates,
        content_commitment=not certificates,
        key_encipherment=not certificates,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
