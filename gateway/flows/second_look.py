"""A second look at payments nobody has decided: what explains them may have come after the money."""

from __future__ import annotations

import json
from typing import Any

import structlog
from sqlalchemy import select

from gateway.core.errors import KvitError
from gateway.flows.paid_to_pick import decide_payment, judge
from gateway.flows.terms import Terms
from gateway.matching import service as matching
from gateway.payments.model import PaymentState
from gateway.payments.tables import entries, payments
from gateway.store import Unit

_log = structlog.get_logger("flows.second_look")
_AT_MOST = 1000


def decide_again(unit: Unit, terms: Terms, *only: Any, tell_again: bool = False) -> int:
    """Look again at payments that wait for a person.

    Only payments whose last word is the matcher's own are looked at; a person's decision is never touched.

    Args:
        only: further conditions on `payments` and `entries`; all that wait without them.
        tell_again: a payment that waits on for its person says so anew when the reasons are others now.

    Returns:
        How many were decided now.
    """
    rows = unit.connection.execute(
        select(payments.c.id, payments.c.outcome)
        .join(entries, entries.c.id == payments.c.id)
        .where(payments.c.company == unit.company, payments.c.state == PaymentState.NEEDS_PERSON, *only)
        .order_by(payments.c.bank_time.desc(), payments.c.id.desc())  # what nobody looks at must not hide fresh money
        .limit(_AT_MOST)
    ).all()
    decided = 0
    for row in reversed(rows):
        last = matching.last_decision(unit, row.id)
        if last is None or last.kind != "proposal":
            continue
        try:
            with unit.step():
                decision = judge(unit, terms, row.id)
                other = tell_again and json.loads(last.reasons) != matching.reasons_json(decision.reasons)
                if decision.automatic or decision.outcome != row.outcome or other:
                    decide_payment(unit, terms, row.id, decision)
        except KvitError as error:  # it waits for its person as before
            _log.error("second look failed", payment=row.id, reason=error.code, exc_info=error)
            continue
        decided += decision.automatic
    return decided
