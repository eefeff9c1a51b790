"""Orders and invoices: what is owed and what is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from gateway.core.money import Money
from gateway.core.quantity import Quantity


class PayState(StrEnum):
    UNPAID = "unpaid"
    PART_PAID = "part_paid"
    PAID = "paid"


class StockState(StrEnum):
    NONE = "none"
    TO_CONFIRM = "to_confirm"
    RESERVED = "reserved"
    SHORT = "short"
    PICKED = "picked"


class ShipState(StrEnum):
    NONE = "none"
    PICKING = "picking"
    READY = "ready"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"


class Delivery(StrEnum):
    PICKUP = "pickup"
    DELIVERY = "delivery"


def headline(pay: str, stock: str, ship: str, hold_reason: str) -> str:
    """The one word a list shows, derived from the three states and the hold."""
    if ship in (ShipState.CANCELLED, ShipState.SHIPPED):
        return ship
    if hold_reason:
        return "on_hold"
    if ship in (ShipState.READY, ShipState.PICKING):
        return ship
    if stock != StockState.NONE:
        return "released"
    return pay


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who owes.

    Attributes:
        outer_id: the key in 1C.
        kind: "ul" company, "ip" sole trader, "fl" individual.
    """

    outer_id: str
    kind: str
    name: str
    inn: str = ""
    kpp: str = ""
    phone: str = ""
    email: str = ""
    accounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line of an order.

    Attributes:
        service: delivery or another service: paid for, but nothing to pick.
    """

    product_id: str
    name: str
    unit: str
    qty: Quantity
    price: Money
    amount: Money
    service: bool = False


@dataclass(frozen=True, slots=True)
class OrderIn:
    """An order as 1C (or a shop) gives it."""

    outer_id: str
    number: str
    date: date
    buyer: Buyer
    lines: tuple[OrderLine, ...]
    amount: Money
    delivery: Delivery = Delivery.PICKUP
    address: str = ""
    contact: str = ""
    phone: str = ""
    comment: str = ""
    priority: bool = False
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class InvoiceIn:
    """An invoice as 1C gives it; `order_outer_id` links it to its order, "" when it stands alone.

    Attributes:
        loan_no: the lender's application number; track: the postal track number. "" leaves what is on record.
    """

    outer_id: str
    number: str
    date: date
    buyer: Buyer
    amount: Money
    order_outer_id: str = ""
    order_number: str = ""
    cancelled: bool = False
    loan_no: str = ""
    track: str = ""
