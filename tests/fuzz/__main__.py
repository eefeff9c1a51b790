"""The runner; see the package."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.fuzz.engine import FINDINGS, Watch
from tests.fuzz.targets import TARGETS

_TURN = 5.0  # seconds each target has before the next one's turn


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Fuzz parsers and verifiers.")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(TARGETS)}; all when left out")
    parser.add_argument("--seconds", type=float, default=60.0, help="for all targets together")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="the same seed tries the same inputs")
    parser.add_argument("--out", type=Path, default=FINDINGS, help="where findings are kept")
    asked = parser.parse_args()
    unknown = set(asked.targets) - TARGETS.keys()
    if unknown:
        parser.error(f"no such target: {', '.join(sorted(unknown))}")
    chosen = [TARGETS[name] for name in asked.targets or TARGETS]
    watch = Watch(asked.out)
    ends = time.monotonic() + asked.seconds
    turn, number = min(_TURN, asked.seconds / len(chosen)), 0
    while time.monotonic() < ends:
        watch.run(chosen[number % len(chosen)], min(turn, max(0.0, ends - time.monotonic())), asked.seed + number)
        number += 1
    for name, cases in watch.cases.items():
        print(f"{name:24} {cases:9} cases, slowest {watch.slowest[name] * 1000:8.1f} ms")
    for name, found, file in watch.findings:
        print(f"\n{name}: {file}\n{found}")
    print(f"\nseed {asked.seed}: {sum(watch.cases.values())} cases, {len(watch.findings)} findings")
    return 1 if watch.findings else 0


if __name__ == "__main__":
    sys.exit(main())
