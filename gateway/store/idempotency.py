"""Idempotency keys: the same request twice is one effect and one answer."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sqlalchemy import insert, select

from gateway.core.errors import Refused
from gateway.store.schema import dumps, idempotency
from gateway.store.unit import Unit


def input_hash(value: Any) -> str:
    """SHA-256 of the canonical JSON of a request's input."""
    return hashlib.sha256(dumps(value).encode()).hexdigest()


def earlier(unit: Unit, scope: str, key: str, given: Any) -> Any | None:
    """The result stored for this key, or None when it is new.

    Raises:
        Refused: `idempotency.mismatch` when the key was used with another input.
    """
    row = unit.connection.execute(
        select(idempotency.c.input_hash, idempotency.c.result).where(
            idempotency.c.scope == scope, idempotency.c.key == key
        )
    ).one_or_none()
    if row is None:
        return None
    if row.input_hash != input_hash(given):
        raise Refused("idempotency.mismatch", scope=scope)
    return json.loads(row.result)


def remember(unit: Unit, scope: str, key: str, given: Any, result: Any) -> None:
    """Keep the result of this key in the same transaction as its effect."""
    unit.connection.execute(
        insert(idempotency).values(scope=scope, key=key, input_hash=input_hash(given), result=dumps(result), at=unit.at)
    )
