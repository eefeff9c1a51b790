"""Receipts and replies: what gateways tell us later.

A message changes only while it is under way ("update only while sending"): what comes after its end, or a second time,
is kept and changes nothing. What fits no message of ours is kept too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, or_, select, update

from gateway.core.ids import new_id
from gateway.notify import consents, queue, rows
from gateway.notify.addresses import address_of
from gateway.notify.gateways.ports import Receipt, Reply, Word
from gateway.notify.model import (
    ConsentSource,
    ConsentWord,
    NotificationChannel,
    NotificationEvent,
    NotificationState,
)
from gateway.notify.outer_ids import canonical, spellings
from gateway.notify.tables import notifications, parts, receipts
from gateway.notify.terms import NotifyTerms
from gateway.store.driver import Command, Query
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

SAID_SO = "notify.said"  # the gateway said it; `said` holds its words
REPLIED = "notify.replied"
OPERATOR = "notify.operator"
_SENT = "sent"
_UNDER_WAY = (NotificationState.SENDING, NotificationState.SENT, NotificationState.UNKNOWN)
_EVENT = {
    Word.DELIVERED: NotificationEvent.DELIVER,
    Word.FAILED: NotificationEvent.FAIL,
    Word.EXPIRED: NotificationEvent.EXPIRE,
    Word.REFUSED: NotificationEvent.FAIL,
}
_MOST_SAID = 120
_CALLED = Query(
    select(parts, notifications.c.address, notifications.c.number)
    .join(notifications, notifications.c.id == parts.c.notification_id)
    .where(
        parts.c.company == bindparam("company"),
        parts.c.gateway == bindparam("gateway"),
        or_(*(parts.c.outer_id == bindparam(spelling) for spelling in ("one", "two", "three"))),
    )
)
_END = Command(
    update(parts)
    .where(parts.c.notification_id == bindparam("id"), parts.c.part == bindparam("number"), parts.c.state == _SENT)
    .values(state=bindparam("end"), at=bindparam("now"))
)


def take(unit: Unit, gateway: str, receipt: Receipt) -> bool:
    """Keep a receipt, and let it change the message it is about.

    A message whose answer was lost is known by our number, or by being the only one of its kind to that address.

    Returns:
        Whether it changed something.
    """
    row, part = _find(unit, gateway, receipt)
    taken = row is not None and _apply(unit, gateway, row, part, receipt)
    if row is not None and not taken and receipt.word is Word.UNDER_WAY:
        return False  # said every time one asks
    unit.insert(
        receipts,
        {
            "id": new_id(),
            "company": unit.company,
            "gateway": gateway,
            "outer_id": receipt.outer,
            "word": receipt.raw[:_MOST_SAID],
            "at": unit.at,
            "notification_id": row.id if row is not None else None,
            "taken": int(taken),
        },
    )
    return taken


def take_reply(unit: Unit, terms: NotifyTerms, reply: Reply) -> bool:
    """Somebody answered an SMS: if he wants no more, he gets no more, and what was not sent is withdrawn.

    Returns:
        Whether that is what he said.
    """
    channel = NotificationChannel.SMS
    address = address_of(channel, reply.address)
    if not address or not consents.unsubscribes(terms, reply.text):
        return False
    consents.put(unit, address, channel, ConsentWord.WITHDRAWN, ConsentSource.REPLY, "sms")
    queue.withdraw_to(unit, address, channel, REPLIED)
    return True


def is_known(connection: Connection, company: str, gateway: str, receipt: Receipt) -> bool:
    """Whether it is about a part whose answer is written down. A receipt may overtake the answer."""
    return _part(connection, company, gateway, receipt) is not None


def _find(unit: Unit, gateway: str, receipt: Receipt) -> tuple[AnyRow | None, int | None]:
    """The message and its part; (message, None) where only the message is known."""
    part = _part(unit.connection, unit.company, gateway, receipt)
    if part is None:
        return _lost(unit.connection, unit.company, gateway, receipt), None
    return rows.read(unit.connection, unit.company, part.notification_id), part.part


def _part(connection: Connection, company: str, gateway: str, receipt: Receipt) -> AnyRow | None:
    order = spellings(receipt.outer)
    one, two, three = (*order, *order[:1], *order[:1])[:3]
    known = _CALLED.all(connection, company=company, gateway=gateway, one=one, two=two, three=three)
    if not known:
        return None
    # One number's decimal is another's hexadecimal: whom it was for tells them apart. Then the nearest spelling, and as
    # gateways count from the start again, the last one sent.
    address = address_of(NotificationChannel.SMS, receipt.address)
    fitting = [each for each in known if _fits(each, address, receipt.number)] or known
    nearest = min(order.index(each.outer_id) for each in fitting)
    return max(
        (each for each in fitting if order.index(each.outer_id) == nearest),
        key=lambda each: (each.at, each.notification_id),
    )


def _fits(row: AnyRow, address: str, number: int) -> bool:
    """Whether a receipt that names this address and number of ours, as far as it does, can be about the message."""
    return address in ("", row.address) and number in (0, row.number, row.number & 0xFFFF)


def _lost(connection: Connection, company: str, gateway: str, receipt: Receipt) -> AnyRow | None:
    """The message whose answer was lost, if it is the only one the receipt can mean."""
    address = address_of(NotificationChannel.SMS, receipt.address)
    if not address:
        return None
    found: Sequence[AnyRow] = connection.execute(
        select(notifications).where(
            notifications.c.company == company,
            notifications.c.address == address,
            notifications.c.gateway == gateway,
            notifications.c.state == NotificationState.UNKNOWN.value,
        )
    ).all()
    found = [row for row in found if _fits(row, address, receipt.number)]
    return found[0] if len(found) == 1 else None


def _apply(unit: Unit, gateway: str, row: AnyRow, part: int | None, receipt: Receipt) -> bool:
    state = NotificationState(row.state)
    if state not in _UNDER_WAY:
        return False
    if receipt.word is Word.UNDER_WAY:
        # The other parts of a long one could not be told from strangers any more.
        if state is not NotificationState.UNKNOWN or not (receipt.whole or row.segments <= 1):
            return False
        _keep_part(unit, gateway, row, part, receipt, _SENT)
        rows.move(unit, row, NotificationEvent.ACCEPT, sent_at=unit.at)
        return True
    word = Word.FAILED if receipt.word is Word.REFUSED else receipt.word
    if not _keep_part(unit, gateway, row, part, receipt, word.value):
        return False
    if receipt.word is Word.REFUSED:
        channel = NotificationChannel(row.channel)
        evidence = f"message:{row.id}"
        consents.put(unit, row.address, channel, ConsentWord.WITHDRAWN, ConsentSource.OPERATOR, evidence)
        queue.withdraw_to(unit, row.address, channel, OPERATOR)
    _conclude(unit, row, receipt)
    return True


def _keep_part(unit: Unit, gateway: str, row: AnyRow, part: int | None, receipt: Receipt, state: str) -> bool:
    """Write what became of a part; False when it had its end already."""
    if part is not None:
        return bool(_END.run(unit.connection, id=row.id, number=part, end=state, now=unit.at))
    there = [each.part for each in rows.parts_of(unit.connection, row.id)]
    unit.insert(
        parts,
        {
            "notification_id": row.id,
            "part": max(there, default=0) + 1,
            "company": unit.company,
            "gateway": gateway,
            "outer_id": canonical(receipt.outer),
            "state": state,
            "at": unit.at,
        },
    )
    return True


def _conclude(unit: Unit, row: AnyRow, receipt: Receipt) -> None:
    """Delivered when every part is; failed or expired with the first that is. Of a message whose answer was lost the
    parts are known by their receipts alone."""
    event = _EVENT[receipt.word]
    if event is not NotificationEvent.DELIVER:
        reason = OPERATOR if receipt.word is Word.REFUSED else SAID_SO
        rows.move(unit, row, event, reason=reason, said=receipt.raw[:_MOST_SAID])
        return
    states = Counter(each.state for each in rows.parts_of(unit.connection, row.id))
    expected = states.total() if row.state == NotificationState.SENT else row.segments
    if receipt.whole or states[Word.DELIVERED.value] >= expected:
        rows.move(unit, row, event, reason="", said="")
