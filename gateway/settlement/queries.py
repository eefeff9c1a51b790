"""Reads for the screens: lists of statements by key, the lines and the history of one, what is owed to whom.

An outside person sees his own party's statements, once they were sent; of others' he does not learn that they exist.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, and_, func, select, true, tuple_

from gateway.core.authority import Actor, Right
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.core.text import fold
from gateway.payments.tables import entries
from gateway.settlement.model import LineKind, Party, PartyKind, StatementState
from gateway.settlement.statements import unheld
from gateway.settlement.steps import own_party
from gateway.settlement.tables import events, lines, payouts, statement_lines, statements
from gateway.store.schema import AnyRow

_S = StatementState
_NET = statements.c.net
SORTS: Mapping[str, ColumnElement[Any]] = {
    "number": statements.c.number,
    "until": statements.c.until,
    "net": _NET,
    "party": statements.c.party_name,
}
"""What lists of statements may be sorted by; "-" before the name for descending."""
DEFAULT_SORT = "-until"
GROUPS: Mapping[str, ColumnElement[bool]] = {
    "all": true(),
    "open": statements.c.state == _S.OPEN,
    "sent": statements.c.state == _S.SENT,
    "disputed": statements.c.state == _S.DISPUTED,
    "accepted": statements.c.state.in_((_S.ACCEPTED, _S.ACCEPTED_BY_SILENCE)),
    "to_pay": statements.c.state == _S.PAYABLE,
    "paying": statements.c.state.in_((_S.DRAFTED, _S.ORDERED)),
    "paid": statements.c.state == _S.PAID,
    "carried": statements.c.state == _S.CARRIED,
    "claimed": statements.c.state == _S.CLAIMED,
}
"""Groups of a list of statements; every statement is in "all" and in one more."""
_ENDED = (_S.PAID, _S.CARRIED)


@dataclass(frozen=True, slots=True)
class Page:
    """A slice of a list.

    Attributes:
        after: key of the last row, to be handed in for the next slice; None at the end of the list.
    """

    rows: Sequence[AnyRow]
    after: tuple[Any, str] | None


@dataclass(frozen=True, slots=True)
class Balance:
    """How we stand with a party.

    Attributes:
        owed: what the register says we owe, less what was paid; negative when the party owes us.
        waiting: of it, what no statement holds yet.
        stated: of it, what statements hold that have not ended.
        paid: by debit lines, less what came back, less what the party has paid on claims.
    """

    party: Party
    owed: Money
    waiting: Money
    stated: Money
    paid: Money


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Condition on statements this person may know of.

    Raises:
        Refused: `authority.missing`.
    """
    actor.require(Right.SETTLEMENT_READ)
    own = own_party(actor)
    if own is None:
        return true()
    return and_(_of(statements, own), statements.c.sent_at.is_not(None))


def statement_page(
    connection: Connection,
    company: str,
    actor: Actor,
    *,
    group: str = "all",
    party: Party | None = None,
    q: str = "",
    sort: str = DEFAULT_SORT,
    after: tuple[Any, str] | None = None,
    limit: int = 200,
) -> Page:
    """A slice of the statements of one group.

    Args:
        group: a key of `GROUPS`.
        q: words of the number or the party's name.
        sort: a key of `SORTS`.
        after: `Page.after` of the slice before, of the same sort.

    Raises:
        Refused: `authority.missing`.
        KeyError: no such group or sort.
    """
    by, down = SORTS[sort.removeprefix("-")], sort.startswith("-")
    query = select(statements).where(*_wanted(company, actor, party, q), GROUPS[group])
    if after is not None:
        here, there = tuple_(by, statements.c.id), tuple_(*after)
        query = query.where(here < there if down else here > there)
    order = (by.desc(), statements.c.id.desc()) if down else (by, statements.c.id)
    rows = connection.execute(query.order_by(*order).limit(limit + 1)).all()
    if len(rows) <= limit:
        return Page(rows, None)
    last = rows[limit - 1]
    return Page(rows[:limit], (last._mapping[by], last.id))


def statement_counts(
    connection: Connection, company: str, actor: Actor, *, party: Party | None = None, q: str = ""
) -> dict[str, int]:
    """How many statements each group has.

    Raises:
        Refused: `authority.missing`.
    """
    counted = select(*(func.count().filter(condition) for condition in GROUPS.values()))
    row = connection.execute(counted.select_from(statements).where(*_wanted(company, actor, party, q))).one()
    return dict(zip(GROUPS, row, strict=True))


def statement(connection: Connection, company: str, actor: Actor, statement_id: str) -> AnyRow:
    """One statement; `paid_on` is the bank's day of its debit line, None while there is none.

    Raises:
        Refused: `authority.missing`, `settlement.not_found`.
    """
    row = connection.execute(
        select(statements, func.coalesce(entries.c.booked, entries.c.value_date).label("paid_on"))
        .outerjoin(entries, entries.c.id == statements.c.paid_entry_id)
        .where(statements.c.company == company, statements.c.id == statement_id, visible_to(actor))
    ).one_or_none()
    if row is None:
        raise Refused("settlement.not_found", id=statement_id[:40])
    return row


def line_page(
    connection: Connection, company: str, actor: Actor, statement_id: str, *, after: str = "", limit: int = 200
) -> Page:
    """A slice of the lines a statement holds, in the order they were written.

    Args:
        after: id of the last line of the slice before.

    Raises:
        Refused: `authority.missing`, `settlement.not_found`.
    """
    statement(connection, company, actor, statement_id)
    rows = connection.execute(
        select(lines)
        .join(statement_lines, statement_lines.c.line_id == lines.c.id)
        .where(statement_lines.c.statement_id == statement_id, statement_lines.c.line_id > after)
        .order_by(statement_lines.c.line_id)
        .limit(limit + 1)
    ).all()
    more = len(rows) > limit
    return Page(rows[:limit], ("", rows[limit - 1].id) if more else None)


def waiting_lines(
    connection: Connection, company: str, actor: Actor, party: Party, *, after: str = "", limit: int = 200
) -> Page:
    """A slice of a party's lines that are in no statement yet, in the order they were written.

    Args:
        after: id of the last line of the slice before.

    Raises:
        Refused: `authority.missing`; `settlement.not_found` for an outsider.
    """
    actor.require(Right.SETTLEMENT_READ)
    if own_party(actor) is not None:
        raise Refused("settlement.not_found", id="")
    rows = connection.execute(
        select(lines)
        .where(lines.c.company == company, _of(lines, party), unheld(), lines.c.id > after)
        .order_by(lines.c.id)
        .limit(limit + 1)
    ).all()
    return Page(rows[:limit], ("", rows[limit - 1].id) if len(rows) > limit else None)


def history(connection: Connection, company: str, actor: Actor, statement_id: str) -> Sequence[AnyRow]:
    """What happened to a statement, the earliest first.

    Raises:
        Refused: `authority.missing`, `settlement.not_found`.
    """
    statement(connection, company, actor, statement_id)
    return connection.execute(select(events).where(events.c.statement_id == statement_id).order_by(events.c.id)).all()


def payouts_of(connection: Connection, company: str, actor: Actor, statement_id: str) -> Sequence[AnyRow]:
    """The payment orders drafted for a statement, the earliest first.

    Raises:
        Refused: `authority.missing`, `settlement.not_found`.
    """
    statement(connection, company, actor, statement_id)
    return connection.execute(
        select(payouts).where(payouts.c.statement_id == statement_id).order_by(payouts.c.attempt)
    ).all()


def balance(connection: Connection, company: str, actor: Actor, party: Party) -> Balance:
    """How we stand with a party.

    Raises:
        Refused: `authority.missing`; `settlement.not_found` for an outsider who asks for another party.
    """
    actor.require(Right.SETTLEMENT_READ)
    if own_party(actor) not in (None, party):
        raise Refused("settlement.not_found", id=party.id[:40])
    return _balances(connection, company, [party])[0]


def balance_page(
    connection: Connection, company: str, actor: Actor, *, after: Party | None = None, limit: int = 200
) -> list[Balance]:
    """How we stand with the parties that have lines, by kind and id; the next slice follows its last party.

    Raises:
        Refused: `authority.missing`; `settlement.not_found` for an outsider.
    """
    actor.require(Right.SETTLEMENT_READ)
    if own_party(actor) is not None:
        raise Refused("settlement.not_found", id="")
    return _balances(connection, company, _parties(connection, company, after, limit))


def _wanted(company: str, actor: Actor, party: Party | None, q: str) -> list[ColumnElement[bool]]:
    words = [statements.c.search.contains(word, autoescape=True) for word in dict.fromkeys(fold(q).split())]
    of_party = [] if party is None else [_of(statements, party)]
    return [statements.c.company == company, visible_to(actor), *of_party, *words]


def _of(table: Any, party: Party) -> ColumnElement[bool]:
    return and_(table.c.party_kind == party.kind, table.c.party_id == party.id)


def _parties(connection: Connection, company: str, after: Party | None, limit: int) -> list[Party]:
    """The next parties that have lines, one step into the index for each."""
    kind, party_id = lines.c.party_kind, lines.c.party_id
    found: list[Party] = []
    while len(found) < limit:
        steps: list[ColumnElement[bool]] = [true()]
        if after is not None:
            steps = [and_(kind == after.kind, party_id > after.id), kind > after.kind]
        after = next(filter(None, (_first_party(connection, company, step) for step in steps)), None)
        if after is None:
            break
        found.append(after)
    return found


def _first_party(connection: Connection, company: str, where: ColumnElement[bool]) -> Party | None:
    row = connection.execute(
        select(lines.c.party_kind, lines.c.party_id)
        .where(lines.c.company == company, where)
        .order_by(lines.c.party_kind, lines.c.party_id)
        .limit(1)
    ).one_or_none()
    return None if row is None else Party(PartyKind(row.party_kind), row.party_id)


def _balances(connection: Connection, company: str, parties: Sequence[Party]) -> list[Balance]:
    # What is carried moves from statement to statement and is owed by none of its own.
    due = _sums(connection, company, parties, lines.c.net, lines.c.kind != LineKind.CARRIED)
    waiting = _sums(connection, company, parties, lines.c.net, unheld())
    stated = _sums(connection, company, parties, _NET, statements.c.state.not_in(_ENDED))
    standing = and_(payouts.c.entry_id.is_not(None), payouts.c.return_entry_id.is_(None))
    sent = _sums(connection, company, parties, payouts.c.amount, standing)
    # a statement below zero is paid by the party, to us
    came = _sums(connection, company, parties, _NET, and_(statements.c.state == _S.PAID, _NET < 0))
    paid = {party: sent[party] + came[party] for party in parties}
    return [Balance(p, due[p] - paid[p], waiting[p], stated[p], paid[p]) for p in parties]


def _sums(
    connection: Connection, company: str, parties: Sequence[Party], column: Column[int], where: ColumnElement[bool]
) -> dict[Party, Money]:
    """The sum of a column for each of the parties."""
    of = column.table.c
    found = dict.fromkeys(parties, Money.zero())
    for kind in {party.kind for party in parties}:
        rows = connection.execute(
            select(of.party_id, func.sum(column))
            .where(
                of.company == company,
                of.party_kind == kind,
                of.party_id.in_([party.id for party in parties if party.kind is kind]),
                where,
            )
            .group_by(of.party_id)
        )
        found.update({Party(kind, party_id): Money(int(kopecks)) for party_id, kopecks in rows})
    return found
