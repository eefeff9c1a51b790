"""Entering parcels: from files, programs, orders, 1C and by hand, each number once.

A parcel that is known already is not entered again: what was not known of it is filled in, and what is told
differently now is reported and not believed, because nobody can say which of two tellings is the true one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from gateway.core.authority import OUTSIDE, Right
from gateway.core.contacts import check_email, check_phone
from gateway.core.errors import Refused
from gateway.core.ids import new_id
from gateway.core.money import Money
from gateway.core.text import fold, one_line
from gateway.notify import consents
from gateway.notify.addresses import address_of
from gateway.notify.model import ConsentSource, ConsentWord, NotificationChannel
from gateway.parcels import barcodes, rows, timeline
from gateway.parcels.model import CarrierKey, CodState, EndedHow, Source, Stage, Watch
from gateway.parcels.tables import parcels
from gateway.parcels.terms import ParcelTerms
from gateway.parcels.zones import region_of
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

MOST = Money(1_000_000_000)
"""The dearest a parcel may be: ten million roubles; a greater sum is a slip of the keyboard."""

PHONE_WIRED = "parcel.phone_wired"

_NOTHING = Money(0)
_SUMS = ("order_sum", "declared", "cod", "postage")
_LONGEST = {"order_no": 64, "name": 200, "address": 500, "index_to": 20}
_SAID = ("order_id", "order_no", "name", "phone", "email", "index_to", "address", "mail_type", *_SUMS)


@dataclass(frozen=True, slots=True)
class NewParcel:
    """A parcel as it is told of.

    Attributes:
        track: as typed. carrier: None to tell it from the number.
        shop: key of the shop or agent whose goods it holds; "" ours.
        name, phone, email: of the buyer, as typed.
        cod: to be collected from the buyer. postage: what sending it costs us.
        mail_type: the Post's; 0 unknown.
        consent: the shop has the buyer's consent to messages, and says so.
    """

    track: str
    source: Source
    carrier: CarrierKey | None = None
    shop: str = ""
    order_id: str | None = None
    order_no: str = ""
    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    order_sum: Money = _NOTHING
    declared: Money = _NOTHING
    cod: Money = _NOTHING
    postage: Money = _NOTHING
    index_to: str = ""
    address: str = field(default="", repr=False)
    mail_type: int = 0
    consent: bool = False


class Outcome(StrEnum):
    """What came of it."""

    TAKEN = "taken"
    KNOWN = "known"
    CHANGED = "changed"  # known, and some of it was not


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to look at, which kept nothing from being done: a message of the catalogue."""

    code: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Put:
    """What came of a parcel told of.

    Attributes:
        warnings: what was put right, left out, or is told differently than before.
    """

    id: str
    outcome: Outcome
    warnings: tuple[Remark, ...] = ()


def put(unit: Unit, terms: ParcelTerms, new: NewParcel) -> Put:
    """Enter a parcel, or fill in what was not known of it.

    Raises:
        Refused: `authority.missing`, `parcel.track_…` of `barcodes.check`, `parcel.sum_wrong`, `parcel.foreign` for a
            number another party has.
    """
    unit.actor.require(Right.PARCELS_FEED)
    outside = unit.actor.role in OUTSIDE
    shop = unit.actor.party if outside else new.shop
    checked = barcodes.check(new.track)
    warnings = [Remark(code, {"track": checked.track}) for code in checked.warnings]
    if new.carrier not in (None, checked.carrier):
        warnings.append(Remark("parcel.carrier_differs", {"track": checked.track}))
    said, doubts = _said(new)
    warnings += doubts
    row = rows.find(unit.connection, unit.company, checked.carrier, checked.track)
    if row is None:
        parcel_id = _enter(unit, terms, new.source, shop, checked, said)
        outcome = Outcome.TAKEN
    else:
        if outside and row.shop != shop:
            raise Refused("parcel.foreign", track=checked.track)
        if row.shop != shop:
            warnings.append(Remark("parcel.differs", {"field": "shop"}))
        if row.ended_how == EndedHow.REMOVED:  # whoever enters it anew expects it to be watched
            warnings.append(Remark("parcel.ended", {"track": checked.track}))
        parcel_id = row.id
        outcome, differences = _fill_in(unit, row, said)
        warnings += differences
    if new.consent:
        _consent(unit, parcel_id, said)
    return Put(parcel_id, outcome, tuple(warnings))


def contacts_of(phone: str, email: str) -> tuple[dict[str, str], list[Remark]]:
    """A phone number and an address in one spelling each, "" for what is none; and what was wrong with them."""
    found = {"phone": "", "email": ""}
    doubts = []
    for name, typed, check in (("phone", phone, check_phone), ("email", email, check_email)):
        try:
            found[name] = check(typed) if typed.strip() else ""
        except Refused as refused:
            doubts.append(Remark(f"parcel.{refused.code.replace('.', '_')}"))
    if found["phone"] and not address_of(NotificationChannel.SMS, found["phone"]):
        doubts.append(Remark(PHONE_WIRED))
    return found, doubts


def search_text(values: Mapping[str, Any], *old: str) -> str:
    """What a parcel is looked up by: its numbers, the order's, and who waits for it.

    Args:
        old: numbers it had before.
    """
    words = [values[name] for name in ("track", "order_no", "name", "phone", "email")]
    return fold(" ".join(filter(None, (*words, *old))))


def in_control(parcel_id: str, percent: int) -> bool:
    """Whether a parcel is of the control group: told from its id alone, so that nobody picks."""
    digest = hashlib.sha256(f"control {parcel_id}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % 100 < percent


def _said(new: NewParcel) -> tuple[dict[str, Any], list[Remark]]:
    """The columns of what was told, and what was wrong with it.

    Raises:
        Refused: `parcel.sum_wrong`.
    """
    said: dict[str, Any] = {"order_id": new.order_id, "mail_type": new.mail_type}
    for name, longest in _LONGEST.items():
        said[name] = one_line(getattr(new, name), longest)
    for name in _SUMS:
        amount: Money = getattr(new, name)
        if not _NOTHING <= amount <= MOST:
            raise Refused("parcel.sum_wrong", amount=amount.decimal_text())
        said[name] = amount.kopecks
    contacts, doubts = contacts_of(new.phone, new.email)
    region = region_of(said["index_to"])
    if said["index_to"] and region is None:
        doubts.append(Remark("parcel.index_unknown", {"index": said["index_to"]}))
    return {**said, **contacts}, doubts


def _enter(
    unit: Unit, terms: ParcelTerms, source: Source, shop: str, checked: barcodes.Checked, said: Mapping[str, Any]
) -> str:
    parcel_id = new_id()
    region = region_of(said["index_to"])
    row = {
        **_BLANK,
        **said,
        "id": parcel_id,
        "company": unit.company,
        "carrier": checked.carrier.value,
        "track": checked.track,
        "source": source.value,
        "shop": shop,
        "region": region.number if region else "",
        "offset_minutes": region.offset_minutes if region else None,
        "stage_since": unit.at,
        "moved_at": unit.at,
        "ask_at": unit.at,
        "control": int(in_control(parcel_id, terms.control_percent)),
        "cod_state": (CodState.EXPECTED if said["cod"] else CodState.NONE).value,
        "search": search_text({**said, "track": checked.track}),
        "made_at": unit.at,
        "made_by": str(unit.actor),
    }
    unit.insert(parcels, row)
    unit.journal("parcel.entered", f"parcel:{parcel_id}", track=checked.track, source=source.value, cod=said["cod"])
    timeline.write(unit, parcel_id, "entered", source=source.value)
    return parcel_id


def _fill_in(unit: Unit, row: AnyRow, said: Mapping[str, Any]) -> tuple[Outcome, list[Remark]]:
    """Columns nothing was known for; of a parcel whose personal data is gone, none."""
    filled: dict[str, Any] = {}
    differences = []
    for name in _SAID:
        had = row._mapping[name]
        if not said[name] or said[name] == had or (row.purged_at and name in ("name", "phone", "email", "address")):
            continue
        if had:
            differences.append(Remark("parcel.differs", {"field": name}))
        else:
            filled[name] = said[name]
    if not filled:
        return Outcome.KNOWN, differences
    values = dict(row._mapping) | filled
    if "index_to" in filled and (region := region_of(values["index_to"])):
        filled["region"] = region.number
        if row.offset_minutes is None:
            filled["offset_minutes"] = region.offset_minutes
    if "cod" in filled and row.cod_state == CodState.NONE:
        filled["cod_state"] = CodState.EXPECTED.value
    rows.put(unit, row, **filled, search=search_text(values), history_hash="")
    timeline.write(unit, row.id, "filled_in", fields=", ".join(name for name in _SAID if name in filled))
    return Outcome.CHANGED, differences


def _consent(unit: Unit, parcel_id: str, said: Mapping[str, Any]) -> None:
    for channel, typed in ((NotificationChannel.SMS, said["phone"]), (NotificationChannel.EMAIL, said["email"])):
        if typed and address_of(channel, typed):
            consents.put(unit, typed, channel, ConsentWord.GIVEN, ConsentSource.SHOP, f"parcel:{parcel_id}")


_BLANK: dict[str, Any] = {
    "version": 1,
    "invoice_id": None,
    "stage": Stage.REGISTERED.value,
    "back": 0,
    "accepted_at": None,
    "arrived_at": None,
    "delivered_at": None,
    "returned_at": None,
    "office_index": "",
    "office_name": "",
    "keep_until": None,
    "last_code": "",
    "known": 0,
    "watch": Watch.ACTIVE.value,
    "ended_at": None,
    "ended_how": "",
    "ended_by": "",
    "asked_at": None,
    "answered_at": None,
    "failures": 0,
    "history_hash": "",
    "no_messages": 0,
    "reminders": 0,
    "remind_at": None,
    "guess_since": None,
    "guess_share": "",
    "guess_basis": "",
    "cod_collected_at": None,
    "cod_arrived_at": None,
    "cod_payment_id": None,
    "cod_due": None,
    "purged_at": None,
}
