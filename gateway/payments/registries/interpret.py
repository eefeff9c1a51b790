"""A registry file, read by its partner's mapping: one or several registries with their lines, and what was odd."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from gateway.core.errors import KvitError, Refused
from gateway.core.money import Money, total
from gateway.core.problem import Problem
from gateway.core.text import heading_key
from gateway.payments.registries.mapping import ColumnMapping, search
from gateway.payments.registries.model import RegistryLine
from gateway.payments.registries.read import HEADER, Row
from gateway.payments.registries.values import amount, day

_PROBLEMS_KEPT = 200
_FRAGMENT = 120
_ROUNDED = re.compile(r"(?i)\d(?:[.,]\d+)?e\+\d{1,3}")  # a spreadsheet's: its last digits are lost


@dataclass(frozen=True, slots=True)
class ReadRegistry:
    """What a file says one registry is.

    Attributes:
        gross, fee, net: as the file states them, else as its lines add up.
        bad_rows: rows that could not be read; each is a problem with its row, as far as so many are kept.
    """

    number: str
    date: date
    gross: Money
    fee: Money
    net: Money
    lines: tuple[RegistryLine, ...]
    bad_rows: int
    problems: tuple[Problem, ...]

    @property
    def lines_total(self) -> Money:
        """What the lines add up to."""
        return total([line.amount for line in self.lines])

    @property
    def sound(self) -> bool:
        """Whether it may explain a payment; see `Registry.sound`."""
        adds_up = self.lines_total == self.gross and self.gross - self.fee == self.net
        return adds_up and not self.bad_rows and self.fee.kopecks >= 0


@dataclass
class _Totals:
    """Totals the file states; None where it states none."""

    gross: Money | None = None
    fee: Money | None = None
    net: Money | None = None


@dataclass
class _Group:
    """The rows of one registry."""

    number: str
    date: str
    lines: list[RegistryLine] = field(default_factory=list)
    bad_rows: int = 0
    problems: list[Problem] = field(default_factory=list)

    def complain(self, row: Row, code: str, values: Mapping[str, object] | None = None) -> None:
        self.bad_rows += 1
        if len(self.problems) < _PROBLEMS_KEPT:
            told = {name: str(value) for name, value in (values or {}).items()}
            self.problems.append(Problem(row.number, code, told, row.line[:_FRAGMENT], True))


def interpret(rows: Iterator[Row], mapping: ColumnMapping, file_name: str) -> list[ReadRegistry]:
    """Read a file by a mapping.

    Raises:
        Refused: `registry.columns_missing`, `registry.no_lines`, `registry.number_missing`, `registry.date_missing`,
            and what the reader of the file raises.
    """
    return _Reading(mapping, file_name).read(rows)


class _Reading:
    def __init__(self, mapping: ColumnMapping, file_name: str) -> None:
        self._mapping = mapping
        self._file_name = file_name
        self._at: dict[str, int] = {}
        self._number = mapping.number.in_name(file_name)
        self._date = mapping.date.in_name(file_name)
        self._totals = _Totals()
        self._stated = (("gross", mapping.gross), ("fee", mapping.fee_total), ("net", mapping.net))
        self._groups: dict[str, _Group] = {}
        self._loose: list[tuple[Row, str]] = []  # totals nobody can read

    def read(self, rows: Iterator[Row]) -> list[ReadRegistry]:
        self._find_header(rows)
        for row in rows:
            if search(self._mapping.total_row, row.line):
                self._total_row(row)
                break
            self._line(row)
        for row in rows:
            self._outside(row)
        if not any(group.lines or group.bad_rows for group in self._groups.values()):
            raise Refused("registry.no_lines")
        if len(self._groups) == 1:
            return [self._whole(group, self._totals) for group in self._groups.values()]
        return self._each()

    # ------------------------------------------------------------------ the table's head

    def _find_header(self, rows: Iterator[Row]) -> None:
        mapping = self._mapping
        seen: list[Row] = []
        if mapping.header_row == -1:
            self._at = {name: _position(name) for name in mapping.columns}
            return
        for row in rows:
            at = columns_of(row, mapping.columns)
            told = mapping.header_row and row.number in (mapping.header_row, HEADER)
            if told or (not mapping.header_row and len(at) == len(mapping.columns)):
                self._at = at
                break
            seen.append(row)
            self._outside(row)
        missing = [name for name in mapping.columns if name not in self._at]
        if missing:
            nearest = max(seen, key=lambda row: len(columns_of(row, mapping.columns)), default=None)
            raise Refused(
                "registry.columns_missing", columns=", ".join(missing), found=(nearest.line if nearest else "")[:200]
            )

    def _outside(self, row: Row) -> None:
        """A row before or after the table: it may state number, date or a total."""
        text, mapping = row.line, self._mapping
        self._number = self._number or mapping.number.in_text(text)
        self._date = self._date or mapping.date.in_text(text)
        for name, pattern in self._stated:
            if found := search(pattern, text):
                self._state(name, found, row)

    def _states_total(self, row: Row) -> bool:
        return any(search(pattern, row.line) for _, pattern in self._stated)

    def _total_row(self, row: Row) -> None:
        mapping = self._mapping
        for name, column in (("gross", mapping.amount), ("fee", mapping.fee), ("net", mapping.net_column)):
            if column and (text := self._cell(row, column)):
                self._state(name, text, row)
        self._outside(row)

    def _state(self, name: str, text: str, row: Row) -> None:
        try:
            value = amount(text, self._mapping.unit)
        except KvitError:
            self._loose.append((row, text))
            return
        if name == "fee" and self._mapping.fee_negative:
            value = -value
        if getattr(self._totals, name) is None:
            setattr(self._totals, name, value)

    # ------------------------------------------------------------------ the table's rows

    def _cell(self, row: Row, column: str) -> str:
        at = self._at[column]
        return row.cells[at] if at < len(row.cells) else ""

    def _line(self, row: Row) -> None:
        mapping = self._mapping
        if mapping.skip and search(mapping.skip, self._cell(row, mapping.skip_column)):
            return
        group = self._group(row)
        key = next((text for column in mapping.key if (text := self._cell(row, column))), "")
        written = self._cell(row, mapping.amount)
        if self._states_total(row) or not (key or written):
            self._outside(row)
            return
        if not key:
            group.complain(row, "registry.row_without_key")
            return
        if _ROUNDED.fullmatch(key):
            group.complain(row, "registry.key_rounded", {"key": key[:40]})
            return
        try:
            paid = amount(written, mapping.unit)
            fee = self._fee(row, paid)
        except KvitError as error:
            group.complain(row, error.code, error.values)
            return
        if mapping.refund and search(mapping.refund, self._cell(row, mapping.refund_column)):
            paid = -abs(paid)
        if paid or fee:
            group.lines.append(RegistryLine(mapping.kind, key, paid, row.number, fee))

    def _group(self, row: Row) -> _Group:
        mapping = self._mapping
        number = self._cell(row, mapping.number.column) if mapping.number.column else ""
        on = self._cell(row, mapping.date.column) if mapping.date.column else ""
        return self._groups.setdefault(number, _Group(number, on))  # the days of operations differ within one

    def _fee(self, row: Row, paid: Money) -> Money:
        mapping = self._mapping
        if mapping.fee_percent:
            return paid.times(Decimal(mapping.fee_percent) / 100)
        text = self._cell(row, mapping.fee) if mapping.fee else ""
        fee = amount(text, mapping.unit) if text else Money(0)
        return -fee if mapping.fee_negative else fee

    # ------------------------------------------------------------------ the whole

    def _each(self) -> list[ReadRegistry]:
        """Several registries in one file: its totals are those of all of them together."""
        found = [self._whole(group, _Totals()) for group in self._groups.values()]
        sums = {"gross": total([r.gross for r in found]), "net": total([r.net for r in found])}
        for name, together in sums.items():
            stated = getattr(self._totals, name)
            if stated is not None and stated != together:
                odd = Problem(0, "registry.totals_differ", {"lines": str(together), "stated": str(stated)}, "", False)
                found = [replace(r, bad_rows=r.bad_rows + 1, problems=(*r.problems, odd)) for r in found]
        return found

    def _whole(self, group: _Group, stated: _Totals) -> ReadRegistry:
        number = group.number or self._number
        on = day(group.date) or day(self._date)
        if not number:
            raise Refused("registry.number_missing")
        if on is None:
            raise Refused("registry.date_missing", found=(group.date or self._date)[:40])
        for row, text in self._loose:
            group.complain(row, "registry.total_unreadable", {"text": text[:40]})
        gross = stated.gross if stated.gross is not None else total([line.amount for line in group.lines])
        fee = self._whole_fee(group, stated, gross)
        net = stated.net if stated.net is not None else gross - fee
        return ReadRegistry(number, on, gross, fee, net, tuple(group.lines), group.bad_rows, tuple(group.problems))

    def _whole_fee(self, group: _Group, stated: _Totals, gross: Money) -> Money:
        of_lines = total([line.fee for line in group.lines])
        by_line = bool(self._mapping.fee or self._mapping.fee_percent)
        if stated.fee is None:
            return of_lines if by_line else gross - stated.net if stated.net is not None else Money(0)
        if by_line and not group.bad_rows and of_lines != stated.fee:
            group.bad_rows += 1
            values = {"lines": str(of_lines), "stated": str(stated.fee)}
            group.problems.append(Problem(0, "registry.fees_differ", values, "", False))
        return stated.fee


def columns_of(row: Row, wanted: Sequence[str]) -> dict[str, int]:
    """Wanted column → its position in a row of headings, of those that are there; "#3" is there always."""
    headings = {heading_key(cell): at for at, cell in reversed(list(enumerate(row.cells))) if heading_key(cell)}
    found: dict[str, int] = {}
    for name in wanted:
        if re.fullmatch(r"#\d{1,3}", name):
            found[name] = _position(name)
        elif (at := headings.get(heading_key(name))) is not None:
            found[name] = at
    return found


def _position(name: str) -> int:
    return int(name[1:]) - 1
