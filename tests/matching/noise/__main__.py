"""Write a world as the four files of the shared generator's format."""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.matching.noise.generator import generate, kinds, write


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.matching.noise", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("noise"), help="folder for the four files")
    parser.add_argument("--payments", type=int, default=1000, help="at least so many payments")
    parser.add_argument("--seed", default="1", help="any text; the same text gives the same files")
    parser.add_argument("--kinds", default="", help="only these kinds, with commas between")
    parser.add_argument("--list-kinds", action="store_true", help="name every kind with its weight and stop")
    arguments = parser.parse_args()
    if arguments.list_kinds:
        for name, (weight, situation) in sorted(kinds().items()):
            print(f"{weight:4d}  {name:36s} {(situation.__doc__ or '').splitlines()[0] if situation.__doc__ else ''}")
        return
    chosen = [name for name in arguments.kinds.split(",") if name]
    unknown = sorted(set(chosen) - set(kinds()))
    if unknown:
        parser.error(f"unknown kinds: {', '.join(unknown)}")
    files = generate(arguments.payments, arguments.seed, chosen)
    write(arguments.out, files)
    print(", ".join(f"{len(rows)} {name}" for name, rows in files.items()))


if __name__ == "__main__":
    main()
