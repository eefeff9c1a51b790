"""A delivered line with its key, a line on record, and how alike the two are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from gateway.bank.statement import Entry
from gateway.core.clock import to_text
from gateway.core.text import fold
from gateway.payments.model import Habits, Source
from gateway.payments.tables import entries

BOOKED = "BOOK"
# An announced line is booked within so many days, or under a new announcement.
BOOKED_WITHIN = timedelta(days=10)
COLUMNS = (
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
"""What `OnRecord` is made of, in its order."""


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
            direction=direction_of(line),
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


def likeness(old: OnRecord, keyed: Keyed, habits: Habits) -> int | None:
    """How much two copies have in common; None when they contradict each other."""
    line, party = keyed.entry, keyed.entry.counterparty
    same_space = old.space == keyed.space
    preliminary = (old.status == BOOKED) != (line.status == BOOKED)
    if old.currency != line.currency or not _near(old, line, preliminary):
        return None
    ids_count = same_space and not preliminary
    if ids_count and not habits.ids_unstable and _differ(old.ref, line.ref):
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
    return (
        16 * _same(old.ref, line.ref)
        + 8 * (_same(old.e2e, line.e2e) + _same(old.tx_id, line.tx_id))
        + 8 * _same(_number(old.doc_no), _number(line.doc_no))
        + 4 * _same(old.party_account, party.account)
        + 2 * (_same(_inn(old.party_inn), _inn(party.inn)) + (same_purpose and bool(old.purpose)))
    )


def direction_of(line: Entry) -> str:
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
        return abs(date.fromisoformat(before) - after) <= BOOKED_WITHIN
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
