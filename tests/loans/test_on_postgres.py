"""Applications on PostgreSQL: the same rows, the same lists, and a history nobody can change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from gateway.core.authority import SERVICE
from gateway.loans import callbacks, ending, queries, retention
from gateway.loans.callbacks import CallResult
from gateway.loans.ending import By
from gateway.loans.problems import Problem
from gateway.loans.queries import Filters
from gateway.loans.reasons import EndReason
from gateway.loans.tables import events, identity_checks
from gateway.store.migrate import upgrade
from tests.loans.house import CALLER, COMPANY, MANAGER, PHONE, TERMS, House
from tests.loans.seed import empty_row
from tests.store import postgres


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    binaries = postgres.programs()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    with postgres.running(binaries) as server:
        made = server.url(server.create())
        upgrade(made)
        yield made


def test_the_whole_way(url: str, tmp_path: Path) -> None:
    house = House(tmp_path, url=url)
    try:
        row = house.submitted(order="З-1")
        assert house.apply("З-2").duplicates == (1,)
        taken = house.do(CALLER, lambda u: callbacks.take_next(u, house.terms))
        assert taken is not None
        house.do(CALLER, lambda u: callbacks.record(u, house.terms, taken.id, CallResult.BUSY))
        house.agreement(row.id, warnings='[["loan.psk_differs",{}]]')
        look(house)
        check = {"id": "C1", "company": COMPANY, "agreement_id": f"A-{row.id}", "typed_hash": "h", "typed_tail": "456"}
        with house.store.unit() as unit:
            unit.connection.execute(insert(identity_checks).values(**(empty_row(identity_checks) | check)))
            unit.commit()
        for statement in (update(identity_checks).values(typed_hash="", photo_matches=1), delete(identity_checks)):
            with pytest.raises(DBAPIError, match="append-only"), house.store.unit() as unit:
                unit.connection.execute(statement)
        with pytest.raises(DBAPIError), house.store.unit() as unit:
            unit.connection.execute(update(events).values(kind="x"))
        with pytest.raises(DBAPIError), house.store.unit() as unit:
            unit.connection.execute(delete(events))
        house.do(MANAGER, lambda u: ending.cancel(u, row.id, By.BUYER, EndReason.CHANGED_MIND))
        house.later(days=4)
        assert house.do(SERVICE, lambda u: ending.expire_due(u, house.terms)) == 1
        house.later(days=1100)
        assert [house.do(SERVICE, lambda u: retention.purge_due(u, house.terms)) for _ in range(2)] == [2, 0]
        with house.store.reading() as connection:
            assert connection.execute(select(identity_checks.c.typed_hash, identity_checks.c.typed_tail)).one() == (
                "",
                "",
            )
    finally:
        house.close()


def look(house: House) -> None:
    now = house.clock.now()
    found = {
        "all": Filters(), "phone": Filters(phone=PHONE), "surname": Filters(surname="ИВАНОВ"),
        "day": Filters(since="2026-11-23", until="2026-11-23"),
        **{problem.value: Filters(problem=problem.value) for problem in Problem},
    }  # fmt: skip
    with house.store.reading() as connection:
        counts = {
            name: queries.listed(connection, COMPANY, TERMS, MANAGER, filters, now).total
            for name, filters in found.items()
        }
        first = queries.listed(connection, COMPANY, TERMS, MANAGER, Filters(phone=PHONE), now, limit=1)
        rest = queries.listed(connection, COMPANY, TERMS, MANAGER, Filters(phone=PHONE), now, after=first.next)
        board = queries.board(connection, COMPANY, TERMS, MANAGER, now)
    nothing = dict.fromkeys([problem.value for problem in Problem], 0)
    assert counts == nothing | {"all": 2, "phone": 2, "surname": 1, "day": 2, "agreement": 1}
    assert [item["number"] for item in (*first.items, *rest.items)] == [2, 1]
    assert {line.stage.value: line.count for line in board if line.count} == {"application": 1, "decision": 1}
