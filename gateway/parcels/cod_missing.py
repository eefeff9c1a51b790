"""Cash on delivery that did not come: put down once it is overdue, shown until it comes or is called off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, literal_column, select

from gateway.core.clock import business_date
from gateway.core.money import Money
from gateway.parcels import rows, timeline
from gateway.parcels.cod_debt import FIRMS
from gateway.parcels.cod_steps import CodMove
from gateway.parcels.model import CarrierKey, CodEvent, CodState, EndedHow
from gateway.parcels.tables import parcels
from gateway.parcels.terms import ParcelTerms
from gateway.store import alarms
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

MISSING = "parcel.cod_missing"
_DUE = (CodState.EXPECTED.value, CodState.COLLECTED.value)
_NOT_HERE = (CodState.MISSING.value, CodState.CLAIMED.value)
_SOME = parcels.c.cod_state != literal_column("'none'")  # as the partial index says it
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class MissingTotal:
    """What one carrier has not paid in time, claimed or not.

    Attributes:
        since: the day the oldest was due by.
    """

    carrier: CarrierKey
    count: int
    amount: Money
    since: str


def overdue(unit: Unit, terms: ParcelTerms) -> list[AnyRow]:
    """Put down what should have come by yesterday; returns the parcels, as they were, at most 500. Repeat while any
    are found."""
    today = business_date(unit.now, terms.zone).isoformat()
    found = unit.connection.execute(
        select(parcels)
        .where(
            parcels.c.company == unit.company,
            _SOME,
            parcels.c.cod_state.in_(_DUE),
            parcels.c.cod_due < today,
            parcels.c.ended_how != EndedHow.REMOVED.value,
        )
        .order_by(parcels.c.cod_due, parcels.c.id)
        .limit(_AT_ONCE)
    ).all()
    for row in found:
        move = CodMove(CodState(row.cod_state))
        move.step(CodEvent.OVERDUE)
        rows.put(unit, row, **move.values)
        missing = str(missing_of(row))
        unit.journal("parcel.cod_missing", f"parcel:{row.id}", amount=missing, due=row.cod_due)
        timeline.write(unit, row.id, "cod_missing", amount=missing, due=row.cod_due)
    return list(found)


def missing_of(row: AnyRow) -> Money:
    """How much of a parcel's cash on delivery is not here."""
    return Money(row.cod - row.cod_received)


def listing(
    connection: Connection, company: str, *, carrier: CarrierKey | None = None, after: str = "", limit: int = 100
) -> Sequence[AnyRow]:
    """Rows of parcels whose money is missing or claimed, the longest due first.

    Args:
        after: "<due>/<id>" of the last row of the page before.
    """
    key = parcels.c.cod_due.concat("/").concat(parcels.c.id)
    query = select(parcels).where(parcels.c.company == company, _SOME, parcels.c.cod_state.in_(_NOT_HERE), key > after)
    if carrier is not None:
        query = query.where(parcels.c.carrier == carrier.value)
    return connection.execute(query.order_by(parcels.c.cod_due, parcels.c.id).limit(limit)).all()


def totals(connection: Connection, company: str) -> list[MissingTotal]:
    """What each carrier has not paid in time."""
    carrier = parcels.c.carrier.concat(literal_column("''"))  # by the bare column all parcels would be walked
    found = connection.execute(
        select(
            carrier.label("carrier"),
            func.count().label("number"),
            func.sum(parcels.c.cod - parcels.c.cod_received).label("amount"),
            func.min(parcels.c.cod_due).label("since"),
        )
        .where(parcels.c.company == company, _SOME, parcels.c.cod_state.in_(_NOT_HERE))
        .group_by(carrier)
        .order_by(carrier)
    )
    return [MissingTotal(CarrierKey(row.carrier), row.number, Money(int(row.amount)), row.since) for row in found]


def alarm(unit: Unit, anew: frozenset[CarrierKey] = frozenset()) -> None:
    """Keep one alarm for each carrier that owes overdue money true, and none for the others.

    Args:
        anew: carriers of whose money more is overdue now: raised again, also where somebody has put it away.
    """
    owing = {one.carrier: one for one in totals(unit.connection, unit.company)}
    shown = {
        one.subject: one.values
        for one in alarms.open_alarms(unit.connection, unit.company, _AT_ONCE)
        if one.code == MISSING
    }
    for carrier in CarrierKey:
        subject = f"carrier:{carrier.value}"
        if carrier not in owing:
            alarms.clear(unit, MISSING, subject)
            continue
        one = owing[carrier]
        values = {"carrier": FIRMS[carrier].name, "count": one.count, "amount": str(one.amount), "since": one.since}
        if carrier in anew or shown.get(subject, values) != values:
            alarms.raise_alarm(unit, MISSING, subject, values)
