"""CMS EnvelopedData (RFC 5652): content encrypted to the keys of certificates.

An envelope proves nothing about who made it and its content is not protected against change; what is inside is
believed only where it proves itself (a session number that works, a signature).

Everything that goes wrong behind the structure is one error, `cms.undecryptable`: a sender who could tell wrong
padding from a wrong key could decrypt other people's envelopes with our help.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, CipherAlgorithm, algorithms, modes
from cryptography.x509.oid import ExtensionOID

from gateway.core.errors import Corrupt, Refused
from gateway.signing import der, gost, gost_kinds, raw, tbs
from gateway.signing.cms_names import DATA, DIGEST_NAMES, DIGEST_OIDS, ENVELOPED_DATA, MGF1, RSA, RSA_OAEP
from gateway.signing.keys import KEY_TRANSPORTS, Decryptor

LARGEST = 64 * 1024 * 1024
_AES_256_CBC = "2.16.840.1.101.3.4.1.42"
_MOST_RECIPIENTS = 64


@dataclass(frozen=True, slots=True)
class _ContentCipher:
    algorithm: type[CipherAlgorithm]
    key_octets: int
    block_octets: int


_CIPHERS = {
    "2.16.840.1.101.3.4.1.2": _ContentCipher(algorithms.AES, 16, 16),
    "2.16.840.1.101.3.4.1.22": _ContentCipher(algorithms.AES, 24, 16),
    _AES_256_CBC: _ContentCipher(algorithms.AES, 32, 16),
    "1.2.840.113549.3.7": _ContentCipher(TripleDES, 24, 8),  # read only: old banks still send it
}


def encrypt(
    content: bytes, certificate: x509.Certificate, *others: x509.Certificate, transport: str = "rsa-pkcs1v15"
) -> bytes:
    """`content` in an envelope that the keys of the certificates open, each by itself.

    RSA: AES-256-CBC inside. A GOST certificate (one only): GOST 28147-89.

    Args:
        transport: a key of `keys.KEY_TRANSPORTS`; how the content key is encrypted to RSA keys.

    Returns:
        DER of a ContentInfo.

    Raises:
        Refused: `signing.key_kind` when a certificate is neither of RSA nor the only one and of GOST.
        Unavailable: `gost.unavailable`.
    """
    if not others and gost_kinds.kind_of(certificate) is not None:
        return gost.seal_envelope(content, certificate)
    key, vector = secrets.token_bytes(32), secrets.token_bytes(16)
    padder = padding.PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
    sealed = encryptor.update(padder.update(content) + padder.finalize()) + encryptor.finalize()
    enveloped = der.sequence(
        der.integer(0),
        der.set_of(*(_recipient(c, key, transport) for c in (certificate, *others))),
        der.sequence(
            der.oid(DATA),
            der.algorithm(_AES_256_CBC, der.octet_string(vector)),
            der.tlv(der.context(0, constructed=False), sealed),
        ),
    )
    return der.sequence(der.oid(ENVELOPED_DATA), der.tlv(der.context(0), enveloped))


def decrypt(envelope: bytes, key: Decryptor) -> bytes:
    """The content of an envelope made for `key`, among others or alone.

    Reads AES-128/192/256 and 3DES in CBC, content keys by PKCS #1 v1.5 and OAEP (SHA-1, SHA-256), recipients named
    by issuer and serial number or by subject key identifier; with a GOST key, what the engine reads.

    Raises:
        Corrupt: `cms.too_large`, `cms.malformed`, `cms.not_for_us`, `cms.cipher`, `cms.undecryptable`.
        Refused: `signing.key_cannot_decrypt`.
        Unavailable: what the key raises while it is away.
    """
    if len(envelope) > LARGEST:
        raise Corrupt("cms.too_large", size=len(envelope), limit=LARGEST)
    plain = der.definite(envelope)
    message = _read(plain)
    if isinstance(key, gost.GostKey):
        if all(recipient.tag == der.SEQUENCE for recipient in message.recipients):
            _find(message, key.certificate)  # a clearer refusal than the engine's
        return key.open_envelope(plain)
    cipher = _CIPHERS.get(message.cipher)
    if cipher is None:
        raise Corrupt("cms.cipher", algorithm=message.cipher)
    wrapped, transport = _find(message, key.certificate)
    if transport is None:
        raise Corrupt("cms.cipher", algorithm="key transport")
    if message.parameters is None or len(message.parameters.octets()) != cipher.block_octets:
        raise der.malformed("a cipher without its initialisation vector")
    content_key = key.decrypt_key(wrapped, transport)
    if len(content_key) != cipher.key_octets:
        raise Corrupt("cms.undecryptable")
    try:
        decryptor = Cipher(cipher.algorithm(content_key), modes.CBC(message.parameters.octets())).decryptor()  # type: ignore[call-arg]
        unpadder = padding.PKCS7(cipher.block_octets * 8).unpadder()
        padded = decryptor.update(message.sealed) + decryptor.finalize()
        return unpadder.update(padded) + unpadder.finalize()
    except (ValueError, UnsupportedAlgorithm):
        raise Corrupt("cms.undecryptable") from None


@dataclass(frozen=True, slots=True)
class _Envelope:
    recipients: tuple[der.Element, ...]
    cipher: str
    parameters: der.Element | None
    sealed: bytes


def _read(envelope: bytes) -> _Envelope:
    outer = der.only(envelope).fields()
    if outer.take(der.OID).oid() != ENVELOPED_DATA:
        raise Corrupt("cms.shape", detail="it is not EnvelopedData")
    wrapper = outer.take(der.context(0)).fields(der.context(0))
    outer.end()
    fields = wrapper.take(der.SEQUENCE).fields()
    wrapper.end()
    fields.take(der.INTEGER)
    fields.optional(der.context(0))  # certificates of the originator: nothing rests on them
    recipients = fields.take(der.SET).fields(der.SET).rest()
    if len(recipients) > _MOST_RECIPIENTS:
        raise Corrupt("cms.shape", detail=f"{len(recipients)} recipients")
    content = fields.take(der.SEQUENCE).fields()
    fields.optional(der.context(1))  # unprotected attributes
    fields.end()
    if content.take(der.OID).oid() != DATA:
        raise Corrupt("cms.shape", detail="the content is not plain data")
    cipher, parameters = der.read_algorithm(content.take(der.SEQUENCE))
    whole = content.optional(der.context(0, constructed=False))
    if whole is not None:
        sealed = whole.content
    else:
        sealed = b"".join(part.octets() for part in content.take(der.context(0)).fields(der.context(0)).rest())
    content.end()
    return _Envelope(tuple(recipients), cipher, parameters, sealed)


def _find(message: _Envelope, certificate: x509.Certificate) -> tuple[bytes, str | None]:
    """Our encrypted content key, and how it was encrypted (None: in a way we do not know)."""
    for recipient in message.recipients:
        if recipient.tag != der.SEQUENCE:
            continue  # key agreement and passwords: of others
        fields = recipient.fields()
        fields.take(der.INTEGER)
        identifier = fields.optional(der.context(0, constructed=False))
        if identifier is None:
            named = fields.take(der.SEQUENCE).fields()
            ours = (named.take(der.SEQUENCE).raw, named.take(der.INTEGER).integer()) == (
                tbs.issuer(certificate),
                certificate.serial_number,
            )
            named.end()
        else:
            ours = identifier.content == _key_identifier(certificate)
        method = fields.take(der.SEQUENCE)
        wrapped = fields.take(der.OCTET_STRING).octets()
        fields.end()
        if ours:
            return wrapped, _transport(method)
    raise Corrupt("cms.not_for_us")


def _transport(method: der.Element) -> str | None:
    oid, parameters = der.read_algorithm(method)
    if oid == RSA and parameters is None:
        return "rsa-pkcs1v15"
    if oid != RSA_OAEP:
        return None
    digest = mask = "sha1"  # what absent parameters mean
    if parameters is not None:
        fields = parameters.fields()
        stated = fields.optional(der.context(0))
        if stated is not None:
            digest = DIGEST_NAMES.get(der.read_algorithm(der.only(stated.content))[0], "")
        stated = fields.optional(der.context(1))
        if stated is not None:
            name, of = der.read_algorithm(der.only(stated.content))
            mask = DIGEST_NAMES.get(der.read_algorithm(of)[0], "") if name == MGF1 and of is not None else ""
        if fields.rest():
            return None  # a label: nobody agreed on one
    found = f"rsa-oaep-{digest}"
    return found if digest == mask and found in KEY_TRANSPORTS else None


def _recipient(certificate: x509.Certificate, key: bytes, transport: str) -> bytes:
    public = raw.rsa_key(certificate)
    if public is None:
        raise Refused("signing.key_kind", kind=certificate.public_key_algorithm_oid.dotted_string)
    return der.sequence(
        der.integer(0),
        der.sequence(tbs.issuer(certificate), der.integer(certificate.serial_number)),
        _transport_identifier(transport),
        der.octet_string(public.encrypt(key, KEY_TRANSPORTS[transport])),
    )


def _transport_identifier(transport: str) -> bytes:
    if transport == "rsa-pkcs1v15":
        return der.algorithm(RSA, der.null())
    digest = der.algorithm(DIGEST_OIDS[transport.removeprefix("rsa-oaep-")], der.null())
    return der.algorithm(
        RSA_OAEP,
        der.sequence(der.tlv(der.context(0), digest), der.tlv(der.context(1), der.algorithm(MGF1, digest))),
    )


def _key_identifier(certificate: x509.Certificate) -> bytes | None:
    try:
        named = certificate.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_KEY_IDENTIFIER).value
    except x509.ExtensionNotFound:
        return None
    return named.digest if isinstance(named, x509.SubjectKeyIdentifier) else None
