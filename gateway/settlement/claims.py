"""Claims: a statement below zero whose party pays us, instead of having it set off against what it earns next.

A claim is an invoice of the orders room under the statement's number, so its money is found in the bank's statement by
the same matcher as everybody's, and `paid` is what is allocated to it, never a column somebody sets.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from gateway.core.authority import Right
from gateway.core.clock import MOSCOW, business_date
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.matching.tables import allocations
from gateway.orders import service as orders
from gateway.orders.model import Buyer, InvoiceIn
from gateway.orders.tables import buyers
from gateway.settlement.model import StatementEvent, StatementState
from gateway.settlement.steps import load, may_move, move, party_of
from gateway.settlement.terms import DebtorOf
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

PREFIX = "claim:"
"""Before a statement's id, the key of its claim's invoice."""


def number_of(row: AnyRow) -> str:
    """What the payer names: year and month of the statement's last day, then its number, "ТР-26110042".

    At least eight digits, as long as the numbers of loans in a lender's text: what is shorter is not looked up there.
    """
    return f"ТР-{date.fromisoformat(row.until):%y%m}{row.number:04d}"


def is_claimed(row: AnyRow) -> bool:
    """Whether the statement is a claim, paid or not."""
    return bool(row.state == StatementState.CLAIMED or (row.state == StatementState.PAID and row.net < 0))


def claim(unit: Unit, debtor_of: DebtorOf, statement_id: str, expected_version: int | None = None) -> AnyRow:
    """Claim what an accepted statement is below zero from its party. Returns the new row.

    Raises:
        Refused: `authority.missing`, `settlement.not_found`, `state.illegal`, `state.not_yet` unless it is below zero,
            `settlement.no_debtor` for a party whose debts are only carried, and what `debtor_of` raises.
        Conflict: `settlement.changed`.
    """
    unit.actor.require(Right.SETTLEMENT_WORK)
    row = load(unit, statement_id, expected_version)
    debtor = debtor_of(unit, party_of(row))
    if debtor is None:
        raise Refused("settlement.no_debtor", number=row.number)
    after = move(unit, row, StatementEvent.CLAIM, told={"claim": number_of(row)})
    orders.put_invoice(unit, _invoice(unit, after, debtor.buyer))
    return after


def withdraw(unit: Unit, row: AnyRow) -> None:
    """Expect no money for a claim any more.

    Raises:
        Refused: `invoice.changed_after_payment` when some has come already.
    """
    known = unit.connection.execute(select(buyers).where(buyers.c.id == _invoice_of(unit, row).buyer_id)).one()
    buyer = Buyer(known.outer_id, known.kind, known.name, known.inn, known.kpp, known.phone, known.email)
    orders.put_invoice(unit, _invoice(unit, row, buyer, cancelled=True))


def follow(unit: Unit, statement_id: str) -> AnyRow:
    """Bring a claim in line with the money that is allocated to it; returns the row. Repeated it changes nothing.

    Raises:
        Refused: `authority.missing`, `settlement.not_found`.
        Conflict: `settlement.changed`.
    """
    unit.actor.require(Right.SETTLEMENT_WORK)
    row = load(unit, statement_id)
    if not is_claimed(row):
        return row
    invoice = _invoice_of(unit, row)
    event = StatementEvent.LOSE if invoice.rest else StatementEvent.COLLECT
    if not may_move(row, event):
        return row
    told = {"claim": number_of(row)}
    if event is StatementEvent.LOSE:
        return move(unit, row, event, told=told)
    entry_id = unit.connection.execute(
        select(allocations.c.payment_id)
        .where(allocations.c.invoice_id == invoice.id, allocations.c.undone == 0)
        .order_by(allocations.c.id.desc())
        .limit(1)
    ).scalar_one()
    return move(unit, row, event, told={**told, "entry": entry_id}, paid_at=unit.at, paid_entry_id=entry_id)


def _invoice_of(unit: Unit, row: AnyRow) -> AnyRow:
    invoice = orders.invoice_by_outer_id(unit, PREFIX + row.id)
    assert invoice is not None  # made with the claim, in the same commit
    return invoice


def _invoice(unit: Unit, row: AnyRow, buyer: Buyer, *, cancelled: bool = False) -> InvoiceIn:
    number = number_of(row)
    return InvoiceIn(
        outer_id=PREFIX + row.id,
        number=number,
        date=business_date(unit.now, MOSCOW),
        buyer=buyer,
        amount=Money(-row.net),
        loan_no=number.rpartition("-")[2],
        cancelled=cancelled,
    )
