"""`[matching]` of kvit.toml: what the matcher knows of us and may do, from which day on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.core.requisites import is_inn
from gateway.flows.terms import DatedPolicy
from gateway.matching.decision import Policy

MOST_TOLERANCE = Money(1_000_00)  # more is no rounding and no bank's fee, but a slip of the pen


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class PolicyTable(_Part):
    """`[[matching.policy]]`: for payments booked from a day on, until the next table's day.

    Attributes:
        since: `from` in the file.
        tolerance: roubles, "0.50"; so much may be missing from an order that is released.
        tiny_percent: a payment under this share of the invoice it quotes goes to a person.
        typo: whether a number one slip away from the only invoice that fits is credited.
    """

    since: date = Field(alias="from")
    tolerance: str = "0"
    tiny_percent: int = Field(default=5, ge=1, le=50)
    typo: bool = True

    @field_validator("tolerance")
    @classmethod
    def _a_small_sum(cls, text: str) -> str:
        try:
            sum_ = Money.parse(text)
        except Refused as error:
            raise ValueError(f"“{text[:40]}” is no sum in roubles") from error
        if not 0 <= sum_.kopecks <= MOST_TOLERANCE.kopecks:
            raise ValueError(f"{sum_} is not between 0 and {MOST_TOLERANCE} roubles")
        return text


class MatchingTable(_Part):
    """What the matcher must know of us.

    Attributes:
        own_inns: ИНН of further companies of ours: money from them is no customer's, their ИНН in a text nobody else's.
        own_accounts: further accounts of ours.
    """

    own_inns: list[str] = []
    own_accounts: list[str] = []
    payout_partners: dict[str, Literal["acquirer", "post", "loan", "marketplace"]] = {}
    policy: list[PolicyTable] = []

    @field_validator("own_inns")
    @classmethod
    def _are_inns(cls, inns: list[str]) -> list[str]:
        wrong = [inn for inn in inns if not is_inn(inn)]
        if wrong:
            raise ValueError(f"“{wrong[0][:40]}” is no ИНН: its length or its check digits do not hold")
        return inns

    @field_validator("policy")
    @classmethod
    def _one_a_day(cls, tables: list[PolicyTable]) -> list[PolicyTable]:
        days = [table.since for table in tables]
        twice = next((day for day in days if days.count(day) > 1), None)
        if twice is not None:
            raise ValueError(f"two policies begin on {twice}")
        return tables


def policy_of(
    table: MatchingTable,
    own_inn: str,
    own_accounts: frozenset[str],
    partners: Mapping[str, str] = MappingProxyType({}),
    own_names: tuple[str, ...] = (),
) -> Policy:
    """What holds before the first dated policy: the strict defaults, and what is true on every day.

    Args:
        partners: ИНН → kind, of lenders we broker for and carriers that collect for us: their money comes by
            registries.
        own_names: what we are called.
    """
    return Policy(
        own_inns=frozenset({own_inn, *table.own_inns} - {""}),
        own_accounts=own_accounts | frozenset(table.own_accounts),
        own_names=own_names,
        payout_partners={**partners, **table.payout_partners},
    )


def dated_policies(table: MatchingTable, always: Policy) -> tuple[DatedPolicy, ...]:
    """The dated policies, the earliest first."""
    return tuple(
        DatedPolicy(
            dated.since,
            replace(always, tolerance=Money.parse(dated.tolerance), tiny_percent=dated.tiny_percent, typo=dated.typo),
        )
        for dated in sorted(table.policy, key=lambda dated: dated.since)
    )
