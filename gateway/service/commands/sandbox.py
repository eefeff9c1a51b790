"""`kvit sandbox …`: the bundled bank, moved by hand."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.service.commands import certificates
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
    from gateway.bank.sandbox.control import Sandbox

_SPAN = re.compile(r"([+-]?)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


class Switch(StrEnum):
    """A habit is had or not."""

    ON = "on"
    OFF = "off"


def register(app: typer.Typer) -> None:
    """Put the commands of this file on `app`."""
    sandbox = group("sandbox")
    for code, function in (
        ("sandbox.serve", serve),
        ("sandbox.pay", pay),
        ("sandbox.reverse", reverse),
        ("sandbox.behave", behave),
        ("sandbox.habit", habit),
        ("sandbox.otp", otp),
        ("sandbox.process", process),
        ("sandbox.statement", statement),
        ("sandbox.close-day", close_day),
        ("sandbox.move-clock", move_clock),
        ("sandbox.code", certificates.code),
        ("sandbox.state", state),
    ):
        command(sandbox, code)(function)
    app.add_typer(sandbox, name="sandbox")


def _bank(home: Path | None) -> Sandbox:
    from gateway.bank.sandbox.control import Sandbox
    from gateway.service.config import find_home

    return Sandbox(find_home(home).root)


def serve(
    home: HomeOption = None,
    port: Annotated[int | None, typer.Option(help=helped("sandbox.port"), min=1, max=65535)] = None,
    verbose: Annotated[bool, typer.Option("--verbose", help=helped("sandbox.verbose"))] = False,
    language: LanguageOption = None,
) -> None:
    from gateway.bank.sandbox.__main__ import main
    from gateway.core.errors import Refused
    from gateway.service.config import find_home

    where = find_home(home)
    if not (where.root / "sandbox" / "bank.db").is_file():
        raise Refused("sandbox.missing", folder=str(where.root / "sandbox"))
    arguments = ["--home", str(where.root)]
    arguments += ["--port", str(port)] if port is not None else []
    arguments += ["--verbose"] if verbose else []
    if main(arguments):
        raise typer.Exit(REFUSED)


def pay(
    amount: Annotated[str, typer.Option(help=helped("pay.amount"))],
    home: HomeOption = None,
    invoice: Annotated[str, typer.Option(help=helped("pay.invoice"))] = "",
    payer: Annotated[str, typer.Option(help=helped("pay.payer"))] = "",
    inn: Annotated[str, typer.Option(help=helped("pay.inn"))] = "",
    kpp: Annotated[str, typer.Option(help=helped("pay.kpp"))] = "",
    account: Annotated[str, typer.Option(help=helped("pay.account"))] = "",
    bic: Annotated[str, typer.Option(help=helped("pay.bic"))] = "",
    purpose: Annotated[str, typer.Option(help=helped("pay.purpose"))] = "",
    doc_no: Annotated[str, typer.Option(help=helped("pay.doc_no"))] = "",
    out: Annotated[bool, typer.Option("--out", help=helped("pay.out"))] = False,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    from gateway.core.money import Money

    screen = Screen.of(home, language, as_json)
    money = Money.parse(amount)
    bank = _bank(home)
    if out:
        ref = bank.debit(
            amount=money, payee=payer, inn=inn, kpp=kpp, account=account, bic=bic, purpose=purpose, doc_no=doc_no
        )
    else:
        ref = bank.pay(
            amount=money,
            invoice=invoice,
            payer=payer,
            inn=inn,
            kpp=kpp,
            account=account,
            bic=bic,
            purpose=purpose,
            doc_no=doc_no,
        )
    screen.say("cli.sandbox.booked", ref=ref, amount=money.screen_text())
    screen.answer({"ref": ref, "amount_kopecks": money.kopecks})


def reverse(
    ref: Annotated[str, typer.Argument(help=helped("reverse.ref"), show_default=False)],
    home: HomeOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    screen = Screen.of(home, language, as_json)
    own = _bank(home).reverse(ref)
    screen.say("cli.sandbox.reversed", ref=ref, own=own)
    screen.answer({"reversed": ref, "ref": own})


def behave(
    name: Annotated[str | None, typer.Argument(help=helped("behave.name"), show_default=False)] = None,
    options: Annotated[list[str] | None, typer.Argument(help=helped("behave.options"), show_default=False)] = None,
    home: HomeOption = None,
    count: Annotated[int, typer.Option(help=helped("behave.count"), min=1, max=1_000_000)] = 1,
    channel: Annotated[str, typer.Option(help=helped("behave.channel"))] = "any",
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    screen = Screen.of(home, language, as_json)
    if name is None:
        _list_behaviours(screen)
        return
    bank = _bank(home)
    if name == "honest":
        bank.calm()
        screen.say("cli.behave.honest")
    else:
        bank.behave(name, count, channel=channel, **_options(screen, options or []))
        screen.say("cli.behave.queued", name=name, count=count)
    screen.answer({"queued": name, "count": count, "channel": channel})


def _list_behaviours(screen: Screen) -> None:
    from gateway.bank.sandbox.kinds import KINDS

    kinds = sorted(KINDS.items())
    screen.table(
        ["cli.behave.name", "cli.behave.channels", "cli.behave.does", "cli.behave.options"],
        [
            [
                name,
                " ".join(kind.channels),
                getattr(kind, screen.language),
                " ".join(f"{option}={value}" for option, value in kind.options.items()),
            ]
            for name, kind in kinds
        ],
    )
    screen.say("cli.behave.honest_hint")
    found = {
        name: {
            "does": getattr(kind, screen.language),
            "options": dict(kind.options),
            "channels": {channel: dict(options) for channel, options in kind.by_channel.items()},
        }
        for name, kind in kinds
    }
    screen.answer({"behaviours": found})


def _options(screen: Screen, given: list[str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for pair in given:
        option, equals, value = pair.partition("=")
        if not equals or not option:
            raise typer.BadParameter(screen.text("cli.behave.not_a_pair", given=pair))
        found[option] = value
    return found


def habit(
    name: Annotated[str | None, typer.Argument(help=helped("habit.name"), show_default=False)] = None,
    switch: Annotated[Switch, typer.Argument(help=helped("habit.switch"))] = Switch.ON,
    home: HomeOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    screen = Screen.of(home, language, as_json)
    bank = _bank(home)
    if name is not None:
        bank.habit(name, switch is Switch.ON)
    found = bank.habits()
    screen.table(["cli.habit.name", "cli.habit.switch"], [[n, "on" if on else "off"] for n, on in found.items()])
    screen.answer({"habits": found})


def otp(home: HomeOption = None, language: LanguageOption = None, as_json: JsonOption = False) -> None:
    screen = Screen.of(home, language, as_json)
    found = _bank(home).otp()
    screen.say("cli.sandbox.otp" if found else "cli.sandbox.no_otp", otp=found)
    screen.answer({"otp": found})


def process(home: HomeOption = None, language: LanguageOption = None, as_json: JsonOption = False) -> None:
    screen = Screen.of(home, language, as_json)
    bank = _bank(home)
    done = bank.process()
    screen.say("cli.sandbox.processed", count=done)
    _show_orders(screen, bank.orders())
    screen.answer({"done": done, "orders": bank.orders()})


def statement(
    first: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help=helped("period.from"))] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help=helped("period.to"))] = None,
    account: Annotated[str, typer.Option(help=helped("statement.account"))] = "",
    home: HomeOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    screen = Screen.of(home, language, as_json)
    packet = _bank(home).send_statement(first.date() if first else None, last.date() if last else None, account)
    screen.say("cli.sandbox.statement", packet=packet)
    screen.answer({"packet": packet})


def close_day(home: HomeOption = None, language: LanguageOption = None, as_json: JsonOption = False) -> None:
    screen = Screen.of(home, language, as_json)
    files = _bank(home).close_day()
    screen.say("cli.sandbox.closed", count=len(files), files=", ".join(files) or "—")
    screen.answer({"files": files})


def move_clock(
    by: Annotated[str, typer.Argument(help=helped("clock.by"), show_default=False)],
    home: HomeOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    from gateway.core.clock import to_text

    screen = Screen.of(home, language, as_json)
    match = _SPAN.fullmatch(by.strip())
    if match is None or not any(match.groups()[1:]):
        raise typer.BadParameter(screen.text("cli.clock.not_a_span", given=by))
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
    delta = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    now = _bank(home).move_clock(-delta if match[1] == "-" else delta)
    screen.say("cli.clock.moved", now=f"{now:%Y-%m-%d %H:%M:%S} UTC")
    screen.answer({"bank_time": to_text(now)})


def state(home: HomeOption = None, language: LanguageOption = None, as_json: JsonOption = False) -> None:
    from gateway.core.money import Money

    screen = Screen.of(home, language, as_json)
    found: dict[str, Any] = _bank(home).state()
    server = found["server"]
    screen.say("cli.sandbox.listens" if server else "cli.sandbox.rests", url=server["url"] if server else "—")
    screen.say("cli.sandbox.time", at=found["bank_time"], day=found["open_day"])
    for account in found["accounts"]:
        screen.say(
            "cli.sandbox.account",
            account=account["account"],
            owner=account["owner"],
            balance=Money(account["balance_kopecks"]).screen_text(),
            operations=account["operations"],
        )
    screen.say("cli.sandbox.files", **found["files"])
    counter = found["directbank"]
    habits = " ".join(name for name, on in counter["habits"].items() if on)
    screen.say("cli.sandbox.packets", **counter["packets"], habits=habits or "—")
    if counter["otp"]:
        screen.say("cli.sandbox.otp", otp=counter["otp"])
    _show_orders(screen, found["orders"])
    for queued in found["behaviours"]:
        options = " ".join(f"{name}={value}" for name, value in queued["options"].items())
        screen.line(f"! {queued['name']} ×{queued['remaining']}  {queued['channel']}  {options}")
    screen.table(
        [f"cli.sandbox.request.{column}" for column in ("at", "operation", "reference", "code", "behaviour")],
        [[row[name] for name in ("at", "operation", "reference", "code", "behaviour")] for row in found["requests"]],
    )
    screen.answer(found)


def _show_orders(screen: Screen, orders: list[dict[str, Any]]) -> None:
    from gateway.core.money import Money

    if orders:
        columns = ("order", "channel", "state", "amount", "payee", "reason")
        screen.table(
            [f"cli.sandbox.order.{column}" for column in columns],
            [
                [
                    order["order"],
                    order["channel"],
                    order["state"],
                    Money(order["amount_kopecks"]).screen_text(),
                    order["payee"],
                    order["reason"],
                ]
                for order in orders
            ],
        )
