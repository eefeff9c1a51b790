"""Messages, the report, guesses and figures of parcels on PostgreSQL: the same as on SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from gateway.core.authority import SERVICE
from gateway.core.money import Money
from gateway.flows.parcel_morning import report_once, write_to_buyers
from gateway.parcels import guess, kpi, watch
from gateway.parcels.kpi import By
from gateway.parcels.terms import GuessTerms
from gateway.parcels.watch import Trouble
from gateway.store import Store
from gateway.store.migrate import upgrade
from tests.flows.parcel_buyers import ACCEPTED, ARRIVED, COLLECTED, SORTED, TERMS, Told
from tests.parcels.histories import START
from tests.parcels.house import COMPANY
from tests.store import postgres


@pytest.fixture
def buyers(tmp_path: Path) -> Iterator[Told]:
    binaries = postgres.programs()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    with postgres.running(binaries) as server:
        url = server.url(server.create())
        upgrade(url)
        made = Told(tmp_path, replace(TERMS, report_to=("director@shop.example",)))
        made.store.close()
        made.store = Store(url, made.clock, COMPANY)
        yield made
        made.close()


def test_the_whole_way(buyers: Told) -> None:
    buyers.terms = replace(buyers.terms, guess=GuessTerms(on=True, share=Decimal("0.70"), least=4))
    for number in range(5):
        parcel = buyers.put(f"8011000001{number:04d}", postage=Money(300_00), mail_type=4).id
        buyers.hear(parcel, ACCEPTED, SORTED, ("8:2", 3.0 + number / 8, "170100"), COLLECTED)
    waits = buyers.put("62009147017544", cod=Money(700_00), mail_type=4).id
    buyers.hear(waits, ACCEPTED, SORTED, ARRIVED)
    forgotten = buyers.put().id
    buyers.hear(forgotten, ACCEPTED, SORTED)
    buyers.clock.at = START + timedelta(days=8)  # noon of the 13th
    assert guess.remake(buyers.store, buyers.terms) > 0
    assert buyers.row(forgotten).guess_since is not None
    buyers.says_nothing_new(forgotten)
    assert write_to_buyers(buyers.store, buyers.terms, buyers.notify, lambda: False) == 2
    assert {"reminder.170100#1.1", "maybe_ready"} <= set(buyers.events("queued"))
    report = buyers.do(SERVICE, lambda unit: report_once(unit, buyers.terms, buyers.notify))
    assert report is not None and [section.trouble for section in report.sections] == [Trouble.MAYBE_WAITING]
    with buyers.store.reading() as connection:
        figures = kpi.figures(connection, COMPANY, buyers.terms, START + timedelta(days=100))
        assert watch.counts(connection, COMPANY, buyers.terms, buyers.clock.now())[Trouble.STUCK] == 0
    [october] = figures.cohorts
    assert (october.parcels, october.open, october.mature) == (7, 2, True)
    assert len(figures.groups[By.REGION]) == 1
