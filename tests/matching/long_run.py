"""The long run: the generator, the matcher and the scorer, seed after seed, until enough was decided automatically.

    python -m tests.matching.long_run --decisions 300000

Nothing wrong in n automatic decisions bounds the share of wrong ones by 3/n (95 %): 300,000 bound it by one in a
hundred thousand. Each line is one seed; the command ends with 1 at the first fault and names the seed, whose files
stay in the folder. Needs the shared folder beside the project.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.matching import backtest
from tests.standards import SHARED

MIXES = ("uniform", "realistic")


def main(arguments: list[str] | None = None) -> int:
    asked = _asked(arguments)
    generator, scorer = SHARED / "matching" / "gen_payments.py", SHARED / "matching" / "score.py"
    if not generator.exists():
        print(f"There is no {generator}.", file=sys.stderr)
        return 2
    totals: Counter[str] = Counter()
    started = time.monotonic()
    number = 0
    while totals["auto"] < asked.decisions:
        seed, mix = f"{asked.seed}-{number}", MIXES[number % len(MIXES)]
        size = ["--invoices", str(asked.payments), "--payments", str(asked.payments)]
        folder = asked.folder / seed
        backtest.generate(generator, folder, *size, "--seed", seed, "--mix", mix)
        scored = backtest.score(scorer, folder, backtest.decide_all(folder))
        totals.update({name: scored[name] for name in _COUNTED})
        totals["want"] += sum(kind.get("want_auto", 0) for kind in scored["kinds"].values())
        print(_line(seed, mix, scored), flush=True)
        if any(scored[fault] for fault in backtest.FAULTS):
            print(f"A fault. The files: {folder}")
            return 1
        shutil.rmtree(folder)
        number += 1
    print(
        f"{number} seeds, {totals['payments']:,} payments, {totals['auto']:,} automatic, no fault; "
        f"share of faults below {3 / totals['auto']:.1e} (95 %); recall {totals['correct'] / totals['want']:.4f}; "
        f"{time.monotonic() - started:.0f} s"
    )
    return 0


_COUNTED = ("payments", "auto", "correct")


def _line(seed: str, mix: str, scored: dict[str, Any]) -> str:
    faults = " ".join(f"{fault} {scored[fault]}" for fault in backtest.FAULTS)
    return f"{seed:<14} {mix:<10} automatic {scored['auto']:>6} recall {scored['recall']:.4f}  {faults}"


def _asked(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.matching.long_run", description=__doc__.partition("\n")[0])
    parser.add_argument("--decisions", type=int, default=300_000, help="automatic decisions to make")
    parser.add_argument("--payments", type=int, default=10_000, help="payments of each seed")
    parser.add_argument("--seed", default=time.strftime("%Y%m%d%H%M"), help="beginning of the seeds' names")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "kvit-long-run")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
