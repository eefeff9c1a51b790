"""How it goes with each lender: when he last answered, what he owes an answer on, what went wrong."""

from __future__ import annotations

from datetime import date
from typing import Any, Protocol

from sqlalchemy import Connection

from gateway.api.reads.loan_card import trouble
from gateway.api.reads.loans import Asking, labelled
from gateway.api.reads.shops import terms_rows
from gateway.core.clock import business_date
from gateway.loans.lenders import standing
from gateway.loans.lenders.standing import Keys, UnsaidCall

CALLS_SHOWN = 200


class AskingLenders(Asking, Protocol):
    """Who asks, and what the vault holds for lenders."""

    def keys(self, lender: str) -> Keys:
        """What the vault holds for a lender."""


def lenders(connection: Connection, asking: AskingLenders) -> list[dict[str, Any]]:
    """Every lender of this installation, in the order they are offered."""
    in_force = {row["lender"]: row for row in terms_rows(connection, asking)["lenders"] if row["in_force"]}
    today = business_date(asking.now, asking.loans.zone)
    return [
        {
            "lender": lender,
            "title": asking.title(lender),
            **_standing(connection, asking, lender, today),
            "terms": in_force.get(lender),
        }
        for lender in asking.loans.lenders
    ]


def calls(connection: Connection, asking: Asking) -> list[dict[str, Any]]:
    """What has not reached lenders yet, and why."""
    return [_call(asking, one) for one in standing.calls(connection, asking.company, CALLS_SHOWN)]


def _standing(connection: Connection, asking: AskingLenders, lender: str, today: date) -> dict[str, Any]:
    found, keys = standing.of(connection, asking.company, lender), asking.keys(lender)
    error = found.error if keys.token else "lender.no_secret"
    state = found.standing(keys, today)
    return {
        **labelled("api.lender_state", state, "state"),
        "state": state.value,
        "open": found.open,
        "failing": found.failing,
        "waiting": found.waiting,
        "dead": found.dead,
        "last_answer": found.last_answer,
        "away_since": found.away_since,
        "silent": found.silent,
        "last_error": trouble(error) if error else None,
        "token": keys.token,
        "hints": keys.hints,
        "token_until": keys.until.isoformat() if keys.until else None,
        "token_days_left": keys.days_left(today),
    }


def _call(asking: Asking, call: UnsaidCall) -> dict[str, Any]:
    row = call.row
    return {
        "id": row.id,
        "call": row.topic,
        **labelled("api.lender_call", row.topic.removeprefix("loan."), "call"),
        "lender": call.lender,
        "lender_title": asking.title(call.lender),
        "loan_id": call.loan_id,
        "loan_number": call.loan_number,
        "created_at": row.created_at,
        "next_at": None if row.dead_at else row.not_before,
        "dead": row.dead_at is not None,
        "attempts": row.attempts,
        "error": trouble(call.error) if call.error and row.attempts else None,
        "last_error": row.last_error or "",
    }
