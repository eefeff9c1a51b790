"""Certificates with chosen oddities."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from gateway.signing.keys import Pkcs12Key
from tests.bank.bxd.pretend import NOW

DAY = timedelta(days=1)


def name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def self_signed(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, common: str = "self") -> x509.Certificate:
    return _builder(name(common), name(common), key.public_key()).sign(key, hashes.SHA256())


def issued(
    issuer: Pkcs12Key,
    common: str,
    *extensions: tuple[x509.ExtensionType, bool],
    digest: hashes.HashAlgorithm | None = None,
    bits: int = 2048,
) -> Pkcs12Key:
    """A key certified by `issuer` with exactly these extensions (value, critical)."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    builder = _builder(name(common), issuer.certificate.subject, private.public_key())
    for value, critical in extensions:
        builder = builder.add_extension(value, critical=critical)
    return Pkcs12Key(private, builder.sign(issuer.private_key, digest or hashes.SHA256()))


def authority_extensions(path_length: int | None = None) -> tuple[tuple[x509.ExtensionType, bool], ...]:
    return ((x509.BasicConstraints(ca=True, path_length=path_length), True),)


def _builder(subject: x509.Name, issuer: x509.Name, public: Any) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - DAY)
        .not_valid_after(NOW + DAY)
    )
