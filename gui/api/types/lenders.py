"""How it goes with lenders, and agreements that wait too long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from gui.api.types.common import Coded, Said


@dataclass(frozen=True, slots=True, kw_only=True)
class LenderState:
    """A lender and how it goes with him.

    Attributes:
        state: "fine", "silent", "refusing" or "misconfigured".
        open: applications he owes a word on; failing: of these, whose last call he did not answer.
        waiting, dead: calls that have not reached him, and those given up.
        token, hints: the vault holds his token, and the secret of his notices.
        token_days_left: 0 on the token's last day; None where nobody told it.
    """

    lender: str
    title: str = ""
    state: str = "fine"
    state_ru: str = ""
    state_en: str = ""
    open: int = 0
    failing: int = 0
    waiting: int = 0
    dead: int = 0
    last_answer: datetime | None = None
    away_since: datetime | None = None
    silent: bool = False
    last_error: Coded | None = None
    token: bool = True
    hints: bool = True
    token_until: date | None = None
    token_days_left: int | None = None

    @property
    def state_said(self) -> Said:
        return Said(self.state_ru or self.state, self.state_en or self.state)


@dataclass(frozen=True, slots=True, kw_only=True)
class LenderStates:
    items: tuple[LenderState, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LenderCall:
    """A call that has not reached its lender; a `dead` one waits for a person, the others are repeated."""

    id: str
    call: str = ""
    call_ru: str = ""
    call_en: str = ""
    lender: str = ""
    lender_title: str = ""
    loan_id: str = ""
    loan_number: int = 0
    created_at: datetime | None = None
    next_at: datetime | None = None
    dead: bool = False
    attempts: int = 0
    error: Coded | None = None
    last_error: str = ""

    @property
    def call_said(self) -> Said:
        return Said(self.call_ru or self.call, self.call_en or self.call)


@dataclass(frozen=True, slots=True, kw_only=True)
class LenderCalls:
    items: tuple[LenderCall, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeingRow:
    """An agreement that waits for its signature, its original or its money; red once past `limit_days`."""

    agreement_id: str
    loan_id: str = ""
    loan_number: int = 0
    number: str = ""
    shop: str = ""
    lender: str = ""
    lender_title: str = ""
    transfer: int = 0
    received: int = 0
    signed: bool = False
    original: bool = False
    money: bool = False
    since: datetime | None = None
    days: int = 0
    limit_days: int = 0
    red: bool = False

    @property
    def id(self) -> str:
        return self.agreement_id


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeingGap:
    """How many agreements wait for one of the three, how many of them too long, and for how much money."""

    gap: str
    gap_ru: str = ""
    gap_en: str = ""
    count: int = 0
    red: int = 0
    transfer: int = 0
    limit_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeingGaps:
    gaps: tuple[AgeingGap, ...] = ()

    @property
    def red(self) -> int:
        return sum(gap.red for gap in self.gaps)
