"""What the make-believe service remembers. Plain records; `render.py` turns them into the contract's JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from gui.api.fake.shop import Article, Buyer

Reason = tuple[str, str, str, str | None]  # code, Russian, English, the words in the purpose (or None)


@dataclass(slots=True)
class Allocated:
    id: str
    invoice: str
    amount: int
    by: str
    at: datetime
    event: str
    undone: bool = False


@dataclass(frozen=True, slots=True)
class PayoutRegistry:
    """A partner's registry behind a payout; `fee` is what the partner kept."""

    id: str
    number: str
    day: date
    fee: int
    state: str = "waiting"


@dataclass(slots=True)
class RuleRecord:
    """A rule of payers."""

    id: str
    payer_name: str
    payer_inn: str
    payer_account: str
    party: str
    buyer: str
    since: date
    made: datetime
    by: str
    note: str = ""
    payment: str = ""
    version: int = 1
    revoked: datetime | None = None
    revoked_by: str | None = None


@dataclass(slots=True)
class PaymentRecord:
    id: str
    bank_time: datetime
    payer: Buyer
    amount: int
    purpose: str
    state: str
    outcome: str
    evidence: str = "signed"
    version: int = 1
    allocations: list[Allocated] = field(default_factory=list)
    bulk_invoice: str = ""
    suggested: list[tuple[list[str], list[Reason]]] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)
    sentence: tuple[str, str] = ("", "")
    history: list[tuple[datetime, str, str, str]] = field(default_factory=list)
    before: tuple[str, str] | None = None
    event: str | None = None
    late_s: float = 3.0
    registry: PayoutRegistry | None = None
    payout: bool = False  # a partner's: no rule of payers can be made for it

    @property
    def live(self) -> list[Allocated]:
        """The allocations in force."""
        return [a for a in self.allocations if not a.undone]

    @property
    def given(self) -> int:
        """What its invoices took, the partner's fee with it."""
        return sum(a.amount for a in self.live)

    @property
    def fee(self) -> int:
        return max(0, self.given - self.amount) if self.registry is not None else 0

    @property
    def allocated(self) -> int:
        return self.amount if self.bulk_invoice else self.given - self.fee

    @property
    def received_at(self) -> datetime:
        return self.bank_time + timedelta(seconds=self.late_s)


@dataclass(slots=True)
class Line:
    id: str
    article: Article
    qty: int
    picked: int = 0
    short_reason: str = ""


@dataclass(slots=True)
class OrderRecord:
    id: str
    number: str
    day: date
    buyer: Buyer
    lines: list[Line]
    delivery: str
    version: int = 1
    pay_state: str = "unpaid"
    stock_state: str = "none"
    ship_state: str = "none"
    hold_reason: str | None = None
    bank_time: datetime | None = None
    released_at: datetime | None = None
    priority: bool = False
    paid_before: int = 0
    cancelled: bool = False

    @property
    def amount(self) -> int:
        return sum(line.article.price * line.qty for line in self.lines)


@dataclass(slots=True)
class PickRecord:
    id: str
    number: str
    order: str
    warehouse: str
    state: str
    created: datetime
    due: datetime
    version: int = 1
    taken_by: str | None = None
    printed: int = 0


@dataclass(slots=True)
class TaskRecord:
    id: str
    kind: str
    title: tuple[str, str]
    script: tuple[str, str]
    role: str
    created: datetime
    due: datetime
    order: str | None = None
    payment: str | None = None
    state: str = "new"
    version: int = 1
    taken_by: str | None = None
    attempts: int = 0


@dataclass(slots=True)
class AlarmRecord:
    id: str
    code: str
    text: tuple[str, str]
    hint: tuple[str, str]
    severity: str
    raised: datetime
    count: int = 1


@dataclass(slots=True)
class PollRecord:
    at: datetime
    result: str
    ms: float
    files: int = 0
    error: str | None = None


@dataclass(slots=True)
class DeadRecord:
    id: str
    topic: str
    key: str
    attempts: int
    error: str
    created: datetime


@dataclass(frozen=True, slots=True)
class PayeeRecord:
    name: str
    inn: str
    kpp: str
    account: str
    bic: str
    bank: str
    corr: str


@dataclass(slots=True)
class OutgoingRecord:
    """A payment order; `warnings` are codes with their field and sentences, `lines` the statement lines behind it."""

    id: str
    number: str
    day: date
    account: str
    payee: PayeeRecord
    amount: int
    purpose: str
    state: str
    proposed_by: str
    proposed_at: datetime
    version: int = 1
    kind: str = "ordinary"
    source: str = "hand"
    priority: int = 5
    uin: str = ""
    tax: dict[str, str] | None = None
    approved_by: list[str] = field(default_factory=list)
    warnings: list[dict[str, str]] = field(default_factory=list)
    bank_code: str = ""
    bank_text: str = ""
    note: str = ""
    sent_at: datetime | None = None
    executed_at: datetime | None = None
    returned_at: datetime | None = None
    history: list[tuple[datetime, str, str, str]] = field(default_factory=list)  # at, by, event, note
    lines: list[tuple[str, bool, datetime]] = field(default_factory=list)  # evidence kind, incoming, at


@dataclass(slots=True)
class ChannelRecord:
    """A bank channel beside the one whose polls the world keeps; times are minutes from now."""

    channel: str
    title: str
    days_left: int | None
    result: str = "never"
    asked_min: float | None = None
    good_min: float | None = None
    next_min: float | None = None
    files: int = 0
    error: tuple[str, str, str, str, str] | None = None  # code, text ru and en, hint ru and en
