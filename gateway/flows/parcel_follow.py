"""What follows when a carrier has said something new of a parcel, in the unit that took it in."""

from __future__ import annotations

from gateway.flows import parcel_cod, parcel_messages
from gateway.flows.terms import Terms
from gateway.notify.terms import NotifyTerms
from gateway.parcels import guess, reminders
from gateway.parcels.tracking import Taken
from gateway.store.unit import Unit


def follow(unit: Unit, terms: Terms, notify: NotifyTerms, taken: Taken | None) -> None:
    """The buyer's messages, his next reminder, whether it may wait for him although nobody said so, and its money.

    Money comes last: where it proves that the buyer has the parcel, what was queued a moment ago is taken back.

    Args:
        taken: of `tracking.take`; None when the carrier said nothing new.
    """
    if taken is None or terms.parcels is None:
        return
    parcel_messages.tell(unit, terms.parcels, notify, taken)
    reminders.plan(unit, terms.parcels, taken)
    guess.reckon(unit, terms.parcels, taken.row_after)
    parcel_cod.follow(unit, terms, taken.row_after.id)
