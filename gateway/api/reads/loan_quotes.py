"""The calculator: what a loan would cost the buyer, and what it would leave the shop."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from gateway.api.errors import NotFound
from gateway.api.reads.loan_card import coded
from gateway.api.reads.loans import Asking
from gateway.core.clock import business_date
from gateway.core.money import Money
from gateway.loans import calculator, dated
from gateway.loans.calculator import Purchase, Quote
from gateway.loans.split import split
from gateway.loans.tables import shops


def calculate(
    connection: Connection, asking: Asking, purchase: Purchase, months: Sequence[int], shop_id: str
) -> dict[str, Any]:
    """Quotes on every lender's terms in force today, and what did not fit.

    Args:
        shop_id: whose fee is counted too; "" for nobody's.

    Raises:
        NotFound: `shop.unknown`.
    """
    today = business_date(asking.now, asking.loans.zone)
    if shop_id:
        _need_shop(connection, asking.company, shop_id)
    terms = dated.lenders_on(connection, asking.company, today, asking.loans.lenders)
    found = calculator.calculate(purchase, terms, today, frozenset(months))
    return {
        "quotes": [_quote(connection, asking, purchase, quote, shop_id, today) for quote in found.quotes],
        "misfits": [
            {"lender": misfit.lender, "title": asking.title(misfit.lender), **coded(misfit.code, misfit.values)}
            for misfit in found.misfits
        ],
    }


def _need_shop(connection: Connection, company: str, shop_id: str) -> None:
    query = select(shops.c.id).where(shops.c.id == shop_id.replace("\0", " "), shops.c.company == company)
    if connection.execute(query).first() is None:
        raise NotFound("shop.unknown")


def _quote(
    connection: Connection, asking: Asking, purchase: Purchase, quote: Quote, shop_id: str, on: date
) -> dict[str, Any]:
    fee: Money | None = None
    to_shop: Money | None = None
    if shop_id:
        tariff = dated.tariff_on(connection, asking.company, shop_id, quote.lender, on)
        parts = split(purchase.goods, purchase.down, quote.discount, tariff)
        fee, to_shop = parts.fee, parts.to_shop
    return {
        "lender": quote.lender,
        "title": asking.title(quote.lender),
        "months": quote.months,
        "rate": format(quote.rate, "f"),
        "loan": quote.loan.kopecks,
        "payment": quote.payment.kopecks,
        "last_payment": quote.last_payment.kopecks,
        "overpaid": quote.overpaid.kopecks,
        "discount": quote.discount.kopecks,
        "psk": format(quote.psk, "f"),
        "transfer": (quote.loan - quote.discount).kopecks,
        "fee": None if fee is None else fee.kopecks,
        "to_shop": None if to_shop is None else to_shop.kopecks,
        "approximate": quote.approximate,
    }
