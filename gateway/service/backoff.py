"""Growing pauses while the other side is away."""

from __future__ import annotations

import random
from collections.abc import Sequence

# Sooner than the usual five minutes at first (most outages are a blip), then less and less often.
PAUSES: tuple[float, ...] = (30, 60, 120, 300, 600, 900)
_LONGEST_ASKED = 3600.0
_JITTER = 0.1


class BackOff:
    """How long to wait after each failure in a row.

    Args:
        pauses: seconds after the first, second, … failure; the last one repeats.
        spread: gives a number in [0, 1); several offices that lost one bank should not come back in the same second.

    Attributes:
        failures: failures since the last success.
    """

    def __init__(self, pauses: Sequence[float] = PAUSES, spread: random.Random | None = None) -> None:
        if not pauses or any(pause <= 0 for pause in pauses):
            raise ValueError("pauses must be positive")
        self._pauses = tuple(pauses)
        self._spread = spread or random.Random()  # noqa: S311 - spreads load, protects nothing
        self.failures = 0

    def failed(self, asked: float = 0.0) -> float:
        """Seconds to wait now.

        Args:
            asked: what the other side asked for (Retry-After); a longer wait than ours is honoured, up to an hour.
        """
        pause = self._pauses[min(self.failures, len(self._pauses) - 1)]
        self.failures += 1
        pause *= 1 + _JITTER * self._spread.random()
        return max(pause, min(asked, _LONGEST_ASKED))

    def succeeded(self) -> None:
        """The other side is back: the next failure starts from the shortest pause."""
        self.failures = 0
