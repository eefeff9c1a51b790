"""Which characters the bytes of a 1C file stand for.

Files lie about it: Sberbank declares Windows and writes UTF-8, shop modules declare UTF-8 and write cp1251, old
configurations write DOS. So the declaration is only one witness. The order is: byte order mark; strict UTF-8 (Russian
text in a one-byte encoding is practically never valid UTF-8); the declared encoding; then the other Russian ones. Of
the one-byte encodings, which all can decode almost anything, the one counts in which a word that every such file
contains really appears.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.core.errors import Refused

XML_MARK = "КоммерческаяИнформация"
BANK_MARKS = ("ВерсияФормата", "СекцияДокумент", "КонецФайла")

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# The names a file may declare; any other name is refused rather than guessed.
_NAMES = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "utf-16": "utf-16",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "windows-1251": "cp1251",
    "cp1251": "cp1251",
    "cp-1251": "cp1251",
    "win-1251": "cp1251",
    "1251": "cp1251",
    "windows": "cp1251",
    "ansi": "cp1251",
    "dos": "cp866",
    "oem": "cp866",
    "cp866": "cp866",
    "ibm866": "cp866",
    "866": "cp866",
    "koi8-r": "koi8-r",
    "iso-8859-5": "iso8859-5",
}
_RUSSIAN = ("cp1251", "cp866", "koi8-r")
_XML_DECLARED = re.compile(rb"\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_HEAD_BYTES = 2000
_SAMPLE_BYTES = 256 * 1024
# Told apart by what is common: small letters, and the capitals a word begins with.
_FREQUENT = frozenset("оеаинтсрвлкмдпуяыОПСКНДВАРТИМ")
_LETTERS = frozenset("абвгдежзийклмнопрстуфхцчшщъыьэюяАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯёЁ№\u00a0«»—–")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file as text.

    Attributes:
        text: the characters, without a byte order mark; line ends as they were.
        encoding: Python's name of the encoding that was right.
        declared: the name the file itself gave, "" if none.
        differs: the declaration was wrong.
    """

    text: str
    encoding: str
    declared: str
    differs: bool


def decode_xml(data: bytes) -> Decoded:
    """The text of a CommerceML file.

    Raises:
        Refused: `onec.encoding_unknown` when the declared name is none of those we know, `onec.encoding_unreadable`
            when no encoding fits.
    """
    # a declaration is ASCII, so without marks and zero bytes it reads the same in every encoding
    head = data[:_HEAD_BYTES].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")
    found = _XML_DECLARED.match(head)
    declared = found.group(1).decode("ascii") if found else ""
    return _decode(data, declared, (XML_MARK,))


def decode_bank(data: bytes) -> Decoded:
    """The text of a 1CClientBankExchange file, by its own line `Кодировка=` in whatever encoding that line is.

    Raises:
        Refused: as `decode_xml`.
    """
    return _decode(data, _bank_declared(data[:_HEAD_BYTES]), BANK_MARKS)


def decode_text(data: bytes) -> str | None:
    """The text of a file that neither declares its encoding nor contains a word known in advance; None when it is none.

    A byte order mark, then UTF-16 by its zero bytes, then strict UTF-8, then whichever Russian encoding makes the best
    Russian of it.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _strictly(data[len(bom) :], encoding)
    head = data[:_HEAD_BYTES]
    if b"\x00" in head:  # of an ASCII character one half is zero, the first or the second
        return _strictly(data, "utf-16-be" if head[::2].count(0) > head[1::2].count(0) else "utf-16-le")
    as_utf8 = _strictly(data, "utf-8")
    return as_utf8 if as_utf8 is not None else _strictly(data, likely_russian(data, _RUSSIAN))


def likely_russian(data: bytes, encodings: Sequence[str]) -> str:
    """Which of the one-byte `encodings` makes most ordinary Russian letters of `data`; the first of equals."""
    sample = bytes(byte for byte in data[:_SAMPLE_BYTES] if byte >= 0x80)

    def fitness(encoding: str) -> int:
        text = sample.decode(encoding, "ignore")
        return sum((letter in _FREQUENT) - (letter not in _LETTERS) for letter in text)

    return max(encodings, key=fitness)


def broken_at_the_end(data: bytes) -> bool:
    """Whether `data` breaks off in a way that would pass for another encoding.

    Either it is UTF-8 that stops in the middle of a character, a copy not yet finished; or it ends in zero bytes, as
    a file does whose size was set before a power cut.
    """
    if data.endswith(b"\x00") and not _is_wide(data):
        return True
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data" and error.end == len(data)
    return False


def _is_wide(data: bytes) -> bool:
    """UTF-16, with or without its mark: the first character of both kinds of file is ASCII, so one half is zero."""
    return data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\x00" in data[:4]


def _decode(data: bytes, declared: str, marks: tuple[str, ...]) -> Decoded:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            text = _strictly(data[len(bom) :], encoding)
            if text is None:
                raise _unreadable(data, declared or encoding)
            return Decoded(text, encoding, declared, _differs(declared, encoding))
    if _is_wide(data):
        encoding = "utf-16-be" if data[:1] == b"\x00" else "utf-16-le"
        text = _strictly(data, encoding)
        if text is None:
            raise _unreadable(data, declared or encoding)
        return Decoded(text, encoding, declared, _differs(declared, encoding))
    if declared and declared.lower() not in _NAMES:
        raise Refused("onec.encoding_unknown", declared=declared[:40])
    as_utf8 = _strictly(data, "utf-8")
    if as_utf8 is not None:
        return Decoded(as_utf8, "utf-8", declared, not data.isascii() and _differs(declared, "utf-8"))
    return _one_byte(data, declared, marks)


def _one_byte(data: bytes, declared: str, marks: tuple[str, ...]) -> Decoded:
    stated = _NAMES.get(declared.lower(), "")
    candidates = list(dict.fromkeys(name for name in (stated, *_RUSSIAN) if name and not name.startswith("utf")))
    readable = ""
    for encoding in candidates:
        text = _strictly(data, encoding)
        if text is None:
            continue
        if any(mark in text for mark in marks):
            return Decoded(text, encoding, declared, _differs(declared, encoding))
        readable = readable or encoding
    if not readable or any(mark.encode("utf-8") in data for mark in marks):
        raise _unreadable(data, declared or "UTF-8")
    # No mark in any of them: not one of our files; the reader will say what it is instead
    return Decoded(data.decode(readable), readable, declared, _differs(declared, readable))


def _unreadable(data: bytes, declared: str) -> Refused:
    """The refusal, with the line of the first byte that is not UTF-8 (what nearly every such file means to be)."""
    line = 1
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    return Refused("onec.encoding_unreadable", declared=declared, line=line)


def _bank_declared(head: bytes) -> str:
    for encoding in ("utf-8", "cp1251", "cp866"):
        text = head.decode(encoding, errors="ignore")
        found = re.search(r"(?im)^\s*Кодировка\s*=\s*([A-Za-z0-9-]{1,20})\s*$", text)
        if found:
            return found.group(1)
    return ""


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _differs(declared: str, encoding: str) -> bool:
    stated = _NAMES.get(declared.lower(), "")
    return bool(stated) and stated != encoding and not encoding.startswith(stated)
