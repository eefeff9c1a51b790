"""Who waits for a parcel, corrected by our people; and buyers who are to be left alone."""

from __future__ import annotations

from gateway.core.authority import Right
from gateway.core.errors import Refused
from gateway.core.text import one_line
from gateway.notify import queue
from gateway.parcels import rows, timeline
from gateway.parcels.parcels import PHONE_WIRED, contacts_of, search_text
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

_LONGEST_NAME = 200


def set_contacts(
    unit: Unit, parcel_id: str, *, name: str, phone: str, email: str, expected_version: int | None = None
) -> AnyRow:
    """Put down who waits for it, as a whole: what is "" is not known. What is about to be sent goes to who was known
    when it was written.

    Raises:
        Refused: `authority.missing`, `parcel.not_found`, `parcel.purged`, `parcel.phone_wrong`, `parcel.email_wrong`.
        Conflict: `parcel.changed`.
    """
    unit.actor.require(Right.PARCELS_WORK)
    row = rows.open_for(unit, parcel_id, expected_version)
    if row.purged_at:
        raise Refused("parcel.purged", track=row.track)
    found, doubts = contacts_of(phone, email)
    unread = next((doubt.code for doubt in doubts if doubt.code != PHONE_WIRED), None)
    if unread:
        raise Refused(unread)
    values = {"name": one_line(name, _LONGEST_NAME), **found}
    changed = [each for each, value in values.items() if value != row._mapping[each]]
    if not changed:
        return row
    after = rows.put(unit, row, **values, search=search_text({**row._mapping, **values}))
    unit.journal("parcel.contacts_changed", f"parcel:{row.id}", fields=changed)
    timeline.write(unit, row.id, "contacts_changed", fields=", ".join(changed))
    return after


def mute(unit: Unit, parcel_id: str, silent: bool, expected_version: int | None = None) -> AnyRow:
    """Write to this parcel's buyer no more, or again. What was about to be sent is taken back.

    Raises:
        Refused: `authority.missing`, `parcel.not_found`.
        Conflict: `parcel.changed`.
    """
    unit.actor.require(Right.PARCELS_WORK)
    row = rows.open_for(unit, parcel_id, expected_version)
    if bool(row.no_messages) == silent:
        return row
    after = rows.put(unit, row, no_messages=int(silent))
    if silent:
        queue.withdraw(unit, f"parcel:{row.id}", ("",), "parcel.muted")
    kind = "muted" if silent else "unmuted"
    unit.journal(f"parcel.{kind}", f"parcel:{row.id}")
    timeline.write(unit, row.id, kind)
    return after
