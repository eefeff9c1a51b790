"""The two kinds of GOST R 34.10-2012 keys: names, object identifiers, curves. Needs no engine."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography import x509

from gateway.signing import der, tbs

_TC26_CURVES = "1.2.643.7.1.2.1"
_CRYPTOPRO_CURVES = "1.2.643.2.2"


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the two key lengths.

    Attributes:
        name: "gost2012-256"; a key of `policy.ALGORITHMS`.
        digest: the hash that belongs to it; a key of `policy.DIGESTS`.
        key_oid, signature_oid, digest_oid: of the key, of "digest and sign", of the digest (RFC 9215).
        engine_key, engine_digest: the engine's names.
        octets: of a signature value and of a public key.
        curves: parameter sets a key may be on; the test ones are not among them.
    """

    name: str
    digest: str
    key_oid: str
    signature_oid: str
    digest_oid: str
    engine_key: str
    engine_digest: str
    octets: int
    curves: frozenset[str]


KINDS = (
    Kind(
        "gost2012-256",
        "gostr34112012-256",
        "1.2.643.7.1.1.1.1",
        "1.2.643.7.1.1.3.2",
        "1.2.643.7.1.1.2.2",
        "gost2012_256",
        "md_gost12_256",
        64,
        frozenset(
            (
                *(f"{_CRYPTOPRO_CURVES}.{n}" for n in ("35.1", "35.2", "35.3", "36.0", "36.1")),
                *(f"{_TC26_CURVES}.1.{n}" for n in (1, 2, 3, 4)),
            )
        ),
    ),
    Kind(
        "gost2012-512",
        "gostr34112012-512",
        "1.2.643.7.1.1.1.2",
        "1.2.643.7.1.1.3.3",
        "1.2.643.7.1.1.2.3",
        "gost2012_512",
        "md_gost12_512",
        128,
        frozenset(f"{_TC26_CURVES}.2.{n}" for n in (1, 2, 3)),
    ),
)
BY_NAME = {k.name: k for k in KINDS}
BY_KEY_OID = {k.key_oid: k for k in KINDS}
BY_SIGNATURE_OID = {k.signature_oid: k for k in KINDS}
BY_DIGEST = {k.digest: k for k in KINDS}


def kind_of(certificate: x509.Certificate) -> Kind | None:
    """Which GOST key a certificate is of; None for any other key."""
    return BY_KEY_OID.get(certificate.public_key_algorithm_oid.dotted_string)


def public_key(certificate: x509.Certificate) -> bytes:
    """The SubjectPublicKeyInfo of a certificate with a GOST key, in the one form we hand to the engine.

    Raises:
        Corrupt: `cms.malformed` when the key is on a curve we do not know or has an odd form.
    """
    info = tbs.public_key_info(certificate)
    _check_public_key(info)
    return info.raw


def _check_public_key(info: der.Element) -> None:
    """Only keys of a known form and curve reach the engine's own parser, which is C and was never meant for enemies."""
    fields = info.fields()
    oid, parameters = der.read_algorithm(fields.take(der.SEQUENCE))
    kind = BY_KEY_OID.get(oid)
    if kind is None or parameters is None:
        raise der.malformed("not a GOST key with its parameters")
    named = [part.oid() for part in parameters.fields().rest()]
    if not named or named[0] not in kind.curves or named[1:] not in ([], [kind.digest_oid]):
        raise der.malformed("a GOST key on an unknown curve")
    bits = fields.take(der.BIT_STRING).content
    fields.end()
    if bits[:1] != b"\x00" or len(der.only(bits[1:]).octets()) != kind.octets:
        raise der.malformed("a GOST key of a wrong length")
