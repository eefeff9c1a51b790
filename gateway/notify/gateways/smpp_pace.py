"""How fast parts leave: evenly at the contract's pace, slower for a while after the centre throttled."""

from __future__ import annotations

import asyncio

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
_SLOWEST = 1.0  # a second
_REGAIN = 1.02  # with each part that was taken


class Pace:
    """For one asyncio loop.

    Args:
        per_second: parts, at most.
    """

    def __init__(self, per_second: float) -> None:
        self._most = per_second
        self._rate = per_second
        self._next = 0.0
        self._pause = _FIRST_PAUSE
        self._paused_until = 0.0

    @property
    def rate(self) -> float:
        """Parts a second it goes at now."""
        return self._rate

    async def wait(self) -> None:
        """Return when it is this part's turn."""
        now = asyncio.get_running_loop().time()
        turn = max(now, self._next)
        self._next = turn + 1.0 / self._rate
        if turn > now:
            await asyncio.sleep(turn - now)

    def slower(self) -> float:
        """It throttled: nothing for a pause, each longer than the last, then half as fast.

        Returns:
            Seconds of the pause.
        """
        if not self.pause():  # one throttling answers many parts: the first of them counts
            now = asyncio.get_running_loop().time()
            self._rate = max(_SLOWEST, self._rate / 2)
            self._next = self._paused_until = now + self._pause
            self._pause = min(self._pause * 2, _LONGEST_PAUSE)
        return self.pause()

    def pause(self) -> float:
        """Seconds for which nothing should leave; 0 in good times."""
        return max(0.0, self._paused_until - asyncio.get_running_loop().time())

    def well(self) -> None:
        """It took one."""
        self._rate = min(self._most, self._rate * _REGAIN)
        self._pause = _FIRST_PAUSE if self._rate == self._most else self._pause
