"""Whom money goes to: the requisites of the shops we settle with."""

from __future__ import annotations

from sqlalchemy import Connection, select

from gateway.core.errors import Refused
from gateway.loans.tables import shops
from gateway.payments.outgoing.model import Payee
from gateway.settlement.model import Party, PartyKind
from gateway.store.unit import Unit


def payee_of(unit: Unit, party: Party) -> Payee:
    """A shop's requisites, as it gave them.

    Raises:
        Refused: `loan.not_a_shop` for a party of another kind or of nobody's; `loan.own_shop`: our own money is not
            paid to ourselves.
    """
    row = unit.connection.execute(
        select(shops).where(shops.c.company == unit.company, shops.c.id == party.id)
    ).one_or_none()
    if party.kind is not PartyKind.SHOP or row is None:
        raise Refused("loan.not_a_shop", kind=party.kind.value)
    if row.own:
        raise Refused("loan.own_shop", shop=row.name)
    return Payee(row.name, row.inn, row.kpp, row.account, row.bic, row.bank_name, row.corr_account)


def parties(connection: Connection, company: str) -> dict[Party, str]:
    """Every shop we settle with, our own excepted, with its name."""
    rows = connection.execute(select(shops.c.id, shops.c.name).where(shops.c.company == company, shops.c.own == 0))
    return {Party(PartyKind.SHOP, row.id): row.name for row in rows}
