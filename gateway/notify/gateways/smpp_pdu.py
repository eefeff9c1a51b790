"""Messages of SMPP 3.4 as an ESME sends and reads them.

What we send is coded by aiosmpplib. What we are sent is read here: SMS centres answer with statuses and send
parameters of their own, which a reader must step over.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field
from typing import Final

from aiosmpplib import NPI, TON, BindTransceiver, OptionalParam, PhoneNumber, SubmitSm

from gateway.notify import segments
from gateway.notify.gateways.ports import Outgoing, Receipt, Reply, Word

HEADER: Final = struct.Struct("!IIII")  # length, command, status, sequence
LONGEST: Final = 70_000
BIND_TRANSCEIVER_RESP: Final = 0x80000009
SUBMIT_SM_RESP: Final = 0x80000004
DELIVER_SM: Final = 0x00000005
DELIVER_SM_RESP: Final = 0x80000005
UNBIND: Final = 0x00000006
UNBIND_RESP: Final = 0x80000006
ENQUIRE_LINK: Final = 0x00000015
ENQUIRE_LINK_RESP: Final = 0x80000015
DATA_SM: Final = 0x00000103
DATA_SM_RESP: Final = 0x80000103
GENERIC_NACK: Final = 0x80000000

OK: Final = 0
MESSAGE_QUEUE_FULL: Final = 0x14
THROTTLED: Final = 0x58
SYSTEM_ERROR: Final = 0x08
BAD_LOGIN: Final = frozenset({0x0D, 0x0E, 0x0F})  # bind failed, invalid password, invalid system id

_UDHI: Final = 0x40
_RECEIPT_TYPES: Final = (0x04, 0x20)  # final receipt, intermediate notification
_USER_MESSAGE_REFERENCE: Final = 0x0204
_RECEIPTED_MESSAGE_ID: Final = 0x001E
_MESSAGE_STATE: Final = 0x0427
_MESSAGE_PAYLOAD: Final = 0x0424
_UCS2: Final = 8
_LATIN1: Final = 3
# 5.2.28 and appendix B: a message that was deleted, or whose state the centre does not know.
_STATES: Final = {1: "ENROUTE", 2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 6: "ACCEPTD", 7: "UNKNOWN",
                  8: "REJECTD"}  # fmt: skip
_WORDS: Final = {
    "DELIVRD": Word.DELIVERED,
    "EXPIRED": Word.EXPIRED,
    "DELETED": Word.FAILED,
    "UNDELIV": Word.FAILED,
    "REJECTD": Word.FAILED,
}
_IN_TEXT = {
    "id": re.compile(r"\bid:(\S+)", re.IGNORECASE),
    "stat": re.compile(r"\bstat:(\w+)", re.IGNORECASE),
    "err": re.compile(r"\berr:(\w+)", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True)
class Pdu:
    """One message as it came."""

    command: int
    status: int
    sequence: int
    body: bytes = b""


def encode(command: int, sequence: int, body: bytes = b"", status: int = OK) -> bytes:
    """A message without parameters of its own."""
    return HEADER.pack(HEADER.size + len(body), command, status, sequence) + body


def bind(sequence: int, system_id: str, password: str, system_type: str) -> bytes:
    """bind_transceiver.

    Raises:
        ValueError: a value is longer than SMPP takes.
    """
    request = BindTransceiver(system_id=system_id, password=password, system_type=system_type)
    request.sequence_num = sequence
    return bytes(request.pdu())


def submit(message: Outgoing, sender: str) -> list[SubmitSm]:
    """submit_sm of each part, in order, its sequence number still to be set.

    Raises:
        ValueError: an address is longer than SMPP takes.
    """
    made = segments.cut(message.text)
    total = made.segments
    found = []
    for number, part in enumerate(made.parts, 1):
        content = segments.encode(part, made.encoding)
        if total > 1:  # 3GPP TS 23.040, 9.2.3.24.1: concatenated, reference of 8 bits
            content = bytes((5, 0, 3, message.number & 0xFF, total, number)) + content
        request = SubmitSm(
            short_message=part,
            source=_source(sender),
            destination=PhoneNumber(message.address.lstrip("+"), TON.INTERNATIONAL, NPI.ISDN),
            esm_class=_UDHI if total > 1 else 0,
            validity_period=message.lives,
            registered_delivery=1,
            encoding="ucs2" if made.encoding is segments.Encoding.UCS2 else None,
            optional_params=[OptionalParam(_USER_MESSAGE_REFERENCE, message.number & 0xFFFF)],
            auto_message_payload=False,
        )
        request.set_encoded_message(content)
        found.append(request)
    return found


def message_id(pdu: Pdu) -> str:
    """What submit_sm_resp calls the part."""
    return pdu.body.split(b"\0", 1)[0].decode("latin-1").strip()


@dataclass(frozen=True, slots=True)
class _Deliver:
    source: str
    esm_class: int
    data_coding: int
    content: bytes = field(repr=False)
    parameters: dict[int, bytes] = field(repr=False)


def news(pdu: Pdu, refusals: frozenset[str] = frozenset()) -> Receipt | Reply | None:
    """What a deliver_sm says; None for a receipt without an id.

    Args:
        refusals: this centre's error codes that say that he refused mailings, without zeros before them.

    Raises:
        ValueError: it cannot be read.
    """
    told = _deliver(pdu.body)
    if told.esm_class & 0x3C not in _RECEIPT_TYPES:
        return Reply(_international(told.source), _text(told))
    text = told.content.decode("latin-1")
    state = told.parameters.get(_MESSAGE_STATE)
    outer = told.parameters.get(_RECEIPTED_MESSAGE_ID, b"").split(b"\0", 1)[0].decode("latin-1") or _named("id", text)
    stat = _named("stat", text).upper() or (_STATES.get(state[0], "") if state else "")
    if not outer:
        return None
    error = _named("err", text)
    word = _WORDS.get(stat, Word.UNDER_WAY)
    if word is Word.FAILED and (error.lstrip("0") or "0") in refusals:
        word = Word.REFUSED
    reference = told.parameters.get(_USER_MESSAGE_REFERENCE, b"")
    number = int.from_bytes(reference, "big") if len(reference) == 2 else 0
    return Receipt(outer, word, f"{stat} {error}".strip(), number=number, address=_international(told.source))


def _source(sender: str) -> PhoneNumber:
    """A name the operators know, a short code, or a number."""
    if not sender.lstrip("+").isdecimal():
        return PhoneNumber(sender, TON.ALPHANUMERIC, NPI.UNKNOWN)
    if len(sender) <= 6:
        return PhoneNumber(sender, TON.NETWORK_SPECIFIC, NPI.UNKNOWN)
    return PhoneNumber(sender.lstrip("+"), TON.INTERNATIONAL, NPI.ISDN)


def _named(what: str, text: str) -> str:
    found = _IN_TEXT[what].search(text)
    return found[1] if found else ""


def _international(number: str) -> str:
    return f"+{number}" if number.isdecimal() else number


def _text(told: _Deliver) -> str:
    content = told.content
    if told.esm_class & _UDHI and content:
        content = content[content[0] + 1 :]
    if told.data_coding == _UCS2:
        return content.decode("utf-16-be", "replace")
    return content.decode("latin-1" if told.data_coding == _LATIN1 else "ascii", "replace")


def _deliver(body: bytes) -> _Deliver:
    """4.6.1: strings end with a NUL, TLVs follow the text."""
    try:
        _, at = _string(body, 0)
        source, at = _string(body, at + 2)
        _, at = _string(body, at + 2)
        esm_class = body[at]
        _, at = _string(body, at + 3)
        _, at = _string(body, at)
        data_coding, length = body[at + 2], body[at + 4]
        at += 5
        parameters = dict(_parameters(body, at + length))
        content = body[at : at + length] or parameters.get(_MESSAGE_PAYLOAD, b"")
    except (IndexError, struct.error) as error:
        raise ValueError(f"deliver_sm breaks off: {error}") from None
    return _Deliver(source, esm_class, data_coding, content, parameters)


def _string(body: bytes, at: int) -> tuple[str, int]:
    end = body.index(0, at)  # ValueError where there is no end
    return body[at:end].decode("latin-1"), end + 1


def _parameters(body: bytes, at: int) -> list[tuple[int, bytes]]:
    found = []
    while at + 4 <= len(body):
        tag, length = struct.unpack_from("!HH", body, at)
        found.append((tag, body[at + 4 : at + 4 + length]))
        at += 4 + length
    return found
