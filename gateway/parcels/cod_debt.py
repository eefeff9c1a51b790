"""Cash on delivery as a debt: an invoice with the parcel's number, so that a carrier's lump payment with its registry
is matched by the same engine as everybody's money.

An order that is paid through its parcel has an open invoice already. Where what is due of that one is what is to be
collected, it gets the number. Two parcels are never on one invoice: where the parcels of an order collect together
what it owes, the invoice the order brought along makes room for one of each. Every other parcel has an invoice that
stands alone. What we make is the carrier's debt, for he is the one who pays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select

from gateway.core.clock import business_date, from_text
from gateway.core.money import Money
from gateway.orders import service as orders
from gateway.orders.model import Buyer, InvoiceIn
from gateway.orders.references import put_track
from gateway.orders.tables import buyers, invoices
from gateway.orders.tables import orders as order_rows
from gateway.parcels import rows, timeline
from gateway.parcels.model import CarrierKey, CodState, EndedHow
from gateway.parcels.tables import parcels
from gateway.parcels.terms import ParcelTerms
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

PREFIX = "parcel:"
_NO_DEBT = frozenset({CodState.NONE, CodState.VOID})


@dataclass(frozen=True, slots=True)
class CarrierFirm:
    """A carrier as a party of a contract; "" for what is not known."""

    name: str
    inn: str = ""
    kpp: str = ""
    address: str = ""
    contract: str = ""


FIRMS: Mapping[CarrierKey, CarrierFirm] = {
    CarrierKey.POST: CarrierFirm("АО «Почта России»"),
    CarrierKey.CDEK: CarrierFirm("ООО «СДЭК-Глобал»"),
}


@dataclass(frozen=True, slots=True)
class Followed:
    """What bringing a debt in line changed.

    Attributes:
        order_ids: orders whose invoices are others now.
        expected: money that waits unexplained may be for this parcel now.
    """

    row: AnyRow
    order_ids: tuple[str, ...] = ()
    expected: bool = False


def outer_id(parcel_id: str) -> str:
    """The key of a parcel's own invoice."""
    return f"{PREFIX}{parcel_id}"


def owed(row: AnyRow) -> Money:
    """What is to come for a parcel."""
    off = row.cod_state in _NO_DEBT or (row.ended_how == EndedHow.REMOVED and not row.cod_received)
    return Money.zero() if off else Money(row.cod)


def follow(unit: Unit, terms: ParcelTerms, row: AnyRow, firms: Mapping[CarrierKey, CarrierFirm] = FIRMS) -> Followed:
    """Bring a parcel's invoice in line with what is to be collected; done twice it changes nothing.

    Args:
        firms: who pays.
    """
    return _Following(unit, terms, firms).follow(row)


def on_invoices(unit: Unit, keys: Sequence[str]) -> list[AnyRow]:
    """The parcels whose cash on delivery is allocated to invoices with these keys."""
    return list(
        unit.connection.execute(
            select(parcels)
            .join(invoices, invoices.c.id == parcels.c.invoice_id)
            .where(invoices.c.company == unit.company, invoices.c.outer_id.in_(keys))
            .order_by(parcels.c.id)
        )
    )


@dataclass(frozen=True, slots=True)
class _Following:
    unit: Unit
    terms: ParcelTerms
    firms: Mapping[CarrierKey, CarrierFirm]

    def follow(self, row: AnyRow) -> Followed:
        due = owed(row)
        invoice = orders.invoice(self.unit, row.invoice_id) if row.invoice_id else None
        if invoice is not None and invoice.outer_id != outer_id(row.id):
            if row.cod_received or (due and _fits(invoice, due)):
                return Followed(row, expected=put_track(self.unit, invoice.id, row.track))
            row = self._let_go(row, invoice)
            invoice = None
        if invoice is None and not due:
            return Followed(row)
        if invoice is None:
            shared = self._invoice_of_order(row, due)
            if shared is not None:
                put_track(self.unit, shared.id, row.track)
                return Followed(rows.put(self.unit, row, invoice_id=shared.id), expected=True)
        return self._by_its_own(row, due, invoice)

    def _let_go(self, row: AnyRow, invoice: AnyRow) -> AnyRow:
        """The order's invoice is not paid by this parcel any more."""
        if invoice.track == row.track:
            put_track(self.unit, invoice.id, "")
        return rows.put(self.unit, row, invoice_id=None)

    def _invoice_of_order(self, row: AnyRow, due: Money) -> AnyRow | None:
        """The one open invoice of its order which this parcel pays in full."""
        order = self._order(row)
        if order is None:
            return None
        fitting = [one for one in self._open_invoices(order.id) if _fits(one, due) and not self._taken(one.id)]
        return fitting[0] if len(fitting) == 1 else None

    def _by_its_own(self, row: AnyRow, due: Money, invoice: AnyRow | None) -> Followed:
        if invoice is not None:
            linked = orders.load(self.unit, invoice.order_id) if invoice.order_id else None
            row, changed = self._put(row, due, linked)
            return Followed(row, (linked.id,) if linked is not None and changed else (), changed and bool(due))
        order = self._order(row)
        together = self._make_room(row, order) if order is not None else []
        if not together:
            row, changed = self._put(row, due, None)
            if order is not None and self._open_invoices(order.id):
                timeline.write(self.unit, row.id, "cod_beside_order", order=order.number, amount=str(due))
            return Followed(row, (), changed)
        for one in together:
            put, _ = self._put(one, owed(one), order)
            row = put if one.id == row.id else row
        assert order is not None
        return Followed(row, (order.id,), True)

    def _make_room(self, row: AnyRow, order: AnyRow) -> list[AnyRow]:
        """The order's parcels, if together they collect what is due of the invoice it brought along; that one asks
        for no more then than it has got. A real invoice of 1C's stays as it is."""
        stand_in = orders.invoice_by_outer_id(self.unit, orders.own_invoice_key(order.outer_id))
        if stand_in is None or [one.id for one in self._open_invoices(order.id)] != [stand_in.id]:
            return []
        same = (parcels.c.order_id == order.id) | (parcels.c.order_no == order.number)
        together = [one for one in self._rows(same, parcels.c.shop == row.shop) if owed(one)]
        if len(together) < 2 or sum(owed(one).kopecks for one in together) != stand_in.rest:
            return []
        if self._taken(stand_in.id):
            return []
        orders.change_debt(self.unit, stand_in.id, Money(stand_in.amount - stand_in.rest))
        return together

    def _put(self, row: AnyRow, due: Money, order: AnyRow | None) -> tuple[AnyRow, bool]:
        """The parcel's own invoice asks for `due`, and never for less than it has got."""
        key = outer_id(row.id)
        old = orders.invoice_by_outer_id(self.unit, key)
        credited = Money(old.amount - old.rest) if old is not None and old.state != "cancelled" else Money.zero()
        if old is not None and credited:
            orders.change_debt(self.unit, old.id, max(due, credited))
        amount = max(due, credited)
        if not amount and old is not None:  # called off: the sum stays to be read
            amount = Money(old.amount)
        invoice = InvoiceIn(
            outer_id=key,
            number=row.track,
            date=self._day(row),
            buyer=self._carrier(CarrierKey(row.carrier)),
            amount=amount,
            order_outer_id=order.outer_id if order is not None else "",
            order_number=order.number if order is not None else "",
            cancelled=not due and not credited,
            track=row.track,
        )
        invoice_id, changed = orders.put_invoice(self.unit, invoice)
        if row.invoice_id != invoice_id:
            row = rows.put(self.unit, row, invoice_id=invoice_id)
        return row, changed or (old is not None and old.amount != amount.kopecks)

    def _day(self, row: AnyRow) -> date:
        return business_date(from_text(row.made_at), self.terms.zone)

    def _carrier(self, key: CarrierKey) -> Buyer:
        """The carrier as a buyer: as configured, with the ИНН somebody entered where the configuration has none."""
        firm = self.firms.get(key) or FIRMS[key]
        known = self.unit.connection.execute(
            select(buyers).where(buyers.c.company == self.unit.company, buyers.c.outer_id == f"carrier:{key.value}")
        ).one_or_none()
        inn, kpp = firm.inn or (known.inn if known else ""), firm.kpp or (known.kpp if known else "")
        return Buyer(f"carrier:{key.value}", "ul", firm.name, inn, kpp)

    def _order(self, row: AnyRow) -> AnyRow | None:
        """The order of ours it brings; only one that cannot be mistaken."""
        if row.shop:
            return None
        by = order_rows.c.id == row.order_id if row.order_id else order_rows.c.number == row.order_no
        if not (row.order_id or row.order_no):
            return None
        found = self.unit.connection.execute(
            select(order_rows).where(order_rows.c.company == self.unit.company, by).limit(2)
        ).all()
        return found[0] if len(found) == 1 else None

    def _open_invoices(self, order_id: str) -> Sequence[AnyRow]:
        """Those 1C or the order brought."""
        return self.unit.connection.execute(
            select(invoices).where(
                invoices.c.company == self.unit.company,
                invoices.c.order_id == order_id,
                invoices.c.state == "open",
                ~invoices.c.outer_id.startswith(PREFIX),
            )
        ).all()

    def _taken(self, invoice_id: str) -> bool:
        return any(owed(one) for one in self._rows(parcels.c.invoice_id == invoice_id))

    def _rows(self, *where: ColumnElement[bool]) -> list[AnyRow]:
        found = select(parcels).where(parcels.c.company == self.unit.company, *where).order_by(parcels.c.id)
        return list(self.unit.connection.execute(found))


def _fits(invoice: AnyRow, due: Money) -> bool:
    return bool(invoice.state == "open" and invoice.rest == due.kopecks)
