"""A small PDF writer for the sandbox's agreements: text and lines on A4, Russian included, no font in the file.

The pages ask for Arial by name, a font of every Windows, with the letters placed by their glyph names; other systems
show the nearest font they have. A program that reads the text gets it exactly (ToUnicode). A real lender embeds his
fonts: these papers are for trying out, not for an archive.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

WIDTH, HEIGHT = 595, 842  # points
_FIRST = 128  # codes below are ASCII
_SPECIAL = {
    "№": "afii61352",
    "«": "guillemotleft",
    "»": "guillemotright",
    "—": "emdash",
    "₽": "rouble",
    "Ё": "afii10023",
    "ё": "afii10071",
}
# Adobe's names run with the alphabet: А afii10017 … Я afii10049 without Ё, а afii10065 … я afii10097 without ё
_CAPITALS = "АБВГДЕ" + "ЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"
_GLYPHS = (
    _SPECIAL
    | {letter: f"afii{10017 + place + (place > 5)}" for place, letter in enumerate(_CAPITALS)}
    | {letter.lower(): f"afii{10065 + place + (place > 5)}" for place, letter in enumerate(_CAPITALS)}
)
_CODES = {letter: _FIRST + place for place, letter in enumerate(_GLYPHS)}


@dataclass(frozen=True, slots=True)
class Word:
    """A text on a page; `x`, `y` in points from the lower left corner, `size` of the letters."""

    x: float
    y: float
    text: str
    size: float = 10


@dataclass(frozen=True, slots=True)
class Box:
    """A frame; `x`, `y` of its lower left corner."""

    x: float
    y: float
    width: float
    height: float


def write(pages: list[list[Word | Box]], title: str) -> bytes:
    """A whole PDF 1.4 file of these pages."""
    bodies = [_stream(page) for page in pages]
    count = len(bodies)
    kids = " ".join(f"{7 + 2 * place} 0 R" for place in range(count))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode(),
        _font(),
        b"<< /Type /FontDescriptor /FontName /Arial /Flags 32 /FontBBox [-665 -325 2000 1006] /ItalicAngle 0 "
        b"/Ascent 905 /Descent -212 /CapHeight 716 /StemV 80 >>",
        _packed(_to_unicode()),
        f"<< /Title <{_utf16(title)}> /Producer <{_utf16('Kvit sandbox')}> >>".encode(),
    ]
    for place, body in enumerate(bodies):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents {8 + 2 * place} 0 R "
            "/Resources << /Font << /F 3 0 R >> >> >>".encode()
        )
        objects.append(_packed(body))
    return _file(objects)


def _file(objects: list[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info 6 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def _packed(body: bytes) -> bytes:
    packed = zlib.compress(body)
    return b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed)


def _stream(page: list[Word | Box]) -> bytes:
    out = []
    for item in page:
        if isinstance(item, Box):
            out.append(b"%.1f %.1f %.1f %.1f re S" % (item.x, item.y, item.width, item.height))
        else:
            out.append(b"BT /F %.1f Tf %.1f %.1f Td (%s) Tj ET" % (item.size, item.x, item.y, _encoded(item.text)))
    return b"\n".join(out)


def _encoded(text: str) -> bytes:
    codes = bytes(_CODES.get(letter, ord(letter) if 32 <= ord(letter) < 127 else ord("?")) for letter in text)
    return codes.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _font() -> bytes:
    last = _FIRST + len(_GLYPHS) - 1
    names = " ".join(f"/{name}" for name in _GLYPHS.values())
    letters = [chr(code) for code in range(32, _FIRST)] + list(_GLYPHS)
    widths = " ".join(str(_width(letter)) for letter in letters)
    return (
        "<< /Type /Font /Subtype /TrueType /BaseFont /Arial /FirstChar 32 "
        f"/LastChar {last} /Widths [{widths}] /FontDescriptor 4 0 R /ToUnicode 5 0 R "
        f"/Encoding << /Type /Encoding /BaseEncoding /WinAnsiEncoding /Differences [{_FIRST} {names}] >> >>"
    ).encode()


def _width(letter: str) -> int:
    """About what Arial's letter takes, in thousandths of the size: enough to set lines by."""
    if letter.isupper() or letter == "—":
        return 700
    if letter.islower() or letter.isdigit():
        return 550
    return 278 if letter in " .,:;!/\\|" else 500


def _to_unicode() -> bytes:
    lines = [f"<{code:02X}> <{ord(letter):04X}>" for letter, code in _CODES.items()]
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Kvit def /CMapType 2 def "
        "1 begincodespacerange <00> <FF> endcodespacerange "
        f"1 beginbfrange <20> <7E> <0020> endbfrange {len(lines)} beginbfchar {' '.join(lines)} endbfchar "
        "endcmap CMapName currentdict /CMap defineresource pop end end"
    ).encode()


def _utf16(text: str) -> str:
    return ("\ufeff" + text).encode("utf-16-be").hex().upper()
