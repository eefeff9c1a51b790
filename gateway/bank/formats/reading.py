"""What a document is, and which reader understands it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO

from lxml import etree

from gateway.bank.channel import Document, DocumentKind
from gateway.bank.formats import camt
from gateway.bank.statement import Entry, StatementHead
from gateway.core.errors import Corrupt

Reader = Callable[[BinaryIO], Iterator[StatementHead | Entry]]

READERS: Mapping[str, Reader] = {"camt": camt.read}
"""Readers of statements by the name of their format (`Document.format`)."""

_BY_ROOT_CHILD = {
    "BkToCstmrStmt": (DocumentKind.STATEMENT, "camt"),
    "BkToCstmrAcctRpt": (DocumentKind.STATEMENT, "camt"),
    "BkToCstmrDbtCdtNtfctn": (DocumentKind.STATEMENT, "camt"),
    "CstmrPmtStsRpt": (DocumentKind.ORDER_STATUS, "pain.002"),
}


def read(format_name: str, content: bytes) -> Iterator[StatementHead | Entry]:
    """The lines of a statement.

    Raises:
        Corrupt: `bank.unknown_content` for a format nobody reads, and what the reader raises.
    """
    reader = READERS.get(format_name)
    if reader is None:
        raise Corrupt("bank.unknown_content", what=format_name[:80])
    return reader(io.BytesIO(content))


def describe(content: bytes) -> Document:
    """An XML file of a bank by its outermost elements.

    What begins like nothing we know is taken for a statement: its reader then says what is wrong with it, and a
    person looks. Only what is surely no statement is anything else.
    """
    kind, name = _BY_ROOT_CHILD.get(_first_inner_element(content), (DocumentKind.STATEMENT, "camt"))
    return Document(kind, name, content)


def _first_inner_element(content: bytes) -> str:
    """Local name of the root's first child, "" when there is none; reads no further than that."""
    depth = 0
    try:
        events = etree.iterparse(io.BytesIO(content), events=("start",), no_network=True, resolve_entities=False)
        for _, node in events:
            depth += 1
            if depth == 2:
                return etree.QName(node).localname
    except (etree.XMLSyntaxError, ValueError):
        return ""
    return ""
