"""What a document is, and which reader understands it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO

from lxml import etree

from gateway.bank.channel import Document, DocumentKind
from gateway.bank.formats import camt, clientbank_statement, directbank, mt940
from gateway.bank.formats.clientbank import FIRST_LINE
from gateway.bank.statement import Entry, StatementHead
from gateway.core.errors import Corrupt
from gateway.signing.parsing import local_name

Reader = Callable[[BinaryIO], Iterator[StatementHead | Entry]]

READERS: Mapping[str, Reader] = {
    "camt": camt.read,
    "directbank.statement": directbank.read,
    "mt940": mt940.read,
    "1c-text": clientbank_statement.read,
}
"""Readers of statements by the name of their format (`Document.format`)."""

_HEAD = 4096  # how far into a text file its kind must show

_BY_ROOT = {
    "Statement": (DocumentKind.STATEMENT, "directbank.statement"),
    "StatusDocNotice": (DocumentKind.ORDER_STATUS, "directbank.status"),
    "StatusPacketNotice": (DocumentKind.ORDER_STATUS, "directbank.status"),
}
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
    """A file of a bank by its beginning, an XML file by its outermost elements.

    What begins like nothing we know is taken for a statement: its reader then says what is wrong with it, and a
    person looks. Only what is surely no statement is anything else.
    """
    text = statement_in_text(content[:_HEAD])
    if text:
        return Document(DocumentKind.STATEMENT, text, content)
    root, inner = _outermost(content)
    kind, name = _BY_ROOT.get(root) or _BY_ROOT_CHILD.get(inner, (DocumentKind.STATEMENT, "camt"))
    return Document(kind, name, content)


def statement_format(content: bytes) -> str:
    """The format of a file that surely begins like a statement, "" of any other."""
    root, inner = _outermost(content)
    kind, name = _BY_ROOT.get(root) or _BY_ROOT_CHILD.get(inner, (DocumentKind.OTHER, ""))
    if kind is DocumentKind.STATEMENT and (root in _BY_ROOT or root == "Document"):
        return name
    return statement_in_text(content[:_HEAD])


def statement_in_text(head: bytes) -> str:
    """The format of a text file that begins with `head`, "" where it is none of a bank's."""
    plain = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if plain.startswith(FIRST_LINE.encode("ascii")):
        return "1c-text"
    if not plain.startswith(b"<") and mt940.looks_like(head):
        return "mt940"
    return ""


def _outermost(content: bytes) -> tuple[str, str]:
    """Local names of the root and of its first child, "" where there is none; reads no further than that."""
    found: list[str] = []
    try:
        events = etree.iterparse(io.BytesIO(content), events=("start",), no_network=True, resolve_entities=False)
        for _, node in events:
            found.append(local_name(node))
            if len(found) == 2:
                break
    except (etree.XMLSyntaxError, ValueError):
        pass
    return (*found, "", "")[0], (*found, "", "")[1]
