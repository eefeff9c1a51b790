"""A rule names the buyer paid for, nothing else: what is not exact stays a person's, and nothing is released by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from gateway.matching.decide import Decision, decide
from gateway.matching.duplicates import MemoryDuplicates
from gateway.matching.facts import read_facts
from gateway.matching.rules import MemoryRules, PayerKey, PayerRule, payer_key
from tests.matching.world import (
    ALPHA,
    BANK,
    BETA,
    EGOROV,
    GAMMA,
    PAYERS,
    POLICY,
    STRANGER,
    numbers,
    payment,
    world,
)

SINCE = date(2026, 11, 1)


def rule(payer: str, party: str, *, since: date = SINCE, revoked: bool = False, id: str = "r1") -> PayerRule:
    name, inn, account = PAYERS[payer]
    return PayerRule(id, payer_key(inn, account), name, party, f"покупатель {party}", since, "accountant:i", revoked)


def decided(rules: list[PayerRule], payer: str, roubles: str, purpose: str, **change: object) -> Decision:
    asked = replace(payment(payer, roubles, purpose), **change)
    return decide(read_facts(asked), world(), POLICY, MemoryDuplicates(), rules=MemoryRules(rules))


PAYS_FOR_BETA = rule("stranger", BETA)

EXACT = [
    ("15000.00", "Оплата по счету 140", "140"),
    ("18000.00", "Оплата по счетам 140, 141, 142", "140 141 142"),
    ("15000.00", "за рамки", "140"),
    ("15000.00", "Оплата за ООО «Бета» по счету 140", "140"),
]
NOT_EXACT = [
    ("14000.00", "Оплата по счету 140"),  # part
    ("16000.00", "Оплата по счету 140"),  # more
    ("15000.00", "Оплата по счету 149"),  # a slip
    ("21500.00", "за рамки"),  # the whole balance
    ("3000.00", "по счетам 140 - 2000.00, 141 - 1000.00"),  # stated parts
    ("12500.00", "Оплата по счету 125"),  # another buyer's number
    ("15000.00", "Оплата за АО «Гамма Принт» по счету 140"),  # the text names somebody else
    ("77777.00", "за рамки"),
    ("15000.00", "Возврат по счету 140"),
]


@pytest.mark.parametrize(("roubles", "purpose", "wanted"), EXACT)
def test_what_is_exact_is_credited_and_waits_for_a_named_person(roubles: str, purpose: str, wanted: str) -> None:
    decision = decided([PAYS_FOR_BETA], "stranger", roubles, purpose)
    assert (decision.automatic, numbers(decision)) == (True, wanted)
    assert decision.outcome == "third_party_rule"
    assert decision.release_ok == frozenset()
    codes = [r.code for r in decision.reasons]
    assert "matching.payer_rule" in codes and codes[-1] == "matching.rule_releases_nothing"


@pytest.mark.parametrize(("roubles", "purpose", "wanted"), EXACT)
def test_without_the_rule_the_same_is_a_persons(roubles: str, purpose: str, wanted: str) -> None:
    for rules in ([], [rule("stranger", BETA, revoked=True)], [rule("stranger", BETA, since=date(2026, 11, 21))]):
        assert not decided(rules, "stranger", roubles, purpose).automatic


@pytest.mark.parametrize(("roubles", "purpose"), NOT_EXACT)
def test_what_is_not_exact_is_a_persons_in_spite_of_the_rule(roubles: str, purpose: str) -> None:
    decision = decided([PAYS_FOR_BETA], "stranger", roubles, purpose)
    assert not decision.automatic
    assert decision.allocations == ()


def test_two_rules_that_disagree_are_a_persons() -> None:
    rules = [PAYS_FOR_BETA, rule("stranger", GAMMA, id="r2")]
    decision = decided(rules, "stranger", "15000.00", "Оплата по счету 140")
    assert (decision.automatic, decision.outcome) == (False, "contradiction")
    assert decision.reasons[-1].code == "matching.two_rules"
    named = decided(rules, "stranger", "15000.00", f"Оплата за ООО «Бета» ИНН {BETA} по счету 140")
    assert (named.outcome, numbers(named)) == ("third_party_named", "140")


def test_two_rules_that_agree_are_one() -> None:
    decision = decided([PAYS_FOR_BETA, replace(PAYS_FOR_BETA, id="r2")], "stranger", "15000.00", "счет 140")
    assert numbers(decision) == "140"


def test_a_buyer_may_pay_for_another_by_quoting_him() -> None:
    rules = [rule("alpha", BETA)]
    decision = decided(rules, "alpha", "15000.00", "Оплата по счету 140")
    assert (decision.outcome, numbers(decision), decision.release_ok) == ("third_party_rule", "140", frozenset())
    assert decided([], "alpha", "15000.00", "Оплата по счету 140").outcome == "foreign_number"
    named = decided(rules, "alpha", "15000.00", "Оплата за ООО «Бета»")
    assert (named.outcome, numbers(named)) == ("third_party_rule", "140")


@pytest.mark.parametrize(
    ("roubles", "purpose", "wanted"),
    [
        ("12500.00", "Оплата по счету 125", "125"),  # his own number
        ("12500.00", "за рамки", "125"),  # his own sum
        ("15000.00", "за рамки", ""),  # nothing says that he pays for somebody else
        ("3200.00", "Оплата по счету 97", ""),  # his own paid invoice
    ],
)
def test_a_buyers_own_business_is_his_own(roubles: str, purpose: str, wanted: str) -> None:
    assert numbers(decided([rule("alpha", BETA)], "alpha", roubles, purpose)) == wanted


def test_behind_a_bank_no_rule_is_asked() -> None:
    rules = [PayerRule("r1", PayerKey(BANK, ""), "ПАО СБЕРБАНК", BETA, "Бета", SINCE, "accountant:i")]
    assert not decided(rules, "sber", "15000.00", "Оплата по счету 140").automatic


def test_a_line_without_a_day_falls_under_no_rule() -> None:
    assert not decided([PAYS_FOR_BETA], "stranger", "15000.00", "Оплата по счету 140", booked=None).automatic


@pytest.mark.parametrize(
    ("inn", "account", "key"),
    [
        (STRANGER, "40702810100000000909", (STRANGER, "")),
        (EGOROV, "40802810100000000606", (EGOROV, "")),
        ("0", "40702810100000000909", ("", "40702810100000000909")),
        ("", "40817810100000000707", ("", "40817810100000000707")),
        (BANK, "40817810100000000707", (BANK, "40817810100000000707")),  # the bank's ИНН beside a person's account
        ("", "", ("", "")),
        (ALPHA, "", (ALPHA, "")),
    ],
)
def test_a_payer_is_known_again_by_what_is_his_own(inn: str, account: str, key: tuple[str, str]) -> None:
    assert payer_key(inn, account) == key


def test_a_persons_rule_is_no_rule_for_others_of_his_bank() -> None:
    mine = "40817810100000000707"
    made = PayerRule("r1", payer_key(BANK, mine), "Иванова", BETA, "Бета", SINCE, "accountant:i")
    assert made.holds(BANK, mine, SINCE)
    assert not made.holds(BANK, "40817810100000000808", SINCE)
    assert not made.holds("", mine, SINCE)
    assert not PayerRule("r2", PayerKey("", ""), "", BETA, "Бета", SINCE, "accountant:i").holds("", "", SINCE)
