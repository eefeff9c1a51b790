"""camt.053 of 20,000 entries: our reader beside lxml that merely iterates the same file.

    python tests/benchmarks/bench_camt.py [--entries N]

Prints one line with the ratio, the growth of memory and their limits. Each figure is the best of five runs, all made by
a process of its own, our reader and the peer in turns, so that other work on the machine hits both.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from lxml import etree

from gateway.bank.formats.camt import read
from gateway.bank.formats.camt_write import write
from gateway.bank.statement import Balance, Entry, Party, StatementHead
from gateway.core.money import Money

MOST_TIMES = 3.0
MOST_MEGABYTES = 60.0
RUNS = 5


def make(path: Path, count: int) -> None:
    """A final statement of `count` payments, every one different, every field in use."""
    now = datetime(2026, 11, 21, 15, tzinfo=UTC)
    day = date(2026, 11, 21)
    own = Party("ООО Рамка", "7701234567", "770101001", "40702810901300013000", "044525593", "АО Песочница")
    entries = [
        Entry(
            ref=f"KB261121{i:07d}", entry_ref=str(i + 1), e2e="", tx_id=f"{i:026d}", amount=Money(100000 + i * 37),
            incoming=True, reversal=False, status="BOOK", booked=day, value=day, bank_time=now + timedelta(seconds=i),
            counterparty=Party(
                f"ООО Покупатель {i % 977}", "7728168971", "772801001", f"4070281090{i % 977:010d}", "044525225",
                "ПАО Сбербанк",
            ),
            purpose=f"Оплата по счету № {i} от 20.11.2026 за рамки багетные, в т.ч. НДС 22%",
            doc_no=str(i % 999_999), doc_date=day, code="PMNT/RCDT/DMCT", original_ref="", detail_index=0,
            occurrence=0, warnings=(),
        )
        for i in range(count)
    ]  # fmt: skip
    balances = (Balance("OPBD", Money(0), day, "RUB"), Balance("CLBD", Money(1), day, "RUB"))
    head = StatementHead(
        "camt.053", "S1", "325", now, own.account, own.name, own.bic, "RUB", now - timedelta(days=1), now, balances
    )
    path.write_bytes(write(head, entries, message_id="M1", own=own))


def iterate(path: Path) -> int:
    """The peer: lxml visits every element and forgets it."""
    count = 0
    for _, element in etree.iterparse(str(path)):
        element.clear()
        count += 1
    return count


def iterate_entries(path: Path) -> int:
    """The same, but Python sees the Ntry elements only: what C alone needs."""
    count = 0
    for _, element in etree.iterparse(str(path), tag="{*}Ntry"):
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
        count += 1
    return count


def ours(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in read(file))


def timed(work: Callable[[Path], int], path: Path) -> float:
    start = time.process_time()
    work(path)
    return time.process_time() - start


def peak_megabytes() -> float | None:
    """The most memory this process has had so far; None where the system does not say.

    Not getrusage: its figure is inherited from the process that started us.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(peak.split()[1]) / 1024


def measure(path: Path) -> dict[str, float | None]:
    """Run in a fresh process: memory first, while nothing else has used any."""
    before = peak_megabytes()
    ours(path)
    after = peak_megabytes()
    best: dict[str, float] = {}
    for _ in range(RUNS):
        for work in (ours, iterate, iterate_entries):
            taken = timed(work, path)
            best[work.__name__] = min(best.get(work.__name__, taken), taken)
    grown = None if before is None or after is None else after - before
    return {**best, "megabytes": grown}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=20_000)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.measure)))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "statement.xml"
        make(path, options.entries)
        size = path.stat().st_size / 1e6
        child = subprocess.run(
            [sys.executable, __file__, "--measure", str(path)], check=True, capture_output=True, text=True
        )
    found = json.loads(child.stdout)
    ratio = found["ours"] / found["iterate"]
    lean = found["ours"] / found["iterate_entries"]
    grown = found["megabytes"]
    memory = "memory not measured on this system" if grown is None else f"memory +{grown:.1f} MB"
    print(
        f"camt.053 {options.entries} entries {size:.1f} MB: ours {found['ours']:.2f} s, "
        f"lxml iterparse+clear {found['iterate']:.2f} s, ratio {ratio:.2f} (limit {MOST_TIMES:.1f}); "
        f"lxml seeing only Ntry {found['iterate_entries']:.2f} s, ratio {lean:.2f} (for information); "
        f"{memory} (limit {MOST_MEGABYTES:.0f} MB)"
    )
    return 0 if ratio <= MOST_TIMES and (grown is None or grown < MOST_MEGABYTES) else 1


if __name__ == "__main__":
    sys.exit(main())
