"""JSON → dataclasses."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from gui.api import types
from gui.api.decode import Undecodable, decode

ROW = {
    "id": "p-1",
    "version": 3,
    "bank_time": "2026-11-21T09:16:43.279000Z",
    "booked": "2026-11-21",
    "received_at": None,
    "payer_name": "ООО «Ёлочка»",
    "amount": 12345,
    "state": "auto",
    "invoices": ["125", "126"],
    "evidence": "signed",
    "something_newer": {"a": 1},
}


def test_a_row_becomes_a_frozen_object_and_unknown_fields_are_ignored():
    row = decode(types.PaymentRow, ROW)
    assert row.bank_time == datetime(2026, 11, 21, 9, 16, 43, 279000, tzinfo=UTC)
    assert row.booked == date(2026, 11, 21)
    assert row.received_at is None
    assert row.invoices == ("125", "126")
    assert row.rest == 0
    with pytest.raises(AttributeError):
        row.amount = 1  # type: ignore[misc]


def test_both_languages_of_a_sentence_are_kept_together():
    reason = decode(types.Reason, {"code": "x", "text_ru": "сумма", "text_en": "sum", "span": [3, 7]})
    assert reason.text == types.Said("сумма", "sum")
    assert reason.text.text("ru") == "сумма"
    assert reason.span == (3, 7)


def test_a_missing_language_falls_back_to_the_other():
    assert types.Said("только", "").text("en") == "только"


def test_a_warehouse_sees_orders_without_money():
    order = decode(types.OrderRow, {"id": "o", "version": 1, "number": "7"})
    assert order.amount is None


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"version": "3"}, "version"),
        ({"version": True}, "version"),
        ({"bank_time": "2026-11-21T09:16:43"}, "bank_time"),
        ({"bank_time": "yesterday"}, "bank_time"),
        ({"invoices": 5}, "invoices"),
        ({"reversed": "no"}, "reversed"),
    ],
)
def test_a_wrong_shape_names_the_field(change: dict[str, object], named: str):
    with pytest.raises(Undecodable, match=named):
        decode(types.PaymentRow, {**ROW, **change})


def test_a_missing_required_field_is_named():
    with pytest.raises(Undecodable, match="version"):
        decode(types.PaymentRow, {"id": "p-1"})


def test_an_unknown_state_is_shown_and_not_guessed():
    from gui.models.payments import state_pill

    assert state_pill("half_moon").text == "half_moon"
