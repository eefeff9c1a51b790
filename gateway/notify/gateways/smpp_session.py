"""One bound connection to an SMS centre, in an asyncio loop.

aiosmpplib's own client is not used: it speaks no TLS, has no window, tells the answer to a part only when all parts are
answered, and breaks the connection over a status the standard does not know.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from asyncio import IncompleteReadError, StreamReader, StreamWriter
from collections.abc import Callable
from dataclasses import dataclass, field

from aiosmpplib import SubmitSm

from gateway.core.errors import Refused
from gateway.notify.gateways import smpp_pdu
from gateway.notify.gateways.smpp_pdu import Pdu

_LAST_SEQUENCE = 0x7FFFFFFF
_FAREWELL = 1.0  # seconds
_LOGIN, _PASSWORD, _SYSTEM_TYPE = 15, 8, 12  # octets; SMPP 3.4, 5.2.1 to 5.2.3, without the zero at the end
_log = logging.getLogger(__name__)


class NotBoundError(Exception):
    """Nothing was written: the connection is not there.

    Attributes:
        denied: the centre does not let us in.
    """

    def __init__(self, reason: str, *, denied: bool = False) -> None:
        super().__init__(reason)
        self.denied = denied


class NoAnswerError(Exception):
    """It was written, and nothing came back."""


@dataclass(frozen=True, slots=True)
class Account:
    """How we are known to the centre.

    Raises:
        Refused: `notify.login_too_long` for a login or password the protocol has no room for.
    """

    host: str
    port: int
    system_id: str
    password: str = field(repr=False)
    system_type: str = ""
    tls: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        for given, most in ((self.system_id, _LOGIN), (self.password, _PASSWORD), (self.system_type, _SYSTEM_TYPE)):
            if len(given.encode("utf-8")) > most:
                raise Refused("notify.login_too_long", most=most)


class Session:
    """A bound connection. Made by `bind`; over when `closed` is set.

    Args:
        told: called with every deliver_sm, which waits for `answer`.
        late: called with an answer that came after its time, and with what was handed to `submit` for it.
    """

    def __init__(
        self,
        reader: StreamReader,
        writer: StreamWriter,
        told: Callable[[Session, Pdu], None],
        late: Callable[[Pdu, object], None],
    ) -> None:
        self.closed = asyncio.Event()
        self._reader = reader
        self._writer = writer
        self._told = told
        self._late = late
        self._sequence = 0
        self._waiting: dict[int, asyncio.Future[Pdu]] = {}
        self._overdue: dict[int, object] = {}
        self._heard = False
        self._tasks: list[asyncio.Task[None]] = []

    @classmethod
    async def bind(
        cls,
        account: Account,
        within: float,
        keep_alive: float,
        told: Callable[[Session, Pdu], None],
        late: Callable[[Pdu, object], None],
    ) -> Session:
        """Connect and bind as a transceiver.

        Raises:
            NotBoundError: it did not come to that.
        """
        try:
            async with asyncio.timeout(within):
                reader, writer = await asyncio.open_connection(account.host, account.port, ssl=account.tls)
        except (OSError, TimeoutError) as error:
            raise NotBoundError(type(error).__name__) from None
        session = cls(reader, writer, told, late)
        try:
            async with asyncio.timeout(within):
                await session._log_in(account)
        except (OSError, TimeoutError, IncompleteReadError, ValueError) as error:
            await session._hang_up()
            raise NotBoundError(type(error).__name__) from None
        except NotBoundError:
            await session._hang_up()
            raise
        session._tasks = [
            asyncio.create_task(session._read()),
            asyncio.create_task(session._keep_alive(keep_alive)),
        ]
        return session

    async def submit(self, request: SubmitSm, within: float, memory: object) -> Pdu:
        """Send a part and wait for its answer.

        Args:
            memory: handed to `late` with an answer that comes after all.

        Raises:
            NotBoundError: nothing was written. NoAnswerError: it was, and there is no answer.
        """
        if self.closed.is_set():
            raise NotBoundError("closed")
        sequence = self._next()
        request.sequence_num = sequence
        answer: asyncio.Future[Pdu] = asyncio.get_running_loop().create_future()
        self._waiting[sequence] = answer
        try:
            self._writer.write(request.pdu())
            async with asyncio.timeout(within):
                await self._writer.drain()
                return await answer
        except TimeoutError:
            self._overdue[sequence] = memory
            raise NoAnswerError("no answer in time") from None
        except OSError as error:
            raise NoAnswerError(type(error).__name__) from None
        finally:
            self._waiting.pop(sequence, None)

    def answer(self, command: int, sequence: int) -> None:
        """Answer a request of the centre's."""
        if not self.closed.is_set():
            body = b"\0" if command in (smpp_pdu.DELIVER_SM_RESP, smpp_pdu.DATA_SM_RESP) else b""
            self._writer.write(smpp_pdu.encode(command, sequence, body))

    async def close(self) -> None:
        """Unbind and end; whoever waits for an answer gets none."""
        if not self.closed.is_set():
            self._writer.write(smpp_pdu.encode(smpp_pdu.UNBIND, self._next()))
        self._over("closed by us")
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._hang_up()

    async def _hang_up(self) -> None:
        """Close the connection politely, or break it off."""
        self._writer.close()
        try:
            async with asyncio.timeout(_FAREWELL):
                await self._writer.wait_closed()
        except (OSError, TimeoutError):
            self._writer.transport.abort()
            await asyncio.sleep(0)  # the loop closes the socket in its next round

    def _next(self) -> int:
        self._sequence = self._sequence % _LAST_SEQUENCE + 1
        return self._sequence

    async def _log_in(self, account: Account) -> None:
        self._writer.write(smpp_pdu.bind(self._next(), account.system_id, account.password, account.system_type))
        await self._writer.drain()
        answer = await self._receive()
        if answer.command != smpp_pdu.BIND_TRANSCEIVER_RESP or answer.status != smpp_pdu.OK:
            raise NotBoundError(f"0x{answer.status:02X}", denied=answer.status in smpp_pdu.BAD_LOGIN)

    async def _receive(self) -> Pdu:
        length, command, status, sequence = smpp_pdu.HEADER.unpack(await self._reader.readexactly(smpp_pdu.HEADER.size))
        if not smpp_pdu.HEADER.size <= length <= smpp_pdu.LONGEST:
            raise ValueError(f"a message of {length} bytes")
        return Pdu(command, status, sequence, await self._reader.readexactly(length - smpp_pdu.HEADER.size))

    async def _read(self) -> None:
        try:
            while not self.closed.is_set():
                pdu = await self._receive()
                self._heard = True
                self._take(pdu)
        except (OSError, IncompleteReadError, ValueError) as error:
            self._over(type(error).__name__)

    def _take(self, pdu: Pdu) -> None:
        if pdu.command == smpp_pdu.DELIVER_SM:
            self._told(self, pdu)
        elif pdu.command == smpp_pdu.ENQUIRE_LINK:
            self.answer(smpp_pdu.ENQUIRE_LINK_RESP, pdu.sequence)
        elif pdu.command == smpp_pdu.UNBIND:
            self.answer(smpp_pdu.UNBIND_RESP, pdu.sequence)
            self._over("the centre unbound us")
        elif pdu.command in (smpp_pdu.SUBMIT_SM_RESP, smpp_pdu.GENERIC_NACK):
            self._answered(pdu)
        elif not pdu.command & smpp_pdu.GENERIC_NACK:  # a request we do not know; 3: invalid command id
            self._writer.write(smpp_pdu.encode(smpp_pdu.GENERIC_NACK, pdu.sequence, status=3))

    def _answered(self, pdu: Pdu) -> None:
        waiting = self._waiting.get(pdu.sequence)
        if waiting is not None and not waiting.done():
            waiting.set_result(pdu)
        elif pdu.sequence in self._overdue:
            self._late(pdu, self._overdue.pop(pdu.sequence))

    async def _keep_alive(self, every: float) -> None:
        """Two silences in a row, and the connection is dead."""
        silences = 0
        while not self.closed.is_set():
            self._heard = False
            await asyncio.sleep(every)
            silences = 0 if self._heard else silences + 1
            if silences > 1:
                self._over("silent")
            elif silences:
                self._writer.write(smpp_pdu.encode(smpp_pdu.ENQUIRE_LINK, self._next()))

    def _over(self, why: str) -> None:
        if self.closed.is_set():
            return
        self.closed.set()
        _log.info("the SMPP connection is over: %s", why)
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(NoAnswerError(why))
        self._writer.close()
