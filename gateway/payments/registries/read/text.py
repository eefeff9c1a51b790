"""Registries as delimited text (CSV), in whatever encoding and with whatever delimiter."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import islice

from gateway.core.encoding import decode_text
from gateway.core.errors import Refused

_DELIMITERS = ";\t|,"  # the earlier wins where two cut equally well: a comma is Russia's decimal sign
_SAMPLE = 50


def rows(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of each record, in order.

    Raises:
        Refused: `registry.text_unreadable`.
    """
    text = decode_text(data)
    if text is None or "\x00" in text:
        raise Refused("registry.text_unreadable")
    delimiter = delimiter_of(text)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error:
        raise Refused("registry.row_unreadable", row=line) from None


def delimiter_of(text: str) -> str:
    """The delimiter that cuts most of the first lines into the same number of cells, and into most of them."""
    lines = [line for line in islice(text.splitlines(keepends=True), _SAMPLE) if line.strip()]

    def fitness(delimiter: str) -> tuple[int, int]:
        try:
            widths = [len(cells) for cells in csv.reader(lines, delimiter=delimiter)]
        except csv.Error:
            return 0, 0
        return max(((widths.count(width), width) for width in set(widths) if width > 1), default=(0, 0))

    return max(_DELIMITERS, key=fitness)
