"""`kvit sandbox …`: the bundled bank, moved by hand."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
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
    from gateway.bank.sandbox.control import Sandbox

_SPAN = re.compile(r"([+-]?)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


def register(app: typer.Typer) -> None:
    """Put the commands of this file on `app`."""
    sandbox = group("sandbox")
    for code, function in (
        ("sandbox.serve", serve),
        ("sandbox.pay", pay),
        ("sandbox.reverse", reverse),
        ("sandbox.behave", behave),
        ("sandbox.close-day", close_day),
        ("sandbox.move-clock", move_clock),
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
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    from gateway.bank.sandbox.behave import KINDS

    screen = Screen.of(home, language, as_json)
    if name is None:
        described = {kind: getattr(k, screen.language) for kind, k in sorted(KINDS.items())}
        screen.table(
            ["cli.behave.name", "cli.behave.does", "cli.behave.options"],
            [[n, text, " ".join(f"{o}={v}" for o, v in KINDS[n].options.items())] for n, text in described.items()],
        )
        screen.say("cli.behave.honest_hint")
        screen.answer({"behaviours": {n: {"does": t, "options": dict(KINDS[n].options)} for n, t in described.items()}})
        return
    bank = _bank(home)
    if name == "honest":
        bank.calm()
        screen.say("cli.behave.honest")
    else:
        bank.behave(name, count, **_options(screen, options or []))
        screen.say("cli.behave.queued", name=name, count=count)
    screen.answer({"queued": name, "count": count})


def _options(screen: Screen, given: list[str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for pair in given:
        option, equals, value = pair.partition("=")
        if not equals or not option:
            raise typer.BadParameter(screen.text("cli.behave.not_a_pair", given=pair))
        found[option] = value
    return found


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
    from typing import Any

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
    for queued in found["behaviours"]:
        options = " ".join(f"{name}={value}" for name, value in queued["options"].items())
        screen.line(f"! {queued['name']} ×{queued['remaining']}  {options}")
    screen.table(
        [f"cli.sandbox.request.{column}" for column in ("at", "operation", "reference", "code", "behaviour")],
        [[row[name] for name in ("at", "operation", "reference", "code", "behaviour")] for row in found["requests"]],
    )
    screen.answer(found)
