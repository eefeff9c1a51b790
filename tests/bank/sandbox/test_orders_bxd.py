"""Payment orders sent as files: read strictly, paid once, told about, and everything that can go wrong with them."""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pytest
import requests
from lxml import etree

from gateway.bank.statement import Entry
from gateway.core.money import Money
from gateway.core.requisites import with_key
from tests.bank.sandbox.conftest import Line
from tests.bank.sandbox.reading import entries
from tests.standards import need

BIC = "044525225"
PAYEE_ACCOUNT = with_key("40702810000000000077", BIC)
PAIN = "urn:iso:std:iso:20022:tech:xsd:pain.001.001."


@dataclass
class Transfer:
    """One credit transfer, as a customer means it."""

    e2e: str
    amount: str = "1500.00"
    account: str = PAYEE_ACCOUNT
    bic: str = BIC
    name: str = "ООО «Поставщик»"
    inn: str = "7728168971"
    purpose: str = "Оплата по договору 7"
    number: str = "12"
    currency: str = "RUB"
    more: dict[str, str] = field(default_factory=dict)


def pain(
    line: Line,
    *transfers: Transfer,
    version: str = "03",
    message_id: str = "",
    count: str = "",
    total: str = "",
    day: str = "",
) -> bytes:
    """A pain.001 written by hand; nothing of the gateway's own writer is in it."""
    today = day or line.sandbox.books.now().date().isoformat()
    dated = today if version == "03" else f"<Dt>{today}</Dt>"
    paid = "".join(
        f"<CdtTrfTxInf><PmtId><InstrId>I{t.number}</InstrId><EndToEndId>{t.e2e}</EndToEndId></PmtId>"
        f'<Amt><InstdAmt Ccy="{t.currency}">{t.amount}</InstdAmt></Amt>'
        f"<CdtrAgt><FinInstnId><ClrSysMmbId><ClrSysId><Cd>RUCBC</Cd></ClrSysId><MmbId>{t.bic}</MmbId></ClrSysMmbId>"
        "</FinInstnId></CdtrAgt>"
        f"<Cdtr><Nm>{t.name}</Nm><Id><OrgId><Othr><Id>{t.inn}</Id><SchmeNm><Cd>TXID</Cd></SchmeNm></Othr></OrgId></Id>"
        f"</Cdtr><CdtrAcct><Id><Othr><Id>{t.account}</Id></Othr></Id></CdtrAcct>"
        f"<RmtInf><Ustrd>{t.purpose}</Ustrd><Strd><RfrdDocInf><Tp><CdOrPrtry><Prtry>POD</Prtry></CdOrPrtry></Tp>"
        f"<Nb>{t.number}</Nb><RltdDt>{today}</RltdDt></RfrdDocInf></Strd></RmtInf></CdtTrfTxInf>"
        for t in transfers
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{PAIN}{version}"><CstmrCdtTrfInitn>'
        f"<GrpHdr><MsgId>{message_id or uuid.uuid4().hex[:30]}</MsgId><CreDtTm>{today}T09:00:00Z</CreDtTm>"
        f"<NbOfTxs>{count or len(transfers)}</NbOfTxs>{f'<CtrlSum>{total}</CtrlSum>' if total else ''}"
        "<InitgPty><Nm>ООО Рамка</Nm></InitgPty></GrpHdr>"
        f"<PmtInf><PmtInfId>P1</PmtInfId><PmtMtd>TRF</PmtMtd><ReqdExctnDt>{dated}</ReqdExctnDt>"
        f"<Dbtr><Nm>ООО Рамка</Nm></Dbtr><DbtrAcct><Id><Othr><Id>{line.enrolment.accounts[0]}</Id></Othr></Id>"
        "</DbtrAcct>"
        f"<DbtrAgt><FinInstnId><ClrSysMmbId><MmbId>{line.enrolment.bic}</MmbId></ClrSysMmbId></FinInstnId></DbtrAgt>"
        f"{paid}</PmtInf></CstmrCdtTrfInitn></Document>"
    ).encode()


def upload(line: Line, content: bytes, **fields: str) -> str:
    answer = line.client.ask("uploadFile", FileType="XL", Content=base64.b64encode(content).decode(), **fields)
    return answer.code


def statuses(line: Line) -> list[tuple[str, str, str]]:
    """(id, status, reason code) of every status report, in the bank's order; "" stands for the whole file."""
    told = []
    for file in line.client.ask("downloadFileList", FileType="XP").files():
        root = etree.fromstring(line.client.download(file["FileReference"]).content())
        group = root.findtext(".//{*}GrpSts")
        if group:
            told.append(("", group, root.findtext(".//{*}OrgnlGrpInfAndSts/{*}StsRsnInf/{*}Rsn/{*}Cd") or ""))
        for node in root.iter("{*}TxInfAndSts"):
            told.append(
                (
                    node.findtext("{*}OrgnlEndToEndId") or "", node.findtext("{*}TxSts") or "",
                    node.findtext("{*}StsRsnInf/{*}Rsn/{*}Cd") or "",
                )
            )  # fmt: skip
    return told


def booked(line: Line) -> list[Entry]:
    """The lines of every notification."""
    files = line.client.ask("downloadFileList", FileType="camt.054.001.08").files()
    return [entry for file in files for entry in entries(line.client.download(file["FileReference"]).content())]


def balance(line: Line) -> int:
    accounts = line.sandbox.state()["accounts"]
    assert isinstance(accounts, list)
    return int(accounts[0]["balance_kopecks"])


@pytest.mark.parametrize("version", ["03", "09"])
def test_an_order_is_paid_and_its_id_stands_in_the_statement(line: Line, version: str) -> None:
    before = balance(line)
    assert upload(line, pain(line, Transfer("E1"), version=version, total="1500.00")) == "00"
    assert statuses(line) == [("", "RCVD", ""), ("", "ACCP", ""), ("E1", "ACCP", ""), ("E1", "ACSC", "")]
    (entry,) = booked(line)
    assert (entry.e2e, entry.amount, entry.incoming, entry.doc_no) == ("E1", Money(150000), False, "12")
    assert (entry.counterparty.account, entry.counterparty.bic) == (PAYEE_ACCOUNT, BIC)
    assert balance(line) == before - 150000
    line.sandbox.close_day()
    (final,) = [f for f in line.sandbox.files() if f.file_type == "XT" and f.account == line.enrolment.accounts[0]]
    assert [e.e2e for e in entries(line.sandbox.content(final.reference))] == ["E1"]


def test_the_lists_of_uploads_show_what_became_of_the_file(line: Line) -> None:
    upload(line, pain(line, Transfer("E1")), UserFilename="p.xml")
    assert line.sandbox.uploads()[0].status == "WFP"
    (listed,) = line.client.ask("downloadFileList", FileType="XL").files()
    assert (listed["Status"], listed["UserFilename"]) == ("FWD", "p.xml")
    assert line.client.ask("deleteFile", FileReferences=listed["FileReference"]).code == "27"


@pytest.mark.parametrize("version", ["03", "09"])
def test_status_reports_have_the_shape_of_the_standard(line: Line, version: str) -> None:
    """Of pain.002 the standards folder has version .08, which has all the elements that .03 and .10 share."""
    upload(line, pain(line, Transfer("E1"), Transfer("E2", number="13", account="4" * 20), version=version))
    schema = etree.XMLSchema(etree.parse(need("iso20022/xsd/pain.002.001.08.xsd")))
    files = line.client.ask("downloadFileList", FileType="XP").files()
    assert len(files) == 3
    for file in files:
        content = line.client.download(file["FileReference"]).content()
        answer = {"03": b"pain.002.001.03", "09": b"pain.002.001.10"}[version]
        assert answer in content and b"pain.001.001." + version.encode() in content
        schema.assertValid(etree.fromstring(content.replace(answer, b"pain.002.001.08")))


def test_our_hand_written_order_is_valid_by_the_official_schema(line: Line) -> None:
    schema = etree.XMLSchema(etree.parse(need("iso20022/xsd/pain.001.001.03.xsd")))
    schema.assertValid(etree.fromstring(pain(line, Transfer("E1"))))


WRONG = [
    (Transfer("E1", account="4" * 20), "AC03"),
    (Transfer("E1", bic="999999999"), "RC01"),
    (Transfer("E1", currency="USD"), "AM03"),
    (Transfer("E1", amount="0.00"), "AM12"),
    (Transfer("E1", amount="1.005"), "AM12"),
    (Transfer("E1", inn="7728168970"), "BE17"),
    (Transfer("E1", number="1234567"), "NARR"),
    (Transfer("E1", amount="999999999.00"), "AM04"),
]


@pytest.mark.parametrize(("transfer", "code"), WRONG, ids=[f"{code}-{t.amount}" for t, code in WRONG])
def test_a_wrong_order_is_refused_with_its_reason_and_nothing_is_paid(
    line: Line, transfer: Transfer, code: str
) -> None:
    before = balance(line)
    assert upload(line, pain(line, transfer)) == "00"
    assert statuses(line)[-1] == ("E1", "RJCT", code)
    assert booked(line) == [] and balance(line) == before


def test_one_wrong_order_among_good_ones_leaves_them_good(line: Line) -> None:
    upload(line, pain(line, Transfer("E1"), Transfer("E2", number="13", inn="1"), Transfer("E3", number="14")))
    told = statuses(line)
    assert told[1] == ("", "PART", "")
    assert [e.e2e for e in booked(line)] == ["E1", "E3"]


BROKEN = [
    (b"<x/>", "FF01"), (b"not xml", "FF01"), (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "FF01"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "code"), BROKEN, ids=["other", "none", "dtd"])
def test_a_file_that_is_no_pain_is_refused_as_a_whole(line: Line, content: bytes, code: str) -> None:
    assert upload(line, content) == "00"
    assert statuses(line) == [("", "RJCT", code)]


CHANGES = [
    (b"<PmtMtd>TRF</PmtMtd>", b"", "FF01"),
    (b"<PmtMtd>TRF</PmtMtd>", b"<PmtMtd>XXX</PmtMtd>", "FF01"),
    (
        b"<InstrId>I12</InstrId><EndToEndId>E1</EndToEndId>",
        b"<EndToEndId>E1</EndToEndId><InstrId>I12</InstrId>",
        "FF01",
    ),
    (b"<EndToEndId>E1</EndToEndId>", b"<EndToEndId>" + b"E" * 36 + b"</EndToEndId>", "FF01"),
    (b"</PmtInf>", b"<Extra/></PmtInf>", "FF01"),
    (b'Ccy="RUB"', b"", "FF01"),
    (b"<NbOfTxs>1<", b"<NbOfTxs>2<", "AM18"),
    (b"<CtrlSum>1500.00<", b"<CtrlSum>1500.01<", "AM10"),
]


@pytest.mark.parametrize(("old", "new", "code"), CHANGES, ids=[f"{c[2]}-{n}" for n, c in enumerate(CHANGES)])
def test_a_file_that_breaks_the_standard_is_refused_as_a_whole(line: Line, old: bytes, new: bytes, code: str) -> None:
    content = pain(line, Transfer("E1"), total="1500.00")
    assert old in content
    upload(line, content.replace(old, new, 1))
    assert statuses(line) == [("", "RJCT", code)]
    assert booked(line) == []


def test_an_order_too_old_is_refused(line: Line) -> None:
    upload(line, pain(line, Transfer("E1"), day=(date.today() - timedelta(days=12)).isoformat()))
    assert statuses(line)[-1] == ("E1", "RJCT", "DT01")


def test_an_order_for_a_later_day_waits_for_it(line: Line) -> None:
    upload(line, pain(line, Transfer("E1"), day=(line.sandbox.books.now() + timedelta(days=3)).date().isoformat()))
    assert statuses(line)[-1] == ("E1", "ACCP", "")
    line.sandbox.move_clock(timedelta(days=3))
    assert statuses(line)[-1] == ("E1", "ACSC", "")


# Never twice


def test_the_same_file_never_pays_twice(line: Line) -> None:
    content = pain(line, Transfer("E1"), message_id="M1")
    encoded = base64.b64encode(content).decode()
    request_id = uuid.uuid4().hex
    answers = [
        line.client.post("uploadFile", request_id=r, FileType="XL", Content=encoded, ExecutionSerial=serial)
        for r, serial in ((request_id, "S1"), (request_id, "S1"), ("", "S1"))
    ]
    assert [line.client.verified(answer.content).code for answer in answers] == ["00", "32", "32"]
    assert upload(line, content) == "00"  # without the serial number it arrives, and is refused for its MsgId
    assert ("", "RJCT", "DU01") in statuses(line)
    assert [e.e2e for e in booked(line)] == ["E1"]


def test_the_same_order_in_another_file_never_pays_twice(line: Line) -> None:
    upload(line, pain(line, Transfer("E1")))
    statuses(line)
    upload(line, pain(line, Transfer("E1", number="99"), Transfer("E2", number="12")))
    assert statuses(line)[-2:] == [("E1", "RJCT", "AM05"), ("E2", "RJCT", "AM05")]
    assert [e.e2e for e in booked(line)] == ["E1"]


# What can go wrong


def test_a_refused_order_tells_why(line: Line) -> None:
    line.sandbox.behave("order-refused", code="AC06", reason="Счёт закрыт")
    upload(line, pain(line, Transfer("E1")))
    assert statuses(line)[-1] == ("E1", "RJCT", "AC06")
    assert booked(line) == [] and line.sandbox.orders()[0]["reason"] == "Счёт закрыт"
    upload(line, pain(line, Transfer("E1")))  # refused is not paid: the same id may come again
    assert statuses(line)[-1] == ("E1", "ACSC", "")


def test_a_silent_bank_pays_without_a_word(line: Line) -> None:
    line.sandbox.behave("order-silent", seconds="60")
    assert upload(line, pain(line, Transfer("E1"))) == "00"
    assert statuses(line) == [] and booked(line) == []
    line.sandbox.move_clock(timedelta(seconds=61))
    assert [e.e2e for e in booked(line)] == ["E1"]
    assert statuses(line) == []


def test_a_late_bank_accepts_now_and_pays_later(line: Line) -> None:
    line.sandbox.behave("order-late", seconds="600")
    upload(line, pain(line, Transfer("E1")))
    assert statuses(line)[-1] == ("E1", "ACCP", "") and booked(line) == []
    line.sandbox.move_clock(timedelta(seconds=601))
    assert statuses(line)[-1] == ("E1", "ACSC", "") and len(booked(line)) == 1


def test_a_lost_answer_was_an_order_taken(line: Line) -> None:
    line.sandbox.behave("order-lost-reply")
    content = pain(line, Transfer("E1"))
    encoded = base64.b64encode(content).decode()
    with pytest.raises(requests.exceptions.ConnectionError):
        line.client.post("uploadFile", FileType="XL", Content=encoded, ExecutionSerial="S1", UserFilename="S1.xml")
    (listed,) = line.client.ask("downloadFileList", FileType="XL").files()
    assert listed["UserFilename"] == "S1.xml"
    again = line.client.post("uploadFile", FileType="XL", Content=encoded, ExecutionSerial="S1")
    assert line.client.verified(again.content).code == "32"
    assert [e.e2e for e in booked(line)] == ["E1"]


def test_an_order_that_was_not_received_can_be_sent_again_as_it_is(line: Line) -> None:
    line.sandbox.behave("order-not-received")
    encoded = base64.b64encode(pain(line, Transfer("E1"))).decode()
    request_id = uuid.uuid4().hex

    def send() -> requests.Response:
        return line.client.post(
            "uploadFile", request_id=request_id, FileType="XL", Content=encoded, ExecutionSerial="S1"
        )

    with pytest.raises(requests.exceptions.ConnectionError):
        send()
    assert line.client.ask("downloadFileList", FileType="XL").code == "24"
    assert line.client.verified(send().content).code == "00"
    assert [e.e2e for e in booked(line)] == ["E1"]


def test_returned_money_comes_back_as_our_own_payment(line: Line) -> None:
    before = balance(line)
    line.sandbox.behave("order-returned", seconds="30", reason="Счёт закрыт")
    upload(line, pain(line, Transfer("E1")))
    assert statuses(line)[-1] == ("E1", "ACSC", "")
    line.sandbox.move_clock(timedelta(seconds=31))
    out, back = booked(line)
    assert (back.e2e, back.incoming, back.reversal, back.original_ref) == ("E1", True, True, out.ref)
    assert back.amount == out.amount and "Счёт закрыт" in back.purpose
    assert balance(line) == before
    assert line.sandbox.orders()[0]["state"] == "returned"


def test_a_behaviour_of_orders_waits_for_orders(line: Line) -> None:
    line.sandbox.behave("order-silent")
    assert line.client.ask("getUserInfo").code == "00"
    assert line.client.ask("uploadFile", FileType="XP", Content="AAAA").code == "20"
    queued = line.sandbox.state()["behaviours"]
    assert isinstance(queued, list) and len(queued) == 1


def test_a_waiting_upload_is_worked_on_from_outside_too(line: Line) -> None:
    upload(line, pain(line, Transfer("E1")))
    assert line.sandbox.orders() == []
    assert line.sandbox.process() == 2
    (order,) = line.sandbox.orders()
    assert (order["order"], order["channel"], order["state"]) == ("E1", "bxd", "executed")
    assert line.sandbox.process() == 0


def test_a_purpose_longer_than_a_line_is_put_together(line: Line) -> None:
    longest = "Ж" * 140
    content = pain(line, replace(Transfer("E1"), purpose=f"{longest}</Ustrd><Ustrd>{'я' * 70}"))
    upload(line, content)
    statuses(line)
    assert booked(line)[0].purpose == longest + "я" * 70
