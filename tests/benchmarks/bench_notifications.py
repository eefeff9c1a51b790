"""SMS a second through the whole sending loop, over SMPP to the sandbox centre, receipts included.

    python -m tests.benchmarks.bench_notifications [--messages N]

Ours: rows in the queue of a database file, claimed, marked, handed over, answered, receipts stored and matched, until
every message is delivered. The peer: a bare aiosmpplib client that sends the same texts from memory to the same centre
and counts answers and receipts, and keeps nothing. The centre runs in this process beside either.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from aiosmpplib import ESME, NPI, TON, AbstractHook, DeliverSm, PhoneNumber, SmppMessage, SubmitSm
from aiosmpplib.broker import SimpleBroker
from aiosmpplib.log import CRITICAL

from gateway.core.clock import FixedClock
from gateway.notify import queue
from gateway.notify.gateways.smpp import SmppGateway
from gateway.notify.gateways.smpp_session import Account
from gateway.notify.sandbox.centre import Centre
from gateway.notify.sandbox.smsc import HOST, Smsc
from gateway.notify.sending import Sender
from gateway.notify.tables import notifications
from gateway.store import Store
from gateway.store.engine import sqlite_url
from gateway.store.migrate import upgrade
from tests.notify.messages import TERMS, all_rows, new

LEAST = 50.0
NOON = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LOGIN = ("kvit", "secret")
_PER_SECOND = 10_000  # no pace: what it can do
_PATIENCE = 300.0


def phone(number: int) -> str:
    return f"+7916{number:07d}"


class Counting(AbstractHook):
    """Counts what comes back."""

    def __init__(self, messages: int) -> None:
        self.receipts = 0
        self.done = asyncio.Event()
        self._messages = messages

    async def sending(self, smpp_message: SmppMessage, pdu: bytes, client_id: str) -> None:
        """Nothing is kept."""

    async def received(self, smpp_message: SmppMessage | None, pdu: bytes, client_id: str) -> None:
        if isinstance(smpp_message, DeliverSm):
            self.receipts += 1
            if self.receipts >= self._messages:
                self.done.set()

    async def send_error(self, smpp_message: SmppMessage, error: Exception, client_id: str) -> None:
        raise error


async def bare(port: int, texts: list[str]) -> float:
    """Seconds the peer takes for `texts`, one part each."""
    hook, broker = Counting(len(texts)), SimpleBroker(len(texts) + 1)
    for number, text in enumerate(texts):
        await broker.enqueue(
            SubmitSm(
                short_message=text,
                source=PhoneNumber("ROGA", TON.ALPHANUMERIC, NPI.UNKNOWN),
                destination=PhoneNumber(phone(number).lstrip("+"), TON.INTERNATIONAL, NPI.ISDN),
                log_id=str(number),
            )
        )
    esme = ESME(HOST, port, *LOGIN, hook=hook, broker=broker, log_level=CRITICAL)
    began = time.perf_counter()
    work = asyncio.create_task(esme.start())
    await asyncio.wait_for(hook.done.wait(), _PATIENCE)
    took = time.perf_counter() - began
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    return took


def ours(store: Store, port: int) -> float:
    """Seconds until the queue is empty and every receipt is in."""
    gateway = SmppGateway(Account(HOST, port, *LOGIN), "ROGA", _PER_SECOND)
    while gateway.trouble():
        time.sleep(0.005)
    sender = Sender(store, TERMS, gateway, None)
    began = time.perf_counter()
    with store.reading() as connection:
        left = connection.exec_driver_sql("SELECT count(*) FROM notifications").scalar_one()
    while left and time.perf_counter() - began < _PATIENCE:
        if not sender.round().more:
            time.sleep(0.005)
        with store.reading() as connection:
            left = connection.exec_driver_sql(
                "SELECT count(*) FROM notifications WHERE state <> 'delivered'"
            ).scalar_one()
    took = time.perf_counter() - began
    gateway.close()
    return took


def fill(store: Store, count: int) -> list[str]:
    """Put messages into the queue, as one part each; their texts."""
    with store.unit() as unit:
        for number in range(count):
            written = queue.write(unit, TERMS, new(f"parcel:{number}", phone=phone(number)))
            assert written is not None
            unit.update(notifications, written, body=f"Посылка {number:07d} ждёт вас в отделении 443001", segments=1)
        unit.commit()
    return [row.body for row in all_rows(store)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=2000, help="how many (default 2000)")
    count = parser.parse_args().messages
    with tempfile.TemporaryDirectory() as folder:
        url = sqlite_url(Path(folder) / "kvit.db")
        upgrade(url)
        store = Store(url, FixedClock(NOON), "bench")
        book = Centre(Path(folder) / "sms.sqlite")
        peers_book = Centre(Path(folder) / "peer.sqlite")
        try:
            texts = fill(store, count)
            with Smsc(book, LOGIN) as centre:
                rate = count / ours(store, centre.port)
            with Smsc(peers_book, LOGIN) as centre:
                peer = count / asyncio.run(bare(centre.port, texts))
            accepted = [each.phone for each in book.accepted()]
            delivered = sum(row.state == "delivered" for row in all_rows(store))
        finally:
            book.close()
            peers_book.close()
            store.close()
    once = len(accepted) == len(set(accepted)) == delivered == count
    print(
        f"{count:,} SMS with receipts: {rate:.0f} a second through queue, database and SMPP (at least {LEAST:.0f}); a "
        f"bare aiosmpplib client that keeps nothing: {peer:.0f} a second; sent and delivered exactly once: "
        f"{delivered} of {count}"
    )
    return 0 if rate >= LEAST and once else 1


if __name__ == "__main__":
    sys.exit(main())
