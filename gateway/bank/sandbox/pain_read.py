"""Payment orders as files: pain.001.001.03 and .09, read as strictly as a bank reads them.

Russian particulars stand where Russian banks expect them in ISO 20022 (as in `gateway.bank.formats.camt_write`): ИНН
under Id/OrgId or PrvtId/Othr with the scheme TXID (or INN), КПП in a second Othr, БИК in ClrSysMmbId, the number and
date of the payment order in RmtInf/Strd/RfrdDocInf of the type POD, else in InstrId and ReqdExctnDt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from lxml import etree

from gateway.bank.sandbox.shapes import (
    Anything,
    Group,
    Misshapen,
    Part,
    Text,
    among,
    boolean,
    check,
    day,
    decimal,
    digits,
    instant,
    many,
    maybe,
    one,
    pattern,
    text,
)
from gateway.bank.statement import Party
from gateway.core.errors import Corrupt, Refused
from gateway.core.money import Money
from gateway.signing.parsing import parse

VERSIONS = ("03", "09")
_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001."
_ID = text(35, 1)
_ANY = Anything()
_ADDRESS = maybe("PstlAdr", _ANY)
_SCHEME = Group((one("Cd", text(4, 1)), one("Prtry", text(35, 1))), choice=True)
_NUMBER = re.compile(r"\d{1,6}")
_LARGEST = 16 * 1024 * 1024


def _party(version: str) -> Group:
    bic = "BICOrBEI" if version == "03" else "AnyBIC"
    lei = () if version == "03" else (maybe("LEI", text(20, 20)),)
    other = Group((one("Id", _ID), maybe("SchmeNm", _SCHEME), maybe("Issr", _ID)))
    organisation = Group((maybe(bic, text(11, 8)), *lei, many("Othr", other, 0)))
    person = Group((maybe("DtAndPlcOfBirth", _ANY), many("Othr", other, 0)))
    kinds = Group((one("OrgId", organisation), one("PrvtId", person)), choice=True)
    return Group(
        (
            maybe("Nm", text(140, 1)), _ADDRESS, maybe("Id", kinds), maybe("CtryOfRes", pattern("[A-Z]{2}")),
            maybe("CtctDtls", _ANY),
        )
    )  # fmt: skip


def _account(version: str) -> Group:
    other = Group((one("Id", text(34, 1)), maybe("SchmeNm", _SCHEME), maybe("Issr", _ID)))
    proxy = () if version == "03" else (maybe("Prxy", _ANY),)
    return Group(
        (
            one("Id", Group((one("IBAN", text(34, 15)), one("Othr", other)), choice=True)),
            maybe("Tp", _SCHEME), maybe("Ccy", pattern("[A-Z]{3}")), maybe("Nm", text(70, 1)), *proxy,
        )
    )  # fmt: skip


def _agent(version: str) -> Group:
    system = Group((one("Cd", text(5, 1)), one("Prtry", _ID)), choice=True)
    member = Group((maybe("ClrSysId", system), one("MmbId", _ID)))
    lei = () if version == "03" else (maybe("LEI", text(20, 20)),)
    institution = Group(
        (
            maybe("BIC" if version == "03" else "BICFI", text(11, 8)), maybe("ClrSysMmbId", member), *lei,
            maybe("Nm", text(140, 1)), _ADDRESS, maybe("Othr", _ANY),
        )
    )  # fmt: skip
    return Group((one("FinInstnId", institution), maybe("BrnchId", _ANY)))


def _transaction(version: str) -> Group:
    party, account, agent = _party(version), _account(version), _agent(version)
    uetr = () if version == "03" else (maybe("UETR", text(36, 36)),)
    identification = Group((maybe("InstrId", _ID), one("EndToEndId", _ID), *uetr))
    amount = Text(decimal(18, 5), {"Ccy": (pattern("[A-Z]{3}"), True)})
    kind = Group(
        (
            one("CdOrPrtry", Group((one("Cd", text(4, 1)), one("Prtry", _ID)), choice=True)),
            maybe("Issr", _ID),
        )
    )  # fmt: skip
    document = Group((maybe("Tp", kind), maybe("Nb", _ID), maybe("RltdDt", day), many("LineDtls", _ANY, 0)))
    structured = Group(
        (
            many("RfrdDocInf", document, 0), maybe("RfrdDocAmt", _ANY), maybe("CdtrRefInf", _ANY),
            maybe("Invcr", _ANY), maybe("Invcee", _ANY), maybe("TaxRmt", _ANY), maybe("GrnshmtRmt", _ANY),
            Part("AddtlRmtInf", Text(text(140, 1)), 0, 3),
        )
    )  # fmt: skip
    between = [
        maybe(f"IntrmyAgt{n}{kind}", shape) for n in (1, 2, 3) for kind, shape in (("", agent), ("Acct", account))
    ]
    return Group(
        (
            one("PmtId", identification), maybe("PmtTpInf", _ANY),
            one("Amt", Group((one("InstdAmt", amount), one("EqvtAmt", _ANY)), choice=True)),
            maybe("XchgRateInf", _ANY), maybe("ChrgBr", among("DEBT", "CRED", "SHAR", "SLEV")),
            maybe("ChqInstr", _ANY), maybe("UltmtDbtr", party), *between,
            maybe("CdtrAgt", agent), maybe("CdtrAgtAcct", account), maybe("Cdtr", party),
            maybe("CdtrAcct", account), maybe("UltmtCdtr", party), many("InstrForCdtrAgt", _ANY, 0),
            maybe("InstrForDbtrAgt", text(140, 1)), maybe("Purp", _SCHEME), Part("RgltryRptg", _ANY, 0, 10),
            maybe("Tax", _ANY), Part("RltdRmtInf", _ANY, 0, 10),
            maybe("RmtInf", Group((many("Ustrd", text(140, 1), 0), many("Strd", structured, 0)))),
            *(() if version == "03" else (many("SplmtryData", _ANY, 0),)),
        )
    )  # fmt: skip


def _document(version: str) -> Group:
    party, account, agent = _party(version), _account(version), _agent(version)
    header = Group(
        (
            one("MsgId", _ID), one("CreDtTm", instant), Part("Authstn", _ANY, 0, 2), one("NbOfTxs", digits),
            maybe("CtrlSum", decimal(18, 17)), one("InitgPty", party), maybe("FwdgAgt", agent),
        )
    )  # fmt: skip
    when = Text(day) if version == "03" else Group((one("Dt", day), one("DtTm", instant)), choice=True)
    payment = Group(
        (
            one("PmtInfId", _ID), one("PmtMtd", among("CHK", "TRF", "TRA")), maybe("BtchBookg", boolean),
            maybe("NbOfTxs", digits), maybe("CtrlSum", decimal(18, 17)), maybe("PmtTpInf", _ANY),
            one("ReqdExctnDt", when), maybe("PoolgAdjstmntDt", day), one("Dbtr", party), one("DbtrAcct", account),
            one("DbtrAgt", agent), maybe("DbtrAgtAcct", account), maybe("InstrForDbtrAgt", text(140, 1)),
            maybe("UltmtDbtr", party), maybe("ChrgBr", among("DEBT", "CRED", "SHAR", "SLEV")),
            maybe("ChrgsAcct", account), maybe("ChrgsAcctAgt", agent), many("CdtTrfTxInf", _transaction(version)),
        )
    )  # fmt: skip
    more = () if version == "03" else (many("SplmtryData", _ANY, 0),)
    return Group((one("CstmrCdtTrfInitn", Group((one("GrpHdr", header), many("PmtInf", payment), *more))),))


_SHAPES = {version: _document(version) for version in VERSIONS}


class Unpayable(Exception):
    """A file the bank takes no order from.

    Attributes:
        code: ISO reason, as in a status report: FF01 invalid file format, AM10 control sum, AM18 number of payments.
        message_id: of the file, "" where it could not be read.
        version: of pain.001; "03" where it could not be read.
    """

    def __init__(self, code: str, text: str, message_id: str = "", version: str = "03") -> None:
        self.code = code
        self.text = text
        self.message_id = message_id
        self.version = version
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class Instruction:
    """One credit transfer of a file, as written.

    Attributes:
        currency: of the sum.
        execute_on: ReqdExctnDt.
        debtor_bic: БИК of the account's bank.
        correspondent: correspondent account of the payee's bank, "" where it is not told.
        doc_no: "" where the file has none; the bank gives it one.
    """

    payment_id: str
    instruction_id: str
    e2e: str
    account: str
    debtor_bic: str
    amount: Money | None
    currency: str
    payee: Party
    correspondent: str
    purpose: str
    doc_no: str
    doc_date: date
    execute_on: date


@dataclass(frozen=True, slots=True)
class PaymentFile:
    """A pain.001."""

    version: str
    message_id: str
    instructions: tuple[Instruction, ...]


def read(content: bytes) -> PaymentFile:
    """The payment orders of a file.

    Raises:
        Unpayable: it is no valid pain.001, or its own sums do not hold.
    """
    try:
        root = parse(content, _LARGEST)
    except Corrupt as error:
        raise Unpayable("FF01", f"Файл не читается: {error.code}") from None
    name = etree.QName(root)
    version = (name.namespace or "").removeprefix(_NAMESPACE)
    if name.localname != "Document" or version not in VERSIONS:
        raise Unpayable("FF01", "Ожидается pain.001.001.03 или pain.001.001.09")
    reader = _Reader(root, version)
    message_id = reader.text(root, "CstmrCdtTrfInitn/GrpHdr/MsgId")[:35]
    try:
        check(root, _SHAPES[version], f"{_NAMESPACE}{version}")
    except Misshapen as wrong:
        raise Unpayable("FF01", str(wrong)[:105], message_id, version) from None
    return PaymentFile(version, message_id, tuple(reader.instructions(message_id)))


class _Reader:
    def __init__(self, root: etree._Element, version: str) -> None:
        self._root = root
        self._version = version

    def text(self, node: etree._Element, path: str) -> str:
        found = self._find(node, path)
        return "" if found is None else (found.text or "").strip()

    def instructions(self, message_id: str) -> list[Instruction]:
        whole = self._all(self._root, "CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf")
        header = self._find(self._root, "CstmrCdtTrfInitn/GrpHdr")
        groups = [(header, whole)] + [
            (group, self._all(group, "CdtTrfTxInf")) for group in self._all(self._root, "CstmrCdtTrfInitn/PmtInf")
        ]
        for group, transactions in groups:
            if group is not None:
                self._check_totals(group, transactions, message_id)
        return [self._instruction(g, t) for g, ts in groups[1:] if g is not None for t in ts]

    def _check_totals(self, group: etree._Element, transactions: list[etree._Element], message_id: str) -> None:
        count, total = self.text(group, "NbOfTxs"), self.text(group, "CtrlSum")
        if count and int(count) != len(transactions):
            raise Unpayable("AM18", f"NbOfTxs {count}, платежей {len(transactions)}", message_id, self._version)
        if not total:
            return
        amounts = [self._amount(t) for t in transactions]
        stated = _money(total)
        if stated is None or stated.kopecks != sum(a.kopecks for a in amounts if a is not None):
            raise Unpayable("AM10", f"CtrlSum {total} не равна сумме платежей", message_id, self._version)

    def _instruction(self, group: etree._Element, transaction: etree._Element) -> Instruction:
        requested = self.text(group, "ReqdExctnDt") or self.text(group, "ReqdExctnDt/Dt")
        requested = requested or self.text(group, "ReqdExctnDt/DtTm")
        execute_on = date.fromisoformat(requested[:10])
        order = self._order(transaction)
        number = self.text(order, "Nb") if order is not None else ""
        dated = self.text(order, "RltdDt") if order is not None else ""
        instruction_id = self.text(transaction, "PmtId/InstrId")
        amount = self._find(transaction, "Amt/InstdAmt")
        lines = self._all(transaction, "RmtInf/Ustrd")
        return Instruction(
            payment_id=self.text(group, "PmtInfId"),
            instruction_id=instruction_id,
            e2e=self.text(transaction, "PmtId/EndToEndId"),
            account=self._account(group, "DbtrAcct"),
            debtor_bic=self.text(group, "DbtrAgt/FinInstnId/ClrSysMmbId/MmbId"),
            amount=self._amount(transaction),
            currency="" if amount is None else amount.get("Ccy", ""),
            payee=self._payee(transaction),
            correspondent=self._account(transaction, "CdtrAgtAcct"),
            purpose="".join(line.text or "" for line in lines),
            doc_no=number or (instruction_id if _NUMBER.fullmatch(instruction_id) else ""),
            doc_date=date.fromisoformat(dated[:10]) if dated else execute_on,
            execute_on=execute_on,
        )

    def _order(self, transaction: etree._Element) -> etree._Element | None:
        """The RfrdDocInf that is the payment order."""
        for document in self._all(transaction, "RmtInf/Strd/RfrdDocInf"):
            kind = self.text(document, "Tp/CdOrPrtry/Prtry") or self.text(document, "Tp/CdOrPrtry/Cd")
            if kind == "POD":
                return document
        return None

    def _payee(self, transaction: etree._Element) -> Party:
        inn = kpp = ""
        for kind in ("OrgId", "PrvtId"):
            for other in self._all(transaction, f"Cdtr/Id/{kind}/Othr"):
                scheme = self.text(other, "SchmeNm/Cd") or self.text(other, "SchmeNm/Prtry")
                value = self.text(other, "Id")
                if scheme == "KPP" or (len(value) == 9 and not kpp and inn):
                    kpp = value
                elif scheme in ("TXID", "INN", "TaxId", "") and not inn:
                    inn = value
        return Party(
            name=self.text(transaction, "Cdtr/Nm"),
            inn=inn,
            kpp=kpp,
            account=self._account(transaction, "CdtrAcct"),
            bic=self.text(transaction, "CdtrAgt/FinInstnId/ClrSysMmbId/MmbId"),
            bank_name=self.text(transaction, "CdtrAgt/FinInstnId/Nm"),
        )

    def _account(self, node: etree._Element, name: str) -> str:
        return self.text(node, f"{name}/Id/Othr/Id") or self.text(node, f"{name}/Id/IBAN")

    def _amount(self, transaction: etree._Element) -> Money | None:
        return _money(self.text(transaction, "Amt/InstdAmt"))

    def _find(self, node: etree._Element, path: str) -> etree._Element | None:
        return node.find(self._path(path))

    def _all(self, node: etree._Element, path: str) -> list[etree._Element]:
        return node.findall(self._path(path))

    def _path(self, path: str) -> str:
        return "/".join(f"{{{_NAMESPACE}{self._version}}}{name}" for name in path.split("/"))


def _money(text: str) -> Money | None:
    """None where it is no sum of whole kopecks."""
    try:
        return Money.parse(text)
    except Refused:
        return None
