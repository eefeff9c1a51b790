"""`kvit match --from-statement`: files as banks, 1C and spreadsheets write them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.flows.desk import camt, line61, mt940, ntry, text_document, text_file
from tests.onec.facts import commerceml, line, order, requisite
from tests.service.conftest import Kvit
from tests.service.match_stage import decisions

INN = "7705123453"  # of the payer in tests.flows.desk
HEADINGS = ("Номер счета", "Дата", "Контрагент", "ИНН", "Сумма", "Статус", "Остаток")


@pytest.fixture(autouse=True)
def nobody_is_at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No installation of this machine's own counts."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "nowhere"))


def _put(path: Path, content: bytes | str) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def _csv(*rows: Sequence[str], headings: Sequence[str] = HEADINGS, encoding: str = "cp1251") -> bytes:
    return "\r\n".join(";".join(row) for row in (headings, *rows)).encode(encoding)


def _row(number: str, amount: str, *, inn: str = INN, status: str = "", rest: str = "") -> tuple[str, ...]:
    return (number, "12.11.2026", "ООО «Вернисаж»", inn, amount, status, rest)


def _workbook(*rows: Sequence[Any]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


STATEMENT = text_file(text_document(1_250_000, doc_no="17", purpose="Оплата по счету № 125 от 12.11.2026"))
LIST = _csv(_row("125", "12 500,00"))


def _decided(kvit: Kvit, tmp_path: Path, statements: Sequence[Path], lists: Sequence[Path], *more: str) -> list[Any]:
    out = tmp_path / "d.jsonl"
    named = [word for path in statements for word in ("--from-statement", str(path))]
    named += [word for path in lists for word in ("--invoices", str(path))]
    answer = kvit("match", *named, "--out", out, "--language", "en", *more)
    assert answer.code == 0, answer.err + answer.out
    return decisions(out)


@pytest.mark.parametrize(
    "content",
    [
        STATEMENT,
        camt("camt.053", ntry(1_250_000, purpose="Оплата по счету № 125 от 12.11.2026")),
    ],
    ids=["1C text", "camt.053"],
)
def test_a_statement_and_a_list_are_enough(kvit: Kvit, tmp_path: Path, content: bytes) -> None:
    [found] = _decided(kvit, tmp_path, [_put(tmp_path / "s", content)], [_put(tmp_path / "i.csv", LIST)])
    assert (found["decision"], found["outcome"], found["payment_id"]) == ("auto", "exact", "s#1")
    assert found["allocations"] == [[f"125/2026-11-12/{INN}", 1_250_000]]


def test_mt940_has_no_payer_and_goes_to_a_person(kvit: Kvit, tmp_path: Path) -> None:
    file = _put(tmp_path / "s", mt940(line61(1_250_000, purpose="Оплата по счету № 125"), closing=1_250_000))
    [found] = _decided(kvit, tmp_path, [file], [_put(tmp_path / "i.csv", LIST)])
    assert found["decision"] == "person"


def test_only_booked_money_that_came_in_counts(kvit: Kvit, tmp_path: Path) -> None:
    content = camt(
        "camt.053",
        ntry(100, ref="1"),
        ntry(200, ref="2", incoming=False),
        ntry(300, ref="3", status="PDNG"),
        ntry(500, ref="5", incoming=True, reversal=True),
    )
    found = _decided(kvit, tmp_path, [_put(tmp_path / "s", content)], [_put(tmp_path / "i.csv", LIST)])
    assert [d["payment_id"] for d in found] == ["s#1"]


def _taken_back(
    kvit: Kvit, tmp_path: Path, *contents: bytes
) -> tuple[list[str], dict[str, int], list[tuple[str, int]]]:
    """Ids of what was decided, the payments taken back, and the lines reported."""
    out = tmp_path / "d.jsonl"
    folder = tmp_path / "statements"
    folder.mkdir()
    for number, content in enumerate(contents):
        _put(folder / f"s{number}", content)
    lists = _put(tmp_path / "i.csv", LIST)
    arguments = ("--from-statement", folder, "--invoices", lists, "--out", out)
    answer = kvit("match", *arguments, "--json")
    bad = [(row["file"], row["line"]) for row in answer.json["bad_rows"]["first"]]
    assert answer.code == (1 if bad else 0)
    return [d["payment_id"] for d in decisions(out)], answer.json["taken_back"], bad


PAID = ntry(1_250_000, ref="A1", doc_no="17", purpose="Оплата по счету № 125 от 12.11.2026")
MORE = ntry(100, ref="B1")


def test_a_payment_the_bank_took_back_is_no_income_and_leaves_its_invoice_open(kvit: Kvit, tmp_path: Path) -> None:
    back = ntry(1_250_000, ref="A2", incoming=False, reversal=True, original="A1", day=date(2026, 11, 24))
    anew = ntry(1_250_000, ref="A3", doc_no="17", purpose="Оплата по счету № 125 от 12.11.2026", day=date(2026, 11, 25))
    folder = tmp_path / "statements"
    folder.mkdir()
    _put(folder / "1", camt("camt.053", PAID))
    _put(folder / "2", camt("camt.053", back, anew, id="S2", on=date(2026, 11, 25)))
    out, lists = tmp_path / "d.jsonl", _put(tmp_path / "i.csv", LIST)
    arguments = ("match", "--from-statement", folder, "--invoices", lists, "--out", out)
    told = kvit(*arguments, "--json").json
    assert [(d["payment_id"], d["outcome"]) for d in decisions(out)] == [("2#2", "exact")]
    assert told["taken_back"] == {"count": 1, "amount": 1_250_000}
    assert (told["auto"]["amount"], told["released"]["amount"]) == (1_250_000, 1_250_000)
    shown = kvit(*arguments, "--language", "en").out
    assert "Taken back by the bank and not counted: 1, 12,500.00 roubles." in shown


@pytest.mark.parametrize(
    "back",
    [
        ntry(1_250_000, ref="A1", incoming=False, reversal=True),
        ntry(1_250_000, ref="A9", incoming=False, reversal=True, doc_no="17"),
        ntry(1_250_000, ref="A9", incoming=False, reversal=True, original="A1", day=date(2026, 11, 30)),
    ],
    ids=["its own reference", "the same document", "the reference it names"],
)
@pytest.mark.parametrize("first", [True, False])
def test_a_storno_finds_its_payment_as_in_the_service(kvit: Kvit, tmp_path: Path, back: str, first: bool) -> None:
    lines = [back, PAID] if first else [PAID, back]
    decided, taken_back, bad = _taken_back(kvit, tmp_path, camt("camt.053", *lines, MORE))
    assert (decided, taken_back["count"], bad) == (["s0#3"], 1, [])


@pytest.mark.parametrize(
    "back",
    [
        ntry(1_250_001, ref="A1", incoming=False, reversal=True, original="A1"),
        ntry(1_250_000, ref="A9", incoming=False, reversal=True, original="X"),
        ntry(1_250_000, ref="A9", incoming=False, reversal=True, original="A1", day=date(2026, 11, 22)),
    ],
    ids=["another sum", "another reference", "before the payment"],
)
def test_a_storno_without_its_payment_is_reported_and_takes_nothing_back(kvit: Kvit, tmp_path: Path, back: str) -> None:
    decided, taken_back, bad = _taken_back(kvit, tmp_path, camt("camt.053", PAID, back))
    assert (decided, taken_back["count"], bad) == (["s0#1"], 0, [("s0", 2)])


def test_one_storno_told_twice_takes_back_one_of_two_payments(kvit: Kvit, tmp_path: Path) -> None:
    twin = ntry(1_250_000, ref="A1", doc_no="18", day=date(2026, 11, 24))
    back = ntry(1_250_000, ref="A1", doc_no="18", incoming=False, reversal=True, day=date(2026, 11, 24))
    evening = camt("camt.053", PAID, twin, back)
    decided, taken_back, bad = _taken_back(kvit, tmp_path, evening, evening)
    assert (decided, taken_back["count"], bad) == (["s0#1"], 1, [])


def test_a_line_of_two_overlapping_statements_counts_once_and_two_equal_payments_twice(
    kvit: Kvit, tmp_path: Path
) -> None:
    twins = [text_document(1_000, doc_no="", purpose="Оплата"), text_document(1_000, doc_no="", purpose="Оплата")]
    morning = _put(tmp_path / "1", text_file(*twins))
    evening = _put(tmp_path / "2", text_file(*twins, text_document(2_000, doc_no="18")))
    found = _decided(kvit, tmp_path, [evening, morning], [_put(tmp_path / "i.csv", LIST)])
    assert [d["payment_id"] for d in found] == ["2#1", "2#2", "2#3"]


def test_the_days_of_the_bank_order_the_payments_and_a_folder_stands_for_its_files(kvit: Kvit, tmp_path: Path) -> None:
    folder = tmp_path / "statements"
    folder.mkdir()
    days = {"a": date(2026, 11, 23), "b": date(2026, 11, 21), "c": date(2026, 11, 22)}
    for name, day in days.items():
        _put(folder / name, text_file(text_document(100, doc_no=name, day=day), day=day))
    found = _decided(kvit, tmp_path, [folder], [_put(tmp_path / "i.csv", LIST)])
    assert [d["payment_id"] for d in found] == ["b#1", "c#1", "a#1"]


def test_invoices_of_1c_are_taken_as_open_and_orders_are_paid_by_their_own_number(kvit: Kvit, tmp_path: Path) -> None:
    paid = f"<ЗначенияРеквизитов>{requisite('Заказ оплачен', 'true')}</ЗначенияРеквизитов>"
    exchange = commerceml(order("o-1", "125", amount="12500.00", lines=line(amount="12500.00"), more=paid))
    statement = text_file(
        text_document(1_250_000, doc_no="17", inn="7707083893", purpose="Оплата заказа № 125 от 20.11.2026")
    )
    files = [_put(tmp_path / "s", statement)], [_put(tmp_path / "i.xml", exchange)]
    [found] = _decided(kvit, tmp_path, *files)
    assert (found["outcome"], found["allocations"]) == ("exact", [["o-1", 1_250_000]])
    assert _decided(kvit, tmp_path, *files, "--as-listed")[0]["outcome"] == "paid_invoice"


def test_an_invoice_takes_the_place_of_its_order_and_the_last_copy_of_a_document_counts(
    kvit: Kvit, tmp_path: Path
) -> None:
    bill = order("i-1", "СЧ-7", amount="12500.00").replace("Заказ товара", "Счет на оплату")
    bill = bill.replace("<Роль>Продавец</Роль><Валюта>", "<Основание>o-1</Основание><Роль>Продавец</Роль><Валюта>")
    lists = [
        _put(tmp_path / "1.xml", commerceml(order("o-1", "10125", amount="999.00"))),
        _put(tmp_path / "2.xml", commerceml(order("o-1", "10125", amount="12500.00"))),
        _put(tmp_path / "3.xml", commerceml(bill)),
    ]
    statement = text_file(text_document(1_250_000, doc_no="17", inn="7707083893", purpose="Оплата заказа № 10125"))
    file = _put(tmp_path / "s", statement)
    assert _decided(kvit, tmp_path, [file], lists)[0]["allocations"] == [["i-1", 1_250_000]]
    assert _decided(kvit, tmp_path, [file], lists[:2])[0]["allocations"] == [["o-1", 1_250_000]]


def test_a_lender_who_lists_the_loans_of_orders_is_understood(kvit: Kvit, tmp_path: Path) -> None:
    number = f"<ЗначенияРеквизитов>{requisite('Номер заявки', '70000248')}</ЗначенияРеквизитов>"
    lists = [_put(tmp_path / "i.xml", commerceml(order("o-1", "10125", amount="12500.00", more=number)))]
    statement = text_file(text_document(1_250_000, doc_no="17", purpose="Перечисление по заявкам 70000248"))
    files = [_put(tmp_path / "s", statement)], lists
    assert _decided(kvit, tmp_path, *files, "--partner", f"{INN}=loan")[0]["outcome"] == "loans_listed"


def test_an_archive_of_1c_is_opened(kvit: Kvit, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("orders.xml", commerceml(order("o-1", "125", amount="12500.00")))
    statement = text_file(text_document(1_250_000, doc_no="17", inn="7707083893", purpose="Оплата заказа № 125"))
    files = [_put(tmp_path / "s", statement)], [_put(tmp_path / "i.zip", packed.getvalue())]
    assert _decided(kvit, tmp_path, *files)[0]["allocations"] == [["o-1", 1_250_000]]


def test_a_workbook_with_titles_above_and_a_total_below_is_read(kvit: Kvit, tmp_path: Path) -> None:
    content = _workbook(
        ["Реестр счетов за 2026 год"],
        [],
        ["№", "Дата документа", "Покупатель", "ИНН покупателя", "Сумма с НДС", "Сумма НДС"],
        ["125", datetime(2026, 11, 12), "ООО «Вернисаж»", int(INN), 12500, 2254.1],
        ["126", "13.11.2026", "ООО «Вернисаж»", INN, "7 340,50", 1323.7],
        ["Итого", None, None, None, 19840.5, None],
    )
    statement = text_file(
        text_document(1_250_000, doc_no="17", purpose="Оплата по счету № 125"),
        text_document(734_050, doc_no="18", purpose="Оплата по счету № 126"),
    )
    found = _decided(kvit, tmp_path, [_put(tmp_path / "s", statement)], [_put(tmp_path / "i.xlsx", content)])
    assert [d["outcome"] for d in found] == ["exact", "exact"]


def test_columns_nobody_would_guess_are_named(kvit: Kvit, tmp_path: Path) -> None:
    headings = ("Документ", "Когда", "Кто", "Код налоговой", "Денег")
    content = _csv(_row("125", "12500")[:5], headings=headings, encoding="utf-8")
    files = [_put(tmp_path / "s", STATEMENT)], [_put(tmp_path / "i.csv", content)]
    fields = ("number", "date", "buyer_name", "buyer_inn", "amount")
    mapped = [word for pair in zip(fields, headings, strict=True) for word in ("--map", "=".join(pair))]
    assert _decided(kvit, tmp_path, *files, *mapped)[0]["outcome"] == "exact"
    refused = _refused(kvit, tmp_path, *files)
    assert refused["code"] == "trial.columns_missing"
    assert "Документ, Когда, Кто" in refused["text"] and "--map" in refused["hint"]
    unknown = _refused(kvit, tmp_path, *files, "--map", "number=Фамилия")
    assert unknown["code"] == "trial.column_unknown" and "Документ, Когда, Кто" in unknown["text"]


def test_english_headings_are_guessed_too(kvit: Kvit, tmp_path: Path) -> None:
    content = f"Invoice No,Date,Customer,Tax ID,Total,VAT\n125,2026-11-12,Vernissage,{INN},12500.00,2254.10\n"
    files = [_put(tmp_path / "s", STATEMENT)], [_put(tmp_path / "i.csv", content)]
    assert _decided(kvit, tmp_path, *files)[0]["outcome"] == "exact"


@pytest.mark.parametrize(
    ("status", "rest", "as_listed", "as_open"),
    [
        ("", "", "exact", "exact"),
        ("Оплачен", "", "paid_invoice", "exact"),
        ("Не оплачен", "12 500,00", "exact", "exact"),
        ("Частично оплачен", "2 500,00", "overpaid", "exact"),
        ("", "0", "paid_invoice", "exact"),
        ("Аннулирован", "", "cancelled_invoice", "cancelled_invoice"),
    ],
)
def test_what_the_list_says_of_payment_counts_only_when_asked(
    kvit: Kvit, tmp_path: Path, status: str, rest: str, as_listed: str, as_open: str
) -> None:
    content = _csv(_row("125", "12 500,00", status=status, rest=rest))
    files = [_put(tmp_path / "s", STATEMENT)], [_put(tmp_path / "i.csv", content)]
    assert _decided(kvit, tmp_path, *files)[0]["outcome"] == as_open
    assert _decided(kvit, tmp_path, *files, "--as-listed")[0]["outcome"] == as_listed


def test_bad_rows_of_a_table_are_told_with_their_row(kvit: Kvit, tmp_path: Path) -> None:
    content = _csv(
        _row("125", "12 500,00"),
        _row("126", "сто рублей"),
        _row("127", "-5"),
        ("128", "31.02.2026", "ООО", INN, "1", "", ""),
        _row("129", "1", status="где-то"),
        _row("130", "1", rest="2"),
        _row("125", "12 500,00"),
        ("", "12.11.2026", "ООО", INN, "1", "", ""),
    )
    statement, table = _put(tmp_path / "s", STATEMENT), _put(tmp_path / "i.csv", content)
    answer = kvit("match", "--from-statement", statement, "--invoices", table, "--out", tmp_path / "d.jsonl", "--json")
    assert answer.code == 1
    assert [(row["line"], row["code"]) for row in answer.json["bad_rows"]["first"]] == [
        (3, "trial.field_unreadable_sum"),
        (4, "trial.field_sum"),
        (5, "trial.field_date"),
        (6, "trial.field_unknown"),
        (7, "trial.due_impossible"),
        (8, "trial.id_repeated"),
        (9, "trial.field_empty"),
    ]
    assert decisions(tmp_path / "d.jsonl")[0]["outcome"] == "exact"


def test_money_in_another_currency_is_told_and_left_out(kvit: Kvit, tmp_path: Path) -> None:
    content = camt("camt.053", ntry(100, ref="1"), ntry(200, ref="2").replace('Ccy="RUB"', 'Ccy="CNY"'))
    statement, table = _put(tmp_path / "s", content), _put(tmp_path / "i.csv", LIST)
    answer = kvit("match", "--from-statement", statement, "--invoices", table, "--out", tmp_path / "d.jsonl", "--json")
    assert answer.code == 1
    assert [(row["line"], row["code"]) for row in answer.json["bad_rows"]["first"]] == [
        (2, "trial.statement_line_currency")
    ]
    assert len(decisions(tmp_path / "d.jsonl")) == 1


def _refused(
    kvit: Kvit, tmp_path: Path, statements: Sequence[Path], lists: Sequence[Path], *more: str
) -> dict[str, str]:
    out = tmp_path / "refused.jsonl"
    named = [word for path in statements for word in ("--from-statement", str(path))]
    named += [word for path in lists for word in ("--invoices", str(path))]
    answer = kvit("match", *named, "--out", out, "--json", *more)
    assert answer.code == 1 and not out.exists()
    error: dict[str, str] = answer.json["error"]
    return error


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (LIST, "trial.no_statement"),
        (b"%PDF-1.7", "trial.no_statement"),
        (b"", "trial.no_statement"),
        (_workbook(["Дата", "Сумма"]), "trial.no_statement"),
        (commerceml(order()).encode(), "trial.no_statement"),
        (STATEMENT[:-20], "onec.bank_truncated"),
        (text_file(text_document(100, doc_no="1", incoming=False)), "trial.nothing_to_decide"),
    ],
    ids=["table", "pdf", "empty", "workbook", "commerceml", "cut off", "outgoing only"],
)
def test_what_is_no_statement_is_refused_by_name(kvit: Kvit, tmp_path: Path, content: bytes, code: str) -> None:
    refused = _refused(kvit, tmp_path, [_put(tmp_path / "s", content)], [_put(tmp_path / "i.csv", LIST)])
    assert refused["code"] == code and refused["text"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (STATEMENT, "trial.no_invoices"),
        (camt("camt.053", ntry(100)), "trial.no_invoices"),
        (b"<html><body/></html>", "trial.no_invoices"),
        (b"\xd0\xcf\x11\xe0old workbook", "trial.no_invoices"),
        (b"PK\x03\x04 no archive", "onec.zip_broken"),
        (b"", "trial.no_invoices"),
        (b"%PDF-1.7 plain words", "trial.columns_missing"),
    ],
    ids=["1C text", "camt", "html", "xls", "zip", "empty", "pdf"],
)
def test_what_is_no_list_of_invoices_is_refused_by_name(kvit: Kvit, tmp_path: Path, content: bytes, code: str) -> None:
    refused = _refused(kvit, tmp_path, [_put(tmp_path / "s", STATEMENT)], [_put(tmp_path / "i", content)])
    assert refused["code"] == code and refused["text"] and refused["hint"]
