"""Identifiers: ULIDs, made by us and fixed before anything is sent anywhere."""

from __future__ import annotations

import os
import threading
import time

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [high + low for high in _ALPHABET for low in _ALPHABET]
_lock = threading.Lock()
_last_ms = 0
_last_random = 0


def new_id() -> str:
    """A new ULID: 26 characters of Crockford's base 32, sortable by creation time.

    Ids made by one process in the same millisecond still ascend (the random part is incremented).
    """
    global _last_ms, _last_random
    with _lock:
        now = time.time_ns() // 1_000_000
        if now <= _last_ms:
            now = _last_ms
            _last_random += 1
        else:
            _last_ms = now
            _last_random = int.from_bytes(os.urandom(10), "big") >> 1
        value = (now << 80) | _last_random
    return "".join([_PAIRS[(value >> shift) & 1023] for shift in range(120, -1, -10)])
