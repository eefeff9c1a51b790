"""The papers of a loan: the agreement with its signing, its original, its money and its goods, visits and files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from gui.api.types.common import SILENT, Coded, Said

Day = date


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementWarning:
    """What was found odd; one that `holds` stops signing and release until a person settles it."""

    code: str
    text: Said = SILENT
    holds: bool = False
    settled_by: str = ""
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The live agreement: its signing, its paper, its money, its goods; each a state of its own."""

    id: str
    version: int
    lender: str = ""
    title: str = ""
    number: str = ""
    date: date | None = None
    made_at: datetime | None = None
    loan: int = 0
    discount: int = 0
    transfer: int = 0
    months: int = 0
    rate: str = ""
    psk: str = ""
    psk_ours: str = ""
    sign_by: Day | None = None
    cooling_until: datetime | None = None
    lender_cooling_until: datetime | None = None
    warnings: tuple[AgreementWarning, ...] = ()
    held: bool = False
    signing: str = ""
    signing_ru: str = ""
    signing_en: str = ""
    signing_way: str = ""
    signing_cost: int = 0
    identity_failures: int = 0
    identity_checked_at: datetime | None = None
    signed_at: datetime | None = None
    verified_at: datetime | None = None
    original: str = ""
    original_ru: str = ""
    original_en: str = ""
    holder: str = ""
    waybill: str = ""
    sent_at: datetime | None = None
    arrived_at: datetime | None = None
    funding: str = ""
    funding_ru: str = ""
    funding_en: str = ""
    received: int = 0
    funded_at: datetime | None = None
    invoice_id: str | None = None
    goods: str = ""
    goods_ru: str = ""
    goods_en: str = ""
    hold_reasons: tuple[Coded, ...] = ()
    released_at: datetime | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    committed_at: datetime | None = None
    returned: int = 0

    @property
    def signing_said(self) -> Said:
        return Said(self.signing_ru or self.signing, self.signing_en or self.signing)

    @property
    def original_said(self) -> Said:
        return Said(self.original_ru or self.original, self.original_en or self.original)

    @property
    def funding_said(self) -> Said:
        return Said(self.funding_ru or self.funding, self.funding_en or self.funding)

    @property
    def goods_said(self) -> Said:
        return Said(self.goods_ru or self.goods, self.goods_en or self.goods)


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierAgreement:
    """One that came to nothing."""

    id: str
    lender: str = ""
    title: str = ""
    number: str = ""
    made_at: datetime | None = None
    signing: str = ""
    signing_ru: str = ""
    signing_en: str = ""

    @property
    def signing_said(self) -> Said:
        return Said(self.signing_ru or self.signing, self.signing_en or self.signing)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityCheck:
    id: str
    at: datetime | None = None
    by: str = ""
    place: str = ""
    way: str = ""
    number_matches: bool = False
    photo_matches: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A courier's visit; `result` is "" while it lasts."""

    id: str
    courier: str = ""
    day: date | None = None
    hours: str = ""
    cost: int = 0
    ordered_at: datetime | None = None
    ordered_by: str = ""
    out_at: datetime | None = None
    met_at: datetime | None = None
    ended_at: datetime | None = None
    result: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanPaper:
    """A paper as a file; `readable` tells whether this person may open it."""

    id: str
    agreement_id: str | None = None
    kind: str = ""
    kind_ru: str = ""
    kind_en: str = ""
    name: str = ""
    media_type: str = ""
    size: int = 0
    sha256: str = ""
    at: datetime | None = None
    by: str = ""
    purged: bool = False
    readable: bool = True

    @property
    def kind_said(self) -> Said:
        return Said(self.kind_ru or self.kind, self.kind_en or self.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingPaper:
    """A paper an alarm waits for."""

    kind: str
    kind_ru: str = ""
    kind_en: str = ""

    @property
    def said(self) -> Said:
        return Said(self.kind_ru or self.kind, self.kind_en or self.kind)
