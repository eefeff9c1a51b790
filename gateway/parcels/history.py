"""Where a parcel stands: reckoned from all its operations each time, and from nothing else.

Operations are taken by their time. That order is not one of meaning: the Post has been seen to accept a parcel months
after its arrival, to write down an arrival late, and to say everything twice. So each effect asks where the parcel is
before it changes anything, and what makes no sense there changes nothing.

Four rules carry the rest:

* What turned back goes to the sender: an arrival on that way is nobody's arrival.
* What was sent on, taken out of a locker or cannot be found has not arrived, wherever it was before. The next arrival
  is a new one, and the buyer hears of it anew.
* Handed over is handed over. Only a return, a part of it given back or the sender's own signature undoes that.
* Money is evidence: once the buyer has paid the cash on delivery, he has it, whatever was or was not written down.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from gateway.core.money import Money
from gateway.parcels.carriers.ports import Record
from gateway.parcels.fold import TELLS_NO_PLACE, Arrival, Fold
from gateway.parcels.meaning import WaitingPlace
from gateway.parcels.model import AT_BUYER, OVER, CarrierKey, Stage
from gateway.parcels.records import in_order, record_of
from gateway.parcels.zones import offset_of
from gateway.store.schema import AnyRow

_NO_DAYS: Mapping[int, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Standing:
    """What the operations say.

    Attributes:
        since: when this stage began; None before the first operation. moved_at: the last operation, of whatever kind.
        back: it, or the rest of it, goes back to the sender, or is there.
        accepted_at: the carrier has had it since.
        arrived_at: at the place it waits at, or waited at last; None when it was sent on from there.
        delivered_at: to the buyer, wholly or in part. returned_at: to the sender, wholly or the rest.
        paid_at: the buyer has paid the cash on delivery, by an operation of the carrier.
        office_index, office_name: where it waits for the buyer, else where it was seen last.
        offset_minutes: of the buyer's clock, as far as can be told: of the place it arrived at, or goes to.
        keep_until: the last day it is kept for the buyer; None when it does not wait for him, or nobody says.
        last_code: of the last operation. arrival_code, waits_at: of the arrival.
        cod, declared, mail_type, index_to: the first the records say; later ones have been seen to say 0.
        arrival_no: how many times it has arrived for the buyer, 0 for not yet.
        arrival_key: the present or last arrival, as "170100#1": the first at that office. It stays when an earlier
            arrival elsewhere comes to light; messages are keyed by it. "" for none.
    """

    stage: Stage
    since: datetime | None
    moved_at: datetime | None
    back: bool
    accepted_at: datetime | None
    arrived_at: datetime | None
    delivered_at: datetime | None
    returned_at: datetime | None
    paid_at: datetime | None
    office_index: str
    office_name: str
    offset_minutes: int | None
    keep_until: date | None
    last_code: str
    arrival_code: str
    waits_at: WaitingPlace | None
    cod: Money
    declared: Money
    mail_type: int
    index_to: str
    arrival_no: int
    arrival_key: str

    @property
    def over(self) -> bool:
        """Whether the carrier has nothing more to say."""
        return self.stage in OVER or (self.stage is Stage.PARTIAL and self.returned_at is not None)


def standing(
    records: Sequence[Record | AnyRow],
    *,
    now: datetime,
    carrier: CarrierKey = CarrierKey.POST,
    mail_type: int = 0,
    contract_days: Mapping[int, int] = _NO_DAYS,
) -> Standing:
    """What all operations known so far come to. Their order and repeats among them make no difference.

    Args:
        records: as read, or rows of `parcel_operations`.
        now: no operation counts as later than this, so that a wrong clock at an office hides nothing that is stuck.
        carrier: whose codes they are; only the Post's storage terms are known.
        mail_type: as told by the sender; for records that do not say it.
        contract_days: of storage by mail type, as the contract with the Post says.
    """
    ordered = in_order([record if isinstance(record, Record) else record_of(record) for record in records])
    said_type = next((record.mail_type for record in ordered if record.mail_type), mail_type)
    fold = Fold(carrier, said_type, contract_days)
    for record in ordered:
        fold.take(record)
    arrival = fold.arrival
    seen_at = fold.seen
    waits = arrival is not None and fold.stage in AT_BUYER
    if arrival is not None and waits:
        seen_at = arrival.record
    index_to = next((record.index_to for record in ordered if record.index_to.strip("0")), "")
    return Standing(
        stage=fold.stage,
        since=fold.since,
        moved_at=min(ordered[-1].at, now) if ordered else None,
        back=fold.back,
        accepted_at=next((record.at for record in ordered if record.effect not in TELLS_NO_PLACE), None),
        arrived_at=arrival.record.at if arrival else None,
        delivered_at=fold.delivered_at,
        returned_at=fold.returned_at,
        paid_at=fold.paid_at,
        office_index=seen_at.office_index if seen_at else "",
        office_name=seen_at.office if seen_at else "",
        offset_minutes=_buyers_offset(arrival, index_to),
        keep_until=arrival.keep_until if arrival and waits else None,
        last_code=ordered[-1].code if ordered else "",
        arrival_code=arrival.record.code if arrival else "",
        waits_at=arrival.place if arrival else None,
        cod=next((record.cod for record in ordered if record.cod), Money.zero()),
        declared=next((record.declared for record in ordered if record.declared), Money.zero()),
        mail_type=said_type,
        index_to=index_to,
        arrival_no=fold.arrivals.total(),
        arrival_key=arrival.key if arrival else "",
    )


def _buyers_offset(arrival: Arrival | None, index_to: str) -> int | None:
    if arrival is None:
        return offset_of(index_to)
    told = arrival.record.offset_minutes
    return told if told is not None else offset_of(arrival.record.office_index)
