"""Registries as Excel workbooks (.xlsx)."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from gateway.core.errors import Refused
from gateway.payments.registries.read.rows import Limits

MAGIC = b"PK\x03\x04"
OLD_MAGIC = b"\xd0\xcf\x11\xe0"
"""What the binary workbooks before 2007 (.xls) begin with."""
_EXACT = 10**15  # Excel keeps 15 digits of a number: of a longer one the last are lost
_CHUNK = 1024 * 1024
_DOCTYPE = b"<!DOCTYPE"
_ROW_END = re.compile(rb"</(?:[^\s<>/:]+:)?row\b")
_LONGEST_NAME = 256
"""Bytes of a tag: as much as tells what it is."""
_BROKEN = (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError, EOFError, SyntaxError, IndexError,
           TypeError, AttributeError, NotImplementedError, RuntimeError, zlib.error)  # fmt: skip
"""What openpyxl lets through when a workbook is not one."""


def rows(data: bytes, limits: Limits, sheet: str = "") -> Iterator[tuple[int, list[str]]]:
    """(row, cells) of one sheet: the named one, else the first that is shown.

    Raises:
        Refused: `registry.workbook_broken`, `registry.workbook_too_large`, `registry.workbook_crowded`,
            `registry.too_many_cells`, `registry.sheet_missing`, `registry.too_many_rows`.
    """
    _check(data, limits)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    except _BROKEN:
        raise Refused("registry.workbook_broken") from None
    try:
        page = _sheet(book, sheet)
        page.reset_dimensions()  # 1C and online shops write wrong ones
        for number, values in enumerate(_values(page, limits), start=1):
            if number > limits.rows:  # a row may call itself the hundred-millionth: those before it are made up
                raise Refused("registry.too_many_rows", limit=limits.rows)
            yield number, [cell_text(value) for value in values]
    finally:
        book.close()


def _values(page: Any, limits: Limits) -> Iterator[tuple[Any, ...]]:
    walk = page.iter_rows(values_only=True, max_col=limits.columns + 1)
    while True:
        try:
            values = next(walk, None)
        except _BROKEN:
            raise Refused("registry.workbook_broken") from None
        if values is None:
            return
        yield values


def _sheet(book: Any, name: str) -> Any:
    if name:
        if name not in book.sheetnames:
            raise Refused("registry.sheet_missing", name=name[:60], sheets=", ".join(book.sheetnames)[:200])
        return book[name]
    shown = [page for page in book.worksheets if page.sheet_state == "visible"]
    if not shown:
        raise Refused("registry.workbook_broken")
    return shown[0]


def _check(data: bytes, limits: Limits) -> None:
    """Whether the archive is small enough to be opened by what takes it into memory.

    What the archive's directory says of sizes is binding: nothing reads a member beyond the size it declares. A few
    kilobytes may still unpack to a row of millions of cells, so the elements are counted, as the bytes stream by.

    Raises:
        Refused: see `rows`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > limits.members:
                raise Refused("registry.workbook_broken")
            if sum(member.file_size for member in members) > limits.unpacked_bytes:
                raise Refused("registry.workbook_too_large", limit=limits.unpacked_bytes)
            total = 0
            for member in members:
                total += _elements(archive, member, limits)
                if total > limits.elements:
                    raise Refused("registry.too_many_cells", limit=limits.elements // 2)
    except _BROKEN:
        raise Refused("registry.workbook_broken") from None


def _elements(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limits: Limits) -> int:
    """How many elements a member has.

    Raises:
        Refused: `registry.workbook_crowded` when too many of them are held at one time; a row lets go of its own.
    """
    total = held = 0
    for part in _tags(archive, member):
        for number, row in enumerate(_ROW_END.split(part)):
            opened = row.count(b"<") - row.count(b"</")
            total += opened
            held = opened if number else held + opened
            if held > limits.held_elements:
                raise Refused("registry.workbook_crowded", limit=limits.held_elements // 2)
    return total


def _tags(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """A member in portions that end before a tag, without the zeros of UTF-16.

    Raises:
        Refused: `registry.workbook_broken` where it declares entities: no workbook does.
    """
    kept = b""
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            text = kept + chunk.replace(b"\0", b"")
            if _DOCTYPE in text:
                raise Refused("registry.workbook_broken")
            cut = max(text.rfind(b"<"), 0)
            yield text[:cut]
            kept = text[cut : cut + _LONGEST_NAME]
    yield kept


def cell_text(value: Any) -> str:
    """A cell as text; a whole number that has lost its last digits is written so that nobody takes it for exact."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int) and abs(value) >= _EXACT:
        return f"{float(value):.14e}"
    if isinstance(value, float):
        return f"{value:.15g}"  # the digits Excel itself keeps
    return str(value)
