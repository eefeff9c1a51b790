"""What a lender's adapter does. The sum of all adapters' differences ends here.

Asking (`view`) is the base: what a webhook says is only a hint to ask at once. Everything that changes something at
the lender leaves by the outbox and may come twice: each call is idempotent by our id of the application.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from gateway.core.money import Money
from gateway.loans.model import SigningWay


class LenderStatus(StrEnum):
    """What a lender may say, in our words."""

    RECEIVED = "received"
    THINKING = "thinking"
    NEEDS_INFO = "needs_info"
    APPROVED = "approved"
    DECLINED = "declined"
    REVOKED = "revoked"  # a late refusal
    AGREED = "agreed"  # the agreement is drawn up
    SIGNED = "signed"  # the lender knows of the signature
    ORIGINAL_ACCEPTED = "original_accepted"
    ORIGINAL_REJECTED = "original_rejected"
    COMMITTED = "committed"  # the loan runs
    PAID_OUT = "paid_out"  # money is on its way to us; the bank statement proves it, this does not
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"  # a word we do not know: kept and shown, nothing is done


class OriginalVerdict(StrEnum):
    """What a lender makes of the signed paper; he may say it before or after the loan runs."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class BasketLine:
    """One thing bought.

    Attributes:
        category: "appliances", "electronics", "furniture" or another word the shop uses.
        qty: thousandths.
    """

    name: str
    category: str
    qty: int
    price: Money
    amount: Money


@dataclass(frozen=True, slots=True)
class LoanRequest:
    """An application as it goes to a lender.

    Attributes:
        id: ours; the lender's idempotency key.
        person: fields of the questionnaire, see `gateway.loans.questionnaire`.
        down: paid by the buyer at the shop. months: wished for.
    """

    id: str
    number: int
    shop_key: str
    shop_order: str
    basket: tuple[BasketLine, ...]
    goods: Money
    down: Money
    months: int
    region: str
    person: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Offer:
    """What a lender would do.

    Attributes:
        rate: percent a year, "24.9"; psk: as the lender prints it, "" when he does not.
        payment: of one month. discount: kept by the lender from what he transfers (X).
        until: the offer holds to this day.
    """

    id: str
    loan: Money
    months: int
    rate: str
    psk: str
    payment: Money
    discount: Money
    ways: tuple[SigningWay, ...]
    until: date | None = None


@dataclass(frozen=True, slots=True)
class AgreementView:
    """The agreement a lender has drawn up.

    Attributes:
        passport: number as it stands in the agreement, ten digits; kept as a keyed hash with its last three only.
        cooling_until: the lender's own end of the cooling-off period, which rules.
        sign_by: after that day it lapses.
        document: the lender's id of the PDF.
        digital: signed without paper.
    """

    number: str
    dated: date
    loan: Money
    discount: Money
    months: int
    rate: str
    psk: str
    document: str
    passport: str = field(default="", repr=False)
    cooling_until: datetime | None = None
    sign_by: date | None = None
    digital: bool = False


@dataclass(frozen=True, slots=True)
class LenderView:
    """Everything a lender says of one application at one moment.

    Attributes:
        external_id: the lender's own id of it.
        version: compares within one application: the higher is the newer; the same one says the same.
        status_text: the lender's word.
        wanted: fields of the questionnaire to be put right, with what is wrong of each.
        original: what he makes of the paper, None while he has not said; told beside the status, because a status
            names one thing only and not every status is seen.
        raw: the reply, byte for byte; two replies that say the same are equal whatever their bytes.
    """

    external_id: str
    version: int
    status: LenderStatus
    status_text: str
    raw: bytes = field(repr=False, compare=False)
    reason: str = ""
    offers: tuple[Offer, ...] = ()
    wanted: Mapping[str, str] = field(default_factory=dict)
    agreement: AgreementView | None = None
    original: OriginalVerdict | None = None


@dataclass(frozen=True, slots=True)
class Hint:
    """What a genuine webhook is worth: ask this lender about this application now."""

    external_id: str


class Lender(Protocol):
    """One lender's adapter.

    Every call raises

    * `Unavailable` when the lender is away or asks for patience (`retry_after`): `lender.away`, `lender.slow` (what
      became of the call is unknown: ask by `view`), `lender.busy`, `lender.fault`;
    * `Refused` when he says no to the call itself: `lender.refused` with his code, `lender.unknown_application`,
      `lender.forbidden` (our token), `lender.server_untrusted` (his certificate), `lender.answer_too_large`;
    * `Corrupt` (`errors.UnreadableAnswer`, `lender.unreadable`) when his answer makes no sense; its bytes are in the
      error's `raw`, never in its text.

    No token, no secret and no word of the questionnaire is ever in an error, a `repr` or a log.

    Attributes:
        key: short name in configuration and rows, "sandbox-soap".
    """

    key: str

    def submit(self, request: LoanRequest) -> LenderView:
        """Hand an application in; the same id again answers with what is there."""

    def view(self, application_id: str, external_id: str) -> LenderView:
        """What the lender says now. `external_id` may be "" when the answer to `submit` was lost."""

    def accept(self, external_id: str, offer_id: str, way: SigningWay) -> LenderView:
        """Choose an offer and a way of signing."""

    def document(self, external_id: str, document_id: str) -> bytes:
        """A PDF of his."""

    def signed(self, external_id: str, at: datetime, identity_checked: bool) -> LenderView:
        """Tell that the buyer has signed."""

    def original_sent(self, external_id: str, waybill: str) -> LenderView:
        """Tell that the paper is on its way."""

    def commit(self, external_id: str) -> LenderView:
        """Tell that the buyer has the goods: the loan runs from now on."""

    def cancel(self, external_id: str, reason: str) -> LenderView:
        """Take an application back."""

    def returned(self, external_id: str, return_id: str, amount: Money) -> LenderView:
        """Tell that goods came back and `amount` of the lender's money with them: it follows by a payment order, or the
        lender keeps it from his next payout. The same `return_id` again counts once."""

    def hint(self, headers: Mapping[str, str], body: bytes) -> Hint:
        """Read a webhook.

        Raises:
            Refused: `lender.forged_hint` when its signature does not hold, `lender.hint_unreadable`.
        """
