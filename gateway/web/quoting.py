"""The calculator as the public port tells it: for each term the cheapest of what lenders publish."""

from __future__ import annotations

from gateway.core.catalogue import sentence
from gateway.core.clock import business_date
from gateway.core.money import Money
from gateway.loans import dated
from gateway.loans.calculator import Calculation, Purchase, calculate
from gateway.web.room import WebRoom
from gateway.web.schemas import Calculated, Quoted, Reason


def quoted(room: WebRoom, goods: int, down: int, months: int | None, category: str = "") -> Calculated:
    """What a loan for these kopecks would cost over `months`, or over every term there is.

    Raises:
        Refused: `loan.down_out_of_range`.
    """
    purchase = Purchase(Money(goods), Money(down), frozenset({category} if category else ()))
    today = business_date(room.store.clock.now(), room.loans.zone)
    with room.store.reading() as connection:
        terms = dated.lenders_on(connection, room.store.company, today, room.loans.lenders)
    found = calculate(purchase, terms, today, frozenset() if months is None else frozenset({months}))
    best: dict[int, Quoted] = {}
    for quote in found.quotes:  # the cheapest of a term comes first
        best.setdefault(
            quote.months,
            Quoted(
                months=quote.months,
                payment=quote.payment.kopecks,
                last_payment=quote.last_payment.kopecks,
                overpaid=quote.overpaid.kopecks,
                rate=f"{quote.rate:f}",
                psk=f"{quote.psk:f}",
            ),
        )
    return Calculated(
        goods=goods,
        down=down,
        loan=purchase.loan.kopecks,
        quotes=list(best.values()),
        reasons=[] if best else _reasons(found),
    )


def _reasons(found: Calculation) -> list[Reason]:
    told = {
        misfit.code: Reason(
            code=misfit.code,
            text_ru=sentence(misfit.code, "ru", misfit.values),
            text_en=sentence(misfit.code, "en", misfit.values),
        )
        for misfit in found.misfits
    }
    return list(told.values())
