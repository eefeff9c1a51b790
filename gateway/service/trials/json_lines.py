"""Rows of a JSON Lines file, one object a line, with the place each stands at."""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from gateway.core.errors import Refused
from gateway.service.trials.bad_rows import BadRows

LONGEST = 1 << 20
"""Bytes a line may have."""


class Line(NamedTuple):
    """A row with its line number, from 1, and the byte it begins at."""

    number: int
    offset: int
    row: dict[str, Any]


def read(
    path: Path, bad: BadRows, *, longest: int = LONGEST, stopped: Callable[[], bool] = lambda: False
) -> Iterator[Line]:
    """The rows that are JSON objects in UTF-8; others are reported. Empty lines are passed over.

    Args:
        stopped: asked before each line; ends the reading.

    Raises:
        Refused: `trial.not_json_lines`: the file is UTF-16 or another kind of file altogether.
        OSError: the file cannot be opened or read.
    """
    with path.open("rb") as file:
        head = file.read(4)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b"PK\x03\x04")) or b"\x00" in head:
            raise Refused("trial.not_json_lines", file=path.name)
        file.seek(len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0)
        number = 0
        while not stopped():
            offset = file.tell()
            raw = file.readline(longest + 1)
            if not raw:
                return
            number += 1
            try:
                if len(raw) > longest:
                    _pass_over(file, raw)
                    raise Refused("trial.line_long", limit=longest)
                if raw.strip():
                    yield Line(number, offset, parse(raw))
            except Refused as error:
                bad.report(path.name, number, error, raw[:200].decode("utf-8", errors="replace").strip())


def parse(raw: bytes) -> dict[str, Any]:
    """One line.

    Raises:
        Refused: `trial.line_encoding`, `trial.line_json`, `trial.line_object`.
    """
    try:
        row = json.loads(raw.decode("utf-8"), parse_constant=_no_constant)
        if b"\\u" in raw:
            # half of a surrogate pair can be written in JSON and in no file
            json.dumps(row, ensure_ascii=False).encode("utf-8")
    except UnicodeError:
        raise Refused("trial.line_encoding") from None
    except (ValueError, RecursionError) as error:
        raise Refused("trial.line_json", detail=str(error)[:100]) from None
    if not isinstance(row, dict):
        raise Refused("trial.line_object")
    return row


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _pass_over(file: BinaryIO, raw: bytes) -> None:
    """To the end of a line that is too long."""
    while raw and not raw.endswith(b"\n"):
        raw = file.readline(LONGEST)
