"""One Ntry element of a camt message → the lines it stands for.

An Ntry is one movement on the account; its TxDtls say which payments are in it. The sum of the lines always equals the
Ntry: details become lines of their own only when their sums add up to it, otherwise the Ntry stays one line and says
why in its warnings. Nothing is dropped.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from lxml import etree

from gateway.bank.formats.camt_parts import (
    Names,
    child,
    code_of,
    counterparty,
    down,
    given,
    joined,
    read_amount,
    read_date,
    read_operation_time,
    tax_numbers,
    text_of,
)
from gateway.bank.statement import ROUBLES, Entry, Identity, Party, identity
from gateway.core.money import Money

_ORIGINAL = "ORIGINAL"  # Refs/Prtry/Tp of the reference a reversal undoes; our sandbox bank writes it
_ORDER_NUMBER = re.compile(r"[0-9]{1,6}")  # number of a платёжное поручение: six digits at most (762-П)
_Sum = tuple[str, str]  # text of the sum, currency


@dataclass(slots=True)
class _Detail:
    """What a TxDtls says, mostly still as text."""

    ref: str = ""
    e2e: str = ""
    tx_id: str = ""
    uetr: str = ""
    instruction: str = ""
    original: str = ""
    sums: dict[str, _Sum] = field(default_factory=dict)
    direction: str = ""
    code: str = ""
    purpose: str = ""
    doc_no: str = ""
    doc_date: str = ""
    time: str = ""
    returned: bool = False
    parties: dict[str, etree._Element] = field(default_factory=dict)
    agents: dict[str, etree._Element] = field(default_factory=dict)
    taxes: dict[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(slots=True)
class _Line:
    """What an Ntry says about itself."""

    sum: _Sum | None = None
    direction: str = ""
    reversal: bool = False
    status: str = ""
    booked: str = ""
    value: str = ""
    ref: str = ""
    entry_ref: str = ""
    code: str = ""
    additional: str = ""
    details: list[_Detail] = field(default_factory=list)


class LineReader:
    """Reads the Ntry elements of one statement in order, counting equal lines.

    Args:
        account: the statement's own account, to tell which party is the other side.
        currency: of the account, for sums that name none.
        zone: of instants without offset.
    """

    def __init__(self, names: Names, account: str, currency: str, zone: ZoneInfo) -> None:
        self._names = names
        self._account = account
        self._currency = currency
        self._zone = zone
        self._seen: Counter[tuple[str, Identity]] = Counter()

    def read(self, ntry: etree._Element) -> list[Entry]:
        """The lines of `ntry`; at least one."""
        line = self._line(ntry)
        if len(line.details) > 1:
            return [self._counted(entry) for entry in self._split(line)]
        detail = line.details[0] if line.details else _Detail()
        return [self._counted(self._whole(line, detail, 0))]

    def _counted(self, entry: Entry) -> Entry:
        key = (entry.status, identity(entry))
        occurrence = self._seen[key]
        self._seen[key] = occurrence + 1
        return replace(entry, occurrence=occurrence) if occurrence else entry

    # Elements → text

    def _line(self, ntry: etree._Element) -> _Line:
        names = self._names
        line = _Line()
        for part in ntry:
            name = names[part.tag]
            if name == "NtryDtls":
                line.details.extend(self._detail(tx) for tx in part if names[tx.tag] == "TxDtls")
            elif name == "Amt":
                line.sum = (text_of(part), part.get("Ccy", ""))
            elif name == "CdtDbtInd":
                line.direction = text_of(part)
            elif name == "RvslInd":
                line.reversal = text_of(part) in ("true", "1")
            elif name == "Sts":
                line.status = text_of(part) or (text_of(part[0]) if len(part) else "")
            elif name == "BookgDt":
                line.booked = text_of(part[0]) if len(part) else text_of(part)
            elif name == "ValDt":
                line.value = text_of(part[0]) if len(part) else text_of(part)
            elif name == "AcctSvcrRef":
                line.ref = given(text_of(part))
            elif name == "NtryRef":
                line.entry_ref = text_of(part)
            elif name == "BkTxCd":
                line.code = code_of(part, names)
            elif name == "AddtlNtryInf":
                line.additional = text_of(part)
        return line

    def _detail(self, tx: etree._Element) -> _Detail:
        names = self._names
        detail = _Detail()
        additional = ""
        for part in tx:
            name = names[part.tag]
            if name == "RltdPties":
                detail.parties = {names[party.tag]: party for party in part}
            elif name == "RltdAgts":
                detail.agents = {names[agent.tag]: agent for agent in part}
            elif name == "Refs":
                self._references(part, detail)
            elif name == "RmtInf":
                self._remittance(part, detail)
            elif name == "Amt":
                detail.sums["Amt"] = (text_of(part), part.get("Ccy", ""))
            elif name == "AmtDtls":
                for kind in part:
                    amount = child(kind, names, "Amt")
                    if amount is not None:
                        detail.sums.setdefault(names[kind.tag], (text_of(amount), amount.get("Ccy", "")))
            elif name == "CdtDbtInd":
                detail.direction = text_of(part)
            elif name == "BkTxCd":
                detail.code = code_of(part, names)
            elif name == "RltdDts":
                self._dates(part, detail)
            elif name == "Tax":
                detail.taxes.update(tax_numbers(part, names))
            elif name == "RtrInf":
                detail.returned = True
            elif name == "AddtlTxInf":
                additional = text_of(part)
        detail.purpose = detail.purpose or additional
        return detail

    def _references(self, refs: etree._Element, detail: _Detail) -> None:
        names = self._names
        for part in refs:
            name = names[part.tag]
            if name == "EndToEndId":
                detail.e2e = given(text_of(part))
            elif name == "AcctSvcrRef":
                detail.ref = given(text_of(part))
            elif name == "TxId":
                detail.tx_id = given(text_of(part))
            elif name == "InstrId":
                detail.instruction = given(text_of(part))
            elif name == "UETR":
                detail.uetr = text_of(part)
            elif name == "Prtry" and down(part, names, "Tp") == _ORIGINAL:
                detail.original = down(part, names, "Ref")

    def _remittance(self, remittance: etree._Element, detail: _Detail) -> None:
        """The purpose, and the payment order's number and date.

        Russian banks put the order into Strd/RfrdDocInf with the type POD (payment order document): Nb, RltdDt.
        """
        names = self._names
        free: list[str] = []
        structured: list[str] = []
        for part in remittance:
            if names[part.tag] == "Ustrd":
                free.append(part.text or "")
                continue
            for item in part:
                name = names[item.tag]
                if name == "RfrdDocInf":
                    self._order(item, detail)
                elif name == "CdtrRefInf":
                    structured.append(down(item, names, "Ref"))
                elif name == "AddtlRmtInf":
                    structured.append(text_of(item))
                elif name == "TaxRmt":
                    detail.taxes.update(tax_numbers(item, names))
        detail.purpose = joined(free) or " ".join(structured)

    def _order(self, document: etree._Element, detail: _Detail) -> None:
        number = day = kind = ""
        for part in document:
            name = self._names[part.tag]
            if name == "Nb":
                number = text_of(part)
            elif name == "RltdDt":
                day = text_of(part)
            elif name == "Tp":
                kind = down(part, self._names, "CdOrPrtry", "Prtry")
        if kind == "POD":
            detail.doc_no, detail.doc_date = number, day

    def _dates(self, dates: etree._Element, detail: _Detail) -> None:
        names = self._names
        for part in dates:
            name = names[part.tag]
            if name == "TxDtTm":
                detail.time = text_of(part)
            elif name == "Prtry" and down(part, names, "Tp") == "DocDate" and len(part) > 1:
                detail.doc_date = text_of(part[1][0]) if len(part[1]) else text_of(part[1])

    # Text → lines

    def _split(self, line: _Line) -> list[Entry]:
        """Several details: a line each if they add up, else one line for all."""
        whole = self._whole(line, _Detail(), 0)
        complete = False
        for kind in ("Amt", "TxAmt", "InstdAmt"):
            # Banks repeat the total in every Amt and give the single sums in AmtDtls/TxAmt, or the other way round.
            stated = [detail.sums.get(kind) for detail in line.details]
            amounts = [read_amount(one[0]) if one else None for one in stated]
            if any(amount is None or not amount for amount in amounts):
                continue
            complete = True
            if {(one[1] or self._currency) if one else "" for one in stated} != {whole.currency} and line.sum:
                continue
            entries = self._lines_if_they_add_up(line, whole, [amount for amount in amounts if amount is not None])
            if entries:
                total = whole.amount or Money(sum(amount.kopecks for amount in amounts if amount is not None))
                return [replace(entry, batch_ref=line.ref, batch_amount=total) for entry in entries]
        warning = "details_unbalanced" if complete else "details_without_amounts"
        return [self._summary(line, whole, warning)]

    def _lines_if_they_add_up(self, line: _Line, whole: Entry, amounts: list[Money]) -> list[Entry]:
        if line.sum is None:
            return [
                self._whole(line, detail, i, amount)
                for i, (detail, amount) in enumerate(zip(line.details, amounts, strict=True))
            ]
        opposite = [bool(d.direction) and bool(line.direction) and d.direction != line.direction for d in line.details]
        signed = sum(-a.kopecks if other else a.kopecks for a, other in zip(amounts, opposite, strict=True))
        if signed == whole.amount.kopecks:
            return [
                self._whole(line, detail, i, amount)
                for i, (detail, amount) in enumerate(zip(line.details, amounts, strict=True))
            ]
        if sum(a.kopecks for a in amounts) == whole.amount.kopecks:
            entries = []
            for i, (detail, amount) in enumerate(zip(line.details, amounts, strict=True)):
                wrong, detail.direction = detail.direction, line.direction
                entry = self._whole(line, detail, i, amount)
                if wrong and wrong != line.direction:
                    entry = replace(entry, warnings=(*entry.warnings, "direction_of_details"))
                entries.append(entry)
            return entries
        return []

    def _summary(self, line: _Line, whole: Entry, warning: str) -> Entry:
        """One line for an Ntry whose details cannot be told apart by sum; what they have in common is kept."""
        one_by_one = [self._whole(line, detail, 0) for detail in line.details]
        parties = {entry.counterparty for entry in one_by_one}
        purposes = list(dict.fromkeys(entry.purpose for entry in one_by_one if entry.purpose))
        return replace(
            whole,
            counterparty=parties.pop() if len(parties) == 1 else Party(),
            purpose=" | ".join(purposes),
            warnings=(*whole.warnings, warning),
        )

    def _whole(self, line: _Line, detail: _Detail, index: int, part: Money | None = None) -> Entry:
        """A line made of an Ntry and one of its details; its sum is `part`, or the whole Ntry's."""
        warnings: list[str] = []
        text, currency = line.sum or detail.sums.get("Amt") or detail.sums.get("TxAmt") or ("", "")
        amount = part
        if part is not None:
            if line.sum is None:
                warnings.append("amount_from_details")
        else:
            amount = self._amount(line, detail, text, currency, warnings)
        currency = currency or self._currency
        if currency not in ROUBLES:
            warnings.append("currency_foreign" if currency else "currency_missing")
        direction = (detail.direction or line.direction) if part is not None else (line.direction or detail.direction)
        if direction not in ("CRDT", "DBIT"):
            warnings.append("direction_missing")
        elif part is None and detail.direction and line.direction and detail.direction != line.direction:
            warnings.append("direction_of_details")
        incoming = direction == "CRDT"
        if detail.returned and not line.reversal:
            warnings.append("returned")
        booked = read_date(line.booked) if line.booked else None
        value = read_date(line.value) if line.value else None
        bank_time = read_operation_time(detail.time, self._zone) if detail.time else None
        if bank_time is None and "T" in line.booked:
            bank_time = read_operation_time(line.booked, self._zone)
        doc_date = read_date(detail.doc_date) if detail.doc_date else None
        if (line.booked and booked is None) or (line.value and value is None) or (detail.doc_date and doc_date is None):
            warnings.append("date_unreadable")
        several = len(line.details) > 1
        return Entry(
            ref=(detail.ref or line.ref) if several else (line.ref or detail.ref),
            entry_ref=line.entry_ref,
            e2e=detail.e2e,
            tx_id=detail.tx_id or detail.uetr,
            amount=amount or Money.zero(),
            incoming=incoming,
            reversal=line.reversal,
            status=line.status,
            booked=booked,
            value=value,
            bank_time=bank_time,
            counterparty=self._other_side(incoming != line.reversal, detail),
            purpose=detail.purpose or line.additional,
            doc_no=self._order_number(detail, currency),
            doc_date=doc_date,
            code=detail.code or line.code,
            original_ref=detail.original,
            detail_index=index,
            occurrence=0,
            warnings=tuple(warnings),
            currency=currency,
        )

    def _amount(self, line: _Line, detail: _Detail, text: str, currency: str, warnings: list[str]) -> Money | None:
        """The Ntry's own sum, else its only detail's."""
        if not text:
            # Of several details the caller adds up what it can; here there is nothing to read.
            warnings.append("amount_missing")
            return None
        amount = read_amount(text)
        if amount is None:
            warnings.append("amount_unreadable")
            return None
        if line.sum is None:
            warnings.append("amount_from_details")
            return amount
        for kind in ("Amt", "TxAmt"):
            stated = detail.sums.get(kind)
            if (
                stated
                and stated[0] != text
                and (stated[1] or currency) == currency
                and read_amount(stated[0]) != amount
            ):
                warnings.append("detail_amount_differs")
                break
        if not amount:
            warnings.append("amount_missing")
        return amount

    def _other_side(self, by_debtor: bool, detail: _Detail) -> Party:
        """The payer of what came in, the payee of what went out; ISO keeps the original roles in a reversal.

        Banks that swap the roles in reversals and returns are seen by their naming our own account.
        """
        side, other = ("Dbtr", "Cdtr") if by_debtor else ("Cdtr", "Dbtr")
        found = counterparty(side, detail.parties, detail.agents, detail.taxes, self._names)
        if found.account and found.account == self._account:
            theirs = counterparty(other, detail.parties, detail.agents, detail.taxes, self._names)
            if theirs.account and theirs.account != self._account:
                return theirs
        return found

    def _order_number(self, detail: _Detail, currency: str) -> str:
        """Number of the payment order: RfrdDocInf of type POD, else InstrId, else an EndToEndId that looks like one.

        The last is the way of Alfa-Bank's camt.053; only rouble payments have such orders.
        """
        if detail.doc_no:
            return detail.doc_no
        if currency not in ROUBLES:
            return ""
        return detail.instruction or (detail.e2e if _ORDER_NUMBER.fullmatch(detail.e2e) else "")
