"""The door of the public port: by what name it is asked, by whom, how often and how much; what every answer carries.

Plain ASGI, because a body is counted while it arrives and an answer is dressed whoever made it.
"""

from __future__ import annotations

import logging
import re
from ipaddress import ip_address

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.core.errors import KvitError, Refused
from gateway.loans import documents
from gateway.web import parcel_feed
from gateway.web.answers import BadRequest, answer
from gateway.web.limits import Limiter, caller_of
from gateway.web.room import PublicRoom

log = logging.getLogger("kvit.web")

MAX_BODY = 64 * 1024
MAX_FILE = documents.MOST + MAX_BODY
_WITH_FILE = re.compile(r"/shop/applications/[^/]+/documents")
TOO_LARGE = 413
_WITH_PORT = re.compile(r"\[(?P<six>[^\]]*)\](?::\d{1,5})?|(?P<four>[0-9.]+):\d{1,5}", re.ASCII)
HEADERS = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)
_HSTS = (b"strict-transport-security", b"max-age=31536000")


class Door:
    """Outermost of the application."""

    def __init__(self, app: ASGIApp, room: PublicRoom) -> None:
        self._app = app
        self._name = room.host
        self._behind_proxy = room.behind_proxy
        self._headers = (*HEADERS, _HSTS) if room.secure else HEADERS
        self._limiter = Limiter(room.store.clock.monotonic, room.pace.address)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            # No WebSocket is offered; lifespan goes through.
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        started = False

        async def dressed(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                own = message.get("headers", ())
                extra = (*_noted(scope), *self._headers)
                present = {name.lower() for name, _ in own}
                added = {name: value for name, value in reversed(extra) if name not in present}
                message = {**message, "headers": [*own, *added.items()]}
            await send(message)

        try:
            self._admit(scope)
            await self._app(scope, _counted(receive, limit_of(scope["path"])), dressed)
        except KvitError as error:
            await answer(error)(scope, receive, dressed)
        except ClientDisconnect:
            return  # before the body was whole: nobody is there to be told
        except Exception:
            # Answered here and not raised on: the server would log it again and cut the connection.
            log.exception("%s %s failed", scope["method"], getattr(scope.get("route"), "path", "?"))
            if started:
                raise
            fault = answer(Refused("api.fault"))
            fault.status_code = 500
            await fault(scope, receive, dressed)

    def _admit(self, scope: Scope) -> None:
        hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1 or not _names(hosts[0], self._name):
            raise BadRequest("web.wrong_host")
        scope["client"] = (self._address(scope), 0)
        self._limiter.take(caller_of(scope["client"][0]))

    def _address(self, scope: Scope) -> str:
        """Who asks: the peer, or whom the proxy on this machine names."""
        peer = str(scope["client"][0]) if scope.get("client") else ""
        if not self._behind_proxy or not _is_here(peer):
            return peer
        told = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
        # Only the last address is the proxy's own word; those before it came with the request.
        return _bare(told[-1].rpartition(",")[2].strip()) or peer if told else peer


def _noted(scope: Scope) -> list[tuple[bytes, bytes]]:
    """Headers the dependencies of a route have asked for: they hold for its errors too."""
    noted = scope.get("state", {})
    headers = []
    if origin := noted.get("shared_with", ""):
        headers += [
            (b"access-control-allow-origin", origin.encode("ascii")),
            (b"cross-origin-resource-policy", b"cross-origin"),
            (b"vary", b"Origin"),
        ]
    if cookie := noted.get("session_cookie", ""):
        headers.append((b"set-cookie", cookie.encode("latin-1")))
    return headers


def _names(host: str, name: str) -> bool:
    """Whether a Host header, with or without a port, names this server; IPv6 stands in brackets."""
    text = host.lower()
    bare, colon, port = text.rpartition(":")
    if colon and port.isascii() and port.isdigit() and not (bare.startswith("[") and not bare.endswith("]")):
        text = bare
    return text.strip("[]") == name


def _bare(told: str) -> str:
    """The address a proxy names: some add the port, and then IPv6 stands in brackets; "" for what is none."""
    found = _WITH_PORT.fullmatch(told)
    address = found["six"] or found["four"] or "" if found else told
    try:
        return str(ip_address(address))
    except ValueError:
        return ""


def _is_here(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def limit_of(path: str) -> int:
    """How many bytes a request to this address may carry."""
    if path.startswith(parcel_feed.PREFIX):
        return parcel_feed.MAX_BODY
    return MAX_FILE if _WITH_FILE.fullmatch(path) else MAX_BODY


def _counted(receive: Receive, limit: int) -> Receive:
    """`receive` that stops a body when it grows too large."""
    size = 0

    async def counted() -> Message:
        nonlocal size
        message = await receive()
        if message["type"] == "http.request":
            size += len(message.get("body", b""))
            if size > limit:
                # An HTTPException passes through whoever reads the body; `app` tells it as `web.too_large`.
                raise HTTPException(TOO_LARGE)
        return message

    return counted
