"""How fast parts leave: evenly at the contract's pace, slower for a while after the centre throttled."""

from __future__ import annotations

import asyncio
import heapq
import itertools

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
_SLOWEST = 1.0  # a second
_MOST_BEHIND = 0.05  # seconds: what timers are late by is made up for, idle time is not
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
        self._line: list[tuple[bool, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self._caller: asyncio.Task[None] | None = None

    @property
    def rate(self) -> float:
        """Parts a second it goes at now."""
        return self._rate

    async def wait(self, *, first: bool) -> None:
        """Return when it is this part's turn. Parts that finish a message go before those that begin one (`first`), so
        that few are half sent at any time."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._line, (first, next(self._order), turn))
        if self._caller is None or self._caller.done():
            self._caller = asyncio.create_task(self._call())
        await turn

    async def _call(self) -> None:
        clock = asyncio.get_running_loop().time
        while self._line:
            while (left := self._next - clock()) > 0:
                await asyncio.sleep(left)
            _, _, turn = heapq.heappop(self._line)
            if not turn.done():
                turn.set_result(None)
                self._next = max(self._next, clock() - _MOST_BEHIND) + 1.0 / self._rate

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
