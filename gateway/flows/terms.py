"""How this company trades: the settings the stories go by."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from gateway.core.clock import MOSCOW
from gateway.core.workdays import WorkHours
from gateway.flows.cod_terms import CodTerms
from gateway.loans.terms import LoanTerms
from gateway.matching.decision import Policy
from gateway.parcels.terms import ParcelTerms
from gateway.payments.model import Habits
from gateway.payments.outgoing.model import OutgoingTerms


@dataclass(frozen=True, slots=True)
class OwnCompany:
    """The company whose bank account this is.

    Attributes:
        bic: of the bank that holds the account.
    """

    name: str
    inn: str
    kpp: str = ""
    bic: str = ""
    bank: str = ""
    corr_account: str = ""


@dataclass(frozen=True, slots=True)
class DatedPolicy:
    """What the matcher may do with payments booked from a day on, until the next such day."""

    since: date
    policy: Policy


@dataclass(frozen=True, slots=True)
class Terms:
    """Settings of the trade.

    Attributes:
        policy: what the matcher may do with payments of before the first dated policy, or without a day; our own
            accounts and payout partners are the same in all of them.
        policies: by day, the earliest first.
        small_order_pieces: an order of at most so many pieces, free in one warehouse, is confirmed at once.
        call_minutes: the manager rings the customer within so many work minutes of the bank's operation time.
        accepts_channel: the bank's profile lets unsigned messages over mutual TLS stand as evidence for release.
        ids_restart_yearly: the bank uses its operation ids again each year.
        ids_unstable: the bank gives one operation several ids, or several operations one.
        closing_always_debit: the bank marks every closing balance as debit, whatever it is.
        lines_per_commit: statement lines that share one commit; each is still kept whole or not at all.
        outgoing: how this company pays.
        loans: how it brokers loans; None when it does not.
        parcels: how it watches parcels; None when it does not.
        cod: who pays cash on delivery, and what is kept of that for other people's goods.
    """

    own: OwnCompany
    policy: Policy
    policies: tuple[DatedPolicy, ...] = ()
    small_order_pieces: int = 5
    call_minutes: int = 15
    hours: WorkHours = field(default_factory=WorkHours)
    zone: ZoneInfo = MOSCOW
    accepts_channel: bool = False
    ids_restart_yearly: bool = False
    ids_unstable: bool = False
    closing_always_debit: bool = False
    lines_per_commit: int = 50
    outgoing: OutgoingTerms = field(default_factory=OutgoingTerms)
    loans: LoanTerms | None = None
    parcels: ParcelTerms | None = None
    cod: CodTerms = field(default_factory=CodTerms)

    def policy_on(self, day: date | None) -> Policy:
        """What the matcher may do with a payment booked on that day."""
        if day is None:
            return self.policy
        return next((p.policy for p in reversed(self.policies) if p.since <= day), self.policy)

    @property
    def habits(self) -> Habits:
        """What the bank's ids are worth."""
        return Habits(self.ids_restart_yearly, self.ids_unstable)
