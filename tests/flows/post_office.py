"""A shop that sends parcels with cash on delivery, and a Post that pays lump sums with a registry."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import ColumnElement, select

from gateway.core.authority import SERVICE, Actor
from gateway.core.errors import Refused
from gateway.core.money import Money
from gateway.core.references import Reference
from gateway.flows import by_hand, parcel_cod, parcel_cod_rounds, registries
from gateway.flows.terms import Terms
from gateway.matching import service as matching
from gateway.orders.model import Buyer
from gateway.orders.tables import invoices
from gateway.parcels import parcels as entering
from gateway.parcels import timeline, tracking
from gateway.parcels.carriers.ports import History, MoneyRecord, Record
from gateway.parcels.model import Effect, Source
from gateway.parcels.parcels import NewParcel
from gateway.parcels.tables import parcels
from gateway.parcels.terms import ParcelTerms
from gateway.payments.registries.mapping import ColumnMapping, Place
from gateway.payments.tables import entries, payments
from gateway.settlement.tables import lines
from gateway.store.alarms import open_alarms
from gateway.store.schema import AnyRow
from tests.flows.shop import ACCOUNTANT, TERMS, Shop

POST = Buyer("post", "ul", "АО Почта России", "7724490000")
PAYING = replace(
    TERMS, policy=replace(TERMS.policy, payout_partners={POST.inn: "post"}), parcels=ParcelTerms(cod_days=10)
)
BY_TRACK = ColumnMapping(
    key=("ШПИ",),
    kind=Reference.TRACK,
    amount="Сумма",
    fee="Плата",
    number=Place(heading=r"реестр № (\S+)"),
    date=Place(heading=r"от (\d\d\.\d\d\.\d{4})"),
)
CODES = {
    Effect.ARRIVE: "8:2",
    Effect.DELIVER: "2:1",
    Effect.TURN_BACK: "3:1",
    Effect.DELIVER_BACK: "2:2",
    Effect.COD_PAID: "63:0",
}


@contextmanager
def refused(code: str) -> Iterator[None]:
    """What is done inside is refused with this code."""
    with pytest.raises(Refused) as caught:
        yield
    assert caught.value.code == code


def domestic(number: int) -> str:
    """A track of 14 digits with its check digit."""
    digits = f"{14102192000000 + number * 10:014d}"[:13]
    odd, even = sum(map(int, digits[0::2])), sum(map(int, digits[1::2]))
    return digits + str((10 - (3 * odd + even) % 10) % 10)


class PostOffice(Shop):
    """See the module.

    Attributes:
        terms: of the trade, with parcels.
    """

    def __init__(self, folder: Path, terms: Terms = PAYING) -> None:
        super().__init__(folder)
        self.terms = terms
        self._registries = 0
        self._told: dict[str, list[Record]] = {}

    # ------------------------------------------------------------------ parcels

    def parcel(self, number: int, kopecks: int = 120_000, **more: Any) -> str:
        """A parcel with cash on delivery is entered; returns its id."""
        new = NewParcel(domestic(number), Source.HAND, cod=Money(kopecks), **more)
        assert self.terms.parcels is not None
        with self.store.unit(SERVICE) as unit:
            put = entering.put(unit, self.terms.parcels, new)
            parcel_cod.follow(unit, self.terms, put.id)
            unit.commit()
        return put.id

    def says(self, parcel_id: str, *effects: Effect, collected: bool = False) -> None:
        """The Post's history goes on; `collected`: its money events say that the buyer has paid."""
        told = self._told.setdefault(parcel_id, [])
        now, row = self.clock.now(), self.row(parcel_id)
        for effect in effects:
            place = len(told) + 1
            told.append(Record(now, 180, place, CODES[effect], effect.value, effect, "443063", "Самара"))
        money = (MoneyRecord(now, "3", "Оплачен", Money(row.cod), True),) if collected else ()
        assert self.terms.parcels is not None
        with self.store.unit(SERVICE) as unit:
            tracking.take(unit, self.terms.parcels, parcel_id, History(row.track, True, tuple(told), money), "r")
            parcel_cod.follow(unit, self.terms, parcel_id)
            unit.commit()

    def row(self, parcel_id: str) -> AnyRow:
        return self.one(select(parcels).where(parcels.c.id == parcel_id))

    def change(self, parcel_id: str, **values: Any) -> None:
        """What is known of a parcel is put right."""
        with self.store.unit(SERVICE) as unit:
            unit.update(parcels, parcel_id, **values)
            parcel_cod.follow(unit, self.terms, parcel_id)
            unit.commit()

    def invoice(self, parcel_id: str) -> AnyRow:
        return self.one(select(invoices).where(invoices.c.id == self.row(parcel_id).invoice_id))

    def cod(self, parcel_id: str) -> tuple[str, int]:
        row = self.row(parcel_id)
        return row.cod_state, row.cod_received

    def kinds(self, parcel_id: str) -> list[str]:
        with self.store.reading() as connection:
            return [line["code"].removeprefix("parcel_event.") for line in timeline.read(connection, parcel_id)]

    # ------------------------------------------------------------------ money

    def registry(self, *listed: tuple[int, int], fee: int = 0) -> int:
        """A registry of the Post: (parcel, kopecks) each; returns its number. `fee` is of each line."""
        return self.registry_of(*((domestic(number), kopecks, fee) for number, kopecks in listed))

    def registry_of(self, *listed: tuple[str, int, int]) -> int:
        """A registry of a carrier: (track, kopecks, fee) each; returns its number."""
        self._registries += 1
        text = [f"реестр № {self._registries} от 18.11.2026", "ШПИ;Сумма;Плата"]
        text += [
            f"{track};{Money(kopecks).decimal_text()};{Money(fee).decimal_text()}" for track, kopecks, fee in listed
        ]
        with self.store.unit(ACCOUNTANT) as unit:
            name = f"r{self._registries}.csv"
            registries.receive(unit, self.terms, POST.inn, name, "\r\n".join(text).encode(), BY_TRACK)
            unit.commit()
        return self._registries

    def lump(self, registry: int, kopecks: int, evidence: str = "signed") -> str:
        """The payment a registry explains; returns its id."""
        text = f"Перевод наложенного платежа по реестру № {registry} от 18.11.2026. НДС не облагается"
        taken = self.deliver(self.line(kopecks, text, payer=POST), evidence=evidence, terms=self.terms)
        assert not taken.failed
        return str(self.rows(payments)[-1].id)  # type: ignore[attr-defined]

    def paid_for(self, *listed: tuple[int, int], fee: int = 0) -> str:
        """Registry and lump payment together; returns the payment's id."""
        net = sum(kopecks - fee for _, kopecks in listed)
        return self.lump(self.registry(*listed, fee=fee), net)

    def taken_back(self, payment_id: str) -> None:
        """The bank's storno of a payment."""
        entry = self.one(select(entries).where(entries.c.id == payment_id))
        back = self.line(entry.amount, "сторно", payer=POST, reversal_of=entry.ref)
        assert not self.deliver(back, terms=self.terms).failed

    def undone(self, payment_id: str) -> None:
        """The last decision about a payment is taken back by a person."""
        with self.store.unit(ACCOUNTANT) as unit:
            last = matching.last_decision(unit, payment_id)
            assert last is not None
            by_hand.undo(unit, self.terms, last.id)
            unit.commit()

    def assigned(self, payment_id: str, *pairs: tuple[str, int], actor: Actor = ACCOUNTANT) -> None:
        """A person credits a payment to parcels: (id, kopecks) each."""
        given = [(self.row(parcel_id).invoice_id, Money(kopecks)) for parcel_id, kopecks in pairs]
        with self.store.unit(actor) as unit:
            by_hand.allocate(unit, self.terms, payment_id, given)
            unit.commit()

    def round(self) -> int:
        return parcel_cod_rounds.settle_cod(self.store, self.terms)

    # ------------------------------------------------------------------ what there is

    def one(self, query: Any) -> AnyRow:
        with self.store.reading() as connection:
            return connection.execute(query).one()

    def every(self, query: Any) -> list[AnyRow]:
        with self.store.reading() as connection:
            return list(connection.execute(query))

    def payment(self, payment_id: str) -> tuple[str, str]:
        row = self.one(select(payments).where(payments.c.id == payment_id))
        return row.state, row.outcome

    def register(self, *where: ColumnElement[bool]) -> list[tuple[int, int, int, int]]:
        """(gross, fee, net, VAT) of each line."""
        found = self.every(select(lines).where(*where).order_by(lines.c.id))
        return [(row.gross, row.fee, row.net, row.vat) for row in found]

    def alarms(self) -> list[str]:
        with self.store.reading() as connection:
            return [alarm.code for alarm in open_alarms(connection, self.store.company)]
