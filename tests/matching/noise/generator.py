"""A world of the wished size from the kinds of noise."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.matching.noise import kinds_numbers, kinds_other, kinds_parties, kinds_payouts, kinds_sums, kinds_text
from tests.matching.noise.catalogue import KINDS, Kind
from tests.matching.noise.world import World

# Importing them registers their kinds.
_MODULES = (kinds_text, kinds_numbers, kinds_sums, kinds_parties, kinds_payouts, kinds_other)
Files = dict[str, list[dict[str, Any]]]


def kinds() -> dict[str, tuple[int, Kind]]:
    """Weight and function of every kind by name."""
    return dict(KINDS)


def generate(payments: int, seed: str, only: Sequence[str] = ()) -> Files:
    """At least `payments` payments and all that belongs to them: the rows of the four files by name."""
    world = World(seed)
    names = sorted(only or KINDS)
    weights = [KINDS[name][0] for name in names]
    while world.count < payments:
        world.kind = world.r.choices(names, weights)[0]
        KINDS[world.kind][1](world)
    return world.files()


def write(folder: Path, files: Files) -> None:
    """One JSON Lines file for each name, keys sorted."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in files.items():
        text = "".join(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8", newline="\n")
