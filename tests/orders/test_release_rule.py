"""The release rule: every condition is needed, none is enough."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.money import Money
from gateway.orders.model import headline
from gateway.orders.release import Cover, release_rule

GOOD = Cover(
    payment_id="p", message_id="m", amount=Money(1000), evidence="signed", identified=True, confirmed_by="",
    reversed=False, final=True,
)  # fmt: skip
RULE = {"accepts_channel": False, "on_hold": False, "cancelled": False, "automatic": True}


def test_a_proved_full_payment_by_a_known_payer_releases() -> None:
    assert release_rule(Money(1000), [GOOD], **RULE).ok


@pytest.mark.parametrize(
    ("change", "failed"),
    [
        ({"amount": Money(999)}, "fully_paid"),
        ({"evidence": "file"}, "evidence"),
        ({"evidence": "channel"}, "evidence"),
        ({"evidence": "sms"}, "evidence"),
        ({"identified": False}, "payer_identified"),
        ({"reversed": True}, "not_reversed"),
        ({"final": False}, "final"),
    ],
)
def test_each_flaw_of_the_money_stops_it_by_name(change: dict, failed: str) -> None:
    verdict = release_rule(Money(1000), [replace(GOOD, **change)], **RULE)
    assert failed in verdict.failed


@pytest.mark.parametrize(
    ("change", "failed"),
    [({"on_hold": True}, "not_on_hold"), ({"cancelled": True}, "not_cancelled"), ({"automatic": False}, "switched_on")],
)
def test_each_flaw_of_the_order_stops_it_by_name(change: dict, failed: str) -> None:
    assert release_rule(Money(1000), [GOOD], **{**RULE, **change}).failed == (failed,)


def test_no_money_releases_nothing() -> None:
    assert not release_rule(Money(1000), [], **RULE).ok
    assert not release_rule(Money(0), [], **RULE).ok


def test_one_unproved_part_among_proved_ones_stops_the_whole() -> None:
    parts = [replace(GOOD, amount=Money(900)), replace(GOOD, amount=Money(100), evidence="file")]
    assert release_rule(Money(1000), parts, **RULE).failed == ("evidence",)


@pytest.mark.parametrize("evidence", ["file", "channel"])
def test_a_named_persons_word_stands_in_for_the_signature(evidence: str) -> None:
    vouched = replace(GOOD, evidence=evidence, identified=False, confirmed_by="ivanova")
    assert release_rule(Money(1000), [vouched], **{**RULE, "automatic": False}).ok


def test_nobody_can_vouch_for_money_the_bank_took_back_or_that_is_not_there() -> None:
    vouched = replace(GOOD, confirmed_by="ivanova")
    assert not release_rule(Money(1000), [replace(vouched, reversed=True)], **RULE).ok
    assert not release_rule(Money(1001), [vouched], **RULE).ok


covers = st.builds(
    Cover, st.text(max_size=3), st.text(max_size=3), st.integers(1, 2000).map(Money),
    st.sampled_from(["signed", "channel", "file"]), st.booleans(), st.sampled_from(["", "ivanova"]), st.booleans(),
    st.booleans(),
)  # fmt: skip


@given(st.integers(0, 3000).map(Money), st.lists(covers, max_size=4), st.booleans(), st.booleans(), st.booleans())
def test_released_means_covered_by_live_money_with_proof_or_a_name(
    due: Money, given_covers: list[Cover], on_hold: bool, cancelled: bool, automatic: bool
) -> None:
    verdict = release_rule(
        due, given_covers, accepts_channel=False, on_hold=on_hold, cancelled=cancelled, automatic=automatic
    )
    if verdict.ok:
        assert not on_hold and not cancelled and due.kopecks > 0
        assert sum(c.amount.kopecks for c in given_covers if not c.reversed) >= due.kopecks
        assert all(c.evidence == "signed" or c.confirmed_by for c in given_covers)
        assert automatic or all(c.confirmed_by for c in given_covers)


@pytest.mark.parametrize(
    ("pay", "stock", "ship", "hold", "shown"),
    [
        ("unpaid", "none", "none", "", "unpaid"),
        ("paid", "none", "none", "", "paid"),
        ("paid", "to_confirm", "none", "", "released"),
        ("paid", "reserved", "picking", "", "picking"),
        ("paid", "picked", "ready", "", "ready"),
        ("paid", "reserved", "picking", "reversed", "on_hold"),
        ("unpaid", "picked", "shipped", "reversed", "shipped"),
        ("paid", "none", "cancelled", "reversed", "cancelled"),
    ],
)
def test_the_headline_follows_from_the_three_states(pay: str, stock: str, ship: str, hold: str, shown: str) -> None:
    assert headline(pay, stock, ship, hold) == shown


@given(due=st.integers(1, 10_000), paid=st.integers(0, 12_000), tolerance=st.integers(0, 3_000))
def test_so_much_may_be_missing_as_the_company_forgives_and_never_all_of_it(
    due: int, paid: int, tolerance: int
) -> None:
    verdict = release_rule(Money(due), [replace(GOOD, amount=Money(paid))], tolerance=Money(tolerance), **RULE)
    assert verdict.ok == (paid > 0 and due - paid <= min(tolerance, due // 20))
