"""The door: which requests come in at all, and what every answer carries.

A web page in somebody's browser can make that browser talk to 127.0.0.1, and by DNS rebinding even read the answer
under a name of its own. So only our own names are answered, nothing is ever shared across origins, and bodies are
small. Plain ASGI, because a body is counted while it arrives.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.api import errors
from gateway.core.errors import Refused

log = logging.getLogger("kvit.api")

LOCAL_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
MAX_BODY = 256 * 1024

HEADERS = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)

Observe = Callable[[str, str, int, float], None]


class Guard:
    """Outermost of the application.

    Args:
        names: host names this server answers to, besides the machine's own; IPv6 in brackets.
        max_body: bytes a request may carry.
        larger: path → bytes, of requests that carry a file.
        observe: told (method, route, status, seconds) of every answered request.
    """

    def __init__(
        self,
        app: ASGIApp,
        names: Iterable[str] = (),
        max_body: int = MAX_BODY,
        observe: Observe | None = None,
        larger: Mapping[str, int] | None = None,
    ) -> None:
        self._app = app
        self._names = LOCAL_NAMES | {name.lower() for name in names}
        self._max_body = max_body
        self._larger = dict(larger or {})
        self._observe = observe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            # No WebSocket is offered; lifespan goes through.
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        since = time.perf_counter()
        status = 500
        started = False

        async def dressed(message: Message) -> None:
            nonlocal status, started
            if message["type"] == "http.response.start":
                status, started = message["status"], True
                present = {name.lower() for name, _ in message.get("headers", ())}
                message = {
                    **message,
                    "headers": [*message.get("headers", ()), *(h for h in HEADERS if h[0] not in present)],
                }
            await send(message)

        try:
            await self._admit(scope, receive, dressed)
        except Exception:
            # Answered here and not raised on: the server would log it again and cut the connection.
            log.exception("%s %s failed", scope["method"], getattr(scope.get("route"), "path", "?"))
            if started:
                raise
            await errors.answer(Refused("api.fault"), 500)(scope, receive, dressed)
        finally:
            if self._observe is not None:
                route = getattr(scope.get("route"), "path", "other")
                self._observe(scope["method"], route, status, time.perf_counter() - since)

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1 or not self._known(hosts[0]):
            await errors.answer(errors.BadRequest("api.wrong_host"))(scope, receive, send)
            return
        if scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self._app(scope, receive, send)
            return
        limit = self._larger.get(scope["path"], self._max_body)
        body = await self._read(scope, receive, limit)
        if body is None:
            await errors.answer(Refused("api.too_large", limit=limit), 413)(scope, receive, send)
            return
        given = False

        async def replay() -> Message:
            nonlocal given
            if not given:
                given = True
                return {"type": "http.request", "body": body, "more_body": False}
            return await receive()

        await self._app(scope, replay, send)

    def _known(self, host: bytes) -> bool:
        text = host.decode("latin-1").lower()
        # "name:port" and "[v6]:port"; the colon inside brackets is not the port's.
        name, colon, port = text.rpartition(":")
        if colon and port.isascii() and port.isdigit() and not (name.startswith("[") and not name.endswith("]")):
            text = name
        return text in self._names

    async def _read(self, scope: Scope, receive: Receive, limit: int) -> bytes | None:
        """The whole body, or None when it is larger than allowed."""
        told = [value for name, value in scope["headers"] if name == b"content-length"]
        if told and told[0].isdigit() and int(told[0]) > limit:
            return None
        parts: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return b"".join(parts)
            part: bytes = message.get("body", b"")
            size += len(part)
            if size > limit:
                return None
            parts.append(part)
            if not message.get("more_body", False):
                return b"".join(parts)
