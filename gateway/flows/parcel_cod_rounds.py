"""What time alone makes of cash on delivery, and what was waiting for something else.

Every step is a commit of its own and reads what stands, so it may be killed anywhere and done again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

import structlog
from sqlalchemy import Select, literal, literal_column, select

from gateway.core.clock import to_text
from gateway.core.errors import Conflict, KvitError, Unavailable
from gateway.flows import parcel_cod
from gateway.flows.parcel_settlement import NOT_SETTLED
from gateway.flows.second_look import decide_again
from gateway.flows.terms import Terms
from gateway.matching.decision import Outcome
from gateway.orders.tables import invoices
from gateway.parcels import cod_debt, cod_missing
from gateway.parcels.model import CarrierKey, CodState, EndedHow
from gateway.parcels.tables import parcels
from gateway.payments.registries.model import PayoutSource
from gateway.payments.tables import entries, payments
from gateway.store import Store, Unit, marks
from gateway.store.schema import alarms

_AT_ONCE = 1000
_LATELY = timedelta(days=2)
_EXPECTED = (CodState.EXPECTED.value, CodState.COLLECTED.value, CodState.MISSING.value, CodState.CLAIMED.value)
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
    return (
        follow_new(store, terms, stopped=stopped)
        + look_again(store, terms)
        + find_overdue(store, terms, stopped=stopped)
        + settle_again(store, terms)
    )


def follow_new(store: Store, terms: Terms, *, stopped: Callable[[], bool] = lambda: False) -> int:
    """Parcels whose invoice is not what is to be collected: entered by a list, or lately called off or changed where
    nobody followed it; returns how many were looked at."""
    since = to_text(store.clock.now() - _LATELY)
    own = invoices.c.outer_id == literal(cod_debt.PREFIX) + parcels.c.id
    asks = (invoices.c.state == "open") & (invoices.c.rest > 0)
    void = parcels.c.cod_state == CodState.VOID.value
    renumbered = own & (invoices.c.number != parcels.c.track)
    replaced = ~own & (invoices.c.state == "cancelled") & parcels.c.cod_state.in_(_EXPECTED)
    removed = parcels.c.ended_how == EndedHow.REMOVED.value
    wanted: list[Select[tuple[str]]] = [
        select(parcels.c.id).where(
            parcels.c.cod_state != literal_column("'none'"),  # as the partial index says it
            parcels.c.cod_state.in_(_EXPECTED),
            parcels.c.invoice_id.is_(None),
            ~removed,
        ),
        _with_invoice().where(parcels.c.moved_at >= since, (void & asks) | renumbered | replaced),
        _with_invoice().where(parcels.c.ended_at >= since, removed, asks),
    ]
    with store.reading() as connection:
        found = [
            str(parcel_id)
            for query in wanted
            for parcel_id in connection.execute(
                query.where(parcels.c.company == store.company).order_by(parcels.c.id).limit(_AT_ONCE)
            ).scalars()
        ]
    return _follow_each(store, terms, list(dict.fromkeys(found)), stopped)


def _with_invoice() -> Select[tuple[str]]:
    return select(parcels.c.id).join(invoices, invoices.c.id == parcels.c.invoice_id)


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
    return _follow_each(store, terms, waiting)


def _follow_each(
    store: Store, terms: Terms, parcel_ids: Sequence[str], stopped: Callable[[], bool] = lambda: False
) -> int:
    """Each in a commit of its own; returns for how many it was done."""
    done = 0
    for parcel_id in parcel_ids:
        if stopped():
            break
        try:
            with store.unit() as unit:
                parcel_cod.follow(unit, terms, parcel_id)
                unit.commit()
            done += 1
        except Unavailable:
            raise
        except Conflict as changed:  # somebody was faster: he has looked, or the next round does
            _log.info("parcel.settled_elsewhere", parcel=parcel_id, code=changed.code)
        except KvitError as error:
            _log.warning("parcel.not_followed", parcel=parcel_id, code=error.code)
    return done
