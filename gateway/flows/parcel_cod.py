"""Wherever the allocations of a payment change, the parcels among what it was credited to are brought in line.

A carrier's lump payment goes through the matcher like everybody's; a parcel's cash on delivery is an invoice there
(`gateway.parcels.cod_debt`). What follows for the parcel is read off the allocations that live then, so it does not
matter how often or in what order they change: once its sum is there to the kopeck, the cash on delivery has arrived,
and if the carrier paid it, the buyer has the parcel, whatever the carrier wrote down or forgot to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from gateway.core.money import Money, total
from gateway.flows import covering, parcel_settlement
from gateway.flows.covering import Covering, prove
from gateway.flows.parcel_settlement import line_of_payment
from gateway.flows.release import settle_order
from gateway.flows.terms import Terms
from gateway.orders import service as orders
from gateway.parcels import cod, cod_debt, rows
from gateway.parcels.cod import CameIn, Proof
from gateway.parcels.model import CodState
from gateway.parcels.terms import ParcelTerms
from gateway.payments.registries.model import PayoutSource, RegistryState
from gateway.payments.registries.tables import payout_registries
from gateway.payments.tables import entries
from gateway.store import marks
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

LOOK_DUE = "parcels.second_look_due"
"""Set when a parcel may explain money that waits; see `flows.parcel_cod_rounds`."""
_AT_ONCE = 500


def settle_parcels(unit: Unit, terms: Terms, outer_ids: Iterable[str]) -> None:
    """Bring the parcels a payment was credited to, or is credited to no longer, in line with it.

    Args:
        outer_ids: keys of every invoice the change touched.
    """
    keys = list(dict.fromkeys(outer_ids))
    if terms.parcels is None or not keys:
        return
    payers = _Payers(unit, terms)
    for start in range(0, len(keys), _AT_ONCE):
        for row in cod_debt.on_invoices(unit, keys[start : start + _AT_ONCE]):
            _settle(unit, terms, terms.parcels, row, payers)


def follow(unit: Unit, terms: Terms, parcel_id: str) -> None:
    """Bring the money of one parcel in line with what is known of it: after it was entered or changed, after a
    carrier's news, after its watch ended. Done twice it changes nothing."""
    row = rows.read(unit.connection, unit.company, parcel_id)
    if terms.parcels is None or (row.cod_state == CodState.NONE and row.invoice_id is None):
        return
    row = _follow_debt(unit, terms, terms.parcels, row)
    _settle(unit, terms, terms.parcels, row, _Payers(unit, terms))


def following(terms: Terms) -> Callable[[Unit, str], None]:
    """`follow` under these terms, for those who know nothing of them."""

    def done(unit: Unit, parcel_id: str) -> None:
        follow(unit, terms, parcel_id)

    return done


def _follow_debt(unit: Unit, terms: Terms, parcel_terms: ParcelTerms, row: AnyRow) -> AnyRow:
    done = cod_debt.follow(unit, parcel_terms, row, terms.cod.firms)
    for order_id in done.order_ids:
        settle_order(unit, terms, order_id)
    if done.expected:
        marks.put(unit, LOOK_DUE, True)
    return done.row


def _settle(unit: Unit, terms: Terms, parcel_terms: ParcelTerms, row: AnyRow, payers: _Payers) -> None:
    came = _came_in(unit, terms, row, payers)
    after = cod.follow_money(unit, parcel_terms, row, came)
    if row.cod_state != after.cod_state != CodState.ARRIVED:  # what is to come now is not what was to come before
        after = _follow_debt(unit, terms, parcel_terms, after)
    parcel_settlement.follow(unit, terms, after, came)


@dataclass
class _Payers:
    """Whose payments these are, each looked up once."""

    unit: Unit
    terms: Terms
    known: dict[str, bool] = field(default_factory=dict)

    def is_carrier(self, payment_id: str) -> bool:
        """A carrier pays for parcels that were handed over. What a buyer pays himself proves nothing of that."""
        if payment_id not in self.known:
            inn = self.unit.connection.execute(
                select(entries.c.party_inn).where(entries.c.id == payment_id)
            ).scalar_one_or_none()
            partner = self.terms.policy.payout_partners.get(inn or "")
            self.known[payment_id] = PayoutSource.POST in (partner, _source_of(self.unit, payment_id))
        return self.known[payment_id]


def _came_in(unit: Unit, terms: Terms, row: AnyRow, payers: _Payers) -> CameIn:
    """What of the allocations to its invoice is the parcel's.

    An order's invoice may have got a prepayment, which is not: so much of it as the parcel does not collect.
    """
    if row.invoice_id is None:
        return CameIn(Money.zero(), ())
    money = covering.of_invoice(unit, row.invoice_id)
    carriers = [one for one in money if payers.is_carrier(one.cover.payment_id)]
    others = [one for one in money if one not in carriers]
    beside = max(Money(orders.invoice(unit, row.invoice_id).amount - row.cod), Money.zero())
    if row.cod_state == CodState.VOID:
        beside = Money.zero()
    through = max(_sum(others) - beside, Money.zero())
    counted = [*(others if through else ()), *carriers]
    amount = through + _sum(carriers)
    due = Money(row.cod)
    proved = bool(counted) and amount == due and prove(terms, due, counted)
    carrier_did = bool(carriers) and proved and (not through or prove(terms, due, carriers))
    return CameIn(
        amount=amount,
        payment_ids=tuple(dict.fromkeys(one.cover.payment_id for one in counted)),
        bank_time=counted[-1].bank_time if counted else "",
        proved=proved,
        proof=_proof(unit, row, carriers[-1]) if carrier_did else None,
    )


def _sum(money: Iterable[Covering]) -> Money:
    return total([one.cover.amount for one in money])


def _proof(unit: Unit, row: AnyRow, one: Covering) -> Proof:
    payment_id, message_id = one.cover.payment_id, one.cover.message_id
    line = line_of_payment(unit, row, payment_id)
    if line is None:
        return Proof(payment_id, message_id)
    name = f"{line.number} от {date.fromisoformat(line.date):%d.%m.%Y}"
    return Proof(payment_id, message_id, name, line.row)


def _source_of(unit: Unit, payment_id: str) -> str | None:
    """Who sent the registry that explains a payment."""
    return unit.connection.execute(
        select(payout_registries.c.source).where(
            payout_registries.c.payment_id == payment_id,
            payout_registries.c.company == unit.company,
            payout_registries.c.state == RegistryState.USED,
        )
    ).scalar_one_or_none()
