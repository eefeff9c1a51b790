"""A bank's desk for the stories: messages of its own making, stored, proved and taken as the service takes them."""

from __future__ import annotations

from datetime import date, datetime

from gateway.bank import inbox
from gateway.bank.channel import EvidenceKind, FileRef, Proof, Proven, Reply, Request
from gateway.bank.formats.reading import describe
from gateway.bank.tables import messages
from gateway.core.ids import new_id
from gateway.flows.paid_to_pick import Taken
from gateway.flows.take_message import take_message
from gateway.flows.terms import Terms
from gateway.payments.tables import entries, payments
from tests.flows.shop import ACCOUNT, TERMS, Shop

DAY = date(2026, 11, 23)


class PretendChannel:
    """Proves every reply, with the evidence it was made with."""

    def __init__(self, evidence: str, name: str = "bxd:pretend") -> None:
        self.name = name
        self._kind = EvidenceKind(evidence)

    def prove(self, reply: Reply, at: datetime) -> Proven:
        proof = Proof(self._kind, "CN=bank", "aa", "1", "bb", (), at, at, reply.request.request_id, ("soap",))
        return Proven(reply.raw, proof, None, (), (describe(reply.raw),))


class Desk:
    """The bank's side of a shop's account."""

    def __init__(self, shop: Shop, terms: Terms = TERMS) -> None:
        self.shop = shop
        self.terms = terms

    def send(self, content: bytes, *, evidence: str = "signed", name: str = "bxd:pretend") -> Taken:
        """Deliver a message and take it."""
        channel = PretendChannel(evidence, name)
        reference = new_id()
        now = self.shop.clock.now()
        reply = Reply(Request(reference, "downloadFile", now, reference), content, now, {})
        message_id = inbox.keep(self.shop.store, channel.name, FileRef(reference, "XT"), reply)
        assert message_id is not None
        assert inbox.prove(self.shop.store, channel, message_id, reply) is None
        taken = take_message(self.shop.store, self.terms, channel, message_id)
        [row] = self.shop.rows(messages, id=message_id)
        assert row.state == "taken", row.reason
        return taken

    def entries(self) -> list[object]:
        return self.shop.rows(entries)

    def payments(self) -> list[tuple[int, str]]:
        """(kopecks, state) of every payment, in order of recording."""
        return [(row.amount, row.state) for row in self.shop.rows(payments)]

    def credited(self) -> int:
        """Kopecks of the payments that count as money: neither taken back, nor a repeat, nor told in detail."""
        return sum(
            row.amount
            for row in self.shop.rows(payments)
            if row.state not in ("reversed", "duplicate") and row.outcome != "detailed"
        )


def ntry(
    kopecks: int,
    *,
    ref: str = "",
    status: str = "BOOK",
    day: date | None = DAY,
    value: date | None = None,
    time: str = "",
    incoming: bool = True,
    reversal: bool = False,
    original: str = "",
    payer: str = "40702810500000000077",
    name: str = "ООО «Вернисаж»",
    inn: str = "7705123453",
    doc_no: str = "",
    e2e: str = "",
    tx_id: str = "",
    purpose: str = "Оплата",
    details: str = "",
) -> str:
    """One Ntry; with `details`, those instead of the only payment."""
    booked = f"<BookgDt><Dt>{day}</Dt></BookgDt>" if day else ""
    valued = f"<ValDt><Dt>{value}</Dt></ValDt>" if value else ""
    own_ref = f"<AcctSvcrRef>{ref}</AcctSvcrRef>" if ref else ""
    only = tx(
        payer=payer, name=name, inn=inn, doc_no=doc_no, e2e=e2e, tx_id=tx_id, purpose=purpose, time=time,
        original=original, incoming=incoming != reversal,
    )  # fmt: skip
    return (
        f'<Ntry><Amt Ccy="RUB">{kopecks // 100}.{kopecks % 100:02d}</Amt>'
        f"<CdtDbtInd>{'CRDT' if incoming else 'DBIT'}</CdtDbtInd>"
        f"{'<RvslInd>true</RvslInd>' if reversal else ''}<Sts><Cd>{status}</Cd></Sts>{booked}{valued}{own_ref}"
        f"<NtryDtls>{details or only}</NtryDtls></Ntry>"
    )


def tx(
    kopecks: int | None = None,
    *,
    ref: str = "",
    payer: str = "40702810500000000077",
    name: str = "ООО «Вернисаж»",
    inn: str = "7705123453",
    doc_no: str = "",
    e2e: str = "",
    tx_id: str = "",
    purpose: str = "Оплата",
    time: str = "",
    original: str = "",
    incoming: bool = True,
) -> str:
    """One TxDtls."""
    refs = "".join(
        f"<{tag}>{text}</{tag}>" for tag, text in (("AcctSvcrRef", ref), ("EndToEndId", e2e), ("TxId", tx_id)) if text
    )
    refs += f"<Prtry><Tp>ORIGINAL</Tp><Ref>{original}</Ref></Prtry>" if original else ""
    amount = f'<Amt Ccy="RUB">{kopecks // 100}.{kopecks % 100:02d}</Amt>' if kopecks is not None else ""
    side = "Dbtr" if incoming else "Cdtr"
    party = (
        f"<{side}><Nm>{name}</Nm><Id><OrgId><Othr><Id>{inn}</Id><SchmeNm><Cd>TXID</Cd></SchmeNm></Othr></OrgId></Id>"
    )
    party += f"</{side}>" + (f"<{side}Acct><Id><Othr><Id>{payer}</Id></Othr></Id></{side}Acct>" if payer else "")
    order = ""
    if doc_no:
        kind = "<Tp><CdOrPrtry><Prtry>POD</Prtry></CdOrPrtry></Tp>"
        order = f"<Strd><RfrdDocInf>{kind}<Nb>{doc_no}</Nb><RltdDt>{DAY}</RltdDt></RfrdDocInf></Strd>"
    dates = f"<RltdDts><TxDtTm>{time}</TxDtTm></RltdDts>" if time else ""
    return (
        f"<TxDtls><Refs>{refs}</Refs>{amount}<RltdPties>{party}</RltdPties>"
        f"<RmtInf><Ustrd>{purpose}</Ustrd>{order}</RmtInf>{dates}</TxDtls>"
    )


def camt(
    kind: str,
    *lines: str,
    id: str = "S1",
    number: str = "",
    opening: int | None = None,
    closing: int | None = None,
    on: date = DAY,
    since: date | None = None,
    closing_mark: str = "",
) -> bytes:
    """A message of one statement. Balances are kopecks; `closing_mark` says DBIT whatever the sum."""
    container, statement = {
        "camt.052": ("BkToCstmrAcctRpt", "Rpt"),
        "camt.053": ("BkToCstmrStmt", "Stmt"),
        "camt.054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
    }[kind]
    seq = f"<ElctrncSeqNb>{number}</ElctrncSeqNb>" if number else ""
    period = f"<FrToDt><FrDtTm>{since or on}T00:00:00+03:00</FrDtTm><ToDtTm>{on}T23:59:59+03:00</ToDtTm></FrToDt>"
    balances = ""
    for code, kopecks in (("OPBD", opening), ("CLBD", closing)):
        if kopecks is not None:
            mark = "CRDT" if kopecks >= 0 else "DBIT"
            mark = closing_mark if code == "CLBD" and closing_mark else mark
            amount = f'<Amt Ccy="RUB">{abs(kopecks) // 100}.{abs(kopecks) % 100:02d}</Amt>'
            balances += (
                f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{amount}<CdtDbtInd>{mark}</CdtDbtInd>"
                f"<Dt><Dt>{on}</Dt></Dt></Bal>"
            )
    return (
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{kind}.001.08"><{container}>'
        f"<GrpHdr><MsgId>{id}</MsgId><CreDtTm>{on}T20:00:00+03:00</CreDtTm></GrpHdr>"
        f"<{statement}><Id>{id}</Id>{seq}<CreDtTm>{on}T20:00:00+03:00</CreDtTm>{period}"
        f"<Acct><Id><Othr><Id>{ACCOUNT}</Id></Othr></Id><Ccy>RUB</Ccy></Acct>{balances}{''.join(lines)}"
        f"</{statement}></{container}></Document>"
    ).encode()


def text_document(
    kopecks: int,
    *,
    doc_no: str,
    incoming: bool = True,
    day: date = DAY,
    purpose: str = "Оплата",
    payer: str = "40702810500000000077",
    name: str = "ООО «Вернисаж»",
    inn: str = "7705123453",
) -> str:
    """One document of 1CClientBankExchange."""
    ours, theirs = ("Получатель", "Плательщик") if incoming else ("Плательщик", "Получатель")
    on = f"{day:%d.%m.%Y}"
    return "\n".join(
        (
            "СекцияДокумент=Платежное поручение",
            f"Номер={doc_no}",
            f"Дата={on}",
            f"Сумма={kopecks // 100}.{kopecks % 100:02d}",
            f"{'ДатаПоступило' if incoming else 'ДатаСписано'}={on}",
            f"{ours}Счет={ACCOUNT}",
            f"{theirs}={name}",
            f"{theirs}ИНН={inn}",
            f"{theirs}Счет={payer}",
            f"НазначениеПлатежа={purpose}",
            "КонецДокумента",
        )
    )


def text_file(
    *documents: str, opening: int = 0, closing: int | None = None, day: date = DAY, encoding: str = "cp1251"
) -> bytes:
    """A statement of one day in 1CClientBankExchange. `closing` in kopecks; left out, the file has no balances."""
    on = f"{day:%d.%m.%Y}"
    period = f"ДатаНачала={on}\nДатаКонца={on}\nРасчСчет={ACCOUNT}"
    balances = ""
    if closing is not None:
        balances = (
            f"СекцияРасчСчет\n{period}\nНачальныйОстаток={opening // 100}.{opening % 100:02d}\n"
            f"КонечныйОстаток={closing // 100}.{closing % 100:02d}\nКонецРасчСчет\n"
        )
    name = {"cp1251": "Windows", "cp866": "DOS"}.get(encoding, "Windows")
    text = (
        f"1CClientBankExchange\nВерсияФормата=1.03\nКодировка={name}\n{period}\n{balances}"
        + "".join(f"{document}\n" for document in documents)
        + "КонецФайла\n"
    )
    return text.replace("\n", "\r\n").encode(encoding)


def mt940(*lines: str, number: int = 1, opening: int = 0, closing: int = 0, day: date = DAY) -> bytes:
    """An MT940 of one day; `lines` are :61: with their :86:."""
    on = f"{day:%y%m%d}"
    body = "\r\n".join(
        (
            f":20:ST{on}", f":25:{ACCOUNT}", f":28C:{number}/1",
            f":60F:C{on}RUB{opening // 100},{opening % 100:02d}", *lines,
            f":62F:C{on}RUB{closing // 100},{closing % 100:02d}", "-",
        )
    )  # fmt: skip
    return body.encode("utf-8")


def line61(kopecks: int, *, ref: str = "NONREF", bank_ref: str = "", purpose: str = "Оплата", day: date = DAY) -> str:
    """One incoming :61: with its :86:."""
    bank = f"//{bank_ref}" if bank_ref else ""
    return f":61:{day:%y%m%d}{day:%m%d}C{kopecks // 100},{kopecks % 100:02d}NTRF{ref}{bank}\r\n:86:{purpose}"
