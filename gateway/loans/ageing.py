"""Three-way match of each agreement: signed, original accepted, money arrived; how old each gap is, red by limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, and_, case, func, select, tuple_

from gateway.core.clock import from_text, to_text
from gateway.core.money import Money
from gateway.loans.papers import FundingState, GoodsState, OriginalState, SigningState
from gateway.loans.tables import agreements
from gateway.loans.terms import LoanTerms, RedLimits
from gateway.store.schema import AnyRow

MOST = 500
SORTS = ("age", "-age", "transfer", "-transfer", "lender", "-lender")
Mark = tuple[str | int, str]
"""Where a slice ends: the value it is sorted by, and the agreement's id."""
_DAY = timedelta(days=1)
_SIGNED = tuple(state.value for state in (SigningState.SIGNED, SigningState.VERIFIED))
_PAPER_DONE = tuple(state.value for state in (OriginalState.ACCEPTED, OriginalState.NOT_NEEDED))
_BACK = (GoodsState.RETURNED.value, GoodsState.CALLED_OFF.value)


class Gap(StrEnum):
    """What is still open between an agreement and its money."""

    SIGNATURE = "signature"  # from the agreement
    ORIGINAL = "original"  # from the signature to the lender's acceptance
    MONEY = "money"  # from the paper at the lender; from the signature where there is no paper


@dataclass(frozen=True, slots=True)
class Open:
    """One gap of one agreement.

    Attributes:
        since: when the step before it was done. red: older than its limit.
    """

    gap: Gap
    since: datetime
    days: int
    red: bool


@dataclass(frozen=True, slots=True)
class Match:
    """An agreement's three parts, and which of them are missing."""

    application_id: str
    agreement_id: str
    shop_id: str
    lender: str
    number: str
    transfer: Money
    received: Money
    signed: bool
    original: bool
    money: bool
    gaps: tuple[Open, ...]


@dataclass(frozen=True, slots=True)
class Matches:
    """A slice of the agreements with a gap; `next` is the mark of the slice behind it."""

    items: list[Match]
    total: int
    next: Mark | None


@dataclass(frozen=True, slots=True)
class Counted:
    """Agreements with a gap open; red once older than `limit_days`."""

    gap: Gap
    count: int
    red: int
    transfer: Money
    limit_days: int


def match(row: AnyRow, red: RedLimits, now: datetime) -> Match:
    """The three-way match of one agreement's row. An agreement signed anew waits for its signature again."""
    signed, original = row.signing in _SIGNED, row.original in _PAPER_DONE
    money = row.funding == FundingState.RECEIVED
    gaps: list[Open] = []
    if not signed:
        gaps.append(_open(Gap.SIGNATURE, row.made_at, red, now))
    elif not original:
        gaps.append(_open(Gap.ORIGINAL, row.signed_at or row.made_at, red, now))
    if signed and not money:
        gaps.append(_open(Gap.MONEY, row.arrived_at or row.signed_at or row.made_at, red, now))
    return Match(
        application_id=row.application_id,
        agreement_id=row.id,
        shop_id=row.shop_id,
        lender=row.lender,
        number=row.number,
        transfer=Money(row.transfer),
        received=Money(row.received),
        signed=signed,
        original=original,
        money=money,
        gaps=tuple(gaps),
    )


def listed(
    connection: Connection,
    company: str,
    terms: LoanTerms,
    now: datetime,
    gap: Gap,
    *,
    only_red: bool = False,
    shop_id: str = "",
    sort: str = "-age",
    after: Mark | None = None,
    limit: int = 100,
) -> Matches:
    """Agreements with this gap open, the oldest first unless asked otherwise.

    Args:
        shop_id: of one shop alone; "" for all.
        sort: one of SORTS.
        after: `next` of the slice before.
        limit: at most so many, 500 at the very most.
    """
    where = [*_standing(company), _missing(gap)]
    if only_red:
        where.append(_since(gap) < _red_before(gap, terms.red, now))
    if shop_id:
        where.append(agreements.c.shop_id == shop_id)
    total = connection.execute(select(func.count()).select_from(agreements).where(*where)).scalar_one()
    key = sort.removeprefix("-")
    by = {"age": _since(gap), "transfer": agreements.c.transfer, "lender": agreements.c.lender}[key]
    # The older, the earlier it began.
    down = sort.startswith("-") != (key == "age")
    if after is not None:
        here, there = tuple_(by, agreements.c.id), tuple_(*after)
        where.append(here < there if down else here > there)
    order = (by.desc(), agreements.c.id.desc()) if down else (by, agreements.c.id)
    size = min(limit, MOST)
    rows = connection.execute(
        select(agreements, by.label("sorted_by")).where(*where).order_by(*order).limit(size + 1)
    ).all()
    shown = rows[:size]
    behind = (shown[-1].sorted_by, shown[-1].id) if len(rows) > size else None
    return Matches([match(row, terms.red, now) for row in shown], total, behind)


def counted(connection: Connection, company: str, terms: LoanTerms, now: datetime, shop_id: str = "") -> list[Counted]:
    """How many agreements wait for each of the three, how many of them too long, and for how much money."""
    return [_count(connection, company, terms.red, now, gap, shop_id) for gap in Gap]


def limit_days(gap: Gap, red: RedLimits) -> int:
    """After so many days a gap is red."""
    return {Gap.SIGNATURE: red.signed_days, Gap.ORIGINAL: red.original_days, Gap.MONEY: red.money_days}[gap]


def _count(connection: Connection, company: str, red: RedLimits, now: datetime, gap: Gap, shop_id: str) -> Counted:
    where = [*_standing(company), _missing(gap)]
    if shop_id:
        where.append(agreements.c.shop_id == shop_id)
    late = case((_since(gap) < _red_before(gap, red, now), 1), else_=0)
    row = connection.execute(
        select(func.count(), func.coalesce(func.sum(late), 0), func.coalesce(func.sum(agreements.c.transfer), 0)).where(
            *where
        )
    ).one()
    return Counted(gap, int(row[0]), int(row[1]), Money(int(row[2])), limit_days(gap, red))


def _standing(company: str) -> Sequence[ColumnElement[bool]]:
    return (agreements.c.company == company, agreements.c.live == 1, agreements.c.goods.not_in(_BACK))


def _missing(gap: Gap) -> ColumnElement[bool]:
    """Said the way the indices are made: by the few states that are open, never by "not the last one"."""
    signed = agreements.c.signing.in_(_SIGNED)
    match gap:
        case Gap.SIGNATURE:
            others = [state.value for state in SigningState if state.value not in _SIGNED]
            return agreements.c.signing.in_(others)
        case Gap.ORIGINAL:
            others = [state.value for state in OriginalState if state.value not in _PAPER_DONE]
            return and_(signed, agreements.c.original.in_(others))
        case Gap.MONEY:
            others = [state.value for state in FundingState if state is not FundingState.RECEIVED]
            return and_(signed, agreements.c.funding.in_(others))


def _since(gap: Gap) -> ColumnElement[str]:
    match gap:
        case Gap.SIGNATURE:
            return agreements.c.made_at
        case Gap.ORIGINAL:
            return func.coalesce(agreements.c.signed_at, agreements.c.made_at)
        case Gap.MONEY:
            return func.coalesce(agreements.c.arrived_at, agreements.c.signed_at, agreements.c.made_at)


def _red_before(gap: Gap, red: RedLimits, now: datetime) -> str:
    return to_text(now - timedelta(days=limit_days(gap, red)))


def _open(gap: Gap, since: str, red: RedLimits, now: datetime) -> Open:
    began = from_text(since)
    return Open(gap, began, (now - began) // _DAY, now - began > timedelta(days=limit_days(gap, red)))
