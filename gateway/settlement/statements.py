"""Statements of account: what a period held, sent to the party, accepted by word or by silence, fixed or carried over.

An open statement takes in whatever still comes for its days. From the moment it is sent it never changes: the party
answers what it was shown. So a dispute that is right ends in correcting lines (`corrections`, `register.reverse`), and
those go into the party's next statement; the disputed one is sent again as it is, with our answer, or accepted.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, insert, literal, select

from gateway.core.authority import Right
from gateway.core.clock import MOSCOW, business_date
from gateway.core.errors import Refused
from gateway.core.ids import new_id
from gateway.core.money import Money
from gateway.core.text import fold
from gateway.core.workdays import add_workdays
from gateway.settlement import claims, register
from gateway.settlement.model import (
    LineKind,
    NewLine,
    Party,
    StatementEvent,
    StatementState,
)
from gateway.settlement.steps import load, move, own_party, party_of, record, tell
from gateway.settlement.tables import lines, statement_lines, statements
from gateway.settlement.terms import SILENCE_DAYS, DebtorOf, nobody
from gateway.store import alarms
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

__all__ = ["accept", "carry", "dispute", "fix", "lapse_silent", "load", "open_period", "send", "settle", "unheld"]

DISPUTED = "settlement.disputed"
_DAY = timedelta(days=1)
_YEAR = timedelta(days=366)
_EARLIEST = date(2000, 1, 1)
_REMARK_LIMIT = 1000
_NUMBERS = "settlement.statement"


def unheld() -> ColumnElement[bool]:
    """Condition on the register's lines: in no statement yet."""
    return ~select(statement_lines.c.line_id).where(statement_lines.c.line_id == lines.c.id).exists()


def need_day(until: date, today: date) -> None:
    """The last day of a period that can be stated.

    Raises:
        Refused: `settlement.period_ahead` for a day to come, `settlement.day_wrong` for one of another age.
    """
    if until > today:
        raise Refused("settlement.period_ahead", day=until.strftime("%d.%m.%Y"))
    if until < _EARLIEST:
        day, earliest = (one.strftime("%d.%m.%Y") for one in (until, _EARLIEST))
        raise Refused("settlement.day_wrong", day=day, earliest=earliest)


def open_period(
    unit: Unit, party: Party, name: str, until: date, zone: ZoneInfo = MOSCOW, *, debtor_of: DebtorOf = nobody
) -> str | None:
    """Put every line of the party up to a day that is in no statement yet into one; asked again, into the same one.

    Lines that came late, for days an earlier statement has covered, are in it too. A period in which nothing happened
    but an old debt makes no statement: the debt waits for one, unless the party's debts are claimed at once.

    Args:
        name: the party's, as it is printed.
        until: the last day of the period; it begins behind the party's last statement, or, where that were more than a
            year, with the first day something happened on.

    Returns:
        The statement's id; None when there is nothing to state.

    Raises:
        Refused: `authority.missing`, what `need_day` raises; `settlement.period_over` when the party has a statement
            of a later day, `settlement.period_long` when it would span more than a year.
    """
    unit.actor.require(Right.SETTLEMENT_WORK)
    need_day(until, business_date(unit.now, zone))
    last = _last_of(unit, party)
    if last is not None and last.until > until.isoformat():
        raise Refused("settlement.period_over", day=until.strftime("%d.%m.%Y"), number=last.number)
    if last is not None and last.until == until.isoformat():
        if last.state == StatementState.OPEN:
            _take_in(unit, last, until)
        return str(last.id)
    first = _something_to_state(unit, party, until, debtor_of)
    if first is None:
        return None
    since = first if last is None else date.fromisoformat(last.until) + _DAY
    if until - since >= _YEAR:
        since = max(since, first)
    if until - since >= _YEAR:
        spans = {"since": since.strftime("%d.%m.%Y"), "until": until.strftime("%d.%m.%Y")}
        raise Refused("settlement.period_long", party=name, **spans)
    statement_id = _insert(unit, party, name, since, until)
    totals = _hold(unit, statement_id, party, until)
    unit.update(statements, statement_id, **totals)
    record(unit, load(unit, statement_id), "opened", told={**totals, "until": until.isoformat()})
    return statement_id


def send(
    unit: Unit, statement_id: str, expected_version: int | None = None, *, silence_days: int = SILENCE_DAYS,
    zone: ZoneInfo = MOSCOW,
) -> AnyRow:  # fmt: skip
    """Show a statement to the party; from now on it is fixed, and the days of silence run. Returns the new row.

    Raises:
        Refused: `authority.missing`, `settlement.not_found`, `state.illegal`.
        Conflict: `settlement.changed`.
    """
    unit.actor.require(Right.SETTLEMENT_WORK)
    row = load(unit, statement_id, expected_version)
    last_day = add_workdays(business_date(unit.now, zone), silence_days)
    silence_on = (last_day + _DAY).isoformat()
    after = move(
        unit, row, StatementEvent.SEND, told={"silence_on": silence_on}, sent_at=unit.at, silence_on=silence_on
    )
    alarms.clear(unit, DISPUTED, _subject(row))
    return after


def accept(unit: Unit, statement_id: str, expected_version: int | None = None) -> AnyRow:
    """The party agrees, by itself or on the paper our accountant has in hand. Returns the new row.

    Raises:
        Refused: `authority.missing`, `settlement.not_found`, `state.illegal`.
        Conflict: `settlement.changed`.
    """
    row = _answered(unit, statement_id, expected_version)
    after = move(unit, row, StatementEvent.ACCEPT, answered_at=unit.at, answered_by=str(unit.actor))
    alarms.clear(unit, DISPUTED, _subject(row))
    return after


def dispute(unit: Unit, statement_id: str, remark: str, expected_version: int | None = None) -> AnyRow:
    """The party does not agree; silence counts no longer, and a person is told. Returns the new row.

    Raises:
        Refused: `authority.missing`, `settlement.not_found`, `settlement.no_remark`, `state.illegal`.
        Conflict: `settlement.changed`.
    """
    row = _answered(unit, statement_id, expected_version)
    said = " ".join(remark.split())[:_REMARK_LIMIT]
    if not said:
        raise Refused("settlement.no_remark", about="remark")
    after = move(
        unit,
        row,
        StatementEvent.DISPUTE,
        said=said,
        remark=said,
        silence_on=None,
        answered_at=unit.at,
        answered_by=str(unit.actor),
    )
    values = {"number": str(row.number), "party": row.party_name}
    alarms.raise_alarm(unit, DISPUTED, _subject(row), values, severity="warning")
    return after


def lapse_silent(
    unit: Unit, statement_id: str, expected_version: int | None = None, *, zone: ZoneInfo = MOSCOW
) -> AnyRow:
    """Nothing was said within the days there were for it: the statement is accepted. Returns the new row.

    Raises:
        Refused: `authority.missing`, `settlement.not_found`, `settlement.not_silent_yet`, `state.illegal`.
        Conflict: `settlement.changed`.
    """
    unit.actor.require(Right.SETTLEMENT_WORK)
    row = load(unit, statement_id, expected_version)
    if row.silence_on is not None and business_date(unit.now, zone).isoformat() < row.silence_on:
        day = date.fromisoformat(row.silence_on).strftime("%d.%m.%Y")
        raise Refused("settlement.not_silent_yet", number=row.number, day=day)
    return move(unit, row, StatementEvent.LAPSE, answered_at=unit.at)


def fix(unit: Unit, statement_id: str, expected_version: int | None = None) -> AnyRow:
    """An accepted statement with a sum above zero is to be paid. Returns the new row.

    Raises:
        Refused: `authority.missing`, `settlement.not_found`, `state.illegal`; `state.not_yet` where there is nothing
            to pay.
        Conflict: `settlement.changed`.
    """
    unit.actor.require(Right.SETTLEMENT_WORK)
    return move(unit, load(unit, statement_id, expected_version), StatementEvent.FIX)


def carry(unit: Unit, statement_id: str, expected_version: int | None = None) -> AnyRow:
    """An accepted statement of nothing or less ends, or a claim is given up; what the party owes is a line of its next
    one. Returns the row.

    Raises:
        Refused: `authority.missing`, `settlement.not_found`, `state.illegal`; `state.not_yet` where there is a sum to
            pay; `invoice.changed_after_payment` for a claim some money has come for.
        Conflict: `settlement.changed`.
    """
    unit.actor.require(Right.SETTLEMENT_WORK)
    row = load(unit, statement_id, expected_version)
    after = move(unit, row, StatementEvent.CARRY)
    if row.state == StatementState.CLAIMED:
        claims.withdraw(unit, row)
    if row.net:
        carry_over(unit, row, Money(row.net), f"carried:{row.id}")
    return after


def settle(
    unit: Unit, statement_id: str, expected_version: int | None = None, *, debtor_of: DebtorOf = nobody
) -> AnyRow:
    """`fix`, `claims.claim` or `carry`, whichever the total and the party ask for; raises what they do."""
    unit.actor.require(Right.SETTLEMENT_WORK)
    row = load(unit, statement_id, expected_version)
    if row.net > 0:
        return fix(unit, row.id, row.version)
    if row.net < 0 and _claimed_at_once(unit, party_of(row), debtor_of):
        return claims.claim(unit, debtor_of, row.id, row.version)
    return carry(unit, row.id, row.version)


def carry_over(unit: Unit, row: AnyRow, amount: Money, source_event: str) -> str:
    """What a statement leaves to the party's next one, as its one CARRIED line; returns the line's id.

    CARRIED lines move what is owed from statement to statement and owe nothing themselves: balances leave them out.
    """
    return register.append(
        unit,
        NewLine(
            kind=LineKind.CARRIED,
            party=party_of(row),
            source_event=source_event,
            subject=f"settlement:{row.id}",
            document=str(row.number),
            on=date.fromisoformat(row.until) + _DAY,
            gross=amount,
            fee=Money.zero(),
            net=amount,
            vat=Money.zero(),
        ),
    )


def _answered(unit: Unit, statement_id: str, expected_version: int | None) -> AnyRow:
    """The statement, when this person may answer it: the party itself, or who works on settlements for us."""
    own = own_party(unit.actor) is not None
    unit.actor.require(Right.SETTLEMENT_READ if own else Right.SETTLEMENT_WORK)
    return load(unit, statement_id, expected_version)


def _subject(row: AnyRow) -> str:
    return f"settlement:{row.id}"


def _last_of(unit: Unit, party: Party) -> AnyRow | None:
    return unit.connection.execute(
        select(statements)
        .where(
            statements.c.company == unit.company,
            statements.c.party_kind == party.kind,
            statements.c.party_id == party.id,
        )
        .order_by(statements.c.until.desc())
        .limit(1)
    ).one_or_none()


def _waiting(unit: Unit, party: Party, until: date) -> list[ColumnElement[bool]]:
    """Conditions on lines: the party's, up to the day, in no statement."""
    return [
        lines.c.company == unit.company,
        lines.c.party_kind == party.kind,
        lines.c.party_id == party.id,
        lines.c.on <= until.isoformat(),
        unheld(),
    ]


def _claimed_at_once(unit: Unit, party: Party, debtor_of: DebtorOf) -> bool:
    debtor = debtor_of(unit, party)
    return debtor is not None and debtor.at_once


def _something_to_state(unit: Unit, party: Party, until: date, debtor_of: DebtorOf) -> date | None:
    """The first day something happened on that waits; None when nothing does, or a carried debt alone that is not
    claimed either."""
    happened = lines.c.kind != LineKind.CARRIED
    found = unit.connection.execute(
        select(
            func.min(lines.c.on).label("first"),
            func.min(lines.c.on).filter(happened).label("first_happened"),
            func.sum(lines.c.net).label("net"),
        ).where(*_waiting(unit, party, until))
    ).one()
    if found.first_happened is not None:
        return date.fromisoformat(found.first_happened)
    if not found.net or (found.net < 0 and not _claimed_at_once(unit, party, debtor_of)):
        return None
    return date.fromisoformat(found.first)


def _insert(unit: Unit, party: Party, name: str, since: date, until: date) -> str:
    number = unit.next_number(_NUMBERS)
    row: dict[str, Any] = {
        "id": new_id(),
        "company": unit.company,
        "version": 1,
        "number": number,
        "party_kind": party.kind.value,
        "party_id": party.id,
        "party_name": name,
        "since": since.isoformat(),
        "until": until.isoformat(),
        "state": StatementState.OPEN.value,
        "made_at": unit.at,
        "made_by": str(unit.actor),
        **dict.fromkeys(("line_count", "gross", "fee", "net", "vat", "attempts"), 0),
        **dict.fromkeys(("answered_by", "remark", "note"), ""),
        "search": fold(f"{number} {name}"),
    }
    unit.insert(statements, row)
    return str(row["id"])


def _take_in(unit: Unit, row: AnyRow, until: date) -> None:
    """Put what has come since into an open statement."""
    totals = _hold(unit, row.id, party_of(row), until)
    if totals["line_count"] != row.line_count:
        tell(unit, row, "lines_added", told=totals, **totals)


def _hold(unit: Unit, statement_id: str, party: Party, until: date) -> dict[str, int]:
    """Fix the waiting lines to the statement by id; its totals, as the sums of all it holds."""
    found = select(lines.c.id, literal(statement_id)).where(*_waiting(unit, party, until))
    unit.connection.execute(insert(statement_lines).from_select(["line_id", "statement_id"], found))
    sums = unit.connection.execute(
        select(
            func.count().label("line_count"),
            *(func.sum(lines.c[name]).label(name) for name in ("gross", "fee", "net", "vat")),
        )
        .select_from(statement_lines.join(lines, lines.c.id == statement_lines.c.line_id))
        .where(statement_lines.c.statement_id == statement_id)
    ).one()
    return {name: int(value) for name, value in sums._mapping.items()}
