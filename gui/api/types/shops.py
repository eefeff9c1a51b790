"""Shops that sell on credit, who of them may come in, and the terms that hold from a day on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from gui.api.types.common import SILENT, Said


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopItem:
    """A shop in the list. `own`: ours, its goods leave our warehouse. `by_itself`: it registered on the public site."""

    id: str
    version: int
    key: str = ""
    name: str = ""
    inn: str = ""
    region: str = ""
    state: str = ""
    state_ru: str = ""
    state_en: str = ""
    own: bool = False
    by_itself: bool = False
    open_applications: int = 0
    made_at: datetime | None = None

    @property
    def state_said(self) -> Said:
        return Said(self.state_ru or self.state, self.state_en or self.state)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopAccess:
    """A person or a site of the shop that may come in; what they come in with is kept nowhere."""

    id: str
    kind: str
    name: str = ""
    made_at: datetime | None = None
    made_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopTariff:
    """What we take for a loan from a day on; percents are decimal texts, sums kopecks.

    Attributes:
        shop_id: "" for every shop without its own; `lender`: "" for every lender.
        most: None where there is no upper limit.
        visits: the shop bears what couriers' visits cost.
    """

    id: str
    shop_id: str = ""
    shop: str = ""
    lender: str = ""
    lender_title: str = ""
    since: date | None = None
    base: str = ""
    percent: str = "0"
    fixed: int = 0
    least: int = 0
    most: int | None = None
    payer: str = ""
    visits: bool = False
    made_at: datetime | None = None
    made_by: str = ""
    in_force: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """One of a shop's particulars that was changed."""

    field: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopEvent:
    """Something that was done about a shop, and why."""

    at: datetime | None = None
    by: str = ""
    event: str = ""
    text: Said = SILENT
    note: str = ""
    changes: tuple[Changed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop(ShopItem):
    """A shop with everything about it.

    Attributes:
        risk_limit: goods given out and not yet paid for by lenders may be worth so much, 0 for no limit; `exposure`
            is how much it is now.
        events: what may be done with it now. lacking: what it needs before its first application.
        tariffs: its own and the general ones, the newest first.
        contact, segments: whom to ring and what it sells, of one that registered by itself.
        same_inn: short names of other shops with its ИНН.
    """

    kpp: str = ""
    account: str = ""
    bic: str = ""
    bank_name: str = ""
    corr_account: str = ""
    email: str = ""
    phone: str = ""
    sites: tuple[str, ...] = ()
    trusts_lender: bool = False
    risk_limit: int = 0
    exposure: int = 0
    contract: str = ""
    made_by: str = ""
    contact: str = ""
    segments: tuple[str, ...] = ()
    same_inn: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    access: tuple[ShopAccess, ...] = ()
    tariffs: tuple[ShopTariff, ...] = ()
    history: tuple[ShopEvent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopFault:
    """What is wrong with one field of a shop's form."""

    field: str
    code: str = ""
    text: Said = SILENT
    hint: Said = SILENT


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopFaults:
    faults: tuple[ShopFault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAccess:
    """An access as it is shown once; `token` is "" when the same request came again."""

    id: str
    shop: Shop
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningTerms:
    """What a way of signing costs somewhere from a day on; `region` and `lender` are "" for every one."""

    id: str
    way: str = ""
    way_ru: str = ""
    way_en: str = ""
    lender: str = ""
    lender_title: str = ""
    region: str = ""
    since: date | None = None
    covered: bool = True
    cost: int = 0
    partner: str = ""
    made_at: datetime | None = None
    made_by: str = ""
    in_force: bool = False

    @property
    def way_said(self) -> Said:
        return Said(self.way_ru or self.way, self.way_en or self.way)


@dataclass(frozen=True, slots=True, kw_only=True)
class LenderTerms:
    """What a lender lends for from a day on; without `categories` he lends for any goods."""

    id: str
    lender: str = ""
    lender_title: str = ""
    since: date | None = None
    least: int = 0
    most: int = 0
    months: tuple[int, ...] = ()
    rate: str = "0"
    day_count: str = ""
    categories: tuple[str, ...] = ()
    down_percent: str = "0"
    zero_rate: bool = False
    made_at: datetime | None = None
    made_by: str = ""
    in_force: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanTerms:
    """Every row of terms, the newest first."""

    tariffs: tuple[ShopTariff, ...] = ()
    signing: tuple[SigningTerms, ...] = ()
    lenders: tuple[LenderTerms, ...] = ()
