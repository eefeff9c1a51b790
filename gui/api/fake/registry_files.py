"""How the make-believe service reads a partner's file: text with separators only, by a mapping or by its headings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
Cells = list[str]

_HEADINGS = {
    "net_column": ("к перечислению", "к выплате"),
    "fee": ("комиссия", "вознаграждение"),
    "amount": ("сумма",),
    "track": ("шпи", "трек"),
    "loan": ("заявка", "кредит"),
    "order": ("заказ",),
}
_KEYS = ("track", "loan", "order")
_NUMBER = r"реестр\D{0,30}?([\d/-]+)"
_DATE = r"(\d{2}\.\d{2}\.\d{4})"


class Unreadable(ValueError):
    """The file cannot be read so; carries code, Russian and English."""


@dataclass(slots=True)
class Reading:
    """One registry as it was read; sums in kopecks."""

    number: str
    date: str
    gross: int = 0
    fee: int = 0
    net: int = 0
    lines: list[tuple[int, str, str, int, int]] = field(default_factory=list)
    """(row, kind, key, amount, fee)"""
    problems: list[Json] = field(default_factory=list)

    @property
    def lines_total(self) -> int:
        return sum(line[3] for line in self.lines)

    @property
    def sound(self) -> bool:
        return self.lines_total == self.gross and self.gross - self.fee == self.net and not self.problems


def rows_of(data: bytes) -> list[tuple[int, Cells]]:
    """(line of the file, its cells), blank lines left out."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1251")
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    separator = max(";\t,", key=lambda mark: sum(line.count(mark) for _, line in lines))
    return [(number, [cell.strip() for cell in line.split(separator)]) for number, line in lines]


def sum_of(text: str) -> int | None:
    """ "1 234,50" in kopecks; None when it is no sum."""
    bare = re.sub(r"[\s\u00a0]|руб\.?", "", text).replace(",", ".")
    return round(float(bare) * 100) if re.fullmatch(r"-?\d+(\.\d{1,2})?", bare) else None


def guessed(rows: list[tuple[int, Cells]], file_name: str) -> tuple[Cells, Json]:
    """The headings, and the parts of a mapping that the words of the file give."""
    head: Cells = next((cells for _, cells in rows if len(_parts(cells)) > 1), [])
    parts = _parts(head)
    found: Json = {name: parts[name] for name in ("amount", "fee", "net_column") if name in parts}
    kind = next((kind for kind in _KEYS if kind in parts), None)
    if kind:
        found |= {"kind": kind, "key": [parts[kind]]}
    outside = [" ".join(cells) for _, cells in rows if cells is not head]
    if any(re.search(_NUMBER, line, re.IGNORECASE) for line in outside):
        found["number"] = {"heading": _NUMBER}
    elif re.search(r"\d", file_name):
        found["number"] = {"file_name": r"(\d+)"}
    if any(re.search(_DATE, line) for line in outside):
        found["date"] = {"heading": _DATE}
    return head, found


def _parts(cells: Cells) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part, words in _HEADINGS.items():
        free = [cell for cell in cells if cell not in parts.values() and not re.search(r"\d", cell)]
        fitting = next((cell for cell in free if any(word in cell.casefold() for word in words)), "")
        if fitting:
            parts[part] = fitting
    return parts


def read(rows: list[tuple[int, Cells]], mapping: Json, file_name: str) -> Reading:
    """One registry by its mapping.

    Raises:
        Unreadable: a column, the number or the date is not there.
    """
    columns = [*mapping["key"], mapping["amount"], *(mapping.get(name) for name in ("fee", "net_column"))]
    wanted = [name for name in columns if name]
    at, header = _positions(rows, wanted, int(mapping.get("header_row") or 0))
    lines = [(number, cells) for number, cells in rows if number > header]
    outside = [" ".join(filter(None, cells)) for number, cells in rows if number < header]
    made = Reading("", "")
    total_at = next((i for i, (_, cells) in enumerate(lines) if re.match(r"(?i)итого|всего", " ".join(cells))), None)
    body = lines if total_at is None else lines[:total_at]
    for number, cells in body:
        _line(made, number, cells, mapping, at)
    fees = sum(line[4] for line in made.lines)
    made.gross, made.fee, made.net = made.lines_total, fees, made.lines_total - fees
    if total_at is not None:
        _total(made, lines[total_at][1], mapping, at)
        outside += [" ".join(filter(None, cells)) for _, cells in lines[total_at:]]
    made.number = _place(mapping["number"], outside, file_name)
    date = _place(mapping["date"], outside, file_name)
    made.date = "-".join(reversed(date.split("."))) if "." in date else date
    if not made.number:
        raise Unreadable("registry.number_missing", "Номер реестра не найден.", "The registry's number was not found.")
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", made.date):
        raise Unreadable("registry.date_missing", "Дата реестра не найдена.", "The registry's date was not found.")
    return made


def _positions(rows: list[tuple[int, Cells]], wanted: Cells, header_row: int) -> tuple[dict[str, int], int]:
    if header_row == -1:
        return {name: int(name[1:]) - 1 for name in wanted}, 0
    for number, cells in rows:
        named = {name: cells.index(name) for name in wanted if name in cells}
        numbered = {name: int(name[1:]) - 1 for name in wanted if re.fullmatch(r"#\d+", name)}
        if len(named | numbered) == len(wanted) and header_row in (0, number):
            return named | numbered, number
    raise Unreadable(
        "registry.columns_missing",
        f"В файле нет столбцов: {', '.join(wanted)}.",
        f"The file lacks the columns: {', '.join(wanted)}.",
    )


def _cell(cells: Cells, at: dict[str, int], name: str) -> str:
    place = at.get(name, -1)
    return cells[place] if 0 <= place < len(cells) else ""


def _line(made: Reading, number: int, cells: Cells, mapping: Json, at: dict[str, int]) -> None:
    key = next((found for name in mapping["key"] if (found := _cell(cells, at, name))), "")
    amount = sum_of(_cell(cells, at, mapping["amount"]))
    fee = sum_of(_cell(cells, at, mapping.get("fee") or "") or "0")
    if mapping.get("fee_percent") and amount is not None:
        fee = round(amount * float(str(mapping["fee_percent"]).replace(",", ".")) / 100)
    if not key or amount is None or fee is None:
        told = ("Нет номера.", "There is no number.") if not key else ("Это не сумма.", "This is no sum.")
        problem = {"row": number, "text_ru": told[0], "text_en": told[1], "fragment": " ".join(cells)[:120]}
        made.problems.append(problem)
        return
    made.lines.append((number, str(mapping["kind"]), key, amount, abs(fee)))


def _total(made: Reading, cells: Cells, mapping: Json, at: dict[str, int]) -> None:
    stated = {name: sum_of(_cell(cells, at, mapping.get(name) or "")) for name in ("amount", "fee", "net_column")}
    made.gross = made.gross if stated["amount"] is None else stated["amount"]
    made.fee = made.fee if stated["fee"] is None else abs(stated["fee"])
    made.net = made.gross - made.fee if stated["net_column"] is None else stated["net_column"]


def _place(place: Json, outside: Cells, file_name: str) -> str:
    for text in outside:
        if place.get("heading") and (found := re.search(place["heading"], text, re.IGNORECASE)):
            return found[1] if found.re.groups else found[0]
    if place.get("file_name") and (found := re.search(place["file_name"], file_name, re.IGNORECASE)):
        return found[1] if found.re.groups else found[0]
    return ""
