"""Settlements as XML of our own: registers of a period with their commission acts, what was paid on them, and to whom.

No 1C format carries an agent's register: the schema is `docs/kvit-settlement.xsd`; the file is UTF-8 with a byte order
mark like the rest. Sums may be below zero: what was taken back stands in the period it was taken back in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from lxml import etree

from gateway.core.clock import MOSCOW
from gateway.core.money import Money, total
from gateway.onec.written import Written
from gateway.onec.xml_write import Builder, inn_shaped

NAMESPACE = "urn:kvit:settlement:1"
_TEXT, _LONG = 255, 3000


@dataclass(frozen=True, slots=True)
class Counterparty:
    """Whom a document is about; "" where there is nothing.

    Attributes:
        id: ours, at most 40 characters. role: "shop" or "lender".
    """

    id: str
    role: str
    name: str
    inn: str = ""
    kpp: str = ""
    account: str = ""
    bic: str = ""
    bank: str = ""
    correspondent: str = ""


@dataclass(frozen=True, slots=True)
class LineRecord:
    """A line of a register: gross − fee = net, VAT inside the fee.

    Attributes:
        kind: "loan", "charge", "correction" or "carried".
        document: number of the agreement, or of what it is about.
        lender: id of the counterparty whose money it is; "" for none.
        reverses: id of the line this one takes back; "" for none.
    """

    id: str
    kind: str
    on: dt.date
    document: str
    gross: Money
    fee: Money
    net: Money
    vat: Money
    lender: str = ""
    reverses: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class StatementRecord:
    """A statement of account both sides agreed on; its commission act has its number and last day.

    Attributes:
        party: id of the counterparty.
        accepted: the day it was accepted; by_silence: because nothing was said.
        claim: number under which the party pays us what the statement is below zero; "" for none.
    """

    id: str
    number: int
    since: dt.date
    until: dt.date
    party: str
    accepted: dt.date
    by_silence: bool
    lines: tuple[LineRecord, ...]
    claim: str = ""


@dataclass(frozen=True, slots=True)
class PaymentRecord:
    """A payment order of ours that the bank carried out.

    Attributes:
        kind: "payout", to a shop on a statement; "return", to a lender for returned goods.
        about: id of the statement, or number of the agreement.
        debited: the day by the bank's statement.
    """

    id: str
    kind: str
    number: str
    date: dt.date
    debited: dt.date
    account: str
    party: str
    amount: Money
    purpose: str
    about: str


def write_settlement(
    counterparties: Sequence[Counterparty],
    statements: Sequence[StatementRecord] = (),
    payments: Sequence[PaymentRecord] = (),
    *,
    made_at: dt.datetime,
    company: str = "",
    zone: ZoneInfo = MOSCOW,
) -> Written:
    """The file; equal arguments give equal bytes.

    Raises:
        ValueError: an instant without a zone, a party or lender that is not among the counterparties, a line whose
            sums do not add up.
    """
    if made_at.tzinfo is None:
        raise ValueError("an instant needs a zone")
    _check(counterparties, statements, payments)
    builder = Builder(NAMESPACE)
    attributes = {"version": "1", "made_at": made_at.astimezone(zone).replace(microsecond=0).isoformat()}
    if company:
        attributes["company"] = builder.clean(company)
    root = builder.root("settlement", attributes)
    for party in sorted(counterparties, key=lambda one: one.id):
        _counterparty(builder, root, party)
    for statement in statements:
        _statement(builder, root, statement)
    for payment in payments:
        _payment(builder, root, payment)
    return builder.finish(root, "utf-8-sig")


def _check(
    counterparties: Sequence[Counterparty], statements: Sequence[StatementRecord], payments: Sequence[PaymentRecord]
) -> None:
    known = {party.id for party in counterparties}
    named = {statement.party for statement in statements} | {payment.party for payment in payments}
    named |= {line.lender for statement in statements for line in statement.lines if line.lender}
    if named - known:
        raise ValueError(f"not among the counterparties: {sorted(named - known)}")
    for line in (line for statement in statements for line in statement.lines):
        if line.gross - line.fee != line.net:
            raise ValueError(f"line {line.id}: {line.gross} less {line.fee} is not {line.net}")


def _counterparty(builder: Builder, root: etree._Element, party: Counterparty) -> None:
    node = builder.group(root, "counterparty", {"id": party.id, "role": party.role})
    builder.value(node, "name", party.name, _TEXT)
    if inn_shaped(party.inn):
        builder.value(node, "inn", party.inn)
    builder.optional(node, "kpp", party.kpp, 9)
    if party.account:
        account = {"number": party.account, "bic": party.bic, "correspondent": party.correspondent}
        bank = builder.group(node, "account", {name: text for name, text in account.items() if text})
        bank.text = builder.fitting(party.bank, _TEXT)


def _statement(builder: Builder, root: etree._Element, statement: StatementRecord) -> None:
    head = {
        "id": statement.id,
        "number": str(statement.number),
        "since": statement.since.isoformat(),
        "until": statement.until.isoformat(),
        "party": statement.party,
        "accepted": statement.accepted.isoformat(),
        "by_silence": "true" if statement.by_silence else "false",
    }
    if statement.claim:
        head["claim"] = statement.claim
    node = builder.group(root, "statement", head)
    for line in statement.lines:
        _line(builder, node, line)
    sums = {name: total([getattr(line, name) for line in statement.lines]) for name in ("gross", "fee", "net", "vat")}
    _sums(builder, node, "total", sums)
    if sums["fee"]:
        act = {"number": str(statement.number), "date": statement.until.isoformat()}
        node = builder.group(node, "act", act)
        builder.value(node, "amount", sums["fee"].decimal_text())
        builder.value(node, "vat", sums["vat"].decimal_text())


def _line(builder: Builder, parent: etree._Element, line: LineRecord) -> None:
    head = {"id": line.id, "kind": line.kind, "on": line.on.isoformat(), "lender": line.lender}
    head["reverses"] = line.reverses
    node = builder.group(parent, "line", {name: text for name, text in head.items() if text})
    builder.value(node, "document", line.document, _TEXT)
    _sums(builder, node, "sums", {"gross": line.gross, "fee": line.fee, "net": line.net, "vat": line.vat})
    builder.optional(node, "note", line.note, _LONG)


def _sums(builder: Builder, parent: etree._Element, name: str, sums: dict[str, Money]) -> None:
    builder.group(parent, name, {part: amount.decimal_text() for part, amount in sums.items()})


def _payment(builder: Builder, root: etree._Element, payment: PaymentRecord) -> None:
    head = {
        "id": payment.id,
        "kind": payment.kind,
        "number": payment.number,
        "date": payment.date.isoformat(),
        "debited": payment.debited.isoformat(),
        "account": payment.account,
        "party": payment.party,
        "about": payment.about,
    }
    node = builder.group(root, "payment", head)
    builder.value(node, "amount", payment.amount.decimal_text())
    builder.value(node, "purpose", payment.purpose, _LONG)
