"""An order the bank says it has not got: how often it goes again by itself, and what a person decides afterwards.

The same bytes under the same id leave again only while both signatures count and only so many times. After that the
order stays "unknown" and is asked about further, but nothing is sent until a person with a signature has spoken:
"send it again" allows one more try; "it did not go" ends the order, and its number is free. Should the bank speak of it
all the same, people are told before they pay twice; should its debit line come after all, that line still finds it.
"""

from __future__ import annotations

from collections import Counter

from sqlalchemy import Connection, func, select

from gateway.core.authority import Right
from gateway.core.errors import Refused
from gateway.flows.pay_out_alarms import ABSENT, IN_DOUBT, LAPSED, LATE, TURNED_UP, UNKNOWN, clear, shown, subject
from gateway.flows.terms import Terms
from gateway.payments.outgoing import steps
from gateway.payments.outgoing.model import OrderEvent, OrderState, OutgoingTerms
from gateway.payments.outgoing.seal import require_prepared
from gateway.payments.outgoing.standing import lapsed
from gateway.payments.outgoing.tables import payment_order_events
from gateway.store import Store, Unit, alarms
from gateway.store.schema import AnyRow

_ASKED, _ALLOWED = "absent", "send_again"


def may_go_again(store: Store, terms: Terms, row: AnyRow, resends: int) -> bool:
    """Whether the order, as it was read, may be sent once more; a person is told of what stands in the way, once.

    It stays "unknown" and no one signs it anew: its bytes may be at the bank after all.

    Args:
        resends: tries after the first one that need nobody's word.
    """
    with store.unit() as unit:
        free = _as_it_was(unit, row) and _signed_still(unit, terms, row) and _tries_left(unit, row, resends)
        unit.commit()
    return free


def _as_it_was(unit: Unit, row: AnyRow) -> bool:
    try:
        require_prepared(unit, row)
    except Refused as error:
        if error.code not in alarms.open_about(unit, subject(row.id)):
            alarms.raise_alarm(unit, error.code, subject(row.id), {"number": row.number})
        return False
    return True


def _signed_still(unit: Unit, terms: Terms, row: AnyRow) -> bool:
    fallen = lapsed(unit, terms.outgoing, row)
    if fallen and not steps.has_event(unit, row.id, "held"):
        told = fallen[0].told()
        steps.tell(unit, steps.load(unit, row.id), "held", told=told)
        alarms.raise_alarm(unit, LAPSED, subject(row.id), {**shown(row), "who": told["who"]})
    elif not fallen:
        clear(unit, row.id, LAPSED)
    return not fallen


def _tries_left(unit: Unit, row: AnyRow, resends: int) -> bool:
    past = _events(unit.connection, row.id)
    again = past[OrderEvent.AGAIN]
    if again < resends + past[_ALLOWED]:
        return True
    fresh = steps.load(unit, row.id)
    if fresh.version == row.version and not _is_asked(past):
        steps.tell(unit, fresh, _ASKED, told={"tries": again + 1})
        clear(unit, row.id, UNKNOWN)
        alarms.raise_alarm(unit, ABSENT, subject(row.id), {**shown(row), "tries": str(again + 1)})
    return False


def waits_for_a_person(connection: Connection, row: AnyRow) -> bool:
    """Whether somebody has to say what becomes of the order: `send_again` or `did_not_go`."""
    return row.state == OrderState.UNKNOWN and _is_asked(_events(connection, row.id))


def send_again(unit: Unit, terms: OutgoingTerms, order_id: str, note: str, expected_version: int) -> AnyRow:
    """A person lets the same bytes leave once more, under the same id, at the next round. Returns the new row.

    Raises:
        Refused: `authority.missing`, `outgoing.not_a_signer`, `outgoing.no_reason`, `outgoing.not_absent`.
        Conflict: `outgoing.changed`.
    """
    row, said = _to_decide(unit, terms, order_id, note, expected_version)
    after = steps.tell(unit, row, _ALLOWED, said=said)
    clear(unit, order_id, ABSENT)
    alarms.raise_alarm(unit, UNKNOWN, subject(order_id), shown(row), severity="warning")
    return after


def did_not_go(unit: Unit, terms: OutgoingTerms, order_id: str, note: str, expected_version: int) -> AnyRow:
    """A person has made sure that the bank has not got the order: it ends. Returns the new row.

    Raises:
        As `send_again`.
    """
    row, said = _to_decide(unit, terms, order_id, note, expected_version)
    after = steps.move(unit, row, OrderEvent.GIVE_UP, said=said, ended_by=unit.actor.name, note=said)
    clear(unit, order_id, *IN_DOUBT, LATE)
    return after


def turned_up(unit: Unit, row: AnyRow) -> None:
    """The bank has the order. If a person gave it up, somebody may be about to pay the same once more."""
    if row.state == OrderState.REFUSED and steps.has_event(unit, row.id, OrderEvent.GIVE_UP):
        alarms.raise_alarm(unit, TURNED_UP, subject(row.id), shown(row))


def _to_decide(unit: Unit, terms: OutgoingTerms, order_id: str, note: str, expected_version: int) -> tuple[AnyRow, str]:
    """The order, when this person is asked about it, and what he says."""
    actor = unit.actor
    actor.require(Right.OUTGOING_APPROVE)
    if actor.role not in terms.signers:
        raise Refused("outgoing.not_a_signer", name=actor.name, role=actor.role.value)
    row = steps.load(unit, order_id, expected_version)
    if not waits_for_a_person(unit.connection, row):
        raise Refused("outgoing.not_absent", number=row.number)
    said = " ".join(note.split())[:500]
    if not said:
        raise Refused("outgoing.no_reason", about="note")
    return row, said


def _events(connection: Connection, order_id: str) -> Counter[str]:
    """How often each thing happened to the order."""
    event = payment_order_events.c.event
    rows = connection.execute(
        select(event, func.count().label("times")).where(payment_order_events.c.order_id == order_id).group_by(event)
    )
    return Counter({row.event: row.times for row in rows})


def _is_asked(past: Counter[str]) -> bool:
    """Each question is answered by one "send again", or by the order's end."""
    return past[_ASKED] > past[_ALLOWED]
