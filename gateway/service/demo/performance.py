"""A story that plays from its beginning to its end by itself: told in one language, answered as a table or as JSON."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from gateway.core.errors import KvitError
from gateway.service.config import Home
from gateway.service.demo.prepare import fresh_home
from gateway.service.logs import configure

Tell = Callable[[str, str], None]
"""Says something, given in Russian and in English."""
Act = Callable[[Home, Tell], tuple[dict[str, Any], bool]]
"""Plays in a fresh home; what it came to, and whether that is as it should be."""


class Teller:
    """Says each thing in the language wished for."""

    def __init__(self, console: Console, language: str) -> None:
        self._console = console
        self._russian = language == "ru"

    def __call__(self, ru: str, en: str) -> None:
        self._console.print(ru if self._russian else en, markup=False, soft_wrap=True)


def perform(
    given: Path | None, language: str, act: Act, table: Callable[[dict[str, Any], bool], Table], *, as_json: bool
) -> int:
    """Play in `given`, else in a folder of its own.

    Args:
        table: of what it came to; asked with the result and whether Russian is spoken.
        as_json: standard output carries one JSON object and nothing else; the telling goes to standard error.

    Returns:
        The exit code: 0 when everything came out as it should.
    """
    console = Console(stderr=as_json, highlight=False)
    tell = Teller(console, language)
    try:
        home = fresh_home(given)
        tell(f"Папка демонстрации: {home.root}", f"The demo's home: {home.root}")
        configure(file=home.logs / "story.log", stream=io.StringIO())  # what goes wrong here is the story
        result, good = act(home, tell)
    except KvitError as error:
        sys.stderr.write(f"{error.text(language)} {error.hint(language)}\n")
        return 1
    except KeyboardInterrupt:
        return 1
    result["home"] = str(home.root)
    if as_json:
        sys.stdout.write(json.dumps(result, ensure_ascii=False, indent=2) + "\n")
        sys.stdout.flush()
    else:
        console.print(table(result, language == "ru"))
    return 0 if good else 1
