"""Reader of pain.002, versions 03 to 13: what the bank says of the orders we sent as a file.

Read by local names, since banks send several versions. The most particular word wins: of a transaction, else of its
payment, else of the whole file. "Settled" (ACSC, ACCC) is still only a word: the debit line alone proves it.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from gateway.bank.formats.payment_order import OrderNotice, Verdict
from gateway.core.errors import Corrupt
from gateway.signing.parsing import local_name, parse

VERDICTS = {
    "ACTC": Verdict.ACCEPTED,  # technically valid
    "ACCP": Verdict.ACCEPTED,  # customer profile checked
    "ACFC": Verdict.ACCEPTED,  # funds checked
    "ACWC": Verdict.ACCEPTED,  # with a change
    "ACSP": Verdict.ACCEPTED,  # settlement in process
    "ACWP": Verdict.ACCEPTED,  # without posting
    "ACSC": Verdict.ACCEPTED,  # settled on the debtor's side
    "ACCC": Verdict.ACCEPTED,  # settled on the creditor's side
    "RCVD": Verdict.ARRIVED,
    "PDNG": Verdict.ARRIVED,
    "PART": Verdict.ARRIVED,  # of a file: some were refused, and those are named
    "PATC": Verdict.WAITS,  # partially authorised: another signature at the bank
    "RJCT": Verdict.REFUSED,
    "CANC": Verdict.REFUSED,
}
"""ISO 20022 external code set: payment status."""
_MOST = 400


def read(content: bytes) -> list[OrderNotice]:
    """The notices of one report, in its order.

    Raises:
        Corrupt: `xml.*`, `bank.unknown_content` when it is no pain.002.
    """
    root = parse(content)
    report = next((child for child in root if _name(child) == "CstmrPmtStsRpt"), None)
    group = None if report is None else _child(report, "OrgnlGrpInfAndSts")
    if report is None or group is None:
        raise Corrupt("bank.unknown_content", what=_name(root)[:80])
    return list(_notices(report, group))


def _notices(report: etree._Element, group: etree._Element) -> Iterator[OrderNotice]:
    message = _text(group, "OrgnlMsgId")
    told = False
    for payment in _children(report, "OrgnlPmtInfAndSts"):
        instruction = _text(payment, "OrgnlPmtInfId")
        transactions = list(_children(payment, "TxInfAndSts"))
        for transaction in transactions:
            references = (_text(transaction, "OrgnlEndToEndId"), instruction, message)
            status = _text(transaction, "TxSts") or _text(payment, "PmtInfSts") or _text(group, "GrpSts")
            reasons = _reasons(transaction) or _reasons(payment)
            yield from _notice(references, status, reasons)
            told = True
        if not transactions and (status := _text(payment, "PmtInfSts")):
            yield from _notice((instruction, message), status, _reasons(payment) or _reasons(group))
            told = True
    if not told:
        yield from _notice((message,), _text(group, "GrpSts"), _reasons(group))


def _notice(references: tuple[str, ...], status: str, text: str) -> Iterator[OrderNotice]:
    named = tuple(dict.fromkeys(r for r in references if r and r != "NOTPROVIDED"))
    if status or text:
        yield OrderNotice(named, VERDICTS.get(status, Verdict.STRANGE), status, text)


def _reasons(node: etree._Element) -> str:
    """Codes and words of all reasons: "AC01 Неверный счёт; AM04"."""
    said = []
    for information in _children(node, "StsRsnInf"):
        reason = _child(information, "Rsn")
        code = "" if reason is None else _text(reason, "Cd") or _text(reason, "Prtry")
        words = [" ".join((line.text or "").split()) for line in _children(information, "AddtlInf")]
        said.append(" ".join(part for part in (code, *words) if part))
    return "; ".join(part for part in said if part)[:_MOST]


def _children(node: etree._Element, name: str) -> Iterator[etree._Element]:
    return (child for child in node if _name(child) == name)


def _child(node: etree._Element, name: str) -> etree._Element | None:
    return next(_children(node, name), None)


def _text(node: etree._Element, name: str) -> str:
    found = _child(node, name)
    return "" if found is None else " ".join((found.text or "").split())[:140]


def _name(node: etree._Element) -> str:
    return local_name(node) if isinstance(node.tag, str) else ""
