"""How the money of one loan is divided: buyer, lender, we, the shop.

    G  goods                 D  down payment, taken by the shop
    L  loan = G − D          X  lender's discount of an instalment plan, kept by the lender
    T  transfer = L − X      F  our fee, kept from the transfer
    S  to the shop = T − F

so that S + F = T and D + S + F + X = G, to the kopeck, whatever the rounding of the fee.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.core.vat import VatKind, rates_on
from gateway.loans.tariffs import FeeBase, FeePayer, Tariff


@dataclass(frozen=True, slots=True)
class Split:
    """The parts, see the module.

    Attributes:
        lender_fee: our fee where the lender pays it apart; it is no part of the transfer, and `fee` is then zero.
    """

    goods: Money
    down: Money
    loan: Money
    discount: Money
    transfer: Money
    fee: Money
    to_shop: Money
    lender_fee: Money


def split(goods: Money, down: Money, discount: Money, tariff: Tariff) -> Split:
    """Divide the money of one loan; the fee is never above the transfer, whatever the tariff's least.

    Raises:
        Refused: `loan.down_out_of_range` unless 0 ≤ D ≤ G, `loan.discount_out_of_range` unless 0 ≤ X ≤ L.
    """
    loan = loan_of(goods, down)
    if not Money.zero() <= discount <= loan:
        raise Refused("loan.discount_out_of_range", amount=str(discount), loan=str(loan))
    transfer = loan - discount
    base = {FeeBase.LOAN: loan, FeeBase.TRANSFER: transfer, FeeBase.GOODS: goods}[tariff.base]
    due = min(tariff.fee(base), transfer)
    kept, apart = (due, Money.zero()) if tariff.payer is FeePayer.SHOP else (Money.zero(), due)
    return Split(goods, down, loan, discount, transfer, kept, transfer - kept, apart)


def loan_of(goods: Money, down: Money) -> Money:
    """L = G − D.

    Raises:
        Refused: `loan.down_out_of_range` unless 0 ≤ D ≤ G.
    """
    if not Money.zero() <= down <= goods:
        raise Refused("loan.down_out_of_range", amount=str(down), goods=str(goods))
    return goods - down


def fee_vat(fee: Money, kind: VatKind | None, on: date, percent: int | None = None) -> Money:
    """The VAT contained in our fee, F · r / (100 + r), at the rate in force on the day of the service.

    Args:
        kind: the company's; None when it does not pay VAT.
        percent: needed where a kind has several rates at once: a firm under the simplified system has 5 % or 7 %.

    Raises:
        Refused: `loan.vat_no_rate` when the kind has no such rate on that day, `loan.vat_ambiguous` when it has
            several and `percent` does not say which.
    """
    if kind is None:
        return Money.zero()
    lawful = sorted(rate.percent for rate in rates_on(on) if rate.kind is kind and percent in (None, rate.percent))
    if not lawful:
        raise Refused("loan.vat_no_rate", kind=kind.value, day=on.isoformat())
    if len(lawful) > 1:
        raise Refused("loan.vat_ambiguous", kind=kind.value, rates=", ".join(str(rate) for rate in lawful))
    return fee.vat_inside(lawful[0])
