"""Rules of payers: "this payer pays for that buyer"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PayerRule:
    """Attributes: payer_account: "" where the ИНН alone is enough; payment_id: "" when it was written by hand."""

    id: str
    version: int
    payer_name: str = ""
    payer_inn: str = ""
    payer_account: str = ""
    party: str = ""
    buyer: str = ""
    since: date | None = None
    made_at: datetime | None = None
    made_by: str = ""
    payment_id: str = ""
    note: str = ""
    revoked_at: datetime | None = None
    revoked_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PayerBuyer:
    """A buyer a rule may name; `party` is his key in the service."""

    party: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CanLearn:
    """That a rule can be made of a payment: its payer, and the buyers it may be for."""

    payer_name: str = ""
    payer_inn: str = ""
    payer_account: str = ""
    since: date | None = None
    buyers: tuple[PayerBuyer, ...] = ()
