"""`kvit init`, `kvit doctor`, `kvit version`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.service.commands.frame import (
    REFUSED,
    HomeOption,
    JsonOption,
    Language,
    LanguageOption,
    command,
    helped,
)
from gateway.service.commands.screen import Screen, language_of

_MARKS = {"ok": "+", "warning": "!", "error": "x"}


def register(app: typer.Typer) -> None:
    """Put the commands of this file on `app`."""
    for code, function in (("init", init), ("doctor", doctor), ("version", version)):
        command(app, code)(function)


def init(
    home: HomeOption = None,
    key: Annotated[str | None, typer.Option(help=helped("init.key"))] = None,
    name: Annotated[str | None, typer.Option(help=helped("init.name"))] = None,
    inn: Annotated[str | None, typer.Option(help=helped("init.inn"))] = None,
    kpp: Annotated[str, typer.Option(help=helped("init.kpp"))] = "",
    bic: Annotated[str, typer.Option(help=helped("init.bic"))] = "",
    bank: Annotated[str, typer.Option(help=helped("init.bank"))] = "",
    corr_account: Annotated[str, typer.Option(help=helped("init.corr_account"))] = "",
    language: Annotated[Language | None, typer.Option(help=helped("init.language"))] = None,
    master_key_to: Annotated[Path | None, typer.Option(help=helped("init.master_key_to"), show_default=False)] = None,
    sandbox: Annotated[bool, typer.Option("--sandbox", help=helped("init.sandbox"))] = False,
    upgrade: Annotated[bool, typer.Option("--upgrade", help=helped("init.upgrade"))] = False,
) -> None:
    from gateway.service.config import find_home

    screen = Screen.of(home, language)
    where = find_home(home)
    if upgrade:
        from gateway.service.setup import upgrade_home

        changed = upgrade_home(where)
        screen.say("cli.init.upgraded" if changed else "cli.init.nothing_to_upgrade", home=where.root)
        return
    from gateway.core.errors import Refused
    from gateway.service.setup import Company, make_home

    if where.config_file.exists():
        # Before anything is asked: the answers would be for nothing.
        raise Refused("config.exists", home=str(where.root))
    if sandbox:
        _init_sandbox(screen, where, name, inn, master_key_to)
        return
    company = Company(
        key=_asked(screen, key, "key"),
        name=_asked(screen, name, "name"),
        inn=_asked(screen, inn, "inn"),
        kpp=kpp,
        bic=bic,
        bank=bank,
        corr_account=corr_account,
        language=language or language_of(None, home),
    )
    _tell_made(screen, make_home(where, company, master_key_to=master_key_to))


def _init_sandbox(screen: Screen, where: Any, name: str | None, inn: str | None, master_key_to: Path | None) -> None:
    """A home whose bank is the bundled one: nothing has to be known, nothing can go wrong with money."""
    from dataclasses import replace

    from gateway.bank.sandbox.control import BANK_NAME, BIC, COMPANY, Sandbox
    from gateway.core.errors import Refused
    from gateway.service.setup import Company, connect_sandbox, make_home, master_key_here

    if master_key_to is None and not master_key_here(where):
        raise Refused("setup.sandbox_needs_key")
    party = replace(COMPANY, name=name or COMPANY.name, inn=inn or COMPANY.inn, kpp="" if inn else COMPANY.kpp)
    company = Company(
        "sandbox", party.name, party.inn, party.kpp, bic=BIC, bank=BANK_NAME, language=screen.language
    ).checked()
    made = make_home(where, company, master_key_to=master_key_to)
    _, enrolment = Sandbox.create(where.root, company=party)
    assert made.vault is not None
    connect_sandbox(where, enrolment, made.vault, poll_every_s=10)
    _tell_made(screen, made)
    screen.say("cli.init.sandbox", url=enrolment.url, account=", ".join(enrolment.accounts))


def _tell_made(screen: Screen, made: Any) -> None:
    screen.say("cli.init.made", home=made.home.root, company=made.config.company.name)
    if made.master_key_file is not None:
        screen.say("cli.init.master_key_written", file=made.master_key_file, folder=made.master_key_file.parent)
    elif made.vault is not None:
        screen.say("cli.init.vault_ready")
    else:
        screen.say("cli.init.no_master_key", home=made.home.root)
    screen.say("cli.init.next", home=made.home.root)


def _asked(screen: Screen, given: str | None, option: str) -> str:
    """What an obligatory option says, or a person who is there to be asked."""
    if given is not None and given.strip():
        return given
    if not sys.stdin.isatty():
        raise typer.BadParameter(screen.text("cli.option_missing", option=f"--{option}"))
    return str(typer.prompt(screen.text(f"cli.init.ask_{option}"), err=True))


def doctor(home: HomeOption = None, language: LanguageOption = None, as_json: JsonOption = False) -> None:
    from gateway.core.errors import KvitError
    from gateway.service.config import find_home
    from gateway.service.doctor import examine_home

    screen = Screen.of(home, language, as_json)
    where = find_home(home)
    findings = examine_home(where)
    bad = [finding for finding in findings if finding.state != "ok"]
    shown = []
    for finding in findings:
        said = KvitError(finding.code, **finding.values)
        text, hint = said.text(screen.language), said.hint(screen.language)
        screen.line(f"{_MARKS[finding.state]} {screen.text(finding.component)}: {text}")
        if hint and finding.state != "ok":
            screen.line(f"    → {hint}")
        shown.append(
            {
                "component": finding.component,
                "code": finding.code,
                "state": finding.state,
                "text": text,
                "hint": hint,
                "values": dict(finding.values),
            }
        )
    screen.say("cli.doctor.well" if not bad else "cli.doctor.found", count=len(bad), home=where.root)
    screen.answer({"home": str(where.root), "ok": not bad, "findings": shown})
    if bad:
        raise typer.Exit(REFUSED)


def version(language: LanguageOption = None, as_json: JsonOption = False) -> None:
    import platform
    from importlib.metadata import version as version_of

    from gateway import __version__

    screen = Screen.of(None, language, as_json)
    libraries = {name: version_of(name) for name in ("cryptography", "lxml", "xmlsec", "zeep", "SQLAlchemy")}
    python, system = platform.python_version(), platform.platform()
    screen.line(f"Kvit {__version__}")
    screen.line(f"Python {python}, {system}")
    screen.line(", ".join(f"{name} {number}" for name, number in libraries.items()))
    screen.answer({"kvit": __version__, "python": python, "system": system, "libraries": libraries})
