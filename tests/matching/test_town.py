"""Our own situations in every number form, plain and with noise: nothing wrong, and almost nothing left to a person."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest

from gateway.matching.decide import Decision, Policy, decide
from gateway.matching.duplicates import MemoryDuplicates
from gateway.matching.facts import PaymentIn, read_facts
from gateway.matching.index import MemoryIndex
from tests.matching import town


def run(built: town.Town, payments: list[PaymentIn]) -> dict[str, Decision]:
    index = MemoryIndex(built.invoices.values())
    duplicates = MemoryDuplicates()
    decisions = {}
    for payment in payments:
        decision = decide(read_facts(payment), index, Policy(), duplicates)
        for invoice_id, amount in decision.allocations:
            index.settle(invoice_id, amount)
        duplicates.record(payment)
        decisions[payment.id] = decision
    return decisions


def wrong(built: town.Town, payments: list[PaymentIn], decisions: dict[str, Decision]) -> list[str]:
    found = []
    for payment in payments:
        decision, expected = decisions[payment.id], built.expected[payment.id]
        given = {invoice_id: amount.kopecks for invoice_id, amount in decision.allocations}
        if decision.automatic and (not expected.automatic or given != expected.allocations):
            found.append(f"{expected.situation}: {payment.purpose!r} {payment.amount} → {decision.outcome} {given}")
    return found


def missed(built: town.Town, decisions: dict[str, Decision]) -> Counter[str]:
    return Counter(e.situation for i, e in built.expected.items() if e.automatic and not decisions[i].automatic)


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_every_situation_in_every_number_form(seed: int) -> None:
    built = town.build(seed, rounds=40)
    decisions = run(built, built.payments)
    assert wrong(built, built.payments, decisions) == []
    reachable = sum(e.automatic for e in built.expected.values())
    assert sum(missed(built, decisions).values()) <= reachable * 0.005, missed(built, decisions)


@pytest.mark.parametrize("seed", [21, 22, 23, 24])
def test_with_slips_lookalikes_and_stray_spaces_nothing_becomes_wrong(seed: int) -> None:
    built = town.build(seed, rounds=40)
    rng = random.Random(seed)
    payments = [replace(p, purpose=town.noise(rng, p.purpose)) for p in built.payments]
    decisions = run(built, payments)
    assert wrong(built, payments, decisions) == []
    reachable = sum(e.automatic for e in built.expected.values())
    assert sum(missed(built, decisions).values()) <= reachable * 0.03, missed(built, decisions)


def test_the_right_invoices_are_suggested_when_a_person_is_asked() -> None:
    built = town.build(31, rounds=40)
    decisions = run(built, built.payments)
    cases = [
        set(e.allocations) in [{i for i, _ in s.allocations} for s in decisions[payment_id].suggestions]
        for payment_id, e in built.expected.items()
        if e.allocations and not decisions[payment_id].automatic
    ]
    assert sum(cases) >= 0.95 * len(cases) > 20
