"""The sandbox SMS centre on SMPP 3.4: an asyncio server in a thread of its own over the book (`Centre`).

Receipts wait for the client's acknowledgement, a few at a time, and come again on the next connection without it.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from asyncio import IncompleteReadError, StreamReader, StreamWriter
from typing import Self

from gateway.notify.sandbox import pdu
from gateway.notify.sandbox.centre import REFUSED_ERROR, Centre, Told
from gateway.notify.sandbox.pdu import Request

HOST = "127.0.0.1"
_RECEIPTS_AT_ONCE = 10
_LOOK_EVERY = 0.02
_ENDS = {
    "delivered": ("DELIVRD", "000"),
    "failed": ("UNDELIV", "001"),
    "expired": ("EXPIRED", "006"),
    "refused": ("REJECTD", REFUSED_ERROR),
}
_INSTEAD = {
    "throttle": pdu.THROTTLED,
    "queue-full": pdu.QUEUE_FULL,
    "system-error": pdu.SYSTEM_ERROR,
    "refuse": pdu.BAD_NUMBER,
    "strange-status": pdu.STRANGE,
}


class Smsc:
    """The server.

    Args:
        login: system_id and password of the one customer.
        port: 0 for a free one.
    """

    def __init__(
        self, centre: Centre, login: tuple[str, str], port: int = 0, tls: ssl.SSLContext | None = None
    ) -> None:
        self.port = port
        self._centre = centre
        self._login = login
        self._tls = tls
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._ready = threading.Event()
        self._connections: set[_Connection] = set()
        self._thread = threading.Thread(target=self._work, name="sandbox-smsc", daemon=True)

    def start(self) -> Self:
        """Listen, in a thread.

        Raises:
            OSError: the port is taken.
        """
        self._thread.start()
        self._ready.wait()
        if not self._thread.is_alive():
            raise OSError("the SMS centre cannot listen")
        return self

    def stop(self) -> None:
        """Hang up and end."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    def hang_up(self) -> None:
        """Break all connections; clients may come again."""
        self._loop.call_soon_threadsafe(self._break_all)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _work(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()
            self._ready.set()

    def _break_all(self) -> None:
        for each in list(self._connections):
            each.break_off()

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._talk, HOST, self.port, ssl=self._tls)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stopping.wait()
        server.close()
        self._break_all()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*others, return_exceptions=True)  # they end with their connections

    async def _talk(self, reader: StreamReader, writer: StreamWriter) -> None:
        connection = _Connection(self._centre, self._login, reader, writer)
        self._connections.add(connection)
        try:
            await connection.serve()
        finally:
            self._connections.discard(connection)


class _Connection:
    """One client."""

    def __init__(self, centre: Centre, login: tuple[str, str], reader: StreamReader, writer: StreamWriter) -> None:
        self._centre = centre
        self._login = login
        self._reader = reader
        self._writer = writer
        self._bound = False
        self._sequence = 0
        self._on_its_way: dict[int, int] = {}  # sequence → what was told

    async def serve(self) -> None:
        """Until one side hangs up."""
        teller = asyncio.create_task(self._tell())
        try:
            while not self._writer.is_closing():
                self._take(await self._read())
                await self._writer.drain()
        except (OSError, IncompleteReadError, ValueError):
            pass  # clients hang up
        finally:
            teller.cancel()
            self.break_off()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await teller

    def break_off(self) -> None:
        self._writer.transport.abort()

    async def _read(self) -> Request:
        length, command, status, sequence = pdu.header(await self._reader.readexactly(pdu.HEADER_LENGTH))
        return Request(command, status, sequence, await self._reader.readexactly(length - pdu.HEADER_LENGTH))

    def _take(self, request: Request) -> None:
        if request.command in pdu.BIND:
            self._bind(request)
        elif request.command == pdu.SUBMIT_SM and self._bound:
            self._submit(request)
        elif request.command == pdu.DELIVER_SM_RESP:
            told = self._on_its_way.pop(request.sequence, None)
            if told is not None:
                self._centre.acknowledged(told)
        elif request.command in (pdu.ENQUIRE_LINK, pdu.UNBIND):
            self._answer(request)
        elif not request.command & pdu.RESP:
            self._writer.write(pdu.write(pdu.GENERIC_NACK, request.sequence, status=pdu.BAD_COMMAND))

    def _answer(self, request: Request, body: bytes = b"", status: int = pdu.OK) -> None:
        self._writer.write(pdu.write(request.command | pdu.RESP, request.sequence, body, status))

    def _bind(self, request: Request) -> None:
        self._bound = pdu.read_login(request.body) == self._login and not self._centre.happens("deny")
        if self._bound:
            self._answer(request, b"sandbox\0")
        else:
            self._answer(request, status=pdu.BIND_FAILED)

    def _submit(self, request: Request) -> None:
        for kind, status in _INSTEAD.items():
            if self._centre.happens(kind):
                self._answer(request, status=status)
                return
        if self._centre.happens("silent"):
            return
        sms = pdu.read_submit(request.body)
        ours = str(sms.reference) if sms.reference else ""
        number = self._centre.accept("smpp", ours, sms.sender, f"+{sms.phone}", sms.text, sms.part, sms.of)
        answer = pdu.write(
            request.command | pdu.RESP, request.sequence, self._spelt(number, "hex-answers").encode() + b"\0"
        )
        if self._centre.happens("lost-answer"):
            return
        if self._centre.happens("hang-up"):
            self.break_off()
        elif self._centre.happens("late-answer"):
            asyncio.get_running_loop().call_later(self._centre.late, self._writer.write, answer)
        else:
            self._writer.write(answer)

    def _spelt(self, number: int, hexadecimal: str) -> str:
        return f"{number:08X}" if self._centre.ids == hexadecimal else str(number)

    async def _tell(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            free = _RECEIPTS_AT_ONCE - len(self._on_its_way)
            if self._bound and free > 0:
                for told in self._centre.due(frozenset(self._on_its_way.values()), free):
                    self._hand_over(told)

    def _hand_over(self, told: Told) -> None:
        self._sequence += 1
        self._on_its_way[self._sequence] = told.id
        if told.message:
            word, error = _ENDS[told.end]
            outer = self._spelt(told.message, "hex-receipts")
            body = pdu.receipt(told.phone, "", outer, word, error, told.ours)
        else:
            body = pdu.message(told.phone, told.text)
        self._writer.write(pdu.write(pdu.DELIVER_SM, self._sequence, body))
