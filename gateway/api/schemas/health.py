"""Status and health on the wire."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from gateway.api.schemas.common import Answer, Instant, Noted
from gateway.api.schemas.trials import Trial

StateWord = Literal["ok", "working", "needs_you", "offline", "failed"]


class Me(Answer):
    """Who the token belongs to."""

    user: str
    role: str
    permissions: list[str]
    language: str


class Needs(BaseModel):
    """How many things wait for a person, of those this caller may see."""

    payments: int
    picks: int
    calls: int
    tasks: int
    alarms: int
    to_sign: int = Field(
        description="Payment orders that wait for a signature or a decision of the caller, who may sign"
    )


class Fault(BaseModel):
    code: str
    text_ru: str
    text_en: str
    hint_ru: str
    hint_en: str


class BankLink(BaseModel):
    """A bank channel."""

    channel: str
    title: str
    last_poll_at: Instant | None
    last_good_at: Instant | None
    next_poll_at: Instant | None
    last_result: Literal["nothing_new", "new", "failed", "never"]
    new_files: int
    error: Fault | None
    certificate_expires: str | None
    days_left: int | None = Field(description="Of our certificate; negative once it has ended")
    renewal_due: bool = Field(description="The service renews it by itself now")


class Alarm(Fault):
    id: str
    raised_at: Instant
    last_at: Instant
    count: int
    severity: Literal["warning", "error"]


class Sla(BaseModel):
    """Seconds from the bank's own time to the pick list, over the orders released today."""

    released_today: int
    p50_s: float | None
    p95_s: float | None
    within_15_min: float | None = Field(description="Share of them, 0 to 1")


class StatusAnswer(Answer):
    """How it is."""

    state: StateWord
    needs: Needs
    bank: list[BankLink]
    alarms: list[Alarm]
    sla: Sla
    release_mode: Literal["automatic", "manual"]
    company: str
    version: str


class Component(BaseModel):
    code: str
    title_ru: str
    title_en: str
    state: Literal["ok", "warning", "error"]
    text_ru: str
    text_en: str
    hint_ru: str
    hint_en: str


class Poll(BaseModel):
    at: Instant
    channel: str
    result: str
    duration_ms: int
    files: int
    error_code: str | None


class DeadLetter(BaseModel):
    id: str
    topic: str
    key: str
    attempts: int
    last_error: str
    created_at: Instant


class Message(BaseModel):
    """A message of the bank, as it was received."""

    id: str
    reference: str
    kind: str
    received_at: Instant
    state: str
    reason: str | None = Field(description="Code of why it was refused or could not be read")
    reason_ru: str
    reason_en: str
    size: int


class Journal(BaseModel):
    rows: int
    head: str
    verified_at: Instant | None


class Outbox(BaseModel):
    waiting: int
    dead: int


class HealthAnswer(Answer):
    """What IT looks at."""

    components: list[Component]
    polls: list[Poll]
    dead_letters: list[DeadLetter]
    messages: list[Message]
    journal: Journal
    outbox: Outbox


class ReleaseMode(Noted):
    """`note` says why; it stays in the journal."""

    mode: Literal["automatic", "manual"]


class ReleaseModeAnswer(Answer):
    release_mode: Literal["automatic", "manual"]
    last_trial: Trial | None = Field(description="The newest back-test that was kept; null when there never was one")
