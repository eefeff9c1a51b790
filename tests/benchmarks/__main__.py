"""Every benchmark, one after the other, and one table of what they measured beside their limits and peers.

    python -m tests.benchmarks [--tiny] [NAME …]

Run it on a machine that does nothing else. Each benchmark is a process of its own and ends with 0 when it kept its
limits; so does this one when all did. `--tiny` only tries that they run: its figures mean nothing.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
WIDTH = 120
TINY = {
    "camt": ["--entries", "50"],
    "directbank": ["--lines", "50", "--packets", "4"],
    "flow": ["--payments", "30"],
    "loans": ["--applications", "300", "--runs", "1"],
    "matching": ["--tiny"],
    "matching_service": ["--invoices", "300", "--payments", "30"],
    "parcels_list": ["--parcels", "300", "--runs", "1"],
    "parcels_night": ["--parcels", "60"],
    "notifications": ["--messages", "20"],
    "poll": ["--calls", "2"],
    "settlement": ["--lines", "60", "--parties", "6", "--months", "1"],
    "signing": ["--rounds", "1", "--seconds", "0"],
    "tray": ["--payments", "300", "--runs", "1"],
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one benchmark said and how it ended."""

    name: str
    code: int
    lines: list[str]

    @property
    def verdict(self) -> str:
        return {0: "kept", 1: "missed"}.get(self.code, f"failed ({self.code})")


def names() -> list[str]:
    """All benchmarks: "camt" for bench_camt.py."""
    return sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))


def run(name: str, *, tiny: bool = False) -> Outcome:
    """Run one; its standard error goes to ours."""
    command = [sys.executable, "-m", f"tests.benchmarks.bench_{name}", *(TINY.get(name, []) if tiny else [])]
    done = subprocess.run(command, cwd=HERE.parents[1], stdout=subprocess.PIPE, text=True, check=False)
    return Outcome(name, done.returncode, done.stdout.strip().splitlines())


def table(outcomes: list[Outcome]) -> str:
    """Name, verdict and figures, the long lines folded."""
    rows = [("benchmark", "limits", ["figures"]), *((o.name, o.verdict, o.lines) for o in outcomes)]
    first, second = (max(len(str(row[column])) for row in rows) + 2 for column in (0, 1))
    folded = []
    for name, verdict, lines in rows:
        pieces = [piece for line in lines for piece in textwrap.wrap(line, WIDTH - first - second)] or [""]
        folded.append(f"{name:<{first}}{verdict:<{second}}{pieces[0]}")
        folded += [" " * (first + second) + piece for piece in pieces[1:]]
    return "\n".join(folded)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which ones: {', '.join(names())}; all by default")
    parser.add_argument("--tiny", action="store_true", help="only try that they run")
    options = parser.parse_args()
    unknown = sorted(set(options.names) - set(names()))
    if unknown:
        parser.error(f"no such benchmark: {', '.join(unknown)} (there are {', '.join(names())})")
    outcomes = []
    for name in options.names or names():
        print(f"{name} …", file=sys.stderr, flush=True)
        outcomes.append(run(name, tiny=options.tiny))
    print(table(outcomes))
    return max((outcome.code for outcome in outcomes), default=0)


if __name__ == "__main__":
    sys.exit(main())
