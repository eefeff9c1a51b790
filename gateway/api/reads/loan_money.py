"""The money of one loan, each sum with where it comes from: payments, goods that came back, lines of the register."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from gateway.api.reads.loans import labelled
from gateway.bank.tables import messages
from gateway.loans.returns import may_be_waived
from gateway.loans.stage import settlement_subject
from gateway.loans.tables import agreements
from gateway.loans.tables import returns as return_rows
from gateway.matching.tables import allocations
from gateway.payments.tables import entries
from gateway.payments.tables import payments as payment_rows
from gateway.settlement.tables import lines, statement_lines, statements
from gateway.store.schema import AnyRow

_RETURN_FACTS = (
    "id", "at", "by", "goods", "to_lender", "to_buyer", "fee_back", "reason", "payment_order_id", "kept_by",
    "executed_at",
)  # fmt: skip


def payments(connection: Connection, papers: Sequence[AnyRow]) -> list[dict[str, Any]]:
    """What lenders have sent for these agreements, by the bank's statement lines."""
    of_invoice = {paper.invoice_id: paper.id for paper in papers if paper.invoice_id}
    rows = connection.execute(
        select(
            allocations.c.invoice_id,
            allocations.c.amount,
            allocations.c.payment_id,
            payment_rows.c.state,
            entries.c.booked,
            entries.c.ref,
            entries.c.evidence,
            entries.c.received_at,
            entries.c.message_id,
            messages.c.sha256,
        )
        .join(payment_rows, payment_rows.c.id == allocations.c.payment_id)
        .join(entries, entries.c.id == allocations.c.payment_id)
        .outerjoin(messages, messages.c.id == entries.c.message_id)
        .where(allocations.c.invoice_id.in_(of_invoice), allocations.c.undone == 0, allocations.c.undoes.is_(None))
        .order_by(allocations.c.id)
    )
    return [
        {
            "agreement_id": of_invoice[row.invoice_id],
            "payment_id": row.payment_id,
            "amount": row.amount,
            "state": row.state,
            "booked": row.booked,
            "bank_ref": row.ref,
            "evidence": row.evidence,
            "received_at": row.received_at,
            "message_id": row.message_id,
            "sha256": row.sha256 or "",
        }
        for row in rows
    ]


def returns(connection: Connection, loan_id: str) -> list[dict[str, Any]]:
    """Goods that came back, and the payment orders their money goes back with; and money of void agreements, which
    goes back as well."""
    rows = connection.execute(
        select(return_rows, agreements.c.received)
        .join(agreements, agreements.c.id == return_rows.c.agreement_id)
        .where(return_rows.c.application_id == loan_id)
        .order_by(return_rows.c.id)
    )
    return [
        {
            **{name: row._mapping[name] for name in _RETURN_FACTS},
            "netted": bool(row.netted),
            "waivable": may_be_waived(row, row.received),
        }
        for row in rows
    ]


def register_lines(connection: Connection, company: str, papers: Sequence[AnyRow]) -> list[dict[str, Any]]:
    """What the settlement register says of these agreements, and the statements that hold it."""
    rows = connection.execute(
        select(
            lines,
            statements.c.id.label("statement_id"),
            statements.c.number.label("statement_number"),
            statements.c.state.label("statement_state"),
            statements.c.payment_order_id,
            statements.c.paid_at,
            statements.c.paid_entry_id,
        )
        .outerjoin(statement_lines, statement_lines.c.line_id == lines.c.id)
        .outerjoin(statements, statements.c.id == statement_lines.c.statement_id)
        .where(lines.c.company == company, lines.c.subject.in_([settlement_subject(paper.id) for paper in papers]))
        .order_by(lines.c.id)
    )
    return [_line(row) for row in rows]


def _line(row: AnyRow) -> dict[str, Any]:
    facts = (
        "kind", "on", "gross", "fee", "net", "vat", "payment_id", "reverses", "note", "statement_id",
        "statement_number", "payment_order_id", "paid_at", "paid_entry_id",
    )  # fmt: skip
    return {
        "line_id": row.id,
        **{name: row._mapping[name] for name in facts},
        **labelled("api.settlement_kind", row.kind, "kind"),
        "statement_state": row.statement_state or "",
        **labelled("api.settlement", row.statement_state or "", "statement_state"),
    }
