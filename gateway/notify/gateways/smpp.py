"""SMS by SMPP 3.4: one connection, kept by a thread of its own, bound as a transceiver.

Parts of a message leave through a window, at the pace of the contract. A centre that throttles is left alone for a
while and then asked more slowly; it certainly did not take what it throttled. What got no answer is not sent again.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aiosmpplib import SubmitSm

from gateway.notify.gateways import smpp_pdu
from gateway.notify.gateways.ports import (
    AWAY,
    BUSY,
    DENIED,
    NO_ANSWER,
    PARTLY,
    REFUSED,
    TEMPORARY,
    Answer,
    Fate,
    News,
    Outgoing,
    Receipt,
    Watched,
    Word,
)
from gateway.notify.gateways.smpp_pace import Pace
from gateway.notify.gateways.smpp_pdu import Pdu
from gateway.notify.gateways.smpp_session import Account, NoAnswerError, NotBoundError, Session

WINDOW = 50
"""Parts without an answer at a time."""
_LEAST_AT_ONCE = 10
_MOST_TRIES = 4  # of a throttled part
_THROTTLED = (smpp_pdu.THROTTLED, smpp_pdu.MESSAGE_QUEUE_FULL)
_LONGEST_PAUSE = 60.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds.

    Attributes:
        answer: the centre has so long to answer. connect: to connect and to bind.
        keep_alive: of silence until it is asked whether it is there. again: before the next try to connect.
    """

    answer: float = 15.0
    connect: float = 10.0
    keep_alive: float = 30.0
    again: float = 1.0


@dataclass(frozen=True, slots=True)
class _Part:
    """What became of one part."""

    fate: Fate
    outer: str = ""
    code: str = ""
    said: str = ""
    retry_after: float = 0.0


class SmppGateway:
    """See `ports.Gateway`.

    Args:
        sender: name or number SMS come from.
        per_second: parts, as the contract allows.
        refusals: this centre's error codes that say that the subscriber refused mailings.
    """

    name = "smpp"
    asks = False

    def __init__(
        self,
        account: Account,
        sender: str,
        per_second: int = 50,
        refusals: frozenset[str] = frozenset(),
        timing: Timing | None = None,
    ) -> None:
        # Half a second's work: so many can be in doubt when the process dies.
        self.at_once = max(_LEAST_AT_ONCE, min(per_second // 2, 2 * WINDOW))
        self._account = account
        self._sender = sender
        self._refusals = refusals
        self._timing = timing or Timing()
        self._trouble = AWAY
        self._session: Session | None = None
        self._guard = threading.Lock()
        self._inbox: list[tuple[News, Session | None, int]] = []
        self._loop = asyncio.new_event_loop()
        self._pace = Pace(per_second)
        self._window = asyncio.Semaphore(WINDOW)
        self._stopping = asyncio.Event()
        self._thread = threading.Thread(target=self._work, name="smpp", daemon=True)
        self._thread.start()

    def trouble(self) -> str:
        return self._trouble

    def send(self, messages: Sequence[Outgoing]) -> Iterator[Sequence[Answer]]:
        if not self._thread.is_alive():
            return
        known: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        for message in messages:
            asyncio.run_coroutine_threadsafe(self._send(message, known), self._loop)
        left = len(messages)
        while left:
            try:
                group = [known.get(timeout=1.0)]
            except queue.Empty:
                if not self._thread.is_alive():
                    return
                continue
            while not known.empty():
                group.append(known.get())
            left -= len(group)
            yield group

    def news(self, watched: Sequence[Watched] = ()) -> Sequence[News]:
        with self._guard:
            return [told for told, _, _ in self._inbox]

    def acknowledge(self, count: int) -> None:
        """Only now the centre may forget them."""
        with self._guard:
            stored, self._inbox = self._inbox[:count], self._inbox[count:]
        self._loop.call_soon_threadsafe(self._answer, stored)

    def close(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()

    # In the loop's thread.

    def _work(self) -> None:
        try:
            self._loop.run_until_complete(self._stay_bound())
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        finally:
            self._trouble = AWAY
            self._loop.close()

    async def _stay_bound(self) -> None:
        stopping = asyncio.create_task(self._stopping.wait())
        pause = self._timing.again
        while not stopping.done():
            try:
                self._session = await Session.bind(
                    self._account, self._timing.connect, self._timing.keep_alive, self._told, self._late
                )
            except NotBoundError as error:
                self._trouble = DENIED if error.denied else AWAY
                _log.warning("no SMPP connection to %s: %s", self._account.host, error)
                await asyncio.wait([stopping], timeout=pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
                continue
            self._trouble, pause = "", self._timing.again
            over = asyncio.create_task(self._session.closed.wait())
            await asyncio.wait([stopping, over], return_when=asyncio.FIRST_COMPLETED)
            self._trouble = AWAY
            await self._session.close()
            over.cancel()
        await self._end_all()

    async def _end_all(self) -> None:
        """Whoever still hands something over hears what became of it."""
        left = asyncio.all_tasks() - {asyncio.current_task()}
        if left:
            _, late = await asyncio.wait(left, timeout=self._timing.answer)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _send(self, message: Outgoing, known: queue.SimpleQueue[Answer]) -> None:
        answer = Answer(message.id, Fate.UNKNOWN, code=NO_ANSWER)
        try:
            answer = await self._send_parts(message)
        except ValueError as error:  # before anything was written
            answer = Answer(message.id, Fate.REFUSED, code=REFUSED, said=str(error))
        finally:
            known.put(answer)

    async def _send_parts(self, message: Outgoing) -> Answer:
        """The first part alone: what is wrong with the message, or with the hour, shows there. Then all others."""
        first, *others = smpp_pdu.submit(message, self._sender)
        if (pause := self._pace.pause()) > 0:
            return Answer(message.id, Fate.NOT_TAKEN, code=BUSY, retry_after=pause)
        ends = [await self._try_part(first, message, first=True)]
        if ends[0].fate is Fate.TAKEN:
            ends += await asyncio.gather(*(self._insist(request, message) for request in others))
        outer = tuple(each.outer for each in ends if each.fate is Fate.TAKEN)
        worst = next((each for each in ends if each.fate is not Fate.TAKEN), None)
        if worst is None:
            return Answer(message.id, Fate.TAKEN, outer)
        if outer:
            return Answer(message.id, Fate.UNKNOWN, outer, code=PARTLY, said=worst.said or worst.code)
        return Answer(message.id, worst.fate, code=worst.code, said=worst.said, retry_after=worst.retry_after)

    async def _insist(self, request: SubmitSm, message: Outgoing) -> _Part:
        """Half a message is worse than a late one: a throttled part is tried again."""
        for _ in range(_MOST_TRIES):
            part = await self._try_part(request, message, first=False)
            if part.code != BUSY:
                break
        return part

    async def _try_part(self, request: SubmitSm, message: Outgoing, *, first: bool) -> _Part:
        await self._pace.wait(first=first)
        async with self._window:
            session = self._session
            if session is None or self._stopping.is_set():
                return _Part(Fate.NOT_TAKEN, code=AWAY)
            try:
                answer = await session.submit(request, self._timing.answer, message)
            except NotBoundError as error:
                return _Part(Fate.NOT_TAKEN, code=AWAY, said=str(error))
            except NoAnswerError as error:
                return _Part(Fate.UNKNOWN, code=NO_ANSWER, said=str(error))
        return self._end_of(answer)

    def _end_of(self, answer: Pdu) -> _Part:
        said = f"0x{answer.status:02X}"
        if answer.status in _THROTTLED:
            return _Part(Fate.NOT_TAKEN, code=BUSY, said=said, retry_after=self._pace.slower())
        if answer.status == smpp_pdu.OK and answer.command == smpp_pdu.SUBMIT_SM_RESP:
            self._pace.well()
            return _Part(Fate.TAKEN, smpp_pdu.message_id(answer))
        if answer.status == smpp_pdu.SYSTEM_ERROR:
            return _Part(Fate.NOT_TAKEN, code=TEMPORARY, said=said)
        return _Part(Fate.REFUSED, code=REFUSED, said=said)

    def _told(self, session: Session, pdu: Pdu) -> None:
        try:
            told = smpp_pdu.news(pdu, self._refusals)
        except ValueError as error:
            _log.warning("a receipt that cannot be read: %s", error)
            told = None
        if told is None:  # it would be just as unreadable the next time
            session.answer(smpp_pdu.DELIVER_SM_RESP, pdu.sequence)
            return
        with self._guard:
            self._inbox.append((told, session, pdu.sequence))

    def _late(self, pdu: Pdu, message: object) -> None:
        """The answer comes after all: the message was taken."""
        if pdu.status == smpp_pdu.OK and isinstance(message, Outgoing):
            accepted = Receipt(
                smpp_pdu.message_id(pdu), Word.UNDER_WAY, "SUBMIT_SM_RESP", number=message.number,
                address=message.address,
            )  # fmt: skip
            with self._guard:
                self._inbox.append((accepted, None, 0))

    def _answer(self, stored: Sequence[tuple[News, Session | None, int]]) -> None:
        for _, session, sequence in stored:
            if session is not None:
                session.answer(smpp_pdu.DELIVER_SM_RESP, sequence)
