"""Whom the doctor looks at, and how a finding is written down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from gateway.api.room import Finding
from gateway.core.clock import MOSCOW, Clock
from gateway.core.errors import KvitError
from gateway.service.config import Config, Home
from gateway.service.wiring import Bank
from gateway.store import Store

State = Literal["ok", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Patient:
    """An installation, as far as it could be opened.

    Attributes:
        config: None when it cannot be read: then only what needs no settings is looked at.
        store: None when the database cannot be used.
        banks: opened channels; empty where nobody opened them.
        thorough: also what takes seconds: the whole database, the bank's door.
    """

    home: Home
    clock: Clock
    config: Config | None = None
    store: Store | None = None
    banks: Sequence[Bank] = ()
    thorough: bool = False

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.config.company.zone) if self.config else MOSCOW


Check = Callable[[Patient], Sequence[Finding]]


def ok(code: str, /, **values: object) -> Finding:
    return Finding(code, "ok", values)


def warning(code: str, /, **values: object) -> Finding:
    return Finding(code, "warning", values)


def error(code: str, /, **values: object) -> Finding:
    return Finding(code, "error", values)


def of(failure: KvitError, state: State = "error") -> Finding:
    """What was raised, as a finding: it brings its own sentence and remedy."""
    return Finding(failure.code, state, failure.values)
