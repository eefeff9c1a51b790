"""What a list of parcels comes to: cash on delivery still to come, and all that is at stake."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, func, or_, select

from gateway.core.authority import Actor
from gateway.core.money import Money
from gateway.parcels.model import CodState, Watch
from gateway.parcels.queries import Filters, conditions
from gateway.parcels.tables import parcels
from gateway.parcels.terms import ParcelTerms

_OVERDUE = (CodState.MISSING.value, CodState.CLAIMED.value)
_TO_COME = (CodState.EXPECTED.value, CodState.COLLECTED.value, *_OVERDUE)


@dataclass(frozen=True, slots=True)
class Stakes:
    """Attributes:
    cod: not here yet, of what is expected or overdue.
    at_stake: of watched parcels the cash on delivery and the postage both ways; of others what is overdue.
    """

    cod: Money
    at_stake: Money


def stakes(
    connection: Connection, company: str, terms: ParcelTerms, actor: Actor, filters: Filters, now: datetime
) -> Stakes:
    """The sums over all parcels under the filters.

    Raises:
        Refused: `authority.missing`, `parcel.bad_filter`.
    """
    awaited = parcels.c.cod_state.in_(_TO_COME)
    watched = parcels.c.watch == Watch.ACTIVE.value
    missing = parcels.c.cod - parcels.c.cod_received
    at_stake = case(
        (parcels.c.cod_state.in_(_OVERDUE), missing),
        (watched, parcels.c.cod + 2 * parcels.c.postage),
        else_=0,
    )
    found = connection.execute(
        select(func.sum(case((awaited, missing), else_=0)), func.sum(at_stake)).where(
            *conditions(company, terms, actor, filters, now), or_(awaited, watched)
        )
    ).one()
    return Stakes(Money(int(found[0] or 0)), Money(int(found[1] or 0)))
