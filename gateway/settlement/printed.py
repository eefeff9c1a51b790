"""A statement of account as it is printed: both sides, what was carried over, the lines, the totals, our commission.

What is carried over from earlier statements stands apart from the lines, as the opening balance: opening + lines = net.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from gateway.core.authority import Actor
from gateway.core.money import Money
from gateway.settlement import claims, queries
from gateway.settlement.model import LineKind, PartyKind
from gateway.store.schema import AnyRow

EVERY_LINE = 1_000_000  # rows of a sheet of Excel
_SLICE = 1000


@dataclass(frozen=True, slots=True)
class Side:
    """A party as it stands in a document; "" for what is not known."""

    name: str
    inn: str = ""
    kpp: str = ""


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line of the register: gross − fee = net, VAT inside the fee."""

    on: date
    document: str
    kind: str
    note: str
    gross: Money
    fee: Money
    net: Money
    vat: Money


@dataclass(frozen=True, slots=True)
class Printed:
    """A statement with its commission act and, where the party is to pay us, its claim.

    Attributes:
        company, party: we, and whose statement it is.
        opening: what earlier statements left over; negative when the party owed us.
        gross, fee, net, vat: of everything, the opening balance in `net` too.
        lines: without those that carry something over.
        more: so many lines stand in the statement and not here.
        claim: number of the claim; "" for none.
    """

    number: int
    since: date
    until: date
    company: Side
    party: Side
    party_kind: PartyKind
    opening: Money
    gross: Money
    fee: Money
    net: Money
    vat: Money
    lines: Sequence[PrintedLine]
    more: int = 0
    claim: str = ""

    @property
    def turnover(self) -> Money:
        """What came for the party in the period, without what was carried over."""
        return self.gross - self.opening


def printed(
    connection: Connection,
    company: str,
    actor: Actor,
    statement_id: str,
    own: Side,
    party: Side,
    limit: int = EVERY_LINE,
) -> Printed:
    """A statement this person may see.

    Args:
        limit: of lines.

    Raises:
        Refused: `authority.missing`, `settlement.not_found`.
    """
    row = queries.statement(connection, company, actor, statement_id)
    opening, more = Money.zero(), 0
    lines: list[PrintedLine] = []
    for one in _lines(connection, company, actor, statement_id):
        if one.kind == LineKind.CARRIED:
            opening += Money(one.net)
        elif len(lines) < limit:
            lines.append(_line(one))
        else:
            more += 1
    return Printed(
        number=row.number,
        since=date.fromisoformat(row.since),
        until=date.fromisoformat(row.until),
        company=own,
        party=party,
        party_kind=PartyKind(row.party_kind),
        opening=opening,
        gross=Money(row.gross),
        fee=Money(row.fee),
        net=Money(row.net),
        vat=Money(row.vat),
        lines=lines,
        more=more,
        claim=claims.number_of(row) if claims.is_claimed(row) else "",
    )


def _lines(connection: Connection, company: str, actor: Actor, statement_id: str) -> Iterator[AnyRow]:
    after = ""
    while True:
        page = queries.line_page(connection, company, actor, statement_id, after=after, limit=_SLICE)
        yield from page.rows
        if page.after is None:
            return
        after = page.after[1]


def _line(row: AnyRow) -> PrintedLine:
    return PrintedLine(
        on=date.fromisoformat(row.on),
        document=row.document,
        kind=row.kind,
        note=row.note,
        gross=Money(row.gross),
        fee=Money(row.fee),
        net=Money(row.net),
        vat=Money(row.vat),
    )
