"""Who waits for a parcel, corrected by our people; and buyers who are to be left alone."""

from __future__ import annotations

from gateway.core.authority import Right
from gateway.core.errors import Refused
from gateway.core.text import one_line
from gateway.notify import queue, readdressing
from gateway.notify import rows as messages
from gateway.notify.model import NotificationChannel
from gateway.notify.terms import NotifyTerms
from gateway.parcels import reminders, rows, timeline
from gateway.parcels.parcels import PHONE_WIRED, contacts_of, search_text
from gateway.parcels.terms import ParcelTerms
from gateway.parcels.wording import about
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

_LONGEST_NAME = 200


def set_contacts(
    unit: Unit,
    notify: NotifyTerms,
    parcel_id: str,
    *,
    name: str,
    phone: str,
    email: str,
    expected_version: int | None = None,
) -> AnyRow:
    """Put down who waits for it, as a whole: what is "" is not known. What was not sent yet goes to him, and to nobody
    who was taken for him.

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
    readdressing.readdress(unit, notify, about(row.id), after.phone, after.email)
    return after


def resend(unit: Unit, notify: NotifyTerms, notification_id: str, reason: str) -> str:
    """Have a message sent again; one about a parcel goes to whoever waits for it now. See `queue.resend`.

    Raises:
        Refused: what `queue.resend` raises.
    """
    unit.actor.require(Right.PARCELS_WORK)
    message = messages.read(unit.connection, unit.company, notification_id)
    subject, _, parcel_id = message.about.partition(":")
    if subject != "parcel":
        return queue.resend(unit, notify, notification_id, reason)
    row = rows.open_for(unit, parcel_id)
    to = row.phone if message.channel == NotificationChannel.SMS else row.email
    return queue.resend(unit, notify, notification_id, reason, to)


def mute(unit: Unit, terms: ParcelTerms, parcel_id: str, silent: bool, expected_version: int | None = None) -> AnyRow:
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
        queue.withdraw(unit, about(row.id), ("",), "parcel.muted")
    else:
        reminders.plan_again(unit, terms, after)
    kind = "muted" if silent else "unmuted"
    unit.journal(f"parcel.{kind}", f"parcel:{row.id}")
    timeline.write(unit, row.id, kind)
    return after
