"""`kvit import`: files of 1C, bank statements, lists of parcels, by hand; `kvit bank reimport`: messages read again."""

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
    from gateway.core.authority import Actor
    from gateway.core.problem import Problem
    from gateway.onec.incoming import Incoming
    from gateway.service.config import Config, Home
    from gateway.service.wiring import Installation
    from gateway.store import Store

_LISTED = 50


def register(app: typer.Typer) -> None:
    """Put the command of this file on `app`."""
    command(app, "import")(import_files)


def import_files(
    files: Annotated[
        list[Path], typer.Argument(help=helped("import.files"), exists=True, dir_okay=False, show_default=False)
    ],
    by: Annotated[str | None, typer.Option(help=helped("import.by"), show_default=False)] = None,
    columns: Annotated[list[str] | None, typer.Option("--map", help=helped("import.map"), show_default=False)] = None,
    shop: Annotated[str, typer.Option(help=helped("import.shop"), show_default=False)] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help=helped("import.dry_run"))] = False,
    home: HomeOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    from gateway.service.commands.import_lists import is_list, take_lists
    from gateway.service.config import find_home, load_config
    from gateway.service.instance import running_pid

    screen = Screen.of(home, language, as_json)
    where = find_home(home)
    config = load_config(where)
    lists = [file for file in files if is_list(file)]
    if lists or columns or shop or dry_run:
        if len(lists) < len(files):
            raise typer.BadParameter(screen.text("cli.import.lists_alone"))
        take_lists(screen, home, lists, by, columns or (), shop, dry_run=dry_run)
        return
    if running_pid(where.run) is not None:
        handed = _hand_over(screen, where, config, files, by)
        screen.answer({"handed_over": handed})
        return
    results = _take(screen, where, files, by)
    for result in results:
        _show(screen, result)
    screen.answer({"files": results})
    if any(result["error"] or result["refused"] or result["skipped"] for result in results):
        raise typer.Exit(REFUSED)


def _hand_over(screen: Screen, where: Home, config: Config, files: Sequence[Path], by: str | None) -> list[str]:
    """The service works: it takes the files itself, in the order that suits them."""
    from gateway.bank.formats.reading import statement_format
    from gateway.flows.take_file import brought_by
    from gateway.onec.exchange_files import free_path, safe_name, write_atomic
    from gateway.service.opening import open_store

    folder = where.exchange(config) / "in"
    handed = []
    for file in files:
        content = file.read_bytes()
        if statement_format(content):
            store = open_store(where, config)
            try:
                brought_by(store, content, person_named(store, by, str(file)))
            finally:
                store.close()
        target = free_path(folder, safe_name(file.name))
        write_atomic(folder, target.name, content)
        screen.say("cli.import.handed_over", file=file, target=target)
        handed.append(str(target))
    screen.say("cli.import.look_later", folder=folder.parent)
    return handed


def person_named(store: Store, name: str | None, file: str) -> Actor:
    """Who brings a statement.

    Raises:
        Refused: `file.who`, `user.unknown`.
    """
    from gateway.core.errors import Refused
    from gateway.service.account import known_person

    if name is None or not name.strip():
        raise Refused("file.who", name=file)
    return known_person(store, name)


def _take(screen: Screen, where: Home, files: Sequence[Path], by: str | None) -> list[dict[str, Any]]:
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
            results += [_take_one(screen, installation, name, part, by) for name, part in parts]
            done(number)
    return results


def _take_one(screen: Screen, installation: Installation, name: str, content: bytes, by: str | None) -> dict[str, Any]:
    from gateway.flows.pay_out_1c import OrdersTaken
    from gateway.flows.take_file import FileTaken
    from gateway.onec.incoming import Kind, read_file
    from gateway.service.rounds import take_onec

    incoming: Incoming | None = None
    try:
        incoming = read_file(content, name, zone=installation.terms.zone)
        if incoming.kind is Kind.COMMERCEML:
            done = take_onec(installation.store, installation.terms, incoming)
        else:
            person = person_named(installation.store, by, name)
            done = take_onec(installation.store, installation.terms, incoming, person)
    except Unavailable:
        raise
    except KvitError as error:
        return _result(screen, name, incoming.problems if incoming else (), error=error)
    if done is None:
        return {**_result(screen, name, incoming.problems), "known": True, "skipped": 0}
    if isinstance(done, OrdersTaken):
        return {
            **_result(screen, name, (*incoming.problems, *done.problems)),
            "payment_orders": {"proposed": done.fresh, "known": len(done.orders) - done.fresh},
        }
    if isinstance(done, FileTaken):
        return {
            **_result(screen, name, incoming.problems),
            "known": done.known,
            "message": done.message_id,
            "format": done.format,
            "by": done.by,
            "statement": {
                "lines": done.taken.lines,
                "fresh": done.taken.fresh,
                "payments": done.taken.payments,
                "failed": done.taken.failed,
            },
        }
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
    elif "statement" in result:
        screen.say("cli.import.statement", **result["statement"])
    elif "payment_orders" in result:
        screen.say("cli.import.payment_orders", **result["payment_orders"])
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


def reimport(
    messages: Annotated[
        list[str] | None, typer.Argument(help=helped("bank.reimport.message"), show_default=False)
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help=helped("bank.reimport.all"))] = False,
    home: HomeOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    from gateway.bank import archive
    from gateway.bank.channel import Prover
    from gateway.flows.take_file import FILES
    from gateway.flows.take_message import reimport as read_again
    from gateway.service.config import find_home
    from gateway.service.opening import Alone
    from gateway.service.wiring import open_banks

    screen = Screen.of(home, language, as_json)
    if bool(messages) == everything:
        raise typer.BadParameter(screen.text("cli.option_missing", option="MESSAGE | --all"))
    results: list[dict[str, Any]] = []
    with Alone(find_home(home)) as installation:
        banks = open_banks(installation)
        try:
            provers: dict[str, Prover] = {FILES.name: FILES, **{bank.channel.name: bank.channel for bank in banks}}
            ids = list(messages or ()) or archive.readable(installation.store, provers)
            with screen.progress("cli.import.progress", len(ids)) as done:
                for number, message_id in enumerate(ids, start=1):
                    again = read_again(installation.store, installation.terms, provers, message_id)
                    results.append(
                        {
                            "message": message_id,
                            "channel": again.channel,
                            "state": again.state,
                            "lines": again.taken.lines,
                            "fresh": again.taken.fresh,
                            "failed": again.taken.failed,
                            "error": again.error or None,
                        }
                    )
                    done(number)
        finally:
            for bank in banks:
                bank.channel.close()
    for result in results:
        code = "cli.reimport.failed" if result["error"] else "cli.reimport.done"
        screen.say(code, id=result["message"], **{k: result[k] for k in ("lines", "fresh", "error")})
    screen.answer({"messages": results})
    if any(result["error"] or result["failed"] for result in results):
        raise typer.Exit(REFUSED)


def _said(screen: Screen, error: KvitError) -> dict[str, str]:
    return {"code": error.code, "text": error.text(screen.language), "hint": error.hint(screen.language)}
