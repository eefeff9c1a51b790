"""What people taught the matcher: "this payer pays for that buyer".

A rule identifies the buyer paid for and nothing more. Number and exact sum, or the only open invoice with this sum,
must still agree (`gateway.matching.ruled`), and goods wait for a named person all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Protocol

from gateway.matching.decision import Reason
from gateway.matching.facts import Facts

# Accounts of private persons. The ИНН beside them may be the bank's, so the account itself has to be the payer's.
_PERSONAL_ACCOUNTS = ("40817", "40820", "423", "426")


class PayerKey(NamedTuple):
    """By what a payer is known again.

    Attributes:
        inn: "" when the payer is known by his account only.
        account: "" when the ИНН alone is enough; where both are given both must agree.
    """

    inn: str
    account: str


@dataclass(frozen=True, slots=True)
class PayerRule:
    """One rule, as a person made it.

    Attributes:
        party: the buyer paid for, see `matching.index`.
        since: payments booked from this day on.
        made_by: "accountant:…".
        revoked: no longer in force, whatever the day.
    """

    id: str
    payer: PayerKey
    payer_name: str
    party: str
    buyer_name: str
    since: date
    made_by: str
    revoked: bool = False

    def holds(self, inn: str, account: str, on: date) -> bool:
        """Whether it is in force for a payment of this payer booked on that day."""
        known = bool(self.payer.inn or self.payer.account)
        same_inn = self.payer.inn in ("", inn)
        same_account = self.payer.account in ("", account)
        return known and same_inn and same_account and not self.revoked and self.since <= on


class PayerRules(Protocol):
    """Looks up what people taught."""

    def of(self, payer_inn: str, payer_account: str, on: date) -> Sequence[PayerRule]:
        """The rules in force for a payment of this payer booked on that day, oldest first."""


class MemoryRules:
    """A `PayerRules` in memory."""

    def __init__(self, rules: Iterable[PayerRule]) -> None:
        self._rules = tuple(rules)

    def of(self, payer_inn: str, payer_account: str, on: date) -> Sequence[PayerRule]:
        """See `PayerRules`."""
        found = [rule for rule in self._rules if rule.holds(payer_inn, payer_account, on)]
        return sorted(found, key=lambda rule: rule.id)


def stated_inn(payer_inn: str) -> str:
    """The payer's ИНН as the bank gives it; "" for none, which some banks write as "0"."""
    inn = payer_inn.strip()
    return inn if inn.strip("0") else ""


def payer_key(payer_inn: str, payer_account: str) -> PayerKey:
    """By what a rule made from such a payment knows its payer again; both "" when by nothing.

    A firm is known by its ИНН, whichever of its accounts it pays from; a private person by his account.
    """
    inn, account = stated_inn(payer_inn), payer_account.strip()
    if inn and not account.startswith(_PERSONAL_ACCOUNTS):
        return PayerKey(inn, "")
    return PayerKey(inn, account)


def rules_in_force(facts: Facts, rules: PayerRules | None) -> Sequence[PayerRule]:
    """The rules for this payment. None behind a bank: there the payer's ИНН and account are everybody's."""
    payment = facts.payment
    if rules is None or facts.transit or payment.booked is None:
        return ()
    return rules.of(stated_inn(payment.payer_inn), payment.payer_account.strip(), payment.booked)


def rule_reason(rule: PayerRule) -> Reason:
    """What a decision says of the rule it rests on."""
    values = {
        "rule": rule.id,
        "payer": rule.payer_name,
        "buyer": rule.buyer_name,
        "since": f"{rule.since:%d.%m.%Y}",
        "by": rule.made_by,
    }
    return Reason("matching.payer_rule", values)


def two_rules(found: Sequence[PayerRule]) -> Reason:
    """Rules in force that name different buyers."""
    return Reason("matching.two_rules", {"buyers": ", ".join(sorted({rule.buyer_name for rule in found}))})
