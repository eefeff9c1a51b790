"""Shops that sell on credit through us: taken in, checked, let work, and let go."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, func, select

from gateway.core.authority import Right, Role
from gateway.core.errors import Refused
from gateway.core.ids import new_id
from gateway.core.money import Money
from gateway.core.states import Machine, Transition
from gateway.loans import rows, waiting
from gateway.loans.particulars import Particulars, check_key
from gateway.loans.stage import OPEN
from gateway.loans.tables import applications, lender_terms, shop_access, shop_tariffs, shops
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit


class ShopState(StrEnum):
    """Where a shop stands with us."""

    NEW = "new"
    ACTIVE = "active"
    SUSPENDED = "suspended"  # nothing new begins; its goods and its money wait
    CLOSED = "closed"


class ShopEvent(StrEnum):
    """What can happen to it."""

    ACTIVATE = "activate"
    SUSPEND = "suspend"
    CLOSE = "close"


_S, _E = ShopState, ShopEvent

SHOP = Machine(
    "shop",
    {
        (_S.NEW, _E.ACTIVATE): Transition(_S.ACTIVE),
        (_S.SUSPENDED, _E.ACTIVATE): Transition(_S.ACTIVE),
        (_S.ACTIVE, _E.SUSPEND): Transition(_S.SUSPENDED),
        **{(state, _E.CLOSE): Transition(_S.CLOSED) for state in (_S.NEW, _S.ACTIVE, _S.SUSPENDED)},
    },
    final=frozenset({_S.CLOSED}),
)


@dataclass(frozen=True, slots=True)
class NewShop:
    """What a shop tells of itself.

    Attributes:
        key: short Latin name, in addresses and numbers: "mebel-nn".
        kpp: "" for a sole trader. corr_account: "" where the bank has none.
        region: code of the subject of the federation, "77".
        sites: origins the button may stand on, as "https://shop.example".
        own: our own shop: its goods leave our warehouse.
        trusts_lender: its goods may go before the lender's money is here.
        risk_limit: goods given out and not yet paid for by lenders may be worth so much; zero for no limit.
        contract: number and date; may follow later.
    """

    key: str
    name: str
    inn: str
    kpp: str
    account: str
    bic: str
    bank_name: str
    corr_account: str
    email: str
    phone: str
    region: str
    sites: tuple[str, ...] = ()
    own: bool = False
    trusts_lender: bool = False
    risk_limit: Money = field(default_factory=Money.zero)
    contract: str = ""


def register(unit: Unit, shop: NewShop) -> str:
    """Take a shop in; it may work once it is activated. Returns its id.

    Raises:
        Refused: `authority.missing`, `shop.bad_key`, `shop.key_taken`, `shop.no_name`, `shop.bad_region`,
            `shop.bad_site`, `shop.bad_limit`, `phone.wrong`, `email.wrong` and what `core.requisites` finds.
    """
    unit.actor.require(Right.SHOPS_MANAGE)
    check_new_key(unit.connection, unit.company, shop.key)
    values = Particulars(shop).columns()
    shop_id = insert(unit, shop.key, values)
    unit.journal("shop.registered", f"shop:{shop_id}", key=shop.key, **_journalled(values))
    return shop_id


def insert(unit: Unit, key: str, values: dict[str, Any]) -> str:
    """The row of a shop that is being set up; the use case has asked for the right and journals it. Returns its id.

    Args:
        values: the columns of `Particulars`.
    """
    shop_id = new_id()
    unit.insert(
        shops,
        {
            "id": shop_id,
            "company": unit.company,
            "version": 1,
            "key": key,
            "state": ShopState.NEW.value,
            "made_at": unit.at,
            "made_by": str(unit.actor),
            **values,
        },
    )
    unit.changed("shops", shop_id)
    return shop_id


def faults(connection: Connection, company: str, shop: NewShop, *, new: bool) -> dict[str, Refused]:
    """What is wrong with a shop's particulars, by field; its short name only where it is a new one."""
    found = dict(Particulars(shop).faults)
    if new:
        try:
            check_new_key(connection, company, shop.key)
        except Refused as fault:
            found["key"] = fault
    return found


def check_new_key(connection: Connection, company: str, key: str) -> None:
    """Raise unless a shop may be given this short name.

    Raises:
        Refused: `shop.bad_key`, `shop.key_taken`.
    """
    if _by_key(connection, company, check_key(key)) is not None:
        raise Refused("shop.key_taken", key=key)


def amend(unit: Unit, shop_id: str, shop: NewShop, expected_version: int | None = None) -> AnyRow:
    """Bring a shop's particulars up to date; its key stays. Returns its row.

    Raises:
        Refused: as `register`, and `shop.unknown`, `shop.key_fixed`.
        Conflict: `loan.changed`.
    """
    unit.actor.require(Right.SHOPS_MANAGE)
    row = load(unit, shop_id)
    if shop.key != row.key:
        raise Refused("shop.key_fixed", key=row.key)
    values = Particulars(shop).columns()
    before = {name: row._mapping[name] for name in values}
    if before == values:
        return row
    after = _put(unit, row, expected_version, values)
    unit.journal("shop.amended", f"shop:{shop_id}", before=_journalled(before), after=_journalled(values))
    return after


def move(unit: Unit, shop_id: str, event: ShopEvent, reason: str = "", expected_version: int | None = None) -> AnyRow:
    """Activate, suspend or close a shop; returns its row.

    Raises:
        Refused: `authority.missing`, `shop.unknown`, `state.illegal`; `shop.not_ready` for one to be activated that
            lacks something; `shop.busy` for one to be closed with open applications.
        Conflict: `loan.changed`.
    """
    unit.actor.require(Right.SHOPS_MANAGE)
    row = load(unit, shop_id)
    to = SHOP.step(ShopState(row.state), event).to
    if event is ShopEvent.ACTIVATE:
        lacking = [step.value for step, done in onboarding(unit.connection, row, unit.at[:10]).items() if not done]
        if lacking:
            raise Refused("shop.not_ready", name=row.name, lacking=", ".join(lacking))
    if event is ShopEvent.CLOSE and (count := _open_applications(unit, shop_id)):
        raise Refused("shop.busy", name=row.name, count=count)
    after = _put(unit, row, expected_version, {"state": to.value})
    waiting.end(unit, row.key)
    unit.journal("shop.moved", f"shop:{shop_id}", event=event.value, state=to.value, reason=reason.strip()[:500])
    return after


class Onboarding(StrEnum):
    """What a shop needs before its first application."""

    CONTRACT = "contract"
    TARIFF = "tariff"
    LENDER = "lender"  # terms of at least one
    MANAGER = "manager"  # somebody who sees its account


def onboarding(connection: Connection, shop: AnyRow, on: str) -> dict[Onboarding, bool]:
    """What a shop has and what it lacks.

    Args:
        on: the day it is asked for, "2026-11-21".
    """
    tariff = select(shop_tariffs.c.id).where(
        shop_tariffs.c.company == shop.company, shop_tariffs.c.shop_id.in_((shop.id, "")), shop_tariffs.c.since <= on
    )
    lender = select(lender_terms.c.id).where(lender_terms.c.company == shop.company, lender_terms.c.since <= on)
    manager = select(shop_access.c.id).where(
        shop_access.c.company == shop.company,
        shop_access.c.shop_id == shop.id,
        shop_access.c.kind == Role.SHOP_MANAGER.value,
        shop_access.c.revoked_at.is_(None),
    )

    def there_is(query: Any) -> bool:
        return connection.execute(query.limit(1)).first() is not None

    return {
        Onboarding.CONTRACT: bool(shop.contract),
        Onboarding.TARIFF: there_is(tariff),
        Onboarding.LENDER: there_is(lender),
        # our own people see our own shop
        Onboarding.MANAGER: bool(shop.own) or there_is(manager),
    }


def load(at: Unit, shop_id: str) -> AnyRow:
    """A shop's row, for an actor it is there for.

    Raises:
        Refused: `shop.unknown`, also for people of another shop.
    """
    row = at.connection.execute(select(shops).where(shops.c.id == shop_id, shops.c.company == at.company)).one_or_none()
    if row is None or at.actor.party not in ("", shop_id):
        raise Refused("shop.unknown")
    return row


def by_key(at: Unit, key: str) -> AnyRow:
    """A shop's row by its short name.

    Raises:
        Refused: `shop.unknown`, also for people of another shop.
    """
    row = _by_key(at.connection, at.company, key)
    if row is None or at.actor.party not in ("", row.id):
        raise Refused("shop.unknown")
    return row


def listed(at: Unit) -> list[AnyRow]:
    """Shops that are there for an actor, by their short names."""
    mine = [shops.c.id == at.actor.party] if at.actor.party else []
    found = at.connection.execute(select(shops).where(shops.c.company == at.company, *mine).order_by(shops.c.key))
    return list(found)


def _by_key(connection: Connection, company: str, key: str) -> AnyRow | None:
    return connection.execute(select(shops).where(shops.c.company == company, shops.c.key == key)).one_or_none()


def _put(unit: Unit, row: AnyRow, expected_version: int | None, values: dict[str, Any]) -> AnyRow:
    rows.need_version(row, expected_version)
    unit.changed("shops", row.id)
    return rows.put(unit, shops, row, **values)


def _open_applications(unit: Unit, shop_id: str) -> int:
    query = select(func.count()).where(
        applications.c.company == unit.company,
        applications.c.shop_id == shop_id,
        applications.c.stage.in_([stage.value for stage in OPEN]),
    )
    return int(unit.connection.execute(query).scalar_one())


def _journalled(values: dict[str, Any]) -> dict[str, Any]:
    """What of a shop's columns the journal keeps: what money and rights depend on."""
    kept = ("name", "inn", "kpp", "account", "bic", "own", "trusts_lender", "risk_limit", "contract", "sites")
    return {name: values[name] for name in kept}
