"""Registries that lie in the exchange folder are taken by the service, or rejected beside a report."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.core.authority import Actor, Role
from gateway.core.clock import FixedClock
from gateway.flows import registries
from gateway.flows.terms import OwnCompany, Terms
from gateway.matching.decision import Policy
from gateway.onec.exchange import FileOutcome, Result
from gateway.payments.registries import service as registry_service
from gateway.payments.registries.guess import propose
from gateway.payments.registries.model import PayoutSource
from gateway.payments.registries.tables import payout_registries
from gateway.service.registry_folders import RegistryFolders
from gateway.store import Store
from gateway.store.engine import sqlite_url
from gateway.store.migrate import upgrade
from tests.payments.registries.files import ACQUIRER, MARKETPLACE_ROWS, workbook

PARTNER, MARKET, STRANGER = "7700000122", "7700000310", "7705123453"
POLICY = dataclasses.replace(Policy(), payout_partners={PARTNER: "acquirer", MARKET: "marketplace"})
TERMS = Terms(own=OwnCompany("ООО «Багет»", "7701000000"), policy=POLICY)
FILE = ACQUIRER.encode("cp1251")
BOOK = workbook(MARKETPLACE_ROWS)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    upgrade(sqlite_url(tmp_path / "kvit.db"))
    store = Store(sqlite_url(tmp_path / "kvit.db"), FixedClock(datetime(2026, 11, 23, 7, tzinfo=UTC)), "test")
    with store.unit(Actor("ivanova", Role.ACCOUNTANT)) as unit:
        for inn, name, data, source in (
            (PARTNER, "r.csv", FILE, PayoutSource.ACQUIRER),
            (MARKET, "r.xlsx", BOOK, PayoutSource.MARKETPLACE),
        ):
            proposed = propose(data, name, source).mapping
            assert proposed is not None
            registries.save_mapping(unit, TERMS, inn, proposed)
        unit.commit()
    yield store
    store.close()


class Drop:
    """The folders, and somebody who drops files into them."""

    def __init__(self, store: Store, exchange: Path) -> None:
        self.exchange = exchange
        self.calls = 0
        self.folders = RegistryFolders(store, TERMS, exchange, self._told, settle_seconds=0)

    def _told(self) -> None:
        self.calls += 1

    def __call__(self, inn: str, name: str, content: bytes) -> FileOutcome:
        folder = self.exchange / "in" / "registries" / inn
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        self.folders.look()  # seen; taken when it lies there unchanged
        return next(outcome for outcome in self.folders.look() if outcome.name == name)


@pytest.fixture
def drop(store: Store, tmp_path: Path) -> Drop:
    return Drop(store, tmp_path / "exchange")


def kept(store: Store) -> list[tuple[str, str, str, int]]:
    with store.reading() as connection:
        rows = connection.execute(payout_registries.select().order_by(payout_registries.c.id)).all()
    return [(row.partner_inn, row.number, row.received_by, row.net) for row in rows]


def test_a_file_is_read_by_its_partners_mapping(store: Store, drop: Drop) -> None:
    outcome = drop(PARTNER, "r.csv", FILE)
    assert outcome.result is Result.DONE and drop.calls == 1
    assert kept(store) == [(PARTNER, "105", "exchange folder", 344_799)]
    assert outcome.stored is not None and outcome.stored.parent.parent == drop.exchange / "done"
    assert drop(PARTNER, "again.csv", FILE).result is Result.DONE
    assert len(kept(store)) == 1, "the same bytes are one registry"


def test_a_workbook_is_no_archive_here(store: Store, drop: Drop) -> None:
    assert drop(MARKET, "r.xlsx", BOOK).result is Result.DONE
    assert kept(store) == [(MARKET, "77/26", "exchange folder", 212_499)]


@pytest.mark.parametrize(
    ("inn", "content", "code"),
    [
        (STRANGER, FILE, "registry.partner_unknown"),
        (MARKET, FILE, "registry.columns_missing"),
        (PARTNER, b"\xd0\xcf\x11\xe0" + bytes(100), "registry.old_workbook"),
    ],
)
def test_what_cannot_be_read_is_rejected_beside_a_report(
    store: Store, drop: Drop, inn: str, content: bytes, code: str
) -> None:
    outcome = drop(inn, "r.csv", content)
    assert outcome.result is Result.REJECTED and outcome.error is not None and outcome.error.code == code
    assert (drop.exchange / "rejected" / "r.csv").read_bytes() == content
    assert outcome.error.text("ru") in (drop.exchange / "rejected" / "r.csv.report.txt").read_text("utf-8-sig")
    assert kept(store) == []


def test_what_does_not_add_up_is_kept_and_reported(store: Store, drop: Drop) -> None:
    outcome = drop(PARTNER, "r.csv", FILE.replace(b"2 000,50", b"2 000,51"))
    assert outcome.result is Result.PARTLY and len(kept(store)) == 1
    [report] = outcome.reports
    assert [problem.code for problem in report.problems] == ["registry.unsound"]
    other = drop(PARTNER, "second.csv", FILE)
    assert [problem.code for problem in other.reports[0].problems] == ["registry.doubled"]


def test_a_workbook_that_is_still_being_written_waits(store: Store, drop: Drop) -> None:
    assert drop(MARKET, "r.xlsx", BOOK[:-500]).result is Result.UNFINISHED
    assert kept(store) == []


def test_money_is_taken_in_while_a_large_file_is_read(
    drop: Drop, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []

    def slowly(*given: object) -> registry_service.FileRead:
        with store.unit(Actor("ivanova", Role.ACCOUNTANT)) as unit:  # would wait for the file's own transaction
            unit.journal("test.wrote", "test:1")
            unit.commit()
        written.append("meanwhile")
        return read(*given)  # type: ignore[arg-type]  # as they came

    read = registry_service.read_file
    monkeypatch.setattr(registry_service, "read_file", slowly)
    assert drop(PARTNER, "r.csv", FILE).result is Result.DONE
    assert written == ["meanwhile"]
