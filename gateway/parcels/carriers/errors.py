"""What an adapter may raise beyond the plain errors."""

from __future__ import annotations

from gateway.core.errors import Unavailable


class UnreadableReply(Unavailable):
    """A carrier's reply makes no sense as a whole; whoever asked keeps its bytes.

    Attributes:
        raw: the reply, or its beginning where it was too large; it names people, so it is in no text and no log.
    """

    def __init__(self, carrier: str, detail: str, raw: bytes) -> None:
        super().__init__("carrier.unreadable", retry_after=900.0, carrier=carrier, detail=detail[:200])
        self.raw = raw
