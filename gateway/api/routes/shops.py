"""/v1/shops: shops that sell on credit, and who of them may come in."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from gateway.api.access import needs
from gateway.api.errors import NotFound, described
from gateway.api.loan_desk import Desk, TheDesk, TheView, View
from gateway.api.reads import shops as reads
from gateway.api.reads.paging import Window
from gateway.api.schemas.common import NOTHING, Id, Nothing, window
from gateway.api.schemas.shops import (
    CheckedShop,
    Given,
    NewAccess,
    NewShop,
    ShopAnswer,
    ShopFaults,
    ShopFilter,
    ShopPage,
    Why,
)
from gateway.api.writing import Target
from gateway.core.authority import Right, Role
from gateway.core.money import Money
from gateway.flows.settlement import withhold_of
from gateway.loans import access, shops
from gateway.loans.shops import ShopEvent
from gateway.loans.tables import shop_access
from gateway.loans.tables import shops as shop_rows
from gateway.store import Unit

router = APIRouter(prefix="/v1/shops", tags=["shops"])
READ, MANAGE = [needs(Right.LOANS_READ)], [needs(Right.SHOPS_MANAGE)]
CHANGE = described(404, 409, 412, 413)
NO_REASON = Why()


@router.get("", response_model=ShopPage, dependencies=READ, responses=described())
def list_shops(
    view: TheView, asked: Annotated[Window, Depends(window(reads.LISTING))], state: ShopFilter = "all"
) -> dict[str, Any]:
    """Shops, by name unless asked otherwise."""
    with view.room.store.reading() as connection:
        page = reads.listed(connection, view.company, state, asked)
    return {**page, "server_time": view.room.now()}


@router.get("/{shop_id}", response_model=ShopAnswer, dependencies=READ, responses=described(404))
def get_shop(view: TheView, shop_id: Id) -> dict[str, Any]:
    """One shop with its people, its tariffs, its history and what may be done."""
    return _answer(view, shop_id)


@router.post("", response_model=ShopAnswer, dependencies=MANAGE, responses=CHANGE)
def register(desk: TheDesk, asked: NewShop) -> dict[str, Any]:
    """Take a shop in; it may work once it is activated."""

    def work(unit: Unit) -> str:
        return shops.register(unit, _new(asked))

    return _answer(desk, desk.perform("shop", asked.model_dump(mode="json"), work))


@router.post("/check", response_model=ShopFaults, dependencies=MANAGE, responses=described(413))
def check(view: TheView, asked: CheckedShop) -> dict[str, Any]:
    """What is wrong with a form, field by field; nothing is kept."""
    given = NewShop.model_validate(asked.model_dump(exclude={"new"}))
    with view.room.store.reading() as connection:
        found = shops.faults(connection, view.company, _new(given), new=asked.new)
    return {"faults": [reads.fault(field, fault) for field, fault in found.items()]}


@router.put("/{shop_id}", response_model=ShopAnswer, dependencies=MANAGE, responses=CHANGE)
def amend(desk: TheDesk, shop_id: Id, asked: NewShop) -> dict[str, Any]:
    """Bring a shop's particulars up to date; its key stays."""

    def work(unit: Unit) -> None:
        shops.amend(unit, shop_id, _new(asked), desk.terms.version)

    desk.perform("shop-amend", asked.model_dump(mode="json"), work, Target(shop_rows, shop_id))
    return _answer(desk, shop_id)


@router.post("/{shop_id}/activate", response_model=ShopAnswer, dependencies=MANAGE, responses=CHANGE)
def activate(desk: TheDesk, shop_id: Id, asked: Why = NO_REASON) -> dict[str, Any]:
    """Let it work, once it lacks nothing."""
    return _move(desk, shop_id, ShopEvent.ACTIVATE, asked)


@router.post("/{shop_id}/suspend", response_model=ShopAnswer, dependencies=MANAGE, responses=CHANGE)
def suspend(desk: TheDesk, shop_id: Id, asked: Why = NO_REASON) -> dict[str, Any]:
    """Nothing new begins; its goods are held, and no money leaves for it that has not left."""
    return _move(desk, shop_id, ShopEvent.SUSPEND, asked)


@router.post("/{shop_id}/close", response_model=ShopAnswer, dependencies=MANAGE, responses=CHANGE)
def close(desk: TheDesk, shop_id: Id, asked: Why = NO_REASON) -> dict[str, Any]:
    """Let it go for good; not while applications are open."""
    return _move(desk, shop_id, ShopEvent.CLOSE, asked)


@router.post("/{shop_id}/access", response_model=Given, dependencies=MANAGE, responses=CHANGE)
def give_access(desk: TheDesk, shop_id: Id, asked: NewAccess) -> dict[str, Any]:
    """Let a person or a site of the shop in; the token is in this answer and nowhere else."""
    shown: dict[str, str] = {}

    def work(unit: Unit) -> str:
        given = access.give(unit, shop_id, Role(asked.kind), asked.name)
        shown[given.id] = given.token
        return given.id

    access_id = desk.perform("shop-access", asked.model_dump(mode="json"), work, Target(shop_rows, shop_id))
    return {
        "id": access_id,
        "token": shown.get(access_id),
        "shop": _shop(desk, shop_id),
        "server_time": desk.room.now(),
    }


@router.post("/{shop_id}/access/{access_id}/revoke", response_model=ShopAnswer, dependencies=MANAGE, responses=CHANGE)
def revoke_access(desk: TheDesk, shop_id: Id, access_id: Id, asked: Nothing = NOTHING) -> dict[str, Any]:
    """Take an access back; the very next request with its token is refused."""
    of_the_shop = Target(shop_access, access_id, sees=shop_access.c.shop_id == shop_id)
    desk.perform(
        "shop-access-revoke", asked.model_dump(mode="json"), lambda unit: access.revoke(unit, access_id), of_the_shop
    )
    return _answer(desk, shop_id)


def _move(desk: Desk, shop_id: str, event: ShopEvent, asked: Why) -> dict[str, Any]:
    def work(unit: Unit) -> None:
        shops.move(unit, shop_id, event, asked.reason, desk.terms.version)
        if event is ShopEvent.SUSPEND:
            withhold_of(unit, desk.broker.settlement, shop_id)

    desk.perform(f"shop-{event}", asked.model_dump(mode="json"), work, Target(shop_rows, shop_id))
    return _answer(desk, shop_id)


def _new(asked: NewShop) -> shops.NewShop:
    given = asked.model_dump()
    return shops.NewShop(**{**given, "sites": tuple(asked.sites), "risk_limit": Money(asked.risk_limit)})


def _shop(view: View, shop_id: str) -> dict[str, Any]:
    with view.room.store.reading() as connection:
        found = reads.shop(connection, view, shop_id)
    if found is None:
        raise NotFound("shop.unknown")
    return found


def _answer(view: View, shop_id: str) -> dict[str, Any]:
    return {**_shop(view, shop_id), "server_time": view.room.now()}
