"""What all commands share: the options --home, --language and --json, help in two languages, errors without traceback.

A command is registered with `command(app, "bank.poll")`: its help is the catalogue's sentence `cli.help.bank.poll`,
its example stands there as the hint.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from typer.core import TyperCommand

from gateway.core.catalogue import sentence
from gateway.core.errors import KvitError, Refused
from gateway.service.commands.screen import Screen, language_of

F = TypeVar("F", bound=Callable[..., Any])

REFUSED = 1
WRONG_USAGE = 2


class Language(StrEnum):
    """What the program speaks."""

    RU = "ru"
    EN = "en"


def asked_language(arguments: Sequence[str]) -> str:
    """The language of the help texts, which are needed before the options are parsed."""
    found: dict[str, str] = {}
    for position, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name in ("--language", "--home"):
            found[name] = value if equals else "".join(arguments[position + 1 : position + 2])
    home = found.get("--home")
    return language_of(found.get("--language"), Path(home) if home else None)


HELP_LANGUAGE = asked_language(sys.argv[1:])


def helped(code: str) -> str:
    """A help text."""
    return sentence(f"cli.help.{code}", HELP_LANGUAGE, {})


HomeOption = Annotated[
    Path | None, typer.Option("--home", envvar="KVIT_HOME", help=helped("option.home"), show_default=False)
]
LanguageOption = Annotated[Language | None, typer.Option("--language", help=helped("option.language"))]
JsonOption = Annotated[bool, typer.Option("--json", help=helped("option.json"))]


class Command(TyperCommand):
    """A command whose expected errors end in a sentence, a hint and exit code 1."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KvitError as error:
            failure = error
        except BrokenPipeError:
            raise
        except OSError as error:
            failure = Refused(
                "cli.system", file=str(error.filename or "?"), reason=error.strerror or type(error).__name__
            )
        screen_of(ctx.params).complain(failure)
        raise typer.Exit(REFUSED)


def screen_of(parameters: dict[str, Any]) -> Screen:
    """The screen that a command's own options ask for."""
    return Screen.of(parameters.get("home"), parameters.get("language"), bool(parameters.get("as_json")))


def group(code: str) -> typer.Typer:
    """A family of commands, "kvit bank …"."""
    return typer.Typer(
        help=helped(code),
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )


def command(app: typer.Typer, code: str) -> Callable[[F], F]:
    """Put a function on `app` under the last word of `code` ("bank.poll" → "poll")."""
    example = sentence(f"cli.help.{code}", f"hint_{HELP_LANGUAGE}", {})
    return app.command(
        code.rpartition(".")[2],
        cls=Command,
        help=helped(code),
        epilog=f"\b\n{helped('example')}\n  {example}",
        rich_help_panel=None,
    )
