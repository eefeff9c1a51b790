"""The system's libcrypto with the GOST engine, through ctypes: the few calls GOST R 34.10-2012 needs.

The `cryptography` package brings its own libcrypto, which has no engines; so the system's is loaded beside it. Every
function is declared with its argument types, every object is owned by a context manager or by the key that holds it,
and the error queue is left empty: on Linux the interpreter's own TLS shares this library and would otherwise find our
errors.

The library locks its own structures; only the loading of the engine is serialised here.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import POINTER, c_char_p, c_int, c_long, c_size_t, c_ubyte, c_uint, c_uint64, c_void_p
from functools import cache
from typing import Any

from gateway.core.errors import Unavailable

_INIT_CIPHERS_DIGESTS_ENGINES = 0x04 | 0x08 | 0x0400
_METHODS = 0x0040 | 0x0080 | 0x0200 | 0x0400  # ciphers, digests, key methods, key formats: nothing of anybody else's
_BIO_INFO = 3
_loading = threading.Lock()

# name: (result, arguments). "p" pointer, "i" int, "l" long, "n" size_t, "u" unsigned, "q" uint64, "s" char*,
# "P" pointer to pointer, "N" pointer to size_t, "U" pointer to unsigned, "v" nothing
_DECLARATIONS = {
    "OPENSSL_init_crypto": ("i", "qp"),
    "ERR_clear_error": ("v", ""),
    "ENGINE_by_id": ("p", "s"),
    "ENGINE_init": ("i", "p"),
    "ENGINE_set_default": ("i", "pu"),
    "ENGINE_free": ("i", "p"),
    "ENGINE_get_digest": ("p", "pi"),
    "ENGINE_get_cipher": ("p", "pi"),
    "OBJ_txt2nid": ("i", "s"),
    "BIO_new": ("p", "p"),
    "BIO_s_mem": ("p", ""),
    "BIO_new_mem_buf": ("p", "pi"),
    "BIO_ctrl": ("l", "pilP"),
    "BIO_free": ("i", "p"),
    "EVP_Digest": ("i", "pnpUpp"),
    "EVP_MD_CTX_new": ("p", ""),
    "EVP_MD_CTX_free": ("v", "p"),
    "EVP_DigestSignInit": ("i", "pPppp"),
    "EVP_DigestSign": ("i", "ppNpn"),
    "EVP_DigestVerifyInit": ("i", "pPppp"),
    "EVP_DigestVerify": ("i", "ppnpn"),
    "EVP_PKEY_free": ("v", "p"),
    "EVP_PKEY_get_base_id": ("i", "p"),
    "d2i_PUBKEY_bio": ("p", "pP"),
    "PEM_read_bio_PrivateKey": ("p", "pPps"),
    "d2i_PKCS8PrivateKey_bio": ("p", "pPps"),
    "d2i_X509_bio": ("p", "pP"),
    "i2d_X509_bio": ("i", "pp"),
    "X509_free": ("v", "p"),
    "X509_check_private_key": ("i", "pp"),
    "d2i_PKCS12_bio": ("p", "pP"),
    "PKCS12_parse": ("i", "psPPP"),
    "PKCS12_free": ("v", "p"),
    "OPENSSL_sk_new_null": ("p", ""),
    "OPENSSL_sk_push": ("i", "pp"),
    "OPENSSL_sk_num": ("i", "p"),
    "OPENSSL_sk_value": ("p", "pi"),
    "OPENSSL_sk_free": ("v", "p"),
    "CMS_encrypt": ("p", "pppu"),
    "CMS_decrypt": ("i", "pppppu"),
    "CMS_ContentInfo_free": ("v", "p"),
    "d2i_CMS_bio": ("p", "pP"),
    "i2d_CMS_bio": ("i", "pp"),
}
_TYPES = {
    "p": c_void_p,
    "i": c_int,
    "l": c_long,
    "n": c_size_t,
    "u": c_uint,
    "q": c_uint64,
    "s": c_char_p,
    "P": POINTER(c_void_p),
    "N": POINTER(c_size_t),
    "U": POINTER(c_uint),
    "v": None,
}


class Libcrypto:
    """The loaded library with its engine; get it from `libcrypto()`."""

    def __init__(self, library: ctypes.CDLL, engine: int) -> None:
        self._library = library
        self.engine = engine
        for name, (result, arguments) in _DECLARATIONS.items():
            setattr(self, name, _declared(library, name, result, arguments))

    def __getattr__(self, name: str) -> Callable[..., Any]:
        raise AttributeError(f"{name} is not declared")  # so that a call without argument types cannot happen

    def nid(self, name: str) -> int:
        """The library's number of an object by its name."""
        return int(self.OBJ_txt2nid(name.encode()))

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Leave the thread's error queue empty behind the block."""
        try:
            yield
        finally:
            self.ERR_clear_error()

    @contextmanager
    def reading(self, octets: bytes) -> Iterator[int]:
        """A BIO that reads `octets`."""
        with self.owned(self.BIO_new_mem_buf(octets, len(octets)), self.BIO_free) as bio:
            yield bio

    @contextmanager
    def writing(self) -> Iterator[int]:
        """A BIO in memory, to be read with `written`."""
        with self.owned(self.BIO_new(self.BIO_s_mem()), self.BIO_free) as bio:
            yield bio

    def written(self, bio: int) -> bytes:
        """What was written to a BIO of `writing`."""
        start = c_void_p()
        length = self.BIO_ctrl(bio, _BIO_INFO, 0, ctypes.byref(start))
        return ctypes.string_at(start.value, length) if start.value and length > 0 else b""

    @contextmanager
    def owned(self, pointer: int | None, free: Callable[[int], object]) -> Iterator[int]:
        """`pointer` for the block, freed behind it.

        Raises:
            Failed: when it is null: the call that should have made it did not.
        """
        if not pointer:
            raise Failed
        try:
            yield pointer
        finally:
            free(pointer)


class Failed(Exception):
    """A call of the library said no; whoever called knows what that means."""


def libcrypto() -> Libcrypto:
    """The library, loaded once.

    Raises:
        Unavailable: `gost.unavailable` when there is no such library or no engine on this machine.
    """
    with _loading:
        found = _load()
    if found is None:
        raise Unavailable("gost.unavailable", retry_after=3600.0)
    return found


@cache
def _load() -> Libcrypto | None:
    try:
        # not there on Windows, nor would it have the engine: certified providers there are reached through its store
        library = ctypes.CDLL("libcrypto.so.3")
        by_id, init, set_default, start, clear = (
            _declared(library, name, *_DECLARATIONS[name])
            for name in ("ENGINE_by_id", "ENGINE_init", "ENGINE_set_default", "OPENSSL_init_crypto", "ERR_clear_error")
        )
        start(_INIT_CIPHERS_DIGESTS_ENGINES, None)
        engine = by_id(b"gost")
        loaded = bool(engine) and init(engine) == 1 and set_default(engine, _METHODS) == 1
        clear()
        return Libcrypto(library, engine) if loaded else None
    except (OSError, AttributeError):  # no library, or one without engines
        return None


def _declared(library: ctypes.CDLL, name: str, result: str, arguments: str) -> Callable[..., Any]:
    function = getattr(library, name)
    function.restype = _TYPES[result]
    function.argtypes = [_TYPES[a] for a in arguments]
    return function  # type: ignore[no-any-return]


def buffer(size: int) -> ctypes.Array[c_ubyte]:
    """Room for `size` octets the library writes."""
    return (c_ubyte * size)()
