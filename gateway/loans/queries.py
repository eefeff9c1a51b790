"""Loans for the screens: the board of stages, the list, one application's card.

Names and phone numbers are masked in lists and cards for everybody; `personal_of` shows them, and journals that.
A list is found through indexes that hold every column it is filtered and counted by: the rows themselves are wide.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, and_, func, select, tuple_

from gateway.core.authority import OUTSIDE, Actor, Right
from gateway.core.clock import to_text
from gateway.core.errors import Refused
from gateway.core.references import reference_key
from gateway.loans import applications, callbacks, problems, remarks
from gateway.loans.model import ApplicationState, SigningWay
from gateway.loans.personal import about_buyer, sees_buyer, shown_buyer
from gateway.loans.problems import Problem
from gateway.loans.stage import OPEN, Stage
from gateway.loans.tables import agreements, decisions, documents, events, shops
from gateway.loans.tables import applications as table
from gateway.loans.terms import LoanTerms
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

MOST_ROWS = 500
_SORTS: dict[str, ColumnElement[str]] = {"made_at": table.c.made_at, "stage_since": table.c.stage_since}
# Filters that leave few rows: sorting those is cheaper than walking the index of the sort until enough are found. An
# expression in place of the column keeps the database from that.
_FEW = ("number", "order", "agreement", "phone", "surname")


@dataclass(frozen=True, slots=True)
class StageLine:
    """One column of the board.

    Attributes:
        oldest: since when the one that waits longest is at this stage; "" for an empty stage.
        goods: kopecks of goods of all of them.
        red: how many are late there.
    """

    stage: Stage
    count: int
    oldest: str
    goods: int
    red: int


@dataclass(frozen=True, slots=True)
class Filters:
    """Which applications a list shows; "" and None leave a filter out.

    Attributes:
        number: ours. order: the shop's number.
        agreement: the lender's number of the agreement.
        phone, surname: whole; what is searched for is their keyed hash.
        since, until: days of the application, both included, "2026-11-21".
    """

    stage: str = ""
    state: str = ""
    shop: str = ""
    lender: str = ""
    way: str = ""
    number: int | None = None
    order: str = ""
    agreement: str = ""
    phone: str = field(default="", repr=False)
    surname: str = field(default="", repr=False)
    since: str = ""
    until: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A slice of the list.

    Attributes:
        total: how many fit the filters in all.
        next: what to hand in as `after` for the next slice; None at the end.
    """

    items: list[dict[str, Any]]
    total: int
    next: tuple[str, str] | None


def board(connection: Connection, company: str, terms: LoanTerms, actor: Actor, now: datetime) -> list[StageLine]:
    """Every stage in order, with what is there; people of a shop see their own shop's.

    Raises:
        Refused: `authority.missing`.
    """
    actor.require(Right.LOANS_READ)
    where = [table.c.company == company, *_whose(actor)]
    grouped = select(
        table.c.stage, func.count().label("count"), func.min(table.c.stage_since).label("oldest"),
        func.sum(table.c.goods).label("goods"),
    ).where(*where).group_by(table.c.stage)  # fmt: skip
    found = {row.stage: row for row in connection.execute(grouped)}
    red = problems.red_since(terms.red, now)

    def line(stage: Stage) -> StageLine:
        row = found.get(stage.value)
        if row is None:
            return StageLine(stage, 0, "", 0, 0)
        late = 0
        if stage in OPEN and row.oldest < red[stage]:
            count = select(func.count()).where(*where, table.c.stage == stage.value, table.c.stage_since < red[stage])
            late = connection.execute(count).scalar_one()
        return StageLine(stage, row._mapping["count"], row.oldest, int(row.goods), late)

    return [line(stage) for stage in Stage]


def conditions(
    company: str, terms: LoanTerms, actor: Actor, filters: Filters, now: datetime
) -> list[ColumnElement[bool]]:
    """What the rows of a list must fulfil, for this actor.

    Raises:
        Refused: `authority.missing`, also for a search by phone or surname without the right to personal data: asked
            often enough, it tells what the lists mask; `loan.bad_filter` for a word no filter knows.
    """
    actor.require(Right.LOANS_READ)
    if filters.phone.strip() or filters.surname.strip():
        actor.require(Right.LOANS_PERSONAL)
    _need_known(filters)
    where: list[ColumnElement[bool]] = [table.c.company == company, *_whose(actor)]
    plain = {
        table.c.stage: filters.stage,
        table.c.state: filters.state,
        table.c.shop_id: filters.shop,
        table.c.lender: filters.lender,
        table.c.signing_way: filters.way,
        table.c.shop_order: filters.order.strip(),
        table.c.agreement_key: reference_key(filters.agreement) if filters.agreement else "",
    }
    where += [column == value for column, value in plain.items() if value]
    if filters.number is not None:
        where.append(table.c.number == filters.number)
    for kind, column, typed in (
        ("phone", table.c.phone_hash, filters.phone),
        ("surname", table.c.surname_hash, filters.surname),
    ):
        if typed.strip():
            # what is no phone number has no hash, and nobody has it
            where.append(column == (terms.sealer.mark(kind, typed) or "-"))
    if filters.since:
        where.append(table.c.made_at >= _midnight(filters.since, terms.zone))
    if filters.until:
        where.append(table.c.made_at < _midnight(filters.until, terms.zone, timedelta(days=1)))
    if filters.problem:
        where.append(problems.condition(Problem(filters.problem), company, terms, now))
    return where


def listed(
    connection: Connection,
    company: str,
    terms: LoanTerms,
    actor: Actor,
    filters: Filters,
    now: datetime,
    *,
    sort: str = "-made_at",
    limit: int = 200,
    after: tuple[str, str] | None = None,
) -> Page:
    """A slice of the applications this actor sees.

    Args:
        sort: "made_at" or "stage_since", "-" before it for the youngest first.
        after: `Page.next` of the slice before.

    Raises:
        Refused: as `conditions`; `loan.bad_filter` for another sort.
    """
    where = conditions(company, terms, actor, filters, now)
    by = _SORTS.get(sort.removeprefix("-"))
    if by is None:
        raise Refused("loan.bad_filter", filter=sort[:40])
    total = connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one()
    if any(getattr(filters, name) for name in _FEW):
        by = func.coalesce(by, "")
    down = sort.startswith("-")
    query = select(table.c.id, by).where(*where)
    if after is not None:
        here, there = tuple_(by, table.c.id), tuple_(*after)
        query = query.where(here < there if down else here > there)
    order = (by.desc(), table.c.id.desc()) if down else (by.asc(), table.c.id.asc())
    size = max(1, min(limit, MOST_ROWS))
    keys = connection.execute(query.order_by(*order).limit(size + 1)).all()
    cut = keys[:size]
    found = {row.id: row for row in _rows(connection, [key[0] for key in cut])}
    items = [item(terms, found[key[0]], now) for key in cut if key[0] in found]
    return Page(items, total, (cut[-1][1], cut[-1][0]) if len(keys) > size else None)


def item(terms: LoanTerms, row: AnyRow, now: datetime) -> dict[str, Any]:
    """An application as a list shows it."""
    red = problems.red_since(terms.red, now)
    late = row.stage in red and row.stage_since < red[Stage(row.stage)]
    buyer = shown_buyer(terms.sealer.open(about_buyer(row.id), row.buyer), whole=False)
    names = (
        "id", "version", "number", "shop_id", "shop_order", "order_id", "origin", "state", "stage", "stage_since",
        "made_at", "made_by", "ended_at", "ended_by", "end_reason", "goods", "down", "months", "region", "delivery",
        "call_due", "call_attempts", "call_by", "lender", "offer_id", "signing_way", "agreement_no", "loan",
        "discount", "transfer", "fee", "purged_at",
    )  # fmt: skip
    return {
        **{name: row._mapping[name] for name in names},
        "shop": row.shop_name,
        "buyer": buyer["name"],
        "phone": buyer["phone"],
        "red": late,
    }


def card(
    connection: Connection, company: str, terms: LoanTerms, actor: Actor, application_id: str, now: datetime
) -> dict[str, Any]:
    """One application with its basket, decisions, live agreement, documents and history.

    Raises:
        Refused: `authority.missing`, `loan.not_found`.
    """
    actor.require(Right.LOANS_READ)
    row = applications.visible(actor, applications.read(connection, company, application_id))
    whole = _rows(connection, [row.id])[0]
    paper = connection.execute(
        select(agreements).where(agreements.c.application_id == row.id, agreements.c.live == 1)
    ).one_or_none()
    hidden = ("passport_hash", "passport_tail", "company")
    return {
        **item(terms, whole, now),
        "basket": json.loads(row.basket),
        "reveals": sees_buyer(actor, ApplicationState(row.state)) and not row.purged_at,
        "decisions": _decisions(connection, row.id, outside=actor.role in OUTSIDE),
        "agreement": _without(paper, hidden) if paper is not None else None,
        "documents": _documents(connection, row.id),
        "events": _events(connection, row.id),
    }


def personal_of(unit: Unit, terms: LoanTerms, application_id: str) -> dict[str, str]:
    """The buyer's name, phone, what the call centre noted and whatever else people and lenders remarked, in full; that
    they were read is journalled.

    Raises:
        Refused: `authority.missing`, `loan.not_found`.
        Corrupt: `loan.unsealable`.
    """
    unit.actor.require(Right.LOANS_READ)
    row = applications.open_for(unit, application_id)
    if not sees_buyer(unit.actor, ApplicationState(row.state)):
        unit.actor.require(Right.LOANS_PERSONAL)
    unit.journal("loan.personal_read", f"loan:{row.id}", what="buyer")
    buyer = terms.sealer.open(about_buyer(row.id), row.buyer)
    shown = shown_buyer(buyer, whole=True)
    if unit.actor.role in OUTSIDE:
        return shown
    said = [f"{one.by.rpartition(':')[2]}: {one.text}" for one in remarks.read(unit.connection, terms, row.id)]
    return shown | {"remark": "\n".join(filter(None, (buyer.get("remark", ""), *said)))}


@dataclass(frozen=True, slots=True)
class Queue:
    """The call-back queue in figures.

    Attributes:
        waiting: to be called now. late: of them, past their time.
        held: on somebody's line. next_due: when the first of the others is due, "" for none.
    """

    waiting: int
    late: int
    held: int
    next_due: str


def call_queue(connection: Connection, company: str, terms: LoanTerms, actor: Actor, now: datetime) -> Queue:
    """How long the call-back queue is.

    Raises:
        Refused: `authority.missing`.
    """
    actor.require(Right.LOANS_CALL)
    at, held_since = to_text(now), to_text(now - terms.call_hold)
    waiting = and_(callbacks.due_now(at), callbacks.free(held_since))

    def count(condition: ColumnElement[bool]) -> int:
        queued = (table.c.company == company, table.c.call_due.is_not(None))
        return int(connection.execute(select(func.count()).where(*queued, condition)).scalar_one())

    upcoming = select(func.min(table.c.call_due)).where(table.c.company == company, table.c.call_due > at)
    return Queue(
        waiting=count(waiting),
        late=count(and_(waiting, problems.call_missed(terms, now))),
        held=count(and_(table.c.call_by != "", table.c.call_since > held_since)),
        next_due=connection.execute(upcoming).scalar_one() or "",
    )


def _whose(actor: Actor) -> list[ColumnElement[bool]]:
    if actor.party or actor.role in OUTSIDE:
        return [table.c.shop_id == actor.party]
    return []


def _need_known(filters: Filters) -> None:
    for word, known in (
        (filters.stage, Stage),
        (filters.state, ApplicationState),
        (filters.way, SigningWay),
        (filters.problem, Problem),
    ):
        if word and word not in {each.value for each in known}:
            raise Refused("loan.bad_filter", filter=word[:40])


def _midnight(day: str, zone: ZoneInfo, later: timedelta = timedelta(0)) -> str:
    """The instant a day begins where the company works, `later` days on.

    Raises:
        Refused: `loan.bad_filter`.
    """
    try:
        return to_text(datetime.combine(date.fromisoformat(day) + later, time(), zone))
    except (ValueError, OverflowError):
        raise Refused("loan.bad_filter", filter=day[:40]) from None


def _rows(connection: Connection, ids: Sequence[str]) -> Sequence[AnyRow]:
    return connection.execute(
        select(table, shops.c.name.label("shop_name"))
        .join(shops, shops.c.id == table.c.shop_id)
        .where(table.c.id.in_(ids))
    ).all()


def _decisions(connection: Connection, application_id: str, *, outside: bool) -> list[dict[str, Any]]:
    """What each lender made of it; a shop sees the answers, not our trouble in getting them."""
    rows = connection.execute(
        select(decisions).where(decisions.c.application_id == application_id).order_by(decisions.c.lender)
    )
    hidden = ("company", "seen_version", *(("error", "failures", "polled_at", "poll_at", "wanted") if outside else ()))
    return [_read_json(_without(row, hidden), ("offers", "wanted")) for row in rows]


def _documents(connection: Connection, application_id: str) -> list[dict[str, Any]]:
    columns = [column for column in documents.c if column.name not in ("sealed", "company")]
    rows = connection.execute(
        select(*columns).where(documents.c.application_id == application_id).order_by(documents.c.id)
    )
    return [dict(row._mapping) for row in rows]


def _events(connection: Connection, application_id: str) -> list[dict[str, Any]]:
    rows = connection.execute(select(events).where(events.c.application_id == application_id).order_by(events.c.id))
    return [
        {"at": row.at, "by": row.by, "code": f"loan.{row.kind}", "values": json.loads(row._mapping["values"])}
        for row in rows
    ]


def _without(row: AnyRow, hidden: Sequence[str]) -> dict[str, Any]:
    return {name: value for name, value in row._mapping.items() if name not in hidden}


def _read_json(values: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return values | {name: json.loads(values[name]) for name in names if name in values}
