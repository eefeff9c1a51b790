"""Offers: the files a bank has named and we do not have yet, in the bank's order.

A bank may name a file only once, and a poll may die between two fetches. So names are written down, durably, before
the first of their files is fetched, and forgotten when the file is proved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, case, delete, func, select

from gateway.bank.channel import FileRef
from gateway.bank.tables import messages, offers
from gateway.core.clock import from_text, to_text
from gateway.store import Store, Unit, alarms
from gateway.store.driver import Command
from gateway.store.schema import AnyRow

_ACCEPTED = ("proved", "taken", "unreadable")
# Wait before asking again for a file that was refused so many times: never at first, an hour in the end.
_PAUSES = tuple(timedelta(seconds=s) for s in (0, 0, 0, 60, 300, 900, 3600))
_PER_QUERY = 500

_FORGET = Command(
    delete(offers).where(*(offers.c[name] == bindparam(name) for name in ("company", "channel", "reference")))
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands with files the bank has named.

    Attributes:
        have: those we have.
        later: those refused so often that asking again has to wait.
        tired: those refused as often as it gets; they may be among `later`.
    """

    have: frozenset[str]
    later: frozenset[str]
    tired: frozenset[str]


def remember(store: Store, channel: str, listed: Sequence[FileRef]) -> list[FileRef]:
    """Write down what the bank names now and we do not have.

    Returns:
        All open offers: those of earlier listings first, each as the bank describes it now, if it does.
    """
    rows = _open(store, channel)
    open_offers = {
        row.reference: FileRef(
            row.reference,
            row.file_type,
            from_text(row.created_at) if row.created_at else None,
            service_id=row.service_id,
        )
        for row in rows
    }
    named = {ref.reference: ref for ref in listed}
    have = standing(store, channel, list(named)).have
    fresh = [ref for name, ref in named.items() if name not in open_offers and name not in have]
    if fresh:
        position = max((row.position for row in rows), default=0)
        with store.unit() as unit:
            unit.insert(offers, *(_row(unit, channel, ref, n) for n, ref in enumerate(fresh, start=position + 1)))
            unit.commit()
    return [*(named.get(name, ref) for name, ref in open_offers.items()), *fresh]


def standing(store: Store, channel: str, references: Sequence[str]) -> Standing:
    """Which of these files to leave alone, and why.

    Every refused reply is kept, so a file that is refused for days must not fill the disk.
    """
    now = store.clock.now()
    have: set[str] = set()
    later: set[str] = set()
    tired: set[str] = set()
    with store.reading() as connection:
        for some in _parts(references):
            rows = connection.execute(
                select(
                    messages.c.reference,
                    func.max(messages.c.received_at).label("last"),
                    func.count().label("times"),
                    func.sum(case((messages.c.state.in_(_ACCEPTED), 1), else_=0)).label("accepted"),
                )
                .where(
                    messages.c.company == store.company,
                    messages.c.channel == channel,
                    messages.c.reference.in_(some),
                )
                .group_by(messages.c.reference)
            )
            for row in rows:
                if row.accepted:
                    have.add(row.reference)
                    continue
                if now - from_text(row.last) < _PAUSES[min(row.times, len(_PAUSES) - 1)]:
                    later.add(row.reference)
                if row.times >= len(_PAUSES):
                    tired.add(row.reference)
    return Standing(frozenset(have), frozenset(later), frozenset(tired))


def forget(unit: Unit, channel: str, reference: str) -> None:
    """The file is proved: its name is needed no more."""
    _FORGET.run(unit.connection, company=unit.company, channel=channel, reference=reference)


def tidy(store: Store, channel: str, have: Iterable[str], lost: Iterable[str]) -> None:
    """Forget offers nothing will come of.

    Args:
        have: files we have all the same, however their offers were left behind.
        lost: files the bank has named, refused to give again and again, and names no more; an alarm tells of each.
    """
    gone = frozenset(lost)
    names = gone.union(have)
    if not names:
        return
    with store.unit() as unit:
        for reference in sorted(names):
            forget(unit, channel, reference)
        for reference in sorted(gone):
            alarms.raise_alarm(unit, "bank.offer_lost", f"{channel}/{reference}", {"reference": reference})
        unit.commit()


def _open(store: Store, channel: str) -> Sequence[AnyRow]:
    place = (offers.c.company == store.company) & (offers.c.channel == channel)
    with store.reading() as connection:
        return connection.execute(select(offers).where(place).order_by(offers.c.position)).all()


def _row(unit: Unit, channel: str, ref: FileRef, position: int) -> dict[str, object]:
    return {
        "company": unit.company,
        "channel": channel,
        "reference": ref.reference,
        "position": position,
        "file_type": ref.file_type,
        "service_id": ref.service_id,
        "created_at": to_text(ref.created) if ref.created else None,
        "offered_at": unit.at,
    }


def _parts(references: Sequence[str]) -> Iterator[Sequence[str]]:
    """As many at a time as fit into one query."""
    for start in range(0, len(references), _PER_QUERY):
        yield references[start : start + _PER_QUERY]
