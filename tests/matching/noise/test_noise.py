"""Texts and situations the matcher was not built on: nothing wrong, nothing unsafe, nothing lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.matching import backtest
from tests.matching.noise.generator import generate, write
from tests.standards import need_shared


@pytest.mark.parametrize("seed", ["lighthouse", "marsh"])
def test_noise_leads_to_no_wrong_answer(tmp_path: Path, seed: str) -> None:
    scorer = need_shared("matching/score.py")
    write(tmp_path, generate(1500, seed))
    scored = backtest.score(scorer, tmp_path, backtest.decide_all(tmp_path))
    faults = ("wrong", "unsafe", "bad_releases", "overallocated", "lost_as_duplicate")
    found = {fault: scored[fault] for fault in faults}
    guilty = {name: c for name, c in scored["kinds"].items() if any(c.get(fault) for fault in faults)}
    assert found == dict.fromkeys(faults, 0), guilty
    assert sum(c.get("dup_person", 0) for c in scored["kinds"].values()) == 0
    assert scored["recall"] >= 0.95
