"""SMPP 3.4 as the centre speaks it, written from the standard by hand: what a client got wrong does not cancel out."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

BIND = {0x00000001, 0x00000002, 0x00000009}  # receiver, transmitter, transceiver
SUBMIT_SM = 0x00000004
DELIVER_SM = 0x00000005
DELIVER_SM_RESP = 0x80000005
UNBIND = 0x00000006
ENQUIRE_LINK = 0x00000015
RESP = 0x80000000
GENERIC_NACK = 0x80000000

OK, BAD_COMMAND, SYSTEM_ERROR, BAD_NUMBER, BIND_FAILED = 0x00, 0x03, 0x08, 0x0B, 0x0D
QUEUE_FULL, THROTTLED, STRANGE = 0x14, 0x58, 0x0413

_HEADER = struct.Struct("!IIII")
HEADER_LENGTH = _HEADER.size
_UDHI = 0x40
_RECEIPT = 0x04
_UCS2 = 8
_USER_MESSAGE_REFERENCE = 0x0204
_RECEIPTED_MESSAGE_ID = 0x001E
_SHORT_MESSAGE_MOST = 254
_GSM = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ�ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_MORE = {10: "\f", 20: "^", 40: "{", 41: "}", 47: "\\", 60: "[", 61: "~", 62: "]", 64: "|", 101: "€"}
_ESCAPE = 27


@dataclass(frozen=True, slots=True)
class Request:
    """A message from the client."""

    command: int
    status: int
    sequence: int
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Submitted:
    """A submit_sm.

    Attributes:
        sender_type, phone_type: TON. reference: user_message_reference; 0 without one.
        part, of: of the concatenated message; 1 of 1 for a whole one.
    """

    sender: str
    sender_type: int
    phone: str
    phone_type: int
    text: str
    registered: int
    reference: int
    part: int
    of: int


def header(content: bytes) -> tuple[int, int, int, int]:
    """Length, command, status, sequence."""
    length, command, status, sequence = _HEADER.unpack(content)
    return length, command, status, sequence


def write(command: int, sequence: int, body: bytes = b"", status: int = OK) -> bytes:
    """A message of the centre's."""
    return _HEADER.pack(_HEADER.size + len(body), command, status, sequence) + body


def read_login(body: bytes) -> tuple[str, str]:
    """system_id and password of a bind."""
    system_id, at = _string(body, 0)
    password, _ = _string(body, at)
    return system_id, password


def read_submit(body: bytes) -> Submitted:
    """Read a submit_sm.

    Raises:
        ValueError: it breaks off, is cut within a character, or promises another length than it has.
    """
    _, at = _string(body, 0)
    sender_type = body[at]
    sender, at = _string(body, at + 2)
    phone_type = body[at]
    phone, at = _string(body, at + 2)
    esm_class = body[at]
    _, at = _string(body, at + 3)
    _, at = _string(body, at)
    registered, coding, length = body[at], body[at + 2], body[at + 4]
    at += 5
    content = body[at : at + length]
    if len(content) != length:
        raise ValueError("short_message breaks off")
    part, of = 1, 1
    if esm_class & _UDHI:
        part, of = _concatenation(content[1 : content[0] + 1])
        content = content[content[0] + 1 :]
    more = dict(_parameters(body, at + length))
    reference = int.from_bytes(more.get(_USER_MESSAGE_REFERENCE, b""), "big")
    text = _ucs2(content) if coding == _UCS2 else _gsm(content)
    return Submitted(sender, sender_type, phone, phone_type, text, registered, reference, part, of)


def receipt(phone: str, sender: str, outer: str, word: str, error: str, reference: int) -> bytes:
    """deliver_sm with a receipt, appendix B: from the phone, to the sender."""
    text = (
        f"id:{outer} sub:001 dlvrd:{'001' if word == 'DELIVRD' else '000'} submit date:2611220900 "
        f"done date:2611220901 stat:{word} err:{error} text:"
    )
    parameters = struct.pack("!HHH", _USER_MESSAGE_REFERENCE, 2, reference & 0xFFFF) if reference else b""
    name = outer.encode() + b"\0"
    parameters += struct.pack("!HH", _RECEIPTED_MESSAGE_ID, len(name)) + name
    parameters += struct.pack("!HHB", 0x1501, 1, 7)  # vendors add their own
    return _deliver(phone, sender, _RECEIPT, 0, text.encode("ascii")) + parameters


def message(phone: str, text: str) -> bytes:
    """deliver_sm with an SMS from a subscriber."""
    return _deliver(phone, "", 0, _UCS2, text.encode("utf-16-be")[:_SHORT_MESSAGE_MOST])


def _deliver(source: str, destination: str, esm_class: int, coding: int, content: bytes) -> bytes:
    return (
        b"\0\x01\x01" + source.lstrip("+").encode("latin-1") + b"\0\x05\0" + destination.encode("latin-1") + b"\0"
        + bytes((esm_class, 0, 0)) + b"\0\0" + bytes((0, 0, coding, 0, len(content))) + content
    )  # fmt: skip


def _string(body: bytes, at: int) -> tuple[str, int]:
    end = body.index(0, at)
    return body[at:end].decode("latin-1"), end + 1


def _parameters(body: bytes, at: int) -> list[tuple[int, bytes]]:
    found = []
    while at < len(body):
        tag, length = struct.unpack_from("!HH", body, at)
        found.append((tag, body[at + 4 : at + 4 + length]))
        at += 4 + length
    return found


def _concatenation(header: bytes) -> tuple[int, int]:
    """Part and number of parts: information element 0, reference of 8 bits."""
    if len(header) != 5 or header[:2] != b"\0\3":
        raise ValueError("no concatenation in the user data header")
    return header[4], header[3]


def _ucs2(content: bytes) -> str:
    """A part by itself: half a surrogate pair is an error (UnicodeDecodeError is a ValueError)."""
    return content.decode("utf-16-be")


def _gsm(content: bytes) -> str:
    text, escaped = "", False
    for code in content:
        if escaped:
            text, escaped = text + _GSM_MORE[code], False
        elif code == _ESCAPE:
            escaped = True
        else:
            text += _GSM[code]
    if escaped:
        raise ValueError("cut after ESC")
    return text
