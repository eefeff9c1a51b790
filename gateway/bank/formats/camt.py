"""Reader of ISO 20022 account messages: camt.052 (intraday), camt.053 (final), camt.054 (notification), .02 to .08+.

Streaming: a file of any length is read in constant memory. By local name and root, never against a schema: files of
real banks are not schema-valid, and a line must not be lost for that. No DTD, no entity, no network.

    for item in read(stream):
        match item:
            case StatementHead(): ...
            case Entry(): ...
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import takewhile
from typing import BinaryIO, Literal, cast
from zoneinfo import ZoneInfo

from lxml import etree

from gateway.bank.formats.camt_lines import LineReader
from gateway.bank.formats.camt_parts import (
    Names,
    account_of,
    agent_of,
    child,
    down,
    read_amount,
    read_date,
    read_instant,
    text_of,
)
from gateway.bank.statement import Balance, Entry, StatementHead
from gateway.core.clock import MOSCOW
from gateway.core.errors import Corrupt

_KINDS = {
    "BkToCstmrAcctRpt": "camt.052",
    "BkToCstmrStmt": "camt.053",
    "BkToCstmrDbtCdtNtfctn": "camt.054",
}
_STATEMENTS = ("Rpt", "Stmt", "Ntfctn")
_CHUNK = 64 * 1024
_TO_THE_ROOT = 1024 * 1024  # a prologue of comments longer than this is no bank's


def read(source: BinaryIO, zone: ZoneInfo = MOSCOW) -> Iterator[StatementHead | Entry]:
    """The statements in `source`: a head, then its lines, statement after statement.

    Balances that stand after the lines come in a second head with the same id. Take the whole file before acting on
    any of it: a file that turns out broken raises after its good part was yielded.

    Args:
        source: the file, binary; its encoding is the one its XML declaration names.
        zone: where instants without offset belong to (the bank's).

    Raises:
        Corrupt: `bank.malformed` not well-formed, cut short or without any statement; `bank.dtd` it brings a document
            type; `bank.unknown_content` well-formed, but none of the three messages.
    """
    try:
        yield from _read(source, zone)
    except etree.XMLSyntaxError as error:
        raise Corrupt("bank.malformed", what=str(error)) from None


def _read(source: BinaryIO, zone: ZoneInfo) -> Iterator[StatementHead | Entry]:
    chunk = _check_root(source)
    names = Names()
    parser = _parser("end", tuple(f"{{*}}{name}" for name in ("Ntry", *_STATEMENTS)))
    statement: _Statement | None = None
    count = 0
    while chunk:
        parser.feed(chunk)
        for element in _elements(parser):
            ended = names[element.tag] in _STATEMENTS
            owner = element if ended else element.getparent()
            if owner is None or not _kind(owner, names):
                continue
            if statement is None or statement.element is not owner:
                statement = _Statement(owner, names, zone)
                count += 1
                yield statement.head
            if not ended:
                yield from statement.lines.read(element)
                statement.forget_before(element)
                continue
            late = statement.late_head()
            if late is not None:
                yield late
            del owner[:]
            statement = None
        chunk = source.read(_CHUNK)
    parser.close()
    if not count:
        raise Corrupt("bank.malformed", what="no statement in the message")


class _Statement:
    """A statement being read: its head is complete, its lines are coming."""

    def __init__(self, element: etree._Element, names: Names, zone: ZoneInfo) -> None:
        self.element = element
        self._names = names
        # The parser is ahead of us by up to a chunk: what follows the first line is not the head's.
        before = list(takewhile(lambda part: names[part.tag] != "Ntry", element))
        self.head = _head(before, _kind(element, names), names, zone)
        self.lines = LineReader(names, self.head.account, self.head.currency, zone)
        self._read = len(before)
        self._late: list[Balance] = []
        self._unreadable = False

    def forget_before(self, line: etree._Element) -> None:
        """Drop everything up to `line`, which has been read, except balances.

        The line itself stays, empty: the parser still writes behind it.
        """
        del line[:]
        element = self.element
        while (first := element[0]) is not line:
            self._take(first)
            del element[0]

    def late_head(self) -> StatementHead | None:
        """The head again with the balances that stood after its lines; None without any."""
        for part in self.element:
            self._take(part)
        if not self._late and not self._unreadable:
            return None
        warnings = ("balance_unreadable",) if self._unreadable else ()
        return replace(self.head, balances=tuple(self._late), warnings=warnings)

    def _take(self, part: etree._Element) -> None:
        if self._read:  # still a part of the head
            self._read -= 1
        elif self._names[part.tag] == "Bal":
            balances, unreadable = _balances([part], self._names)
            self._late.extend(balances)
            self._unreadable |= unreadable


def _parser(event: Literal["start", "end"], tags: tuple[str, ...] | None = None) -> etree.XMLPullParser:
    """A parser that reports `event` of elements `tags`; without DTD, entities and network.

    huge_tree stays off: libxml2's limits on depth and on the length of one text are far above any statement.
    """
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


def _elements(parser: etree.XMLPullParser) -> Iterator[etree._Element]:
    """What the parser has to report by now; only elements, by the events it was made with."""
    return (cast("etree._Element", element) for _, element in parser.read_events())


def _check_root(source: BinaryIO) -> bytes:
    """Read until the message's own element has begun and return what was read.

    Raises:
        Corrupt: see `read`.
    """
    parser = _parser("start")
    taken = b""
    seen: list[etree._Element] = []
    while len(seen) < 2 and len(taken) < _TO_THE_ROOT:
        chunk = source.read(_CHUNK)
        if not chunk:
            parser.close()
            break
        taken += chunk
        parser.feed(chunk)
        seen.extend(_elements(parser))
        if seen and seen[0].getroottree().docinfo.internalDTD is not None:
            raise Corrupt("bank.dtd")
    names = Names()  # by our own reading: lxml refuses to take names apart that its parser has let through
    locals_ = [names[element.tag] for element in seen[:2]]
    if len(locals_) < 2 or locals_[0] != "Document" or locals_[1] not in _KINDS:
        raise Corrupt("bank.unknown_content", what="/".join(locals_) or "no element")
    return taken


def _kind(statement: etree._Element, names: Names) -> str:
    """The message `statement` is a statement of, "" if it is none."""
    container = statement.getparent()
    if container is None or names[statement.tag] not in _STATEMENTS:
        return ""
    return _KINDS.get(names[container.tag], "")


def _balances(parts: list[etree._Element], names: Names) -> tuple[tuple[Balance, ...], bool]:
    """The balances among `parts`, and whether one could not be read."""
    found: list[Balance] = []
    unreadable = False
    for part in parts:
        if names[part.tag] != "Bal":
            continue
        code, day, amount, currency, debit = "", "", None, "", False
        for item in part:
            name = names[item.tag]
            if name == "Tp":
                choice = child(item, names, "CdOrPrtry")
                code = text_of(choice[0]) if choice is not None and len(choice) else ""
            elif name == "Amt":
                amount, currency = read_amount(text_of(item)), item.get("Ccy", "")
            elif name == "CdtDbtInd":
                debit = text_of(item) == "DBIT"
            elif name == "Dt":
                day = text_of(item[0]) if len(item) else text_of(item)
        if amount is None:
            unreadable = True
        else:
            found.append(Balance(code, -amount if debit else amount, read_date(day), currency))
    return tuple(found), unreadable


def _head(parts: list[etree._Element], kind: str, names: Names, zone: ZoneInfo) -> StatementHead:
    text: dict[str, str] = {}
    account = owner = bic = currency = period_from = period_to = ""
    for part in parts:
        name = names[part.tag]
        if name == "Acct":
            account = account_of(part, names)
            currency = down(part, names, "Ccy")
            holder = child(part, names, "Ownr")
            owner = down(holder, names, "Nm") or down(holder, names, "Pty", "Nm")
            servicer = child(part, names, "Svcr")
            bic = agent_of(servicer, names)[0] if servicer is not None else ""
        elif name == "FrToDt":
            period_from, period_to = down(part, names, "FrDtTm"), down(part, names, "ToDtTm")
        else:
            text.setdefault(name, text_of(part))
    balances, unreadable = _balances(parts, names)
    warnings = ["balance_unreadable"] if unreadable else []
    instants = [text.get("CreDtTm", ""), period_from, period_to]
    read_instants = [read_instant(one, zone) if one else None for one in instants]
    if any(one and at is None for one, at in zip(instants, read_instants, strict=True)):
        warnings.append("date_unreadable")
    return StatementHead(
        kind=kind,
        statement_id=text.get("Id", ""),
        number=text.get("ElctrncSeqNb", "") or text.get("LglSeqNb", ""),
        created=read_instants[0],
        account=account,
        owner=owner,
        bic=bic,
        currency=currency or _common_currency(balances),
        period_from=read_instants[1],
        period_to=read_instants[2],
        balances=balances,
        warnings=tuple(warnings),
    )


def _common_currency(balances: tuple[Balance, ...]) -> str:
    """The one currency of all balances, else ""."""
    currencies = {balance.currency for balance in balances}
    return currencies.pop() if len(currencies) == 1 else ""
