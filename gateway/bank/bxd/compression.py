"""gzip (RFC 1952) for contents, with a limit on what comes out."""

from __future__ import annotations

import gzip
import zlib

from gateway.core.errors import Corrupt

_GZIP = 16 + zlib.MAX_WBITS
_STEP = 1 << 20


def compress(content: bytes) -> bytes:
    """The same content always gives the same bytes (no time stamp inside)."""
    return gzip.compress(content, mtime=0)


def decompress(packed: bytes, limit: int) -> bytes:
    """The content of a gzip file of one or more members.

    Args:
        limit: the most bytes that may come out; unpacking stops there, so a bomb costs no more than that.

    Raises:
        Corrupt: `bank.too_large`, `bank.truncated`, `bank.malformed`.
    """
    parts: list[bytes] = []
    size = 0
    rest = packed
    while rest:
        member = zlib.decompressobj(_GZIP)
        while not member.eof:
            try:
                part = member.decompress(rest, _STEP)
            except zlib.error:
                raise Corrupt("bank.malformed", what="gzip") from None
            size += len(part)
            if size > limit:
                raise Corrupt("bank.too_large", limit=limit)
            parts.append(part)
            rest = member.unconsumed_tail
            if not rest and not part and not member.eof:
                raise Corrupt("bank.truncated")
        rest = member.unused_data
    if not parts:
        raise Corrupt("bank.truncated")
    return b"".join(parts)
