"""Writer of pain.001.001.03 and .09: one payment order a file.

Where Russian particulars stand, the same places `gateway.bank.formats.camt_write` uses:

    our id                MsgId, PmtInfId and EndToEndId: the statement's debit line brings it back
    number and date       InstrId and ReqdExctnDt; and RmtInf/Strd/RfrdDocInf of the type POD
    ИНН, КПП              Id/OrgId/Othr with SchmeNm/Cd TXID (a person's: Id/PrvtId), a second OrgId/Othr with Prtry KPP
    account, БИК          Othr/Id with SchmeNm/Cd BBAN; FinInstnId/ClrSysMmbId with ClrSysId/Cd RUCBC
    correspondent account CdtrAgtAcct
    очередность (21)      PmtTpInf/CtgyPurp/Prtry
    УИН (22)              RmtInf/Strd/CdtrRefInf/Ref with Tp/CdOrPrtry/Prtry UIN
    101 104 105           Tax/Rcrd/DbtrSts, Tax/Rcrd/CtgyDtls, Tax/AdmstnZn (.09: AdmstnZone)
    106 107 108 109       Tax/Mtd, Tax/Rcrd/CertId, Tax/RefNb, Tax/Rcrd/AddtlInf as written, and Tax/Dt when a date
    назначение            RmtInf/Ustrd, pieces of up to 140 joined without anything between

RUB amounts carry two decimals. Nm holds 140 characters: a longer name is cut, as banks do.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

from lxml import etree

from gateway.bank.formats.payment_order import Budget, PaymentOrder, Side
from gateway.core.errors import Refused

VERSIONS = ("03", "09")
_LINE = 140
_NAME = 140
_PERSON_INN = 12


def write(order: PaymentOrder, *, version: str, made_at: datetime) -> bytes:
    """The file's bytes; equal arguments give equal bytes.

    Args:
        version: "03" or "09".
        made_at: aware; CreDtTm.

    Raises:
        Refused: `outgoing.unwritable` for an id that is longer than 35 characters.
        ValueError: another version, or an instant without a zone.
    """
    if version not in VERSIONS or made_at.tzinfo is None:
        raise ValueError(f"cannot write pain.001.001.{version} at {made_at}")
    if not 1 <= len(order.id) <= 35:
        raise Refused("outgoing.unwritable", format=f"pain.001.001.{version}", what="EndToEndId")
    return _Maker(order, version).document(made_at)


class _Maker:
    def __init__(self, order: PaymentOrder, version: str) -> None:
        self._order = order
        self._version = version
        self._namespace = f"urn:iso:std:iso:20022:tech:xsd:pain.001.001.{version}"

    def document(self, made_at: datetime) -> bytes:
        root = etree.Element(self._tag("Document"), nsmap={None: self._namespace})  # type: ignore[dict-item]
        initiation = self._add(root, "CstmrCdtTrfInitn")
        header = self._add(initiation, "GrpHdr")
        self._add(header, "MsgId", self._order.id)
        self._add(header, "CreDtTm", made_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"))
        self._totals(header)
        self._party(header, "InitgPty", self._order.payer)
        self._payment(initiation)
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8")

    def _payment(self, parent: etree._Element) -> None:
        order = self._order
        payment = self._add(parent, "PmtInf")
        self._add(payment, "PmtInfId", order.id)
        self._add(payment, "PmtMtd", "TRF")
        self._totals(payment)
        self._add(self._add(self._add(payment, "PmtTpInf"), "CtgyPurp"), "Prtry", str(order.priority))
        when = self._add(payment, "ReqdExctnDt")
        if self._version == "03":
            when.text = order.date.isoformat()
        else:
            self._add(when, "Dt", order.date.isoformat())
        self._party(payment, "Dbtr", order.payer)
        self._account(payment, "DbtrAcct", order.payer.account, currency=True)
        self._agent(payment, "DbtrAgt", order.payer)
        if order.payer.corr_account:
            self._account(payment, "DbtrAgtAcct", order.payer.corr_account)
        self._transaction(payment)

    def _transaction(self, payment: etree._Element) -> None:
        order = self._order
        transaction = self._add(payment, "CdtTrfTxInf")
        identification = self._add(transaction, "PmtId")
        self._add(identification, "InstrId", order.number)
        self._add(identification, "EndToEndId", order.id)
        amount = self._add(self._add(transaction, "Amt"), "InstdAmt", order.amount.decimal_text())
        amount.set("Ccy", "RUB")
        self._agent(transaction, "CdtrAgt", order.payee)
        if order.payee.corr_account:
            self._account(transaction, "CdtrAgtAcct", order.payee.corr_account)
        self._party(transaction, "Cdtr", order.payee)
        self._account(transaction, "CdtrAcct", order.payee.account)
        if order.budget is not None:
            self._tax(transaction, order.budget)
        self._remittance(transaction)

    def _remittance(self, transaction: etree._Element) -> None:
        order = self._order
        remittance = self._add(transaction, "RmtInf")
        for piece in _pieces(order.purpose):
            self._add(remittance, "Ustrd", piece)
        structured = self._add(remittance, "Strd")
        document = self._add(structured, "RfrdDocInf")
        self._add(self._add(self._add(document, "Tp"), "CdOrPrtry"), "Prtry", "POD")
        self._add(document, "Nb", order.number)
        self._add(document, "RltdDt", order.date.isoformat())
        if order.uin:
            reference = self._add(structured, "CdtrRefInf")
            self._add(self._add(self._add(reference, "Tp"), "CdOrPrtry"), "Prtry", "UIN")
            self._add(reference, "Ref", order.uin)

    def _tax(self, transaction: etree._Element, budget: Budget) -> None:
        order = self._order
        tax = self._add(transaction, "Tax")
        for name, side in (("Cdtr", order.payee), ("Dbtr", order.payer)):
            party = self._add(tax, name)
            if side.inn:
                self._add(party, "TaxId", side.inn)
            if side.kpp:
                self._add(party, "TaxTp", side.kpp)
        self._add(tax, "AdmstnZn" if self._version == "03" else "AdmstnZone", budget.oktmo)
        self._add(tax, "RefNb", budget.doc_no)
        self._add(tax, "Mtd", budget.basis)
        if (day := _date(budget.doc_date)) is not None:
            self._add(tax, "Dt", day.isoformat())
        record = self._add(tax, "Rcrd")
        self._add(record, "CtgyDtls", budget.kbk)
        self._add(record, "DbtrSts", budget.status)
        self._add(record, "CertId", budget.period)
        self._add(record, "AddtlInf", budget.doc_date)

    def _totals(self, parent: etree._Element) -> None:
        self._add(parent, "NbOfTxs", "1")
        self._add(parent, "CtrlSum", self._order.amount.decimal_text())

    def _party(self, parent: etree._Element, name: str, side: Side) -> None:
        party = self._add(parent, name)
        self._add(party, "Nm", side.name[:_NAME].rstrip())
        ids = [(side.inn, "Cd", "TXID"), (side.kpp, "Prtry", "KPP")]
        given = [entry for entry in ids if entry[0]]
        if not given:
            return
        kind = "PrvtId" if len(side.inn) == _PERSON_INN else "OrgId"
        holder = self._add(self._add(party, "Id"), kind)
        for value, scheme, word in given:
            other = self._add(holder, "Othr")
            self._add(other, "Id", value)
            self._add(self._add(other, "SchmeNm"), scheme, word)

    def _account(self, parent: etree._Element, name: str, number: str, *, currency: bool = False) -> None:
        account = self._add(parent, name)
        other = self._add(self._add(account, "Id"), "Othr")
        self._add(other, "Id", number)
        self._add(self._add(other, "SchmeNm"), "Cd", "BBAN")
        if currency:
            self._add(account, "Ccy", "RUB")

    def _agent(self, parent: etree._Element, name: str, side: Side) -> None:
        institution = self._add(self._add(parent, name), "FinInstnId")
        member = self._add(institution, "ClrSysMmbId")
        self._add(self._add(member, "ClrSysId"), "Cd", "RUCBC")
        self._add(member, "MmbId", side.bic)
        if side.bank:
            self._add(institution, "Nm", side.bank[:_NAME].rstrip())

    def _add(self, parent: etree._Element, name: str, text: str = "") -> etree._Element:
        node = etree.SubElement(parent, self._tag(name))
        if text:
            node.text = text
        return node

    def _tag(self, name: str) -> str:
        return f"{{{self._namespace}}}{name}"


def _pieces(text: str) -> Iterator[str]:
    """`text` in pieces that give it back when joined. No piece begins or ends with a space a reader may strip."""
    while len(text) > _LINE:
        cut = _LINE
        while cut > 1 and (text[cut - 1] == " " or text[cut] == " "):
            cut -= 1
        yield text[:cut]
        text = text[cut:]
    yield text


def _date(text: str) -> date | None:
    day, _, rest = text.partition(".")
    month, _, year = rest.partition(".")
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
