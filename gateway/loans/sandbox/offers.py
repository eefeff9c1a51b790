"""What the sandbox lenders lend for."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from gateway.core.money import Money
from gateway.loans.model import SigningWay
from gateway.loans.psk import flows_of, psk
from gateway.loans.schedule import DayCount, annuity

# Protocol → (name, percent a year, discount in percent of the loan). An instalment plan costs the buyer nothing: the
# shop pays for it by what the lender keeps.
_PRODUCTS = {
    "soap": (("standard", Decimal("24.9"), Decimal(0)),),
    "rest": (("standard", Decimal(35), Decimal(0)), ("instalments", Decimal(0), Decimal("7.5"))),
}
_HOLD = timedelta(days=14)


def make_offers(
    protocol: str, loan: Money, months: int, on: date, psk_off: Decimal = Decimal(0)
) -> list[dict[str, Any]]:
    """Offers for a loan, as the books keep them: sums in kopecks, percents as text.

    Args:
        psk_off: percentage points the printed ПСК is wrong by.
    """
    return [_offer(name, rate, discount, loan, months, on, psk_off) for name, rate, discount in _PRODUCTS[protocol]]


def _offer(
    name: str, rate: Decimal, discount: Decimal, loan: Money, months: int, on: date, psk_off: Decimal
) -> dict[str, Any]:
    schedule = annuity(loan, rate, months, on, DayCount.MONTHS)
    return {
        "id": f"{name}-{months}",
        "loan": loan.kopecks,
        "months": months,
        "rate": str(rate),
        "psk": str(psk(flows_of(loan, on, schedule)) + psk_off),
        "payment": schedule.payment.kopecks,
        "discount": loan.times(discount / 100).kopecks,
        "ways": [way.value for way in SigningWay],
        "until": (on + _HOLD).isoformat(),
    }
