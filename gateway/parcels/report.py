"""The morning report: parcels somebody should look at today, whom to ring, and what is at stake."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from openpyxl import Workbook
from sqlalchemy import ColumnElement, Connection, func, select

from gateway.core.catalogue import sentence
from gateway.core.clock import business_date, from_text
from gateway.core.money import Money, total
from gateway.core.text import one_line
from gateway.parcels.cod_missing import missing_of
from gateway.parcels.tables import parcels
from gateway.parcels.terms import ParcelTerms
from gateway.parcels.watch import Trouble, condition
from gateway.settlement.sheets import Value, add_row
from gateway.store.schema import AnyRow

MOST_LINES = 500
"""Of one section; what is beyond is counted and not listed."""
_LONGEST = 60
_COLUMNS = ("track", "order_no", "name", "phone", "email", "stage", "place", "since", "keep_until", "at_stake")
_WIDTHS = (18, 14, 28, 16, 26, 22, 30, 12, 12, 14)


@dataclass(frozen=True, slots=True)
class Line:
    """One parcel.

    Attributes:
        place: index and name of the office it was seen at last.
        since: the last operation's day. days: since then.
        at_stake: its cash on delivery (what is missing of it, where it should be here), and the postage both ways
            while it may come back.
    """

    parcel_id: str
    carrier: str
    track: str
    order_no: str
    shop: str
    name: str = field(repr=False)
    phone: str = field(repr=False)
    email: str = field(repr=False)
    stage: str
    place: str
    since: date
    days: int
    keep_until: date | None
    at_stake: Money


@dataclass(frozen=True, slots=True)
class Section:
    """Parcels of one kind of trouble, the most at stake first.

    Attributes:
        count, at_stake: of all of them, also of those beyond `MOST_LINES`.
    """

    trouble: Trouble
    count: int
    at_stake: Money
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class MorningReport:
    """All sections that have anything in them."""

    day: date
    sections: tuple[Section, ...]

    @property
    def count(self) -> int:
        return sum(section.count for section in self.sections)

    @property
    def at_stake(self) -> Money:
        return total([section.at_stake for section in self.sections])


def make(
    connection: Connection,
    company: str,
    terms: ParcelTerms,
    now: datetime,
    troubles: Sequence[Trouble] = tuple(Trouble),
) -> MorningReport:
    """The report of a day, as things stand now.

    Args:
        troubles: the sections asked for.
    """
    today = business_date(now, terms.zone)
    sections = (_section(connection, company, terms, now, trouble) for trouble in troubles)
    return MorningReport(today, tuple(section for section in sections if section.count))


def _section(connection: Connection, company: str, terms: ParcelTerms, now: datetime, trouble: Trouble) -> Section:
    where = (parcels.c.company == company, condition(trouble, terms, now))
    at_stake = _at_stake(trouble)
    counted = connection.execute(select(func.count(), func.sum(at_stake)).where(*where)).one()
    rows = connection.execute(
        select(parcels).where(*where).order_by(at_stake.desc(), parcels.c.moved_at, parcels.c.id).limit(MOST_LINES)
    )
    today = business_date(now, terms.zone)
    lines = tuple(_line(row, trouble, terms, today) for row in rows)
    return Section(trouble, counted[0], Money(int(counted[1] or 0)), lines)


def _at_stake(trouble: Trouble) -> ColumnElement[int]:
    if trouble is Trouble.COD_MISSING:
        return parcels.c.cod - parcels.c.cod_received
    return parcels.c.cod + 2 * parcels.c.postage


def _line(row: AnyRow, trouble: Trouble, terms: ParcelTerms, today: date) -> Line:
    since = business_date(from_text(row.moved_at), terms.zone)
    missing = trouble is Trouble.COD_MISSING
    return Line(
        parcel_id=row.id,
        carrier=row.carrier,
        track=row.track,
        order_no=row.order_no,
        shop=row.shop,
        name=row.name,
        phone=row.phone,
        email=row.email,
        stage=row.stage,
        place=" ".join(filter(None, (row.office_index, row.office_name))),
        since=since,
        days=(today - since).days,
        keep_until=date.fromisoformat(row.keep_until) if row.keep_until else None,
        at_stake=missing_of(row) if missing else Money(row.cod + 2 * row.postage),
    )


def subject(report: MorningReport, language: str) -> str:
    """The title of the letter."""
    code = "parcels.report.subject" if report.count else "parcels.report.subject_quiet"
    return _text(code, language, day=f"{report.day:%d.%m.%Y}", count=report.count)


def text(report: MorningReport, language: str) -> str:
    """The report as plain text, for a letter or a terminal: one paragraph for each parcel, with whom to ring."""
    if not report.sections:
        return _text("parcels.report.quiet", language)
    parts = []
    for section in report.sections:
        head = _text(f"parcels.trouble.{section.trouble.value}", language)
        parts.append(_text("parcels.report.section", language, head=head, count=section.count, amount=section.at_stake))
        parts += [_paragraph(line, language) for line in section.lines]
        if section.count > len(section.lines):
            parts.append(_text("parcels.report.more", language, count=section.count - len(section.lines)))
        parts.append("")
    return "\n".join([*parts, _text("parcels.report.total", language, count=report.count, amount=report.at_stake)])


def _paragraph(line: Line, language: str) -> str:
    stage = _text(f"parcel.stage.{line.stage}", language)
    whom = ", ".join(filter(None, (one_line(line.name, _LONGEST), line.phone, line.email)))
    where = ", ".join(filter(None, (stage, one_line(line.place, _LONGEST))))
    kept = _text("parcels.report.kept", language, day=f"{line.keep_until:%d.%m.%Y}") if line.keep_until else ""
    said = _text("parcels.report.since", language, day=f"{line.since:%d.%m.%Y}", days=line.days)
    facts = "; ".join(filter(None, (where, said, kept, line.at_stake.screen_text() if line.at_stake else "")))
    number = f"{line.track} ({line.order_no})" if line.order_no else line.track
    return "\n".join(filter(None, (f"  {number}: {facts}", f"    {whom}" if whom else "")))


def workbook(report: MorningReport, language: str) -> bytes:
    """The report as an .xlsx file, a sheet for each section. Whatever people typed is written as text."""
    book = Workbook(write_only=True)
    for section in report.sections:
        sheet = book.create_sheet(_text(f"parcels.trouble.{section.trouble.value}", language)[:31])
        for letter, width in zip("ABCDEFGHIJ", _WIDTHS, strict=True):
            sheet.column_dimensions[letter].width = width
        add_row(sheet, *(_text(f"parcels.column.{name}", language) for name in _COLUMNS), bold=True)
        for line in section.lines:
            add_row(sheet, *_values(line, language))
    if not report.sections:
        book.create_sheet(_text("parcels.report.quiet", language)[:31])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _values(line: Line, language: str) -> tuple[Value, ...]:
    stage = _text(f"parcel.stage.{line.stage}", language)
    return (
        line.track, line.order_no, line.name, line.phone, line.email, stage, line.place, line.since, line.keep_until,
        line.at_stake,
    )  # fmt: skip


def _text(code: str, language: str, **values: object) -> str:
    return sentence(code, language, values)
