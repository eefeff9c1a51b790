"""`kvit bank key` and `kvit bank tokens`: our keys, wherever they lie."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.core.errors import Refused
from gateway.service.commands.frame import HomeOption, JsonOption, LanguageOption, helped
from gateway.service.commands.screen import Screen

if TYPE_CHECKING:
    from gateway.service.config import BankTable, Config, Home
    from gateway.service.key_store import Kept
    from gateway.signing.token import TokenFacts


def key(
    file: Annotated[Path | None, typer.Argument(help=helped("key.file"), show_default=False)] = None,
    home: HomeOption = None,
    profile: Annotated[str | None, typer.Option(help=helped("key.profile"))] = None,
    certificate: Annotated[Path | None, typer.Option("--certificate", help=helped("key.certificate"))] = None,
    token: Annotated[bool, typer.Option("--token", help=helped("key.token"))] = False,
    tls: Annotated[bool, typer.Option("--tls", help=helped("key.tls"))] = False,
    passphrase_stdin: Annotated[bool, typer.Option("--passphrase-stdin", help=helped("key.stdin"))] = False,
    replace: Annotated[bool, typer.Option("--replace", help=helped("key.replace"))] = False,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    from gateway.core.clock import SystemClock
    from gateway.service.config import find_home, load_config
    from gateway.service.key_store import keep_key, keep_pin, try_windows_key

    screen = Screen.of(home, language, as_json)
    where = find_home(home)
    table = entry(load_config(where), profile)
    if file is None and not token and (tls or table.key_kind in ("pkcs12", "gost")):
        raise typer.BadParameter(screen.text("cli.key.no_file"))
    if file is not None:
        if token:
            raise typer.BadParameter(screen.text("cli.key.token_is_no_file"))
        content = file.read_bytes()
        beside = certificate.read_bytes() if certificate else None
        passphrase = _secret(screen, "cli.key.ask", from_stdin=passphrase_stdin)
        kept = keep_key(where, table, content, passphrase, certificate=beside, tls=tls, replace=replace)
        screen.say("cli.key.kept", file=kept.file, profile=table.profile)
    elif token or table.key_kind == "token":
        if table.token is None:
            raise Refused("key.not_on_token", profile=table.profile)
        kept = keep_pin(where, table, _secret(screen, "cli.key.ask_pin", from_stdin=passphrase_stdin))
        screen.say("cli.key.pin_kept", profile=table.profile)
    else:
        kept = try_windows_key(table)
        screen.say("cli.key.works", profile=table.profile)
    _show(screen, table, kept, (kept.until - SystemClock().now()).days)


def tokens(
    home: HomeOption = None,
    module: Annotated[list[Path] | None, typer.Option("--module", help=helped("tokens.module"))] = None,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    from gateway.service.config import find_home

    screen = Screen.of(home, language, as_json)
    modules = list(dict.fromkeys([*(str(path) for path in module or ()), *_configured_modules(find_home(home))]))
    if not modules:
        raise Refused("key.no_module")
    rows = [row for path in modules for row in _on(path)]
    if not rows:
        screen.say("cli.tokens.none", modules=", ".join(modules))
    screen.table(
        [f"cli.tokens.{c}" for c in ("token", "serial", "model", "pin", "key_label", "key_id", "owner", "until")],
        [
            [
                *(row[c] for c in ("token", "serial", "model")),
                screen.text(f"cli.tokens.pin_{row['pin']}"),
                *(row[c] or "—" for c in ("key_label", "key_id", "owner", "until")),
            ]
            for row in rows
        ],
    )
    chosen = next((row for row in rows if row["key_id"] or row["key_label"]), None)
    if chosen is not None:
        screen.say("cli.tokens.example")
        screen.line(_example(chosen))
    screen.answer({"tokens": rows})


def _on(module: str) -> list[dict[str, Any]]:
    """A row for each certificate of each token, and one for a token that shows none."""
    from gateway.signing.token import TokenPlace, list_tokens
    from gateway.signing.token_objects import seen_without_pin

    rows = []
    for token in list_tokens(module):
        if not token.initialised:
            continue
        common = {
            "module": module,
            "token": token.label,
            "serial": token.serial,
            "model": f"{token.manufacturer} {token.model}".strip(),
            "slot": token.slot,
            "pin": _pin_state(token),
        }
        seen = seen_without_pin(TokenPlace(module, token.label, token.serial))
        for held in seen:
            until = held.certificate.not_valid_after_utc.date().isoformat()
            rows.append({**common, "key_label": held.label, "key_id": held.id, "owner": held.owner, "until": until})
        if not seen:
            rows.append({**common, "key_label": "", "key_id": "", "owner": "", "until": ""})
    return rows


def _pin_state(token: TokenFacts) -> str:
    if token.pin_locked:
        return "locked"
    if token.last_try:
        return "last_try"
    return "wrong_before" if token.wrong_before else "fine"


def _example(row: dict[str, Any]) -> str:
    """What to write into kvit.toml for this key."""
    import json  # a JSON string of printable characters is a TOML string

    named = (("module", row["module"]), ("serial", row["serial"]), ("key_id", row["key_id"]))
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in named if value]
    return "\n".join(('key_kind = "token"', "", "[bank.token]", *lines))


def _configured_modules(where: Home) -> list[str]:
    from gateway.service.config import load_config

    if not where.config_file.is_file():
        return []
    return [bank.token.module for bank in load_config(where).bank if bank.token is not None]


def _show(screen: Screen, table: BankTable, kept: Kept, days: int) -> None:
    until = f"{kept.until:%Y-%m-%d}"
    screen.say("cli.key.certificate", subject=kept.subject, issuer=kept.issuer, until=until, days=days)
    screen.line(f"SHA-256 {kept.sha256}")
    screen.answer(
        {
            "profile": table.profile,
            "kind": table.key_kind,
            "file": str(kept.file) if kept.file else None,
            "subject": kept.subject,
            "issuer": kept.issuer,
            "expires": kept.until.date().isoformat(),
            "days_left": days,
            "sha256": kept.sha256,
        }
    )


def entry(config: Config, profile: str | None) -> BankTable:
    """The [[bank]] table that is meant.

    Raises:
        Refused: `config.no_bank`, `key.which_bank`, `key.unknown_bank`.
    """
    if not config.bank:
        raise Refused("config.no_bank")
    known = ", ".join(bank.profile for bank in config.bank)
    if profile is None:
        if len(config.bank) > 1:
            raise Refused("key.which_bank", known=known)
        return config.bank[0]
    for bank in config.bank:
        if bank.profile == profile:
            return bank
    raise Refused("key.unknown_bank", profile=profile, known=known)


def _secret(screen: Screen, question: str, *, from_stdin: bool) -> str:
    """From a person who does not see it typed, or from a program; never from the command line, where all see it."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise typer.BadParameter(screen.text("cli.key.no_terminal"))
    return str(typer.prompt(screen.text(question), hide_input=True, err=True))
