"""Lenders' offers as they stand in `loan_decisions.offers`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

from gateway.core.money import Money
from gateway.loans.lenders.ports import Offer
from gateway.loans.model import SigningWay
from gateway.store.schema import dumps


def written(offers: Sequence[Offer]) -> str:
    """Offers as JSON: sums in kopecks, the day as "2026-11-21" or null."""
    return dumps(
        [
            {
                "id": offer.id,
                "loan": offer.loan.kopecks,
                "months": offer.months,
                "rate": offer.rate,
                "psk": offer.psk,
                "payment": offer.payment.kopecks,
                "discount": offer.discount.kopecks,
                "ways": [way.value for way in offer.ways],
                "until": offer.until.isoformat() if offer.until else None,
            }
            for offer in offers
        ]
    )


def last_day(offers: Sequence[Offer]) -> date | None:
    """The last day one of them stands; None where there is none, and where one has no end."""
    days = [offer.until for offer in offers if offer.until is not None]
    return max(days) if days and len(days) == len(offers) else None


def read(text: str) -> tuple[Offer, ...]:
    """What `written` wrote."""
    return tuple(
        Offer(
            id=one["id"],
            loan=Money(one["loan"]),
            months=one["months"],
            rate=one["rate"],
            psk=one["psk"],
            payment=Money(one["payment"]),
            discount=Money(one["discount"]),
            ways=tuple(SigningWay(way) for way in one["ways"]),
            until=date.fromisoformat(one["until"]) if one["until"] else None,
        )
        for one in json.loads(text)
    )
