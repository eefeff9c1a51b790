"""Texts by people who did not write the matcher: nothing wrong, nothing unsafe, and hardly anything missed."""

from __future__ import annotations

from collections import Counter
from functools import cache
from types import ModuleType

import pytest

from gateway.matching.decision import Decision
from tests.matching.handwritten import (
    accountants,
    client_bank,
    decoys,
    everyday,
    fourth_lists,
    fourth_names,
    fourth_negations,
    fourth_numbers,
    fourth_others_money,
    fourth_parts,
    fourth_typing,
    individuals,
    money_that_is_no_sale,
    partial_and_over,
    payouts,
    same_document,
    second_money_in_parts,
    second_phones,
    second_regions,
    second_traps,
    second_voices,
    second_wholesale,
    several_invoices,
    third_oddities,
    third_parties,
    third_pitfalls,
    third_statements,
    third_statements_several,
)
from tests.matching.handwritten.invoices import BY_ID, INVOICES
from tests.matching.handwritten.judge import HARMLESS, Verdict, answer, judge, parts_of
from tests.matching.handwritten.model import Case

THEMES = (
    client_bank,
    everyday,
    accountants,
    individuals,
    several_invoices,
    partial_and_over,
    third_parties,
    decoys,
    money_that_is_no_sale,
    payouts,
    same_document,
    second_regions,
    second_phones,
    second_wholesale,
    second_traps,
    second_money_in_parts,
    second_voices,
    third_statements,
    third_statements_several,
    third_oddities,
    third_pitfalls,
    fourth_others_money,
    fourth_names,
    fourth_negations,
    fourth_numbers,
    fourth_lists,
    fourth_typing,
    fourth_parts,
)


def named(theme: ModuleType) -> str:
    return theme.__name__.rpartition(".")[2]


CASES: dict[str, Case] = {f"{named(theme)}-{case.name}": case for theme in THEMES for case in theme.CASES}
# A theme is one test that names every bad case of it: a test of its own for each text costs more than its answer.
each_theme = pytest.mark.parametrize("theme", THEMES, ids=named)


def cases_of(theme: ModuleType) -> dict[str, Case]:
    return {case.name: case for case in theme.CASES}


@cache
def answered(name: str) -> Decision:
    return answer(CASES[name])


@each_theme
def test_a_text_is_answered_as_policy_has_it_or_a_person_is_asked(theme: ModuleType) -> None:
    bad = []
    for name, case in cases_of(theme).items():
        decision = answered(f"{named(theme)}-{name}")
        verdict = judge(case, decision)
        if verdict not in HARMLESS:
            told = f"{verdict}: {decision.outcome} {parts_of(decision)}"
            bad.append(f"{name}: {told}, expected {case.expect} {case.allocations}: {case.purpose}")
    assert not bad, "\n".join(bad)


@each_theme
def test_goods_leave_only_for_their_full_price(theme: ModuleType) -> None:
    """An invoice may be released only where the true money covers all that is due of it."""
    bad = []
    for name, case in cases_of(theme).items():
        released = answered(f"{named(theme)}-{name}").release_ok
        bad += [f"{name}: {invoice_id}" for invoice_id in released if not covered(case, invoice_id)]
    assert not bad, "\n".join(bad)


def covered(case: Case, invoice_id: str) -> bool:
    """Whether the true money pays all that was still due of the invoice."""
    due = BY_ID[invoice_id].rest - sum(
        kopecks for earlier in case.booked_before for paid, kopecks in earlier.allocations if paid == invoice_id
    )
    return any(dict(parts).get(invoice_id, 0) >= due for parts in (case.allocations, *case.alt))


def test_almost_everything_that_may_be_automatic_is() -> None:
    verdicts = {name: judge(case, answered(name)) for name, case in CASES.items()}
    counted = Counter(verdicts.values())
    assert all(counted[bad] == 0 for bad in Verdict if bad not in HARMLESS), counted
    reachable = sum(case.expect == "auto" for case in CASES.values())
    missed = [name for name, verdict in verdicts.items() if verdict is Verdict.MISSED]
    assert counted[Verdict.CORRECT] == reachable - len(missed)
    assert counted[Verdict.CORRECT] * 100 >= reachable * 95, f"{len(missed)} of {reachable} missed: {missed}"


@each_theme
def test_a_case_is_sound_in_itself(theme: ModuleType) -> None:
    """A real field of at most 210 characters; nobody is credited more than he owes or more than came."""
    for name, case in cases_of(theme).items():
        assert len(case.purpose) <= 210, name
        assert case.amount > 0, name
        assert case.allocations or case.expect != "auto", name
        for parts in (case.allocations, *case.alt):
            assert all(0 < kopecks <= BY_ID[invoice_id].rest for invoice_id, kopecks in parts), (name, parts)
            if case.payer.inn not in payouts.PARTNERS:
                assert sum(kopecks for _, kopecks in parts) <= case.amount, name


def test_the_set_is_as_large_as_it_claims() -> None:
    assert len(CASES) == sum(len(theme.CASES) for theme in THEMES), "two cases of one name"
    assert len(CASES) >= 1025
    assert len(INVOICES) == len(BY_ID) >= 250
    assert len({case.purpose for case in CASES.values()}) >= 450
