"""An application comes in: by a phone number alone, or with everything a shop's site knows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import exists, select

from gateway.core.authority import Right, Role
from gateway.core.clock import to_text
from gateway.core.contacts import check_phone
from gateway.core.errors import Refused
from gateway.core.ids import new_id
from gateway.core.money import Money
from gateway.core.workdays import add_work_minutes
from gateway.loans import agreement_rows, applications, events, shops
from gateway.loans.lenders.ports import BasketLine
from gateway.loans.model import ApplicationState, Origin
from gateway.loans.personal import about_buyer
from gateway.loans.purchase import Purchase
from gateway.loans.shops import ShopState
from gateway.loans.stage import OPEN, Stage
from gateway.loans.tables import agreements
from gateway.loans.tables import applications as table
from gateway.loans.tables import shops as shop_rows
from gateway.loans.terms import LoanTerms
from gateway.orders.model import ShipState
from gateway.orders.tables import orders
from gateway.store.schema import AnyRow, dumps
from gateway.store.unit import Unit

OWN_ORDER = "kvit-"
"""How the order number begins that we give where a shop gave none."""
_S = ApplicationState
_LONGEST_ORDER = 64
_LONGEST_NAME = 120
_TWICE = timedelta(days=1)
_MOST_TOLD = 20
_CAME_TO_NOTHING = [state.value for state in (_S.DECLINED, _S.CANCELLED, _S.EXPIRED)]


@dataclass(frozen=True, slots=True)
class NewApplication:
    """What somebody leaves who wants to buy on credit. A phone number is enough.

    Attributes:
        shop: its id.
        shop_order: the shop's number of the order: the same one again is the same application. "" for none.
        name: as the buyer gives it; the surname comes with the questionnaire.
        goods, down, months, region, delivery: see `Purchase`.
    """

    shop: str
    shop_order: str
    phone: str = field(repr=False)
    name: str = field(default="", repr=False)
    basket: tuple[BasketLine, ...] = ()
    goods: Money = field(default_factory=Money.zero)
    down: Money = field(default_factory=Money.zero)
    months: int = 0
    region: str = ""
    delivery: str = ""
    origin: Origin = Origin.SITE


@dataclass(frozen=True, slots=True)
class Applied:
    """An application as it stands after `apply`.

    Attributes:
        known: it was there already, nothing has changed.
        duplicates: numbers of other open applications of this phone in this shop within a day; the latest 20.
    """

    id: str
    number: int
    known: bool
    duplicates: tuple[int, ...] = ()


def apply(unit: Unit, terms: LoanTerms, new: NewApplication) -> Applied:
    """Take an application in, and have its buyer called back.

    Raises:
        Refused: `authority.missing`, `shop.unknown`, `shop.not_active`, `phone.wrong`, `loan.bad_order`,
            `loan.bad_name`, `loan.order_differs` when this order was applied for with other contents, and what
            `Purchase.checked` finds.
    """
    unit.actor.require(Right.LOANS_APPLY)
    shop = shops.load(unit, new.shop)
    phone = check_phone(new.phone)
    name = _checked_name(new.name)
    purchase = Purchase(new.basket, new.goods, new.down, new.months, new.region, new.delivery).checked()
    given_order = _checked_order(new.shop_order)
    content = terms.sealer.digest(dumps([phone, name, purchase.columns()]))
    known = _of_order(unit, shop.id, given_order) if given_order else None
    if known is not None:
        # what was purged cannot be compared, and cannot be applied for anew either
        if known.content_hash not in (content, ""):
            raise Refused("loan.order_differs", order=given_order, number=known.number)
        return Applied(known.id, known.number, known=True)
    if shop.state != ShopState.ACTIVE:
        raise Refused("shop.not_active")
    application_id, number = new_id(), unit.next_number("loan_application")
    phone_hash = terms.sealer.mark("phone", phone)
    duplicates = _same_phone(unit, shop.id, phone_hash)
    shop_order = given_order or f"{OWN_ORDER}{number}"
    unit.insert(
        table,
        {
            **dict.fromkeys(("ended_by", "end_reason", "surname_hash", "passport_hash", "call_by"), ""),
            **dict.fromkeys(("lender", "offer_id", "signing_way", "agreement_no", "agreement_key"), ""),
            **dict.fromkeys(("loan", "discount", "transfer", "fee", "call_attempts"), 0),
            **dict.fromkeys(("ended_at", "purged_at", "call_since"), None),
            "id": application_id,
            "company": unit.company,
            "version": 1,
            "number": number,
            "shop_id": shop.id,
            "shop_order": shop_order,
            "order_id": _own_order(unit, shop_order) if shop.own else None,
            "origin": (Origin.SITE if unit.actor.role is Role.SHOP_SITE else new.origin).value,
            "state": ApplicationState.LEAD.value,
            "stage": Stage.APPLICATION.value,
            "stage_since": unit.at,
            "made_at": unit.at,
            "made_by": str(unit.actor),
            "content_hash": content,
            **purchase.columns(),
            "buyer": terms.sealer.seal(about_buyer(application_id), {"phone": phone, "name": name}),
            "questionnaire": b"",
            "phone_hash": phone_hash,
            "call_due": to_text(add_work_minutes(unit.now, terms.call_minutes, terms.hours, terms.zone)),
        },
    )
    unit.journal(
        "loan.applied",
        f"loan:{application_id}",
        number=number,
        shop=shop.id,
        order=shop_order,
        origin=new.origin.value,
        kopecks=purchase.goods.kopecks,
        duplicates=list(duplicates),
    )
    events.write(unit, application_id, "applied", number=number, shop=shop.name)
    for other in duplicates:
        events.write(unit, application_id, "duplicate", number=other)
    return Applied(application_id, number, known=False, duplicates=duplicates)


def set_purchase(unit: Unit, application_id: str, purchase: Purchase, expected_version: int | None = None) -> AnyRow:
    """The call centre learns what is bought, or what the buyer would rather have. Returns the row.

    Raises:
        Refused: `authority.missing`, `loan.not_found`, `loan.not_editable` once lenders have it, and what
            `Purchase.checked` finds.
        Conflict: `loan.changed`.
    """
    unit.actor.require(Right.LOANS_CALL)
    row = applications.open_for(unit, application_id, expected_version)
    if row.stage != Stage.APPLICATION:
        raise Refused("loan.not_editable", state=row.state)
    checked = purchase.checked()
    columns = checked.columns()
    if all(row._mapping[name] == value for name, value in columns.items()):
        return row
    after = applications.change(unit, row, **columns)
    figures = {"goods": checked.goods.kopecks, "down": checked.down.kopecks, "months": checked.months}
    unit.journal("loan.purchase_set", f"loan:{row.id}", **figures)
    events.write(unit, row.id, "purchase", amount=str(checked.goods), advance=str(checked.down), months=checked.months)
    return after


def link_order(unit: Unit, number: str) -> str | None:
    """Our own warehouse knows an order of this number now: the application of our own shop that names it is tied to it,
    as if the order had come first. Told again, nothing changes.

    Returns:
        The application's id; None where there is none that waits for it, more than one may be meant, or its goods have
        left without it.
    """
    gone = exists().where(
        agreements.c.application_id == table.c.id,
        agreements.c.live == 1,
        agreements.c.goods.in_([state.value for state in agreement_rows.GOODS_GONE]),
    )
    found = unit.connection.execute(
        select(table)
        .join(shop_rows, shop_rows.c.id == table.c.shop_id)
        .where(
            table.c.company == unit.company,
            table.c.shop_order == number,
            table.c.order_id.is_(None),
            table.c.stage.in_([stage.value for stage in OPEN]),
            shop_rows.c.own == 1,
            ~gone,
        )
        .limit(2)
    ).all()
    order_id = _own_order(unit, number) if len(found) == 1 else None
    if order_id is None:
        return None
    row = applications.change(unit, found[0], order_id=order_id)
    unit.journal("loan.order_linked", f"loan:{row.id}", order=order_id, number=number)
    events.write(unit, row.id, "order_linked", order=number)
    return str(row.id)


def _checked_name(text: str) -> str:
    name = " ".join(text.split())
    if len(name) > _LONGEST_NAME or not name.isprintable():
        raise Refused("loan.bad_name")
    return name


def _checked_order(text: str) -> str:
    order = text.strip()
    if len(order) > _LONGEST_ORDER or not order.isprintable() or order.lower().startswith(OWN_ORDER):
        raise Refused("loan.bad_order", longest=_LONGEST_ORDER, prefix=OWN_ORDER)
    return order


def _of_order(unit: Unit, shop_id: str, shop_order: str) -> AnyRow | None:
    return unit.connection.execute(
        select(table).where(
            table.c.company == unit.company, table.c.shop_id == shop_id, table.c.shop_order == shop_order
        )
    ).one_or_none()


def _same_phone(unit: Unit, shop_id: str, phone_hash: str) -> tuple[int, ...]:
    """Numbers of the latest open applications of this phone in this shop within a day."""
    found = unit.connection.execute(
        select(table.c.number)
        .where(
            table.c.company == unit.company,
            table.c.phone_hash == phone_hash,
            table.c.shop_id == shop_id,
            table.c.made_at >= to_text(unit.now - _TWICE),
            table.c.stage.in_([stage.value for stage in OPEN]),
        )
        .order_by(table.c.number.desc())
        .limit(_MOST_TOLD)
    )
    return tuple(sorted(found.scalars()))


def _own_order(unit: Unit, number: str) -> str | None:
    """The order of our own warehouse with this number, if there is exactly one that may be bought now: numbers begin
    anew every year, so one that has left is another, and one that is tied to a loan is bought already."""
    bought = exists().where(table.c.order_id == orders.c.id, table.c.state.not_in(_CAME_TO_NOTHING))
    found = unit.connection.execute(
        select(orders.c.id)
        .where(
            orders.c.company == unit.company,
            orders.c.number == number,
            orders.c.ship_state != ShipState.SHIPPED,
            ~bought,
        )
        .limit(2)
    ).all()
    return str(found[0].id) if len(found) == 1 else None
