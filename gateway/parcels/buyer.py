"""What the buyer of a parcel does by the link in a message, without a login: whoever holds the link is believed.

He may say that he has it, that he wants no more messages, and that he wants them again. A refusal is of the addresses
the message with this very link went to, so that somebody who got a stranger's message does not silence the one it was
meant for, who was put down since.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from gateway.core.authority import Actor, Role
from gateway.core.catalogue import sentence
from gateway.notify import consents, queue
from gateway.notify.addresses import address_of
from gateway.notify.model import ConsentSource, ConsentWord, NotificationChannel
from gateway.notify.tables import notifications
from gateway.notify.terms import NotifyTerms
from gateway.parcels import ending, links, timeline
from gateway.parcels.model import EndedHow, Stage
from gateway.parcels.terms import ParcelTerms
from gateway.parcels.wording import about
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

BUYER = Actor("buyer", Role.SERVICE)
"""The service acts on his word; the journal names him."""

OPTED_OUT = "notify.by_link"
"""Why what waited for him was taken back."""

_HERE = ConsentSource.LINK
# What he told his operator, or one of ours, a link does not undo.
_UNDONE_BY_LINK = (ConsentSource.LINK, ConsentSource.REPLY)
_NOT_HIS_TO_SAY = frozenset({Stage.REGISTERED.value, Stage.DELIVERED.value, Stage.PARTIAL.value, Stage.RETURNED.value})


@dataclass(frozen=True, slots=True)
class Reach:
    """An address of the buyer.

    Attributes:
        may: it may be written to. again: it may not, and he can change that by the link.
    """

    channel: NotificationChannel
    address: str
    may: bool
    again: bool


def can_receive(row: AnyRow) -> bool:
    """Whether the buyer can tell us anything new by saying that he has it."""
    return row.stage not in _NOT_HIS_TO_SAY and row.ended_how != EndedHow.REMOVED


def received(unit: Unit, terms: ParcelTerms, row: AnyRow) -> None:
    """He has it. Said twice, or of a parcel of which he can tell nothing new, it changes nothing."""
    if can_receive(row):
        ending.mark_delivered(unit, terms, row.id, EndedHow.BUYER, sentence("tracking.by_link", terms.language, {}))


def silence(
    unit: Unit,
    notify: NotifyTerms,
    row: AnyRow,
    token: str,
    channels: Sequence[NotificationChannel] = tuple(NotificationChannel),
) -> None:
    """Write to him no more by these channels; what waits for him is taken back."""
    for reach in reaches(unit.connection, unit.company, notify, row, token):
        if reach.may and reach.channel in channels:
            _put(unit, row, reach, ConsentWord.WITHDRAWN)
            queue.withdraw_to(unit, reach.address, reach.channel, OPTED_OUT)


def write_again(unit: Unit, notify: NotifyTerms, row: AnyRow, token: str) -> None:
    """He wants messages again, where it was by a link or a reply that he refused them."""
    for reach in reaches(unit.connection, unit.company, notify, row, token):
        if reach.again:
            _put(unit, row, reach, ConsentWord.GIVEN)


def reaches(connection: Connection, company: str, notify: NotifyTerms, row: AnyRow, token: str) -> list[Reach]:
    """Where messages with this link went, and the buyer's other address while one of them is still his."""
    channels = {"phone": NotificationChannel.SMS, "email": NotificationChannel.EMAIL}
    his = {(channel, address_of(channel, row._mapping[name])) for name, channel in channels.items()}
    sent_to = _sent_to(connection, company, row, token)
    found = his | sent_to if not sent_to or sent_to & his else sent_to
    return [
        _reach(connection, company, notify, channel, address)
        for channel, address in sorted(found, reverse=True)
        if address
    ]


def _sent_to(connection: Connection, company: str, row: AnyRow, token: str) -> set[tuple[NotificationChannel, str]]:
    sent = connection.execute(
        select(notifications.c.channel, notifications.c.address, notifications.c.fallback_address).where(
            notifications.c.company == company,
            notifications.c.about == about(row.id),
            notifications.c.unsubscribe.endswith(f"{links.PATH}{token}", autoescape=True),
        )
    ).all()
    return {
        (channel, address)
        for each in sent
        for channel, address in (
            (NotificationChannel(each.channel), each.address),
            (NotificationChannel.EMAIL, each.fallback_address),
        )
        if address
    }


def _reach(
    connection: Connection, company: str, notify: NotifyTerms, channel: NotificationChannel, address: str
) -> Reach:
    may = consents.may(connection, company, notify, address, channel)
    if may:
        return Reach(channel, address, may, again=False)
    said = consents.words(connection, company, address, channel)
    refusal = next((each for each in said if each.word is ConsentWord.WITHDRAWN), None)
    return Reach(channel, address, may, again=refusal is not None and refusal.source in _UNDONE_BY_LINK)


def _put(unit: Unit, row: AnyRow, reach: Reach, word: ConsentWord) -> None:
    consents.put(unit, reach.address, reach.channel, word, _HERE, about(row.id))
    kind = "buyer_silent" if word is ConsentWord.WITHDRAWN else "buyer_again"
    timeline.write(unit, row.id, kind, channel=reach.channel.value)
