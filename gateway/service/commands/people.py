"""`kvit user …` and `kvit release …`: who may come in, and who decides about the warehouse's door."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.service.commands.frame import (
    REFUSED,
    HomeOption,
    JsonOption,
    LanguageOption,
    command,
    group,
    helped,
)
from gateway.service.commands.screen import Screen

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.matching.trials import KeptTrial
    from gateway.service.config import Config
    from gateway.store import Store


class PersonalRole(StrEnum):
    """Parts people play."""

    ACCOUNTANT = "accountant"
    WAREHOUSE = "warehouse"
    MANAGER = "manager"
    CALL_CENTRE = "call_centre"
    IT = "it"
    DIRECTOR = "director"
    OWNER = "owner"


class Mode(StrEnum):
    """Who opens the warehouse's door."""

    AUTOMATIC = "automatic"
    MANUAL = "manual"


def register(app: typer.Typer) -> None:
    """Put the commands of this file on `app`."""
    user = group("user")
    for code, function in (("user.add", add), ("user.list", list_), ("user.revoke", revoke)):
        command(user, code)(function)
    app.add_typer(user, name="user")
    command(app, "release")(release)


def _open(home: Path | None) -> tuple[Config, Store]:
    from gateway.service.account import check_account
    from gateway.service.config import find_home, load_config
    from gateway.service.opening import open_store

    where = find_home(home)
    check_account(where)
    config = load_config(where)
    return config, open_store(where, config)


def add(
    name: Annotated[str, typer.Argument(help=helped("user.name"), show_default=False)],
    role: Annotated[PersonalRole, typer.Option(help=helped("user.role"), show_default=False)],
    home: HomeOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    from gateway.api.tokens import create_user
    from gateway.service.account import operator

    screen = Screen.of(home, language, as_json)
    config, store = _open(home)
    try:
        with store.unit(operator()) as unit:
            token = create_user(unit, name, role.value, language or config.company.language)
            unit.commit()
    finally:
        store.close()
    screen.tell("cli.user.added", name=name.strip(), role=role.value)
    screen.line(token)  # alone on standard output, so that it can be piped into where it belongs
    screen.answer({"name": name.strip(), "role": role.value, "token": token})


def list_(
    home: HomeOption = None,
    everybody: Annotated[bool, typer.Option("--all", help=helped("user.all"))] = False,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    from gateway.api.tokens import list_users
    from gateway.service.commands.times import local_time

    screen = Screen.of(home, language, as_json)
    config, store = _open(home)
    try:
        with store.reading() as connection:
            found = list_users(connection, store.company, revoked=everybody)
    finally:
        store.close()
    zone = config.company.zone
    screen.table(
        [f"cli.user.{column}" for column in ("name", "role", "language", "since", "by", "revoked")],
        [
            [
                user.name,
                user.role,
                user.language,
                local_time(user.created_at, zone),
                user.created_by,
                local_time(user.revoked_at, zone) if user.revoked_at else "",
            ]
            for user in found
        ],
    )
    fields = ("id", "name", "role", "language", "created_at", "created_by", "revoked_at")
    screen.answer({"users": [{field: getattr(user, field) for field in fields} for user in found]})


def revoke(
    name: Annotated[str, typer.Argument(help=helped("user.name"), show_default=False)],
    home: HomeOption = None,
    language: LanguageOption = None,
) -> None:
    from gateway.api.tokens import find_user, revoke_user
    from gateway.core.errors import Refused
    from gateway.service.account import operator

    screen = Screen.of(home, language)
    _, store = _open(home)
    try:
        with store.unit(operator()) as unit:
            user = find_user(unit.connection, unit.company, name)
            if user is None:
                raise Refused("user.unknown", user=name[:80])
            revoke_user(unit, user.id)
            unit.commit()
    finally:
        store.close()
    screen.say("cli.user.gone", name=user.name)


def release(
    mode: Annotated[Mode | None, typer.Argument(help=helped("release.mode"), show_default=False)] = None,
    home: HomeOption = None,
    by: Annotated[str | None, typer.Option(help=helped("release.by"), show_default=False)] = None,
    yes: Annotated[bool, typer.Option("--yes", help=helped("release.yes"))] = False,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    from gateway.core.authority import Right
    from gateway.flows.by_hand import release_mode, set_release_mode
    from gateway.matching.trials import newest
    from gateway.service.account import known_person

    screen = Screen.of(home, language, as_json)
    if mode is not None and by is None:
        raise typer.BadParameter(screen.text("cli.option_missing", option="--by"))
    if mode is Mode.AUTOMATIC and as_json and not yes:  # a program cannot be asked
        raise typer.BadParameter(screen.text("cli.option_missing", option="--yes"))
    config, store = _open(home)
    try:
        person = known_person(store, by) if mode is not None and by is not None else None
        if person is not None:
            person.require(Right.RELEASE_SWITCH)  # said before anything is asked
        with store.reading() as connection:
            last = newest(connection, store.company)
        if mode is Mode.AUTOMATIC:
            _show_last(screen, last, config.company.zone)
            if not yes and not typer.confirm(screen.text("trial.last.confirm")):
                screen.say("trial.last.declined")
                raise typer.Exit(REFUSED)
        if mode is not None and person is not None:
            with store.unit(person) as unit:
                set_release_mode(unit, mode.value)
                unit.commit()
        with store.reading() as connection:
            now = release_mode(connection, store.company)
    finally:
        store.close()
    screen.say(f"cli.status.release.{now}")
    screen.answer({"release_mode": now, "last_trial": _told(last) if last else None})


def _show_last(screen: Screen, last: KeptTrial | None, zone: str) -> None:
    """What the newest back-test found, or that there never was one."""
    from gateway.service.commands.times import local_time
    from gateway.service.trials import report

    if last is None:
        screen.say("trial.last.never")
        return
    screen.say("trial.last.found", at=local_time(last.at, zone), by=last.by)
    screen.line(report.headline(report.write(last.summary, last.source, screen.language)))
    for text in report.advice_texts(last.summary, screen.language):
        screen.line(f"- {text}")


def _told(last: KeptTrial) -> dict[str, object]:
    from gateway.matching.trial_summary import Answer

    summary = last.summary
    return {
        "id": last.id,
        "at": last.at,
        "by": last.by,
        "source": last.source,
        "payments": summary.payments.count,
        "automatic": summary.tally(Answer.AUTO).count,
    }
