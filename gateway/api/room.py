"""What the routes of one server share, and what the daemon lends them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol, TypedDict

from gateway.api.events import Events
from gateway.core.authority import Actor
from gateway.core.clock import to_text
from gateway.flows.loan_return import ReturnTerms
from gateway.flows.terms import Terms
from gateway.loans.lenders.standing import Keys
from gateway.loans.terms import LoanTerms
from gateway.notify.terms import NotifyTerms
from gateway.parcels.terms import ParcelTerms
from gateway.settlement.terms import SettlementTerms
from gateway.store import Store

STALE_AFTER_S = 900.0


class BankFacts(TypedDict, total=False):
    """A bank channel as the daemon knows it. What it leaves out is read from the table of polls.

    `channel` and `title` are obligatory. Instants are aware datetimes or stored text. `days_left` is of our
    certificate, negative once it has ended; `renewal_due` says that the service renews it by itself now.
    """

    channel: str
    title: str
    next_poll_at: datetime | str | None
    certificate_expires: str | None
    days_left: int | None
    renewal_due: bool
    polling: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """What the doctor says about one part of the house.

    Attributes:
        code: message code of the sentence (its hint is the remedy), "doctor.disk_low".
        state: "ok", "warning" or "error".
        values: what the sentence names.
        component: message code of the part's name, "doctor.disk"; the sentence's own code where it is empty.
    """

    code: str
    state: Literal["ok", "warning", "error"]
    values: Mapping[str, object] = field(default_factory=dict)
    component: str = ""


class Status(Protocol):
    """The daemon's own knowledge, asked on every status request: must answer from memory."""

    def bank(self) -> Sequence[BankFacts]:
        """The configured channels, in the order they are shown."""

    def components(self) -> Sequence[Finding]:
        """The doctor's last findings."""

    def cycle_age(self) -> float | None:
        """Seconds (monotonic) since the work loop last finished a round well; None before the first."""


@dataclass(frozen=True, slots=True)
class Broker:
    """What a company that brokers loans adds to the room.

    Attributes:
        settlement: how shops get their money.
        titles: names of lenders by key, as people read them.
        tell_lenders: something is to leave for a lender; returns at once.
        returns: requisites of lenders, for the money of goods that came back.
        ask_lenders: lenders are to be asked now; returns at once.
        keys: what the vault holds for a lender.
    """

    loans: LoanTerms
    settlement: SettlementTerms
    titles: Mapping[str, str] = field(default_factory=dict)
    tell_lenders: Callable[[], None] = lambda: None
    returns: ReturnTerms | None = None
    ask_lenders: Callable[[], None] = lambda: None
    keys: Callable[[str], Keys] = lambda lender: Keys()

    @property
    def giving_back(self) -> ReturnTerms:
        """How lenders get back the money of returned goods; without requisites of any where nobody gave them."""
        return self.returns or ReturnTerms(self.settlement)

    def title(self, lender: str) -> str:
        """A lender's name; its key where nobody gave it one."""
        return self.titles.get(lender, lender)


@dataclass(frozen=True, slots=True)
class ParcelsRoom:
    """What a company that watches parcels adds to the room.

    Attributes:
        notify: how buyers are written to.
        ask: asks a parcel's carrier now, in the name of an actor; raises what the carrier does.
    """

    terms: ParcelTerms
    notify: NotifyTerms
    ask: Callable[[str, Actor], object]


@dataclass(frozen=True, slots=True)
class Room:
    """What every route needs.

    Attributes:
        poll_now: asks the daemon for a bank poll; returns at once.
        send_now: tells the daemon that a payment order may leave; returns at once.
        stale_after_s: an older last good round makes /healthz answer 503.
        broker: None in a company that brokers no loans. parcels: None in one that watches none.
    """

    store: Store
    terms: Terms
    status: Status
    poll_now: Callable[[], None]
    version: str
    events: Events
    stale_after_s: float = STALE_AFTER_S
    send_now: Callable[[], None] = lambda: None
    broker: Broker | None = None
    parcels: ParcelsRoom | None = None

    def now(self) -> str:
        """The service's clock, as answers carry it."""
        return to_text(self.store.clock.now())

    def alive(self) -> tuple[bool, dict[str, Any]]:
        """Whether the work loop runs, and the body of /healthz."""
        age = self.status.cycle_age()
        ok = age is not None and age <= self.stale_after_s
        state = "ok" if ok else "starting" if age is None else "stale"
        return ok, {"status": state, "cycle_age_s": None if age is None else round(age, 1), "version": self.version}
