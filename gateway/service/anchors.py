"""Authorities of other people's servers: files in anchors/."""

from __future__ import annotations

from cryptography import x509

from gateway.core.errors import Refused
from gateway.service.config import Home


def anchors_of(home: Home, file: str) -> list[x509.Certificate] | None:
    """The certificates of a file in anchors/; None for "", which means the machine's own list.

    Raises:
        Refused: `config.bad_certificate`.
    """
    if not file:
        return None
    path = home.anchors / file
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        raise Refused("config.bad_certificate", file=str(path), reason=type(error).__name__) from None
