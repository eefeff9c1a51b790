"""What the bank says of our orders: its notices move them, its statement alone ends them.

A notice is a word; the debit line in a proved statement is the fact. So "executed" in a notice is kept and shown, and
an order becomes executed by its line only, found by our own id, else by the whole document, and never by likeness.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, select

from gateway.bank.channel import Document, EvidenceKind
from gateway.bank.formats import directbank_status, pain002
from gateway.bank.formats.payment_order import OrderNotice, Verdict
from gateway.bank.statement import Entry
from gateway.core.errors import Corrupt
from gateway.core.money import Money
from gateway.flows.pay_out import refuse
from gateway.flows.pay_out_absent import note_turned_up, turned_up
from gateway.flows.pay_out_alarms import IN_DOUBT, LATE, clear, shown, subject, write_task
from gateway.flows.terms import Terms
from gateway.payments.known import Keyed
from gateway.payments.outgoing import steps
from gateway.payments.outgoing.known import learn
from gateway.payments.outgoing.model import DEAD, ON_THE_WAY, ORDER, OrderEvent, OrderState
from gateway.payments.outgoing.tables import payment_order_events, payment_orders
from gateway.payments.tables import entries
from gateway.store import alarms
from gateway.store.driver import Query
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

_BOOKED = "BOOK"
_RETURNED = "returned"  # a reader's warning: the bank sent our own payment back
_READERS: Mapping[str, Callable[[bytes], list[OrderNotice]]] = {
    "pain.002": pain002.read,
    "directbank.status": directbank_status.read,
}
_PROVED = (EvidenceKind.SIGNED, EvidenceKind.CHANNEL)
_EVIDENCE = Query(select(entries.c.evidence).where(entries.c.id == bindparam("id")))
# Whatever the bank says of an order, it has it; a word we do not know says not even that.
_EVENTS = {
    Verdict.ACCEPTED: OrderEvent.ACCEPT,
    Verdict.ARRIVED: OrderEvent.TAKEN,
    Verdict.WAITS: OrderEvent.TAKEN,
    Verdict.REFUSED: OrderEvent.REFUSE,
}
_HEX = frozenset("0123456789abcdef")
# "I have this already": AM05 and DU01 to DU05 of ISO 20022's reasons, 2203 of 1C:DirectBank.
_DUPLICATE = frozenset({"AM05", "DU01", "DU02", "DU03", "DU04", "DU05", "2203"})


def take_status(unit: Unit, terms: Terms, channel_name: str, message_id: str, document: Document) -> int:
    """Take one document about our orders; taking it again changes nothing.

    One that cannot be read raises an alarm: its message is kept, and the statements beside it must not suffer.

    Returns:
        How many orders it moved or told something new of.
    """
    reader = _READERS.get(document.format)
    try:
        if reader is None:
            raise Corrupt("bank.unknown_content", what=document.format[:80])
        notices = reader(document.content)
    except Corrupt as error:
        alarms.raise_alarm(unit, "outgoing.bad_status", f"message:{message_id}", {"what": error.code})
        return 0
    return sum(_take(unit, terms, channel_name, message_id, notice) for notice in notices)


def _take(unit: Unit, terms: Terms, channel_name: str, message_id: str, notice: OrderNotice) -> bool:
    row = _order_of(unit, channel_name, notice)
    if row is None:
        _not_ours(unit, channel_name, message_id, notice)
        return False
    event = _EVENTS.get(notice.verdict)
    if event is OrderEvent.REFUSE and _refuses_a_copy(unit, row, notice):
        event = OrderEvent.TAKEN
    moves = event is not None and (OrderState(row.state), event) in ORDER.table
    repeated = bool(row.bank_at) and (row.bank_code, row.bank_text) == (notice.code[:40], notice.text[:400])
    if _told_by(unit, row.id, message_id, notice) or (repeated and not moves):
        return False
    told: dict[str, Any] = {"message": message_id, "code": notice.code, "text": notice.text}
    if event is OrderEvent.REFUSE:
        refuse(unit, terms, row, notice.code, notice.text, told)
        return True
    said = {"bank_code": notice.code[:40], "bank_text": notice.text[:400], "bank_at": unit.at}
    if event is not None and moves:
        row = steps.move(unit, row, event, told=told, sent_at=row.sent_at or unit.at, **said)
        clear(unit, row.id, *IN_DOUBT)
    else:
        row = steps.tell(unit, row, "status", told=told, **said)
    if event is not None:
        turned_up(unit, row)
    if notice.verdict is Verdict.WAITS:
        write_task(unit, terms, row, "task.outgoing_attention", reason=notice.text or notice.code)
    elif notice.verdict is Verdict.STRANGE:
        values = {"number": row.number, "code": notice.code or "—"}
        alarms.raise_alarm(unit, "outgoing.status_strange", subject(row.id), values, severity="warning")
    return True


def _refuses_a_copy(unit: Unit, row: AnyRow, notice: OrderNotice) -> bool:
    """The bank will not carry out for a second time what went more than once: it has the first copy."""
    reasons = {notice.code, *(reason.split(" ")[0] for reason in notice.text.split("; "))}
    return bool(reasons & _DUPLICATE) and steps.has_event(unit, row.id, OrderEvent.AGAIN)


def _told_by(unit: Unit, order_id: str, message_id: str, notice: OrderNotice) -> bool:
    """Whether this very message has said this of the order before."""
    rows = unit.connection.execute(
        select(payment_order_events.c["values"]).where(payment_order_events.c.order_id == order_id)
    )
    wanted = (message_id, notice.code, notice.text)
    return any((t.get("message"), t.get("code"), t.get("text")) == wanted for t in map(json.loads, rows.scalars()))


def _order_of(unit: Unit, channel_name: str, notice: OrderNotice) -> AnyRow | None:
    """The order a notice is about, among those that left by this very channel."""
    names = [reference.lower() for reference in notice.references]
    mine = [payment_orders.c.company == unit.company, payment_orders.c.channel == channel_name]
    for reference in notice.references:
        for column in (payment_orders.c.id, payment_orders.c.document_id):
            wanted = reference.lower() if column is payment_orders.c.document_id else reference
            if rows := _rows(unit, *mine, column == wanted):
                return rows[0]
    if notice.receipt and len(rows := _rows(unit, *mine, payment_orders.c.bank_ref == notice.receipt)) == 1:
        return rows[0]
    # Met at a real bank: the echoed GUID differs from ours in one digit. Two of ours never do.
    flying = _rows(unit, *mine, payment_orders.c.state.in_(ON_THE_WAY)) if any(map(_guid_like, names)) else []
    near = [row for row in flying if any(_one_digit_off(row.document_id, name) for name in names)]
    return near[0] if len(near) == 1 else None


def _rows(unit: Unit, *where: Any) -> Sequence[AnyRow]:
    return unit.connection.execute(select(payment_orders).where(*where)).all()


def _guid_like(name: str) -> bool:
    return len(name) == 36 and set(name) <= _HEX | {"-"}


def _one_digit_off(guid: str, name: str) -> bool:
    return len(guid) == len(name) and sum(a != b for a, b in zip(guid, name, strict=True)) == 1


def _not_ours(unit: Unit, channel_name: str, message_id: str, notice: OrderNotice) -> None:
    """Packets and requests that are no orders are told of too; only a report on orders must name ours."""
    reference = ", ".join(notice.references)[:120] or notice.receipt or "—"
    unit.journal("order_status.unmatched", f"message:{message_id}", reference=reference, code=notice.code)
    if channel_name.startswith("bxd:"):
        values = {"reference": reference}
        alarms.raise_alarm(unit, "outgoing.status_of_unknown", f"{channel_name}/{reference}", values, "warning")


def own_money_back(unit: Unit, keyed: Keyed) -> Keyed:
    """The line, marked as our own payment coming back where it says so by nothing but our order's id.

    1C:DirectBank has no word for a return: the money comes in from whom it was sent to, under the id it was sent by.
    """
    line = keyed.entry
    if not line.e2e or not line.incoming or line.reversal or _RETURNED in line.warnings or not line.in_roubles:
        return keyed
    row = _by_id(unit, keyed)
    if row is None or not _same_money(row, line):
        return keyed
    state = OrderState(row.state)
    if state is not OrderState.RETURNED and (state, OrderEvent.RETURN) not in ORDER.table:
        return keyed
    return replace(keyed, entry=replace(line, warnings=(*line.warnings, _RETURNED)))


def pay_out_line(unit: Unit, terms: Terms, keyed: Keyed, entry_id: str) -> bool:
    """What a recorded line says of our orders; True when it brought the money of one back."""
    line = keyed.entry
    if not line.incoming:
        executed_by(unit, terms, keyed, entry_id)
        return False
    if line.reversal or _RETURNED in line.warnings:
        return returned_by(unit, terms, keyed, entry_id) is not None
    return False


def executed_by(unit: Unit, terms: Terms, keyed: Keyed, entry_id: str) -> str | None:
    """A line of a statement took money from us: whose order was it?

    Called for every such line, each time it is delivered; only booked lines with a proof count.

    Returns:
        The order it carried out, now or at an earlier delivery; None when it is no order of ours.
    """
    line = keyed.entry
    if line.incoming or line.reversal or line.status != _BOOKED or not line.in_roubles or not _proved(unit, entry_id):
        return None
    learn(unit, line)
    row = _by_id(unit, keyed)
    if row is not None and not _same_money(row, line):
        if row.entry_id != entry_id and "outgoing.amount_differs" not in alarms.open_about(unit, subject(row.id)):
            values = {"number": row.number, "expected": str(Money(row.amount)), "given": str(line.amount)}
            alarms.raise_alarm(unit, "outgoing.amount_differs", subject(row.id), values)
        return None
    row = row or _by_document(unit, keyed, entry_id)
    if row is None:
        return None
    return _executed(unit, row, entry_id)


def _executed(unit: Unit, row: AnyRow, entry_id: str) -> str:
    order_id: str = row.id
    if row.entry_id == entry_id:
        return order_id
    told = {"entry": entry_id}
    if row.entry_id:
        if not steps.has_event(unit, order_id, f"twice:{entry_id}"):
            steps.tell(unit, row, f"twice:{entry_id}", told=told)
            alarms.raise_alarm(unit, "outgoing.executed_twice", subject(order_id), shown(row))
        return order_id
    if row.state == OrderState.RETURNED:  # the way back was read before the way there
        steps.tell(unit, row, "execute_noted", told=told, entry_id=entry_id, executed_at=unit.at)
        return order_id
    after = steps.move(unit, row, OrderEvent.EXECUTE, told=told, entry_id=entry_id, executed_at=unit.at)
    clear(unit, order_id, *IN_DOUBT, LATE)
    if row.state in DEAD:
        note_turned_up(unit, after)
    if row.state == OrderState.REFUSED:
        alarms.raise_alarm(unit, "outgoing.refused_but_executed", subject(order_id), shown(row))
    elif row.state not in ON_THE_WAY:
        alarms.raise_alarm(unit, "outgoing.paid_elsewhere", subject(order_id), shown(row), severity="warning")
    return order_id


def returned_by(unit: Unit, terms: Terms, keyed: Keyed, entry_id: str) -> str | None:
    """A line brought our own money back (a return, or the storno of our debit): whose order was it?

    Returns:
        The order that came back, now or at an earlier delivery, with a task for the accountant; None when the line
        names no order of ours.
    """
    line = keyed.entry
    if not line.incoming or line.status != _BOOKED or not _proved(unit, entry_id):
        return None
    row = _returned(unit, keyed)
    if row is None or line.amount.kopecks != row.amount:
        return None
    order_id: str = row.id
    if row.return_entry_id == entry_id or (OrderState(row.state), OrderEvent.RETURN) not in ORDER.table:
        return order_id
    told = {"entry": entry_id}
    after = steps.move(unit, row, OrderEvent.RETURN, told=told, return_entry_id=entry_id, returned_at=unit.at)
    clear(unit, order_id, *IN_DOUBT, LATE)
    write_task(unit, terms, after, "task.outgoing_returned")
    return order_id


def _returned(unit: Unit, keyed: Keyed) -> AnyRow | None:
    line = keyed.entry
    if (row := _by_id(unit, keyed)) is not None:
        return row
    mine = [payment_orders.c.company == unit.company, payment_orders.c.account == keyed.account]
    for reference in (line.original_ref, line.ref):
        if not reference:
            continue
        of_line = select(entries.c.id).where(
            entries.c.company == unit.company,
            entries.c.account == keyed.account,
            entries.c.ref == reference,
            entries.c.direction == "out",
        )
        if len(rows := _rows(unit, *mine, payment_orders.c.entry_id.in_(of_line))) == 1:
            return rows[0]
    if not (line.doc_no and line.counterparty.account):
        return None
    rows = _rows(
        unit,
        *mine,
        payment_orders.c.payee_account == line.counterparty.account,
        payment_orders.c.amount == line.amount.kopecks,
        payment_orders.c.state == OrderState.EXECUTED,
    )
    same = [row for row in rows if _number(row.number) == _number(line.doc_no)]
    return same[0] if len(same) == 1 else None


def _proved(unit: Unit, entry_id: str) -> bool:
    row = _EVIDENCE.one_or_none(unit.connection, id=entry_id)
    return row is not None and row.evidence in _PROVED


def _by_id(unit: Unit, keyed: Keyed) -> AnyRow | None:
    e2e = keyed.entry.e2e.strip()
    if not e2e:
        return None
    rows = _rows(
        unit,
        payment_orders.c.company == unit.company,
        payment_orders.c.account == keyed.account,
        (payment_orders.c.id == e2e) | (payment_orders.c.document_id == e2e.lower()),
    )
    return rows[0] if rows else None


def _by_document(unit: Unit, keyed: Keyed, entry_id: str) -> AnyRow | None:
    """The order with this very number, date, sum and payee, if there is exactly one."""
    line = keyed.entry
    if not (line.doc_no and line.doc_date and line.counterparty.account):
        return None
    rows = _rows(
        unit,
        payment_orders.c.company == unit.company,
        payment_orders.c.account == keyed.account,
        payment_orders.c.payee_account == line.counterparty.account,
        payment_orders.c.amount == line.amount.kopecks,
        payment_orders.c.date == line.doc_date.isoformat(),
        payment_orders.c.state.not_in((OrderState.REJECTED, OrderState.WITHDRAWN)),
    )
    same = [row for row in rows if _number(row.number) == _number(line.doc_no)]
    if known := [row for row in same if row.entry_id == entry_id]:
        return known[0]
    live = [row for row in same if row.state != OrderState.REFUSED]
    best = live or same
    return best[0] if len(best) == 1 else None


def _same_money(row: AnyRow, line: Entry) -> bool:
    account = line.counterparty.account
    return row.amount == line.amount.kopecks and account in ("", row.payee_account)


def _number(text: str) -> str:
    return text.strip().lstrip("0")
