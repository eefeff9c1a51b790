"""Rows that hold from a day on: tariffs of shops, prices and coverage of the ways of signing, terms of lenders.

A row is never edited; a new one follows it. What was agreed on an earlier day is found by that day. Of rows with one
first day the one written last holds: it puts right what was entered before it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, func, select, true

from gateway.core.authority import Right
from gateway.core.errors import Refused
from gateway.core.ids import new_id
from gateway.core.money import Money
from gateway.loans import shops, tariffs
from gateway.loans.model import SigningWay
from gateway.loans.schedule import MONTHS_LIMIT, RATE_LIMIT, DayCount
from gateway.loans.tables import lender_terms, shop_tariffs, signing_terms
from gateway.loans.tariffs import Tariff
from gateway.store.schema import AnyRow, dumps
from gateway.store.unit import Unit


@dataclass(frozen=True, slots=True)
class SigningTerms:
    """What a way of signing costs somewhere.

    Attributes:
        lender: "" for every lender. region: "" for every region.
        covered: whether it is to be had there at all.
        partner: the courier's name; where the branches are.
    """

    way: SigningWay
    lender: str
    region: str
    since: date
    covered: bool
    cost: Money
    partner: str = ""


@dataclass(frozen=True, slots=True)
class LenderTerms:
    """What a lender lends for.

    Attributes:
        categories: of goods; empty for all.
        least, most: of the loan (goods less the down payment).
        months: the terms to choose from.
        rate: percent a year, for the calculator.
        down_percent: least down payment, of the goods.
        zero_rate: the buyer pays no interest: the lender keeps as much from what he transfers (an instalment plan the
            shop pays for).
    """

    lender: str
    since: date
    least: Money
    most: Money
    months: tuple[int, ...]
    rate: Decimal
    day_count: DayCount
    categories: tuple[str, ...] = ()
    down_percent: Decimal = Decimal(0)
    zero_rate: bool = False


def set_tariff(unit: Unit, shop_id: str, lender: str, since: date, tariff: Tariff) -> str:
    """From `since` on this is what we take. Returns the row's id.

    Args:
        shop_id: "" for every shop without its own. lender: "" for every lender.

    Raises:
        Refused: `authority.missing`, `shop.unknown`, `loan.terms_backdated`.
    """
    unit.actor.require(Right.SHOPS_MANAGE)
    if shop_id:
        shops.load(unit, shop_id)
    row = {
        "shop_id": shop_id,
        "lender": lender,
        "base": tariff.base.value,
        "percent": _plain(tariff.percent),
        "fixed": tariff.fixed.kopecks,
        "least": tariff.least.kopecks,
        "most": tariff.most.kopecks if tariff.most is not None else None,
        "payer": tariff.payer.value,
        "visits": int(tariff.visits),
    }
    return _append(unit, shop_tariffs, "tariff", ("shop_id", "lender"), since, row)


def tariff_on(connection: Connection, company: str, shop_id: str, lender: str, on: date) -> Tariff:
    """What we take from this shop for a loan of this lender on a day; `FREE` where nothing was agreed on."""
    found = connection.execute(
        select(shop_tariffs).where(shop_tariffs.c.company == company, shop_tariffs.c.shop_id.in_((shop_id, "")))
    ).all()
    return tariffs.in_force(found, shop_id, lender, on)


def set_signing_terms(unit: Unit, terms: SigningTerms) -> str:
    """From its day on this is what a way of signing costs. Returns the row's id.

    Raises:
        Refused: `authority.missing`, `loan.terms_backdated`, `loan.terms_cost`.
    """
    unit.actor.require(Right.SHOPS_MANAGE)
    if terms.cost.kopecks < 0:
        raise Refused("loan.terms_cost")
    row = {
        "way": terms.way.value,
        "lender": terms.lender,
        "region": terms.region,
        "covered": int(terms.covered),
        "cost": terms.cost.kopecks,
        "partner": terms.partner.strip()[:200],
    }
    return _append(unit, signing_terms, "signing_terms", ("way", "lender", "region"), terms.since, row)


def signing_terms_on(
    connection: Connection, company: str, way: SigningWay, lender: str, region: str, on: date
) -> SigningTerms | None:
    """What a way of signing costs in a region on a day; None where nobody has said.

    The narrower row wins: lender and region, lender, region, everybody; among equals the latest begun.
    """
    found = connection.execute(
        select(signing_terms).where(
            signing_terms.c.company == company,
            signing_terms.c.way == way.value,
            signing_terms.c.lender.in_((lender, "")),
            signing_terms.c.region.in_((region, "")),
            signing_terms.c.since <= on.isoformat(),
        )
    ).all()
    if not found:
        return None
    row = max(found, key=lambda r: (r.lender != "", r.region != "", r.since, r.made_at, r.id))
    return SigningTerms(
        way,
        row.lender,
        row.region,
        date.fromisoformat(row.since),
        bool(row.covered),
        Money(row.cost),
        row.partner,
    )


def set_lender_terms(unit: Unit, terms: LenderTerms) -> str:
    """From its day on this is what a lender lends for. Returns the row's id.

    Raises:
        Refused: `authority.missing`, `loan.terms_backdated`, `loan.terms_sums`, `loan.terms_months`,
            `loan.terms_percent`.
    """
    unit.actor.require(Right.SHOPS_MANAGE)
    if not terms.lender or not 0 <= terms.least.kopecks <= terms.most.kopecks or not terms.most:
        raise Refused("loan.terms_sums")
    if not terms.months or not all(1 <= month <= MONTHS_LIMIT for month in terms.months):
        raise Refused("loan.terms_months", longest=MONTHS_LIMIT)
    if not 0 <= terms.rate <= RATE_LIMIT or not 0 <= terms.down_percent < 100:
        raise Refused("loan.terms_percent")
    row = {
        "lender": terms.lender,
        "categories": dumps(sorted(set(terms.categories))),
        "least": terms.least.kopecks,
        "most": terms.most.kopecks,
        "months": dumps(sorted(set(terms.months))),
        "rate": _plain(terms.rate),
        "down_percent": _plain(terms.down_percent),
        "day_count": terms.day_count.value,
        "zero_rate": int(terms.zero_rate),
    }
    return _append(unit, lender_terms, "lender_terms", ("lender",), terms.since, row)


def lender_terms_on(connection: Connection, company: str, lender: str, on: date) -> LenderTerms | None:
    """What a lender lends for on a day; None where nobody has said."""
    row = connection.execute(
        select(lender_terms)
        .where(
            lender_terms.c.company == company, lender_terms.c.lender == lender, lender_terms.c.since <= on.isoformat()
        )
        .order_by(lender_terms.c.since.desc(), lender_terms.c.made_at.desc(), lender_terms.c.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else _lender_terms(row)


def lenders_on(
    connection: Connection, company: str, on: date, among: Collection[str] | None = None
) -> Sequence[LenderTerms]:
    """The terms of every lender that has some on a day, by the lender's key.

    Args:
        among: keys of lenders; None for all.
    """
    keys = connection.execute(
        select(lender_terms.c.lender)
        .where(
            lender_terms.c.company == company,
            lender_terms.c.since <= on.isoformat(),
            true() if among is None else lender_terms.c.lender.in_(among),
        )
        .distinct()
        .order_by(lender_terms.c.lender)
    ).scalars()
    found = (lender_terms_on(connection, company, key, on) for key in keys)
    return [terms for terms in found if terms is not None]


def _lender_terms(row: AnyRow) -> LenderTerms:
    return LenderTerms(
        lender=row.lender,
        since=date.fromisoformat(row.since),
        least=Money(row.least),
        most=Money(row.most),
        months=tuple(json.loads(row.months)),
        rate=Decimal(row.rate),
        day_count=DayCount(row.day_count),
        categories=tuple(json.loads(row.categories)),
        down_percent=Decimal(row.down_percent),
        zero_rate=bool(row.zero_rate),
    )


def _append(unit: Unit, table: Table, noun: str, key: tuple[str, ...], since: date, row: dict[str, Any]) -> str:
    """Add a row behind those of the same key.

    Raises:
        Refused: `loan.terms_backdated` when a later one stands already: what was agreed on would change behind it.
    """
    same: list[ColumnElement[bool]] = [table.c[name] == row[name] for name in key]
    latest = unit.connection.execute(
        select(func.max(table.c.since)).where(table.c.company == unit.company, *same)
    ).scalar_one()
    if latest is not None and since.isoformat() < latest:
        raise Refused("loan.terms_backdated", since=since.isoformat(), latest=latest)
    row_id = new_id()
    unit.insert(
        table,
        {
            "id": row_id,
            "company": unit.company,
            "since": since.isoformat(),
            "made_at": unit.at,
            "made_by": str(unit.actor),
            **row,
        },
    )
    unit.journal(f"{noun}.set", f"{noun}:{row_id}", since=since.isoformat(), **row)
    unit.changed("shops", row.get("shop_id") or row_id)
    return row_id


def _plain(number: Decimal) -> str:
    """ "24.9", never "2.49E+1"."""
    return format(number, "f")
