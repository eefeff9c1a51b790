"""The shared generator and its scorer: no bad release, nothing wrong, nothing a person had to decide.

Thirty thousand automatic decisions without a fault leave, by the rule of three, a share of faults below one in ten
thousand (95 %). `python -m tests.matching.long_run` takes it further.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.matching import backtest
from tests.standards import need_shared

SEEDS = ("orchard", "harbour", "meadow", "cellar", "summit")
PAYMENTS = 8300  # by the generator's uniform mix, 73 % of them may be automatic
LEAST_AUTOMATIC = 6000


def _scored(folder: Path, *arguments: str) -> dict[str, Any]:
    generator, scorer = need_shared("matching/gen_payments.py"), need_shared("matching/score.py")
    backtest.generate(generator, folder, *arguments)
    return backtest.score(scorer, folder, backtest.decide_all(folder))


def _faultless(scored: dict[str, Any]) -> bool:
    return {fault: scored[fault] for fault in backtest.FAULTS} == dict.fromkeys(backtest.FAULTS, 0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_released_or_credited_wrongly(tmp_path: Path, seed: str) -> None:
    size = ["--invoices", str(PAYMENTS), "--payments", str(PAYMENTS)]
    scored = _scored(tmp_path, *size, "--seed", seed, "--mix", "uniform")
    assert _faultless(scored), {fault: scored[fault] for fault in backtest.FAULTS}
    assert scored["auto"] >= LEAST_AUTOMATIC
    assert scored["precision"] == 1.0
    assert scored["recall"] >= 0.99
    assert scored["kinds"].get("duplicate_resend", {}).get("dup_person", 0) == 0


def test_the_seeds_together_are_thirty_thousand_automatic_decisions() -> None:
    assert len(SEEDS) * LEAST_AUTOMATIC >= 30_000


def test_the_realistic_mix_goes_by_itself_in_four_cases_of_five(tmp_path: Path) -> None:
    scored = _scored(tmp_path, "--invoices", "3000", "--payments", "3000", "--seed", "quarry")
    assert _faultless(scored), {fault: scored[fault] for fault in backtest.FAULTS}
    assert scored["auto_rate"] >= 0.80
    assert scored["recall"] >= 0.99


def test_one_buyer_who_owns_everything(tmp_path: Path) -> None:
    arguments = ["--invoices", "2000", "--payments", "2000", "--seed", "hotel", "--kinds", "base", "--hot-payer"]
    scored = _scored(tmp_path, *arguments)
    assert (scored["wrong"], scored["bad_releases"]) == (0, 0)
    assert scored["recall"] >= 0.99


def test_the_right_invoice_is_among_the_suggestions(tmp_path: Path) -> None:
    generator = need_shared("matching/gen_payments.py")
    folder = backtest.generate(
        generator, tmp_path, "--invoices", "2000", "--payments", "2000", "--seed", "grove", "--mix", "uniform"
    )
    truth = {row["payment_id"]: {i for i, _ in row["allocations"]} for row in backtest.rows(folder, "truth")}
    asked = [
        truth[payment.id] in [{i for i, _ in s.allocations} for s in decision.suggestions]
        for payment, decision in backtest.decide_all(folder)
        if not decision.automatic and truth[payment.id]
    ]
    assert sum(asked) >= 0.85 * len(asked)
