"""What a signature on a payment order is for: the very fields the person saw, and no others.

Each signature carries a digest of them, and so does its row in the journal, which nobody can change unseen. Whoever
reaches the database between the second signature and the bank changes nothing that leaves. What the bytes were that
left at first stands in the journal too: no others go again, and no order is made ready twice.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select

from gateway.core.authority import Role
from gateway.core.errors import Refused
from gateway.payments.outgoing.model import OrderEvent
from gateway.store.schema import AnyRow, dumps, journal
from gateway.store.unit import Unit

_FIELDS = (
    "account", "number", "date", "kind", "amount", "priority", "payee_name", "payee_inn", "payee_kpp",
    "payee_account", "payee_bic", "payee_bank", "payee_corr", "purpose", "uin", "tax",
)  # fmt: skip
_SIGNATURES = 2


def document_digest(columns: Mapping[str, Any]) -> str:
    """SHA-256 over the fields of an order's row that say who gets how much from where and why."""
    return hashlib.sha256(dumps([columns[name] for name in _FIELDS]).encode("utf-8")).hexdigest()


def signatures_of(row: AnyRow) -> list[dict[str, Any]]:
    """The signatures on an order, oldest first: {by, role, at, confirmed, document}.

    Args:
        row: with `number` and `approvals`.

    Raises:
        Refused: `outgoing.document_changed`: the column holds what nobody's signature looks like.
    """
    try:
        found = json.loads(row.approvals)
        whole = isinstance(found, list) and all(Role(s["role"]) and str(s["by"]) and str(s["at"]) for s in found)
    except (ValueError, KeyError, TypeError):
        whole = False
    if not whole:
        raise Refused("outgoing.document_changed", number=row.number)
    return list(found)


def require_ready(unit: Unit, row: AnyRow) -> None:
    """Raise unless the order may leave for the first time: signed as it stands, and never made ready before.

    Raises:
        Refused: `outgoing.document_changed`.
    """
    _require_signed(unit, row)
    if _prepared(unit, row.id):
        raise Refused("outgoing.document_changed", number=row.number)


def require_prepared(unit: Unit, row: AnyRow) -> None:
    """Raise unless the order may leave again: signed as it stands, and its bytes are those once made ready.

    Raises:
        Refused: `outgoing.document_changed`.
    """
    _require_signed(unit, row)
    if _prepared(unit, row.id) != {row.content_sha256}:
        raise Refused("outgoing.document_changed", number=row.number)


def _require_signed(unit: Unit, row: AnyRow) -> None:
    """Raise unless two people's signatures are for the order as it stands, and stand in the journal."""
    digest = document_digest(dict(row._mapping))
    signatures = signatures_of(row)
    known = _journalled(unit, row.id)
    sealed = all(s.get("document") == digest == known.get((s["by"], s["role"])) for s in signatures)
    if len(signatures) < _SIGNATURES or len({s["by"] for s in signatures}) < len(signatures) or not sealed:
        raise Refused("outgoing.document_changed", number=row.number)


def _journalled(unit: Unit, order_id: str) -> dict[tuple[str, str], str]:
    """The signatures that stand by the journal: (who, role) → digest of what was signed."""
    standing: dict[tuple[str, str], str] = {}
    for actor, event, told in _moves(unit, order_id):
        if event == OrderEvent.LAPSE:
            standing.pop((told["who"], told["role"]), None)
        elif "document" in told:
            role, _, name = actor.partition(":")
            standing[name, role] = told["document"]
    return standing


def _prepared(unit: Unit, order_id: str) -> set[str]:
    """SHA-256 of the bytes the order was made ready with, by the journal."""
    return {told["sha256"] for _, event, told in _moves(unit, order_id) if event == OrderEvent.PREPARE}


def _moves(unit: Unit, order_id: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(who, event, what it is about) of each of the order's rows in the journal, oldest first."""
    rows = unit.connection.execute(
        select(journal.c.actor, journal.c.body)
        .where(journal.c.company == unit.company, journal.c.subject == f"payment_order:{order_id}")
        .order_by(journal.c.seq)
    )
    for row in rows:
        body = json.loads(row.body)
        yield row.actor, body.get("event", ""), body.get("told", {})
