"""A night of very many parcels: batches ordered, their replies read, histories taken in.

    python -m tests.benchmarks.bench_parcels_night [--parcels N]

Timed is our own work: planning and writing down tickets, opening and reading replies of the batch service as XML,
storing them, and taking each history into its parcel (operations, standing, row, timeline). The carrier is no part of
it: its replies are made up when they are fetched, and that time is left out.

The limit is for a night like any other: of all parcels under way a third has moved since yesterday. The first night,
when every operation is new, is told beside it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from gateway.core.clock import FixedClock
from gateway.parcels import tracking
from gateway.parcels.asking import Asking
from gateway.parcels.carriers.ports import Answer, BatchRules, History, Ticket
from gateway.parcels.carriers.post_batch import RULES
from gateway.parcels.carriers.post_records import read_batch
from gateway.parcels.carriers.post_xml import BATCH, ITEMS, SOAP11, content_of, descend
from gateway.parcels.model import CarrierKey, Source
from gateway.parcels.parcels import NewParcel, put
from gateway.parcels.sandbox.world import with_check_digit
from gateway.parcels.tables import operations
from gateway.parcels.terms import ParcelTerms
from gateway.store import Store, Unit
from gateway.store.engine import sqlite_url
from gateway.store.migrate import upgrade

MOST_S = 60.0
A_COMMIT = 2_000
DAY = timedelta(days=1)
FIRST_NIGHT = datetime(2026, 11, 2, 23, 5, tzinfo=UTC)  # five past two in Moscow
MOVED_EACH = 3  # one parcel in so many moves in a day
STEPS = (
    ("28:0", "101000"), ("1:1", "101000"), ("8:0", "101000"), ("8:4", "101000"), ("8:3", "140983"), ("8:4", "140980"),
    ("8:3", "443960"), ("8:4", "443960"), ("8:0", "443960"), ("8:2", "443063"),
)  # fmt: skip
USUAL = 6  # operations of a parcel under way


@dataclass
class PostOffice:
    """The batch service without a network: tells each parcel's operations as of today.

    Attributes:
        today: nights since the first. spent: seconds of its own. bytes: of all its replies.
    """

    today: int = 0
    spent: float = 0.0
    bytes: int = 0
    key: CarrierKey = CarrierKey.POST
    daily: int | None = 100
    batches: BatchRules = RULES
    money_apart: bool = True
    orders: dict[str, Sequence[str]] = field(default_factory=dict)

    def order(self, tracks: Sequence[str]) -> Ticket:
        number = f"T{len(self.orders)}"
        self.orders[number] = tracks
        return Ticket(number, b"")

    def collect(self, ticket: str) -> Answer:
        started = time.perf_counter()
        raw = self._reply(self.orders[ticket])
        self.bytes += len(raw)
        self.spent += time.perf_counter() - started
        value = descend(content_of(raw), "value")
        assert value is not None
        return Answer("batch", ticket, raw, read_batch(value))

    def history(self, track: str) -> Answer:
        raise AssertionError(track)

    money = history

    def close(self) -> None:
        pass

    def _reply(self, tracks: Sequence[str]) -> bytes:
        items = "".join(self._item(track) for track in tracks)
        body = f'<b:answerByTicketResponse xmlns:b="{BATCH}" xmlns:i="{ITEMS}"><value>{items}</value>'
        whole = f'<S:Envelope xmlns:S="{SOAP11}"><S:Body>{body}</b:answerByTicketResponse></S:Body></S:Envelope>'
        return whole.encode()

    def _item(self, track: str) -> str:
        serial = int(track[:-1])
        count = USUAL + (self.today + serial % MOVED_EACH) // MOVED_EACH
        told = []
        for place, (code, index) in enumerate(STEPS[:count]):
            at = FIRST_NIGHT - 8 * DAY + place * DAY + timedelta(seconds=serial % 80_000)
            kind, attribute = code.split(":")
            told.append(
                f'<i:Operation OperTypeID="{kind}" OperCtgID="{attribute}" OperName="Обработка"'
                f' DateOper="{at:%d.%m.%Y %H:%M:%S}" IndexOper="{index}"/>'
            )
        return f'<i:Item Barcode="{track}">{"".join(told)}</i:Item>'


def fill(store: Store, terms: ParcelTerms, count: int) -> None:
    """Parcels as they come from lists."""
    for start in range(0, count, A_COMMIT):
        with store.unit() as unit:
            for serial in range(start, min(start + A_COMMIT, count)):
                put(unit, terms, NewParcel(with_check_digit(f"8{serial:012d}"), Source.FILE, index_to="443063"))
            unit.commit()


def night(asking: Asking, office: PostOffice, clock: FixedClock, count: int) -> tuple[float, float]:
    """Seconds of our own work: ordering, and collecting with all that follows."""
    office.spent = 0.0
    started = time.perf_counter()
    ordered = asking.night()
    order_s = time.perf_counter() - started
    clock.advance(timedelta(minutes=15))
    started = time.perf_counter()
    done = asking.due()
    collect_s = time.perf_counter() - started - office.spent
    expected = -(-count // office.batches.most)
    assert (ordered.tickets, done.collected, done.taken, done.failed) == (expected, expected, count, 0), done
    return order_s, collect_s


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parcels", type=int, default=100_000)
    count = parser.parse_args().parcels
    terms, office = ParcelTerms(), PostOffice()
    with tempfile.TemporaryDirectory() as folder:
        url = sqlite_url(Path(folder) / "kvit.db")
        upgrade(url)
        clock = FixedClock(FIRST_NIGHT - timedelta(hours=1))
        store = Store(url, clock, "bench")
        fill(store, terms, count)

        def take(unit: Unit, parcel_id: str, history: History, reply_id: str) -> object:
            return tracking.take(unit, terms, parcel_id, history, reply_id)

        asking = Asking(store, terms, [office], take)
        clock.at = FIRST_NIGHT
        first = night(asking, office, clock, count)
        clock.at = FIRST_NIGHT + DAY
        office.today, office.bytes = 1, 0
        usual = night(asking, office, clock, count)
        with store.reading() as connection:
            kept = connection.execute(select(func.count()).select_from(operations)).scalar_one()
        store.close()
    print(
        f"a night of {count} parcels, a third of them moved: {sum(usual):.1f} s of own work (limit {MOST_S:.0f}), of "
        f"it {usual[0]:.1f} s for {len(office.orders) // 2} tickets and {usual[1]:.1f} s to read "
        f"{office.bytes / 1e6:.0f} MB and take them in"
    )
    print(f"the first night, all {USUAL} operations of each new: {sum(first):.1f} s; operations kept: {kept}")
    return 0 if sum(usual) <= MOST_S else 1


if __name__ == "__main__":
    sys.exit(main())
