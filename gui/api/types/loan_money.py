"""Where the money of a loan came from and went to, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from gui.api.types.common import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class LenderMoney:
    """The lender's money for an agreement with its proof: the payment, and the bank's message behind it.

    `evidence` is the kind of proof, as on the payments page.
    """

    payment_id: str
    agreement_id: str = ""
    amount: int = 0
    state: str = ""
    booked: date | None = None
    bank_ref: str = ""
    evidence: str = ""
    received_at: datetime | None = None
    message_id: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsBack:
    """Goods that came back: what goes to the lender, what of the down payment the shop gives the buyer.

    `waivable`: a person may say that the lender wants nothing back. `netted`: he paid so much less for this loan.
    """

    id: str
    at: datetime | None = None
    by: str = ""
    goods: int = 0
    to_lender: int = 0
    to_buyer: int = 0
    fee_back: int = 0
    reason: str = ""
    payment_order_id: str | None = None
    executed_at: datetime | None = None
    waivable: bool = False
    netted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredLine:
    """A line of the settlement register, and the statement that holds it."""

    line_id: str
    kind: str = ""
    kind_ru: str = ""
    kind_en: str = ""
    on: date | None = None
    gross: int = 0
    fee: int = 0
    net: int = 0
    vat: int = 0
    payment_id: str = ""
    reverses: str | None = None
    note: str = ""
    statement_id: str | None = None
    statement_number: str = ""
    statement_state: str = ""
    statement_state_ru: str = ""
    statement_state_en: str = ""
    payment_order_id: str | None = None
    paid_at: datetime | None = None
    paid_entry_id: str | None = None

    @property
    def kind_said(self) -> Said:
        return Said(self.kind_ru or self.kind, self.kind_en or self.kind)

    @property
    def statement_said(self) -> Said:
        return Said(self.statement_state_ru or self.statement_state, self.statement_state_en or self.statement_state)
