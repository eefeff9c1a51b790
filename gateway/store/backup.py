"""A consistent copy of the database while it is in use."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from gateway.core.errors import Refused

_PAGES = 2_000  # of 4 KiB at a time; between them the writer has its turn


def copy_database(source: Path, target: Path, progress: Callable[[int], None] = lambda _: None) -> None:
    """Copy the SQLite database `source` to the new file `target`: one state of it, whatever is written meanwhile.

    Args:
        progress: told the number of pages copied so far.

    Raises:
        Refused: `backup.copy_failed`, `store.damaged` when the copy does not pass SQLite's own check.
    """
    try:
        with closing(_read_only(source)) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new, pages=_PAGES, progress=lambda _status, left, total: progress(total - left))
            # One file, whole by itself, wherever it is unpacked.
            new.execute("PRAGMA journal_mode=DELETE")
            verdict = str(new.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.Error as error:
        raise Refused("backup.copy_failed", reason=str(error)[:200]) from None
    if verdict != "ok":
        raise Refused("store.damaged", verdict=verdict[:200])


def _read_only(source: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True, timeout=15)
