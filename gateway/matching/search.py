"""Open invoices that add up to a sum: bounded, for suggestions and for doubts, never for an automatic answer."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.core.money import Money
from gateway.matching.decision import Policy
from gateway.matching.index import InvoiceCard


def combination(
    cards: Sequence[InvoiceCard], amount: Money, policy: Policy, *, at_least: int = 1
) -> list[tuple[InvoiceCard, ...]]:
    """Up to two different sets of `at_least` to `policy.search_items` invoices whose rests add up to `amount`.

    Two mean "not unique". Gives up, with what it has, after `policy.search_steps` steps; looks at the first
    `policy.search_invoices` invoices only.
    """
    pool = sorted(
        (c for c in cards[: policy.search_invoices] if c.rest.kopecks <= amount.kopecks),
        key=lambda c: (-c.rest.kopecks, c.date, c.id),
    )
    rests = [c.rest.kopecks for c in pool]
    tails = [0] * (len(pool) + 1)  # the most the next `search_items` can add
    for i in range(len(pool) - 1, -1, -1):
        tails[i] = sum(rests[i : i + policy.search_items])
    found: list[tuple[InvoiceCard, ...]] = []
    steps = 0

    def descend(start: int, left: int, chosen: tuple[InvoiceCard, ...]) -> bool:
        """False when the search is over."""
        nonlocal steps
        for i in range(start, len(pool)):
            steps += 1
            if steps > policy.search_steps or tails[i] < left:
                return steps <= policy.search_steps
            if rests[i] > left:
                continue
            longer = (*chosen, pool[i])
            if rests[i] == left:
                if len(longer) >= at_least:
                    found.append(longer)
                    if len(found) == 2:
                        return False
            elif len(longer) < policy.search_items and not descend(i + 1, left - rests[i], longer):
                return False
        return True

    descend(0, amount.kopecks, ())
    return found
