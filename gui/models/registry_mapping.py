"""How a partner's file is to be read, between the service's own form and what a person chooses on the screen. Pure.

The service's mapping names columns by their heading, or by position as "#3"; see the API's `ColumnMapping`. What the
screen does not offer (rows to skip, refunds, sheet of a workbook, the word of the total row) is carried through.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from gui.api.types import RegistryPreview, ShownRow
from gui.i18n import translate

KEYS = ("order", "loan", "track")
ROLES = ("", *KEYS, "amount", "fee", "net_column", "number", "date")
SINGLE = ("amount", "fee", "net_column", "number", "date")
"""Roles only one column can have."""
PLACES = ("column", "heading", "file_name")
NO_HEADINGS = -1
USUAL = {
    ("number", "heading"): r"№\s*([\w/-]+)",
    ("number", "file_name"): r"(\d+)",
    ("date", "heading"): r"(\d{1,2}\.\d{1,2}\.\d{4})",
    ("date", "file_name"): r"(\d{4}-\d\d-\d\d|\d\d\.\d\d\.\d{4}|20\d{6})",
}
"""Regular expressions to begin with, by fact and place."""


def role_title(role: str) -> str:
    titles = {
        "": translate("Registries", "— not needed"),
        "order": translate("Registries", "Order number"),
        "loan": translate("Registries", "Loan number"),
        "track": translate("Registries", "Parcel number"),
        "amount": translate("Registries", "Sum"),
        "fee": translate("Registries", "Fee"),
        "net_column": translate("Registries", "To be paid out"),
        "number": translate("Registries", "Registry number"),
        "date": translate("Registries", "Registry date"),
    }
    return titles[role]


def place_title(place: str) -> str:
    titles = {
        "column": translate("Registries", "in a column of the table"),
        "heading": translate("Registries", "in the text above or below"),
        "file_name": translate("Registries", "in the name of the file"),
    }
    return titles[place]


def missing_title(part: str) -> str:
    """A part of the mapping that has to be named, as the service calls it."""
    titles = {
        "key": translate("Registries", "the column with the number of order, loan or parcel"),
        "amount": translate("Registries", "the column with the sum"),
        "number": translate("Registries", "where the registry's number stands"),
        "date": translate("Registries", "where the registry's date stands"),
    }
    return titles.get(part, part)


@dataclass(slots=True)
class Place:
    """Where number or date of the registry stands: a place of `PLACES` and, but for a column, a regular expression."""

    kind: str = "heading"
    pattern: str = ""


@dataclass(slots=True)
class Reading:
    """What the person has chosen.

    Attributes:
        roles: of each column, by position; one of `ROLES`.
        headings: text of the chosen row of headings by column; empty when there is none.
        header_row: its number in the file; `NO_HEADINGS` when there is none; 0 leaves it to the service.
        fee_percent: of each line, where no column says it.
        rest: what else the mapping says.
    """

    roles: list[str]
    headings: tuple[str, ...] = ()
    header_row: int = 0
    number: Place = field(default_factory=Place)
    date: Place = field(default_factory=Place)
    fee_percent: str = ""
    unit: str = "roubles"
    rest: dict[str, Any] = field(default_factory=dict)

    def assign(self, column: int, role: str) -> None:
        """Give a column a role; another column that had it, or names the invoice by another kind, loses it."""
        if role in SINGLE:
            self.roles = ["" if found == role else found for found in self.roles]
        if role in KEYS:
            self.roles = ["" if found in KEYS and found != role else found for found in self.roles]
        self.roles[column] = role
        for fact, place in (("number", self.number), ("date", self.date)):
            if role == fact:
                place.kind = "column"
            elif place.kind == "column" and fact not in self.roles:
                place.kind, place.pattern = "heading", USUAL[fact, "heading"]

    def use_headings(self, row: ShownRow | None) -> None:
        """Take another row for the headings, or none."""
        self.header_row = row.number if row is not None else NO_HEADINGS
        self.headings = row.cells if row is not None else ()

    def missing(self) -> list[str]:
        """Parts that still have to be named."""
        found = []
        if not any(role in KEYS for role in self.roles):
            found.append("key")
        if "amount" not in self.roles:
            found.append("amount")
        for fact, place in (("number", self.number), ("date", self.date)):
            if (fact not in self.roles) if place.kind == "column" else not place.pattern.strip():
                found.append(fact)
        return found

    def mapping(self) -> dict[str, Any] | None:
        """In the service's form; None while something is missing."""
        if self.missing():
            return None
        kind = next(role for role in self.roles if role in KEYS)
        made = {
            **self.rest,
            "key": [self._name(at) for at, role in enumerate(self.roles) if role == kind],
            "kind": kind,
            "amount": self._of("amount"),
            "fee": self._of("fee"),
            "net_column": self._of("net_column"),
            "fee_percent": "" if "fee" in self.roles else self.fee_percent.strip(),
            "number": self._place("number", self.number),
            "date": self._place("date", self.date),
            "unit": self.unit,
        }
        made["header_row"] = self._header_row(made)
        return {name: value for name, value in made.items() if value not in ("", None)}

    def _header_row(self, made: dict[str, Any]) -> int:
        """0, for the row that has the headings named, wherever it stands in the next file; its number where no column
        goes by a heading."""
        if self.header_row == NO_HEADINGS:
            return NO_HEADINGS
        names = [*made["key"], made["amount"], made["fee"], made["net_column"]]
        by_heading = any(name and not re.fullmatch(r"#\d{1,3}", name) for name in names)
        return 0 if by_heading else self.header_row

    def _of(self, role: str) -> str:
        return self._name(self.roles.index(role)) if role in self.roles else ""

    def _name(self, column: int) -> str:
        """The column as a mapping names it: by its heading where that is unmistakable."""
        heading = self.headings[column] if column < len(self.headings) else ""
        alike = [other for other in self.headings if _key(other) == _key(heading)]
        return heading if _key(heading) and len(alike) == 1 else f"#{column + 1}"

    def _place(self, fact: str, place: Place) -> dict[str, str]:
        if place.kind == "column":
            return {"column": self._of(fact)}
        return {place.kind: place.pattern.strip()}


def reading_of(preview: RegistryPreview) -> Reading:
    """What the service proposes, or has saved, as it is shown."""
    mapping = preview.mapping or preview.found
    header = next((row for row in preview.rows if preview.headings and row.cells == preview.headings), None)
    row = mapping.get("header_row") or 0
    if row > 0:
        header = next((shown for shown in preview.rows if shown.number == row), header)
    width = max([len(shown.cells) for shown in preview.rows] + [len(preview.headings)], default=0)
    made = Reading([""] * width, header.cells if header else preview.headings, row, rest=_rest(mapping))
    if header is None and not preview.headings:
        made.header_row = NO_HEADINGS
    made.unit = mapping.get("unit") or "roubles"
    made.fee_percent = mapping.get("fee_percent") or ""
    kind = mapping.get("kind") or ""
    named = [*((name, kind) for name in mapping.get("key") or ())]
    named += [(mapping.get(role) or "", role) for role in ("amount", "fee", "net_column")]
    for fact, place in (("number", made.number), ("date", made.date)):
        told = mapping.get(fact) or {}
        place.kind = next((one for one in PLACES if told.get(one)), "heading")
        place.pattern = "" if place.kind == "column" else told.get(place.kind) or ""
        named.append((told.get("column") or "", fact))
    for name, role in named:
        at = _position(name, made.headings)
        if name and role and 0 <= at < width and not made.roles[at]:
            made.roles[at] = role
    return made


_SHOWN = frozenset(
    ("key", "kind", "amount", "fee", "net_column", "fee_percent", "number", "date", "header_row", "unit")
)


def _rest(mapping: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in mapping.items() if name not in _SHOWN}


def _position(name: str, headings: Sequence[str]) -> int:
    if re.fullmatch(r"#\d{1,3}", name):
        return int(name[1:]) - 1
    return next((at for at, heading in enumerate(headings) if _key(name) and _key(heading) == _key(name)), -1)


def _key(heading: str) -> str:
    """Headings are compared without case, spaces and punctuation, as the service does."""
    return "".join(letter for letter in heading.casefold() if letter.isalnum())
