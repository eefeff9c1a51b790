"""Opening a PKCS#12 container is slow by design, some 50 ms, and the tests open the same few thousands of times."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import pytest
from cryptography.hazmat.primitives.serialization import pkcs12


@contextmanager
def containers_open_once() -> Iterator[None]:
    """Within it the same bytes and pass phrase are opened once in a process; what does not open is tried each time.

    Keys and certificates cannot be changed, so nobody notices who else holds them.
    """
    once = lru_cache(maxsize=256)(pkcs12.load_key_and_certificates)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pkcs12, "load_key_and_certificates", once)
        yield
