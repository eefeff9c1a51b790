"""`[outgoing]` of kvit.toml: from which accounts we pay, who signs, and up to which sums."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from gateway.core.authority import Role
from gateway.core.money import Money
from gateway.payments.outgoing.model import Limit, OutgoingTerms, OwnAccount

Signer = Literal["accountant", "director", "owner"]
_LARGEST = 10**13  # roubles; what fits a payment order is less


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class LimitTable(_Part):
    """`[outgoing.limits.ROLE]`, whole roubles; a limit that is left out is none.

    Attributes:
        order: one payment order; day: all orders of a day that nobody without limits has signed.
    """

    order: int | None = Field(default=None, ge=0, le=_LARGEST)
    day: int | None = Field(default=None, ge=0, le=_LARGEST)


class AccountTable(_Part):
    """`[[outgoing.account]]`: an account of ours that is not at the bank of `[company]`."""

    number: str = Field(pattern=r"^[0-9]{5}[0-9ABCEHKMPTX][0-9]{14}$")
    bic: str = Field(pattern=r"^0[0-9]{8}$")
    bank: str = ""
    corr_account: str = ""


class OutgoingTable(_Part):
    """How we pay.

    Attributes:
        signers: roles whose people may sign; every order needs two people.
        limits: by role. Over them, somebody of a role with a higher limit, or none, must be among the two.
        duplicate_days: within so many days two equal payments look like one made twice.
        absent_after_s: a bank that says it has not got an order is believed so long after the last try.
        send_every_s: how often signed orders are looked for; one that is signed here leaves at once besides.
    """

    signers: list[Signer] = Field(default=["accountant", "director", "owner"], min_length=1)
    limits: dict[Signer, LimitTable] = {"accountant": LimitTable(order=100_000, day=500_000)}
    duplicate_days: int = Field(default=30, ge=0, le=366)
    absent_after_s: int = Field(default=60, ge=0, le=86400)
    send_every_s: int = Field(default=15, ge=1, le=3600)
    account: list[AccountTable] = []


def outgoing_terms(
    table: OutgoingTable,
    *,
    payer: tuple[str, str, str],
    bank: tuple[str, str, str],
    accounts: Iterable[str],
    zone: ZoneInfo,
) -> OutgoingTerms:
    """The settings payments are made by.

    Args:
        payer: our name, ИНН and КПП.
        bank: БИК, name and correspondent account of the bank that holds `accounts` no table of their own tells of.
    """
    name, inn, kpp = payer
    own: Mapping[str, OwnAccount] = {
        **{number: OwnAccount(number, *bank) for number in accounts},
        **{a.number: OwnAccount(a.number, a.bic, a.bank, a.corr_account) for a in table.account},
    }
    return OutgoingTerms(
        name=name,
        inn=inn,
        kpp=kpp,
        accounts=own,
        signers=frozenset(Role(role) for role in table.signers),
        limits={Role(role): Limit(_roubles(given.order), _roubles(given.day)) for role, given in table.limits.items()},
        duplicate_days=table.duplicate_days,
        absent_after_s=table.absent_after_s,
        zone=zone,
    )


def _roubles(whole: int | None) -> Money | None:
    return None if whole is None else Money(whole * 100)
