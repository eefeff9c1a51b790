"""Status notices: of packets (01) and of documents (02)."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from lxml import etree

from gateway.bank.sandbox import behave
from gateway.bank.sandbox.books import accounts, fact
from gateway.bank.sandbox.directbank import messages, packets, wire
from gateway.bank.sandbox.directbank.messages import Parties
from gateway.bank.sandbox.directbank.packets import PacketDocument
from gateway.bank.statement import Party

ORDER_STATUS = {
    "accepted": "01", "executed": "02", "refused": "03", "suspended": "04", "recalled": "05", "returned": "02",
}  # fmt: skip


def parties(db: sqlite3.Connection) -> Parties:
    """The bank and its customer."""
    known = accounts(db)
    return Parties(fact(db, "customer_id"), known[0].owner if known else Party())


def dates(db: sqlite3.Connection) -> wire.Dates:
    return wire.Dates(zoned=switch(db, "zoned"))


def version(db: sqlite3.Connection) -> str:
    """The version the customer speaks: that of his latest call."""
    row = db.execute("SELECT value FROM facts WHERE name = 'directbank.version'").fetchone()
    return str(row["value"]) if row else wire.NEWEST


def switch(db: sqlite3.Connection, name: str) -> bool:
    """A lasting habit of this bank's DirectBank counter: see `SWITCHES`."""
    row = db.execute("SELECT value FROM facts WHERE name = ?", (f"directbank.{name}",)).fetchone()
    return (row["value"] if row else SWITCHES[name]) == "on"


SWITCHES = {"queue": "off", "signed": "on", "compress": "off", "zoned": "off", "spaced-ids": "off"}
"""Habits and what they are at first. queue: lists unread packets only, as Alfa does; signed: documents carry the bank's
signature; compress: they are zipped; zoned: every date and instant has a Z behind it; spaced-ids: PayDoc/@id has a
space in it."""


def tell_order(db: sqlite3.Connection, order: str, state: str, reason: str, now: datetime) -> str:
    """A notice of how the payment order `order` fares; the packet's id."""
    return tell_document(db, order, ORDER_STATUS[state], reason, now)


def tell_document(
    db: sqlite3.Connection, document: str, status: str, reason: str, now: datetime, *, request: str = ""
) -> str:
    """A notice about the customer's document `document`.

    Args:
        status: two digits for a Status, four for an Error.
        reason: MoreInfo.
        request: id of the status request it answers.
    """
    behaviour = behave.take_file(db, wire.DOCUMENT_NOTICE, behave.DIRECTBANK)
    echoed = _off_by_one(document) if behaviour else document
    root = _root(db, "StatusDocNotice", now)
    messages.add(root, "ExtID", echoed)
    _result(root, status, reason)
    if request:
        messages.add(root, "ExtIDStatusRequest", request)
    return _put(db, root, wire.DOCUMENT_NOTICE, echoed, now)


def tell_packet(db: sqlite3.Connection, answer: str, packet: str, now: datetime) -> str:
    """A notice that the packet `packet`, answered with the id `answer`, was taken."""
    root = _root(db, "StatusPacketNotice", now)
    messages.add(root, "IDResultSuccessResponse", answer)
    _result(root, "01", "Транспортный контейнер поступил в обработку")
    messages.add(root, "ExtIDPacket", packet)
    return _put(db, root, wire.PACKET_NOTICE, packet, now)


def _root(db: sqlite3.Connection, name: str, now: datetime) -> etree._Element:
    root = messages.document(name, packets.new_guid(), now, dates(db), version(db))
    messages.participants(root, parties(db))
    return root


def _result(root: etree._Element, status: str, reason: str) -> None:
    result = messages.add(root, "Result")
    if len(status) == 4:
        node = messages.add(result, "Error")
        messages.add(node, "Code", status)
        messages.add(node, "Description", wire.ERRORS.get(status, "Неизвестная ошибка"))
    else:
        node = messages.add(result, "Status")
        messages.add(node, "Code", status)
        messages.add(node, "Name", wire.STATUSES[status])
    if reason:
        messages.add(node, "MoreInfo", reason)


def _put(db: sqlite3.Connection, root: etree._Element, kind: str, ext_id: str, now: datetime) -> str:
    document = PacketDocument(str(root.get("id")), kind, ext_id, messages.octets(root))
    return packets.put(db, [document], now)


def _off_by_one(given: str) -> str:
    """The id with its last hex digit replaced by the next one."""
    for place in range(len(given) - 1, -1, -1):
        if given[place] in "0123456789abcdefABCDEF":
            return f"{given[:place]}{(int(given[place], 16) + 1) % 16:x}{given[place + 1 :]}"
    return given + "0"
