"""What each kind of document makes the bank do, once its packet is taken."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime, timedelta

from lxml import etree

from gateway.bank.sandbox import behave, engine, orders
from gateway.bank.sandbox.books import accounts
from gateway.bank.sandbox.directbank import notices, packets, statement, wire
from gateway.bank.sandbox.directbank.requests import Received, ReceivedPacket
from gateway.bank.sandbox.pain_read import Instruction
from gateway.bank.statement import Party
from gateway.core.clock import MOSCOW, business_date, to_text
from gateway.core.errors import Refused
from gateway.core.money import Money

_LONGEST_PERIOD = timedelta(days=366)


def take(db: sqlite3.Connection, packet: ReceivedPacket, raw: bytes, plan: orders.Plan, now: datetime) -> str:
    """Take a packet and do what its documents ask for; the id the bank gives it."""
    answer = packets.new_guid()
    db.execute("INSERT INTO received_packets VALUES (?, ?, ?, ?)", (packet.id, answer, to_text(now), raw))
    notices.tell_packet(db, answer, packet.id, now)
    wanted: list[statement.Wanted] = []
    for document in packet.documents:
        db.execute(
            "INSERT INTO received_documents (id, packet, kind, requisites, status) VALUES (?, ?, ?, '', '01')",
            (document.id, packet.id, document.kind),
        )
        if document.kind == wire.PAYMENT_ORDER:
            _pay(db, packet.id, document, plan, now)
        elif document.kind == wire.STATEMENT_REQUEST:
            wanted += _wanted(db, document, now)
        elif document.kind == wire.STATUS_REQUEST:
            _tell_status(db, document, now)
        elif document.kind == wire.RECALL:
            _recall(db, document, now)
        else:
            _conclude(db, document.id, "02", "Обмен работает", now)
    if wanted:
        statement.put(db, wanted, now)
    return answer


def has_orders(packet: ReceivedPacket) -> bool:
    return any(document.kind == wire.PAYMENT_ORDER for document in packet.documents)


def _pay(db: sqlite3.Connection, packet: str, document: Received, plan: orders.Plan, now: datetime) -> None:
    verdict = orders.take(db, behave.DIRECTBANK, packet, _instruction(document), plan, now)
    if verdict is None:
        if plan.behaviour != "order-silent":
            notices.tell_document(db, document.id, "01", "", now)
    elif plan.behaviour == "order-refused":
        _conclude(db, document.id, "03", verdict.reason, now)
    else:
        _conclude(db, document.id, verdict.error, verdict.reason, now)


def _instruction(document: Received) -> Instruction:
    root = document.root
    dated = date.fromisoformat(_text(root, "Data/DocDate")[:10])
    payee = Party(
        name=_text(root, "Data/Payee/Name"),
        inn=_text(root, "Data/Payee/INN"),
        kpp=_text(root, "Data/Payee/KPP"),
        account=_text(root, "Data/Payee/Account"),
        bic=_text(root, "Data/Payee/Bank/BIC"),
        bank_name=_text(root, "Data/Payee/Bank/Name"),
    )
    return Instruction(
        payment_id="",
        instruction_id="",
        e2e=document.id,
        account=_text(root, "Data/Payer/Account"),
        debtor_bic=_text(root, "Data/Payer/Bank/BIC"),
        amount=_money(_text(root, "Data/Sum")),
        currency="RUB",
        payee=payee,
        correspondent=_text(root, "Data/Payee/Bank/CorrespAcc"),
        purpose=_text(root, "Data/Purpose"),
        doc_no=_text(root, "Data/DocNo"),
        doc_date=dated,
        execute_on=dated,
    )


def _wanted(db: sqlite3.Connection, document: Received, now: datetime) -> list[statement.Wanted]:
    """The statement a request asks for; none, and a notice, where it cannot be had."""
    root = document.root
    first, last = (_day(_text(root, f"Data/{name}")) for name in ("DateFrom", "DateTo"))
    number = _text(root, "Data/Account")
    if number not in {account.number for account in accounts(db)}:
        _conclude(db, document.id, "1013", f"Счёт {number}", now)
        return []
    account = engine.account_of(db, number)
    if _text(root, "Data/Bank/BIC") != account.owner.bic:
        _conclude(db, document.id, "2205", "БИК не наш", now)
        return []
    if first > last or last - first > _LONGEST_PERIOD or first > business_date(now):
        _conclude(db, document.id, "2206", f"{first:%d.%m.%Y} – {last:%d.%m.%Y}", now)
        return []
    _remember(db, document.id, "02", "")
    return [statement.Wanted(account, first, last, _text(root, "Data/StatementType"), document.id)]


def _tell_status(db: sqlite3.Connection, document: Received, now: datetime) -> None:
    asked = _text(document.root, "ExtID")
    order = db.execute("SELECT state, reason FROM orders WHERE e2e = ? ORDER BY id DESC LIMIT 1", (asked,)).fetchone()
    known = db.execute("SELECT status, reason FROM received_documents WHERE id = ?", (asked,)).fetchone()
    if known is None or asked == document.id:
        status, reason = "2207", asked
    elif order is not None and order["state"] != orders.REFUSED:
        status, reason = notices.ORDER_STATUS[order["state"]], order["reason"]
    else:
        status, reason = known["status"], known["reason"]
    _remember(db, document.id, "02", "")
    notices.tell_document(db, asked, status, reason, now, request=document.id)


def _recall(db: sqlite3.Connection, document: Received, now: datetime) -> None:
    asked = _text(document.root, "ExtID")
    if not db.execute("SELECT 1 FROM orders WHERE e2e = ?", (asked,)).fetchone():
        _conclude(db, document.id, "2207", asked, now)
    elif orders.recall(db, asked):
        _conclude(db, asked, "05", "Отозвано клиентом", now)
        _conclude(db, document.id, "02", "", now)
    else:
        _conclude(db, document.id, "03", "Поручение уже исполнено или отклонено", now)


def _conclude(db: sqlite3.Connection, document: str, status: str, reason: str, now: datetime) -> None:
    """Remember what became of a document, and say it."""
    _remember(db, document, status, reason)
    notices.tell_document(db, document, status, reason, now)


def _remember(db: sqlite3.Connection, document: str, status: str, reason: str) -> None:
    db.execute("UPDATE received_documents SET status = ?, reason = ? WHERE id = ?", (status, reason, document))


def _day(text: str) -> date:
    """The bank's business date of an instant."""
    return wire.read_instant(text).astimezone(MOSCOW).date()


def _text(root: etree._Element, path: str) -> str:
    found = root.find("/".join(f"{{{wire.NAMESPACE}}}{name}" for name in path.split("/")))
    return "" if found is None else (found.text or "").strip()


def _money(text: str) -> Money | None:
    try:
        return Money.parse(text)
    except Refused:
        return None
