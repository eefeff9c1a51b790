"""An order the bank says it has not got: how often it goes again by itself, and what a person decides afterwards.

The same bytes under the same id leave again only while both signatures count and only so many times. After that, or
when a signature has fallen, the order stays "unknown" and is asked about further, but nothing is sent until a person
with a signature has spoken: "send it again" allows one more try; "it did not go" ends the order, and its number is
free. Should the bank speak of it all the same, people are told before they pay twice, and what was made in its place
waits for a signature given with that knowledge; should its debit line come after all, that line still finds it.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from gateway.core.authority import Right
from gateway.core.errors import Refused
from gateway.flows.pay_out_alarms import (
    ABSENT,
    IN_DOUBT,
    LAPSED,
    LATE,
    SILENT,
    TURNED_UP,
    UNKNOWN,
    clear,
    shown,
    subject,
)
from gateway.flows.terms import Terms
from gateway.payments.outgoing import steps
from gateway.payments.outgoing.model import TURNED_UP as TURNED_UP_EVENT
from gateway.payments.outgoing.model import OrderEvent, OrderState, OutgoingTerms
from gateway.payments.outgoing.seal import require_prepared
from gateway.payments.outgoing.standing import Lapsed, lapsed
from gateway.payments.outgoing.tables import payment_order_events
from gateway.store import Store, Unit, alarms
from gateway.store.schema import AnyRow

_ABSENT, _SILENT, _ALLOWED = "absent", "silent", "send_again"
_QUESTIONS: dict[str, str] = {_ABSENT: ABSENT, _SILENT: SILENT}
"""What a person is asked, by the event that asks → the alarm."""


def may_go_again(store: Store, terms: Terms, row: AnyRow, resends: int, *, silent: bool = False) -> bool:
    """Whether the order, as it was read, may be sent once more; a person is told of what stands in the way, once.

    It stays "unknown" and no one signs it anew: its bytes may be at the bank after all.

    Args:
        resends: tries after the first one that need nobody's word.
        silent: the bank does not say that it has no such order, it says nothing. Then an order that was tried is asked
            about further; one that begins with the question (`pay_out_restored`) is left to a person.
    """
    with store.unit() as unit:
        fresh = steps.load(unit, row.id)
        if fresh.version != row.version:
            return False  # somebody moved it meanwhile: the next round looks again
        past = _events(unit.connection, row.id)
        if silent and (OrderEvent.ASK_FIRST not in past or OrderEvent.AGAIN in past):
            return False
        free = _as_it_was(unit, fresh) and _signed_still(unit, terms, fresh)
        if free and (_last_word(past) == _ALLOWED if silent else _tries_left(past, resends)):
            clear(unit, row.id, *_QUESTIONS.values())
        else:
            free = False
            _ask_a_person(unit, row.id, past, _SILENT if silent else _ABSENT)
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
    if not fallen:
        clear(unit, row.id, LAPSED)
    elif LAPSED not in alarms.open_about(unit, subject(row.id)):
        steps.tell(unit, row, "held", told=fallen[0].told())
        alarms.raise_alarm(unit, LAPSED, subject(row.id), _shown_lapsed(row, fallen))
    return not fallen


def _shown_lapsed(row: AnyRow, fallen: list[Lapsed]) -> dict[str, str]:
    return {**shown(row), "who": fallen[0].told()["who"]}


def _tries_left(past: list[str], resends: int) -> bool:
    """The first try of an order that begins with the question is none of the repeated ones."""
    return past.count(OrderEvent.AGAIN) < resends + past.count(_ALLOWED) + past.count(OrderEvent.ASK_FIRST)


def _ask_a_person(unit: Unit, order_id: str, past: list[str], question: str) -> None:
    if _last_word(past) in _QUESTIONS:
        return
    tries = past.count(OrderEvent.AGAIN) + 1 - past.count(OrderEvent.ASK_FIRST)
    row = steps.tell(unit, steps.load(unit, order_id), question, told={"tries": tries})
    clear(unit, order_id, UNKNOWN)
    alarms.raise_alarm(unit, _QUESTIONS[question], subject(order_id), {**shown(row), "tries": str(tries)})


def waiting_for_a_person(connection: Connection, rows: Iterable[AnyRow]) -> set[str]:
    """Those of the orders of which somebody has to say what becomes of them: `send_again` or `did_not_go`."""
    unknown = [row.id for row in rows if row.state == OrderState.UNKNOWN]
    events = payment_order_events.c
    told = connection.execute(
        select(events.order_id, events.event)
        .where(events.order_id.in_(unknown), events.event.in_((*_QUESTIONS, _ALLOWED, OrderEvent.AGAIN)))
        .order_by(events.id)
    )
    last = {row.order_id: row.event for row in told}
    return {order_id for order_id, event in last.items() if event in _QUESTIONS}


def send_again(unit: Unit, terms: OutgoingTerms, order_id: str, note: str, expected_version: int) -> AnyRow:
    """A person lets the same bytes leave once more, under the same id, at the next round. Returns the new row.

    Nobody's single word replaces a signature: where one counts no longer, it must be given its right back, or the order
    ends and another one is made.

    Raises:
        Refused: `authority.missing`, `outgoing.not_a_signer`, `outgoing.no_reason`, `outgoing.not_absent`,
            `outgoing.signature_lapsed`, `outgoing.document_changed`.
        Conflict: `outgoing.changed`.
    """
    row, said = _to_decide(unit, terms, order_id, note, expected_version)
    require_prepared(unit, row)
    if fallen := lapsed(unit, terms, row):
        raise Refused("outgoing.signature_lapsed", **_shown_lapsed(row, fallen))
    after = steps.tell(unit, row, _ALLOWED, said=said)
    clear(unit, order_id, *_QUESTIONS.values())
    alarms.raise_alarm(unit, UNKNOWN, subject(order_id), shown(row), severity="warning")
    return after


def did_not_go(unit: Unit, terms: OutgoingTerms, order_id: str, note: str, expected_version: int) -> AnyRow:
    """A person has made sure that the bank has not got the order: it ends. Returns the new row.

    Raises:
        Refused: `authority.missing`, `outgoing.not_a_signer`, `outgoing.no_reason`, `outgoing.not_absent`.
        Conflict: `outgoing.changed`.
    """
    row, said = _to_decide(unit, terms, order_id, note, expected_version)
    after = steps.move(unit, row, OrderEvent.GIVE_UP, said=said, ended_by=unit.actor.name, note=said)
    clear(unit, order_id, *IN_DOUBT, LATE, "outgoing.document_changed")
    return after


def turned_up(unit: Unit, row: AnyRow) -> None:
    """The bank has the order. If a person ended it, somebody may be about to pay the same once more."""
    given_up = row.state == OrderState.REFUSED and steps.has_event(unit, row.id, OrderEvent.GIVE_UP)
    if given_up or row.state in (OrderState.REJECTED, OrderState.WITHDRAWN):
        note_turned_up(unit, row)
        alarms.raise_alarm(unit, TURNED_UP, subject(row.id), shown(row))


def note_turned_up(unit: Unit, row: AnyRow) -> None:
    """From now on no order made in place of this one leaves before a person signs it anew."""
    if not steps.has_event(unit, row.id, TURNED_UP_EVENT):
        steps.tell(unit, row, TURNED_UP_EVENT)


def _to_decide(unit: Unit, terms: OutgoingTerms, order_id: str, note: str, expected_version: int) -> tuple[AnyRow, str]:
    """The order, when this person is asked about it, and what he says."""
    actor = unit.actor
    actor.require(Right.OUTGOING_APPROVE)
    if actor.role not in terms.signers:
        raise Refused("outgoing.not_a_signer", name=actor.name, role=actor.role.value)
    row = steps.load(unit, order_id, expected_version)
    if not waiting_for_a_person(unit.connection, [row]):
        raise Refused("outgoing.not_absent", number=row.number)
    said = " ".join(note.split())[:500]
    if not said:
        raise Refused("outgoing.no_reason", about="note")
    return row, said


def _events(connection: Connection, order_id: str) -> list[str]:
    """What happened to the order, oldest first."""
    events = payment_order_events.c
    return list(
        connection.execute(select(events.event).where(events.order_id == order_id).order_by(events.id)).scalars()
    )


def _last_word(past: list[str]) -> str:
    """The last question, answer or new try: a question is answered by one "send again", or by the order's end, and
    over when the order goes again."""
    return next((e for e in reversed(past) if e in (*_QUESTIONS, _ALLOWED, OrderEvent.AGAIN)), "")
