"""What 1C's files mean here: goods, stock, buyers, orders and invoices; then what they set in motion.

An order can be paid by its own number, so it brings an invoice of that number along. When 1C sends a real invoice
made from the order, that one takes its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from gateway.core.authority import Role
from gateway.core.errors import KvitError, Refused
from gateway.core.money import Money
from gateway.core.quantity import Quantity
from gateway.core.workdays import add_work_minutes
from gateway.flows import picking, shipped_to_parcel
from gateway.flows.by_hand import cancel_order, ship_order
from gateway.flows.loan_release import settle_application
from gateway.flows.release import settle_order
from gateway.flows.second_look import decide_again
from gateway.flows.terms import Terms
from gateway.loans.applying import link_order
from gateway.onec.model import Stock
from gateway.onec.model_documents import CommerceML, Counterparty, OrderDocument
from gateway.orders import service as orders
from gateway.orders.model import Buyer, Delivery, InvoiceIn, OrderIn, OrderLine, ShipState
from gateway.orders.references import put_references
from gateway.store import Store, Unit, alarms, marks
from gateway.tasks import service as tasks
from gateway.tasks.model import NewTask, TaskKind
from gateway.warehouse import stock
from gateway.warehouse.tables import products
from gateway.warehouse.tables import stock as stock_rows

_log = structlog.get_logger("flows.from_1c")

TOTAL_WAREHOUSE = "total"  # where a file gives only the sum over all warehouses
_PER_UNIT = 200
# Set with the documents that may explain money, cleared with the look at it: a crash between them forgets neither.
_LOOK_DUE = "onec.second_look_due"
_NAMES = 50  # goods named in one task


@dataclass
class Imported:
    """What an import did.

    Attributes:
        refused: (document number, why) of documents that were left out; each raised an alarm.
    """

    products: int = 0
    stock_rows: int = 0
    orders: int = 0
    invoices: int = 0
    decided: int = 0
    refused: list[tuple[str, KvitError]] = field(default_factory=list)


def take_file(store: Store, terms: Terms, file: CommerceML) -> Imported:
    """Take one CommerceML file in; repeating it changes nothing.

    Raises:
        Unavailable: the database is away.
    """
    done = Imported()
    with store.unit() as unit:
        _take_goods(unit, terms, file, done)
        unit.commit()
    documents = sorted(file.orders, key=_is_of_an_order)  # an invoice is tied to its order, which must be known
    for start in range(0, len(documents), _PER_UNIT):
        with store.unit() as unit:
            before = done.orders + done.invoices
            for document in documents[start : start + _PER_UNIT]:
                _take_document(unit, terms, document, done)
            if done.orders + done.invoices > before:
                marks.put(unit, _LOOK_DUE, True)
            unit.commit()
    with store.unit() as unit:
        if marks.get(unit.connection, unit.company, _LOOK_DUE):
            done.decided = decide_again(unit, terms)
            marks.put(unit, _LOOK_DUE, False)
            unit.commit()
    return done


def _is_of_an_order(document: OrderDocument) -> bool:
    return bool(document.is_invoice and document.basis_id)


def _take_goods(unit: Unit, terms: Terms, file: CommerceML, done: Imported) -> None:
    for part in (file.catalogue, file.stock):
        for warehouse in part.warehouses if part else ():
            stock.put_warehouse(unit, warehouse.id, warehouse.name)
    if file.catalogue:
        done.products = len(file.catalogue.products)
        stock.put_products(
            unit,
            [
                stock.Product(p.id, p.sku, p.name, p.unit.label, p.barcodes[0] if p.barcodes else "", p.bin)
                for p in file.catalogue.products
                if not p.deleted
            ],
        )
    if file.stock:
        _count(unit, terms, file.stock, done)


def _count(unit: Unit, terms: Terms, counted: Stock, done: Imported) -> None:
    known = stock.warehouse_ids(unit)
    rows: list[stock.Count] = []
    for row in counted.rows:
        warehouse = row.warehouse_id or (known[0] if len(known) == 1 else TOTAL_WAREHOUSE)
        if warehouse not in known:
            stock.put_warehouse(unit, warehouse, "Склад" if warehouse == TOTAL_WAREHOUSE else warehouse)
            known.append(warehouse)
        rows.append(stock.Count(row.product_id, warehouse, row.qty))
    if counted.full:
        named = {(row.product_id, row.warehouse_id) for row in rows}
        on_record = unit.connection.execute(
            select(stock_rows.c.product_id, stock_rows.c.warehouse_id).where(
                stock_rows.c.company == unit.company, stock_rows.c.on_hand != 0
            )
        ).all()
        rows += [
            stock.Count(r.product_id, r.warehouse_id, Quantity(0))
            for r in on_record
            if (r.product_id, r.warehouse_id) not in named
        ]
    made_at = counted.made_at if counted.made_at and counted.made_at <= unit.now else unit.now
    over = stock.count(unit, rows, made_at, "onec")
    done.stock_rows = len(counted.rows)
    if over:
        _tell_over_promised(unit, terms, [product for product, _ in over])
    picking.goods_arrived(unit, terms, sorted({row.product_id for row in rows}))


def _tell_over_promised(unit: Unit, terms: Terms, product_ids: Sequence[str]) -> None:
    names = unit.connection.execute(
        select(products.c.name).where(products.c.company == unit.company, products.c.id.in_(product_ids[:_NAMES]))
    ).scalars()
    goods = ", ".join(names)[:300] or ", ".join(product_ids)[:300]
    if tasks.is_open(unit, "task.over_promised", {"goods": goods}):
        return
    tasks.write(
        unit,
        NewTask(
            kind=TaskKind.CONFIRM_STOCK,
            reason="task.over_promised",
            role=Role.WAREHOUSE,
            due_at=add_work_minutes(unit.now, 60, terms.hours, terms.zone),
            values={"goods": goods},
        ),
    )


def _take_document(unit: Unit, terms: Terms, document: OrderDocument, done: Imported) -> None:
    try:
        with unit.step():
            if _is_of_an_order(document):
                _take_invoice(unit, terms, document, done)
            else:
                _take_order(unit, terms, document, done)
            shipped_to_parcel.from_1c(unit, terms, document)
        alarms.clear(unit, "onec.document_refused", f"document:{document.id}")
    except OperationalError:
        raise
    except Exception as fault:  # one document we cannot take must not hold up those behind it
        error = fault if isinstance(fault, KvitError) else Refused("onec.document_broken", detail=type(fault).__name__)
        if error is not fault:
            _log.error("document failed", document=document.id, exc_info=fault)
        done.refused.append((document.number, error))
        alarms.raise_alarm(
            unit,
            "onec.document_refused",
            f"document:{document.id}",
            {"number": document.number, "reason": error.text("ru"), "reason_en": error.text("en")},
            severity="warning",
        )


def _take_invoice(unit: Unit, terms: Terms, document: OrderDocument, done: Imported) -> None:
    buyer = _buyer(document.buyer)
    cancelled = bool(document.cancelled or document.deleted)
    stand_in = orders.invoice_by_outer_id(unit, orders.own_invoice_key(document.basis_id))
    if stand_in is not None and stand_in.state != "cancelled" and not cancelled:
        order = orders.load(unit, stand_in.order_id)
        orders.put_invoice(
            unit,
            InvoiceIn(
                stand_in.outer_id,
                stand_in.number,
                document.date,
                buyer,
                Money(stand_in.amount),
                order_outer_id=order.outer_id,
                order_number=order.number,
                cancelled=True,
            ),
        )
    invoice_id, changed = orders.put_invoice(
        unit,
        InvoiceIn(
            outer_id=document.id,
            number=document.number,
            date=document.date,
            buyer=buyer,
            amount=document.amount if document.amount is not None else _sum(document),
            order_outer_id=document.basis_id,
            order_number=str(stand_in.order_no) if stand_in is not None else "",
            cancelled=cancelled,
            loan_no=document.loan_no or (stand_in.loan_no if stand_in is not None else ""),
            track=document.track or (stand_in.track if stand_in is not None else ""),
        ),
    )
    done.invoices += changed
    invoice = orders.invoice(unit, invoice_id)
    if changed and invoice.order_id and invoice.rest < invoice.amount:  # paid before its order was known
        settle_order(unit, terms, invoice.order_id)


def _take_order(unit: Unit, terms: Terms, document: OrderDocument, done: Imported) -> None:
    if document.state_only:
        _take_state(unit, terms, document, done)
        return
    buyer = _buyer(document.buyer)
    amount = document.amount if document.amount is not None else _sum(document)
    cancelled = bool(document.cancelled or document.deleted)
    order_id, what = orders.put_order(
        unit,
        OrderIn(
            outer_id=document.id,
            number=document.number,
            date=document.date,
            buyer=buyer,
            lines=tuple(
                OrderLine(
                    product_id=line.product_id,
                    name=line.name,
                    unit=line.unit.label,
                    qty=line.qty,
                    price=line.price or Money(0),
                    amount=line.amount or Money(0),
                    service=line.service,
                )
                for line in document.lines
            ),
            amount=amount,
            delivery=Delivery.DELIVERY if document.delivery else Delivery.PICKUP,
            address=document.delivery_address,
            contact=document.requisites.get("Контактное лицо", ""),
            phone=buyer.phone,
            comment=document.comment,
            priority=document.requisites.get("Срочный", "").lower() in ("true", "да", "1"),
            cancelled=cancelled,
        ),
    )
    done.orders += what in ("new", "updated")
    if terms.loans is not None:
        linked = link_order(unit, document.number)
        if linked is not None:
            settle_application(unit, terms, terms.loans, linked)
    done.invoices += put_references(unit, order_id, document.loan_no, document.track)
    if what == "cancelled":
        cancel_order(unit, terms, order_id, "1C")
        return
    if what == "touched":
        _tell_manager(unit, terms, order_id, "task.order_touched")
        return
    if what == "same" or orders.has_other_invoice(unit, order_id, orders.own_invoice_key(document.id)):
        return
    _, changed = orders.put_invoice(
        unit,
        InvoiceIn(
            outer_id=orders.own_invoice_key(document.id),
            number=document.number,
            date=document.date,
            buyer=buyer,
            amount=amount,
            order_outer_id=document.id,
            order_number=document.number,
            cancelled=cancelled,
            loan_no=document.loan_no,
            track=document.track,
        ),
    )
    done.invoices += changed


def _take_state(unit: Unit, terms: Terms, document: OrderDocument, done: Imported) -> None:
    """What 1C says became of an order it knows: cancelled, or shipped. Its "paid" is no evidence and is not read."""
    known = orders.by_outer_id(unit, document.id)
    if known is not None:  # a parcel has its number when the order is long done
        done.invoices += put_references(unit, known.id, document.loan_no, document.track)
    if known is None or known.ship_state in (ShipState.SHIPPED, ShipState.CANCELLED):
        return
    if document.cancelled or document.deleted:
        cancel_order(unit, terms, known.id, "1C")
    elif document.shipped and known.ship_state == ShipState.READY:
        ship_order(unit, terms, known.id, "1C")
    elif document.shipped:
        _tell_manager(unit, terms, known.id, "task.shipped_in_1c")


def _sum(document: OrderDocument) -> Money:
    return Money(sum((line.amount or Money(0)).kopecks for line in document.lines))


def _buyer(party: Counterparty | None) -> Buyer:
    if party is None:
        return Buyer(outer_id="unknown", kind="fl", name="—")
    return Buyer(
        outer_id=party.id or f"{party.inn}/{party.kpp}/{party.name}",
        kind=party.kind,
        name=party.full_name or party.name,
        inn=party.inn,
        kpp=party.kpp,
        phone=party.phone,
        email=party.email,
        accounts=tuple(account.number for account in party.accounts),
    )


def _tell_manager(unit: Unit, terms: Terms, order_id: str, reason: str) -> None:
    order = orders.load(unit, order_id)
    if tasks.is_open(unit, reason, {"order": order.number}):
        return
    tasks.write(
        unit,
        NewTask(
            kind=TaskKind.REVIEW,
            reason=reason,
            role=Role.MANAGER,
            due_at=add_work_minutes(unit.now, terms.call_minutes, terms.hours, terms.zone),
            values={"order": order.number},
            order_id=order_id,
            order_number=order.number,
            buyer=order.buyer_name,
            phone=order.phone,
        ),
    )
