"""Lists of parcels taken in from files, and parcels by trouble: the morning report."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from gui.api.types.common import Coded, Said


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPreview:
    """A look at a file, nothing kept.

    Attributes:
        heads: names of the columns. mapping: field → head, as somebody said before (`remembered`) or as guessed.
        fields: what a column may say. row_count: of the whole file; `rows` are its first ones.
    """

    heads: tuple[str, ...] = ()
    mapping: dict[str, str] = field(default_factory=dict)
    remembered: bool = False
    fields: tuple[str, ...] = ()
    row_count: int = 0
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """A list that is being taken in, or was.

    Attributes:
        state: "reading", "done", "stopped". running: it goes on now. error: why it broke off.
    """

    id: str
    name: str = ""
    state: str = ""
    shop: str = ""
    row_count: int = 0
    done: int = 0
    taken: int = 0
    known: int = 0
    changed: int = 0
    warned: int = 0
    refused: int = 0
    made_at: datetime | None = None
    made_by: str = ""
    ended_at: datetime | None = None
    running: bool = False
    error: Coded | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeRow:
    """What became of one row of the file."""

    row: int
    outcome: str = ""
    remarks: tuple[Coded, ...] = ()
    parcel_id: str = ""

    @property
    def id(self) -> str:
        return str(self.row)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeRows:
    """Some of them; `next`: the row to go on after, None at the end."""

    items: tuple[IntakeRow, ...] = ()
    next: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TroubledParcel:
    """One parcel of the morning report. `days`: since `since`, when it was seen last."""

    parcel_id: str
    track: str = ""
    carrier: str = ""
    order_no: str = ""
    shop: str = ""
    name: str = ""
    phone: str = ""
    email: str = ""
    stage: str = ""
    stage_ru: str = ""
    stage_en: str = ""
    place: str = ""
    since: date | None = None
    days: int = 0
    keep_until: date | None = None
    at_stake: int = 0

    @property
    def id(self) -> str:
        return self.parcel_id

    @property
    def stage_said(self) -> Said:
        return Said(self.stage_ru or self.stage, self.stage_en or self.stage)


@dataclass(frozen=True, slots=True, kw_only=True)
class TroubleSection:
    """Parcels with one kind of trouble; `count` and `at_stake` are of all of them, also those not listed."""

    trouble: str
    text: Said
    count: int = 0
    at_stake: int = 0
    lines: tuple[TroubledParcel, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MorningReport:
    day: date | None = None
    count: int = 0
    at_stake: int = 0
    sections: tuple[TroubleSection, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A text to be printed and signed; `until`: the last day it can be handed in, `late` when that day is over."""

    text: str
    until: date | None = None
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelSums:
    """What the parcels of a filter come to; `cod` still to come, `at_stake` with the postage both ways."""

    cod: int = 0
    at_stake: int = 0
