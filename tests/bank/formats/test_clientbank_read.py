"""1CClientBankExchange as banks really write it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.bank.formats.clientbank import ClientBankFile, Direction
from gateway.bank.formats.clientbank_read import read
from gateway.core.encoding import decode_bank
from gateway.core.errors import Refused
from gateway.core.money import Money, total
from tests.onec.facts import bank_document, statement
from tests.standards import need

SAMPLES = {
    # file: version, encoding, account sections, documents, incoming, sum of incoming
    "clientbank/samples/vtb-1.02-one-day.cp1251.txt": ("1.02", "cp1251", 1, 13, 3, "40000.00"),
    "clientbank/samples/all-fields-1.03.utf8.txt": ("1.03", "utf-8", 2, 2, 0, "0.00"),
    "directbank/clientbank-text/kilylabs-one_day.cp1251.txt": ("1.02", "cp1251", 1, 13, 3, "40000.00"),
    "directbank/clientbank-text/xini1-sample1.txt": ("1.03", "utf-8", 2, 2, 0, "0.00"),
    "directbank/clientbank-text/xini1-sample2.txt": ("1.01", "utf-8", 0, 1, 0, "0.00"),
}


def parse(text: str, encoding: str = "cp1251") -> ClientBankFile:
    return read(text.encode(encoding))


@pytest.mark.parametrize("name", SAMPLES)
def test_sample_imports_with_the_expected_counts(name: str) -> None:
    found = read(need(name).read_bytes())
    version, encoding, sections, documents, incoming, amount = SAMPLES[name]
    assert (found.version, found.encoding, len(found.sections), len(found.documents)) == (
        version,
        encoding,
        sections,
        documents,
    )
    assert (len(found.incoming()), str(total([d.amount for d in found.incoming()]))) == (incoming, amount)
    assert all(section.chains for section in found.sections)


def raw_fields(path: Path) -> list[tuple[str, str]]:
    """(key, value) of every line with a value, by the simplest reading there is."""
    text = decode_bank(path.read_bytes()).text
    return [(key, value.strip()) for key, _, value in (line.strip().partition("=") for line in text.split("\n")) if key]


@pytest.mark.parametrize("name", SAMPLES)
def test_sample_imports_without_losing_a_field(name: str) -> None:
    path = need(name)
    found = read(path.read_bytes())
    kept = [(f.key, f.value) for f in found.fields]
    for section in found.sections:
        kept += [("СекцияРасчСчет", ""), *((f.key, f.value) for f in section.fields), ("КонецРасчСчет", "")]
    for document in found.documents:
        kept += [
            ("СекцияДокумент", document.kind),
            *((f.key, f.value) for f in document.fields),
            ("КонецДокумента", ""),
        ]
    assert [("1CClientBankExchange", ""), *kept, ("КонецФайла", "")] == raw_fields(path)


def test_the_vtb_day_adds_up() -> None:
    """Received and written off by date of the documents are the turnovers of the section, and the balances chain."""
    found = read(need("clientbank/samples/vtb-1.02-one-day.cp1251.txt").read_bytes())
    section = found.sections[0]
    assert total([d.amount for d in found.documents if d.credited]) == section.received == Money.parse("40000.00")
    assert total([d.amount for d in found.documents if d.debited]) == section.written_off == Money.parse("41184.00")
    assert section.opening == Money.parse("45329.91") and section.closing == Money.parse("44145.91")
    assert section.chains


def test_a_payment_is_read_with_both_sides() -> None:
    document = parse(statement(bank_document(Код="0", ПлательщикБИК="044525225"))).documents[0]
    assert (document.number, document.date, str(document.amount)) == ("55", dt.date(2026, 11, 21), "100.00")
    assert (document.payer.name, document.payer.inn) == ("ООО Ромашка", "7707083893"), (
        "the ИНН is taken out of the name"
    )
    assert document.payer.account == "40702810500000000055" and document.payer.bic == "044525225"
    assert document.credited == dt.date(2026, 11, 21) and document.debited is None
    assert document.purpose == "Оплата по счету 125 от 20.11.2026"
    assert document.value("Код") == "0" == document.uin


@pytest.mark.parametrize(
    ("name", "own_inn", "read_name", "inn"),
    [
        ("ИНН 7707083893 ООО Ромашка", "", "ООО Ромашка", "7707083893"),
        ("ИНН: 7707083893, ООО Ромашка", "", "ООО Ромашка", "7707083893"),
        ("7707083893, ООО Ромашка", "", "ООО Ромашка", "7707083893"),
        ("ИНН 500100732259 ИП Иванов", "500100732259", "ИП Иванов", "500100732259"),
        ("ИНН 7707083893/773601001 ООО Ромашка", "", "ООО Ромашка", "7707083893"),
        ("ООО Ромашка", "7707083893", "ООО Ромашка", "7707083893"),
        ("770708389 ООО Ромашка", "", "770708389 ООО Ромашка", ""),
    ],
)
def test_the_payers_name_may_carry_the_inn(name: str, own_inn: str, read_name: str, inn: str) -> None:
    payer = parse(statement(bank_document(Плательщик=name, ПлательщикИНН=own_inn))).documents[0].payer
    assert (payer.name, payer.inn) == (read_name, inn)


def test_indirect_settlement_names_the_partys_own_bank() -> None:
    fields = {
        "ПлательщикСчет": "",
        "Плательщик2": "40702810500000000099",
        "Плательщик3": 'КБ "Малый"',
        "Плательщик4": "г Тула",
        "ПлательщикРасчСчет": "30109810500000000001",
        "ПлательщикБанк1": "Большой банк",
        "ПлательщикБанк2": "г Москва",
    }
    payer = parse(statement(bank_document(**fields))).documents[0].payer
    assert payer.indirect and payer.account == "40702810500000000099"
    assert payer.settlement_account == "30109810500000000001"
    assert (payer.bank, payer.bank_city) == ('КБ "Малый"', "г Тула")


OWN = "40702810900000000001"
OTHER = "40702810500000000055"
DIRECTIONS = [
    (OTHER, OWN, "-", "21.11.2026", Direction.IN),
    (OTHER, OWN, "-", "-", Direction.IN),
    (OWN, OTHER, "21.11.2026", "-", Direction.OUT),
    (OWN, OTHER, "-", "-", Direction.OUT),
    (OWN, OWN, "21.11.2026", "21.11.2026", Direction.INTERNAL),
    (OTHER, OWN, "21.11.2026", "-", Direction.UNKNOWN),
    (OWN, OTHER, "-", "21.11.2026", Direction.UNKNOWN),
    (OTHER, OTHER, "-", "21.11.2026", Direction.IN),
    (OTHER, OTHER, "21.11.2026", "-", Direction.OUT),
    (OTHER, OTHER, "-", "-", Direction.UNKNOWN),
    (OTHER, OWN, "21.11.2026", "21.11.2026", Direction.IN),
]


@pytest.mark.parametrize(("payer", "payee", "debited", "credited", "direction"), DIRECTIONS)
def test_direction_by_accounts_then_dates(payer: str, payee: str, debited: str, credited: str, direction: str) -> None:
    fields = {"ПлательщикСчет": payer, "ПолучательСчет": payee, "ДатаСписано": debited, "ДатаПоступило": credited}
    found = parse(statement(bank_document(**fields)))
    assert found.documents[0].direction(frozenset(found.accounts)) is direction


def section(account: str, opening: str = "0", received: str = "100", written: str = "0", closing: str = "100") -> str:
    return (
        f"СекцияРасчСчет\r\nДатаНачала=21.11.2026\r\nРасчСчет={account}\r\nНачальныйОстаток={opening}\r\n"
        f"ВсегоПоступило={received}\r\nВсегоСписано={written}\r\nКонечныйОстаток={closing}\r\nКонецРасчСчет\r\n"
    )


def test_several_account_sections_stay_apart() -> None:
    found = parse(statement(section(OWN) + section("40702810900000000002", "5", "0", "5", "0") + bank_document()))
    assert [s.account for s in found.sections] == [OWN, "40702810900000000002"]
    assert [str(s.opening) for s in found.sections] == ["0.00", "5.00"]
    assert found.accounts == (OWN, "40702810900000000002")


def test_balances_that_do_not_chain_are_a_remark() -> None:
    found = parse(statement(section(OWN, closing="99")))
    assert [(p.code, p.skipped) for p in found.problems] == [("onec.bank_balance_differs", False)]


@pytest.mark.parametrize("amount", ["1000.50", "1 000,50", "1 000.50", "1000-50", "1000.5"])
def test_amounts_as_banks_write_them(amount: str) -> None:
    assert parse(statement(bank_document(Сумма=amount))).documents[0].amount == Money(100050)


def test_a_purpose_broken_over_lines_stays_one() -> None:
    broken = "Оплата по счету 125\r\nпо договору=7 от 01.01.2026\r\nНДС=20%\r\nв т.ч. НДС 16-67"
    found = parse(statement(bank_document(НазначениеПлатежа=broken, Очередность="5")))
    document = found.documents[0]
    assert document.purpose == broken.replace("\r\n", "\n")
    assert document.value("Очередность") == "5"
    assert found.problems == ()


def test_a_purpose_in_pieces_is_joined() -> None:
    fields = {"НазначениеПлатежа": "", "НазначениеПлатежа1": "Оплата", "НазначениеПлатежа3": "счет 125"}
    assert parse(statement(bank_document(**fields))).documents[0].purpose == "Оплата\nсчет 125"


def test_an_unknown_key_is_kept() -> None:
    document = parse(statement(bank_document(ИдентификаторБанка="X-1"))).documents[0]
    assert document.value("ИдентификаторБанка") == "X-1"


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_any_line_ends_and_blank_lines_will_do(ends: str) -> None:
    text = ("\r\n\r\n" + statement(bank_document() + "\r\n \r\n")).replace("\r\n", ends)
    found = parse(text)
    assert len(found.documents) == 1 and found.problems == ()


def test_a_last_line_in_another_encoding_still_ends_the_file() -> None:
    """A generator of the wild writes a cp1251 body and "КонецФайла" in UTF-8."""
    data = statement(bank_document(), end="").encode("cp1251") + "КонецФайла\r\n".encode()
    assert len(read(data).documents) == 1


def test_a_document_without_a_kind_is_taken_and_noted() -> None:
    text = statement(bank_document()).replace("СекцияДокумент=Платежное поручение", "СекцияДокумент")
    found = parse(text)
    assert [d.kind for d in found.documents] == [""]
    assert [p.code for p in found.problems] == ["onec.bank_no_kind"]


def test_a_document_never_closed_ends_where_the_next_begins() -> None:
    open_one = bank_document(Номер="1").replace("КонецДокумента\r\n", "")
    found = parse(statement(open_one + bank_document(Номер="2") + open_one))
    assert [d.number for d in found.documents] == ["1", "2", "1"]
    assert [p.code for p in found.problems] == ["onec.bank_section_open", "onec.bank_section_open"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"Сумма": "сто"}, "money.unreadable"),
        ({"Сумма": "-"}, "money.unreadable"),
        ({"Дата": "00.00.0000"}, "onec.bank_no_date"),
    ],
)
def test_one_bad_document_is_left_out_and_the_rest_goes_on(fields: dict[str, str], code: str) -> None:
    found = parse(statement(bank_document(**fields) + bank_document(Номер="56")))
    assert [d.number for d in found.documents] == ["56"]
    problem = found.problems[0]
    assert (problem.code, problem.skipped, problem.line) == (code, True, 8)
    assert "Номер=55" in problem.fragment


def test_stray_lines_are_noted() -> None:
    found = parse(statement("КонецРасчСчет\r\n" + bank_document()) + "Номер=7\r\n")
    assert [p.code for p in found.problems] == ["onec.bank_section_stray", "onec.bank_after_end"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "onec.file_empty"),
        (b"\xef\xbb\xbf \r\n", "onec.file_empty"),
        ("Номер=1\r\nКонецФайла".encode("cp1251"), "onec.bank_not_ours"),
        (statement(bank_document(), end="").encode("cp1251"), "onec.bank_truncated"),
        (statement(bank_document(), end="")[:-20].encode("cp1251"), "onec.bank_truncated"),
        (statement(bank_document()).encode()[:-5], "onec.bank_truncated"),
    ],
)
def test_what_is_refused_as_a_whole(data: bytes, code: str) -> None:
    with pytest.raises(Refused) as caught:
        read(data)
    assert caught.value.code == code
    assert "{" not in caught.value.text("ru")


@given(st.binary(max_size=300), st.sampled_from(["cp1251", "utf-8", "cp866"]))
def test_any_bytes_inside_end_in_facts_or_a_named_refusal(noise: bytes, encoding: str) -> None:
    data = statement(bank_document(), end="").encode(encoding) + noise + "\r\nКонецФайла\r\n".encode(encoding)
    try:
        found = read(data)
    except Refused as error:
        assert error.code in ("onec.bank_truncated", "onec.encoding_unreadable")
    else:
        assert found.documents[0].number == "55"
