"""Parcels on their way to buyers, what was written to the buyers, and lists of parcels taken in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from gui.api.types.common import SILENT, Coded, Said
from gui.api.types.payments import Invoice, PaymentRow


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelRow:
    """A parcel in the list.

    Attributes:
        shop: whose goods; "" ours.
        cod: to be collected from the buyer. cod_received: of it in the bank's statements.
        moved_at: the last operation; when it was entered, before the first.
        keep_until: the last day it is kept for the buyer.
        stuck: nothing new for too long. ready: the buyer can act. back: on its way back to the sender.
        known: the carrier has said anything of it.
        control: of the group whose buyers get no reminders.
    """

    id: str
    version: int
    carrier: str = ""
    track: str = ""
    source: str = ""
    shop: str = ""
    order_no: str = ""
    name: str = ""
    phone: str = ""
    email: str = ""
    order_sum: int = 0
    declared: int = 0
    cod: int = 0
    cod_received: int = 0
    postage: int = 0
    index_to: str = ""
    region: str = ""
    stage: str = ""
    stage_ru: str = ""
    stage_en: str = ""
    stage_since: datetime | None = None
    moved_at: datetime | None = None
    arrived_at: datetime | None = None
    delivered_at: datetime | None = None
    returned_at: datetime | None = None
    office_index: str = ""
    office_name: str = ""
    keep_until: date | None = None
    last_code: str = ""
    watch: str = ""
    ended_at: datetime | None = None
    ended_how: str = ""
    cod_state: str = ""
    cod_due: date | None = None
    made_at: datetime | None = None
    stuck: bool = False
    ready: bool = False
    back: bool = False
    known: bool = True
    no_messages: bool = False
    control: bool = False

    @property
    def stage_said(self) -> Said:
        return Said(self.stage_ru or self.stage, self.stage_en or self.stage)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelOperation:
    """What the carrier says happened. `known`: its code is in our table; `offset_minutes` of that office's clock."""

    at: datetime
    offset_minutes: int | None = None
    code: str = ""
    text: str = ""
    effect: str = ""
    office_index: str = ""
    office: str = ""
    country: str = ""
    mass: int = 0
    keep_until: date | None = None
    seen_at: datetime | None = None
    known: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierMoney:
    """What the carrier says of the cash on delivery. No proof of money: a reason to expect it."""

    at: datetime
    kind: str = ""
    text: str = ""
    amount: int = 0
    collected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelEvent:
    """A line of the parcel's own story here."""

    at: datetime
    by: str = ""
    code: str = ""
    text: Said = SILENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A gateway's word about a message; `taken`: it changed what we think of it."""

    at: datetime
    word: str = ""
    taken: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyerMessage:
    """A message to the buyer. State "unknown": handed over, and nobody knows whether the gateway took it."""

    id: str
    version: int = 0
    about: str = ""
    event: str = ""
    channel: str = ""
    template: str = ""
    address: str = field(default="", repr=False)
    subject: str = ""
    body: str = ""
    segments: int = 0
    price: int = 0
    state: str = ""
    reason: str = ""
    reason_ru: str = ""
    reason_en: str = ""
    said: str = ""
    attempts: int = 0
    not_before: datetime | None = None
    sent_at: datetime | None = None
    ended_at: datetime | None = None
    replaces: str = ""
    note: str = ""
    made_at: datetime | None = None
    made_by: str = ""
    receipts: tuple[Receipt, ...] = ()
    can_resend: bool = False

    @property
    def reason_said(self) -> Said:
        return Said(self.reason_ru or self.reason, self.reason_en or self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelOrder:
    """The order it is of, as far as a parcel's card names it."""

    id: str
    number: str = ""
    date: date | None = None
    amount: int = 0
    headline: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelClaim:
    """A letter to the carrier about money that did not come."""

    id: str
    number: int = 0
    date: date | None = None
    amount: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel(ParcelRow):
    """A parcel with everything about it.

    Attributes:
        guess_since: from when it may already be waiting though nobody said so; guess_share: of parcels like it that
            had arrived by then; guess_basis: "route:101000-443063 n=42".
        actions: what may be done with it now.
    """

    address: str = ""
    mail_type: int = 0
    accepted_at: datetime | None = None
    ended_by: str = ""
    ask_at: datetime | None = None
    asked_at: datetime | None = None
    answered_at: datetime | None = None
    failures: int = 0
    reminders: int = 0
    remind_at: datetime | None = None
    guess_since: datetime | None = None
    guess_share: str = ""
    guess_basis: str = ""
    cod_collected_at: datetime | None = None
    cod_arrived_at: datetime | None = None
    cod_payment_id: str = ""
    order_id: str = ""
    invoice_id: str = ""
    made_by: str = ""
    purged_at: datetime | None = None
    operations: tuple[ParcelOperation, ...] = ()
    money_events: tuple[CarrierMoney, ...] = ()
    timeline: tuple[ParcelEvent, ...] = ()
    messages: tuple[BuyerMessage, ...] = ()
    order: ParcelOrder | None = None
    invoice: Invoice | None = None
    payments: tuple[PaymentRow, ...] = ()
    claims: tuple[ParcelClaim, ...] = ()
    actions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelPut:
    """What came of a parcel entered: "taken", "known", or "changed" where it was known and some of it was not."""

    id: str
    outcome: str = ""
    warnings: tuple[Coded, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackCheck:
    """A number as it will be kept, whose it is, and what is odd about it.

    Attributes:
        parcel_id: of the parcel that has it already; "" for none.
    """

    track: str
    carrier: str = ""
    parcel_id: str = ""
    warnings: tuple[Coded, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentWord:
    """What somebody said of being written to: "given" or "withdrawn", and how we know."""

    at: datetime
    word: str = ""
    source: str = ""
    evidence: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What is on record of an address, the newest first, and whether it may be written to."""

    channel: str
    address: str = field(default="", repr=False)
    may: bool = False
    words: tuple[ConsentWord, ...] = ()
