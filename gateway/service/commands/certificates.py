"""`kvit bank enrol`, `kvit bank renew`: our certificate at a bank, the first one and the next; `kvit sandbox code`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.service.commands.bank_keys import entry
from gateway.service.commands.frame import HomeOption, JsonOption, LanguageOption, helped
from gateway.service.commands.screen import Screen

if TYPE_CHECKING:
    from gateway.service.config import BankTable, Home
    from gateway.service.enrolment import Desk, Renewed

ProfileOption = Annotated[str | None, typer.Option("--profile", help=helped("key.profile"))]
StartOverOption = Annotated[bool, typer.Option("--start-over", help=helped("certificate.start_over"))]


def enrol(
    home: HomeOption = None,
    profile: ProfileOption = None,
    code_file: Annotated[Path | None, typer.Option("--code-file", help=helped("certificate.code_file"))] = None,
    code_stdin: Annotated[bool, typer.Option("--code-stdin", help=helped("certificate.code_stdin"))] = False,
    replace: Annotated[bool, typer.Option("--replace", help=helped("certificate.replace"))] = False,
    start_over: StartOverOption = False,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    from gateway.service import enrolment

    screen = Screen.of(home, language, as_json)
    with _at_work(home, profile) as (desk, table):
        code = _code(screen, code_file, from_stdin=code_stdin)
        if start_over:
            enrolment.start_over(desk, table)
        done = enrolment.enrol(desk, table, code, replace=replace)
        _show(screen, desk, done)


def renew(
    home: HomeOption = None,
    profile: ProfileOption = None,
    start_over: StartOverOption = False,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    from gateway.service import enrolment

    screen = Screen.of(home, language, as_json)
    with _at_work(home, profile) as (desk, table):
        if start_over:
            enrolment.start_over(desk, table)
        _show(screen, desk, enrolment.renew(desk, table))


def code(home: HomeOption = None, language: LanguageOption = None, as_json: JsonOption = False) -> None:
    from gateway.bank.sandbox.books import Books
    from gateway.bank.sandbox.certificates import activation_code
    from gateway.service.config import find_home

    screen = Screen.of(home, language, as_json)
    found = activation_code(Books(find_home(home).root / "sandbox"))
    screen.say("cli.certificate.sandbox_code", code=found)
    screen.answer({"code": found})


@contextmanager
def _at_work(home: Path | None, profile: str | None) -> Iterator[tuple[Desk, BankTable]]:
    """Desk and agreement, beside a running service or without one.

    Raises:
        Refused: `config.*`, `key.*`, `vault.*`, `store.*`, `service.wrong_account`. Unavailable: `store.unreachable`.
    """
    from gateway.core.clock import SystemClock
    from gateway.service.account import check_account, operator
    from gateway.service.config import find_home, load_config
    from gateway.service.enrolment import Desk
    from gateway.service.opening import open_store
    from gateway.service.wiring import vault_of

    where: Home = find_home(home)
    check_account(where)
    config = load_config(where)
    table = entry(config, profile)
    clock, vault = SystemClock(), vault_of(where)
    store = open_store(where, config, clock)
    try:
        yield Desk(where, config, clock, store, vault, operator()), table
    finally:
        store.close()


def _code(screen: Screen, file: Path | None, *, from_stdin: bool) -> str:
    """The bank's one-time code: from a file, from a program, or from a person; never from the command line, where
    others see it and the shell remembers it."""
    if file is not None:
        return file.read_text(encoding="utf-8").strip()
    if from_stdin:
        return sys.stdin.readline().strip()
    if not sys.stdin.isatty():
        raise typer.BadParameter(screen.text("cli.certificate.no_terminal"))
    return str(typer.prompt(screen.text("cli.certificate.ask"), hide_input=True, err=True)).strip()


def _show(screen: Screen, desk: Desk, done: Renewed) -> None:
    from gateway.service.examination.trust import days_left
    from gateway.service.instance import running_pid

    days, running = days_left(desk.clock.now(), done.until), running_pid(desk.home.run) is not None
    screen.say("cli.certificate.done", profile=done.profile, until=f"{done.until:%Y-%m-%d}", days=days)
    screen.line(f"{done.subject}\nSHA-256 {done.sha256}")
    if running:
        screen.say("cli.certificate.service")
    screen.answer(
        {
            "profile": done.profile,
            "subject": done.subject,
            "expires": done.until.date().isoformat(),
            "days_left": days,
            "sha256": done.sha256,
            "former_expires": done.former_until.date().isoformat() if done.former_until else None,
            "resumed": done.resumed,
            "service_running": running,
        }
    )
