"""Lists of parcels as tables, whatever program wrote them: xlsx, csv, ods, xls."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, WorksheetNotFound, XmlError, ZipError

from gateway.core.errors import Refused
from gateway.payments.registries.read import DEFAULT_LIMITS, Limits, Row, read_rows
from gateway.payments.registries.read.rows import within
from gateway.payments.registries.read.workbook import MAGIC, OLD_MAGIC, cell_text

_ODS = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
_WORKBOOK = b"xl/workbook.xml"  # its name stands in the archive's directory
_ODS_AT = slice(30, 30 + len(_ODS))  # its first member is stored as it is, right behind its head
_BROKEN = (CalamineError, PasswordError, WorksheetNotFound, XmlError, ZipError, ValueError, OSError)


def is_spreadsheet(data: bytes) -> bool:
    """Whether these are the bytes of a workbook: xlsx, ods or xls."""
    if data.startswith(OLD_MAGIC) or (data.startswith(MAGIC) and data[_ODS_AT] == _ODS):
        return True
    return data.startswith(MAGIC) and _WORKBOOK in data


def read_table(data: bytes, limits: Limits = DEFAULT_LIMITS) -> list[Row]:
    """The rows of the first sheet; what a file is, its bytes say and not its name.

    Raises:
        Refused: `registry.…` of the readers.
    """
    if data.startswith(OLD_MAGIC) or (data.startswith(MAGIC) and data[_ODS_AT] == _ODS):
        if len(data) > limits.file_bytes:
            raise Refused("registry.file_too_large", size=len(data), limit=limits.file_bytes)
        return list(within(_spreadsheet(data, limits), limits))
    return list(read_rows(data, limits))


def _spreadsheet(data: bytes, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    if data.startswith(MAGIC):
        _check_size(data, limits)
    try:
        cells = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except _BROKEN:
        raise Refused("registry.workbook_broken") from None
    for number, values in enumerate(cells, start=1):
        yield number, [_text(value) for value in values]


def _check_size(data: bytes, limits: Limits) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError):
        raise Refused("registry.workbook_broken") from None
    if unpacked > limits.unpacked_bytes:
        raise Refused("registry.workbook_too_large", limit=limits.unpacked_bytes)


def _text(value: Any) -> str:
    """These formats know no whole numbers."""
    return cell_text(int(value) if isinstance(value, float) and value.is_integer() else value)
