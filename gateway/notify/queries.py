"""Messages for the screens: the history of one thing, the list, what was spent. Addresses are masked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select

from gateway.core.authority import Actor, Right
from gateway.core.clock import to_text
from gateway.core.money import Money
from gateway.notify import rows, spend
from gateway.notify.addresses import address_of, masked
from gateway.notify.model import NotificationChannel, NotificationState
from gateway.notify.tables import notifications, parts, receipts
from gateway.store.schema import AnyRow

MOST_ROWS = 500


@dataclass(frozen=True, slots=True)
class Line:
    """A message as a list shows it.

    Attributes:
        reason: code of the catalogue; "" where there is nothing to say. said: the gateway's own words.
        note: why a person had it sent again.
    """

    id: str
    version: int
    about: str
    shop: str
    event: str
    template: str
    channel: NotificationChannel
    state: NotificationState
    reason: str
    said: str
    address: str
    subject: str
    body: str
    segments: int
    price: Money
    attempts: int
    not_before: str
    handed_at: str | None
    sent_at: str | None
    ended_at: str | None
    replaces: str | None
    note: str
    made_at: str
    made_by: str
    letter_may_follow: bool


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """What a gateway told. `taken`: it changed something."""

    outer_id: str
    word: str
    at: str
    taken: bool


@dataclass(frozen=True, slots=True)
class Card:
    """One message with what gateways said of it; `parts` are (outer id, state)."""

    line: Line
    gateway: str
    template_version: int
    parts: list[tuple[str, str]]
    receipts: list[ReceiptLine]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which messages a list shows; "" leaves a filter out.

    Attributes:
        phone, email: whole. since, until: days of being made, both included.
    """

    state: str = ""
    channel: str = ""
    shop: str = ""
    template: str = ""
    about: str = ""
    reason: str = ""
    phone: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A slice of the list, the newest first; `next` is what to hand in as `after` for the next one."""

    items: list[Line]
    next: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Month:
    """What was handed over in a calendar month, whatever became of it.

    Attributes:
        first: day of it. parts: of SMS, each of which is paid for.
        delivered: SMS with a receipt; failed: SMS that failed or expired; unknown: nobody knows.
    """

    first: date
    sms: int
    parts: int
    spent: Money
    delivered: int
    failed: int
    unknown: int
    letters: int


def history(connection: Connection, company: str, about: str, actor: Actor) -> list[Line]:
    """Every message about one thing, in order of being made.

    Raises:
        Refused: `authority.missing`.
    """
    actor.require(Right.PARCELS_READ)
    found = connection.execute(
        select(notifications)
        .where(notifications.c.company == company, notifications.c.about == about)
        .order_by(notifications.c.id)
        .limit(MOST_ROWS)
    )
    return [_line(row) for row in found]


def card(connection: Connection, company: str, notification_id: str, actor: Actor) -> Card:
    """One message.

    Raises:
        Refused: `authority.missing`, `notify.not_found`.
    """
    actor.require(Right.PARCELS_READ)
    row = rows.read(connection, company, notification_id)
    known = connection.execute(select(parts).where(parts.c.notification_id == row.id).order_by(parts.c.part))
    told = connection.execute(select(receipts).where(receipts.c.notification_id == row.id).order_by(receipts.c.id))
    return Card(
        _line(row),
        row.gateway,
        row.template_version,
        [(each.outer_id, each.state) for each in known],
        [ReceiptLine(each.outer_id, each.word, each.at, bool(each.taken)) for each in told],
    )


def page(
    connection: Connection,
    company: str,
    zone: ZoneInfo,
    actor: Actor,
    filters: Filters,
    after: tuple[str, str] | None = None,
    limit: int = 100,
) -> Page:
    """A slice of the list.

    Args:
        zone: of the filters' days.

    Raises:
        Refused: `authority.missing`.
    """
    actor.require(Right.PARCELS_READ)
    where = [notifications.c.company == company, *_where(filters, zone)]
    if after is not None:
        made_at, last = after
        where.append(
            or_(
                notifications.c.made_at < made_at,
                and_(notifications.c.made_at == made_at, notifications.c.id < last),
            )
        )
    most = max(1, min(limit, MOST_ROWS))
    found = connection.execute(
        select(notifications)
        .where(*where)
        .order_by(notifications.c.made_at.desc(), notifications.c.id.desc())
        .limit(most + 1)
    ).all()
    shown = found[:most]
    return Page([_line(row) for row in shown], (shown[-1].made_at, shown[-1].id) if len(found) > most else None)


def counts(connection: Connection, company: str, actor: Actor) -> dict[NotificationState, int]:
    """How many messages are in each state that is not an end.

    Raises:
        Refused: `authority.missing`.
    """
    actor.require(Right.PARCELS_READ)
    open_ones = (NotificationState.QUEUED, NotificationState.SENDING, NotificationState.UNKNOWN)
    found = connection.execute(
        select(notifications.c.state, func.count())
        .where(notifications.c.company == company, notifications.c.state.in_([each.value for each in open_ones]))
        .group_by(notifications.c.state)
    ).all()
    told = {state: int(count) for state, count in found}
    return {each: told.get(each.value, 0) for each in open_ones}


def months(
    connection: Connection, company: str, zone: ZoneInfo, actor: Actor, now: datetime, last: int = 12
) -> list[Month]:
    """The last calendar months of `zone`, the current one first.

    Raises:
        Refused: `authority.missing`.
    """
    actor.require(Right.PARCELS_READ)
    found = []
    at = now
    for _ in range(last):
        begin, end = spend.month_of(at, zone)
        found.append(_month(connection, company, begin, end))
        at = begin - timedelta(days=1)
    return found


def _month(connection: Connection, company: str, begin: datetime, end: datetime) -> Month:
    state = notifications.c.state

    def those(*states: NotificationState) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((state.in_([each.value for each in states]), 1), else_=0)), 0)

    def of(channel: NotificationChannel) -> AnyRow:
        return connection.execute(
            select(
                func.count().label("count"),
                func.coalesce(func.sum(notifications.c.segments), 0).label("parts"),
                func.coalesce(func.sum(notifications.c.price), 0).label("spent"),
                those(NotificationState.DELIVERED).label("delivered"),
                those(NotificationState.FAILED, NotificationState.EXPIRED).label("failed"),
                those(NotificationState.UNKNOWN).label("unknown"),
            ).where(
                notifications.c.company == company,
                notifications.c.channel == channel.value,
                notifications.c.handed_at >= to_text(begin),
                notifications.c.handed_at <= to_text(end),
            )
        ).one()

    sms, letters = of(NotificationChannel.SMS), of(NotificationChannel.EMAIL)
    return Month(
        begin.date(),
        int(sms._mapping["count"]),
        int(sms.parts),
        Money(int(sms.spent)),
        int(sms.delivered),
        int(sms.failed),
        int(sms.unknown),
        int(letters._mapping["count"]),
    )


def _where(filters: Filters, zone: ZoneInfo) -> Sequence[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        notifications.c[name] == value
        for name in ("state", "channel", "shop", "template", "about", "reason")
        if (value := getattr(filters, name))
    ]
    for channel, typed in ((NotificationChannel.SMS, filters.phone), (NotificationChannel.EMAIL, filters.email)):
        if typed:
            # Nothing is kept under what is no address.
            found.append(notifications.c.address == (address_of(channel, typed) or "-"))
    if filters.since is not None:
        found.append(notifications.c.made_at >= to_text(_midnight(filters.since, zone)))
    if filters.until is not None:
        found.append(notifications.c.made_at < to_text(_midnight(filters.until + timedelta(days=1), zone)))
    return found


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _line(row: AnyRow) -> Line:
    return Line(
        row.id, row.version, row.about, row.shop, row.event, row.template, NotificationChannel(row.channel),
        NotificationState(row.state), row.reason, row.said, masked(row.address), row.subject, row.body, row.segments,
        Money(row.price), row.attempts, row.not_before, row.handed_at, row.sent_at, row.ended_at, row.replaces,
        row.note, row.made_at, row.made_by, bool(row.fallback_address),
    )  # fmt: skip
