"""Changes by the public port: one unit of work, done once however often it is asked for."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Header

from gateway.core.authority import Actor
from gateway.store import Unit, idempotency
from gateway.web.answers import BadRequest
from gateway.web.room import PublicRoom

_KEY = re.compile(r"[\x21-\x7e]{1,200}")


def _idempotency_key(idempotency_key: Annotated[str | None, Header()] = None) -> str:
    if idempotency_key is not None and not _KEY.fullmatch(idempotency_key):
        raise BadRequest("web.bad_idempotency_key")
    return idempotency_key or ""


TheKey = Annotated[str, Depends(_idempotency_key)]


def once(room: PublicRoom, actor: Actor, scope: str, key: str, given: Any, work: Callable[[Unit], Any]) -> Any:
    """Do `work` and keep it; with the same key a second time, only say again what came of it.

    Args:
        scope: whose key it is and what for; keys of different scopes never meet.
        key: "" does it every time.
        given: the request as plain JSON.
        work: a use case; returns something small and JSON-able.

    Raises:
        Refused: `idempotency.mismatch` for another request under the same key, and what `work` raises.
    """
    with room.store.unit(actor) as unit:
        if key:
            earlier = idempotency.earlier(unit, f"web:{scope}", key, given)
            if earlier is not None:
                return earlier["result"]
        result = work(unit)
        if key:
            idempotency.remember(unit, f"web:{scope}", key, given, {"result": result})
        unit.commit()
    room.changed()
    return result
