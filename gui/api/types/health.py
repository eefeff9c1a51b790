"""What IT looks at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gui.api.types.common import SILENT, Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    code: str
    title: Said
    state: str
    text: Said = SILENT
    hint: Said = SILENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    at: datetime | None = None
    channel: str = ""
    result: str = ""
    duration_ms: float | None = None
    files: int = 0
    error_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    id: str
    topic: str
    key: str = ""
    attempts: int = 0
    last_error: str = ""
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    id: str
    reference: str | None = None
    kind: str = ""
    received_at: datetime | None = None
    state: str = ""
    reason: str | None = None
    size: int | None = None
    reason_ru: str = ""
    reason_en: str = ""

    @property
    def why(self) -> Said:
        """Why it was refused, in words; the code where the service knows none."""
        return Said(self.reason_ru or self.reason or "", self.reason_en or self.reason or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    rows: int = 0
    head: str | None = None
    verified_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    waiting: int = 0
    dead: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    components: tuple[Component, ...] = ()
    polls: tuple[Poll, ...] = ()
    dead_letters: tuple[DeadLetter, ...] = ()
    messages: tuple[Message, ...] = ()
    journal: Journal = Journal()
    outbox: Outbox = Outbox()
    server_time: datetime | None = None
