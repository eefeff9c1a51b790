"""Quotes of the calculator as a table."""

from __future__ import annotations

from PySide6.QtCore import QObject

from gui import wording
from gui.api.types import Quote
from gui.i18n import translate
from gui.models.columns import Column
from gui.models.loans import percent
from gui.models.table import RowsModel


def approximate(text: str, quote: Quote) -> str:
    """Figures counted by us carry a mark: the lender's own rule."""
    return f"≈{wording.NBSP}{text}" if quote.approximate else text


def quotes(parent: QObject | None = None) -> RowsModel:
    def tip(quote: Quote) -> str:
        if quote.approximate:
            return translate("Calculator", "Counted by Kvit; the lender's offer has the exact figures.")
        return ""

    return RowsModel(
        [
            Column("title", lambda: translate("Calculator", "Lender"), lambda q: q.title or q.lender, width=0),
            Column("months", lambda: translate("Calculator", "Months"), lambda q: str(q.months), width=7, right=True),
            Column("rate", lambda: translate("Calculator", "Rate"), lambda q: percent(q.rate), width=8, right=True),
            Column(
                "payment",
                lambda: translate("Calculator", "A month, ₽"),
                lambda q: approximate(wording.money(q.payment, currency=False), q),
                paint="money",
                width=14,
                right=True,
                tip=tip,
            ),
            Column(
                "overpaid",
                lambda: translate("Calculator", "Overpaid, ₽"),
                lambda q: approximate(wording.money(q.overpaid, currency=False), q),
                width=14,
                right=True,
                tip=tip,
            ),
            Column(
                "psk",
                lambda: translate("Calculator", "PSK"),
                lambda q: approximate(percent(q.psk), q),
                width=11,
                right=True,
                tip=tip,
            ),
            Column(
                "to_shop",
                lambda: translate("Calculator", "To the shop, ₽"),
                lambda q: wording.money(q.to_shop, currency=False),
                width=13,
                right=True,
            ),
        ],
        parent,
    )
