"""Payment orders we send, and the banks they leave through."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from gui.api.types.common import SILENT, BankLink, Said
from gui.api.types.health import Poll


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """Something a rule says of an order; `about` is the form's field ("payee.account"), "" for the whole."""

    code: str
    about: str = ""
    confirm: bool = True
    text: Said = SILENT
    hint: Said = SILENT


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingRow:
    id: str
    version: int
    number: str = ""
    date: date | None = None
    account: str = ""
    payee_name: str = ""
    payee_inn: str = ""
    payee_account: str = ""
    payee_bic: str = ""
    amount: int = 0
    purpose: str = ""
    kind: str = "ordinary"
    source: str = ""
    state: str = ""
    state_ru: str = ""
    state_en: str = ""
    proposed_by: str = ""
    proposed_at: datetime | None = None
    approved_by: tuple[str, ...] = ()
    warnings: tuple[Warned, ...] = ()
    bank_code: str = ""
    bank_text: str = ""
    sent_at: datetime | None = None
    executed_at: datetime | None = None
    entry_id: str | None = None

    @property
    def state_said(self) -> Said:
        return Said(self.state_ru or self.state, self.state_en or self.state)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingEvent:
    at: datetime | None = None
    by: str = ""
    event: str = ""
    state: str = ""
    note: str = ""
    text: Said = SILENT


@dataclass(frozen=True, slots=True, kw_only=True)
class LineEvidence:
    """A statement line that proves what became of the money."""

    entry_id: str
    incoming: bool = False
    amount: int = 0
    booked: date | None = None
    bank_ref: str = ""
    kind: str = ""
    message_id: str = ""
    sha256: str = ""
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing(OutgoingRow):
    """One payment order with everything known about it.

    `to_decide`: the bank has not got it after all tries, and somebody who may sign says what becomes of it.
    """

    payee_kpp: str = ""
    payee_bank: str = ""
    payee_corr_account: str = ""
    priority: int = 5
    uin: str = ""
    tax: dict[str, str] | None = None
    note: str = ""
    channel: str = ""
    bank_ref: str = ""
    returned_at: datetime | None = None
    may_withdraw: bool = False
    to_decide: bool = False
    history: tuple[OutgoingEvent, ...] = ()
    evidence: tuple[LineEvidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAccount:
    account: str
    bic: str = ""
    bank: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BankCertificate:
    """One of our certificates at a bank; `days_left` is negative once it has ended."""

    channel: str
    title: str = ""
    expires: date | None = None
    days_left: int | None = None
    state: str = "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank:
    """The bank page; without the right to see outgoing money, `accounts` is empty."""

    links: tuple[BankLink, ...] = ()
    certificates: tuple[BankCertificate, ...] = ()
    polls: tuple[Poll, ...] = ()
    accounts: tuple[OwnAccount, ...] = ()
    may_propose: bool = False
    may_approve: bool = False
    server_time: datetime | None = None
