"""One file from 1C or a bank, whatever it is: kind by content, then facts.

`kvit import FILE` and the exchange folder both come in here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from gateway.bank.formats import clientbank_read
from gateway.bank.formats.clientbank import FIRST_LINE, ClientBankFile
from gateway.bank.formats.reading import statement_format
from gateway.core.clock import MOSCOW
from gateway.core.encoding import XML_MARK
from gateway.core.errors import Refused
from gateway.core.problem import Problem
from gateway.onec import commerceml_read
from gateway.onec.archive import DEFAULT_LIMITS, Limits, is_zip, members
from gateway.onec.model_documents import CommerceML
from gateway.onec.payment_orders import PAY_DOC, PaymentOrders, of_paydocru

_HEAD = 4 * 1024 * 1024  # how far to look for what an XML file holds
_SECTION = re.compile(r"<(?:[\w.-]+:)?(Каталог|ПакетПредложений|ИзмененияПакетаПредложений|Контейнер|Документ)[\s/>]")
_RANKS = {"Каталог": 0, "ПакетПредложений": 1, "ИзмененияПакетаПредложений": 1, "Контейнер": 2, "Документ": 2}
_HEAD_ENCODINGS = ("utf-8", "cp1251", "cp866", "koi8-r")


class Kind(StrEnum):
    """What a file is."""

    COMMERCEML = "commerceml"
    CLIENT_BANK = "client_bank"
    STATEMENT = "statement"
    PAYMENT_ORDER = "payment_order"


@dataclass(frozen=True, slots=True)
class StatementFile:
    """A bank statement in a format of the bank's; its own reader reads it.

    Attributes:
        format: as in `gateway.bank.formats.reading`.
    """

    format: str
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file, read.

    Attributes:
        name: the file's name; for a member of an archive "archive.zip/member.xml".
        sha256: of the bytes of this very file (of the member, not of its archive), hex: the key by which the one who
            takes it knows whether he has had it.
        content: the facts.
        data: the bytes of a file of the bank's or for it (statements, payment orders); b"" of others.
    """

    name: str
    sha256: str
    kind: Kind
    size: int
    content: CommerceML | ClientBankFile | StatementFile | PaymentOrders
    data: bytes = b""

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self.content.problems


def read_file(data: bytes, name: str, *, limits: Limits = DEFAULT_LIMITS, zone: ZoneInfo = MOSCOW) -> Incoming:
    """One file that is not an archive.

    Raises:
        Refused: why it cannot be read, "onec.…"; nothing of a refused file may be used.
    """
    if len(data) > limits.file_bytes:
        raise Refused("onec.file_too_large", size=len(data), limit=limits.file_bytes)
    if not data.strip(b"\x00 \r\n\t"):
        raise Refused("onec.file_empty")
    digest = hashlib.sha256(data).hexdigest()
    head = list(_heads(data[:4000]))
    if any(text.startswith(FIRST_LINE) for text in head):
        return Incoming(name, digest, Kind.CLIENT_BANK, len(data), clientbank_read.read(data), data)
    if any(PAY_DOC.search(text) for text in head):
        return Incoming(name, digest, Kind.PAYMENT_ORDER, len(data), of_paydocru(data), data)
    if found := statement_format(data):
        return Incoming(name, digest, Kind.STATEMENT, len(data), StatementFile(found), data)
    if any(text.startswith("<") for text in head):
        return Incoming(name, digest, Kind.COMMERCEML, len(data), commerceml_read.read(data, zone))
    raise Refused("onec.kind_unknown", fragment=head[0][:60])


def open_file(data: bytes, name: str, limits: Limits) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of the file itself, or of each readable member when it is an archive, in order of importing.

    Raises:
        Refused: `onec.zip_…`, `onec.file_too_large`.
    """
    if len(data) > limits.file_bytes:
        raise Refused("onec.file_too_large", size=len(data), limit=limits.file_bytes)
    if not is_zip(data[:4]):
        yield name, data
        return
    found = [(f"{name}/{inner}", content) for inner, content in members(data, limits)]
    yield from sorted(found, key=lambda item: (rank(item[1]), item[0]))


def rank(data: bytes) -> int:
    """When to import a file: 0 catalogue, 1 offers and stock, 2 orders, 3 the rest.

    Stock needs its goods and orders need theirs. For an archive the earliest of its files counts, found by name.
    """
    if is_zip(data[:4]):
        return 0
    if any(text.startswith(FIRST_LINE) for text in _heads(data[:200])):
        return 3
    for text in _heads(data[:_HEAD]):
        if found := _SECTION.search(text):
            return _RANKS[found.group(1)]
        if XML_MARK in text:
            # a classifier alone belongs to the catalogue
            return 0
    return 3


def _heads(head: bytes) -> Iterator[str]:
    """The beginning of a file in each encoding it may have, without byte order mark and leading space."""
    encodings: tuple[str, ...] = _HEAD_ENCODINGS
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ("utf-16",)
    elif b"\x00" in head[:4]:
        encodings = ("utf-16-be" if head[:1] == b"\x00" else "utf-16-le",)
    for encoding in encodings:
        yield head.decode(encoding, errors="ignore").lstrip("\ufeff \r\n\t")
