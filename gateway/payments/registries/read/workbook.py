"""Registries as Excel workbooks (.xlsx)."""

from __future__ import annotations

import io
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
_HEAD = 64 * 1024
_DOCTYPE = b"<!DOCTYPE"
_BROKEN = (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError, EOFError, SyntaxError, IndexError,
           TypeError, AttributeError, NotImplementedError, RuntimeError, zlib.error)  # fmt: skip
"""What openpyxl lets through when a workbook is not one."""


def rows(data: bytes, limits: Limits, sheet: str = "") -> Iterator[tuple[int, list[str]]]:
    """(row, cells) of one sheet: the named one, else the first that is shown.

    Raises:
        Refused: `registry.workbook_broken`, `registry.workbook_too_large`, `registry.sheet_missing`,
            `registry.too_many_rows`.
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
            yield number, [_text(value) for value in values]
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
    """What the archive says of itself is binding: nothing reads a member beyond the size it declares."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > limits.unpacked_bytes:
                raise Refused("registry.workbook_too_large", limit=limits.unpacked_bytes)
            for member in members:
                if not member.filename.endswith((".xml", ".rels")):
                    continue
                with archive.open(member) as stream:
                    head = stream.read(_HEAD)
                if _DOCTYPE in head.replace(b"\0", b""):  # no workbook declares entities
                    raise Refused("registry.workbook_broken")
    except _BROKEN:
        raise Refused("registry.workbook_broken") from None


def _text(value: Any) -> str:
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
