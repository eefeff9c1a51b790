"""The one tree of errors.

    KvitError
    ├── Refused       the caller can act: wrong input, forbidden, not now
    │   └── Conflict  somebody else was faster: reload and decide again
    ├── Unavailable   the other side is away: try again after `retry_after` seconds
    └── Corrupt       evidence is bad: stop, keep the bytes, raise an alarm

An error carries a *code* and the values its sentence needs; the sentences themselves, Russian and English, stand in
`gateway/core/messages/*.toml` under that code. So a log, an API answer and the tray say the same thing in their own
language, and no sentence is ever built from a secret.
"""

from __future__ import annotations

from gateway.core.catalogue import sentence


class KvitError(Exception):
    """Base of every error Kvit raises on purpose.

    Args:
        code: key in the message catalogue, "topic.what_happened".
        values: what the sentence names; must be safe to show and to log.
    """

    def __init__(self, code: str, **values: object) -> None:
        self.code = code
        self.values = values
        super().__init__(code)

    def text(self, language: str = "en") -> str:
        """What happened, one sentence, "ru" or "en"."""
        return sentence(self.code, language, self.values)

    def hint(self, language: str = "en") -> str:
        """What to do about it, one sentence; may be empty."""
        return sentence(self.code, f"hint_{language}", self.values)

    def __str__(self) -> str:
        hint = self.hint()
        return f"{self.text()} {hint}".strip()


class Refused(KvitError):
    """The request cannot be carried out and the caller can do something about it."""


class Conflict(Refused):
    """The row was changed by somebody else since the caller read it."""


class Unavailable(KvitError):
    """The other side does not answer now.

    Args:
        retry_after: seconds to wait before the next try.
    """

    def __init__(self, code: str, *, retry_after: float = 60.0, **values: object) -> None:
        super().__init__(code, **values)
        self.retry_after = retry_after


class Corrupt(KvitError):
    """Evidence does not hold: a forged, altered or broken message, or a broken journal."""
