"""The bank page: links, certificates with the days they have left, polls, accounts money may leave from."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from gateway.api.reads.health import newest_polls
from gateway.api.reads.status import link
from gateway.api.room import BankFacts, Room
from gateway.api.tokens import Caller
from gateway.core.authority import Right
from gateway.core.clock import business_date
from gateway.payments.outgoing.service import may_sign

WARN_DAYS, ERROR_DAYS = 60, 7
"""A certificate is worth a look from so many days on, and urgent from so many."""


def bank(connection: Connection, room: Room, caller: Caller) -> dict[str, Any]:
    """The whole answer of /v1/bank, as far as this caller may see it."""
    facts = room.status.bank()
    today = business_date(room.store.clock.now(), room.terms.zone)
    pays = caller.actor.may(Right.OUTGOING_READ)
    return {
        "links": [link(connection, room.store.company, one) for one in facts],
        "certificates": [_certificate(one, today) for one in facts],
        "polls": newest_polls(connection, room.store.company),
        "accounts": [
            {"account": own.number, "bic": own.bic, "bank": own.bank} for own in room.terms.outgoing.accounts.values()
        ]
        if pays
        else [],
        "may_propose": caller.actor.may(Right.OUTGOING_PROPOSE),
        "may_approve": may_sign(caller.actor, room.terms.outgoing),
    }


def _certificate(facts: BankFacts, today: date) -> dict[str, Any]:
    ends = facts.get("certificate_expires")
    left = (datetime.fromisoformat(ends).date() - today).days if ends else None
    state = "ok" if left is None or left > WARN_DAYS else "warning" if left > ERROR_DAYS else "error"
    return {
        "channel": facts["channel"],
        "title": facts["title"],
        "expires": ends[:10] if ends else None,
        "days_left": left,
        "state": state,
    }
