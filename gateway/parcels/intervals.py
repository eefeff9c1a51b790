"""Intervals for shares: how sure a figure is that was counted on few parcels."""

from __future__ import annotations

import math
from dataclasses import dataclass

_Z = 1.959963984540054  # 95 %, two-sided


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its 95 % interval, all from 0 to 1 (a difference of shares: from -1 to 1)."""

    value: float
    low: float
    high: float


def wilson(successes: float, of: float) -> Share:
    """Wilson's interval: sound also for few and for shares near 0 or 1 (E. B. Wilson, JASA 22, 1927).

    Args:
        of: trials; an effective number may be no whole one. 0: nothing is known, and the interval is everything.
    """
    if of <= 0:
        return Share(0.0, 0.0, 1.0)
    share = successes / of
    middle = share + _Z**2 / (2 * of)
    half = _Z * math.sqrt(share * (1 - share) / of + _Z**2 / (4 * of**2))
    width = 1 + _Z**2 / of
    return Share(share, max(0.0, (middle - half) / width), min(1.0, (middle + half) / width))


def difference(one: Share, other: Share) -> Share:
    """`one` less `other`, of independent groups, by the square-and-add rule (R. G. Newcombe, Stat. Med. 17, 1998)."""
    value = one.value - other.value
    below = math.hypot(one.value - one.low, other.high - other.value)
    above = math.hypot(one.high - one.value, other.value - other.low)
    return Share(value, max(-1.0, value - below), min(1.0, value + above))
