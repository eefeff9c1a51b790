"""What a company has agreed on for its loans: deadlines, limits and the key personal data is sealed with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from gateway.core.clock import MOSCOW
from gateway.core.vat import VatKind
from gateway.core.workdays import DEFAULT_HOURS, WorkHours
from gateway.loans.personal import Sealer


@dataclass(frozen=True, slots=True)
class RedLimits:
    """After how many days a gap is shown in red.

    Attributes:
        application_days: from the phone number to an application at a lender.
        decision_days: from there to a chosen offer.
        signed_days: from the agreement to the buyer's signature.
        original_days: from the signature to the paper at the lender.
        money_days: from there to the lender's money.
        shop_days: from the money to its payment to the shop.
    """

    application_days: int = 1
    decision_days: int = 2
    signed_days: int = 5
    original_days: int = 9
    money_days: int = 5
    shop_days: int = 10


class ShopDue(StrEnum):
    """When a shop's share of a loan is owed to it: always once the lender's whole transfer is here by evidence and the
    agreement is signed and in force, and"""

    FUNDED = "funded"  # nothing more
    DELIVERED = "delivered"  # the buyer has the goods


@dataclass(frozen=True, slots=True)
class LoanTerms:
    """Everything the use cases of loans ask of the configuration.

    Attributes:
        sealer: seals personal data and makes the hashes it is searched by.
        call_minutes: work minutes from the application to the first call.
        call_attempts: calls nobody answered after which an application lapses.
        call_pauses: work minutes to the next call after the first, second, … unanswered one; the last goes on.
        call_hold: how long a call stays with whoever took it, before the next one may have it.
        hours, zone: when the call centre works.
        lead_days: an application nobody sent to a lender lapses after so many days.
        offer_days: an offer nobody accepted lapses after so many days.
        sign_days: an agreement without a `sign_by` of the lender's is to be signed within so many days.
        red: when gaps are red.
        retention_days: personal data of an ended application is kept so long.
        own: our company's name.
        vat: which rate our commission holds VAT of; None for none.
        vat_percent: which of several rates of that kind: 5 or 7 of the simplified system; None where there is one.
        shop_due: when a shop's share is owed to it.
        lenders: keys of the lenders this installation has adapters for, in the order they are offered.
        consent: version of the text a buyer agrees to, as "2026-11".
    """

    sealer: Sealer = field(repr=False)
    call_minutes: int = 15
    call_attempts: int = 5
    call_pauses: tuple[int, ...] = (15, 60, 120, 240)
    call_hold: timedelta = timedelta(minutes=10)
    hours: WorkHours = DEFAULT_HOURS
    zone: ZoneInfo = MOSCOW
    lead_days: int = 3
    offer_days: int = 14
    sign_days: int = 10
    red: RedLimits = RedLimits()
    retention_days: int = 1095
    own: str = ""
    vat: VatKind | None = VatKind.STANDARD
    vat_percent: int | None = None
    shop_due: ShopDue = ShopDue.FUNDED
    lenders: tuple[str, ...] = ()
    consent: str = "2026-11"

    def pause_after(self, attempts: int) -> int:
        """Work minutes to wait after so many unanswered calls (from 1)."""
        return self.call_pauses[min(attempts, len(self.call_pauses)) - 1]
