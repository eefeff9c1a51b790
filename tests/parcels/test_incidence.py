"""Cumulative incidence under competing risks, by hand and as a law."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.parcels.incidence import OPEN, Observed, incidence, moments
from gateway.parcels.intervals import Share, difference, wilson

CAUSES = ("delivered", "returned")


def test_five_parcels_by_hand() -> None:
    """Delivered on day 2, open when last seen on day 3, returned on day 5, delivered on day 5, open on day 9.

    After day 2: 1/5 delivered, 4/5 left. On day 5 three are at risk: 4/5 · 1/3 each way, 4/15 left, which is never seen
    to end.
    """
    observed = [
        Observed(2, "delivered"),
        Observed(3, OPEN),
        Observed(5, "returned"),
        Observed(5, "delivered"),
        Observed(9, OPEN),
    ]
    steps = moments(observed)
    assert [(step.time, step.at_risk, step.ended.total()) for step in steps] == [(2, 5, 1), (5, 3, 2)]
    found = incidence(observed, CAUSES)
    assert found["delivered"].value == pytest.approx(1 / 5 + 4 / 15)
    assert found["returned"].value == pytest.approx(4 / 15)
    assert found[OPEN].value == pytest.approx(4 / 15)
    # Marubini and Valsecchi's variance of the returned: on day 2 (4/15)²·1/(5·4), on day 5 (4/5)²·1·2/27.
    variance = (4 / 15) ** 2 / 20 + (4 / 5) ** 2 * 2 / 27
    share = 4 / 15
    effective = share * (1 - share) / variance
    wanted = wilson(share * effective, effective)
    assert (found["returned"].low, found["returned"].high) == pytest.approx((wanted.low, wanted.high))


def test_leaving_the_open_ones_out_hides_returns_to_come() -> None:
    """Buyers collect on day 3, a return takes until day 10; eleven of twenty wait on day 5 and were not seen since."""
    waiting = [Observed(5, OPEN) for _ in range(11)]
    observed = [*(Observed(3, "delivered") for _ in range(8)), Observed(10, "returned"), *waiting]
    found = incidence(observed, CAUSES)["returned"]
    assert found.value == pytest.approx(12 / 20)  # the one that was seen on stands for the twelve that waited
    assert found.value > 1 / 9  # what counting the ended ones says


@given(
    st.lists(
        st.builds(Observed, st.integers(0, 12).map(float), st.sampled_from(["delivered", "returned", "lost", OPEN])),
        min_size=1,
        max_size=40,
    )
)
def test_the_shares_add_up_to_one_and_lie_in_their_intervals(observed: list[Observed]) -> None:
    found = incidence(observed, ("delivered", "returned", "lost"))
    assert math.fsum(share.value for share in found.values()) == pytest.approx(1)
    for share in found.values():
        assert -1e-9 <= share.low <= share.value + 1e-9
        assert share.value - 1e-9 <= share.high <= 1 + 1e-9


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(CAUSES)), min_size=1, max_size=30))
def test_where_everything_has_ended_it_is_counting(ended: list[tuple[int, str]]) -> None:
    found = incidence([Observed(float(time), cause) for time, cause in ended], CAUSES)
    for cause in CAUSES:
        number = sum(its == cause for _, its in ended)
        counted = wilson(number, len(ended))
        for name in ("value", "low", "high"):
            assert getattr(found[cause], name) == pytest.approx(getattr(counted, name), abs=1e-9)


def test_wilsons_interval_against_published_figures() -> None:
    """Newcombe 1998 (Stat. Med. 17, 857), table I, method 3: 81/263, 15/148, 0/20, 1/29."""
    for successes, of, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ):
        found = wilson(successes, of)
        assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)
    assert wilson(0, 0) == Share(0.0, 0.0, 1.0)


def test_a_difference_against_published_figures() -> None:
    """Newcombe 1998 (Stat. Med. 17, 873), table II, method 10: 56/70 − 48/80 is 0.0524 to 0.3339."""
    found = difference(wilson(56, 70), wilson(48, 80))
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
