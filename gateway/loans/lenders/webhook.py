"""Signed webhooks: HMAC-SHA256 over the body with a secret both sides know.

The signature proves who speaks. That a genuine hint is sent again later needs no guard: all it does is make us ask.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from gateway.core.errors import Refused

HEADER = "X-Signature"
LARGEST_BODY = 64 * 1024


def signature(body: bytes, secret: str) -> str:
    """The header's value for `body`: "sha256=" and 64 hex digits."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def verify(lender: str, headers: Mapping[str, str], body: bytes, secret: str) -> None:
    """Raise unless `body` was signed with `secret`; compared in constant time.

    Raises:
        Refused: `lender.hint_too_large`, `lender.forged_hint`.
    """
    if len(body) > LARGEST_BODY:
        raise Refused("lender.hint_too_large", lender=lender, limit=LARGEST_BODY)
    given = next((value for name, value in headers.items() if name.lower() == HEADER.lower()), "")
    if not secret or not hmac.compare_digest(signature(body, secret).encode(), given.strip().encode()):
        raise Refused("lender.forged_hint", lender=lender)
