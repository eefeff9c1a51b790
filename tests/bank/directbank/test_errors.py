"""All 48 errors of the standard have their handling."""

from __future__ import annotations

import csv

import pytest

from gateway.bank.directbank.errors import HANDLING, BankError, Handling
from tests.standards import need


def test_the_table_is_the_standards() -> None:
    with need("directbank/codes/errors.csv").open(encoding="utf-8", newline="") as file:
        codes = {row["code"] for row in csv.DictReader(file)}
    assert HANDLING.keys() == codes
    assert len(codes) == 48


@pytest.mark.parametrize(
    ("code", "handling"),
    [
        ("1006", Handling.LOG_ON),
        ("1007", Handling.LOG_ON),
        ("1001", Handling.BACK_OFF),
        ("1009", Handling.BACK_OFF),
        ("1010", Handling.BACK_OFF),
        ("1103", Handling.STOP),
        ("1104", Handling.STOP),
        ("1201", Handling.STOP),
        ("1203", Handling.STOP),
        ("1204", Handling.STOP),
        ("2002", Handling.ARRIVED),
        ("2202", Handling.ARRIVED),
        ("2203", Handling.REFUSED),
        ("2014", Handling.REFUSED),
        ("9999", Handling.REFUSED),
        ("", Handling.REFUSED),
    ],
)
def test_what_an_error_makes_us_do(code: str, handling: Handling) -> None:
    assert BankError(code, "").handling is handling
