"""Statements (15): the operations of an account in a period, with the balances before and after."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from lxml import etree

from gateway.bank.sandbox import behave, engine
from gateway.bank.sandbox.books import Account, fact
from gateway.bank.sandbox.directbank import messages, notices, packets, wire
from gateway.bank.sandbox.directbank.messages import add
from gateway.bank.sandbox.directbank.packets import PacketDocument
from gateway.bank.statement import Party
from gateway.core.clock import MOSCOW
from gateway.core.money import Money

FINAL, INTERIM, BALANCE = "0", "1", "2"
_OF_PERIOD = "SELECT * FROM operations WHERE account = ? AND booked >= ? AND booked <= ? ORDER BY id"
_BEFORE = "SELECT * FROM operations WHERE account = ? AND booked < ? ORDER BY id DESC LIMIT ?"
_ALL_BEFORE = 1_000_000_000
_NO_BIC = "000000000"
_LONGEST_ACCOUNT = 20  # the standard's; an IBAN does not fit
_UNKNOWN_KIND = "77"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A statement somebody asked for.

    Attributes:
        first, last: business days, both included.
        kind: FINAL, INTERIM or BALANCE; what is asked for as final and is not over yet comes as interim.
        request: id of the StatementRequest, "" for none.
    """

    account: Account
    first: date
    last: date
    kind: str
    request: str = ""


@dataclass(frozen=True, slots=True)
class _Style:
    dates: wire.Dates
    bare: bool = False
    sums: bool = True
    spaced: bool = False


def put(db: sqlite3.Connection, wanted: Sequence[Wanted], now: datetime) -> str:
    """Make the statements, all in one packet, and queue it; the packet's id.

    What is queued of misbehaviour happens to the packet, and to the first statement in it.
    """
    behaviour = behave.take_file(db, wire.STATEMENT, behave.DIRECTBANK)
    account = wanted[0].account.number
    documents = [_document(db, w, now, behaviour if not place else None) for place, w in enumerate(wanted)]
    if behaviour and behaviour.name == "gap" and behaviour.options["mode"] == "opening":
        off = Money.parse(behaviour.options["amount"])
        wrong = [_document(db, wanted[0], now, None, off), *documents[1:]]
        number = packets.put(db, wrong, now, account=account, statement=True, behaviour=behaviour)
        packets.put_after(db, documents, now, account, number)
        return number
    return packets.put(db, documents, now, account=account, statement=True, behaviour=behaviour)


def _document(
    db: sqlite3.Connection, wanted: Wanted, now: datetime, behaviour: behave.Active | None, off: Money | None = None
) -> PacketDocument:
    style = _style(db, behaviour)
    over = wanted.last < date.fromisoformat(fact(db, "open_day"))
    kind = INTERIM if wanted.kind == FINAL and not over else wanted.kind
    rows = db.execute(_OF_PERIOD, (wanted.account.number, wanted.first.isoformat(), wanted.last.isoformat())).fetchall()
    opening = engine.balance(db, wanted.account, wanted.first)
    closing = engine.balance(db, wanted.account, wanted.last + timedelta(days=1))
    if behaviour and behaviour.name == "overlapping":
        count = int(behaviour.number("lines")) or _ALL_BEFORE
        before = db.execute(_BEFORE, (wanted.account.number, wanted.first.isoformat(), count)).fetchall()[::-1]
        if before:
            wanted = replace(wanted, first=date.fromisoformat(before[0]["booked"]))
            opening = Money(opening.kopecks - sum(_signed(row) for row in before))
            rows = before + rows
    if off is not None:
        opening, closing = opening + off, closing + off
    number = packets.new_guid()
    root = messages.document("Statement", number, now, style.dates, notices.version(db))
    whole = notices.parties(db)
    messages.write_bank(add(root, "Sender"), whole)
    messages.write_customer(add(root, "Recipient"), whole)
    _write_data(add(root, "Data"), wanted, kind, rows if kind != BALANCE else [], (opening, closing), style)
    if wanted.request:
        add(root, "ExtIDStatementRequest", wanted.request)
    return PacketDocument(number, wire.STATEMENT, wanted.request, messages.octets(root))


def foreign(db: sqlite3.Connection, content: bytes, account: str, now: datetime) -> str:
    """Queue something as a statement that is none; the packet's id."""
    document = PacketDocument(packets.new_guid(), wire.STATEMENT, "", content)
    return packets.put(db, [document], now, account=account, statement=True)


def _style(db: sqlite3.Connection, behaviour: behave.Active | None) -> _Style:
    name = behaviour.name if behaviour else ""
    bare = name == "bare-requisites"
    return _Style(
        dates=wire.Dates(zoned=name == "zoned-dates" or notices.switch(db, "zoned")),
        bare=bare,
        sums=not (behaviour and bare and behaviour.options["sum"] == "missing"),
        spaced=notices.switch(db, "spaced-ids"),
    )


def _write_data(
    data: etree._Element,
    wanted: Wanted,
    kind: str,
    rows: Sequence[sqlite3.Row],
    balances: tuple[Money, Money],
    style: _Style,
) -> None:
    add(data, "StatementType", kind)
    add(data, "DateFrom", style.dates.instant(_midnight(wanted.first)))
    add(data, "DateTo", style.dates.instant(_midnight(wanted.last + timedelta(days=1)) - timedelta(seconds=1)))
    add(data, "Account", wanted.account.number)
    _bank(add(data, "Bank"), wanted.account.owner)
    opening, closing = balances
    add(data, "OpeningBalance", opening.decimal_text())
    add(data, "TotalDebits", Money(-sum(s for s in map(_signed, rows) if s < 0)).decimal_text())
    add(data, "TotalCredits", Money(sum(s for s in map(_signed, rows) if s > 0)).decimal_text())
    add(data, "ClosingBalance", closing.decimal_text())
    for row in rows:
        _operation(add(data, "OperationInfo"), row, wanted.account.owner, style)
    _bank(add(data, "Stamp"), wanted.account.owner)


def _operation(node: etree._Element, row: sqlite3.Row, own: Party, style: _Style) -> None:
    """A correction by the bank is a memorial order; everything else a payment order, ours coming back included."""
    carrier = add(node, "PayDoc")
    reference = str(row["ref"])
    carrier.set("id", f"{reference[:8]} {reference[8:]}" if style.spaced else reference)
    corrects = bool(row["reversal"]) and row["code"] != engine.RETURNED
    kind = wire.MEMORIAL_ORDER if corrects else wire.PAYMENT_ORDER
    carrier.set("docKind", _UNKNOWN_KIND if row["code"] == engine.UNKNOWN_CODE else kind)
    if corrects:
        _memorial_order(add(carrier, "MemOrder"), row, own, style)
    else:
        _payment_order(add(carrier, "PayDocRu"), row, own, style)
    add(node, "DC", "2" if row["incoming"] else "1")
    add(node, "Date", style.dates.day(date.fromisoformat(row["booked"])))
    if row["e2e"]:
        add(node, "ExtID", row["e2e"])
    stamp = add(node, "Stamp")
    _bank(stamp, own)
    status = add(stamp, "Status")
    add(status, "Code", "02")
    add(status, "Name", wire.STATUSES["02"])


def _payment_order(order: etree._Element, row: sqlite3.Row, own: Party, style: _Style) -> None:
    other = Party(row["name"], row["inn"], row["kpp"], row["payer_account"], row["bic"], row["bank_name"])
    if style.bare:
        other = replace(other, inn="0", kpp="0")
    add(order, "DocNo", row["doc_no"])
    add(order, "DocDate", style.dates.day(date.fromisoformat(row["doc_date"] or row["booked"])))
    if style.sums:
        add(order, "Sum", Money(row["amount"]).decimal_text())
    for name, party in (("Payer", other), ("Payee", own)) if row["incoming"] else (("Payer", own), ("Payee", other)):
        _party(add(order, name), party)
    add(order, "TransitionKind", "01")
    add(order, "Priority", "5")
    add(order, "Purpose", row["purpose"][:210])


def _memorial_order(order: etree._Element, row: sqlite3.Row, own: Party, style: _Style) -> None:
    add(order, "DocNo", row["doc_no"])
    add(order, "DocDate", style.dates.day(date.fromisoformat(row["booked"])))
    sides = [(row["name"], row["payer_account"]), (own.name, own.account)]
    (debtor, debited), (creditor, credited) = sides if row["incoming"] else sides[::-1]
    add(order, "AccountNameDebit", debtor)
    add(order, "AccountDebit", debited[:_LONGEST_ACCOUNT])
    add(order, "Sum", Money(row["amount"]).decimal_text())
    add(order, "AccountNameCredit", creditor)
    add(order, "AccountCredit", credited[:_LONGEST_ACCOUNT])
    add(order, "TransitionContent", f"{row['purpose']} (операция {row['original_ref']})")


def _party(node: etree._Element, party: Party) -> None:
    add(node, "Name", party.name)
    if party.inn:
        add(node, "INN", party.inn)
    if party.kpp:
        add(node, "KPP", party.kpp)
    if party.account:
        add(node, "Account", party.account[:_LONGEST_ACCOUNT])
    _bank(add(node, "Bank"), party)


def _bank(node: etree._Element, party: Party) -> None:
    add(node, "BIC", party.bic if len(party.bic) == 9 and party.bic.isdigit() else _NO_BIC)
    if party.bank_name:
        add(node, "Name", party.bank_name[:160])


def _signed(row: sqlite3.Row) -> int:
    return int(row["amount"]) if row["incoming"] else -int(row["amount"])


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), MOSCOW)
