"""How much is too much: buckets of tokens that fill up again, one for each caller."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

from gateway.core.errors import Unavailable

_MOST_CALLERS = 20_000


class TooMany(Unavailable):
    """Asked too often (429)."""


class Limiter:
    """Lets each caller through so often.

    Args:
        monotonic: seconds that never go back.
        pace: requests a minute in the long run, and how many at once.
    """

    def __init__(self, monotonic: Callable[[], float], pace: tuple[float, int]) -> None:
        self._monotonic = monotonic
        self._per_second = pace[0] / 60
        self._most = float(pace[1])
        # The callers heard of last stay: a flood of new ones cannot fill the memory.
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, caller: str) -> None:
        """Count one request.

        Raises:
            TooMany: `web.too_many`, with the seconds to wait.
        """
        wait = self._wait(caller, 1)
        if wait:
            raise TooMany("web.too_many", retry_after=wait)

    def check(self, caller: str) -> None:
        """As `take`, but nothing is counted."""
        wait = self._wait(caller, 0)
        if wait:
            raise TooMany("web.too_many", retry_after=wait)

    def _wait(self, caller: str, counted: int) -> float:
        now = self._monotonic()
        with self._lock:
            left, since = self._left.pop(caller, (self._most, now))
            left = min(self._most, left + (now - since) * self._per_second)
            wait = 0.0 if left >= 1 else (1 - left) / self._per_second
            self._left[caller] = (left if wait else left - counted, now)
            while len(self._left) > _MOST_CALLERS:
                self._left.popitem(last=False)
        return wait


def caller_of(address: str) -> str:
    """One name for everybody who shares a line: an IPv6 customer has a whole /64."""
    try:
        found = ip_address(address)
    except ValueError:
        return "?"
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return found.exploded[:19]
    return str(found)
