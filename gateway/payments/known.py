"""Which line on record a delivered line is, if any.

First by its key: the bank's id, else the payment document (docs/adr/0002-known-once.md). Where the key is new, by
what both copies say (docs/adr/0007-one-line-many-ways.md): the same line comes under another id, or under none, when
it changes from announced to booked, when a bank makes new ids, and when it comes in another format or from a file.
Two lines of one statement are never the same line, whatever they say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import and_, bindparam, or_, select

from gateway.bank.statement import Entry
from gateway.bank.tables import statements
from gateway.core.clock import to_text
from gateway.payments.lines import BOOKED, BOOKED_WITHIN, COLUMNS, Keyed, OnRecord, direction_of, likeness
from gateway.payments.model import Habits, line_identity
from gateway.payments.tables import entries, payments
from gateway.store.driver import Query
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

__all__ = ["Keyed", "Keys", "Known"]

NOTIFICATION = "camt.054"
_ENOUGH = 2  # one fact in common besides sum, day and direction
_TAKEN = Query(
    select(entries.c.id).where(
        entries.c.company == bindparam("company"),
        entries.c.account == bindparam("account"),
        entries.c.key == bindparam("key"),
    )
)
_KIND = Query(
    select(statements.c.kind)
    .where(statements.c.message_id == bindparam("message_id"), statements.c.account == bindparam("account"))
    .limit(1)
)


class Keys:
    """Gives the lines of one statement their keys, in order."""

    def __init__(self, habits: Habits, space: str = "", kind: str = "", statement: int = 0) -> None:
        self._habits = habits
        self._place = (space, kind, statement)
        self._seen: Counter[tuple[str, str]] = Counter()

    def give(self, account: str, entry: Entry) -> Keyed:
        space, kind, statement = self._place
        identity = line_identity(entry, self._habits.ids_restart_yearly, space)
        number = self._seen[(account, identity)]
        self._seen[(account, identity)] += 1
        return Keyed(_numbered(identity, number), account, entry, space, kind, statement)


class Known:
    """What is on record, for the lines of one message in their order.

    known.look_up(unit, batch)
    for keyed in batch:
        keyed, found = known.find(unit, keyed)
        …record it…
        known.took(keyed, as it stands now)
    """

    def __init__(self, habits: Habits) -> None:
        self._habits = habits
        self._by_key: dict[tuple[str, str], OnRecord] = {}
        self._alike: dict[tuple[str, int, str, int], dict[str, OnRecord]] = {}
        self._owners: dict[str, tuple[str, str]] = {}
        self._used: set[str] = set()
        self._statement = 0
        self._kinds: dict[tuple[str, str], str] = {}

    def look_up(self, unit: Unit, lines: Sequence[Keyed]) -> None:
        """Ask the database about the next lines."""
        self._by_key = {}
        self._alike = {}
        by_account: dict[str, list[Keyed]] = {}
        for keyed in lines:
            by_account.setdefault(keyed.account, []).append(keyed)
        for account, group in by_account.items():
            keys = [keyed.key for keyed in group]
            for row in self._rows(unit, account, entries.c.key.in_(keys)):
                self._remember(row, by_key=True)
            new = [keyed for keyed in group if not self._is_sure(keyed)]
            if new:
                self._look_up_alike(unit, account, new)
        # Whoever a line of this batch names by key is not given to another line that only resembles it.
        self._owners = {
            self._by_key[place].id: place
            for place in ((keyed.account, keyed.key) for keyed in lines)
            if place in self._by_key
        }

    def find(self, unit: Unit, keyed: Keyed) -> tuple[Keyed, OnRecord | None]:
        """The line's copy on record, or None and a key nobody has."""
        if keyed.statement != self._statement:
            self._statement = keyed.statement
            self._used = set()
        place = (keyed.account, keyed.key)
        exact = self._by_key.get(place)
        if exact is not None and exact.id not in self._used and self._holds(unit, exact, keyed):
            return keyed, exact
        found = self._best(unit, keyed)
        if found is not None:
            return (keyed if exact is None else replace(keyed, key=found.key)), found
        number, taken = 0, exact is not None
        while taken:
            number += 1
            keyed = replace(keyed, key=_numbered(keyed.identity, number))
            taken = self._is_taken(unit, keyed)
        return keyed, None

    def _is_taken(self, unit: Unit, keyed: Keyed) -> bool:
        if (keyed.account, keyed.key) in self._by_key:
            return True
        row = _TAKEN.one_or_none(unit.connection, company=unit.company, account=keyed.account, key=keyed.key)
        return row is not None

    def took(self, stands: OnRecord) -> None:
        """A line was recorded, or found; nothing else of its statement is the same line."""
        self._used.add(stands.id)
        self._remember(stands, by_key=True)

    def _is_sure(self, keyed: Keyed) -> bool:
        """Its key alone says which line it is."""
        return (keyed.account, keyed.key) in self._by_key and bool(keyed.entry.ref) and not self._habits.ids_unstable

    def _rows(self, unit: Unit, account: str, *where: Any) -> Iterable[OnRecord]:
        query = select(*COLUMNS).where(entries.c.company == unit.company, entries.c.account == account, *where)
        return (_on_record(row) for row in unit.connection.execute(query))

    def _look_up_alike(self, unit: Unit, account: str, group: Sequence[Keyed]) -> None:
        lines = [keyed.entry for keyed in group]
        days = [day for line in lines for day in (line.booked, line.value) if day]
        if not days:
            return
        first, last = min(days) - BOOKED_WITHIN, max(days) + BOOKED_WITHIN
        near = or_(
            entries.c.booked.between(first.isoformat(), last.isoformat()),
            entries.c.booked.is_(None) & entries.c.value_date.between(first.isoformat(), last.isoformat()),
        )
        if not self._habits.ids_unstable and all(line.ref and line.status == BOOKED for line in lines):
            # A booked line under another id of the same kind is another line: thousands of them need no look.
            prefixes = {f"ref@{keyed.space}:" if keyed.space else "ref:" for keyed in group}
            other_kind = and_(*(~entries.c.key.startswith(prefix, autoescape=True) for prefix in prefixes))
            near = near & or_(entries.c.status != BOOKED, other_kind, entries.c.ref.in_([line.ref for line in lines]))
        sums = sorted({line.amount.kopecks for line in lines})
        payers = sorted({"", *(line.counterparty.account for line in lines)})
        for row in self._rows(unit, account, entries.c.party_account.in_(payers), entries.c.amount.in_(sums), near):
            self._remember(row)
        nameless = sorted({line.amount.kopecks for line in lines if line.incoming and not line.counterparty.account})
        if nameless:
            query = (
                select(*COLUMNS)
                .join(payments, payments.c.id == entries.c.id)
                .where(payments.c.company == unit.company, payments.c.amount.in_(nameless), near)
                .where(entries.c.account == account)
            )
            for found in unit.connection.execute(query):
                self._remember(_on_record(found))

    def _remember(self, row: OnRecord, *, by_key: bool = False) -> None:
        if by_key:
            self._by_key[(row.account, row.key)] = row
        self._alike.setdefault((row.account, row.amount, row.direction, row.reversal), {})[row.id] = row

    def _holds(self, unit: Unit, exact: OnRecord, keyed: Keyed) -> bool:
        """Whether the line with this very key is the same one. An id may be believed; a document may be two lines'."""
        if keyed.entry.ref and not self._habits.ids_unstable:
            return True
        return self._likeness(unit, exact, keyed) is not None

    def _best(self, unit: Unit, keyed: Keyed) -> OnRecord | None:
        line = keyed.entry
        alike = self._alike.get((keyed.account, line.amount.kopecks, direction_of(line), int(line.reversal)), {})
        best: OnRecord | None = None
        most = -1
        for old in sorted(alike.values(), key=lambda row: row.id):
            if old.id in self._used or self._owners.get(old.id, (keyed.account, keyed.key))[1] != keyed.key:
                continue
            found = self._likeness(unit, old, keyed)
            if found is None or found <= most:
                continue
            if old.space == keyed.space and found < _ENOUGH:
                continue  # another format may say next to nothing about a line, the same one would say it again
            best, most = old, found
        return best

    def _likeness(self, unit: Unit, old: OnRecord, keyed: Keyed) -> int | None:
        found = likeness(old, keyed, self._habits)
        if found is not None and old.space == keyed.space and self._are_two_notices(unit, old, keyed):
            return None
        return found

    def _are_two_notices(self, unit: Unit, old: OnRecord, keyed: Keyed) -> bool:
        """Two notifications of different instants: each tells of a payment of its own."""
        at = keyed.entry.bank_time
        if keyed.kind != NOTIFICATION or keyed.entry.ref or old.ref or at is None or old.bank_time is None:
            return False
        return old.bank_time != to_text(at) and self._kind_of(unit, old) == NOTIFICATION

    def _kind_of(self, unit: Unit, old: OnRecord) -> str:
        place = (old.message_id, old.account)
        if place not in self._kinds:
            row = _KIND.one_or_none(unit.connection, message_id=old.message_id, account=old.account)
            self._kinds[place] = str(row.kind) if row is not None else ""
        return self._kinds[place]


def _on_record(row: AnyRow) -> OnRecord:
    return OnRecord(*row)


def _numbered(identity: str, number: int) -> str:
    return f"{identity}#{number}" if number else identity
