"""The other side of settlements: whom we pay and to which account, and who owes us what a statement leaves below zero.

A shop is known by what it told of itself, a lender as a payer among the buyers; the account a lender is paid to stands
in the configuration.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, Select, select

from gateway.core.errors import Refused
from gateway.loans.receivable import lender_buyer, lender_outer_id
from gateway.loans.shops import ShopState
from gateway.loans.tables import shops
from gateway.orders.model import Buyer
from gateway.orders.tables import buyers
from gateway.payments.outgoing.model import Payee
from gateway.settlement.model import Party, PartyKind
from gateway.settlement.printed import Side
from gateway.settlement.tables import lines
from gateway.settlement.terms import Debtor, PayeeOf
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

_COMPANY_INN = 10  # digits; a sole trader's has twelve


def payee_of(unit: Unit, party: Party) -> Payee:
    """A shop's requisites, where it may be paid now.

    Raises:
        Refused: `loan.not_a_shop` for a party of another kind or of nobody's; `loan.own_shop`: our own money is not
            paid to ourselves; `loan.shop_suspended` until it works again.
    """
    row = _shop(unit.connection, unit.company, party)
    if row.state == ShopState.SUSPENDED:
        raise Refused("loan.shop_suspended", shop=row.name)
    return _requisites(row)


def payee_of_any(lenders: Mapping[str, Payee]) -> PayeeOf:
    """Requisites of shops, and of the lenders whose account is known.

    Args:
        lenders: by key.
    """

    def found(unit: Unit, party: Party) -> Payee:
        if party.kind is not PartyKind.LENDER:
            return payee_of(unit, party)
        if party.id not in lenders:
            raise Refused("loan.lender_no_account", lender=party.id)
        return lenders[party.id]

    return found


def requisites_of(unit: Unit, party: Party) -> Payee:
    """A shop's requisites, whether or not it is paid now.

    Raises:
        Refused: `loan.not_a_shop`, `loan.own_shop`.
    """
    return _requisites(_shop(unit.connection, unit.company, party))


def debtor_of(unit: Unit, party: Party) -> Debtor | None:
    """Who pays what a party owes us: a lender and a closed shop at once, for no later sale will make up for it.

    Returns:
        None for points and agents: what they owe is carried.

    Raises:
        Refused: `loan.not_a_shop`, `loan.own_shop`.
    """
    if party.kind is PartyKind.LENDER:
        return Debtor(lender_buyer(unit, party.id), at_once=True)
    if party.kind is not PartyKind.SHOP:
        return None
    row = _shop(unit.connection, unit.company, party)
    kind = "ul" if len(row.inn) == _COMPANY_INN else "ip"
    buyer = Buyer(f"shop:{row.id}", kind, row.name, row.inn, row.kpp, row.phone, row.email, (row.account,))
    return Debtor(buyer, at_once=row.state == ShopState.CLOSED)


def need_party(unit: Unit, party: Party) -> None:
    """A party we settle with: nothing is written for one that is not there.

    Raises:
        Refused: `loan.not_a_shop`, `loan.own_shop`.
    """
    if party.kind is not PartyKind.LENDER:
        _shop(unit.connection, unit.company, party)
    elif party.id not in _lenders(unit.connection, unit.company):
        raise Refused("loan.not_a_shop", kind=party.kind.value)


def is_suspended(connection: Connection, company: str, shop_id: str) -> bool:
    """Whether this shop's payments wait until it works again."""
    query = select(shops.c.state).where(shops.c.company == company, shops.c.id == shop_id)
    return connection.execute(query).scalar_one_or_none() == ShopState.SUSPENDED


def suspended(company: str) -> Select[tuple[str]]:
    """Ids of the shops whose payments wait."""
    return select(shops.c.id).where(shops.c.company == company, shops.c.state == ShopState.SUSPENDED.value)


def side_of(connection: Connection, company: str, party: Party, name: str) -> Side:
    """A party as it stands in a document.

    Args:
        name: as its statement has it, for one nothing else is known of.
    """
    if party.kind is PartyKind.SHOP:
        query = select(shops.c.name, shops.c.inn, shops.c.kpp).where(shops.c.company == company, shops.c.id == party.id)
    elif party.kind is PartyKind.LENDER:
        query = select(buyers.c.name, buyers.c.inn, buyers.c.kpp).where(
            buyers.c.company == company, buyers.c.outer_id == lender_outer_id(party.id)
        )
    else:
        return Side(name)
    row = connection.execute(query).one_or_none()
    return Side(name) if row is None else Side(row.name, row.inn, row.kpp)


def parties(connection: Connection, company: str) -> dict[Party, str]:
    """Every shop we settle with, our own excepted, and every lender with lines, each with its name."""
    rows = connection.execute(select(shops.c.id, shops.c.name).where(shops.c.company == company, shops.c.own == 0))
    found = {Party(PartyKind.SHOP, row.id): row.name for row in rows}
    stated = connection.execute(
        select(lines.c.party_id)
        .where(lines.c.company == company, lines.c.party_kind == PartyKind.LENDER.value)
        .distinct()
    ).scalars()
    names = _lenders(connection, company)
    return found | {Party(PartyKind.LENDER, key): names.get(key, key) for key in stated}


def names(connection: Connection, company: str, kind: PartyKind) -> Mapping[str, str]:
    """Names of the shops or lenders there are, by id; of other kinds nothing is known."""
    if kind is PartyKind.LENDER:
        return _lenders(connection, company)
    if kind is not PartyKind.SHOP:
        return {}
    rows = connection.execute(select(shops.c.id, shops.c.name).where(shops.c.company == company))
    return {row.id: row.name for row in rows}


def _lenders(connection: Connection, company: str) -> dict[str, str]:
    prefix = lender_outer_id("")
    rows = connection.execute(
        select(buyers.c.outer_id, buyers.c.name).where(
            buyers.c.company == company, buyers.c.outer_id.startswith(prefix, autoescape=True)
        )
    )
    return {row.outer_id.removeprefix(prefix): row.name for row in rows}


def _shop(connection: Connection, company: str, party: Party) -> AnyRow:
    row = connection.execute(select(shops).where(shops.c.company == company, shops.c.id == party.id)).one_or_none()
    if party.kind is not PartyKind.SHOP or row is None:
        raise Refused("loan.not_a_shop", kind=party.kind.value)
    if row.own:
        raise Refused("loan.own_shop", shop=row.name)
    return row


def _requisites(row: AnyRow) -> Payee:
    return Payee(row.name, row.inn, row.kpp, row.account, row.bic, row.bank_name, row.corr_account)
