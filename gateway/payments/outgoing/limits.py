"""Limits: how much people of a role may let out without a stronger one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from gateway.core.authority import Role
from gateway.core.money import Money
from gateway.payments.outgoing.model import DEAD, OutgoingTerms
from gateway.payments.outgoing.tables import payment_orders
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


def day_totals(unit: Unit, terms: OutgoingTerms, day: date) -> dict[Role, Money]:
    """What was approved on `day`, by the roles whose limits it weighs on: those that signed it, unless a role without
    limits signed it too."""
    rows = unit.connection.execute(
        select(payment_orders.c.amount, payment_orders.c.approvals).where(
            payment_orders.c.company == unit.company,
            payment_orders.c.approved_on == day.isoformat(),
            payment_orders.c.state.not_in(DEAD),
        )
    )
    totals: dict[Role, Money] = {}
    for row in rows:
        roles = {Role(signature["role"]) for signature in json.loads(row.approvals)}
        if any(role not in terms.limits for role in roles):
            continue
        for role in roles:
            totals[role] = totals.get(role, Money.zero()) + Money(row.amount)
    return totals
