"""What follows when a carrier has said something new of a parcel, in the unit that took it in."""

from __future__ import annotations

from gateway.flows import parcel_messages
from gateway.notify.terms import NotifyTerms
from gateway.parcels import guess, reminders
from gateway.parcels.terms import ParcelTerms
from gateway.parcels.tracking import Taken
from gateway.store.unit import Unit


def follow(unit: Unit, terms: ParcelTerms, notify: NotifyTerms, taken: Taken | None) -> None:
    """The buyer's messages, his next reminder, and whether it may wait for him although nobody said so.

    Args:
        taken: of `tracking.take`; None when the carrier said nothing new.
    """
    if taken is None:
        return
    parcel_messages.tell(unit, terms, notify, taken)
    reminders.plan(unit, terms, taken)
    guess.reckon(unit, terms, taken.row_after)
