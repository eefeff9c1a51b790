"""Outgoing payment orders: the queue, one order with its history, and what the bank has said of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from gateway.api.reads.paging import Listing, Window, in_order, searched
from gateway.api.reads.texts import hinted, in_catalogue, said, stored_list, stored_map
from gateway.bank.tables import messages
from gateway.core.authority import Actor
from gateway.core.errors import Refused
from gateway.core.text import person_key
from gateway.flows.pay_out_absent import waiting_for_a_person
from gateway.payments.outgoing.model import ON_THE_WAY, UNSENT, OrderState, OutgoingTerms
from gateway.payments.outgoing.seal import signatures_of
from gateway.payments.outgoing.service import may_sign
from gateway.payments.outgoing.tables import payment_order_events, payment_orders
from gateway.payments.tables import entries
from gateway.store.schema import AnyRow

LISTING = Listing(
    id=payment_orders.c.id,
    sorts={
        "proposed_at": payment_orders.c.proposed_at,
        "date": payment_orders.c.date,
        "number": payment_orders.c.number,
        "payee_name": payment_orders.c.payee_name,
        "amount": payment_orders.c.amount,
        "state": payment_orders.c.state,
    },
    default="-proposed_at",
)
GROUPS: dict[str, tuple[OrderState, ...]] = {
    "to_approve": (OrderState.DRAFT, OrderState.WAITING),
    "on_the_way": (OrderState.APPROVED, *ON_THE_WAY),
    "done": (OrderState.EXECUTED,),
    "failed": (OrderState.REFUSED, OrderState.RETURNED, OrderState.REJECTED, OrderState.WITHDRAWN),
}
"""What a screen asks for: several states under one name."""
FILTERS = ("all", *GROUPS)


def listed(connection: Connection, company: str, group: str, window: Window) -> dict[str, Any]:
    """A slice of the orders of one group, with counts by group."""
    where = [payment_orders.c.company == company, *searched(payment_orders.c.search, window.q)]
    grouped = select(payment_orders.c.state, func.count()).where(*where).group_by(payment_orders.c.state)
    by_state = {row[0]: row[1] for row in connection.execute(grouped)}
    counts = {"all": sum(by_state.values())}
    counts.update({name: sum(by_state.get(state, 0) for state in states) for name, states in GROUPS.items()})
    if group != "all":
        where.append(payment_orders.c.state.in_(GROUPS[group]))
    cut = LISTING.cut(connection, where, window)
    rows = connection.execute(select(payment_orders).where(payment_orders.c.id.in_(cut.ids))).all()
    asked = waiting_for_a_person(connection, rows)
    items = in_order(cut.ids, {row.id: item(row, row.id in asked) for row in rows})
    return {"items": items, "total": counts[group], "next": cut.next, "counts": counts}


def to_sign(connection: Connection, company: str, terms: OutgoingTerms, actor: Actor) -> int:
    """How many orders wait for a signature or a decision of this very person."""
    if not may_sign(actor, terms):
        return 0
    columns = payment_orders.c
    rows = connection.execute(
        select(columns.id, columns.state, columns.number, columns.approvals).where(
            columns.company == company, columns.state.in_((*GROUPS["to_approve"], OrderState.UNKNOWN))
        )
    ).all()
    mine = person_key(actor.name)
    unsigned = sum(mine not in map(person_key, _signers(row)) for row in rows if row.state in GROUPS["to_approve"])
    return unsigned + len(waiting_for_a_person(connection, rows))


def _signers(row: AnyRow) -> list[str]:
    """Whose signatures are on an order; nobody's where they cannot be read."""
    try:
        return [signature["by"] for signature in signatures_of(row)]
    except Refused:
        return []


def item(row: AnyRow, to_decide: bool) -> dict[str, Any]:
    """An order as a list shows it.

    Args:
        to_decide: somebody who may sign has to say what becomes of it.
    """
    return {
        "id": row.id,
        "version": row.version,
        "number": row.number,
        "date": row.date,
        "account": row.account,
        "payee_name": row.payee_name,
        "payee_inn": row.payee_inn,
        "payee_account": row.payee_account,
        "payee_bic": row.payee_bic,
        "amount": row.amount,
        "purpose": row.purpose,
        "kind": row.kind,
        "source": row.source,
        "state": row.state,
        **said(f"api.outgoing.{row.state}", name="state"),
        "proposed_by": row.proposed_by,
        "proposed_at": row.proposed_at,
        "approved_by": _signers(row),
        "warnings": _warnings(row),
        "bank_code": row.bank_code,
        "bank_text": row.bank_text,
        "sent_at": row.sent_at,
        "executed_at": row.executed_at,
        "entry_id": row.entry_id,
        "to_decide": to_decide,
    }


def detail(connection: Connection, company: str, order_id: str) -> dict[str, Any] | None:
    """One order with everything that happened to it and the bank's messages behind it, or None."""
    row = connection.execute(
        select(payment_orders).where(payment_orders.c.id == order_id, payment_orders.c.company == company)
    ).one_or_none()
    if row is None:
        return None
    return {
        **item(row, bool(waiting_for_a_person(connection, [row]))),
        "payee_kpp": row.payee_kpp,
        "payee_bank": row.payee_bank,
        "payee_corr_account": row.payee_corr,
        "priority": row.priority,
        "uin": row.uin,
        "tax": stored_map(row.tax) or None,
        "note": row.note,
        "channel": row.channel,
        "bank_ref": row.bank_ref,
        "returned_at": row.returned_at,
        "may_withdraw": row.state in UNSENT,
        "history": _history(connection, order_id),
        "evidence": evidence(connection, [i for i in (row.entry_id, row.return_entry_id) if i]),
    }


def _warnings(row: AnyRow) -> list[dict[str, Any]]:
    return [
        {
            "code": stored["code"],
            "about": stored["about"],
            "confirm": stored["confirm"],
            **said(stored["code"], stored["values"]),
            **hinted(stored["code"], stored["values"]),
        }
        for stored in stored_list(row.warnings)
    ]


def _history(connection: Connection, order_id: str) -> list[dict[str, Any]]:
    rows = connection.execute(
        select(payment_order_events)
        .where(payment_order_events.c.order_id == order_id)
        .order_by(payment_order_events.c.id)
    )
    history = []
    for row in rows:
        code = f"api.outgoing_event.{row.event}"
        values = {"note": row.note, **stored_map(row._mapping["values"])}
        # An event nobody has given a sentence is shown by its name rather than hidden.
        told = said(code, values) if in_catalogue(code) else {"text_ru": row.event, "text_en": row.event}
        history.append(
            {"at": row.at, "by": row.actor, "event": row.event, "state": row.state, "note": row.note, **told}
        )
    return history


def evidence(connection: Connection, entry_ids: Sequence[str]) -> list[dict[str, Any]]:
    """The statement lines that prove what became of the money, with the messages they stand in."""
    rows = connection.execute(
        select(
            entries.c.id,
            entries.c.direction,
            entries.c.amount,
            entries.c.booked,
            entries.c.ref,
            entries.c.evidence,
            entries.c.message_id,
            messages.c.sha256,
            messages.c.received_at,
        )
        .outerjoin(messages, messages.c.id == entries.c.message_id)
        .where(entries.c.id.in_(entry_ids))
        .order_by(entries.c.id)
    )
    return [
        {
            "entry_id": row.id,
            "incoming": row.direction == "in",
            "amount": row.amount,
            "booked": row.booked,
            "bank_ref": row.ref,
            "kind": row.evidence,
            "message_id": row.message_id,
            "sha256": row.sha256 or "",
            "received_at": row.received_at,
        }
        for row in rows
    ]
