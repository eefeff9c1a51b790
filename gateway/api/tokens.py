"""Personal tokens: who is calling, decided by a secret that is stored nowhere.

A token is 256 bits from the operating system's generator, shown once. The database keeps its SHA-256 only: with that
much entropy a plain hash cannot be searched backwards, and the row is found by the hash through an index, so neither
the lookup nor the comparison can be timed against the secret itself. A token never enters a log, the journal or an
error.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, insert, select, update

from gateway.core.authority import Actor, Right, Role
from gateway.core.errors import Conflict, Refused
from gateway.core.ids import new_id
from gateway.core.text import person_key
from gateway.store import Store, Unit
from gateway.store.people import LOCAL_USER, actor_of, let_in
from gateway.store.schema import users

__all__ = [
    "LANGUAGES", "LOCAL_USER", "PERSONAL_ROLES", "PREFIX", "Caller", "User", "authenticate", "create_user", "find_user",
    "list_users", "local_token", "permissions", "revoke_user", "still_valid", "token_hash",
]  # fmt: skip

PREFIX = "kvit_"  # lets a secret scanner recognise a token that leaked into a file
PERSONAL_ROLES = (
    Role.ACCOUNTANT, Role.WAREHOUSE, Role.MANAGER, Role.CALL_CENTRE, Role.IT, Role.DIRECTOR, Role.OWNER
)  # fmt: skip
LANGUAGES = ("ru", "en")
_ADMINISTRATOR = Actor("kvit", Role.IT)  # who makes the tray's own user: the program, acting for IT


@dataclass(frozen=True, slots=True)
class Caller:
    """A user who proved who they are.

    Attributes:
        user_id: the row in `users`.
        actor: name and role, what use cases and the journal see.
        language: "ru" or "en".
    """

    user_id: str
    actor: Actor
    language: str


@dataclass(frozen=True, slots=True)
class User:
    """A user as a list shows it; never with a token."""

    id: str
    name: str
    role: str
    language: str
    created_at: str
    created_by: str
    revoked_at: str | None


def token_hash(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def create_user(unit: Unit, name: str, role: str, language: str = "ru") -> str:
    """Let a person in.

    Args:
        name: as it will stand in the journal. Of users who are not revoked no two have names that look alike: one
            person would be two, and two signatures.
        role: one of PERSONAL_ROLES.
        language: "ru" or "en".

    Returns:
        The token. It cannot be shown again.

    Raises:
        Refused: `authority.missing`, `user.bad_name`, `user.bad_role`, `user.bad_language`.
        Conflict: `user.name_taken`, `user.name_alike`.
    """
    unit.actor.require(Right.USERS_MANAGE)
    name = name.strip()
    if not name or len(name) > 80 or not name.isprintable():
        raise Refused("user.bad_name")
    if role not in {r.value for r in PERSONAL_ROLES}:
        raise Refused("user.bad_role", role=role[:40], roles=", ".join(r.value for r in PERSONAL_ROLES))
    if language not in LANGUAGES:
        raise Refused("user.bad_language", language=language[:40])
    _need_free_name(unit, name)
    token = PREFIX + secrets.token_urlsafe(32)
    user_id = new_id()
    unit.connection.execute(
        insert(users).values(
            id=user_id,
            company=unit.company,
            name=name,
            role=role,
            language=language,
            token_hash=token_hash(token),
            created_at=unit.at,
            created_by=str(unit.actor),
        )
    )
    unit.journal("user.created", f"user:{user_id}", name=name, role=role)
    return token


def _need_free_name(unit: Unit, name: str) -> None:
    """Raises Conflict when a user has this name, or one that looks like it."""
    alike = [actor.name for actor in let_in(unit.connection, unit.company, name)]
    if name in alike:
        raise Conflict("user.name_taken", name=name)
    if name == LOCAL_USER:
        return  # the program's own: nobody's name keeps the service from starting
    if person_key(name) == person_key(LOCAL_USER):
        alike.append(LOCAL_USER)
    if alike:
        raise Conflict("user.name_alike", name=name, known=alike[0])


def revoke_user(unit: Unit, user_id: str) -> None:
    """Take a user's access back; the very next request is refused, open event streams end within a heartbeat.

    Raises:
        Refused: `authority.missing`, `user.unknown` (also when revoked before).
    """
    unit.actor.require(Right.USERS_MANAGE)
    ended = unit.connection.execute(
        update(users)
        .where(users.c.id == user_id, users.c.company == unit.company, users.c.revoked_at.is_(None))
        .values(revoked_at=unit.at)
    ).rowcount
    if not ended:
        raise Refused("user.unknown", user=user_id[:80])
    unit.journal("user.revoked", f"user:{user_id}")


def find_user(connection: Connection, company: str, name: str) -> User | None:
    """The user of that name who may come in now."""
    row = connection.execute(
        select(users).where(users.c.company == company, users.c.name == name.strip(), users.c.revoked_at.is_(None))
    ).one_or_none()
    return None if row is None else User(*(getattr(row, field) for field in User.__dataclass_fields__))


def list_users(connection: Connection, company: str, *, revoked: bool = False) -> Sequence[User]:
    """Users by name; those who were revoked only when asked for."""
    query = select(*(users.c[field] for field in User.__dataclass_fields__)).where(users.c.company == company)
    if not revoked:
        query = query.where(users.c.revoked_at.is_(None))
    return [User(*row) for row in connection.execute(query.order_by(users.c.name, users.c.id))]


def authenticate(connection: Connection, company: str, token: str) -> Caller | None:
    """Whose token this is, or None for an unknown or revoked one."""
    digest = token_hash(token)
    row = connection.execute(
        select(users.c.id, users.c.name, users.c.role, users.c.language, users.c.token_hash).where(
            users.c.token_hash == digest, users.c.company == company, users.c.revoked_at.is_(None)
        )
    ).one_or_none()
    if row is None or not hmac.compare_digest(row.token_hash, digest):
        return None
    return Caller(row.id, actor_of(row.name, row.role), row.language)


def still_valid(connection: Connection, user_id: str) -> bool:
    """Whether a user who came in earlier would still be let in."""
    found = connection.execute(select(users.c.id).where(users.c.id == user_id, users.c.revoked_at.is_(None))).first()
    return found is not None


def permissions(actor: Actor) -> list[str]:
    """Names of what an actor may do, for a client that decides what to show.

    Besides the rights: "calls.read" and "calls.work" for those who see the calls to customers among the tasks.
    """
    names = {right.value for right in Right if actor.may(right)}
    if actor.role is not Role.WAREHOUSE:
        names |= {name.replace("tasks.", "calls.") for name in names if name.startswith("tasks.")}
    return sorted(names)


def local_token(
    store: Store, path: Path, role: Role = Role.ACCOUNTANT, language: str = "ru", name: str = LOCAL_USER
) -> None:
    """See that the token file of the tray on this machine opens the door.

    A good file is left alone. Otherwise the user's old token is revoked and a new one is written, readable by the
    owner of the process only (on Windows by whoever the folder's access list names).

    Args:
        path: `<home>/run/tray.token`.

    Raises:
        Unavailable: `store.unreachable`.
        OSError: the file cannot be written.
    """
    try:
        old = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        old = ""
    with store.reading() as connection:
        caller = authenticate(connection, store.company, old) if old else None
    if caller is not None and caller.actor == Actor(name, role):
        return
    with store.unit(_ADMINISTRATOR) as unit:
        existing = find_user(unit.connection, unit.company, name)
        if existing is not None:
            revoke_user(unit, existing.id)
        token = create_user(unit, name, role.value, language)
        # Written before the commit: a token nobody accepts is harmless, a user nobody has the token of is not.
        _write_private(path, token + "\n")
        unit.commit()


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".new")
    temporary.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    if sys.platform != "win32":
        flags |= os.O_NOFOLLOW
    with os.fdopen(os.open(temporary, flags, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
