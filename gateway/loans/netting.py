"""A lender who pays so much less as was returned before his money: one sum, no line below zero.

He may pay an agreement's whole transfer and get the returns back, keep them by lines below zero (`loans.kept_back`), or
pay the difference. Here the last is told from money that is missing: what is short has to be, to the kopeck, the first
returns that wait. Then the loan is paid in full and these returns are settled; his debt is the transfer less them. Any
other sum is a part, and a person sees what it lacks.

It is read off what is allocated and returned now, so neither the order of events nor their repetition matters.
"""

from __future__ import annotations

from collections.abc import Sequence

from gateway.core.money import Money
from gateway.loans import returns
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit


def follow(unit: Unit, agreement: AnyRow, came: Money, payment_ids: Sequence[str]) -> Money:
    """Settle the returns that explain what is missing of a transfer; others wait. Returns what the lender has kept.

    Args:
        came: all that is here for the agreement. payment_ids: what it came with, the oldest first.
    """
    whole = came.kopecks == agreement.transfer
    open_ = [one for one in returns.of_agreement(unit, agreement.id) if _may_be_netted(one)]
    explained = _explaining(open_, agreement.transfer - came.kopecks) if came else ()
    for one in open_:
        if one in explained:
            if not one.netted or one.kept_by not in payment_ids:
                returns.settled(unit, one, kept_by=payment_ids[-1], netted=True)
        elif one.netted or (whole and one.executed_at is not None):
            returns.unsettled(unit, one)
    return Money(sum(one.to_lender for one in explained))


def owed(unit: Unit, agreement: AnyRow) -> Money:
    """What the lender has to pay for an agreement: its transfer less the returns he has kept from it."""
    kept = sum(one.to_lender for one in returns.of_agreement(unit, agreement.id) if one.netted)
    return Money(agreement.transfer - kept)


def waiting(unit: Unit, agreement_id: str) -> Money:
    """What a lender may yet keep from a transfer."""
    open_ = (one for one in returns.of_agreement(unit, agreement_id) if _may_be_netted(one) and not one.netted)
    return Money(sum(one.to_lender for one in open_))


def _may_be_netted(one: AnyRow) -> bool:
    """A return that waits, that is kept so already, or that a person says the lender wants nothing for."""
    return one.to_lender > 0 and not returns.is_void_money(one) and not returns.went_back(one)


def _explaining(open_: Sequence[AnyRow], missing: int) -> Sequence[AnyRow]:
    """The first of them that add up to what is missing; none when no number of them does. There is one answer at most:
    each of them is above zero."""
    found = 0
    for count, one in enumerate(open_, 1):
        found += one.to_lender
        if found >= missing:
            return open_[:count] if found == missing else ()
    return ()
