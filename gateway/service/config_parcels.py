"""`[parcels]`, `[[carrier]]`, `[[cod_tariff]]`, `[[agent]]` and `[notify]` of kvit.toml: tracking, money, messages.

No secret stands here: passwords of carriers and gateways are kept in the vault (`kvit parcels secret`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from gateway.core.contacts import check_email
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.core.requisites import is_account, is_bic, is_correspondent, is_inn, is_kpp
from gateway.flows.cod_terms import CodTariff, CodTerms
from gateway.flows.terms import Terms
from gateway.loans.tariffs import Tariff
from gateway.notify.terms import NotifyTerms, QuietHours
from gateway.parcels.cod_debt import FIRMS, CarrierFirm
from gateway.parcels.model import CarrierKey
from gateway.parcels.terms import GuessTerms, ParcelTerms, ReminderTerms
from gateway.payments.outgoing.model import Payee
from gateway.service.config_loans import LoansTable, vat_of

if TYPE_CHECKING:
    from gateway.service.config import Config

POST_SINGLE = "https://tracking.russianpost.ru/rtm34"
POST_BATCH = "https://tracking.russianpost.ru/fc"
CDEK = "https://api.cdek.ru/v2"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class RemindersTable(_Part):
    """`[parcels.reminders]`: after how many days each, and when so many days of storage are left."""

    every_days: int = Field(default=5, ge=1, le=30)
    days_left: list[int] = [2]


class GuessTable(_Part):
    """`[parcels.guess]`: forgotten arrivals, told as "may already be waiting".

    Attributes:
        share: percent of parcels like it that had arrived by then.
    """

    on: bool = False
    share: int = Field(default=93, ge=50, le=99)
    least: int = Field(default=20, ge=5, le=10_000)


class ParcelsTable(_Part):
    """How parcels are watched.

    Attributes:
        night: carriers are asked about all that is under way. morning: buyers are written to, and the report is made.
        stuck_days: without an operation, red. silent_days: without anything at all, no longer asked about.
        cod_days: from the delivery to its money; later it is missing.
        control_percent: of parcels whose buyers get no reminders, to measure what reminders are worth.
        report_to: who gets the morning report by e-mail. phone: where buyers may ring; stands on their parcel's page.
    """

    night: time = time(2, 0)
    morning: time = time(9, 0)
    stuck_days: int = Field(default=7, ge=1, le=90)
    silent_days: int = Field(default=90, ge=10, le=365)
    cod_days: int = Field(default=10, ge=1, le=90)
    control_percent: int = Field(default=0, ge=0, le=50)
    link_days: int = Field(default=120, ge=1, le=365)
    retention_days: int = Field(default=1095, ge=1, le=36500)
    report_to: list[str] = []
    phone: str = Field(default="", max_length=40)
    reminders: RemindersTable = RemindersTable()
    guess: GuessTable = GuessTable()

    @model_validator(mode="after")
    def _addresses(self) -> Self:
        for address in self.report_to:
            try:
                check_email(address)
            except Refused:
                raise ValueError(f"“{address[:60]}” is no mail address") from None
        return self


class CarrierTable(_Part):
    """One carrier's account.

    Attributes:
        login: ours there (the Post's login, CDEK's account).
        url, batch_url: the carrier's own unless written.
        batch: the contract with the Post allows batches; without them `daily` single calls.
        daily: single calls a day; 0 for no limit.
        authority: a file in anchors/ with the server's authority; "" for the machine's own list.
        name, inn, kpp, seat (postal address), contract: the carrier as the other side of our contract, who pays cash
            on delivery out; without its ИНН its payments are like anybody's.
    """

    key: Literal["post", "cdek"]
    login: str = Field(min_length=1, max_length=100)
    name: str = Field(default="", max_length=160)
    inn: str = ""
    kpp: str = ""
    contract: str = Field(default="", max_length=160)
    seat: str = Field(default="", max_length=300)
    url: str = ""
    batch_url: str = ""
    batch: bool = False
    daily: int = Field(default=100, ge=0, le=10_000_000)
    authority: str = ""

    @field_validator("inn")
    @classmethod
    def _an_inn(cls, inn: str) -> str:
        if inn and not is_inn(inn):
            raise ValueError(f"“{inn[:40]}” is no ИНН: its length or its check digits do not hold")
        return inn

    @property
    def firm(self) -> CarrierFirm:
        """The other side of our contract."""
        known = FIRMS[CarrierKey(self.key)]
        return CarrierFirm(self.name or known.name, self.inn, self.kpp, self.seat, self.contract)

    @property
    def address(self) -> str:
        """Where it is asked."""
        return self.url or (POST_SINGLE if self.key == "post" else CDEK)

    @property
    def batch_address(self) -> str:
        """Where batches are ordered; "" without them."""
        return (self.batch_url or POST_BATCH) if self.batch and self.key == "post" else ""


class CodTariffTable(_Part):
    """`[[cod_tariff]]`: what we keep of cash on delivery for other people's goods, entered from a day on.

    Attributes:
        party: key of the shop or agent; "" for all without a tariff of their own.
        percent: "2.5". fixed, least, most: roubles, "30.00"; most "" without an upper limit.
        carriers_fee: the party bears what the carrier keeps of its parcel; else we do.
    """

    party: str = ""
    since: date = date.min
    percent: str = "0"
    fixed: str = "0"
    least: str = "0"
    most: str = ""
    carriers_fee: bool = True

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        try:
            self.tariff()
        except (Refused, ArithmeticError, ValueError):
            raise ValueError("percent or sums do not hold") from None
        return self

    def tariff(self) -> CodTariff:
        """As the flows go by it."""
        most = Money.parse(self.most) if self.most else None
        own = Tariff(
            percent=Decimal(self.percent), fixed=Money.parse(self.fixed), least=Money.parse(self.least), most=most
        )
        return CodTariff(self.party, self.since, own, self.carriers_fee)


class AgentTable(_Part):
    """`[[agent]]`: somebody whose goods we send who is no shop of the brokerage; gets his cash on delivery here.

    Attributes:
        phone: where his buyers may ring.
    """

    key: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    name: str = Field(min_length=1, max_length=160)
    inn: str
    kpp: str = ""
    account: str
    bic: str
    bank: str = ""
    corr_account: str = ""
    phone: str = Field(default="", max_length=40)

    @model_validator(mode="after")
    def _holds(self) -> Self:
        if not is_inn(self.inn) or (self.kpp and not is_kpp(self.kpp)):
            raise ValueError("ИНН or КПП does not hold")
        if not is_bic(self.bic) or (self.corr_account and not is_correspondent(self.corr_account, self.bic)):
            raise ValueError("BIC and correspondent account do not hold")
        if not is_account(self.account, self.bic, self.corr_account):
            raise ValueError("the account's check digit does not hold with this BIC")
        return self

    @property
    def payee(self) -> Payee:
        """Where his money goes."""
        return Payee(self.name, self.inn, self.kpp, self.account, self.bic, self.bank, self.corr_account)


class SmppTable(_Part):
    """`[notify.smpp]`: an SMS centre that speaks SMPP 3.4.

    Attributes:
        per_second: what the contract allows.
        refusals: error codes of this centre's receipts that say that the subscriber refuses mailings.
    """

    host: str = Field(min_length=1)
    port: int = Field(default=2775, ge=1, le=65535)
    system_id: str = Field(min_length=1, max_length=15)
    system_type: str = ""
    tls: bool = True
    per_second: int = Field(default=50, ge=1, le=10_000)
    refusals: list[str] = []
    authority: str = ""


class HttpSmsTable(_Part):
    """`[notify.http]`: an SMS gateway with an HTTP form, in the shape of smsc.ru.

    Attributes:
        refusals: `err` values of a status that say that the subscriber refuses mailings.
    """

    url: str = Field(min_length=1)
    login: str = Field(min_length=1)
    refusals: list[str] = []
    authority: str = ""


class LettersTable(_Part):
    """`[notify.mail]`: the server letters leave by."""

    host: str = Field(min_length=1)
    port: int = Field(default=465, ge=1, le=65535)
    security: Literal["tls", "starttls", "none"] = "tls"
    user: str = ""
    sender: str = Field(min_length=3)
    authority: str = ""

    @model_validator(mode="after")
    def _in_the_clear_at_home_only(self) -> Self:
        if self.security == "none" and self.host not in ("127.0.0.1", "localhost", "::1"):
            raise ValueError('security = "none" is for a server on this machine only')
        return self


class NotifyTable(_Part):
    """How buyers are written to.

    Attributes:
        sender: the name SMS come from, as registered with the operators.
        quiet_from, quiet_to: no SMS then, by the recipient's own clock.
        segment_kopecks: what one part of an SMS costs. month_roubles, day_sms: limits; 0 for none.
        consent_needed: write only to those whose consent is on record.
    """

    sender: str = Field(default="", pattern=r"^[ -~]{0,11}$")
    quiet_from: time = time(21, 0)
    quiet_to: time = time(9, 0)
    segment_kopecks: int = Field(default=0, ge=0, le=100_000)
    month_roubles: int = Field(default=0, ge=0)
    day_sms: int = Field(default=0, ge=0)
    lives_hours: int = Field(default=48, ge=1, le=720)
    fallback_hours: int = Field(default=12, ge=1, le=720)
    consent_needed: bool = True
    retention_days: int = Field(default=1095, ge=1, le=36500)
    smpp: SmppTable | None = None
    http: HttpSmsTable | None = None
    mail: LettersTable | None = None

    @model_validator(mode="after")
    def _one_sms_gateway(self) -> Self:
        if self.smpp and self.http:
            raise ValueError("[notify.smpp] and [notify.http]: one of them")
        return self


def parcel_terms(table: ParcelsTable, zone: ZoneInfo, url: str, language: str) -> ParcelTerms:
    """What the use cases of parcels go by; `url`: of the public port, "" without one."""
    return ParcelTerms(
        zone=zone,
        night=table.night,
        morning=table.morning,
        stuck_days=table.stuck_days,
        silent_days=table.silent_days,
        cod_days=table.cod_days,
        control_percent=table.control_percent,
        link_days=table.link_days,
        retention_days=table.retention_days,
        url=url,
        report_to=tuple(table.report_to),
        language=language,
        reminders=ReminderTerms(table.reminders.every_days, tuple(table.reminders.days_left)),
        guess=GuessTerms(table.guess.on, Decimal(table.guess.share) / 100, table.guess.least),
    )


def notify_terms(table: NotifyTable, company: str, zone: ZoneInfo) -> NotifyTerms:
    """What the use cases of notifications go by."""
    return NotifyTerms(
        company=company,
        sender=table.sender,
        zone=zone,
        quiet=QuietHours(table.quiet_from, table.quiet_to),
        segment_price=Money(table.segment_kopecks),
        month_limit=Money(table.month_roubles * 100) if table.month_roubles else None,
        day_limit=table.day_sms or None,
        lives=timedelta(hours=table.lives_hours),
        fallback_after=timedelta(hours=table.fallback_hours),
        consent_needed=table.consent_needed,
        retention_days=table.retention_days,
    )


def cod_terms(
    carriers: Iterable[CarrierTable],
    tariffs: Iterable[CodTariffTable],
    agents: Iterable[AgentTable],
    loans: LoansTable | None,
) -> CodTerms:
    """Who pays cash on delivery out, and what is kept of it."""
    vat, vat_percent = vat_of(loans)
    return CodTerms(
        firms={**FIRMS, **{CarrierKey(table.key): table.firm for table in carriers}},
        tariffs=tuple(table.tariff() for table in tariffs),
        agents={table.key: table.payee for table in agents},
        vat=vat,
        vat_percent=vat_percent,
    )


def with_parcels(terms: Terms, config: Config) -> Terms:
    """The settings of the trade with what is configured of parcels and their money."""
    table = config.parcels
    return replace(
        terms,
        parcels=parcel_terms(table, terms.zone, config.web.url, config.company.language) if table else None,
        cod=cod_terms(config.carrier, config.cod_tariff, config.agent, config.loans),
    )
