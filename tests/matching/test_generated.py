"""The shared generator and its scorer: no bad release, nothing wrong, nothing a person had to decide."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.matching import backtest
from tests.standards import need_shared


@pytest.mark.parametrize(
    ("seed", "mix"), [("orchard", "uniform"), ("harbour", "uniform"), ("meadow", "uniform"), ("quarry", "realistic")]
)
def test_nothing_is_released_or_credited_wrongly(tmp_path: Path, seed: str, mix: str) -> None:
    generator, scorer = need_shared("matching/gen_payments.py"), need_shared("matching/score.py")
    folder = backtest.generate(
        generator, tmp_path, "--invoices", "3000", "--payments", "3000", "--seed", seed, "--mix", mix
    )
    scored = backtest.score(scorer, folder, backtest.decide_all(folder))
    faults = ("wrong", "unsafe", "bad_releases", "overallocated", "lost_as_duplicate")
    assert {fault: scored[fault] for fault in faults} == dict.fromkeys(faults, 0)
    assert scored["precision"] == 1.0
    assert scored["recall"] >= 0.99
    assert scored["kinds"].get("duplicate_resend", {}).get("dup_person", 0) == 0
    if mix == "realistic":
        assert scored["auto_rate"] >= 0.80


def test_one_buyer_who_owns_everything(tmp_path: Path) -> None:
    generator, scorer = need_shared("matching/gen_payments.py"), need_shared("matching/score.py")
    arguments = ["--invoices", "2000", "--payments", "2000", "--seed", "hotel", "--kinds", "base", "--hot-payer"]
    folder = backtest.generate(generator, tmp_path, *arguments)
    scored = backtest.score(scorer, folder, backtest.decide_all(folder))
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
