"""`kvit backup` and `kvit restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gateway.service.commands.frame import HomeOption, JsonOption, LanguageOption, command, helped
from gateway.service.commands.screen import Screen


def register(app: typer.Typer) -> None:
    """Put the commands of this file on `app`."""
    for code, function in (("backup", backup), ("restore", restore)):
        command(app, code)(function)


def backup(
    out: Annotated[Path, typer.Option(help=helped("backup.out"), show_default=False)],
    home: HomeOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    from gateway.service.backup import back_up
    from gateway.service.config import find_home

    screen = Screen.of(home, language, as_json)
    with screen.progress("cli.backup.progress") as progress:
        made = back_up(find_home(home), out, progress=progress)
    screen.say("cli.backup.made", file=made.file, mib=f"{made.size / (1 << 20):.1f}", rows=made.head.seq)
    screen.line(f"SHA-256 {made.sha256}")
    screen.say("cli.backup.master_key")
    screen.answer(made.summary)


def restore(
    file: Annotated[Path, typer.Argument(help=helped("restore.file"), show_default=False)],
    home: HomeOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    from gateway.service.backup import restore as put_back
    from gateway.service.config import find_home

    screen = Screen.of(home, language, as_json)
    where = find_home(home)
    with screen.progress("cli.restore.progress") as progress:
        back = put_back(file, where, progress=progress)
    screen.say("cli.restore.done", home=where.root, created=back.created, rows=back.head.seq)
    if back.behind:
        screen.tell("cli.restore.behind", rows=back.head.seq, known=back.known_rows)
    screen.say("cli.restore.next", home=where.root)
    screen.answer(back.summary)
