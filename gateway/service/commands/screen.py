"""What a command says and in which language: results on standard output, everything else on standard error.

In JSON mode standard output carries one JSON object and nothing else, an error too.
"""

from __future__ import annotations

import json
import locale
import os
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gateway.core.catalogue import sentence
from gateway.core.errors import KvitError

LANGUAGES = ("ru", "en")
_WIDTH_IN_A_FILE = 240


def language_of(given: str | None = None, home: Path | None = None) -> str:
    """`--language`, else the company's language in the home's kvit.toml, else the machine's: "ru" or "en"."""
    if given in LANGUAGES:
        return str(given)
    named = os.environ.get("KVIT_HOME", "")
    folder = home or (Path(named) if named else None)
    return (folder and _configured(folder)) or _of_the_machine()


def _configured(home: Path) -> str | None:
    """The company's language. A broken configuration is reported by whoever needs it, not here."""
    try:
        table = tomllib.loads((home.expanduser() / "kvit.toml").read_text(encoding="utf-8"))
        found = table["company"]["language"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if found in LANGUAGES else None


def _of_the_machine() -> str:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return "ru" if os.environ[name].lower().startswith("ru") else "en"
    return "ru" if (locale.getlocale()[0] or "").lower().startswith("ru") else "en"


class Screen:
    """Where one command speaks.

    Args:
        language: "ru" or "en".
        as_json: standard output belongs to `answer`; sentences are left out.
    """

    def __init__(self, language: str, as_json: bool = False) -> None:
        self.language = language
        self.as_json = as_json

    @classmethod
    def of(cls, home: Path | None, language: str | None, as_json: bool = False) -> Screen:
        """As the options of a command say."""
        return cls(language_of(language, home), as_json)

    def text(self, code: str, /, **values: object) -> str:
        """The catalogue's sentence."""
        return sentence(code, self.language, values)

    def say(self, code: str, /, **values: object) -> None:
        """A result for a person."""
        self.line(self.text(code, **values))

    def line(self, text: str = "") -> None:
        """The same for a text that is ready."""
        if not self.as_json:
            sys.stdout.write(f"{text}\n")

    def tell(self, code: str, /, **values: object) -> None:
        """A remark beside the result."""
        sys.stderr.write(f"{self.text(code, **values)}\n")

    def answer(self, data: Mapping[str, Any]) -> None:
        """The result for a program; nothing when the result is for a person."""
        if self.as_json:
            sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=1) + "\n")

    def complain(self, error: KvitError) -> None:
        """What went wrong and what to do about it."""
        text, hint = error.text(self.language), error.hint(self.language)
        self.answer({"error": {"code": error.code, "text": text, "hint": hint}})
        sys.stderr.write(f"kvit: {text}\n")
        if hint:
            sys.stderr.write(f"      {hint}\n")

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Rows for a person; `columns` are codes of the headings."""
        if self.as_json:
            return
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, header_style="bold")
        for code in columns:
            table.add_column(self.text(code), overflow="fold")
        for row in rows:
            table.add_row(*(Text(str(cell)) for cell in row))
        console = Console(file=sys.stdout, highlight=False, width=None if sys.stdout.isatty() else _WIDTH_IN_A_FILE)
        console.print(table)

    @contextmanager
    def progress(self, code: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
        """A bar on standard error while a person watches; the block is given what tells it how far it is."""
        if not sys.stderr.isatty():
            yield lambda _: None
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=Console(file=sys.stderr), transient=True) as bar:
            task = bar.add_task(self.text(code), total=total)
            yield lambda done: bar.update(task, completed=done)
