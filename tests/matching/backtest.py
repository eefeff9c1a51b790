"""The shared generator's files through `gateway.matching.trial`: for tests and benchmarks."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from gateway.matching.decide import Decision, Policy
from gateway.matching.facts import PaymentIn
from gateway.matching.index import InvoiceCard
from gateway.matching.trial import always, run
from gateway.payments.registries.model import Registry
from gateway.service.trials import folder as files
from gateway.service.trials.bad_rows import BadRows
from gateway.service.trials.decisions_file import DecisionsFile

PARTNERS = files.PARTNERS
POLICY = Policy(payout_partners=PARTNERS)
FAULTS = ("wrong", "unsafe", "bad_releases", "overallocated", "lost_as_duplicate")
"""Figures of the scorer that have to be nought."""


def generate(script: Path, out: Path, *arguments: str) -> Path:
    """Run gen_payments.py; `out` with the four files in it."""
    subprocess.run(
        [sys.executable, str(script), "--out", str(out), *arguments], check=True, capture_output=True, timeout=100
    )
    return out


def rows(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    with (folder / f"{name}.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def invoices(folder: Path) -> Iterator[InvoiceCard]:
    bad = BadRows()
    yield from files.invoices(folder, bad)
    assert bad.count == 0


def registries(folder: Path) -> list[Registry]:
    bad = BadRows()
    found = files.registries(folder, bad)
    assert bad.count == 0
    return found


def payments(folder: Path) -> Iterable[PaymentIn]:
    bad = BadRows()
    found = files.Payments(folder, bad)
    assert bad.count == 0
    return found


def decide_all(folder: Path) -> Iterator[tuple[PaymentIn, Decision]]:
    """Every payment in order of arrival, each decision booked before the next."""
    return run(invoices(folder), payments(folder), registries(folder), always(POLICY))


def score(script: Path, folder: Path, decided: Iterable[tuple[PaymentIn, Decision]]) -> dict[str, Any]:
    """The scorer's figures."""
    out = folder / "decisions.jsonl"
    with DecisionsFile(out) as decisions:
        for payment, decision in decided:
            decisions.write(payment, decision)
    return score_file(script, folder, out)


def score_file(script: Path, folder: Path, decisions: Path) -> dict[str, Any]:
    """The scorer's figures on a file of decisions."""
    result = folder / "score.json"
    subprocess.run(
        [sys.executable, str(script), str(folder), str(decisions), "--json", str(result)],
        check=True, capture_output=True, timeout=100,
    )  # fmt: skip
    scored: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    return scored
