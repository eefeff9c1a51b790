"""Shops and dated terms of loans as TOML files: what `kvit shop put` and `kvit shop terms` read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.loans.dated import LenderTerms, SigningTerms
from gateway.loans.model import SigningWay
from gateway.loans.percent import read_percent
from gateway.loans.schedule import DayCount
from gateway.loans.shops import NewShop
from gateway.loans.tariffs import FeeBase, FeePayer, Tariff


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Shop(_Part):
    key: str
    name: str
    inn: str
    kpp: str = ""
    account: str
    bic: str
    bank_name: str = ""
    corr_account: str = ""
    email: str = ""
    phone: str = ""
    region: str
    sites: tuple[str, ...] = ()
    own: bool = False
    trusts_lender: bool = False
    risk_limit: str = "0"
    contract: str = ""


class _Tariff(_Part):
    shop: str = ""
    lender: str = ""
    since: date = Field(alias="from")
    base: FeeBase = FeeBase.TRANSFER
    percent: str = "0"
    fixed: str = "0"
    least: str = "0"
    most: str = ""
    payer: FeePayer = FeePayer.SHOP
    visits: bool = False


class _Signing(_Part):
    way: SigningWay
    lender: str = ""
    region: str = ""
    since: date = Field(alias="from")
    covered: bool = True
    cost: str = "0"
    partner: str = ""


class _Lender(_Part):
    lender: str
    since: date = Field(alias="from")
    least: str
    most: str
    months: tuple[int, ...]
    rate: str
    day_count: DayCount = DayCount.MONTHS
    categories: tuple[str, ...] = ()
    down_percent: str = "0"
    zero_rate: bool = False


class _Terms(_Part):
    tariff: list[_Tariff] = []
    signing: list[_Signing] = []
    lender: list[_Lender] = []


@dataclass(frozen=True, slots=True)
class ShopTariff:
    """A tariff with whom it is for.

    Attributes:
        shop: its key; "" for every shop without its own. lender: "" for every lender.
    """

    shop: str
    lender: str
    since: date
    tariff: Tariff


@dataclass(frozen=True, slots=True)
class DatedTerms:
    """What a file of terms says."""

    tariffs: tuple[ShopTariff, ...]
    signing: tuple[SigningTerms, ...]
    lenders: tuple[LenderTerms, ...]


def shop_of(content: Mapping[str, Any]) -> NewShop:
    """A shop, as its file describes it; sums in roubles.

    Raises:
        Refused: `config.invalid` naming the field; `money.*`.
    """
    try:
        given = _Shop.model_validate(content)
    except ValidationError as error:
        raise _invalid(error) from None
    return NewShop(**{**dict(given), "risk_limit": Money.parse(given.risk_limit)})


def terms_of_file(content: Mapping[str, Any]) -> DatedTerms:
    """Tables `[[tariff]]`, `[[signing]]` and `[[lender]]`, each from a day on; sums in roubles, rates in percent.

    Raises:
        Refused: `config.invalid` naming the field; `money.*`, `loan.percent_unreadable`, `loan.tariff_*`.
    """
    try:
        given = _Terms.model_validate(content)
    except ValidationError as error:
        raise _invalid(error) from None
    return DatedTerms(
        tariffs=tuple(ShopTariff(one.shop, one.lender, one.since, _tariff(one)) for one in given.tariff),
        signing=tuple(
            SigningTerms(one.way, one.lender, one.region, one.since, one.covered, Money.parse(one.cost), one.partner)
            for one in given.signing
        ),
        lenders=tuple(_lender(one) for one in given.lender),
    )


def _tariff(one: _Tariff) -> Tariff:
    return Tariff(
        base=one.base,
        percent=read_percent(one.percent),
        fixed=Money.parse(one.fixed),
        least=Money.parse(one.least),
        most=Money.parse(one.most) if one.most else None,
        payer=one.payer,
        visits=one.visits,
    )


def _lender(one: _Lender) -> LenderTerms:
    return LenderTerms(
        lender=one.lender,
        since=one.since,
        categories=one.categories,
        least=Money.parse(one.least),
        most=Money.parse(one.most),
        months=one.months,
        rate=read_percent(one.rate),
        down_percent=read_percent(one.down_percent),
        day_count=one.day_count,
        zero_rate=one.zero_rate,
    )


def _invalid(error: ValidationError) -> Refused:
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return Refused("config.invalid", file="TOML", field=where, detail=first["msg"])
