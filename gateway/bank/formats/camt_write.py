"""Writer of camt.052, camt.053 and camt.054, version .08 or .02: what the sandbox bank sends out.

Where Russian particulars stand, following what Russian banks do in ISO 20022:

    ИНН                     Id/OrgId/Othr/Id, or Id/PrvtId/… for a person (12 digits), with SchmeNm/Cd TXID
    КПП                     a second OrgId/Othr/Id with SchmeNm/Prtry KPP
    account                 Id/Othr/Id with SchmeNm/Cd BBAN
    БИК                     FinInstnId/ClrSysMmbId with ClrSysId/Cd RUCBC
    payment order           RmtInf/Strd/RfrdDocInf of the type POD: Nb its number, RltdDt its date
    instant of the operation RltdDts/TxDtTm
    what a reversal undoes  Refs/Prtry with Tp ORIGINAL: the undone line's AcctSvcrRef

`gateway.bank.formats.camt.read` gives back what was written.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from lxml import etree

from gateway.bank.statement import Balance, Entry, Party, StatementHead
from gateway.core.clock import MOSCOW
from gateway.core.money import Money

_CONTAINERS = {
    "camt.052": ("BkToCstmrAcctRpt", "Rpt"),
    "camt.053": ("BkToCstmrStmt", "Stmt"),
    "camt.054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
}
VERSIONS = ("02", "08")
_LINE = 140  # the longest Ustrd
_NAME = 140  # the longest Nm; longer names are cut, as banks do
_BIK_DIGITS = 9


def write(
    head: StatementHead,
    entries: Sequence[Entry],
    *,
    message_id: str,
    own: Party,
    version: str = "08",
    encoding: str = "UTF-8",
    zone: ZoneInfo = MOSCOW,
) -> bytes:
    """One message with one statement. Every entry becomes an Ntry with one TxDtls.

    Args:
        head: `kind` chooses the message; `created` is obligatory.
        message_id: GrpHdr/MsgId, at most 35 characters.
        own: whose account it is; its `account` and `bic` are those of the head.
        version: "08" or "02".
        encoding: of the bytes; "windows-1251" is what some Russian banks send.
        zone: instants are written as local time of it, with offset.

    Raises:
        ValueError: another kind or version, a head without `created`, a text that is no XML.
    """
    if head.kind not in _CONTAINERS or version not in VERSIONS or head.created is None:
        raise ValueError(f"cannot write {head.kind}.001.{version} created {head.created}")
    container, statement = _CONTAINERS[head.kind]
    namespace = f"urn:iso:std:iso:20022:tech:xsd:{head.kind}.001.{version}"
    out = io.BytesIO()
    with etree.xmlfile(out, encoding=encoding) as xml:
        xml.write_declaration()
        with (
            xml.element(f"{{{namespace}}}Document", nsmap={None: namespace}),
            xml.element(f"{{{namespace}}}{container}"),
        ):
            maker = _Maker(version, zone, own)
            xml.write(maker.group_header(message_id, head.created))
            with xml.element(f"{{{namespace}}}{statement}"):
                for part in maker.head(head, entries):
                    xml.write(part)
                for entry in entries:
                    xml.write(maker.entry(entry))
    return out.getvalue()


class _Maker:
    """Makes the elements of one message; the two versions differ in a few places only.

    The elements carry no namespace of their own: written inside Document they are in its default one, and the file
    does not repeat it twenty thousand times.
    """

    def __init__(self, version: str, zone: ZoneInfo, own: Party) -> None:
        self._old = version == "02"
        self._zone = zone
        self._own = own

    def group_header(self, message_id: str, created: datetime) -> etree._Element:
        header = self._new("GrpHdr")
        self._add(header, "MsgId", message_id)
        self._add(header, "CreDtTm", self._instant(created))
        return header

    def head(self, head: StatementHead, entries: Sequence[Entry]) -> list[etree._Element]:
        """The children of the statement before its lines."""
        holder = self._new("Holder")
        self._add(holder, "Id", head.statement_id)
        if head.number:
            self._add(holder, "ElctrncSeqNb", head.number)
        if head.created:
            self._add(holder, "CreDtTm", self._instant(head.created))
        if head.period_from and head.period_to:
            period = self._add(holder, "FrToDt")
            self._add(period, "FrDtTm", self._instant(head.period_from))
            self._add(period, "ToDtTm", self._instant(head.period_to))
        account = self._add(holder, "Acct")
        self._account_id(account, head.account)
        if head.currency:
            self._add(account, "Ccy", head.currency)
        self._identification(self._add(account, "Ownr"), self._own.name or head.owner, self._own.inn, self._own.kpp)
        self._agent(self._add(account, "Svcr"), head.bic, self._own.bank_name)
        for balance in head.balances:
            self._balance(holder, balance, head.currency)
        self._summary(holder, entries)
        return list(holder)

    def entry(self, entry: Entry) -> etree._Element:
        ntry = self._new("Ntry")
        direction = "CRDT" if entry.incoming else "DBIT"
        if entry.entry_ref:
            self._add(ntry, "NtryRef", entry.entry_ref)
        self._amount(ntry, entry.amount, entry.currency)
        self._add(ntry, "CdtDbtInd", direction)
        if entry.reversal:
            self._add(ntry, "RvslInd", "true")
        status = self._add(ntry, "Sts", entry.status if self._old else "")
        if not self._old:
            self._add(status, "Cd", entry.status)
        for name, day in (("BookgDt", entry.booked), ("ValDt", entry.value)):
            if day:
                self._add(self._add(ntry, name), "Dt", day.isoformat())
        if entry.ref:
            self._add(ntry, "AcctSvcrRef", entry.ref)
        self._code(ntry, entry.code)
        self._details(self._add(self._add(ntry, "NtryDtls"), "TxDtls"), entry, direction)
        return ntry

    def _details(self, tx: etree._Element, entry: Entry, direction: str) -> None:
        refs = self._add(tx, "Refs")
        if entry.ref:
            self._add(refs, "AcctSvcrRef", entry.ref)
        if entry.doc_no:
            self._add(refs, "InstrId", entry.doc_no)
        self._add(refs, "EndToEndId", entry.e2e or "NOTPROVIDED")
        if entry.tx_id:
            self._add(refs, "TxId", entry.tx_id)
        if entry.original_ref:
            original = self._add(refs, "Prtry")
            self._add(original, "Tp", "ORIGINAL")
            self._add(original, "Ref", entry.original_ref)
        if self._old:
            self._amount(self._add(self._add(tx, "AmtDtls"), "TxAmt"), entry.amount, entry.currency)
        else:
            self._amount(tx, entry.amount, entry.currency)
            self._add(tx, "CdtDbtInd", direction)
        # In a reversal payer and payee keep the roles they had in what is undone.
        by_debtor = entry.incoming != entry.reversal
        debtor, creditor = (entry.counterparty, self._own) if by_debtor else (self._own, entry.counterparty)
        parties, agents = self._new("RltdPties"), self._new("RltdAgts")
        for side, party in (("Dbtr", debtor), ("Cdtr", creditor)):
            if party.name or party.inn:
                inner = self._add(parties, side)
                self._identification(inner if self._old else self._add(inner, "Pty"), party.name, party.inn, party.kpp)
            if party.account:
                self._account_id(self._add(parties, f"{side}Acct"), party.account)
            if party.bic or party.bank_name:
                self._agent(self._add(agents, f"{side}Agt"), party.bic, party.bank_name)
        for group in (parties, agents):
            if len(group):
                tx.append(group)
        self._remittance(tx, entry)
        if entry.bank_time:
            self._add(self._add(tx, "RltdDts"), "TxDtTm", self._instant(entry.bank_time))

    def _remittance(self, tx: etree._Element, entry: Entry) -> None:
        if not entry.purpose and not entry.doc_no:
            return
        remittance = self._add(tx, "RmtInf")
        for start in range(0, len(entry.purpose), _LINE):
            self._add(remittance, "Ustrd", entry.purpose[start : start + _LINE])
        if entry.doc_no:
            order = self._add(self._add(remittance, "Strd"), "RfrdDocInf")
            self._add(self._add(self._add(order, "Tp"), "CdOrPrtry"), "Prtry", "POD")
            self._add(order, "Nb", entry.doc_no)
            if entry.doc_date:
                self._add(order, "RltdDt", entry.doc_date.isoformat())

    # Parts

    def _new(self, name: str) -> etree._Element:
        return etree.Element(name)

    def _add(self, parent: etree._Element, name: str, text: str = "") -> etree._Element:
        element = etree.SubElement(parent, name)
        if text:
            element.text = text
        return element

    def _instant(self, at: datetime) -> str:
        return at.astimezone(self._zone).isoformat()

    def _amount(self, parent: etree._Element, amount: Money, currency: str) -> None:
        self._add(parent, "Amt", abs(amount).decimal_text()).set("Ccy", currency)

    def _balance(self, parent: etree._Element, balance: Balance, currency: str) -> None:
        element = self._add(parent, "Bal")
        self._add(self._add(self._add(element, "Tp"), "CdOrPrtry"), "Cd", balance.code)
        self._amount(element, balance.amount, balance.currency or currency)
        self._add(element, "CdtDbtInd", "DBIT" if balance.amount < Money.zero() else "CRDT")
        day: date | None = balance.on
        if day:
            self._add(self._add(element, "Dt"), "Dt", day.isoformat())

    def _summary(self, parent: etree._Element, entries: Sequence[Entry]) -> None:
        summary = self._add(parent, "TxsSummry")
        net = 0
        sums = {True: [0, 0], False: [0, 0]}
        for entry in entries:
            counted = sums[entry.incoming]
            counted[0] += 1
            counted[1] += entry.amount.kopecks
            net += entry.amount.kopecks if entry.incoming else -entry.amount.kopecks
        totals = self._add(summary, "TtlNtries")
        self._add(totals, "NbOfNtries", str(len(entries)))
        self._add(totals, "Sum", Money(sums[True][1] + sums[False][1]).decimal_text())
        direction = "DBIT" if net < 0 else "CRDT"
        if self._old:
            self._add(totals, "TtlNetNtryAmt", Money(abs(net)).decimal_text())
            self._add(totals, "CdtDbtInd", direction)
        else:
            net_entry = self._add(totals, "TtlNetNtry")
            self._add(net_entry, "Amt", Money(abs(net)).decimal_text())
            self._add(net_entry, "CdtDbtInd", direction)
        for name, incoming in (("TtlCdtNtries", True), ("TtlDbtNtries", False)):
            part = self._add(summary, name)
            self._add(part, "NbOfNtries", str(sums[incoming][0]))
            self._add(part, "Sum", Money(sums[incoming][1]).decimal_text())

    def _account_id(self, parent: etree._Element, account: str) -> None:
        other = self._add(self._add(parent, "Id"), "Othr")
        self._add(other, "Id", account)
        self._add(self._add(other, "SchmeNm"), "Cd", "BBAN")

    def _identification(self, parent: etree._Element, name: str, inn: str, kpp: str) -> None:
        if name:
            self._add(parent, "Nm", name[:_NAME])
        if not inn and not kpp:
            return
        person = len(inn) == 12 and not kpp
        kind = self._add(self._add(parent, "Id"), "PrvtId" if person else "OrgId")
        if inn:
            other = self._add(kind, "Othr")
            self._add(other, "Id", inn)
            self._add(self._add(other, "SchmeNm"), "Cd", "TXID")
        if kpp:
            other = self._add(kind, "Othr")
            self._add(other, "Id", kpp)
            self._add(self._add(other, "SchmeNm"), "Prtry", "KPP")

    def _agent(self, parent: etree._Element, bic: str, bank_name: str) -> None:
        institution = self._add(parent, "FinInstnId")
        if len(bic) == _BIK_DIGITS and bic.isdigit():
            member = self._add(institution, "ClrSysMmbId")
            self._add(self._add(member, "ClrSysId"), "Cd", "RUCBC")
            self._add(member, "MmbId", bic)
        elif bic:
            self._add(institution, "BIC" if self._old else "BICFI", bic)
        if bank_name:
            self._add(institution, "Nm", bank_name[:_NAME])

    def _code(self, ntry: etree._Element, code: str) -> None:
        element = self._add(ntry, "BkTxCd")
        iso, _, own = code.partition("|")
        parts = iso.split("/")
        if len(parts) == 3:
            domain = self._add(element, "Domn")
            self._add(domain, "Cd", parts[0])
            family = self._add(domain, "Fmly")
            self._add(family, "Cd", parts[1])
            self._add(family, "SubFmlyCd", parts[2])
        elif iso:
            own = iso
        if own:
            self._add(self._add(element, "Prtry"), "Cd", own)
