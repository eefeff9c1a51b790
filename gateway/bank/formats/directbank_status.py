"""Reader of 1C:DirectBank's notices: of packets (StatusPacketNotice) and of documents (StatusDocNotice).

Codes: the standard's table of document statuses. "02 executed" is the bank's word; the debit line proves it.
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from gateway.bank.formats.payment_order import OrderNotice, Verdict
from gateway.core.errors import Corrupt
from gateway.signing.parsing import local_name, parse

DOCUMENT_VERDICTS = {
    "01": Verdict.ACCEPTED,
    "02": Verdict.ACCEPTED,  # executed, says the bank
    "03": Verdict.REFUSED,
    "04": Verdict.WAITS,  # suspended: not enough money
    "05": Verdict.REFUSED,  # annulled at the customer's wish
    "06": Verdict.WAITS,  # not confirmed by SMS or in the bank's cabinet
}
PACKET_VERDICTS = {"01": Verdict.ARRIVED}
UNKNOWN_DOCUMENT = "2207"
"""Error code: the bank has no such document."""
_DUPLICATE = frozenset({"2002", "2202"})  # the bank has this very packet or document already
# No rights on the account, the certificate, the packet, the document. What is left decides nothing about an order:
# mishaps of the bank, sessions, and "2207 no such document", which is about an earlier question.
_FINAL = ("1013", "11", "20", "22")
_NOT_FINAL = frozenset({UNKNOWN_DOCUMENT})
_DOCUMENT, _PACKET = "StatusDocNotice", "StatusPacketNotice"
_MOST = 400


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice, as the bank spells it.

    Attributes:
        packet: it is about a packet of ours, not about a document.
        references: ids of ours it names: of the document, of the packet.
        code: of the status or, where it `failed`, of the error.
        text: the bank's words about it, one line.
        receipt: the bank's own id of the packet, the one SendPack returned.
        answers: our StatusRequest; "" for a notice nobody asked for.
    """

    packet: bool
    references: tuple[str, ...]
    code: str
    failed: bool
    text: str = ""
    receipt: str = ""
    answers: str = ""

    @property
    def about(self) -> str:
        """The id of what it is about; "" where the bank does not say."""
        return next(iter(self.references[::-1] if self.packet else self.references), "")

    @property
    def unknown(self) -> bool:
        """The bank has no such document."""
        return self.failed and self.code == UNKNOWN_DOCUMENT

    @property
    def verdict(self) -> Verdict:
        """What it means for an order."""
        if self.failed:
            return _of_error(self.code)
        return (PACKET_VERDICTS if self.packet else DOCUMENT_VERDICTS).get(self.code, Verdict.STRANGE)


def read(content: bytes) -> list[OrderNotice]:
    """What a document of kind 01 or 02 says of an order.

    Raises:
        Corrupt: as `read_notice`.
    """
    notice = read_notice(content)
    return [OrderNotice(notice.references, notice.verdict, notice.code, notice.text, notice.receipt)]


def read_notice(content: bytes) -> Notice:
    """The notice in a document of kind 01 or 02.

    Raises:
        Corrupt: `xml.*`, `bank.unknown_content` for another document, `bank.malformed` where it does not say one
            thing: without a result, with both a status and an error, or with a field given twice.
    """
    root = parse(content)
    name = local_name(root)
    if name not in (_DOCUMENT, _PACKET):
        raise Corrupt("bank.unknown_content", what=name[:80])
    result = _child(root, "Result")
    if result is None:
        raise Corrupt("bank.malformed", what="Result")
    status, error = _child(result, "Status"), _child(result, "Error")
    said = error if status is None else status
    if said is None or (status is not None and error is not None):
        raise Corrupt("bank.malformed", what="Result")
    words = [_text(said, field) for field in ("Name", "Description", "MoreInfo")]
    references = [_text(root, field) for field in ("ExtID", "ExtIDPacket")]
    return Notice(
        packet=name == _PACKET,
        references=tuple(reference for reference in references if reference),
        code=_text(said, "Code"),
        failed=status is None,
        text=". ".join(dict.fromkeys(word for word in words if word))[:_MOST],
        receipt=_text(root, "IDResultSuccessResponse"),
        answers=_text(root, "ExtIDStatusRequest"),
    )


def _of_error(code: str) -> Verdict:
    if code in _DUPLICATE:
        return Verdict.ARRIVED
    return Verdict.REFUSED if code.startswith(_FINAL) and code not in _NOT_FINAL else Verdict.STRANGE


def _child(node: etree._Element, name: str) -> etree._Element | None:
    """The only child `name`: of several, which one counts is not ours to guess."""
    found = [child for child in node if isinstance(child.tag, str) and local_name(child) == name]
    if len(found) > 1:
        raise Corrupt("bank.malformed", what=name)
    return found[0] if found else None


def _text(node: etree._Element, name: str) -> str:
    found = _child(node, name)
    return "" if found is None else " ".join((found.text or "").split())[:_MOST]
