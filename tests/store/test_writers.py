"""Many writers at once: they take turns, nobody is turned away, and no piece is promised twice."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import select

from gateway.core.errors import Conflict, Unavailable
from gateway.core.quantity import Quantity
from gateway.store import Store, engine, journal
from gateway.warehouse import stock
from gateway.warehouse.model import Take
from gateway.warehouse.tables import movements, reservations
from gateway.warehouse.tables import stock as balances
from tests.store.conftest import COMPANY, MovableClock

PIECES, THREADS, TRIES = 50, 4, 40


def at_once(jobs: list[Callable[[], None]]) -> None:
    """Run all jobs at the same time; the first exception of any is raised."""
    gate = threading.Barrier(len(jobs))
    failures: list[BaseException] = []

    def run(job: Callable[[], None]) -> None:
        gate.wait()
        try:
            job()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


@pytest.mark.parametrize("own_connection", [False, True], ids=["one store", "a store each"])
def test_fifty_pieces_are_never_promised_to_more_than_fifty(
    store: Store, url: str, clock: MovableClock, own_connection: bool
) -> None:
    with store.unit() as unit:
        stock.put_warehouse(unit, "main", "Основной")
        stock.put_products(unit, [stock.Product("frame", "F", "Рама")])
        stock.count(unit, [stock.Count("frame", "main", Quantity.of(PIECES))], unit.now, "test")
        unit.commit()
    got = [0] * THREADS

    def buyer(number: int) -> Callable[[], None]:
        def buy() -> None:
            own = Store(url, clock, COMPANY) if own_connection else store
            try:
                for attempt in range(TRIES):
                    try:
                        with own.unit() as unit:
                            take = Take(f"line-{number}-{attempt}", "frame", "main", Quantity.of(1))
                            stock.reserve(unit, f"order-{number}", [take], f"list-{number}-{attempt}")
                            unit.journal("goods.reserved", f"order:{number}")
                            unit.commit()
                        got[number] += 1
                    except Conflict as refusal:
                        assert refusal.code == "stock.gone"
            finally:
                if own_connection:
                    own.close()

        return buy

    at_once([buyer(number) for number in range(THREADS)])
    assert sum(got) == PIECES
    with store.reading() as connection:
        (balance,) = connection.execute(select(balances)).all()
        held = connection.execute(select(reservations.c.qty)).scalars().all()
        moved = connection.execute(select(movements.c.reserved)).scalars().all()
        verdict = journal.verify(connection)
    assert (balance.on_hand, balance.reserved) == (PIECES * 1000, PIECES * 1000)
    assert len(held) == PIECES
    assert sum(held) == sum(moved) == balance.reserved
    assert (verdict.ok, verdict.rows) == (True, PIECES)


def test_a_number_is_never_given_twice(store: Store, url: str, clock: MovableClock) -> None:
    given: list[int] = []

    def count() -> None:
        own = Store(url, clock, COMPANY)
        for _ in range(25):
            with own.unit() as unit:
                given.append(unit.next_number("pick"))
                unit.commit()
        own.close()

    at_once([count] * THREADS)
    assert sorted(given) == list(range(1, 25 * THREADS + 1))


def test_readers_are_not_held_up_by_a_writer(store: Store) -> None:
    with store.unit() as unit:
        unit.journal("thing.made", "thing:1")
        with store.reading() as connection:
            assert journal.head(connection).seq == 0


# PostgreSQL's writers queue for as long as it takes.
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_writer_that_is_held_up_too_long_is_told_so(
    store: Store, url: str, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 100)
    other = Store(url, clock, COMPANY)
    with store.unit(), pytest.raises(Unavailable) as caught, other.unit():
        pass
    other.close()
    assert caught.value.code == "store.unreachable"
    assert "locked" in caught.value.text("en")
