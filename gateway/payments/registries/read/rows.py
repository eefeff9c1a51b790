"""What every reader of a registry file gives: rows of plain text, numbered as the file numbers them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.core.errors import Refused

HEADER = 0
"""Number of the row that names the columns in files that know their names (DBF, XML): it is no row of the table."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        number: as a person counts in that file: line of a text, row of a sheet, record of a table, line of an XML.
        cells: stripped; dates as YYYY-MM-DD, numbers with a dot and without grouping where the format has types.
    """

    number: int
    cells: tuple[str, ...]

    @property
    def blank(self) -> bool:
        return not any(self.cells)

    @property
    def line(self) -> str:
        """The row as one text, as it is searched for headings and totals."""
        return " ".join(cell for cell in self.cells if cell)


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that is accepted from one file.

    Attributes:
        file_bytes: of the file as it lies there.
        unpacked_bytes: of all members of a workbook together.
        members: of a workbook's archive.
        elements: of all XML of a workbook together; a cell with a value is two.
        held_elements: of XML that is in memory at one time: an XML file, a workbook's table of texts or its longest
            row. A million texts are two million.
        rows, columns: of the table.
        cell: characters kept of one cell; what is longer is no key and no sum.
    """

    file_bytes: int = 16 * 1024 * 1024
    unpacked_bytes: int = 128 * 1024 * 1024
    members: int = 1000
    elements: int = 8_000_000
    held_elements: int = 2_000_000
    rows: int = 200_000
    columns: int = 200
    cell: int = 500


DEFAULT_LIMITS = Limits()


def within(rows: Iterator[tuple[int, list[str]]], limits: Limits) -> Iterator[Row]:
    """Rows cut to the limits, blank ones left out.

    Raises:
        Refused: `registry.too_many_rows`, `registry.too_many_columns`.
    """
    count = 0
    for number, cells in rows:
        while cells and not cells[-1].strip():
            cells.pop()
        if not cells:
            continue
        count += 1
        if count > limits.rows:
            raise Refused("registry.too_many_rows", limit=limits.rows)
        if len(cells) > limits.columns:
            raise Refused("registry.too_many_columns", limit=limits.columns, row=number)
        yield Row(number, tuple(" ".join(cell[: limits.cell].split()) for cell in cells))
