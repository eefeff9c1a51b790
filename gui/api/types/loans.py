"""Applications for loans: the board, the list, and one application with everything about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from gui.api.types.common import SILENT, Coded, Said
from gui.api.types.loan_money import GoodsBack, LenderMoney, RegisteredLine
from gui.api.types.loan_papers import Agreement, EarlierAgreement, IdentityCheck, LoanPaper, MissingPaper, Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class StageLine:
    """One column of the board; `oldest` is since when the one that waits longest is there, `red` how many are late."""

    stage: str
    stage_ru: str = ""
    stage_en: str = ""
    count: int = 0
    goods: int = 0
    oldest: datetime | None = None
    red: int = 0

    @property
    def said(self) -> Said:
        return Said(self.stage_ru or self.stage, self.stage_en or self.stage)


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    stages: tuple[StageLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One kind of trouble and how many applications have it."""

    problem: str
    problem_ru: str = ""
    problem_en: str = ""
    count: int = 0

    @property
    def said(self) -> Said:
        return Said(self.problem_ru or self.problem, self.problem_en or self.problem)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problems:
    items: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanRow:
    """An application in the list. Sums are kopecks; `buyer` and `phone` are masked.

    Attributes:
        lender: whose offer was accepted; "" before that, and so are the way and the sums of the loan.
        transfer: what arrives from the lender: loan less discount; of it `fee` is ours and `to_shop` the shop's.
    """

    id: str
    version: int
    number: int = 0
    shop_id: str = ""
    shop: str = ""
    shop_order: str = ""
    order_id: str | None = None
    origin_ru: str = ""
    origin_en: str = ""
    state: str = ""
    state_ru: str = ""
    state_en: str = ""
    stage: str = ""
    stage_ru: str = ""
    stage_en: str = ""
    stage_since: datetime | None = None
    red: bool = False
    made_at: datetime | None = None
    made_by: str = ""
    ended_at: datetime | None = None
    ended_by: str = ""
    end_reason: str = ""
    end_reason_ru: str = ""
    end_reason_en: str = ""
    goods: int = 0
    down: int = 0
    months: int = 0
    region: str = ""
    delivery: str = ""
    call_due: datetime | None = None
    call_attempts: int = 0
    call_by: str = ""
    lender: str = ""
    lender_title: str = ""
    offer_id: str = ""
    signing_way: str = ""
    signing_way_ru: str = ""
    signing_way_en: str = ""
    agreement_no: str = ""
    loan: int = 0
    discount: int = 0
    transfer: int = 0
    fee: int = 0
    to_shop: int = 0
    buyer: str = ""
    phone: str = ""
    purged_at: datetime | None = None

    @property
    def state_said(self) -> Said:
        return Said(self.state_ru or self.state, self.state_en or self.state)

    @property
    def end_said(self) -> Said:
        return Said(self.end_reason_ru, self.end_reason_en)

    @property
    def stage_said(self) -> Said:
        return Said(self.stage_ru or self.stage, self.stage_en or self.stage)

    @property
    def origin_said(self) -> Said:
        return Said(self.origin_ru, self.origin_en)

    @property
    def way_said(self) -> Said:
        return Said(self.signing_way_ru, self.signing_way_en)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """One thing of the basket; `qty` is a decimal text."""

    name: str
    category: str = ""
    qty: str = "1"
    price: int = 0
    amount: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a lender would do; rates are percents as decimal text."""

    id: str
    loan: int = 0
    months: int = 0
    rate: str = ""
    psk: str = ""
    payment: int = 0
    discount: int = 0
    ways: tuple[str, ...] = ()
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A field of the questionnaire a lender wants put right."""

    field: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LenderWord:
    """One thing a lender said; not `known`: a status we do not know, nothing was done."""

    id: str
    at: datetime | None = None
    status: str = ""
    known: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LenderDecision:
    """What one lender made of it.

    Attributes:
        answered_at: when he last said something new; `heard_at`: when he last answered at all.
        failures: calls in a row he did not answer.
    """

    id: str
    lender: str = ""
    title: str = ""
    state: str = ""
    state_ru: str = ""
    state_en: str = ""
    external_id: str = ""
    reason: str = ""
    offers: tuple[Offer, ...] = ()
    wanted: tuple[Wanted, ...] = ()
    asked_at: datetime | None = None
    answered_at: datetime | None = None
    heard_at: datetime | None = None
    ask_at: datetime | None = None
    failures: int = 0
    error: Coded | None = None
    views: tuple[LenderWord, ...] = ()

    @property
    def state_said(self) -> Said:
        return Said(self.state_ru or self.state, self.state_en or self.state)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One offer signed in one way; `fee` and `to_shop` are None where the sums do not fit the goods."""

    lender: str
    title: str = ""
    offer: Offer
    way: str = ""
    way_ru: str = ""
    way_en: str = ""
    cost: int = 0
    partner: str = ""
    fee: int | None = None
    to_shop: int | None = None

    @property
    def way_said(self) -> Said:
        return Said(self.way_ru or self.way, self.way_en or self.way)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineItem:
    at: datetime | None = None
    by: str = ""
    code: str = ""
    text: Said = SILENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan(LoanRow):
    """An application with everything about it.

    Attributes:
        reveals: this person may see the buyer in full.
        actions: what this person may do now: the last parts of the paths ("sign", "original/send").
        choices: what may be accepted, while the application is approved.
        missing: papers an alarm waits for.
    """

    basket: tuple[Bought, ...] = ()
    reveals: bool = False
    actions: tuple[str, ...] = ()
    decisions: tuple[LenderDecision, ...] = ()
    choices: tuple[Choice, ...] = ()
    agreement: Agreement | None = None
    earlier_agreements: tuple[EarlierAgreement, ...] = ()
    identity_checks: tuple[IdentityCheck, ...] = ()
    visits: tuple[Visit, ...] = ()
    payments: tuple[LenderMoney, ...] = ()
    returns: tuple[GoodsBack, ...] = ()
    settlement: tuple[RegisteredLine, ...] = ()
    documents: tuple[LoanPaper, ...] = ()
    missing: tuple[MissingPaper, ...] = ()
    timeline: tuple[TimelineItem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanBuyer:
    """The buyer in full; who has read it stands in the journal."""

    name: str = ""
    phone: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """How a passport compared; `stopped`: it was the last attempt."""

    number_matches: bool
    photo_matches: bool
    stopped: bool
    loan: Loan


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPaper:
    """The papers after one was added."""

    id: str
    documents: tuple[LoanPaper, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopRow:
    """A shop that sells on credit through us."""

    id: str
    key: str = ""
    name: str = ""
    state: str = ""
