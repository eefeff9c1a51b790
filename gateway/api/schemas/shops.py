"""Shops that sell on credit, who of them may come in, and the terms that hold from a day on."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from gateway.api.schemas.common import Answer, Asked, Day, Instant, Kopecks, Note, Page
from gateway.api.schemas.loans import Coded, DayText, Percent, Sum, Title, Way, Word

ShopFilter = Literal["all", "new", "active", "suspended", "closed"]
AccessKind = Literal["shop_manager", "shop_clerk", "shop_site"]
Lender = Annotated[str, Field(max_length=60, description='Key of a lender; "" for every one')]
PercentText = Annotated[str, Field(max_length=12, description="Percent as decimal text", examples=["2.5"])]


class ShopItem(BaseModel):
    """A shop in a list."""

    id: str
    version: int
    key: str = Field(description="Short name, in addresses and numbers")
    name: str
    inn: str
    region: str
    state: str
    state_ru: str
    state_en: str
    own: bool = Field(description="Ours: its goods leave our warehouse")
    by_itself: bool = Field(description="It registered by itself on the public site")
    open_applications: int
    made_at: Instant


class ShopPage(Page[ShopItem]):
    """A slice of the shops."""


class Access(BaseModel):
    """A person or a site of the shop that may come in."""

    id: str
    kind: str
    name: str
    made_at: Instant
    made_by: str


class TariffRow(BaseModel):
    """What we take for a loan, from a day on."""

    id: str
    shop_id: str = Field(description='"" for every shop without its own')
    shop: str
    lender: str = Field(description='"" for every lender')
    lender_title: Title
    since: Day
    base: str
    percent: Percent
    fixed: Kopecks
    least: Kopecks
    most: Kopecks | None
    payer: str
    visits: bool = Field(description="The shop bears what couriers' visits cost")
    made_at: Instant
    made_by: str
    in_force: bool = Field(description="The last of its kind that has begun")


class Changed(BaseModel):
    """One of a shop's particulars that was changed, as it is kept."""

    field: str
    before: str
    after: str


class ShopEvent(BaseModel):
    """Something that was done about a shop."""

    at: Instant
    by: str
    event: str = Field(description="registered, amended, activate, suspend, close, access_given, access_revoked")
    text_ru: str
    text_en: str
    note: str = Field(description="Why, where it was said")
    changes: list[Changed]


class Shop(ShopItem):
    """A shop with everything about it."""

    kpp: str
    account: str
    bic: str
    bank_name: str
    corr_account: str
    email: str
    phone: str
    sites: list[str]
    trusts_lender: bool = Field(description="Its goods may go before the lender's money is here")
    risk_limit: Kopecks = Field(description="Goods out and not yet paid for by lenders; 0 for no limit")
    exposure: Kopecks = Field(description="How much of that is out now")
    contract: str
    made_by: str
    contact: str = Field(description='Whom to ring of one that registered by itself; "" for who keeps no shops')
    segments: list[str] = Field(description="What one that registered by itself sells: appliances, furniture, …")
    same_inn: list[str] = Field(description="Short names of other shops with its ИНН")
    events: list[str] = Field(description="activate, suspend, close: those possible now")
    lacking: list[str] = Field(description="What it needs before its first application")
    access: list[Access]
    tariffs: list[TariffRow] = Field(description="Its own and the general ones, the newest first")
    history: list[ShopEvent] = Field(description="The newest first")


class ShopAnswer(Shop, Answer):
    """One shop."""


class NewShop(Asked):
    """What a shop tells of itself."""

    key: Annotated[str, Field(max_length=40)]
    name: Word
    inn: Annotated[str, Field(max_length=12)]
    kpp: Annotated[str, Field(max_length=9)] = ""
    account: Annotated[str, Field(max_length=20)]
    bic: Annotated[str, Field(max_length=9)]
    bank_name: Word
    corr_account: Annotated[str, Field(max_length=20)] = ""
    email: Annotated[str, Field(max_length=254)]
    phone: Annotated[str, Field(max_length=40)]
    region: Annotated[str, Field(max_length=2)]
    sites: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=20, default_factory=list)]
    own: bool = False
    trusts_lender: bool = False
    risk_limit: Sum = 0
    contract: Word = ""


class CheckedShop(NewShop):
    """A form as far as it is filled in.

    Attributes:
        new: the shop is not taken in yet, so its short name is looked at too.
    """

    key: Annotated[str, Field(max_length=40)] = ""
    name: Word = ""
    inn: Annotated[str, Field(max_length=12)] = ""
    account: Annotated[str, Field(max_length=20)] = ""
    bic: Annotated[str, Field(max_length=9)] = ""
    bank_name: Word = ""
    email: Annotated[str, Field(max_length=254)] = ""
    phone: Annotated[str, Field(max_length=40)] = ""
    region: Annotated[str, Field(max_length=2)] = ""
    new: bool = True


class FieldFault(Coded):
    """What is wrong with one field, and what to do about it."""

    field: str
    hint_ru: str
    hint_en: str


class ShopFaults(BaseModel):
    """What is wrong with a form; of an account only where its БИК holds."""

    faults: list[FieldFault]


class Why(Asked):
    """A remark on what is done."""

    reason: Annotated[Note, Field(max_length=500)] = ""


class NewAccess(Asked):
    """Whom to let in."""

    kind: AccessKind
    name: Annotated[str, Field(min_length=1, max_length=80)]


class Given(Answer):
    """A token, shown once."""

    id: str
    token: str | None = Field(description="null when the same request came again: it cannot be shown twice")
    shop: Shop


class SigningRow(BaseModel):
    """What a way of signing costs somewhere, from a day on."""

    id: str
    way: str
    way_ru: str
    way_en: str
    lender: str
    lender_title: Title
    region: str = Field(description='"" for every region')
    since: Day
    covered: bool
    cost: Kopecks
    partner: str
    made_at: Instant
    made_by: str
    in_force: bool


class LenderRow(BaseModel):
    """What a lender lends for, from a day on."""

    id: str
    lender: str
    lender_title: Title
    since: Day
    least: Kopecks
    most: Kopecks
    months: list[int]
    rate: Percent
    day_count: str
    categories: list[str]
    down_percent: Percent
    zero_rate: bool
    made_at: Instant
    made_by: str
    in_force: bool


class LoanTerms(Answer):
    """Every row of terms, the newest first."""

    tariffs: list[TariffRow]
    signing: list[SigningRow]
    lenders: list[LenderRow]


class NewTariff(Asked):
    """What we take from a day on."""

    shop_id: Annotated[str, Field(max_length=80)] = ""
    lender: Lender = ""
    since: DayText
    base: Literal["loan", "transfer", "goods"] = "transfer"
    percent: PercentText = "0"
    fixed: Sum = 0
    least: Sum = 0
    most: Sum | None = None
    payer: Literal["shop", "lender"] = "shop"
    visits: bool = False


class NewSigningTerms(Asked):
    """What a way of signing costs from a day on."""

    way: Way
    lender: Lender = ""
    region: Annotated[str, Field(max_length=2)] = ""
    since: DayText
    covered: bool = True
    cost: Sum = 0
    partner: Word = ""


class NewLenderTerms(Asked):
    """What a lender lends for from a day on."""

    lender: Annotated[str, Field(min_length=1, max_length=60)]
    since: DayText
    least: Sum
    most: Sum
    months: Annotated[list[Annotated[int, Field(ge=1, le=600)]], Field(min_length=1, max_length=60)]
    rate: PercentText
    day_count: Literal["12", "act"] = "12"
    categories: Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=50, default_factory=list)]
    down_percent: PercentText = "0"
    zero_rate: bool = False


class LenderItem(BaseModel):
    """A lender and how it goes with him."""

    lender: str
    title: Title
    state: str = Field(description='"fine", "silent", "refusing" or "misconfigured": the worst that holds')
    state_ru: str
    state_en: str
    open: int = Field(description="Applications he still has something to say about")
    failing: int = Field(description="Of them, those whose last call he did not answer")
    waiting: int = Field(description="Calls that have not reached him yet")
    dead: int = Field(description="Calls given up until somebody tries again")
    last_answer: Instant | None
    away_since: Instant | None = Field(description="Since when he answers nothing at all")
    silent: bool = Field(description="So long that an alarm is raised")
    last_error: Coded | None
    token: bool = Field(description="The vault holds his token")
    hints: bool = Field(description="It holds the secret of his notices")
    token_until: Day | None = Field(description="The token's last day, where somebody told")
    token_days_left: int | None = Field(description="0 on the last day, negative after it")
    terms: LenderRow | None = Field(description="In force today")


class Lenders(Answer):
    """The lenders of this installation."""

    items: list[LenderItem]


class LenderCall(BaseModel):
    """A call that has not reached its lender: `dead` ones wait for *try again*."""

    id: str = Field(description="Of the outbox: /v1/outbox/{id}/retry")
    call: str
    call_ru: str
    call_en: str
    lender: str
    lender_title: Title
    loan_id: str
    loan_number: int
    created_at: Instant
    next_at: Instant | None = Field(description="When it is tried next; null for a dead one")
    dead: bool
    attempts: int
    error: Coded | None
    last_error: str = Field(description="As the service put it down")


class LenderCalls(Answer):
    """What has not reached lenders, the dead ones first."""

    items: list[LenderCall]
