"""`kvit parcels key`, `keys`, `revoke`: programs that tell of parcels."""

from __future__ import annotations

from typing import Annotated

import typer

from gateway.service.commands.frame import HomeOption, JsonOption, LanguageOption, command, helped
from gateway.service.commands.house import opened
from gateway.service.commands.screen import Screen

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help=helped("parcels.program"), show_default=False)]


def register(family: typer.Typer) -> None:
    """Put the commands of this file on `kvit parcels`."""
    for code, function in (("parcels.key", key), ("parcels.keys", keys), ("parcels.revoke", revoke)):
        command(family, code)(function)


def key(
    name: NameArgument,
    shop: Annotated[str, typer.Option(metavar="KEY", help=helped("parcels.shop"), show_default=False)] = "",
    home: HomeOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    from gateway.parcels import feeds
    from gateway.service.account import operator

    screen = Screen.of(home, language, as_json)
    with opened(home) as (_, _, store), store.unit(operator()) as unit:
        given = feeds.give(unit, name, shop)
        unit.commit()
    screen.tell("cli.parcels.key_given", name=name.strip())
    screen.line(given.key)  # alone on standard output, so that it can be piped into where it belongs
    screen.answer({"id": given.id, "name": name.strip(), "shop": shop, "key": given.key})


def keys(home: HomeOption = None, language: LanguageOption = None, as_json: JsonOption = False) -> None:
    from gateway.parcels import feeds

    screen = Screen.of(home, language, as_json)
    with opened(home) as (_, _, store), store.reading() as connection:
        found = feeds.listed(connection, store.company)
    columns = ("name", "shop", "made_at", "made_by")
    screen.table([f"cli.parcels.key_{column}" for column in columns], [[one[c] for c in columns] for one in found])
    screen.answer({"keys": found})


def revoke(
    name: NameArgument, home: HomeOption = None, language: LanguageOption = None, as_json: JsonOption = False
) -> None:
    from gateway.parcels import feeds
    from gateway.service.account import operator

    screen = Screen.of(home, language, as_json)
    with opened(home) as (_, _, store), store.unit(operator()) as unit:
        feeds.revoke(unit, name)
        unit.commit()
    screen.say("cli.parcels.key_revoked", name=name)
    screen.answer({"name": name, "revoked": True})
