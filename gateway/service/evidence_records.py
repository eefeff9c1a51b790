"""Everything on record that an order hangs on, and the journal rows about it. Nothing else: other customers' names are
nobody's business."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, or_, select

from gateway.bank.tables import messages
from gateway.core.errors import Refused
from gateway.loans.tables import agreements, identity_checks
from gateway.matching.tables import allocations, decisions
from gateway.orders.tables import invoices, orders, releases, timelines
from gateway.payments.tables import entries, payments
from gateway.store.schema import AnyRow, journal
from gateway.tasks.tables import tasks
from gateway.warehouse.tables import pick_lines, pick_lists

_SUBJECTS_AT_ONCE = 500
# Of a loan what its goods were let go on; nothing that leads to the buyer's passport.
_OF_AGREEMENT = (
    "id", "lender", "number", "date", "made_at", "loan", "discount", "transfer", "signing_way", "signing",
    "identity_checked_at", "signed_at", "cooling_until", "funding", "received", "invoice_id",
)  # fmt: skip
_OF_CHECK = ("id", "agreement_id", "way", "at", "by", "number_matches", "photo_matches")
# Of a connection only what shows which server answered; an address may carry a customer's number behind its "?".
_TRANSPORT = ("tls", "cipher", "peer_sha256", "status", "anchors")


@dataclass
class Pile:
    """Rows of an order, by table, and what the journal calls them."""

    order: AnyRow
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    subjects: list[str] = field(default_factory=list)

    @property
    def lent(self) -> bool:
        """Whether the order was let go on a signed loan agreement alone: then no bank has signed anything here."""
        let_go = self.rows[releases.name]
        return bool(let_go) and all(row["agreement_id"] and row["payment_ids"] == "[]" for row in let_go)

    def add(
        self, connection: Connection, table: Table, where: Any, subject: str = "", only: Sequence[str] = ()
    ) -> list[AnyRow]:
        """Put the rows of `table` on the pile, in the order they were made; of them `only` these columns."""
        columns = [table.c[name] for name in only or table.c.keys()]
        found = list(connection.execute(select(*columns).where(where).order_by(*table.primary_key.columns)).all())
        self.rows[table.name] = [dict(row._mapping) for row in found]
        if subject:
            self.subjects += [f"{subject}:{row.id}" for row in found]
        return found


def collect(connection: Connection, company: str, order: str) -> Pile:
    """The pile of an order by its number or id.

    Raises:
        Refused: `evidence.unknown_order`, `evidence.several_orders`.
    """
    found = connection.execute(
        select(orders).where(orders.c.company == company, or_(orders.c.number == order, orders.c.id == order))
    ).all()
    if not found:
        raise Refused("evidence.unknown_order", order=order[:80])
    if len(found) > 1:
        raise Refused("evidence.several_orders", order=order[:80], ids=", ".join(row.id for row in found))
    pile = Pile(found[0], subjects=[f"order:{found[0].id}"])
    order_id = found[0].id
    pile.rows[orders.name] = [dict(found[0]._mapping)]
    let_go = pile.add(connection, releases, releases.c.order_id == order_id, "release")
    lent = {row.agreement_id for row in let_go if row.agreement_id}
    loans = pile.add(connection, agreements, agreements.c.id.in_(lent), "loan_agreement", _OF_AGREEMENT)
    pile.add(connection, identity_checks, identity_checks.c.agreement_id.in_(lent), only=_OF_CHECK)
    owed = (invoices.c.order_id == order_id) | invoices.c.id.in_([row.invoice_id for row in loans if row.invoice_id])
    bills = pile.add(connection, invoices, owed, "invoice")
    credited = pile.add(connection, allocations, allocations.c.invoice_id.in_([b.id for b in bills]))
    paid = pile.add(connection, payments, payments.c.id.in_({a.payment_id for a in credited}), "payment")
    lines = pile.add(connection, entries, entries.c.id.in_([p.id for p in paid]), "entry")
    pile.add(connection, decisions, decisions.c.payment_id.in_([p.id for p in paid]))
    pile.add(connection, timelines, timelines.c.order_id == order_id)
    lists = pile.add(connection, pick_lists, pick_lists.c.order_id == order_id, "pick_list")
    pile.add(connection, tasks, tasks.c.order_id == order_id, "task")
    pile.add(connection, pick_lines, pick_lines.c.pick_list_id.in_([row.id for row in lists]))
    named = {line.message_id for line in lines} | {i for row in let_go for i in json.loads(row.message_ids)}
    kept = pile.add(connection, messages, messages.c.id.in_(named), "message")
    for row, stored in zip(pile.rows[messages.name], kept, strict=True):
        seen = json.loads(stored.transport)
        row["transport"] = {name: seen[name] for name in _TRANSPORT if name in seen}
        signer = json.loads(stored.proof or "{}").get("signer_sha256", "")
        if signer:
            pile.subjects.append(f"certificate:{signer}:{stored.received_at[:10]}")
    return pile


def journal_of(connection: Connection, company: str, subjects: Sequence[str]) -> list[dict[str, Any]]:
    """The journal rows about these things, in order."""
    rows: list[dict[str, Any]] = []
    unique = sorted(set(subjects))
    for start in range(0, len(unique), _SUBJECTS_AT_ONCE):
        part = unique[start : start + _SUBJECTS_AT_ONCE]
        found = connection.execute(select(journal).where(journal.c.company == company, journal.c.subject.in_(part)))
        rows += [dict(row._mapping) for row in found]
    return sorted(rows, key=lambda row: row["seq"])
