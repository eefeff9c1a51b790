"""What a lender owes us for one agreement: an invoice of the orders room, so that his lump payment with its registry is
matched by the same engine as everybody's money."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from gateway.core.money import Money
from gateway.loans.tables import agreements
from gateway.orders import service as orders
from gateway.orders.model import Buyer, InvoiceIn
from gateway.orders.tables import buyers
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

_PREFIX = "loan:"


def open_receivable(unit: Unit, agreement: AnyRow) -> str:
    """Expect an agreement's transfer from its lender; the agreement remembers the invoice. Returns the invoice's id."""
    invoice_id, _ = orders.put_invoice(unit, _invoice(unit, agreement, cancelled=False))
    unit.update(agreements, agreement.id, invoice_id=invoice_id)
    return invoice_id


def close(unit: Unit, agreement: AnyRow) -> Money:
    """Expect nothing any more under an agreement that is void.

    Returns:
        What had come already: that money stays where it is until a person sends it back.
    """
    if agreement.invoice_id is None:
        return Money.zero()
    invoice = orders.invoice(unit, agreement.invoice_id)
    came = Money(invoice.amount - invoice.rest)
    if not came and invoice.state != "cancelled":
        orders.put_invoice(unit, _invoice(unit, agreement, cancelled=True))
    return came


def expect(unit: Unit, agreement: AnyRow, owed: Money) -> None:
    """What the lender owes under an agreement is now `owed`: the transfer, or less what he has kept from it.

    Raises:
        Conflict: `invoice.not_so_much_due` when more has come.
    """
    if agreement.invoice_id is not None:
        orders.change_debt(unit, agreement.invoice_id, owed)


def outer_id(agreement_id: str) -> str:
    """The key of an agreement's invoice."""
    return f"{_PREFIX}{agreement_id}"


def is_receivable(outer_id: str) -> bool:
    """Whether an invoice with this key may be what a lender owes us."""
    return outer_id.startswith(_PREFIX)


def agreement_of(unit: Unit, outer_id: str) -> AnyRow | None:
    """The agreement an invoice with this key is for, if there is one."""
    return unit.connection.execute(
        select(agreements).where(
            agreements.c.id == outer_id.removeprefix(_PREFIX), agreements.c.company == unit.company
        )
    ).one_or_none()


def lender_outer_id(lender: str) -> str:
    """The key of a lender among the buyers."""
    return f"lender:{lender}"


def _invoice(unit: Unit, agreement: AnyRow, *, cancelled: bool) -> InvoiceIn:
    return InvoiceIn(
        outer_id=outer_id(agreement.id),
        number=agreement.number,
        date=date.fromisoformat(agreement.date),
        buyer=lender_buyer(unit, agreement.lender),
        amount=Money(agreement.transfer),
        loan_no=agreement.number,
        cancelled=cancelled,
    )


def lender_buyer(unit: Unit, lender: str) -> Buyer:
    """The lender as a buyer: as it is on record, with the INN somebody entered; by its key alone before that."""
    row = unit.connection.execute(
        select(buyers).where(buyers.c.company == unit.company, buyers.c.outer_id == lender_outer_id(lender))
    ).one_or_none()
    if row is None:
        return Buyer(lender_outer_id(lender), "ul", lender)
    return Buyer(row.outer_id, row.kind, row.name, row.inn, row.kpp, row.phone, row.email)
