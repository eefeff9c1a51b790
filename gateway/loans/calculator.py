"""What a loan would cost the buyer, before any lender was asked: for the shop's page, the call centre and the tray.

Counted from what lenders publish (`dated.LenderTerms`), so every figure is approximate; a lender's offer rules.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from gateway.core.money import Money
from gateway.loans.dated import LenderTerms
from gateway.loans.psk import BasePeriod, Flow, flows_of, present_value, psk
from gateway.loans.schedule import annuity
from gateway.loans.split import loan_of

_HUNDRED = Decimal(100)
_MONTH = BasePeriod(months=1)


@dataclass(frozen=True, slots=True)
class Purchase:
    """What is to be bought.

    Attributes:
        categories: of the basket; empty when they are not known, which fits every lender.

    Raises:
        Refused: `loan.down_out_of_range` unless 0 ≤ down ≤ goods.
    """

    goods: Money
    down: Money
    categories: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        loan_of(self.goods, self.down)

    @property
    def loan(self) -> Money:
        return loan_of(self.goods, self.down)


@dataclass(frozen=True, slots=True)
class Quote:
    """A loan on one lender's terms; approximate.

    Attributes:
        rate: what the buyer pays, percent a year: zero in an instalment plan.
        payment: of one month; `last_payment` takes the rest.
        overpaid: all payments less the loan.
        discount: what the lender would keep from the transfer (X).
        psk: полная стоимость кредита, percent a year, three decimals.
    """

    lender: str
    months: int
    rate: Decimal
    loan: Money
    payment: Money
    last_payment: Money
    overpaid: Money
    discount: Money
    psk: Decimal
    approximate: bool = True


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a lender's terms do not fit.

    Attributes:
        code: entry of the message catalogue, "loan.misfit_…".
        values: what its sentence names.
    """

    lender: str
    code: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Calculation:
    """Quotes by term, the cheapest first in each; and what did not fit, by lender."""

    quotes: tuple[Quote, ...]
    misfits: tuple[Misfit, ...]


def down_payment(goods: Money, percent: Decimal) -> Money:
    """The down payment of so many percent of the goods, half up to the kopeck."""
    return goods.times(percent / _HUNDRED)


def calculate(
    purchase: Purchase, terms: Iterable[LenderTerms], on: date, months: Collection[int] = frozenset()
) -> Calculation:
    """Quotes on all `terms` that fit, for the `months` asked for (all a lender offers when empty), as if issued `on`.

    Raises:
        Refused: what `annuity` refuses, for terms that no loan can have.
    """
    quotes: list[Quote] = []
    misfits: list[Misfit] = []
    for line in terms:
        offered = [term for term in line.months if not months or term in months]
        wrong = list(_misfits(purchase, line, offered))
        misfits += wrong
        if not wrong:
            quotes += (quote(purchase.loan, line, term, on) for term in offered)
    quotes.sort(key=lambda found: (found.months, found.payment, found.overpaid, found.lender))
    return Calculation(tuple(quotes), tuple(misfits))


def quote(loan: Money, terms: LenderTerms, months: int, on: date) -> Quote:
    """One quote, whether or not the loan fits the terms.

    Raises:
        Refused: as `annuity`.
    """
    rate = Decimal(0) if terms.zero_rate else terms.rate
    schedule = annuity(loan, rate, months, on, terms.day_count)
    flows = flows_of(loan, on, schedule)
    return Quote(
        lender=terms.lender,
        months=months,
        rate=rate,
        loan=loan,
        payment=schedule.payment,
        last_payment=schedule.rows[-1].payment,
        overpaid=schedule.overpaid,
        discount=_discount(flows, terms.rate) if terms.zero_rate else Money.zero(),
        psk=psk(flows),
    )


def _discount(flows: Sequence[Flow], rate: Decimal) -> Money:
    """X of an instalment plan: the loan less what its payments are worth on the first day at the lender's rate."""
    short = -present_value(flows, _MONTH, rate / 1200)
    return Money(int(short.quantize(Decimal(1), ROUND_HALF_UP)))


def _misfits(purchase: Purchase, terms: LenderTerms, offered: Sequence[int]) -> Iterator[Misfit]:
    loan, lender = purchase.loan, terms.lender
    foreign = purchase.categories.difference(terms.categories) if terms.categories else frozenset()
    if foreign:
        yield Misfit(lender, "loan.misfit_category", {"categories": ", ".join(sorted(foreign))})
    if loan < terms.least or not loan:
        yield Misfit(lender, "loan.misfit_least", {"amount": str(loan), "expected": str(terms.least)})
    if loan > terms.most:
        yield Misfit(lender, "loan.misfit_most", {"amount": str(loan), "expected": str(terms.most)})
    least_down = down_payment(purchase.goods, terms.down_percent)
    if purchase.down < least_down:
        yield Misfit(lender, "loan.misfit_down", {"amount": str(purchase.down), "expected": str(least_down)})
    if not offered:
        yield Misfit(lender, "loan.misfit_months", {"months": ", ".join(str(term) for term in terms.months)})
