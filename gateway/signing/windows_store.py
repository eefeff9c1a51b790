"""A key in the Windows certificate store: found by its certificate, used through CNG, never taken out.

Tokens whose maker installs a provider for Windows, and certified national providers, show their keys there too. The
service runs unattended: a key that asks for a PIN on the screen cannot be used (every call is silent).

What was tried: this file is type-checked for Windows (`mypy --platform win32`) and written from Microsoft's
documentation of crypt32 and ncrypt. It has not run on a Windows machine yet.
"""

from __future__ import annotations

import sys
from typing import Protocol

from gateway.signing.keys import Decryptor, Signer


class StoredKey(Signer, Decryptor, Protocol):
    """A key of the store: it signs, and opens what was encrypted to it."""


if sys.platform == "win32":
    import ctypes
    import hashlib
    import weakref
    from ctypes import wintypes
    from typing import NoReturn

    from cryptography import x509

    from gateway.core.errors import Corrupt, Refused
    from gateway.signing.keys import KEY_TRANSPORTS
    from gateway.signing.policy import Algorithm
    from gateway.signing.trust import read_certificate

    # wincrypt.h, ncrypt.h, bcrypt.h
    _PROVIDER_SYSTEM = 10  # CERT_STORE_PROV_SYSTEM_W
    _LOCATIONS = {"CurrentUser": 1 << 16, "LocalMachine": 2 << 16}  # CERT_SYSTEM_STORE_…
    _READ_EXISTING = 0x8000 | 0x4000  # CERT_STORE_READONLY_FLAG, CERT_STORE_OPEN_EXISTING_FLAG
    _ENCODINGS = 0x10001  # X509_ASN_ENCODING | PKCS_7_ASN_ENCODING
    _BY_SHA1, _BY_SUBJECT = 0x10000, 0x80007  # CERT_FIND_SHA1_HASH, CERT_FIND_SUBJECT_STR_W
    _ONLY_CNG, _COMPARED, _SILENT = 0x40000, 0x4, 0x40  # CRYPT_ACQUIRE_…; NCRYPT_SILENT_FLAG is 0x40 too
    _PKCS1, _OAEP = 0x2, 0x4  # NCRYPT_PAD_PKCS1_FLAG, NCRYPT_PAD_OAEP_FLAG
    _NAMES = {"sha1": "SHA1", "sha256": "SHA256", "sha384": "SHA384", "sha512": "SHA512"}  # BCRYPT_…_ALGORITHM
    _INVALID = frozenset({0x80090005, 0x80090027, 0xC000000D})  # NTE_BAD_DATA, NTE_INVALID_PARAMETER, its NTSTATUS

    class _Blob(ctypes.Structure):
        _fields_ = (("size", wintypes.DWORD), ("data", ctypes.c_char_p))

    class _Context(ctypes.Structure):
        _fields_ = (
            ("encoding", wintypes.DWORD),
            ("encoded", ctypes.c_void_p),
            ("size", wintypes.DWORD),
            ("info", ctypes.c_void_p),
            ("store", ctypes.c_void_p),
        )

    class _Pkcs1Padding(ctypes.Structure):
        _fields_ = (("algorithm", wintypes.LPCWSTR),)

    class _OaepPadding(ctypes.Structure):
        _fields_ = (("algorithm", wintypes.LPCWSTR), ("label", ctypes.c_void_p), ("size", wintypes.ULONG))

    _PContext = ctypes.POINTER(_Context)
    _PDword = ctypes.POINTER(wintypes.DWORD)

    _crypt32 = ctypes.WinDLL("crypt32", use_last_error=True)
    _ncrypt = ctypes.WinDLL("ncrypt")

    _crypt32.CertOpenStore.argtypes = (
        ctypes.c_void_p, wintypes.DWORD, ctypes.c_void_p, wintypes.DWORD, ctypes.c_wchar_p,
    )  # fmt: skip
    _crypt32.CertOpenStore.restype = ctypes.c_void_p
    _crypt32.CertFindCertificateInStore.argtypes = (
        ctypes.c_void_p, wintypes.DWORD, wintypes.DWORD, wintypes.DWORD, ctypes.c_void_p, _PContext,
    )  # fmt: skip
    _crypt32.CertFindCertificateInStore.restype = _PContext
    _crypt32.CertDuplicateCertificateContext.argtypes = (_PContext,)
    _crypt32.CertDuplicateCertificateContext.restype = _PContext
    _crypt32.CertFreeCertificateContext.argtypes = (_PContext,)
    _crypt32.CertFreeCertificateContext.restype = wintypes.BOOL
    _crypt32.CertCloseStore.argtypes = (ctypes.c_void_p, wintypes.DWORD)
    _crypt32.CertCloseStore.restype = wintypes.BOOL
    _crypt32.CryptAcquireCertificatePrivateKey.argtypes = (
        _PContext, wintypes.DWORD, ctypes.c_void_p,
        ctypes.POINTER(ctypes.c_void_p), _PDword, ctypes.POINTER(wintypes.BOOL),
    )  # fmt: skip
    _crypt32.CryptAcquireCertificatePrivateKey.restype = wintypes.BOOL
    _ncrypt.NCryptSignHash.argtypes = (
        ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p, wintypes.DWORD,
        ctypes.c_void_p, wintypes.DWORD, _PDword, wintypes.DWORD,
    )  # fmt: skip
    _ncrypt.NCryptSignHash.restype = wintypes.LONG
    _ncrypt.NCryptDecrypt.argtypes = (
        ctypes.c_void_p, ctypes.c_char_p, wintypes.DWORD, ctypes.c_void_p,
        ctypes.c_void_p, wintypes.DWORD, _PDword, wintypes.DWORD,
    )  # fmt: skip
    _ncrypt.NCryptDecrypt.restype = wintypes.LONG
    _ncrypt.NCryptFreeObject.argtypes = (ctypes.c_void_p,)
    _ncrypt.NCryptFreeObject.restype = wintypes.LONG

    class WindowsKey:
        """An RSA key of the store: a `Signer` and a `Decryptor`. Made by `open_windows_key`."""

        __slots__ = ("__weakref__", "_handle", "certificate", "chain")

        def __init__(self, handle: int, owned: bool, certificate: x509.Certificate) -> None:
            self._handle, self.certificate = handle, certificate
            self.chain: tuple[x509.Certificate, ...] = ()
            if owned:
                weakref.finalize(self, _ncrypt.NCryptFreeObject, ctypes.c_void_p(handle))

        def sign(self, octets: bytes, algorithm: Algorithm) -> bytes:
            """PKCS#1 v1.5 over `octets`, hashed here.

            Raises:
                Refused: `signing.key_cannot`, `signing.windows_failed`.
            """
            if not algorithm.name.startswith("rsa-") or algorithm.digest not in _NAMES:
                raise Refused("signing.key_cannot", algorithm=algorithm.name)
            digest = hashlib.new(algorithm.digest, octets).digest()
            how = _Pkcs1Padding(_NAMES[algorithm.digest])
            value, size = ctypes.create_string_buffer(1024), wintypes.DWORD()
            status = _ncrypt.NCryptSignHash(
                self._handle, ctypes.byref(how), digest, len(digest),
                value, len(value), ctypes.byref(size), _PKCS1 | _SILENT,
            )  # fmt: skip
            if status:
                raise Refused("signing.windows_failed", status=_hex(status))
            return value.raw[: size.value]

        def decrypt_key(self, wrapped: bytes, algorithm: str) -> bytes:
            """The content key that was encrypted to us.

            Raises:
                Refused: `signing.key_cannot_decrypt`, `signing.windows_failed`.
                Corrupt: `cms.undecryptable`.
            """
            if algorithm not in KEY_TRANSPORTS:
                raise Refused("signing.key_cannot_decrypt", algorithm=algorithm)
            name = _NAMES["sha1" if algorithm == "rsa-oaep-sha1" else "sha256"]
            padding = None if algorithm == "rsa-pkcs1v15" else ctypes.byref(_OaepPadding(name, None, 0))
            opened, size = ctypes.create_string_buffer(1024), wintypes.DWORD()
            status = _ncrypt.NCryptDecrypt(
                self._handle, wrapped, len(wrapped), padding,
                opened, len(opened), ctypes.byref(size), (_PKCS1 if padding is None else _OAEP) | _SILENT,
            )  # fmt: skip
            if status & 0xFFFFFFFF in _INVALID:
                raise Corrupt("cms.undecryptable")
            if status:
                raise Refused("signing.windows_failed", status=_hex(status))
            return opened.raw[: size.value]

        def __repr__(self) -> str:
            return f"WindowsKey({self.certificate.subject.rfc4514_string()})"

        def __reduce__(self) -> NoReturn:
            raise TypeError("a key of the Windows store stays there: it cannot be copied or pickled")

    def open_windows_key(store: str, thumbprint: str, subject: str) -> StoredKey:
        """The key of a certificate in the store MY.

        Args:
            store: "CurrentUser" or "LocalMachine".
            thumbprint: SHA-1 of the certificate, 40 hexadecimal digits; empty to search by subject.
            subject: a part of the subject's name; exactly one certificate must have it.

        Raises:
            Refused: `signing.windows_no_certificate`, `signing.windows_many_certificates`,
                `signing.windows_no_access`.
        """
        opened = _crypt32.CertOpenStore(_PROVIDER_SYSTEM, 0, None, _LOCATIONS[store] | _READ_EXISTING, "MY")
        if not opened:
            raise Refused("signing.windows_no_certificate", store=store, wanted=thumbprint or subject)
        try:
            found = _found(opened, thumbprint, subject)
            try:
                if not found:
                    raise Refused("signing.windows_no_certificate", store=store, wanted=thumbprint or subject)
                if len(found) > 1:
                    count = len(found)
                    raise Refused("signing.windows_many_certificates", store=store, wanted=subject, count=count)
                return _key_of(found[0])
            finally:
                for context in found:
                    _crypt32.CertFreeCertificateContext(context)
        finally:
            _crypt32.CertCloseStore(opened, 0)

    def _found(store: int, thumbprint: str, subject: str) -> list[ctypes._Pointer[_Context]]:
        """The certificates that fit; the caller frees them."""
        if thumbprint:
            sha1 = bytes.fromhex(thumbprint)
            blob = _Blob(len(sha1), sha1)
            by, what = _BY_SHA1, ctypes.cast(ctypes.pointer(blob), ctypes.c_void_p)
        else:
            name = ctypes.create_unicode_buffer(subject)
            by, what = _BY_SUBJECT, ctypes.cast(name, ctypes.c_void_p)
        found: list[ctypes._Pointer[_Context]] = []
        last = None
        # the search frees the context it goes on from, so what is kept is a duplicate
        while last := _crypt32.CertFindCertificateInStore(store, _ENCODINGS, 0, by, what, last):
            found.append(_crypt32.CertDuplicateCertificateContext(last))
        return found

    def _key_of(context: ctypes._Pointer[_Context]) -> WindowsKey:
        certificate = read_certificate(ctypes.string_at(context.contents.encoded, context.contents.size))
        handle, kind, owned = ctypes.c_void_p(), wintypes.DWORD(), wintypes.BOOL()
        done = _crypt32.CryptAcquireCertificatePrivateKey(
            context, _ONLY_CNG | _COMPARED | _SILENT, None,
            ctypes.byref(handle), ctypes.byref(kind), ctypes.byref(owned),
        )  # fmt: skip
        if not done or not handle.value:
            name, status = certificate.subject.rfc4514_string(), _hex(ctypes.get_last_error())
            raise Refused("signing.windows_no_access", subject=name, status=status)
        return WindowsKey(handle.value, bool(owned.value), certificate)

    def _hex(status: int) -> str:
        return f"0x{status & 0xFFFFFFFF:08X}"

else:
    from gateway.core.errors import Refused

    def open_windows_key(store: str, thumbprint: str, subject: str) -> StoredKey:
        """There is no such store here.

        Raises:
            Refused: `signing.windows_only`.
        """
        raise Refused("signing.windows_only")
