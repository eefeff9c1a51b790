"""GOST R 34.10-2012 signatures and GOST R 34.11-2012 (Streebog) digests, where the system's OpenSSL has its engine.

The engine is open source and not certified: a company that the law obliges to use a certified provider reaches that
provider through a token or the Windows store. Everything here raises `Unavailable("gost.unavailable")` where the
engine is missing (Debian: package libengine-gost-openssl); `available()` asks first.

Signature values are those of RFC 4491: s then r, big-endian, 64 or 128 octets; certificates, CMS and XML signatures
carry the same.
"""

from __future__ import annotations

import ctypes
import weakref
from contextlib import AbstractContextManager, ExitStack
from functools import cache
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.core.errors import Corrupt, Refused, Unavailable
from gateway.signing.gost_kinds import BY_DIGEST, BY_NAME, KINDS, Kind, kind_of
from gateway.signing.gost_libcrypto import Failed, Libcrypto, buffer, libcrypto

if TYPE_CHECKING:
    from gateway.signing.policy import Algorithm

_CMS_BINARY = 0x80
_CMS_DEBUG_DECRYPT = 0x20000  # say so when the key does not unwrap, instead of going on with a random one
_CMS_KEY_PARAM = 0x40000  # the engine chooses its key transport only once the library has made it a context
_ENCRYPTED = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"


def available() -> bool:
    """Whether this machine has the engine."""
    try:
        libcrypto()
    except Unavailable:
        return False
    return True


def digest(name: str, octets: bytes) -> bytes:
    """The digest `name` (a key of BY_DIGEST) of `octets`.

    Raises:
        Unavailable: `gost.unavailable`.
    """
    kind = BY_DIGEST[name]
    library = libcrypto()
    found, size = buffer(64), ctypes.c_uint(64)
    with library.quiet():
        done = library.EVP_Digest(octets, len(octets), found, ctypes.byref(size), _message_digest(kind), library.engine)
    if done != 1:
        raise Unavailable("gost.unavailable")
    return bytes(found[: size.value])


def verify(key: bytes, octets: bytes, value: bytes, name: str) -> bool:
    """Whether `value` is the signature over `octets` by the key `key`.

    Args:
        key: as from `public_key`.
        name: "gost2012-256" or "gost2012-512".

    Raises:
        Unavailable: `gost.unavailable`.
    """
    kind = BY_NAME[name]
    library = libcrypto()
    if len(value) != kind.octets:
        return False
    with library.quiet(), ExitStack() as owned:
        try:
            bio = owned.enter_context(library.reading(key))
            public = owned.enter_context(library.owned(library.d2i_PUBKEY_bio(bio, None), library.EVP_PKEY_free))
            if library.EVP_PKEY_get_base_id(public) != library.nid(kind.engine_key):
                return False
            context = owned.enter_context(library.owned(library.EVP_MD_CTX_new(), library.EVP_MD_CTX_free))
        except Failed:
            return False
        started = library.EVP_DigestVerifyInit(context, None, _message_digest(kind), library.engine, public)
        return bool(started == 1 and library.EVP_DigestVerify(context, value, len(value), octets, len(octets)) == 1)


class GostKey:
    """A GOST key held in the library's memory: a `Signer` that also opens envelopes.

    Made by `load_gost_key` and `load_gost_pkcs12`; the key itself never comes out again.

    Attributes:
        certificate: cryptography can read it, except for `public_key()`.
        chain: certificates between ours and the root.
        algorithm: "gost2012-256" or "gost2012-512", the one it signs with.
    """

    __slots__ = ("__weakref__", "_key", "_kind", "_library", "algorithm", "certificate", "chain")

    def __init__(
        self,
        library: Libcrypto,
        key: int,
        kind: Kind,
        certificate: x509.Certificate,
        chain: tuple[x509.Certificate, ...],
    ) -> None:
        self._library, self._key, self._kind = library, key, kind
        self.certificate, self.chain, self.algorithm = certificate, chain, kind.name
        weakref.finalize(self, library.EVP_PKEY_free, key).atexit = False  # the library may be gone by then

    def __repr__(self) -> str:
        return f"GostKey({self.algorithm}, {self.certificate.subject.rfc4514_string()})"

    def __reduce__(self) -> str:
        raise TypeError("a private key is not pickled")

    def sign(self, octets: bytes, algorithm: Algorithm) -> bytes:
        if algorithm.name != self.algorithm:
            raise Refused("signing.key_cannot", algorithm=algorithm.name)
        library = self._library
        value, size = buffer(self._kind.octets), ctypes.c_size_t(self._kind.octets)
        with library.quiet(), library.owned(library.EVP_MD_CTX_new(), library.EVP_MD_CTX_free) as context:
            message_digest = _message_digest(self._kind)
            done = (
                library.EVP_DigestSignInit(context, None, message_digest, library.engine, self._key) == 1
                and library.EVP_DigestSign(context, value, ctypes.byref(size), octets, len(octets)) == 1
            )
        if not done or size.value != self._kind.octets:
            raise Refused("signing.key_cannot", algorithm=algorithm.name)
        return bytes(value)

    def decrypt_key(self, wrapped: bytes, algorithm: str) -> bytes:
        """Not with this key: its key agreement is not apart from the envelope. See `open_envelope`."""
        raise Refused("signing.key_cannot_decrypt", algorithm=algorithm)

    def open_envelope(self, envelope: bytes) -> bytes:
        """The content of a CMS EnvelopedData made for this key (GOST 28147-89, Magma or Kuznyechik inside).

        Raises:
            Corrupt: `cms.undecryptable`.
        """
        library = self._library
        try:
            with library.quiet(), ExitStack() as owned:
                enter = owned.enter_context
                source = enter(library.reading(envelope))
                message = enter(library.owned(library.d2i_CMS_bio(source, None), library.CMS_ContentInfo_free))
                ours = enter(_certificate(library, self.certificate))
                content = enter(library.writing())
                if library.CMS_decrypt(message, self._key, ours, None, content, _CMS_BINARY | _CMS_DEBUG_DECRYPT) != 1:
                    raise Failed
                return library.written(content)
        except Failed:
            raise Corrupt("cms.undecryptable") from None


def seal_envelope(content: bytes, certificate: x509.Certificate) -> bytes:
    """`content` in a DER CMS EnvelopedData (GOST 28147-89) that only the GOST key of `certificate` opens.

    Raises:
        Refused: `gost.not_gost` when the certificate is of another key.
        Unavailable: `gost.unavailable`.
    """
    if kind_of(certificate) is None:
        raise Refused("gost.not_gost")
    library = libcrypto()
    try:
        with library.quiet(), ExitStack() as owned:
            enter = owned.enter_context
            theirs = enter(_certificate(library, certificate))
            recipients = enter(library.owned(library.OPENSSL_sk_new_null(), library.OPENSSL_sk_free))
            library.OPENSSL_sk_push(recipients, theirs)
            cipher = library.ENGINE_get_cipher(library.engine, library.nid("gost89"))
            made = library.CMS_encrypt(
                recipients, enter(library.reading(content)), cipher, _CMS_BINARY | _CMS_KEY_PARAM
            )
            message = enter(library.owned(made, library.CMS_ContentInfo_free))
            sealed = enter(library.writing())
            if library.i2d_CMS_bio(sealed, message) != 1:
                raise Failed
            return library.written(sealed)
    except Failed:
        raise Refused("gost.not_gost") from None


def load_gost_key(key: bytes, passphrase: str, certificate: bytes, chain: tuple[x509.Certificate, ...] = ()) -> GostKey:
    """Open an encrypted PKCS#8 private key (PEM or DER) that belongs to `certificate` (PEM or DER).

    Raises:
        Refused: `gost.not_encrypted`, `signing.wrong_passphrase`, `signing.no_key` (the certificate is none),
            `gost.not_gost`, `signing.key_mismatch`.
        Unavailable: `gost.unavailable`.
    """
    library = libcrypto()
    own = _read_certificate(certificate)
    secret = _secret(passphrase)
    if key.lstrip().startswith(b"-----") and _ENCRYPTED not in key:
        raise Refused("gost.not_encrypted")
    read = library.PEM_read_bio_PrivateKey if _ENCRYPTED in key else library.d2i_PKCS8PrivateKey_bio
    with library.quiet(), library.reading(key) as bio:
        opened = read(bio, None, None, secret)
    if not opened:
        raise Refused("signing.wrong_passphrase")
    return _own(library, opened, own, chain)


def load_gost_pkcs12(data: bytes, passphrase: str) -> GostKey:
    """Open a PKCS#12 container with a GOST key and its certificate.

    Containers of CryptoPro CSP encrypt in a way of their own, which the engine does not know: export PKCS#8 or use
    the provider itself for those.

    Raises:
        Refused: `signing.wrong_passphrase`, `signing.no_key`, `gost.not_gost`, `signing.key_mismatch`.
        Unavailable: `gost.unavailable`.
    """
    library = libcrypto()
    key, leaf, others = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_void_p()
    try:
        with library.quiet(), ExitStack() as owned:
            bio = owned.enter_context(library.reading(data))
            container = owned.enter_context(library.owned(library.d2i_PKCS12_bio(bio, None), library.PKCS12_free))
            places = (ctypes.byref(place) for place in (key, leaf, others))
            if library.PKCS12_parse(container, _secret(passphrase), *places) != 1:
                raise Failed
    except Failed:
        raise Refused("signing.wrong_passphrase") from None
    certificates = _taken(library, leaf.value, others.value)
    if not key.value or not leaf.value:
        if key.value:
            library.EVP_PKEY_free(key.value)
        raise Refused("signing.no_key")
    try:
        own, *chain = (_read_certificate(octets) for octets in certificates)
    except Refused:
        library.EVP_PKEY_free(key.value)
        raise
    return _own(library, key.value, own, tuple(chain))


def _own(library: Libcrypto, key: int, certificate: x509.Certificate, chain: tuple[x509.Certificate, ...]) -> GostKey:
    """The key object that owns the library's key; the key is freed when it turns out to be wrong."""
    try:
        kind = kind_of(certificate)
        if kind is None or library.EVP_PKEY_get_base_id(key) not in {library.nid(k.engine_key) for k in KINDS}:
            raise Refused("gost.not_gost")
        with library.quiet(), _certificate(library, certificate) as ours:
            if library.X509_check_private_key(ours, key) != 1:
                raise Refused("signing.key_mismatch", subject=certificate.subject.rfc4514_string())
    except BaseException:
        library.EVP_PKEY_free(key)
        raise
    return GostKey(library, key, kind, certificate, chain)


def _taken(library: Libcrypto, leaf: int | None, stack: int | None) -> list[bytes]:
    """The DER of a certificate and of a stack of more, all of which are freed."""
    pointers = [leaf] if leaf else []
    if stack:
        pointers += [library.OPENSSL_sk_value(stack, n) for n in range(library.OPENSSL_sk_num(stack))]
        library.OPENSSL_sk_free(stack)
    found = []
    for pointer in pointers:
        with library.quiet(), library.owned(pointer, library.X509_free), library.writing() as bio:
            library.i2d_X509_bio(bio, pointer)
            found.append(library.written(bio))
    return found


def _certificate(library: Libcrypto, certificate: x509.Certificate) -> AbstractContextManager[int]:
    """The library's own object of a certificate, for a block."""
    with library.reading(certificate.public_bytes(Encoding.DER)) as bio:
        return library.owned(library.d2i_X509_bio(bio, None), library.X509_free)


def _read_certificate(octets: bytes) -> x509.Certificate:
    try:
        if octets.lstrip().startswith(b"-----"):
            return x509.load_pem_x509_certificate(octets)
        return x509.load_der_x509_certificate(octets)
    except ValueError:
        raise Refused("signing.no_key") from None


def _secret(passphrase: str) -> bytes:
    """The pass phrase as the library takes it: it would cut it off at a zero octet."""
    secret = passphrase.encode()
    if b"\x00" in secret:
        raise Refused("signing.wrong_passphrase")
    return secret


@cache
def _message_digest(kind: Kind) -> int:
    library = libcrypto()
    found = library.ENGINE_get_digest(library.engine, library.nid(kind.engine_digest))
    if not found:
        raise Unavailable("gost.unavailable")
    return int(found)
