"""Users and the release mode by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from gateway.api.tokens import authenticate
from gateway.core.clock import SystemClock
from gateway.store import Store
from gateway.store.engine import sqlite_url
from gateway.store.schema import journal
from tests.service.conftest import COMPANY, Kvit


def _store(home: Path) -> Store:
    return Store(sqlite_url(home / "data" / "kvit.db"), SystemClock(), COMPANY.key)


def test_a_token_stands_alone_on_standard_output_and_opens_the_door(kvit: Kvit, home: Path) -> None:
    answer = kvit("user", "add", "Анна Белова", "--role", "accountant", "--home", home)
    assert answer.code == 0
    token = answer.out.strip()
    assert "\n" not in token and token not in answer.err
    store = _store(home)
    with store.reading() as connection:
        caller = authenticate(connection, COMPANY.key, token)
        rows = [row.body for row in connection.execute(select(journal))]
    store.close()
    assert caller is not None
    assert (caller.actor.name, caller.actor.role.value, caller.language) == ("Анна Белова", "accountant", "ru")
    assert not [body for body in rows if token in body]


def test_for_a_program(kvit: Kvit, home: Path) -> None:
    made = kvit("user", "add", "Bob", "--role", "warehouse", "--language", "en", "--home", home, "--json").json
    assert (made["name"], made["role"]) == ("Bob", "warehouse")
    users = kvit("user", "list", "--home", home, "--json").json["users"]
    assert [(user["name"], user["role"], user["language"]) for user in users] == [("Bob", "warehouse", "en")]
    assert "token" not in str(users)


def test_a_name_is_given_once(kvit: Kvit, home: Path) -> None:
    assert kvit("user", "add", "Анна", "--role", "manager", "--home", home).code == 0
    again = kvit("user", "add", "Анна", "--role", "it", "--home", home)
    assert again.code == 1
    assert again.out == ""


def test_a_revoked_user_is_shown_only_with_all(kvit: Kvit, home: Path) -> None:
    kvit("user", "add", "Анна", "--role", "manager", "--home", home)
    assert kvit("user", "revoke", "Анна", "--home", home).code == 0
    assert kvit("user", "list", "--home", home, "--json").json["users"] == []
    everybody = kvit("user", "list", "--all", "--home", home, "--json").json["users"]
    assert [user["name"] for user in everybody if user["revoked_at"]] == ["Анна"]
    assert "Анна" in kvit("user", "list", "--all", "--home", home).out


def test_nobody_can_be_revoked_twice(kvit: Kvit, home: Path) -> None:
    answer = kvit("user", "revoke", "Nobody", "--home", home)
    assert answer.code == 1


@pytest.fixture
def director(kvit: Kvit, home: Path) -> str:
    """A user who may switch."""
    assert kvit("user", "add", "Пётр Орлов", "--role", "director", "--home", home).code == 0
    return "Пётр Орлов"


def test_release_is_shown_and_switched_by_name(kvit: Kvit, home: Path, director: str) -> None:
    assert kvit("release", "--home", home, "--json").json == {"release_mode": "manual", "last_trial": None}
    assert kvit("release", "automatic", "--by", director, "--yes", "--home", home).code == 0
    assert kvit("release", "--home", home, "--json").json["release_mode"] == "automatic"
    store = _store(home)
    with store.reading() as connection:
        last = connection.execute(select(journal).order_by(journal.c.seq.desc()).limit(1)).one()
    store.close()
    assert (last.kind, last.actor) == ("release.mode_set", "director:Пётр Орлов")


def test_release_needs_a_name(kvit: Kvit, home: Path) -> None:
    assert kvit("release", "automatic", "--home", home).code == 2
    assert kvit("release", "automatic", "--by", "  ", "--home", home).code == 1
    assert kvit("release", "--home", home, "--json").json["release_mode"] == "manual"


def test_automatic_release_is_asked_about_and_a_program_has_to_say_yes(kvit: Kvit, home: Path, director: str) -> None:
    asked = kvit("release", "automatic", "--by", director, "--home", home, "--language", "en", input="n\n")
    assert asked.code == 1
    assert "never tried on past payments" in asked.out and "stays as it was" in asked.out
    assert kvit("release", "automatic", "--by", director, "--home", home, "--json").code == 2
    assert kvit("release", "--home", home, "--json").json["release_mode"] == "manual"
    assert kvit("release", "automatic", "--by", director, "--home", home, input="y\n").code == 0
    assert kvit("release", "manual", "--by", director, "--home", home).code == 0  # nothing is asked on the safe side


@pytest.mark.parametrize("mode", ["automatic", "manual"])
@pytest.mark.parametrize("role", ["accountant", "warehouse", "manager", "it"])
def test_release_is_not_switched_by_a_user_without_the_right(kvit: Kvit, home: Path, mode: str, role: str) -> None:
    assert kvit("user", "add", "Анна", "--role", role, "--home", home).code == 0
    refused = kvit("release", mode, "--by", "Анна", "--home", home, input="y\n")
    assert refused.code == 1
    assert "release.switch" in refused.err and "[y/N]" not in refused.out  # told before anything is asked
    assert _release_changes(home) == 0


@pytest.mark.parametrize("mode", ["automatic", "manual"])
def test_release_is_not_switched_by_a_name_nobody_knows_or_that_was_revoked(
    kvit: Kvit, home: Path, director: str, mode: str
) -> None:
    assert kvit("release", mode, "--by", "Директор", "--yes", "--home", home).code == 1
    kvit("user", "revoke", director, "--home", home)
    refused = kvit("release", mode, "--by", director, "--yes", "--home", home, "--language", "en")
    assert refused.code == 1 and director in refused.err
    assert _release_changes(home) == 0


def test_an_owner_switches_release_too(kvit: Kvit, home: Path) -> None:
    kvit("user", "add", "Ольга", "--role", "owner", "--home", home)
    assert kvit("release", "automatic", "--by", " Ольга ", "--yes", "--home", home).code == 0
    assert _release_changes(home) == 1


def _release_changes(home: Path) -> int:
    store = _store(home)
    with store.reading() as connection:
        found = connection.execute(select(journal).where(journal.c.kind == "release.mode_set")).all()
    store.close()
    return len(found)
