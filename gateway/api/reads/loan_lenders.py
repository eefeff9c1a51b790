"""How it goes with each lender: when he last answered, what he owes an answer on, what went wrong."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, select

from gateway.api.reads.loan_card import coded
from gateway.api.reads.loans import Asking
from gateway.api.reads.shops import terms_rows
from gateway.loans.lenders import contact
from gateway.loans.tables import decisions


def lenders(connection: Connection, asking: Asking) -> list[dict[str, Any]]:
    """Every lender of this installation, in the order they are offered."""
    in_force = {row["lender"]: row for row in terms_rows(connection, asking)["lenders"] if row["in_force"]}
    return [
        {
            "lender": lender,
            "title": asking.title(lender),
            **_standing(connection, asking.company, lender),
            "terms": in_force.get(lender),
        }
        for lender in asking.loans.lenders
    ]


def _standing(connection: Connection, company: str, lender: str) -> dict[str, Any]:
    mine = (decisions.c.company == company, decisions.c.lender == lender)
    asked = (*mine, decisions.c.poll_at.is_not(None))
    counts = connection.execute(select(func.count(), func.count().filter(decisions.c.failures > 0)).where(*asked)).one()
    troubled = connection.execute(
        select(decisions.c.error)
        .where(*asked, decisions.c.error != "")
        .order_by(decisions.c.failures.desc(), decisions.c.id.desc())
        .limit(1)
    ).scalar_one_or_none()
    return {
        "open": counts[0],
        "failing": counts[1],
        "last_answer": connection.execute(select(func.max(decisions.c.polled_at)).where(*mine)).scalar_one(),
        "away_since": contact.away_since(connection, company, lender),
        "silent": contact.is_silent(connection, company, lender),
        "last_error": coded(troubled) if troubled else None,
    }
