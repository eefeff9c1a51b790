"""Cash on delivery as money: what the bank's statements hold of it, and what follows for the parcel.

How much has come is read off the live allocations to the parcel's invoice each time (`gateway.flows.parcel_cod`), never
counted up. The carrier's own word moves the same machine elsewhere (`gateway.parcels.cod_steps`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gateway.core.money import Money
from gateway.parcels import cod_debt, ending, rows, timeline
from gateway.parcels.cod_steps import CodMove
from gateway.parcels.model import COD, CodEvent, CodState, EndedHow, Stage, Watch
from gateway.parcels.terms import ParcelTerms
from gateway.store import alarms
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

BACK_AND_PAID = "parcel.cod_paid_and_back"
_NOT_WITH_BUYER = frozenset({Stage.RETURN_STARTED, Stage.RETURNED, Stage.LOST})
_NOT_ENDED_BY_MONEY = _NOT_WITH_BUYER | {Stage.PARTIAL}  # the rest of a part taken goes back: it is watched on


@dataclass(frozen=True, slots=True)
class Proof:
    """Why money says that the buyer has it.

    Attributes:
        registry: "77 от 18.11.2026"; "" when none explains the payment. row: of the registry's file, 0 for none.
        message_id: of the bank's message the payment's line stands in.
    """

    payment_id: str
    message_id: str
    registry: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True)
class CameIn:
    """Money for one parcel, as it is allocated now.

    Attributes:
        payment_ids: the payments it came with, the oldest first. bank_time: of the last of them.
        proved: it is the whole sum, by evidence goods would be released on.
        proof: and the carrier paid it, who has handed the parcel over then.
    """

    amount: Money
    payment_ids: tuple[str, ...]
    bank_time: str = ""
    proved: bool = False
    proof: Proof | None = None


def subject(parcel_id: str) -> str:
    """How alarms, the journal and the register name a parcel."""
    return cod_debt.outer_id(parcel_id)


def goes_back(row: AnyRow) -> bool:
    """Whether nobody is to pay for a parcel any more, by its carrier's word; a part that was taken is paid for."""
    return row.stage in _NOT_WITH_BUYER or bool(row.back and row.stage != Stage.PARTIAL)


def follow_money(unit: Unit, terms: ParcelTerms, row: AnyRow, came: CameIn) -> AnyRow:
    """Bring a parcel in line with the money that is here; done twice it changes nothing. Returns its row.

    To the kopeck or not at all: a part of the sum leaves the cash on delivery where it stood, with what is missing
    shown.
    """
    whole = bool(row.cod) and came.amount.kopecks == row.cod
    before = Money(row.cod_received)
    if whole:
        row = _arrive(unit, row, came)
    elif row.cod_state == CodState.ARRIVED:
        row = _take_back(unit, row, came, before)
    elif came.amount != before:
        row = rows.put(unit, row, cod_received=came.amount.kopecks)
        _tell(unit, row, "cod_partly", came, before)
    row = _end(unit, terms, row, came.proof if whole else None)
    _tell_contradiction(unit, row)
    return row


def _arrive(unit: Unit, row: AnyRow, came: CameIn) -> AnyRow:
    if row.cod_state == CodState.ARRIVED and row.cod_payment_id == came.payment_ids[-1]:
        return row
    move = CodMove(CodState(row.cod_state))
    if move.state is not CodState.ARRIVED:
        if CodEvent.ARRIVE not in COD.allowed(move.state):
            return row
        move.step(CodEvent.ARRIVE)
    before = Money(row.cod_received)
    money = {"cod_payment_id": came.payment_ids[-1], "cod_arrived_at": came.bank_time}
    row = rows.put(unit, row, **move.values, **money, cod_received=came.amount.kopecks)
    _tell(unit, row, "cod_arrived", came, before)
    return row


def _take_back(unit: Unit, row: AnyRow, came: CameIn, before: Money) -> AnyRow:
    """The money is not here any more: back to what else is known."""
    move = CodMove(CodState.ARRIVED)
    move.step(CodEvent.REVERSE)
    if not row.cod_collected_at:
        move.step(CodEvent.CALL_OFF if goes_back(row) else CodEvent.EXPECT)
    row = rows.put(unit, row, **move.values, cod_received=came.amount.kopecks)
    _tell(unit, row, "cod_money_back", came, before)
    return row


def _tell(unit: Unit, row: AnyRow, kind: str, came: CameIn, before: Money) -> None:
    short = Money(row.cod) - came.amount
    told = {"amount": str(came.amount), "before": str(before), "short": str(short)}
    unit.journal(f"parcel.{kind}", subject(row.id), **told, payments=list(came.payment_ids))
    timeline.write(unit, row.id, kind, **told)


def _end(unit: Unit, terms: ParcelTerms, row: AnyRow, proof: Proof | None) -> AnyRow:
    """The buyer has paid, so he has it: nobody is asked and nobody reminded any more, until that money is gone."""
    if proof is None:
        gone = row.watch == Watch.ENDED and row.ended_how == EndedHow.MONEY
        return ending.watch_again(unit, terms, row) if gone else row
    if row.watch == Watch.ENDED or Stage(row.stage) in _NOT_ENDED_BY_MONEY | {Stage.DELIVERED}:
        return row
    ended = ending.mark_delivered(unit, terms, row.id, EndedHow.MONEY)
    told: dict[str, Any] = {"payment": proof.payment_id, "message": proof.message_id}
    registry = f"{proof.registry}, {proof.row}" if proof.registry else "—"
    timeline.write(unit, row.id, "proved_by_money", **told, registry=registry)
    unit.journal("parcel.proved_by_money", subject(row.id), **told, registry=registry)
    return ended


def _tell_contradiction(unit: Unit, row: AnyRow) -> None:
    """Money for what came back: one of the two is a slip of the carrier's, and a person asks him which."""
    if row.cod_received and goes_back(row):
        if BACK_AND_PAID not in alarms.open_about(unit, subject(row.id)):
            values = {"track": row.track, "amount": str(Money(row.cod_received))}
            alarms.raise_alarm(unit, BACK_AND_PAID, subject(row.id), values, severity="warning")
    else:
        alarms.clear(unit, BACK_AND_PAID, subject(row.id))
