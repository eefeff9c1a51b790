"""`[loans]`, `[[lender]]` and `[web]` of kvit.toml: credit broking, and the port the world sees.

No secret stands here: a lender's token and the secret its webhooks are signed with are kept in the vault
(`kvit lender token`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from gateway.core.requisites import is_account, is_bic, is_correspondent, is_inn, is_kpp
from gateway.core.vat import VatKind
from gateway.core.workdays import WorkHours
from gateway.flows import parcel_settlement
from gateway.flows.loan_return import ReturnTerms
from gateway.flows.terms import Terms
from gateway.loans.payees import debtor_of, payee_of_any
from gateway.loans.personal import Sealer
from gateway.loans.terms import LoanTerms, RedLimits, ShopDue
from gateway.payments.outgoing.model import OutgoingTerms, Payee
from gateway.settlement.terms import SettlementTerms

VatWord = Literal["none", "standard", "5", "7"]
_VAT: dict[VatWord, tuple[VatKind | None, int | None]] = {
    "none": (None, None),
    "standard": (VatKind.STANDARD, None),
    "5": (VatKind.SIMPLIFIED, 5),
    "7": (VatKind.SIMPLIFIED, 7),
}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class RedTable(_Part):
    """`[loans.red]`: after how many days a stage is shown in red."""

    application: int = Field(default=1, ge=1, le=365)
    decision: int = Field(default=2, ge=1, le=365)
    signed: int = Field(default=5, ge=1, le=365)
    original: int = Field(default=9, ge=1, le=365)
    money: int = Field(default=5, ge=1, le=365)
    shop: int = Field(default=10, ge=1, le=365)


class LoansTable(_Part):
    """How we broker loans.

    Attributes:
        call_minutes: work minutes from an application to the first call.
        call_attempts: calls nobody answered after which an application lapses.
        lead_days, offer_days, sign_days: after which an application that was not sent, an offer that was not accepted,
            an agreement that was not signed lapses.
        retention_days: personal data is kept so long after the end.
        vat: in our commission: "none", "standard", or the simplified system's "5" or "7".
        shop_due: a shop's share is owed once the lender's money is here ("funded"), or the goods are too ("delivered").
        silence_days: working days without a remark after which a statement of account is accepted.
        account: of ours, shops are paid from; "" where there is only one.
        poll_every_s: how often decisions that are due to be asked about are looked for.
    """

    call_minutes: int = Field(default=15, ge=1, le=1440)
    call_attempts: int = Field(default=5, ge=1, le=50)
    lead_days: int = Field(default=3, ge=1, le=365)
    offer_days: int = Field(default=14, ge=1, le=365)
    sign_days: int = Field(default=10, ge=1, le=365)
    retention_days: int = Field(default=1095, ge=1, le=36500)
    vat: VatWord = "standard"
    shop_due: ShopDue = Field(default=ShopDue.FUNDED, strict=False)
    consent: str = Field(default="2026-11", pattern=r"^[0-9A-Za-z.-]{1,20}$")
    silence_days: int = Field(default=5, ge=1, le=60)
    account: str = ""
    poll_every_s: int = Field(default=15, ge=1, le=3600)
    red: RedTable = RedTable()


class LenderAccount(_Part):
    """`[lender.account]`: where the money of goods that came back is sent to a lender."""

    number: str
    bic: str
    bank: str = ""
    corr_account: str = ""
    kpp: str = ""

    @model_validator(mode="after")
    def _holds(self) -> Self:
        if not is_bic(self.bic) or (self.corr_account and not is_correspondent(self.corr_account, self.bic)):
            raise ValueError("BIC and correspondent account do not hold")
        if not is_account(self.number, self.bic, self.corr_account):
            raise ValueError("the account's check digit does not hold with this BIC")
        if self.kpp and not is_kpp(self.kpp):
            raise ValueError("the КПП does not hold")
        return self


class LenderTable(_Part):
    """One lender we have an agreement with.

    Attributes:
        protocol: "soap", a broker's service; "rest", a bank's API.
        inn: whose payouts are the loans' money.
        user: our name at a SOAP broker.
        authority: a file in anchors/ with the server's authority; "" for the machine's own list.
        account: without one, payments of returned goods wait with an alarm.
        deducts_returns: he keeps the money of returned goods from his next payment, and gets no payment order.
    """

    key: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    protocol: Literal["soap", "rest"]
    name: str = Field(min_length=1, max_length=160)
    inn: str
    url: str
    user: str = ""
    authority: str = ""
    account: LenderAccount | None = None
    deducts_returns: bool = False

    @field_validator("inn")
    @classmethod
    def _an_inn(cls, inn: str) -> str:
        if not is_inn(inn):
            raise ValueError(f"“{inn[:40]}” is no ИНН: its length or its check digits do not hold")
        return inn

    @model_validator(mode="after")
    def _user_of_a_broker(self) -> Self:
        if self.protocol == "soap" and not self.user:
            raise ValueError("a SOAP broker wants a user")
        return self


class WebTable(_Part):
    """The public port: the site API, the button, the shop account, lenders' webhooks.

    Attributes:
        url: the address the world knows it by; "" for no public port.
        host, port: where it listens; behind a reverse proxy on this machine, 127.0.0.1.
        certificate, key: PEM files below the home, where it speaks TLS itself.
        behind_proxy: believe the last address in X-Forwarded-For.
    """

    url: str = ""
    host: str = "127.0.0.1"
    port: int = Field(default=0, ge=0, le=65535)
    certificate: str = ""
    key: str = ""
    behind_proxy: bool = False

    @model_validator(mode="after")
    def _reached_over_tls(self) -> Self:
        parts = urlsplit(self.url)
        if self.url and parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
            raise ValueError("the world reaches it over https only")
        if bool(self.certificate) != bool(self.key):
            raise ValueError("certificate and key belong together")
        return self


def vat_of(table: LoansTable | None) -> tuple[VatKind | None, int | None]:
    """(kind, percent) of the VAT on our fees; of a company that brokers no loans none."""
    return _VAT[table.vat] if table else (None, None)


def loan_terms(table: LoansTable, lenders: list[LenderTable], terms: Terms, sealer: Sealer) -> LoanTerms:
    """What the use cases of loans go by."""
    vat, percent = vat_of(table)
    red = table.red
    return LoanTerms(
        sealer=sealer,
        call_minutes=table.call_minutes,
        call_attempts=table.call_attempts,
        hours=WorkHours(terms.hours.opens, terms.hours.closes, terms.hours.also_weekdays),
        zone=terms.zone,
        lead_days=table.lead_days,
        offer_days=table.offer_days,
        sign_days=table.sign_days,
        red=RedLimits(red.application, red.decision, red.signed, red.original, red.money, red.shop),
        retention_days=table.retention_days,
        own=terms.own.name,
        vat=vat,
        vat_percent=percent,
        shop_due=table.shop_due,
        lenders=tuple(lender.key for lender in lenders),
        consent=table.consent,
    )


def settlement_terms(
    table: LoansTable, outgoing: OutgoingTerms, lenders: list[LenderTable], agents: Mapping[str, Payee]
) -> SettlementTerms:
    """How shops and agents get their money, and we what shops and lenders owe us."""
    return SettlementTerms(
        outgoing=outgoing,
        payee_of=parcel_settlement.payee_of_any(agents, payee_of_any(_accounts(lenders))),
        debtor_of=debtor_of,
        account=table.account,
        silence_days=table.silence_days,
    )


def return_terms(settlement: SettlementTerms, lenders: list[LenderTable]) -> ReturnTerms:
    """How lenders get back the money of returned goods."""
    return ReturnTerms(
        settlement=settlement,
        lenders=_accounts(lenders),
        deducting=frozenset(table.key for table in lenders if table.deducts_returns),
    )


def _accounts(lenders: list[LenderTable]) -> dict[str, Payee]:
    return {table.key: _payee(table, table.account) for table in lenders if table.account is not None}


def _payee(table: LenderTable, account: LenderAccount) -> Payee:
    return Payee(table.name, table.inn, account.kpp, account.number, account.bic, account.bank, account.corr_account)
