"""What a mapping makes of a file: sums to the kopeck, several registries in one, rows nobody can read."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.core.references import Reference
from gateway.payments.registries.guess import propose
from gateway.payments.registries.interpret import ReadRegistry, interpret
from gateway.payments.registries.mapping import ColumnMapping, mapping_of
from gateway.payments.registries.model import PayoutSource
from gateway.payments.registries.read import read_rows
from gateway.payments.registries.values import amount, day
from tests.payments.registries.files import ACQUIRER, LOAN_XML, MARKETPLACE_ROWS, dbf, workbook

BASE: dict[str, Any] = {
    "key": ["Номер заказа"],
    "kind": "order",
    "amount": "Сумма операции",
    "fee": "Комиссия",
    "number": {"heading": r"Реестр операций № (\d+)"},
    "date": {"heading": r"от (\d\d\.\d\d\.\d{4})"},
}


def made(text: str | bytes = ACQUIRER, name: str = "r.csv", **changes: Any) -> list[ReadRegistry]:
    data = text.encode() if isinstance(text, str) else text
    values = {key: value for key, value in {**BASE, **changes}.items() if value is not None}
    mapping = mapping_of(values)
    return interpret(read_rows(data, sheet=mapping.sheet, element=mapping.element), mapping, name)


def test_an_acquirers_file() -> None:
    [one] = made(net=r"К перечислению (.+)")
    assert (one.number, one.date) == ("105", date(2026, 11, 18))
    assert (one.gross, one.fee, one.net) == (Money(350_050), Money(5_251), Money(344_799))
    assert [(line.row, line.key, line.amount, line.fee) for line in one.lines] == [
        (5, "З-1001", Money(150_000), Money(2_250)),
        (6, "З-1002", Money(200_050), Money(3_001)),
    ]
    assert one.sound and one.lines[0].kind is Reference.ORDER


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("2 000,50", "2 000,5 0 0 1", "money.subkopeck"),
        ("2 000,50", "много", "money.unreadable"),
        ("2 000,50", "", "money.unreadable"),
        ("2 000,50", "900000000000000,00", "money.unreadable"),
        ('"З-1002"', "", "registry.row_without_key"),
        ("30,01", "тридцать", "money.unreadable"),
        ("52,51", "52,52", "registry.fees_differ"),
        (";3 500,50", ";3 5OO,5O", "registry.total_unreadable"),
    ],
)
def test_a_row_nobody_can_read_makes_the_whole_unsound(old: str, new: str, code: str) -> None:
    [one] = made(ACQUIRER.replace(old, new))
    assert code in [problem.code for problem in one.problems] and one.bad_rows >= 1 and not one.sound
    assert one.problems[0].text("ru") and one.problems[0].text("en")
    assert one.problems[0].line in (0, 6, 7)


@pytest.mark.parametrize(("old", "new"), [("2 000,50", "2 000,51"), ("3 500,50", "3 500,49"), ("3 447,99", "3 448,00")])
def test_a_kopeck_makes_it_unsound(old: str, new: str) -> None:
    [one] = made(ACQUIRER.replace(old, new), net=r"К перечислению (.+)")
    assert not one.sound and not one.problems


def test_a_fee_may_be_a_share_of_each_line_or_what_is_left() -> None:
    text = "Реестр операций № 1 от 18.11.2026\nНомер заказа;Сумма операции\n1;0,33\n2;100,50\n"
    [share] = made(text, fee=None, fee_percent="1,5")
    assert [line.fee for line in share.lines] == [Money(0), Money(151)] and share.net == Money(9_932)
    [rest] = made(f"{text}Итого;100,83\nк выплате: 99,00\n", fee=None, net=r"к выплате: (\S+)")
    assert (rest.fee, rest.net, rest.sound) == (Money(183), Money(9_900), True)
    [stated] = made(f"{text}Удержано 1,00\n", fee=None, fee_total=r"^Удержано (\S+)")
    assert (stated.fee, stated.net) == (Money(100), Money(9_983))
    [nothing] = made(text, fee=None)
    assert (nothing.fee, nothing.net) == (Money(0), nothing.gross)


def test_kopecks_refunds_and_refused_operations() -> None:
    text = (
        "Реестр операций № 1 от 18.11.2026\nНомер заказа;Сумма операции;Комиссия;Операция\n"
        "1;150000;-2250;Оплата\n2;50000;0;Возврат\n3;70000;0;Отклонено\n4;0;0;Оплата\n"
    )
    [one] = made(
        text, unit="kopecks", fee_negative=True, refund_column="Операция", refund="^возврат",
        skip_column="Операция", skip="отклон",
    )  # fmt: skip
    assert [(line.key, line.amount.kopecks) for line in one.lines] == [("1", 150_000), ("2", -50_000)]
    assert (one.gross, one.fee, one.net, one.sound) == (Money(100_000), Money(2_250), Money(97_750), True)
    [odd] = made(text.replace("150000", "1500,00"), unit="kopecks", fee=None)
    assert odd.lines[0].amount == Money(1500), "a decimal that is zero is no part of a kopeck"


def test_several_registries_in_one_file_have_their_own_lines_and_a_common_total() -> None:
    text = (
        "Номер реестра;Дата;Номер заказа;Сумма операции;Комиссия\n77;18.11.2026;1;100,00;1,00\n"
        "78;19.11.2026;2;200,00;2,00\n77;18.11.2026;3;300,00;3,00\nИтого;;;{total};\n"
    )
    columns = {"number": {"column": "Номер реестра"}, "date": {"column": "Дата"}}
    first, second = made(text.format(total="600,00"), **columns)
    assert (first.number, [line.key for line in first.lines], first.net) == ("77", ["1", "3"], Money(39_600))
    assert (second.number, second.date, second.net, second.sound) == ("78", date(2026, 11, 19), Money(19_800), True)
    for one in made(text.format(total="600,01"), **columns):
        assert not one.sound and one.problems[-1].code == "registry.totals_differ"


def test_number_and_date_may_stand_in_the_files_name_and_columns_by_position() -> None:
    [one] = made(
        "14102192069353;1200.00\n14102192069354;10.50\n", "COD_77_20261118.csv", key=["#1"], amount="#2", fee=None,
        header_row=-1, kind="track", number={"file_name": r"COD_(\d+)"}, date={"file_name": r"_(\d{8})\."},
    )  # fmt: skip
    assert (one.number, one.date, one.net, len(one.lines)) == ("77", date(2026, 11, 18), Money(121_050), 2)


def test_the_first_filled_of_several_keys_counts() -> None:
    text = "Реестр операций № 1 от 18.11.2026\nЗаказ;Трек;Сумма операции\n;14;1,00\n15;16;2,00\n"
    [one] = made(text, key=["Заказ", "Трек"], fee=None)
    assert [line.key for line in one.lines] == ["14", "15"]


@pytest.mark.parametrize(
    ("text", "changes", "code"),
    [
        (ACQUIRER, {"amount": "Стоимость"}, "registry.columns_missing"),
        (ACQUIRER, {"header_row": 5}, "registry.columns_missing"),
        (ACQUIRER, {"number": {"heading": r"Список № (\d+)"}}, "registry.number_missing"),
        (ACQUIRER, {"date": {"heading": r"до (\S+)"}}, "registry.date_missing"),
        (ACQUIRER, {"date": {"heading": r"Терминал (\d+)"}}, "registry.date_missing"),
        ("\n".join(ACQUIRER.splitlines()[:4]), {}, "registry.no_lines"),
    ],
)
def test_a_file_its_mapping_does_not_fit_is_refused(text: str, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        made(text, **changes)
    assert refused.value.code == code and refused.value.text("ru")


@pytest.mark.parametrize(
    "changes",
    [
        {"key": []},
        {"kind": "phone"},
        {"amount": ""},
        {"number": {}},
        {"number": {"heading": "("}},
        {"fee_percent": "100"},
        {"fee_percent": "x"},
        {"fee": "Комиссия", "fee_percent": "1"},
        {"refund": "возврат"},
        {"header_row": -1},
        {"unit": "dollars"},
        {"colour": "red"},
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused_with_the_field(changes: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        mapping_of({**BASE, **changes})
    assert refused.value.code == "registry.mapping_wrong"


@pytest.mark.parametrize(
    ("text", "kopecks"),
    [
        ("1 234,50", 123_450), ("1 234,50 ₽", 123_450), ("1,234.50 руб.", 123_450), ("1.234,50", 123_450),
        ("(100,00)", -10_000), ("−15", -1_500), ("-0,01", -1), ("1'000", 100_000), ("18.150", 1_815),
        ("175000-00", 17_500_000), ("12.5 RUB", 1_250),
    ],
)  # fmt: skip
def test_sums_as_files_write_them(text: str, kopecks: int) -> None:
    assert amount(text, "roubles") == Money(kopecks)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("от 18.11.2026 г.", date(2026, 11, 18)), ("18.11.26", date(2026, 11, 18)),
        ("2026-11-18 10:00", date(2026, 11, 18)),
        ("r_20261118.csv", date(2026, 11, 18)), ("18/11/2026", date(2026, 11, 18)), ("31.02.2026", None), ("105", None),
    ],
)  # fmt: skip
def test_days_as_files_write_them(text: str, expected: date | None) -> None:
    assert day(text) == expected


@pytest.mark.parametrize(
    ("data", "name", "source", "number", "net"),
    [
        (ACQUIRER.encode("cp1251"), "r.csv", PayoutSource.ACQUIRER, "105", 344_799),
        (workbook(MARKETPLACE_ROWS), "payout.xlsx", PayoutSource.MARKETPLACE, "77/26", 212_499),
        (LOAN_XML, "17.xml", PayoutSource.LOAN, "17", 995_000),
        (
            dbf(("SHPI", "SUMMA", "TARIF"), [("14102192069353", "1200.00", "36.00")]),
            "f113_77_20261118.dbf", PayoutSource.POST, "77", 116_400,
        ),
        (
            b"order_id,amount,commission\n1001,150.00,1.50\n", "registry-12 2026-11-18.csv",
            PayoutSource.ACQUIRER, "12", 14_850,
        ),
    ],
    ids=["csv", "xlsx", "xml", "dbf", "english"],
)  # fmt: skip
def test_a_proposal_reads_the_file_it_was_made_from(
    data: bytes, name: str, source: PayoutSource, number: str, net: int
) -> None:
    proposal = propose(data, name, source)
    assert proposal.missing == () and proposal.error is None and isinstance(proposal.mapping, ColumnMapping)
    [one] = proposal.registries
    assert (one.number, one.date, one.net.kopecks, one.sound) == (number, date(2026, 11, 18), net, True)


def test_what_headings_do_not_say_is_named() -> None:
    proposal = propose(b"a;b\n1;2\n", "x.csv", PayoutSource.ACQUIRER)
    assert proposal.mapping is None and proposal.missing == ("key", "amount", "number", "date")
    assert [row.cells for row in proposal.rows] == [("a", "b"), ("1", "2")]


@pytest.mark.parametrize("key", ["4,60123E+13", "1.2345e+16"])
def test_a_number_a_spreadsheet_has_rounded_is_no_key(key: str) -> None:
    [one] = made(ACQUIRER.replace("З-1001", key))
    assert not one.sound and [problem.code for problem in one.problems] == ["registry.key_rounded"]


def test_a_number_too_long_for_a_cell_is_taken_for_rounded() -> None:
    rows = [["Реестр операций № 105 от 18.11.2026"], ["Номер заказа", "Сумма операции", "Комиссия"]]
    [one] = made(workbook([*rows, [12345678901234560, 10, 0], [123456789012345, 10, 0]]))
    assert [line.key for line in one.lines] == ["123456789012345"] and one.bad_rows == 1


@pytest.mark.parametrize("pattern", [r"(\d+)+№", r"(?:a|a)*b", r"(\w*\s*){5}№", r"((x{1,9}){1,9})"])
def test_a_pattern_that_may_search_for_ever_is_refused(pattern: str) -> None:
    with pytest.raises(Refused) as refused:
        mapping_of({**BASE, "net": pattern})
    assert refused.value.code == "registry.mapping_wrong" and "never end" in str(refused.value.values["detail"])


@pytest.mark.parametrize(
    "pattern", [r"(?:итого|всего)\s*(\d[\d ]*(?:[.,]\d\d)?)", r"№ ((?:\d{3})+)", r"^(a|b)?c{2,5}$"]
)
def test_ordinary_patterns_are_taken(pattern: str) -> None:
    assert mapping_of({**BASE, "net": pattern}).net == pattern
