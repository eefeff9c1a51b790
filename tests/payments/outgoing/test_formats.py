"""What leaves is what the official schemas want, and what banks answer is read as they mean it."""

from __future__ import annotations

import codecs
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from gateway.bank.formats import directbank_status, pain001, pain002, paydocru
from gateway.bank.formats.payment_order import Budget, PaymentOrder, Side, Verdict
from gateway.bank.sandbox import pain_read, pain_status
from gateway.core.errors import Corrupt, Refused
from gateway.core.money import Money
from gateway.payments.outgoing.model import document_id
from tests.payments.outgoing.desk import ACCOUNT, BIC, CORR, PAYEE, TAX, TREASURY
from tests.standards import need

MADE = datetime(2026, 11, 23, 7, 0, 5, tzinfo=UTC)
ID = "01KD0000000000000000000001"
PURPOSE = "Оплата по счету № 5 от 20.11.2026 " + "за бумагу и картон " * 7 + ". В т.ч. НДС (22%) 2200-00"
US = Side("ООО «Светорама»", "7701234560", "770101001", ACCOUNT, BIC, "ПАО «Банк»", CORR)
THEY = Side(PAYEE.name, PAYEE.inn, PAYEE.kpp, PAYEE.account, PAYEE.bic, PAYEE.bank_name, PAYEE.corr_account)
ORDER = PaymentOrder(ID, document_id(ID), "17", date(2026, 11, 23), Money(12_200_00), US, THEY, PURPOSE)
TAXES = replace(
    ORDER,
    payee=Side(TREASURY.name, TREASURY.inn, TREASURY.kpp, TREASURY.account, TREASURY.bic, "УФК", TREASURY.corr_account),
    purpose="Единый налоговый платеж",
    uin="18810192085432512980",
    budget=Budget("01", TAX.kbk, "45382000", "ТП", "МС.10.2026", "12/5", "20.11.2026"),
)
PERSON = replace(ORDER, payee=replace(THEY, name="Иванов Иван", inn="500100732259", kpp=""))
NAMELESS = replace(ORDER, payee=replace(THEY, inn="", kpp="", corr_account="", bank=""))
ORDERS = {"ordinary": ORDER, "taxes": TAXES, "person": PERSON, "without an INN": NAMELESS}


def iso_of_the_swiss(path: Path) -> etree.XMLSchema:
    """The schema at hand is the Swiss restriction of the ISO one, which it holds: its root and its Latin alphabet are
    what makes it Swiss."""
    root = etree.parse(str(path)).getroot()
    space = "{http://www.w3.org/2001/XMLSchema}"
    document = root.find(f"{space}element[@name='Document']")
    assert document is not None and document.attrib.pop("type") == "Document_pain001_ch"
    sequence = etree.SubElement(etree.SubElement(document, f"{space}complexType"), f"{space}sequence")
    kind = {"name": "CstmrCdtTrfInitn", "type": "CustomerCreditTransferInitiationV09"}
    etree.SubElement(sequence, f"{space}element", kind)
    for pattern in root.findall(f".//{space}pattern"):
        parent = pattern.getparent()
        if "IsBasicLatin" in pattern.get("value", "") and parent is not None:
            parent.remove(pattern)
    return etree.XMLSchema(root)


def check(against: etree.XMLSchema, content: bytes) -> None:
    assert against.validate(etree.fromstring(content)), against.error_log


@pytest.mark.parametrize("name", ORDERS)
def test_pain_001_03_is_valid(name: str) -> None:
    check(
        etree.XMLSchema(etree.parse(str(need("directbank/xsd-2.3.2/pain.001.001.03.xsd")))),
        pain001.write(ORDERS[name], version="03", made_at=MADE),
    )


@pytest.mark.parametrize("name", ORDERS)
def test_pain_001_09_is_valid(name: str) -> None:
    against = iso_of_the_swiss(need("iso20022/xsd/pain.001.001.09.ch.03.xsd"))
    check(against, pain001.write(ORDERS[name], version="09", made_at=MADE))


@pytest.mark.parametrize("version", pain001.VERSIONS)
@pytest.mark.parametrize("name", ORDERS)
def test_a_bank_reads_from_pain_001_what_we_meant(name: str, version: str) -> None:
    order = ORDERS[name]
    file = pain_read.read(pain001.write(order, version=version, made_at=MADE))
    (told,) = file.instructions
    assert (file.message_id, told.e2e, told.doc_no, told.doc_date) == (order.id, order.id, order.number, order.date)
    assert (told.account, told.debtor_bic, told.amount, told.currency) == (ACCOUNT, BIC, order.amount, "RUB")
    assert (told.payee.account, told.payee.bic, told.correspondent) == (
        order.payee.account,
        order.payee.bic,
        order.payee.corr_account,
    )
    assert (told.payee.name, told.payee.inn, told.payee.kpp) == (order.payee.name, order.payee.inn, order.payee.kpp)
    assert (told.purpose, told.execute_on) == (order.purpose, order.date)


@pytest.mark.parametrize("version", pain001.VERSIONS)
def test_every_tax_field_is_somewhere_in_pain_001(version: str) -> None:
    texts = {node.text for node in etree.fromstring(pain001.write(TAXES, version=version, made_at=MADE)).iter()}
    budget = TAXES.budget
    assert budget is not None
    wanted = {budget.status, budget.kbk, budget.oktmo, budget.basis, budget.period, budget.doc_no, budget.doc_date}
    assert wanted | {TAXES.uin, "2026-11-20"} <= texts


@given(st.text(alphabet="аб .,5", min_size=1, max_size=210).map(lambda t: " ".join(t.split())).filter(bool))
def test_a_purpose_survives_being_cut(purpose: str) -> None:
    content = pain001.write(replace(ORDER, purpose=purpose), version="03", made_at=MADE)
    pieces = [node.text or "" for node in etree.fromstring(content).iter("{*}Ustrd")]
    assert "".join(pieces) == purpose and all(len(p) <= 140 and p == p.strip() for p in pieces)


def test_equal_orders_give_equal_bytes() -> None:
    assert pain001.write(ORDER, version="09", made_at=MADE) == pain001.write(ORDER, version="09", made_at=MADE)
    given = {"made_at": MADE, "customer_id": "C1"}
    assert paydocru.write(ORDER, **given) == paydocru.write(ORDER, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ORDERS)
def test_paydocru_is_valid_and_begins_with_its_mark(name: str) -> None:
    content = paydocru.write(ORDERS[name], made_at=MADE, customer_id="82007cb2")
    assert content.startswith(codecs.BOM_UTF8)
    path = need("directbank/xsd-2.3.2/1C-Bank_PayDocRu.xsd")
    check(etree.XMLSchema(etree.parse(str(path))), content)


@pytest.mark.parametrize("name", ORDERS)
def test_paydocru_read_is_what_was_written(name: str) -> None:
    order = ORDERS[name]
    again = paydocru.read(paydocru.write(order, made_at=MADE, customer_id="82007cb2"))
    assert again == replace(order, id=order.document_id)


def test_1cs_own_sample_is_read() -> None:
    order = paydocru.read(need("directbank/samples/1c/PayDocRu.xml").read_bytes())
    assert (order.id, order.number, order.date) == ("05688096-0806-4ef0-af4c-572f75dbaf7c", "14", date(2019, 4, 22))
    assert (order.amount, order.priority, order.purpose) == (Money(15_00), 3, "за товар")
    assert (order.payee.name, order.payee.account) == ('ООО "Канцтовары"', "40702810401200000035")
    assert order.budget is None


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        (b"<DocDate>2026-11-23<", b"<DocDate>23.11.2026<", "DocDate"),
        (b"<Sum>12200.00<", b"<Sum>12200.005<", "Sum"),
        (b"<Priority>5<", b"<Priority>urgent<", "Priority"),
        (b"Payee>", b"Other>", "Payee"),
        (b"Data>", b"Other>", "Data"),
    ],
)
def test_a_bad_paydocru_names_its_field(old: bytes, new: bytes, field: str) -> None:
    content = paydocru.write(ORDER, made_at=MADE, customer_id="82007cb2")
    assert old in content
    with pytest.raises(Refused) as caught:
        paydocru.read(content.replace(old, new))
    assert (caught.value.code, caught.value.values["field"]) == ("outgoing.onec_field", field)


def test_another_document_is_no_paydocru() -> None:
    with pytest.raises(Corrupt) as caught:
        paydocru.read(need("directbank/samples/1c/Probe.xml").read_bytes())
    assert caught.value.code == "bank.unknown_content"


def test_what_does_not_fit_a_format_is_said() -> None:
    with pytest.raises(Refused, match=r"EndToEndId"):
        pain001.write(replace(ORDER, id="x" * 36), version="03", made_at=MADE)
    with pytest.raises(Refused, match=r"Sender@id"):
        paydocru.write(ORDER, made_at=MADE, customer_id="")
    with pytest.raises(ValueError, match=r"04"):
        pain001.write(ORDER, version="04", made_at=MADE)


def test_the_guid_is_the_orders_for_ever() -> None:
    assert document_id(ID) == document_id(ID) != document_id(ID[:-1] + "2")
    assert document_id(ID) == "784d18ca-323a-5e1a-b443-4771fec4c485"


def report(group: str = "", *statuses: pain_status.Status, version: str = "03", **reason: str) -> bytes:
    return pain_status.write(version, ID, group, statuses, MADE, **reason)


def one(status: str, code: str = "", reason: str = "") -> pain_status.Status:
    return pain_status.Status(ID, "17", ID, status, code, reason)


@pytest.mark.parametrize("version", ["03", "09"])
@pytest.mark.parametrize(
    ("content", "verdict", "text"),
    [
        (("ACCP",), Verdict.ACCEPTED, ""),
        (("RCVD",), Verdict.ARRIVED, ""),
        (("RJCT",), Verdict.REFUSED, ""),
        (("", one("ACSC")), Verdict.ACCEPTED, ""),
        (("", one("RJCT", "AC01", "Неверный счёт")), Verdict.REFUSED, "AC01 Неверный счёт"),
        (("ACCP", one("RJCT", "AM04")), Verdict.REFUSED, "AM04"),
        (("PART", one("ACCP")), Verdict.ACCEPTED, ""),
        (("", one("XXXX", "ZZ99")), Verdict.STRANGE, "ZZ99"),
    ],
)
def test_pain_002(content: tuple[object, ...], verdict: Verdict, text: str, version: str) -> None:
    group, *statuses = content
    (notice,) = pain002.read(report(str(group), *statuses, version=version))  # type: ignore[arg-type]
    assert (notice.references[0], notice.verdict, notice.text) == (ID, verdict, text)


def test_the_reason_of_a_whole_file() -> None:
    (notice,) = pain002.read(report("RJCT", code="FF01", reason="Файл не читается"))
    assert (notice.references, notice.code, notice.text) == ((ID,), "RJCT", "FF01 Файл не читается")


def test_a_report_that_says_nothing_gives_no_notice() -> None:
    assert pain002.read(report("")) == []


@pytest.mark.parametrize("content", [b"<a/>", b'<Document xmlns="urn:x"><CstmrPmtStsRpt/></Document>'])
def test_what_is_no_report(content: bytes) -> None:
    with pytest.raises(Corrupt) as caught:
        pain002.read(content)
    assert caught.value.code == "bank.unknown_content"


NOTICE = """\ufeff<?xml version="1.0" encoding="UTF-8"?>
<{name} xmlns="http://directbank.1c.ru/XMLSchema" id="n" formatVersion="2.3.2" creationDate="2026-11-23T10:00:00">
<Sender><Bank bic="044525225"/></Sender><Recipient><Customer id="c"/></Recipient>{ids}
<Result>{result}</Result></{name}>"""


def notice(result: str, name: str = "StatusDocNotice") -> bytes:
    ids = f"<ExtID>{ORDER.document_id}</ExtID>"
    if name == "StatusPacketNotice":
        ids = "<IDResultSuccessResponse>R-1</IDResultSuccessResponse><ExtIDPacket>P-1</ExtIDPacket>"
        head, _, tail = NOTICE.partition("{ids}\n<Result>{result}</Result>")
        first, _, last = ids.partition("<ExtIDPacket>")
        return f"{head}{first}<Result>{result}</Result><ExtIDPacket>{last}{tail}".replace("{name}", name).encode()
    return NOTICE.format(name=name, ids=ids, result=result).encode()


def status(code: str, name: str = "", more: str = "") -> str:
    return f"<Status><Code>{code}</Code><Name>{name}</Name><MoreInfo>{more}</MoreInfo></Status>"


def error(code: str) -> str:
    return f"<Error><Code>{code}</Code><Description>Ошибка</Description></Error>"


@pytest.mark.parametrize(
    ("result", "verdict", "text"),
    [
        (status("01", "Принят"), Verdict.ACCEPTED, "Принят"),
        (status("02", "Исполнен"), Verdict.ACCEPTED, "Исполнен"),
        (status("03", "Отклонен", "Неверный счёт"), Verdict.REFUSED, "Отклонен. Неверный счёт"),
        (status("04"), Verdict.WAITS, ""),
        (status("05"), Verdict.REFUSED, ""),
        (status("06"), Verdict.WAITS, ""),
        (status("99", "Новое"), Verdict.STRANGE, "Новое"),
        (error("2205"), Verdict.REFUSED, "Ошибка"),
        (error("1103"), Verdict.REFUSED, "Ошибка"),
        (error("2202"), Verdict.ARRIVED, "Ошибка"),
        (error("2207"), Verdict.STRANGE, "Ошибка"),
        (error("1009"), Verdict.STRANGE, "Ошибка"),
    ],
)
def test_status_doc_notice(result: str, verdict: Verdict, text: str) -> None:
    content = notice(result)
    (told,) = directbank_status.read(content)
    assert (told.references, told.verdict, told.text) == ((ORDER.document_id,), verdict, text)


def test_the_notices_of_these_tests_are_valid() -> None:
    for name, result in (("StatusDocNotice", status("03", "Отклонен")), ("StatusPacketNotice", error("2014"))):
        path = need(f"directbank/xsd-2.3.2/1C-Bank_{name}.xsd")
        check(etree.XMLSchema(etree.parse(str(path))), notice(result, name))


@pytest.mark.parametrize(("result", "verdict"), [(status("01"), Verdict.ARRIVED), (error("2014"), Verdict.REFUSED)])
def test_status_packet_notice(result: str, verdict: Verdict) -> None:
    (told,) = directbank_status.read(notice(result, "StatusPacketNotice"))
    assert (told.references, told.receipt, told.verdict) == (("P-1",), "R-1", verdict)


@pytest.mark.parametrize("result", ["", "<Other/>"])
def test_a_notice_without_a_result_is_refused(result: str) -> None:
    with pytest.raises(Corrupt) as caught:
        directbank_status.read(notice(result))
    assert caught.value.code == "bank.malformed"


@given(st.binary(max_size=400))
def test_no_bytes_break_a_reader(content: bytes) -> None:
    for read in (pain002.read, directbank_status.read, paydocru.read):
        for given_bytes in (content, b"<CstmrPmtStsRpt>" + content + b"</CstmrPmtStsRpt>"):
            with pytest.raises((Corrupt, Refused)):
                read(given_bytes)
