"""Parcels for the screens: the list and its counts, one parcel's card.

Lists are filtered and counted in one index that holds every column they ask for; the rows themselves are wide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, literal_column, or_, select
from sqlalchemy.sql.util import ClauseAdapter

from gateway.core.authority import OUTSIDE, Actor, Right
from gateway.core.contacts import check_phone
from gateway.core.errors import Refused
from gateway.core.text import fold
from gateway.orders.tables import invoices, orders
from gateway.parcels import barcodes, operations, rows, timeline, watch
from gateway.parcels.model import AT_BUYER, CarrierKey, CodState, Stage, Watch
from gateway.parcels.tables import parcels as table
from gateway.parcels.terms import ParcelTerms
from gateway.store.schema import AnyRow
from gateway.store.words import holds

_NEVER = "9999-12-31"

SORTS: Mapping[str, ColumnElement[Any]] = MappingProxyType(
    {
        "made_at": table.c.made_at,
        "moved_at": table.c.moved_at,
        "keep_until": func.coalesce(table.c.keep_until, _NEVER),
        "cod": table.c.cod,
        "track": table.c.track,
    }
)
"""What a list may be sorted by; the first is its own order, the newest first."""

_FEW = 5_000

_LITTLE = 500
_GROUPS = ("all", "watched", "stuck", "ready", "returning", "cod_due", "cod_missing", "delivered", "ended")
_MISSING = (CodState.MISSING.value, CodState.CLAIMED.value)
_AWAITED = (CodState.EXPECTED.value, CodState.COLLECTED.value)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which parcels a list shows; "" and None leave a filter out.

    Attributes:
        group: one of `groups()`. shop: whose goods; "" is ours.
        q: any of track, order, name, phone and e-mail, in words.
        among: ids of those `q` finds, where somebody has looked already.
    """

    group: str = "all"
    stage: str = ""
    carrier: str = ""
    shop: str | None = None
    q: str = ""
    among: tuple[str, ...] | None = None


def groups() -> tuple[str, ...]:
    """The filters parcels are counted by."""
    return _GROUPS


def group_condition(group: str, terms: ParcelTerms, now: datetime) -> ColumnElement[bool] | None:
    """What makes a parcel one of a group; None for all of them.

    Raises:
        Refused: `parcel.bad_filter`.
    """
    if group == "stuck":
        return watch.stuck(terms, now)
    if group not in _GROUPS:
        raise Refused("parcel.bad_filter", filter=group[:40])
    return _CONDITIONS.get(group)


def looked_up(connection: Connection, company: str, actor: Actor, filters: Filters) -> Filters:
    """`filters` with what its search finds, when that is little: the text of every parcel is read once and not twice.

    Raises:
        Refused: `authority.missing`, `parcel.bad_filter`.
    """
    if not filters.q:
        return filters
    where = _but_the_group(company, actor, filters)
    ids = tuple(connection.execute(select(table.c.id).where(*where).limit(_LITTLE + 1)).scalars())
    return filters if len(ids) > _LITTLE else replace(filters, among=ids)


def conditions(
    company: str, terms: ParcelTerms, actor: Actor, filters: Filters, now: datetime
) -> list[ColumnElement[bool]]:
    """What a parcel must be to be listed.

    Raises:
        Refused: `authority.missing`, `parcel.bad_filter`.
    """
    where = _but_the_group(company, actor, filters)
    group = group_condition(filters.group, terms, now)
    # The group before the words: what is compared first is compared most, and looking for a word costs most.
    return where if group is None else [group, *where]


def counts(
    connection: Connection, company: str, terms: ParcelTerms, actor: Actor, filters: Filters, now: datetime
) -> dict[str, int]:
    """How many parcels are in each group, under the other filters.

    Raises:
        Refused: `authority.missing`, `parcel.bad_filter`.
    """
    where = _but_the_group(company, actor, filters)
    stuck = watch.stuck(terms, now)
    if filters.q:  # one walk: nothing but reading every row finds a word in it
        each = [func.sum(case((is_one, 1), else_=0)) for is_one in (stuck, *_CONDITIONS.values())]
        found = connection.execute(select(func.count(), *each).where(*where)).one()
    else:  # one walk of an index that has equal ones side by side
        kinds = select(*_TOLD_APART_BY, func.count().label("count")).where(*where).group_by(*_TOLD_APART_BY).subquery()
        count, of_kind = kinds.c["count"], ClauseAdapter(kinds)
        late = select(func.count()).select_from(table).where(*where, stuck).scalar_subquery()
        each = [func.sum(case((of_kind.traverse(is_one), count), else_=0)) for is_one in _CONDITIONS.values()]
        found = connection.execute(select(func.sum(count), late, *each)).one()
    counted = {group: int(number or 0) for group, number in zip(("all", "stuck", *_CONDITIONS), found, strict=True)}
    return {group: counted[group] for group in _GROUPS}


def found_first(filters: Filters, total: int) -> bool:
    """Whether a list is found first and sorted then, because a walk in its order would look long for its parcels: they
    are few, or stand at the end of it as the stuck ones do.

    Args:
        total: of parcels on the list.
    """
    return total <= _FEW or filters.group == "stuck"


def items(connection: Connection, ids: Sequence[str]) -> dict[str, AnyRow]:
    """Rows by id."""
    return {row.id: row for row in connection.execute(select(table).where(table.c.id.in_(ids)))}


def by_track(connection: Connection, company: str, actor: Actor, track: str) -> AnyRow:
    """The parcel with a number, as typed; who is not ours sees his own shop's.

    Raises:
        Refused: `authority.missing`, `parcel.not_found`, `parcel.track_…`.
    """
    if not actor.may(Right.PARCELS_READ):
        actor.require(Right.PARCELS_FEED)
    checked = barcodes.check(track)
    return rows.visible(actor, rows.find(connection, company, checked.carrier, checked.track))


@dataclass(frozen=True, slots=True)
class Card:
    """One parcel whole.

    Attributes:
        operations: in the carrier's own time, the latest first. money: the carrier's money records, the oldest first.
        timeline: at, by, code, values; the oldest first.
        order, invoice: None where it has none.
    """

    row: AnyRow
    operations: Sequence[AnyRow]
    money: Sequence[AnyRow]
    timeline: list[dict[str, Any]]
    order: AnyRow | None
    invoice: AnyRow | None


def card(connection: Connection, company: str, actor: Actor, parcel_id: str) -> Card:
    """A parcel with what its carrier says and what became of it here.

    Raises:
        Refused: `authority.missing`, `parcel.not_found`.
    """
    actor.require(Right.PARCELS_READ)
    row = rows.visible(actor, rows.read(connection, company, parcel_id))
    known = operations.read(connection, row.id)
    said = sorted(known.operations.values(), key=lambda each: (each.at, each.place, each.id), reverse=True)
    order = _one(connection, select(orders).where(orders.c.id == row.order_id)) if row.order_id else None
    invoice = _one(connection, select(invoices).where(invoices.c.id == row.invoice_id)) if row.invoice_id else None
    return Card(row, said, known.money, timeline.read(connection, row.id), order, invoice)


def _one(connection: Connection, query: Any) -> AnyRow | None:
    row: AnyRow | None = connection.execute(query).one_or_none()
    return row


def _but_the_group(company: str, actor: Actor, filters: Filters) -> list[ColumnElement[bool]]:
    actor.require(Right.PARCELS_READ)
    where = [table.c.company == company]
    if actor.role in OUTSIDE:
        where.append(table.c.shop == actor.party)
    for word, column, known in (
        (filters.stage, table.c.stage, Stage),
        (filters.carrier, table.c.carrier, CarrierKey),
    ):
        if word:
            if word not in [each.value for each in known]:
                raise Refused("parcel.bad_filter", filter=word[:40])
            where.append(column == word)
    if filters.shop is not None:
        where.append(table.c.shop == filters.shop)
    return [*where, table.c.id.in_(filters.among)] if filters.among is not None else where + _searched(filters.q)


def _searched(q: str) -> list[ColumnElement[bool]]:
    """Every word of what was typed; a number or a phone also in the spelling it is kept in."""
    words = fold(q).split()
    if not words:
        return []
    typed: ColumnElement[bool] = and_(*(holds(table.c.search, word) for word in words))
    spelled = []
    with suppress(Refused):
        spelled.append(check_phone(q))
    with suppress(Refused):
        spelled.append(fold(barcodes.check(q).track))
    return [or_(typed, *(holds(table.c.search, one) for one in spelled))]


# What groups are told apart by, but for the stuck ones: in the order of the index of lists.
_TOLD_APART_BY = (table.c.watch, table.c.stage, table.c.back, table.c.cod_state, table.c.cod_due)
_WATCHED = table.c.watch == Watch.ACTIVE.value
# Written out, or SQLite does not see that the partial index has them all.
_HAS_COD = table.c.cod_state != literal_column(f"'{CodState.NONE.value}'")
_CONDITIONS: Mapping[str, ColumnElement[bool]] = MappingProxyType(
    {
        "watched": _WATCHED,
        "ready": and_(_WATCHED, table.c.stage.in_([stage.value for stage in AT_BUYER])),
        "returning": and_(_WATCHED, table.c.back == 1),
        "cod_due": and_(_HAS_COD, table.c.cod_state.in_(_AWAITED), table.c.cod_due.is_not(None)),
        "cod_missing": and_(_HAS_COD, table.c.cod_state.in_(_MISSING)),
        "delivered": table.c.stage.in_((Stage.DELIVERED.value, Stage.PARTIAL.value)),
        "ended": table.c.watch == Watch.ENDED.value,
    }
)
