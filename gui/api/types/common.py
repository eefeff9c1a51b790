"""What every answer is made of: sentences, pages, who we are, how it is, what changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence in both languages, as the service sent it (`text_ru`, `text_en`)."""

    ru: str
    en: str

    def text(self, language: str) -> str:
        """The sentence in "ru" or "en"; the other one where this one is empty."""
        return (self.ru or self.en) if language == "ru" else (self.en or self.ru)


SILENT = Said("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """A sentence with its code."""

    code: str
    text: Said = SILENT


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A slice of a list: `total` counts the whole filtered list, `counts` each filter's rows."""

    items: tuple[T, ...]
    total: int
    counts: dict[str, int]
    server_time: datetime | None
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    user: str
    role: str
    permissions: tuple[str, ...]
    language: str = ""

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    def answers_for(self, role: str) -> bool:
        """Whether a task for `role` is this person's to finish; the others may only be read."""
        return role in ("", self.role) or self.role == "owner"

    def sees(self, topic: str) -> bool:
        """Whether any right of the topic ("payments") is there; decides which pages are shown."""
        return any(p.split(".", 1)[0] == topic for p in self.permissions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """How many things wait for a person.

    `loan_calls`: buyers to be called now; `loans_late`: applications longer at their stage than the limit. Both are of
    the board, not of the status, and wait for those with the rights only. `parcels_stuck`, `cod_missing`: parcels
    nothing is heard of, and whose money is overdue; of the list of parcels.
    """

    payments: int = 0
    picks: int = 0
    calls: int = 0
    tasks: int = 0
    alarms: int = 0
    to_sign: int = 0
    loan_calls: int = 0
    loans_late: int = 0
    parcels_stuck: int = 0
    cod_missing: int = 0

    @property
    def total(self) -> int:
        return self.payments + self.picks + self.calls + self.tasks + self.alarms + self.to_sign


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """An error inside an answer that itself succeeded."""

    code: str
    text: Said = SILENT
    hint: Said = SILENT


@dataclass(frozen=True, slots=True, kw_only=True)
class BankLink:
    channel: str
    title: str
    last_poll_at: datetime | None = None
    last_good_at: datetime | None = None
    next_poll_at: datetime | None = None
    last_result: str = "never"
    new_files: int = 0
    error: Fault | None = None
    certificate_expires: str | None = None
    days_left: int | None = None
    renewal_due: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    id: str
    code: str
    text: Said
    hint: Said = SILENT
    raised_at: datetime | None = None
    last_at: datetime | None = None
    count: int = 1
    severity: str = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sla:
    """Seconds from the bank's own time to the call task, over today's released orders."""

    released_today: int = 0
    p50_s: float | None = None
    p95_s: float | None = None
    within_15_min: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    state: str
    needs: Needs = Needs()
    bank: tuple[BankLink, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    sla: Sla = Sla()
    release_mode: str = ""
    company: str = ""
    version: str = ""
    server_time: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line of the event stream: these things of this topic are not what they were."""

    topic: str
    ids: tuple[str, ...] = ()
    at: datetime | None = None
    extra: dict[str, Any] = field(default_factory=dict)
