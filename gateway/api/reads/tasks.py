"""Tasks of people: calls and everything else somebody has to look at."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select

from gateway.api.reads.paging import Listing, Window, in_order
from gateway.api.reads.texts import hinted, said, stored_map
from gateway.core.authority import Actor, Right, Role
from gateway.store.schema import AnyRow
from gateway.tasks.model import TaskKind, TaskState
from gateway.tasks.tables import tasks

OPEN = (TaskState.NEW, TaskState.TAKEN, TaskState.SNOOZED)
FILTERS: dict[str, tuple[TaskState, ...]] = {"open": OPEN, "done": (TaskState.DONE,)}
KINDS = tuple(kind.value for kind in TaskKind)

LISTING = Listing(
    id=tasks.c.id,
    sorts={
        "due_at": tasks.c.due_at,
        "created_at": tasks.c.created_at,
        "kind": tasks.c.kind,
        "state": tasks.c.state,
        "buyer": tasks.c.buyer,
        "amount": func.coalesce(tasks.c.amount, 0),
    },
    default="due_at",
)


def visible(actor: Actor) -> ColumnElement[bool]:
    """Whose tasks an actor sees: their own role's; those who read payments see all."""
    if actor.may(Right.PAYMENTS_READ):
        return tasks.c.role.is_not(None)
    return tasks.c.role == actor.role.value


def listed(
    connection: Connection, company: str, actor: Actor, kind: str, state: str, window: Window, now: str
) -> dict[str, Any]:
    """A slice of the tasks this actor sees, with counts by state, and of those that are late.

    Raises:
        BadRequest: as `Listing.cut`; a role that sees no money cannot sort by it.
    """
    where: list[ColumnElement[bool]] = [tasks.c.company == company, visible(actor), *_searched(window.q)]
    if kind:
        where.append(tasks.c.kind == kind)
    # By every state, so that the index on (company, state, kind) serves lists of open tasks among years of done ones.
    grouped = select(tasks.c.state, func.count()).where(*where).group_by(tasks.c.state)
    by_state: dict[str, int] = {row[0]: row[1] for row in connection.execute(grouped)}
    counts = {tab: sum(by_state.get(s, 0) for s in states) for tab, states in FILTERS.items()}
    counts["all"] = sum(by_state.values())
    late = select(func.count()).where(*where, tasks.c.state.in_(OPEN), tasks.c.due_at < now)
    counts["overdue"] = connection.execute(late).scalar_one()
    if state != "all":
        where.append(tasks.c.state.in_(FILTERS[state]))
    listing = LISTING
    if not sees_money(actor):
        listing = Listing(LISTING.id, {k: v for k, v in LISTING.sorts.items() if k != "amount"}, LISTING.default)
    cut = listing.cut(connection, where, window)
    rows = connection.execute(select(tasks).where(tasks.c.id.in_(cut.ids)))
    items = in_order(cut.ids, {row.id: item(row, actor, now) for row in rows})
    return {"items": items, "total": counts[state], "next": cut.next, "counts": counts}


def _searched(q: str) -> list[ColumnElement[bool]]:
    """Every word in order number, buyer or phone.

    Tasks carry no folded text, and SQLite folds no Cyrillic: the usual spellings of a word are tried one by one.
    """

    def found(word: str) -> ColumnElement[bool]:
        spellings = dict.fromkeys((word, word.lower(), word.upper(), word.capitalize()))
        columns = (tasks.c.order_number, tasks.c.buyer, tasks.c.phone)
        return or_(*(column.contains(spelling, autoescape=True) for column in columns for spelling in spellings))

    return [found(word) for word in dict.fromkeys(q.split())]


def of_order(connection: Connection, company: str, order_id: str, actor: Actor, now: str) -> list[dict[str, Any]]:
    """The tasks of one order this actor sees, oldest first."""
    rows = connection.execute(
        select(tasks)
        .where(tasks.c.order_id == order_id, tasks.c.company == company, visible(actor))
        .order_by(tasks.c.id)
    )
    return [item(row, actor, now) for row in rows]


def detail(connection: Connection, company: str, task_id: str, actor: Actor, now: str) -> dict[str, Any] | None:
    """One task, or None when there is none this actor sees."""
    row = connection.execute(
        select(tasks).where(tasks.c.id == task_id, tasks.c.company == company, visible(actor))
    ).one_or_none()
    return None if row is None else item(row, actor, now)


def sees_money(actor: Actor) -> bool:
    """The warehouse works without sums."""
    return actor.role is not Role.WAREHOUSE


def item(row: AnyRow, actor: Actor, now: str) -> dict[str, Any]:
    """A task as a list shows it; without `amount` for those who see no money."""
    values = stored_map(row._mapping["values"])
    money = {"amount": row.amount} if sees_money(actor) else {}
    return {
        "id": row.id,
        "version": row.version,
        "kind": row.kind,
        **said(row.reason, values, "title"),
        "state": row.state,
        "due_at": row.due_at,
        "overdue": row.state in OPEN and row.due_at < now,
        "created_at": row.created_at,
        "taken_by": row.taken_by,
        "role": row.role,
        "order_id": row.order_id,
        "order_number": row.order_number,
        "payment_id": row.payment_id,
        "buyer": row.buyer,
        "phone": row.phone,
        **hinted(row.reason, values, "script"),
        **money,
        "delivery": row.delivery,
        "attempts": row.attempts,
    }
