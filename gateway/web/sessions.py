"""Sessions of the shop account: a signed cookie that ends, and the marks forms carry against forgery.

A session says which access it was opened with and when, sealed with a key of the house (HMAC-SHA256); nothing else. The
access itself is read anew for every request, so that a revoked one ends at once. Sessions people left are kept in the
database until they would have ended anyway: a copy of the cookie opens nothing, after a restart neither.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from gateway.loans import access
from gateway.loans.access import Entrant
from gateway.web.room import WebRoom

IDLE = timedelta(hours=1)
LONGEST = timedelta(hours=12)
_RENEW = timedelta(minutes=5)
_MAC = 32


@dataclass(frozen=True, slots=True)
class Session:
    """One person at one browser.

    Attributes:
        access_id: the row of `shop_access` it was opened with; "" for somebody who stands at the door yet.
        born, seen: seconds since 1970.
        nonce: random, so that no two are alike.
    """

    access_id: str
    born: int
    seen: int
    nonce: str


class Sessions:
    """Opens, reads and ends sessions.

    Args:
        room: its key signs them, its clock ends them.
    """

    def __init__(self, room: WebRoom) -> None:
        self._room = room
        # Browsers take a __Host- cookie over TLS only, and from this very host only.
        self.cookie = "__Host-kvit" if room.secure else "kvit"

    def open(self, access_id: str) -> Session:
        """A new session; whoever comes in gets one of his own, whatever cookie he came with."""
        now = self._now()
        return Session(access_id, now, now, secrets.token_urlsafe(18))

    def read(self, request: Request) -> Session | None:
        """The session of a request; None where there is none, or it is forged or over. Whose it is, and whether it was
        left, `person` tells."""
        session = self._unsealed(request.cookies.get(self.cookie, ""))
        if session is None:
            return None
        now = self._now()
        over = now - session.seen > IDLE.total_seconds() or now - session.born > LONGEST.total_seconds()
        return None if over else session

    def person(self, session: Session) -> Entrant | None:
        """Who goes on by a session; None at the door, and once it was left or the access is no more."""
        if not session.access_id:
            return None
        store = self._room.store
        with store.reading() as connection:
            return access.enter_again(connection, store.company, session.access_id, _kept(session))

    def end(self, session: Session) -> None:
        """Nobody comes in by this session any more."""
        if not session.access_id:
            return  # nobody came in by it before; and strangers could make any number of them to be remembered
        with self._room.store.unit() as unit:
            access.leave(unit, _kept(session), datetime.fromtimestamp(session.born, UTC) + LONGEST)
            unit.commit()

    def carry(self, response: Response, session: Session) -> None:
        """Put a session into the cookie of an answer, with the time it was last seen."""
        session = replace(session, seen=self._now())
        response.set_cookie(
            self.cookie,
            self._sealed(session),
            max_age=int(LONGEST.total_seconds()),
            httponly=True,
            secure=self._room.secure,
            samesite="strict",
            path="/",
        )

    def renewed(self, session: Session) -> str:
        """The cookie header of a session that goes on; "" while the one the browser has is young enough."""
        if self._now() - session.seen <= _RENEW.total_seconds():
            return ""
        response = Response()
        self.carry(response, session)
        return response.headers["set-cookie"]

    def forget(self, response: Response) -> None:
        """Take the cookie away."""
        response.delete_cookie(self.cookie, path="/", secure=self._room.secure, httponly=True, samesite="strict")

    def mark(self, session: Session) -> str:
        """What every form of this session carries: another site's page cannot know it."""
        return self._mac(b"form\0" + session.nonce.encode()).hex()

    def is_marked(self, session: Session, given: str) -> bool:
        """Whether a form carries this session's mark; compared in constant time."""
        return hmac.compare_digest(self.mark(session).encode(), given.encode("utf-8", "surrogatepass"))

    def _now(self) -> int:
        now: datetime = self._room.store.clock.now()
        return int(now.timestamp())

    def _mac(self, content: bytes) -> bytes:
        return hmac.digest(self._room.session_key, content, "sha256")

    def _sealed(self, session: Session) -> str:
        content = f"{session.access_id}.{session.born}.{session.seen}.{session.nonce}".encode()
        return base64.urlsafe_b64encode(self._mac(b"session\0" + content) + content).decode()

    def _unsealed(self, cookie: str) -> Session | None:
        try:
            whole = base64.b64decode(cookie, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        given, content = whole[:_MAC], whole[_MAC:]
        if not hmac.compare_digest(given, self._mac(b"session\0" + content)):
            return None
        access_id, born, seen, nonce = content.decode().split(".")
        return Session(access_id, int(born), int(seen), nonce)


def _kept(session: Session) -> str:
    """What is kept of a session that was left: whoever reads it there cannot make a cookie of it."""
    return hashlib.sha256(session.nonce.encode()).hexdigest()
