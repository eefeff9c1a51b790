"""Statements of account for the screens: each sum with the lines, payments and debit lines it rests on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from gateway.api.period import Progress
from gateway.api.reads.loan_card import coded
from gateway.api.reads.loans import labelled
from gateway.api.reads.outgoing import evidence
from gateway.api.reads.paging import Window, read_cursor, write_cursor
from gateway.api.reads.texts import in_catalogue, said
from gateway.core.authority import Actor, Right
from gateway.flows.settlement import NOT_DRAFTED
from gateway.loans import payees
from gateway.loans.stage import settlement_subject
from gateway.loans.tables import agreements
from gateway.payments.outgoing.tables import payment_orders
from gateway.settlement import claims, queries
from gateway.settlement.model import STATEMENT, Party, PartyKind, StatementEvent, StatementState
from gateway.settlement.tables import lines
from gateway.store.schema import AnyRow, alarms

SORTS = (*queries.SORTS, *(f"-{key}" for key in queries.SORTS))
_FACTS = (
    "id", "version", "number", "party_kind", "party_id", "since", "until", "state", "made_at", "made_by", "line_count",
    "gross", "fee", "net", "vat", "sent_at", "silence_on", "answered_at", "answered_by", "remark", "payment_order_id",
    "paid_at", "paid_entry_id", "attempts", "note",
)  # fmt: skip
_LINE_FACTS = (
    "id", "kind", "on", "at", "by", "party_kind", "party_id", "document", "subject", "gross", "fee", "net", "vat",
    "payment_id", "reverses", "note",
)  # fmt: skip
_PAYOUT_FACTS = (
    "payment_order_id", "attempt", "amount", "made_at", "made_by", "entry_id", "paid_at", "return_entry_id",
    "returned_at",
)  # fmt: skip
_BY_HAND = {
    "send": StatementEvent.SEND,
    "accept": StatementEvent.ACCEPT,
    "dispute": StatementEvent.DISPUTE,
    "fix": StatementEvent.FIX,
    "carry": StatementEvent.CARRY,
    "draft": StatementEvent.DRAFT,
    "claim": StatementEvent.CLAIM,
}
"""What a person may do, by the last part of its path."""
_OF_AGREEMENT = settlement_subject("")


def listed(
    connection: Connection, company: str, actor: Actor, group: str, party: Party | None, window: Window
) -> dict[str, Any]:
    """A slice of the statements of one group, with counts by group.

    Raises:
        BadRequest: `api.bad_cursor`.
    """
    after = read_cursor(window.after, window.sort) if window.after else None
    page = queries.statement_page(
        connection, company, actor,
        group=group, party=party, q=window.q, sort=window.sort, after=after, limit=window.limit,
    )  # fmt: skip
    counts = queries.statement_counts(connection, company, actor, party=party, q=window.q)
    return {
        "items": [_item(row) for row in page.rows],
        "total": counts[group],
        "next": write_cursor(window.sort, *page.after) if page.after else None,
        "counts": counts,
    }


def card(connection: Connection, company: str, actor: Actor, statement_id: str) -> dict[str, Any]:
    """One statement with its history and the money behind it.

    Raises:
        Refused: `settlement.not_found`.
    """
    row = queries.statement(connection, company, actor, statement_id)
    payouts = queries.payouts_of(connection, company, actor, statement_id)
    entry_ids = [one for payout in payouts for one in (payout.entry_id, payout.return_entry_id) if one]
    return {
        **_item(row),
        "paid_on": row.paid_on,
        "held": _held(connection, company, row),
        "actions": _actions(actor, row),
        "history": [_told(event) for event in queries.history(connection, company, actor, statement_id)],
        "payouts": _payouts(connection, payouts),
        "evidence": evidence(connection, entry_ids),
    }


def line_page(
    connection: Connection, company: str, actor: Actor, statement_id: str, after: str, limit: int
) -> dict[str, Any]:
    """A slice of a statement's lines.

    Raises:
        Refused: `settlement.not_found`.
    """
    page = queries.line_page(connection, company, actor, statement_id, after=after, limit=limit)
    return {"items": _lines(connection, page.rows), "next": page.after[1] if page.after else None}


def waiting_page(
    connection: Connection, company: str, actor: Actor, party: Party, after: str, limit: int
) -> dict[str, Any]:
    """A slice of a party's lines that are in no statement yet."""
    page = queries.waiting_lines(connection, company, actor, party, after=after, limit=limit)
    return {"items": _lines(connection, page.rows), "next": page.after[1] if page.after else None}


def line(connection: Connection, line_id: str) -> dict[str, Any]:
    """One line of the register that is there."""
    [found] = _lines(connection, connection.execute(select(lines).where(lines.c.id == line_id)).all())
    return found


def balances(connection: Connection, company: str, actor: Actor, after: str, limit: int) -> dict[str, Any]:
    """How we stand with parties, by kind and id.

    Raises:
        BadRequest: `api.bad_cursor`.
    """
    behind = None
    if after:
        kind, party_id = read_cursor(after, "party")
        behind = party_of(str(kind), party_id)
    found = queries.balance_page(connection, company, actor, after=behind, limit=limit)
    names = party_names(connection, company, [one.party for one in found])
    last = found[-1].party if len(found) == limit else None
    return {
        "items": [
            {
                "party_kind": one.party.kind.value,
                "party_id": one.party.id,
                "party": names[one.party],
                "owed": one.owed.kopecks,
                "waiting": one.waiting.kopecks,
                "stated": one.stated.kopecks,
                "paid": one.paid.kopecks,
            }
            for one in found
        ],
        "next": write_cursor("party", last.kind.value, last.id) if last else None,
    }


def party_of(kind: str, party_id: str) -> Party | None:
    """The party; None for a kind there is not."""
    return Party(PartyKind(kind), party_id) if kind in {each.value for each in PartyKind} else None


def party_names(connection: Connection, company: str, parties: Iterable[Party]) -> Mapping[Party, str]:
    """Names of parties; the id of one whose room knows no name."""
    wanted = list(parties)
    known = {kind: payees.names(connection, company, kind) for kind in {party.kind for party in wanted}}
    return {party: known[party.kind].get(party.id, party.id) for party in wanted}


def period(progress: Progress) -> dict[str, Any]:
    """How far the closing of a period is."""
    names = ("done", "of", "statements", "lines", "sent", "started_at", "ended_at", "by")
    return {
        **{name: getattr(progress, name) for name in names},
        "state": progress.state.value,
        "until": progress.until.isoformat() if progress.until else None,
        "error": coded(progress.error.code, progress.error.values) if progress.error else None,
    }


def _item(row: AnyRow) -> dict[str, Any]:
    facts = {name: row._mapping[name] for name in _FACTS}
    return {
        **facts,
        "party": row.party_name,
        "claim_number": claims.number_of(row) if claims.is_claimed(row) else None,
        **labelled("api.settlement", row.state, "state"),
    }


def _held(connection: Connection, company: str, row: AnyRow) -> dict[str, Any] | None:
    """Why the last round could draft no payment order."""
    if row.state != StatementState.PAYABLE:
        return None
    columns = alarms.c
    query = select(columns["values"]).where(
        columns.company == company,
        columns.code == NOT_DRAFTED,
        columns.subject == f"settlement:{row.id}",
        columns.state != "cleared",  # one a person has acknowledged holds as before
    )
    told = connection.execute(query.order_by(columns.last_at.desc()).limit(1)).scalar_one_or_none()
    return coded(NOT_DRAFTED, json.loads(told)) if told is not None else None


def _actions(actor: Actor, row: AnyRow) -> list[str]:
    if not actor.may(Right.SETTLEMENT_WORK):
        return []
    found = []
    for name, event in _BY_HAND.items():
        step = STATEMENT.table.get((StatementState(row.state), event))
        if step is not None and (step.guard is None or step.guard(row.net)):
            found.append(name)
    return found


def _told(event: AnyRow) -> dict[str, Any]:
    code = f"api.settlement_event.{event.event}"
    # An event nobody has given a sentence is shown by its name rather than hidden.
    text = said(code) if in_catalogue(code) else {"text_ru": event.event, "text_en": event.event}
    return {
        "at": event.at, "by": event.actor, "event": event.event, "state": event.state, "note": event.note, **text,
    }  # fmt: skip


def _payouts(connection: Connection, payouts: Sequence[AnyRow]) -> list[dict[str, Any]]:
    columns = payment_orders.c
    query = select(columns.id, columns.number, columns.state).where(
        columns.id.in_([payout.payment_order_id for payout in payouts])
    )
    orders = {row.id: row for row in connection.execute(query)}
    return [
        {
            **{name: payout._mapping[name] for name in _PAYOUT_FACTS},
            "number": orders[payout.payment_order_id].number,
            "state": orders[payout.payment_order_id].state,
            **labelled("api.outgoing", orders[payout.payment_order_id].state, "state"),
        }
        for payout in payouts
    ]


def _lines(connection: Connection, rows: Sequence[AnyRow]) -> list[dict[str, Any]]:
    papers = [row.subject.removeprefix(_OF_AGREEMENT) for row in rows if row.subject.startswith(_OF_AGREEMENT)]
    query = select(agreements.c.id, agreements.c.application_id).where(agreements.c.id.in_(papers))
    loans = {settlement_subject(row.id): row.application_id for row in connection.execute(query)}
    return [
        {
            **{name: row._mapping[name] for name in _LINE_FACTS},
            **labelled("api.settlement_kind", row.kind, "kind"),
            "loan_id": loans.get(row.subject),
        }
        for row in rows
    ]
