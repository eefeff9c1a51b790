"""Registries as dBASE III tables, which the Post and older bank programs send.

The layout is Borland's of 1984: a head of 32 bytes, 32 bytes for each field up to a byte 0x0D, then records of one
length, each behind a byte that marks it as deleted. Memo files do not come along and are not read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.core.encoding import likely_russian
from gateway.core.errors import Refused
from gateway.payments.registries.read.rows import HEADER, Limits

VERSIONS = frozenset({0x02, 0x03, 0x04, 0x05, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8B, 0xCB, 0xF5})
_FIELD = 32
_END_OF_FIELDS = 0x0D
_DELETED = b"*"
_LANGUAGES = {0x26: "cp866", 0x65: "cp866", 0x57: "cp1251", 0xC9: "cp1251"}  # byte 29 of the head
_TYPES = frozenset(b"CNFDLIYB")


@dataclass(frozen=True, slots=True)
class _Field:
    name: bytes
    type: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class _Head:
    records: int
    start: int
    length: int
    encoding: str
    fields: tuple[_Field, ...]


def is_dbf(data: bytes) -> bool:
    """Whether the head is that of a table whose fields lie within its records."""
    try:
        return bool(_head(data).fields)
    except Refused:
        return False


def rows(data: bytes, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    """The names of the fields as row 0, then (number, cells) of each record that is not deleted.

    Raises:
        Refused: `registry.dbf_broken` when it is no such table or breaks off; `registry.too_many_rows`,
            `registry.too_many_columns`. Records and fields without a text are counted too: each is looked at.
    """
    head = _head(data)
    if head.records > limits.rows:
        raise Refused("registry.too_many_rows", limit=limits.rows)
    if len(head.fields) > limits.columns:
        raise Refused("registry.too_many_columns", limit=limits.columns, row=HEADER)
    encoding = head.encoding or likely_russian(data[head.start :], ("cp866", "cp1251"))
    yield HEADER, [field.name.decode(encoding, "replace").strip() for field in head.fields]
    for number in range(1, head.records + 1):
        start = head.start + (number - 1) * head.length
        record = data[start : start + head.length]
        if len(record) < head.length:
            raise Refused("registry.dbf_broken", record=number)
        if record[:1] != _DELETED:
            yield number, [_text(record[f.offset : f.offset + f.length], f.type, encoding) for f in head.fields]


def _head(data: bytes) -> _Head:
    if len(data) < 2 * _FIELD or data[0] not in VERSIONS:
        raise Refused("registry.dbf_broken", record=0)
    records, start, length = struct.unpack_from("<IHH", data, 4)
    fields: list[_Field] = []
    at, offset = _FIELD, 1
    while at < min(start, len(data)) and data[at] != _END_OF_FIELDS:
        described = data[at : at + _FIELD]
        if len(described) < _FIELD or described[11] not in _TYPES:
            raise Refused("registry.dbf_broken", record=0)
        fields.append(_Field(described[:11].partition(b"\0")[0], chr(described[11]), offset, described[16]))
        offset += described[16]
        at += _FIELD
    if not fields or offset > length or start > len(data):
        raise Refused("registry.dbf_broken", record=0)
    return _Head(records, start, length, _LANGUAGES.get(data[29], ""), tuple(fields))


def _text(raw: bytes, kind: str, encoding: str) -> str:
    if kind == "I" and len(raw) == 4:
        return str(struct.unpack("<i", raw)[0])
    if kind == "Y" and len(raw) == 8:  # currency: ten-thousandths
        return _fixed(struct.unpack("<q", raw)[0])
    if kind == "B" and len(raw) == 8:
        return f"{struct.unpack('<d', raw)[0]:.15g}"
    text = raw.replace(b"\0", b" ").decode(encoding, "replace").strip()
    if kind == "D" and len(text) == 8 and text.isdigit():
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    return text


def _fixed(ten_thousandths: int) -> str:
    whole, part = divmod(abs(ten_thousandths), 10_000)
    return f"{'-' if ten_thousandths < 0 else ''}{whole}.{part:04d}"
