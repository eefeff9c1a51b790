"""Decisions and allocations as rows: appended, never edited; an undo is one more decision."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from gateway.core.ids import new_id
from gateway.core.money import Money
from gateway.matching.decision import ZERO, Decision, Outcome, Reason
from gateway.matching.tables import allocations, decisions
from gateway.store.schema import AnyRow, dumps
from gateway.store.unit import Unit

UNCONFIRMED = "unconfirmed"  # outcome of the "undo" that takes a confirmation back


@dataclass(frozen=True, slots=True)
class Allocated:
    """A live allocation.

    Attributes:
        amount: > 0.
        by: who made it: "service" or "accountant:…".
        decision_id: the decision it came with.
    """

    id: str
    payment_id: str
    invoice_id: str
    amount: Money
    by: str
    decision_id: str


@dataclass(frozen=True, slots=True)
class RestsOn:
    """The payout registry a decision rests on ("" for none), and its fee: so much more than came may be allocated."""

    registry_id: str = ""
    fee: Money = ZERO


NO_REGISTRY = RestsOn()


def reasons_json(reasons: Iterable[Reason]) -> list[dict[str, Any]]:
    """Reasons as they are stored and sent."""
    return [{"code": r.code, "values": dict(r.values), "span": list(r.span) if r.span else None} for r in reasons]


def write_decision(
    unit: Unit,
    payment_id: str,
    kind: str,
    decision: Decision,
    *,
    before: tuple[str, str],
    undoes: str | None = None,
) -> str:
    """Append what the matcher decided.

    Args:
        kind: "auto", "proposal", "duplicate", or "undo" for the proposal that follows an undone decision.
        before: the payment's state and outcome until now, for an undo.

    Returns:
        The decision's id.
    """
    return _append(
        unit,
        payment_id,
        kind,
        decision.outcome.value,
        before,
        reasons=reasons_json(decision.reasons),
        suggestions=[
            {
                "allocations": [[invoice_id, amount.kopecks] for invoice_id, amount in s.allocations],
                "difference": s.difference.kopecks,
                "reasons": reasons_json(s.reasons),
            }
            for s in decision.suggestions
        ],
        release_ok=sorted(_may_stand_behind(decision)),
        undoes=undoes,
        rests_on=RestsOn(decision.registry_id, decision.fee),
    )


def _may_stand_behind(decision: Decision) -> frozenset[str]:
    """The invoices whose release this money may help to pay for.

    The matcher lets nothing go that one payment does not cover in full; a part payment by a known payer, and a line of
    a partner's registry, covers its share all the same, and the release rule asks whether the shares add up.
    """
    if decision.outcome in (Outcome.PARTIAL, Outcome.REGISTRY):
        return frozenset(invoice_id for invoice_id, _ in decision.allocations)
    return decision.release_ok


def has_reversed(unit: Unit, storno_entry_id: str) -> bool:
    """Whether this storno has taken a payment back."""
    found = unit.connection.execute(
        select(decisions.c.id)
        .where(
            decisions.c.company == unit.company,
            decisions.c.kind == "reversal",
            decisions.c.reasons.contains(storno_entry_id, autoescape=True),
        )
        .limit(1)
    )
    return found.one_or_none() is not None


def write_act(
    unit: Unit,
    payment_id: str,
    kind: str,
    outcome: str,
    *,
    before: tuple[str, str],
    note: str = "",
    undoes: str | None = None,
    release_ok: Sequence[str] = (),
    values: dict[str, Any] | None = None,
    rests_on: RestsOn = NO_REGISTRY,
) -> str:
    """Append what a person (or the bank, by a storno) decided: "manual", "not_ours", "confirm", "undo", "reversal"."""
    reasons = [{"code": f"act.{outcome}", "values": {"who": str(unit.actor), **(values or {})}, "span": None}]
    return _append(
        unit,
        payment_id,
        kind,
        outcome,
        before,
        reasons=reasons,
        note=note,
        undoes=undoes,
        release_ok=release_ok,
        rests_on=rests_on,
    )


def _append(
    unit: Unit,
    payment_id: str,
    kind: str,
    outcome: str,
    before: tuple[str, str],
    *,
    reasons: list[dict[str, Any]],
    suggestions: Sequence[dict[str, Any]] = (),
    release_ok: Sequence[str] = (),
    note: str = "",
    undoes: str | None = None,
    rests_on: RestsOn = NO_REGISTRY,
) -> str:
    decision_id = new_id()
    unit.insert(
        decisions,
        {
            "id": decision_id,
            "company": unit.company,
            "payment_id": payment_id,
            "at": unit.at,
            "by": str(unit.actor),
            "kind": kind,
            "outcome": outcome,
            "reasons": dumps(reasons),
            "suggestions": dumps(list(suggestions)),
            "release_ok": dumps(list(release_ok)),
            "note": note,
            "undoes": undoes,
            "before": dumps(list(before)),
            "registry_id": rests_on.registry_id or None,
            "fee": rests_on.fee.kopecks,
        },
    )
    unit.journal(
        "payment.decided",
        f"payment:{payment_id}",
        decision=decision_id,
        kind=kind,
        outcome=outcome,
        reasons=[r["code"] for r in reasons],
        note=note,
        undoes=undoes,
        **({"registry": rests_on.registry_id, "fee": rests_on.fee.kopecks} if rests_on.registry_id else {}),
    )
    return decision_id


def write_allocation(unit: Unit, payment_id: str, invoice_id: str, amount: Money, decision_id: str) -> str:
    """Append an allocation of `amount` > 0; returns its id."""
    allocation_id = new_id()
    unit.insert(
        allocations,
        {
            "id": allocation_id,
            "company": unit.company,
            "payment_id": payment_id,
            "invoice_id": invoice_id,
            "amount": amount.kopecks,
            "at": unit.at,
            "by": str(unit.actor),
            "decision_id": decision_id,
        },
    )
    unit.journal(
        "payment.allocated",
        f"payment:{payment_id}",
        invoice=invoice_id,
        kopecks=amount.kopecks,
        allocation=allocation_id,
    )
    return allocation_id


def take_back(unit: Unit, allocation: Allocated, decision_id: str) -> None:
    """Append the opposite of a live allocation and mark the pair as undone."""
    unit.update(allocations, allocation.id, undone=1)
    unit.insert(
        allocations,
        {
            "id": new_id(),
            "company": unit.company,
            "payment_id": allocation.payment_id,
            "invoice_id": allocation.invoice_id,
            "amount": -allocation.amount.kopecks,
            "at": unit.at,
            "by": str(unit.actor),
            "decision_id": decision_id,
            "undoes": allocation.id,
            "undone": 1,
        },
    )
    unit.journal(
        "payment.allocation_taken_back",
        f"payment:{allocation.payment_id}",
        invoice=allocation.invoice_id,
        kopecks=allocation.amount.kopecks,
        allocation=allocation.id,
    )


def live_of_payment(unit: Unit, payment_id: str) -> list[Allocated]:
    """Live allocations of a payment, in order."""
    return _live(unit, allocations.c.payment_id == payment_id)


def _live(unit: Unit, where: Any) -> list[Allocated]:
    rows = unit.connection.execute(
        select(allocations)
        .where(where, allocations.c.undone == 0, allocations.c.company == unit.company)
        .order_by(allocations.c.id)
    ).all()
    return [Allocated(r.id, r.payment_id, r.invoice_id, Money(r.amount), r.by, r.decision_id) for r in rows]


def last_decision(unit: Unit, payment_id: str) -> AnyRow | None:
    """The decision that is in force for a payment: the newest one, leaving out confirmations that were taken back."""
    rows = unit.connection.execute(
        select(decisions).where(decisions.c.payment_id == payment_id).order_by(decisions.c.id.desc())
    )
    return in_force(rows)


def in_force(newest_first: Iterable[AnyRow]) -> AnyRow | None:
    """See `last_decision`. A confirmation and what takes it back leave the money where it was."""
    taken_back: set[str] = set()
    for row in newest_first:
        if row.kind == "undo" and row.outcome == UNCONFIRMED:
            taken_back.add(row.undoes)
        elif row.id not in taken_back:
            return row
    return None


def decision(unit: Unit, decision_id: str) -> AnyRow | None:
    """One decision's row."""
    return unit.connection.execute(
        select(decisions).where(decisions.c.id == decision_id, decisions.c.company == unit.company)
    ).one_or_none()
