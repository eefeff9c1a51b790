"""Parts of an SMS: what a text is encoded in, where it is cut, and what it costs.

3GPP TS 23.038 and 23.040: 160 septets of the GSM alphabet fit one message, 153 each part of a longer one; of UCS-2
70 and 67 code units. A character of the extension table takes two septets, one outside the basic plane two code units,
and neither pair is ever cut in two.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from gateway.core.money import Money

_ESCAPE = 0x1B
# 3GPP TS 23.038, 6.2.1: the character of each septet; ESC itself stands for nothing.
_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# 6.2.1.1: after ESC.
_EXTENSION = {"\f": 0x0A, "^": 0x14, "{": 0x28, "}": 0x29, "\\": 0x2F, "[": 0x3C, "~": 0x3D, "]": 0x3E, "|": 0x40,
              "€": 0x65}  # fmt: skip
_SEPTETS = {character: bytes((code,)) for code, character in enumerate(_BASIC) if code != _ESCAPE} | {
    character: bytes((_ESCAPE, code)) for character, code in _EXTENSION.items()
}


class Encoding(StrEnum):
    """Alphabet of an SMS."""

    GSM = "gsm"
    UCS2 = "ucs2"


_ALONE = {Encoding.GSM: 160, Encoding.UCS2: 70}
_TOGETHER = {Encoding.GSM: 153, Encoding.UCS2: 67}


@dataclass(frozen=True, slots=True)
class Cut:
    """A text as it goes out.

    Attributes:
        units: septets or code units in all.
        parts: the text of each part; one empty part for an empty text.
    """

    encoding: Encoding
    units: int
    parts: tuple[str, ...]

    @property
    def segments(self) -> int:
        return len(self.parts)

    def price(self, of_one: Money) -> Money:
        """What it costs when a part costs `of_one`."""
        return Money(of_one.kopecks * self.segments)


def cut(text: str) -> Cut:
    """The parts a text goes out in."""
    encoding = Encoding.UCS2 if foreign(text) else Encoding.GSM
    units = sum(_width(character, encoding) for character in text)
    if units <= _ALONE[encoding]:
        return Cut(encoding, units, (text,))
    return Cut(encoding, units, tuple(_parts(text, encoding)))


def foreign(text: str) -> str:
    """The characters that are not of the GSM alphabet, each once: one of them makes every part shorter."""
    return "".join(dict.fromkeys(character for character in text if character not in _SEPTETS))


def encode(part: str, encoding: Encoding) -> bytes:
    """A part as bytes: septets one to a byte, as SMPP carries them, or UTF-16BE.

    Raises:
        KeyError: a character outside the GSM alphabet.
    """
    if encoding is Encoding.GSM:
        return b"".join(_SEPTETS[character] for character in part)
    return part.encode("utf-16-be", "surrogatepass")


def _width(character: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM:
        return len(_SEPTETS[character])
    return 2 if ord(character) > 0xFFFF else 1


def _parts(text: str, encoding: Encoding) -> Iterator[str]:
    begin, width = 0, 0
    for at, character in enumerate(text):
        more = _width(character, encoding)
        if width + more > _TOGETHER[encoding]:
            yield text[begin:at]
            begin, width = at, 0
        width += more
    yield text[begin:]
