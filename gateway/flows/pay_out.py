"""Money going out: an order two people signed is written, sent once, and asked about until the bank has it.

1. Where both signatures count still, the bytes are made, stored and committed under an id fixed long before
   ("sending").
2. They leave. Whatever is not a plain yes or a plain no leaves the order "unknown".
3. An unknown one is asked about (`Channel.delivered`). Only when the bank says it has no such thing, some time after
   the last try, the same bytes go once more under the same id, and only so many times before a person is asked
   (`pay_out_absent`). There is no path to a second id.

After a restore an order begins at 3 (`pay_out_restored`). What the bank says afterwards is `pay_out_told`; what 1C
sends and hears, `pay_out_1c`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from gateway.bank.channel import Channel, Delivery, Reply, Sending
from gateway.bank.profile_parts import RESENDS
from gateway.core.clock import from_text
from gateway.core.errors import Conflict, Corrupt, KvitError, Refused, Unavailable
from gateway.flows.pay_out_absent import may_go_again, turned_up
from gateway.flows.pay_out_alarms import (
    BROKEN,
    IN_DOUBT,
    LATE,
    NO_CHANNEL,
    NOT_PREPARED,
    REPLACES,
    UNKNOWN,
    clear,
    shown,
    subject,
    write_task,
)
from gateway.flows.pay_out_late import late_orders, tell_late
from gateway.flows.pay_out_restored import SILENT_AFTER, ask_first, may_have_left, statements_read
from gateway.flows.pay_out_write import PAYDOCRU, WAYS, Way, content_of, way_of
from gateway.flows.terms import Terms
from gateway.payments.outgoing import steps
from gateway.payments.outgoing.model import ORDER, OrderEvent, OrderState
from gateway.payments.outgoing.seal import require_ready
from gateway.payments.outgoing.standing import LAPSED_BY_TWIN, lapsed, take_off_lapsed
from gateway.payments.outgoing.tables import payment_orders
from gateway.store import Store, Unit, alarms
from gateway.store.schema import AnyRow, blobs

_log = structlog.get_logger("flows.pay_out")
_TO_CARRY = (OrderState.APPROVED, OrderState.SENDING, OrderState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Route:
    """How orders of one account leave.

    Attributes:
        channel: to the bank that holds the account.
        order_format: "pain.001.001.03", "pain.001.001.09" or "paydocru"; "" for the protocol's own.
        file_type: the bank's name of files of orders; "" for the usual one (XL, or kind 10).
        customer_id: ours at the bank, where the format names it and the bank's own settings do not tell.
        absent_after: a bank that says it has not got an order is believed so long after the last try, or as long as
            the company's terms say, if that is longer.
        resends: how often such an order is sent again without a person being asked.
    """

    channel: Channel
    order_format: str = ""
    file_type: str = ""
    customer_id: str = ""
    absent_after: timedelta = timedelta(0)
    resends: int = RESENDS


@dataclass
class _Round:
    """One round: what moved, and which channels do not answer."""

    moved: int = 0
    silent: set[str] | None = None

    def give_up(self, channel: str) -> None:
        self.silent = (self.silent or set()) | {channel}

    def gave_up(self, channel: str) -> bool:
        return channel in (self.silent or set())


def send_waiting(
    store: Store, terms: Terms, routes: Mapping[str, Route], *, stopped: Callable[[], bool] = lambda: False
) -> int:
    """Carry every signed order towards its bank; may be killed anywhere and repeated.

    Args:
        routes: by our account.
        stopped: asked between orders.

    Returns:
        How many orders came to another state.

    Raises:
        Unavailable: the database is away. What banks do is in the orders' states and in alarms.
    """
    done = _Round()
    for row in _to_carry(store):
        if stopped():
            break
        route = routes.get(row.account)
        with _apart(store, row):
            if route is None:
                _tell_no_channel(store, row)
            elif not done.gave_up(route.channel.name):
                _carry(store, terms, route, row, done)
    for row in late_orders(store, terms):
        with _apart(store, row):
            tell_late(store, terms, row)
    return done.moved


@contextmanager
def _apart(store: Store, row: AnyRow) -> Iterator[None]:
    """One order that cannot be worked on holds up no other: it stays as it is, with an alarm."""
    try:
        yield
    except Unavailable:
        raise
    except Conflict as error:  # somebody moved it meanwhile: the next round looks again
        _log.info("an order moved meanwhile", order=row.id, reason=error.code)
    except Exception as error:
        _log.error("an order cannot be worked on", order=row.id, exc_info=error)
        with store.unit() as unit:
            if BROKEN not in alarms.open_about(unit, subject(row.id)):
                values = {"number": str(row.number), "what": _reason(error)}
                alarms.raise_alarm(unit, BROKEN, subject(row.id), values)
                unit.commit()


def _to_carry(store: Store) -> list[AnyRow]:
    with store.reading() as connection:
        return list(
            connection.execute(
                select(payment_orders)
                .where(payment_orders.c.company == store.company, payment_orders.c.state.in_(_TO_CARRY))
                .order_by(payment_orders.c.id)
            )
        )


def _carry(store: Store, terms: Terms, route: Route, row: AnyRow, done: _Round) -> None:
    before = row.state
    if row.state == OrderState.APPROVED:
        prepared = _prepare(store, terms, route, row, done)
        if prepared is None:
            return
        first = prepared.state == OrderState.SENDING
        row = _send(store, terms, route, prepared, done) if first else _ask(store, terms, route, prepared, done)
    else:
        if row.state == OrderState.SENDING:  # we died between its commit and its outcome
            row = _step(store, row.id, OrderEvent.LOST, {"reason": "interrupted"}, stamp="tried_at")
        if row.state == OrderState.UNKNOWN:
            row = _ask(store, terms, route, row, done)
    done.moved += row.state != before


def _prepare(store: Store, terms: Terms, route: Route, row: AnyRow, done: _Round) -> AnyRow | None:
    """Fix the bytes; None when the order cannot leave now, or at all."""
    try:
        way = way_of(route.channel.name, route.order_format)
        customer = _customer(route, way)
        with store.unit() as unit:
            fresh = steps.load(unit, row.id)
            if fresh.state != OrderState.APPROVED:
                return None  # withdrawn since
            if not _signed_still(unit, terms, fresh):
                done.moved += 1
                unit.commit()
                return None
            require_ready(unit, fresh)
            copied = may_have_left(unit, fresh)
            if copied and not statements_read(unit, fresh, route.channel.name):
                unit.commit()
                return None
            content = content_of(way, fresh, terms.outgoing, unit.now, customer)
            digest = hashlib.sha256(content).hexdigest()
            _keep(unit, digest, content)
            prepared = steps.move(
                unit,
                fresh,
                OrderEvent.PREPARE,
                told={"channel": route.channel.name, "format": way.name, "sha256": digest, "size": len(content)},
                channel=route.channel.name,
                format=way.name,
                file_type=route.file_type or way.file_type,
                file_name=f"kvit-{row.id}.xml",
                content_sha256=digest,
                prepared_at=unit.at,
                tried_at=unit.at,
            )
            clear(unit, row.id, NO_CHANNEL, NOT_PREPARED, REPLACES, BROKEN)
            if copied:
                prepared = ask_first(unit, prepared, {"channel": route.channel.name})
            unit.commit()
    except Unavailable as error:
        if error.code.startswith("store."):
            raise
        done.give_up(route.channel.name)
        return None
    except KvitError as error:
        with store.unit() as unit:
            values = {"number": row.number, "reason": error.text("ru"), "reason_en": error.text("en")}
            if NOT_PREPARED not in alarms.open_about(unit, subject(row.id)):
                alarms.raise_alarm(unit, NOT_PREPARED, subject(row.id), values)
                unit.commit()
        return None
    return prepared


def _signed_still(unit: Unit, terms: Terms, row: AnyRow) -> bool:
    """Whether both signatures count; those that do not are taken off."""
    fallen = lapsed(unit, terms.outgoing, row)
    if any(one.code == LAPSED_BY_TWIN for one in fallen):
        alarms.raise_alarm(unit, REPLACES, subject(row.id), shown(row))
    take_off_lapsed(unit, terms.outgoing, row)
    return not fallen


def _customer(route: Route, way: Way) -> str:
    """Who we are to the bank. One that speaks DirectBank may say so anew in each session.

    Raises:
        KvitError: what the channel raises.
    """
    if way.name != PAYDOCRU:
        return route.customer_id
    return str(route.channel.user_info().get("customer_id") or route.customer_id)


def _keep(unit: Unit, digest: str, content: bytes) -> None:
    dialect = postgresql if unit.connection.dialect.name == "postgresql" else sqlite
    unit.connection.execute(dialect.insert(blobs).values(sha256=digest, bytes=content).on_conflict_do_nothing())


def sending_of(store: Store, row: AnyRow) -> Sending:
    """What goes over the line for an order: the stored bytes, under the id it has had from the beginning."""
    with store.reading() as connection:
        content = connection.execute(select(blobs.c.bytes).where(blobs.c.sha256 == row.content_sha256)).scalar_one()
    return Sending(
        request_id=row.id,
        format=WAYS[row.format].channel_format,
        file_type=row.file_type,
        file_name=row.file_name,
        content=bytes(content),
        document_id=row.document_id,
    )


def _unaltered(sending: Sending, row: AnyRow) -> Sending:
    """Raises Corrupt when the stored bytes are not those the order was made ready with."""
    if hashlib.sha256(sending.content).hexdigest() != row.content_sha256:
        raise Corrupt("outgoing.document_changed", number=row.number)
    return sending


def _send(store: Store, terms: Terms, route: Route, row: AnyRow, done: _Round, *, again: bool = False) -> AnyRow:
    """One try. The order is "sending" before it and never after it, unless we die.

    Args:
        again: an earlier try may have arrived: then a no to this one says nothing of that one.
    """
    try:
        reply = route.channel.send(_unaltered(sending_of(store, row), row))
    except Exception as error:  # also a fault of ours: the bytes may have left all the same
        return _lost(store, route, row, error, done)
    answer = {"reply_sha256": _keep_reply(store, reply)}
    try:
        receipt = route.channel.accepted(reply)
    except Refused as error:
        if again or error.code == "bank.response_vague":  # a vague no may come after the bank has taken it
            return _lost(store, route, row, error, done, answer)
        return _refused(store, terms, row, error, answer)
    except Exception as error:
        return _lost(store, route, row, error, done, answer)
    return _taken(store, row.id, {**answer, "receipt": receipt}, receipt)


def _keep_reply(store: Store, reply: Reply) -> str:
    digest = hashlib.sha256(reply.raw).hexdigest()
    with store.unit() as unit:
        _keep(unit, digest, reply.raw)
        unit.commit()
    return digest


def _ask(store: Store, terms: Terms, route: Route, row: AnyRow, done: _Round) -> AnyRow:
    if row.channel != route.channel.name:
        return row  # it left by another channel: that one must say
    try:
        delivery = route.channel.delivered(sending_of(store, row))
    except Exception as error:
        if isinstance(error, Unavailable):
            done.give_up(route.channel.name)
        else:
            _log.warning("asking for an order failed", order=row.id, reason=_reason(error), exc_info=error)
        return row
    if delivery is Delivery.ARRIVED:
        return _taken(store, row.id, {"asked": "arrived"})
    waited = store.clock.now() - from_text(row.tried_at)
    believed_after = max(route.absent_after, timedelta(seconds=terms.outgoing.absent_after_s))
    silent = delivery is Delivery.UNKNOWN
    enough = waited >= (max(believed_after, SILENT_AFTER) if silent else believed_after)
    if not enough or not may_go_again(store, terms, row, route.resends, silent=silent):
        return row
    again = _step(store, row.id, OrderEvent.AGAIN, {"asked": "absent"}, stamp="tried_at")
    # ours only if nothing touched it since it was read and judged: else another sender may have taken it up
    ours = again.state == OrderState.SENDING and again.version == row.version + 1
    ours = ours and again.content_sha256 == row.content_sha256
    return _send(store, terms, route, again, done, again=True) if ours else again


def _lost(
    store: Store, route: Route, row: AnyRow, error: Exception, done: _Round, told: dict[str, Any] | None = None
) -> AnyRow:
    if isinstance(error, Unavailable):
        done.give_up(route.channel.name)
    elif not isinstance(error, KvitError):
        _log.error("sending broke", order=row.id, exc_info=error)
    with store.unit() as unit:
        fresh = steps.load(unit, row.id)
        told = {**(told or {}), "reason": _reason(error)}
        said = _words_of(error, unit.at) if isinstance(error, Refused) and "bank_code" in error.values else {}
        # the bank may have been at work on it to the very end of the call: from there its "absent" is waited for
        fresh = _move_or_tell(unit, fresh, OrderEvent.LOST, {**told, **said}, tried_at=unit.at, **said)
        if fresh.state == OrderState.UNKNOWN:
            alarms.raise_alarm(unit, UNKNOWN, subject(row.id), shown(fresh), severity="warning")
        if isinstance(error, Corrupt):
            values = {name: str(value)[:200] for name, value in error.values.items()}
            alarms.raise_alarm(unit, error.code, f"{route.channel.name}/{row.id}", values)
        unit.commit()
    return fresh


def _taken(store: Store, order_id: str, told: dict[str, Any], receipt: str = "") -> AnyRow:
    with store.unit() as unit:
        fresh = steps.load(unit, order_id)
        columns = {"sent_at": fresh.sent_at or unit.at, "bank_ref": receipt or fresh.bank_ref}
        fresh = _move_or_tell(unit, fresh, OrderEvent.TAKEN, told, **columns)
        clear(unit, order_id, *IN_DOUBT)
        turned_up(unit, fresh)
        unit.commit()
    return fresh


def _refused(store: Store, terms: Terms, row: AnyRow, error: Refused, told: dict[str, Any]) -> AnyRow:
    with store.unit() as unit:
        fresh = steps.load(unit, row.id)
        said = _words_of(error, unit.at)
        refuse(unit, terms, fresh, said["bank_code"], said["bank_text"], told)
        unit.commit()
    return steps_row(store, row.id)


def _words_of(error: Refused, at: str) -> dict[str, str]:
    """A no of the bank's, as an order's columns keep it."""
    code, text = str(error.values.get("bank_code", "")), str(error.values.get("text", error.text("ru")))
    return {"bank_code": code[:40], "bank_text": text[:400], "bank_at": at}


def refuse(unit: Unit, terms: Terms, row: AnyRow, code: str, text: str, told: dict[str, Any]) -> None:
    """The bank will not carry the order out: it ends, and the accountant has a task."""
    said = {"bank_code": code[:40], "bank_text": text[:400], "bank_at": unit.at}
    moved = _move_or_tell(unit, row, OrderEvent.REFUSE, {"code": code, "text": text, **told}, **said)
    clear(unit, row.id, *IN_DOUBT, LATE)
    if moved.state == OrderState.REFUSED and row.state != OrderState.REFUSED:
        reason = " ".join(part for part in (code, text) if part) or "—"
        write_task(unit, terms, moved, "task.outgoing_refused", reason=reason)


def steps_row(store: Store, order_id: str) -> AnyRow:
    with store.reading() as connection:
        return connection.execute(select(payment_orders).where(payment_orders.c.id == order_id)).one()


def _step(store: Store, order_id: str, event: OrderEvent, told: dict[str, Any], stamp: str = "") -> AnyRow:
    with store.unit() as unit:
        fresh = steps.load(unit, order_id)
        fresh = _move_or_tell(unit, fresh, event, told, **({stamp: unit.at} if stamp else {}))
        if fresh.state == OrderState.UNKNOWN:
            alarms.raise_alarm(unit, UNKNOWN, subject(order_id), shown(fresh), severity="warning")
        unit.commit()
    return fresh


def _move_or_tell(unit: Unit, row: AnyRow, event: OrderEvent, told: dict[str, Any], **columns: Any) -> AnyRow:
    """Move, or only note it when the bank's word has overtaken us."""
    if (OrderState(row.state), event) in ORDER.table:
        return steps.move(unit, row, event, told=told, **columns)
    return steps.tell(unit, row, f"{event}_noted", told=told, **columns)


def _tell_no_channel(store: Store, row: AnyRow) -> None:
    with store.unit() as unit:
        if NO_CHANNEL not in alarms.open_about(unit, subject(row.id)):
            alarms.raise_alarm(unit, NO_CHANNEL, subject(row.id), {"number": row.number, "account": row.account})
            unit.commit()


def _reason(error: Exception) -> str:
    return error.code if isinstance(error, KvitError) else type(error).__name__
