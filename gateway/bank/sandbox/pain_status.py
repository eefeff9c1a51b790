"""What the bank says about payment orders sent as files: pain.002.001.03 for a pain.001.001.03, .10 for a .09."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from lxml import etree

from gateway.core.ids import new_id

_ANSWERS = {"03": "03", "09": "10"}
_LONGEST_REASON = 105


@dataclass(frozen=True, slots=True)
class Status:
    """How one credit transfer fares.

    Attributes:
        status: ACCP, ACSC, RJCT, PDNG.
        code, reason: why, ISO code and words; "" where there is nothing to explain.
    """

    payment_id: str
    instruction_id: str
    e2e: str
    status: str
    code: str = ""
    reason: str = ""


def write(
    version: str,
    message_id: str,
    group_status: str,
    statuses: Sequence[Status],
    at: datetime,
    *,
    code: str = "",
    reason: str = "",
) -> bytes:
    """A status report about the file `message_id`.

    Args:
        version: of the pain.001.
        group_status: of the file as a whole: RCVD, ACCP, PART, RJCT, ACSC; "" says nothing about it.
        code, reason: why the file as a whole.
    """
    namespace = f"urn:iso:std:iso:20022:tech:xsd:pain.002.001.{_ANSWERS[version]}"
    root = etree.Element("Document", nsmap=cast("dict[str, str]", {None: namespace}))
    report = _add(root, "CstmrPmtStsRpt")
    header = _add(report, "GrpHdr")
    _add(header, "MsgId", new_id())
    _add(header, "CreDtTm", at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"))
    group = _add(report, "OrgnlGrpInfAndSts")
    _add(group, "OrgnlMsgId", message_id or "NOTPROVIDED")
    _add(group, "OrgnlMsgNmId", f"pain.001.001.{version}")
    if group_status:
        _add(group, "GrpSts", group_status)
    _reason(group, code, reason)
    for payment_id in dict.fromkeys(status.payment_id for status in statuses):
        payment = _add(report, "OrgnlPmtInfAndSts")
        _add(payment, "OrgnlPmtInfId", payment_id)
        for status in statuses:
            if status.payment_id == payment_id:
                _transaction(payment, status)
    return _in_namespace(root, namespace)


def _transaction(payment: etree._Element, status: Status) -> None:
    transaction = _add(payment, "TxInfAndSts")
    if status.instruction_id:
        _add(transaction, "OrgnlInstrId", status.instruction_id)
    _add(transaction, "OrgnlEndToEndId", status.e2e)
    _add(transaction, "TxSts", status.status)
    _reason(transaction, status.code, status.reason)


def _reason(parent: etree._Element, code: str, reason: str) -> None:
    if not code:
        return
    information = _add(parent, "StsRsnInf")
    _add(_add(information, "Rsn"), "Cd", code)
    if reason:
        _add(information, "AddtlInf", reason[:_LONGEST_REASON])


def _add(parent: etree._Element, name: str, text: str = "") -> etree._Element:
    node = etree.SubElement(parent, name)
    if text:
        node.text = text
    return node


def _in_namespace(root: etree._Element, namespace: str) -> bytes:
    """The message, every element in its namespace."""
    for node in root.iter():
        node.tag = f"{{{namespace}}}{node.tag}"
    etree.cleanup_namespaces(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
