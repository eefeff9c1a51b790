"""Pauses grow, are spread, and end with the first success."""

from __future__ import annotations

import random

import pytest

from gateway.service.backoff import PAUSES, BackOff


def test_pauses_grow_to_the_last_and_start_over_after_a_success() -> None:
    back_off = BackOff()
    pauses = [back_off.failed() for _ in range(len(PAUSES) + 2)]
    for pause, base in zip(pauses, [*PAUSES, PAUSES[-1], PAUSES[-1]], strict=True):
        assert base <= pause <= base * 1.1
    assert back_off.failures == len(pauses)
    back_off.succeeded()
    assert back_off.failures == 0
    assert back_off.failed() <= PAUSES[0] * 1.1


def test_two_offices_do_not_come_back_together() -> None:
    one, other = BackOff(spread=random.Random(1)), BackOff(spread=random.Random(2))
    assert one.failed() != other.failed()


def test_a_longer_wait_asked_for_is_honoured_up_to_an_hour() -> None:
    assert BackOff((10,)).failed(asked=120) == 120
    assert BackOff((10,)).failed(asked=10**9) == 3600
    assert 10 <= BackOff((10,)).failed(asked=1) <= 11


@pytest.mark.parametrize("pauses", [(), (0,), (5, -1)])
def test_pauses_must_be_positive(pauses: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="positive"):
        BackOff(pauses)
