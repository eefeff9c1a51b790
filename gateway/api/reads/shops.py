"""Shops, the terms that hold from a day on, and how it goes with lenders."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, func, select

from gateway.api.reads.loan_ageing import shop_names
from gateway.api.reads.loans import Asking, labelled
from gateway.api.reads.paging import Listing, Window, in_order, searched
from gateway.core.clock import business_date
from gateway.loans import access, goods
from gateway.loans.shops import SHOP, ShopState, onboarding
from gateway.loans.stage import OPEN
from gateway.loans.tables import applications, lender_terms, shop_tariffs, shops, signing_terms
from gateway.store.schema import AnyRow

LISTING = Listing(
    id=shops.c.id,
    sorts={"name": shops.c.name, "made_at": shops.c.made_at},
    default="name",
)
FILTERS = ("all", *(state.value for state in ShopState))
_PLAIN = ("kpp", "account", "bic", "bank_name", "corr_account", "email", "phone", "risk_limit", "contract", "made_by")


def listed(connection: Connection, company: str, state: str, window: Window) -> dict[str, Any]:
    """A slice of the shops in one state, with counts by state."""
    where = [shops.c.company == company, *searched(shops.c.search, window.q)]
    grouped = select(shops.c.state, func.count()).where(*where).group_by(shops.c.state)
    by_state = {row[0]: row[1] for row in connection.execute(grouped)}
    counts = {"all": sum(by_state.values()), **{each.value: by_state.get(each.value, 0) for each in ShopState}}
    if state != "all":
        where.append(shops.c.state == state)
    cut = LISTING.cut(connection, where, window)
    rows = connection.execute(select(shops).where(shops.c.id.in_(cut.ids))).all()
    busy = _open_applications(connection, company, cut.ids)
    items = in_order(cut.ids, {row.id: _item(row, busy.get(row.id, 0)) for row in rows})
    return {"items": items, "total": counts[state], "next": cut.next, "counts": counts}


def shop(connection: Connection, asking: Asking, shop_id: str) -> dict[str, Any] | None:
    """One shop with its people, its tariffs and what may be done, or None."""
    company = asking.company
    row = connection.execute(select(shops).where(shops.c.id == shop_id, shops.c.company == company)).one_or_none()
    if row is None:
        return None
    today = business_date(asking.now, asking.loans.zone).isoformat()
    lacking = [step.value for step, done in onboarding(connection, row, today).items() if not done]
    return {
        **_item(row, _open_applications(connection, company, [shop_id]).get(shop_id, 0)),
        **{name: row._mapping[name] for name in _PLAIN},
        "sites": json.loads(row.sites),
        "trusts_lender": bool(row.trusts_lender),
        "exposure": goods.exposure(connection, company, shop_id).kopecks,
        "events": [event.value for event in SHOP.allowed(ShopState(row.state))],
        "lacking": lacking if row.state != ShopState.CLOSED else [],
        "access": access.listed(connection, company, shop_id),
        "tariffs": [one for one in terms_rows(connection, asking)["tariffs"] if one["shop_id"] == shop_id],
    }


def terms_rows(connection: Connection, asking: Asking) -> dict[str, list[dict[str, Any]]]:
    """Every row of terms, the newest first; of each kind the last that has begun is in force."""
    today = business_date(asking.now, asking.loans.zone).isoformat()

    def of(table: Table, key: Sequence[str]) -> list[dict[str, Any]]:
        order = (table.c.since.desc(), table.c.made_at.desc(), table.c.id.desc())
        rows = connection.execute(select(table).where(table.c.company == asking.company).order_by(*order)).all()
        seen: set[tuple[Any, ...]] = set()
        found = []
        for row in rows:
            of_kind = tuple(row._mapping[name] for name in key)
            begun = row.since <= today
            found.append({**_without_company(row), "in_force": begun and of_kind not in seen})
            if begun:
                seen.add(of_kind)
            found[-1]["lender_title"] = asking.title(row.lender) if row.lender else ""
        return found

    tariffs = of(shop_tariffs, ("shop_id", "lender"))
    names = shop_names(connection, {row["shop_id"] for row in tariffs})
    return {
        "tariffs": [{**row, "shop": names.get(row["shop_id"], "")} for row in tariffs],
        "signing": [_signing(row) for row in of(signing_terms, ("way", "lender", "region"))],
        "lenders": [_lender(row) for row in of(lender_terms, ("lender",))],
    }


def _item(row: AnyRow, open_applications: int) -> dict[str, Any]:
    return {
        **{name: row._mapping[name] for name in ("id", "version", "key", "name", "inn", "region", "state", "made_at")},
        **labelled("shop.state", row.state, "state"),
        "own": bool(row.own),
        "open_applications": open_applications,
    }


def _open_applications(connection: Connection, company: str, ids: Sequence[str]) -> dict[str, int]:
    rows = connection.execute(
        select(applications.c.shop_id, func.count())
        .where(
            applications.c.company == company,
            applications.c.shop_id.in_(ids),
            applications.c.stage.in_([stage.value for stage in OPEN]),
        )
        .group_by(applications.c.shop_id)
    )
    return {row[0]: row[1] for row in rows}


def _without_company(row: AnyRow) -> dict[str, Any]:
    return {name: value for name, value in row._mapping.items() if name != "company"}


def _signing(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, **labelled("loan.way", row["way"], "way"), "covered": bool(row["covered"])}


def _lender(row: Mapping[str, Any]) -> dict[str, Any]:
    lists = {name: json.loads(row[name]) for name in ("months", "categories")}
    return {**row, **lists, "zero_rate": bool(row["zero_rate"])}
