"""Orders and invoices as rows: taking them in, crediting money to them, moving their states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, func, select

from gateway.core.errors import Conflict, Refused
from gateway.core.ids import new_id
from gateway.core.money import Money
from gateway.core.references import reference_key
from gateway.core.text import fold, name_key
from gateway.matching.index import party_of
from gateway.matching.number import counter_of
from gateway.orders.model import Buyer, InvoiceIn, OrderIn, PayState, ShipState, StockState, headline
from gateway.orders.references import reference_columns
from gateway.orders.tables import buyer_accounts, buyers, invoices, order_lines, orders
from gateway.store.driver import Query
from gateway.store.idempotency import input_hash
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit


class Stood:
    """A row with columns changed by us since it was read: named like a row, without asking the database again."""

    def __init__(self, mapping: Mapping[str, Any]) -> None:
        self._mapping = mapping

    def __getattr__(self, name: str) -> Any:
        try:
            return self._mapping[name]
        except KeyError:
            raise AttributeError(name) from None


OrderRow = AnyRow | Stood


@dataclass(frozen=True, slots=True)
class Credited:
    """An invoice after money was credited to it; `rest` is what is still due, `outer_id` the key it came with."""

    invoice_id: str
    outer_id: str
    number: str
    order_id: str | None
    order_no: str
    buyer_id: str
    buyer_name: str
    amount: Money
    rest: Money


_INVOICE = Query(select(invoices).where(invoices.c.id == bindparam("id"), invoices.c.company == bindparam("company")))
_ORDER = Query(select(orders).where(orders.c.id == bindparam("id"), orders.c.company == bindparam("company")))
_LINES = Query(
    select(order_lines).where(order_lines.c.order_id == bindparam("order_id")).order_by(order_lines.c.position)
)
_DUE_AND_REST = Query(
    select(
        func.coalesce(func.sum(invoices.c.amount), 0).label("due"),
        func.coalesce(func.sum(invoices.c.rest), 0).label("rest"),
    ).where(invoices.c.order_id == bindparam("order_id"), invoices.c.state != "cancelled")
)


def put_buyer(unit: Unit, buyer: Buyer) -> str:
    """Take a buyer in or bring it up to date; returns our id."""
    values = {
        "kind": buyer.kind,
        "name": buyer.name,
        "name_key": name_key(buyer.name),
        "inn": buyer.inn,
        "kpp": buyer.kpp,
        "phone": buyer.phone,
        "email": buyer.email,
    }
    row = unit.connection.execute(
        select(buyers.c.id).where(buyers.c.company == unit.company, buyers.c.outer_id == buyer.outer_id)
    ).one_or_none()
    buyer_id = new_id() if row is None else str(row.id)
    values["party"] = party_of(buyer.inn, buyer_id)
    if row is not None:
        unit.update(buyers, buyer_id, **values)
        unit.connection.execute(delete(buyer_accounts).where(buyer_accounts.c.buyer_id == buyer_id))
    else:
        unit.insert(buyers, dict(id=buyer_id, company=unit.company, outer_id=buyer.outer_id, **values))
    accounts = [
        {"company": unit.company, "account": account, "buyer_id": buyer_id, "party": values["party"]}
        for account in dict.fromkeys(buyer.accounts)
        if account
    ]
    if accounts:
        unit.insert(buyer_accounts, *accounts)
    return buyer_id


def put_invoice(unit: Unit, invoice: InvoiceIn) -> tuple[str, bool]:
    """Take an invoice in, or bring an unpaid one up to date.

    An invoice money was credited to keeps its sum and its order: a change of them is refused, so that a person sees it.

    Returns:
        (our id, True when it is new or changed).

    Raises:
        Refused: `invoice.changed_after_payment`.
    """
    buyer_id = put_buyer(unit, invoice.buyer)
    prefix, counter, year = counter_of(invoice.number)
    order = _order_of(unit, invoice)
    old = unit.connection.execute(
        select(invoices).where(invoices.c.company == unit.company, invoices.c.outer_id == invoice.outer_id)
    ).one_or_none()
    # of a cancelled one nothing is due, and nothing was credited to it
    credited = old.amount - old.rest if old is not None and old.state != "cancelled" else 0
    moved = old is not None and old.order_id is not None and old.order_id != order
    if old is not None and credited and (invoice.amount.kopecks != old.amount or invoice.cancelled or moved):
        raise Refused("invoice.changed_after_payment", number=invoice.number, paid=str(Money(credited)))
    rest = 0 if invoice.cancelled else invoice.amount.kopecks - credited
    state = "cancelled" if invoice.cancelled else "paid" if rest == 0 and invoice.amount.kopecks else "open"
    values = {
        "number": invoice.number,
        "prefix": prefix,
        "counter": counter,
        "year": year or invoice.date.year,
        "date": invoice.date.isoformat(),
        "buyer_id": buyer_id,
        "buyer_kind": invoice.buyer.kind,
        "buyer_name": invoice.buyer.name,
        "buyer_inn": invoice.buyer.inn,
        "party": party_of(invoice.buyer.inn, buyer_id),
        "amount": invoice.amount.kopecks,
        "rest": rest,
        "state": state,
        "order_id": order,
        "order_no": invoice.order_number,
        "order_key": reference_key(invoice.order_number) if invoice.order_number else "",
        "search": _search_text(invoice.number, invoice.buyer.name, invoice.buyer.inn, invoice.amount),
        **reference_columns(invoice.loan_no, invoice.track),
    }
    if old is None:
        invoice_id = new_id()
        unit.insert(invoices, dict(id=invoice_id, company=unit.company, outer_id=invoice.outer_id, version=1, **values))
        unit.changed("invoice", invoice_id)
        return invoice_id, True
    changed = any(getattr(old, name) != value for name, value in values.items())
    if changed:
        unit.update(invoices, old.id, version=old.version + 1, **values)
        unit.changed("invoice", old.id)
    return str(old.id), changed


def _order_of(unit: Unit, invoice: InvoiceIn) -> str | None:
    if not invoice.order_outer_id and not invoice.order_number:
        return None
    by = (
        orders.c.outer_id == invoice.order_outer_id
        if invoice.order_outer_id
        else orders.c.number == invoice.order_number
    )
    rows = unit.connection.execute(select(orders.c.id).where(orders.c.company == unit.company, by).limit(2)).all()
    return str(rows[0].id) if len(rows) == 1 else None


def put_order(unit: Unit, order: OrderIn) -> tuple[str, str]:
    """Take an order in.

    Returns:
        (our id, what it was): "new", "same", "updated", "cancelled" (1C cancelled it), or "touched" when it changed
        in 1C after it was paid or released here: then nothing is altered and a person has to look.
    """
    digest = input_hash(_facts(order))
    old = unit.connection.execute(
        select(orders).where(orders.c.company == unit.company, orders.c.outer_id == order.outer_id)
    ).one_or_none()
    if old is not None and old.source_hash == digest:
        return str(old.id), "same"
    if old is not None and (old.paid or old.stock_state != StockState.NONE or old.ship_state == ShipState.SHIPPED):
        if order.cancelled and old.ship_state != ShipState.CANCELLED:
            return str(old.id), "cancelled"
        return str(old.id), "touched"
    buyer_id = put_buyer(unit, order.buyer)
    ship = ShipState.CANCELLED if order.cancelled else ShipState.NONE
    values = {
        "number": order.number,
        "date": order.date.isoformat(),
        "buyer_id": buyer_id,
        "buyer_name": order.buyer.name,
        "buyer_inn": order.buyer.inn,
        "phone": order.phone or order.buyer.phone,
        "contact": order.contact,
        "delivery": order.delivery.value,
        "address": order.address,
        "comment": order.comment,
        "amount": order.amount.kopecks,
        "priority": int(order.priority),
        "ship_state": ship,
        "headline": headline(PayState.UNPAID, StockState.NONE, ship, ""),
        "source_hash": digest,
        "search": fold(f"{order.number} {order.buyer.name} {order.buyer.inn} {order.phone} {order.amount}"),
    }
    if old is None:
        order_id = new_id()
        unit.insert(
            orders,
            dict(
                id=order_id,
                company=unit.company,
                outer_id=order.outer_id,
                paid=0,
                pay_state=PayState.UNPAID,
                stock_state=StockState.NONE,
                hold_reason="",
                version=1,
                **values,
            ),
        )
    else:
        order_id = str(old.id)
        unit.update(orders, order_id, version=old.version + 1, **values)
        unit.connection.execute(order_lines.delete().where(order_lines.c.order_id == order_id))
    if order.lines:
        unit.insert(
            order_lines,
            *[
                {
                    "id": new_id(),
                    "order_id": order_id,
                    "position": position,
                    "product_id": line.product_id,
                    "name": line.name,
                    "unit": line.unit,
                    "qty": line.qty.thousandths,
                    "price": line.price.kopecks,
                    "amount": line.amount.kopecks,
                    "service": int(line.service),
                }
                for position, line in enumerate(order.lines, start=1)
            ],
        )
    unit.changed("order", order_id)
    if old is not None:
        return order_id, "updated"
    return order_id, "new"


def _facts(order: OrderIn) -> list[object]:
    return [
        order.number,
        order.date.isoformat(),
        order.buyer.name,
        order.buyer.inn,
        order.amount.kopecks,
        order.delivery.value,
        order.address,
        order.phone,
        order.contact,
        order.comment,
        order.cancelled,
        [[line.product_id, line.qty.thousandths, line.amount.kopecks] for line in order.lines],
    ]


def credit(unit: Unit, invoice_id: str, amount: Money) -> Credited:
    """Credit (or, negative, take back) money to an invoice; returns how it stands now.

    Raises:
        Refused: `invoice.unknown`, `invoice.cancelled`.
        Conflict: `invoice.not_so_much_due` when less is still due.
    """
    row = invoice(unit, invoice_id)
    if row.state == "cancelled" and amount.kopecks > 0:
        raise Refused("invoice.cancelled", number=row.number)
    rest = row.rest - amount.kopecks
    if rest < 0 or rest > row.amount:
        raise Conflict("invoice.not_so_much_due", number=row.number, rest=str(Money(row.rest)), given=str(amount))
    unit.update(invoices, invoice_id, rest=rest, state=_paid_or_open(row, rest), version=row.version + 1)
    unit.changed("invoice", invoice_id)
    return Credited(
        invoice_id,
        row.outer_id,
        row.number,
        row.order_id,
        row.order_no,
        row.buyer_id,
        row.buyer_name,
        amount,
        Money(rest),
    )


def change_debt(unit: Unit, invoice_id: str, amount: Money) -> None:
    """The debtor of an invoice owes another sum than it was made out for; what was credited stays credited.

    Raises:
        Conflict: `invoice.not_so_much_due` when more was credited already.
    """
    row = invoice(unit, invoice_id)
    if row.state == "cancelled" or amount.kopecks == row.amount:
        return
    credited = Money(row.amount - row.rest)
    rest = (amount - credited).kopecks
    if rest < 0:
        raise Conflict("invoice.not_so_much_due", number=row.number, rest=str(amount), given=str(credited))
    state, search = _paid_or_open(row, rest), _search_text(row.number, row.buyer_name, row.buyer_inn, amount)
    unit.update(
        invoices, invoice_id, amount=amount.kopecks, rest=rest, state=state, search=search, version=row.version + 1
    )
    unit.journal("invoice.debt_changed", f"invoice:{invoice_id}", before=row.amount, amount=amount.kopecks)
    unit.changed("invoice", invoice_id)


def _paid_or_open(row: AnyRow, rest: int) -> str:
    return "cancelled" if row.state == "cancelled" else "paid" if rest == 0 else "open"


def _search_text(number: str, name: str, inn: str, amount: Money) -> str:
    return fold(f"{number} {name} {inn} {amount}")


def recount_payment(unit: Unit, order: OrderRow, bank_time: str | None) -> tuple[OrderRow, Money]:
    """Bring an order's paid sum and payment state in line with its invoices.

    An order that costs more than its invoices ask for (a first invoice of several, goods added later) is not paid by
    them.

    Returns:
        (the order as it is now, what its invoices ask for in all).
    """
    due, rest = _DUE_AND_REST.one(unit.connection, order_id=order.id)
    paid = int(due) - int(rest)
    whole = paid >= max(int(due), order.amount)
    state = PayState.UNPAID if not paid else PayState.PAID if whole else PayState.PART_PAID
    after = set_states(unit, order, paid=paid, pay_state=state, bank_time=bank_time if paid else None)
    return after, Money(int(due))


def set_states(unit: Unit, order: OrderRow, **values: Any) -> OrderRow:
    """Set state columns of an order and derive its headline anew; returns it as it is now.

    Args:
        order: the order as it stands; its version grows by one.
    """
    after = {**order._mapping, **values}
    derived = headline(after["pay_state"], after["stock_state"], after["ship_state"], after["hold_reason"])
    values = {**values, "headline": derived, "version": order.version + 1}
    unit.update(orders, order.id, **values)
    unit.changed("order", order.id)
    return Stood({**order._mapping, **values})


def load(unit: Unit, order_id: str, expected_version: int | None = None) -> AnyRow:
    """The order's row.

    Raises:
        Refused: `order.unknown`.
        Conflict: `order.changed`.
    """
    row = _ORDER.one_or_none(unit.connection, id=order_id, company=unit.company)
    if row is None:
        raise Refused("order.unknown", id=order_id)
    if expected_version is not None and row.version != expected_version:
        raise Conflict("order.changed", number=row.number)
    return row


def by_outer_id(unit: Unit, outer_id: str) -> AnyRow | None:
    """The order with 1C's key, if we have it."""
    return unit.connection.execute(
        select(orders).where(orders.c.company == unit.company, orders.c.outer_id == outer_id)
    ).one_or_none()


def lines_of(unit: Unit, order_id: str) -> Sequence[AnyRow]:
    """The order's lines, in order."""
    return _LINES.all(unit.connection, order_id=order_id)


def invoice(unit: Unit, invoice_id: str) -> AnyRow:
    """The invoice's row.

    Raises:
        Refused: `invoice.unknown`.
    """
    row = _INVOICE.one_or_none(unit.connection, id=invoice_id, company=unit.company)
    if row is None:
        raise Refused("invoice.unknown", id=invoice_id)
    return row


def invoice_by_outer_id(unit: Unit, outer_id: str) -> AnyRow | None:
    """The invoice with 1C's key, if we have it."""
    return unit.connection.execute(
        select(invoices).where(invoices.c.company == unit.company, invoices.c.outer_id == outer_id)
    ).one_or_none()


def own_invoice_key(order_outer_id: str) -> str:
    """The key of the invoice an order brings along, until 1C sends a real one."""
    return f"order:{order_outer_id}"


def has_other_invoice(unit: Unit, order_id: str, outer_id: str) -> bool:
    """Whether the order has a live invoice besides the one with key `outer_id`."""
    return (
        unit.connection.execute(
            select(invoices.c.id)
            .where(invoices.c.order_id == order_id, invoices.c.outer_id != outer_id, invoices.c.state != "cancelled")
            .limit(1)
        ).one_or_none()
        is not None
    )


def phone_of_buyer(unit: Unit, buyer_id: str) -> str:
    """The buyer's phone, "" when there is none on record."""
    return str(
        unit.connection.execute(select(buyers.c.phone).where(buyers.c.id == buyer_id)).scalar_one_or_none() or ""
    )
