"""Webhooks of lenders. One that is genuine is worth a question, now; what it says is not even read.

They get lost, come twice and in any order, so nothing rests on them.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import update

from gateway.core.errors import Refused
from gateway.loans.lenders.ports import Lender
from gateway.loans.tables import decisions
from gateway.store import Store, alarms

FORGED = "lender.forged_hints"


def receive(store: Store, lenders: Mapping[str, Lender], key: str, headers: Mapping[str, str], body: bytes) -> bool:
    """A webhook came in the name of lender `key`.

    Returns:
        True when a decision will be asked about at once; False when the hint is genuine and about none of ours.

    Raises:
        Refused: `lender.unknown`; `lender.forged_hint`, which also stands in the journal and counts up an alarm;
            `lender.hint_too_large`, `lender.hint_unreadable`.
    """
    lender = lenders.get(key)
    if lender is None:
        raise Refused("lender.unknown", lender=key[:40])
    try:
        hint = lender.hint(headers, body)
    except Refused as refused:
        if refused.code == "lender.forged_hint":
            _forged(store, key)
        raise
    with store.unit() as unit:
        found = unit.connection.execute(
            update(decisions)
            .where(
                decisions.c.company == unit.company,
                decisions.c.lender == key,
                decisions.c.external_id == hint.external_id,
            )
            .values(poll_at=unit.at)
        ).rowcount
        unit.commit()
    return bool(found)


def _forged(store: Store, key: str) -> None:
    with store.unit() as unit:
        unit.journal("lender.hint_forged", f"lender:{key}")
        alarms.raise_alarm(unit, FORGED, f"lender:{key}", {"lender": key})
        unit.commit()
