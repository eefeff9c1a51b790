"""OpenSSL's own verification of a whole detached CMS message, called in this process: a peer of ours."""

from __future__ import annotations

import ctypes
from ctypes import c_int, c_uint, c_ulong, c_void_p

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

_BINARY = 0x80
_PURPOSE_ANY = 7
_DECLARED = {
    "BIO_new_mem_buf": (c_void_p, (ctypes.c_char_p, c_int)),
    "BIO_free": (c_int, (c_void_p,)),
    "d2i_CMS_bio": (c_void_p, (c_void_p, c_void_p)),
    "CMS_ContentInfo_free": (None, (c_void_p,)),
    "CMS_verify": (c_int, (c_void_p, c_void_p, c_void_p, c_void_p, c_void_p, c_uint)),
    "X509_STORE_new": (c_void_p, ()),
    "X509_STORE_add_cert": (c_int, (c_void_p, c_void_p)),
    "X509_STORE_set_purpose": (c_int, (c_void_p, c_int)),
    "d2i_X509_bio": (c_void_p, (c_void_p, c_void_p)),
    "ERR_get_error": (c_ulong, ()),
}


class CmsVerifier:
    """Believes one anchor. It lives as long as the process: nothing of it is freed but what a message needs."""

    def __init__(self, library: ctypes.CDLL, anchor: x509.Certificate) -> None:
        for name, (result, arguments) in _DECLARED.items():
            function = getattr(library, name)
            function.restype, function.argtypes = result, arguments
        self._library = library
        der = anchor.public_bytes(Encoding.DER)
        self._store = library.X509_STORE_new()
        library.X509_STORE_set_purpose(self._store, _PURPOSE_ANY)
        bio = library.BIO_new_mem_buf(der, len(der))
        assert library.X509_STORE_add_cert(self._store, library.d2i_X509_bio(bio, None)) == 1
        library.BIO_free(bio)

    @classmethod
    def load(cls, anchor: x509.Certificate) -> CmsVerifier | None:
        """None where the system has no such library."""
        try:
            return cls(ctypes.CDLL("libcrypto.so.3"), anchor)
        except OSError:
            return None

    def verify(self, message: bytes, content: bytes) -> None:
        """Signature, digest and chain of `message` over `content`."""
        library = self._library
        source = library.BIO_new_mem_buf(message, len(message))
        data = library.BIO_new_mem_buf(content, len(content))
        cms = library.d2i_CMS_bio(source, None)
        try:
            assert library.CMS_verify(cms, None, self._store, data, None, _BINARY) == 1, hex(library.ERR_get_error())
        finally:
            library.CMS_ContentInfo_free(cms)
            library.BIO_free(data)
            library.BIO_free(source)
