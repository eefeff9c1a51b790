"""Each benchmark runs and says something; its figures at these sizes mean nothing."""

from __future__ import annotations

import re

import pytest

from tests.benchmarks.__main__ import TINY, Outcome, names, run, table

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", names())
def test_it_runs_at_a_tiny_size_and_gives_figures(name: str) -> None:
    outcome = run(name, tiny=True)
    assert outcome.code in (0, 1), outcome
    assert outcome.lines
    assert all(re.search(r"\d", line) for line in outcome.lines)


def test_every_benchmark_has_a_tiny_size() -> None:
    assert set(names()) == set(TINY)


def test_the_table_names_each_with_its_verdict_and_folds_long_lines() -> None:
    long = "a figure " * 40
    shown = table([Outcome("camt", 0, ["1 s"]), Outcome("flow", 1, [long, "2 s"]), Outcome("tray", 3, [])])
    lines = shown.splitlines()
    assert lines[0].split() == ["benchmark", "limits", "figures"]
    assert lines[1].split() == ["camt", "kept", "1", "s"]
    assert lines[2].startswith("flow")
    assert "missed" in lines[2]
    assert lines[-1].split() == ["tray", "failed", "(3)"]
    assert max(map(len, lines)) <= 120
