"""Shops, the terms that hold from a day on, and how it goes with lenders."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, func, select

from gateway.api.reads import shop_history
from gateway.api.reads.loan_ageing import shop_names
from gateway.api.reads.loans import Asking, labelled
from gateway.api.reads.paging import Listing, Window, in_order, searched
from gateway.api.reads.texts import hinted, said
from gateway.core.authority import Right
from gateway.core.clock import business_date
from gateway.core.errors import Refused
from gateway.loans import access, goods, registration
from gateway.loans.shops import SHOP, ShopState, onboarding
from gateway.loans.stage import OPEN
from gateway.loans.tables import applications, lender_terms, shop_tariffs, shops, signing_terms
from gateway.store.schema import AnyRow

_OPEN = (
    select(func.count())
    .where(
        applications.c.company == shops.c.company,
        applications.c.shop_id == shops.c.id,
        applications.c.stage.in_([stage.value for stage in OPEN]),
    )
    .correlate(shops)
    .scalar_subquery()
)
LISTING = Listing(
    id=shops.c.id,
    sorts={
        "name": shops.c.name,
        "key": shops.c.key,
        "inn": shops.c.inn,
        "region": shops.c.region,
        "state": shops.c.state,
        "open_applications": _OPEN,
        "made_at": shops.c.made_at,
    },
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
    by_itself = registration.ids(connection, cut.ids)
    items = in_order(cut.ids, {row.id: _item(row, busy.get(row.id, 0), row.id in by_itself) for row in rows})
    return {"items": items, "total": counts[state], "next": cut.next, "counts": counts}


def shop(connection: Connection, asking: Asking, shop_id: str) -> dict[str, Any] | None:
    """One shop with its people, its tariffs, its history and what may be done, or None."""
    company = asking.company
    row = connection.execute(select(shops).where(shops.c.id == shop_id, shops.c.company == company)).one_or_none()
    if row is None:
        return None
    today = business_date(asking.now, asking.loans.zone).isoformat()
    lacking = [step.value for step, done in onboarding(connection, row, today).items() if not done]
    itself = registration.told(connection, asking.loans, shop_id)
    return {
        **_item(row, _open_applications(connection, company, [shop_id]).get(shop_id, 0), itself is not None),
        "contact": itself.contact if itself and asking.actor.may(Right.SHOPS_MANAGE) else "",
        "segments": itself.segments if itself else [],
        "same_inn": _same_inn(connection, row),
        **{name: row._mapping[name] for name in _PLAIN},
        "sites": json.loads(row.sites),
        "trusts_lender": bool(row.trusts_lender),
        "exposure": goods.exposure(connection, company, shop_id).kopecks,
        "events": [event.value for event in SHOP.allowed(ShopState(row.state))],
        "lacking": lacking if row.state != ShopState.CLOSED else [],
        "access": access.listed(connection, company, shop_id),
        "tariffs": _tariffs_of(connection, asking, shop_id),
        "history": shop_history.of_shop(connection, company, shop_id),
    }


def terms_rows(connection: Connection, asking: Asking, shop_id: str | None = None) -> dict[str, list[dict[str, Any]]]:
    """Every row of terms, the newest first; of each kind the last that has begun is in force.

    Args:
        shop_id: of tariffs, only those that hold for this shop: its own and the general ones. None for all.
    """
    return {
        "tariffs": _tariffs(connection, asking, shop_id),
        "signing": [_signing(row) for row in _rows(connection, asking, signing_terms, ("way", "lender", "region"))],
        "lenders": [_lender(row) for row in _rows(connection, asking, lender_terms, ("lender",))],
    }


def _tariffs(connection: Connection, asking: Asking, shop_id: str | None) -> list[dict[str, Any]]:
    of_the_shop = [] if shop_id is None else [shop_tariffs.c.shop_id.in_((shop_id, ""))]
    found = _rows(connection, asking, shop_tariffs, ("shop_id", "lender"), *of_the_shop)
    names = shop_names(connection, {row["shop_id"] for row in found})
    return [{**row, "shop": names.get(row["shop_id"], ""), "visits": bool(row["visits"])} for row in found]


def _tariffs_of(connection: Connection, asking: Asking, shop_id: str) -> list[dict[str, Any]]:
    """A shop's own tariffs and the general ones, these only as far as no own one in force stands before them."""
    found = _tariffs(connection, asking, shop_id)
    own = {row["lender"] for row in found if row["in_force"] and row["shop_id"]}
    return [
        {**row, "in_force": row["in_force"] and (bool(row["shop_id"]) or not own & {row["lender"], ""})}
        for row in found
    ]


def _rows(
    connection: Connection, asking: Asking, table: Table, key: Sequence[str], *where: ColumnElement[bool]
) -> list[dict[str, Any]]:
    today = business_date(asking.now, asking.loans.zone).isoformat()
    order = (table.c.since.desc(), table.c.made_at.desc(), table.c.id.desc())
    query = select(table).where(table.c.company == asking.company, *where).order_by(*order)
    seen: set[tuple[Any, ...]] = set()
    found = []
    for row in connection.execute(query):
        of_kind = tuple(row._mapping[name] for name in key)
        begun = row.since <= today
        title = asking.title(row.lender) if row.lender else ""
        found.append({**_without_company(row), "lender_title": title, "in_force": begun and of_kind not in seen})
        if begun:
            seen.add(of_kind)
    return found


def fault(field: str, found: Refused) -> dict[str, str]:
    """What is wrong with one field of a form."""
    return {"field": field, "code": found.code, **said(found.code, found.values), **hinted(found.code, found.values)}


def _same_inn(connection: Connection, shop: AnyRow) -> list[str]:
    others = (shops.c.company == shop.company, shops.c.inn == shop.inn, shops.c.id != shop.id)
    return list(connection.execute(select(shops.c.key).where(*others).order_by(shops.c.key)).scalars())


def _item(row: AnyRow, open_applications: int, by_itself: bool) -> dict[str, Any]:
    return {
        **{name: row._mapping[name] for name in ("id", "version", "key", "name", "inn", "region", "state", "made_at")},
        **labelled("shop.state", row.state, "state"),
        "own": bool(row.own),
        "by_itself": by_itself,
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
