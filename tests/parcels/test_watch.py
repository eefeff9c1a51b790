"""Which parcels somebody should look at."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from gateway.core.authority import SERVICE
from gateway.core.clock import to_text
from gateway.parcels import watch
from gateway.parcels.model import OVER, Stage, Watch
from gateway.parcels.tables import parcels
from gateway.parcels.watch import Trouble, condition
from tests.parcels.house import NOW, House

TODAY = date(2026, 10, 5)
KEEPS = (None, TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=2), TODAY + timedelta(days=3))


def _everything(house: House) -> dict[str, tuple[Stage, Watch, int, date | None]]:
    """A parcel in each stage, watched or not, moved so many days ago, kept until some day or other."""
    made = {}
    cases = [
        (stage, watched, days, keep)
        for stage in Stage
        for watched in Watch
        for days in (1, 8, 31)
        for keep in (KEEPS if stage in (Stage.READY, Stage.WITH_COURIER) else KEEPS[:1])
    ]
    blank = house.row(house.put().id)._mapping
    with house.store.unit(SERVICE) as unit:
        for number, (stage, watched, days, keep) in enumerate(cases):
            moved = {"stage": stage.value, "watch": watched.value, "moved_at": to_text(NOW - timedelta(days=days))}
            named = {"id": f"P{number}", "track": f"T{number}", "keep_until": keep.isoformat() if keep else None}
            unit.insert(parcels, {**blank, **moved, **named})
            made[f"P{number}"] = (stage, watched, days, keep)
        unit.commit()
    return made


def test_every_parcel_is_where_it_belongs(house: House) -> None:
    cases = _everything(house)
    found: dict[Trouble, set[str]] = {}
    with house.store.reading() as connection:
        for trouble in Trouble:
            of_group = select(parcels.c.id).where(condition(trouble, house.terms, NOW))
            found[trouble] = set(connection.execute(of_group).scalars())
        red = set(connection.execute(select(parcels.c.id).where(watch.stuck(house.terms, NOW))).scalars())
        rows = connection.execute(select(parcels).where(parcels.c.id.in_(cases))).all()
        counted = watch.counts(connection, "test", house.terms, NOW)
    assert {row.id for row in rows if watch.is_stuck(row, house.terms, NOW)} == red
    assert red == found[Trouble.STUCK] | found[Trouble.NEVER_SEEN]
    assert not found[Trouble.STUCK] & (found[Trouble.NEVER_SEEN] | found[Trouble.STORAGE_ENDS])
    assert counted == {trouble: len(its) for trouble, its in found.items()}
    for parcel, (stage, watched, days, keep) in cases.items():
        waits = stage in (Stage.READY, Stage.WITH_COURIER)
        gone = keep < TODAY if keep else days > 30
        active = watched is Watch.ACTIVE
        assert (parcel in red) == (active and days > 7 and stage not in OVER and (not waits or gone)), parcel
        assert (parcel in found[Trouble.NEVER_SEEN]) == (active and days > 7 and stage is Stage.REGISTERED)
        soon = keep is not None and TODAY <= keep <= TODAY + timedelta(days=2)
        assert (parcel in found[Trouble.STORAGE_ENDS]) == (active and waits and soon)
        returning = stage in (Stage.RETURN_STARTED, Stage.PARTIAL)
        assert (parcel in found[Trouble.RETURNING]) == (active and returning)


def test_silence_of_the_carrier_ends_the_watch_in_portions(house: House) -> None:
    _everything(house)
    house.clock.at = NOW + timedelta(days=61)
    ended = house.do(SERVICE, lambda unit: watch.end_silent(unit, house.terms))
    with house.store.reading() as connection:
        rows = connection.execute(select(parcels).where(parcels.c.ended_how == "silent")).all()
    assert len(rows) == ended == len(Stage) + 2 * (len(KEEPS) - 1)  # those that moved 92 days ago
    assert {row.watch for row in rows} == {"ended"}
    assert house.do(SERVICE, lambda unit: watch.end_silent(unit, house.terms)) == 0
