"""Notices of the bank: how a packet of ours (kind 01) or a document of ours (kind 02) fares."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.bank.directbank.errors import UNKNOWN_DOCUMENT, BankError
from gateway.bank.directbank.result import read_error, read_xml, text_at
from gateway.bank.directbank.wire import tag
from gateway.core.errors import Corrupt
from gateway.signing.parsing import local_name

DOCUMENT, PACKET = "StatusDocNotice", "StatusPacketNotice"


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice.

    Attributes:
        about: id of our document, or of our packet ("" where the bank does not say); as the bank spells it.
        packet: it is about a packet.
        status: 01 accepted, 02 executed, 03 rejected, 04 suspended (no funds), 05 annulled, 06 not confirmed; ""
            where there is an error instead.
        text: the bank's words about the status.
        error: why the bank could not take it.
        receipt: of a packet: the bank's own id of it, the one SendPack returned.
        answers: our StatusRequest; "" for a notice nobody asked for.
    """

    about: str
    packet: bool
    status: str = ""
    text: str = ""
    error: BankError | None = None
    receipt: str = ""
    answers: str = ""

    @property
    def unknown(self) -> bool:
        """The bank has no such document."""
        return self.error is not None and self.error.code == UNKNOWN_DOCUMENT


def read_notice(content: bytes) -> Notice:
    """A StatusDocNotice or StatusPacketNotice.

    Raises:
        Corrupt: `bank.*`: not readable, or neither.
    """
    root = read_xml(content)
    name = local_name(root)
    if root.tag not in (tag(DOCUMENT), tag(PACKET)):
        raise Corrupt("bank.unknown_content", what=name[:80])
    result = root.find(tag("Result"))
    if result is None:
        raise Corrupt("bank.malformed", what="Result")
    stated, failed = result.find(tag("Status")), result.find(tag("Error"))
    if (stated is None) == (failed is None):
        raise Corrupt("bank.malformed", what="Result")
    words = "" if stated is None else " ".join(filter(None, (text_at(stated, "Name"), text_at(stated, "MoreInfo"))))
    return Notice(
        about=text_at(root, "ExtIDPacket" if name == PACKET else "ExtID"),
        packet=name == PACKET,
        status="" if stated is None else text_at(stated, "Code"),
        text=words[:400],
        error=None if failed is None else read_error(failed),
        receipt=text_at(root, "IDResultSuccessResponse") if name == PACKET else "",
        answers="" if name == PACKET else text_at(root, "ExtIDStatusRequest"),
    )
