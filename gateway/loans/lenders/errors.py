"""What an adapter may raise beyond the plain errors."""

from __future__ import annotations

from gateway.core.errors import Corrupt


class UnreadableAnswer(Corrupt):
    """A lender's answer makes no sense; whoever asked keeps its bytes.

    Attributes:
        raw: the answer; it may hold personal data, so it is in no text and no log.
    """

    def __init__(self, lender: str, detail: str, raw: bytes) -> None:
        super().__init__("lender.unreadable", lender=lender, detail=detail[:200])
        self.raw = raw
