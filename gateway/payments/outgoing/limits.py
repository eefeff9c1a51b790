"""Limits: how much people of a role may let out without a stronger one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from gateway.core.authority import Role
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.payments.outgoing.model import DEAD, Limit, OutgoingTerms
from gateway.payments.outgoing.seal import signatures_of
from gateway.payments.outgoing.tables import payment_orders
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit


def fits(terms: OutgoingTerms, role: Role, amount: Money, gone: Mapping[Role, Money]) -> bool:
    """Whether an order of `amount` is within what `role` may let out today; a role without limits always may.

    Args:
        gone: what weighs on each role's day already, from `day_totals`.
    """
    limit = terms.limits.get(role)
    if limit is None:
        return True
    if limit.order is not None and amount > limit.order:
        return False
    return limit.day is None or gone.get(role, Money.zero()) + amount <= limit.day


def as_strong(terms: OutgoingTerms, role: Role, other: Role) -> bool:
    """Whether people of `role` may let out all that those of `other` may."""
    mine, others = terms.limits.get(role, Limit()), terms.limits.get(other, Limit())
    return _reaches(mine.order, others.order) and _reaches(mine.day, others.day)


def _reaches(one: Money | None, other: Money | None) -> bool:
    return one is None or (other is not None and one >= other)


def day_totals(unit: Unit, terms: OutgoingTerms, day: date, before: str = "") -> dict[Role, Money]:
    """What was approved on `day`, by the roles whose limits it weighs on: those that signed it, unless a role without
    limits signed it too. One whose signatures cannot be read weighs on every role's.

    Args:
        before: stored instant; only what was approved earlier counts. "" for all.
    """
    columns = (payment_orders.c.number, payment_orders.c.amount, payment_orders.c.approvals)
    query = select(*columns).where(
        payment_orders.c.company == unit.company,
        payment_orders.c.approved_on == day.isoformat(),
        payment_orders.c.state.not_in(DEAD),
    )
    if before:
        query = query.where(payment_orders.c.approved_at < before)
    rows = unit.connection.execute(query)
    totals: dict[Role, Money] = {}
    for row in rows:
        for role in _weighs_on(terms, row):
            totals[role] = totals.get(role, Money.zero()) + Money(row.amount)
    return totals


def _weighs_on(terms: OutgoingTerms, row: AnyRow) -> set[Role]:
    try:
        roles = {Role(signature["role"]) for signature in signatures_of(row)}
    except Refused:
        return set(terms.limits)
    return roles if roles <= set(terms.limits) else set()
