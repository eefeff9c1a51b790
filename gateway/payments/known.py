"""Which line on record a delivered line is, if any.

First by its key: the bank's id, else the payment document (docs/adr/0002-known-once.md). Where the key is new, by
what both copies say (docs/adr/0007-one-line-many-ways.md): the same line comes under another id, or under none, when
it changes from announced to booked, when a bank makes new ids, and when it comes in another format or from a file.
Two lines of one statement are never the same line, whatever they say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, or_, select

from gateway.bank.statement import Entry
from gateway.bank.tables import statements
from gateway.core.clock import to_text
from gateway.core.text import fold
from gateway.payments.model import Habits, Source, line_identity
from gateway.payments.tables import entries, payments
from gateway.store.driver import Query
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

BOOKED = "BOOK"
NOTIFICATION = "camt.054"
# An announced line is booked within so many days, or under a new announcement.
_BOOKED_WITHIN = timedelta(days=10)
_ENOUGH = 2  # one fact in common besides sum, day and direction
_COLUMNS = (
    entries.c.id,
    entries.c.account,
    entries.c.key,
    entries.c.status,
    entries.c.message_id,
    entries.c.evidence,
    entries.c.direction,
    entries.c.reversal,
    entries.c.amount,
    entries.c.currency,
    entries.c.booked,
    entries.c.value_date,
    entries.c.bank_time,
    entries.c.ref,
    entries.c.e2e,
    entries.c.tx_id,
    entries.c.doc_no,
    entries.c.doc_date,
    entries.c.party_account,
    entries.c.party_inn,
    entries.c.party_name,
    entries.c.purpose,
)
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


@dataclass(frozen=True, slots=True)
class Keyed:
    """A line with its key: identity plus its number among equal lines of the same statement.

    Attributes:
        space: the kind of ids it carries: "" for ISO 20022, else the format's name.
        kind: of its statement, as in `StatementHead`.
        statement: number of its statement within the message.
    """

    key: str
    account: str
    entry: Entry
    space: str = ""
    kind: str = ""
    statement: int = 0

    @property
    def identity(self) -> str:
        """The key without the number."""
        identity, _, number = self.key.rpartition("#")
        return identity if number.isdigit() else self.key


@dataclass(frozen=True, slots=True)
class OnRecord:
    """A line on record, as much of it as another copy is compared with. Dates and instants as stored text."""

    id: str
    account: str
    key: str
    status: str
    message_id: str
    evidence: str
    direction: str
    reversal: int
    amount: int
    currency: str
    booked: str | None
    value_date: str | None
    bank_time: str | None
    ref: str
    e2e: str
    tx_id: str
    doc_no: str
    doc_date: str | None
    party_account: str
    party_inn: str
    party_name: str
    purpose: str

    @classmethod
    def of(cls, entry_id: str, keyed: Keyed, source: Source) -> OnRecord:
        """As the line stands on record once it has been taken from `source`."""
        line, party = keyed.entry, keyed.entry.counterparty
        return cls(
            id=entry_id,
            account=keyed.account,
            key=keyed.key,
            status=line.status,
            message_id=source.message_id,
            evidence=source.evidence,
            direction=_direction(line),
            reversal=int(line.reversal),
            amount=line.amount.kopecks,
            currency=line.currency,
            booked=_text(line.booked),
            value_date=_text(line.value),
            bank_time=to_text(line.bank_time) if line.bank_time else None,
            ref=line.ref,
            e2e=line.e2e,
            tx_id=line.tx_id,
            doc_no=line.doc_no,
            doc_date=_text(line.doc_date),
            party_account=party.account,
            party_inn=party.inn,
            party_name=party.name,
            purpose=line.purpose,
        )

    @property
    def space(self) -> str:
        """The kind of ids its key was made of."""
        kind = self.key.partition(":")[0]
        return kind.partition("@")[2]

    def tells_otherwise(self, line: Entry) -> bool:
        """`line`, another copy of it, says something else about whose money it is and what for."""
        party = line.counterparty
        return (
            (self.purpose, self.party_name, self.party_inn, self.party_account, self.doc_no, self.doc_date)
        ) != (line.purpose, party.name, party.inn, party.account, line.doc_no, _text(line.doc_date))  # fmt: skip


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
            new = [keyed.entry for keyed in group if not self._is_sure(keyed)]
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
        query = select(*_COLUMNS).where(entries.c.company == unit.company, entries.c.account == account, *where)
        return (_on_record(row) for row in unit.connection.execute(query))

    def _look_up_alike(self, unit: Unit, account: str, lines: Sequence[Entry]) -> None:
        days = [day for line in lines for day in (line.booked, line.value) if day]
        if not days:
            return
        first, last = min(days) - _BOOKED_WITHIN, max(days) + _BOOKED_WITHIN
        near = or_(
            entries.c.booked.between(first.isoformat(), last.isoformat()),
            entries.c.booked.is_(None) & entries.c.value_date.between(first.isoformat(), last.isoformat()),
        )
        sums = sorted({line.amount.kopecks for line in lines})
        payers = sorted({"", *(line.counterparty.account for line in lines)})
        for row in self._rows(unit, account, entries.c.party_account.in_(payers), entries.c.amount.in_(sums), near):
            self._remember(row)
        nameless = sorted({line.amount.kopecks for line in lines if line.incoming and not line.counterparty.account})
        if nameless:
            query = (
                select(*_COLUMNS)
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
        alike = self._alike.get((keyed.account, line.amount.kopecks, _direction(line), int(line.reversal)), {})
        best: OnRecord | None = None
        best_likeness = -1
        for old in sorted(alike.values(), key=lambda row: row.id):
            if old.id in self._used or self._owners.get(old.id, (keyed.account, keyed.key))[1] != keyed.key:
                continue
            likeness = self._likeness(unit, old, keyed)
            if likeness is None or likeness <= best_likeness:
                continue
            if old.space == keyed.space and likeness < _ENOUGH:
                continue  # another format may say next to nothing about a line, the same one would say it again
            best, best_likeness = old, likeness
        return best

    def _likeness(self, unit: Unit, old: OnRecord, keyed: Keyed) -> int | None:
        """How much two copies have in common; None when they contradict each other."""
        line, party = keyed.entry, keyed.entry.counterparty
        same_space = old.space == keyed.space
        preliminary = (old.status == BOOKED) != (line.status == BOOKED)
        if old.currency != line.currency or not _near(old, line, preliminary):
            return None
        ids_count = same_space and not preliminary
        if ids_count and not self._habits.ids_unstable and _differ(old.ref, line.ref):
            return None
        if _differ(old.e2e, line.e2e) or (ids_count and _differ(old.tx_id, line.tx_id)):
            return None
        if _differ(_number(old.doc_no), _number(line.doc_no)) and (same_space or not _ends_alike(old, line)):
            return None
        if _differ(old.doc_date or "", _text(line.doc_date) or "") or _differ(_inn(old.party_inn), _inn(party.inn)):
            return None
        if _differ(old.party_account, party.account) and (same_space or not _part_of(old.party_account, party.account)):
            return None
        same_purpose = fold(old.purpose) == fold(line.purpose)
        if ids_count and not (same_purpose or old.ref or line.ref or old.doc_no or line.doc_no):
            return None  # nothing but the purpose tells them apart
        if same_space and self._are_two_notices(unit, old, keyed):
            return None
        return (
            16 * _same(old.ref, line.ref)
            + 8 * (_same(old.e2e, line.e2e) + _same(old.tx_id, line.tx_id))
            + 8 * _same(_number(old.doc_no), _number(line.doc_no))
            + 4 * _same(old.party_account, party.account)
            + 2 * (_same(_inn(old.party_inn), _inn(party.inn)) + (same_purpose and bool(old.purpose)))
        )

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


def _direction(line: Entry) -> str:
    return "in" if line.incoming else "out"


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _near(old: OnRecord, line: Entry, preliminary: bool) -> bool:
    """The same day; a preliminary line may be booked some days later, or earlier."""
    booked = _text(line.booked)
    if preliminary:
        before, after = old.booked or old.value_date, line.booked or line.value
        if not before or not after:
            return True
        return abs(date.fromisoformat(before) - after) <= _BOOKED_WITHIN
    if old.booked and booked:
        return old.booked == booked
    days = {old.booked, old.value_date} - {None}
    return not days or bool(days & {booked, _text(line.value)})


def _differ(old: str, new: str) -> bool:
    """Both say it, and say different things."""
    return bool(old and new) and old != new


def _same(old: str, new: str) -> bool:
    return bool(old) and old == new


def _number(doc_no: str) -> str:
    return doc_no.strip().lstrip("0")


def _ends_alike(old: OnRecord, line: Entry) -> bool:
    """Some formats keep the last three digits of an order's number only."""
    one, other = sorted((_number(old.doc_no), _number(line.doc_no)), key=len)
    return len(one) >= 3 and other.endswith(one)


def _part_of(one: str, other: str) -> bool:
    """An account with its bank's code, or an IBAN, holds the bare number."""
    short, long = sorted(("".join(filter(str.isalnum, text)) for text in (one, other)), key=len)
    return len(short) >= 8 and short in long


def _inn(text: str) -> str:
    return text.strip("0 ") and text.strip()
