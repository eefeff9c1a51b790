"""The release rule of goods on credit: every combination of facts against the table of the three ways."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from gateway.core import catalogue
from gateway.core.money import Money
from gateway.loans.model import SigningWay
from gateway.loans.release import LoanFacts, loan_release_rule

GOOD = LoanFacts(
    way=SigningWay.CLERK,
    identity_checked=True,
    signed=True,
    cooling_off_over=True,
    amounts_fit=True,
    contradicted=False,
    standing=True,
    revoked=False,
    suspended=False,
    on_hold=False,
    down_paid=True,
    received=True,
    trusted=False,
    exposure=Money(0),
    goods=Money(100),
    limit=None,
    switched_on=True,
)
_FLAGS = ("identity_checked", "signed", "cooling_off_over", "amounts_fit", "standing", "down_paid", "switched_on")
_AGAINST = ("contradicted", "revoked", "suspended", "on_hold")


@pytest.mark.parametrize("way", list(SigningWay))
def test_every_combination_of_facts_is_judged_by_the_table(way: SigningWay) -> None:
    for values in product((False, True), repeat=len(_FLAGS) + len(_AGAINST) + 3):
        flags: dict[str, Any] = dict(zip((*_FLAGS, *_AGAINST, "received", "trusted", "fits"), values, strict=True))
        fits = flags.pop("fits")
        facts = replace(GOOD, way=way, limit=Money(100 if fits else 99), **flags)
        common = all(flags[name] for name in _FLAGS) and not any(flags[name] for name in _AGAINST)
        on_trust = fits and (way is SigningWay.CLERK or flags["trusted"])
        verdict = loan_release_rule(facts)
        assert verdict.ok == (common and (flags["received"] or on_trust)), flags
        assert verdict.ok == (not verdict.failed)


@pytest.mark.parametrize(
    ("exposure", "goods", "limit", "ok"),
    [(0, 100, 100, True), (1, 100, 100, False), (0, 101, 100, False), (10**12, 100, None, True)],
)
def test_the_risk_limit_counts_what_is_out_and_this(exposure: int, goods: int, limit: int | None, ok: bool) -> None:
    facts = replace(
        GOOD,
        received=False,
        exposure=Money(exposure),
        goods=Money(goods),
        limit=None if limit is None else Money(limit),
    )
    assert loan_release_rule(facts).ok == ok


def test_money_that_is_here_needs_no_limit() -> None:
    assert loan_release_rule(replace(GOOD, limit=Money(1))).ok


def test_each_line_has_its_text() -> None:
    met: set[str] = set()
    for way, received, trusted in product(SigningWay, (False, True), (False, True)):
        met |= {
            line.code for line in loan_release_rule(replace(GOOD, way=way, received=received, trusted=trusted)).lines
        }
    assert len(met) == 14
    assert all(f"release.{code}" in catalogue.entries() for code in met)
