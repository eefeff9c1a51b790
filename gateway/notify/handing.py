"""Steps of handing over, each within a unit of its own: choose what goes, and write down what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import and_, func, or_, select

from gateway.core.clock import from_text, to_text
from gateway.core.money import Money
from gateway.notify import consents, queue, quiet, rows, spend
from gateway.notify.gateways.ports import AWAY, DENIED, NO_ANSWER, NO_MONEY, Answer, Fate, Gateway, Outgoing
from gateway.notify.model import NotificationChannel, NotificationEvent, NotificationState
from gateway.notify.outer_ids import canonical
from gateway.notify.tables import notifications, parts
from gateway.notify.terms import NotifyTerms
from gateway.store import alarms
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

STOPPED = "notify.stopped"  # the process ended in the middle
TOO_LATE = "notify.too_late"
UNKNOWN = "notify.unknown"  # the alarm about messages of unknown fate
ALARMING = (AWAY, DENIED, NO_MONEY)
UNKNOWN_ABOUT = "notifications"
LIMIT_ABOUT = "notifications:sms"
_AT_ONCE = 200
_MOST_SAID = 120
BACK_OFF = tuple(timedelta(seconds=s) for s in (15, 60, 300, 900, 1800))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a group of answers came to.

    Attributes:
        taken: how many messages the gateway took.
        rest: seconds it wants to be left alone.
    """

    taken: int
    rest: float


def lose_sight_of_all(unit: Unit) -> int:
    """At the start: what is SENDING was handed over by a process that died. Nobody knows whether it arrived."""
    left = unit.connection.execute(
        select(notifications).where(
            notifications.c.company == unit.company, notifications.c.state == NotificationState.SENDING.value
        )
    ).all()
    for row in left:
        rows.move(unit, row, NotificationEvent.LOSE_SIGHT, reason=STOPPED)
    if left:
        _tell_unknown(unit)
    return len(left)


def expire(unit: Unit) -> int:
    """What could not leave in its time has lost its sense."""
    late = unit.connection.execute(
        select(notifications)
        .where(
            notifications.c.company == unit.company,
            notifications.c.state == NotificationState.QUEUED.value,
            notifications.c.not_before < unit.at,
            notifications.c.not_after < unit.at,
        )
        .limit(_AT_ONCE)
    ).all()
    for row in late:
        rows.move(unit, row, NotificationEvent.EXPIRE, reason=row.reason or TOO_LATE)
    return len(late)


def write_letters(unit: Unit, terms: NotifyTerms) -> int:
    """A letter follows each SMS that failed, or of which nothing was heard for `terms.fallback_after`."""
    state = notifications.c.state
    silent = to_text(unit.now - terms.fallback_after)
    found = unit.connection.execute(
        select(notifications)
        .where(
            notifications.c.company == unit.company,
            notifications.c.fallback_address != "",
            or_(
                state.in_((NotificationState.FAILED.value, NotificationState.EXPIRED.value)),
                and_(
                    state.in_((NotificationState.SENT.value, NotificationState.UNKNOWN.value)),
                    notifications.c.handed_at <= silent,
                ),
            ),
        )
        .order_by(notifications.c.id)
        .limit(_AT_ONCE)
    ).all()
    return sum(queue.follow_by_letter(unit, terms, row) is not None for row in found)


def claim(unit: Unit, terms: NotifyTerms, channel: NotificationChannel, gateway: Gateway) -> list[Outgoing]:
    """Mark the next due messages SENDING; whom may not be written to any more, now or at this hour, is left out."""
    due = unit.connection.execute(
        select(notifications)
        .where(
            notifications.c.company == unit.company,
            notifications.c.channel == channel.value,
            notifications.c.state == NotificationState.QUEUED.value,
            notifications.c.not_before <= unit.at,
            notifications.c.not_after >= unit.at,  # after a standstill more are late than one round puts away
        )
        .order_by(notifications.c.not_before, notifications.c.id)
        .limit(gateway.at_once)
    ).all()
    is_sms = channel is NotificationChannel.SMS
    left = spend.budget(unit.connection, unit.company, terms, unit.now) if due and is_sms else spend.Budget(None, None)
    claimed, over, kept = [], "", 0
    for row in due:
        if not consents.may(unit.connection, unit.company, terms, row.address, channel):
            rows.move(unit, row, NotificationEvent.WITHDRAW, reason=queue.NO_CONSENT)
        elif is_sms and (later := quiet.not_before(terms, unit.now, row.offset_minutes)) > unit.now:
            unit.update(notifications, row.id, not_before=to_text(later))
        elif over := left.takes(Money(row.price)):
            break
        else:
            claimed.append(_mark(unit, row, gateway))
        kept += 1
    if due and is_sms:
        _tell_limit(unit, over, due[kept:])
    return claimed


def write_down(unit: Unit, gateway: Gateway, answers: Sequence[Answer]) -> Outcome:
    """What the gateway said of messages that are SENDING; of one whose receipt came first only its ids are new."""
    taken, rest, lost = 0, 0.0, False
    for answer in answers:
        row = rows.read(unit.connection, unit.company, answer.id)
        _keep_parts(unit, gateway, answer)
        taken += answer.fate is Fate.TAKEN
        if row.state != NotificationState.SENDING:
            continue
        said = answer.said[:_MOST_SAID]
        if answer.fate is Fate.TAKEN:
            rows.move(unit, row, NotificationEvent.ACCEPT, sent_at=unit.at, reason="", said="")
        elif answer.fate is Fate.REFUSED:
            rows.move(unit, row, NotificationEvent.FAIL, reason=answer.code, said=said)
        elif answer.fate is Fate.UNKNOWN:
            rows.move(unit, row, NotificationEvent.LOSE_SIGHT, reason=answer.code, said=said)
            lost = True
        else:
            own = timedelta(seconds=answer.retry_after)
            wait = own or BACK_OFF[min(row.attempts, len(BACK_OFF)) - 1]
            later = to_text(unit.now + wait)
            rows.move(
                unit, row, NotificationEvent.PUT_OFF, reason=answer.code, said=said, not_before=later, handed_at=None
            )
            rest = max(rest, answer.retry_after)
            if row.reason:  # taken back while its gateway had it
                again = rows.read(unit.connection, unit.company, row.id)
                rows.move(unit, again, NotificationEvent.WITHDRAW, reason=row.reason)
    if lost:
        _tell_unknown(unit)
    told = {answer.code for answer in answers if answer.code in ALARMING}
    for code in told:
        alarms.raise_alarm(unit, code, subject_of(gateway), {"gateway": gateway.name})
    if taken:
        for code in ALARMING:
            alarms.clear(unit, code, subject_of(gateway))
    return Outcome(taken, rest)


def subject_of(gateway: Gateway) -> str:
    """What alarms about a gateway are about."""
    return f"gateway:{gateway.name}"


def silence(message: Outgoing) -> Answer:
    """What is known of a message its gateway said nothing of."""
    return Answer(message.id, Fate.UNKNOWN, code=NO_ANSWER)


def waits(unit: Unit, channel: NotificationChannel) -> bool:
    """Whether something is due by this way."""
    return (
        unit.connection.execute(
            select(notifications.c.id)
            .where(
                notifications.c.company == unit.company,
                notifications.c.channel == channel.value,
                notifications.c.state == NotificationState.QUEUED.value,
                notifications.c.not_before <= unit.at,
            )
            .limit(1)
        ).first()
        is not None
    )


def _mark(unit: Unit, row: AnyRow, gateway: Gateway) -> Outgoing:
    rows.move(
        unit, row, NotificationEvent.HAND_OVER,
        gateway=gateway.name, attempts=row.attempts + 1, handed_at=unit.at, reason="", said="",
    )  # fmt: skip
    lives = from_text(row.not_after) - unit.now
    return Outgoing(row.id, row.number, row.address, row.subject, row.body, row.unsubscribe, lives)


def _keep_parts(unit: Unit, gateway: Gateway, answer: Answer) -> None:
    there = {each.outer_id for each in rows.parts_of(unit.connection, answer.id)}
    new = [outer for outer in map(canonical, answer.outer) if outer not in there]
    first = len(there) + 1
    unit.insert(
        parts,
        *(
            {
                "notification_id": answer.id,
                "part": number,
                "company": unit.company,
                "gateway": gateway.name,
                "outer_id": outer,
                "state": "sent",
                "at": unit.at,
            }
            for number, outer in enumerate(new, first)
        ),
    )


def _tell_limit(unit: Unit, over: str, kept: Sequence[AnyRow]) -> None:
    """Those a limit keeps from leaving say so, and so does an alarm until there is room again."""
    for code in (spend.OVER_DAY, spend.OVER_MONTH):
        if code != over:
            alarms.clear(unit, code, LIMIT_ABOUT)
    new = [row.id for row in kept if row.reason != over]
    for row_id in new:
        unit.update(notifications, row_id, reason=over)
    if new:
        unit.changed("notifications", *new)
        alarms.raise_alarm(unit, over, LIMIT_ABOUT, severity="warning")


def forget_unknown(unit: Unit) -> None:
    """The alarm about messages of unknown fate ends with the last of them."""
    if not _unknown(unit):
        alarms.clear(unit, UNKNOWN, UNKNOWN_ABOUT)


def _tell_unknown(unit: Unit) -> None:
    alarms.raise_alarm(unit, UNKNOWN, UNKNOWN_ABOUT, {"count": _unknown(unit)}, severity="warning")


def _unknown(unit: Unit) -> int:
    found = select(func.count()).where(
        notifications.c.company == unit.company, notifications.c.state == NotificationState.UNKNOWN.value
    )
    return int(unit.connection.execute(found).scalar_one())
