""" "This payer pays for that buyer": people make such rules, on purpose and by name, and people revoke them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select

from gateway.core.authority import Right
from gateway.core.errors import Conflict, Refused
from gateway.core.requisites import check_inn
from gateway.flows.conflicts import local_time, name_of
from gateway.flows.second_look import decide_again
from gateway.flows.terms import Terms
from gateway.matching import rule_rows
from gateway.matching.decision import Policy
from gateway.matching.parties import payer_of
from gateway.matching.rows import payment_in
from gateway.matching.rules import PayerKey, payer_key, stated_inn
from gateway.orders.tables import invoices
from gateway.payments import service as payments
from gateway.payments.tables import entries
from gateway.store.unit import Unit


@dataclass(frozen=True, slots=True)
class Payer:
    """A payer as the bank gives him."""

    name: str
    inn: str
    account: str

    @property
    def key(self) -> PayerKey:
        return payer_key(self.inn, self.account)


def learn(unit: Unit, terms: Terms, payment_id: str, party: str, since: date | None = None, note: str = "") -> str:
    """Make a rule of what a payment shows: its payer pays for this buyer. His payments that wait are looked at again.

    Args:
        party: the buyer's key, see `matching.index`.
        since: payments booked from this day on; the payment's own day when left out.

    Returns:
        The rule's id.

    Raises:
        Refused: `payment.unknown`, `rule.not_booked`, those of `refusal`, `rule.buyer_unknown`,
            `rule.pays_for_himself`, `authority.missing`.
        Conflict: `rule.exists`.
    """
    unit.actor.require(Right.PAYMENTS_DECIDE)
    payments.load(unit, payment_id)
    payment = payment_in(unit, payment_id)
    if payment.booked is None:
        raise Refused("rule.not_booked", payer=payment.payer_name)
    payer = Payer(payment.payer_name, payment.payer_inn, payment.payer_account)
    return _make(unit, terms, payer, party, since or payment.booked, note, payment_id)


def make(unit: Unit, terms: Terms, payer: Payer, party: str, since: date, note: str = "") -> str:
    """Make a rule for a payer whose payment has not come yet; otherwise as `learn`.

    Raises:
        Refused: `requisites.inn`, `rule.account_invalid`, and what `learn` raises.
        Conflict: `rule.exists`.
    """
    unit.actor.require(Right.PAYMENTS_DECIDE)
    account = payer.account.strip()
    if account and not (len(account) == 20 and account.isdecimal()):
        raise Refused("rule.account_invalid", account=account[:40])
    checked = Payer(payer.name.strip(), check_inn(payer.inn) if payer.inn.strip() else "", account)
    return _make(unit, terms, checked, party, since, note, "")


def revoke(unit: Unit, terms: Terms, rule_id: str, expected_version: int | None = None, note: str = "") -> None:
    """End a rule. What was credited by it stays; the payer's next payments wait for a person.

    Raises:
        Refused: `rule.unknown`, `authority.missing`.
        Conflict: `rule.changed`, naming who revoked it and when.
    """
    unit.actor.require(Right.PAYMENTS_DECIDE)
    row = rule_rows.load(unit, rule_id)
    if row is None:
        raise Refused("rule.unknown", id=rule_id[:80])
    if row.revoked_at is not None or expected_version not in (None, row.version):
        raise changed(unit, terms, rule_id)
    rule_rows.revoke(unit, row, note[:1000])


def changed(unit: Unit, terms: Terms, rule_id: str) -> Conflict:
    """The error for whoever acts on a rule he saw in another state."""
    row = rule_rows.load(unit, rule_id)
    by, at = (row.revoked_by, row.revoked_at) if row is not None and row.revoked_at else ("", unit.at)
    return Conflict("rule.changed", by=name_of(by), at=at, when=local_time(at, terms.zone))


def only_buyer(unit: Unit, invoice_ids: Iterable[str]) -> str:
    """The one buyer of these invoices, as a rule names him.

    Raises:
        Refused: `rule.several_buyers`.
    """
    found = unit.connection.execute(
        select(invoices.c.party, invoices.c.buyer_name)
        .where(invoices.c.company == unit.company, invoices.c.id.in_(list(invoice_ids)))
        .order_by(invoices.c.party)
    ).all()
    names = {str(row.party): str(row.buyer_name) for row in found}
    if len(names) != 1:
        raise Refused("rule.several_buyers", buyers=", ".join(names.values()))
    return next(iter(names))


def refusal(payer: Payer, policy: Policy) -> Refused | None:
    """Why no rule can be made for this payer: `rule.behind_a_bank`, `rule.payout_partner`, `rule.own_money`,
    `rule.nobody`; None when one can."""
    inn = stated_inn(payer.inn)
    if inn in policy.own_inns or payer.account in policy.own_accounts:
        return Refused("rule.own_money", payer=payer.name)
    if inn in policy.payout_partners:
        return Refused("rule.payout_partner", payer=payer.name)
    if payer_of(payer.name, payer.account).transit:
        return Refused("rule.behind_a_bank", payer=payer.name)
    if not any(payer.key):
        return Refused("rule.nobody", payer=payer.name)
    return None


def _make(unit: Unit, terms: Terms, payer: Payer, party: str, since: date, note: str, payment_id: str) -> str:
    refused = refusal(payer, terms.policy_on(since))
    if refused is not None:
        raise refused
    buyer = _name_of_buyer(unit, party)
    if party == payer.key.inn:
        raise Refused("rule.pays_for_himself", payer=payer.name)
    same = rule_rows.same_in_force(unit, payer.key, party)
    if same is not None:
        raise Conflict(
            "rule.exists",
            by=name_of(same.made_by),
            at=same.made_at,
            when=local_time(same.made_at, terms.zone),
            payer=same.payer_name,
            buyer=same.buyer_name,
        )
    rule_id = rule_rows.write(unit, payer.key, payer.name, party, buyer, since, payment_id=payment_id, note=note[:1000])
    decide_again(unit, terms, *_payments_of(payer.key), entries.c.booked >= since.isoformat())
    return rule_id


def _payments_of(key: PayerKey) -> list[ColumnElement[bool]]:
    named = ((entries.c.party_inn, key.inn), (entries.c.party_account, key.account))
    return [column == value for column, value in named if value]


def _name_of_buyer(unit: Unit, party: str) -> str:
    found = unit.connection.execute(
        select(invoices.c.buyer_name)
        .where(invoices.c.company == unit.company, invoices.c.party == party)
        .order_by(invoices.c.date.desc(), invoices.c.id.desc())
        .limit(1)
    ).scalar_one_or_none()
    if found is None:
        raise Refused("rule.buyer_unknown", party=party[:80])
    return str(found)
