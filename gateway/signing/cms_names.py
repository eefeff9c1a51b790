"""Object identifiers of CMS, and what they are called here."""

from __future__ import annotations

from gateway.signing import gost_kinds

DATA = "1.2.840.113549.1.7.1"
SIGNED_DATA = "1.2.840.113549.1.7.2"
ENVELOPED_DATA = "1.2.840.113549.1.7.3"

CONTENT_TYPE = "1.2.840.113549.1.9.3"
MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
SIGNING_TIME = "1.2.840.113549.1.9.5"
SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.12"
SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47"

RSA = "1.2.840.113549.1.1.1"
RSA_OAEP = "1.2.840.113549.1.1.7"
MGF1 = "1.2.840.113549.1.1.8"

DIGEST_OIDS = {
    "sha1": "1.3.14.3.2.26",
    "sha256": "2.16.840.1.101.3.4.2.1",
    "sha384": "2.16.840.1.101.3.4.2.2",
    "sha512": "2.16.840.1.101.3.4.2.3",
    **{kind.digest: kind.digest_oid for kind in gost_kinds.KINDS},
}
DIGEST_NAMES = {oid: name for name, oid in DIGEST_OIDS.items()}

# (signature identifier, digest): algorithm. Signers write either the key's identifier or that of key and digest.
SIGNATURES: dict[tuple[str, str], str] = {
    **{(RSA, digest): f"rsa-{digest}" for digest in ("sha1", "sha256", "sha384", "sha512")},
    ("1.2.840.113549.1.1.5", "sha1"): "rsa-sha1",
    ("1.2.840.113549.1.1.11", "sha256"): "rsa-sha256",
    ("1.2.840.113549.1.1.12", "sha384"): "rsa-sha384",
    ("1.2.840.113549.1.1.13", "sha512"): "rsa-sha512",
    **{(oid, kind.digest): kind.name for kind in gost_kinds.KINDS for oid in (kind.key_oid, kind.signature_oid)},
}
