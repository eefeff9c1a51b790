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
    from gateway.service.config import Config, Home
    from gateway.service.evidence_check import History
    from gateway.store.journal import Head

_HEAD = re.compile(r"\s*(\d+)\s+([0-9a-f]{64})\s*")


def register(app: typer.Typer) -> None:
    """Put the commands of this file on `app`."""
    journal = group("journal")
    for code, function in (("journal.verify", verify), ("journal.head", head), ("journal.mail", mail)):
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
    from gateway.service.evidence_check import check_history, summary
    from gateway.service.opening import open_store
    from gateway.store import journal

    screen = Screen.of(home, language, as_json)
    where = find_home(home)
    config = load_config(where)
    expected = read_head(head_file) if head_file else None
    store = open_store(where, config)
    try:
        with store.reading() as connection:
            rows = journal.head(connection).seq
        with screen.progress("cli.journal.progress", rows) as progress:
            history = check_history(store, where, config, expected, progress)
    finally:
        store.close()
    screen.answer(summary(history))
    if not history.sealed:
        screen.tell("cli.journal.seals_unchecked")
    if history.ok:
        screen.say("cli.journal.holds", rows=history.chain.rows, hash=history.chain.head.hash)
        if expected is not None:
            screen.say("cli.journal.holds_head", seq=expected.seq)
        screen.say("cli.journal.holds_heads" if history.heads else "cli.journal.no_heads", heads=history.heads)
        return
    _complain(screen, history)
    raise typer.Exit(REFUSED)


def _complain(screen: Screen, history: History) -> None:
    """Everything that was found, each with its row."""
    chain = history.chain
    if not chain.ok:
        why = screen.text(f"cli.journal.why.{chain.reason}")
        screen.say("cli.journal.broken", row=chain.broken_seq, why=why, good=chain.rows)
    for trouble in history.troubles:
        screen.say(
            f"cli.journal.head.{trouble.code}",
            where=trouble.where,
            number=trouble.number or "—",
            row=trouble.seq,
            at=trouble.at or "—",
            end=chain.head.seq,
        )
    for record in history.fallen:
        screen.say(
            f"cli.journal.record.{record.why}",
            table=record.table,
            id=record.id,
            kind=record.kind,
            row=record.seq,
            end=chain.head.seq,
        )


def head(
    home: HomeOption = None,
    export: Annotated[bool, typer.Option("--export", help=helped("journal.export"))] = False,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    from gateway.service.config import find_home, load_config
    from gateway.service.opening import open_store
    from gateway.store import journal

    screen = Screen.of(home, language, as_json)
    where = find_home(home)
    config = load_config(where)
    if export:
        _export(screen, where, config)
        return
    store = open_store(where, config)
    try:
        with store.reading() as connection:
            end = journal.head(connection)
    finally:
        store.close()
    screen.line(f"{end.seq} {end.hash}")
    screen.answer({"seq": end.seq, "hash": end.hash})


def _export(screen: Screen, where: Home, config: Config) -> None:
    """Seal the journal's end and send it where the settings say."""
    from gateway.service.account import check_account
    from gateway.service.evidence_daily import export_head
    from gateway.service.opening import open_store

    check_account(where)
    if not config.proof.heads_folder and config.proof.mail is None:
        raise Refused("heads.nowhere")
    store = open_store(where, config)
    try:
        done = export_head(store, where, config, "asked")
    finally:
        store.close()
    line = done.line
    screen.say("cli.journal.exported", row=line.seq, number=line.number, hash=line.hash)
    if done.file is not None:
        screen.say("cli.journal.exported_file", file=done.file)
    if done.mailed:
        screen.say("cli.journal.exported_mail", count=done.mailed)
    screen.say(f"cli.journal.sealed_by.{'company' if line.signature else 'installation'}")
    screen.answer(
        {
            "seq": line.seq,
            "hash": line.hash,
            "number": line.number,
            "file": str(done.file) if done.file else None,
            "mailed": done.mailed,
            "signed": line.signature is not None,
            "failures": [failure.code for failure in done.failures],
        }
    )
    for failure in done.failures:
        screen.tell("cli.journal.export_failed", reason=failure.text(screen.language))
    if done.failures:
        raise typer.Exit(REFUSED)


def mail(
    home: HomeOption = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    from gateway.service.account import check_account
    from gateway.service.config import find_home, load_config
    from gateway.service.evidence_export import MAIL_SERVICE
    from gateway.service.wiring import vault_of

    screen = Screen.of(home, language, as_json)
    where = find_home(home)
    check_account(where)
    table = load_config(where).proof.mail
    if table is None or not table.user:
        raise Refused("mail.not_set")
    vault = vault_of(where)
    text = screen.text("cli.journal.mail_password", user=table.user, host=table.host)
    password = typer.prompt(text, hide_input=True, err=True, prompt_suffix=": ")
    vault.set_password(MAIL_SERVICE, table.user, password)
    screen.say("cli.journal.mail_kept", user=table.user)
    screen.answer({"user": table.user, "host": table.host, "kept": True})


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
    if not packed.signed:
        screen.tell("cli.evidence.unsigned")
    screen.answer(packed.summary)
    if not packed.holds:
        raise typer.Exit(REFUSED)
