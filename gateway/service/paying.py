"""By which bank, and in which format, orders of each account leave."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.bank.bxd.profile import Profile
from gateway.flows.pay_out import Route
from gateway.service.wiring import Bank


def routes_of(banks: Iterable[Bank]) -> dict[str, Route]:
    """The way out of every account an agreement names; where two name one, the first."""
    routes: dict[str, Route] = {}
    for bank in banks:
        service = bank.profile.service if isinstance(bank.profile, Profile) else None
        route = Route(
            bank.channel,
            order_format=service.order_format if service else "",
            file_type=service.order_file_type if service else "",
            customer_id=bank.table.customer_id,
            absent_after=bank.profile.limits.absent_after,
            resends=bank.profile.limits.resends,
        )
        for account in bank.table.accounts:
            routes.setdefault(account, route)
    return routes
