"""One payment with everything known about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from gateway.api.reads import payments as lists
from gateway.api.reads.payer_rules import can_learn
from gateway.api.reads.texts import in_catalogue, joined, reason, said, stored_list, stored_map
from gateway.bank.tables import messages
from gateway.flows.terms import Terms
from gateway.matching.service import in_force
from gateway.matching.tables import allocations, decisions
from gateway.orders.tables import invoices
from gateway.payments.registries.tables import payout_registries
from gateway.payments.tables import deliveries, entries, payments
from gateway.store.schema import AnyRow, journal

# Kinds of decision one event takes back; a storno, a repeat and an undo itself are not among them.
UNDOABLE = frozenset({"auto", "manual", "not_ours", "confirm"})
# Decisions that say where the money belongs; "confirm" only vouches for what they said.
_SETTLING = frozenset({"auto", "proposal", "duplicate", "manual", "not_ours", "reversal", "undo"})


def detail(connection: Connection, company: str, terms: Terms, payment_id: str) -> dict[str, Any] | None:
    """The payment, or None when there is none of that id."""
    row = connection.execute(
        select(
            *lists.COLUMNS,
            entries.c.doc_no,
            entries.c.doc_date,
            entries.c.party_bank,
            entries.c.party_bic,
            entries.c.ref,
            entries.c.message_id,
        )
        .join(entries, entries.c.id == payments.c.id)
        .where(payments.c.id == payment_id, payments.c.company == company)
    ).one_or_none()
    if row is None:
        return None
    made = connection.execute(
        select(decisions).where(decisions.c.payment_id == payment_id).order_by(decisions.c.id)
    ).all()
    given = _allocations(connection, payment_id)
    live = list(dict.fromkeys(a["number"] for a in given if not a["undone"]))
    offered = _suggestions(connection, company, row, made)
    meant = [a["invoice_id"] for a in given if not a["undone"]]
    meant += [invoice_id for suggestion in offered for invoice_id, _ in suggestion["allocate"]]
    return {
        **lists.item(row, live),
        "doc_no": row.doc_no,
        "doc_date": row.doc_date,
        "payer_bank": row.party_bank,
        "payer_bic": row.party_bic,
        "bank_ref": row.ref,
        "decision": _decision(made),
        "suggestions": offered,
        "fee": sum(a["amount"] for a in given if not a["undone"]) - row.allocated,
        "can_learn": can_learn(connection, company, terms, payment_id, meant),
        "allocations": given,
        "evidence": _evidence(connection, company, row),
        "history": _history(connection, row, made),
        "undo": _undo(made),
        "registry": _registry(connection, company, made),
    }


def _registry(connection: Connection, company: str, made: Sequence[AnyRow]) -> dict[str, Any] | None:
    if not made or made[-1].registry_id is None:
        return None
    columns = payout_registries.c
    row = connection.execute(
        select(columns.id, columns.number, columns.date, columns.state).where(
            columns.id == made[-1].registry_id, columns.company == company
        )
    ).one_or_none()
    return dict(row._mapping) if row is not None else None


def _decision(made: Sequence[AnyRow]) -> dict[str, Any] | None:
    if not made:
        return None
    last = made[-1]
    reasons = [reason(r) for r in stored_list(last.reasons)]
    values = _values(last)
    own = f"outcome.{last.outcome}"
    sentence = said(own, values, "sentence") if in_catalogue(own) else _whole(reasons)
    return {"outcome": last.outcome, "reasons": reasons, **sentence, "by": last.by, "at": last.at}


def _whole(reasons: Sequence[dict[str, Any]]) -> dict[str, str]:
    return {f"sentence_{language}": joined(reasons, language) for language in ("ru", "en")}


def _values(row: AnyRow) -> dict[str, Any]:
    """What the reasons of a decision name, for a sentence over all of them."""
    values: dict[str, Any] = {"by": row.by, "note": row.note}
    for stored in stored_list(row.reasons):
        values = {**(stored.get("values") or {}), **values}
    return values


def _allocations(connection: Connection, payment_id: str) -> list[dict[str, Any]]:
    """Every allocation ever made, with a mark on those taken back; the opposite rows are not shown."""
    rows = connection.execute(
        select(allocations, invoices.c.number)
        .join(invoices, invoices.c.id == allocations.c.invoice_id)
        .where(allocations.c.payment_id == payment_id, allocations.c.amount > 0)
        .order_by(allocations.c.id)
    )
    return [
        {
            "id": row.id,
            "invoice_id": row.invoice_id,
            "number": row.number,
            "amount": row.amount,
            "by": row.by,
            "at": row.at,
            "undone": bool(row.undone),
        }
        for row in rows
    ]


def _suggestions(connection: Connection, company: str, payment: AnyRow, made: Sequence[AnyRow]) -> list[dict[str, Any]]:
    """What the matcher last suggested, as far as the payment still waits for a person."""
    if payment.state not in ("needs_person", "duplicate"):
        return []
    stored = next((stored_list(d.suggestions) for d in reversed(made) if stored_list(d.suggestions)), [])
    ids = {invoice_id for s in stored for invoice_id, _ in s["allocations"]}
    rows = connection.execute(select(invoices).where(invoices.c.id.in_(ids), invoices.c.company == company))
    known = {row.id: row for row in rows}
    found: list[dict[str, Any]] = []
    for suggestion in stored:
        pairs = [(i, amount) for i, amount in suggestion["allocations"] if i in known]
        # Money may have come to these invoices since: a suggestion that fits no more is not offered.
        if len(pairs) != len(suggestion["allocations"]) or any(amount > known[i].rest for i, amount in pairs):
            continue
        found.append(
            {
                "rank": len(found) + 1,
                "invoices": [_suggested(known[i]) for i, _ in pairs],
                "allocate": [[i, amount] for i, amount in pairs],
                "difference": suggestion["difference"],
                "reasons": [reason(r) for r in suggestion["reasons"]],
            }
        )
    return found


def _suggested(row: AnyRow) -> dict[str, Any]:
    return {
        "invoice_id": row.id,
        "number": row.number,
        "date": row.date,
        "buyer": row.buyer_name,
        "amount": row.amount,
        "rest": row.rest,
        "order_id": row.order_id,
    }


def _evidence(connection: Connection, company: str, payment: AnyRow) -> dict[str, Any]:
    row = connection.execute(
        select(messages).where(messages.c.id == payment.message_id, messages.c.company == company)
    ).one_or_none()
    if row is None:
        return {
            "kind": payment.evidence,
            "message_id": payment.message_id,
            "reference": None,
            "sha256": None,
            "signer": None,
            "verified_at": None,
            "journal_seq": None,
        }
    proof = stored_map(row.proof)
    seq = connection.execute(
        select(func.max(journal.c.seq)).where(journal.c.company == company, journal.c.subject == f"message:{row.id}")
    ).scalar_one()
    return {
        "kind": payment.evidence,
        "message_id": row.id,
        "reference": row.reference,
        "sha256": row.sha256,
        "signer": proof.get("signer_subject"),
        "verified_at": proof.get("verified_at"),
        "journal_seq": seq,
    }


def _history(connection: Connection, payment: AnyRow, made: Sequence[AnyRow]) -> list[dict[str, Any]]:
    """What happened to the payment, newest first."""
    lines = [{"at": payment.received_at, "by": "service", **said("api.history.received")}]
    lines += [{"at": row.at, "by": row.by, **_told(row)} for row in made]
    again = connection.execute(select(deliveries).where(deliveries.c.entry_id == payment.id)).all()
    lines += [{"at": row.at, "by": "service", **said("api.history.delivered_again")} for row in again]
    lines.sort(key=lambda line: line["at"])
    lines.reverse()  # and not sorted in reverse: of two at one instant, the later written is the newer
    return lines


def _told(row: AnyRow) -> dict[str, str]:
    code = f"api.history.{row.kind}"
    told = said(code, _values(row)) if in_catalogue(code) else said(f"outcome.{row.outcome}", _values(row))
    parts = [reason(r) for r in stored_list(row.reasons)]
    for language in ("ru", "en"):
        because = joined(parts, language)
        note = f" «{row.note}»" if row.note and language == "ru" else f" “{row.note}”" if row.note else ""
        told[f"text_{language}"] = " ".join(filter(None, (told[f"text_{language}"], because))) + note
    return told


def _undo(made: Sequence[AnyRow]) -> dict[str, Any] | None:
    """The event that one press takes back: the last decision, if it is of a kind that can be undone."""
    last = in_force(reversed(made))
    if last is None or last.kind not in UNDOABLE:
        return None
    return {"event_id": last.id, **said(f"api.undo.{last.kind}", _values(last))}
