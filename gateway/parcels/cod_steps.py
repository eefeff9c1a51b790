"""Cash on delivery as the carrier's word moves it; money itself moves it elsewhere, by its allocation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from gateway.core.clock import business_date, to_text
from gateway.parcels.history import Standing
from gateway.parcels.model import COD, CodEvent, CodState, Stage
from gateway.parcels.rows import cleared
from gateway.parcels.terms import ParcelTerms
from gateway.store.schema import AnyRow

_GOES_BACK = frozenset({Stage.RETURN_STARTED, Stage.RETURNED, Stage.LOST})


@dataclass(slots=True)
class CodMove:
    """What becomes of a parcel's cash on delivery.

    Attributes:
        values: columns that change.
        events: what happened, in order.
    """

    state: CodState
    values: dict[str, Any] = field(default_factory=dict)
    events: list[CodEvent] = field(default_factory=list)

    def step(self, event: CodEvent) -> None:
        """
        Raises:
            Refused: `state.illegal`.
        """
        found = COD.step(self.state, event)
        self.state = found.to
        self.values |= {**cleared(found.clears), "cod_state": found.to.value}
        self.events.append(event)


def moved(row: AnyRow, after: Standing, terms: ParcelTerms, *, now: datetime, delivered_at: datetime | None) -> CodMove:
    """What a parcel's standing makes of its cash on delivery.

    Args:
        delivered_at: by whatever evidence; from then on its money is due, and from `now` when that is said to be later.
    """
    move = CodMove(CodState(row.cod_state))
    if move.state is CodState.NONE:
        amount = row.cod or after.cod.kopecks
        if not amount:
            return move
        move.values["cod"] = amount
        move.step(CodEvent.EXPECT)
    if after.stage in _GOES_BACK and after.paid_at is None:
        if CodEvent.CALL_OFF in COD.allowed(move.state):
            move.step(CodEvent.CALL_OFF)
            move.values["cod_due"] = None
        return move
    if move.state is CodState.VOID:
        move.step(CodEvent.EXPECT)
    if after.paid_at and not row.cod_collected_at:
        move.values["cod_collected_at"] = to_text(after.paid_at)
        if CodEvent.COLLECT in COD.allowed(move.state):
            move.step(CodEvent.COLLECT)
    handed = delivered_at or after.paid_at
    if handed and (not row.cod_due or CodEvent.EXPECT in move.events):
        since = business_date(min(handed, now), terms.zone)
        move.values["cod_due"] = (since + timedelta(days=terms.cod_days)).isoformat()
    return move
