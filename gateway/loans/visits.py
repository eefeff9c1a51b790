"""A courier brings the papers to the buyer: ordered, out, met or come back empty, ordered again; each visit costs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import Connection, func, select

from gateway.core.authority import Right
from gateway.core.clock import business_date
from gateway.core.errors import Refused
from gateway.core.ids import new_id
from gateway.core.money import Money
from gateway.core.text import one_line
from gateway.loans import agreement_rows, alerts, dated, events
from gateway.loans.desk import open_case
from gateway.loans.model import SigningWay
from gateway.loans.papers import SigningEvent
from gateway.loans.tables import visits
from gateway.loans.terms import LoanTerms
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit
from gateway.tasks.model import TaskKind

TELL_TASK = "task.loan_tell_visit"
"""Its hint is what the buyer is told: how signing with the courier goes, and what to have ready."""
_HOURS = re.compile(r"(?P<since>[01]?\d|2[0-3])-(?P<until>[01]?\d|2[0-4])", re.ASCII)
_LONGEST_NAME = 200
_LONGEST_NOTE = 300


class Result(StrEnum):
    """How a visit ended."""

    SIGNED = "signed"
    EMPTY = "empty"
    REFUSED = "refused"
    STOPPED = "stopped"
    CALLED_OFF = agreement_rows.CALLED_OFF


@dataclass(frozen=True, slots=True)
class NewVisit:
    """A visit to order.

    Attributes:
        hours: the buyer waits from … to …, "10-14".
        courier, cost: of the partner who covers the region; where None, by the terms of signing.
    """

    day: date
    hours: str
    courier: str | None = None
    cost: Money | None = None


@dataclass(frozen=True, slots=True)
class Spent:
    """What one courier's visits came to."""

    courier: str
    visits: int
    empty: int
    cost: Money


def order(
    unit: Unit, terms: LoanTerms, application_id: str, visit: NewVisit, expected_version: int | None = None
) -> AnyRow:
    """Order a courier; somebody tells the buyer what to have ready. Returns the agreement's row.

    Raises:
        Refused: `authority.missing`, `loan.not_found`, `loan.no_agreement`, `state.illegal`, `state.not_yet` for
            another way of signing, `loan.visit_hours`, `loan.visit_day` for a day that has passed or after the last
            one to sign, `loan.visit_cost`, `loan.no_courier` where none is known to cover the region.
        Conflict: `loan.changed`.
    """
    application, row = open_case(unit, Right.LOANS_WORK, application_id, expected_version)
    today = business_date(unit.now, terms.zone)
    hours = _HOURS.fullmatch(visit.hours.strip())
    if hours is None or int(hours["since"]) >= int(hours["until"]):
        raise Refused("loan.visit_hours", hours=visit.hours[:20])
    if visit.day < today or (row.sign_by and visit.day.isoformat() > row.sign_by):
        raise Refused("loan.visit_day", day=visit.day.isoformat(), last=row.sign_by or "—")
    known = dated.signing_terms_on(
        unit.connection, unit.company, SigningWay.COURIER, row.lender, application.region, visit.day
    )
    courier = one_line(visit.courier or (known.partner if known and known.covered else ""), _LONGEST_NAME)
    cost = visit.cost if visit.cost is not None else (known.cost if known else Money.zero())
    if not courier:
        raise Refused("loan.no_courier", region=application.region)
    if cost.kopecks < 0:
        raise Refused("loan.visit_cost")
    row = agreement_rows.step(unit, row, SigningEvent.ORDER, signing_cost=row.signing_cost + cost.kopecks)
    visit_id = new_id()
    unit.insert(
        visits,
        {
            "id": visit_id,
            "company": unit.company,
            "agreement_id": row.id,
            "courier": courier,
            "day": visit.day.isoformat(),
            "hours": f"{int(hours['since'])}-{int(hours['until'])}",
            "cost": cost.kopecks,
            "ordered_at": unit.at,
            "ordered_by": str(unit.actor),
            "result": "",
            "note": "",
        },
    )
    unit.journal(
        "agreement.visit_ordered",
        agreement_rows.subject(row.id),
        application=application.id,
        visit=visit_id,
        courier=courier,
        day=visit.day.isoformat(),
        cost=cost.kopecks,
    )
    day, waits = visit.day.isoformat(), visit.hours.strip()
    events.write(unit, application.id, "visit_ordered", courier=courier, cost=str(cost), day=day, hours=waits)
    alerts.tell(unit, terms, TELL_TASK, application, kind=TaskKind.CALL, day=day, hours=waits)
    return row


def depart(unit: Unit, application_id: str, expected_version: int | None = None) -> AnyRow:
    """The courier is on his way. Returns the agreement's row.

    Raises:
        Refused: `authority.missing`, `loan.not_found`, `loan.no_agreement`, `state.illegal`.
        Conflict: `loan.changed`.
    """
    application, row = open_case(unit, Right.LOANS_WORK, application_id, expected_version)
    row = agreement_rows.step(unit, row, SigningEvent.DEPART)
    unit.update(visits, current(unit, row.id).id, out_at=unit.at)
    events.write(unit, application.id, "visit_out")
    return row


def meet(unit: Unit, application_id: str, expected_version: int | None = None) -> AnyRow:
    """The courier has met the buyer; the passport is checked next. Returns the agreement's row.

    Raises:
        Refused: `authority.missing`, `loan.not_found`, `loan.no_agreement`, `state.illegal`.
        Conflict: `loan.changed`.
    """
    application, row = open_case(unit, Right.LOANS_WORK, application_id, expected_version)
    row = agreement_rows.step(unit, row, SigningEvent.MEET)
    unit.update(visits, current(unit, row.id).id, met_at=unit.at)
    events.write(unit, application.id, "visit_met")
    return row


def come_back_empty(unit: Unit, application_id: str, note: str, expected_version: int | None = None) -> AnyRow:
    """Nobody was there, or nothing was signed: another visit may be ordered. Returns the agreement's row.

    Raises:
        Refused: `authority.missing`, `loan.not_found`, `loan.no_agreement`, `state.illegal`.
        Conflict: `loan.changed`.
    """
    application, row = open_case(unit, Right.LOANS_WORK, application_id, expected_version)
    row = agreement_rows.step(unit, row, SigningEvent.COME_BACK_EMPTY)
    end(unit, row.id, Result.EMPTY, note)
    events.write(unit, application.id, "visit_empty")
    return row


def end(unit: Unit, agreement_id: str, result: Result, note: str = "") -> None:
    """The visit that is under way, if there is one, ends so."""
    row = _under_way(unit, agreement_id)
    if row is not None:
        unit.update(visits, row.id, ended_at=unit.at, result=result.value, note=one_line(note, _LONGEST_NOTE))


def current(unit: Unit, agreement_id: str) -> AnyRow:
    """The visit that is under way.

    Raises:
        Refused: `loan.no_visit`.
    """
    row = _under_way(unit, agreement_id)
    if row is None:
        raise Refused("loan.no_visit")
    return row


def of_agreement(connection: Connection, agreement_id: str) -> list[AnyRow]:
    """Every visit, in order."""
    query = select(visits).where(visits.c.agreement_id == agreement_id).order_by(visits.c.id)
    return list(connection.execute(query).all())


def spent(connection: Connection, company: str, since: date, until: date) -> list[Spent]:
    """What couriers' visits of these days (both included) cost, by courier."""
    query = (
        select(
            visits.c.courier,
            func.count().label("visits"),
            func.count().filter(visits.c.result == Result.EMPTY.value).label("empty"),
            func.sum(visits.c.cost).label("cost"),
        )
        .where(visits.c.company == company, visits.c.day.between(since.isoformat(), until.isoformat()))
        .group_by(visits.c.courier)
        .order_by(visits.c.courier)
    )
    return [Spent(row.courier, row.visits, row.empty, Money(int(row.cost))) for row in connection.execute(query)]


def _under_way(unit: Unit, agreement_id: str) -> AnyRow | None:
    return unit.connection.execute(
        select(visits)
        .where(visits.c.agreement_id == agreement_id, visits.c.ended_at.is_(None))
        .order_by(visits.c.id.desc())
        .limit(1)
    ).one_or_none()
