"""Settlement with shops: statements of account, their lines and payouts, balances, and the closing of a period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from gui.api.types.common import SILENT, Coded, Fault, Said
from gui.api.types.outgoing import LineEvidence


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementRow:
    """A statement in the list.

    Attributes:
        net: what is to be paid: `gross` less `fee`; `vat` is the part of the fee that is tax.
        silence_on: the day silence counts as consent.
        paid_entry_id: the debit line that proved the payout.
        claim_number: of the claim, where the party is to pay us.
    """

    id: str
    version: int
    number: str = ""
    party_kind: str = ""
    party_id: str = ""
    party: str = ""
    since: date | None = None
    until: date | None = None
    state: str = ""
    state_ru: str = ""
    state_en: str = ""
    made_at: datetime | None = None
    made_by: str = ""
    line_count: int = 0
    gross: int = 0
    fee: int = 0
    net: int = 0
    vat: int = 0
    sent_at: datetime | None = None
    silence_on: date | None = None
    answered_at: datetime | None = None
    answered_by: str = ""
    remark: str = ""
    payment_order_id: str | None = None
    paid_at: datetime | None = None
    paid_on: date | None = None
    paid_entry_id: str | None = None
    attempts: int = 0
    note: str = ""
    claim_number: str | None = None

    @property
    def state_said(self) -> Said:
        return Said(self.state_ru or self.state, self.state_en or self.state)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementEvent:
    at: datetime | None = None
    by: str = ""
    event: str = ""
    state: str = ""
    note: str = ""
    text: Said = SILENT


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementPayout:
    """A payment order made for the statement, and what became of it."""

    payment_order_id: str
    number: str = ""
    state: str = ""
    state_ru: str = ""
    state_en: str = ""
    attempt: int = 1
    amount: int = 0
    made_at: datetime | None = None
    made_by: str = ""
    entry_id: str | None = None
    paid_at: datetime | None = None
    return_entry_id: str | None = None
    returned_at: datetime | None = None

    @property
    def state_said(self) -> Said:
        return Said(self.state_ru or self.state, self.state_en or self.state)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement(StatementRow):
    """A statement with what may be done with it, its history, its payouts and their proof.

    `held`: why no payment order can be made though it is to be paid.
    """

    held: Fault | None = None
    actions: tuple[str, ...] = ()
    history: tuple[StatementEvent, ...] = ()
    payouts: tuple[StatementPayout, ...] = ()
    evidence: tuple[LineEvidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """One line of the register; one that `reverses` another takes it back."""

    id: str
    kind: str = ""
    kind_ru: str = ""
    kind_en: str = ""
    on: date | None = None
    at: datetime | None = None
    by: str = ""
    document: str = ""
    subject: str = ""
    loan_id: str | None = None
    gross: int = 0
    fee: int = 0
    net: int = 0
    vat: int = 0
    payment_id: str = ""
    reverses: str | None = None
    note: str = ""

    @property
    def kind_said(self) -> Said:
        return Said(self.kind_ru or self.kind, self.kind_en or self.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What one party has coming: owed in all, not yet in a statement, in statements, paid so far."""

    party_kind: str
    party_id: str
    party: str = ""
    owed: int = 0
    waiting: int = 0
    stated: int = 0
    paid: int = 0

    @property
    def id(self) -> str:
        return f"{self.party_kind}:{self.party_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The closing of a period: how far it is, who started it, and why it failed."""

    state: str = "idle"
    until: date | None = None
    done: int = 0
    of: int = 0
    statements: int = 0
    lines: int = 0
    sent: int = 0
    started_at: datetime | None = None
    ended_at: datetime | None = None
    by: str = ""
    error: Coded | None = None

    @property
    def running(self) -> bool:
        return self.state in ("closing", "sending")
