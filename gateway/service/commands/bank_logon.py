"""`kvit bank password`, `kvit bank otp`, `kvit bank resume`: what a DirectBank logon needs of a person."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.core.errors import Refused
from gateway.service.commands.bank_keys import entry
from gateway.service.commands.frame import HomeOption, JsonOption, LanguageOption, helped
from gateway.service.commands.screen import Screen

if TYPE_CHECKING:
    from gateway.bank.directbank.memory import StoredMemory
    from gateway.service.config import BankTable, Home
    from gateway.store import Store

ProfileOption = Annotated[str | None, typer.Option("--profile", help=helped("key.profile"))]


def password(
    home: HomeOption = None,
    profile: ProfileOption = None,
    from_stdin: Annotated[bool, typer.Option("--stdin", help=helped("password.stdin"))] = False,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    from gateway.service.config import find_home
    from gateway.service.wiring import keep_login_password

    screen = Screen.of(home, language, as_json)
    where = find_home(home)
    table, store, memory = _open(where, profile)
    try:
        if not table.login:
            raise Refused("bank.no_login", profile=table.profile)
        if from_stdin:
            secret = sys.stdin.readline().rstrip("\r\n")
        elif sys.stdin.isatty():
            secret = str(typer.prompt(screen.text("cli.password.ask"), hide_input=True, err=True))
        else:
            raise typer.BadParameter(screen.text("cli.password.no_terminal"))
        keep_login_password(where, table, secret)
        resumed = _resume(store, memory)
    finally:
        store.close()
    screen.say("cli.password.kept", profile=table.profile, login=table.login)
    screen.answer({"profile": table.profile, "login": table.login, "resumed": resumed})


def otp(
    code: Annotated[str, typer.Argument(help=helped("otp.code"))],
    home: HomeOption = None,
    profile: ProfileOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    from gateway.bank.directbank.memory import give_code
    from gateway.service.account import operator
    from gateway.service.config import find_home

    screen = Screen.of(home, language, as_json)
    table, store, memory = _open(find_home(home), profile)
    try:
        give_code(memory, code, store.clock)
        with store.unit(operator()) as unit:
            unit.journal("bank.code_given", f"bank:{table.profile}")
            unit.commit()
    finally:
        store.close()
    screen.say("cli.otp.given", profile=table.profile)
    screen.answer({"profile": table.profile, "given": True})


def resume(
    home: HomeOption = None, profile: ProfileOption = None, language: LanguageOption = None, as_json: JsonOption = False
) -> None:
    from gateway.service.config import find_home

    screen = Screen.of(home, language, as_json)
    table, store, memory = _open(find_home(home), profile)
    try:
        resumed = _resume(store, memory)
    finally:
        store.close()
    screen.say("cli.resume.done" if resumed else "cli.resume.nothing", profile=table.profile)
    screen.answer({"profile": table.profile, "resumed": resumed})


def _open(where: Home, profile: str | None) -> tuple[BankTable, Store, StoredMemory]:
    """The bank that is meant, and what its channel remembers. The service may run meanwhile.

    Raises:
        Refused: `bank.no_logon` for a bank of another protocol; `config.*`, `store.*`, `key.*_bank`.
    """
    from gateway.bank.directbank.profile import DirectBankProfile
    from gateway.service.account import check_account
    from gateway.service.config import load_config
    from gateway.service.opening import open_store
    from gateway.service.wiring import memory_of, profile_of

    check_account(where)
    config = load_config(where)
    table = entry(config, profile)
    found = profile_of(where, table)
    if not isinstance(found, DirectBankProfile):
        raise Refused("bank.no_logon", profile=table.profile)
    store = open_store(where, config)
    return table, store, memory_of(store, found)


def _resume(store: Store, memory: StoredMemory) -> bool:
    from gateway.bank.directbank.memory import resume as forget
    from gateway.service.account import operator

    resumed = forget(memory)
    if resumed:
        with store.unit(operator()) as unit:
            unit.journal("bank.resumed", f"bank:{memory.channel}")
            unit.commit()
    return resumed
