"""The procedure of checking the passport as an annex to the contract with a shop: the texts the account shows, between
the names of both sides and places for their signatures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup
from sqlalchemy import Connection, select

from gateway.core.errors import Refused
from gateway.flows.terms import OwnCompany
from gateway.loans.tables import shops
from gateway.settlement.printed import Side
from gateway.web.account.pages import alone
from gateway.web.html import style


@dataclass(frozen=True, slots=True)
class Annex:
    """What stands around the procedure.

    Attributes:
        contract: number and date, as the shop's particulars have them; "" while there is none.
        on: the day it was printed.
    """

    company: Side
    shop: Side
    contract: str
    on: date


def annex_of(connection: Connection, company: str, own: OwnCompany, key: str, on: date) -> Annex:
    """The annex of the shop with this id or short name.

    Raises:
        Refused: `shop.unknown`.
    """
    query = select(shops).where(shops.c.company == company, (shops.c.id == key) | (shops.c.key == key))
    row = connection.execute(query).one_or_none()
    if row is None:
        raise Refused("shop.unknown")
    return Annex(Side(own.name, own.inn, own.kpp), Side(row.name, row.inn, row.kpp), row.contract, on)


def as_file(annex: Annex, language: str) -> str:
    """The annex as one HTML file that needs nothing beside it."""
    # Ours, and inside <style> quotes stand for themselves.
    return alone("annex_file.html", language, annex=annex, css=Markup(style()))  # noqa: S704
