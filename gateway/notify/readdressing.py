"""Whom a message is for has another address now than when it was written."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import or_, select

from gateway.notify import consents, queue, rows
from gateway.notify.addresses import address_of
from gateway.notify.model import NotificationChannel, NotificationState
from gateway.notify.tables import notifications
from gateway.notify.terms import NotifyTerms
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

ANOTHER_ADDRESS = "notify.another_address"


def readdress(unit: Unit, terms: NotifyTerms, about: str, phone: str, email: str) -> None:
    """What was not sent goes to whom it is for now, in the words it was written in. What has no address any more, or
    one that may not be written to, is taken back; the letter it would have been followed by goes in its place.

    Args:
        phone, email: "" where there is none.
    """
    channels = {NotificationChannel.SMS: phone, NotificationChannel.EMAIL: email}
    found = unit.connection.execute(
        select(notifications).where(
            notifications.c.company == unit.company,
            notifications.c.about == about,
            or_(notifications.c.state.in_(queue.NOT_SENT), notifications.c.fallback_address != ""),
        )
    ).all()
    for row in found:
        _readdress(unit, terms, row, {channel: address_of(channel, typed) for channel, typed in channels.items()})


def _readdress(unit: Unit, terms: NotifyTerms, row: AnyRow, to: Mapping[NotificationChannel, str]) -> None:
    letter_to = to[NotificationChannel.EMAIL]
    if row.fallback_address and row.fallback_address != letter_to:
        unit.update(notifications, row.id, **({"fallback_address": letter_to} if letter_to else queue.NO_FALLBACK))
        row = rows.read(unit.connection, unit.company, row.id)
    channel = NotificationChannel(row.channel)
    address = to[channel]
    if row.state not in queue.NOT_SENT or row.address == address:
        return
    if row.state == NotificationState.SENDING:
        queue.take_back(unit, row, ANOTHER_ADDRESS)
    elif consents.may(unit.connection, unit.company, terms, address, channel):
        unit.update(notifications, row.id, address=address, version=row.version + 1)
        unit.journal("notification.readdressed", f"notification:{row.id}", channel=channel.value)
        unit.changed("notifications", row.id)
    else:
        if row.fallback_address:
            queue.follow_by_letter(unit, terms, row)
        queue.take_back(unit, row, queue.NO_CONSENT if address else queue.NO_ADDRESS)
