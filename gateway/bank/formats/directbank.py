"""Reader of 1C:DirectBank statements (kind 15, Statement), versions 2.1.1 to 2.3.2.

Streaming and by local name, never against the schema: real statements have dates with a zone, INN and KPP "0", ids that
are no GUIDs, lines without a sum. No DTD, no entity, no network.

The standard has one statement message. Its head is named after the ISO message of the same meaning, which is how the
rest of the house tells them apart: a final statement (type 0) is "camt.053", an interim one (type 1) "camt.052"; the
bare balance of type 2 is "directbank.balance".

    for item in read(stream):
        match item:
            case StatementHead(): ...
            case Entry(): ...
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import BinaryIO, Literal, cast
from zoneinfo import ZoneInfo

from lxml import etree

from gateway.bank.formats.camt_parts import (
    Names,
    child,
    down,
    given,
    read_amount,
    read_date,
    read_instant,
    read_operation_time,
    text_of,
)
from gateway.bank.statement import ROUBLES, Balance, Entry, Identity, Party, StatementHead, identity
from gateway.core.clock import MOSCOW
from gateway.core.errors import Corrupt, Refused
from gateway.core.money import Money
from gateway.signing.parsing import local_name

_CHUNK = 64 * 1024
_HEAD_KINDS = {"0": "camt.053", "1": "camt.052", "2": "directbank.balance"}
_CLOSING = {"0": "CLBD", "1": "ITBD", "2": "ITBD"}
_OPENING = "OPBD"

# Element of a payment document → its code in the standard's table, for banks that leave @docKind out
_DOCUMENTS = {
    "PayDocRu": "10",
    "PayRequest": "11",
    "CollectionOrder": "12",
    "InnerDoc": "13",
    "MemOrder": "16",
    "PaymentOrder": "17",
    "BankOrder": "18",
    "CashContribution": "24",
    "Check": "25",
}
# Stamp/Status of a line: what is not posted yet, and what never will be. Without a stamp a line is posted.
_STATUSES = {"01": "PDNG", "04": "PDNG", "06": "PDNG", "03": "INFO", "05": "INFO"}
# Currency in digits 6 to 8 of an account (Bank of Russia, 579-P): the message names none
_CURRENCIES = {"810": "RUB", "643": "RUB", "840": "USD", "978": "EUR", "156": "CNY"}
# A shorter id is a document's number or a counter of the day, and comes again (1C's own sample has "768")
_SHORTEST_ID = 12


def read(source: BinaryIO, zone: ZoneInfo = MOSCOW) -> Iterator[StatementHead | Entry]:
    """The statement in `source`: its head, then its lines.

    Balances that stand after the lines come in a second head with the same id. Take the whole file before acting on
    any of it: a file that turns out broken raises after its good part was yielded.

    Args:
        zone: where instants without offset belong to (the bank's).

    Raises:
        Corrupt: `bank.malformed` not well-formed, cut short or without data; `bank.dtd`; `bank.unknown_content`
            well-formed, but no Statement.
    """
    try:
        yield from _read(source, zone)
    except etree.XMLSyntaxError as error:
        raise Corrupt("bank.malformed", what=str(error)) from None


def _read(source: BinaryIO, zone: ZoneInfo) -> Iterator[StatementHead | Entry]:
    chunk = source.read(_CHUNK)
    _check_root(chunk)
    parser = _parser("end", ("{*}Data", "{*}OperationInfo"))
    names = Names()
    statement: _Statement | None = None
    finished = False
    while chunk:
        parser.feed(chunk)
        for _, node in parser.read_events():
            element = cast("etree._Element", node)
            name, parent = names[element.tag], element.getparent()
            if parent is None:
                continue
            if name == "OperationInfo" and names[parent.tag] == "Data":
                if statement is None:
                    statement = _Statement(parent, names, zone)
                    yield statement.head
                statement.check_holds(element)
                yield statement.line(element)
                statement.forget_before(element)
            elif name == "Data" and parent.getparent() is None and not finished:
                if statement is None:
                    yield _Statement(element, names, zone).head
                elif (late := statement.late_head()) is not None:
                    yield late
                finished = True
        chunk = source.read(_CHUNK)
    parser.close()
    if not finished:
        raise Corrupt("bank.malformed", what="no data in the statement")


def _parser(event: Literal["start", "end"], tags: tuple[str, ...] | None = None) -> etree.XMLPullParser:
    return etree.XMLPullParser(
        events=(event,),
        tag=tags,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
    )


def _check_root(beginning: bytes) -> None:
    """See that a statement begins here, before anything of it is read.

    Raises:
        Corrupt: see `read`.
    """
    parser = _parser("start")
    parser.feed(beginning)
    root = next((cast("etree._Element", node) for _, node in parser.read_events()), None)
    if root is None:
        raise Corrupt("bank.malformed", what="no element")
    if root.getroottree().docinfo.internalDTD is not None:
        raise Corrupt("bank.dtd")
    name = local_name(root)
    if name != "Statement":
        raise Corrupt("bank.unknown_content", what=name[:80])


class _Statement:
    """A statement being read: what stands before its first line is complete, its lines are coming."""

    def __init__(self, data: etree._Element, names: Names, zone: ZoneInfo) -> None:
        self._names = names
        self._zone = zone
        self._data = data
        self._seen: Counter[tuple[str, Identity]] = Counter()
        before = []
        # the parser is ahead of us by up to a chunk: what follows the first line is not the head's
        for part in data:
            if names[part.tag] == "OperationInfo":
                break
            before.append(part)
        self.head = self._head(before)
        self._account = self.head.account
        self._currency = self.head.currency

    def late_head(self) -> StatementHead | None:
        """The head again with balances that stood after the lines; None without any."""
        balances, warnings = self._balances(self._data, self.head)
        return replace(self.head, balances=balances, warnings=warnings) if balances or warnings else None

    def check_holds(self, line: etree._Element) -> None:
        """See that the line stands in this statement's data and in no other: one message has one account.

        Raises:
            Corrupt: `bank.malformed`.
        """
        if line.getparent() is not self._data:
            raise Corrupt("bank.malformed", what=f"line {line.sourceline}: a second Data in the statement")

    def forget_before(self, line: etree._Element) -> None:
        """Drop what has been read up to `line`; the line itself stays, empty: the parser still writes behind it."""
        del line[:]
        while (first := self._data[0]) is not line:
            self._data.remove(first)

    def line(self, operation: etree._Element) -> Entry:
        """One OperationInfo, counted among equal ones."""
        entry = self._entry(operation)
        key = (entry.status, identity(entry))
        occurrence = self._seen[key]
        self._seen[key] = occurrence + 1
        return replace(entry, occurrence=occurrence) if occurrence else entry

    def _head(self, parts: list[etree._Element]) -> StatementHead:
        names, zone = self._names, self._zone
        text = {names[part.tag]: text_of(part) for part in parts}
        root = self._data.getparent()
        assert root is not None
        recipient, sender = child(root, names, "Recipient"), child(root, names, "Sender")
        bank = next((part for part in parts if names[part.tag] == "Bank"), None)
        instants = [root.get("creationDate", ""), text.get("DateFrom", ""), text.get("DateTo", "")]
        at = [read_instant(one, zone) if one else None for one in instants]
        unreadable = any(one and found is None for one, found in zip(instants, at, strict=True))
        statement_type = text.get("StatementType", "")
        account = text.get("Account", "")
        head = StatementHead(
            kind=_HEAD_KINDS.get(statement_type, f"directbank.{statement_type[:10]}"),
            statement_id=root.get("id", "").strip(),
            number="",
            created=at[0],
            account=account,
            owner="" if recipient is None else recipient.get("name", "").strip(),
            bic=down(bank, names, "BIC") or ("" if sender is None else sender.get("bic", "").strip()),
            currency=_CURRENCIES.get(account[5:8], account[5:8]),
            period_from=at[1],
            period_to=at[2],
            balances=(),
            warnings=("date_unreadable",) if unreadable else (),
        )
        # business dates: as written, not as instants
        self._days = (read_date(text.get("DateFrom", "")), read_date(text.get("DateTo", "")))
        self._closing = _CLOSING.get(statement_type, "ITBD")
        balances, warnings = self._balances(parts, head)
        return replace(head, balances=balances, warnings=(*head.warnings, *warnings))

    def _balances(
        self, parts: Iterable[etree._Element], head: StatementHead
    ) -> tuple[tuple[Balance, ...], tuple[str, ...]]:
        found: list[Balance] = []
        warnings: tuple[str, ...] = ()
        for part in parts:
            name = self._names[part.tag]
            if name not in ("OpeningBalance", "ClosingBalance"):
                continue
            opening = name == "OpeningBalance"
            try:
                amount = Money.parse(text_of(part))
            except Refused:
                warnings = ("balance_unreadable",)
                continue
            day = self._days[0] if opening else self._days[1]
            found.append(Balance(_OPENING if opening else self._closing, amount, day, head.currency))
        return tuple(found), warnings

    def _entry(self, operation: etree._Element) -> Entry:
        parts = self._children(operation)
        warnings: list[str] = []
        document = parts.get("PayDoc")
        paid = document[0] if document is not None and len(document) else None
        fields = {} if paid is None else self._children(paid)
        text = {name: text_of(part) for name, part in fields.items()}
        bank_id = "" if document is None else " ".join(document.get("id", "").split())
        stable = len(bank_id) >= _SHORTEST_ID and bank_id != text.get("DocNo", "")
        side = _text(parts, "DC")
        if side not in ("1", "2"):
            warnings.append("direction_missing")
        incoming = side == "2"
        if self._currency not in ROUBLES:
            warnings.append("currency_foreign" if self._currency else "currency_missing")
        booked_text, dated = _text(parts, "Date"), text.get("DocDate", "")
        booked, doc_date = read_date(booked_text), read_date(dated)
        if (booked_text and booked is None) or (dated and doc_date is None):
            warnings.append("date_unreadable")
        return Entry(
            ref=bank_id if stable else "",
            entry_ref="",
            e2e=given(_text(parts, "ExtID")),
            tx_id="" if stable else bank_id,
            amount=_amount(text.get("Sum", ""), warnings),
            incoming=incoming,
            reversal=False,
            status=_STATUSES.get(down(parts.get("Stamp"), self._names, "Status", "Code"), "BOOK"),
            booked=booked,
            value=None,
            bank_time=read_operation_time(booked_text, self._zone),
            counterparty=self._other_side("" if paid is None else self._names[paid.tag], fields, incoming, warnings),
            purpose=text.get("Purpose", "") or text.get("TransitionContent", "") or text.get("InnerDocKind", ""),
            doc_no=text.get("DocNo", ""),
            doc_date=doc_date,
            code=self._code(document, paid, text),
            original_ref="",
            detail_index=0,
            occurrence=0,
            warnings=tuple(warnings),
            currency=self._currency,
        )

    def _children(self, element: etree._Element) -> dict[str, etree._Element]:
        """Local name → child; of several the first."""
        found: dict[str, etree._Element] = {}
        for part in element:
            found.setdefault(self._names[part.tag], part)
        return found

    def _code(self, document: etree._Element | None, paid: etree._Element | None, text: dict[str, str]) -> str:
        """Kind of document by the standard's table ("10" payment order, "18" bank order), then the bank's own code of
        the operation (вид операции) where it gives one: "10/01"."""
        element = "" if paid is None else self._names[paid.tag]
        kind = (document.get("docKind", "").strip() if document is not None else "") or _DOCUMENTS.get(element, element)
        operation = text.get("TransitionKind", "") or text.get("PartialTransitionKind", "")
        return f"{kind}/{operation}" if operation else kind

    def _other_side(self, kind: str, fields: dict[str, etree._Element], incoming: bool, warnings: list[str]) -> Party:
        """The payer of what came in, the payee of what went out.

        Money that comes in by a document whose payer is our own account is our own payment coming back.
        """
        if kind == "MemOrder":  # names accounts, no parties
            where = "Debit" if incoming else "Credit"
            return Party(name=_text(fields, f"AccountName{where}"), account=_text(fields, f"Account{where}"))
        found = self._party(fields.get("Payer" if incoming else "Payee"))
        if incoming and found.account and found.account == self._account:
            payee = self._party(fields.get("Payee"))
            if payee.account != self._account:
                warnings.append("returned")
                return payee
        if not found.name and incoming:
            return replace(found, name=down(fields.get("Person"), self._names, "FullName"))
        return found

    def _party(self, party: etree._Element | None) -> Party:
        if party is None:
            return Party()
        parts = self._children(party)
        bank = self._children(parts["Bank"]) if "Bank" in parts else {}
        return Party(
            name=_text(parts, "Name"),
            inn=_number(_text(parts, "INN")),
            kpp=_number(_text(parts, "KPP")),
            account=_text(parts, "Account"),
            bic=_text(bank, "BIC"),
            bank_name=_text(bank, "Name"),
        )


def _text(parts: dict[str, etree._Element], name: str) -> str:
    part = parts.get(name)
    return "" if part is None else text_of(part)


def _amount(text: str, warnings: list[str]) -> Money:
    if not text:
        warnings.append("amount_missing")
        return Money.zero()
    amount = read_amount(text)
    if amount is None:
        warnings.append("amount_unreadable")
        return Money.zero()
    if not amount:
        warnings.append("amount_missing")
    return amount


def _number(text: str) -> str:
    """An INN or KPP; banks write "0" for none."""
    return text if text.strip("0") else ""
