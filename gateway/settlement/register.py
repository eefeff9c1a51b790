"""The register: what we owe each party, line by line, only ever appended.

A line is known by its source event: told again it is the same line, told differently it is refused. A wrong line
stays and is taken back by lines of the opposite sign, whole or in parts, and never by more than it was.

Neither `append` nor `reverse` asks for a right: a line is what an event means in money, and whoever may cause the
event (a shop reports goods returned) may cause its line. What people write into the register by hand is
`gateway.settlement.corrections`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import bindparam, func, select

from gateway.core.errors import Refused
from gateway.core.ids import new_id
from gateway.core.money import Money
from gateway.settlement.model import LineKind, NewLine, Party, PartyKind
from gateway.settlement.tables import lines
from gateway.store.driver import Query
from gateway.store.schema import AnyRow
from gateway.store.unit import Unit

_BY_EVENT = Query(
    select(lines).where(lines.c.company == bindparam("company"), lines.c.source_event == bindparam("source_event"))
)
_BY_ID = Query(select(lines).where(lines.c.company == bindparam("company"), lines.c.id == bindparam("id")))
_TAKEN_BACK = Query(
    select(
        func.coalesce(func.sum(lines.c.gross), 0).label("gross"),
        func.coalesce(func.sum(lines.c.fee), 0).label("fee"),
        func.coalesce(func.sum(lines.c.vat), 0).label("vat"),
    ).where(lines.c.reverses == bindparam("id"), lines.c.id < bindparam("before"))
)
_EVERY_ID = "Z" * 26  # behind every id, in whatever order a database sorts text


@dataclass(frozen=True, slots=True)
class _Sums:
    """Sums of a line, in kopecks."""

    gross: int
    fee: int
    vat: int

    def __sub__(self, other: _Sums) -> _Sums:
        return _Sums(self.gross - other.gross, self.fee - other.fee, self.vat - other.vat)


@dataclass(frozen=True, slots=True)
class _Reversible:
    """A line and what has been taken back of it, as sums of the line's own sign."""

    whole: _Sums
    taken: _Sums

    @property
    def base(self) -> int:
        """What shares are measured in: the gross sum, or the fee of a bare charge."""
        return self.whole.gross or self.whole.fee

    @property
    def taken_base(self) -> int:
        return self.taken.gross if self.whole.gross else self.taken.fee

    @property
    def left(self) -> int:
        return abs(self.base - self.taken_base)

    def part(self, share: int) -> _Sums:
        """The next `share` of the line, cut off where the line as a whole divides: parts always add up to it."""
        upto = self.taken_base + (share if self.base > 0 else -share)
        whole = self.whole
        return _Sums(*(_portion(of, upto, self.base) for of in (whole.gross, whole.fee, whole.vat))) - self.taken


def append(unit: Unit, line: NewLine) -> str:
    """Put a line into the register; the same source event again is the same line.

    Returns:
        The line's id.

    Raises:
        Refused: `settlement.event_differs` when another line stands under this source event.
        ValueError: the line says that it reverses another; `reverse` keeps the bounds of those.
    """
    if line.reverses:
        raise ValueError("what takes a line back is written by reverse()")
    return _write(unit, line)


def reverse(
    unit: Unit, line_id: str, source_event: str, on: date, share: Money | None = None, *, note: str = ""
) -> str:
    """Take a line back, or a part of it, by a line of the opposite sign in the party's next statement.

    Parts are cut so that, whatever their number, the last one takes the rest: fee and VAT follow the gross sum and
    add up to those of the line to the kopeck.

    Args:
        on: the day it belongs to.
        share: how much of the line's gross sum (of its fee, where it has no gross sum) to take back, a positive sum
            whatever the line's sign; None for all that is left of it.

    Returns:
        The id of the new line.

    Raises:
        Refused: `settlement.line_unknown`; `settlement.reverses_reversal` for a line that itself takes one back;
            `settlement.share_wrong` for a share that is not positive or more than is left;
            `settlement.event_differs`.
    """
    row = line_of(unit, line_id)
    if row.reverses:
        raise Refused("settlement.reverses_reversal", document=row.document)
    earlier = _BY_EVENT.one_or_none(unit.connection, company=unit.company, source_event=source_event)
    stood = _reversible(unit, row, before=earlier.id if earlier is not None else _EVERY_ID)
    wanted = stood.left if share is None else share.kopecks
    if not 0 < wanted <= stood.left:
        raise Refused(
            "settlement.share_wrong", document=row.document, share=str(Money(wanted)), left=str(Money(stood.left))
        )
    part = stood.part(wanted)
    line = replace(
        new_line_of(row),
        source_event=source_event,
        on=on,
        gross=Money(-part.gross),
        fee=Money(-part.fee),
        net=Money(part.fee - part.gross),
        vat=Money(-part.vat),
        reverses=row.id,
        note=note,
    )
    return _write(unit, line)


def left_of(unit: Unit, line_id: str) -> Money:
    """How much of a line's gross sum (of its fee, where it has no gross sum) has not been taken back; not negative.

    Raises:
        Refused: `settlement.line_unknown`.
    """
    return Money(_reversible(unit, line_of(unit, line_id), before=_EVERY_ID).left)


def line_of(unit: Unit, line_id: str) -> AnyRow:
    """A line's row.

    Raises:
        Refused: `settlement.line_unknown`.
    """
    row = _BY_ID.one_or_none(unit.connection, company=unit.company, id=line_id)
    if row is None:
        raise Refused("settlement.line_unknown", id=line_id[:40])
    return row


def lines_about(unit: Unit, subject: str, kind: LineKind) -> Sequence[AnyRow]:
    """Lines of a kind about a subject that take none back, in order; also those that were taken back since."""
    return unit.connection.execute(
        select(lines)
        .where(
            lines.c.company == unit.company,
            lines.c.subject == subject,
            lines.c.kind == kind,
            lines.c.reverses.is_(None),
        )
        .order_by(lines.c.id)
    ).all()


def line_by_event(unit: Unit, source_event: str) -> AnyRow | None:
    """The line a source event has made; None when it has made none."""
    return _BY_EVENT.one_or_none(unit.connection, company=unit.company, source_event=source_event)


def new_line_of(row: AnyRow) -> NewLine:
    """A stored line as it was written."""
    return NewLine(
        kind=LineKind(row.kind),
        party=Party(PartyKind(row.party_kind), row.party_id),
        source_event=row.source_event,
        subject=row.subject,
        document=row.document,
        on=date.fromisoformat(row.on),
        gross=Money(row.gross),
        fee=Money(row.fee),
        net=Money(row.net),
        vat=Money(row.vat),
        payment_id=row.payment_id,
        reverses=row.reverses or "",
        note=row.note,
    )


def _write(unit: Unit, line: NewLine) -> str:
    earlier = line_by_event(unit, line.source_event)
    if earlier is not None:
        if new_line_of(earlier) != line:
            raise Refused("settlement.event_differs", event=line.source_event[:80], document=earlier.document)
        return str(earlier.id)
    line_id = new_id()
    told = {
        "party_kind": line.party.kind.value,
        "party_id": line.party.id,
        "kind": line.kind.value,
        "source_event": line.source_event,
        "subject": line.subject,
        "document": line.document,
        "on": line.on.isoformat(),
        "gross": line.gross.kopecks,
        "fee": line.fee.kopecks,
        "net": line.net.kopecks,
        "vat": line.vat.kopecks,
        "payment_id": line.payment_id,
        "reverses": line.reverses or None,
        "note": line.note,
    }
    who = {"company": unit.company, "at": unit.at, "by": str(unit.actor)}
    unit.insert(lines, {"id": line_id, **who, **told})
    unit.journal("settlement_line.appended", f"settlement_line:{line_id}", **told)
    unit.changed("settlement_lines", line.party.id)
    return line_id


def _reversible(unit: Unit, row: AnyRow, *, before: str) -> _Reversible:
    """`row` with what lines older than `before` took back of it."""
    found = _TAKEN_BACK.one(unit.connection, id=row.id, before=before)
    taken = _Sums(-int(found.gross), -int(found.fee), -int(found.vat))  # PostgreSQL's sums of bigint are decimals
    return _Reversible(_Sums(row.gross, row.fee, row.vat), taken)


def _portion(of: int, upto: int, base: int) -> int:
    """`of` · `upto` / `base`, rounded half away from zero."""
    whole = (2 * abs(of) * abs(upto) + abs(base)) // (2 * abs(base))
    return whole if of >= 0 else -whole
