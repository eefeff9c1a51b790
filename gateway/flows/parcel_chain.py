"""From a parcel to the bank's message its money stands in: what screens show as one chain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from gateway.core.money import Money
from gateway.matching.tables import allocations, decisions
from gateway.orders.tables import invoices
from gateway.parcels import cod_claim, rows
from gateway.parcels.tables import parcels
from gateway.payments.registries import lookup
from gateway.payments.tables import entries, payments
from gateway.settlement.model import LineKind
from gateway.settlement.tables import lines
from gateway.store.schema import AnyRow


@dataclass(frozen=True, slots=True)
class ChainInvoice:
    """What the money is credited to.

    Attributes:
        own: made for this parcel; else the order's.
    """

    id: str
    number: str
    amount: Money
    rest: Money
    state: str
    order_no: str
    own: bool


@dataclass(frozen=True, slots=True)
class ChainMoney:
    """One live allocation, with its payment and the bank's message.

    Attributes:
        evidence: how the message was proved: "signed", "channel" or "file".
        kind: who decided: "auto" or "manual".
        registry: id of the registry that explains the payment, "" for none.
    """

    payment_id: str
    amount: Money
    payer: str
    doc_no: str
    booked: str
    bank_time: str
    message_id: str
    evidence: str
    kind: str
    registry: str


@dataclass(frozen=True, slots=True)
class RegistryTold:
    """A line by which a registry names the parcel.

    Attributes:
        state: of the registry: "waiting" or "used". payment_id: what it explains.
        differs: the line less what was to be collected; zero when they agree.
    """

    registry: str
    number: str
    date: date
    row: int
    amount: Money
    fee: Money
    state: str
    payment_id: str
    differs: Money


@dataclass(frozen=True, slots=True)
class CodChain:
    """See the module.

    Attributes:
        missing: what of the sum is not here.
        invoice: None while nothing is expected.
        told: by registries, whether or not their payment has come.
        owed: lines of the settlement register, for goods of somebody else's: (id, gross, fee, net).
        claims: (id, number, date) of claims it is in, the newest first.
    """

    parcel_id: str
    track: str
    state: str
    cod: Money
    received: Money
    missing: Money
    invoice: ChainInvoice | None
    money: Sequence[ChainMoney]
    told: Sequence[RegistryTold]
    owed: Sequence[tuple[str, Money, Money, Money]]
    claims: Sequence[tuple[str, int, str]]


def cod_chain(connection: Connection, company: str, parcel_id: str) -> CodChain:
    """The chain of one parcel's cash on delivery.

    Raises:
        Refused: `parcel.not_found`.
    """
    row = rows.read(connection, company, parcel_id)
    cod, received = Money(row.cod), Money(row.cod_received)
    return CodChain(
        parcel_id=row.id,
        track=row.track,
        state=row.cod_state,
        cod=cod,
        received=received,
        missing=cod - received,
        invoice=_invoice(connection, row),
        money=_money(connection, row),
        told=[_told(line, cod) for line in lookup.naming_track(connection, company, row.track)],
        owed=_owed(connection, row),
        claims=[(one.id, one.number, one.date) for one in cod_claim.of_parcel(connection, company, row.id)],
    )


def _invoice(connection: Connection, row: AnyRow) -> ChainInvoice | None:
    found = connection.execute(select(invoices).where(invoices.c.id == row.invoice_id)).one_or_none()
    if found is None:
        return None
    return ChainInvoice(
        id=found.id,
        number=found.number,
        amount=Money(found.amount),
        rest=Money(found.rest),
        state=found.state,
        order_no=found.order_no,
        own=found.outer_id == f"parcel:{row.id}",
    )


def _money(connection: Connection, row: AnyRow) -> list[ChainMoney]:
    found = connection.execute(
        select(
            allocations.c.payment_id,
            allocations.c.amount,
            payments.c.bank_time,
            entries.c.party_name,
            entries.c.doc_no,
            entries.c.booked,
            entries.c.message_id,
            entries.c.evidence,
            decisions.c.kind,
            decisions.c.registry_id,
        )
        .join(parcels, parcels.c.invoice_id == allocations.c.invoice_id)
        .join(payments, payments.c.id == allocations.c.payment_id)
        .join(entries, entries.c.id == allocations.c.payment_id)
        .join(decisions, decisions.c.id == allocations.c.decision_id)
        .where(parcels.c.id == row.id, allocations.c.undone == 0)
        .order_by(allocations.c.id)
    )
    return [
        ChainMoney(
            payment_id=one.payment_id,
            amount=Money(one.amount),
            payer=one.party_name,
            doc_no=one.doc_no,
            booked=one.booked or "",
            bank_time=one.bank_time,
            message_id=one.message_id,
            evidence=one.evidence,
            kind=one.kind,
            registry=one.registry_id or "",
        )
        for one in found
    ]


def _told(line: AnyRow, cod: Money) -> RegistryTold:
    return RegistryTold(
        registry=line.registry_id,
        number=line.number,
        date=date.fromisoformat(line.date),
        row=line.row,
        amount=Money(line.amount),
        fee=Money(line.fee),
        state=line.state,
        payment_id=line.payment_id or "",
        differs=Money(line.amount) - cod,
    )


def _owed(connection: Connection, row: AnyRow) -> list[tuple[str, Money, Money, Money]]:
    found = connection.execute(
        select(lines)
        .where(
            lines.c.company == row.company, lines.c.subject == f"parcel:{row.id}", lines.c.kind == LineKind.COD.value
        )
        .order_by(lines.c.id)
    )
    return [(one.id, Money(one.gross), Money(one.fee), Money(one.net)) for one in found]
