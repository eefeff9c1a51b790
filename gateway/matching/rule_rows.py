"""Rules of payers as rows: made and revoked by people, never deleted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, bindparam, or_, select

from gateway.core.ids import new_id
from gateway.core.text import fold
from gateway.matching.rules import PayerKey, PayerRule
from gateway.matching.tables import payer_rules
from gateway.store.driver import Query
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

_INN, _ACCOUNT = payer_rules.c.payer_inn, payer_rules.c.payer_account
_IN_FORCE = Query(
    select(payer_rules)
    .where(
        payer_rules.c.company == bindparam("company"),
        or_((bindparam("inn") == _INN) & (_INN != ""), (bindparam("account") == _ACCOUNT) & (_ACCOUNT != "")),
        payer_rules.c.revoked_at.is_(None),
    )
    .order_by(payer_rules.c.id)
)


class SqlRules:
    """A `PayerRules` on the database; what a transaction has written is seen by its next lookup."""

    def __init__(self, connection: Connection, company: str) -> None:
        self._connection = connection
        self._company = company

    def of(self, payer_inn: str, payer_account: str, on: date) -> Sequence[PayerRule]:
        """See `PayerRules`."""
        rows = _IN_FORCE.all(self._connection, company=self._company, inn=payer_inn, account=payer_account)
        return [rule for rule in map(rule_of, rows) if rule.holds(payer_inn, payer_account, on)]


def rule_of(row: AnyRow) -> PayerRule:
    """A row as the matcher takes it."""
    return PayerRule(
        id=row.id,
        payer=PayerKey(row.payer_inn, row.payer_account),
        payer_name=row.payer_name,
        party=row.party,
        buyer_name=row.buyer_name,
        since=date.fromisoformat(row.since),
        made_by=row.made_by,
        revoked=row.revoked_at is not None,
    )


def load(unit: Unit, rule_id: str) -> AnyRow | None:
    """The rule's row, if there is one."""
    return unit.connection.execute(
        select(payer_rules).where(payer_rules.c.id == rule_id, payer_rules.c.company == unit.company)
    ).one_or_none()


def same_in_force(unit: Unit, payer: PayerKey, party: str) -> AnyRow | None:
    """The rule in force, from whatever day on, that says the same."""
    return unit.connection.execute(
        select(payer_rules).where(
            payer_rules.c.company == unit.company,
            payer_rules.c.payer_inn == payer.inn,
            payer_rules.c.payer_account == payer.account,
            payer_rules.c.party == party,
            payer_rules.c.revoked_at.is_(None),
        )
    ).first()


def write(
    unit: Unit,
    payer: PayerKey,
    payer_name: str,
    party: str,
    buyer_name: str,
    since: date,
    *,
    payment_id: str = "",
    note: str = "",
) -> str:
    """Write a rule; returns its id."""
    rule_id = new_id()
    unit.insert(
        payer_rules,
        {
            "id": rule_id,
            "company": unit.company,
            "version": 1,
            "payer_inn": payer.inn,
            "payer_account": payer.account,
            "payer_name": payer_name,
            "party": party,
            "buyer_name": buyer_name,
            "since": since.isoformat(),
            "made_at": unit.at,
            "made_by": str(unit.actor),
            "payment_id": payment_id,
            "note": note,
            "search": fold(f"{payer_name} {payer.inn} {payer.account} {buyer_name} {party} {note}"),
        },
    )
    unit.journal(
        "payer_rule.made",
        f"payer_rule:{rule_id}",
        payer_inn=payer.inn,
        payer_account=payer.account,
        party=party,
        since=since.isoformat(),
        payment=payment_id,
        note=note,
    )
    unit.changed("payer_rule", rule_id)
    return rule_id


def revoke(unit: Unit, rule: AnyRow, note: str = "") -> None:
    """Mark a rule as revoked; what was credited by it stays."""
    unit.update(payer_rules, rule.id, revoked_at=unit.at, revoked_by=str(unit.actor), version=rule.version + 1)
    unit.journal("payer_rule.revoked", f"payer_rule:{rule.id}", note=note)
    unit.changed("payer_rule", rule.id)
