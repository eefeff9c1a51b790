"""What a signature on a payment order is for: the very fields the person saw, and no others.

Each signature carries a digest of them, and so does its row in the journal, which nobody can change unseen. Whoever
reaches the database between the second signature and the bank changes nothing that leaves.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from gateway.core.errors import Refused
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


def require_signed(unit: Unit, row: AnyRow) -> None:
    """Raise unless two signatures are for the order as it stands, and the journal knows both.

    Raises:
        Refused: `outgoing.document_changed`.
    """
    digest = document_digest(dict(row._mapping))
    signed = [signature.get("document") for signature in json.loads(row.approvals)]
    bodies = unit.connection.execute(
        select(journal.c.body).where(journal.c.company == unit.company, journal.c.subject == f"payment_order:{row.id}")
    ).scalars()
    known = [json.loads(body).get("told", {}).get("document") for body in bodies]
    if len(signed) < _SIGNATURES or set(signed) != {digest} or known.count(digest) < _SIGNATURES:
        raise Refused("outgoing.document_changed", number=row.number)
