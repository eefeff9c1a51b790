"""`kvit lender …`, `kvit shop …`, `kvit settlement …`: what IT and the director set up for credit broking."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.core.errors import Refused
from gateway.service.commands.frame import HomeOption, JsonOption, LanguageOption, command, group, helped
from gateway.service.commands.house import opened, work_of
from gateway.service.commands.screen import Screen

ByOption = Annotated[str, typer.Option(help=helped("shop.by"), show_default=False)]
FileArgument = Annotated[
    Path, typer.Argument(help=helped("shop.file"), exists=True, dir_okay=False, show_default=False)
]


class Access(StrEnum):
    """Who of a shop comes in."""

    MANAGER = "shop_manager"
    CLERK = "shop_clerk"
    SITE = "shop_site"


def register(app: typer.Typer) -> None:
    """Put the commands of this file on `app`."""
    families = {
        "lender": (("lender.list", lenders), ("lender.token", token)),
        "shop": (
            ("shop.put", put),
            ("shop.list", shops),
            ("shop.access", access),
            ("shop.terms", terms),
            ("shop.annex", annex),
        ),
        "settlement": (("settlement.close", close),),
    }
    for name, commands in families.items():
        family = group(name)
        for code, function in commands:
            command(family, code)(function)
        app.add_typer(family, name=name)


def lenders(home: HomeOption = None, language: LanguageOption = None, as_json: JsonOption = False) -> None:
    from gateway.loans.lenders.standing import Keys
    from gateway.service.broker_keys import keys_of
    from gateway.service.wiring import vault_of

    screen = Screen.of(home, language, as_json)
    with opened(home) as (where, config, _):
        vault = vault_of(where) if config.lender else None
        rows = []
        for table in config.lender:
            keys = keys_of(vault, table.key) if vault else Keys(token=False, hints=False)
            facts = table.model_dump(include={"key", "name", "protocol", "inn", "url"})
            until = keys.until.isoformat() if keys.until else ""
            rows.append({**facts, "token": keys.token, "until": until, "hints": keys.hints})
    columns = ("key", "name", "protocol", "inn", "url", "token", "until", "hints")
    screen.table(
        [f"cli.lender.{column}" for column in columns],
        [[{True: "✓", False: "✗"}.get(row[column], row[column]) for column in columns] for row in rows],
    )
    screen.answer({"lenders": rows})


def token(
    key: Annotated[str, typer.Argument(help=helped("lender.key"), show_default=False)],
    hints: Annotated[bool, typer.Option("--hints", help=helped("lender.hints"))] = False,
    until: Annotated[str, typer.Option("--until", help=helped("lender.until"), show_default=False)] = "",
    from_stdin: Annotated[bool, typer.Option("--stdin", help=helped("password.stdin"))] = False,
    home: HomeOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    from gateway.service.broker_keys import VAULT_SERVICE, hint_secret_name, keep_token
    from gateway.service.wiring import vault_of

    screen = Screen.of(home, language, as_json)
    last = _day(until) if until else None
    with opened(home) as (where, config, _):
        if key not in {table.key for table in config.lender}:
            raise Refused("lender.unknown", lender=key[:40])
        if from_stdin:
            secret = sys.stdin.readline().rstrip("\r\n")
        elif sys.stdin.isatty():
            secret = str(typer.prompt(screen.text("cli.lender.ask", lender=key), hide_input=True, err=True))
        else:
            raise typer.BadParameter(screen.text("cli.password.no_terminal"))
        if not secret:
            raise Refused("lender.no_secret", lender=key)
        vault = vault_of(where)
        if hints:
            vault.set_password(VAULT_SERVICE, hint_secret_name(key), secret)
        else:
            keep_token(vault, key, secret, last)
    screen.say("cli.lender.kept", lender=key)
    screen.answer({"lender": key, "kept": "hints" if hints else "token"})


def put(
    file: FileArgument,
    by: ByOption,
    activate: Annotated[bool, typer.Option("--activate", help=helped("shop.activate"))] = False,
    home: HomeOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    from gateway.loans import shops as room
    from gateway.service.loan_files import shop_of

    screen = Screen.of(home, language, as_json)
    shop = shop_of(_toml(file))
    with opened(home) as (_, _, store), work_of(store, by) as unit:
        known = next((one.id for one in room.listed(unit) if one.key == shop.key), None)
        row = room.load(unit, room.register(unit, shop)) if known is None else room.amend(unit, known, shop)
        if activate and row.state != room.ShopState.ACTIVE:
            row = room.move(unit, row.id, room.ShopEvent.ACTIVATE)
    screen.say("cli.shop.put", key=shop.key, name=shop.name, state=row.state)
    screen.answer({"id": row.id, "key": shop.key, "state": row.state, "new": known is None})


def shops(home: HomeOption = None, language: LanguageOption = None, as_json: JsonOption = False) -> None:
    from gateway.loans import shops as room
    from gateway.service.account import operator

    screen = Screen.of(home, language, as_json)
    columns = ("key", "name", "inn", "state", "own", "contract")
    with opened(home) as (_, _, store), store.unit(operator()) as unit:
        rows = [{"id": row.id, **{column: getattr(row, column) for column in columns}} for row in room.listed(unit)]
    screen.table([f"cli.shop.{column}" for column in columns], [[row[column] for column in columns] for row in rows])
    screen.answer({"shops": rows})


def access(
    key: Annotated[str, typer.Argument(help=helped("shop.key"), show_default=False)],
    role: Annotated[Access, typer.Argument(help=helped("shop.role"), show_default=False)],
    name: Annotated[str, typer.Argument(help=helped("shop.name"), show_default=False)],
    by: ByOption,
    home: HomeOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    from gateway.core.authority import Role
    from gateway.loans import access as room
    from gateway.loans import shops as of_shops

    screen = Screen.of(home, language, as_json)
    with opened(home) as (_, _, store), work_of(store, by) as unit:
        given = room.give(unit, of_shops.by_key(unit, key).id, Role(role.value), name)
    screen.tell("cli.shop.access", name=name, role=role.value, shop=key)
    screen.line(given.token)  # alone on standard output, so that it can be piped into where it belongs
    screen.answer({"id": given.id, "name": name, "role": role.value, "token": given.token})


def terms(
    file: FileArgument,
    by: ByOption,
    home: HomeOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    from gateway.loans import dated
    from gateway.loans import shops as of_shops
    from gateway.service.loan_files import terms_of_file

    screen = Screen.of(home, language, as_json)
    found = terms_of_file(_toml(file))
    with opened(home) as (_, _, store), work_of(store, by) as unit:
        for one in found.tariffs:
            shop_id = of_shops.by_key(unit, one.shop).id if one.shop else ""
            dated.set_tariff(unit, shop_id, one.lender, one.since, one.tariff)
        for way in found.signing:
            dated.set_signing_terms(unit, way)
        for lender in found.lenders:
            dated.set_lender_terms(unit, lender)
    counts = {"tariffs": len(found.tariffs), "signing": len(found.signing), "lenders": len(found.lenders)}
    screen.say("cli.shop.terms", **counts)
    screen.answer(counts)


def annex(
    key: Annotated[str, typer.Argument(help=helped("shop.key"), show_default=False)],
    out: Annotated[Path, typer.Option("--out", help=helped("shop.out"), dir_okay=False, show_default=False)],
    home: HomeOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    from gateway.core.clock import business_date
    from gateway.service.config import terms_of
    from gateway.web.account.annex import annex_of, as_file

    screen = Screen.of(home, language, as_json)
    with opened(home) as (_, config, store), store.reading() as connection:
        terms = terms_of(config)
        found = annex_of(connection, store.company, terms.own, key, business_date(store.clock.now(), terms.zone))
    try:
        out.write_text(as_file(found, screen.language), encoding="utf-8")
    except OSError as error:
        raise Refused("shop.annex_unwritable", file=str(out), reason=error.strerror or "?") from None
    screen.say("cli.shop.annex", key=key, file=str(out))
    screen.answer({"key": key, "file": str(out)})


def close(
    until: Annotated[str, typer.Option(help=helped("settlement.until"), show_default=False)],
    by: ByOption,
    send: Annotated[bool, typer.Option("--send", help=helped("settlement.send"))] = False,
    home: HomeOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    from gateway.flows import parcel_settlement, settlement
    from gateway.loans.payees import parties
    from gateway.service.account import known_person
    from gateway.service.config import terms_of
    from gateway.service.config_loans import settlement_terms
    from gateway.service.config_parcels import cod_terms

    screen = Screen.of(home, language, as_json)
    day = _day(until)
    with opened(home) as (_, config, store):
        if config.loans is None:
            raise Refused("config.no_loans")
        person = known_person(store, by)
        cod = cod_terms(config.carrier, config.cod_tariff, config.agent, config.loans)
        settling = settlement_terms(config.loans, terms_of(config).outgoing, config.lender, cod.agents)
        with store.reading() as connection:
            whom = {
                **parties(connection, store.company),
                **parcel_settlement.parties(connection, store.company, cod),
            }
        with screen.progress("cli.settlement.closing", len(whom)) as told:
            closed = settlement.close_period(
                store, whom, day, lambda done, _: told(done), actor=person, debtor_of=settling.debtor_of
            )
        sent = settlement.send_open(store, settling, day, actor=person) if send else 0
    screen.say("cli.settlement.closed", statements=closed.statements, lines=closed.lines, sent=sent)
    screen.answer({"parties": closed.parties, "statements": closed.statements, "lines": closed.lines, "sent": sent})


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text} ≠ 2026-11-30") from None


def _toml(file: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Refused("config.unreadable", file=str(file), detail=str(error)[:200]) from None
