"""The frames of statements, and what they prove together: a missing line, a missing day, a day nobody asked about.

Three nets, because each has holes: a statement's own lines must lead from its opening to its closing balance; its
opening must be the closing before it; and its number must follow the number before it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, select

from gateway.bank.statement import Entry, StatementHead
from gateway.bank.tables import polls, statements
from gateway.core.clock import MOSCOW, business_date, from_text, to_text
from gateway.core.ids import new_id
from gateway.core.money import Money
from gateway.store import Unit, alarms
from gateway.store.schema import AnyRow

_OPENING, _CLOSING = ("OPBD", "PRCD"), ("CLBD",)
FINAL = ("camt.053", "mt940", "1c-text")
"""Kinds of statements that tell all of a period; the others tell what happened so far."""

DayState = Literal["statement", "nothing_new", "not_asked"]


@dataclass
class Frame:
    """A statement as a whole: all heads of one id together, and what its lines add up to.

    Attributes:
        moved: kopecks, booked lines of the account's currency; in minus out.
        countable: every line has a sum and a direction, so that `moved` means something.
    """

    head: StatementHead
    moved: int = 0
    countable: bool = True

    def balance(self, codes: Sequence[str], *, last: bool = False) -> tuple[Money, date | None] | None:
        found = [(b.amount, b.on) for b in self.head.balances if b.code in codes]
        return (found[-1] if last else found[0]) if found else None


@dataclass
class Frames:
    """Collects the frames of a message while its parts go by."""

    frames: list[Frame] = field(default_factory=list)

    def watch(self, parts: Iterable[StatementHead | Entry]) -> Iterator[StatementHead | Entry]:
        """Pass everything on, remembering it."""
        current: Frame | None = None
        for part in parts:
            if isinstance(part, StatementHead):
                current = self._frame(part)
            elif current is not None and part.status == "BOOK":
                current.moved += part.amount.kopecks if part.incoming else -part.amount.kopecks
                odd = {"amount_missing", "amount_unreadable", "direction_missing"} & set(part.warnings)
                current.countable &= not odd and (not current.head.currency or part.currency == current.head.currency)
            yield part

    def _frame(self, head: StatementHead) -> Frame:
        for frame in reversed(self.frames):
            if (frame.head.account, frame.head.statement_id) == (head.account, head.statement_id):
                frame.head = replace(
                    frame.head,
                    balances=(*frame.head.balances, *head.balances),
                    period_to=head.period_to or frame.head.period_to,
                )
                return frame
        self.frames.append(Frame(head))
        return self.frames[-1]


def note(unit: Unit, message_id: str, frame: Frame, *, closing_always_debit: bool = False) -> None:
    """Write a statement's frame down; the same statement of the same message replaces itself.

    Args:
        closing_always_debit: the bank marks every closing balance as debit: the lines tell its sign.
    """
    head = frame.head
    unit.connection.execute(
        delete(statements).where(
            statements.c.message_id == message_id,
            statements.c.statement_id == head.statement_id,
            statements.c.account == head.account,
        )
    )
    opening, closing = frame.balance(_OPENING), frame.balance(_CLOSING, last=True)
    if closing is not None and closing_always_debit and closing[0].kopecks < 0:
        reached = None if opening is None else opening[0].kopecks + frame.moved
        if reached != closing[0].kopecks:
            closing = (-closing[0], closing[1])
    unit.insert(
        statements,
        {
            "id": new_id(),
            "company": unit.company,
            "message_id": message_id,
            "kind": head.kind,
            "statement_id": head.statement_id,
            "number": head.number,
            "account": head.account,
            "currency": head.currency,
            "created_at": to_text(head.created) if head.created else None,
            "period_from": to_text(head.period_from) if head.period_from else None,
            "period_to": to_text(head.period_to) if head.period_to else None,
            "opening": opening[0].kopecks if opening else None,
            "closing": closing[0].kopecks if closing else None,
            "closing_on": closing[1].isoformat() if closing and closing[1] else None,
        },
    )
    _check_sum(unit, frame, opening[0] if opening else None, closing[0] if closing else None)


def _check_sum(unit: Unit, frame: Frame, opening: Money | None, closing: Money | None) -> None:
    """Lines that do not lead from the opening to the closing balance: some are missing, or were read wrongly."""
    head = frame.head
    subject = f"account:{head.account}:{head.statement_id}"
    if head.kind not in FINAL or opening is None or closing is None or not frame.countable:
        return
    if opening.kopecks + frame.moved == closing.kopecks:
        alarms.clear(unit, "bank.statement_sum", subject)
        return
    alarms.raise_alarm(
        unit,
        "bank.statement_sum",
        subject,
        {
            "account": head.account,
            "statement": head.statement_id,
            "opening": str(opening),
            "moved": str(Money(frame.moved)),
            "closing": str(closing),
        },
    )


@dataclass(frozen=True, slots=True, order=True)
class _Span:
    """What a final statement says of its period."""

    end: date
    start: date
    number: int
    opening: int
    closing: int
    kind: str = ""


def _span(row: AnyRow, zone: ZoneInfo) -> _Span:
    end = date.fromisoformat(row.closing_on)
    start = business_date(from_text(row.period_from), zone) if row.period_from else end
    number = int(row.number) if row.number.isdecimal() and len(row.number) < 10 else 0
    return _Span(end, min(start, end), number, row.opening, row.closing, row.kind)


def _latest(rows: Sequence[AnyRow]) -> Iterable[AnyRow]:
    """Without statements the bank has corrected since: one made anew, of the same name, number and period, takes the
    place of the one before it."""
    current: dict[tuple[object, ...], AnyRow] = {}
    for row in sorted(rows, key=lambda row: (row.created_at or "", row.message_id, row.id)):
        named = row.statement_id if row.statement_id and row.number else row.id
        current[row.kind, named, row.number, row.period_from, row.closing_on] = row
    return current.values()


def check_chain(unit: Unit, account: str, zone: ZoneInfo = MOSCOW) -> list[str]:
    """Compare each final statement with those before it; raises or clears `bank.gap` and `bank.gap_number`.

    Returns:
        Dates (ISO), in order, of statements before which something is missing, by balance or by number.
    """
    rows = unit.connection.execute(
        select(statements).where(
            statements.c.company == unit.company,
            statements.c.account == account,
            statements.c.kind.in_(FINAL),
            statements.c.closing_on.is_not(None),
            statements.c.closing.is_not(None),
            statements.c.opening.is_not(None),
        )
    ).all()
    spans = sorted({_span(row, zone) for row in _latest(rows)})
    subject = f"account:{account}"
    by_balance = _balance_gaps(spans)
    if by_balance:
        span, closing = by_balance[-1]
        values = {
            "account": account,
            "day": span.end.isoformat(),
            "closing": str(Money(closing)),
            "opening": str(Money(span.opening)),
        }
        alarms.raise_alarm(unit, "bank.gap", subject, values)
    else:
        alarms.clear(unit, "bank.gap", subject)
    by_number = _number_gaps(spans)
    if by_number:
        before, after = by_number[-1]
        values = {
            "account": account,
            "day": after.end.isoformat(),
            "before": str(before.number),
            "after": str(after.number),
        }
        alarms.raise_alarm(unit, "bank.gap_number", subject, values)
    else:
        alarms.clear(unit, "bank.gap_number", subject)
    days = {span.end for span, _ in by_balance} | {after.end for _, after in by_number}
    return [day.isoformat() for day in sorted(days)]


def _balance_gaps(spans: Sequence[_Span]) -> list[tuple[_Span, int]]:
    """(statement, the closing balance before it) where the two differ. Copies, and statements of a period within or
    around another's, are no gaps."""
    closings: dict[date, list[int]] = {}
    for span in spans:
        closings.setdefault(span.end, []).append(span.closing)
    ends = sorted(closings)
    wide = [span for span in spans if span.start < span.end]
    begun: set[tuple[date, int]] = set()
    gaps: list[tuple[_Span, int]] = []
    for span in spans:
        again = (span.start, span.opening) in begun
        begun.add((span.start, span.opening))
        position = bisect_left(ends, span.start)
        if again or span is spans[0] or _goes_on(span, closings):
            continue
        if position == 0:
            if span.start >= spans[0].start:  # else it begins before everything we know
                gaps.append((span, spans[0].closing))
            continue
        before = closings[ends[position - 1]]
        if span.opening in before:
            continue
        if any(w.start <= span.start and span.end <= w.end and ends[position - 1] < w.start for w in wide if w != span):
            continue  # inside a longer statement, with nothing known of the days between
        gaps.append((span, before[-1]))
    return gaps


def _goes_on(span: _Span, closings: dict[date, list[int]]) -> bool:
    """It goes on from a statement of the day on which it begins."""
    others = list(closings.get(span.start, ()))
    if span.start == span.end:
        others.remove(span.closing)
    return span.opening in others


def _number_gaps(spans: Sequence[_Span]) -> list[tuple[_Span, _Span]]:
    """Neighbours of one kind and one year whose numbers are not neighbours, where the bank does count by one."""
    gaps: list[tuple[_Span, _Span]] = []
    for kind in FINAL:
        numbered = {(span.end, span.number): span for span in spans if span.kind == kind and span.number}
        in_order = [numbered[place] for place in sorted(numbered)]
        pairs = [(a, b) for a, b in pairwise(in_order) if a.end.year == b.end.year and b.number > a.number]
        steps = [b.number - a.number for a, b in pairs]
        if len(steps) == 1 or 1 in steps:
            gaps += [(a, b) for a, b in pairs if b.number - a.number > 1]
    return sorted(gaps, key=lambda pair: pair[1].end)


def days_known(
    connection: Connection,
    company: str,
    channel: str,
    account: str,
    since: date,
    until: date,
    zone: ZoneInfo = MOSCOW,
) -> dict[date, DayState]:
    """What is known of each day from `since` to `until`, both included.

    "statement": a final statement covers it. "nothing_new": none does, but the bank answered after the day had ended
    and had nothing (more) for us. "not_asked": nobody has asked the bank since, or it did not answer.
    """
    rows = connection.execute(
        select(statements).where(
            statements.c.company == company,
            statements.c.account == account,
            statements.c.kind.in_(FINAL),
            statements.c.closing_on >= since.isoformat(),
        )
    ).all()
    covered: set[date] = set()
    for row in rows:
        end = date.fromisoformat(row.closing_on)
        day = max(since, business_date(from_text(row.period_from), zone) if row.period_from else end)
        while day <= min(end, until):
            covered.add(day)
            day += timedelta(days=1)
    last = connection.execute(
        select(polls.c.at)
        .where(polls.c.company == company, polls.c.channel == channel, polls.c.result.in_(("new", "nothing_new")))
        .order_by(polls.c.at.desc())
        .limit(1)
    ).scalar_one_or_none()
    found: dict[date, DayState] = {}
    day = since
    while day <= until:
        over = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
        asked = last is not None and from_text(last) >= over
        found[day] = "statement" if day in covered else "nothing_new" if asked else "not_asked"
        day += timedelta(days=1)
    return found
