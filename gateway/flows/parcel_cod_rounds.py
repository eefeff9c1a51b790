"""What time alone makes of cash on delivery, and what was waiting for something else.

Every step is a commit of its own and reads what stands, so it may be killed anywhere and done again.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog
from sqlalchemy import select

from gateway.core.errors import Conflict
from gateway.flows import parcel_cod
from gateway.flows.parcel_settlement import NOT_SETTLED
from gateway.flows.second_look import decide_again
from gateway.flows.terms import Terms
from gateway.matching.decision import Outcome
from gateway.parcels import cod_debt, cod_missing
from gateway.parcels.model import CarrierKey
from gateway.payments.registries.model import PayoutSource
from gateway.payments.tables import entries, payments
from gateway.store import Store, Unit, marks
from gateway.store.schema import alarms

_log = structlog.get_logger("flows.parcel_cod_rounds")


def settle_cod(store: Store, terms: Terms, *, stopped: Callable[[], bool] = lambda: False) -> int:
    """One round of everything about cash on delivery that needs no person.

    Returns:
        How many parcels and payments were taken a step on.

    Raises:
        Unavailable: the database is away.
    """
    if terms.parcels is None:
        return 0
    return look_again(store, terms) + find_overdue(store, terms, stopped=stopped) + settle_again(store, terms)


def look_again(store: Store, terms: Terms) -> int:
    """Carriers' payments that wait for a person, once a parcel came that may explain them; returns how many were
    decided."""
    with store.reading() as connection:
        if not marks.get(connection, store.company, parcel_cod.LOOK_DUE):
            return 0
    with store.unit() as unit:
        decided = decide_waiting(unit, terms)
        marks.put(unit, parcel_cod.LOOK_DUE, False)
        unit.commit()
    return decided


def decide_waiting(unit: Unit, terms: Terms) -> int:
    """Look again at carriers' payments that wait; what a person has decided is not among them."""
    carriers = [inn for inn, source in terms.policy.payout_partners.items() if source == PayoutSource.POST]
    if not carriers:
        return 0
    waiting = (entries.c.party_inn.in_(carriers), payments.c.outcome == Outcome.PAYOUT_UNEXPLAINED)
    return decide_again(unit, terms, *waiting, tell_again=True)


def find_overdue(store: Store, terms: Terms, *, stopped: Callable[[], bool] = lambda: False) -> int:
    """Put down what has not come in time, and keep the alarms about it true; returns how many parcels."""
    assert terms.parcels is not None
    found, anew, more = 0, set[CarrierKey](), True
    while more and not stopped():
        with store.unit() as unit:
            rows = cod_missing.overdue(unit, terms.parcels)
            unit.commit()
        found, more = found + len(rows), bool(rows)
        anew |= {CarrierKey(row.carrier) for row in rows}
    with store.unit() as unit:
        cod_missing.alarm(unit, frozenset(anew))
        unit.commit()
    return found


def settle_again(store: Store, terms: Terms) -> int:
    """Parcels whose money could not be put down for the owner of the goods; returns how many were looked at."""
    subjects = select(alarms.c.subject).where(
        alarms.c.company == store.company, alarms.c.code == NOT_SETTLED, alarms.c.state == "open"
    )
    with store.reading() as connection:
        waiting = [str(subject).removeprefix(cod_debt.PREFIX) for subject in connection.execute(subjects).scalars()]
    for parcel_id in waiting:
        try:
            with store.unit() as unit:
                parcel_cod.follow(unit, terms, parcel_id)
                unit.commit()
        except Conflict as changed:  # somebody was faster: he has looked, or the next round does
            _log.info("parcel.settled_elsewhere", parcel=parcel_id, code=changed.code)
    return len(waiting)
