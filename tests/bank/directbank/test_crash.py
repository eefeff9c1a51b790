"""A queue that gives each packet once, and a service that is killed: nothing is lost, nothing comes twice."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import select

from gateway.bank import inbox
from gateway.bank.directbank.client import DirectBankChannel
from gateway.bank.directbank.memory import OTP, StoredMemory, give_code, waits_for_person
from gateway.bank.tables import messages, offers
from gateway.core.clock import SystemClock
from gateway.service.rounds import bank_round
from gateway.store import Store, marks
from gateway.store.engine import sqlite_url
from gateway.store.journal import Head
from gateway.store.migrate import upgrade
from gateway.store.schema import journal
from tests.bank.bxd.pretend import authority, bank_key
from tests.bank.directbank.dying import open_channel
from tests.bank.directbank.pretend import OPENED, PretendBank, document, line, statement
from tests.flows.shop import TERMS

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def database(tmp_path: Path) -> str:
    url = sqlite_url(tmp_path / "kvit.db")
    upgrade(url)
    return url


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    store = Store(database, SystemClock(), "test")
    yield store
    store.close()


def channel(store: Store, url: str) -> DirectBankChannel:
    opened = open_channel(store, url, authority().certificate, DirectBankChannel)
    OPENED.append(opened)
    return opened


class Counting:
    """Notes how long the journal is after each commit that made it longer."""

    def __init__(self, lengths: list[int]) -> None:
        self._lengths = lengths

    def committed(self, store: Store, head: Head) -> None:
        self._lengths.append(head.seq)

    def closing(self, store: Store) -> None: ...


def column(store: Store, table: object) -> list[str]:
    with store.reading() as connection:
        return list(connection.execute(select(table)).scalars())  # type: ignore[call-overload]


def fill(bank: PretendBank) -> None:
    bank.queue = True
    for number in ("125", "126", "127"):
        content = statement(line(number, purpose=f"Оплата по счету № {number}"), statement_id=f"S-{number}")
        bank.offer_documents(document(content, signers=[bank_key()], at=datetime.now(UTC)))


# where it dies, at which packet, what the bank does with a packet that was read → what is kept, what is fetched anew
DEATHS = [
    ("fetch", 2, "once", ["stored"], 2),
    ("prove", 2, "once", ["proved", "stored"], 1),
    ("fetch", 3, "repeatable", [], 3),
    ("prove", 3, "repeatable", ["stored"] * 3, 0),
]


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
@pytest.mark.parametrize(("die_in", "number", "gives", "states", "fetched"), DEATHS)
def test_a_service_killed_between_fetch_and_verdict_loses_nothing(
    bank: PretendBank,
    url: str,
    store: Store,
    database: str,
    tmp_path: Path,
    die_in: str,
    number: int,
    gives: str,
    states: list[str],
    fetched: int,
) -> None:
    fill(bank)
    names = sorted(bank.offered)
    anchor = tmp_path / "anchor.pem"
    anchor.write_bytes(authority().certificate.public_bytes(Encoding.PEM))
    program = [sys.executable, "-m", "tests.bank.directbank.dying", database, url, str(anchor)]
    command = [*program, die_in, str(number), gives]
    died = subprocess.run(command, cwd=ROOT, timeout=60, check=False, capture_output=True)
    assert died.returncode == -9, died.stderr.decode()
    assert column(store, messages.c.state) == states
    before = len(bank.of("GetPack"))
    assert len(bank.offered) == 3 - before, "the bank names no more what it has given"
    done = bank_round(store, TERMS, channel(store, url))
    assert done.polled.result == "new" and done.polled.refused == []
    assert sum(taken.payments for _, taken in done.taken) == 3
    assert column(store, messages.c.state) == ["taken"] * 3 and column(store, offers.c.reference) == []
    assert column(store, messages.c.evidence) == ["signed"] * 3
    assert sorted(column(store, messages.c.reference)) == names, "each is kept once"
    assert len(bank.of("GetPack")) - before == fetched
    assert bank_round(store, TERMS, channel(store, url)).polled.result == "nothing_new"


def test_packets_a_bank_gives_again_share_a_commit(bank: PretendBank, url: str, store: Store) -> None:
    fill(bank)
    commits: list[int] = []
    store.keeper = Counting(commits)
    opened = open_channel(store, url, authority().certificate, DirectBankChannel, repeatable=True)
    OPENED.append(opened)
    assert len(inbox.poll(store, opened).accepted) == 3
    with store.reading() as connection:
        kinds = connection.execute(select(journal.c.kind).order_by(journal.c.seq)).scalars().all()
    assert list(kinds) == ["message.stored"] * 3 + ["message.proved"] * 3
    assert commits == [3, 6]


def test_the_cursor_is_kept_when_everything_listed_is_safe(bank: PretendBank, url: str, store: Store) -> None:
    fill(bank)
    bank.stamp = "2021-06-03T09:16:43.279Z"
    missing = bank.offered[1]
    kept = bank.packets.pop(missing)
    assert inbox.poll(store, channel(store, url)).refused == [(missing, "bank.response_refused")]
    with store.reading() as connection:
        assert marks.get(connection, "test", "bank.cursor:directbank:pretend") is None
    bank.packets[missing] = kept
    assert inbox.poll(store, channel(store, url)).result == "new"
    with store.reading() as connection:
        assert marks.get(connection, "test", "bank.cursor:directbank:pretend") == "2021-06-03T09:16:43.279Z"


def test_what_waits_for_a_person_is_in_the_store_and_raises_an_alarm(bank: PretendBank, url: str, store: Store) -> None:
    bank.otp = "123456"
    polled = inbox.poll(store, channel(store, url))
    assert polled.error is not None and polled.error.code == "bank.otp_needed"
    memory = StoredMemory(store, "directbank:pretend")
    assert waits_for_person(memory)["phone"] == "+*********85"
    give_code(memory, "123456", SystemClock())
    fill(bank)
    assert len(inbox.poll(store, channel(store, url)).accepted) == 3
    assert memory.get(OTP) is None


def test_a_forged_statement_is_kept_refused_and_not_booked(bank: PretendBank, url: str, store: Store) -> None:
    content = statement(line("125"))
    altered = content.replace(b"100.00", b"900.00")
    bank.offer_documents(document(content, signers=[bank_key()], carried=altered, at=datetime.now(UTC)))
    done = bank_round(store, TERMS, channel(store, url))
    assert [code for _, code in done.polled.refused] == ["bank.signature_invalid"] and done.taken == []
    assert column(store, messages.c.state) == ["refused"]
