"""Changes: one unit of work, asked for once, on the version the caller saw."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header
from sqlalchemy import Table, select

from gateway.api.errors import BadRequest, NotFound, Stale
from gateway.api.room import Room
from gateway.api.tokens import Caller
from gateway.core.errors import Conflict
from gateway.store import Unit, idempotency

_VERSION = re.compile(r'(?:W/)?"?(\d{1,9})"?')
_KEY = re.compile(r"[\x21-\x7e]{1,200}")


@dataclass(frozen=True, slots=True)
class Terms:
    """What the headers of a change say.

    Attributes:
        version: the row's version the caller saw, None when they do not care.
        key: made when the form opened; the same key is the same change.
    """

    version: int | None
    key: str | None


def _terms(
    if_match: Annotated[
        str | None,
        Header(
            description='Version of the row as last read, `"3"`; another one answers 412',
            json_schema_extra={"pattern": r'^("\d{1,9}"|\d{1,9}|\*)$'},
        ),
    ] = None,
    idempotency_key: Annotated[
        str | None,
        Header(
            description="Made when the form opens; a repeat with the same key has no second effect",
            json_schema_extra={"pattern": r"^[\x21-\x7e]{1,200}$"},
        ),
    ] = None,
) -> Terms:
    version = None
    if if_match is not None and if_match.strip() != "*":
        found = _VERSION.fullmatch(if_match.strip())
        if found is None:
            raise BadRequest("api.bad_if_match")
        version = int(found[1])
    if idempotency_key is not None and not _KEY.fullmatch(idempotency_key):
        raise BadRequest("api.bad_key")
    return Terms(version, idempotency_key)


TheTerms = Annotated[Terms, Depends(_terms)]


@dataclass(frozen=True, slots=True)
class Target:
    """The row a change is about.

    Attributes:
        sees: a further condition on what this caller may know of.
        stale: who changed the row meanwhile, when and how, where somebody can tell.
    """

    table: Table
    id: str
    sees: Any = None
    stale: Callable[[Unit], Conflict] | None = None

    def check(self, unit: Unit, version: int | None) -> None:
        """Raise unless the row is there, in this version. A table that counts no versions takes any.

        Raises:
            NotFound: `api.not_found`.
            Stale: `api.stale`, or what `stale` says.
        """
        columns = self.table.c
        counted = "version" in columns
        query = select(columns.version if counted else columns.id).where(
            columns.id == self.id, columns.company == unit.company
        )
        if self.sees is not None:
            query = query.where(self.sees)
        row = unit.connection.execute(query).one_or_none()
        if row is None:
            raise NotFound("api.not_found")
        if counted and version is not None and row[0] != version:
            if self.stale is None:
                raise Stale("api.stale", version=row[0], given=version)
            known = self.stale(unit)
            raise Stale(known.code, **{**known.values, "version": row[0], "given": version})


def change(
    room: Room,
    caller: Caller,
    terms: Terms,
    action: str,
    target: Target | None,
    given: Any,
    work: Callable[[Unit], Any],
) -> Any:
    """Do `work` once and keep it.

    The idempotency key, the version check and the effect share one transaction; a repeat finds the first one's
    result before the version is looked at, because the first one changed it.

    Args:
        action: names the route; keys of different routes, rows and users never meet.
        target: the row it is about; None for a change of the house itself.
        given: the request's body as plain JSON.
        work: the use case; returns something small and JSON-able.

    Returns:
        What `work` returned, now or the first time.
    """
    about = f"{target.table.name}:{target.id}" if target else "house"
    scope = f"api:{caller.user_id}:{action}:{about}"
    asked = {"body": given, "version": terms.version}
    with room.store.unit(caller.actor) as unit:
        if terms.key is not None:
            earlier = idempotency.earlier(unit, scope, terms.key, asked)
            if earlier is not None:
                return earlier["result"]
        if target is not None:
            target.check(unit, terms.version)
        result = work(unit)
        if terms.key is not None:
            idempotency.remember(unit, scope, terms.key, asked, {"result": result})
        unit.commit()
    room.events.notify()
    return result
