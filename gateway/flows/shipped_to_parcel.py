"""An order that was handed to a carrier becomes a parcel, one for each of its numbers.

Numbers come from 1C, with the order or its invoice, mostly when the order is long done; or a person types them. What a
parcel is to collect is the order's debt where 1C says that it is paid through the carrier; where nobody says so, the
carrier's own records do.
"""

from __future__ import annotations

import re

from sqlalchemy import select

from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.flows import parcel_cod
from gateway.flows.terms import Terms
from gateway.onec.model_documents import OrderDocument
from gateway.orders import service as orders
from gateway.orders.model import Delivery, ShipState
from gateway.orders.tables import buyers, invoices
from gateway.parcels import parcels
from gateway.parcels.cod_debt import PREFIX
from gateway.parcels.model import Source
from gateway.parcels.parcels import NewParcel, Put
from gateway.parcels.tables import parcels as rows
from gateway.parcels.terms import ParcelTerms
from gateway.store import alarms
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

TRACK_WRONG = "parcel.order_track_wrong"
_SEPARATORS = re.compile(r"[,;/\n]+|\s+и\s+|\s{2,}")
_INDEX = re.compile(r"(?<!\d)[1-6]\d{5}(?!\d)")  # postal indexes of Russia begin with 1 to 6


def from_1c(unit: Unit, terms: Terms, document: OrderDocument) -> list[str]:
    """The parcels whose numbers a document of 1C names; returns their ids. A number that cannot be one is an alarm.

    Parcels of the order that are known are brought in line with it: 1C may have made another invoice of it.
    """
    if terms.parcels is None:
        return []
    order = orders.by_outer_id(unit, document.basis_id if document.is_invoice else document.id)
    if order is None or order.ship_state == ShipState.CANCELLED:
        return []
    tracks = split_tracks(document.track)
    # of several parcels nobody says how much each is to collect
    cod = _due(unit, order) if document.cash_on_delivery and len(tracks) == 1 else Money.zero()
    made = _put_all(unit, terms, terms.parcels, order, tracks, Source.ONEC, cod)
    for parcel_id in _known(unit, order):
        if parcel_id not in made:
            parcel_cod.follow(unit, terms, parcel_id)
    return made


def order_shipped(unit: Unit, terms: Terms, order_id: str) -> list[str]:
    """The parcels of an order that has just left, as far as their numbers are known; returns their ids."""
    order = orders.load(unit, order_id)
    if terms.parcels is None or order.delivery != Delivery.DELIVERY:
        return []
    named = unit.connection.execute(
        select(invoices.c.track).where(
            invoices.c.company == unit.company, invoices.c.order_id == order.id, invoices.c.track != ""
        )
    ).scalars()
    tracks = list(dict.fromkeys(track for text in named for track in split_tracks(text)))
    return _put_all(unit, terms, terms.parcels, order, tracks, Source.ORDER, Money.zero())


def typed(unit: Unit, terms: Terms, order_id: str, track: str, *, cod: Money | None = None) -> Put:
    """A person types the number of an order's parcel.

    Args:
        cod: to be collected from the buyer; None for what the carrier's records will say.

    Raises:
        Refused: `order.unknown`, and what `parcels.put` raises.
    """
    if terms.parcels is None:
        raise Refused("parcel.not_found")
    order = orders.load(unit, order_id)
    return _put(unit, terms, terms.parcels, order, track, Source.ORDER, cod or Money.zero())


def split_tracks(text: str) -> list[str]:
    """ "14102192069353, RA644000001RU" as two numbers; single spaces are part of one: "141021 92 06935 3"."""
    return list(dict.fromkeys(part.strip() for part in _SEPARATORS.split(text) if part.strip()))


def _put_all(
    unit: Unit, terms: Terms, watching: ParcelTerms, order: AnyRow, tracks: list[str], source: Source, cod: Money
) -> list[str]:
    subject, wrong, made = f"order:{order.id}", "", []
    for track in tracks:
        try:
            with unit.step():
                made.append(_put(unit, terms, watching, order, track, source, cod).id)
        except Refused as refused:
            if not refused.code.startswith("parcel."):
                raise
            wrong = track
    if wrong:
        alarms.raise_alarm(unit, TRACK_WRONG, subject, {"order": order.number, "track": wrong[:40]}, severity="warning")
    elif tracks:
        alarms.clear(unit, TRACK_WRONG, subject)
    return made


def _put(unit: Unit, terms: Terms, watching: ParcelTerms, order: AnyRow, track: str, source: Source, cod: Money) -> Put:
    buyer = unit.connection.execute(select(buyers).where(buyers.c.id == order.buyer_id)).one()
    index = _INDEX.search(order.address)
    put = parcels.put(
        unit,
        watching,
        NewParcel(
            track=track,
            source=source,
            order_id=order.id,
            order_no=order.number,
            name=order.contact or order.buyer_name,
            phone=order.phone or buyer.phone,
            email=buyer.email,
            order_sum=Money(order.amount),
            cod=cod,
            index_to=index[0] if index else "",
            address=order.address,
        ),
    )
    parcel_cod.follow(unit, terms, put.id)
    return put


def _known(unit: Unit, order: AnyRow) -> list[str]:
    known = select(rows.c.id).where(rows.c.company == unit.company, rows.c.order_no == order.number)
    return list(unit.connection.execute(known.where(rows.c.order_id == order.id).order_by(rows.c.id)).scalars())


def _due(unit: Unit, order: AnyRow) -> Money:
    """What is still to be paid for an order, by the invoices 1C or the order itself brought."""
    rests = unit.connection.execute(
        select(invoices.c.rest).where(
            invoices.c.company == unit.company,
            invoices.c.order_id == order.id,
            invoices.c.state == "open",
            ~invoices.c.outer_id.startswith(PREFIX),
        )
    ).scalars()
    return Money(sum(rests))
