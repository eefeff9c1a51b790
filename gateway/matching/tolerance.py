"""How little may be missing for goods to leave: one rule for the matcher's answer and for the release of an order."""

from __future__ import annotations

from gateway.core.money import Money

_MOST_FORGIVEN = 20  # whatever the tolerance, one part in so many of what is due: a small order is not given away


def within_tolerance(due: Money, paid: Money, tolerance: Money) -> bool:
    """Whether so much is paid that goods may leave; what is missing stays due."""
    forgiven = min(tolerance.kopecks, due.kopecks // _MOST_FORGIVEN)
    return paid.kopecks > 0 and paid.kopecks >= due.kopecks - forgiven
