"""DER, the octets of certificates and CMS: a strict reader and a writer of the few types we need.

Why not a library: the general one at hand builds a signature's structure in 0.9 ms, longer than RSA takes to sign it,
and reads laxly (it takes BER, and octets behind the end unless told). This reader takes DER and nothing else: short
tags, minimal lengths, no octet left over. Whoever signs in BER (Java providers stream it) is met once, at the door,
by `definite`.

Every refusal is `Corrupt("cms.malformed")`.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

from gateway.core.errors import Corrupt

INTEGER, BIT_STRING, OCTET_STRING, NULL, OID = 0x02, 0x03, 0x04, 0x05, 0x06
UTC_TIME, GENERALIZED_TIME = 0x17, 0x18
SEQUENCE, SET = 0x30, 0x31

_CONSTRUCTED = 0x20
_DEEPEST = 32
_MOST_PARTS = 4096


def context(number: int, *, constructed: bool = True) -> int:
    """The tag [number]."""
    return 0x80 | number | (_CONSTRUCTED if constructed else 0)


def malformed(detail: str) -> Corrupt:
    """The error of octets that are not what they must be."""
    return Corrupt("cms.malformed", detail=detail)


class Element(NamedTuple):
    """One tag, length, value.

    Attributes:
        tag: identifier octet.
        content: the value.
        raw: the whole of it, header included.
    """

    tag: int
    content: bytes
    raw: bytes

    def integer(self) -> int:
        """The value of an INTEGER in its shortest form."""
        self._is(INTEGER)
        octets = self.content
        if not octets or (len(octets) > 1 and octets[0] in (0x00, 0xFF) and (octets[0] ^ octets[1]) < 0x80):
            raise malformed("an integer in a longer form than its shortest")
        return int.from_bytes(octets, "big", signed=True)

    def oid(self) -> str:
        """The value of an OBJECT IDENTIFIER, dotted."""
        self._is(OID)
        return _dotted(self.content)

    def octets(self) -> bytes:
        """The value of an OCTET STRING."""
        self._is(OCTET_STRING)
        return self.content

    def fields(self, tag: int = SEQUENCE) -> Fields:
        """The parts of a constructed element, to be taken in order."""
        self._is(tag)
        return Fields(split(self.content))

    def _is(self, tag: int) -> None:
        if self.tag != tag:
            raise malformed(f"tag {self.tag:#04x} where {tag:#04x} belongs")


class Fields:
    """The parts of a SEQUENCE, taken one after the other; `end` says that nothing may be left."""

    __slots__ = ("_next", "_parts")

    def __init__(self, parts: list[Element]) -> None:
        self._parts = parts
        self._next = 0

    def take(self, tag: int) -> Element:
        """The next part, which must have this tag."""
        found = self.optional(tag)
        if found is None:
            raise malformed(f"no element {tag:#04x} where one belongs")
        return found

    def optional(self, tag: int) -> Element | None:
        """The next part if it has this tag."""
        if self._next < len(self._parts) and self._parts[self._next].tag == tag:
            self._next += 1
            return self._parts[self._next - 1]
        return None

    def rest(self) -> list[Element]:
        """Whatever is left."""
        left = self._parts[self._next :]
        self._next = len(self._parts)
        return left

    def end(self) -> None:
        """Refuse anything that is left."""
        if self._next != len(self._parts):
            raise malformed("more elements than the standard has")


def only(octets: bytes) -> Element:
    """The one element that `octets` are, with nothing behind it."""
    parts = split(octets)
    if len(parts) != 1:
        raise malformed(f"{len(parts)} elements where one belongs")
    return parts[0]


def split(octets: bytes) -> list[Element]:
    """The elements `octets` consist of."""
    found = []
    at, size = 0, len(octets)
    while at < size:
        tag, start, length = _header(octets, at)
        if length is None:
            raise malformed("indefinite length")
        end = start + length
        found.append(Element(tag, octets[start:end], octets[at:end]))
        at = end
        if len(found) > _MOST_PARTS:
            raise malformed(f"more than {_MOST_PARTS} elements")
    return found


def definite(octets: bytes) -> bytes:
    """`octets` with indefinite lengths and chunked strings (BER) turned into the definite ones of DER.

    Nothing else of BER is forgiven; octets that are not of indefinite length are returned as they came.
    """
    if len(octets) < 2 or octets[1] != 0x80:
        return octets
    found, end = _definite(octets, 0, 0)
    if end != len(octets):
        raise malformed("octets behind the end")
    return found


def tlv(tag: int, *parts: bytes) -> bytes:
    """An element of this tag around `parts`."""
    content = b"".join(parts)
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    size = (length.bit_length() + 7) // 8
    return bytes((tag, 0x80 | size)) + length.to_bytes(size, "big") + content


def sequence(*parts: bytes) -> bytes:
    """A SEQUENCE of `parts`."""
    return tlv(SEQUENCE, *parts)


def set_of(*parts: bytes, tag: int = SET) -> bytes:
    """A SET OF `parts`, in the order DER wants them."""
    return tlv(tag, *sorted(parts))


def octet_string(octets: bytes) -> bytes:
    """An OCTET STRING."""
    return tlv(OCTET_STRING, octets)


def integer(value: int) -> bytes:
    """An INTEGER that is not negative."""
    return tlv(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


@cache
def oid(dotted: str) -> bytes:
    """An OBJECT IDENTIFIER."""
    first, second, *others = (int(arc) for arc in dotted.split("."))
    octets = bytearray()
    for arc in (first * 40 + second, *others):
        septets = [arc & 0x7F]
        while arc := arc >> 7:
            septets.append(0x80 | (arc & 0x7F))
        octets.extend(reversed(septets))
    return tlv(OID, bytes(octets))


def null() -> bytes:
    """A NULL."""
    return tlv(NULL)


def algorithm(dotted: str, parameters: bytes | None = None) -> bytes:
    """An AlgorithmIdentifier; `parameters` is a whole element."""
    return sequence(oid(dotted), parameters or b"")


def read_algorithm(element: Element) -> tuple[str, Element | None]:
    """Identifier and parameters of an AlgorithmIdentifier; NULL parameters count as none."""
    fields = element.fields()
    dotted = fields.take(OID).oid()
    left = fields.rest()
    if len(left) > 1:
        raise malformed("an algorithm with several parameters")
    if not left or left[0].raw == b"\x05\x00":
        return dotted, None
    return dotted, left[0]


def _header(octets: bytes, at: int) -> tuple[int, int, int | None]:
    """Tag, start of the content and its length (None: indefinite) of the element at `at`."""
    if at + 2 > len(octets):
        raise malformed("it breaks off")
    tag, length = octets[at], octets[at + 1]
    if tag & 0x1F == 0x1F or tag == 0:
        raise malformed("a tag the standard does not use")
    start = at + 2
    if length == 0x80:
        if not tag & _CONSTRUCTED:
            raise malformed("a string of indefinite length")
        return tag, start, None
    if length > 0x80:
        size = length & 0x7F
        if size > 4 or start + size > len(octets):
            raise malformed("it breaks off")
        start += size
        length = int.from_bytes(octets[start - size : start], "big")
        if length < 0x80 or length.bit_length() <= 8 * (size - 1):
            raise malformed("a length in a longer form than its shortest")
    if start + length > len(octets):
        raise malformed("it breaks off")
    return tag, start, length


def _definite(octets: bytes, at: int, depth: int) -> tuple[bytes, int]:
    """The element at `at` in definite form, and where it ends."""
    if depth > _DEEPEST:
        raise malformed("nested too deeply")
    tag, start, length = _header(octets, at)
    if not tag & _CONSTRUCTED and length is not None:
        return octets[at : start + length], start + length
    parts: list[bytes] = []
    here = start
    while True:
        if length is None and octets[here : here + 2] == b"\x00\x00":
            here += 2
            break
        if length is not None and here == start + length:
            break
        if length is not None and here > start + length:
            raise malformed("an element longer than what it is in")
        part, here = _definite(octets, here, depth + 1)
        parts.append(part)
        if len(parts) > _MOST_PARTS:
            raise malformed(f"more than {_MOST_PARTS} elements")
    if tag == OCTET_STRING | _CONSTRUCTED:  # a string in chunks
        return tlv(OCTET_STRING, *(only(part).octets() for part in parts)), here
    return tlv(tag, *parts), here


@lru_cache(maxsize=256)  # a message names the same few again and again
def _dotted(octets: bytes) -> str:
    if not octets or octets[-1] & 0x80 or len(octets) > 64:
        raise malformed("an object identifier that does not end")
    arcs, value, fresh = [], 0, True
    for octet in octets:
        if fresh and octet == 0x80:
            raise malformed("an object identifier in a longer form than its shortest")
        value = value << 7 | octet & 0x7F
        fresh = not octet & 0x80
        if fresh:
            arcs.append(value)
            value = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(str(arc) for arc in (first, arcs[0] - 40 * first, *arcs[1:]))
