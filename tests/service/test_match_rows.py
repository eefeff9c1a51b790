"""Rows of a back-test's files that are no good: each is reported by file and line, and the others count."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gateway.core.errors import Refused
from gateway.service.trials import folder as files
from gateway.service.trials import json_lines
from gateway.service.trials.bad_rows import BadRows
from tests.service.match_stage import INVOICES, PAYMENTS, REGISTRIES, folder, invoice, payment, registry

GOOD_INVOICE, GOOD_PAYMENT, GOOD_REGISTRY = INVOICES[0], PAYMENTS[0], REGISTRIES[0]


def _without(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != name}


LINES: list[tuple[Any, str]] = [
    (b"{", "trial.line_json"),
    (b"not json", "trial.line_json"),
    (b'{"id": NaN}', "trial.line_json"),
    (b'{"amount": ' + b"9" * 5000 + b"}", "trial.line_json"),
    (b"[" * 100_000, "trial.line_json"),
    (b"[1, 2]", "trial.line_object"),
    (b"null", "trial.line_object"),
    ('{"id": "Счёт"}'.encode("cp1251"), "trial.line_encoding"),
    (b'{"id": "\\ud800"}', "trial.line_encoding"),
    (b'{"id": "' + b"x" * (json_lines.LONGEST + 5) + b'"}', "trial.line_long"),
]
_SUMS = [(-1, "trial.field_sum"), (10**18, "trial.field_sum")]
_NO_SUMS = [(value, "trial.field_type") for value in (1.5, "100", None, True, [])]
BAD_INVOICES = [
    *LINES,
    *[(_without(GOOD_INVOICE, name), "trial.field_missing") for name in (
        "id", "number", "date", "amount", "due", "status", "buyer_id", "buyer_kind", "buyer_name", "buyer_inn",
        "known_accounts", "order_no", "loan_no", "track")],
    *[(invoice("9", 100, amount=value), code) for value, code in (*_SUMS, *_NO_SUMS)],
    *[(invoice("9", 100, due=value), code) for value, code in (*_SUMS, *_NO_SUMS)],
    *[(invoice("9", 100, date=value), "trial.field_date")
      for value in ("2026-02-30", "20.11.2026", "20261120", "2026-W01-1", "0000-01-01", "")],
    (invoice("9", 100, date=20261120), "trial.field_type"),
    (invoice("9", 100, id=""), "trial.field_empty"),
    (invoice("9", 100, number="  "), "trial.field_empty"),
    (invoice("9", 100, id=7), "trial.field_type"),
    (invoice("9", 100, status="half-paid"), "trial.field_unknown"),
    (invoice("9", 100, buyer_kind="king"), "trial.field_unknown"),
    (invoice("9", 100, due=101), "trial.due_impossible"),
    (invoice("9", 100, status="paid"), "trial.due_impossible"),
    (invoice("9", 100, known_accounts="40702"), "trial.field_type"),
    (invoice("9", 100, known_accounts=[1]), "trial.field_type"),
    (invoice("9", 100, buyer_name="x" * 5000), "trial.field_long"),
    (GOOD_INVOICE, "trial.id_repeated"),
]  # fmt: skip
BAD_PAYMENTS = [
    *LINES,
    *[(_without(payment(9, 100, ""), name), "trial.field_missing") for name in (
        "id", "booked", "doc_no", "doc_date", "amount", "payer_name", "payer_inn", "payer_kpp", "payer_account",
        "purpose")],
    *[(payment(9, 100, "", amount=value), code) for value, code in ((0, "trial.field_sum"), *_SUMS, *_NO_SUMS)],
    (payment(9, 100, "", booked="2026-13-01"), "trial.field_date"),
    (payment(9, 100, "", doc_date=None), "trial.field_type"),
    (payment(9, 100, "x" * 5000), "trial.field_long"),
    (GOOD_PAYMENT, "trial.id_repeated"),
]  # fmt: skip
BAD_REGISTRIES = [
    *[line for line in LINES if line[1] != "trial.line_long"],
    *[(_without(registry("9", [], 0), name), "trial.field_missing") for name in (
        "id", "source", "number", "date", "gross", "fee", "net")],
    (_without(registry("9", [], 0), "lines"), "trial.field_type"),
    (registry("9", [], 0, lines=["order:1"]), "trial.field_type"),
    (registry("9", [], 0, source="casino"), "trial.field_unknown"),
    (registry("9", [("1", -5)], 0, gross=5), "trial.field_sum"),
    (registry("9", [], 0, lines=[{"key": "parcel:1", "amount": 1}]), "trial.registry_key"),
    (registry("9", [], 0, lines=[{"key": "order", "amount": 1}]), "trial.registry_key"),
    (GOOD_REGISTRY, "trial.id_repeated"),
]  # fmt: skip


def _named(case: object) -> str:
    text = case.decode(errors="replace") if isinstance(case, bytes) else str(case)
    return text if len(text) < 30 else "row"


def _reported(bad: BadRows) -> list[tuple[str, int, str, bool]]:
    return [(row.file, row.problem.line, row.problem.code, row.problem.skipped) for row in bad]


@pytest.mark.parametrize(("row", "code"), BAD_INVOICES, ids=_named)
def test_a_bad_invoice_is_left_out(tmp_path: Path, row: Any, code: str) -> None:
    bad = BadRows()
    made = folder(tmp_path, [GOOD_INVOICE, row, INVOICES[1]])
    assert [found.number for found in files.invoices(made, bad)] == ["125", "126"]
    assert _reported(bad) == [("invoices.jsonl", 2, code, True)]


@pytest.mark.parametrize(("row", "code"), BAD_PAYMENTS, ids=_named)
def test_a_bad_payment_is_left_out(tmp_path: Path, row: Any, code: str) -> None:
    bad = BadRows()
    made = folder(tmp_path, payments=[GOOD_PAYMENT, row, PAYMENTS[1]])
    found = files.Payments(made, bad)
    assert [paid.id for paid in found] == ["P1", "P2"] and len(found) == 2
    assert _reported(bad) == [("payments.jsonl", 2, code, True)]


@pytest.mark.parametrize(("row", "code"), BAD_REGISTRIES, ids=_named)
def test_a_bad_registry_is_left_out(tmp_path: Path, row: Any, code: str) -> None:
    bad = BadRows()
    made = folder(tmp_path, registries=[GOOD_REGISTRY, row, registry("52", [("1", 5)], 0)])
    assert [found.number for found in files.registries(made, bad)] == ["51", "52"]
    assert _reported(bad) == [("registries.jsonl", 2, code, True)]


@pytest.mark.parametrize("wrong", [{"gross": 734051}, {"fee": 1}, {"net": 1}], ids=str)
def test_a_registry_that_does_not_add_up_is_reported_and_explains_nothing(tmp_path: Path, wrong: Any) -> None:
    bad = BadRows()
    made = folder(tmp_path, registries=[registry("51", [("100126", 734050)], 34050, **wrong)])
    assert [found.sound for found in files.registries(made, bad)] == [False]
    assert _reported(bad) == [("registries.jsonl", 1, "trial.registry_unsound", False)]


def test_a_field_nobody_needs_may_be_missing_and_a_wrong_one_costs_no_row(tmp_path: Path) -> None:
    bad = BadRows()
    made = folder(tmp_path, [_without(GOOD_INVOICE, "vat"), invoice("126", 100, contract_no=5)])
    assert len(list(files.invoices(made, bad))) == 2
    assert _reported(bad) == [("invoices.jsonl", 2, "trial.field_type", False)]


def test_payments_come_in_the_order_of_their_arrival(tmp_path: Path) -> None:
    bad = BadRows()
    rows = [payment(seq, 100, "") for seq in (30, 10, 20)]
    assert [paid.id for paid in files.Payments(folder(tmp_path, payments=rows), bad)] == ["P10", "P20", "P30"]
    assert bad.count == 0


def test_an_equal_or_missing_place_is_reported_and_the_file_decides(tmp_path: Path) -> None:
    bad = BadRows()
    rows = [
        payment(3, 100, "", id="third"),
        payment(1, 100, "", id="first"),
        _without(payment(9, 100, "", id="behind first"), "seq"),
        payment(1, 100, "", id="second of ones"),
        payment(2, 100, "", id="behind ones", seq="2"),
        payment(2, 100, "", id="two"),
    ]
    found = [paid.id for paid in files.Payments(folder(tmp_path, payments=rows), bad)]
    assert found == ["first", "behind first", "second of ones", "behind ones", "two", "third"]
    assert _reported(bad) == [
        ("payments.jsonl", 3, "trial.field_missing", False),
        ("payments.jsonl", 4, "trial.seq_repeated", False),
        ("payments.jsonl", 5, "trial.field_type", False),
    ]


def test_a_byte_order_mark_empty_lines_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    made = folder(tmp_path, registries=None)
    path = made / files.PAYMENTS
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n\r\n"))
    bad = BadRows()
    assert [paid.id for paid in files.Payments(made, bad)] == ["P1", "P2", "P3", "P4"]
    assert bad.count == 0 and files.registries(made, bad) == []


@pytest.mark.parametrize("content", ["{}".encode("utf-16"), b"PK\x03\x04rest", "{}".encode("utf-16-le")])
def test_a_file_of_another_kind_is_refused_as_a_whole(tmp_path: Path, content: bytes) -> None:
    made = folder(tmp_path)
    (made / files.PAYMENTS).write_bytes(content)
    with pytest.raises(Refused) as refused:
        files.Payments(made, BadRows())
    assert refused.value.code == "trial.not_json_lines"


def test_a_thousand_bad_rows_are_kept_and_all_are_counted(tmp_path: Path) -> None:
    bad = BadRows()
    assert list(files.invoices(folder(tmp_path, [b"x"] * 1500), bad)) == []
    assert (bad.count, len(bad)) == (1500, 1000)


def test_every_row_is_told_with_its_file_and_line_in_both_languages(tmp_path: Path) -> None:
    from gateway.service.trials.report import bad_row_text

    bad = BadRows()
    list(files.invoices(folder(tmp_path, [invoice("9", 100, amount=-1)]), bad))
    [row] = bad
    assert bad_row_text(row, "ru").startswith("invoices.jsonl, строка 1: В поле amount невозможная сумма -1")
    assert bad_row_text(row, "en").startswith("invoices.jsonl, line 1: The field amount holds the impossible sum -1")
