"""`kvit import`: files of 1C, by hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.core.errors import KvitError, Unavailable
from gateway.service.commands.frame import (
    REFUSED,
    HomeOption,
    JsonOption,
    LanguageOption,
    command,
    helped,
)
from gateway.service.commands.screen import Screen

if TYPE_CHECKING:
    from gateway.core.problem import Problem
    from gateway.onec.incoming import Incoming
    from gateway.service.config import Home
    from gateway.service.wiring import Installation

_LISTED = 50


def register(app: typer.Typer) -> None:
    """Put the command of this file on `app`."""
    command(app, "import")(import_files)


def import_files(
    files: Annotated[
        list[Path], typer.Argument(help=helped("import.files"), exists=True, dir_okay=False, show_default=False)
    ],
    home: HomeOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    from gateway.service.config import find_home, load_config
    from gateway.service.instance import running_pid

    screen = Screen.of(home, language, as_json)
    where = find_home(home)
    config = load_config(where)
    if running_pid(where.run) is not None:
        handed = _hand_over(screen, files, where.exchange(config) / "in")
        screen.answer({"handed_over": handed})
        return
    results = _take(screen, where, files)
    for result in results:
        _show(screen, result)
    screen.answer({"files": results})
    if any(result["error"] or result["refused"] or result["skipped"] for result in results):
        raise typer.Exit(REFUSED)


def _hand_over(screen: Screen, files: Sequence[Path], folder: Path) -> list[str]:
    """The service works: it takes the files itself, in the order that suits them."""
    from gateway.onec.exchange_files import free_path, safe_name, write_atomic

    handed = []
    for file in files:
        target = free_path(folder, safe_name(file.name))
        write_atomic(folder, target.name, file.read_bytes())
        screen.say("cli.import.handed_over", file=file, target=target)
        handed.append(str(target))
    screen.say("cli.import.look_later", folder=folder.parent)
    return handed


def _take(screen: Screen, where: Home, files: Sequence[Path]) -> list[dict[str, Any]]:
    from gateway.onec.archive import DEFAULT_LIMITS
    from gateway.onec.incoming import open_file, rank
    from gateway.service.opening import Alone

    contents = [(file, file.read_bytes()) for file in files]
    # Stock needs its goods and orders need theirs, in whatever order they were named.
    contents.sort(key=lambda item: rank(item[1]))
    results = []
    with Alone(where) as installation, screen.progress("cli.import.progress", len(contents)) as done:
        for number, (file, content) in enumerate(contents, start=1):
            try:
                parts = list(open_file(content, str(file), DEFAULT_LIMITS))
            except KvitError as error:
                results.append(_result(screen, str(file), error=error))
                continue
            results += [_take_one(screen, installation, name, part) for name, part in parts]
            done(number)
    return results


def _take_one(screen: Screen, installation: Installation, name: str, content: bytes) -> dict[str, Any]:
    from gateway.onec.incoming import read_file
    from gateway.service.rounds import take_onec

    incoming: Incoming | None = None
    try:
        incoming = read_file(content, name, zone=installation.terms.zone)
        done = take_onec(installation.store, installation.terms, incoming)
    except Unavailable:
        raise
    except KvitError as error:
        return _result(screen, name, incoming.problems if incoming else (), error=error)
    if done is None:
        return {**_result(screen, name, incoming.problems), "known": True, "skipped": 0}
    return {
        **_result(screen, name, incoming.problems),
        "products": done.products,
        "stock_rows": done.stock_rows,
        "orders": done.orders,
        "invoices": done.invoices,
        "payments_decided": done.decided,
        "refused": [{"document": number, **_said(screen, error)} for number, error in done.refused],
    }


def _result(
    screen: Screen, name: str, problems: Sequence[Problem] = (), error: KvitError | None = None
) -> dict[str, Any]:
    return {
        "file": name,
        "known": False,
        "error": _said(screen, error) if error else None,
        "refused": [],
        "skipped": sum(problem.skipped for problem in problems),
        "problems": [
            {
                "line": problem.line,
                "code": problem.code,
                "text": problem.text(screen.language),
                "hint": problem.hint(screen.language),
                "fragment": problem.fragment,
                "skipped": problem.skipped,
            }
            for problem in problems
        ],
    }


def _show(screen: Screen, result: dict[str, Any]) -> None:
    screen.line(result["file"])
    if result["error"]:
        screen.line(f"  ! {result['error']['text']} {result['error']['hint']}".rstrip())
    elif result["known"]:
        screen.say("cli.import.known")
    else:
        screen.say("cli.import.taken", **result)
    for refused in result["refused"]:
        screen.line(f"  ! {refused['document']}: {refused['text']} {refused['hint']}".rstrip())
    for problem in result["problems"][:_LISTED]:
        place = screen.text("cli.import.line", line=problem["line"]) if problem["line"] else ""
        fragment = f" «{problem['fragment']}»" if problem["fragment"] else ""
        screen.line(f"  {'!' if problem['skipped'] else '·'} {place}{problem['text']}{fragment}")
    if len(result["problems"]) > _LISTED:
        screen.say("cli.import.more", count=len(result["problems"]) - _LISTED)


def _said(screen: Screen, error: KvitError) -> dict[str, str]:
    return {"code": error.code, "text": error.text(screen.language), "hint": error.hint(screen.language)}
