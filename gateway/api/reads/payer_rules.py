"""Rules of payers: the list, one rule, and whether a payment can teach one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from gateway.api.reads.paging import Listing, Window, in_order, searched
from gateway.flows.payer_rules import Payer, refusal
from gateway.flows.terms import Terms
from gateway.matching.tables import payer_rules
from gateway.orders.tables import invoices
from gateway.payments.tables import entries
from gateway.store.schema import AnyRow

LISTING = Listing(
    id=payer_rules.c.id,
    sorts={
        "made_at": payer_rules.c.made_at,
        "since": payer_rules.c.since,
        "payer_name": payer_rules.c.payer_name,
        "buyer": payer_rules.c.buyer_name,
        "made_by": payer_rules.c.made_by,
    },
    default="-made_at",
)
_GROUPS: dict[str, list[ColumnElement[bool]]] = {
    "in_force": [payer_rules.c.revoked_at.is_(None)],
    "revoked": [payer_rules.c.revoked_at.is_not(None)],
    "all": [],
}


def listed(connection: Connection, company: str, group: str, window: Window) -> dict[str, Any]:
    """A slice of the rules of one group, with counts by group."""
    where = [payer_rules.c.company == company, *searched(payer_rules.c.search, window.q)]
    counting = select(func.count(payer_rules.c.id), func.count(payer_rules.c.revoked_at)).where(*where)
    total, revoked = connection.execute(counting).one()
    counts = {"all": total, "in_force": total - revoked, "revoked": revoked}
    cut = LISTING.cut(connection, [*where, *_GROUPS[group]], window)
    rows = connection.execute(select(payer_rules).where(payer_rules.c.id.in_(cut.ids)))
    items = in_order(cut.ids, {row.id: item(row) for row in rows})
    return {"items": items, "total": counts[group], "next": cut.next, "counts": counts}


def one(connection: Connection, company: str, rule_id: str) -> dict[str, Any] | None:
    """The rule, None when there is none of that id."""
    row = connection.execute(
        select(payer_rules).where(payer_rules.c.id == rule_id, payer_rules.c.company == company)
    ).one_or_none()
    return None if row is None else item(row)


def item(row: AnyRow) -> dict[str, Any]:
    """A rule from its row."""
    return {
        "id": row.id,
        "version": row.version,
        "payer_name": row.payer_name,
        "payer_inn": row.payer_inn,
        "payer_account": row.payer_account,
        "party": row.party,
        "buyer": row.buyer_name,
        "since": row.since,
        "made_at": row.made_at,
        "made_by": row.made_by,
        "payment_id": row.payment_id,
        "note": row.note,
        "revoked_at": row.revoked_at,
        "revoked_by": row.revoked_by,
    }


def can_learn(
    connection: Connection, company: str, terms: Terms, payment_id: str, invoice_ids: Iterable[str]
) -> dict[str, Any] | None:
    """The payer a rule can be made for and the buyers of these invoices; None when there can be no rule."""
    row = connection.execute(
        select(entries.c.party_name, entries.c.party_inn, entries.c.party_account, entries.c.booked).where(
            entries.c.id == payment_id, entries.c.company == company
        )
    ).one()
    payer = Payer(row.party_name, row.party_inn, row.party_account)
    if row.booked is None or refusal(payer, terms.policy_on(date.fromisoformat(row.booked))) is not None:
        return None
    inn, account = payer.key
    buyers = connection.execute(
        select(invoices.c.party, func.max(invoices.c.buyer_name).label("name"))
        .where(invoices.c.id.in_(list(invoice_ids)), invoices.c.company == company, invoices.c.party != inn)
        .group_by(invoices.c.party)
        .order_by(invoices.c.party)
    )
    return {
        "payer_name": payer.name,
        "payer_inn": inn,
        "payer_account": account,
        "since": row.booked,
        "buyers": [{"party": buyer.party, "name": buyer.name} for buyer in buyers],
    }
