"""`kvit journal …` and `kvit evidence`: proof that nothing was changed, and of what an order rests on."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.core.errors import Refused
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
    from gateway.store.journal import Head

_HEAD = re.compile(r"\s*(\d+)\s+([0-9a-f]{64})\s*")


def register(app: typer.Typer) -> None:
    """Put the commands of this file on `app`."""
    journal = group("journal")
    for code, function in (("journal.verify", verify), ("journal.head", head)):
        command(journal, code)(function)
    app.add_typer(journal, name="journal")
    command(app, "evidence")(evidence)


def verify(
    home: HomeOption = None,
    head_file: Annotated[Path | None, typer.Option(help=helped("journal.head_file"), show_default=False)] = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    from gateway.service.config import find_home, load_config
    from gateway.service.opening import open_store
    from gateway.store import journal

    screen = Screen.of(home, language, as_json)
    where = find_home(home)
    expected = read_head(head_file) if head_file else None
    store = open_store(where, load_config(where))
    try:
        with store.reading() as connection:
            rows = journal.head(connection).seq
            with screen.progress("cli.journal.progress", rows) as progress:
                verdict = journal.verify(connection, expected, progress)
    finally:
        store.close()
    screen.answer(
        {
            "ok": verdict.ok,
            "rows": verdict.rows,
            "head": {"seq": verdict.head.seq, "hash": verdict.head.hash},
            "broken_row": verdict.broken_seq,
            "reason": verdict.reason or None,
        }
    )
    if verdict.ok:
        screen.say("cli.journal.holds", rows=verdict.rows, hash=verdict.head.hash)
        if expected is not None:
            screen.say("cli.journal.holds_head", seq=expected.seq)
        return
    why = screen.text(f"cli.journal.why.{verdict.reason}")
    screen.say("cli.journal.broken", row=verdict.broken_seq, why=why, good=verdict.rows)
    raise typer.Exit(REFUSED)


def head(home: HomeOption = None, language: LanguageOption = None, as_json: JsonOption = False) -> None:
    from gateway.service.config import find_home, load_config
    from gateway.service.opening import open_store
    from gateway.store import journal

    screen = Screen.of(home, language, as_json)
    where = find_home(home)
    store = open_store(where, load_config(where))
    try:
        with store.reading() as connection:
            end = journal.head(connection)
    finally:
        store.close()
    screen.line(f"{end.seq} {end.hash}")
    screen.answer({"seq": end.seq, "hash": end.hash})


def read_head(file: Path) -> Head:
    """A head that `kvit journal head` wrote, as text or as JSON.

    Raises:
        Refused: `journal.bad_head_file`. OSError: it cannot be read.
    """
    from gateway.store.journal import Head

    text = file.read_bytes().decode("utf-8", errors="replace")
    plain = _HEAD.fullmatch(text)
    if plain:
        return Head(int(plain[1]), plain[2])
    try:
        found = json.loads(text)
        return Head(int(found["seq"]), str(found["hash"]))
    except (ValueError, KeyError, TypeError):
        raise Refused("journal.bad_head_file", file=str(file)) from None


def evidence(
    order: Annotated[str, typer.Argument(help=helped("evidence.order"), show_default=False)],
    out: Annotated[Path, typer.Option(help=helped("evidence.out"), show_default=False)],
    home: HomeOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    from gateway.service.config import find_home, load_config
    from gateway.service.evidence import pack_evidence
    from gateway.service.opening import open_store

    screen = Screen.of(home, language, as_json)
    where = find_home(home)
    config = load_config(where)
    store = open_store(where, config)
    try:
        packed = pack_evidence(where, config, store, order, out)
    finally:
        store.close()
    for message in packed.messages:
        screen.say(
            "cli.evidence.holds" if message.holds else "cli.evidence.fails",
            reference=message.reference,
            signer=message.signer or "—",
            reason=message.reason or "",
        )
    screen.say("cli.evidence.packed", file=out, order=packed.order, count=len(packed.messages))
    screen.answer(packed.summary)
    if not packed.holds:
        raise typer.Exit(REFUSED)
