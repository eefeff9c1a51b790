"""Rows of an input file that could not be taken as they stood: reported by file and line, and the rest goes on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.core.errors import KvitError
from gateway.core.problem import Problem

_KEPT = 1000
_FRAGMENT = 120


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row, where it stands and what is wrong with it."""

    file: str
    problem: Problem


class BadRows:
    """What was found in all files; the first thousand rows are kept, all are counted."""

    def __init__(self) -> None:
        self._kept: list[BadRow] = []
        self.count = 0

    def __iter__(self) -> Iterator[BadRow]:
        return iter(self._kept)

    def __len__(self) -> int:
        """How many are kept; `count` says how many there were."""
        return len(self._kept)

    def add(self, file: str, problem: Problem) -> None:
        """Report a row that a reader describes itself."""
        self.count += 1
        if len(self._kept) < _KEPT:
            self._kept.append(BadRow(file, problem))

    def report(self, file: str, line: int, error: KvitError, fragment: str = "", *, skipped: bool = True) -> None:
        """Report a row.

        Args:
            line: from 1; of the row, or of the file's line it begins in.
            fragment: what stands there.
            skipped: the row is left out; otherwise it is used all the same.
        """
        values = {name: str(value) for name, value in error.values.items()}
        shown = fragment if len(fragment) <= _FRAGMENT else f"{fragment[: _FRAGMENT - 1]}…"
        self.add(file, Problem(line, error.code, values, shown, skipped))
