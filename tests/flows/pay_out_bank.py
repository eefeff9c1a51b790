"""A bank that takes orders, or loses them, or says nothing: a channel whose every answer a test decides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

from gateway.bank.channel import Delivery, FileRef, Listing, Proven, Reply, Request, Sending
from gateway.core.errors import KvitError, Unavailable

AT = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


class PretendBank:
    """A channel.

    Attributes:
        has: request ids the bank has, with the bytes it got.
        tries: every (request id, bytes) that was sent, lost or not.
        before: asked before each call by its name; may raise.
        lose: the next so many sendings arrive, and their answers do not.
        drop: the next so many sendings do not arrive, nor their answers.
        refuse: what `accepted` raises.
        says: what `delivered` says; None for the truth.
        settings: what it says about our agreement.
    """

    def __init__(self, name: str = "bxd:pretend") -> None:
        self._name = name
        self.has: dict[str, bytes] = {}
        self.sendings: list[Sending] = []
        self.before: Callable[[str], None] = lambda _: None
        self.lose = 0
        self.drop = 0
        self.refuse: KvitError | None = None
        self.says: Delivery | None = None
        self.settings: dict[str, object] = {}

    @property
    def tries(self) -> list[tuple[str, bytes]]:
        return [(s.request_id, s.content) for s in self.sendings]

    @property
    def name(self) -> str:
        return self._name

    @property
    def certificate_expires(self) -> datetime | None:
        return None

    def send(self, sending: Sending) -> Reply:
        self.before("send")
        self.sendings.append(sending)
        if self.drop:
            self.drop -= 1
            raise Unavailable("bank.away", host="pretend")
        self.has.setdefault(sending.request_id, sending.content)
        self.before("sent")
        if self.lose:
            self.lose -= 1
            raise Unavailable("bank.slow", host="pretend")
        return Reply(Request(sending.request_id, "uploadFile", AT), b"taken " + sending.request_id.encode(), AT, {})

    def accepted(self, reply: Reply) -> str:
        self.before("accepted")
        if self.refuse is not None:
            self.has.pop(reply.request.request_id, None)
            raise self.refuse
        return f"receipt-{reply.request.request_id}"

    def delivered(self, sending: Sending) -> Delivery:
        self.before("delivered")
        if self.says is not None:
            return self.says
        return Delivery.ARRIVED if sending.request_id in self.has else Delivery.ABSENT

    def list_files(self, since: date | None, cursor: str = "") -> Listing:
        return Listing(())

    def fetch(self, ref: FileRef) -> Reply:
        raise NotImplementedError

    def prove(self, reply: Reply, at: datetime) -> Proven:
        raise NotImplementedError

    def acknowledge(self, ref: FileRef) -> None:
        raise NotImplementedError

    def user_info(self) -> dict[str, object]:
        self.before("user_info")
        return self.settings

    def close(self) -> None:
        return None
