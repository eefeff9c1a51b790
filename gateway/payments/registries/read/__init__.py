"""Readers of registry files: delimited text, Excel workbook, dBASE table, XML. All give the same rows."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.core.errors import Refused
from gateway.payments.registries.read import dbf, markup, text, workbook
from gateway.payments.registries.read.rows import DEFAULT_LIMITS, HEADER, Limits, Row, within

__all__ = ["DEFAULT_LIMITS", "HEADER", "Limits", "Row", "read_rows"]

_XML_HEADS = (b"<?xml", b"<")


def read_rows(data: bytes, limits: Limits = DEFAULT_LIMITS, *, sheet: str = "", element: str = "") -> Iterator[Row]:
    """The rows of a file, whatever it is; what it is, its bytes say and not its name.

    Args:
        sheet: of a workbook, "" for the first one shown.
        element: the repeated element of an XML, "" for the one repeated most.

    Raises:
        Refused: `registry.file_empty`, `registry.file_too_large`, `registry.old_workbook`, `registry.…` of the reader;
            some only when the rows are walked.
    """
    if not data.strip(b"\0 \r\n\t"):
        raise Refused("registry.file_empty")
    if len(data) > limits.file_bytes:
        raise Refused("registry.file_too_large", size=len(data), limit=limits.file_bytes)
    if data.startswith(workbook.OLD_MAGIC):
        raise Refused("registry.old_workbook")
    if data.startswith(workbook.MAGIC):
        return within(workbook.rows(data, limits, sheet), limits)
    if dbf.is_dbf(data):
        return within(dbf.rows(data, limits), limits)
    if _is_xml(data):
        return within(markup.rows(data, limits, element), limits)
    return within(text.rows(data), limits)


def _is_xml(data: bytes) -> bool:
    head = data[:200].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t")
    return head.startswith(_XML_HEADS)
