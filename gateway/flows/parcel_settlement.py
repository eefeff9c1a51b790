"""What we owe for parcels with somebody else's goods: cash on delivery that has arrived, less what is kept of it.

The party's share is a line of the settlement register, owed from the moment the whole sum is here by evidence goods
would be released on. What takes that away takes the line back by one of the opposite sign. So a parcel may have several
lines, of which the last stands or none does:

    parcel:<id>:cod, …:cod:2     the sum, what is kept of it, the VAT inside our own part of that
    parcel:<id>:uncod:1, …       the whole of the line with that number, taken back

Statements, acceptance and payment are everybody's (`gateway.flows.settlement`). Shops of the brokerage are paid to
the account they have there; any other key is an agent's, whose account stands in the configuration.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select

from gateway.core.clock import MOSCOW, business_date, from_text
from gateway.core.errors import KvitError, Refused
from gateway.core.money import Money
from gateway.flows.cod_terms import CodTerms
from gateway.flows.terms import Terms
from gateway.loans import payees
from gateway.loans.split import fee_vat
from gateway.loans.tables import shops
from gateway.parcels import cod, timeline
from gateway.parcels.cod import CameIn
from gateway.payments.outgoing.model import Payee
from gateway.payments.registries import lookup
from gateway.payments.registries.model import fee_share
from gateway.settlement import register
from gateway.settlement.model import LineKind, NewLine, Party, PartyKind
from gateway.settlement.tables import lines
from gateway.settlement.terms import PayeeOf
from gateway.store import alarms
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

NOT_SETTLED = "parcel.cod_not_settled"


def follow(unit: Unit, terms: Terms, row: AnyRow, came: CameIn) -> None:
    """Bring the party's lines in line with a parcel's money; done twice it changes nothing.

    What keeps it from being written down (a rate of VAT nobody has chosen, say) raises an alarm and is tried again
    with the next round: it must not hold up the money itself.
    """
    if not row.shop:
        return
    subject = cod.subject(row.id)
    try:
        with unit.step():
            _follow(unit, terms, row, came)
    except KvitError as error:
        if NOT_SETTLED not in alarms.open_about(unit, subject):
            values = {"track": row.track, "reason": error.text("ru"), "reason_en": error.text("en")}
            alarms.raise_alarm(unit, NOT_SETTLED, subject, values)
    else:
        alarms.clear(unit, NOT_SETTLED, subject)


def party_of(connection: Connection, company: str, shop: str) -> Party | None:
    """Who gets the money for the goods of `shop`, an id or a key; None for our own shop."""
    found = connection.execute(
        select(shops.c.id, shops.c.own).where(shops.c.company == company, (shops.c.id == shop) | (shops.c.key == shop))
    ).one_or_none()
    if found is None:
        return Party(PartyKind.AGENT, shop)
    return None if found.own else Party(PartyKind.SHOP, found.id)


def parties(connection: Connection, company: str, terms: CodTerms) -> dict[Party, str]:
    """Every agent with lines, with its name: for `close_period`, beside `loans.payees.parties`."""
    stated = connection.execute(
        select(lines.c.party_id)
        .where(lines.c.company == company, lines.c.party_kind == PartyKind.AGENT.value)
        .distinct()
    ).scalars()
    return {
        Party(PartyKind.AGENT, key): terms.agents[key].name if key in terms.agents else key for key in sorted(stated)
    }


def payee_of_any(agents: Mapping[str, Payee], otherwise: PayeeOf = payees.payee_of) -> PayeeOf:
    """Requisites of agents by key, and of everybody else as `otherwise` finds them."""

    def found(unit: Unit, party: Party) -> Payee:
        if party.kind is not PartyKind.AGENT:
            return otherwise(unit, party)
        if party.id not in agents:
            raise Refused("parcel.agent_no_account", agent=party.id[:40])
        return agents[party.id]

    return found


def line_of_payment(unit: Unit, row: AnyRow, payment_id: str) -> AnyRow | None:
    """The line by which a registry explains a payment as this parcel's; see `lookup.naming_track`."""
    named = lookup.naming_track(unit.connection, unit.company, row.track)
    return next((line for line in named if line.payment_id == payment_id), None)


def standing_line(unit: Unit, parcel_id: str) -> AnyRow | None:
    """The parcel's line that has not been taken back for want of money."""
    found = _lines_of(unit, parcel_id)
    if not found or register.line_by_event(unit, f"parcel:{parcel_id}:uncod:{len(found)}") is not None:
        return None
    return found[-1]


def _follow(unit: Unit, terms: Terms, row: AnyRow, came: CameIn) -> None:
    line = standing_line(unit, row.id)
    if line is not None and (not came.proved or line.payment_id not in came.payment_ids or line.gross != row.cod):
        _take_back(unit, row, line)
        line = None
    if came.proved and line is None:
        party = party_of(unit.connection, unit.company, row.shop)
        if party is not None:
            _owe(unit, terms.cod, row, party, came)


def _owe(unit: Unit, terms: CodTerms, row: AnyRow, party: Party, came: CameIn) -> None:
    number = len(_lines_of(unit, row.id)) + 1
    on = business_date(unit.now, MOSCOW)
    gross = Money(row.cod)
    tariff = terms.tariff_of(row.shop, business_date(from_text(row.made_at), MOSCOW))
    fee, own = terms.fee(tariff, gross, _carriers_fee(unit, row, came))
    register.append(
        unit,
        NewLine(
            kind=LineKind.COD,
            party=party,
            source_event=f"parcel:{row.id}:cod" + (f":{number}" if number > 1 else ""),
            subject=cod.subject(row.id),
            document=row.track,
            on=on,
            gross=gross,
            fee=fee,
            net=gross - fee,
            vat=fee_vat(own, terms.vat, on, terms.vat_percent),
            payment_id=came.payment_ids[-1],
        ),
    )
    timeline.write(unit, row.id, "cod_owed", amount=str(gross - fee), fee=str(fee))


def _take_back(unit: Unit, row: AnyRow, line: AnyRow) -> None:
    if not register.left_of(unit, line.id):
        return
    number = len(_lines_of(unit, row.id))
    register.reverse(unit, line.id, f"parcel:{row.id}:uncod:{number}", business_date(unit.now, MOSCOW))
    timeline.write(unit, row.id, "cod_owed_no_more", amount=str(Money(line.net)))


def _carriers_fee(unit: Unit, row: AnyRow, came: CameIn) -> Money:
    """What the carrier kept of this parcel: as its registry line says, else its share of the registry's fee."""
    kept = Money.zero()
    for payment_id in came.payment_ids:
        line = line_of_payment(unit, row, payment_id)
        if line is not None:
            share = fee_share(Money(line.registry_fee), Money(line.gross), Money(line.amount))
            kept += Money(line.fee) if line.fee else share
    return kept


def _lines_of(unit: Unit, parcel_id: str) -> Sequence[AnyRow]:
    """Lines that say the money was here, in order."""
    return register.lines_about(unit, cod.subject(parcel_id), LineKind.COD)
