"""The frames of statements, and the chain of their balances: a missing day shows as a jump between two balances."""

from __future__ import annotations

from itertools import pairwise

from sqlalchemy import delete, select

from gateway.bank.statement import StatementHead
from gateway.bank.tables import statements
from gateway.core.clock import to_text
from gateway.core.ids import new_id
from gateway.core.money import Money
from gateway.store import Unit, alarms

_OPENING, _CLOSING = ("OPBD", "PRCD"), ("CLBD",)
FINAL = "camt.053"


def note(unit: Unit, message_id: str, head: StatementHead) -> None:
    """Write a statement's frame down; the same head of the same message replaces itself."""
    unit.connection.execute(
        delete(statements).where(
            statements.c.message_id == message_id,
            statements.c.statement_id == head.statement_id,
            statements.c.account == head.account,
        )
    )
    opening = next((b for b in head.balances if b.code in _OPENING), None)
    closing = next((b for b in head.balances if b.code in _CLOSING), None)
    unit.insert(
        statements,
        {
            "id": new_id(),
            "company": unit.company,
            "message_id": message_id,
            "kind": head.kind,
            "statement_id": head.statement_id,
            "number": head.number,
            "account": head.account,
            "currency": head.currency,
            "created_at": to_text(head.created) if head.created else None,
            "period_from": to_text(head.period_from) if head.period_from else None,
            "period_to": to_text(head.period_to) if head.period_to else None,
            "opening": opening.amount.kopecks if opening else None,
            "closing": closing.amount.kopecks if closing else None,
            "closing_on": closing.on.isoformat() if closing and closing.on else None,
        },
    )


def check_chain(unit: Unit, account: str) -> list[str]:
    """Compare each final statement's opening with the closing before it; raises or clears the alarm `bank.gap`.

    Returns:
        Dates (ISO) of the statements whose opening does not continue the one before.
    """
    rows = unit.connection.execute(
        select(statements)
        .where(
            statements.c.company == unit.company,
            statements.c.account == account,
            statements.c.kind == FINAL,
            statements.c.closing_on.is_not(None),
            statements.c.opening.is_not(None),
        )
        .order_by(statements.c.closing_on, statements.c.number, statements.c.id)
    ).all()
    by_frame = {(row.closing_on, row.number, row.statement_id): row for row in rows}
    chain = list(by_frame.values())
    gaps = [
        (after.closing_on, Money(before.closing), Money(after.opening))
        for before, after in pairwise(chain)
        if before.closing != after.opening
    ]
    subject = f"account:{account}"
    if gaps:
        day, closing, opening = gaps[-1]
        alarms.raise_alarm(
            unit,
            "bank.gap",
            subject,
            {"account": account, "day": day, "closing": str(closing), "opening": str(opening)},
        )
    else:
        alarms.clear(unit, "bank.gap", subject)
    return [day for day, _, _ in gaps]
