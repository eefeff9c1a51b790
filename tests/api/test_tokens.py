from __future__ import annotations

import hashlib
import logging
import stat
import sys
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from gateway.api.tokens import (
    authenticate,
    create_user,
    find_user,
    list_users,
    local_token,
    revoke_user,
    still_valid,
)
from gateway.core.authority import Actor, Role
from gateway.core.errors import Conflict, Refused
from gateway.store import Store
from gateway.store.schema import journal, users
from tests.api.conftest import ADMINISTRATOR
from tests.api.shop import COMPANY


def make(store: Store, name: str = "Анна", role: str = "accountant", language: str = "ru") -> str:
    with store.unit(ADMINISTRATOR) as unit:
        token = create_user(unit, name, role, language)
        unit.commit()
    return token


def test_a_token_opens_the_door_for_its_user(store: Store) -> None:
    token = make(store)
    assert len(token) >= 5 + 43  # 256 bits in base64url
    with store.reading() as connection:
        caller = authenticate(connection, COMPANY, token)
        assert caller is not None
        assert caller.actor == Actor("Анна", Role.ACCOUNTANT)
        assert authenticate(connection, COMPANY, token + "x") is None
        assert authenticate(connection, COMPANY, "") is None
        assert authenticate(connection, COMPANY, "\udcff") is None
        assert authenticate(connection, "another company", token) is None


def test_the_token_is_stored_nowhere(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        token = make(store)
    with store.reading() as connection:
        row = connection.execute(select(users)).one()
        assert row.token_hash == hashlib.sha256(token.encode()).hexdigest()
        told = " ".join(str(v) for r in connection.execute(select(journal)) for v in r)
    assert token not in told + str(row) + caplog.text
    assert row.token_hash not in told


def test_tokens_differ(store: Store) -> None:
    assert len({make(store, f"user {n}") for n in range(20)}) == 20


def test_a_revoked_token_is_refused_at_once(store: Store, accountant: httpx.Client) -> None:
    assert accountant.get("/v1/me").status_code == 200
    with store.unit(ADMINISTRATOR) as unit:
        user = find_user(unit.connection, COMPANY, "user-accountant")
        assert user is not None
        revoke_user(unit, user.id)
        unit.commit()
    assert accountant.get("/v1/me").status_code == 401
    with store.reading() as connection:
        assert not still_valid(connection, user.id)
        assert find_user(connection, COMPANY, "user-accountant") is None
    with store.unit(ADMINISTRATOR) as unit, pytest.raises(Refused, match="no user"):
        revoke_user(unit, user.id)


def test_a_revoked_name_is_free_again(store: Store) -> None:
    make(store)
    with pytest.raises(Conflict):
        make(store)
    with store.unit(ADMINISTRATOR) as unit:
        found = find_user(unit.connection, COMPANY, "Анна")
        assert found is not None
        revoke_user(unit, found.id)
        unit.commit()
    make(store)
    with store.reading() as connection:
        assert [u.name for u in list_users(connection, COMPANY)] == ["Анна"]
        assert len(list_users(connection, COMPANY, revoked=True)) == 2


@pytest.mark.parametrize("role", [r for r in Role if r not in (Role.IT, Role.OWNER)])
def test_only_it_and_the_owner_let_people_in(store: Store, role: Role) -> None:
    with store.unit(Actor("x", role)) as unit:
        with pytest.raises(Refused):
            create_user(unit, "Анна", "manager")
        with pytest.raises(Refused):
            revoke_user(unit, "anybody")


@pytest.mark.parametrize(
    ("name", "role", "language", "code"),
    [
        ("  ", "manager", "ru", "user.bad_name"),
        ("a" * 81, "manager", "ru", "user.bad_name"),
        ("a\nb", "manager", "ru", "user.bad_name"),
        ("Анна", "service", "ru", "user.bad_role"),
        ("Анна", "root", "ru", "user.bad_role"),
        ("Анна", "manager", "fr", "user.bad_language"),
    ],
)
def test_impossible_users_are_refused(store: Store, name: str, role: str, language: str, code: str) -> None:
    with store.unit(ADMINISTRATOR) as unit, pytest.raises(Refused) as refused:
        create_user(unit, name, role, language)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("name", "alike"),
    [
        ("Анна", "Aнна"),  # a Latin A
        ("Анна", "АННА"),
        ("Анна Ёлкина", "Анна  Елкина"),
        ("Ivanova", "ivanоva"),  # a Cyrillic о
        ("tray", "Tray"),
        ("tray", "trаy"),  # a Cyrillic а
    ],
)
def test_nobody_is_let_in_twice_under_names_that_look_alike(store: Store, name: str, alike: str) -> None:
    if name != "tray":  # the machine's own name is kept free even before it has a user
        make(store, name)
    with store.unit(ADMINISTRATOR) as unit, pytest.raises(Conflict) as refused:
        create_user(unit, alike, "director")
    assert refused.value.code == "user.name_alike"
    assert "{" not in refused.value.text("ru") + refused.value.hint("en") and name in refused.value.text("ru")


def test_a_name_is_free_again_once_its_look_alike_is_revoked(store: Store) -> None:
    make(store, "Анна")
    with store.unit(ADMINISTRATOR) as unit:
        user = find_user(unit.connection, COMPANY, "Анна")
        assert user is not None
        revoke_user(unit, user.id)
        unit.commit()
    assert make(store, "АННА")


def test_a_users_name_like_the_trays_does_not_keep_the_service_from_starting(store: Store, tmp_path: Path) -> None:
    with store.unit(ADMINISTRATOR) as unit:  # let in before such names were refused
        row = {"id": "old", "company": COMPANY, "name": "Tray", "role": "manager", "language": "ru"}
        unit.insert(users, {**row, "token_hash": "x", "created_at": unit.at, "created_by": "it"})
        unit.commit()
    local_token(store, tmp_path / "tray.token")
    assert (tmp_path / "tray.token").read_text().startswith("kvit_")


def test_the_tray_gets_a_token_of_its_own(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "run" / "tray.token"
    local_token(store, path)
    first = path.read_text().strip()
    with store.reading() as connection:
        caller = authenticate(connection, COMPANY, first)
    assert caller is not None
    assert caller.actor.role is Role.ACCOUNTANT
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    local_token(store, path)
    assert path.read_text().strip() == first


@pytest.mark.parametrize("damage", ["gone", "foreign", "bytes", "role"])
def test_a_damaged_token_file_is_replaced(store: Store, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "tray.token"
    local_token(store, path)
    first = path.read_text().strip()
    if damage == "gone":
        path.unlink()
    elif damage == "foreign":
        path.write_text("kvit_something\n")
    elif damage == "bytes":
        path.write_bytes(b"\xff\xfe\x00")
    local_token(store, path, Role.MANAGER if damage == "role" else Role.ACCOUNTANT)
    with store.reading() as connection:
        assert authenticate(connection, COMPANY, first) is None
        assert authenticate(connection, COMPANY, path.read_text().strip()) is not None
        assert len(list_users(connection, COMPANY)) == 1
