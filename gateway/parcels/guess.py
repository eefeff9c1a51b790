"""Arrivals the carrier has perhaps forgotten to write down: from when a parcel may already be waiting.

It is never said that it has arrived. The instant is reckoned from the last scan on the way and the tables of
`gateway.parcels.guess_basis`; where too few parcels like it were seen, or too many of them never arrived, nothing is
guessed. Any word of the carrier, the buyer or the bank ends it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, and_, literal, not_, select

from gateway.core.authority import Right
from gateway.core.clock import to_text
from gateway.notify.tables import notifications
from gateway.notify.templates import TextEvent
from gateway.notify.terms import NotifyTerms
from gateway.parcels import guess_basis, wording
from gateway.parcels.guess_basis import Hours, Place
from gateway.parcels.meaning import WaitingPlace
from gateway.parcels.model import Stage, Watch
from gateway.parcels.tables import parcels
from gateway.parcels.terms import ParcelTerms
from gateway.parcels.wording import Message
from gateway.store import Store
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

EVENT = "maybe_ready"
ON_ITS_WAY = (Stage.ACCEPTED.value, Stage.IN_TRANSIT.value, Stage.CUSTOMS.value)
_TELLS_FOR = timedelta(days=30)  # after that it is lost rather than forgotten
_AT_ONCE = 200
_MOST_TOLD = 1000
_NOTHING: dict[str, Any] = {"guess_since": None, "guess_share": "", "guess_basis": ""}

Tables = Callable[[Place], Hours | None]


def may_wait(now: str) -> ColumnElement[bool]:
    """Parcels that may already be waiting although nobody said so; `now` as stored text."""
    return and_(
        parcels.c.watch == Watch.ACTIVE.value,
        parcels.c.back == 0,
        parcels.c.stage.in_(ON_ITS_WAY),
        parcels.c.guess_since <= now,
    )


def reckon(unit: Unit, terms: ParcelTerms, row: AnyRow, tables: Tables | None = None) -> None:
    """Put down from when this parcel may be waiting, or that nothing is guessed of it.

    Args:
        tables: None for those kept in the database.
    """
    values = _guess(unit, terms, row, tables) if _on_its_way(row) else _NOTHING
    if any(row._mapping[name] != value for name, value in values.items()):
        unit.update(parcels, row.id, **values)
        unit.changed("parcels", row.id)


def _guess(unit: Unit, terms: ParcelTerms, row: AnyRow, tables: Tables | None) -> dict[str, Any]:
    scans = guess_basis.scans_of(unit.connection, row.id)
    last = next((scan for scan in reversed(scans) if scan.effect in guess_basis.ON_THE_WAY), None)
    if last is None:
        return _NOTHING
    index_to = next((scan.index_to for scan in scans if scan.index_to.strip("0")), row.index_to)

    def kept(place: Place) -> Hours | None:
        return guess_basis.kept(unit.connection, unit.company, place)

    found = guess_basis.reach(tables or kept, last, index_to, terms.guess)
    if found is None:
        return _NOTHING
    return {
        "guess_since": to_text(last.at + timedelta(hours=found.hours)),
        "guess_share": str(terms.guess.share),
        "guess_basis": f"{found.place.scope}:{found.place.route} n={found.count}",
    }


def remake(store: Store, terms: ParcelTerms, stopped: Callable[[], bool] = lambda: False) -> int:
    """The night's work: make the tables anew from all that is known, and guess anew by them.

    Args:
        stopped: whether the service is to stop between two units; what is left is done the next night.

    Returns:
        How many tables there are.

    Raises:
        Unavailable: `store.unreachable`.
    """
    with store.reading() as connection:
        basis = guess_basis.measure(connection, store.company, terms.guess, store.clock.now())
    with store.unit() as unit:
        guess_basis.keep(unit, basis)
        unit.commit()
    last: str | None = ""
    while last is not None and not stopped():
        with store.unit() as unit:
            last = _reckon_next(unit, terms, basis.get, last)
            unit.commit()
    return len(basis)


def _reckon_next(unit: Unit, terms: ParcelTerms, tables: Tables, last: str) -> str | None:
    """The next parcels after `last`; returns the last of them, None when there are no more."""
    found = unit.connection.execute(
        select(parcels)
        .where(
            parcels.c.company == unit.company,
            parcels.c.watch == Watch.ACTIVE.value,
            parcels.c.stage.in_(ON_ITS_WAY),
            parcels.c.id > last,
        )
        .order_by(parcels.c.id)
        .limit(_AT_ONCE)
    ).all()
    for row in found:
        reckon(unit, terms, row, tables)
    return found[-1].id if found else None


def guess_due(unit: Unit, terms: ParcelTerms, notify: NotifyTerms) -> int:
    """Tell buyers that their parcel may already be waiting, each once; nobody while guesses are switched off.

    Only where the carrier was asked since that may be so, and still said nothing: an arrival that is written down
    properly is told as one, a day later at most. Buyers of the control group are not told, as they are not reminded.

    Returns:
        How many were told.

    Raises:
        Refused: `authority.missing`.
    """
    unit.actor.require(Right.PARCELS_WORK)
    if not terms.guess.on:
        return 0
    told = select(notifications.c.id).where(
        notifications.c.about == literal("parcel:", String) + parcels.c.id, notifications.c.event == EVENT
    )
    due = unit.connection.execute(
        select(parcels)
        .where(
            parcels.c.company == unit.company,
            may_wait(unit.at),
            parcels.c.guess_since > to_text(unit.now - _TELLS_FOR),
            parcels.c.asked_at >= parcels.c.guess_since,
            parcels.c.answered_at >= parcels.c.asked_at,
            parcels.c.no_messages == 0,
            parcels.c.control == 0,
            parcels.c.cod_collected_at.is_(None),
            parcels.c.cod_arrived_at.is_(None),
            not_(told.exists()),
        )
        .order_by(parcels.c.guess_since.desc())  # those who cannot be told stay, and must not hold up the others
        .limit(_MOST_TOLD)
    ).all()
    return sum(_tell(unit, terms, notify, row) is not None for row in due)


def _tell(unit: Unit, terms: ParcelTerms, notify: NotifyTerms, row: AnyRow) -> str | None:
    message = Message(EVENT, TextEvent.MAYBE_READY, WaitingPlace.OFFICE, office_index=row.index_to)
    return wording.tell(unit, terms, notify, row, message)


def _on_its_way(row: AnyRow) -> bool:
    return row.watch == Watch.ACTIVE and not row.back and row.stage in ON_ITS_WAY
