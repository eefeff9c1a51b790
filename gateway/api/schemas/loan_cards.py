"""One application with everything about it, and what is asked for about its papers."""

from __future__ import annotations

from pydantic import BaseModel, Field

from gateway.api.schemas.common import Answer, Day, Instant, Kopecks, Quantity
from gateway.api.schemas.loans import Coded, LoanItem, Percent, ScriptLine, Title


class BasketItem(BaseModel):
    """One thing bought."""

    name: str
    category: str
    qty: Quantity
    price: Kopecks
    amount: Kopecks


class Offer(BaseModel):
    """What a lender would do."""

    id: str
    loan: Kopecks
    months: int
    rate: Percent
    psk: str = Field(description='As the lender prints it, "" when he does not')
    payment: Kopecks
    discount: Kopecks
    ways: list[str]
    until: Day | None


class Wanted(BaseModel):
    """A field of the questionnaire a lender wants put right."""

    field: str
    text: str


class LenderWord(BaseModel):
    """One thing a lender said; its bytes are kept sealed."""

    id: str
    at: Instant
    status: str = Field(description="As the lender writes it")
    known: bool = Field(description="False: a status we do not know, nothing was done")


class LenderDecision(BaseModel):
    """What one lender made of an application."""

    id: str
    lender: str
    title: Title
    state: str
    state_ru: str
    state_en: str
    external_id: str = Field(description="The lender's own id of it")
    seen_status: str
    reason: str = Field(description="Why we took it back, a code; a lender's own words are in the remarks")
    offers: list[Offer]
    wanted: list[Wanted]
    asked_at: Instant | None
    answered_at: Instant | None = Field(description="When he last said something new")
    heard_at: Instant | None = Field(description="When he last answered at all")
    ask_at: Instant | None = Field(description="When he is asked next")
    failures: int = Field(description="Calls in a row he did not answer")
    error: Coded | None
    views: list[LenderWord]


class Choice(BaseModel):
    """One offer signed in one way: what `accept` takes."""

    lender: str
    title: Title
    offer: Offer
    way: str
    way_ru: str
    way_en: str
    cost: Kopecks = Field(description="Of signing, ours; of a courier, of one visit")
    partner: str
    fee: Kopecks | None = Field(description="Ours; null where the sums do not fit the goods")
    to_shop: Kopecks | None


class AgreementWarning(Coded):
    """What was found odd about an agreement."""

    values: dict[str, str]
    holds: bool = Field(description="Nothing is signed or released before a person settles it")
    settled_by: str
    settled_at: Instant | None


class Agreement(BaseModel):
    """The live agreement: its signing, paper, money and goods."""

    id: str
    version: int = Field(description="For If-Match of everything about papers")
    lender: str
    title: Title
    number: str
    date: Day
    made_at: Instant
    loan: Kopecks
    discount: Kopecks
    transfer: Kopecks
    months: int
    rate: Percent
    psk: str
    psk_ours: str
    sign_by: Day | None
    cooling_until: Instant | None
    lender_cooling_until: Instant | None
    warnings: list[AgreementWarning]
    held: bool
    signing: str
    signing_ru: str
    signing_en: str
    signing_way: str
    signing_cost: Kopecks
    identity_failures: int
    identity_checked_at: Instant | None
    signed_at: Instant | None
    verified_at: Instant | None
    original: str
    original_ru: str
    original_en: str
    holder: str = Field(description='Who has the paper: "shop:…", "courier:…", "carrier:…", "lender:…"')
    waybill: str
    sent_at: Instant | None
    arrived_at: Instant | None
    funding: str
    funding_ru: str
    funding_en: str
    received: Kopecks
    funded_at: Instant | None
    invoice_id: str | None = Field(description="The receivable the lender's money is matched to")
    goods: str
    goods_ru: str
    goods_en: str
    hold_reasons: list[Coded] = Field(description="Lines of the release rule that do not hold")
    released_at: Instant | None
    shipped_at: Instant | None
    delivered_at: Instant | None
    committed_at: Instant | None
    returned: Kopecks


class EarlierAgreement(BaseModel):
    """One that came to nothing."""

    id: str
    lender: str
    title: Title
    number: str
    made_at: Instant
    signing: str
    signing_ru: str
    signing_en: str


class IdentityCheck(BaseModel):
    """Each time a passport was compared."""

    id: str
    at: Instant
    by: str
    place: str
    way: str
    number_matches: bool
    photo_matches: bool


class Visit(BaseModel):
    """A courier's visit."""

    id: str
    courier: str
    day: Day
    hours: str
    cost: Kopecks
    ordered_at: Instant
    ordered_by: str
    out_at: Instant | None
    met_at: Instant | None
    ended_at: Instant | None
    result: str = Field(description='"" while it lasts, "signed", "empty", "refused", "stopped", "called_off"')
    note: str


class LenderMoney(BaseModel):
    """Money of the lender's for an agreement, with its proof."""

    agreement_id: str
    payment_id: str = Field(description="For /v1/payments/{payment_id}")
    amount: Kopecks = Field(description="Of the payment, for this agreement")
    state: str
    booked: Day | None
    bank_ref: str
    evidence: str
    received_at: Instant
    message_id: str
    sha256: str


class GoodsBack(BaseModel):
    """Goods that came back; or money of a void agreement, which goes back to its lender."""

    id: str
    at: Instant
    by: str
    goods: Kopecks = Field(description="What they cost; 0 for money of a void agreement")
    to_lender: Kopecks
    to_buyer: Kopecks = Field(description="Of the down payment, by the shop")
    fee_back: Kopecks
    reason: str
    payment_order_id: str | None = Field(description="For /v1/outgoing/{payment_order_id}")
    kept_by: str | None = Field(description="The lender's payment he kept it from, for /v1/payments/{payment_id}")
    netted: bool = Field(description="He kept it by paying so much less for this very loan")
    executed_at: Instant | None
    waivable: bool = Field(description="It waits, no money of the loan is here: a person may say that none goes back")


class RegisterLine(BaseModel):
    """A line of the settlement register, and the statement that holds it."""

    line_id: str
    kind: str
    kind_ru: str
    kind_en: str
    on: Day
    gross: Kopecks
    fee: Kopecks
    net: Kopecks
    vat: Kopecks
    payment_id: str
    reverses: str | None
    note: str
    statement_id: str | None
    statement_number: int | None
    statement_state: str
    statement_state_ru: str
    statement_state_en: str
    payment_order_id: str | None
    paid_at: Instant | None
    paid_entry_id: str | None


class Document(BaseModel):
    """A paper as a file."""

    id: str
    agreement_id: str | None
    kind: str
    kind_ru: str
    kind_en: str
    name: str
    media_type: str
    size: int
    sha256: str
    at: Instant
    by: str
    purged: bool
    readable: bool = Field(description="Whether this person may open it")


class MissingPaper(BaseModel):
    """A paper an alarm waits for."""

    kind: str
    kind_ru: str
    kind_en: str


class TimelineItem(Coded):
    """What happened."""

    at: Instant
    by: str


class LoanCard(LoanItem):
    """An application with everything about it."""

    basket: list[BasketItem]
    reveals: bool = Field(description="The buyer may be seen in full by this person")
    actions: list[str] = Field(description="Last parts of the paths this person may use now")
    decisions: list[LenderDecision]
    choices: list[Choice] = Field(description="While the application is approved")
    agreement: Agreement | None
    earlier_agreements: list[EarlierAgreement]
    identity_checks: list[IdentityCheck]
    visits: list[Visit]
    payments: list[LenderMoney]
    returns: list[GoodsBack]
    settlement: list[RegisterLine]
    documents: list[Document]
    missing: list[MissingPaper]
    timeline: list[TimelineItem]


class LoanAnswer(LoanCard, Answer):
    """One application."""


class Created(Answer):
    """An application that was taken in."""

    id: str
    number: int
    known: bool = Field(description="The shop's order was applied for before, with the same contents")
    duplicates: list[int] = Field(description="Open applications of this phone in this shop within a day")
    loan: LoanCard


class CallSheet(BaseModel):
    """Who is to be called, and what to say."""

    card: LoanCard
    name: str
    phone: str
    remark: str
    script: list[ScriptLine]


class Call(Answer):
    """What is on this person's line; null when there is nobody to call."""

    loan: CallSheet | None
