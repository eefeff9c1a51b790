"""TLS with our own anchors and nothing else, and with a private key that never lies on a disk in the clear."""

from __future__ import annotations

import os
import secrets
import ssl
import tempfile
from collections.abc import Iterable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from gateway.signing.keys import Pkcs12Key


def client_context(anchors: Iterable[x509.Certificate], key: Pkcs12Key | None = None) -> ssl.SSLContext:
    """A context for calling a server whose certificate chains to one of `anchors`; the system's roots do not count.

    Args:
        key: our client certificate, for servers that ask for one.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # checks names and demands a certificate
    _common(context, anchors)
    if key is not None:
        _load(context, key)
    return context


def server_context(key: Pkcs12Key, client_anchors: Iterable[x509.Certificate] = ()) -> ssl.SSLContext:
    """A context for serving with `key`; with `client_anchors` it refuses clients they did not certify."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    anchors = tuple(client_anchors)
    _common(context, anchors)
    if anchors:
        context.verify_mode = ssl.CERT_REQUIRED
    _load(context, key)
    return context


def _common(context: ssl.SSLContext, anchors: Iterable[x509.Certificate]) -> None:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    pem = "".join(a.public_bytes(Encoding.PEM).decode("ascii") for a in anchors)
    if pem:
        context.load_verify_locations(cadata=pem)


def _load(context: ssl.SSLContext, key: Pkcs12Key) -> None:
    """Hand `key` to OpenSSL, which takes keys from files only.

    The file is readable by us alone (mkstemp: 0600), encrypted with a pass phrase that exists for this call, and
    gone when it returns.
    """
    passphrase = secrets.token_urlsafe(32)
    encrypted = key.private_key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase.encode())
    )
    chain = b"".join(c.public_bytes(Encoding.PEM) for c in (key.certificate, *key.chain))
    handle, path = tempfile.mkstemp(prefix="kvit-", suffix=".pem")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(encrypted + chain)
        context.load_cert_chain(path, password=passphrase)
    finally:
        Path(path).unlink()
