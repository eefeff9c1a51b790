"""Reader of 1C:DirectBank's notices: of packets (StatusPacketNotice) and of documents (StatusDocNotice).

Codes: the standard's table of document statuses. "02 executed" is the bank's word; the debit line proves it.
"""

from __future__ import annotations

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
_DUPLICATE = frozenset({"2002", "2202"})  # the bank has this very packet or document already
# No rights on the account, the certificate, the packet, the document. What is left decides nothing about an order:
# mishaps of the bank, sessions, and "2207 no such document", which is about an earlier question.
_FINAL = ("1013", "11", "20", "22")
_NOT_FINAL = frozenset({"2207"})
_KNOWN = {"StatusDocNotice": DOCUMENT_VERDICTS, "StatusPacketNotice": PACKET_VERDICTS}
_MOST = 400


def read(content: bytes) -> list[OrderNotice]:
    """The notice in a document of kind 01 or 02.

    Raises:
        Corrupt: `xml.*`, `bank.unknown_content` for another document, `bank.malformed` without a result.
    """
    root = parse(content)
    name = local_name(root)
    if name not in _KNOWN:
        raise Corrupt("bank.unknown_content", what=name[:80])
    result = _child(root, "Result")
    status = None if result is None else _child(result, "Status")
    error = None if result is None else _child(result, "Error")
    said = status if status is not None else error
    if said is None:
        raise Corrupt("bank.malformed", what="Result")
    code = _text(said, "Code")
    words = [_text(said, field) for field in ("Name", "Description", "MoreInfo")]
    text = ". ".join(dict.fromkeys(word for word in words if word))[:_MOST]
    verdict = _of_error(code) if status is None else _KNOWN[name].get(code, Verdict.STRANGE)
    references = [_text(root, field) for field in ("ExtID", "ExtIDPacket")]
    receipt = _text(root, "IDResultSuccessResponse")
    return [OrderNotice(tuple(r for r in references if r), verdict, code, text, receipt)]


def _of_error(code: str) -> Verdict:
    if code in _DUPLICATE:
        return Verdict.ARRIVED
    return Verdict.REFUSED if code.startswith(_FINAL) and code not in _NOT_FINAL else Verdict.STRANGE


def _child(node: etree._Element, name: str) -> etree._Element | None:
    return next((c for c in node if isinstance(c.tag, str) and local_name(c) == name), None)


def _text(node: etree._Element, name: str) -> str:
    found = _child(node, name)
    return "" if found is None else " ".join((found.text or "").split())[:_MOST]
