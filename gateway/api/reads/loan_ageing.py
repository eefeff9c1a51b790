"""How old the gaps between an agreement and its money are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from sqlalchemy import Connection, select

from gateway.api.reads.loans import Asking, labelled
from gateway.api.reads.paging import Window, read_cursor, write_cursor
from gateway.core.clock import to_text
from gateway.loans import ageing as gaps
from gateway.loans.ageing import Gap, Match
from gateway.loans.tables import applications, shops

GapWord = Literal["signature", "original", "money"]


def ageing(
    connection: Connection, asking: Asking, gap: GapWord, only_red: bool, shop_id: str, window: Window
) -> dict[str, Any]:
    """A slice of the agreements with one of the three gaps, and the counts of all three.

    Raises:
        BadRequest: `api.bad_cursor`.
    """
    company, loans, now = asking.company, asking.loans, asking.now
    counted = gaps.counted(connection, company, loans, now, shop_id)
    page = gaps.listed(
        connection, company, loans, now, Gap(gap), only_red=only_red, shop_id=shop_id, sort=window.sort,
        after=read_cursor(window.after, window.sort) if window.after else None, limit=window.limit,
    )  # fmt: skip
    numbers = _numbers(connection, (match.application_id for match in page.items))
    names = shop_names(connection, {match.shop_id for match in page.items})
    return {
        "counts": {one.gap.value: one.red if only_red else one.count for one in counted},
        "gaps": [
            {
                "gap": one.gap.value,
                **labelled("api.loan_gap", one.gap, "gap"),
                "count": one.count,
                "red": one.red,
                "transfer": one.transfer.kopecks,
                "limit_days": one.limit_days,
            }
            for one in counted
        ],
        "items": [
            {
                **_item(match, Gap(gap)),
                "limit_days": gaps.limit_days(Gap(gap), loans.red),
                "loan_number": numbers[match.application_id],
                "shop": names.get(match.shop_id, ""),
                "lender_title": asking.title(match.lender),
            }
            for match in page.items
        ],
        "total": page.total,
        "next": write_cursor(window.sort, *page.next) if page.next else None,
    }


def shop_names(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Names of shops by id."""
    rows = connection.execute(select(shops.c.id, shops.c.name).where(shops.c.id.in_(list(ids))))
    return {row.id: row.name for row in rows}


def _numbers(connection: Connection, ids: Iterable[str]) -> dict[str, int]:
    rows = connection.execute(select(applications.c.id, applications.c.number).where(applications.c.id.in_(list(ids))))
    return {row.id: row.number for row in rows}


def _item(match: Match, listed_for: Gap) -> dict[str, Any]:
    [gap] = [one for one in match.gaps if one.gap is listed_for]
    return {
        "loan_id": match.application_id,
        "agreement_id": match.agreement_id,
        "number": match.number,
        "shop_id": match.shop_id,
        "lender": match.lender,
        "transfer": match.transfer.kopecks,
        "received": match.received.kopecks,
        "signed": match.signed,
        "original": match.original,
        "money": match.money,
        "since": to_text(gap.since),
        "days": gap.days,
        "red": gap.red,
    }
