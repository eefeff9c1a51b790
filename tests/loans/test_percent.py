"""Percents as written."""

from __future__ import annotations

from decimal import Decimal

import pytest

from gateway.core.errors import Refused
from gateway.loans.percent import read_percent


@pytest.mark.parametrize(
    ("text", "percent"),
    [("24.9", "24.9"), ("24,900", "24.9"), (" 24,9 % ", "24.9"), ("0", "0"), ("100%", "100"), ("24.9\u00a0%", "24.9")],
)
def test_a_percent_is_read(text: str, percent: str) -> None:
    assert read_percent(text) == Decimal(percent)


@pytest.mark.parametrize(
    "text", ["", "%", "-1", "+1", "1e2", "NaN", "Infinity", "1.2.3", "24.9 руб.", "12345", "5.", "٣"]
)
def test_what_is_no_percent_is_refused(text: str) -> None:
    with pytest.raises(Refused) as caught:
        read_percent(text)
    assert caught.value.code == "loan.percent_unreadable"
